package applications

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNamesAreStruckHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words      []string
		text, want string
	}{
		{[]string{"Gençlik Derneği"}, "Biz GENÇLİK DERNEĞİ olarak buradayız.", "Biz […] olarak buradayız."},
		{[]string{"GENÇLİK DERNEĞİ"}, "gençlik derneği ve Gençlik  Derneği'nin evi", "[…] ve […]'nin evi"},
		{[]string{"Gençlik Derneği"}, "Gençlik\nDerneği, Gençlik\u00a0Derneği", "[…], […]"},
		{[]string{"Gençlik Derneği"}, norm.NFD.String("Gençlik Derneği"), "[…]"},
		{[]string{norm.NFD.String("Gençlik Derneği")}, "GENÇLIK DERNEĞI", "[…]"},
		{[]string{"İzmir"}, "IZMIR, izmir, İZMİR, i\u0307zmir, ızmır", "[…], […], […], […], […]"},
		{[]string{"i\u0307zmir"}, "İzmir", "[…]"},
		{[]string{"Iğdır"}, "iğdir IĞDIR", "[…] […]"},
		{[]string{"Straßenhaus"}, "STRASSENHAUS und Straßenhaus", "[…] und […]"},
		{[]string{"Kids' Club"}, "KIDS’ CLUB", "[…]"},
		{[]string{"Lindenhof"}, "Lindenhofs Garten, Lindenhof’s, Lindenhof'un", "[…]s Garten, […]’s, […]'un"},
		{[]string{"Ihlamur Derneği"}, "Ihlamur Derneğinin", "[…]nin"},
		{[]string{"Art"}, "participation, article, Art; ART's and (art)", "participation, article, […]; […]'s and ([…])"},
		{[]string{"Genç"}, "Gençlik için Genç", "Gençlik için […]"},
		{[]string{"Art"}, "Art Art Art Art", "[…] […] […] […]"},
		{[]string{"Art", "Art House Berlin"}, "Art House Berlin, Art house", "[…], […] house"},
		{[]string{"member"}, "Do you remember the members?", "Do you remember the […]s?"},
		{[]string{"https://ihlamur.example/"}, "See https://ihlamur.example/about", "See […]/about"},
		{[]string{"Yes", "(Yes)", "Lindenhof", "Lindenhof"}, "Yes: Lindenhof.", "[…]: […]."},
		{[]string{"no", "…", "?!?!?!", ""}, "no … ?!?!?!", "no … ?!?!?!"},
		{nil, "Lindenhof", "Lindenhof"},
	} {
		if got := strike([]Passage{{Text: c.text}}, c.words)[0].Text; got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.words, c.text, got, c.want)
		}
	}
}
