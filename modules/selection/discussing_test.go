package selection_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

// talked is an application with two submitted reviews and one that is still owed.
type talked struct {
	coordinator, one, two, late tenants.Scope
	application                 selection.Application
	leads                       []tenants.Scope
	reviews                     []ids.Review // of one, two and late
}

func (h *house) talked(t *testing.T, talk selection.Talk) talked {
	t.Helper()
	w := talked{
		coordinator: h.role(t, "Defne", tenants.RoleCoordinator), one: h.role(t, "NAME-one", tenants.RoleReviewer),
		two: h.role(t, "NAME-two", tenants.RoleReviewer), late: h.role(t, "NAME-late", tenants.RoleReviewer),
	}
	w.application, w.leads = h.apply(t, "Ihlamur")
	w.reviews = h.assign(t, w.application, w.one, w.two, w.late)
	h.write(t, w.one, w.reviews[0], 9, "WORDS-one")
	h.write(t, w.two, w.reviews[1], 4, "WORDS-two")
	h.write(t, w.late, w.reviews[2], 5, "WORDS-late")
	for i, sc := range []tenants.Scope{w.one, w.two} {
		if err := h.service.Submit(t.Context(), sc, w.reviews[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.service.Talk(t.Context(), w.coordinator, h.call.ID, talk); err != nil {
		t.Fatal(err)
	}
	return w
}

func discussion(id ids.Review) string { return "/reviews/" + id.String() + "/discussion" }

// TestReviewersTalkAfterTheirOwnSubmission is the rule for each state of the own review.
func TestReviewersTalkAfterTheirOwnSubmission(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true})
	may := func(when string, sc tenants.Scope, id ids.Review, want bool) {
		t.Helper()
		_, read := h.service.Discussion(t.Context(), sc, id)
		written := h.service.Say(t.Context(), sc, id, 0, "MESSAGE "+when)
		for what, err := range map[string]error{"reads": read, "writes": written} {
			if want && err != nil || !want && !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s, somebody %s: %v", when, what, err)
			}
		}
	}
	may("submitted", w.one, w.reviews[0], true)
	may("still owed", w.late, w.reviews[2], false)
	may("another's review", w.one, w.reviews[1], false)
	may("the coordinator", w.coordinator, w.reviews[0], false)
	may("a lead", w.leads[0], w.reviews[0], false)
	if err := h.service.Resume(t.Context(), w.one, w.reviews[0]); err != nil {
		t.Fatal(err)
	}
	may("taken back", w.one, w.reviews[0], false)
	if err := h.service.Submit(t.Context(), w.one, w.reviews[0]); err != nil {
		t.Fatal(err)
	}
	may("submitted again", w.one, w.reviews[0], true)
	if err := h.service.DeclareConflict(t.Context(), w.one, w.application.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
		t.Fatal(err)
	}
	may("with a conflict of interest", w.one, w.reviews[0], false)
	may("the other", w.two, w.reviews[1], true)
	if err := h.service.Talk(t.Context(), w.coordinator, h.call.ID, selection.Talk{Named: true}); err != nil {
		t.Fatal(err)
	}
	may("not wanted by the call", w.two, w.reviews[1], false)
	for who, role := range map[string]tenants.Role{"an officer": tenants.RoleOfficer, "the chair": tenants.RoleChair, "a reviewer": tenants.RoleReviewer} {
		if err := h.service.Talk(t.Context(), h.role(t, who, role), h.call.ID, selection.Talk{On: true}); err == nil {
			t.Errorf("%s lets reviewers talk", who)
		}
	}
	if n := h.audited(t, "discussion.arranged"); n != 2 {
		t.Errorf("%d changes are audited", n)
	}
}

// TestWhatReviewersSeeOfEachOther holds names, letters, comments to the panel, and earlier totals to what the call says.
func TestWhatReviewersSeeOfEachOther(t *testing.T) {
	t.Parallel()
	for name, talk := range map[string]selection.Talk{"letters": {On: true}, "names": {On: true, Named: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			w := h.talked(t, talk)
			if err := h.service.Say(t.Context(), w.one, w.reviews[0], 1, "MESSAGE-one"); err != nil {
				t.Fatal(err)
			}
			if err := h.service.Resume(t.Context(), w.one, w.reviews[0]); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.service.SaveAll(t.Context(), w.one, w.reviews[0], []selection.Typed{{Ref: h.call.Criteria[0].Key, Score: 8, Feedback: words("WORDS-one changed"), Base: 1}}); err != nil {
				t.Fatal(err)
			}
			if err := h.service.Submit(t.Context(), w.one, w.reviews[0]); err != nil {
				t.Fatal(err)
			}
			browser := h.SignedIn(t, w.two.Actor())
			browser.Get("/reviews/" + w.reviews[1].String())
			browser.Want(http.StatusOK, "See the other reviews, and talk")
			page := browser.Get(discussion(w.reviews[1]))
			browser.Want(http.StatusOK, "MESSAGE-one", "WORDS-one", "before it was changed: 90.0", "You")
			if named := strings.Contains(page.Body, "NAME-one"); named != talk.Named {
				t.Errorf("the other is named: %v", named)
			}
			if lettered := strings.Contains(page.Text(), "Reviewer A"); lettered == talk.Named {
				t.Errorf("the other has a letter: %v", lettered)
			}
			for _, secret := range []string{"COMMENT WORDS-one", "WORDS-late", "NAME-late", w.reviews[0].String(), w.one.Actor().Person.String()} {
				if strings.Contains(page.Body, secret) {
					t.Errorf("%s stands on the page", secret)
				}
			}
		})
	}
}

func TestMessagesArriveOnceAndAreTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true})
	browser := h.SignedIn(t, w.one.Actor())
	path := discussion(w.reviews[0])
	for what, text := range map[string]string{"": "This field", strings.Repeat("x", selection.MaxMessage+1): "4000"} {
		browser.Get(path)
		browser.Submit(path, "text", what)
		browser.Want(http.StatusUnprocessableEntity)
		if !strings.Contains(browser.Get(path).Text(), "Nobody has written anything yet.") {
			t.Errorf("%.20q is sent (%s)", what, text)
		}
	}
	page := browser.Get(path)
	form := map[string][]string{"_csrf": {page.Value("_csrf")}, "nth": {page.Value("nth")}, "text": {"MESSAGE <b>one</b>"}}
	browser.Post(path, form)
	browser.Want(http.StatusOK, "Your message is sent.", "MESSAGE <b>one</b>")
	browser.Post(path, form)
	d, err := h.service.Discussion(t.Context(), w.two, w.reviews[1])
	if err != nil || len(d.Said) != 1 || d.Said[0].Voice.Own || d.Said[0].Voice.Letter != "A" {
		t.Fatalf("%+v, %v", d.Said, err)
	}
	if err := h.service.Say(t.Context(), w.one, w.reviews[0], 2, "MESSAGE <b>one</b>"); err != nil {
		t.Error(err)
	}
	h.Jobs(t)
	for who, want := range map[*tenants.Scope]int{&w.one: 0, &w.two: 2, &w.late: 0, &w.coordinator: 0} {
		if got := h.newsFor(who.Actor().Person)["selection.notify.discussed"]; got != want {
			t.Errorf("%s is told %d times, want %d", h.people[who.Actor().Person].Name, got, want)
		}
	}
	h.told.mu.Lock()
	defer h.told.mu.Unlock()
	for _, n := range h.news {
		if n.Key == "selection.notify.discussed" && (strings.Contains(everything(t, n), "NAME") || strings.Contains(everything(t, n), "MESSAGE")) {
			t.Errorf("the notification says %s", everything(t, n))
		}
	}
}

// TestWhoElseReadsWhatReviewersSay lets those who decide read along, unless they have a conflict of interest or owe a review, and
// ends the talk with the decisions.
func TestWhoElseReadsWhatReviewersSay(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true})
	if err := h.service.Say(t.Context(), w.one, w.reviews[0], 1, "MESSAGE-one"); err != nil {
		t.Fatal(err)
	}
	officer, chair := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Otto", tenants.RoleChair)
	folder := "/selection/applications/" + w.application.ID.String()
	for who, sc := range map[string]tenants.Scope{"the coordinator": w.coordinator, "an officer": officer, "the chair": chair} {
		browser := h.SignedIn(t, sc.Actor())
		browser.Get(folder)
		browser.Want(http.StatusOK, "MESSAGE-one", "NAME-one")
		if browser.Get(discussion(w.reviews[0])).Status != http.StatusNotFound {
			t.Errorf("%s opens the reviewers' own page", who)
		}
	}
	h.assign(t, w.application, chair)
	browser := h.SignedIn(t, chair.Actor())
	if page := browser.Get(folder); strings.Contains(page.Body, "MESSAGE") {
		t.Error("the chair, who owes a review, reads what the others say")
	}
	if err := h.service.DeclareConflict(t.Context(), officer, w.application.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
		t.Fatal(err)
	}
	browser = h.SignedIn(t, officer.Actor())
	if page := browser.Get(folder); page.Status != http.StatusNotFound {
		t.Errorf("an officer with a conflict of interest reads: %d", page.Status)
	}
	for _, lead := range w.leads {
		browser := h.SignedIn(t, lead.Actor())
		for _, path := range slices.Concat(pages(h.call.ID, w.application.ID, w.reviews[0]), []string{discussion(w.reviews[0])}) {
			if page := browser.Get(path); strings.Contains(page.Body, "MESSAGE") || strings.Contains(page.Body, "NAME-") {
				t.Errorf("an applicant reads at %s", path)
			}
		}
	}
	h.decide(t, w.coordinator, events.OutcomeSelected, w.application)
	if err := h.service.Close(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Say(t.Context(), w.two, w.reviews[1], 1, "Too late"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("somebody writes after the decisions are closed: %v", err)
	}
	browser = h.SignedIn(t, w.two.Actor())
	page := browser.Get(discussion(w.reviews[1]))
	browser.Want(http.StatusOK, "MESSAGE-one", "The decisions are closed")
	if strings.Contains(page.Body, "<textarea") {
		t.Error("a form is offered after the decisions are closed")
	}
}

// TestDiscussionAsksAsOften holds the page to as many queries for three messages and reviews as for one.
func TestDiscussionAsksAsOften(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true, Named: true})
	browser, path := h.SignedIn(t, w.one.Actor()), discussion(w.reviews[0])
	say := func(sc tenants.Scope, id ids.Review) {
		t.Helper()
		if err := h.service.Say(t.Context(), sc, id, 0, "Message"); err != nil {
			t.Fatal(err)
		}
	}
	ask := func() int64 {
		return h.queries.Least(func() {
			browser.Get(path)
			browser.Want(http.StatusOK)
		})
	}
	say(w.one, w.reviews[0])
	before := ask()
	if err := h.service.Submit(t.Context(), w.late, w.reviews[2]); err != nil {
		t.Fatal(err)
	}
	say(w.two, w.reviews[1])
	say(w.late, w.reviews[2])
	if after := ask(); after != before {
		t.Errorf("%d queries, then %d", before, after)
	}
}

// TestReviewersTalkInABrowser is the whole way: the coordinator allows it, one writes, another reads, in three languages.
func TestReviewersTalkInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{})
	c := "/selection/" + h.call.ID.String() + "/agreement"
	staff := h.SignedIn(t, w.coordinator.Actor())
	staff.Get(c)
	staff.Submit(c+"/discussion", "talk", "letters")
	staff.Want(http.StatusOK, "Saved.")
	for i, look := range looks {
		writer, at := h.visit(t, look, w.one)
		writer.Go(at.Address(discussion(w.reviews[0])))
		writer.Accessible("discussion-" + look.Language)
		writer.Write("#f-text", "Çok güzel yazılmış "+look.Language)
		writer.Press(map[string]string{"en": "Send", "tr": "Gönder", "de": "Senden"}[look.Language])
		writer.Sees("Çok güzel yazılmış " + look.Language)
		reader, at := h.visit(t, look, w.two)
		reader.Go(at.Address(discussion(w.reviews[1])))
		reader.Accessible("discussion-read-" + look.Language)
		if text := reader.Text(); strings.Count(text, "Çok güzel yazılmış") != i+1 {
			t.Errorf("%s: the other reads %s", look.Language, text)
		}
		folder, at := h.visit(t, look, w.coordinator)
		folder.Go(at.Address("/selection/applications/" + w.application.ID.String()))
		folder.Accessible("discussion-folder-" + look.Language)
	}
}
