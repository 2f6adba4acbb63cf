package selection_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestTiesOfOrganizationsKeepReviewersAway finds each tie of a reviewer's organization, before and after the application was
// assigned, and that an officer reads what it is and the reviewer nothing.
func TestTiesOfOrganizationsKeepReviewersAway(t *testing.T) {
	t.Parallel()
	for kind, tie := range map[selection.ConflictKind]func(h *house, own ids.Organization, a selection.Application){
		selection.ConflictPartnership: func(h *house, own ids.Organization, a selection.Application) {
			h.together = append(h.together, [2]ids.Organization{a.Organizations[1].ID, own})
		},
		selection.ConflictInvitation: func(h *house, own ids.Organization, a selection.Application) {
			h.guests = map[ids.Application][]selection.Guest{a.ID: {{Organization: own}}}
		},
		selection.ConflictPeople: func(h *house, own ids.Organization, a selection.Application) {
			h.someone(t, "Both", tenants.Grant{Role: tenants.RoleParticipant, Organization: own}, tenants.Grant{Role: tenants.RoleLead, Organization: a.Organizations[0].ID})
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			officer, own := h.role(t, "Ofis", tenants.RoleOfficer), ids.New[ids.Organization]()
			reader := h.someone(t, "Okur", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleLead, Organization: own})
			staff := h.someone(t, "Koordinatör", tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleLead, Organization: own})
			a, _ := h.apply(t, "Ihlamur")
			b, _ := h.apply(t, "Çınar")
			id, other := h.assign(t, a, reader)[0], h.assign(t, b, reader)[0]
			if err := h.service.Declare(t.Context(), reader, other, selection.Declaration{}); err != nil {
				t.Fatal(err)
			}
			tie(h, own, a)
			if err := h.service.LookForPartners(t.Context(), officer, events.PartnershipMoved{}); err == nil {
				t.Error("an officer is a reaction")
			}
			if err := h.service.LookForPartners(t.Context(), h.System(), events.PartnershipMoved{}); err != nil {
				t.Fatal(err)
			}
			if _, err := h.service.Desk(t.Context(), reader, id); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("the review goes on: %v", err)
			}
			if d, err := h.service.Desk(t.Context(), reader, other); err != nil || d.State != selection.ReviewOpen {
				t.Errorf("another review: %s, %v", d.State, err)
			}
			_, all, err := h.service.Conflicts(t.Context(), officer, h.call.ID)
			if err != nil || len(all) != 1 || all[0].Kind != kind || all[0].Person != reader.Actor().Person || !all[0].Detected {
				t.Errorf("%+v, %v", all, err)
			}
			refused, err := h.service.Assign(t.Context(), h.System(), h.call.ID, selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{reader.Actor().Person}, DueAt: h.due()})
			if err == nil && len(refused) == 0 {
				t.Error("assigned again")
			}
			if hidden, err := h.service.Conflicted(t.Context(), staff); err != nil || slices.Contains(hidden, a.ID) {
				t.Errorf("who does not review is kept away by it: %v, %v", hidden, err)
			}
			browser := h.SignedIn(t, officer.Actor())
			browser.Get("/selection/" + h.call.ID.String() + "/conflicts")
			browser.Want(200, map[selection.ConflictKind]string{
				selection.ConflictPartnership: "is or was in a partnership", selection.ConflictInvitation: "Was invited to this application", selection.ConflictPeople: "Somebody belongs both",
			}[kind])
			browser = h.SignedIn(t, reader.Actor())
			for _, path := range []string{"/desk", "/reviews", "/reviews/" + other.String()} {
				if page := browser.Get(path); strings.Contains(page.Body, a.Number) || strings.Contains(page.Body, "Ihlamur") {
					t.Errorf("%s names the application", path)
				}
			}
		})
	}
}

func TestATieIsSeenWhenSomebodyDeclaresThatThereIsNone(t *testing.T) {
	t.Parallel()
	h := open(t)
	own := ids.New[ids.Organization]()
	reader := h.someone(t, "Okur", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: own})
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reader)[0]
	h.together = append(h.together, [2]ids.Organization{own, a.Organizations[0].ID})
	if err := h.service.Declare(t.Context(), reader, id, selection.Declaration{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("opened: %v", err)
	}
	if _, err := h.service.Desk(t.Context(), reader, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("still on the desk: %v", err)
	}
}
