package forms

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"kervan/modules/kernel/i18n"
)

// ToTyped is the reverse of FromTyped: the inputs of a question, filled with a canonical answer in the reader's notation.
func ToTyped(loc *i18n.Localizer, q *Question, ref string, raw json.RawMessage) url.Values {
	w := writer{loc: loc, values: url.Values{}}
	w.answer(q, FieldName(ref), raw)
	return w.values
}

type writer struct {
	loc    *i18n.Localizer
	values url.Values
}

func (w writer) answer(q *Question, name string, raw json.RawMessage) {
	if text, ok := AsTyped(raw); ok {
		w.values.Set(name, text)
		return
	}
	if q.Type == TypeSpan {
		w.span(name, raw)
		return
	}
	value, err := ParseValue(q, raw)
	if err != nil || value == nil {
		return
	}
	switch v := value.(type) {
	case Text:
		w.values.Set(name, string(v))
	case Choice:
		w.values.Set(name, string(v))
	case Choices:
		for i, one := range v {
			if q.Type == TypeRanking {
				w.values.Set(indexed(name, i), one)
			} else {
				w.values.Add(name, one)
			}
		}
	case Number:
		w.values.Set(name, numberText(w.loc, q, string(v), false))
	case Money:
		w.values.Set(name, minorText(w.loc, v, false))
		w.values.Set(member(name, "currency"), v.Currency)
	case Date:
		w.values.Set(name, string(v))
	case Address:
		w.address(name, v)
	case Languages:
		for i, l := range v {
			w.values.Set(member(indexed(name, i), "code"), l.Code)
			w.values.Set(member(indexed(name, i), "level"), l.Level)
		}
	case Documents:
		for _, id := range v {
			w.values.Add(name+"[]", id.String())
		}
	case Organizations:
		w.organizations(name, v)
	case Statement:
		if v.Given {
			w.values.Set(name, "yes")
		}
	case Rows:
		w.rows(q, name, v)
	case Budget:
		w.rows(q, name, v.Lines)
	case Grid:
		for statement, value := range v {
			w.values.Set(member(name, statement), value)
		}
	}
}

func (w writer) rows(q *Question, name string, rows Rows) {
	for i, row := range rows {
		prefix := indexed(name, i)
		w.values.Set(member(prefix, "row"), "") // an empty row is a row as well
		for j := range q.Columns {
			c := &q.Columns[j]
			w.answer(c, member(prefix, c.Key), row.Cells[c.Key])
			w.answer(c, member(member(prefix, replacementKey), c.Key), row.Replacement[c.Key])
		}
	}
}

// numberText writes a decimal in the reader's notation, digit by digit: no float comes near it.
func numberText(loc *i18n.Localizer, q *Question, number string, grouped bool) string {
	point, group := loc.Separators()
	if !grouped || q.Format == FormatYear {
		group = ""
	}
	digits, negative := strings.CutPrefix(number, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	text := grouping(whole, group)
	if fraction != "" {
		text += point + fraction
	}
	if negative {
		return "-" + text
	}
	return text
}

func grouping(digits, sign string) string {
	if sign == "" {
		return digits
	}
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sign)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// minorText writes an amount without its currency. Whole amounts are typed and read without a fraction.
func minorText(loc *i18n.Localizer, m Money, grouped bool) string {
	point, group := loc.Separators()
	if !grouped {
		group = ""
	}
	places := exponent(m.Currency)
	digits, negative := strings.CutPrefix(strconv.FormatInt(m.Minor, 10), "-")
	digits = strings.Repeat("0", max(0, places+1-len(digits))) + digits
	text := grouping(digits[:len(digits)-places], group)
	if fraction := digits[len(digits)-places:]; strings.Trim(fraction, "0") != "" {
		text += point + fraction
	}
	if negative {
		return "-" + text
	}
	return text
}

// MoneyText writes an amount with its currency as the reader does.
func MoneyText(loc *i18n.Localizer, m Money) string {
	if loc.Locale == i18n.EN {
		return m.Currency + "\u00a0" + minorText(loc, m, true)
	}
	return minorText(loc, m, true) + "\u00a0" + m.Currency
}

func dateText(loc *i18n.Localizer, day string) string { return loc.Day(i18n.Day(day)) }
