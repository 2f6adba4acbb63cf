// Package publicsite is how a network looks and speaks: its name, languages, colours, typeface and sender, and the page on
// which a coordinator decides them. What stands on its pages belongs to the module pages.
package publicsite
