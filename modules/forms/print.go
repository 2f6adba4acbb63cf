package forms

import (
	"encoding/json"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Print is a form, filled or empty, laid out for reading: what pages show read only, and what goes on paper. All words
// are in the reader's language; a Words with a Lang had to fall back to another.
type Print struct {
	Sections []PrintSection
}

// PrintSection is one section; Groups has one group per item of a section that repeats, else one without a title.
type PrintSection struct {
	Key    string
	Title  Words
	Intro  Words
	Groups []PrintGroup
}

// PrintGroup is one item of a repeating section.
type PrintGroup struct {
	Title   string
	Entries []Entry
}

// Words is a text with its language, where that is not the reader's.
type Words struct {
	Text string
	Lang string
}

// EntryKind tells a heading and a text from a question.
type EntryKind string

// The kinds of entry.
const (
	EntryQuestion EntryKind = "question"
	EntryHeading  EntryKind = "heading"
	EntryText     EntryKind = "text"
)

// Entry is one question with its answer. Lines, Table, Cards and Documents are alternatives. Masked says that there is an
// answer that the reader may not see; Empty, that there is none.
type Entry struct {
	Kind      EntryKind
	Ref       string
	Label     Words
	Help      Words // in a preview
	Lines     []string
	Table     *PrintTable
	Cards     []PrintCard
	Documents []PrintDocument
	Masked    bool
	Empty     bool
	Blank     *Blank // of an empty form only
	Offer     *Offer // what is to be filled in and given; nil: nothing
}

// PrintTable is the answer to a table, with the sums of its columns of money, per currency.
type PrintTable struct {
	Head  []string
	Rows  [][]string
	Total []string // empty, or as long as Head
}

// PrintCard is one person, or a person's replacement.
type PrintCard struct {
	Title string
	Pairs [][2]string
}

// PrintDocument is a document that was given.
type PrintDocument struct {
	ID   ids.Document
	Name string
}

// Look says what a reader may see.
type Look struct {
	Own       bool                         // the reader is of those who gave the answers: everything
	As        []Reader                     // the roles in which the reader reads
	Blind     bool                         // the reader is not to know who applies; of a definition that is Veiled
	Special   bool                         // answers of class special: health, access, diet, beliefs
	Financial bool                         // answers of class financial
	Document  func(id ids.Document) string // the name of a document; nil: not known
}

// Lay lays out the answers of one sheet. What a condition hides is left out.
func Lay(loc *i18n.Localizer, d *Definition, scope Scope, answers Answers, look Look) Print {
	return lay(loc, d, d.Scoped(scope), scope, answers, look)
}

func lay(loc *i18n.Localizer, d *Definition, sections []*Section, scope Scope, answers Answers, look Look) Print {
	l := layout{loc: loc, d: d, look: look}
	sight := See(d, scope, answers)
	var out Print
	for _, section := range sections {
		if !sight.Section(section) {
			continue
		}
		laid := PrintSection{Key: section.Key, Title: l.words(section.Title)}
		for n, item := range sight.Items(section) {
			group := PrintGroup{}
			if section.Repeat != nil {
				group.Title = numbered(l.words(section.Repeat.Item).Text, n+1)
			}
			for i := range section.Questions {
				q := &section.Questions[i]
				if ref := Ref(q.Key, item); sight.Question(ref) && !look.conceals(sight.places, place{section, q}) {
					group.Entries = append(group.Entries, l.entry(q, ref, answers[ref]))
				}
			}
			laid.Groups = append(laid.Groups, group)
		}
		if !look.Own && !slices.ContainsFunc(laid.Groups, func(g PrintGroup) bool { return len(g.Entries) > 0 }) && look.hangs(sight.places, place{section: section}, map[string]bool{}) {
			continue
		}
		out.Sections = append(out.Sections, laid)
	}
	return out
}

// Plain is one answer as lines of text.
func Plain(loc *i18n.Localizer, d *Definition, q *Question, raw json.RawMessage) []string {
	return Seen(loc, d, q, raw, Look{Own: true})
}

// Seen is Plain as a look lets it be seen.
func Seen(loc *i18n.Localizer, d *Definition, q *Question, raw json.RawMessage, look Look) []string {
	l := layout{loc: loc, d: d, look: look}
	e := l.entry(q, q.Key, raw)
	lines := e.Lines
	if e.Table != nil {
		for _, row := range e.Table.Rows {
			lines = append(lines, strings.Join(row, " · "))
		}
		if q.Type == TypeBudget && len(e.Table.Total) > 1 {
			lines = append(lines, e.Table.Total[0]+": "+e.Table.Total[len(e.Table.Total)-1])
		}
	}
	for _, card := range e.Cards {
		lines = append(lines, card.Title)
		for _, pair := range card.Pairs {
			lines = append(lines, pair[0]+": "+pair[1])
		}
	}
	for _, document := range e.Documents {
		lines = append(lines, document.Name)
	}
	return lines
}

type layout struct {
	loc  *i18n.Localizer
	d    *Definition
	look Look
}

func (l layout) words(t i18n.Text) Words {
	text, found := t.In(l.loc.Locale, l.d.Fallback())
	if found == l.loc.Locale {
		return Words{Text: text}
	}
	return Words{Text: text, Lang: string(found)}
}

func numbered(name string, n int) string { return name + " " + itoa(n) }

func (l layout) entry(q *Question, ref string, raw json.RawMessage) Entry {
	e := Entry{Kind: EntryQuestion, Ref: ref, Label: l.words(q.Label), Offer: l.offer(q)}
	switch {
	case q.Type == TypeHeading:
		e.Kind = EntryHeading
		return e
	case q.Type == TypeText:
		e.Kind = EntryText
		return e
	case none(raw):
		e.Empty = true
		return e
	case l.look.masks(q):
		e.Masked, e.Lines = true, []string{l.loc.T("forms.masked")}
		return e
	}
	value, err := ParseValue(q, raw)
	if err != nil || value == nil || value.Empty() {
		text, ok := unreadableText(q, raw)
		e.Empty = !ok
		if ok {
			e.Lines = []string{text}
		}
		return e
	}
	l.fill(&e, q.Shape(), value)
	return e
}

func (l layout) fill(e *Entry, q *Question, value Value) {
	switch v := value.(type) {
	case Choices:
		for i, one := range v {
			line := l.option(q, one)
			if q.Type == TypeRanking {
				line = itoa(i+1) + ". " + line
			}
			e.Lines = append(e.Lines, line)
		}
	case Documents:
		for _, id := range v {
			name := ""
			if l.look.Document != nil {
				name = l.look.Document(id)
			}
			if name == "" {
				name = l.loc.T("forms.document")
			}
			e.Documents = append(e.Documents, PrintDocument{ID: id, Name: name})
		}
	case Rows:
		if q.Type == TypePeople {
			e.Cards = l.cards(q, v)
		} else {
			e.Table = l.table(q, v)
		}
	case Budget:
		e.Table = l.budget(q, v)
	case Grid:
		e.Lines = l.gridLines(q, v)
	case Address:
		e.Lines = addressLines(l.loc, v)
	case Organizations:
		e.Lines = l.organizationLines(v)
	default:
		e.Lines = []string{l.line(q, value)}
	}
}

func (l layout) option(q *Question, value string) string {
	if o, ok := q.option(value); ok && len(o.Label) > 0 {
		return l.words(o.Label).Text
	}
	if q.Type == TypeCountry {
		return CountryName(l.loc.Locale, value)
	}
	return value
}

// line is a value that fits into a table's cell.
func (l layout) line(q *Question, value Value) string {
	switch v := value.(type) {
	case Text:
		return string(v)
	case Choice:
		return l.option(q, string(v))
	case Choices:
		names := make([]string, len(v))
		for i, one := range v {
			names[i] = l.option(q, one)
		}
		return strings.Join(names, ", ")
	case Number:
		return l.counted(q, numberText(l.loc, q, string(v), true))
	case Money:
		return MoneyText(l.loc, v)
	case Date:
		return dateText(l.loc, string(v))
	case Span:
		return spanText(l.loc, v)
	case Languages:
		names := make([]string, len(v))
		for i, one := range v {
			names[i] = LanguageName(l.loc.Locale, one.Code)
			if one.Level != "" {
				names[i] += " (" + LevelName(l.loc, one.Level) + ")"
			}
		}
		return strings.Join(names, ", ")
	case Statement:
		return l.loc.T("forms.stated")
	default:
		return ""
	}
}

// cell is one cell of a row, masked where its column or the whole question is.
func (l layout) cell(c *Question, raw json.RawMessage) string {
	if none(raw) {
		return ""
	}
	if l.look.masks(c) {
		return l.loc.T("forms.masked")
	}
	value, err := ParseValue(c, raw)
	if err != nil {
		text, _ := unreadableText(c, raw)
		return text
	}
	if value == nil {
		return ""
	}
	return l.line(c, value)
}

func (l layout) table(q *Question, rows Rows) *PrintTable {
	t := &PrintTable{}
	totals := make([]map[string]int64, len(q.Columns))
	for i := range q.Columns {
		t.Head = append(t.Head, l.words(q.Columns[i].Label).Text)
	}
	for _, row := range rows {
		if row.Empty() {
			continue
		}
		var cells []string
		for i := range q.Columns {
			c := &q.Columns[i]
			cells = append(cells, l.cell(c, row.Cells[c.Key]))
			value, err := ParseValue(c, row.Cells[c.Key])
			if m, ok := value.(Money); ok && err == nil && !l.look.masks(c) {
				if totals[i] == nil {
					totals[i] = map[string]int64{}
				}
				totals[i][m.Currency] += m.Minor
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	t.Total = l.totals(q, totals, len(t.Rows))
	return t
}

func (l layout) totals(q *Question, totals []map[string]int64, rows int) []string {
	if rows < 2 || !slices.ContainsFunc(totals, func(m map[string]int64) bool { return m != nil }) {
		return nil
	}
	line := make([]string, len(q.Columns))
	for i, byCurrency := range totals {
		var sums []string
		for _, currency := range q.Columns[i].Currencies {
			if minor, ok := byCurrency[currency]; ok {
				sums = append(sums, MoneyText(l.loc, Money{Minor: minor, Currency: currency}))
			}
		}
		line[i] = strings.Join(sums, " + ")
	}
	if line[0] == "" {
		line[0] = l.loc.T("forms.total")
	}
	return line
}

func (l layout) cards(q *Question, rows Rows) []PrintCard {
	var cards []PrintCard
	for i, row := range rows {
		if row.Empty() {
			continue
		}
		cards = append(cards, l.card(q, row.Cells, numbered(l.itemName(q), i+1)))
		if !blank(row.Replacement) {
			cards = append(cards, l.card(q, row.Replacement, l.loc.T("forms.replacement")))
		}
	}
	return cards
}

func (l layout) itemName(q *Question) string {
	if name := l.words(q.Item).Text; name != "" {
		return name
	}
	switch q.Type {
	case TypePeople:
		return l.loc.T("forms.person")
	case TypeBudget:
		return l.loc.T("forms.budget.item")
	default:
	}
	return l.loc.T("forms.row")
}

// card is headed by the first column, which is the person's name.
func (l layout) card(q *Question, cells Answers, title string) PrintCard {
	card := PrintCard{Title: title}
	for i := range q.Columns {
		c := &q.Columns[i]
		text := l.cell(c, cells[c.Key])
		switch {
		case text == "":
		case i == 0:
			card.Title += ": " + text
		default:
			card.Pairs = append(card.Pairs, [2]string{l.words(c.Label).Text, text})
		}
	}
	return card
}
