package mail

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// The logo's place in a mail. Nothing else that a mail says can look like it, as every value is escaped.
const (
	logoID    = "logo"
	logoPlace = `<img src="cid:` + logoID + `"`
)

var logoTag = regexp.MustCompile(`<img src="cid:` + logoID + `"[^>]*>`)

// withoutLogo is the mail without a place for the logo.
func withoutLogo(html string) string { return logoTag.ReplaceAllLiteralString(html, "") }

// Shown is a mail's HTML for a page of ours, where nothing is attached to it: with the logo in itself, or without it.
func Shown(html string, logo []byte) string {
	if len(logo) == 0 {
		return withoutLogo(html)
	}
	return strings.Replace(html, logoPlace, `<img src="data:image/png;base64,`+base64.StdEncoding.EncodeToString(logo)+`"`, 1)
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// edge is the colour of the letterhead: the brand's where it is one, else that of ink.
func (b Body) edge() string {
	if colourForm.MatchString(b.Colour) {
		return b.Colour
	}
	return "#1d2733"
}
