package selection_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/selection"
)

func TestHowWellAReviewerSuitsAnApplication(t *testing.T) {
	t.Parallel()
	a := selection.Leaning{
		Topics:   []selection.RankedTopic{{Key: "fundraising", Rank: 1}, {Key: "digital", Rank: 2}, {Key: "advocacy", Rank: 3}, {Key: "people", Rank: 4}}, // 3 + 2 + 1 + 1
		Language: "tr", Countries: []string{"TR", "DE"},
	}
	thirds := selection.Weights{Topic: 1, Language: 1, Country: 1}
	for name, c := range map[string]struct {
		weights selection.Weights
		about   selection.Leaning
		who     selection.Expertise
		want    int
		reasons []selection.Reason
	}{
		"everything": {
			thirds, a,
			selection.Expertise{Topics: []string{"people", "advocacy", "digital", "fundraising"}, Languages: []string{"en", "tr"}, Countries: []string{"TR", "BG", "DE"}},
			1000,
			[]selection.Reason{{selection.SideTopic, []string{"fundraising", "digital", "advocacy", "people"}}, {selection.SideLanguage, []string{"tr"}}, {selection.SideCountry, []string{"DE", "TR"}}},
		},
		"nothing":            {thirds, a, selection.Expertise{Topics: []string{"strategy"}, Languages: []string{"de"}, Countries: []string{"NL"}}, 0, nil},
		"nothing known":      {thirds, a, selection.Expertise{}, 0, nil},
		"the first topic":    {selection.Weights{Topic: 7}, a, selection.Expertise{Topics: []string{"fundraising"}, Languages: []string{"tr"}}, 429, []selection.Reason{{selection.SideTopic, []string{"fundraising"}}}},
		"the fourth topic":   {selection.Weights{Topic: 7}, a, selection.Expertise{Topics: []string{"people"}}, 143, []selection.Reason{{selection.SideTopic, []string{"people"}}}},
		"one of two lands":   {selection.Weights{Country: 9}, a, selection.Expertise{Countries: []string{"DE"}}, 500, []selection.Reason{{selection.SideCountry, []string{"DE"}}}},
		"weights count":      {selection.Weights{Topic: 50, Language: 35, Country: 15}, a, selection.Expertise{Languages: []string{"tr"}}, 350, []selection.Reason{{selection.SideLanguage, []string{"tr"}}}},
		"no topics named":    {thirds, selection.Leaning{Language: "tr"}, selection.Expertise{Topics: []string{"digital"}, Languages: []string{"tr"}}, 333, []selection.Reason{{selection.SideLanguage, []string{"tr"}}}},
		"language not known": {thirds, selection.Leaning{}, selection.Expertise{Languages: []string{""}}, 0, nil},
		"no weights":         {selection.Weights{}, a, selection.Expertise{Languages: []string{"tr"}}, 0, nil},
		"two of one country": {
			selection.Weights{Country: 1},
			selection.Leaning{Countries: []string{"TR", "TR", "DE"}},
			selection.Expertise{Countries: []string{"TR"}},
			667,
			[]selection.Reason{{selection.SideCountry, []string{"TR"}}},
		},
	} {
		got, reasons := selection.Affinity(c.weights, &c.about, &c.who)
		if diff := cmp.Diff(c.reasons, reasons); got != c.want || diff != "" {
			t.Errorf("%s: %d, want %d\n%s", name, got, c.want, diff)
		}
	}
}

// TestAffinityHasItsLaws holds that knowing more never makes an affinity less, and that nothing leaves its range.
func TestAffinityHasItsLaws(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 7))
	some := func(all ...string) []string {
		var picked []string
		for _, one := range all {
			if random.IntN(2) == 0 {
				picked = append(picked, one)
			}
		}
		return picked
	}
	for range 2000 {
		a := selection.Leaning{Countries: some("TR", "DE", "BG"), Language: []string{"", "tr", "de"}[random.IntN(3)]}
		for i, key := range some("digital", "people", "advocacy") {
			a.Topics = append(a.Topics, selection.RankedTopic{Key: key, Rank: i + 1})
		}
		w := selection.Weights{Topic: random.IntN(101), Language: random.IntN(101), Country: random.IntN(101)}
		little := selection.Expertise{Topics: some("digital", "people"), Languages: some("tr"), Countries: some("TR")}
		more := selection.Expertise{Topics: append(little.Topics, "advocacy"), Languages: append(little.Languages, "de"), Countries: append(little.Countries, "DE")}
		less, _ := selection.Affinity(w, &a, &little)
		all, _ := selection.Affinity(w, &a, &more)
		if less < 0 || all > selection.MostAffinity || less > all {
			t.Fatalf("%+v, %+v: %d, and with %+v %d", w, a, less, more, all)
		}
	}
}
