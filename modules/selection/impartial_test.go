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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// anonymous makes the house's call one whose reviewers do not learn who applies, or not any more.
func (h *house) anonymous(on bool) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.calls {
		h.calls[i].Review.Anonymous = on
	}
	h.call.Review.Anonymous = on
}

// says declares all that a reviewer is asked, with ties to some organizations.
func (h *house) says(t *testing.T, reviewer tenants.Scope, tied ...ids.Organization) {
	t.Helper()
	v, err := h.service.Impartial(t.Context(), reviewer, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	cmd := selection.Impartiality{Tied: tied, Kind: selection.ConflictWork}
	for _, o := range v.Names {
		cmd.Shown = append(cmd.Shown, o.ID)
	}
	if err := h.service.DeclareImpartiality(t.Context(), reviewer, h.call.ID, cmd); err != nil {
		t.Fatal(err)
	}
}

// gives assigns an application to a reviewer who may not be able to see that yet.
func (h *house) gives(t *testing.T, a selection.Application, reviewer tenants.Scope) ids.Review {
	t.Helper()
	cmd := selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()}
	if _, err := h.service.Assign(t.Context(), h.System(), h.call.ID, cmd); err != nil {
		t.Fatal(err)
	}
	var id ids.Review
	if err := h.System().Read().NewRaw("SELECT id FROM reviews WHERE application_id = ? AND person_id = ?", a.ID, reviewer.Actor().Person).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) docket(t *testing.T, reviewer tenants.Scope) (numbers []string, waiting int) {
	t.Helper()
	d, err := h.service.Docket(t.Context(), reviewer)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range d.Reviews {
		numbers = append(numbers, q.Application.Number)
		if len(q.Application.Organizations) > 0 {
			t.Errorf("the docket names %s", q.Application.Name())
		}
	}
	for _, one := range d.Waiting {
		waiting += one.Names
	}
	return numbers, waiting
}

// TestImpartialityIsDeclaredWithoutTheApplications walks the way of a reviewer through an anonymous call.
func TestImpartialityIsDeclaredWithoutTheApplications(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	first, _ := h.apply(t, "Ihlamur")
	tied, _ := h.apply(t, "Zeytin")
	h.apply(t, "Çınar") // which is not theirs to review
	if _, err := h.service.Impartial(t.Context(), reviewer, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("who reviews nothing sees who applies: %v", err)
	}
	one, two := h.gives(t, first, reviewer), h.gives(t, tied, reviewer)
	if numbers, waiting := h.docket(t, reviewer); len(numbers) != 0 || waiting != 6 {
		t.Errorf("before anything is said: %v, %d", numbers, waiting)
	}
	if err := h.service.Declare(t.Context(), reviewer, one, selection.Declaration{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("an application opens before: %v", err)
	}
	b := h.SignedIn(t, reviewer.Actor())
	for _, path := range []string{"/reviews/" + one.String(), "/reviews/" + two.String() + "/return"} {
		b.Get(path)
		b.Want(200, "To whom are you impartial?", "Çınar Derneği", "Zeytin e. V.")
		if strings.Contains(b.Page.Text(), "2027-00") {
			t.Errorf("%s tells of an application:\n%s", path, b.Page.Text())
		}
	}
	text := b.Page.Text()
	if places := []int{strings.Index(text, "Çınar Derneği"), strings.Index(text, "Ihlamur Derneği"), strings.Index(text, "Zeytin Derneği")}; !slices.IsSorted(places) {
		t.Errorf("not in the order of the alphabet: %v", places)
	}
	page := "/reviews/impartiality/" + h.call.ID.String()
	b.Submit(page, "tied", tied.Organizations[0].ID.String(), "kind", "", "note", "We were neighbours.")
	b.Want(422, "We were neighbours.")
	b.Submit(page, "tied", tied.Organizations[0].ID.String(), "kind", "work", "note", "We were neighbours.")
	b.Want(200, "Thank you.")
	if numbers, waiting := h.docket(t, reviewer); !slices.Equal(numbers, []string{first.Number}) || waiting != 0 {
		t.Errorf("after it was said: %v, %d", numbers, waiting)
	}
	b.Get(page)
	b.Want(200, "You have said it of everybody", "Zeytin Derneği")
	b.Get(page + "/addition")
	b.Want(200, "Çınar Derneği", "Çınar e. V.", "Ihlamur Derneği", "Ihlamur e. V.", "Zeytin e. V.") // as before: what vanished would tell with whom somebody applied
	b.Get("/reviews/" + two.String())
	b.Want(404)
	_, all, err := h.service.Conflicts(t.Context(), officer, h.call.ID)
	if err != nil || len(all) != 1 || all[0].Conflict.Application != tied.ID || all[0].Note != "We were neighbours." || all[0].Detected {
		t.Errorf("the officers see %+v, %v", all, err)
	}
	h.Jobs(t)
	if h.newsFor(officer.Actor().Person)["selection.notify.replacement"] != 1 {
		t.Error("the officers are not told that a reviewer is lacking")
	}
	b.Get("/reviews/" + one.String())
	b.Want(200, "Open application "+first.Number, "If you recognise who applies")
	b.Submit("/reviews/"+one.String()+"/declaration", "conflict", "no")
	b.Want(200, "ANSWERS", "Who applies is hidden.")
}

func TestWhoAppliesLateIsAskedAboutAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	other, _ := h.apply(t, "Zeytin")
	opened := h.gives(t, a, reviewer)
	h.says(t, reviewer, other.Organizations[1].ID)
	if err := h.service.Declare(t.Context(), reviewer, opened, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	// The organization to which they are tied applies once more, with another partner: nobody is asked.
	h.apply(t, "Meşe")
	h.around.mu.Lock()
	h.applications[2].Organizations[1] = other.Organizations[1]
	again := h.applications[2]
	h.around.mu.Unlock()
	late, _ := h.apply(t, "Kayın")
	kept := h.gives(t, late, reviewer)
	refused, err := h.service.Assign(t.Context(), h.System(), h.call.ID, selection.Assignment{Applications: []ids.Application{again.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()})
	if !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid) || len(refused) != 1 || refused[0].Kind != selection.ConflictWork {
		t.Errorf("who is tied to an applicant is given the late application: %+v, %v", refused, err)
	}
	v, err := h.service.Impartial(t.Context(), reviewer, h.call.ID)
	if err != nil || v.Said != 4 {
		t.Fatal(v.Said, err)
	}
	var names []string
	for _, o := range v.Names {
		names = append(names, o.Name)
	}
	if want := []string{"Kayın Derneği", "Kayın e. V."}; !slices.Equal(names, want) {
		t.Errorf("asked about %v, want %v", names, want)
	}
	if numbers, waiting := h.docket(t, reviewer); !slices.Equal(numbers, []string{a.Number}) || waiting != 2 {
		t.Errorf("what is open stays, and nothing else is told: %v, %d", numbers, waiting)
	}
	if _, err := h.service.Save(t.Context(), reviewer, opened, selection.Typed{Ref: "need", Score: 3}); err != nil {
		t.Errorf("what is open cannot be written: %v", err)
	}
	h.says(t, reviewer)
	if err := h.service.Declare(t.Context(), reviewer, kept, selection.Declaration{}); err != nil {
		t.Error(err)
	}
}

// unchecked says whether an application waits for the check, and tells what follows once it has passed.
func (h *house) unchecked(t *testing.T, a selection.Application, waits bool) {
	t.Helper()
	h.around.mu.Lock()
	if h.around.unchecked == nil {
		h.around.unchecked = map[ids.Application]bool{}
	}
	h.around.unchecked[a.ID] = waits
	h.around.mu.Unlock()
	if waits {
		return
	}
	if err := h.service.Look(t.Context(), h.System(), events.ApplicationChecked{Application: a.ID, Eligible: true}); err != nil {
		t.Fatal(err)
	}
}

// TestWhoPassesTheCheckAloneIsNotAskedAboutAlone, or the one number that comes with the question would be theirs. What somebody has
// said of them before holds, of a reviewer too to whom no other network has lent anybody.
func TestWhoPassesTheCheckAloneIsNotAskedAboutAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	first, _ := h.apply(t, "Ihlamur")
	later, _ := h.apply(t, "Zeytin")
	tied, _ := h.apply(t, "Meşe")
	h.unchecked(t, later, true)
	h.unchecked(t, tied, true)
	opened := h.gives(t, first, reviewer)
	if _, waiting := h.docket(t, reviewer); waiting != 6 {
		t.Errorf("asked about %d organizations, want all that have handed in", waiting)
	}
	h.says(t, reviewer, tied.Organizations[0].ID)
	if err := h.service.Declare(t.Context(), reviewer, opened, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	h.unchecked(t, later, false)
	h.unchecked(t, tied, false)
	next := h.gives(t, later, reviewer)
	if v, err := h.service.Impartial(t.Context(), reviewer, h.call.ID); err != nil || len(v.Names) != 0 || v.Said != 6 {
		t.Errorf("asked once more about %v, %v", v.Names, err)
	}
	if numbers, waiting := h.docket(t, reviewer); !slices.Equal(slices.Sorted(slices.Values(numbers)), []string{first.Number, later.Number}) || waiting != 0 {
		t.Errorf("%v, %d wait", numbers, waiting)
	}
	if err := h.service.Declare(t.Context(), reviewer, next, selection.Declaration{}); err != nil {
		t.Error(err)
	}
	refused, err := h.service.Assign(t.Context(), h.System(), h.call.ID, selection.Assignment{Applications: []ids.Application{tied.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()})
	if !fault.Is(err, fault.KindConflict) || len(refused) != 1 || refused[0].Kind != selection.ConflictWork {
		t.Errorf("what was said before the check is forgotten: %+v, %v", refused, err)
	}
}

func TestImpartialityIsSaidOfWhatWasShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.gives(t, a, reviewer)
	stranger := ids.New[ids.Organization]()
	both := []ids.Organization{a.Organizations[0].ID, a.Organizations[1].ID}
	for name, cmd := range map[string]selection.Impartiality{
		"to one that was not shown":     {Tied: []ids.Organization{a.Organizations[0].ID}, Kind: selection.ConflictWork},
		"to one that does not apply":    {Shown: []ids.Organization{stranger}, Tied: []ids.Organization{stranger}, Kind: selection.ConflictWork},
		"to one of a part of the list":  {Shown: []ids.Organization{a.Organizations[0].ID}, Tied: []ids.Organization{a.Organizations[0].ID}, Kind: selection.ConflictWork},
		"without saying how":            {Shown: both, Tied: []ids.Organization{a.Organizations[0].ID}},
		"by something that is detected": {Shown: both, Tied: []ids.Organization{a.Organizations[0].ID}, Kind: selection.ConflictDomain},
		"otherwise, without words":      {Shown: both, Tied: []ids.Organization{a.Organizations[0].ID}, Kind: selection.ConflictOther},
	} {
		if err := h.service.DeclareImpartiality(t.Context(), reviewer, h.call.ID, cmd); !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("tied %s: %v", name, err)
		}
	}
	part := selection.Impartiality{Shown: []ids.Organization{a.Organizations[0].ID}}
	for range 2 { // a second click changes nothing
		if err := h.service.DeclareImpartiality(t.Context(), reviewer, h.call.ID, part); err != nil {
			t.Fatal(err)
		}
	}
	if _, waiting := h.docket(t, reviewer); waiting != 1 {
		t.Errorf("what was not shown counts as said: %d left", waiting)
	}
	for name, sc := range map[string]tenants.Scope{"a reviewer of nothing": h.role(t, "Başka", tenants.RoleReviewer), "an officer": h.role(t, "Ofis", tenants.RoleOfficer)} {
		if _, err := h.service.Impartial(t.Context(), sc, h.call.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.service.DeclareImpartiality(t.Context(), sc, h.call.ID, part); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s declares: %v", name, err)
		}
	}
	h.anonymous(false)
	if _, err := h.service.Impartial(t.Context(), reviewer, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("in a call that names them: %v", err)
	}
}

// TestADetectedConflictIsNotInTheList, as for its reviewer the application does not exist, and its partner neither.
func TestADetectedConflictIsNotInTheList(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	own, _ := h.apply(t, "Ihlamur")
	a, _ := h.apply(t, "Zeytin")
	reviewer := h.someone(t, "Okur", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: own.Organizations[0].ID})
	h.gives(t, a, reviewer)
	v, err := h.service.Impartial(t.Context(), reviewer, h.call.ID)
	if err != nil || len(v.Names) != 2 || v.Names[0].Name != "Zeytin Derneği" {
		t.Errorf("%+v, %v", v.Names, err)
	}
}

// TestNoPageOfAReviewerNamesWhoApplies looks at every page of two reviewers, in a call whose reviewers do not learn who applies, and then
// in the same call when they do: there the names stand. The chair, who knows them, reviews in the second only.
func TestNoPageOfAReviewerNamesWhoApplies(t *testing.T) {
	t.Parallel()
	for name, anonymous := range map[string]bool{"anonymous": true, "named": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.anonymous(anonymous)
			coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
			one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
			if err := h.service.Talk(t.Context(), coordinator, h.call.ID, selection.Talk{On: true, Named: true}); err != nil {
				t.Fatal(err)
			}
			a, _ := h.apply(t, "CANARY")
			b, _ := h.apply(t, "CANARY second")
			reviews := map[string]ids.Review{}
			browsers := []struct {
				who tenants.Scope
				of  string
			}{{one, "one"}, {two, "two"}}
			if !anonymous {
				browsers = append(browsers, struct {
					who tenants.Scope
					of  string
				}{chair, "chair"})
			}
			seen := map[string]bool{}
			look := func(when string) {
				t.Helper()
				h.Jobs(t)
				for _, w := range browsers {
					browser := h.SignedIn(t, w.who.Actor())
					r := "/reviews/" + reviews[w.of].String()
					paths := []string{"/reviews", r, r + "/return", r + "/submission", r + "/discussion", r + "/statement", "/reviews/wishes/" + h.call.ID.String(), "/reviews/profile", "/reviews/training/" + h.call.ID.String()}
					if w.of != "chair" { // whose own pages say who applies
						paths = append(paths, pages(h.call.ID, a.ID, reviews[w.of])...)
					}
					for _, path := range paths {
						if page := browser.Get(path); strings.Contains(page.Body, "CANARY") {
							seen[path] = true
							if anonymous {
								t.Errorf("%s, %s reads who applies at %s:\n%s", when, w.of, path, page.Text())
							}
						}
					}
					for _, m := range h.mailsTo(w.who.Actor().Person) {
						if strings.Contains(everything(t, m), "CANARY") {
							t.Errorf("%s, a mail to %s says who applies: %s", when, w.of, everything(t, m))
						}
					}
				}
				h.told.mu.Lock()
				defer h.told.mu.Unlock()
				for _, n := range h.news {
					if strings.Contains(everything(t, n), "CANARY") {
						t.Errorf("%s, a notification says who applies: %s", when, everything(t, n))
					}
				}
			}
			for _, w := range browsers {
				reviews[w.of] = h.gives(t, a, w.who)
				h.gives(t, b, w.who)
				if anonymous {
					h.says(t, w.who)
				}
			}
			look("assigned")
			for i, w := range browsers {
				h.write(t, w.who, reviews[w.of], 4+i, "TEXT")
			}
			look("open")
			for _, w := range browsers {
				if err := h.service.Submit(t.Context(), w.who, reviews[w.of]); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.service.Say(t.Context(), one, reviews["one"], 1, "What do you think?"); err != nil {
				t.Fatal(err)
			}
			look("submitted")
			if !anonymous && len(seen) < 5 {
				t.Errorf("where reviewers know who applies, only %v say so", seen)
			}
			if page := h.SignedIn(t, chair.Actor()).Get("/selection/" + h.call.ID.String() + "/ranking"); !strings.Contains(page.Body, "CANARY") {
				t.Error("the chair does not see who applies in the ranking")
			}
			browser := h.SignedIn(t, one.Actor())
			browser.Get("/selection/applications/" + a.ID.String() + "/conflict")
			browser.Want(200, a.Number)
			browser.Submit("/selection/applications/"+a.ID.String()+"/conflict", "kind", "family", "note", "My sister.")
			browser.Want(200, "Thank you.")
		})
	}
}

func TestWishesAreNotAskedForWhereReviewersDoNotKnowWhoApplies(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true); err != nil {
		t.Fatal(err)
	}
	if calls, err := h.service.WishableCalls(t.Context(), reviewer); err != nil || len(calls) != 1 {
		t.Fatal(calls, err)
	}
	h.anonymous(true)
	if calls, err := h.service.WishableCalls(t.Context(), reviewer); err != nil || len(calls) != 0 {
		t.Errorf("they are asked: %v, %v", calls, err)
	}
	if _, err := h.service.Wishing(t.Context(), reviewer, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("they see who applies with which application: %v", err)
	}
	if _, err := h.service.Declarable(t.Context(), reviewer, a.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("they try which applications there are: %v", err)
	}
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true); !fault.Is(err, fault.KindConflict) {
		t.Errorf("wishes are asked for: %v", err)
	}
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, false); err != nil {
		t.Errorf("and cannot be stopped: %v", err)
	}
}

// TestWhatIsTakenBackTogetherIsSaid names before a conflict is undone all of the application's organizations that were ticked with it.
func TestWhatIsTakenBackTogetherIsSaid(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.anonymous(true)
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	for name, tied := range map[string]int{"One": 1, "Two": 2} {
		reviewer := h.role(t, name, tenants.RoleReviewer)
		h.gives(t, a, reviewer)
		var said []ids.Organization
		for _, o := range a.Organizations[:tied] {
			said = append(said, o.ID)
		}
		h.says(t, reviewer, said...)
		_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
		must(t, err)
		at := slices.IndexFunc(all, func(c selection.Listed) bool { return c.Person == reviewer.Actor().Person })
		page := h.SignedIn(t, coordinator.Actor()).Get("/conflicts/" + all[at].ID.String() + "/removal")
		if page.Status != 200 || strings.Contains(page.Body, "taken back together") != (tied > 1) || tied > 1 && !strings.Contains(page.Body, a.Organizations[1].Name) {
			t.Errorf("%s: %d %s", name, page.Status, page.Text())
		}
	}
}

// TestWhatWasTickedDoesNotComeBackAlone holds that undoing the conflict that a tick led to does not tell which application it was.
func TestWhatWasTickedDoesNotComeBackAlone(t *testing.T) {
	t.Parallel()
	for name, anonymous := range map[string]bool{"anonymous": true, "named since": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.anonymous(true)
			coordinator, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
			a, _ := h.apply(t, "Ihlamur")
			tied, _ := h.apply(t, "Zeytin")
			h.gives(t, a, reviewer)
			h.gives(t, tied, reviewer)
			h.says(t, reviewer, tied.Organizations[0].ID)
			h.anonymous(anonymous)
			_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			must(t, h.service.Undo(t.Context(), coordinator, all[0].Conflict.ID, "A mistake."))
			h.Jobs(t)
			queue, err := h.service.Queue(t.Context(), reviewer)
			must(t, err)
			want := 2
			if anonymous {
				want = 1
			}
			if told := h.newsFor(reviewer.Actor().Person)["selection.notify.restored"]; len(queue) != want || told != want-1 {
				t.Errorf("%d reviews are listed, and they were told %d times", len(queue), told)
			}
		})
	}
}

func TestReviewingIsOpenedWithTheFirstApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	if r, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || r.Opened {
		t.Errorf("opened before anything is: %+v, %v", r, err)
	}
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	if r, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || !r.Opened || r.Begun {
		t.Errorf("once it is open: %+v, %v", r, err)
	}
}

// TestApplicationsAreMetOnceAReviewerHasOneOrIsAsked, whatever became of it: what was read in between is not forgotten.
func TestApplicationsAreMetOnceAReviewerHasOneOrIsAsked(t *testing.T) {
	t.Parallel()
	for name, meet := range map[string]func(t *testing.T, h *house){
		"assigned": func(t *testing.T, h *house) {
			a, _ := h.apply(t, "Ihlamur")
			h.gives(t, a, h.role(t, "Okur", tenants.RoleReviewer))
		},
		"assigned, and taken back": func(t *testing.T, h *house) {
			a, _ := h.apply(t, "Ihlamur")
			must(t, h.service.Unassign(t.Context(), h.System(), h.gives(t, a, h.role(t, "Okur", tenants.RoleReviewer))))
		},
		"asked": func(t *testing.T, h *house) {
			must(t, h.service.AskForWishes(t.Context(), h.role(t, "Defne", tenants.RoleCoordinator), h.call.ID, true))
		},
		"asked, and not any more": func(t *testing.T, h *house) {
			coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
			must(t, h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true))
			must(t, h.service.AskForWishes(t.Context(), coordinator, h.call.ID, false))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			if r, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || r.Met {
				t.Errorf("met before anything is: %+v, %v", r, err)
			}
			meet(t, h)
			if r, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || !r.Met || r.Opened {
				t.Errorf("afterwards: %+v, %v", r, err)
			}
		})
	}
}
