package site_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

var (
	preloaded = regexp.MustCompile(`<link rel="preload" href="/assets/([^"]+)" as="font" type="font/woff2" crossorigin>`)
	standIn   = regexp.MustCompile(`@font-face\{font-family:"([^"]+) stand-in";src:local\([^;]+;[^}]*size-adjust:`)
)

// TestATypefaceMovesNothing: the letters of the page's language are fetched at once, and what stands there before them is drawn
// as wide and as high.
func TestATypefaceMovesNothing(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.Browser(t, p.Tenant)
	for language, want := range map[i18n.Locale][]string{i18n.EN: {"latin"}, i18n.DE: {"latin"}, i18n.TR: {"latin", "latin-ext"}} {
		var fetched []string
		for _, m := range preloaded.FindAllStringSubmatch(b.Get("/probe?lang="+string(language)).Body, -1) {
			if _, ok := ui.Read(m[1], ""); !ok {
				t.Errorf("%s: %s is fetched and not there", language, m[1])
			}
			fetched = append(fetched, strings.TrimPrefix(m[1][:strings.Index(m[1], ".")], ui.Brand{}.Face().ID+"-"))
		}
		if !slices.Equal(fetched, want) {
			t.Errorf("%s fetches %q, not %q", language, fetched, want)
		}
	}
	for _, face := range ui.Typefaces {
		sheet, ok := ui.Read(strings.TrimPrefix(ui.Asset("face-"+face.ID+".css"), "/assets/"), "")
		if !ok {
			t.Fatalf("%s has no style sheet", face.ID)
		}
		if m := standIn.FindSubmatch(sheet.Body); m == nil || string(m[1]) != face.Family {
			t.Errorf("nothing stands in for %s", face.Family)
		}
		if css := ui.BrandCSS(ui.Brand{Typeface: face.ID}); !strings.Contains(css, `--k-face:"`+face.Family+`","`+face.Family+` stand-in"`) {
			t.Errorf("the stand-in of %s is not used: %s", face.Family, css)
		}
	}
}
