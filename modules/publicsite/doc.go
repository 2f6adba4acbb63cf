// Package publicsite is what anyone sees of a network without signing in: its home, its privacy notice, and what
// search engines may know; and the page on which a coordinator decides how it all looks. On the core's host it lists the
// networks.
package publicsite
