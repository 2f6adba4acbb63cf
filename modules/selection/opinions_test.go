package selection_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// doubted is an application with two reviews that are close, and somebody free for one more.
type doubted struct {
	officer, one, two, free tenants.Scope
	application             selection.Application
	reviews                 []ids.Review // of one and two
}

func (h *house) doubted(t *testing.T) doubted {
	t.Helper()
	w := doubted{
		officer: h.role(t, "Ofis", tenants.RoleOfficer), one: h.role(t, "NAME-one", tenants.RoleReviewer),
		two: h.role(t, "NAME-two", tenants.RoleReviewer), free: h.role(t, "Zeki", tenants.RoleReviewer),
	}
	w.application, _ = h.apply(t, "Ihlamur")
	w.reviews = h.assign(t, w.application, w.one, w.two)
	for i, sc := range []tenants.Scope{w.one, w.two} {
		h.write(t, sc, w.reviews[i], 6+i, "TEXT")
		must(t, h.service.Submit(t.Context(), sc, w.reviews[i]))
	}
	return w
}

// progress is how far the reviews of an application are, as somebody's board shows it.
func (h *house) progress(t *testing.T, sc tenants.Scope, id ids.Application) selection.Progress {
	t.Helper()
	b, err := h.service.Board(t.Context(), sc, h.call.ID)
	must(t, err)
	for _, row := range b.Rows {
		if row.ID == id {
			return row.Progress
		}
	}
	t.Fatal("the board lacks the application")
	return selection.Progress{}
}

func (h *house) opinions(t *testing.T, sc tenants.Scope, id ids.Application) []selection.Opinion {
	t.Helper()
	o, err := h.service.Opinions(t.Context(), sc, id)
	must(t, err)
	return o.Opinions
}

func opinionPath(a selection.Application) string {
	return "/selection/applications/" + a.ID.String() + "/opinion"
}

// TestAnOfficerWantsASecondOpinion goes from the wish to the review that meets it.
func TestAnOfficerWantsASecondOpinion(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	if p := h.progress(t, w.officer, w.application.ID); !p.Complete() || p.Third() {
		t.Fatalf("before: %+v", p)
	}
	browser := h.SignedIn(t, w.officer.Actor())
	browser.Get("/selection/applications/" + w.application.ID.String())
	browser.Want(http.StatusOK, "Nobody has asked for one.")
	browser.Get(opinionPath(w.application))
	browser.Submit(opinionPath(w.application), "reason", "  ")
	browser.Want(http.StatusUnprocessableEntity, "Why is a second opinion needed?")
	browser.Submit(opinionPath(w.application), "reason", "REASON-officer")
	browser.Want(http.StatusOK, "The application needs one more review now.", "REASON-officer", "Wanted by Ofis", "Nobody writes it yet.")
	if p := h.progress(t, w.officer, w.application.ID); !p.Third() || !p.Opinion || p.Apart || p.Complete() || p.Lacking() != 1 {
		t.Errorf("wanted: %+v", p)
	}
	browser.Get("/selection/" + h.call.ID.String() + "/ranking")
	browser.Want(http.StatusOK, "Second opinion awaited")
	page := browser.Get("/selection/" + h.call.ID.String() + "/thirds")
	browser.Want(http.StatusOK, "Second opinion wanted", w.application.Number)
	if err := h.service.AskOpinion(t.Context(), w.officer, w.application.ID, "Again"); fault.Of(err).Key != "selection.opinion.on_its_way" {
		t.Errorf("a second one is asked for while one is on its way: %v", err)
	}
	browser.Post("/selection/"+h.call.ID.String()+"/thirds", url.Values{"_csrf": {page.Value("_csrf")}, "due": {page.Value("due")}, "pair": page.Values("pair")})
	browser.Want(http.StatusOK, "Assigned.")
	if p := h.progress(t, w.officer, w.application.ID); p.Lacking() != 0 || !p.Opinion || p.Complete() {
		t.Errorf("assigned: %+v", p)
	}
	third := h.reviewOf(t, w.free, w.application.ID)
	h.write(t, w.free, third, 8, "TEXT")
	must(t, h.service.Submit(t.Context(), w.free, third))
	if p := h.progress(t, w.officer, w.application.ID); !p.Complete() || p.Opinion {
		t.Errorf("in: %+v", p)
	}
	for _, sc := range []tenants.Scope{w.one, w.two, w.free} {
		desk := h.SignedIn(t, sc.Actor())
		for _, path := range []string{"/reviews", "/reviews/" + h.reviewOf(t, sc, w.application.ID).String(), opinionPath(w.application)} {
			if text := desk.Get(path).Text(); strings.Contains(text, "REASON-officer") {
				t.Errorf("a reviewer reads on %s why a second opinion was wanted", path)
			}
		}
	}
	first := h.opinions(t, w.officer, w.application.ID)[0]
	if err := h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, first.ID, selection.TakeBackOpinion, ""); fault.Of(err).Key != "selection.opinion.answered_before" {
		t.Errorf("one that is in is taken back: %v", err)
	}
	must(t, h.service.AskOpinion(t.Context(), w.officer, w.application.ID, "Once more"))
	if p := h.progress(t, w.officer, w.application.ID); p.Lacking() != 1 {
		t.Errorf("a further one: %+v", p)
	}
	second := h.opinions(t, w.officer, w.application.ID)[1]
	must(t, h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, second.ID, selection.TakeBackOpinion, ""))
	if p := h.progress(t, w.officer, w.application.ID); !p.Complete() || p.Required != 3 {
		t.Errorf("taken back: %+v", p)
	}
	if n := h.audited(t, "opinion.wanted") + 10*h.audited(t, "opinion.taken_back"); n != 12 {
		t.Errorf("the trail has %d", n)
	}
}

// TestAReviewerAsksForASecondOpinion goes from the question over a refusal to one that is granted.
func TestAReviewerAsksForASecondOpinion(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	other, _ := h.apply(t, "Zeytin")
	owed := h.assign(t, other, w.one)[0]
	must(t, h.service.Declare(t.Context(), w.one, owed, selection.Declaration{}))
	if err := h.service.RequestOpinion(t.Context(), w.one, owed, "Early"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("before the own review is in: %v", err)
	}
	if err := h.service.RequestOpinion(t.Context(), w.two, w.reviews[0], "Not mine"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("for another's review: %v", err)
	}
	desk := h.SignedIn(t, w.one.Actor())
	path := "/reviews/" + w.reviews[0].String()
	desk.Get(path)
	desk.Want(http.StatusOK, "Unsure? Ask for a second opinion")
	desk.Get(path + "/opinion")
	desk.Submit(path+"/opinion", "reason", "")
	desk.Want(http.StatusUnprocessableEntity, "Why is a second opinion needed?")
	desk.Submit(path+"/opinion", "reason", "REASON-reviewer")
	desk.Want(http.StatusOK, "Coordinators will answer.", "REASON-reviewer")
	if err := h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Twice"); fault.Of(err).Key != "selection.opinion.asked_before" {
		t.Errorf("twice: %v", err)
	}
	h.Jobs(t)
	if h.newsFor(w.officer.Actor().Person)["selection.notify.opinion_asked"] != 1 {
		t.Error("the officer is not told")
	}
	if p := h.progress(t, w.officer, w.application.ID); !p.Complete() {
		t.Errorf("what is only asked for is needed already: %+v", p)
	}
	if duties, err := h.service.Duties(t.Context(), w.officer); err != nil || !slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyOpinion && d.Count == 1 }) {
		t.Error(duties, err)
	}
	browser := h.SignedIn(t, w.officer.Actor())
	browser.Get("/selection/" + h.call.ID.String() + "/thirds")
	browser.Want(http.StatusOK, "Reviewers ask for a second opinion", w.application.Number)
	page := browser.Get(opinionPath(w.application))
	browser.Want(http.StatusOK, "REASON-reviewer", "NAME-one, who reviewed the application, asks for it")
	asked := h.opinions(t, w.officer, w.application.ID)[0]
	answers := "/selection/applications/" + w.application.ID.String() + "/opinions/" + asked.ID.String()
	field := "refusal-" + asked.ID.String()
	for typed, said := range map[string]string{"": "If not: why?", "As NAME-two is sure of it": "Please name no other reviewer here."} {
		browser.Post(answers, url.Values{"_csrf": {page.Value("_csrf")}, "answer": {"turned_down"}, field: {typed}})
		browser.Want(http.StatusUnprocessableEntity, said)
		if !strings.Contains(browser.Page.Text(), typed) {
			t.Errorf("what was typed is lost: %q", typed)
		}
	}
	browser.Post(answers, url.Values{"_csrf": {page.Value("_csrf")}, "answer": {"burn"}})
	browser.Want(http.StatusUnprocessableEntity)
	if err := h.service.AnswerOpinion(t.Context(), w.officer, other.ID, asked.ID, selection.GrantOpinion, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("under another application's address: %v", err)
	}
	browser.Post(answers, url.Values{"_csrf": {page.Value("_csrf")}, "answer": {"turned_down"}, field: {"ANSWER-no"}})
	browser.Want(http.StatusOK, "Turned down. The reviewer is told.", "ANSWER-no")
	browser.Post(answers, url.Values{"_csrf": {page.Value("_csrf")}, "answer": {"granted"}})
	browser.Want(http.StatusOK, "This was answered in the meantime.")
	desk.Get(path + "/opinion")
	desk.Want(http.StatusOK, "ANSWER-no", "It stays with the reviews that there are.")
	own, err := h.service.OwnOpinions(t.Context(), w.one, w.reviews[0])
	if err != nil || len(own) != 1 || !own[0].AnsweredBy.IsZero() {
		t.Errorf("the reviewer learns who answered: %+v, %v", own, err)
	}
	must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Please"))
	asked = h.opinions(t, w.officer, w.application.ID)[1]
	must(t, h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, asked.ID, selection.GrantOpinion, ""))
	if p := h.progress(t, w.officer, w.application.ID); !p.Third() || p.Lacking() != 1 {
		t.Errorf("granted: %+v", p)
	}
	h.Jobs(t)
	told := h.newsFor(w.one.Actor().Person)
	if told["selection.notify.opinion.turned_down"] != 1 || told["selection.notify.opinion.granted"] != 1 {
		t.Errorf("the reviewer is told %v", told)
	}
	for key := range h.newsFor(w.two.Actor().Person) {
		if strings.Contains(key, "opinion") {
			t.Errorf("another reviewer is told %s", key)
		}
	}
}

// TestNothingOfASecondOpinionReachesWhoMayNotKnow has one asked for, and looks with everybody's eyes.
func TestNothingOfASecondOpinionReachesWhoMayNotKnow(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	conflicted := h.role(t, "Tayfun", tenants.RoleOfficer)
	owing := h.someone(t, "Hem", tenanttest.Role(tenants.RoleOfficer), tenanttest.Role(tenants.RoleReviewer))
	must(t, h.service.DeclareConflict(t.Context(), conflicted, w.application.ID, selection.Declaration{Kind: selection.ConflictWork}))
	h.assign(t, w.application, owing)
	must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "REASON-reviewer"))
	h.Jobs(t)
	asked := h.opinions(t, w.officer, w.application.ID)[0].ID
	lead := h.someone(t, "Lead", tenants.Grant{Role: tenants.RoleLead, Organization: w.application.Organizations[0].ID})
	for who, sc := range map[string]tenants.Scope{"a conflicted officer": conflicted, "an officer who owes a review": owing, "the other reviewer": w.two, "the chair": h.role(t, "Otto", tenants.RoleChair), "a lead": lead} {
		browser := h.SignedIn(t, sc.Actor())
		for _, path := range []string{opinionPath(w.application), "/selection/" + h.call.ID.String() + "/thirds", "/selection/applications/" + w.application.ID.String(), "/selection", "/reviews"} {
			text := browser.Get(path).Text()
			for _, secret := range []string{"REASON-reviewer", "NAME-one, who reviewed", "ask for a second opinion"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s reads %q on %s", who, secret, path)
				}
			}
		}
		if duties, err := h.service.Duties(t.Context(), sc); err != nil || slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyOpinion }) {
			t.Errorf("%s is asked to answer: %v, %v", who, duties, err)
		}
		if h.newsFor(sc.Actor().Person)["selection.notify.opinion_asked"] > 0 {
			t.Errorf("%s is told", who)
		}
		if err := h.service.AnswerOpinion(t.Context(), sc, w.application.ID, asked, selection.GrantOpinion, ""); err == nil {
			t.Errorf("%s answers", who)
		}
		if err := h.service.AskOpinion(t.Context(), sc, w.application.ID, "Please"); err == nil {
			t.Errorf("%s asks as an officer", who)
		}
	}
	if len(h.opinions(t, owing, w.application.ID)) > 0 {
		t.Error("an officer who owes a review is shown what was asked for")
	}
	for sc, want := range map[*tenants.Scope][]ids.Opinion{&owing: {asked}, &w.officer: nil} {
		if got, err := h.service.ConcealedOpinions(t.Context(), *sc); err != nil || !slices.Equal(got, want) {
			t.Errorf("the trail conceals %v, want %v: %v", got, want, err)
		}
	}
	var among int
	must(t, h.System().Read().NewRaw("SELECT count(*) FROM audit_entries WHERE subject_id = ? AND detail -> ? @> to_jsonb(?::text)", asked.String(), audit.Among, w.application.ID.String()).Scan(t.Context(), &among))
	if among != 1 {
		t.Error("the entry does not say what it is about, so that who has a conflict of interest reads it")
	}
}

// TestAnAnswerDoesNotSayWhoApplies where reviewers do not learn it; where they do, it may.
func TestAnAnswerDoesNotSayWhoApplies(t *testing.T) {
	t.Parallel()
	for _, anonymous := range []bool{false, true} {
		h := open(t)
		w := h.doubted(t)
		must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Please"))
		h.around.mu.Lock()
		h.calls[0].Review.Anonymous = anonymous
		h.around.mu.Unlock()
		asked := h.opinions(t, w.officer, w.application.ID)[0].ID
		err := h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, asked, selection.TurnDownOpinion, "What "+w.application.Organizations[0].Name+" plans is clear.")
		if anonymous != fault.Is(err, fault.KindInvalid) || !anonymous && err != nil {
			t.Errorf("anonymous %t: %v", anonymous, err)
		}
	}
}

// TestASecondOpinionFollowsAFirst holds an officer to one review that is in.
func TestASecondOpinionFollowsAFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, one := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Bir", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, one)[0]
	if err := h.service.AskOpinion(t.Context(), officer, a.ID, "Please"); fault.Of(err) == nil || fault.Of(err).Key != "selection.opinion.no_first" {
		t.Errorf("before a first: %v", err)
	}
	h.write(t, one, id, 6, "TEXT")
	must(t, h.service.Submit(t.Context(), one, id))
	must(t, h.service.AskOpinion(t.Context(), officer, a.ID, "Please"))
}

// TestOppositeAnswersToASecondOpinionMeet lets one of two win, and the other is told.
func TestOppositeAnswersToASecondOpinionMeet(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	second := h.role(t, "Defne", tenants.RoleCoordinator)
	must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Please"))
	id := h.opinions(t, w.officer, w.application.ID)[0].ID
	var both sync.WaitGroup
	found := make([]error, 2)
	both.Go(func() {
		found[0] = h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, id, selection.GrantOpinion, "")
	})
	both.Go(func() {
		found[1] = h.service.AnswerOpinion(t.Context(), second, w.application.ID, id, selection.TurnDownOpinion, "No need")
	})
	both.Wait()
	won := slices.IndexFunc(found, func(err error) bool { return err == nil })
	if won < 0 || fault.Of(found[1-won]) == nil || fault.Of(found[1-won]).Key != "selection.opinion.answered_before" {
		t.Fatalf("%v", found)
	}
	want := []selection.OpinionState{selection.OpinionGranted, selection.OpinionTurnedDown}[won]
	if got := h.opinions(t, w.officer, w.application.ID)[0].State; got != want {
		t.Errorf("it is %s, want %s", got, want)
	}
}

// TestClosedDecisionsHaveNoFurtherOpinion is the end of asking and of answering.
func TestClosedDecisionsHaveNoFurtherOpinion(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Please"))
	id := h.opinions(t, w.officer, w.application.ID)[0].ID
	h.decide(t, coordinator, "selected", w.application)
	must(t, h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()))
	for what, err := range map[string]error{
		"an officer asks": h.service.AskOpinion(t.Context(), w.officer, w.application.ID, "Late"),
		"a reviewer asks": h.service.RequestOpinion(t.Context(), w.two, w.reviews[1], "Late"),
		"an answer":       h.service.AnswerOpinion(t.Context(), w.officer, w.application.ID, id, selection.GrantOpinion, ""),
	} {
		if fault.Of(err) == nil || fault.Of(err).Key != "selection.list.not_open" {
			t.Errorf("%s: %v", what, err)
		}
	}
	browser := h.SignedIn(t, w.officer.Actor())
	browser.Get(opinionPath(w.application))
	browser.Want(http.StatusOK, "nothing can be asked or answered any more")
	if duties, err := h.service.Duties(t.Context(), w.officer); err != nil || slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyOpinion }) {
		t.Error("what cannot be answered is still to do", duties, err)
	}
}

// TestFurtherReviewsAskAsOften holds the page to as many queries for three applications as for one.
func TestFurtherReviewsAskAsOften(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.doubted(t)
	must(t, h.service.RequestOpinion(t.Context(), w.one, w.reviews[0], "Please"))
	must(t, h.service.AskOpinion(t.Context(), w.officer, w.application.ID, "Please"))
	browser := h.SignedIn(t, w.officer.Actor())
	measure := func() []int64 {
		return []int64{
			h.queries.Least(func() { browser.Get("/selection/" + h.call.ID.String() + "/thirds") }),
			h.queries.Least(func() { browser.Get(opinionPath(w.application)) }),
			h.queries.Least(func() { browser.Get("/selection") }),
		}
	}
	before := measure()
	for _, name := range []string{"Zeytin", "Meşe"} {
		a, _ := h.apply(t, name)
		h.review(t, a, map[*tenants.Scope]int{&w.one: 6, &w.two: 7})
		must(t, h.service.AskOpinion(t.Context(), w.officer, a.ID, "Please"))
		must(t, h.service.RequestOpinion(t.Context(), w.one, h.reviewOf(t, w.one, a.ID), "Please"))
	}
	must(t, h.service.RequestOpinion(t.Context(), w.two, w.reviews[1], "Please"))
	if after := measure(); !slices.Equal(before, after) {
		t.Errorf("%v queries, then %v", before, after)
	}
}
