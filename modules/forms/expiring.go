package forms

import (
	"context"
	"maps"
	"slices"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Expiring are the classes of answers that are erased when their time is over, in the order in which a designer meets them.
var Expiring = []Class{ClassPersonal, ClassSpecial, ClassFinancial}

// Expire erases from sheets what was answered to questions of the class, and in columns of it, whichever version of their form
// asked. Consents and declarations stay, as they show what was permitted. It returns how many answers went or became shorter;
// once it was done it finds nothing more. A document that no answer names any more goes with the documents' sweep. It is for
// features' use-cases, which have authorized.
func (s *Service) Expire(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, class Class) (int, error) {
	if len(sheets) == 0 {
		return 0, nil
	}
	definitions, err := definitionsOf(ctx, tx, sheets)
	if err != nil {
		return 0, err
	}
	var whole []string
	columns := map[string][]string{}
	for i := range definitions {
		for j := range definitions[i].Sections {
			for k := range definitions[i].Sections[j].Questions {
				q := &definitions[i].Sections[j].Questions[k]
				switch {
				case q.Type.statement():
				case q.Class == class:
					whole = append(whole, q.Key)
				default:
					if of := columnsOf(q, class); len(of) > 0 {
						columns[q.Key] = append(columns[q.Key], of...)
					}
				}
			}
		}
	}
	slices.Sort(whole)
	n, err := expireAnswers(ctx, tx, sheets, slices.Compact(whole))
	if err != nil {
		return n, err
	}
	for _, key := range slices.Sorted(maps.Keys(columns)) {
		m, err := expireCells(ctx, tx, sheets, key, columns[key])
		if n += m; err != nil {
			return n, err
		}
	}
	return n, nil
}

// Asks reports whether any question or column asks for data of the class that are erased in time.
func (d *Definition) Asks(class Class) bool {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; !q.Type.statement() && (q.Class == class || len(columnsOf(q, class)) > 0) {
				return true
			}
		}
	}
	return false
}

func columnsOf(q *Question, class Class) []string {
	var keys []string
	for i := range q.Columns {
		if q.Columns[i].Class == class {
			keys = append(keys, q.Columns[i].Key)
		}
	}
	return keys
}
