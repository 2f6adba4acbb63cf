package applications

import (
	"time"

	"kervan/modules/forms"
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
		if _, there := s.Copies[part.Sheet]; there {
			facts = append(facts, pdf.Fact{Term: seatName(p, o.Call, part.Seat), Value: o.Organizations[part.Organization].Name})
		}
	}
	return []pdf.Block{facts, pdf.Heading{Level: 1, Text: p.T("applications.receipt.next")}, pdf.List{Numbered: true, Items: nextSteps(p, o)}}
}

func dossierBlocks(p ui.Page, d Dossier) []pdf.Block {
	blocks := receiptBlocks(p, d.Overview, d.Submission)[:1]
	for _, part := range d.Seated {
		blocks = append(blocks, pdf.Page{}, pdf.Heading{Level: 1, Text: d.Organizations[part.Organization].Name})
		blocks = append(blocks, forms.Paper(p.Loc, forms.Lay(p.Loc, d.Definition, forms.ScopePart, d.Filled[part.Sheet].Answers, d.Look))...)
	}
	blocks = append(blocks, pdf.Page{}, pdf.Heading{Level: 1, Text: p.T("applications.joint")})
	return append(blocks, forms.Paper(p.Loc, forms.Lay(p.Loc, d.Definition, forms.ScopeJoint, d.Filled[d.Joint].Answers, d.Look))...)
}
