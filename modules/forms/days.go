package forms

import (
	"slices"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Dated reports whether it depends on the day what the form wants or which answers can be changed.
func (d *Definition) Dated() bool {
	return d.any(func(q *Question) bool { return q.RequiredFrom != "" || q.FrozenFrom != "" })
}

func (d *Definition) any(is func(q *Question) bool) bool {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if is(&d.Sections[i].Questions[j]) {
				return true
			}
		}
	}
	return false
}

// On is the definition as it holds on a day: what is required from that day or an earlier one on is required. The empty day
// is before all others. The definition itself stays as it is.
func (d *Definition) On(day i18n.Day) *Definition {
	due := func(q *Question) bool { return q.RequiredFrom != "" && q.RequiredFrom <= string(day) }
	if !d.any(due) {
		return d
	}
	return d.changed(func(q *Question) {
		if due(q) {
			q.Required, q.RequiredFrom = true, ""
		}
	})
}

// Thawed is the definition without days from which answers cannot be changed: for a rehearsal, in which everybody writes at
// once. The definition itself stays as it is.
func (d *Definition) Thawed() *Definition {
	return d.changed(func(q *Question) { q.FrozenFrom = "" })
}

// Shifted is the definition with its days moved by so many, for the same form in another cycle. The definition itself stays
// as it is.
func (d *Definition) Shifted(days int) *Definition {
	move := func(day string) string {
		if at, err := time.Parse(time.DateOnly, day); err == nil {
			return at.AddDate(0, 0, days).Format(time.DateOnly)
		}
		return day
	}
	return d.changed(func(q *Question) { q.RequiredFrom, q.FrozenFrom = move(q.RequiredFrom), move(q.FrozenFrom) })
}

// changed is a copy of the definition of which every question was changed.
func (d *Definition) changed(change func(q *Question)) *Definition {
	copied := *d
	copied.Sections = slices.Clone(d.Sections)
	for i := range copied.Sections {
		s := &copied.Sections[i]
		s.Questions = slices.Clone(s.Questions)
		for j := range s.Questions {
			change(&s.Questions[j])
		}
	}
	return &copied
}

// Frozen reports whether an answer can, on that day, neither be given nor changed any more.
func (q *Question) Frozen(day i18n.Day) bool {
	return q.FrozenFrom != "" && q.FrozenFrom <= string(day)
}

// since is the first day from which one of the answers of a repeating section is frozen, so that no item comes or goes;
// empty where none is.
func (s *Section) since(day i18n.Day) string {
	first := ""
	for i := range s.Questions {
		if q := &s.Questions[i]; s.Repeat != nil && q.Frozen(day) && (first == "" || q.FrozenFrom < first) {
			first = q.FrozenFrom
		}
	}
	return first
}

// frozenSince tells since when what stands at a ref, an answer or the items of a section, cannot be changed on that day;
// empty where it can.
func (d *Definition) frozenSince(ref string, day i18n.Day) string {
	if section, ok := d.itemsSection(ref); ok {
		return section.since(day)
	}
	if q, _, ok := d.Question(ref); ok && q.Frozen(day) {
		return q.FrozenFrom
	}
	return ""
}

// FrozenField refuses, at its input, what would change an answer that is frozen on that day; false where it is not.
func FrozenField(d *Definition, ref string, day i18n.Day) (fault.Field, bool) {
	since := d.frozenSince(ref, day)
	if since == "" {
		return fault.Field{}, false
	}
	return fault.AtWith(FieldName(ref), "forms.error.frozen", fault.Args{"Day": i18n.Day(since)}), true
}

// days checks that the days of a question make sense: what cannot be given any more cannot be wanted from then on, and what
// somebody stated can be taken back at any time.
func (c *checker) days(where string, q *Question, column bool) {
	for _, day := range []string{q.RequiredFrom, q.FrozenFrom} {
		if day != "" && (!isDay(day) || !q.Type.Asks() || column) {
			c.report(where, "forms.check.days")
			return
		}
	}
	if q.RequiredFrom != "" {
		switch {
		case q.Type == TypeConsent:
			c.report(where, "forms.check.forced_consent")
		case q.Required || q.Type == TypeDeclaration:
			c.report(where, "forms.check.required_already")
		case q.FrozenFrom != "" && q.FrozenFrom <= q.RequiredFrom:
			c.report(where, "forms.check.frozen_first", "Frozen", i18n.Day(q.FrozenFrom), "Required", i18n.Day(q.RequiredFrom))
		}
	}
	if q.FrozenFrom != "" && q.Type.statement() {
		c.report(where, "forms.check.frozen_statement")
	}
}

// DayFacts say from when an answer is required and from when it cannot be changed: "required from 1 March 2027 on".
func DayFacts(loc *i18n.Localizer, q *Question) []string {
	var facts []string
	if q.RequiredFrom != "" {
		facts = append(facts, loc.T("forms.limit.required_from", "Day", dateText(loc, q.RequiredFrom)))
	}
	if q.FrozenFrom != "" {
		facts = append(facts, loc.T("forms.limit.frozen_from", "Day", dateText(loc, q.FrozenFrom)))
	}
	return facts
}

// notes are the sentences below a question that is being filled about its days and about who reads the answer.
func (f field) notes() []string {
	var notes []string
	say := func(key, day string) { notes = append(notes, f.ui.T(key, "Day", dateText(f.ui.Loc, day))) }
	if f.q.RequiredFrom != "" {
		say("forms.required_from", f.q.RequiredFrom)
	}
	switch {
	case f.q.FrozenFrom == "":
	case !f.q.Frozen(f.e.Day):
		say("forms.frozen_from", f.q.FrozenFrom)
	case f.closed:
		say("forms.frozen_since", f.q.FrozenFrom)
	}
	if f.q.Later() && f.e.Sheet.ID.IsZero() {
		notes = append(notes, AskedOf(f.ui.Loc, f.q))
	}
	if names := ReaderNames(f.ui.Loc, f.q); names != "" {
		notes = append(notes, f.ui.T("forms.visible_to", "Readers", names))
	}
	if f.q.Unseen {
		notes = append(notes, f.ui.T("forms.unseen"))
	}
	return notes
}
