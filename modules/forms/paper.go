package forms

import (
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
)

// Blank is how an empty question is answered on paper: by ticking options, for each statement where there are some, by
// filling columns, or on that many lines.
type Blank struct {
	Options    []string
	Statements []string
	Columns    []string
	Rows       int    // of the columns
	Item       string // what a row is called
	Lines      int
}

// mostColumns is how many columns leave room to write in.
const mostColumns = 4

// wordsALine is how many words of handwriting fit on a line of A4.
const wordsALine = 12

func (l layout) blank(q *Question) *Blank {
	b := &Blank{}
	for _, o := range q.Options {
		b.Options = append(b.Options, l.option(q, o.Value))
	}
	for i := range q.Columns {
		b.Columns = append(b.Columns, l.words(q.Columns[i].Label).Text)
	}
	switch {
	case q.Type.grid():
		for _, s := range q.Statements {
			b.Statements = append(b.Statements, l.words(s.Label).Text)
		}
		if q.NotApplicable {
			b.Options = append(b.Options, l.loc.T("forms.not_applicable"))
		}
	case q.Type == TypeSpan:
		b.Columns, b.Rows = []string{l.loc.T("forms.first_day"), l.loc.T("forms.last_day")}, 1
	case q.Type == TypeAddress:
		b.Columns, b.Rows = PartNames(l.loc, q), 1
	case len(b.Columns) > 0:
		b.Rows, b.Item = min(max(q.Least, q.Most, 1), 6), l.itemName(q)
	case len(b.Options) > 0 || q.Type == TypeFile:
	case q.Type == TypeConsent || q.Type == TypeDeclaration:
		b.Options = []string{l.loc.T("forms.stated")}
	case q.Type == TypeOrganizations:
		b.Lines = q.named()
	case q.Words > 0:
		b.Lines = min(max(q.Words/wordsALine, 2), 24)
	case q.Type == TypeLongText:
		b.Lines = 8
	default:
		b.Lines = 1
	}
	return b
}

// Paper is a form on paper: a filled one as Lay gives it, or an empty one as Outline gives it, with space to write.
func Paper(loc *i18n.Localizer, laid Print) []pdf.Block {
	var all []pdf.Block
	for _, s := range laid.Sections {
		all = append(all, pdf.Heading{Level: 1, Text: s.Title.Text})
		if s.Intro.Text != "" {
			all = append(all, pdf.Paragraph{Text: s.Intro.Text, Muted: true, Leads: true})
		}
		for _, g := range s.Groups {
			if g.Title != "" {
				all = append(all, pdf.Heading{Level: 2, Text: g.Title})
			}
			for _, e := range g.Entries {
				all = append(all, onPaper(loc, e))
			}
		}
	}
	return all
}

func onPaper(loc *i18n.Localizer, e Entry) pdf.Block {
	switch e.Kind {
	case EntryHeading:
		return pdf.Heading{Level: 2, Text: e.Label.Text}
	case EntryText:
		return pdf.Paragraph{Text: e.Label.Text}
	case EntryQuestion:
	}
	a := pdf.Answer{Question: e.Label.Text, Help: e.Help.Text}
	if b := e.Blank; b != nil {
		a.Space = b.Lines
		if len(b.Statements) == 0 {
			a.Choices = b.Options
		}
		if len(e.Lines) > 0 {
			a.Note = e.Lines[0]
		}
		if e.Offer != nil {
			a.Note += " · " + e.Offer.Note
		}
		a.Inside = b.grid()
		return a
	}
	switch {
	case e.Empty:
		a.Empty = loc.T("forms.no_answer")
	case e.Masked:
		a.Empty = loc.T("forms.masked")
	default:
		a.Value = append(a.Value, e.Lines...)
	}
	for _, d := range e.Documents {
		a.Value = append(a.Value, d.Name)
	}
	if t := e.Table; t != nil {
		a.Inside = append(a.Inside, pdf.Table{Head: t.Head, Rows: t.Rows, Total: t.Total})
	}
	for _, card := range e.Cards {
		facts := make(pdf.Facts, len(card.Pairs))
		for i, pair := range card.Pairs {
			facts[i] = pdf.Fact{Term: pair[0], Value: pair[1]}
		}
		a.Inside = append(a.Inside, pdf.Heading{Level: 3, Text: card.Title}, facts)
	}
	return a
}

// room is an empty cell that is high enough to write in.
const room = "\n\u00a0"

// grid is a table to fill in; one with many columns becomes a list for each row.
func (b *Blank) grid() []pdf.Block {
	switch {
	case len(b.Statements) > 0:
		return b.grades()
	case len(b.Columns) == 0:
		return nil
	}
	if len(b.Columns) <= mostColumns {
		table := pdf.Table{Head: b.Columns}
		for range b.Rows {
			row := make([]string, len(b.Columns))
			row[0] = room
			table.Rows = append(table.Rows, row)
		}
		return []pdf.Block{table}
	}
	var all []pdf.Block
	for n := range b.Rows {
		var facts pdf.Facts
		for _, column := range b.Columns {
			facts = append(facts, pdf.Fact{Term: column, Value: room})
		}
		all = append(all, pdf.Heading{Level: 3, Text: numbered(b.Item, n+1)}, facts)
	}
	return all
}

// mostGrades is how many offered answers fit beside a statement.
const mostGrades = 6

// grades is a table of statements with a box for each offered answer; with many answers each statement has its own list.
func (b *Blank) grades() []pdf.Block {
	if len(b.Options) <= mostGrades {
		table := pdf.Table{Head: append([]string{""}, b.Options...), Ticks: len(b.Options)}
		for _, s := range b.Statements {
			table.Rows = append(table.Rows, append([]string{s}, make([]string, len(b.Options))...))
		}
		return []pdf.Block{table}
	}
	var all []pdf.Block
	for _, s := range b.Statements {
		all = append(all, pdf.Answer{Question: s, Choices: b.Options})
	}
	return all
}
