package forms

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Whom is whom a question is asked.
type Whom string

// Whoever applies, or only those whose application was accepted and who have taken the place.
const (
	WhomAll      Whom = ""
	WhomAccepted Whom = "accepted"
)

// Whoms lists all of them in the order in which a designer offers them.
var Whoms = []Whom{WhomAll, WhomAccepted}

// Later reports whether only accepted applicants are asked.
func (q *Question) Later() bool { return q.Asked == WhomAccepted }

// later reports whether all that the section asks is asked only from accepted applicants; what stands between the questions
// comes with them then.
func (s *Section) later() bool {
	asks := func(q Question) bool { return q.Type.Asks() }
	return slices.ContainsFunc(s.Questions, asks) && !slices.ContainsFunc(s.Questions, func(q Question) bool { return asks(q) && !q.Later() })
}

// Before is what everybody who applies is asked: the definition without questions that only accepted applicants are asked,
// and without sections that ask nothing else. The definition itself stays as it is.
func (d *Definition) Before() *Definition {
	return d.part(func(s *Section, q *Question) bool { return !q.Later() && !s.later() })
}

// Later is what only accepted applicants are asked; what introduces a section that asks others something is not for them. Its
// conditions may look at questions that are not in it: answers to them
// are laid out and checked by what is made for them (LayLater, CompleteLater, MissingLater).
func (d *Definition) Later() *Definition {
	if !d.AsksLater() {
		return &Definition{Schema: d.Schema, Locales: d.Locales}
	}
	some := d.part(func(s *Section, q *Question) bool { return q.Later() || s.later() })
	for i := range some.Sections {
		if whole, ok := d.Section(some.Sections[i].Key); ok && !whole.later() {
			some.Sections[i].Intro = nil
		}
	}
	return some
}

// AsksLater reports whether accepted applicants are asked something that others are not.
func (d *Definition) AsksLater() bool { return d.any((*Question).Later) }

// part keeps some of the questions, and the sections in which one of them takes an answer.
func (d *Definition) part(keep func(s *Section, q *Question) bool) *Definition {
	if !d.AsksLater() {
		return d
	}
	some := *d
	some.Sections = nil
	for i := range d.Sections {
		s := d.Sections[i]
		s.Questions = nil
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; keep(&d.Sections[i], q) {
				s.Questions = append(s.Questions, *q)
			}
		}
		if slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Type.Asks() }) {
			some.Sections = append(some.Sections, s)
		}
	}
	return &some
}

// IsLater reports whether what stands at a ref, an answer or the items of a section, is given only by accepted applicants.
func (d *Definition) IsLater(ref string) bool {
	if section, ok := d.itemsSection(ref); ok {
		return section.later()
	}
	q, _, ok := d.Question(ref)
	return ok && q.Later()
}

// AskedOf says whom a question is asked.
func AskedOf(loc *i18n.Localizer, q *Question) string {
	if q.Later() {
		return loc.T("forms.asked.accepted")
	}
	return loc.T("forms.asked.none")
}

// LaterNames are the questions that only accepted applicants are asked, in the reader's language, in the order of the form.
func LaterNames(loc *i18n.Localizer, d *Definition) []string {
	l := layout{loc: loc, d: d}
	var names []string
	for _, s := range d.Later().Sections {
		for i := range s.Questions {
			if q := &s.Questions[i]; q.Type.Asks() {
				names = append(names, l.words(q.Label).Text)
			}
		}
	}
	return names
}

// Joined are the answers that somebody handed in when applying, with those that accepted applicants give beside them: what
// was written on without being handed in decides nothing.
func Joined(whole *Definition, handed, since Answers) Answers {
	all := Answers{}
	for ref, raw := range handed {
		if !whole.IsLater(ref) {
			all[ref] = raw
		}
	}
	for ref, raw := range since {
		if whole.IsLater(ref) {
			all[ref] = raw
		}
	}
	return all
}

// Since are the answers of an accepted applicant's sheet as they are being written: Joined, with what is calculated for
// accepted applicants worked out from them.
func Since(whole *Definition, scope Scope, handed, live Answers) Answers {
	all := Joined(whole, handed, live)
	for ref, result := range Calculate(whole, scope, all) {
		switch {
		case !whole.IsLater(ref) || !none(all[ref]) && equal(all[ref], result):
		case none(result):
			delete(all, ref)
		default:
			all[ref] = result
		}
	}
	return all
}

// LayLater is Lay for the answers of accepted applicants, of the whole definition; the answers are Joined.
func LayLater(loc *i18n.Localizer, whole *Definition, scope Scope, answers Answers, look Look) Print {
	return lay(loc, whole, whole.Later().Scoped(scope), scope, answers, look)
}

// CompleteLater is Complete for what accepted applicants are asked, of the whole definition; the answers are Joined.
func CompleteLater(whole *Definition, scope Scope, answers Answers) []Progress {
	return complete(See(whole, scope, answers), whole.Later().Scoped(scope))
}

// asking is the definition in which a ref stands: a later question, together with what it may look at, in the whole one.
func (v *Version) asking(ref string) *Definition {
	if v.Whole.IsLater(ref) {
		return v.Whole
	}
	return v.Definition
}

// Refresh keeps on a sheet what it calculates for accepted applicants, from what was handed in and what they have answered
// since. It is for features' use-cases, which have authorized. Fault: NotFound.
func (s *Service) Refresh(ctx context.Context, tx *tenants.Tx, id ids.Sheet, handed Answers) error {
	sheet, version, err := s.open(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := holdSheet(ctx, tx, id); err != nil {
		return err
	}
	filled, err := s.Filled(ctx, tx, id)
	if err != nil {
		return err
	}
	there, now := filled[id].Answers, Since(version.Whole, sheet.Scope, handed, filled[id].Answers)
	results := Calculate(version.Whole, sheet.Scope, now)
	for _, ref := range sortedRefs(results) {
		if !version.Whole.IsLater(ref) || none(there[ref]) && none(now[ref]) || equal(there[ref], now[ref]) {
			continue
		}
		if err := putResult(ctx, tx, Edit{Sheet: id, Ref: ref, Value: results[ref], By: tx.Scope().Actor().Person}); err != nil {
			return err
		}
	}
	return nil
}

// whom checks that it is known whom a question is asked. What is taken from a profile is taken when somebody applies, and
// the days of a form are those of the time for applying.
func (c *checker) whom(where string, q *Question, column bool) {
	switch {
	case !slices.Contains(Whoms, q.Asked), q.Asked != WhomAll && (column || q.Type.hidden()):
		c.report(where, "forms.check.asked")
	case q.Later() && (q.RequiredFrom != "" || q.FrozenFrom != ""):
		c.report(where, "forms.check.asked_days")
	}
}

// later checks that nothing that everybody is asked stands upon an answer that only accepted applicants give, and that the
// items of a section are all given at one time.
func (c *checker) later() {
	if !c.d.AsksLater() {
		return
	}
	if len(c.d.Before().Sections) == 0 {
		c.report("", "forms.check.asked_all")
	}
	for i := range c.d.Sections {
		s := &c.d.Sections[i]
		if s.later() {
			continue
		}
		c.before(s.Key, s.Condition.refs())
		for j := range s.Questions {
			q, where := &s.Questions[j], s.Key+"/"+s.Questions[j].Key
			switch {
			case !q.Later():
				needs := q.Condition.refs()
				for _, term := range q.terms() {
					key, _ := SplitTerm(term)
					needs = append(needs, key)
				}
				c.before(where, needs)
			case s.Repeat != nil:
				c.report(where, "forms.check.asked_repeated")
			}
		}
	}
}

// before reports what one must know earlier than it is asked.
func (c *checker) before(where string, needs []string) {
	for _, key := range needs {
		if q, _, _ := c.d.Question(key); q != nil && q.Later() {
			c.report(where, "forms.check.asked_looks", "Key", key)
		}
	}
}
