package main

import (
	"context"
	"slices"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// notes are what some reviewers tell the team, in their language.
var notes = map[i18n.Locale]string{
	i18n.TR: "Hafta içi akşamları okuyabiliyorum.",
	i18n.DE: "Ich lese am liebsten am Wochenende.",
	i18n.EN: "I read on weekends. Please no more than two at a time.",
}

// tellOfThemselves lets every reviewer say what they know, unless they have.
func (s *stage) tellOfThemselves(ctx context.Context, at time.Time) error {
	topics := selection.Topics()
	for i, reviewer := range s.members[tenants.RoleReviewer] {
		sc, err := s.as(at, reviewer)
		if err != nil {
			return err
		}
		p, err := s.app.selection.OwnProfile(ctx, sc)
		if err != nil {
			return err
		}
		if p.Version > 0 || i%6 == 5 { // somebody never does
			continue
		}
		for k := range 2 + i%2 {
			p.Topics = append(p.Topics, topics[(5*i+3*k)%len(topics)].Value)
		}
		slices.Sort(p.Topics)
		p.Topics = slices.Compact(p.Topics)
		p.Languages, p.Countries = []string{string(reviewer.Locale)}, [][]string{{"TR"}, {"TR", "DE"}, {"DE", "NL"}, {"BG", "RO"}}[i%4]
		if reviewer.Locale != i18n.EN {
			p.Languages = append(p.Languages, "en")
		}
		if i%3 == 0 {
			p.Most, p.Note = 20+i, notes[reviewer.Locale]
		}
		if i == 4 {
			first := s.day(20, 9, 0)
			p.AwayFrom, p.AwayTo = i18n.Day(first.Format(time.DateOnly)), i18n.Day(first.AddDate(0, 0, 12).Format(time.DateOnly))
		}
		if err := s.app.selection.SaveOwnProfile(ctx, sc, p); err != nil {
			return err
		}
	}
	return nil
}
