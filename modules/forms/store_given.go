package forms

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// Given is a document that an answer names.
type Given struct {
	Sheet    ids.Sheet
	Ref      string
	Document ids.Document
}

// Given lists the documents that sheets of one version name and the look shows, in one query. It is for features'
// use-cases, which have authorized.
func (s *Service) Given(ctx context.Context, db bun.IDB, d *Definition, look Look, sheets map[ids.Sheet]Scope) ([]Given, error) {
	questions, conditional := d.fileQuestions(look)
	if len(questions) == 0 || len(sheets) == 0 {
		return nil, nil
	}
	only := questions
	if conditional {
		only = nil // whether they are asked depends on other answers
	}
	filled, err := someAnswers(ctx, db, slices.Collect(maps.Keys(sheets)), only)
	if err != nil {
		return nil, err
	}
	var all []Given
	for sheet, answers := range filled {
		sight := See(d, sheets[sheet], answers)
		for ref, raw := range answers {
			q, _, known := d.Question(ref)
			if !known || !slices.Contains(questions, q.Key) || conditional && !sight.Question(ref) {
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

// someAnswers reads the answers of sheets, to some questions only where they are given.
func someAnswers(ctx context.Context, db bun.IDB, sheets []ids.Sheet, questions []string) (map[ids.Sheet]Answers, error) {
	var rows []answerRow
	q := db.NewSelect().Model(&rows).Column("sheet_id", "question", "value").Where("sheet_id IN (?)", bun.List(sheets))
	if questions != nil {
		q = q.Where("question IN (?)", bun.List(questions))
	}
	if err := q.Scan(ctx); err != nil {
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
