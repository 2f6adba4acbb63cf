package main

import (
	"fmt"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// longForm is how many questions the form has that the builder is measured with.
const longForm = 150

// designed is where the builder of a long form stands.
func (h *bench) designed(b *testing.B) string {
	b.Helper()
	sc := h.app.tenants.Bind(h.crowd, tenants.SystemActor("bench"))
	call, err := h.app.programs.Begin(b.Context(), sc, "3", "pair")
	must(b, err)
	must(b, h.app.programs.Redesign(b.Context(), sc, call.ID, true, func(d *forms.Definition) error {
		n := 0
		for i := range d.Sections {
			n += len(d.Sections[i].Questions)
		}
		for ; n < longForm; n++ {
			label := fmt.Sprintf("Question %d, which is asked of everybody who applies", n)
			section := d.Sections[n%len(d.Sections)].Key
			if _, err := builder.AddQuestion(d, section, "", i18n.Text{i18n.EN: label, i18n.TR: label, i18n.DE: label}, forms.TypeLongText); err != nil {
				return err
			}
		}
		return nil
	}))
	return "/program/calls/" + call.ID.String() + "/form/edit"
}
