package forms

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Mode is how strictly answers are looked at.
type Mode int

// Fill looks at what is there: its type and limits. Submit also asks for what is missing.
const (
	Fill Mode = iota
	Submit
)

// Validate checks the answers of one sheet and names every input that will not do, in the order of the form. Questions
// that a condition hides are not looked at.
func Validate(d *Definition, scope Scope, answers Answers, mode Mode) []fault.Field {
	var bad []fault.Field
	sight := See(d, scope, answers)
	for _, section := range d.Scoped(scope) {
		bad = append(bad, ValidateSection(sight, section, mode)...)
	}
	return bad
}

// ValidateSection is Validate for one section.
func ValidateSection(sight *Sight, section *Section, mode Mode) []fault.Field {
	if !sight.Section(section) {
		return nil
	}
	var bad []fault.Field
	items := sight.Items(section)
	if r := section.Repeat; r != nil {
		name := FieldName(itemsRef(section.Key))
		if len(items) > r.Max {
			bad = append(bad, fault.AtWith(name, "forms.error.most", fault.Args{"Count": r.Max}))
		}
		if mode == Submit && len(items) < r.Min {
			bad = append(bad, fault.AtWith(name, "forms.error.least", fault.Args{"Count": r.Min}))
		}
	}
	for _, item := range items {
		for i := range section.Questions {
			q := &section.Questions[i]
			if ref := Ref(q.Key, item); q.Type.Asks() && sight.Question(ref) {
				bad = append(bad, ValidateAnswer(q, FieldName(ref), sight.answers[ref], mode)...)
			}
		}
	}
	return bad
}

// Labels names the questions to which refused inputs of a section belong, in the reader's language: pairs of an input's
// name and its question's label, as an error summary takes them.
func Labels(loc *i18n.Localizer, d *Definition, section *Section, bad []fault.Field) []string {
	l := layout{loc: loc, d: d}
	var pairs []string
	for _, field := range bad {
		label := l.words(section.Title).Text
		for i := range section.Questions {
			q := &section.Questions[i]
			if name := strings.TrimSuffix(FieldName(q.Key), "]"); field.Name == name+"]" || strings.HasPrefix(field.Name, name+"][") || strings.HasPrefix(field.Name, name+".") {
				label = l.words(q.Label).Text
			}
		}
		pairs = append(pairs, field.Name, label)
	}
	return pairs
}

// ValidateAnswer checks one canonical answer; name is the name of its input.
func ValidateAnswer(q *Question, name string, raw json.RawMessage, mode Mode) []fault.Field {
	v := validator{mode: mode}
	v.answer(q, name, raw)
	return v.bad
}

type validator struct {
	mode Mode
	bad  []fault.Field
}

func (v *validator) complain(name, key string, args fault.Args) {
	v.bad = append(v.bad, fault.AtWith(name, key, args))
}

func (v *validator) answer(q *Question, name string, raw json.RawMessage) {
	if q.Type.computed() || q.Type.hidden() { // nobody who fills the form could put it right
		return
	}
	value, err := ParseValue(q, raw)
	switch {
	case err != nil && q.Type == TypeSpan:
		v.unreadableSpan(name, raw)
	case err != nil:
		v.complain(name, unreadable(q), nil)
	case value == nil || value.Empty():
		if v.mode == Submit && (q.Required || q.Type == TypeDeclaration) {
			v.missing(q, name)
		}
	default:
		v.limits(q, name, value)
	}
}

// unreadable is the message key for an answer that is not of its type.
func unreadable(q *Question) string {
	switch {
	case q.Type == TypeNumber:
		return "forms.error.number"
	case q.Type == TypeMoney:
		return "forms.error.money"
	case q.Type == TypeDate:
		return "forms.error.date"
	case q.Format == FormatEmail:
		return "fault.email"
	case q.Format == FormatURL:
		return "forms.error.url"
	case q.Format == FormatPhone:
		return "forms.error.phone"
	default:
		return "forms.error.unreadable"
	}
}

func (v *validator) missing(q *Question, name string) {
	if q.Type == TypeAddress {
		v.noAddress(q, name)
		return
	}
	v.complain(name, missing(q), nil)
}

func missing(q *Question) string {
	switch q.Type {
	case TypeChoice, TypeCountry, TypeMultiple, TypeRanking, TypeMatrix, TypeLikert:
		return "fault.choose"
	case TypeFile:
		return "forms.error.file_missing"
	case TypeDeclaration:
		return "forms.error.declare"
	case TypePeople, TypeTable, TypeBudget, TypeLanguages:
		return "forms.error.row_missing"
	case TypeSpan:
		return "forms.error.days_missing"
	default:
		return "fault.required"
	}
}

func (v *validator) limits(q *Question, name string, value Value) {
	switch value := value.(type) {
	case Text:
		v.text(q, name, string(value))
	case Choice:
		if !q.offers(string(value)) {
			v.complain(name, "fault.choose", nil)
		}
	case Choices:
		if slices.ContainsFunc(value, func(one string) bool { return !q.offers(one) }) {
			v.complain(name, "fault.choose", nil)
		}
		v.length(q, name, len(value))
	case Number:
		if decimals(string(value)) > q.Decimals {
			v.complain(name, "forms.error.decimals", fault.Args{"Count": q.Decimals})
		}
		v.between(q, name, value)
	case Money:
		if !slices.Contains(q.Currencies, value.Currency) {
			v.complain(name, "fault.choose", nil)
		}
		v.between(q, name, value)
	case Date:
		v.between(q, name, value)
	case Span:
		v.span(q, name, value)
	case Address:
		v.address(q, name, value)
	case Languages:
		v.languages(q, name, value)
	case Organizations:
		v.organizations(q, name, value)
	case Documents:
		v.length(q, name, len(value))
	case Rows:
		v.rows(q, name, value)
	case Budget:
		v.budget(q, name, value)
	case Grid:
		v.grid(q, name, value)
	}
}

func (v *validator) text(q *Question, name, text string) {
	if n := CountWords(text); q.Words > 0 && n > q.Words {
		v.complain(name, "forms.error.words", fault.Args{"Max": q.Words, "Words": n})
	}
	if n := utf8.RuneCountInString(text); q.Chars > 0 && n > q.Chars {
		v.complain(name, "fault.too_long", fault.Args{"Max": q.Chars, "Length": n})
	}
	if key := misformed(q.Format, text); key != "" {
		v.complain(name, key, nil)
	}
	v.pattern(q, name, text)
}

func (v *validator) length(q *Question, name string, n int) {
	if q.Most > 0 && n > q.Most {
		v.complain(name, "forms.error.most", fault.Args{"Count": q.Most})
	}
	if v.mode == Submit && n < q.Least {
		v.complain(name, "forms.error.least", fault.Args{"Count": q.Least})
	}
}

// between checks Min and Max.
func (v *validator) between(q *Question, name string, value Value) {
	if q.Min != "" {
		if order, ok := compare(value, q.Min); ok && order < 0 {
			v.complain(name, "forms.error.min", fault.Args{"Limit": told(q, q.Min)})
		}
	}
	if q.Max != "" {
		if order, ok := compare(value, q.Max); ok && order > 0 {
			v.complain(name, "forms.error.max", fault.Args{"Limit": told(q, q.Max)})
		}
	}
}

func (v *validator) languages(q *Question, name string, spoken Languages) {
	seen := map[string]bool{}
	for i, l := range spoken {
		at := indexed(name, i)
		switch {
		case !IsLanguage(l.Code):
			v.complain(member(at, "code"), "forms.error.language", nil)
		case seen[l.Code]:
			v.complain(member(at, "code"), "forms.error.language_twice", nil)
		case l.Level == "" && v.mode == Submit, l.Level != "" && !slices.Contains(Levels, l.Level):
			v.complain(member(at, "level"), "forms.error.level", nil)
		}
		seen[l.Code] = true
	}
	v.length(q, name, len(spoken))
}

func (v *validator) rows(q *Question, name string, rows Rows) {
	for i, row := range rows {
		if row.Empty() {
			continue
		}
		prefix := indexed(name, i)
		for j := range q.Columns {
			c := &q.Columns[j]
			v.answer(c, member(prefix, c.Key), row.Cells[c.Key])
			if slices.Contains(q.Replacement, c.Key) {
				v.answer(c, member(member(prefix, replacementKey), c.Key), row.Replacement[c.Key])
			}
		}
	}
	v.length(q, name, rows.filled())
}

func decimals(number string) int {
	for i, r := range number {
		if r == '.' {
			return len(number) - i - 1
		}
	}
	return 0
}
