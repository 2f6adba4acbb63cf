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

// tie binds an organization to an application in the way that is to be found.
func (h *house) tie(t *testing.T, kind selection.ConflictKind, own ids.Organization, a selection.Application) {
	t.Helper()
	switch kind {
	case selection.ConflictPartnership:
		h.together = append(h.together, [2]ids.Organization{a.Organizations[1].ID, own})
	case selection.ConflictInvitation:
		h.guests = map[ids.Application][]selection.Guest{a.ID: {{Organization: own}}}
	case selection.ConflictPeople:
		h.someone(t, "Both", tenants.Grant{Role: tenants.RoleParticipant, Organization: own}, tenants.Grant{Role: tenants.RoleLead, Organization: a.Organizations[0].ID})
	default:
		t.Fatal(kind)
	}
}

// TestTiesOfOrganizationsKeepReviewersAway finds each tie of a reviewer's organization, before and after the application was
// assigned, and that an officer reads what it is and the reviewer nothing.
func TestTiesOfOrganizationsKeepReviewersAway(t *testing.T) {
	t.Parallel()
	for _, kind := range []selection.ConflictKind{selection.ConflictPartnership, selection.ConflictInvitation, selection.ConflictPeople} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h := open(t)
			officer, own := h.role(t, "Ofis", tenants.RoleOfficer), ids.New[ids.Organization]()
			reader := h.someone(t, "Okur", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleLead, Organization: own})
			a, _ := h.apply(t, "Ihlamur")
			b, _ := h.apply(t, "Çınar")
			id, other := h.assign(t, a, reader)[0], h.assign(t, b, reader)[0]
			if err := h.service.Declare(t.Context(), reader, other, selection.Declaration{}); err != nil {
				t.Fatal(err)
			}
			h.tie(t, kind, own, a)
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

// TestTheTeamIsHeldToItsTiesFromTheFirstLook looks at everybody who sees or decides, before the check and until an application is
// answered; what a coordinator takes back stays taken back, and another decides.
func TestTheTeamIsHeldToItsTiesFromTheFirstLook(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(ctx ctx, h *house, id ids.Application) error{
		"handed in": func(ctx ctx, h *house, id ids.Application) error {
			return h.service.LookEarly(ctx, h.System(), events.ApplicationSubmitted{Application: id})
		},
		"a seat moved": func(ctx ctx, h *house, id ids.Application) error {
			return h.service.LookForGuests(ctx, h.System(), events.SeatsMoved{Application: id})
		},
		"a role was given": func(ctx ctx, h *house, _ ids.Application) error {
			return h.service.LookAgain(ctx, h.System(), events.RolesChanged{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			own := ids.New[ids.Organization]()
			other := h.role(t, "Defne", tenants.RoleCoordinator)
			early, _ := h.apply(t, "Ihlamur")
			waiting, _ := h.apply(t, "Zeytin")
			h.unchecked(t, early, true)
			h.decided(waiting.ID)
			h.around.waiting = map[ids.Application]bool{waiting.ID: true}
			for _, a := range []selection.Application{early, waiting} {
				h.tie(t, selection.ConflictPartnership, own, a)
			}
			for _, role := range []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleFinance, tenants.RoleChair} {
				them := h.someone(t, string(role), tenanttest.Role(role), tenants.Grant{Role: tenants.RoleParticipant, Organization: own})
				for _, a := range []selection.Application{early, waiting} {
					must(t, look(t.Context(), h, a.ID))
					if hidden, err := h.service.Conflicted(t.Context(), them); err != nil || !slices.Contains(hidden, a.ID) {
						t.Errorf("%s sees %s: %v", role, a.Number, err)
					}
				}
			}
			if hidden, err := h.service.Conflicted(t.Context(), other); err != nil || len(hidden) > 0 {
				t.Errorf("nobody is left: %v, %v", hidden, err)
			}
			h.unchecked(t, early, false)
			_, all, err := h.service.Conflicts(t.Context(), other, h.call.ID)
			must(t, err)
			for _, c := range all {
				must(t, h.service.Undo(t.Context(), other, c.Conflict.ID, "Years ago."))
			}
			must(t, look(t.Context(), h, early.ID))
			var left int
			must(t, h.System().Read().NewRaw("SELECT count(*) FROM conflicts WHERE undone_at IS NULL").Scan(t.Context(), &left))
			if len(all) != 8 || left != 0 {
				t.Errorf("%d were listed, and %d came back", len(all), left)
			}
		})
	}
}

// TestALaterTieChangesNothingThatIsDecided keeps a reviewer's judgment where it was counted.
func TestALaterTieChangesNothingThatIsDecided(t *testing.T) {
	t.Parallel()
	h := open(t)
	own := ids.New[ids.Organization]()
	reader := h.someone(t, "Okur", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: own})
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reader)[0]
	h.write(t, reader, id, 7, "TEXT")
	must(t, h.service.Submit(t.Context(), reader, id))
	h.decided(a.ID)
	h.around.waiting = map[ids.Application]bool{a.ID: true}
	h.tie(t, selection.ConflictPartnership, own, a)
	must(t, h.service.LookForPartners(t.Context(), h.System(), events.PartnershipMoved{}))
	var state string
	must(t, h.System().Read().NewRaw("SELECT state FROM reviews WHERE id = ?", id).Scan(t.Context(), &state))
	if state != string(selection.ReviewSubmitted) {
		t.Errorf("the review is %s", state)
	}
	if hidden, err := h.service.Conflicted(t.Context(), reader); err != nil || len(hidden) != 1 {
		t.Errorf("they go on reading it: %v, %v", hidden, err)
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
