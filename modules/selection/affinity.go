package selection

import (
	"slices"

	"kervan/modules/forms/expertise"
)

// RankedTopic is a topic that an application names.
type RankedTopic = expertise.Ranked

// Leaning is what of an application decides who suits it.
type Leaning struct {
	Topics    []RankedTopic `json:"topics,omitempty"`
	Language  string        `json:"language,omitempty"` // in which it is written; empty: not known
	Countries []string      `json:"countries,omitempty"`
}

// Expertise is what of a reviewer decides what suits them.
type Expertise = expertise.Expertise

// Weights say how much each side of an affinity counts.
type Weights = expertise.Weights

// UsualWeights are those that an assignment begins with.
var UsualWeights = expertise.UsualWeights

// MostWeight is the most that one side counts, and MostAffinity the affinity of an application and a reviewer who suit each
// other in everything.
const (
	MostWeight   = expertise.MostWeight
	MostAffinity = expertise.MostAffinity
)

// Side is one side of an affinity.
type Side string

// The sides of an affinity.
const (
	SideTopic    Side = "topic"
	SideLanguage Side = "language"
	SideCountry  Side = "country"
	SideWish     Side = "wish" // what the reviewer would like; its key is the Wish
)

// Reason is why a reviewer suits an application: what of one side they share.
type Reason struct {
	Side Side
	Keys []string // of topics, or codes of languages or countries
}

// Affinity is how well the reviewer suits the application, from 0 to MostAffinity, and why. Each side gives a share from 0
// to 1: of the topics, the first counts three times, the second twice and every further one once, and the share is that of
// those that the reviewer knows; of the language, all or nothing; of the countries, the share that the reviewer knows. The
// affinity is the mean of the shares by their weights. A side of which the application says nothing gives nobody anything.
func Affinity(w Weights, a *Leaning, r *Expertise) (int, []Reason) {
	if w.Sum() == 0 {
		return 0, nil
	}
	var reasons []Reason
	because := func(side Side, weight int, keys []string) {
		if weight > 0 && len(keys) > 0 {
			reasons = append(reasons, Reason{side, keys})
		}
	}
	shared, named, topics := expertise.Shared(a.Topics, r.Topics)
	var known []string
	for _, code := range a.Countries {
		if slices.Contains(r.Countries, code) {
			known = append(known, code)
		}
	}
	reads := 0
	because(SideTopic, w.Topic, topics)
	if a.Language != "" && slices.Contains(r.Languages, a.Language) {
		reads = 1
		because(SideLanguage, w.Language, []string{a.Language})
	}
	because(SideCountry, w.Country, slices.Compact(slices.Sorted(slices.Values(known))))

	n := w.Affinity(expertise.Part{Has: shared, Of: named}, expertise.Part{Has: reads, Of: 1}, expertise.Part{Has: len(known), Of: len(a.Countries)})
	return n, reasons
}
