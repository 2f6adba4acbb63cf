package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// usual are the standard words of the terms, and their stems, which no message may say but between marks.
var usual = map[i18n.Locale]*regexp.Regexp{
	i18n.EN: regexp.MustCompile(`(?i)\bpartnerships?\b|\bfacilitators?\b`),
	i18n.TR: regexp.MustCompile(`(?i)ortaklı[kğ]|kolaylaştırıcı`),
	i18n.DE: regexp.MustCompile(`(?i)partnerschaft|prozessbegleitung\b`),
}

// spokenOf are words of the terms, one of a kind that stands nowhere else, in the forms that the rules give.
func spokenOf(en, tr, de, gender string) map[i18n.Locale]i18n.Word {
	made := map[i18n.Locale]i18n.Word{}
	for l, one := range map[i18n.Locale]string{i18n.EN: en, i18n.TR: tr, i18n.DE: de} {
		made[l] = i18n.Word{Gender: gender, Forms: map[string]string{"one": one}}.Suggest("partnership", l)
	}
	return made
}

// TestEveryTermIsMarked finds a message that names a term outside of marks, where a network's own word could not stand.
func TestEveryTermIsMarked(t *testing.T) {
	t.Parallel()
	c, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	words := i18n.NewWording(i18n.Own{"partnership": spokenOf("zqtandem", "zqikili", "Zqtandem", "n"), "facilitator": spokenOf("zqguide", "zqrehber", "Zqlotse", "m")})
	for _, l := range i18n.All {
		loc := c.Localizer(l, nil).Saying(words)
		for _, key := range c.Keys() {
			if said := usual[l].FindString(loc.Raw(key)); said != "" {
				t.Errorf("%s in %s says %q although the network has a word of its own: %s", key, l, said, loc.Raw(key))
			}
		}
	}
}

// TestStandardWordsAreTheFormsThatTheirMarksSay replaces the standard words by themselves, in the forms that the marks ask
// for: every sentence must be the same as before. So neither a mark nor the grammar is wrong.
func TestStandardWordsAreTheFormsThatTheirMarksSay(t *testing.T) {
	t.Parallel()
	c, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	words := i18n.NewWording(i18n.Own{"partnership": spokenOf("partnership", "ortaklık", "Partnerschaft", "f"), "facilitator": spokenOf("facilitator", "kolaylaştırıcı", "Prozessbegleitung", "f")})
	renamed := i18n.NewWording(i18n.Own{"partnership": spokenOf("zqtandem", "zqikili", "Zqtandem", "n"), "facilitator": spokenOf("zqguide", "zqrehber", "Zqlotse", "m")})
	for _, l := range i18n.All {
		for _, m := range c.Marks(l) {
			standard, own := c.Localizer(l, nil).Raw(m.Key), c.Localizer(l, nil).Saying(words).Raw(m.Key)
			if standard != own {
				t.Errorf("%s in %s: %q of %q should be %q", m.Key, l, m.Form, m.Word, own)
			}
			if other := c.Localizer(l, nil).Saying(renamed).Raw(m.Key); !strings.Contains(strings.ToLower(other), "zq") {
				t.Errorf("%s in %s: nobody knows the form %s of %s", m.Key, l, m.Form, m.Term)
			}
		}
	}
}

// TestANetworkSpeaksWithItsOwnWords looks for the standard word on pages of a network that has words of its own. Texts that a
// network writes itself, such as those of its public pages, are its own business.
func TestANetworkSpeaksWithItsOwnWords(t *testing.T) {
	t.Parallel()
	r := run(t)
	in := r.network(t, "ownwords")
	other := r.network(t, "otherwords")
	for _, network := range []tenants.Tenant{in, other} {
		r.member(t, network, "Nergis Ortanca", "nergis@"+network.Slug+".example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator}, tenants.Grant{Role: tenants.RoleFacilitator})
	}
	signedIn := func(network tenants.Tenant) *sitetest.Browser {
		b := sitetest.NewBrowser(t, network.Host, r.port)
		b.Get("/sign-in")
		b.Submit("/sign-in", "email", "nergis@"+network.Slug+".example", "password", password)
		return b
	}
	b := signedIn(in)
	b.Get("/settings/terms")
	b.Submit("/settings/terms", "partnership_en_one", "zqtandem", "partnership_tr_one", "zqikili", "partnership_de_one", "Zqtandem", "partnership_de_gender", "n",
		"facilitator_en_one", "zqguide", "facilitator_tr_one", "zqrehber", "facilitator_de_one", "Zqlotse")
	b.Want(http.StatusOK, "filled in the missing forms", "Zqtandems", "Zqikilinin durumu", "Stand des Zqtandems")
	b.Submit("/settings/terms")
	b.Want(http.StatusOK, "The words are saved")
	told := map[i18n.Locale]bool{}
	for _, l := range i18n.All {
		b.Get("/desk")
		b.Submit("/language", "code", string(l))
		for _, path := range []string{"/desk", "/partnerships", "/partnerships/mine", "/program", "/people", "/trail", "/settings/brand", "/account", "/outbox"} {
			page := b.Get(path)
			if said := usual[l].FindString(page.Text()); said != "" {
				t.Errorf("%s in %s says %q", path, l, said)
			}
			told[l] = told[l] || strings.Contains(strings.ToLower(page.Text()), "zq")
		}
		if !told[l] {
			t.Errorf("no page in %s says the network's own word", l)
		}
	}
	if page := signedIn(other).Get("/partnerships"); !usual[i18n.EN].MatchString(page.Text()) || strings.Contains(page.Text(), "zq") {
		t.Error("another network speaks with these words")
	}
}
