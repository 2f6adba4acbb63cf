package reviewers

import (
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Profile is what is known of somebody who reviews. Nothing of it ever reaches applicants.
type Profile struct {
	Person           ids.Person
	Topics           []string // of expertise.Topics
	Languages        []string // in which they read applications
	Countries        []string // that they know; ISO 3166-1 alpha-2
	AwayFrom, AwayTo i18n.Day // the first and the last day; empty: not away
	Most             int      // reviews of one call; 0: not said
	Note             string   // to those who assign reviews
	Lendable         bool     // they may be asked to review for other networks; only they say so
	Version          int64    // 0: nothing was said yet
}

// What a profile holds at most.
const (
	MostReviews = 500
	maxAbout    = 1000
)

// Expertise is what they know.
func (p *Profile) Expertise() expertise.Expertise {
	return expertise.Expertise{Topics: p.Topics, Languages: p.Languages, Countries: p.Countries}
}

// check finds what cannot be kept, by the names of the inputs.
func (p *Profile) check() []fault.Field {
	known := p.Expertise()
	bad := known.Check()
	bad = append(bad, p.checkAway()...)
	if p.Most < 0 || p.Most > MostReviews {
		bad = append(bad, fault.AtWith("most", "selection.profile.most_wrong", fault.Args{"Max": MostReviews}))
	}
	return bad
}

func (p *Profile) checkAway() []fault.Field {
	if p.AwayFrom == "" && p.AwayTo == "" {
		return nil
	}
	var bad []fault.Field
	if !isDay(p.AwayFrom) {
		bad = append(bad, fault.At("away_from", "selection.day_wrong"))
	}
	switch {
	case !isDay(p.AwayTo):
		bad = append(bad, fault.At("away_to", "selection.day_wrong"))
	case isDay(p.AwayFrom) && p.AwayTo < p.AwayFrom:
		bad = append(bad, fault.At("away_to", "selection.profile.away_order"))
	}
	return bad
}

func isDay(day i18n.Day) bool {
	t, err := time.Parse(time.DateOnly, string(day))
	return err == nil && t.Year() >= 2000 && t.Year() <= 2200
}

// Away reports whether the person is away on any of the days.
func (p *Profile) Away(first, last i18n.Day) bool {
	return p.AwayFrom != "" && p.AwayFrom <= last && first <= p.AwayTo
}

// AwayThroughout reports whether the person is away on all of the days.
func (p *Profile) AwayThroughout(first, last i18n.Day) bool {
	return p.AwayFrom != "" && p.AwayFrom <= first && last <= p.AwayTo
}

// AwayMostly reports whether the person is away for more than half of the days until then, the first and the last included.
func (p *Profile) AwayMostly(from, until time.Time, zone *time.Location) bool {
	if p.AwayFrom == "" {
		return false
	}
	days, away := 0, 0
	for day := from; days < 1000; day = day.AddDate(0, 0, 1) {
		d := i18n.DayOf(day, zone)
		if d > i18n.DayOf(until, zone) {
			break
		}
		days++
		if p.Away(d, d) {
			away++
		}
	}
	return 2*away > days
}
