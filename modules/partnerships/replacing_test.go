package partnerships_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// changing is a partnership in which the second organization is to be replaced.
type changing struct {
	id                    ids.Partnership
	stays, leaves, comes  ids.Organization
	staying, leaving      tenants.Scope
	coming, coordinator   tenants.Scope
	unfit, headless, busy ids.Organization
}

func (h *house) changing(t *testing.T) changing {
	t.Helper()
	id, e, both := h.founded(t, h.System(), "Yol")
	lead := func(o ids.Organization) tenants.Scope {
		return h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: o})
	}
	c := changing{id: id, stays: both[0], leaves: both[1], comes: h.organization(t, h.System(), "Yeni"), coordinator: h.coordinator(t)}
	c.unfit, c.headless = h.organization(t, h.System(), "unfit"), h.organization(t, h.System(), "Headless")
	c.staying, c.leaving, c.coming = lead(c.stays), lead(c.leaves), lead(c.comes)
	lead(c.unfit)
	c.busy = h.organization(t, h.System(), "Busy")
	lead(c.busy)
	other := e
	other.Application = ids.New[ids.Application]()
	h.mu.Lock()
	h.joints[other.Application] = partnerships.Joint{Number: "KRV-2", Title: "Busy", Call: e.Call, Seats: []partnerships.Seat{{Key: "a", Organization: c.busy}, {Key: "b", Organization: h.anyOther(c)}}}
	h.mu.Unlock()
	if err := h.service.Found(t.Context(), h.System(), other); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	h.mails, h.news = nil, nil
	return c
}

// anyOther is an organization that is in nothing.
func (h *house) anyOther(c changing) ids.Organization { return c.headless }

func (c *changing) cmd() partnerships.Replacing {
	return partnerships.Replacing{Seat: "b", Coming: c.comes, Reason: "Faaliyetini durdurdu.", Until: time.Now().AddDate(0, 0, 14)}
}

func (h *house) asked(t *testing.T, c changing) partnerships.Replacement {
	t.Helper()
	w := h.whole(t, c)
	if err := h.service.Replace(t.Context(), c.coordinator, c.id, w.Version, c.cmd()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	return h.whole(t, c).Replacements[0]
}

func (h *house) whole(t *testing.T, c changing) partnerships.Whole {
	t.Helper()
	w, err := h.service.Partnership(t.Context(), c.coordinator, c.id)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWhoCanTakeASeat(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	v, err := h.service.Vacancy(t.Context(), c.coordinator, c.id, "b")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, one := range v.Candidates {
		names = append(names, one.Name)
	}
	if !slices.Equal(names, []string{"Yeni"}) {
		t.Errorf("candidates: %v", names)
	}
	going, err := partnerships.OfCall(t.Context(), h.System().Read(), v.Call)
	if err != nil || !slices.ContainsFunc(going, func(p partnerships.Partnership) bool { return p.ID == c.id }) {
		t.Errorf("going on in the call: %v %v", going, err)
	}
	for name, tt := range map[string]struct {
		change func(*partnerships.Replacing)
		kind   fault.Kind
	}{
		"one that the call does not admit": {func(r *partnerships.Replacing) { r.Coming = c.unfit }, fault.KindInvalid},
		"one that nobody leads":            {func(r *partnerships.Replacing) { r.Coming = c.headless }, fault.KindInvalid},
		"one that sits elsewhere":          {func(r *partnerships.Replacing) { r.Coming = c.busy }, fault.KindInvalid},
		"the one that sits there":          {func(r *partnerships.Replacing) { r.Coming = c.leaves }, fault.KindInvalid},
		"without a reason":                 {func(r *partnerships.Replacing) { r.Reason = "  " }, fault.KindInvalid},
		"with yesterday":                   {func(r *partnerships.Replacing) { r.Until = time.Now().AddDate(0, 0, -1) }, fault.KindInvalid},
		"in a year":                        {func(r *partnerships.Replacing) { r.Until = time.Now().AddDate(1, 0, 0) }, fault.KindInvalid},
		"on a seat that is not there":      {func(r *partnerships.Replacing) { r.Seat = "z" }, fault.KindNotFound},
	} {
		cmd := c.cmd()
		tt.change(&cmd)
		if err := h.service.Replace(t.Context(), c.coordinator, c.id, v.Version, cmd); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.Replace(t.Context(), c.coordinator, c.id, v.Version+1, c.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("of another version: %v", err)
	}
	if err := h.service.Steer(t.Context(), c.coordinator, c.id, v.Version, partnerships.EndEarly, "Bitti."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Replace(t.Context(), c.coordinator, c.id, v.Version+1, c.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("in one that is over: %v", err)
	}
}

func TestASeatChangesHandsWhenAllAgree(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	path := "/partnerships/" + c.id.String()
	// It was shown to everybody as it was.
	if err := h.service.Propose(t.Context(), c.staying, c.id, 0, partnerships.Terms{}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Consent(t.Context(), c.leaving, c.id, 1); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	h.mails = nil
	if all, err := h.service.Public(t.Context(), h.Visitor()); err != nil || len(all) != 1 {
		t.Fatalf("%d are shown, %v", len(all), err)
	}
	b := h.SignedIn(t, c.coordinator.Actor())
	b.Get(path)
	b.Want(200, "Replace this organization")
	b.Get(path)
	if ranking := "/rounds/replacements/" + c.id.String() + "?seat=b"; !strings.Contains(b.Page.Body, ranking) || !strings.Contains(b.Get(path+"/seats/b/replacement").Body, ranking) {
		t.Error("nothing leads to those that fit best")
	}
	b.Submit(path+"/seats/b/replacement", "coming", "", "reason", "Faaliyetini durdurdu.")
	b.Want(422, "Faaliyetini durdurdu.")
	b.Get(path + "/seats/b/replacement")
	twice := url.Values{"_csrf": {b.Page.Value("_csrf")}, "version": {b.Page.Value("version")}, "until": {b.Page.Value("until")}, "coming": {c.comes.String()}, "reason": {"Faaliyetini durdurdu."}}
	for range 2 { // a second click
		b.Post(path+"/seats/b/replacement", twice)
		b.Want(200, "The organizations are asked.")
	}
	twice.Set("reason", "Taşındı.")
	b.Post(path+"/seats/b/replacement", twice)
	b.Want(409)
	h.Jobs(t)
	told := map[ids.Person]int{}
	for _, m := range h.mails {
		if m.Kind == "partnerships.mail.replacement_asked" {
			told[m.Person]++
		}
	}
	if told[c.coming.Actor().Person] != 1 || told[c.staying.Actor().Person] != 1 || told[c.leaving.Actor().Person] != 0 {
		t.Errorf("mails: %v", told)
	}
	r := h.whole(t, c).Replacements[0]
	page := path + "/replacements/" + r.ID.String()
	if err := h.service.Replace(t.Context(), c.coordinator, c.id, h.whole(t, c).Version, c.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("asked twice: %v", err)
	}
	newcomer := h.SignedIn(t, c.coming.Actor())
	newcomer.Get("/desk")
	newcomer.Want(200, "An organization is to be replaced")
	newcomer.Get(path)
	newcomer.Want(404)
	newcomer.Get(page)
	newcomer.Want(200, "Faaliyetini durdurdu.", "Yeni", "Lindenhof", "We agree")
	again := url.Values{"_csrf": {newcomer.Page.Value("_csrf")}}
	newcomer.Submit(page + "/consent")
	newcomer.Get(page)
	newcomer.Want(200, "Agrees", "No answer yet")
	if strings.Contains(newcomer.Page.Body, "We agree") {
		t.Error("who has answered is asked still")
	}
	newcomer.Post(page+"/consent", again)
	newcomer.Want(200, "You have agreed.") // a second click
	again.Set("reason", "Doch nicht.")
	newcomer.Post(page+"/refusal", again)
	newcomer.Want(200, "Your organization has answered already.")
	if w := h.whole(t, c); w.Seats[1].Organization != c.leaves {
		t.Error("the seat changed hands before all have agreed")
	}
	if err := h.service.Respond(t.Context(), c.coming, c.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("answered twice: %v", err)
	}
	if err := h.service.Respond(t.Context(), c.staying, c.id, r.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	w := h.whole(t, c)
	if w.Seats[1].Organization != c.comes || w.Seats[0].Organization != c.stays || w.Title != "Yol İhlamur + Yeni" || !strings.Contains(w.History[0].Reason, "Yol Lindenhof → Yeni") {
		t.Errorf("afterwards: %+v, %s, %+v", w.Seats, w.Title, w.History[0])
	}
	if all, err := h.service.Public(t.Context(), h.Visitor()); err != nil || len(all) != 0 {
		t.Errorf("%d are shown of which the new organization has not agreed, %v", len(all), err)
	}
	newcomer.Get(path)
	newcomer.Want(200, "Yol İhlamur")
	if _, err := h.service.Partnership(t.Context(), c.leaving, c.id); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
		t.Errorf("who has left still reads: %v", err)
	}
	if all, _, err := h.service.List(t.Context(), c.coordinator, partnerships.Query{Search: "yeni"}); err != nil || len(all) != 1 {
		t.Errorf("%d are found by the new name, %v", len(all), err)
	}
	replaced := 0
	for _, m := range h.mails {
		if m.Kind == "partnerships.mail.replaced" && m.Person == c.leaving.Actor().Person {
			replaced++
		}
	}
	if replaced != 1 {
		t.Errorf("who has left was told %d times", replaced)
	}
}

func TestOneNoEndsAReplacement(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	if err := h.service.Respond(t.Context(), c.staying, c.id, r.ID, false, " "); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a no without a reason: %v", err)
	}
	page := "/partnerships/" + c.id.String() + "/replacements/" + r.ID.String()
	b := h.SignedIn(t, c.staying.Actor())
	b.Get(page)
	b.Submit(page+"/refusal", "reason", "Onları tanımıyoruz.")
	h.Jobs(t)
	if w := h.whole(t, c); w.Replacements[0].State != partnerships.ReplacementDeclined || w.Seats[1].Organization != c.leaves {
		t.Errorf("afterwards: %+v", w.Replacements[0])
	}
	other := h.SignedIn(t, c.coming.Actor())
	other.Get(page)
	other.Want(200, "Declined")
	if strings.Contains(other.Page.Body, "Onları tanımıyoruz.") {
		t.Error("the organization that would have come reads why it is not wanted")
	}
	again := url.Values{"_csrf": {b.Page.Value("_csrf")}, "reason": {"Onları tanımıyoruz."}}
	b.Post(page+"/refusal", again)
	b.Want(200, "The network is told that you do not agree.") // a second click
	again.Set("reason", "Onları hiç tanımıyoruz.")
	b.Post(page+"/refusal", again)
	b.Want(200, "This was decided in the meantime.")
	team := h.SignedIn(t, c.coordinator.Actor())
	team.Get(page)
	team.Want(200, "Onları tanımıyoruz.")
	if err := h.service.Respond(t.Context(), c.coming, c.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed after a no: %v", err)
	}
	h.asked(t, c) // another can be asked for
}

func TestAReplacementIsTakenBackOrLapses(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	team := h.SignedIn(t, c.coordinator.Actor())
	page := "/partnerships/" + c.id.String() + "/replacements/" + r.ID.String()
	back := url.Values{"_csrf": {team.Get(page).Value("_csrf")}}
	for range 2 { // a second click
		team.Post(page+"/withdrawal", back)
		team.Want(200, "It is taken back; the organizations are told.")
	}
	if err := h.service.Respond(t.Context(), c.coming, c.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed to what was taken back: %v", err)
	}
	r = h.asked(t, c)
	if err := h.service.LapseReplacement(t.Context(), h.System(), partnerships.Asked{Replacement: r.ID}); err != nil {
		t.Fatal(err)
	}
	if h.whole(t, c).Replacements[0].State != partnerships.ReplacementAsked {
		t.Error("it lapsed before its day")
	}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE partnership_replacements SET until = now() - interval '1 minute' WHERE id = ?", r.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.Respond(t.Context(), c.coming, c.id, r.ID, true, ""); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("agreed too late: %v", err)
	}
	for range 2 {
		if err := h.service.LapseReplacement(t.Context(), h.System(), partnerships.Asked{Replacement: r.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if h.whole(t, c).Replacements[0].State != partnerships.ReplacementLapsed {
		t.Error("it did not lapse")
	}
}

// TestNothingIsAskedAboutAPartnershipThatIsOver ends what was asked with it, and what was asked as it ended with the last yes.
func TestNothingIsAskedAboutAPartnershipThatIsOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	if err := h.service.Steer(t.Context(), c.coordinator, c.id, h.whole(t, c).Version, partnerships.EndEarly, "Bitti."); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if state := h.whole(t, c).Replacements[0].State; state != partnerships.ReplacementMoot {
		t.Errorf("it is %s", state)
	}
	for name, sc := range map[string]tenants.Scope{"who stays": c.staying, "who comes": c.coming} {
		if owed, err := h.service.Awaited(t.Context(), sc); err != nil || len(owed) != 0 {
			t.Errorf("%s is asked about %d still, %v", name, len(owed), err)
		}
		if !slices.ContainsFunc(h.mails, func(m events.MailRequested) bool {
			return m.Kind == "partnerships.mail.replacement_moot" && m.Person == sc.Actor().Person
		}) {
			t.Errorf("%s is not told", name)
		}
	}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE partnership_replacements SET state = 'asked', ended_at = NULL WHERE id = ?", r.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range []tenants.Scope{c.coming, c.staying} {
		if err := h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	if w := h.whole(t, c); w.Replacements[0].State != partnerships.ReplacementMoot || w.Seats[1].Organization != c.leaves {
		t.Errorf("after the last yes it is %s", w.Replacements[0].State)
	}
}

func TestWhoMayNotTouchAReplacement(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	stranger := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: c.busy})
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: c.comes})
	for name, sc := range map[string]tenants.Scope{"a stranger": stranger, "a participant": participant, "who leaves": c.leaving, "a visitor": h.Visitor()} {
		_, read := h.service.Proposal(t.Context(), sc, c.id, r.ID)
		for verb, err := range map[string]error{
			"reads":     read,
			"agrees":    h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""),
			"asks":      h.service.Replace(t.Context(), sc, c.id, 1, c.cmd()),
			"takes":     h.service.WithdrawReplacement(t.Context(), sc, c.id, r.ID),
			"ranks":     func() error { _, err := h.service.Leavable(t.Context(), sc, c.id); return err }(),
			"looks for": func() error { _, err := h.service.Vacancy(t.Context(), sc, c.id, "b"); return err }(),
		} {
			if err == nil {
				t.Errorf("%s %s", name, verb)
			}
		}
	}
	if err := h.service.Respond(t.Context(), c.coordinator, c.id, r.ID, true, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the coordinator agrees for others: %v", err)
	}
	if _, err := h.service.Proposal(t.Context(), c.coordinator, ids.New[ids.Partnership](), r.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("read below another partnership: %v", err)
	}
}

func TestManyAgreeAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	results := make([]error, 12)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			sc := c.coming
			if i%2 == 0 {
				sc = c.staying
			}
			results[i] = h.service.Respond(t.Context(), sc, c.id, r.ID, true, "")
		})
	}
	all.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
		} else if !fault.Is(err, fault.KindConflict) {
			t.Error(err)
		}
	}
	if w := h.whole(t, c); done != 2 || w.Seats[1].Organization != c.comes || len(w.History) != 2 {
		t.Errorf("%d answers counted, %+v", done, w.Seats)
	}
}

func TestNobodyGetsTwoSeatsInACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	if err := h.service.Respond(t.Context(), c.coming, c.id, r.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	// Meanwhile the one that comes wins a place with somebody else.
	e := events.PlaceAccepted{Application: ids.New[ids.Application](), Call: h.whole(t, c).Call}
	h.mu.Lock()
	h.joints[e.Application] = partnerships.Joint{Number: "KRV-3", Title: "Third", Call: e.Call, Seats: []partnerships.Seat{{Key: "a", Organization: c.comes}, {Key: "b", Organization: c.unfit}}}
	h.mu.Unlock()
	if err := h.service.Found(t.Context(), h.System(), e); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Respond(t.Context(), c.staying, c.id, r.ID, true, ""); err != nil {
		t.Error(err)
	}
	if w := h.whole(t, c); w.Seats[1].Organization != c.leaves || w.Replacements[0].State != partnerships.ReplacementMoot {
		t.Errorf("the seat changed hands: %+v", w.Replacements[0])
	}
}

// holds says who holds or awaits a place of a call, by application.
func (h *house) holds(places map[ids.Application][]ids.Organization) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.places = places
}

// TestWhoHoldsOrAwaitsAPlaceDoesNotComeToAPartnership of the same call, but whose place became one that they have left may.
func TestWhoHoldsOrAwaitsAPlaceDoesNotComeToAPartnership(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	comes := func() bool {
		t.Helper()
		v, err := h.service.Vacancy(t.Context(), c.coordinator, c.id, "b")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(v.Candidates, func(o partnerships.Candidate) bool { return o.ID == c.comes })
	}
	h.holds(map[ids.Application][]ids.Organization{h.whole(t, c).Application: {c.comes}})
	if !comes() {
		t.Error("whose place is a partnership by now could not come")
	}
	h.holds(map[ids.Application][]ids.Organization{ids.New[ids.Application](): {c.comes}})
	if comes() {
		t.Error("who holds a place could come")
	}
	if err := h.service.Replace(t.Context(), c.coordinator, c.id, h.whole(t, c).Version, c.cmd()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked who holds a place: %v", err)
	}
}

// TestWhoComesToAPartnershipIsToldThatTheyHoldAPlace which the coordinator must not know of, and nobody else is: with the last yes of
// another it only ends.
func TestWhoComesToAPartnershipIsToldThatTheyHoldAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	hides := func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.hidden = map[ids.Organization][]ids.Application{c.comes: {ids.New[ids.Application]()}}
	}
	first := h.asked(t, c)
	if err := h.service.Respond(t.Context(), c.coming, c.id, first.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	hides()
	if err := h.service.Respond(t.Context(), c.staying, c.id, first.ID, true, ""); err != nil {
		t.Errorf("who stays learns that the other is not free: %v", err)
	}
	h.Jobs(t)
	if w := h.whole(t, c); w.Replacements[0].State != partnerships.ReplacementMoot || w.Seats[1].Organization != c.leaves {
		t.Errorf("afterwards: %+v", w.Replacements[0])
	}
	told := map[ids.Person]int{}
	for _, m := range h.mails {
		if m.Kind == "partnerships.mail.replacement_moot" {
			told[m.Person]++
		}
	}
	if told[c.coming.Actor().Person] != 1 || told[c.staying.Actor().Person] != 1 || len(told) != 2 {
		t.Errorf("mails: %v", told)
	}
	if !slices.ContainsFunc(h.news, func(n events.NotificationRequested) bool {
		return n.Person == c.coordinator.Actor().Person && n.Key == "partnerships.notify.replacement_moot"
	}) {
		t.Error("the coordinator was not told")
	}
	second := h.asked(t, c)
	if err := h.service.Respond(t.Context(), c.coming, c.id, second.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("two seats for one: %v", err)
	}
	if err := h.service.Respond(t.Context(), c.coming, c.id, second.ID, false, "Yerimiz var."); err != nil {
		t.Errorf("cannot say no either: %v", err)
	}
}

// TestWhoHasWonAPlaceAloneBringsIt to the partnership to which they come, so that it founds no other one.
func TestWhoHasWonAPlaceAloneBringsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	won := ids.New[ids.Application]()
	h.mu.Lock()
	h.single = map[ids.Organization][]ids.Application{c.comes: {won}}
	h.mu.Unlock()
	r := h.asked(t, c)
	for _, sc := range []tenants.Scope{c.coming, c.staying} {
		if err := h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	if w := h.whole(t, c); w.Seats[1].Organization != c.comes {
		t.Errorf("the seat did not change hands: %+v", w.Replacements[0])
	}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		ends, err := partnerships.Ends(ctx, tx, won)
		if err == nil && len(ends) != 1 {
			t.Errorf("the place that was won alone belongs to %d partnerships", len(ends))
		}
		trail, failed := audit.List(ctx, tx, audit.Filter{SubjectKind: "application", SubjectID: won.String(), Limit: 9})
		if failed != nil || len(trail) != 1 || trail[0].Action != "partnership.place_brought" {
			t.Errorf("the trail of the place: %+v %v", trail, failed)
		}
		hidden, failed := audit.List(ctx, tx, audit.Filter{SubjectKind: "application", Without: []string{c.id.String()}, Limit: 9})
		if failed != nil || len(hidden) != 0 {
			t.Errorf("who must not know of the partnership reads %+v %v", hidden, failed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoWasReplacedWasTogetherWithTheOthers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	r := h.asked(t, c)
	for _, sc := range []tenants.Scope{c.coming, c.staying} {
		if err := h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	pairs, err := partnerships.Together(t.Context(), h.System().Read(), []ids.Organization{c.stays, c.leaves, c.comes})
	if err != nil || len(pairs) != 3 {
		t.Errorf("%d pairs are or were together, %v", len(pairs), err)
	}
}

// TestWhoSitsInAPartnershipIsNoFirstTimerFromThenOn: who comes later sits since they came, who has left sat since the founding, and
// what is proposed only does not count.
func TestWhoSitsInAPartnershipIsNoFirstTimerFromThenOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	first := func(organizations ...ids.Organization) map[ids.Organization]time.Time {
		found, err := partnerships.FirstSeats(t.Context(), h.System().Read(), organizations)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if before := first(c.stays, c.leaves, c.comes); len(before) != 2 || !before[c.comes].IsZero() {
		t.Errorf("before: %v", before)
	}
	r := h.asked(t, c)
	for _, sc := range []tenants.Scope{c.coming, c.staying} {
		if err := h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	now := first(c.stays, c.leaves, c.comes)
	if len(now) != 3 || !now[c.leaves].Equal(now[c.stays]) || !now[c.comes].After(now[c.stays]) {
		t.Errorf("after: %v", now)
	}
	if some := first(c.comes); len(some) != 1 || !some[c.comes].Equal(now[c.comes]) {
		t.Errorf("asked for one: %v", some)
	}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE partnerships SET state = 'proposed'").Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if proposed := first(c.stays, c.leaves, c.comes); len(proposed) != 0 || len(first()) != 0 {
		t.Errorf("only proposed: %v", proposed)
	}
}
