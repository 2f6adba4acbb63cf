package forms

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Given is a document that an answer names.
type Given struct {
	Sheet    ids.Sheet
	Ref      string
	Document ids.Document
}

// Attached lists the documents that sheets of one version name and the look shows, in one query. It is for features'
// use-cases, which have authorized.
func Attached(ctx context.Context, sc tenants.Scope, d *Definition, look Look, sheets map[ids.Sheet]Scope) ([]Given, error) {
	asked := d.fileQuestions(look)
	if len(asked.keys) == 0 || len(sheets) == 0 {
		return nil, nil
	}
	filled, err := someAnswers(ctx, sc, slices.Collect(maps.Keys(sheets)), asked.needed)
	if err != nil {
		return nil, err
	}
	var all []Given
	for sheet, answers := range filled {
		var sight *Sight
		if asked.conditional {
			sight = See(d, sheets[sheet], answers)
		}
		for ref, raw := range answers {
			q, _, known := d.Question(ref)
			if !known || !slices.Contains(asked.keys, q.Key) || sight != nil && !sight.Question(ref) {
				continue
			}
			if value, err := ParseValue(q, raw); err == nil {
				documents, _ := value.(Documents)
				for _, id := range documents {
					all = append(all, Given{Sheet: sheet, Ref: ref, Document: id})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Given) int {
		return cmp.Or(slices.Compare(a.Sheet[:], b.Sheet[:]), strings.Compare(a.Ref, b.Ref))
	})
	return all, nil
}

// someAnswers reads the answers of sheets to some questions, with all their items.
func someAnswers(ctx context.Context, sc tenants.Scope, sheets []ids.Sheet, questions []string) (map[ids.Sheet]Answers, error) {
	var rows []answerRow
	err := sc.Ask(ctx, &rows, `SELECT sheet_id, question, value FROM answers
		WHERE sheet_id = ANY($1::uuid[]) AND split_part(question, '.', 1) = ANY(string_to_array($2, ','))`, tenants.Array(sheets), strings.Join(questions, ","))
	if err != nil {
		return nil, fmt.Errorf("forms: read some answers: %w", err)
	}
	all := map[ids.Sheet]Answers{}
	for _, r := range rows {
		if all[r.SheetID] == nil {
			all[r.SheetID] = Answers{}
		}
		all[r.SheetID][r.Question] = r.Value
	}
	return all, nil
}
