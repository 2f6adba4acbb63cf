package partnerships

import (
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
)

// shown is the replacement as a consultation of those that stay and the one that comes.
func (v *replacementView) shown(p ui.Page) site.Consultation {
	c := site.Consultation{
		Lead:   p.T("partnerships.replacement.lead", "Leaving", v.Cards[v.Leaving].Name, "Coming", v.Cards[v.Coming].Name),
		Reason: v.Replacement.Reason, Until: v.Until, Zone: v.Zone,
		Open: v.At(v.Now) == ReplacementAsked, Owes: len(v.Owes) > 0, Steers: v.Steers,
		Consents: p.T("partnerships.replacement.consent_text"), Address: replacementAddress(&v.Replacement), MaxReason: maxReason,
		Typed: v.Typed, Fault: v.Fault,
	}
	for _, o := range v.Parties(&v.Of) {
		answer, answered := v.Answered(o)
		c.Asked = append(c.Asked, site.Asked{
			Name: v.Cards[o].Name, Hint: place(p, v.Cards[o]), Answered: answered, Agrees: answer.Agrees, Reason: answer.Reason,
		})
	}
	return c
}
