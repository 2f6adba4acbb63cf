package forms

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Span answers date_range: the first and the last day, both of them within it. One of them may still be missing.
type Span struct {
	From Date `json:"from,omitempty"`
	To   Date `json:"to,omitempty"`
}

// Empty reports whether there is neither day.
func (v Span) Empty() bool { return v.From == "" && v.To == "" }

// Days is how many days there are from the first to the last, counting both; 0 where one is missing or they run backwards.
func (v Span) Days() int {
	from, failed := time.Parse(time.DateOnly, string(v.From))
	to, err := time.Parse(time.DateOnly, string(v.To))
	if failed != nil || err != nil || to.Before(from) {
		return 0
	}
	return int(to.Sub(from)/(24*time.Hour)) + 1
}

// The ends of a span, as its inputs and its canonical answer call them.
const (
	spanFrom = "from"
	spanTo   = "to"
)

// MostDays is the longest span that a question may ask for, in days.
const MostDays = 3660

// dated reports whether the limits of the type are days.
func (t Type) dated() bool { return t == TypeDate || t == TypeSpan }

// whole reports whether both ends are days or missing.
func (v Span) whole() bool {
	return (v.From == "" || isDay(string(v.From))) && (v.To == "" || isDay(string(v.To)))
}

func parseSpan(raw json.RawMessage) (Value, error) {
	span, ok := typedSpan(raw)
	if !ok || !span.whole() {
		return nil, errShape
	}
	return span, nil
}

// typedSpan is a span with its ends as they were typed.
func typedSpan(raw json.RawMessage) (Span, bool) {
	value, err := parse[Span](raw)
	span, ok := value.(Span)
	return span, ok && err == nil
}

// unreadableText gives back the text of an answer to the question that could not be read.
func unreadableText(q *Question, raw json.RawMessage) (string, bool) {
	if q.Type != TypeSpan {
		return AsTyped(raw)
	}
	span, ok := typedSpan(raw)
	return strings.Trim(string(span.From)+" – "+string(span.To), " –"), ok
}

// span reads both ends; one that cannot be read is kept as typed.
func (r *reader) span(name string) json.RawMessage {
	var v Span
	for _, end := range []struct {
		key  string
		into *Date
	}{{spanFrom, &v.From}, {spanTo, &v.To}} {
		text, ok := r.day(member(name, end.key))
		if !ok {
			r.complain(member(name, end.key), "forms.error.date")
		}
		*end.into = Date(text)
	}
	if v.Empty() {
		return nothing
	}
	return encode(v)
}

func (w writer) span(name string, raw json.RawMessage) {
	span, _ := typedSpan(raw)
	for key, day := range map[string]Date{spanFrom: span.From, spanTo: span.To} {
		if day != "" {
			w.values.Set(member(name, key), string(day))
		}
	}
}

// unreadableSpan complains about the ends that are no days.
func (v *validator) unreadableSpan(name string, raw json.RawMessage) {
	span, ok := typedSpan(raw)
	if !ok {
		v.complain(name, "forms.error.unreadable", nil)
	}
	for _, end := range []struct {
		key string
		day Date
	}{{spanFrom, span.From}, {spanTo, span.To}} {
		if end.day != "" && !isDay(string(end.day)) {
			v.complain(member(name, end.key), "forms.error.date", nil)
		}
	}
}

// span holds both ends to the days that are possible, in their order, and to how long it may last. What is wrong is said
// at the end that is to be changed.
func (v *validator) span(q *Question, name string, span Span) {
	from, to := member(name, spanFrom), member(name, spanTo)
	for _, end := range []struct {
		name string
		day  Date
	}{{from, span.From}, {to, span.To}} {
		switch {
		case end.day != "":
			v.between(q, end.name, end.day)
		case v.mode == Submit:
			v.complain(end.name, "forms.error.other_day", nil)
		}
	}
	days := span.Days()
	switch {
	case span.From == "" || span.To == "":
	case days == 0:
		v.complain(to, "forms.error.backwards", nil)
	case q.Most > 0 && days > q.Most:
		v.complain(to, "forms.error.days_most", fault.Args{"Count": q.Most})
	case days < q.Least:
		v.complain(to, "forms.error.days_least", fault.Args{"Count": q.Least})
	}
}

// told is a limit of a question for a message: a day is written as the reader writes days.
func told(q *Question, limit string) any {
	if q.Type.dated() {
		return i18n.Day(limit)
	}
	return limit
}

// spans checks that the shortest span fits between the first and the last day.
func (c *checker) spans(where string, q *Question) {
	if q.Type != TypeSpan {
		return
	}
	room := MostDays
	if q.Min != "" && q.Max != "" {
		room = Span{From: Date(q.Min), To: Date(q.Max)}.Days()
	}
	if q.Most > MostDays || room > 0 && q.Least > room {
		c.report(where, "forms.check.limits")
	}
}

// spanText is a span as the reader writes it: "1 May 2027 – 8 May 2027 (8 days)".
func spanText(loc *i18n.Localizer, v Span) string {
	switch {
	case v.To == "":
		return loc.T("forms.span.from", "Day", dateText(loc, string(v.From)))
	case v.From == "":
		return loc.T("forms.span.to", "Day", dateText(loc, string(v.To)))
	}
	text := dateText(loc, string(v.From)) + " – " + dateText(loc, string(v.To))
	if days := v.Days(); days > 0 {
		text += " (" + loc.N("forms.span.days", days) + ")"
	}
	return text
}

// end is the ui field of one end of a span.
func (f field) end(key, label string) ui.Field {
	name := member(f.name, key)
	b := ui.Field{
		Name: name, Label: f.ui.T(label), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name), Type: "date", Short: true,
		Required: true, Disabled: f.closed, Min: f.q.Min, Max: f.q.Max, // the question itself says whether it may be left out
	}
	if b.Value != "" && !isDay(b.Value) {
		b.Type = "text"
	}
	return b
}

var dateForm = regexp.MustCompile(`^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})$`)

func (r *reader) date(name string) json.RawMessage {
	text, ok := r.day(name)
	switch {
	case text == "":
		return nothing
	case !ok:
		r.complain(name, "forms.error.date")
		return keepTyped(text)
	default:
		return encode(Date(text))
	}
}

// day reads 2026-10-05 as browsers post it, and the day first as people type it in all of the house's languages. What is no
// day comes back as it was typed.
func (r *reader) day(name string) (text string, ok bool) {
	text = r.clean(name, r.values.Get(name), maxLine)
	day := text
	if m := dateForm.FindStringSubmatch(text); m != nil {
		day = m[3] + "-" + ("0" + m[2])[len(m[2])-1:] + "-" + ("0" + m[1])[len(m[1])-1:]
	}
	if !isDay(day) {
		return text, text == ""
	}
	return day, true
}

func isDay(text string) bool {
	t, err := time.Parse(time.DateOnly, text)
	return err == nil && t.Year() >= 1000 && t.Year() < 3000
}
