package forms

import (
	"encoding/json"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// The most that is kept of an answer, whatever its question allows; a limit of the question that is lower is told, but
// the text is kept until its author has shortened it.
const (
	maxText  = 20_000 // characters
	maxLine  = 2_000
	maxItems = 100
)

// FromTyped reads the inputs of one question, in the reader's notation, as a page posts them: answers[ref] and below it.
// It returns the canonical answer, which may always be stored, and what is wrong with it. The answer is nil, and must not
// be stored, only when a text holds characters that no honest text has or is beyond all measure.
func FromTyped(loc *i18n.Localizer, q *Question, ref string, values url.Values) (json.RawMessage, []fault.Field) {
	r := reader{loc: loc, values: values}
	raw := r.question(q, FieldName(ref))
	if r.refused {
		return nil, r.bad
	}
	return raw, r.bad
}

type reader struct {
	loc     *i18n.Localizer
	values  url.Values
	bad     []fault.Field
	refused bool
}

var nothing = json.RawMessage("null")

func (r *reader) question(q *Question, name string) json.RawMessage {
	switch q.Type {
	case TypeShortText:
		return r.line(q, name)
	case TypeLongText:
		text := r.clean(name, r.values.Get(name), maxText)
		if text == "" {
			return nothing
		}
		return encode(Text(text))
	case TypeChoice, TypeCountry:
		return r.choice(q, name, r.values.Get(name))
	case TypeMultiple:
		return r.choices(q, name, r.values[name])
	case TypeRanking:
		var ranked []string
		for i := range min(len(q.Options), maxItems) {
			ranked = append(ranked, r.values[indexed(name, i)]...)
		}
		return r.choices(q, name, ranked)
	case TypeNumber:
		return r.number(q, name)
	case TypeMoney:
		return r.money(q, name)
	case TypeDate:
		return r.date(name)
	case TypeSpan:
		return r.span(name)
	case TypeAddress:
		return r.address(q, name)
	case TypeLanguages:
		return r.languages(name)
	case TypeFile:
		return r.documents(name)
	case TypeOrganizations:
		return r.organizations(q, name)
	case TypeTable, TypePeople, TypeBudget:
		return r.rows(q, name)
	case TypeMatrix, TypeLikert:
		return r.grid(q, name)
	case TypeConsent, TypeDeclaration:
		if r.values.Get(name) == "" {
			return nothing
		}
		return encode(Statement{Given: true, Version: q.StatementVersion(), Locale: string(r.loc.Locale)})
	default:
		return nothing
	}
}

func indexed(name string, i int) string     { return name + "[" + strconv.Itoa(i) + "]" }
func member(name, key string) string        { return name + "[" + key + "]" }
func (r *reader) refuse(field fault.Field)  { r.bad, r.refused = append(r.bad, field), true }
func (r *reader) complain(name, key string) { r.bad = append(r.bad, fault.At(name, key)) }
func keepTyped(text string) json.RawMessage { return encode(typed{text}) }
func short(text string, limit int) (int, bool) {
	n := utf8.RuneCountInString(text)
	return n, n <= limit
}

func (r *reader) clean(name, text string, limit int) string {
	clean, ok := i18n.Clean(text)
	if !ok {
		r.refuse(fault.At(name, "fault.invalid_text"))
		return ""
	}
	if n, ok := short(clean, limit); !ok {
		r.refuse(fault.AtWith(name, "fault.too_long", fault.Args{"Max": limit, "Length": n}))
		return ""
	}
	return clean
}

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()/.-]{4,28}$`)

func (r *reader) line(q *Question, name string) json.RawMessage {
	text := r.clean(name, r.values.Get(name), maxLine)
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return nothing
	}
	if q.Format == FormatURL && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	if key := misformed(q.Format, text); key != "" {
		r.complain(name, key)
		return keepTyped(text)
	}
	return encode(Text(text))
}

// misformed gives the message key of what is wrong with a line of that format.
func misformed(format Format, text string) string {
	switch format {
	case FormatEmail:
		address, err := mail.ParseAddress(text)
		if err != nil || address.Address != text || !strings.Contains(text[strings.LastIndexByte(text, '@')+1:], ".") {
			return "fault.email"
		}
	case FormatURL:
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Host, ".") || u.User != nil {
			return "forms.error.url"
		}
	case FormatPhone:
		if !phoneForm.MatchString(text) {
			return "forms.error.phone"
		}
	case FormatNone, FormatYear:
	}
	return ""
}

func (r *reader) choice(q *Question, name, value string) json.RawMessage {
	if value == "" {
		return nothing
	}
	if !q.offers(value) {
		r.complain(name, "fault.choose")
		return nothing
	}
	return encode(Choice(value))
}

// offers reports whether the value is one that may be chosen.
func (q *Question) offers(value string) bool {
	if q.Type == TypeCountry && len(q.Options) == 0 {
		return IsCountry(value)
	}
	_, ok := q.option(value)
	return ok
}

func (r *reader) choices(q *Question, name string, posted []string) json.RawMessage {
	var chosen Choices
	for _, value := range posted {
		switch {
		case value == "":
		case !q.offers(value):
			r.complain(name, "fault.choose")
		case slices.Contains(chosen, value):
			if q.Type == TypeRanking {
				r.complain(name, "forms.error.ranked_twice")
			}
		default:
			chosen = append(chosen, value)
		}
	}
	if len(chosen) == 0 {
		return nothing
	}
	return encode(chosen)
}

func (r *reader) number(q *Question, name string) json.RawMessage {
	text := r.clean(name, r.values.Get(name), maxLine)
	if text == "" {
		return nothing
	}
	decimal, ok := r.loc.ParseDecimal(text)
	if q.Format == FormatYear {
		decimal, ok = text, true
	}
	number, fits := normal(decimal)
	if !ok || !fits {
		r.complain(name, "forms.error.number")
		return keepTyped(text)
	}
	return encode(Number(number))
}

// normal writes a decimal with a point the way JSON does: no leading zeros, no trailing ones after the point.
func normal(decimal string) (string, bool) {
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if fraction != "" {
		out += "." + fraction
	}
	if negative && out != "0" {
		out = "-" + out
	}
	return out, numberForm.MatchString(out)
}

func (r *reader) money(q *Question, name string) json.RawMessage {
	text := r.clean(name, r.values.Get(name), maxLine)
	if text == "" {
		return nothing
	}
	currency := r.values.Get(member(name, "currency"))
	if currency == "" && len(q.Currencies) > 0 {
		currency = q.Currencies[0]
	}
	if !slices.Contains(q.Currencies, currency) {
		r.complain(name, "fault.choose")
		return keepTyped(text)
	}
	decimal, ok := r.loc.ParseDecimal(text)
	minor, fits := minorUnits(decimal, exponent(currency))
	if !ok || !fits {
		r.complain(name, "forms.error.money")
		return keepTyped(text)
	}
	return encode(Money{Minor: minor, Currency: currency})
}

// minorUnits turns a decimal with a point into minor units, exactly; more digits than the currency has are refused.
func minorUnits(decimal string, exponent int) (int64, bool) {
	number, ok := normal(decimal)
	if !ok {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(number, ".")
	if len(fraction) > exponent {
		return 0, false
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", exponent-len(fraction)), 10, 64)
	return minor, err == nil
}

func (r *reader) languages(name string) json.RawMessage {
	var spoken Languages
	for i := range r.count(name) {
		code, level := r.values.Get(member(indexed(name, i), "code")), r.values.Get(member(indexed(name, i), "level"))
		if code == "" && level == "" {
			continue
		}
		if code != "" && !IsLanguage(code) || level != "" && !slices.Contains(Levels, level) {
			r.complain(name, "fault.choose")
			continue
		}
		spoken = append(spoken, Language{Code: code, Level: level})
	}
	if len(spoken) == 0 {
		return nothing
	}
	return encode(spoken)
}

// rows reads rows that are numbered from 0 without gaps worth more than a removed row. Empty rows are kept: they are the
// lines that somebody has just added.
func (r *reader) rows(q *Question, name string) json.RawMessage {
	rows := Rows{}
	for i := range r.count(name) {
		prefix := indexed(name, i)
		if !r.posted(prefix) {
			continue
		}
		row := Row{Cells: r.cells(q.Columns, prefix, nil)}
		if len(q.Replacement) > 0 {
			row.Replacement = r.cells(q.Columns, member(prefix, replacementKey), q.Replacement)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nothing
	}
	return encode(rows)
}

func (r *reader) cells(columns []Question, prefix string, only []string) Answers {
	cells := Answers{}
	for i := range columns {
		c := &columns[i]
		if only != nil && !slices.Contains(only, c.Key) {
			continue
		}
		if raw := r.question(c, member(prefix, c.Key)); !none(raw) {
			cells[c.Key] = raw
		}
	}
	return cells
}

// count is one more than the highest index that was posted below the name.
func (r *reader) count(name string) int {
	highest := 0
	for field := range r.values {
		rest, ok := strings.CutPrefix(field, name+"[")
		if !ok {
			continue
		}
		digits, _, ok := strings.Cut(rest, "]")
		if n, err := strconv.Atoi(digits); ok && err == nil && n >= 0 && n < maxItems {
			highest = max(highest, n+1)
		}
	}
	return highest
}

func (r *reader) posted(prefix string) bool {
	for field := range r.values {
		if strings.HasPrefix(field, prefix+"[") {
			return true
		}
	}
	return false
}
