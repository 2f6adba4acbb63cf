package programs

import (
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// frozenNeed is a line of the readiness check only where something is wrong: questions that are frozen before anybody could
// answer them, as the call opens on that day or later.
func (c *Call) frozenNeed(asked *forms.Definition) []Need {
	if c.OpensAt.IsZero() {
		return nil
	}
	opens, count := i18n.DayOf(c.OpensAt, i18n.Zone(c.Zone)), 0
	for i := range asked.Sections {
		for j := range asked.Sections[i].Questions {
			if asked.Sections[i].Questions[j].Frozen(opens) {
				count++
			}
		}
	}
	if count == 0 {
		return nil
	}
	return []Need{{Key: "frozen", Place: "form/edit", Args: map[string]any{"Count": count}}}
}
