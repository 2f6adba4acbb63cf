package forms_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// invent makes a canonical answer at random.
func invent(r *rand.Rand, q *forms.Question) string {
	quote := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	word := func() string { return []string{"İpek", "ışık", "a b", "=1+1", "<b>", "Straße"}[r.IntN(6)] }
	switch q.Type {
	case forms.TypeShortText:
		switch q.Format {
		case forms.FormatEmail:
			return quote("a@example.org")
		default:
			return quote(word())
		}
	case forms.TypeLongText:
		return quote(word() + "\n\n" + word())
	case forms.TypeChoice:
		return quote(q.Options[r.IntN(len(q.Options))].Value)
	case forms.TypeCountry:
		return quote([]string{"TR", "DE", "XK"}[r.IntN(3)])
	case forms.TypeMultiple, forms.TypeRanking:
		chosen := []string{}
		picked := r.Perm(len(q.Options))[:1+r.IntN(len(q.Options))]
		if q.Type == forms.TypeMultiple { // which has no order of its own
			slices.Sort(picked)
		}
		for _, i := range picked {
			chosen = append(chosen, q.Options[i].Value)
		}
		return quote(chosen)
	case forms.TypeNumber:
		if q.Format == forms.FormatYear {
			return "1999"
		}
		return []string{"0", "7", "-12.5", "1234567.0625", "1999"}[r.IntN(5)]
	case forms.TypeMoney:
		return quote(map[string]any{"minor": r.Int64N(2_000_000_000) - 1000, "currency": q.Currencies[r.IntN(len(q.Currencies))]})
	case forms.TypeDate:
		return quote(fmt.Sprintf("20%02d-%02d-%02d", r.IntN(100), 1+r.IntN(12), 1+r.IntN(28)))
	case forms.TypeSpan:
		from := fmt.Sprintf("20%02d-%02d-%02d", r.IntN(50), 1+r.IntN(12), 1+r.IntN(28))
		return []string{quote(map[string]string{"from": from, "to": "2051-10-05"}), quote(map[string]string{"from": from}), quote(map[string]string{"to": from})}[r.IntN(3)]
	case forms.TypeAddress:
		return []string{
			`{"place":"Muğla","country":"TR","place_id":304184,"region":"Muğla","coordinates":{"lat":37.2181,"lon":28.3665}}`,
			`{"street":"` + "Cadde 5" + `","postal_code":"48000","place":"Yok Köyü","country":"TR"}`, `{"street":"Straße 1"}`, `{"postal_code":"SW1A 1AA","country":"GB"}`,
		}[r.IntN(4)]
	case forms.TypeLanguages:
		return quote([]forms.Language{{Code: "tr", Level: "native"}, {Code: "de", Level: "B1"}}[:1+r.IntN(2)])
	case forms.TypeFile:
		return quote([]ids.Document{ids.New[ids.Document](), ids.New[ids.Document]()}[:1+r.IntN(2)])
	case forms.TypeMatrix, forms.TypeLikert:
		chosen := map[string]string{}
		for _, s := range q.Statements {
			if value := r.IntN(len(q.Options) + 1); value < len(q.Options) {
				chosen[s.Value] = q.Options[value].Value
			} else if q.NotApplicable {
				chosen[s.Value] = forms.NotApplicable
			}
		}
		if len(chosen) == 0 {
			return "null"
		}
		return quote(chosen)
	case forms.TypeOrganizations:
		return quote(forms.Organizations{{ID: ids.New[ids.Organization](), Name: "Ihlamur"}, {Name: "Lindenhof ğ"}}[:1+r.IntN(max(q.Most, 1))])
	case forms.TypeCalculated, forms.TypeHidden:
		return "null"
	case forms.TypeTable, forms.TypePeople, forms.TypeBudget:
		var rows []map[string]json.RawMessage
		for range 1 + r.IntN(3) {
			row := map[string]json.RawMessage{}
			other := map[string]json.RawMessage{}
			for i := range q.Columns {
				c := &q.Columns[i]
				row[c.Key] = json.RawMessage(invent(r, c))
				if slices.Contains(q.Replacement, c.Key) {
					other[c.Key] = json.RawMessage(invent(r, c))
				}
			}
			if len(other) > 0 {
				row["replacement"] = json.RawMessage(quote(other))
			}
			rows = append(rows, row)
		}
		return quote(rows)
	default:
		return quote(forms.Statement{Given: true, Version: q.StatementVersion(), Locale: "tr"})
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
}

// TestEveryAnswerSurvivesItsPage writes random answers into inputs, in each language, and reads them back.
func TestEveryAnswerSurvivesItsPage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 5))
	d := sample()
	for range 60 {
		for _, l := range i18n.All {
			loc := localizer(t, l)
			for i := range d.Sections {
				for j := range d.Sections[i].Questions {
					q := &d.Sections[i].Questions[j]
					if !q.Type.Typed() || (q.Type == forms.TypeConsent || q.Type == forms.TypeDeclaration) && l != i18n.TR {
						continue
					}
					raw := invent(r, q)
					again, bad := forms.FromTyped(loc, q, "x", forms.ToTyped(loc, q, "x", json.RawMessage(raw)))
					if len(bad) > 0 || !sameJSON([]byte(raw), again) {
						t.Fatalf("%s %s: %s came back as %s %v", l, q.Key, raw, again, bad)
					}
				}
			}
		}
	}
}

// FuzzFromTyped holds every type to its promise: whatever strangers post, the answer is canonical, kept as typed, or
// refused; and what is canonical reads back.
func FuzzFromTyped(f *testing.F) {
	for _, seed := range []string{
		"answers[x]=1", "answers[x][0][code]=de&answers[x][0][level]=Z9", "answers[x][99999999999]=1", "answers[x][0][name]=%00", "answers[x]=-0.0",
		"answers[x]=1e999999&answers[x][currency]=EUR", "answers[x][-1][name]=a", "answers[x][]=1&answers[x][]=2", "answers[x]=٣", "answers[x]=%ff",
		"answers[x][place]=Mugla&answers[x][country]=TR&answers[x][place_id]=9", "answers[x][place]=K%C3%B6ln&answers[x][place_id]=2886242&answers[x][postal_code]=D-50667", "answers[x][country]=ZZ&answers[x][street]=%E2%80%AE",
	} {
		f.Add(seed)
	}
	d := sample()
	loc := localizer(f, i18n.DE)
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		for i := range d.Sections {
			for j := range d.Sections[i].Questions {
				q := &d.Sections[i].Questions[j]
				if !q.Type.Asks() {
					continue
				}
				raw, bad := forms.FromTyped(loc, q, "x", values)
				if raw == nil {
					if len(bad) == 0 {
						t.Fatalf("%s: refused without a word: %q", q.Key, body)
					}
					continue
				}
				if !json.Valid(raw) {
					t.Fatalf("%s: %s is no JSON", q.Key, raw)
				}
				if _, err := forms.ParseValue(q, raw); err != nil {
					if _, typed := forms.AsTyped(raw); !typed || len(bad) == 0 {
						t.Fatalf("%s: %q became %s, which does not read back", q.Key, body, raw)
					}
				}
				forms.ValidateAnswer(q, "x", raw, forms.Submit)
			}
		}
	})
}

// FuzzAnswers feeds stored answers of any shape to everything that looks at them.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"name":1,"people":[{"name":{}}],"visits.items":[1,1,-3],"budget":{"minor":1e3}}`)
	f.Add(`{"people":[null],"fields":{"typed":"x"},"costs":[{"amount":{"minor":1,"currency":"EUR"}},[]]}`)
	f.Add(`{"home":{"place":"x","country":"ZZ"},"home2":{"place_id":-1,"coordinates":null}}`)
	d := sample()
	loc := localizer(f, i18n.TR)
	f.Fuzz(func(t *testing.T, text string) {
		var a forms.Answers
		if json.Unmarshal([]byte(text), &a) != nil {
			return
		}
		for _, scope := range []forms.Scope{forms.ScopePart, forms.ScopeJoint} {
			forms.Validate(&d, scope, a, forms.Submit)
			forms.Complete(&d, scope, a)
			forms.Lay(loc, &d, scope, a, forms.Look{})
			forms.Visible(&d, scope, a)
			forms.Calculate(&d, scope, a)
		}
	})
}

// FuzzDefinition feeds definitions of any shape to Check; those that it passes must carry everything else.
func FuzzDefinition(f *testing.F) {
	raw, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw))
	f.Add(`{"schema":1,"locales":["en"],"sections":[{"key":"a","title":{"en":"A"},"scope":"part","condition":{"not":{"question":"q","above":"1e9999999"}},"questions":[{"key":"q","type":"number","label":{"en":"Q"}}]}]}`)
	for _, d := range []forms.Definition{reckoned(forms.OperationSum, "n", "n"), layered(10, 20)} {
		if raw, err = json.Marshal(d); err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	loc := localizer(f, i18n.EN)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := forms.Read([]byte(text))
		if err != nil {
			return
		}
		if len(forms.Check(d)) > 0 {
			return
		}
		for _, scope := range []forms.Scope{forms.ScopePart, forms.ScopeJoint} {
			forms.Validate(&d, scope, forms.Answers{}, forms.Submit)
			forms.Outline(loc, &d, scope)
			forms.Calculate(&d, scope, forms.Answers{})
		}
	})
}
