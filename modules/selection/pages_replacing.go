package selection

import (
	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
)

func replacementTone(s ReplacementState) string {
	switch s {
	case ReplacementAsked:
		return "info"
	case ReplacementDone:
		return "success"
	case ReplacementDeclined, ReplacementLapsed:
		return "warning"
	default:
		return "neutral"
	}
}

// countryLine is where an organization is.
func countryLine(p ui.Page, o Applicant) string {
	return o.City + " · " + forms.CountryName(p.Loc.Locale, o.Country)
}

func candidateOptions(p ui.Page, v Vacancy) []ui.Option {
	all := make([]ui.Option, len(v.Candidates))
	for i, c := range v.Candidates {
		all[i] = ui.Option{Value: c.ID.String(), Label: c.Name + " · " + countryLine(p, c)}
	}
	return all
}

func chosenCandidate(v Vacancy) string {
	if v.Coming.ID.IsZero() {
		return ""
	}
	return v.Coming.ID.String()
}

// buttonTone makes looking at somebody the main thing until somebody is chosen.
func buttonTone(v Vacancy) string {
	if v.Coming.ID.IsZero() {
		return "primary"
	}
	return "plain"
}

// untilHint says how long organizations can be asked.
func untilHint(p ui.Page, v Vacancy) string {
	if v.Latest.IsZero() {
		return p.T("selection.replacement.until_hint")
	}
	return p.T("selection.replacement.until_hint_waiting", "When", p.Loc.DateTimeIn(v.Latest, zone(v.Call)))
}

// shown is the replacement as a consultation of those that stay and the one that comes.
func (v *consultationView) shown(p ui.Page) site.Consultation {
	c := site.Consultation{
		Lead:   p.T("selection.replacement.lead", "Leaving", v.Names[v.Leaving], "Coming", v.Names[v.Coming]),
		Reason: v.Reason, Until: v.Until, Zone: zone(v.About),
		Open: v.At(v.Now) == ReplacementAsked, Owes: len(v.Owes) > 0, Steers: v.Steers,
		Consents: p.T("selection.replacement.consent_text"), Address: consultationAddress(&v.Replacement), MaxReason: MaxReplacementReason,
		Typed: v.Typed, Fault: v.Fault,
	}
	if v.Decision.State == DecisionOffered {
		c.Consents = p.T("selection.replacement.consent_offered")
	}
	for _, o := range v.Parties {
		answer, answered := v.Answered(o)
		c.Asked = append(c.Asked, site.Asked{Name: v.Names[o], Answered: answered, Agrees: answer.Agrees, Reason: answer.Reason})
	}
	return c
}
