package demo

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

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
	Scores map[string]int // by criterion, from 0 to the most that the call gives
	Texts  map[string]string
}

// Review scores an application of that quality by the call's criteria, with words in the applicants' language. The same
// reviewer and seed think the same again.
func (w *World) Review(r Reviewer, criteria []blueprints.Criterion, most int, o *Organization, quality float64, seed string) Review {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed + o.Profile.Name))  // never fails
	random := rand.New(rand.NewPCG(h.Sum64(), 93)) // #nosec G404 -- the demonstration is the same every time
	p := w.penFor(o)
	p.random = random
	day := random.NormFloat64() * r.Noise
	done := Review{Scores: map[string]int{}, Texts: map[string]string{}}
	for _, c := range criteria {
		felt := 0.18 + quality*0.85 + r.Severity + day + random.NormFloat64()*0.08
		if c.Key == "inclusion" && o.FirstTime {
			felt += 0.1
		}
		score := min(max(int(math.Round(felt*float64(most))), 0), most)
		done.Scores[c.Key] = score
		b := o.words.Verdicts.bands()[c.Key]
		share := float64(score) / float64(most)
		p.facts["topic"] = []string{w.topic(o)}
		switch {
		case share >= 0.75:
			done.Texts[c.Key] = p.one(b.High)
		case share >= 0.45:
			done.Texts[c.Key] = p.one(b.Mid)
		default:
			done.Texts[c.Key] = p.one(b.Low)
		}
	}
	return done
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

// Conflict is the words in which a reviewer declares a conflict of interest.
func (w *World) Conflict(l i18n.Locale, n int) string {
	all := w.content.words[l].Verdicts.Conflict.Reasons
	return all[n%len(all)]
}

// Papers are the words in which an officer asks an organization for a paper.
func (w *World) Papers(l i18n.Locale, n int) string {
	all := w.content.words[l].Verdicts.Officer.Papers
	return all[n%len(all)]
}

// Late says why one organization may hand in later.
func (w *World) Late(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Late }

// Extension says why a deadline is moved.
func (w *World) Extension(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Extension }

// Closing says why a call is closed.
func (w *World) Closing(l i18n.Locale) string { return w.content.words[l].Verdicts.Officer.Closing }
