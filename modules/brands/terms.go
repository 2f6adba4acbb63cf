package brands

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// ChangeWords sets the words that the actor's network has of its own, for the listed terms in each of its languages; all
// others are the standard ones. Coordinators may. Version is the network's, as it was shown. Faults: Invalid by field,
// named as FormField does; Conflict when somebody else has changed the network since it was shown.
func (s *Service) ChangeWords(ctx context.Context, sc tenants.Scope, own i18n.Own, version int64) error {
	if err := s.policies.May(sc, policies.BrandEdit, policies.On{}); err != nil {
		return err
	}
	if bad := CheckWords(own); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	t := sc.Tenant()
	brand := t.Brand
	brand.Words = own
	if err := s.tenants.Update(ctx, t.ID, tenants.Change{Name: t.Name, Locales: t.Locales, Zone: t.Zone, Brand: brand, Version: version}); err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.BrandChanged{})
		tx.Audit(audit.Entry{Action: "network.words_changed", SubjectKind: "network", SubjectID: t.ID.String()})
		return nil
	})
}

// CheckWords lists what is wrong with words, by field: what is no word, what is missing of one, and what is no term.
func CheckWords(own i18n.Own) []fault.Field {
	var bad []fault.Field
	for term := range own {
		if !known(term) {
			bad = append(bad, fault.At("terms", "fault.choose"))
		}
	}
	for _, term := range i18n.Terms {
		for l, word := range own[term] {
			if word.Complete(term, l) {
				continue
			}
			for _, form := range i18n.Shape(term, l) {
				if !i18n.ValidWord(word.Forms[form]) {
					bad = append(bad, fault.At(FormField(term, l, form), "brands.terms.invalid"))
				}
			}
			if i18n.Gendered(term, l) && gender(word.Gender) == "" {
				bad = append(bad, fault.At(FormField(term, l, "gender"), "fault.choose"))
			}
		}
	}
	return bad
}

// FormField is the name of the field in which one form of a term's word is typed.
func FormField(term string, l i18n.Locale, form string) string {
	return term + "_" + string(l) + "_" + form
}

func known(term string) bool { return slices.Contains(i18n.Terms, term) }

func gender(s string) string {
	if s == "m" || s == "f" || s == "n" {
		return s
	}
	return ""
}
