package selection

import "slices"

// RankedTopic is a topic that an application names, with the place that its organization gave it, from 1.
type RankedTopic struct {
	Key  string `json:"key"`
	Rank int    `json:"rank"`
}

// Leaning is what of an application decides who suits it.
type Leaning struct {
	Topics    []RankedTopic `json:"topics,omitempty"`
	Language  string        `json:"language,omitempty"` // in which it is written; empty: not known
	Countries []string      `json:"countries,omitempty"`
}

// Expertise is what of a reviewer decides what suits them.
type Expertise struct {
	Topics    []string `json:"topics,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Countries []string `json:"countries,omitempty"`
}

// Weights say how much each side of an affinity counts, in relation to the others; 0: not at all.
type Weights struct {
	Topic    int `json:"topic"`
	Language int `json:"language"`
	Country  int `json:"country"`
}

// UsualWeights are those that an assignment begins with: the topic decides, and the language most of the rest, since an
// application that cannot be read well is not judged well.
var UsualWeights = Weights{Topic: 50, Language: 35, Country: 15}

// MostWeight is the most that one side counts.
const MostWeight = 100

func (w Weights) sum() int { return w.Topic + w.Language + w.Country }

// MostAffinity is the affinity of an application and a reviewer who suit each other in everything.
const MostAffinity = 1000

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
	if w.sum() == 0 {
		return 0, nil
	}
	var reasons []Reason
	because := func(side Side, weight int, keys []string) {
		if weight > 0 && len(keys) > 0 {
			reasons = append(reasons, Reason{side, keys})
		}
	}
	named, shared := 0, 0
	var topics []string
	for _, t := range a.Topics {
		counts := max(1, 4-t.Rank)
		named += counts
		if slices.Contains(r.Topics, t.Key) {
			shared += counts
			if !slices.Contains(topics, t.Key) {
				topics = append(topics, t.Key)
			}
		}
	}
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

	// All shares have a common denominator, so that the mean is rounded once.
	topicParts, countryParts := max(named, 1), max(len(a.Countries), 1)
	whole := topicParts * countryParts
	sum := w.Topic*shared*countryParts + w.Language*reads*whole + w.Country*len(known)*topicParts
	all := w.sum() * whole
	return (2*MostAffinity*sum + all) / (2 * all), reasons
}
