package forms

import (
	"strconv"
	"strings"

	"kervan/modules/kernel/i18n"
)

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

// Outline lays out an empty form: everything that may be asked, each question with its help and its limits in words.
func Outline(loc *i18n.Localizer, d *Definition, scope Scope) Print {
	l := layout{loc: loc, d: d}
	var out Print
	for _, section := range d.Scoped(scope) {
		laid := PrintSection{Key: section.Key, Title: l.words(section.Title), Intro: l.words(section.Intro)}
		group := PrintGroup{}
		if section.Condition != nil {
			group.Entries = append(group.Entries, Entry{Kind: EntryText, Label: Words{Text: loc.T("forms.preview.section_if")}})
		}
		for i := range section.Questions {
			group.Entries = append(group.Entries, l.outline(&section.Questions[i]))
		}
		laid.Groups = []PrintGroup{group}
		out.Sections = append(out.Sections, laid)
	}
	return out
}

func (l layout) outline(q *Question) Entry {
	e := Entry{Kind: EntryQuestion, Ref: q.Key, Label: l.words(q.Label), Help: l.words(q.Help)}
	if q.OpenToAll() {
		e.Offer = l.offer(q)
	}
	switch q.Type {
	case TypeHeading:
		e.Kind = EntryHeading
		return e
	case TypeText:
		e.Kind = EntryText
		return e
	default:
	}
	facts := append([]string{l.loc.T("forms.type." + string(q.Type))}, Limits(l.loc, q)...)
	if q.Type.computed() {
		facts = append(facts, Formula(l.loc, l.d, q))
	} else if q.Type.hidden() {
		facts = append(facts, l.loc.T("forms.taken.preview", "What", SourceWords(l.loc, q.Takes)))
	} else if q.Required || q.Type == TypeDeclaration {
		facts = append(facts, l.loc.T("forms.preview.required"))
	} else {
		facts = append(facts, l.loc.T("forms.preview.optional"))
	}
	facts = append(facts, DayFacts(l.loc, q)...)
	if names := ReaderNames(l.loc, q); names != "" {
		facts = append(facts, l.loc.T("forms.limit.visible_to", "Readers", names))
	}
	if q.Unseen {
		facts = append(facts, l.loc.T("forms.limit.unseen"))
	}
	if q.Later() {
		facts = append(facts, AskedOf(l.loc, q))
	}
	if q.Condition != nil {
		facts = append(facts, l.loc.T("forms.preview.question_if"))
	}
	e.Lines = append(e.Lines, strings.Join(facts, " · "))
	var names []string
	for _, o := range q.Options {
		names = append(names, l.option(q, o.Value))
	}
	names = append(names, PartFacts(l.loc, q)...)
	if q.NotApplicable {
		names = append(names, l.loc.T("forms.not_applicable"))
	}
	for _, s := range q.Statements {
		e.Lines = append(e.Lines, l.words(s.Label).Text)
	}
	for i := range q.Columns {
		names = append(names, l.words(q.Columns[i].Label).Text)
	}
	if len(names) > 0 {
		e.Lines = append(e.Lines, strings.Join(names, " / "))
	}
	if !q.Type.hidden() {
		e.Blank = l.blank(q)
	}
	return e
}

// Limits puts a question's limits into words: "At most 250 words".
func Limits(loc *i18n.Localizer, q *Question) []string {
	var facts []string
	count := func(key string, n int) {
		if n > 0 {
			facts = append(facts, loc.N(key, n))
		}
	}
	count("forms.limit.words", q.Words)
	count("forms.limit.chars", q.Chars)
	if fact := patternFact(loc, q); fact != "" {
		facts = append(facts, fact)
	}
	switch q.Type {
	case TypeOrganizations:
		facts = append(facts, loc.N("forms.limit.organizations", q.named()))
	case TypeMultiple, TypeRanking:
		count("forms.limit.choices", q.Most)
	case TypePeople:
		count("forms.limit.people_least", q.Least)
		count("forms.limit.people", q.Most)
	case TypeTable, TypeBudget:
		count("forms.limit.rows_least", q.Least)
		count("forms.limit.rows", q.Most)
	case TypeFile:
		count("forms.limit.files", max(q.Most, 1))
		facts = append(facts, FileHint(loc, q))
	case TypeSpan:
		count("forms.limit.days_least", q.Least)
		count("forms.limit.days", q.Most)
	}
	if q.Type == TypeBudget && q.Max != "" {
		facts = append(facts, loc.T("forms.limit.total", "Limit", limitText(loc, q, q.Max)))
	}
	if q.Type == TypeNumber || q.Type == TypeMoney || q.Type.dated() {
		if q.Min != "" {
			facts = append(facts, loc.T("forms.limit.from", "Limit", limitText(loc, q, q.Min)))
		}
		if q.Max != "" {
			facts = append(facts, loc.T("forms.limit.to", "Limit", limitText(loc, q, q.Max)))
		}
	}
	return facts
}

func limitText(loc *i18n.Localizer, q *Question, limit string) string {
	if q.Type.dated() {
		return dateText(loc, limit)
	}
	return numberText(loc, q, limit, true)
}

// FileHint says which documents a question takes: "PDF, JPEG; up to 10 MB each".
func FileHint(loc *i18n.Localizer, q *Question) string {
	if q.Files == nil {
		return ""
	}
	return loc.T("forms.limit.file", "Kinds", strings.ToUpper(strings.Join(q.Files.Kinds, ", ")), "Size", loc.Bytes(q.Files.MaxBytes))
}
