package forms

import (
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Reader is one of the network's roles that read applications.
type Reader string

// The readers, by the names of their roles.
const (
	ReaderCoordinator Reader = "coordinator"
	ReaderOfficer     Reader = "officer"
	ReaderReviewer    Reader = "reviewer"
	ReaderChair       Reader = "chair"
	ReaderFinance     Reader = "finance"
)

// Readers lists all of them in the order in which a designer offers them.
var Readers = []Reader{ReaderCoordinator, ReaderOfficer, ReaderReviewer, ReaderChair, ReaderFinance}

// ReadersOf are the roles in which an actor reads applications of other people.
func ReadersOf(a tenants.Actor) []Reader {
	var all []Reader
	for _, r := range Readers {
		if a.Has(tenants.Role(r)) {
			all = append(all, r)
		}
	}
	return all
}

// masks reports whether the answer to a question or column is not for the reader. Whoever gave the answers sees all of them;
// a look that says nothing sees none that is not for everybody.
func (l Look) masks(q *Question) bool {
	switch {
	case l.Own:
		return false
	case l.Blind && q.Unseen:
		return true
	case q.Class == ClassSpecial && !l.Special, q.Class == ClassFinancial && !l.Financial:
		return true
	}
	return len(q.VisibleTo) > 0 && !slices.ContainsFunc(q.VisibleTo, func(r Reader) bool { return slices.Contains(l.As, r) })
}

// Hides reports whether the answer at a ref is not for the reader; what the form does not ask hides nothing.
func (l Look) Hides(d *Definition, ref string) bool {
	q, _, _ := d.Question(ref)
	return q != nil && l.masks(q)
}

// Delicate reports whether a question or a column of it is about health, access, diet or money.
func (d *Definition) Delicate() bool {
	return d.any(func(q *Question) bool {
		return q.Class.delicate() || slices.ContainsFunc(q.Columns, func(c Question) bool { return c.Class.delicate() })
	})
}

func (c Class) delicate() bool { return c == ClassSpecial || c == ClassFinancial }

// Guarded is the question with the answer, and those of its columns, only for readers of both it and another version of it.
func (q *Question) Guarded(by *Question) *Question {
	both := *q
	if both.Class == "" {
		both.Class = by.Class
	}
	if len(by.VisibleTo) > 0 {
		both.VisibleTo = slices.DeleteFunc(slices.Clone(q.VisibleTo), func(r Reader) bool { return !slices.Contains(by.VisibleTo, r) })
		switch {
		case len(q.VisibleTo) == 0:
			both.VisibleTo = by.VisibleTo
		case len(both.VisibleTo) == 0:
			both.VisibleTo = []Reader{""} // nobody reads both
		}
	}
	both.Columns = slices.Clone(q.Columns)
	for i := range both.Columns {
		if at := slices.IndexFunc(by.Columns, func(c Question) bool { return c.Key == both.Columns[i].Key }); at >= 0 {
			both.Columns[i] = *both.Columns[i].Guarded(&by.Columns[at])
		}
	}
	return &both
}

// visibility checks that the readers of an answer are known, each named once.
func (c *checker) visibility(where string, q *Question) {
	for i, r := range q.VisibleTo {
		if !slices.Contains(Readers, r) || slices.Contains(q.VisibleTo[:i], r) || !q.Type.Asks() {
			c.report(where, "forms.check.visible_to")
			return
		}
	}
}

// ReaderNames are the readers of an answer in words; empty where everybody who reads the application is.
func ReaderNames(loc *i18n.Localizer, q *Question) string {
	var names []string
	for _, r := range Readers {
		if slices.Contains(q.VisibleTo, r) {
			names = append(names, loc.T("forms.reader."+string(r)))
		}
	}
	return strings.Join(names, ", ")
}
