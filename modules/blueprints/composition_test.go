package blueprints_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/i18n"
)

func TestASeatForEachOrganization(t *testing.T) {
	t.Parallel()
	c := blueprints.Composition{Seats: []blueprints.Seat{
		{Key: "a", Name: i18n.Text{i18n.EN: "Association"}},
		{Key: "town", Name: i18n.Text{i18n.EN: "Town"}, Max: 3, Min: 2, Countries: []string{"TR"}},
		{Key: "guest", Name: i18n.Text{i18n.EN: "Guest"}, Optional: true},
	}}
	var got []string
	for _, s := range c.Spread().Seats {
		one := s.Key + " of " + s.Line + ": " + s.Name[i18n.EN]
		if s.Optional {
			one += ", optional"
		}
		got = append(got, one)
		if least, most := s.Range(); most != 1 || (least == 0) != s.Optional {
			t.Errorf("%s is for %d to %d", s.Key, least, most)
		}
	}
	want := []string{"a of a: Association", "town of town: Town 1", "town-2 of town: Town 2", "town-3 of town: Town 3, optional", "guest of guest: Guest, optional"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if least, most := c.Size(); least != 3 || most != 5 {
		t.Errorf("%d to %d organizations", least, most)
	}
	for _, c := range blueprints.Default().Compositions {
		if n := len(c.Spread().Seats); n != len(c.Seats) {
			t.Errorf("%s has %d seats and is spread to %d", c.Key, len(c.Seats), n)
		}
	}
}

func TestSeatsThatNobodyCouldFill(t *testing.T) {
	t.Parallel()
	seat := func(countries ...string) blueprints.Seat { return blueprints.Seat{Countries: countries} }
	all := []string{"TR", "DE", "GR", "PL"}
	for name, tt := range map[string]struct {
		rule blueprints.Composition
		want bool
	}{
		"any two":                        {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{seat(), seat()}}, true},
		"two of one country":             {blueprints.Composition{Seats: []blueprints.Seat{seat("TR"), seat("TR")}}, true},
		"two of one, countries differ":   {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{seat("TR"), seat("TR")}}, false},
		"the second may stay empty":      {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{seat("TR"), {Countries: []string{"TR"}, Optional: true}}}, true},
		"the first must make room":       {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{seat("TR", "DE"), seat("TR")}}, true},
		"three in two countries":         {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{seat("TR", "DE"), seat("TR", "DE"), seat("DE", "TR")}}, false},
		"several of one, countries vary": {blueprints.Composition{DistinctCountries: true, Seats: []blueprints.Seat{{Min: 5}}}, false},
		"all excluded":                   {blueprints.Composition{Seats: []blueprints.Seat{{Not: all}}}, false},
		"in and out":                     {blueprints.Composition{Seats: []blueprints.Seat{{Countries: []string{"TR"}, Not: []string{"TR"}}}}, false},
		"of one kind":                    {blueprints.Composition{Seats: []blueprints.Seat{{Kinds: []string{"union"}}}}, true},
	} {
		if got := tt.rule.Possible(all); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, c := range blueprints.Default().Compositions {
		if !c.Possible(all) {
			t.Errorf("%s is impossible", c.Key)
		}
	}
}

func TestSeatsAreKeptForLegalForms(t *testing.T) {
	t.Parallel()
	var known []string
	for _, k := range blueprints.Kinds() {
		known = append(known, k.Value)
	}
	for _, c := range blueprints.Default().Compositions {
		for _, s := range c.Seats {
			for _, kind := range s.Kinds {
				if !slices.Contains(known, kind) {
					t.Errorf("%s of %s is kept for %s, which is none of %v", s.Key, c.Key, kind, known)
				}
			}
		}
	}
	if len(known) < 8 {
		t.Errorf("only %v", known)
	}
}
