package selection

import (
	"time"

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

func (p *Profile) expertise() Expertise {
	return Expertise{Topics: p.Topics, Languages: p.Languages, Countries: p.Countries}
}

// check finds what cannot be kept, by the names of the inputs.
func (p *Profile) check() []fault.Field {
	known := p.expertise()
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

// Work is what somebody has done with the reviews that they were given, of all calls.
type Work struct {
	Owed       int // now
	Assigned   int // ever, but for those that the officers took back
	Submitted  int
	InTime     int     // of those that are submitted
	MedianDays float64 // from the assignment to the submission
	Recused    int
	HandedBack int
}
