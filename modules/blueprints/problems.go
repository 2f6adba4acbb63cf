package blueprints

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
)

// Problem is one reason why a program does not hold together: the piece that it shows at, and the key of the sentence
// that says what.
type Problem struct {
	Piece string
	Key   string
	Args  fault.Args
}

// Problems finds what of a program does not hold together: a piece that looks at a question that is not there, a question
// without its section or in two of them, weights that do not add up to 100, a scale that is none, a form that could not be published.
func Problems(p Program) []Problem {
	var found []Problem
	at := map[string]string{} // the piece of a question
	for _, piece := range p.Pieces() {
		if Kind(piece.Key) != "question" {
			continue
		}
		key := last(piece.Key)
		if other := at[key]; other != "" {
			found = append(found, Problem{piece.Key, "blueprints.problem.twice", fault.Args{"Piece": other}})
		}
		at[key] = piece.Key
	}
	for _, key := range slices.Sorted(maps.Keys(p.pieces)) {
		if section, isQuestion := strings.CutSuffix(key, "/"+last(key)); isQuestion && Kind(key) == "question" {
			if _, ok := p.pieces[section]; !ok {
				found = append(found, Problem{key, "blueprints.problem.section", fault.Args{"Piece": section}})
			}
		}
	}
	for _, piece := range p.Pieces() {
		for _, looked := range piece.LooksAt() {
			if at[looked] == "" && !IsFact(looked) {
				found = append(found, Problem{piece.Key, "blueprints.problem.question", fault.Args{"Question": looked}})
			}
		}
	}
	return slices.Concat(found, p.topics(at), p.weights(), p.scales(), p.form())
}

func (p Program) weights() []Problem {
	sum := 0
	for _, key := range p.lists["criteria"] {
		var c struct {
			Weight int `json:"weight"`
		}
		if json.Unmarshal(p.pieces[key].Body, &c) == nil {
			sum += c.Weight
		}
	}
	if sum == 100 || len(p.lists["criteria"]) == 0 {
		return nil
	}
	return []Problem{{"criteria", "blueprints.problem.weights", fault.Args{"Sum": sum}}}
}

// form is what the form engine says, but for what has been said in our own words.
func (p Program) form() []Problem {
	raw, err := json.Marshal(p.joined(fieldForm, fieldSections, func(section string) any {
		return p.joined(section, fieldQuestions, func(question string) any { return p.pieces[question].Body })
	}))
	if err != nil || p.shapes[fieldForm] != nested {
		return nil
	}
	d, err := forms.Read(raw)
	if err != nil {
		return []Problem{{fieldForm, "blueprints.problem.form", nil}}
	}
	var found []Problem
	for _, f := range forms.Check(d) {
		if f.Key == "forms.check.unknown" || f.Key == "forms.check.key_twice" {
			continue
		}
		where := strings.Split(f.Where, "/")
		found = append(found, Problem{strings.Join(append([]string{fieldForm}, where[:min(len(where), 2)]...), "/"), f.Key, f.Args})
	}
	return found
}

// Fresh are the problems that were not there before.
func Fresh(before, after []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(after), func(p Problem) bool {
		return slices.ContainsFunc(before, func(b Problem) bool {
			return b.Piece == p.Piece && b.Key == p.Key && p.Key != "blueprints.problem.question" || equalProblem(b, p)
		})
	})
}

func equalProblem(a, b Problem) bool {
	if a.Piece != b.Piece || a.Key != b.Key || len(a.Args) != len(b.Args) {
		return false
	}
	for name, value := range a.Args {
		if b.Args[name] != value {
			return false
		}
	}
	return true
}
