package selection

import (
	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
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

// consentText says what follows from the last yes.
func consentText(p ui.Page, v Consultation) string {
	if v.Decision.State == DecisionOffered {
		return p.T("selection.replacement.consent_offered")
	}
	return p.T("selection.replacement.consent_text")
}
