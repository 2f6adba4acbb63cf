// Package languagetest proves with a program of its own, in which a fourth language was added, that its file is all that it
// needs.
package languagetest

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kervan/modules/brands"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

const welsh = i18n.Locale("cy")

const header = `"language.name" = "Cymraeg"
"language.months" = "Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr"
"language.months_short" = "Ion|Chw|Maw|Ebr|Mai|Meh|Gor|Awst|Med|Hyd|Tach|Rhag"
"language.days" = "Sul|Llun|Mawrth|Mercher|Iau|Gwener|Sadwrn"
"language.date" = "{day} {month} {year}"
"language.percent" = "{number} %"
"language.decimal" = ","
"language.group" = "."
`

var sources = []fs.FS{ui.Locales, site.Locales, brands.Locales}

var line = regexp.MustCompile(`(?m)^# ("[a-z]+\.)`)

// spoken is a file of a language as a translator hands it back: every comment of the skeleton is a message, and each says
// that it is translated; but one is left out.
func spoken() ([]byte, error) {
	c, err := i18n.Load(sources...)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	out.WriteString(header)
	for text := range strings.Lines(line.ReplaceAllString(c.Skeleton(welsh), "$1")) {
		if strings.HasPrefix(text, `"language.`) || strings.HasPrefix(text, `"brands.lead"`) {
			continue
		}
		out.WriteString(strings.NewReplacer(` = "`, ` = "Cy `, `one = "`, `one = "Cy `, `other = "`, `other = "Cy `).Replace(text))
	}
	return []byte(out.String()), nil
}

func TestMain(m *testing.M) {
	file, err := spoken()
	if err == nil {
		err = i18n.Add(fstest.MapFS{"cy.toml": {Data: file}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tenanttest.Main(m, objectstest.Close)
}

func TestALanguageIsOneFile(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	if missing := c.Missing(welsh); len(missing) != 1 || missing[0] != "brands.lead" {
		t.Errorf("missing: %v", missing)
	}
	loc, english := c.Localizer(welsh, time.UTC), c.Localizer(i18n.EN, time.UTC)
	for _, key := range c.Keys() {
		if said := loc.Raw(key); !strings.Contains(said, "Cy ") && key != "brands.lead" {
			t.Errorf("%s says %q", key, said)
		}
	}
	if got := loc.T("brands.lead"); got != english.T("brands.lead") {
		t.Errorf("what is not translated says %q", got)
	}
	day := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	if got := loc.Date(day) + " / " + loc.ShortDate(day) + " / " + loc.Weekday(day) + " / " + loc.Decimal(1234.5, 1) + " / " + loc.Percent(0.25, 0); got != "5 Mawrth 2026 / 5 Maw 2026 / Iau / 1.234,5 / 25 %" {
		t.Error(got)
	}
	if again := c.Skeleton(welsh); strings.Count(again, "\n# \"") != 1 {
		t.Errorf("the file written anew has lost something: %d messages are comments", strings.Count(again, "\n# \""))
	}
}

func TestANetworkOffersAFourthLanguage(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	service := brands.New(w.Tenants, authorizer, pictures.NewShelf(objectstest.Open(t)))
	h := sitetest.Open(t, []fs.FS{brands.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{brands.NewWeb(service, s).Module()}
	})
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/settings/brand")
	b.Want(http.StatusOK, "Cymraeg")
	b.Submit("/settings/brand", "locale", string(welsh), "locales", "en")
	b.Want(http.StatusOK)
	b.Submit("/language", "code", string(welsh))
	b.Get("/settings/brand")
	b.Want(http.StatusOK, "Cy Main colour", "Cy Save")
	if !strings.Contains(b.Page.Body, `<html lang="cy"`) {
		t.Error("the page does not say its language")
	}
	now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID)
	if err != nil || now.Locale() != welsh {
		t.Errorf("%v %v", now.Locales, err)
	}
}

func TestAFileThatCannotBeSpokenIsRefused(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"fr.toml":  `"language.name" = "Français"`,
		"en.toml":  header,
		"cy.toml":  header,
		"../x":     "",
		"fr1.toml": header,
		"gd.toml":  header + "\n= broken",
	} {
		if strings.HasSuffix(name, ".toml") {
			if err := i18n.Add(fstest.MapFS{name: {Data: []byte(file)}}); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
	}
}
