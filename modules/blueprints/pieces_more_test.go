package blueprints_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

func condition(question string) *forms.Condition {
	answered := true
	return &forms.Condition{Question: question, Answered: &answered}
}

// large is a program of some three hundred pieces.
func large(change int) blueprints.Blueprint {
	b := blueprints.Default()
	for s := range 9 {
		section := forms.Section{Key: fmt.Sprintf("more%d", s), Scope: forms.ScopePart, Title: i18n.Text{i18n.EN: "More", i18n.TR: "Daha", i18n.DE: "Mehr"}}
		for q := range 20 {
			label := fmt.Sprintf("Question %d", q)
			if change > 0 && q%change == 0 {
				label += ", said in other words"
			}
			section.Questions = append(section.Questions, forms.Question{
				Key: fmt.Sprintf("m%d_%d", s, q), Type: forms.TypeLongText, Words: 200, Label: i18n.Text{i18n.EN: label, i18n.TR: label, i18n.DE: label}, Help: b.Call.Summary, Why: b.Summary,
			})
		}
		b.Form.Sections = append(b.Form.Sections, section)
	}
	return b
}

// BenchmarkDifference compares two versions of some three hundred pieces, from their JSON to what is said of each.
func BenchmarkDifference(b *testing.B) {
	before, err := json.Marshal(large(0))
	if err != nil {
		b.Fatal(err)
	}
	after, err := json.Marshal(large(3))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a, c := parse(b, json.RawMessage(before)), parse(b, json.RawMessage(after))
		if found := blueprints.Compare(a, c); a.Len() < 300 || len(found) != 63 {
			b.Fatal(a.Len(), len(found))
		}
	}
}
