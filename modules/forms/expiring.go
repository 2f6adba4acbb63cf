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

// Expire erases from sheets what was answered to questions of the class, and in columns of it, with what was worked out from it.
// The newest version of a form says of which class a question is; of one that it does not ask, the last version that did.
// Consents and declarations stay, as they show what was permitted. It returns how many answers went or became shorter; once it
// was done it finds nothing more. A document that no answer names any more goes with the documents' sweep. It is for features'
// use-cases, which have authorized.
func (s *Service) Expire(ctx context.Context, tx *tenants.Tx, sheets []ids.Sheet, class Class) (int, error) {
	if len(sheets) == 0 {
		return 0, nil
	}
	asked, err := everAsked(ctx, tx, sheets)
	if err != nil {
		return 0, err
	}
	all := 0
	for _, one := range asked {
		e := expiryOf(one.versions, class)
		n, err := expireAnswers(ctx, tx, one.sheets, e.whole)
		if all += n; err != nil {
			return all, err
		}
		for _, key := range slices.Sorted(maps.Keys(e.columns)) {
			n, err := expireCells(ctx, tx, one.sheets, key, e.columns[key])
			if all += n; err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// expiry is what of a form's answers goes: whole ones, and of others the columns.
type expiry struct {
	whole   []string
	columns map[string][]string
}

// expiryOf takes the form's versions, the newest first.
func expiryOf(versions []Definition, class Class) expiry {
	e := expiry{columns: map[string][]string{}}
	seen := map[string]bool{}
	var calculated []*Question
	for i := range versions {
		for j := range versions[i].Sections {
			for k := range versions[i].Sections[j].Questions {
				q := &versions[i].Sections[j].Questions[k]
				if seen[q.Key] || q.Type.statement() {
					continue
				}
				seen[q.Key] = true
				of := columnsOf(q, class)
				switch {
				case q.Class == class:
					e.whole = append(e.whole, q.Key)
				case len(of) > 0:
					e.columns[q.Key] = of
				case q.Type == TypeCalculated && q.Calculation != nil && q.Calculation.Operation != OperationRows:
					calculated = append(calculated, q)
				}
			}
		}
	}
	e.follow(calculated)
	return e
}

// follow takes along what is worked out from what goes.
func (e *expiry) follow(calculated []*Question) {
	for range calculated {
		for _, q := range calculated {
			if !slices.Contains(e.whole, q.Key) && slices.ContainsFunc(q.terms(), e.reaches) {
				e.whole = append(e.whole, q.Key)
			}
		}
	}
}

// reaches reports whether a term tells of something that goes.
func (e *expiry) reaches(term string) bool {
	question, column := SplitTerm(term)
	of, some := e.columns[question]
	return slices.Contains(e.whole, question) || some && (column == "" || slices.Contains(of, column))
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
