package reviewers

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// invitationsView is who was invited, found and ordered, and the form that invites.
type invitationsView struct {
	Invited
	framing

	Invite    bool // more people
	Rows      []Invitation
	List      ui.List
	Languages []i18n.Locale
	In        inviteForm
}

func invitationsOn(p ui.Page, all Invited, values url.Values, invite bool) invitationsView {
	v := invitationsView{Invited: all, Invite: invite}
	for _, i := range all.All {
		if asksFor(&i, i.At(all.ReadAt), values) {
			v.Rows = append(v.Rows, i)
		}
	}
	orders := map[string]func(a, b Invitation) int{
		"name": func(a, b Invitation) int {
			return strings.Compare(i18n.SearchKey(a.Invitee.Name), i18n.SearchKey(b.Invitee.Name))
		},
		"until": func(a, b Invitation) int { return a.Until.Compare(b.Until) },
		"count": func(a, b Invitation) int { return cmp.Compare(a.Reviews, b.Reviews) },
	}
	if order := orders[values.Get("sort")]; order != nil {
		slices.SortStableFunc(v.Rows, order)
	}
	if values.Get("desc") != "" {
		slices.Reverse(v.Rows)
	}
	states := make([]ui.Option, len(InvitationStates))
	for n, state := range InvitationStates {
		states[n] = ui.Option{Value: string(state), Label: p.T("selection.invitation_state." + string(state))}
	}
	v.List = ui.List{
		Path: address(all.Call.ID, "invitations"), Query: values, Search: p.T("selection.known.search"), Total: len(v.Rows), TotalOf: "selection.invitations.total", Exports: true, First: true,
		Filters: []ui.Field{{Name: "state", Label: p.T("selection.invitations.state"), Options: states}},
		Columns: []ui.Column{
			{Label: p.T("selection.reviewers.name"), Sort: "name"},
			{Label: p.T("selection.invitations.state")},
			{Label: p.T("selection.invitations.reviews"), Sort: "count", Numeric: true},
			{Label: p.T("selection.invitations.until"), Sort: "until"},
		},
		Empty: len(v.Rows) == 0,
	}
	return v
}

func asksFor(i *Invitation, state InvitationState, values url.Values) bool {
	if wanted := values.Get("state"); wanted != "" && wanted != string(state) {
		return false
	}
	key := i18n.SearchKey(i.Invitee.Name + " " + i.Known())
	for _, word := range i18n.SearchWords(values.Get("q")) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	return true
}

// invitedName is who was invited, as far as that is known.
func invitedName(p ui.Page, i *Invitation) string {
	if i.Forgotten() {
		return p.N("selection.invitations.forgotten", KeptInvited)
	}
	return i.Invitee.Name
}

func invitationTone(state InvitationState) string {
	switch state {
	case InvitationAccepted:
		return "success"
	case InvitationDeclined, InvitationLapsed:
		return "warning"
	case InvitationSent:
		return "info"
	default:
		return "neutral"
	}
}

// invitationsStats say what the invitations come to.
func invitationsStats(p ui.Page, v *invitationsView) []ui.Stat {
	waiting, _ := v.Count(InvitationSent)
	accepted, promised := v.Count(InvitationAccepted)
	declined, _ := v.Count(InvitationDeclined)
	sum := ui.Stat{Value: p.Loc.Int(promised), Label: p.T("selection.invitations.promised")}
	if v.Needed > 0 {
		sum = ui.Stat{Value: p.T("selection.invitations.of", "Promised", p.Loc.Int(promised), "Needed", p.Loc.Int(v.Needed)), Label: p.T("selection.invitations.promised_of")}
	}
	return []ui.Stat{
		{Value: p.Loc.Int(waiting), Label: p.T("selection.invitations.waiting")},
		{Value: p.Loc.Int(accepted), Label: p.T("selection.invitations.accepted")},
		{Value: p.Loc.Int(declined), Label: p.T("selection.invitations.declined")},
		sum,
	}
}

// invitationsSheet is exactly what the page shows.
func invitationsSheet(p ui.Page, v invitationsView) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("selection.reviewers.name"), p.T("selection.known.email"), p.T("selection.invitations.state"), p.T("selection.invitations.reviews"), p.T("selection.invitations.sent"),
		p.T("selection.invitations.until"), p.T("selection.invitations.answered"), p.T("selection.asked.reason"), p.T("selection.asked.note"), p.T("selection.invitations.substitute"),
	}}
	for n := range v.Rows {
		i := &v.Rows[n]
		row := []any{invitedName(p, i), i.Known(), p.T("selection.invitation_state." + string(i.At(v.ReadAt))), i.Reviews, i.SentAt, i.Until, nil, "", i.Regret.Note, ""}
		if !i.AnsweredAt.IsZero() {
			row[6] = i.AnsweredAt
		}
		if i.Regret.Reason != "" {
			row[7] = p.T("selection.regret." + string(i.Regret.Reason))
		}
		if i.Substitute != "" && !i.Forgotten() {
			row[9] = i.Regret.Substitute.Line()
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// LanguageOptions are languages to choose one of.
func LanguageOptions(all []i18n.Locale) []ui.Option { return ui.LocaleOptions(all) }

func regretOptions(p ui.Page) []ui.Option {
	options := make([]ui.Option, len(RegretReasons))
	for n, reason := range RegretReasons {
		options[n] = ui.Option{Value: string(reason), Label: p.T("selection.regret." + string(reason))}
	}
	return options
}

// inviteLabels are those of the fields of the form, for the summary of what is wrong.
func inviteLabels(p ui.Page) []string {
	return []string{
		"people", p.T("selection.invite.people"), "locale", p.T("selection.invite.locale"), "reviews", p.T("selection.invitations.reviews"), "until", p.T("selection.invitations.until"),
	}
}

func textLabels(p ui.Page, languages []i18n.Locale) []string {
	var pairs []string
	for _, l := range languages {
		pairs = append(pairs, "subject_"+string(l), p.T("selection.inviting.subject")+" ("+l.Name()+")", "body_"+string(l), p.T("selection.inviting.body")+" ("+l.Name()+")")
	}
	return pairs
}

// invitationTerms tell of one invitation.
func invitationTerms(p ui.Page, call Call, i *Invitation) []ui.Term {
	var terms []ui.Term
	if known := i.Known(); known != "" {
		terms = append(terms, ui.Term{Label: p.T("selection.known.email"), Text: known})
	}
	terms = append(terms, []ui.Term{
		{Label: p.T("selection.invite.locale"), Text: i.Locale.Name()},
		{Label: p.T("selection.invitations.reviews"), Text: p.Loc.Int(i.Reviews)},
		{Label: p.T("selection.invitations.sent"), Text: p.Loc.DateTimeIn(i.SentAt, zone(call))},
		{Label: p.T("selection.invitations.until"), Text: p.Loc.DateTimeIn(i.Until, zone(call))},
	}...)
	if i.Lender != "" {
		terms = append(terms, ui.Term{Label: p.T("selection.lent.lender"), Text: i.Lender})
	}
	if !i.EndedAt.IsZero() {
		terms = append(terms, ui.Term{Label: p.T("selection.lent.end_at"), Text: p.Loc.DateTimeIn(i.EndedAt, zone(call))})
	}
	if !i.RemindedAt.IsZero() {
		terms = append(terms, ui.Term{Label: p.T("selection.invitations.reminded"), Text: p.Loc.DateTimeIn(i.RemindedAt, zone(call))})
	}
	if !i.AnsweredAt.IsZero() {
		terms = append(terms, ui.Term{Label: p.T("selection.invitations.answered"), Text: p.Loc.DateTimeIn(i.AnsweredAt, zone(call))})
	}
	if i.Regret.Reason != "" {
		terms = append(terms, ui.Term{Label: p.T("selection.asked.reason"), Text: p.T("selection.regret." + string(i.Regret.Reason))})
	}
	if i.Regret.Note != "" {
		terms = append(terms, ui.Term{Label: p.T("selection.asked.note"), Text: i.Regret.Note})
	}
	return terms
}
