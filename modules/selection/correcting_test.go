package selection_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestNothingSaysHowManyReviewsWait holds that no mail and no bell of an anonymous call counts a reviewer's reviews: compared with what
// is listed once they have said to whom they are impartial, it would tell how many of these were among theirs.
func TestNothingSaysHowManyReviewsWait(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		anonymous, counting bool
		first               string
	}{
		"anonymous, with a letter that counts": {true, true, "selection.mail.more_veiled"},
		"anonymous, with another letter":       {true, false, "selection.mail.assigned"},
		"named":                                {false, true, "selection.mail.assigned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			if !tt.counting {
				h.around.mu.Lock()
				h.letters = map[string]blueprints.Letter{"reviewer_invitation": {Subject: i18n.Text{i18n.EN: "Please"}, Body: i18n.Text{i18n.EN: "By {due}."}}}
				h.around.mu.Unlock()
			}
			h.anonymous(tt.anonymous)
			reviewer := h.role(t, "Okur", tenants.RoleReviewer)
			for _, name := range []string{"Ihlamur", "Zeytin", "Meşe"} {
				a, _ := h.apply(t, name)
				h.gives(t, a, reviewer)
			}
			due := h.due().AddDate(0, 0, 2)
			must(t, h.service.Postpone(t.Context(), h.System(), h.call.ID, due))
			h.Jobs(t)
			var moved []selection.Queued
			if !tt.anonymous {
				var err error
				moved, err = h.service.Queue(t.Context(), reviewer)
				must(t, err)
				due = moved[0].DueAt
			} else {
				must(t, h.System().Read().NewRaw("SELECT due_at FROM reviews LIMIT 1").Scan(t.Context(), &due))
			}
			must(t, h.service.RemindReviewer(t.Context(), h.System(), selection.Reminding{Call: h.call.ID, Person: reviewer.Actor().Person, By: due}))
			h.Jobs(t)
			var kinds []string
			for _, m := range h.mailsTo(reviewer.Actor().Person) {
				kinds = append(kinds, m.Kind)
				if counted := m.Args["count"]+m.Args["Count"] != ""; counted && tt.anonymous && m.Kind != "selection.mail.assigned" || !counted && !tt.anonymous {
					t.Errorf("%s is told with %v", m.Kind, m.Args)
				}
			}
			suffix := ""
			if tt.anonymous {
				suffix = "_veiled"
			}
			want := []string{tt.first, "selection.mail.more" + suffix, "selection.mail.more" + suffix, "selection.mail.due_moved" + suffix, "selection.mail.review_reminder" + suffix}
			if !slices.Equal(kinds, want) {
				t.Errorf("mails %v, want %v", kinds, want)
			}
			h.told.mu.Lock()
			defer h.told.mu.Unlock()
			for _, n := range h.news {
				if tt.anonymous && n.Person == reviewer.Actor().Person && len(n.Args) > 0 {
					t.Errorf("the bell says %s %v", n.Key, n.Args)
				}
			}
		})
	}
}

// TestATieIsAddedAtAnyTime, and takes the review away that was submitted meanwhile; only a coordinator takes it back.
func TestATieIsAddedAtAnyTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer, officer, coordinator := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Defne", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	other, _ := h.apply(t, "Zeytin")
	id, kept := h.gives(t, a, reviewer), h.gives(t, other, reviewer)
	h.says(t, reviewer)
	h.write(t, reviewer, id, 4, "TEXT")
	must(t, h.service.Submit(t.Context(), reviewer, id))
	b := h.SignedIn(t, reviewer.Actor())
	page := "/reviews/impartiality/" + h.call.ID.String()
	b.Get(page)
	b.Want(200, "You are impartial to all organizations", "Add an organization")
	b.Get(page + "/addition")
	b.Submit(page+"/addition", "kind", "family")
	b.Want(422, "Tick at least one organization.")
	b.Submit(page+"/addition", "tied", a.Organizations[1].ID.String(), "kind", "other", "note", "")
	b.Want(422)
	if !strings.Contains(b.Page.Body, `value="`+a.Organizations[1].ID.String()+`" checked`) {
		t.Error("what was ticked is lost")
	}
	for name, cmd := range map[string]selection.Addition{
		"one that does not apply": {Tied: []ids.Organization{ids.New[ids.Organization]()}, Kind: selection.ConflictWork},
		"a kind that is detected": {Tied: []ids.Organization{a.Organizations[1].ID}, Kind: selection.ConflictDomain},
	} {
		if err := h.service.AddTies(t.Context(), reviewer, h.call.ID, cmd); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.AddTies(t.Context(), officer, h.call.ID, selection.Addition{}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer says it for themselves: %v", err)
	}
	b.Submit(page+"/addition", "tied", a.Organizations[1].ID.String(), "kind", "family", "note", "My brother.")
	b.Want(200, "Thank you.", "You are not impartial to these organizations", a.Organizations[1].Name)
	if numbers, _ := h.docket(t, reviewer); !slices.Equal(numbers, []string{other.Number}) {
		t.Errorf("left are %v", numbers)
	}
	b.Get("/reviews/" + id.String())
	b.Want(404)
	h.Jobs(t)
	if h.newsFor(officer.Actor().Person)["selection.notify.replacement"] != 1 {
		t.Error("the officers are not told that a reviewer is lacking")
	}
	if err := h.service.AddTies(t.Context(), reviewer, h.call.ID, selection.Addition{Tied: []ids.Organization{a.Organizations[1].ID}, Kind: selection.ConflictWork}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("what was said is said otherwise: %v", err)
	}
	_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
	if err != nil || len(all) != 1 || all[0].Kind != selection.ConflictFamily || all[0].Note != "My brother." {
		t.Fatal(all, err)
	}
	team := h.SignedIn(t, coordinator.Actor())
	team.Get("/conflicts/" + all[0].Conflict.ID.String() + "/removal")
	team.Want(200, "does not come back to them in this call")
	team.Submit("/conflicts/"+all[0].Conflict.ID.String()+"/removal", "reason", "It was somebody else of that name.")
	team.Want(200, "The conflict was taken back.")
	b.Get(page)
	b.Want(200, "Taken back by the program team")
	if numbers, _ := h.docket(t, reviewer); !slices.Equal(numbers, []string{other.Number}) {
		t.Errorf("what came back tells whose it is: %v", numbers)
	}
	if err := h.service.Declare(t.Context(), reviewer, kept, selection.Declaration{}); err != nil {
		t.Error(err)
	}
	for _, action := range []string{"reviewer.impartiality_corrected", "reviewer.impartiality_taken_back"} {
		var among []string
		must(t, h.System().Read().NewRaw("SELECT detail->>'among' FROM audit_entries WHERE action = ?", action).Scan(t.Context(), &among))
		if len(among) != 1 || among[0] != `["`+a.ID.String()+`"]` {
			t.Errorf("the trail has %s of %q", action, among)
		}
	}
	must(t, h.service.AddTies(t.Context(), reviewer, h.call.ID, selection.Addition{Tied: []ids.Organization{a.Organizations[1].ID}, Kind: selection.ConflictFamily}))
	if _, all, err = h.service.Conflicts(t.Context(), coordinator, h.call.ID); err != nil || len(all) != 1 || !all[0].Stands() {
		t.Errorf("what was taken back and said again does not hold: %+v, %v", all, err)
	}
}

// TestWhatWasTickedIsNotGivenAgain holds it on every way on which reviews are given, after the conflict of interest was undone: by hand,
// by a file, by a run, as a third review.
func TestWhatWasTickedIsNotGivenAgain(t *testing.T) {
	t.Parallel()
	for name, taken := range map[string]bool{"recused": false, "taken back before it was ticked": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.anonymous(true)
			coordinator, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
			first, _ := h.apply(t, "Ihlamur")
			tied, _ := h.apply(t, "Zeytin")
			h.gives(t, first, reviewer)
			if id := h.gives(t, tied, reviewer); taken {
				must(t, h.service.Unassign(t.Context(), coordinator, id))
			}
			h.says(t, reviewer, tied.Organizations[0].ID)
			_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			must(t, h.service.Undo(t.Context(), coordinator, all[0].Conflict.ID, "A mistake."))
			cmd := selection.Assignment{Applications: []ids.Application{tied.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()}
			refused, err := h.service.Assign(t.Context(), coordinator, h.call.ID, cmd)
			if !fault.Is(err, fault.KindConflict) || len(refused) != 1 || refused[0].Kind != selection.ConflictWork {
				t.Errorf("by hand: %+v, %v", refused, err)
			}
			cmd.Skip = true
			if _, err := h.service.Assign(t.Context(), coordinator, h.call.ID, cmd); err != nil {
				t.Error(err)
			}
			h.around.mu.Lock()
			email := h.people[reviewer.Actor().Person].Email
			h.around.mu.Unlock()
			_, problems, err := h.service.AssignByFile(t.Context(), coordinator, h.call.ID, []byte(tied.Number+";"+email+"\n"), h.due())
			if !fault.Is(err, fault.KindInvalid) || len(problems) != 1 || problems[0].Key != "selection.problem.conflict" {
				t.Errorf("by a file: %+v, %v", problems, err)
			}
			run, err := h.service.StartRun(t.Context(), coordinator, h.call.ID, selection.Settings{
				Reviews: selection.Bounds{Min: 1, Max: 2}, Load: selection.Bounds{Max: 9}, Weights: selection.UsualWeights, Reviewers: []ids.Person{reviewer.Actor().Person}, Seed: 1, DueAt: h.due(),
			})
			must(t, err)
			instance, _, err := h.service.RunFile(t.Context(), coordinator, h.call.ID, run)
			must(t, err)
			barred := 0
			for _, row := range instance.Conflict {
				barred += row[0]
			}
			if barred != 1 {
				t.Errorf("a run may assign it: %v", instance.Conflict)
			}
			h.Jobs(t)
			if numbers, _ := h.docket(t, reviewer); !slices.Equal(numbers, []string{first.Number}) {
				t.Errorf("the reviewer reads %v", numbers)
			}
		})
	}
}

// TestNobodyWhoTickedIsProposedForAThirdReview, although the conflict of interest was undone.
func TestNobodyWhoTickedIsProposedForAThirdReview(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	coordinator, third := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	other, _ := h.apply(t, "Zeytin")
	h.gives(t, other, third)
	h.says(t, third, a.Organizations[0].ID)
	for name, score := range map[string]int{"Bir": 1, "İki": 5} {
		one := h.role(t, name, tenants.RoleReviewer)
		id := h.gives(t, a, one)
		h.says(t, one)
		h.write(t, one, id, score, "TEXT")
		must(t, h.service.Submit(t.Context(), one, id))
	}
	_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	must(t, h.service.Undo(t.Context(), coordinator, all[0].Conflict.ID, "A mistake."))
	proposals, err := h.service.Proposals(t.Context(), coordinator, h.call.ID)
	if err != nil || len(proposals.Each) != 1 || proposals.Each[0].Free() {
		t.Errorf("%+v, %v", proposals.Each, err)
	}
	n, err := h.service.AssignThirds(t.Context(), coordinator, h.call.ID, []selection.Pair{{Application: a.ID, Reviewer: third.Actor().Person}}, h.due())
	if err != nil || n != 0 {
		t.Errorf("%d were given, %v", n, err)
	}
}

// grant gives somebody a further role, as the page of the team does, and is them from then on.
func (h *house) grant(t *testing.T, who tenants.Scope, role tenants.Role) tenants.Scope {
	t.Helper()
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		tx.Announce(events.RolesChanged{Person: who.Actor().Person})
		return tx.GrantRole(ctx, who.Actor().Person, tenants.Grant{Role: role}, ids.Person{})
	}))
	actor := who.Actor()
	actor.Grants = append(slices.Clone(actor.Grants), tenants.Grant{Role: role})
	return who.As(actor)
}

// TestWhoSeesWhoAppliesReviewsNothingAnonymous takes every role that lists applications, reads one that is not theirs to review, or
// ranks them: beside it nobody is given a review of an anonymous call.
func TestWhoSeesWhoAppliesReviewsNothingAnonymous(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.apply(t, "Ihlamur")
	authorizer, err := policies.New()
	must(t, err)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	b := h.SignedIn(t, officer.Actor())
	knowing := 0
	for _, role := range []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleFinance, tenants.RoleChair, tenants.RoleFacilitator, tenants.RoleFunder} {
		who := h.someone(t, "With "+string(role), tenanttest.Role(tenants.RoleReviewer), tenanttest.Role(role))
		knows := false
		for _, action := range []policies.Action{policies.ApplicationList, policies.ApplicationRead, policies.DocumentRead, policies.SelectionRank, policies.ReviewRead, policies.ReviewerManage} {
			knows = knows || authorizer.May(who, action, policies.On{Person: who.Actor().Person}) == nil
		}
		cmd := selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{who.Actor().Person}, DueAt: h.due()}
		h.anonymous(true)
		_, err := h.service.Assign(t.Context(), officer, h.call.ID, cmd)
		if given := err == nil; given == knows {
			t.Errorf("%s knows: %t, and is given a review: %v", role, knows, err)
		}
		page := b.Get("/selection/" + h.call.ID.String())
		if told := strings.Contains(page.Text(), "see who applies by another role") && strings.Contains(page.Text(), "With "+string(role)); knows && !told {
			t.Errorf("that %s cannot be chosen is not told", role)
		}
		if offered := strings.Contains(page.Body, `name="reviewer" value="`+who.Actor().Person.String()+`"`); offered == knows {
			t.Errorf("%s is offered: %t", role, offered)
		}
		h.anonymous(false)
		if _, err := h.service.Assign(t.Context(), officer, h.call.ID, cmd); err != nil {
			t.Errorf("%s in a call that names them: %v", role, err)
		}
		if knows {
			knowing++
		}
	}
	if knowing != 4 {
		t.Errorf("%d roles know who applies", knowing)
	}
}

// TestWhoLearnsWhoAppliesStepsBack: with the role go the reviews that are owed, and what is submitted stays as it is.
func TestWhoLearnsWhoAppliesStepsBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer, officer := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Ofis", tenants.RoleOfficer)
	var all []selection.Application
	var given []ids.Review
	for _, name := range []string{"Ihlamur", "Zeytin", "Meşe"} {
		a, _ := h.apply(t, name)
		all, given = append(all, a), append(given, h.gives(t, a, reviewer))
	}
	h.says(t, reviewer)
	h.write(t, reviewer, given[0], 4, "TEXT")
	must(t, h.service.Submit(t.Context(), reviewer, given[0]))
	h.write(t, reviewer, given[1], 3, "TEXT")
	chair := h.grant(t, reviewer, tenants.RoleChair)
	// Before the queue has heard of it.
	if numbers, waiting := h.docket(t, chair); !slices.Equal(numbers, []string{all[0].Number}) || waiting != 0 {
		t.Errorf("to do are %v, %d", numbers, waiting)
	}
	if _, err := h.service.Desk(t.Context(), chair, given[1]); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the review is open to somebody who sees who applies: %v", err)
	}
	for name, err := range map[string]error{
		"writes": func() error {
			_, err := h.service.Save(t.Context(), chair, given[1], selection.Typed{Ref: "need", Score: 1})
			return err
		}(),
		"submits":    h.service.Submit(t.Context(), chair, given[1]),
		"opens":      h.service.Declare(t.Context(), chair, given[2], selection.Declaration{}),
		"takes back": h.service.Resume(t.Context(), chair, given[0]),
	} {
		if !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "selection.veiled.knows" {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.Jobs(t)
	var states []string
	must(t, h.System().Read().NewRaw("SELECT state FROM reviews WHERE person_id = ? ORDER BY state", reviewer.Actor().Person).Scan(t.Context(), &states))
	if want := []string{"removed", "removed", "submitted"}; !slices.Equal(states, want) {
		t.Errorf("the reviews are %v, want %v", states, want)
	}
	if h.newsFor(reviewer.Actor().Person)["selection.notify.unassigned_knows"] != 2 || h.newsFor(officer.Actor().Person)["selection.notify.reviewer_knows"] != 2 {
		t.Error("nobody is told")
	}
	if d, err := h.service.Desk(t.Context(), chair, given[0]); err != nil || !d.Application.Veiled {
		t.Errorf("what is submitted cannot be read: %v", err)
	}
	if err := h.service.StepBack(t.Context(), officer, events.RolesChanged{Person: reviewer.Actor().Person}); err == nil {
		t.Error("an officer takes reviews away so")
	}
}

// TestWhoReviewsNoMoreOwesNothing takes the role from somebody: what they owe waits for others, what they have submitted counts.
func TestWhoReviewsNoMoreOwesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	leaves, stays := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	done, _ := h.apply(t, "Ihlamur")
	owed, _ := h.apply(t, "Zeytin")
	h.review(t, done, map[*tenants.Scope]int{&leaves: 6})
	h.assign(t, owed, leaves, stays)
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, leaves.Actor().Person, tenants.Grant{Role: tenants.RoleReviewer})
		return err
	}))
	h.Jobs(t)
	b, err := h.service.Board(t.Context(), officer, h.call.ID)
	must(t, err)
	for _, row := range b.Rows {
		want := map[ids.Application]selection.Progress{done.ID: {Required: row.Progress.Required, Active: 1, Submitted: 1}, owed.ID: {Required: row.Progress.Required, Active: 1}}[row.ID]
		if row.Progress != want {
			t.Errorf("%s: %+v, want %+v", row.Name(), row.Progress, want)
		}
	}
	if n := h.newsFor(officer.Actor().Person)["selection.notify.reviewer_left"]; n != 1 {
		t.Errorf("the officer is told %d times", n)
	}
	for _, sc := range []tenants.Scope{leaves, stays} {
		if n := h.newsFor(sc.Actor().Person)["selection.notify.unassigned_knows"]; n > 0 {
			t.Error("somebody is told that they see who applies")
		}
	}
}
