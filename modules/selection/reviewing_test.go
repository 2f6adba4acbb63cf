package selection_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestReviewersAreAssignedOnceAndTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Bir Okur", tenants.RoleReviewer), h.role(t, "İki Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	cmd := selection.Assignment{
		Applications: []ids.Application{a.ID, b.ID}, Reviewers: []ids.Person{one.Actor().Person, two.Actor().Person}, DueAt: h.due(),
	}
	for range 2 {
		if _, err := h.service.Assign(t.Context(), officer, h.call.ID, cmd); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	for _, r := range []tenants.Scope{one, two} {
		mails := h.mailsTo(r.Actor().Person)
		if len(mails) != 1 || mails[0].Kind != "selection.mail.assigned" || mails[0].Args["count"] != "2" || mails[0].Hold {
			t.Errorf("mails: %+v", mails)
		}
		queue, err := h.service.Queue(t.Context(), r)
		if err != nil || len(queue) != 2 {
			t.Errorf("queue: %d, %v", len(queue), err)
		}
	}
	if n := h.count("review_began", a.ID); n != 1 {
		t.Errorf("the review of one began %d times", n)
	}
	c, _ := h.apply(t, "Zeytin")
	h.assign(t, c, one)
	h.Jobs(t)
	if mails := h.mailsTo(one.Actor().Person); len(mails) != 2 || mails[1].Kind != "selection.mail.more" {
		t.Errorf("a further assignment: %+v", mails)
	}
	board, err := h.service.Board(t.Context(), officer, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	who, _ := board.Reviewer(one.Actor().Person)
	if who.Assigned != 3 || who.Undeclare != 3 || who.Submitted != 0 || who.Overdue != 0 {
		t.Errorf("load: %+v", who)
	}
}

func TestAnAssignmentIsRefusedWhereItMust(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, reviewer := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Okur", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	good := selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()}
	with := func(change func(*selection.Assignment)) selection.Assignment {
		cmd := good
		change(&cmd)
		return cmd
	}
	for name, tt := range map[string]struct {
		cmd  selection.Assignment
		want fault.Kind
	}{
		"nobody":                {with(func(c *selection.Assignment) { c.Reviewers = nil }), fault.KindInvalid},
		"nothing":               {with(func(c *selection.Assignment) { c.Applications = nil }), fault.KindInvalid},
		"a day in the past":     {with(func(c *selection.Assignment) { c.DueAt = time.Now().Add(-time.Hour) }), fault.KindInvalid},
		"somebody who may not":  {with(func(c *selection.Assignment) { c.Reviewers = []ids.Person{officer.Actor().Person} }), fault.KindNotFound},
		"an applicant":          {with(func(c *selection.Assignment) { c.Reviewers = []ids.Person{leads[0].Actor().Person} }), fault.KindNotFound},
		"an invented one":       {with(func(c *selection.Assignment) { c.Applications = []ids.Application{ids.New[ids.Application]()} }), fault.KindNotFound},
		"one invented of two":   {with(func(c *selection.Assignment) { c.Applications = append(c.Applications, ids.New[ids.Application]()) }), fault.KindNotFound},
		"an application nobody": {with(func(c *selection.Assignment) { c.Applications = []ids.Application{{}} }), fault.KindNotFound},
	} {
		if _, err := h.service.Assign(t.Context(), officer, h.call.ID, tt.cmd); !fault.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if queue, err := h.service.Queue(t.Context(), reviewer); err != nil || len(queue) != 0 {
		t.Errorf("after all that: %d, %v", len(queue), err)
	}
	h.decided(a.ID)
	if _, err := h.service.Assign(t.Context(), officer, h.call.ID, good); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a decided one: %v", err)
	}
}

func TestConflictsThatCanBeSeenAreRefusedOrLeftOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, free := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Serbest", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	member := h.someone(t, "Üye", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: a.Organizations[0].ID})
	colleague := h.role(t, "Meslektaş", tenants.RoleReviewer)
	h.around.mu.Lock()
	lead := h.people[leads[1].Actor().Person]
	h.people[colleague.Actor().Person] = selection.Person{Name: "Meslektaş", Email: "meslektas@" + strings.SplitAfter(lead.Email, "@")[1]}
	h.around.mu.Unlock()
	cmd := selection.Assignment{
		Applications: []ids.Application{a.ID, b.ID}, DueAt: h.due(), Reviewers: []ids.Person{member.Actor().Person, colleague.Actor().Person, free.Actor().Person},
	}
	refused, err := h.service.Assign(t.Context(), officer, h.call.ID, cmd)
	got := map[ids.Person]selection.ConflictKind{}
	for _, r := range refused {
		got[r.Person] = r.Kind
	}
	want := map[ids.Person]selection.ConflictKind{member.Actor().Person: selection.ConflictMembership, colleague.Actor().Person: selection.ConflictDomain}
	if diff := cmp.Diff(want, got); diff != "" || !fault.Is(err, fault.KindConflict) {
		t.Fatalf("refused: %s, %v", diff, err)
	}
	if queue, err := h.service.Queue(t.Context(), free); err != nil || len(queue) != 0 {
		t.Errorf("something was assigned though it was refused: %d, %v", len(queue), err)
	}
	cmd.Skip = true
	if _, err := h.service.Assign(t.Context(), officer, h.call.ID, cmd); err != nil {
		t.Fatal(err)
	}
	for who, n := range map[*tenants.Scope]int{&free: 2, &member: 1, &colleague: 1} {
		if queue, err := h.service.Queue(t.Context(), *who); err != nil || len(queue) != n {
			t.Errorf("%s has %d reviews, want %d (%v)", who.Actor().Name, len(queue), n, err)
		}
	}
}

func TestNothingBeforeTheDeclaration(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	b := h.SignedIn(t, reviewer.Actor())
	path := "/reviews/" + id.String()
	b.Get(path)
	b.Want(200, "Conflict of interest?", "Ihlamur Derneği", "Ihlamur e. V.")
	for _, secret := range []string{"ANSWERS", "Muğla", "Köln", "Türkiye", "Need and relevance"} {
		if strings.Contains(b.Page.Text(), secret) {
			t.Errorf("%q is shown before the declaration", secret)
		}
	}
	if all, err := h.service.Standings(t.Context(), reviewer, []ids.Application{a.ID}); err != nil || all[a.ID].Assigned {
		t.Errorf("standing before the declaration: %+v, %v", all, err)
	}
	for _, verb := range []func() error{
		func() error {
			_, err := h.service.Save(t.Context(), reviewer, id, selection.Typed{Ref: "need", Score: 7})
			return err
		},
		func() error { return h.service.Submit(t.Context(), reviewer, id) },
		func() error { return h.service.Resume(t.Context(), reviewer, id) },
	} {
		if err := verb(); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("before the declaration: %v", err)
		}
	}
	b.Get(path)
	b.Submit(path+"/declaration", "conflict", "no")
	b.Want(200, "ANSWERS", "Need and relevance", "weight 25")
	if all, err := h.service.Standings(t.Context(), reviewer, []ids.Application{a.ID}); err != nil || !all[a.ID].Assigned {
		t.Errorf("standing after it: %+v, %v", all, err)
	}
	b.Post(path+"/declaration", map[string][]string{"_csrf": {b.Page.Value("_csrf")}, "conflict": {"no"}})
	b.Want(200, "ANSWERS") // a second click
}

func TestAConflictTakesTheApplicationAwayAndCanBeUndoneByAnotherCoordinator(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, coordinator := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Defne", tenants.RoleCoordinator)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	h.write(t, reviewer, id, 7, "TEXT")
	if err := h.service.Submit(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]selection.Declaration{"no kind": {}, "a kind of the program's own": {Kind: selection.ConflictDomain}, "other without words": {Kind: selection.ConflictOther}} {
		if err := h.service.DeclareConflict(t.Context(), reviewer, a.ID, d); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.DeclareConflict(t.Context(), reviewer, a.ID, selection.Declaration{Kind: selection.ConflictFamily, Note: "Kuzenim orada."}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Desk(t.Context(), reviewer, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the review is still there: %v", err)
	}
	if err := h.service.DeclareConflict(t.Context(), reviewer, a.ID, selection.Declaration{Kind: selection.ConflictFamily}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("declared twice: %v", err)
	}
	board, err := h.service.Board(t.Context(), officer, h.call.ID)
	if err != nil || board.Rows[0].Progress.Submitted != 0 || board.Rows[0].Progress.Lacking() != 2 {
		t.Errorf("the review still counts: %+v, %v", board.Rows, err)
	}
	h.Jobs(t)
	if got := h.newsFor(officer.Actor().Person)["selection.notify.replacement"]; got != 1 {
		t.Errorf("the officer was told %d times", got)
	}
	_, listed, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
	if err != nil || len(listed) != 1 {
		t.Fatalf("%d conflicts, %v", len(listed), err)
	}
	conflict := listed[0].Conflict.ID
	for name, sc := range map[string]tenants.Scope{"an officer": officer, "the reviewer": reviewer, "a chair": h.role(t, "Otto", tenants.RoleChair), "a visitor": h.Visitor()} {
		if err := h.service.Undo(t.Context(), sc, conflict, "x"); err == nil {
			t.Errorf("%s undoes a conflict", name)
		}
	}
	if err := h.service.Undo(t.Context(), coordinator, conflict, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := h.service.Undo(t.Context(), coordinator, conflict, "Başka bir kuruluşmuş."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Undo(t.Context(), coordinator, conflict, "again"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("undone twice: %v", err)
	}
	if d, err := h.service.Desk(t.Context(), reviewer, id); err != nil || d.State != selection.ReviewAssigned {
		t.Errorf("after it was undone: %v, %v", d.State, err)
	}
}

func TestNobodyClearsThemselves(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, second := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "İpek", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	if err := h.service.DeclareConflict(t.Context(), coordinator, a.ID, selection.Declaration{Kind: selection.ConflictMoney}); err != nil {
		t.Fatal(err)
	}
	_, listed, err := h.service.Conflicts(t.Context(), second, h.call.ID)
	if err != nil || len(listed) != 1 {
		t.Fatal(len(listed), err)
	}
	if err := h.service.Undo(t.Context(), coordinator, listed[0].Conflict.ID, "oops"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a coordinator clears herself: %v", err)
	}
	if err := h.service.Undo(t.Context(), second, listed[0].Conflict.ID, "Yanlış tıklama"); err != nil {
		t.Error(err)
	}
}

func TestDraftsAreKeptAndClashesShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	save := func(typed selection.Typed) (selection.Saved, error) {
		return h.service.Save(t.Context(), reviewer, id, typed)
	}
	saved, err := save(selection.Typed{Ref: "need", Score: 8, Feedback: "  Somut bir sorun.  "})
	if err != nil || saved.Version != 1 {
		t.Fatal(saved, err)
	}
	if again, err := save(selection.Typed{Ref: "need", Score: 8, Feedback: "Somut bir sorun."}); err != nil || again.Version != 1 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	_, err = save(selection.Typed{Ref: "need", Score: 3, Feedback: "Öteki sekme", Base: 0})
	if clash, ok := errors.AsType[*selection.Clash](err); !ok || clash.Theirs.Score != 8 || clash.Yours.Feedback != "Öteki sekme" {
		t.Errorf("an old page: %v", err)
	}
	if next, err := save(selection.Typed{Ref: "need", Score: 9, Feedback: "Daha iyi", Base: 1}); err != nil || next.Version != 2 {
		t.Errorf("a new page: %+v, %v", next, err)
	}
	if _, err := save(selection.Typed{Ref: "comment", Score: selection.NoScore, Feedback: "Kurula"}); err != nil {
		t.Error(err)
	}
	for name, tt := range map[string]struct {
		typed selection.Typed
		want  fault.Kind
	}{
		"a score beyond the scale": {selection.Typed{Ref: "need", Score: 11, Base: 2}, fault.KindInvalid},
		"a negative score":         {selection.Typed{Ref: "need", Score: -2, Base: 2}, fault.KindInvalid},
		"a comment with a score":   {selection.Typed{Ref: "comment", Score: 5, Base: 1}, fault.KindInvalid},
		"too long":                 {selection.Typed{Ref: "need", Score: 5, Feedback: strings.Repeat("ğ", 2001), Base: 2}, fault.KindInvalid},
		"NUL":                      {selection.Typed{Ref: "need", Score: 5, Feedback: "a\x00b", Base: 2}, fault.KindInvalid},
		"no UTF-8":                 {selection.Typed{Ref: "need", Score: 5, Feedback: "\xff", Base: 2}, fault.KindInvalid},
		"turned around":            {selection.Typed{Ref: "need", Score: 5, Feedback: "a\u202eb", Base: 2}, fault.KindInvalid},
		"an unknown criterion":     {selection.Typed{Ref: "beauty", Score: 5}, fault.KindNotFound},
		"no criterion":             {selection.Typed{Score: 5}, fault.KindNotFound},
	} {
		if _, err := save(tt.typed); !fault.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d, err := h.service.Desk(t.Context(), reviewer, id)
	total, complete := d.Total()
	if err != nil || d.Mark("need").Score != 9 || d.Mark("need").Feedback != "Daha iyi" || d.Comment != "Kurula" || total != 2250 || complete {
		t.Errorf("kept: %+v, %d, %v, %v", d.Marks, total, complete, err)
	}
}

func TestFeedbackDoesNotNameWhoReviews(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	one, two := h.role(t, "Rüya Okur", tenants.RoleReviewer), h.role(t, "Sarp Yazar", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	all := h.assign(t, a, one, two)
	submit := func(feedback string) error {
		t.Helper()
		d, err := h.service.Desk(t.Context(), one, all[0])
		if err != nil {
			t.Fatal(err)
		}
		m := d.Mark("need")
		if _, err := h.service.Save(t.Context(), one, all[0], selection.Typed{Ref: "need", Score: 7, Feedback: feedback, Base: m.Version}); err != nil {
			t.Fatal(err)
		}
		return h.service.Submit(t.Context(), one, all[0])
	}
	h.write(t, one, all[0], 7, "TEXT")
	if err := submit("Sevgiler, RUYA OKUR'dan"); !fault.Is(err, fault.KindInvalid) || !strings.Contains(fmt.Sprintf("%+v", err), "names_reviewer") {
		t.Errorf("their own name: %v", err)
	}
	if err := h.service.Talk(t.Context(), coordinator, h.call.ID, selection.Talk{On: true, Named: true}); err != nil {
		t.Fatal(err)
	}
	if err := submit("Bunu Sarp Yazar da böyle görüyor"); err != nil {
		t.Errorf("a name that they do not know before they have submitted: %v", err)
	}
	h.write(t, two, all[1], 6, "TEXT")
	if err := h.service.Submit(t.Context(), two, all[1]); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Resume(t.Context(), one, all[0]); err != nil {
		t.Fatal(err)
	}
	if err := submit("Bunu Sarp Yazar da böyle görüyor"); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a name that they know by now: %v", err)
	}
	if err := submit("Bu rüya okurken kaybolmuyor, anlatı açık."); err != nil {
		t.Errorf("other words: %v", err)
	}
}

func TestSubmittingResumingAndTheThirdReview(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	one, two, three := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer), h.role(t, "Üç", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	all := h.assign(t, a, one, two)
	if err := h.service.Declare(t.Context(), one, all[0], selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Submit(t.Context(), one, all[0]); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("an empty review: %v", err)
	}
	h.write(t, one, all[0], 9, "TEXT")
	h.write(t, two, all[1], 6, "TEXT")
	for i, reviewer := range []tenants.Scope{one, two} {
		if err := h.service.Submit(t.Context(), reviewer, all[i]); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	if n := h.count("reviews_completed", a.ID); n != 0 {
		t.Errorf("completed %d times though the totals are 30 apart", n)
	}
	if got := h.newsFor(officer.Actor().Person)["selection.notify.third"]; got != 1 {
		t.Errorf("the officer was told %d times of the third review", got)
	}
	duties, err := h.service.Duties(t.Context(), officer)
	if err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyThird {
		t.Errorf("the officer's duties: %+v, %v", duties, err)
	}
	if err := h.service.Submit(t.Context(), one, all[0]); !fault.Is(err, fault.KindConflict) {
		t.Errorf("submitted twice: %v", err)
	}
	third := h.assign(t, a, three)[0]
	h.write(t, three, third, 7, "TEXT")
	if err := h.service.Submit(t.Context(), three, third); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if n := h.count("reviews_completed", a.ID); n != 1 {
		t.Errorf("completed %d times", n)
	}
	p, err := h.service.Panel(t.Context(), officer, h.call.ID)
	if err != nil || p.Ranked[0].Rank.Mean < 73.3 || p.Ranked[0].Rank.Mean > 73.4 || p.Ranked[0].Rank.Reviews != 3 || p.Ranked[0].Rank.Spread() != 30 {
		t.Errorf("ranked: %+v, %v", p.Ranked, err)
	}
	if err := h.service.Resume(t.Context(), three, third); err != nil {
		t.Fatal(err)
	}
	if p, err = h.service.Panel(t.Context(), officer, h.call.ID); err != nil || p.Ranked[0].Rank.Reviews != 2 {
		t.Errorf("a resumed review counts: %+v, %v", p.Ranked, err)
	}
	if given, submitted, err := selection.CountReviews(t.Context(), officer.Read()); err != nil || given != 3 || submitted != 2 {
		t.Errorf("counted %d of %d reviews, %v; not 2 of 3", submitted, given, err)
	}
	if err := h.service.Unassign(t.Context(), officer, all[0]); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a submitted review is taken away: %v", err)
	}
}

// TestTwoLastReviewsAtOnceAreNoticed holds that when the last two reviews come at the same moment, completion is announced.
func TestTwoLastReviewsAtOnceAreNoticed(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	for range 5 {
		a, _ := h.apply(t, "Ihlamur")
		all := h.assign(t, a, one, two)
		h.write(t, one, all[0], 8, "TEXT")
		h.write(t, two, all[1], 7, "TEXT")
		var both sync.WaitGroup
		for i, reviewer := range []tenants.Scope{one, two} {
			both.Go(func() {
				if err := h.service.Submit(t.Context(), reviewer, all[i]); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		h.Jobs(t)
		if n := h.count("reviews_completed", a.ID); n != 1 {
			t.Errorf("completed %d times", n)
		}
	}
}

func TestDueDatesMove(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, one := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Bir", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, one)
	later := h.due().AddDate(0, 0, 7).Truncate(time.Microsecond)
	if err := h.service.Postpone(t.Context(), officer, h.call.ID, time.Now().Add(-time.Hour)); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("into the past: %v", err)
	}
	for range 2 {
		if err := h.service.Postpone(t.Context(), officer, h.call.ID, later); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	if mails := h.mailsTo(one.Actor().Person); len(mails) != 2 || mails[1].Kind != "selection.mail.due_moved" {
		t.Errorf("told: %+v", mails)
	}
	queue, err := h.service.Queue(t.Context(), one)
	if err != nil || !queue[0].DueAt.Equal(later) {
		t.Errorf("due %v, want %v (%v)", queue[0].DueAt, later, err)
	}
}
