package selection_test

import (
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

// TestAConflictIsDeclaredBeforeTheCheck by those who see who applies from the moment on when they hand in, before they read anything.
func TestAConflictIsDeclaredBeforeTheCheck(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.role(t, "Defne", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	h.unchecked(t, a, true)
	page := "/selection/applications/" + a.ID.String() + "/conflict"
	them := map[string]tenants.Scope{}
	for name, role := range map[string]tenants.Role{"a coordinator": tenants.RoleCoordinator, "an officer": tenants.RoleOfficer, "finance": tenants.RoleFinance, "the chair": tenants.RoleChair} {
		them[name] = h.role(t, name, role)
		b := h.SignedIn(t, them[name].Actor())
		b.Get(page)
		b.Want(200, a.Number, "Ihlamur Derneği")
		if !strings.Contains(b.Page.Body, `href="/applications"`) {
			t.Error("whoever has read nothing is led to what was handed in")
		}
		b.Submit(page, "kind", "other", "note", "")
		b.Want(422)
		b.Submit(page, "kind", "family", "note", "My sister.")
		b.Want(200, "Thank you.")
		b.Get(page)
		b.Want(404)
		if err := h.service.DeclareConflict(t.Context(), them[name], a.ID, selection.Declaration{Kind: selection.ConflictWork}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s still finds it: %v", name, err)
		}
		if hidden, err := h.service.Conflicted(t.Context(), them[name]); err != nil || len(hidden) != 1 || hidden[0] != a.ID {
			t.Errorf("%s sees it: %v, %v", name, hidden, err)
		}
	}
	staff := h.SignedIn(t, other.Actor())
	staff.Get("/selection")
	if strings.Contains(staff.Page.Body, address(h, "ranking")) {
		t.Error("a call of which nothing is to be selected yet is in the selection")
	}
	staff.Get(address(h, "conflicts"))
	staff.Want(200, a.Number, "My sister.")
	if !strings.Contains(staff.Page.Body, `href="/applications/`+a.ID.String()+`/dossier"`) {
		t.Error("the number leads where nothing of the application is yet")
	}
	if _, all, err := h.service.Conflicts(t.Context(), them["an officer"], h.call.ID); err != nil || len(all) != 0 {
		t.Errorf("an officer with a conflict of interest reads of it: %v, %v", all, err)
	}
	_, all, err := h.service.Conflicts(t.Context(), other, h.call.ID)
	must(t, err)
	if len(all) != len(them) {
		t.Fatalf("%d conflicts, want %d", len(all), len(them))
	}
	for _, c := range all {
		if !c.Early {
			t.Error("it is said to have passed the check")
		}
		if c.Person == them["an officer"].Actor().Person {
			must(t, h.service.Undo(t.Context(), other, c.Conflict.ID, "By mistake."))
		}
	}
	if hidden, err := h.service.Conflicted(t.Context(), them["an officer"]); err != nil || len(hidden) != 0 {
		t.Errorf("it was taken back: %v, %v", hidden, err)
	}
	h.unchecked(t, a, false)
	refused, err := h.service.Assign(t.Context(), other, h.call.ID, selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{them["the chair"].Actor().Person}, DueAt: h.due()})
	if !fault.Is(err, fault.KindConflict) || len(refused) != 1 || refused[0].Kind != selection.ConflictFamily {
		t.Errorf("what was declared early is forgotten: %v, %v", refused, err)
	}
	if _, all, err = h.service.Conflicts(t.Context(), other, h.call.ID); err != nil || len(all) != len(them) || all[0].Early {
		t.Errorf("after the check: %v, %v", all, err)
	}
}

// TestNobodyLearnsWhoAppliesByDeclaring holds that who sees nobody before the check finds nothing then, and that what is not there any
// more is not there for anybody.
func TestNobodyLearnsWhoAppliesByDeclaring(t *testing.T) {
	t.Parallel()
	for name, anonymous := range map[string]bool{"named": false, "anonymous": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			coordinator, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
			must(t, h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true))
			h.anonymous(anonymous)
			passed, leads := h.apply(t, "Zeytin")
			a, _ := h.apply(t, "Ihlamur")
			gone, _ := h.apply(t, "Meşe")
			h.unchecked(t, a, true)
			h.unchecked(t, gone, true)
			h.gives(t, passed, reviewer)
			h.around.mu.Lock()
			h.withdrawn[gone.ID] = true
			h.around.mu.Unlock()
			for who, sc := range map[string]tenants.Scope{"a reviewer": reviewer, "a facilitator": h.role(t, "Yol", tenants.RoleFacilitator), "a lead": leads[0]} {
				for _, id := range []ids.Application{a.ID, gone.ID} {
					if _, err := h.service.Declarable(t.Context(), sc, id); !fault.Is(err, fault.KindNotFound) {
						t.Errorf("%s finds it: %v", who, err)
					}
					if err := h.service.DeclareConflict(t.Context(), sc, id, selection.Declaration{Kind: selection.ConflictWork}); !fault.Is(err, fault.KindNotFound) {
						t.Errorf("%s declares: %v", who, err)
					}
				}
			}
			for _, id := range []ids.Application{gone.ID, ids.New[ids.Application]()} {
				if err := h.service.DeclareConflict(t.Context(), coordinator, id, selection.Declaration{Kind: selection.ConflictWork}); !fault.Is(err, fault.KindNotFound) {
					t.Errorf("what is withdrawn, or never was: %v", err)
				}
			}
		})
	}
}

func address(h *house, below string) string { return "/selection/" + h.call.ID.String() + "/" + below }
