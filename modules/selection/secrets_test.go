package selection_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// pages are the addresses below which anything about a call, an application or a review can be read.
func pages(call ids.Call, application ids.Application, review ids.Review) []string {
	c, a, r := "/selection/"+call.String(), "/selection/applications/"+application.String(), "/reviews/"+review.String()
	return []string{
		"/desk", "/selection", c, c + "?need=complete", c + "/reviewers", c + "/conflicts", c + "/automatic", c + "/file", c + "/file?format=csv", "/selection/reviewers", "/reviews/profile", c + "/thirds", c + "/ranking", c + "/ranking?format=csv", c + "/ranking?format=xlsx",
		c + "/ranking?sort=mean", c + "/agreement", c + "/agreement?format=csv", c + "/agreement?of=measures&format=csv", c + "/agreement/instance", c + "/agreement/answer",
		c + "/reviews?format=csv", c + "/ranking?sort=adjusted", c + "/decisions", c + "/decisions/closing", c + "/decisions/signature", c + "/decisions/release", c + "/fairness", a, a + "/conflict", "/reviews", r,
		r + "/submission", "/applications/" + application.String() + "/reply", "/applications/" + application.String() + "/reply/refusal",
	}
}

// TestNothingOfTheReviewsReachesApplicants gives reviewers, scores and comments names that can be found again, goes
// through the whole selection, and after each step looks at everything that an applicant can open or is sent.
func TestNothingOfTheReviewsReachesApplicants(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "CANARY-coordinator", tenants.RoleCoordinator), h.role(t, "CANARY-chair", tenants.RoleChair)
	one, two := h.role(t, "CANARY-one", tenants.RoleReviewer), h.role(t, "CANARY-two", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, others := h.apply(t, "Zeytin")
	browsers := map[string]*sitetest.Browser{"a lead": h.SignedIn(t, leads[0].Actor()), "the partner": h.SignedIn(t, leads[1].Actor()), "another applicant": h.SignedIn(t, others[0].Actor())}
	var review ids.Review
	look := func(when string) {
		t.Helper()
		h.Jobs(t)
		for who, browser := range browsers {
			for _, path := range pages(h.call.ID, a.ID, review) {
				page := browser.Get(path)
				for _, secret := range []string{"CANARY", "SECRET-SCORE", "93.7", "93,7", "46.2"} {
					if strings.Contains(page.Body, secret) {
						t.Errorf("%s, %s reads %s at %s", when, who, secret, path)
					}
				}
				if page.Status == 200 && path != "/desk" && !strings.Contains(path, "/reply") {
					t.Errorf("%s, %s may open %s", when, who, path)
				}
			}
		}
		for _, lead := range slices.Concat(leads, others) {
			for _, m := range h.mailsTo(lead.Actor().Person) {
				for _, secret := range []string{"CANARY", "COMMENT", "93.7", "46.2"} {
					if strings.Contains(everything(t, m), secret) {
						t.Errorf("%s, a mail to an applicant holds %s: %s", when, secret, everything(t, m))
					}
				}
			}
			for key := range h.newsFor(lead.Actor().Person) {
				if !slices.Contains([]string{"selection.notify.decided", "selection.notify.accepted_by", "selection.notify.accepted"}, key) {
					t.Errorf("%s, an applicant is notified of %s", when, key)
				}
			}
		}
	}
	look("before anything")
	all := h.assign(t, a, one, two)
	review = all[0]
	look("assigned")
	h.write(t, one, all[0], 9, "What one thinks")
	h.write(t, two, all[1], 4, "What two thinks")
	for i, r := range []tenants.Scope{one, two} {
		if err := h.service.Submit(t.Context(), r, all[i]); err != nil {
			t.Fatal(err)
		}
	}
	look("reviewed")
	h.decide(t, coordinator, events.OutcomeSelected, a)
	h.decide(t, coordinator, events.OutcomeRejected, b)
	look("decided")
	for _, lead := range slices.Concat(leads, others) {
		if len(h.mailsTo(lead.Actor().Person)) != 0 || len(h.newsFor(lead.Actor().Person)) != 0 {
			t.Error("an applicant hears of a draft")
		}
	}
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	look("closed")
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	look("signed")
	for _, lead := range slices.Concat(leads, others) {
		for _, m := range h.mailsTo(lead.Actor().Person) {
			if !m.Hold {
				t.Error("a letter goes before the release")
			}
		}
		if len(h.newsFor(lead.Actor().Person)) != 0 {
			t.Error("an applicant is notified before the release")
		}
		if o, err := h.service.Offer(t.Context(), lead, a.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("an offer is shown before the release: %+v, %v", o, err)
		}
	}
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Fatal(err)
	}
	look("released")
	browsers["a lead"].Get("/applications/" + a.ID.String() + "/reply")
	browsers["a lead"].Want(200, "Accept the place")
	browsers["another applicant"].Get("/applications/" + a.ID.String() + "/reply")
	browsers["another applicant"].Want(404)
	for _, lead := range leads {
		if err := h.service.Accept(t.Context(), lead, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	look("accepted")
}

// TestForTheConflictedItDoesNotExist compares what somebody with a conflict of interest sees in a world with the
// application to what they see in one where it was never made: everything must be the same, whether they have declared the conflict
// or the program has found it.
func TestForTheConflictedItDoesNotExist(t *testing.T) {
	t.Parallel()
	roles := map[string]struct {
		held []tenants.Role
		tie  selection.ConflictKind // that is found; none: they declare one
	}{
		"a coordinator":                 {held: []tenants.Role{tenants.RoleCoordinator}},
		"an officer":                    {held: []tenants.Role{tenants.RoleOfficer}},
		"the chair":                     {held: []tenants.Role{tenants.RoleChair}},
		"a chair who coordinates":       {held: []tenants.Role{tenants.RoleChair, tenants.RoleCoordinator}},
		"a coordinator of a partner":    {[]tenants.Role{tenants.RoleCoordinator}, selection.ConflictPartnership},
		"an officer who was invited":    {[]tenants.Role{tenants.RoleOfficer}, selection.ConflictInvitation},
		"the chair who shares somebody": {[]tenants.Role{tenants.RoleChair}, selection.ConflictPeople},
	}
	for name, tt := range roles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			var grants []tenants.Grant
			for _, role := range tt.held {
				grants = append(grants, tenanttest.Role(role))
			}
			own := ids.New[ids.Organization]()
			if tt.tie != "" {
				grants = append(grants, tenants.Grant{Role: tenants.RoleParticipant, Organization: own})
			}
			them := h.someone(t, "Them", grants...)
			coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
			if err := h.service.ShowAdjusted(t.Context(), coordinator, h.call.ID, true); err != nil {
				t.Fatal(err)
			}
			one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
			var all []selection.Application
			for i := range 4 {
				a, _ := h.apply(t, fmt.Sprintf("Kuruluş %d", i))
				all = append(all, a)
				if i != 2 {
					h.review(t, a, map[*tenants.Scope]int{&one: 4 + i, &two: 5 + i})
				}
			}
			browser := h.SignedIn(t, them.Actor())
			look := func() map[string]string {
				seen := map[string]string{}
				for _, path := range pages(h.call.ID, all[2].ID, ids.Review{}) {
					page := browser.Get(path)
					if strings.HasSuffix(path, "xlsx") {
						continue // the same rows as the CSV, with a date of its own
					}
					seen[path] = fmt.Sprint(page.Status) + sitetest.Stripped(page.Body, "")
				}
				return seen
			}
			h.around.mu.Lock()
			secret := h.applications[2]
			h.applications = slices.Delete(h.applications, 2, 3)
			h.around.mu.Unlock()
			without := look()
			h.around.mu.Lock()
			h.applications = slices.Insert(h.applications, 2, secret)
			h.around.mu.Unlock()
			if tt.tie != "" {
				h.tie(t, tt.tie, own, secret)
				must(t, h.service.LookForPartners(t.Context(), h.System(), events.PartnershipMoved{}))
			} else if err := h.service.DeclareConflict(t.Context(), them, secret.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
				t.Fatal(err)
			}
			h.review(t, secret, map[*tenants.Scope]int{&one: 10, &two: 1})
			h.decide(t, coordinator, events.OutcomeSelected, secret)
			h.set(t, "UPDATE decision_lists SET version = 1")
			if diff := cmp.Diff(without, look()); diff != "" {
				t.Error(diff)
			}
			for what, act := range map[string]func() error{
				"reads the reviews": func() error { _, err := h.service.Folder(t.Context(), them, secret.ID); return err },
				"decides": func() error {
					return h.service.Decide(t.Context(), them, h.call.ID, 1, events.OutcomeRejected, []ids.Application{secret.ID})
				},
				"assigns": func() error {
					_, err := h.service.Assign(t.Context(), them, h.call.ID, selection.Assignment{Applications: []ids.Application{secret.ID}, Reviewers: []ids.Person{one.Actor().Person}, DueAt: h.due()})
					return err
				},
				"unassigns": func() error { return h.service.Unassign(t.Context(), them, h.reviewOf(t, one, secret.ID)) },
				"moves it":  func() error { return h.service.Reorder(t.Context(), them, h.call.ID, 1, secret.ID, true) },
				"declares again": func() error {
					return h.service.DeclareConflict(t.Context(), them, secret.ID, selection.Declaration{Kind: selection.ConflictWork})
				},
			} {
				if err := act(); !fault.Is(err, fault.KindNotFound) {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
			if got, err := h.service.Conflicted(t.Context(), them); err != nil || !slices.Equal(got, []ids.Application{secret.ID}) {
				t.Errorf("conflicted: %v, %v", got, err)
			}
		})
	}
}

// TestWhoBelongsToAnApplicantIsBarredWithoutDeclaring holds for staff as for reviewers, and for a role given later.
func TestWhoBelongsToAnApplicantIsBarredWithoutDeclaring(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.apply(t, "Ihlamur")
	officer := h.someone(t, "Ofis", tenanttest.Role(tenants.RoleOfficer), tenants.Grant{Role: tenants.RoleParticipant, Organization: a.Organizations[0].ID})
	if board, err := h.service.Board(t.Context(), officer, h.call.ID); err != nil || len(board.Rows) != 0 {
		t.Errorf("an officer sees the own organization's application: %d, %v", len(board.Rows), err)
	}
	if _, err := h.service.Folder(t.Context(), officer, a.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("and its reviews: %v", err)
	}
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	id := h.assign(t, a, reviewer)[0]
	h.write(t, reviewer, id, 9, "TEXT")
	err := h.System().Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		return tx.GrantRole(ctx, reviewer.Actor().Person, tenants.Grant{Role: tenants.RoleParticipant, Organization: a.Organizations[1].ID}, ids.Person{})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if _, err := h.service.Desk(t.Context(), reviewer, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a reviewer who joined an applicant goes on: %v", err)
	}
}

func TestReviewersSeeTheirOwnReviewOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	chair := h.role(t, "Otto", tenants.RoleChair)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Zeytin")
	all := h.assign(t, a, one, two, chair)
	h.write(t, one, all[0], 9, "SECRET")
	if err := h.service.Submit(t.Context(), one, all[0]); err != nil {
		t.Fatal(err)
	}
	h.assign(t, b, one)
	for name, sc := range map[string]tenants.Scope{"another reviewer": two, "the chair, who owes one": chair} {
		browser := h.SignedIn(t, sc.Actor())
		for _, path := range append(pages(h.call.ID, a.ID, all[0]), "/reviews/"+all[0].String()) {
			if page := browser.Get(path); strings.Contains(page.Body, "SECRET") || strings.Contains(page.Text(), "90.0") {
				t.Errorf("%s reads another's review at %s:\n%s", name, path, page.Text())
			}
		}
		for verb, act := range map[string]func() error{
			"reads": func() error { _, err := h.service.Desk(t.Context(), sc, all[0]); return err },
			"writes": func() error {
				_, err := h.service.Save(t.Context(), sc, all[0], selection.Typed{Ref: "need", Score: 1})
				return err
			},
			"submits":  func() error { return h.service.Submit(t.Context(), sc, all[0]) },
			"resumes":  func() error { return h.service.Resume(t.Context(), sc, all[0]) },
			"declares": func() error { return h.service.Declare(t.Context(), sc, all[0], selection.Declaration{}) },
		} {
			if err := act(); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s %s: %v", name, verb, err)
			}
		}
	}
	p, err := h.service.Panel(t.Context(), chair, h.call.ID)
	if err != nil || len(p.Ranked) != 2 {
		t.Fatal(err)
	}
	for _, r := range p.Ranked {
		if r.ID == a.ID && (!r.Owed || r.Rank.Reviews != 0 || r.Rank.Mean != 0 || len(r.Totals) != 0) {
			t.Errorf("the chair sees scores before the own review: %+v", r)
		}
	}
	h.write(t, chair, all[2], 5, "The chair's")
	if err := h.service.Submit(t.Context(), chair, all[2]); err != nil {
		t.Fatal(err)
	}
	browser := h.SignedIn(t, chair.Actor())
	browser.Get("/selection/applications/" + a.ID.String())
	browser.Want(200, "SECRET", "90.0", "50.0", "Bir")
}

// TestEachRoleHasItsPages is the table of roles × pages.
func TestEachRoleHasItsPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, leads := h.apply(t, "Ihlamur")
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	id := h.assign(t, a, reviewer)[0]
	c := "/selection/" + h.call.ID.String()
	of := "/selection/applications/" + a.ID.String()
	addresses := []string{"/selection", c, c + "/reviewers", c + "/conflicts", c + "/thirds", c + "/ranking", c + "/agreement", c + "/decisions", c + "/decisions/closing", of, of + "/conflict", "/reviews", "/reviews/" + id.String()}
	for name, tt := range map[string]struct {
		actor tenants.Actor
		want  string // y where it opens, in the order of the addresses
	}{
		"a coordinator":      {h.role(t, "A", tenants.RoleCoordinator).Actor(), "yyyyyyyyyyy.."},
		"an officer":         {h.role(t, "B", tenants.RoleOfficer).Actor(), "yyyyyyyy.yy.."},
		"the chair":          {h.role(t, "C", tenants.RoleChair).Actor(), "y....yyyyyyy."},
		"its reviewer":       {reviewer.Actor(), "..........yyy"},
		"another reviewer":   {h.role(t, "D", tenants.RoleReviewer).Actor(), "...........y."},
		"a finance officer":  {h.role(t, "E", tenants.RoleFinance).Actor(), "..........y.."},
		"a facilitator":      {h.role(t, "F", tenants.RoleFacilitator).Actor(), "............."},
		"a funder":           {h.role(t, "G", tenants.RoleFunder).Actor(), "............."},
		"its lead":           {leads[0].Actor(), "............."},
		"somebody signed in": {h.someone(t, "H").Actor(), "............."},
	} {
		browser, got := h.SignedIn(t, tt.actor), ""
		for _, path := range addresses {
			switch status := browser.Get(path).Status; status {
			case 200:
				got += "y"
			case 404:
				got += "."
			default:
				t.Errorf("%s at %s: %d", name, path, status)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// TestOthersDoNotExist holds that another network's, a stranger's and an invented thing look the same.
func TestOthersDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	a, _ := h.apply(t, "Ihlamur")
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	h.assign(t, a, reviewer)
	elsewhere := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	theirs := ids.New[ids.Review]()
	err := elsewhere.Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		_, err := tx.NewRaw("INSERT INTO reviews (id, call_id, application_id, person_id, due_at, assigned_at) VALUES (?, ?, ?, ?, now(), now())", theirs, h.call.ID, a.ID, reviewer.Actor().Person).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, browser := range map[string]*sitetest.Browser{
		"a reviewer": h.SignedIn(t, reviewer.Actor()), "a coordinator": h.SignedIn(t, h.role(t, "Defne", tenants.RoleCoordinator).Actor()),
		"a lead": h.SignedIn(t, h.someone(t, "Yabancı", tenants.Grant{Role: tenants.RoleLead, Organization: ids.New[ids.Organization]()}).Actor()),
	} {
		csrf, kinds := browser.Get("/desk").Value("_csrf"), map[string]string{}
		for _, id := range []string{theirs.String(), ids.New[ids.Review]().String(), "7", "..%2f..%2fetc"} {
			for _, path := range []string{
				"/reviews/" + id, "/selection/" + id, "/selection/" + id + "/ranking", "/selection/applications/" + id, "/conflicts/" + id + "/removal",
				"/applications/" + id + "/reply", "/selection/" + id + "/decisions",
			} {
				page := browser.Get(path)
				browser.Want(404, "This page does not exist")
				if len(id) != 36 {
					continue
				}
				pattern, body := strings.ReplaceAll(path, id, ":id"), sitetest.Stripped(page.Body, path)
				if before, ok := kinds[pattern]; ok && before != body {
					t.Errorf("to %s there are two kinds of not found at %s", name, pattern)
				}
				kinds[pattern] = body
			}
			for _, path := range []string{
				"/reviews/" + id, "/reviews/" + id + "/declaration", "/reviews/" + id + "/submission", "/reviews/" + id + "/resumption", "/selection/" + id + "/assignments",
				"/selection/" + id + "/decisions", "/selection/" + id + "/decisions/closing", "/selection/applications/" + id + "/conflict", "/conflicts/" + id + "/removal",
				"/applications/" + id + "/reply", "/applications/" + id + "/reply/refusal", "/selection/" + id + "/due", "/selection/" + id + "/reminders", "/selection/" + id + "/decisions/release",
			} {
				browser.Post(path, url.Values{
					"_csrf": {csrf}, "version": {"1"}, "conflict": {"no"}, "kind": {"work"}, "reason": {"x"}, "due": {"2030-01-01"}, "outcome": {"selected"},
					"application": {a.ID.String()}, "reviewer": {reviewer.Actor().Person.String()}, "reply_by": {"2030-01-01"}, "base[need]": {"0"}, "answers[need][text]": {"x"},
				})
				browser.Want(404, "This page does not exist")
			}
		}
	}
}

func TestPagesAskAsOftenForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	staff, reader := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, reviewer.Actor())
	c := "/selection/" + h.call.ID.String()
	ask := func() map[string]int64 {
		counts := map[string]int64{}
		for path, browser := range map[string]*sitetest.Browser{"/selection": staff, c: staff, c + "/reviewers": staff, c + "/thirds": staff, c + "/conflicts": staff, c + "/ranking": staff, c + "/agreement": staff, c + "/decisions": staff, "/reviews": reader, "/desk": reader} {
			counts[path] = h.queries.Least(func() {
				browser.Get(path)
				browser.Want(200)
			})
		}
		return counts
	}
	more := func() {
		a, _ := h.apply(t, "Ihlamur")
		h.review(t, a, map[*tenants.Scope]int{&reviewer: 8})
		b, _ := h.apply(t, "Çınar")
		h.assign(t, b, reviewer)
		h.decide(t, coordinator, events.OutcomeWaiting, a)
		other := h.role(t, "Kenara çekilen", tenants.RoleReviewer)
		h.assign(t, a, other)
		if err := h.service.DeclareConflict(t.Context(), other, a.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
			t.Fatal(err)
		}
	}
	more()
	one := ask()
	more()
	more()
	if diff := cmp.Diff(one, ask()); diff != "" {
		t.Error(diff)
	}
	for path, n := range one {
		most := int64(12)
		if path == c+"/thirds" {
			most = 14 // it also looks at what people know, and at what ties them to applicants
		}
		if n > most {
			t.Errorf("%s asks %d times", path, n)
		}
	}
}
