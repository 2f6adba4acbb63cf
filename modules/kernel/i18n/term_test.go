package i18n_test

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/i18n"
)

func TestWordsAreDeclinedByTheRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		locale      i18n.Locale
		one, gender string
		want        string // in the order of the language's shape
	}{
		{i18n.EN, "tandem", "", "tandem tandems a_tandem"},
		{i18n.EN, "ally", "", "ally allies an_ally"},
		{i18n.EN, "bridge-match", "", "bridge-match bridge-matches a_bridge-match"},
		{i18n.TR, "ortaklık", "", "ortaklık ortaklığı ortaklığın ortaklığa ortaklıkta ortaklıktaki ortaklığınız ortaklığınızı ortaklığınıza ortaklığına ortaklıklar ortaklıkları ortaklıklara ortaklıklarınız ortaklıklarını"},
		{i18n.TR, "tandem", "", "tandem tandemi tandemin tandeme tandemde tandemdeki tandeminiz tandeminizi tandeminize tandemine tandemler tandemleri tandemlere tandemleriniz tandemlerini"},
		{i18n.TR, "köprü", "", "köprü köprüyü köprünün köprüye köprüde köprüdeki köprünüz köprünüzü köprünüze köprüsüne köprüler köprüleri köprülere köprüleriniz köprülerini"},
		{i18n.TR, "grup", "", "grup grupu grupun grupa grupta gruptaki grupunuz grupunuzu grupunuza grupuna gruplar grupları gruplara gruplarınız gruplarını"},
		{i18n.TR, "ağaç", "", "ağaç ağacı ağacın ağaca ağaçta ağaçtaki ağacınız ağacınızı ağacınıza ağacına ağaçlar ağaçları ağaçlara ağaçlarınız ağaçlarını"},
		{i18n.TR, "renk", "", "renk renki renkin renke renkte renkteki renkiniz renkinizi renkinize renkine renkler renkleri renklere renkleriniz renklerini"},
		{i18n.DE, "Tandem", "n", "Tandem Tandem Tandems Tandems Tandems"},
		{i18n.DE, "Bündnis", "n", "Bündnis Bündnis Bündnises Bündnise Bündnisen"},
		{i18n.DE, "Brücke", "f", "Brücke Brücke Brücke Brücken Brücken"},
	} {
		w := i18n.Word{Gender: tt.gender, Forms: map[string]string{"one": tt.one}}.Suggest("partnership", tt.locale)
		var got []string
		for _, form := range i18n.Shape("partnership", tt.locale) {
			got = append(got, strings.ReplaceAll(w.Forms[form], " ", "_"))
		}
		if diff := cmp.Diff(strings.Fields(tt.want), got); diff != "" {
			t.Errorf("%s: %s", tt.one, diff)
		}
		if !w.Complete("partnership", tt.locale) {
			t.Errorf("%s: not complete", tt.one)
		}
	}
}

// named says the same in three languages with a term at the beginning, in the middle and twice.
func named(t *testing.T) *i18n.Catalog {
	t.Helper()
	file := func(lines ...string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))} }
	c, err := i18n.Load(fstest.MapFS{
		"locales/en.toml": file(`"x.begin" = "[[partnership.a|A partnership]] of {{.Name}}"`, `"x.count" = { one = "{{.Count}} [[partnership.one|partnership]]", other = "{{.Count}} [[partnership.many|partnerships]]" }`, `"x.plain" = "See the [[partnership.one|partnership]]."`),
		"locales/tr.toml": file(`"x.begin" = "[[partnership.gen|Ortaklığın]] {{.Name}}"`, `"x.count" = { one = "{{.Count}} [[partnership.one|ortaklık]]", other = "{{.Count}} [[partnership.one|ortaklık]]" }`, `"x.plain" = "[[partnership.acc|Ortaklığı]] gör."`),
		"locales/de.toml": file(`"x.begin" = "[[partnership.a.nom|Eine Partnerschaft]] von {{.Name}}"`, `"x.count" = { one = "{{.Count}} [[partnership.bare.nom|Partnerschaft]]", other = "{{.Count}} [[partnership.many|Partnerschaften]]" }`, `"x.plain" = "In [[partnership.a.dat|einer Partnerschaft]], mit [[partnership.the.dat|der Partnerschaft]]."`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestANetworksWordsStandInSentences(t *testing.T) {
	t.Parallel()
	c := named(t)
	own := i18n.Own{"partnership": {
		i18n.EN: i18n.Word{Forms: map[string]string{"one": "alliance"}}.Suggest("partnership", i18n.EN),
		i18n.TR: i18n.Word{Forms: map[string]string{"one": "ikili"}}.Suggest("partnership", i18n.TR),
		i18n.DE: i18n.Word{Gender: "n", Forms: map[string]string{"one": "Tandem"}}.Suggest("partnership", i18n.DE),
	}}
	words := i18n.NewWording(own)
	var all sync.WaitGroup
	for l, want := range map[i18n.Locale][3]string{
		i18n.EN: {"An alliance of Ş", "3 alliances", "See the alliance."},
		i18n.TR: {"İkilinin Ş", "3 ikili", "İkiliyi gör."},
		i18n.DE: {"Ein Tandem von Ş", "3 Tandems", "In einem Tandem, mit dem Tandem."},
	} {
		all.Go(func() { // the sentences are made once, whoever speaks first
			loc := c.Localizer(l, time.UTC).Saying(words)
			if got := [3]string{loc.At(time.UTC).T("x.begin", "Name", "Ş"), loc.N("x.count", 3), loc.T("x.plain")}; got != want {
				t.Errorf("%s: got %q, want %q", l, got, want)
			}
			if got := loc.Speaking(i18n.DE).T("x.plain"); got != "In einem Tandem, mit dem Tandem." {
				t.Errorf("%s speaking German: %q", l, got)
			}
		})
	}
	all.Wait()
	if got := c.Localizer(i18n.EN, nil).T("x.plain"); got != "See the partnership." {
		t.Errorf("another network says %q", got)
	}
}

func TestAWordIsAWordAndNothingElse(t *testing.T) {
	t.Parallel()
	c := named(t)
	for _, payload := range []string{
		"", " ", "{{.Name}}", "{{printf \"%s\" .}}", "<script>alert(1)</script>", "a\"b", "a\nb", "a\u202eb", "a\u200db", "a\x00b", "[[x.y|z]]", "a|b", "a  b", " a", "-a", "1a", "javascript:alert(1)", "=cmd()", strings.Repeat("a", 41), "\xff",
	} {
		if i18n.ValidWord(payload) {
			t.Errorf("%q is a word", payload)
		}
		own := i18n.Own{"partnership": {i18n.EN: {Forms: map[string]string{"one": payload, "many": payload, "a": payload}}}}
		if got := c.Localizer(i18n.EN, nil).Saying(i18n.NewWording(own)).T("x.begin", "Name", "Ş"); got != "A partnership of Ş" {
			t.Errorf("%q is said: %q", payload, got)
		}
	}
	for _, word := range []string{"tandem", "Zweier-Team", "l’équipe", "Öğrenme ikilisi", "Team 2", strings.Repeat("ş", 40)} {
		if !i18n.ValidWord(word) {
			t.Errorf("%q is no word", word)
		}
	}
}
