// Package site is the frame in which every module's pages stand on a host: it resolves host to tenant and cookie to
// actor, holds each route to its declared action, answers every failure with one page, and draws the brand, the
// navigation of the actor's roles, the language switch and the desk ("what I must do now").
//
// A module hands over its routes, its entries in the navigation and its tasks for the desk; it never sees a request
// before site has made a Scope of it.
package site
