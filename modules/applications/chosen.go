package applications

import (
	"context"
	"encoding/json"
	"fmt"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// Chosen tells what the sheets of applications answer to a question that chooses: the option, or the first of a ranking; each
// application has as many as its sheets answer, in their order. One query, however many there are. It is for other modules'
// use-cases, which have authorized.
func Chosen(ctx context.Context, sc tenants.Scope, all []Application, question string) (map[ids.Application][]string, error) {
	var sheets []ids.Sheet
	for i := range all {
		sheets = append(sheets, all[i].sheets()...)
	}
	found := map[ids.Application][]string{}
	if len(sheets) == 0 {
		return found, nil
	}
	asked, filled := forms.AskingSome(sheets, []string{question})
	if err := sc.Ask(ctx, asked); err != nil {
		return nil, fmt.Errorf("applications: read what was chosen: %w", err)
	}
	for i := range all {
		for _, sheet := range all[i].sheets() {
			if option := firstOf(filled[sheet].Answers[question]); option != "" {
				found[all[i].ID] = append(found[all[i].ID], option)
			}
		}
	}
	return found, nil
}

// firstOf is the option of an answer that chooses one, or the first of one that ranks; empty where it does neither.
func firstOf(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var ranked []string
	if json.Unmarshal(raw, &ranked) == nil && len(ranked) > 0 {
		return ranked[0]
	}
	return ""
}
