package reviewers_test

import (
	"slices"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestWhoHasReadATrainingIsListed leaves out of an anonymous call whoever sees by another role who applies, as they review nothing of it.
func TestWhoHasReadATrainingIsListed(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reader := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	both := h.someone(t, "Zwei Rollen", tenanttest.Role(tenants.RoleReviewer), tenanttest.Role(tenants.RoleOfficer))
	veiled := h.another()
	h.around.mu.Lock()
	h.calls[len(h.calls)-1].Anonymous = true
	h.around.mu.Unlock()
	for call, want := range map[ids.Call][]string{h.call.ID: {"Okur", "Zwei Rollen"}, veiled.ID: {"Okur"}} {
		if err := h.service.Instruct(t.Context(), coordinator, call, reviewers.Training{Body: i18n.Text{i18n.TR: "# Ölçek"}, Required: true}); err != nil {
			t.Fatal(err)
		}
		if err := h.service.ReadTraining(t.Context(), reader, call, 1); err != nil {
			t.Fatal(err)
		}
		v, err := h.service.Instructed(t.Context(), coordinator, call)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range v.Readers {
			names = append(names, r.Name)
			if read := r.Read.Version == 1; read != (r.Name == "Okur") {
				t.Errorf("%s has read it: %v", r.Name, read)
			}
		}
		if !slices.Equal(names, want) {
			t.Errorf("%v are listed, not %v", names, want)
		}
	}
	if err := h.service.ReadTraining(t.Context(), both, h.call.ID, 2); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a version that there is not: %v", err)
	}
	// A call stands in a queue as often as there are reviews of it.
	found, err := h.service.TrainingsOf(t.Context(), reader, []reviewers.Call{veiled, h.call, veiled})
	if err != nil || len(found) != 2 || found[0].About.ID != veiled.ID || found[1].About.ID != h.call.ID || found[0].Due() {
		t.Errorf("%+v, %v", found, err)
	}
}
