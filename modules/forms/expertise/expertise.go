// Package expertise says what somebody knows who works with applications or partnerships, and how that fits to what an
// organization wants to become stronger in: the topics of capacity, languages and countries.
package expertise

import (
	"slices"
	"sync"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
)

// Expertise is what somebody knows.
type Expertise struct {
	Topics    []string `json:"topics,omitempty"` // of Topics
	Languages []string `json:"languages,omitempty"`
	Countries []string `json:"countries,omitempty"` // ISO 3166-1 alpha-2
}

// What it holds at most.
const (
	MostLanguages = 10
	MostCountries = 20
)

// Topics are the dimensions of capacity, by which application forms ask what an organization wants to become stronger in.
var Topics = sync.OnceValue(func() []forms.Option { return blueprints.Default().Dimensions })

func isTopic(key string) bool {
	return slices.ContainsFunc(Topics(), func(o forms.Option) bool { return o.Value == key })
}

// Check finds what cannot be kept, by the names of the inputs that Fields shows.
func (e *Expertise) Check() []fault.Field {
	var bad []fault.Field
	no := func(name string) { bad = append(bad, fault.At(name, "fault.choose")) }
	if slices.ContainsFunc(e.Topics, func(key string) bool { return !isTopic(key) }) {
		no("topic")
	}
	if !codes(e.Languages, MostLanguages, forms.IsLanguage) {
		no("language")
	}
	if !codes(e.Countries, MostCountries, forms.IsCountry) {
		no("country")
	}
	return bad
}

// codes reports whether all are known, none stands twice, and there are not too many.
func codes(all []string, most int, known func(string) bool) bool {
	for i, code := range all {
		if !known(code) || slices.Contains(all[:i], code) || i >= most {
			return false
		}
	}
	return true
}

// Ranked is a topic that an organization names, with the place that it gave it, from 1.
type Ranked struct {
	Key  string `json:"key"`
	Rank int    `json:"rank"`
}

// Shared tells how many points of the topics that are named somebody knows, of how many, and which topics these are: the first
// counts three, the second two, and every further one counts one.
func Shared(named []Ranked, known []string) (points, of int, keys []string) {
	for _, t := range named {
		counts := max(1, 4-t.Rank)
		of += counts
		if slices.Contains(known, t.Key) {
			points += counts
			if !slices.Contains(keys, t.Key) {
				keys = append(keys, t.Key)
			}
		}
	}
	return points, of, keys
}

// Weights say how much each side of an affinity counts, in relation to the others; 0: not at all.
type Weights struct {
	Topic    int `json:"topic"`
	Language int `json:"language"`
	Country  int `json:"country"`
}

// UsualWeights are those that an assignment begins with: the topic decides, and the language most of the rest, since nobody
// helps well in a language that they hardly read.
var UsualWeights = Weights{Topic: 50, Language: 35, Country: 15}

// MostWeight is the most that one side counts.
const MostWeight = 100

// Sum is what all sides count together.
func (w Weights) Sum() int { return w.Topic + w.Language + w.Country }

// MostAffinity is the affinity of two that suit each other in everything.
const MostAffinity = 1000

// Part is a share from 0 to 1: so many of so many. Of nothing it is 0.
type Part struct{ Has, Of int }

// Affinity is the mean of the three shares by their weights, from 0 to MostAffinity, rounded once.
func (w Weights) Affinity(topic, language, country Part) int {
	if w.Sum() == 0 {
		return 0
	}
	t, l, c := max(topic.Of, 1), max(language.Of, 1), max(country.Of, 1)
	sum := w.Topic*topic.Has*l*c + w.Language*language.Has*t*c + w.Country*country.Has*t*l
	all := w.Sum() * t * l * c
	return (2*MostAffinity*sum + all) / (2 * all)
}
