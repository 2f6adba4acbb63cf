package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Brand is how a network looks: typed tokens only.
type Brand struct {
	Name     string
	Primary  string // #rrggbb; empty: the house's own
	Accent   string
	Typeface string // one of Typefaces; empty: the first
	// LogoURL is the logo for light ground, LogoDarkURL the one for dark ground; empty: there is none.
	LogoURL, LogoDarkURL string
	LogoAlt              string
	HeaderURL            string
	HeaderAlt            string // empty: the picture says nothing
	HeaderWidth          int
	HeaderHeight         int
	// Icons are the addresses of the icons of 32, 180 and 512 pixels; empty: there are none.
	Icons map[int]string
	// SocialURL is the picture that others show beside a link to the site, of 1200 × 630 pixels.
	SocialURL string
}

// Initials stand for the network where it has no logo.
func (b Brand) Initials() string { return initials(b.Name) }

// Ground is the colour of a browser's frame around the pages: the main colour, as it is used on light ground.
func (b Brand) Ground() string {
	ground, _ := b.Button()
	return ground
}

// Typeface is one that ships with the product and covers Turkish and German.
type Typeface struct {
	ID     string
	Family string
	Name   string
}

// Typefaces lists those that a network may choose.
var Typefaces = []Typeface{
	{ID: "inter", Family: "Inter Variable", Name: "Inter"},
	{ID: "source-sans-3", Family: "Source Sans 3 Variable", Name: "Source Sans 3"},
	{ID: "bitter", Family: "Bitter Variable", Name: "Bitter"},
}

// The house's own colours, for a network that has chosen none.
const (
	DefaultPrimary = "#1f5f5b"
	DefaultAccent  = "#c2703d"
	lightGround    = "#f6f4f0" // around white paper; what is readable on it is so on the paper
	darkPaper      = "#1b232c"
)

// Readable is the least contrast of text on its ground (WCAG 2.2, 1.4.3).
const Readable = 4.5

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// ParseColour accepts exactly #rrggbb in lower case.
func ParseColour(s string) (string, bool) { return s, colourForm.MatchString(s) }

func channels(colour string) (r, g, b float64) {
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0, 0, 0
	}
	return float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)
}

// luminance is the relative luminance of a colour (WCAG 2.2, glossary).
func luminance(colour string) float64 {
	linear := func(c float64) float64 {
		c /= 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	r, g, b := channels(colour)
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// Contrast is the ratio of two colours, from 1 to 21 (WCAG 2.2, glossary).
func Contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// mix moves a colour towards another by a share of one.
func mix(a, b string, share float64) string {
	ar, ag, ab := channels(a)
	br, bg, bb := channels(b)
	at := func(x, y float64) int { return int(math.Round(x + (y-x)*share)) }
	return fmt.Sprintf("#%02x%02x%02x", at(ar, br), at(ag, bg), at(ab, bb))
}

// Against makes a colour readable on a ground by darkening or lightening it step by step, and reports whether it had
// to.
func Against(colour, ground string) (corrected string, changed bool) {
	towards := "#000000"
	if luminance(ground) < 0.2 {
		towards = "#ffffff"
	}
	corrected = colour
	for step := 1; Contrast(corrected, ground) < Readable && step <= 40; step++ {
		corrected = mix(colour, towards, float64(step)/40)
	}
	return corrected, corrected != colour
}

// on is the colour of text on a coloured ground: white where that is readable, else nearly black.
func on(ground string) string {
	if Contrast("#ffffff", ground) >= Readable {
		return "#ffffff"
	}
	return "#14181d"
}

func (b Brand) colours() (primary, accent string) {
	primary, accent = DefaultPrimary, DefaultAccent
	if c, ok := ParseColour(b.Primary); ok {
		primary = c
	}
	if c, ok := ParseColour(b.Accent); ok {
		accent = c
	}
	return primary, accent
}

// Face is the typeface, the first one where none is chosen.
func (b Brand) Face() Typeface {
	for _, f := range Typefaces {
		if f.ID == b.Typeface {
			return f
		}
	}
	return Typefaces[0]
}

// BrandCSS is the style sheet of a brand: its colours, made readable on light and on dark ground.
func BrandCSS(b Brand) string {
	primary, accent := b.colours()
	light, _ := Against(primary, lightGround)
	dark, _ := Against(primary, mix(darkPaper, primary, 0.1))
	strong, _ := Against(accent, lightGround)
	focusDark, _ := Against(accent, darkPaper)
	return fmt.Sprintf(`:root{--k-primary:%s;--k-on-primary:%s;--k-accent:%s;--k-link:%s;--k-focus:%s;--k-accent-strong:%s;--k-face:"%s","%[7]s stand-in"}`+
		`[data-bs-theme="dark"]{--k-link:%s;--k-focus:%s;--tblr-link-color:%s}`,
		light, on(light), accent, light, strong, strong, b.Face().Family, dark, focusDark, dark)
}

// Correction is a colour that is hard to read somewhere, and the one that is used there instead.
type Correction struct {
	Where  string // primary_light, primary_dark, accent_light or accent_dark
	Colour string
	Used   string
	Ratio  float64 // of the contrast that the colour has there
}

// Corrections lists what BrandCSS uses instead of the brand's own colours.
func (b Brand) Corrections() []Correction {
	primary, accent := b.colours()
	var all []Correction
	for _, on := range []struct{ where, colour, ground string }{
		{"primary_light", primary, lightGround}, {"primary_dark", primary, mix(darkPaper, primary, 0.1)}, {"accent_light", accent, lightGround}, {"accent_dark", accent, darkPaper},
	} {
		if used, changed := Against(on.colour, on.ground); changed {
			all = append(all, Correction{on.where, on.colour, used, Contrast(on.colour, on.ground)})
		}
	}
	return all
}

// Button is the ground and the text of a button in the brand's colour on light ground, for mails.
func (b Brand) Button() (ground, text string) {
	primary, _ := b.colours()
	ground, _ = Against(primary, lightGround)
	return ground, on(ground)
}

// BrandVersion changes with the brand, so that its style sheet may be kept by browsers.
func BrandVersion(b Brand) string {
	sum := sha256.Sum256([]byte(BrandCSS(b)))
	return hex.EncodeToString(sum[:6])
}
