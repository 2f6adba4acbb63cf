package selection

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
)

// minutesView says what the reader of minutes can do with them.
type minutesView struct {
	Signs bool
}

// signs reports whether it is the person's turn to sign minutes.
func (m *Minutes) signs(person ids.Person) bool {
	asked := slices.ContainsFunc(m.Members, func(one Member) bool { return one.Person == person })
	return asked && (m.Meeting.State == MeetingEnded && m.Meeting.Lead == person || m.Meeting.State == MeetingSigned && m.Meeting.SignedBy != person)
}

func minutesFacts(p ui.Page, m Minutes) []ui.Term {
	var all []ui.Term
	for _, f := range m.facts(p) {
		all = append(all, ui.Term{Label: f.Term, Text: f.Value})
	}
	return all
}

// facts are what the minutes say of the meeting as such.
func (m *Minutes) facts(p ui.Page) pdf.Facts {
	at := func(t time.Time) string { return p.Loc.DateTimeIn(t, zone(m.Call)) }
	all := pdf.Facts{{Term: p.T("selection.minutes.began"), Value: at(m.Meeting.OpenedAt)}, {Term: p.T("selection.minutes.ended"), Value: at(m.Meeting.EndedAt)}}
	if m.Meeting.Place != "" {
		all = append(all, pdf.Fact{Term: p.T("selection.panel.place"), Value: m.Meeting.Place})
	}
	var came, missing, led []string
	for _, one := range m.Members {
		if one.Came.IsZero() {
			missing = append(missing, one.Name)
		} else {
			came = append(came, one.Name)
		}
	}
	for _, t := range m.Turns {
		led = append(led, p.T("selection.minutes.led_from", "Name", m.Names[t.Person], "When", when(p, m.Call, t.At)))
	}
	all = append(all, pdf.Fact{Term: p.T("selection.minutes.present"), Value: joined(came)})
	if len(missing) > 0 {
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.missing"), Value: joined(missing)})
	}
	return append(all, pdf.Fact{Term: p.T("selection.panel.chair"), Value: strings.Join(led, "\n")})
}

func entryTitle(p ui.Page, e MinutesEntry) string {
	if e.About.Number == "" {
		return p.T("selection.minutes.withdrawn")
	}
	return e.About.Number + " · " + e.About.Name()
}

func entryFacts(p ui.Page, m Minutes, e MinutesEntry) []ui.Term {
	var all []ui.Term
	for _, f := range m.entryFacts(p, e) {
		all = append(all, ui.Term{Label: f.Term, Text: f.Value})
	}
	return all
}

// entryFacts are what the minutes say of one application, without its notes.
func (m *Minutes) entryFacts(p ui.Page, e MinutesEntry) pdf.Facts {
	outcome := outcomeName(p, e.Outcome)
	if e.Outcome == "" && e.Decided > 0 {
		outcome = p.T("selection.minutes.elsewhere")
	}
	all := pdf.Facts{{Term: p.T("selection.decision"), Value: outcome}}
	if e.Reason != "" {
		all = append(all, pdf.Fact{Term: p.T("selection.panel.reason"), Value: e.Reason})
	}
	if !e.Introducer.IsZero() && !slices.Contains(e.Away, e.Introducer) {
		all = append(all, pdf.Fact{Term: p.T("selection.panel.introducer"), Value: m.Names[e.Introducer]})
	}
	if e.Ballot.Given() > 0 {
		var votes []string
		for _, c := range Choices {
			if e.Ballot[c] > 0 {
				votes = append(votes, choiceName(p, c)+" "+p.Loc.Int(e.Ballot[c]))
			}
		}
		all = append(all, pdf.Fact{Term: p.T("selection.panel.vote"), Value: joined(votes)})
	}
	if len(e.Away) > 0 {
		names := make([]string, len(e.Away))
		for i, person := range e.Away {
			names[i] = m.Names[person]
		}
		slices.Sort(names)
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.left"), Value: joined(names)})
	}
	return all
}

// balanceFacts are what was given of what there was, and how far the quotas were used.
func (m *Minutes) balanceFacts(p ui.Page) pdf.Facts {
	b := m.Balance
	if b == nil {
		return nil
	}
	all := pdf.Facts{{Term: p.T("selection.minutes.places"), Value: p.T("selection.minutes.places_of", "Count", p.Loc.Int(len(b.Chosen)), "Places", p.Loc.Int(b.Places))}}
	if spent, there := b.Spent(); there.Minor > 0 {
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.money"), Value: p.T("selection.panel.money_of", "Spent", forms.MoneyText(p.Loc, spent), "All", forms.MoneyText(p.Loc, there))})
	}
	for _, u := range b.Usage() {
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.quota", "Name", quotaName(p, u.Quota)), Value: usedText(p, u, len(b.Chosen))})
	}
	return all
}

// usedText is how many of the selected a quota counts, what it wanted, and whether that was reached.
func usedText(p ui.Page, u blueprints.Taken, selected int) string {
	share := float64(u.Count) / float64(max(selected, 1))
	wanted := "quota_between"
	switch {
	case u.Least == 0:
		wanted = "quota_most"
	case u.Most == 0:
		wanted = "quota_least"
	}
	result := "kept"
	switch {
	case u.Beyond():
		result = "beyond"
	case u.Short():
		result = "short"
	}
	return p.T("selection.minutes.used", "Count", p.Loc.Int(u.Count), "All", p.Loc.Int(selected), "Share", p.Loc.Percent(share, 0)) + "\n" +
		p.T("selection.minutes."+wanted, "Least", p.Loc.Int(u.Least), "Most", p.Loc.Int(u.Most)) + ": " + p.T("selection.minutes.quota."+result)
}

func balanceTerms(p ui.Page, m Minutes) []ui.Term {
	var all []ui.Term
	for _, f := range m.balanceFacts(p) {
		all = append(all, ui.Term{Label: f.Term, Text: f.Value})
	}
	return all
}

func signatureFacts(p ui.Page, m Minutes) []ui.Term {
	var all []ui.Term
	for _, f := range m.signatures(p) {
		all = append(all, ui.Term{Label: f.Term, Text: f.Value})
	}
	return all
}

// signatures are who has signed when; they may be of persons who were no members, once roles have changed.
func (m *Minutes) signatures(p ui.Page) pdf.Facts {
	var all pdf.Facts
	if !m.Meeting.SignedAt.IsZero() {
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.by_chair"), Value: m.Names[m.Meeting.SignedBy] + ", " + when(p, m.Call, m.Meeting.SignedAt)})
	}
	if !m.Meeting.SealedAt.IsZero() {
		all = append(all, pdf.Fact{Term: p.T("selection.minutes.by_second"), Value: m.Names[m.Meeting.SealedBy] + ", " + when(p, m.Call, m.Meeting.SealedAt)})
	}
	return all
}

// blocks are the minutes on paper.
func (m *Minutes) blocks(p ui.Page) []pdf.Block {
	all := []pdf.Block{m.facts(p)}
	for _, e := range m.Entries {
		all = append(all, pdf.Heading{Level: 2, Text: entryTitle(p, e)}, m.entryFacts(p, e))
		for _, n := range e.Notes {
			all = append(all, pdf.Paragraph{Text: m.Names[n.Person] + ": " + n.Text})
		}
	}
	if facts := m.balanceFacts(p); len(facts) > 0 {
		all = append(all, pdf.Heading{Level: 1, Text: p.T("selection.minutes.balance")}, facts, pdf.Paragraph{Text: p.T("selection.minutes.balance_text"), Muted: true})
	}
	if len(m.Lots) > 0 {
		all = append(all, pdf.Heading{Level: 1, Text: p.T("selection.lot.title")}, pdf.Paragraph{Text: p.T("selection.lot.how_text"), Muted: true}, pdf.Paragraph{Text: p.T("selection.lot.how_order"), Muted: true})
	}
	for _, l := range m.Lots {
		all = append(all, pdf.List{Numbered: true, Items: orderOf(l, m.Numbers)}, pdf.Facts{
			{Term: p.T("selection.lot.commitment"), Value: l.Committed},
			{Term: p.T("selection.lot.seed"), Value: l.Seed},
			{Term: p.T("selection.lot.prepare"), Value: when(p, m.Call, l.PreparedAt)},
			{Term: p.T("selection.lot.draw"), Value: when(p, m.Call, l.DrawnAt)},
		})
	}
	all = append(all, pdf.Heading{Level: 1, Text: p.T("selection.minutes.signatures")})
	if signed := m.signatures(p); len(signed) > 0 {
		all = append(all, signed)
	}
	return append(all, pdf.Facts{{Term: p.T("selection.minutes.fingerprint"), Value: m.Meeting.Fingerprint}}, pdf.Paragraph{Text: p.T("selection.minutes.fingerprint_text"), Muted: true}, pdf.Paragraph{Text: p.T("selection.minutes.parts"), Muted: true})
}
