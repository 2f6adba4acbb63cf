// Package formstest fills forms for tests: whatever a form asks, it gets an answer that may be handed in.
package formstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
)

// Complete are answers to everything that a form asks in a scope, with those that are given taken over: a choice that
// is not given gets its first option, and what an answer brings up is answered as well. It panics on a form that it cannot
// complete, as only tests call it.
func Complete(d *forms.Definition, scope forms.Scope, given forms.Answers) forms.Answers {
	all := maps.Clone(given)
	if all == nil {
		all = forms.Answers{}
	}
	for range 10 {
		before := len(all)
		maps.Copy(all, forms.Calculate(d, scope, all))
		sight := forms.See(d, scope, all)
		for _, section := range d.Scoped(scope) {
			for _, item := range sight.Items(section) {
				for i := range section.Questions {
					q := &section.Questions[i]
					ref := forms.Ref(q.Key, item)
					if _, there := all[ref]; !there && q.Type.Typed() && sight.Question(ref) {
						all[ref] = answer(q)
					}
				}
			}
		}
		if len(all) == before {
			break
		}
	}
	if bad := forms.Validate(d, scope, all, forms.Submit); len(bad) > 0 {
		panic(fmt.Sprintf("formstest: cannot complete the form: %v", bad))
	}
	return all
}

func answer(q *forms.Question) json.RawMessage {
	switch q.Type {
	case forms.TypeShortText:
		return encode(line(q))
	case forms.TypeLongText:
		return encode("İyi düşünülmüş bir yanıt: Größe, ılık, naïve.")
	case forms.TypeChoice:
		return encode(q.Options[0].Value)
	case forms.TypeCountry:
		return encode("TR")
	case forms.TypeMultiple, forms.TypeRanking:
		var chosen []string
		for _, o := range q.Options[:max(q.Least, 1)] {
			chosen = append(chosen, o.Value)
		}
		return encode(chosen)
	case forms.TypeNumber:
		return number(q)
	case forms.TypeMoney:
		return encode(forms.Money{Minor: 12_050, Currency: q.Currencies[0]})
	case forms.TypeDate:
		return encode(orElse(q.Min, "2027-10-05"))
	case forms.TypeSpan:
		from, err := time.Parse(time.DateOnly, orElse(q.Min, "2027-10-05"))
		if err != nil {
			panic(err)
		}
		return encode(forms.Span{From: forms.Date(from.Format(time.DateOnly)), To: forms.Date(from.AddDate(0, 0, max(q.Least, 1)-1).Format(time.DateOnly))})
	case forms.TypeAddress:
		return encode(forms.Address{Street: "Atatürk Bulvarı 5", PostalCode: "48000", Place: "Muğla", Country: "TR"})
	case forms.TypeLanguages:
		return encode([]forms.Language{{Code: "tr", Level: "native"}, {Code: "en", Level: "B2"}}[:max(q.Least, 1)])
	case forms.TypeOrganizations:
		all := forms.Organizations{}
		for i := range max(q.Least, 1) {
			all = append(all, forms.Organization{Name: fmt.Sprintf("Neighbours %d", i+1)})
		}
		return encode(all)
	case forms.TypeFile:
		return encode([]ids.Document{ids.New[ids.Document]()})
	case forms.TypeTable, forms.TypePeople, forms.TypeBudget:
		return rows(q)
	case forms.TypeMatrix, forms.TypeLikert:
		chosen := forms.Grid{}
		for _, s := range q.Statements {
			chosen[s.Value] = q.Options[0].Value
		}
		return encode(chosen)
	case forms.TypeConsent, forms.TypeDeclaration:
		return encode(forms.Statement{Given: true, Version: q.StatementVersion(), Locale: "en"})
	default:
		return json.RawMessage("null")
	}
}

func line(q *forms.Question) string {
	if fitting, ok := q.Fitting(); ok {
		return fitting
	}
	switch q.Format {
	case forms.FormatEmail:
		return "somebody@example.org"
	case forms.FormatURL:
		return "https://example.org"
	case forms.FormatPhone:
		return "+90 252 000 00 00"
	default:
		return "Iğdır"
	}
}

func number(q *forms.Question) json.RawMessage {
	if q.Format == forms.FormatYear {
		return json.RawMessage("1999")
	}
	return json.RawMessage(orElse(q.Min, "3"))
}

func rows(q *forms.Question) json.RawMessage {
	cells := func(only []string) map[string]json.RawMessage {
		row := map[string]json.RawMessage{}
		for i := range q.Columns {
			if c := &q.Columns[i]; only == nil || slices.Contains(only, c.Key) {
				row[c.Key] = answer(c)
			}
		}
		return row
	}
	var all []map[string]json.RawMessage
	for range max(q.Least, 1) {
		row := cells(nil)
		if len(q.Replacement) > 0 {
			row["replacement"] = encode(cells(q.Replacement))
		}
		all = append(all, row)
	}
	return encode(all)
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
