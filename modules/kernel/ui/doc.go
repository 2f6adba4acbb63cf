// Package ui is how everything looks: the frame of a page, the parts that pages are made of, and the assets that
// browsers load. It knows words only as message keys or as text that its callers translated, and no product noun.
//
// Pages are whole without a script; scripts make them quicker. There is no inline script or style and nothing is loaded
// from elsewhere, so the content security policy can be strict.
package ui
