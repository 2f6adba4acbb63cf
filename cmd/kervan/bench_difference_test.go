package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// difference measures how long it takes to compare two versions of a program of some three hundred pieces, from their
// JSON to what is said of each piece.
func (h *bench) difference(b *testing.B) {
	b.Helper()
	before, after := wordy(b, 0), wordy(b, 3)
	began, rounds := time.Now(), few(20, 3)
	for range rounds {
		one, err := blueprints.Parse(before)
		must(b, err)
		other, err := blueprints.Parse(after)
		must(b, err)
		if found := blueprints.Compare(one, other); one.Len() < 300 || len(found) < 60 {
			b.Fatalf("%d pieces, %d differences", one.Len(), len(found))
		}
	}
	most("difference of two versions of 300 pieces", float64(time.Since(began).Milliseconds())/float64(rounds), "ms", 100)
}

// wordy is a program of some three hundred pieces; with a step, every so many of its additional questions say something else.
func wordy(b *testing.B, step int) []byte {
	b.Helper()
	p := blueprints.Default()
	for s := range 9 {
		section := forms.Section{Key: fmt.Sprintf("more_%d", s), Scope: forms.ScopePart, Title: p.Name}
		for q := range 20 {
			label := fmt.Sprintf("Question %d of section %d", q, s)
			if step > 0 && q%step == 0 {
				label += ", in other words"
			}
			section.Questions = append(section.Questions, forms.Question{
				Key: fmt.Sprintf("m%d_%d", s, q), Type: forms.TypeLongText, Words: 200, Label: i18n.Text{i18n.EN: label, i18n.TR: label, i18n.DE: label},
				Help: p.Call.Summary, Why: p.Summary,
			})
		}
		p.Form.Sections = append(p.Form.Sections, section)
	}
	raw, err := json.Marshal(p)
	must(b, err)
	return raw
}
