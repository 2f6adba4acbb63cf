package rehearsal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Pen writes what an invented organization answers. The same dice write the same.
type Pen struct {
	Dice    *rand.Rand
	Locale  i18n.Locale // in which it writes
	Today   time.Time
	Country string // of the organization, ISO 3166-1 alpha-2
	// Never are options that are not chosen, by question: those that would leave the application unfinished.
	Never map[string]string
}

// passes is how often a form is gone through, as answers bring up questions before them.
const passes = 4

// Answer fills what a form asks of one scope: every question that is asked then, within its limits, in the canonical shape
// of its type. What is known already stays where it will do. Files are no answers of the pen's: Files names them.
func (p *Pen) Answer(d *forms.Definition, scope forms.Scope, known forms.Answers) forms.Answers {
	answers := forms.Answers{}
	for ref, raw := range known {
		if q, _, ok := d.Question(ref); ok && len(forms.ValidateAnswer(q, ref, raw, forms.Submit)) == 0 {
			answers[ref] = raw
		}
	}
	for range passes {
		answers = forms.Calculated(d, scope, answers)
		sight := forms.See(d, scope, answers)
		for _, s := range d.Scoped(scope) {
			if !sight.Section(s) {
				continue
			}
			for _, item := range sight.Items(s) {
				for i := range s.Questions {
					q, ref := &s.Questions[i], forms.Ref(s.Questions[i].Key, item)
					if _, done := answers[ref]; done || !q.Type.Typed() || q.Type == forms.TypeFile || !forms.See(d, scope, answers).Question(ref) {
						continue
					}
					if raw := p.question(q); raw != nil && len(forms.ValidateAnswer(q, ref, raw, forms.Submit)) == 0 {
						answers[ref] = raw
					}
				}
			}
		}
	}
	return forms.Visible(d, scope, forms.Calculated(d, scope, answers))
}

// Files names the questions of a scope that take a PDF, given the answers.
func Files(d *forms.Definition, scope forms.Scope, answers forms.Answers) []string {
	var refs []string
	sight := forms.See(d, scope, answers)
	for _, s := range d.Scoped(scope) {
		if !sight.Section(s) {
			continue
		}
		for _, item := range sight.Items(s) {
			for i := range s.Questions {
				q, ref := &s.Questions[i], forms.Ref(s.Questions[i].Key, item)
				if q.Type == forms.TypeFile && (q.Files == nil || slices.Contains(q.Files.Kinds, "pdf")) && sight.Question(ref) {
					refs = append(refs, ref)
				}
			}
		}
	}
	return refs
}

// question is an answer to a question, or nil where the pen knows none.
func (p *Pen) question(q *forms.Question) json.RawMessage {
	switch q.Type {
	case forms.TypeShortText:
		return encode(p.line(q))
	case forms.TypeLongText:
		return encode(p.text(q))
	case forms.TypeChoice:
		return p.choice(q)
	case forms.TypeCountry:
		if len(q.Options) > 0 {
			return p.choice(q)
		}
		return encode(p.Country)
	case forms.TypeMultiple, forms.TypeRanking:
		return p.choices(q)
	case forms.TypeNumber:
		return json.RawMessage(p.number(q.Min, q.Max, q.Decimals))
	case forms.TypeMoney:
		return p.money(q)
	case forms.TypeDate:
		return encode(p.day(q))
	case forms.TypeSpan:
		return encode(p.span(q))
	case forms.TypeAddress:
		return encode(p.address(q))
	case forms.TypeLanguages:
		return p.languages(q)
	case forms.TypeOrganizations:
		all := make(forms.Organizations, max(q.Least, 1))
		for i := range all {
			all[i].Name = p.line(&forms.Question{Type: forms.TypeShortText, Chars: 60})
		}
		return encode(all)
	case forms.TypePeople, forms.TypeTable, forms.TypeBudget:
		return p.rows(q)
	case forms.TypeMatrix, forms.TypeLikert:
		chosen := forms.Grid{}
		for _, s := range q.Statements {
			chosen[s.Value] = q.Options[p.Dice.IntN(len(q.Options))].Value
		}
		return encode(chosen)
	case forms.TypeConsent, forms.TypeDeclaration:
		return encode(forms.Statement{Given: true, Version: q.StatementVersion(), Locale: string(p.Locale)})
	default:
		return nil
	}
}

func encode(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return raw
}

// line is one line of text in the format that is asked for.
func (p *Pen) line(q *forms.Question) string {
	if fitting, ok := q.Fitting(); ok {
		return fitting
	}
	words := wordsOf(p.Locale)
	name := one(p.Dice, words.People)
	switch q.Format {
	case forms.FormatEmail:
		return "person" + strconv.Itoa(p.Dice.IntN(900)+100) + "@example.org"
	case forms.FormatURL:
		return "https://example.org/" + strconv.Itoa(p.Dice.IntN(900)+100)
	case forms.FormatPhone:
		return "+49 30 " + strconv.Itoa(p.Dice.IntN(900000)+100000)
	default:
	}
	text := one(p.Dice, words.First) + " " + one(p.Dice, words.Second)
	if strings.Contains(q.Key, "name") || strings.Contains(q.Key, "person") || strings.Contains(q.Key, "contact") {
		text = name
	}
	return within(q, text)
}

// text is as long as such a text would be: from a half of its limit to nearly all of it.
func (p *Pen) text(q *forms.Question) string {
	words := wordsOf(p.Locale)
	limit := 90
	if q.Words > 0 {
		limit = q.Words
	}
	want := max(limit/2+p.Dice.IntN(limit*2/5+1), 1)
	order := p.Dice.Perm(len(words.Sentences))
	var text strings.Builder
	for i := 0; forms.CountWords(text.String()) < want && i < 200; i++ {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(words.Sentences[order[i%len(order)]])
	}
	return within(q, text.String())
}

// within cuts a text to its limits, at the end of a word.
func within(q *forms.Question, text string) string {
	for {
		if (q.Words == 0 || forms.CountWords(text) <= q.Words) && (q.Chars == 0 || len([]rune(text)) <= q.Chars) {
			return text
		}
		cut := strings.LastIndexByte(text, ' ')
		if cut < 0 {
			return string([]rune(text)[:max(q.Chars, 1)])
		}
		text = text[:cut]
	}
}

func (p *Pen) choice(q *forms.Question) json.RawMessage {
	offered := slices.DeleteFunc(slices.Clone(q.Options), func(o forms.Option) bool { return o.Value == p.Never[q.Key] || o.Value == p.Country })
	for _, o := range q.Options {
		if o.Value == p.Country {
			return encode(o.Value)
		}
	}
	if len(offered) == 0 {
		return nil
	}
	return encode(one(p.Dice, offered).Value)
}

func (p *Pen) choices(q *forms.Question) json.RawMessage {
	least, most := max(q.Least, 1), len(q.Options)
	if q.Most > 0 {
		most = min(q.Most, most)
	}
	if q.Type == forms.TypeMultiple {
		most = min(most, max(least, 3))
	}
	if least > most {
		return nil
	}
	var chosen []string
	for _, i := range p.Dice.Perm(len(q.Options))[:least+p.Dice.IntN(most-least+1)] {
		chosen = append(chosen, q.Options[i].Value)
	}
	return encode(chosen)
}

// number is a whole number within the limits, or the limit itself.
func (p *Pen) number(low, high string, decimals int) string {
	from, known := whole(low)
	to, limited := whole(high)
	switch {
	case !known && !limited:
		from, to = 1, 40
	case !known:
		from = min(1, to)
	case !limited:
		to = from + 40
	}
	if from > to {
		return low
	}
	n := strconv.FormatInt(from+p.Dice.Int64N(to-from+1), 10)
	if decimals < 0 {
		return low
	}
	return n
}

func whole(text string) (int64, bool) {
	digits, _, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}

func (p *Pen) money(q *forms.Question) json.RawMessage {
	if len(q.Currencies) == 0 {
		return nil
	}
	low, high := q.Min, q.Max
	if most, limited := whole(high); low == "" {
		low = "200"
		if limited && most < 200 {
			low = strconv.FormatInt(most/2, 10)
		}
	}
	if high == "" {
		least, _ := whole(low)
		high = strconv.FormatInt(least+3000, 10)
	}
	units, ok := whole(p.number(low, high, 0))
	if !ok {
		return nil
	}
	return encode(forms.Money{Minor: units * 100, Currency: q.Currencies[0]})
}

func (p *Pen) day(q *forms.Question) string {
	from, to := p.Today.AddDate(0, 1, 0), p.Today.AddDate(0, 8, 0)
	if t, err := time.Parse(time.DateOnly, q.Min); err == nil {
		from, to = t, t.AddDate(0, 6, 0)
	}
	if t, err := time.Parse(time.DateOnly, q.Max); err == nil {
		to = t
		if !from.Before(to) {
			from = to.AddDate(0, 0, -30)
		}
		if q.Min != "" && from.Format(time.DateOnly) < q.Min {
			return q.Min
		}
	}
	days := int(to.Sub(from) / (24 * time.Hour))
	return from.AddDate(0, 0, p.Dice.IntN(max(days, 1))).Format(time.DateOnly)
}

// streets are such as there are everywhere.
var streets = map[i18n.Locale]string{i18n.TR: "Atatürk Caddesi", i18n.DE: "Bahnhofstraße", i18n.EN: "High Street"}

// address is in a town of the organization's country.
func (p *Pen) address(q *forms.Question) forms.Address {
	country := geo.Country(p.Country)
	var a forms.Address
	if towns := geo.InCountry(country); len(towns) > 0 {
		town := towns[p.Dice.IntN(min(len(towns), 40))]
		a = forms.Address{Place: town.Own(), Country: p.Country, PlaceID: town.ID, Region: town.Region.Own(), Coordinates: &forms.Coordinates{Lat: town.At.Lat, Lon: town.At.Lon}}
	}
	if q.Address == nil {
		return a
	}
	if q.Address.Street != forms.AskNot {
		a.Street = streets[p.Locale] + " " + strconv.Itoa(p.Dice.IntN(90)+1)
	}
	if q.Address.PostalCode != forms.AskNot {
		a.PostalCode = cmp.Or(geo.PostalExample(country), "1000")
	}
	return a
}

// span begins on a day from which it can last as long as it must, and lasts up to ten days longer where it may.
func (p *Pen) span(q *forms.Question) forms.Span {
	least := max(q.Least, 1)
	begins := *q
	if last, err := time.Parse(time.DateOnly, q.Max); err == nil {
		begins.Max = last.AddDate(0, 0, 1-least).Format(time.DateOnly)
	}
	from := p.day(&begins)
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return forms.Span{}
	}
	days := least + p.Dice.IntN(10)
	if q.Most > 0 {
		days = min(days, q.Most)
	}
	to := day.AddDate(0, 0, days-1).Format(time.DateOnly)
	if q.Max != "" {
		to = min(to, q.Max)
	}
	return forms.Span{From: forms.Date(from), To: forms.Date(to)}
}

func (p *Pen) languages(q *forms.Question) json.RawMessage {
	codes := []string{string(p.Locale)}
	for _, code := range []string{"en", "de", "tr", "fr", "es", "it"} {
		if len(codes) < max(q.Least, 2) && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if q.Most > 0 && len(codes) > q.Most {
		codes = codes[:q.Most]
	}
	spoken := make(forms.Languages, len(codes))
	for i, code := range codes {
		spoken[i] = forms.Language{Code: code, Level: []string{"native", "B2", "B1"}[min(i, 2)]}
	}
	return encode(spoken)
}

// rows are as many as are asked for, two where nothing is said.
func (p *Pen) rows(q *forms.Question) json.RawMessage {
	n := max(q.Least, 1)
	if q.Least == 0 && (q.Most == 0 || q.Most > 1) {
		n = 2
	}
	rows := make([]map[string]any, n)
	for i := range rows {
		rows[i] = p.cells(q.Columns, nil)
		if len(q.Replacement) > 0 {
			rows[i]["replacement"] = p.cells(q.Columns, q.Replacement)
		}
	}
	return encode(rows)
}

func (p *Pen) cells(columns []forms.Question, only []string) map[string]any {
	cells := map[string]any{}
	for i := range columns {
		c := &columns[i]
		if only != nil && !slices.Contains(only, c.Key) {
			continue
		}
		if raw := p.question(c); raw != nil {
			cells[c.Key] = raw
		}
	}
	return cells
}

func one[T any](dice *rand.Rand, from []T) T { return from[dice.IntN(len(from))] }

// paperName is the name of an invented document.
func paperName(ref string, n int) string { return fmt.Sprintf("test_%s_%02d.pdf", ref, n) }
