package blueprints

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// What a call's criteria are held to.
const (
	MostCriteria  = 20
	HighestScore  = 10 // of any scale
	CriterionName = 120
	GuidanceChars = 2000
	MeaningChars  = 160
)

// Criterion is one thing that applications are judged by. The weights of all add up to 100.
type Criterion struct {
	Key      string    `json:"key"`
	Weight   int       `json:"weight"`
	Name     i18n.Text `json:"name"`
	Guidance i18n.Text `json:"guidance"` // to reviewers

	// The scale runs from Lowest to Highest, by whole points or by Halves; Highest 0 is the call's highest score.
	Lowest  int       `json:"lowest,omitempty"`
	Highest int       `json:"highest,omitempty"`
	Halves  bool      `json:"halves,omitempty"`
	Points  []Meaning `json:"points,omitempty"` // what points of the scale mean, in any order

	// Threshold is the least mean, in points, with at most one digit after the point; an application below it is marked in
	// the ranking. 0: none.
	Threshold float64 `json:"threshold,omitempty"`

	// CommentOptional lets reviewers leave out the words to the applicants.
	CommentOptional bool `json:"comment_optional,omitempty"`
}

// Meaning says what one point of a scale means. Value is the point as digits write it: "3" or "3.5".
type Meaning struct {
	Value string    `json:"value"`
	Label i18n.Text `json:"label"`
}

// Scale is on what a criterion is scored.
type Scale struct {
	Lowest, Highest int
	Halves          bool
}

// Scale is the criterion's own, or up to the highest score of the call's.
func (k *Criterion) Scale(scoreMax int) Scale {
	s := Scale{Lowest: k.Lowest, Highest: k.Highest, Halves: k.Halves}
	if s.Highest == 0 {
		s.Highest = scoreMax
	}
	return s
}

// Has reports whether a score is a point of the scale.
func (s Scale) Has(score float64) bool {
	steps := score
	if s.Halves {
		steps = 2 * score
	}
	return score >= float64(s.Lowest) && score <= float64(s.Highest) && steps == math.Trunc(steps)
}

// Scores are the points of the scale, from the lowest.
func (s Scale) Scores() []float64 {
	var all []float64
	step := 1.0
	if s.Halves {
		step = 0.5
	}
	for score := float64(s.Lowest); score <= float64(s.Highest); score += step { // halves have no rounding
		all = append(all, score)
	}
	return all
}

// Low reports whether a score lies in the lower half of the scale, below its middle.
func (s Scale) Low(score float64) bool { return 2*score < float64(s.Lowest+s.Highest) }

// Nearest is the point of the scale at a share of it, from 0 to 1.
func (s Scale) Nearest(share float64) float64 {
	steps := float64(s.Highest - s.Lowest)
	if s.Halves {
		return float64(s.Lowest) + math.Round(2*steps*share)/2
	}
	return float64(s.Lowest) + math.Round(steps*share)
}

// ScoreText writes a score as digits do: "3" or "3.5".
func ScoreText(score float64) string { return strconv.FormatFloat(score, 'f', -1, 64) }

// Meaning is what a score means; empty where nobody has said it.
func (k *Criterion) Meaning(score float64) i18n.Text {
	i := slices.IndexFunc(k.Points, func(m Meaning) bool { return m.Value == ScoreText(score) })
	if i < 0 {
		return nil
	}
	return k.Points[i].Label
}

// CriterionFlaw is one thing that is wrong with a criterion: the field in which, and the key of the sentence that says what.
type CriterionFlaw struct {
	Field string // lowest, highest, threshold, points, name or guidance
	Key   string
	Args  fault.Args
}

// Flaws finds what of a criterion does not hold together.
func (k *Criterion) Flaws(scoreMax int) []CriterionFlaw {
	var bad []CriterionFlaw
	scale := k.Scale(scoreMax)
	if k.Lowest < 0 || k.Lowest >= HighestScore {
		bad = append(bad, CriterionFlaw{"lowest", "blueprints.criterion.between", fault.Args{"Low": 0, "High": HighestScore - 1}})
	}
	if scale.Highest > HighestScore || k.Highest < 0 {
		bad = append(bad, CriterionFlaw{"highest", "blueprints.criterion.between", fault.Args{"Low": 1, "High": HighestScore}})
	}
	if len(bad) > 0 {
		return bad
	}
	if scale.Lowest >= scale.Highest {
		return []CriterionFlaw{{"highest", "blueprints.criterion.upside_down", nil}}
	}
	if t := k.Threshold; t != 0 && (!(t > float64(scale.Lowest) && t <= float64(scale.Highest)) || math.Abs(10*t-math.Round(10*t)) > 1e-9) {
		bad = append(bad, CriterionFlaw{"threshold", "blueprints.criterion.threshold", fault.Args{"Low": scale.Lowest, "High": scale.Highest}})
	}
	seen := map[string]bool{}
	for _, m := range k.Points {
		score, err := strconv.ParseFloat(m.Value, 64)
		if err != nil || !scale.Has(score) || ScoreText(score) != m.Value || seen[m.Value] {
			bad = append(bad, CriterionFlaw{"points", "blueprints.criterion.point", fault.Args{"Point": m.Value}})
		}
		seen[m.Value] = true
		bad = append(bad, longer("points", m.Label, MeaningChars)...)
	}
	return append(append(bad, longer("name", k.Name, CriterionName)...), longer("guidance", k.Guidance, GuidanceChars)...)
}

func longer(field string, text i18n.Text, most int) []CriterionFlaw {
	for _, words := range text {
		if n := utf8.RuneCountInString(words); n > most {
			return []CriterionFlaw{{field, "fault.too_long", fault.Args{"Max": most, "Length": n}}}
		}
	}
	return nil
}

// Spread brings weights to a sum, each in proportion, by the largest remainder; where all are nought, they become alike.
func Spread(weights []int, sum int) []int {
	total := 0
	for _, w := range weights {
		total += w
	}
	shares, rests, left := make([]int, len(weights)), make([]int, len(weights)), sum
	for i, w := range weights {
		of, whole := w, total
		if total == 0 {
			of, whole = 1, len(weights)
		}
		shares[i], rests[i] = sum*of/whole, sum*of%whole
		left -= shares[i]
	}
	for ; left > 0 && len(weights) > 0; left-- {
		most := 0
		for i := range rests {
			if rests[i] > rests[most] {
				most = i
			}
		}
		shares[most]++
		rests[most] = -1
	}
	return shares
}

// scales finds the criteria whose scale does not hold together.
func (p Program) scales() []Problem {
	var rule struct {
		ScoreMax int `json:"score_max"`
	}
	if review, ok := p.pieces["review"]; ok && json.Unmarshal(review.Body, &rule) != nil {
		return nil
	}
	var found []Problem
	for _, key := range p.lists["criteria"] {
		var k Criterion
		if json.Unmarshal(p.pieces[key].Body, &k) != nil {
			continue
		}
		for _, f := range k.Flaws(rule.ScoreMax) {
			found = append(found, Problem{key, f.Key, f.Args})
		}
	}
	return found
}
