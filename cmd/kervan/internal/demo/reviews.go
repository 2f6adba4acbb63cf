package demo

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// Reviewer is how somebody reads: how much more or less than others they give, and how much it varies by the day.
type Reviewer struct {
	Severity float64 // added to a quality of 0 to 1
	Noise    float64
}

// Review is what a reviewer thinks of an application.
type Review struct {
	Scores  map[string]int // by criterion, from 0 to the most that the call gives
	Texts   map[string]string
	Comment string // to the panel; often there is none
}

// advised is how many characters a text has at least that goes with less than half of the points.
const advised = 100

// Review scores an application of that quality by the call's criteria, with words in the applicants' language. The same
// reviewer and seed think the same again.
func (w *World) Review(r Reviewer, criteria []blueprints.Criterion, most int, o *Organization, quality float64, seed string) Review {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed + o.Profile.Name))  // never fails
	random := rand.New(rand.NewPCG(h.Sum64(), 93)) // #nosec G404 -- the demonstration is the same every time
	p := w.penFor(o)
	p.random = random
	p.facts["topic"] = []string{w.topic(o)}
	day := random.NormFloat64() * r.Noise
	done := Review{Scores: map[string]int{}, Texts: map[string]string{}}
	panel := o.words.Verdicts.Panel
	sum := 0
	for _, c := range criteria {
		felt := 0.2 + quality*0.7 + r.Severity + day + random.NormFloat64()*0.08
		if c.Key == "inclusion" && o.FirstTime {
			felt += 0.1
		}
		score := min(max(int(math.Round(felt*float64(most))), 0), most)
		sum += score * c.Weight
		done.Scores[c.Key] = score
		text := p.one(o.words.Verdicts.bands()[c.Key].of(score, most))
		for 2*score < most && utf8.RuneCountInString(text) < advised {
			more := p.one(panel.Advice)
			if more == "" {
				break
			}
			text = prose(text, more)
		}
		done.Texts[c.Key] = text
	}
	done.Comment = p.one(panel.of(sum, 100*most))
	return done
}

// of are the texts that go with a score.
func (b band) of(score, most int) []string {
	switch {
	case 4*score >= 3*most:
		return b.High
	case 2*score >= most:
		return b.Mid
	default:
		return b.Low
	}
}

// topic names the need of an organization in its language.
func (w *World) topic(o *Organization) string {
	dimensions := blueprints.Default().Dimensions
	i := slices.IndexFunc(dimensions, func(d forms.Option) bool { return d.Value == o.Need })
	if i < 0 {
		return o.Need
	}
	return dimensions[i].Label.String(o.Locale)
}

// Conflict is what kind of conflict of interest a reviewer declares, and in which words.
func (w *World) Conflict(l i18n.Locale, n int) (kind, note string) {
	all := w.content.words[l].Verdicts.Conflict.Reasons
	return pair(all[n%len(all)])
}

// Missing are the words in which an officer asks for the paper of a question again.
func (w *World) Missing(l i18n.Locale, question string, n int) string {
	var all []string
	for _, text := range w.content.words[l].Verdicts.Officer.Papers {
		if of, words := pair(text); of == question {
			all = append(all, words)
		}
	}
	return all[n%len(all)]
}

// Late says why one organization may hand in later.
func (w *World) Late(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Late }

// Extension says why a deadline is moved.
func (w *World) Extension(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Extension }

// Closing says why a call is closed.
func (w *World) Closing(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Closing }
