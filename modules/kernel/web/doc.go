// Package web is the edge: an HTTP server that is strict before it is helpful, and the few helpers through which
// handlers read requests and answer them. It owns no product noun and knows no tenant.
//
// Handlers never call c.Redirect, c.Location, c.BodyParser, c.Hostname or c.IP: each of them trusts what a client
// controls. SeeOther, ReadForm, ReadJSON, Host and Address stand in for them.
package web
