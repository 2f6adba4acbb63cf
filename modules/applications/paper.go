package applications

import (
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
)

// instant is told on paper in the zone in which the call's instants are stated.
func instant(p ui.Page, c Call, t time.Time) string { return p.Loc.DateTimeIn(t, zone(c)) }

func receiptBlocks(p ui.Page, o Overview, s Submission) []pdf.Block {
	facts := pdf.Facts{
		{Term: p.T("applications.number"), Value: o.Number},
		{Term: p.T("applications.call"), Value: o.Call.Name(p.Loc.Locale)},
		{Term: p.T("applications.submitted_at"), Value: instant(p, o.Call, s.At)},
	}
	for _, part := range o.Parts {
		if o.Organizations == nil {
			break // whoever reads it is not to know them
		}
		if _, there := s.Copies[part.Sheet]; there {
			facts = append(facts, pdf.Fact{Term: seatName(p, o.Call, part.Seat), Value: o.Organizations[part.Organization].Name})
		}
	}
	return []pdf.Block{facts, pdf.Heading{Level: 1, Text: p.T("applications.receipt.next")}, pdf.List{Numbered: true, Items: nextSteps(p, o)}}
}

// letterBlocks are a letter as it left, told when and to whom in its own language.
func letterBlocks(loc *i18n.Localizer, c Call, l Letter) []pdf.Block {
	all := []pdf.Block{pdf.Paragraph{Text: loc.T("applications.letter.sent", "Name", l.To, "When", loc.DateTimeIn(l.At, zone(c))), Muted: true}}
	for _, b := range blocks(l.Text) {
		if b.List {
			all = append(all, pdf.List{Items: b.Lines})
		} else {
			all = append(all, pdf.Paragraph{Text: strings.Join(b.Lines, "\n")})
		}
	}
	return all
}

func dossierBlocks(p ui.Page, d Dossier) []pdf.Block {
	blocks := receiptBlocks(p, d.Overview, d.Submission)[:1]
	for _, e := range d.Erased {
		blocks = append(blocks, pdf.Paragraph{Text: className(p, e.Class) + ": " + p.T("applications.retention.erased_on", "Day", p.Loc.Date(e.At.In(zone(d.Call)))), Muted: true})
	}
	for _, part := range d.Seated {
		blocks = append(blocks, pdf.Page{}, pdf.Heading{Level: 1, Text: partHeading(p, d, part)})
		blocks = append(blocks, forms.Paper(p.Loc, forms.Lay(p.Loc, d.Definition, forms.ScopePart, d.Filled[part.Sheet].Answers, d.Look))...)
	}
	blocks = append(blocks, pdf.Page{}, pdf.Heading{Level: 1, Text: p.T("applications.joint")})
	return append(blocks, forms.Paper(p.Loc, forms.Lay(p.Loc, d.Definition, forms.ScopeJoint, d.Filled[d.Joint].Answers, d.Look))...)
}
