package selection_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestDecisionsAreDraftedTakenBackAndOrdered(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	var all []selection.Application
	for i, name := range []string{"Bir", "İki", "Üç", "Dört"} {
		a, _ := h.apply(t, name)
		all = append(all, a)
		h.review(t, a, map[*tenants.Scope]int{&reviewer: 5 + i})
	}
	h.decide(t, coordinator, events.OutcomeWaiting, all[0], all[2], all[1]) // numbered by their means, the best first
	order := func() []string {
		p, err := h.service.Panel(t.Context(), chair, h.call.ID)
		if err != nil {
			t.Fatal(err)
		}
		waiting := make([]string, p.Tally.Waiting)
		for _, r := range p.Ranked {
			if r.Waiting > 0 {
				waiting[r.Waiting-1] = r.Number
			}
		}
		return waiting
	}
	if diff := cmp.Diff([]string{all[2].Number, all[1].Number, all[0].Number}, order()); diff != "" {
		t.Error(diff)
	}
	if err := h.service.Reorder(t.Context(), chair, h.call.ID, h.version(t, chair), all[0].ID, true); err != nil {
		t.Fatal(err)
	}
	h.decide(t, chair, events.OutcomeSelected, all[2])
	h.decide(t, chair, events.OutcomeWaiting, all[3])
	if diff := cmp.Diff([]string{all[0].Number, all[1].Number, all[3].Number}, order()); diff != "" {
		t.Error(diff)
	}
	h.decide(t, chair, "", all[0], all[2])
	if diff := cmp.Diff([]string{all[1].Number, all[3].Number}, order()); diff != "" {
		t.Error(diff)
	}
	if err := h.service.Decide(t.Context(), chair, h.call.ID, h.version(t, chair), events.OutcomeSelected, nil); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("nothing chosen: %v", err)
	}
	stranger := []ids.Application{ids.New[ids.Application]()}
	if err := h.service.Decide(t.Context(), chair, h.call.ID, h.version(t, chair), events.OutcomeSelected, stranger); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an invented one: %v", err)
	}
}

func TestTwoDecidersDoNotOverrunEachOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Bir")
	shown := h.version(t, coordinator)
	var done, stale atomic.Int64
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			switch err := h.service.Decide(t.Context(), coordinator, h.call.ID, shown, events.OutcomeSelected, []ids.Application{a.ID}); {
			case err == nil:
				done.Add(1)
			case fault.Is(err, fault.KindConflict):
				stale.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 || stale.Load() != 11 {
		t.Errorf("%d decided, %d were told that the list has changed", done.Load(), stale.Load())
	}
}

func TestAListIsClosedOnlyWhenItIsWhole(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	var all []selection.Application
	for _, name := range []string{"Bir", "İki", "Üç", "Dört"} {
		a, _ := h.apply(t, name)
		all = append(all, a)
	}
	try := func(change func(*selection.Closing)) error {
		cmd := closing()
		if change != nil {
			change(&cmd)
		}
		return h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), cmd)
	}
	key := func(err error) string { return fault.Of(err).Key }
	h.decide(t, coordinator, events.OutcomeSelected, all[:3]...)
	if err := try(nil); key(err) != "selection.close.undecided" {
		t.Errorf("one undecided: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeRejected, all[3])
	if err := try(nil); key(err) != "selection.close.too_many" {
		t.Errorf("three for two places: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeWaiting, all[1], all[2])
	if err := try(nil); !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Key != "selection.close.places_left" {
		t.Errorf("a place left beside a waiting list: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeSelected, all[1])
	if err := try(func(c *selection.Closing) { c.ReplyBy = time.Now().AddDate(0, 0, 6) }); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("six days to reply: %v", err)
	}
	if err := try(func(c *selection.Closing) { c.WaitingUntil = time.Time{} }); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a waiting list without an end: %v", err)
	}
	if err := try(nil); err != nil {
		t.Error(err)
	}
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	h := open(t)
	both := h.someone(t, "İki Rollü", tenanttest.Role(tenants.RoleCoordinator), tenanttest.Role(tenants.RoleChair))
	second := h.role(t, "Otto", tenants.RoleChair)
	a, _ := h.apply(t, "Bir")
	h.decide(t, both, events.OutcomeSelected, a)
	if err := h.service.Sign(t.Context(), second, h.call.ID, h.version(t, second)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("an open list is signed: %v", err)
	}
	if err := h.service.Close(t.Context(), both, h.call.ID, h.version(t, both), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), both, h.call.ID, h.version(t, both)); fault.Of(err).Key != "selection.sign.four_eyes" {
		t.Errorf("somebody signs what they closed, in another role: %v", err)
	}
	if err := h.service.Release(t.Context(), both, h.call.ID, h.version(t, both)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("released without a signature: %v", err)
	}
	for name, sc := range map[string]tenants.Scope{"an officer": h.role(t, "Ofis", tenants.RoleOfficer), "a reviewer": h.role(t, "Okur", tenants.RoleReviewer), "a visitor": h.Visitor()} {
		if err := h.service.Sign(t.Context(), sc, h.call.ID, h.version(t, both)); err == nil {
			t.Errorf("%s signs", name)
		}
		if err := h.service.Release(t.Context(), sc, h.call.ID, h.version(t, both)); err == nil {
			t.Errorf("%s releases", name)
		}
	}
	if err := h.service.Sign(t.Context(), second, h.call.ID, h.version(t, second)); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Release(t.Context(), second, h.call.ID, h.version(t, second)); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the chair releases: %v", err)
	}
	if err := h.service.Decide(t.Context(), both, h.call.ID, h.version(t, both), events.OutcomeRejected, []ids.Application{a.ID}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a signed list changes: %v", err)
	}
	// The database holds it, too.
	err := h.System().Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE decision_lists SET signed_by = closed_by WHERE call_id = ?", h.call.ID).Exec(ctx)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "decision_lists") {
		t.Errorf("the database lets the same person sign: %v", err)
	}
}

func TestLettersWaitInOneBatchAndSayWhatReviewersWrote(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	reviewer := h.role(t, "CANARY-NAME", tenants.RoleReviewer)
	var all []selection.Application
	var leads [][]tenants.Scope
	for _, name := range []string{"Bir", "İki", "Üç", "Dört"} {
		a, its := h.apply(t, name)
		all, leads = append(all, a), append(leads, its)
	}
	h.review(t, all[0], map[*tenants.Scope]int{&reviewer: 8})
	h.decide(t, coordinator, events.OutcomeSelected, all[0], all[1])
	h.decide(t, coordinator, events.OutcomeWaiting, all[2])
	h.decide(t, coordinator, events.OutcomeRejected, all[3])
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	batch := ""
	for i, want := range []string{"selected", "selected", "waiting", "rejected"} {
		for k, lead := range leads[i] {
			mails := h.mailsTo(lead.Actor().Person)
			if len(mails) != 1 || mails[0].Kind != "selection.mail."+want || !mails[0].Hold || mails[0].Batch == "" || mails[0].Args["organization"] != all[i].Organizations[k].Name {
				t.Fatalf("%s: %+v", want, mails)
			}
			if batch == "" {
				batch = mails[0].Batch
			}
			if mails[0].Batch != batch || mails[0].AboutID != all[i].ID.String() {
				t.Errorf("the letters are not of one batch: %+v", mails[0])
			}
		}
	}
	letter := h.mailsTo(leads[0][0].Actor().Person)[0]
	feedback := letter.Lists["feedback"]
	if len(feedback) != 6 || !strings.HasPrefix(feedback[0][i18n.TR], "İhtiyaç ve uygunluk – çok iyi: TEXT need") || !strings.HasPrefix(feedback[0][i18n.DE], "Bedarf und Relevanz – sehr gut: TEXT need") {
		t.Errorf("feedback: %v", feedback)
	}
	for _, mail := range h.mails {
		for _, secret := range []string{"CANARY-NAME", "COMMENT"} {
			if strings.Contains(everything(t, mail), secret) {
				t.Errorf("a letter holds %s: %s", secret, everything(t, mail))
			}
		}
	}
	if letter.Times["due"].IsZero() || h.mailsTo(leads[2][0].Actor().Person)[0].Args["place"] != "1" || h.mailsTo(leads[2][0].Actor().Person)[0].Times["expires"].IsZero() {
		t.Error("a letter lacks its date or place")
	}
	if n := h.count("decision_released", all[0].ID); n != 0 {
		t.Error("a signed decision is announced")
	}
	if err := h.service.Reopen(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	if p, err := h.service.Panel(t.Context(), chair, h.call.ID); err != nil || p.List.State != selection.ListOpen || p.List.Batch != "" || !p.List.SignedAt.IsZero() {
		t.Errorf("reopened: %+v, %v", p.List, err)
	}
}

func TestAReleaseLeavesTimeToReply(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	a, _ := h.apply(t, "Bir")
	h.decide(t, coordinator, events.OutcomeSelected, a)
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	h.set(t, "UPDATE decision_lists SET reply_by = now() + interval '6 days'")
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); fault.Of(err).Key != "selection.release.reply_by" {
		t.Errorf("six days are left: %v", err)
	}
	h.set(t, "UPDATE decision_lists SET reply_by = now() + interval '7 days 1 minute'")
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Error(err)
	}
}

func TestAReleaseTellsEverybodyOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	got := map[string]events.Outcome{}
	for _, e := range h.released {
		number := ""
		for _, a := range w.all {
			if a.ID == e.Application {
				number = a.Number
			}
		}
		got[number] = e.Outcome
		if (e.Outcome == events.OutcomeSelected) != !e.ReplyBy.IsZero() || (e.Outcome == events.OutcomeWaiting) != (e.Waiting == 1) {
			t.Errorf("%s: %+v", number, e)
		}
	}
	want := map[string]events.Outcome{"2027-000": events.OutcomeSelected, "2027-001": events.OutcomeSelected, "2027-002": events.OutcomeWaiting, "2027-003": events.OutcomeRejected}
	if diff := cmp.Diff(want, got); diff != "" || len(h.released) != 4 {
		t.Errorf("%d were announced: %s", len(h.released), diff)
	}
	if err := h.service.Release(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("released twice: %v", err)
	}
	if err := h.service.Reopen(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a released list is reopened: %v", err)
	}
}

func TestAWithdrawnApplicationIsReleasedToNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	var all []selection.Application
	for _, name := range []string{"Bir", "İki", "Üç"} {
		a, _ := h.apply(t, name)
		all = append(all, a)
	}
	h.decide(t, coordinator, events.OutcomeSelected, all[0], all[1])
	h.decide(t, coordinator, events.OutcomeWaiting, all[2])
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	h.withdraw(t, all[0])
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.count("decision_released", all[0].ID) != 0 || h.count("decision_released", all[1].ID) != 1 || h.count("place_offered", all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
}

// withdraw takes an application back as its people would.
func (h *house) withdraw(t *testing.T, a selection.Application) {
	t.Helper()
	h.around.mu.Lock()
	h.withdrawn[a.ID] = true
	h.around.mu.Unlock()
	err := h.System().Write(t.Context(), func(_ ctx, tx *tenants.Tx) error {
		tx.Announce(events.ApplicationWithdrawn{Application: a.ID, Call: a.Call})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

func (h *house) set(t *testing.T, sql string, args ...any) {
	t.Helper()
	err := h.System().Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		_, err := tx.NewRaw(sql, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryOrganizationAcceptsAndOneDeclines(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	one, two := w.leads[0][0], w.leads[0][1]
	if err := h.service.Accept(t.Context(), one, w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if n := h.count("place_accepted", w.all[0].ID); n != 0 {
		t.Error("taken though one organization has not accepted")
	}
	if err := h.service.Accept(t.Context(), one, w.all[0].ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("accepted twice: %v", err)
	}
	if h.newsFor(two.Actor().Person)["selection.notify.accepted_by"] != 1 {
		t.Error("the partner was not told")
	}
	if err := h.service.Accept(t.Context(), two, w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if n := h.count("place_accepted", w.all[0].ID); n != 1 {
		t.Errorf("taken %d times", n)
	}
	if err := h.service.Decline(t.Context(), one, w.all[0].ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("declined after it was taken: %v", err)
	}
	if err := h.service.Accept(t.Context(), w.leads[1][0], w.all[1].ID); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Decline(t.Context(), w.leads[1][1], w.all[1].ID); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.count("place_declined", w.all[1].ID) != 1 || h.count("place_offered", w.all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
	mails := h.mailsTo(w.leads[2][0].Actor().Person)
	if last := mails[len(mails)-1]; last.Kind != "selection.mail.place_offered" || last.Hold || last.Times["due"].Before(time.Now().AddDate(0, 0, 6)) {
		t.Errorf("the next on the list: %+v", last)
	}
	if err := h.service.Accept(t.Context(), w.leads[1][0], w.all[1].ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("accepted after it was declined: %v", err)
	}
	for _, lead := range w.leads[2] {
		if err := h.service.Accept(t.Context(), lead, w.all[2].ID); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyItsOwnLeadsAnswerAndOnlyForAnOffer(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	participant := h.someone(t, "Katılımcı", tenants.Grant{Role: tenants.RoleParticipant, Organization: w.all[0].Organizations[0].ID})
	for name, sc := range map[string]tenants.Scope{
		"another application's lead": w.leads[1][0], "a participant": participant, "the coordinator": w.coordinator, "the chair": w.chair, "a visitor": h.Visitor(), "the system": h.System(),
	} {
		for verb, act := range map[string]func() error{
			"accepts":  func() error { return h.service.Accept(t.Context(), sc, w.all[0].ID) },
			"declines": func() error { return h.service.Decline(t.Context(), sc, w.all[0].ID) },
			"reads":    func() error { _, err := h.service.Offer(t.Context(), sc, w.all[0].ID); return err },
		} {
			if err := act(); err == nil && name != "the system" {
				t.Errorf("%s %s", name, verb)
			}
		}
	}
	h2 := open(t)
	w2 := h2.won(t)
	for i := 2; i < 4; i++ { // waiting and rejected
		if err := h2.service.Accept(t.Context(), w2.leads[i][0], w2.all[i].ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a place that was not offered is accepted: %v", err)
		}
		if _, err := h2.service.Offer(t.Context(), w2.leads[i][0], w2.all[i].ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("and shown: %v", err)
		}
	}
}

func TestTwoHundredAcceptancesAreOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	for _, lead := range w.leads[0][1:] {
		if err := h.service.Accept(t.Context(), lead, w.all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	var done, answered atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			switch err := h.service.Accept(t.Context(), w.leads[0][0], w.all[0].ID); {
			case err == nil:
				done.Add(1)
			case fault.Is(err, fault.KindConflict):
				answered.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	h.Jobs(t)
	if done.Load() != 1 || answered.Load() != 199 || h.count("place_accepted", w.all[0].ID) != 1 {
		t.Errorf("%d accepted, %d were told that it is, announced %d times", done.Load(), answered.Load(), h.count("place_accepted", w.all[0].ID))
	}
}

// TestEverybodyDecidesAtOnceAndNoPlaceIsGivenTwice lets all leads accept and decline at the same moment, with a longer
// waiting list, and then looks at who holds what.
func TestEverybodyDecidesAtOnceAndNoPlaceIsGivenTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	var all []selection.Application
	leads := map[ids.Application][]tenants.Scope{}
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		a, its := h.apply(t, name)
		all = append(all, a)
		leads[a.ID] = its
	}
	h.decide(t, coordinator, events.OutcomeSelected, all[:2]...)
	h.decide(t, coordinator, events.OutcomeWaiting, all[2:]...)
	h.release(t, coordinator, chair)
	var everybody sync.WaitGroup
	for round := range 3 {
		for i, a := range all {
			for k, lead := range leads[a.ID] {
				everybody.Go(func() {
					err := h.service.Accept(t.Context(), lead, a.ID)
					if (i+k+round)%3 == 0 {
						err = h.service.Decline(t.Context(), lead, a.ID)
					}
					if err != nil && !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindNotFound) {
						t.Error(err)
					}
				})
			}
		}
		everybody.Wait()
	}
	h.Jobs(t)
	var held []int
	if err := h.System().Read().NewRaw("SELECT place FROM decisions WHERE place IS NOT NULL ORDER BY place").Scan(t.Context(), &held); err != nil {
		t.Fatal(err)
	}
	if len(held) > 2 || len(slices.Compact(slices.Clone(held))) != len(held) {
		t.Errorf("places held: %v", held)
	}
	for _, a := range all {
		if h.count("place_accepted", a.ID)+h.count("place_declined", a.ID) > 1 {
			t.Errorf("%s was answered more than once: %v", a.Number, h.facts)
		}
	}
}

func TestOffersLapseByTheDatabasesClockEvenIfTheJobIsLate(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	h.set(t, "UPDATE decisions SET reply_by = now() - interval '1 second' WHERE application_id = ?", w.all[0].ID)
	if err := h.service.Accept(t.Context(), w.leads[0][0], w.all[0].ID); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("accepted a second too late: %v", err)
	}
	if err := h.service.Decline(t.Context(), w.leads[0][0], w.all[0].ID); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("declined a second too late: %v", err)
	}
	if o, err := h.service.Offer(t.Context(), w.leads[0][0], w.all[0].ID); err != nil || o.State != selection.DecisionLapsed || o.Waits() {
		t.Errorf("shown before the job has run: %v, %v", o.State, err)
	}
	if h.count("place_lapsed", w.all[0].ID) != 0 {
		t.Error("lapsed without the job")
	}
	for range 2 {
		if err := h.service.Lapse(t.Context(), h.System(), selection.Lapsing{Call: h.call.ID}); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	if h.count("place_lapsed", w.all[0].ID) != 1 || h.count("place_offered", w.all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
	until, err := selection.WaitingUntil(t.Context(), h.System().Read(), h.call.ID, ids.New[ids.Call]())
	if err != nil || len(until) != 1 || !until[h.call.ID].After(time.Now()) {
		t.Errorf("the waiting list ends %v, %v", until, err)
	}
	h.set(t, "UPDATE decision_lists SET waiting_until = now()")
	if err := h.service.Decline(t.Context(), w.leads[1][0], w.all[1].ID); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if len(h.offered) != 1 {
		t.Errorf("a place was offered after the waiting list had ended: %+v", h.offered)
	}
}

func TestAWithdrawnPlaceGoesToTheNext(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	h.withdraw(t, w.all[1])
	if h.count("place_offered", w.all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
	h.withdraw(t, w.all[0])
	if len(h.offered) != 1 {
		t.Error("there was nobody left to be offered a place")
	}
}

func TestEachRoleHasItsDuties(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, chair, officer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair), h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	duties := func(sc tenants.Scope) string {
		all, err := h.service.Duties(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, d := range all {
			kinds = append(kinds, string(d.Kind))
		}
		return strings.Join(kinds, " ")
	}
	check := func(when string, want map[*tenants.Scope]string) {
		t.Helper()
		for _, sc := range []*tenants.Scope{&coordinator, &chair, &officer, &one, &leads[0]} {
			if got := duties(*sc); got != want[sc] {
				t.Errorf("%s, %s: %q, want %q", when, sc.Actor().Name, got, want[sc])
			}
		}
	}
	check("at first", map[*tenants.Scope]string{&coordinator: "assign", &officer: "assign"})
	all := h.assign(t, a, one, two)
	check("assigned", map[*tenants.Scope]string{&one: "declare"})
	h.write(t, one, all[0], 8, "TEXT")
	check("reading", map[*tenants.Scope]string{&one: "review"})
	h.write(t, two, all[1], 8, "TEXT")
	for i, r := range []tenants.Scope{one, two} {
		if err := h.service.Submit(t.Context(), r, all[i]); err != nil {
			t.Fatal(err)
		}
	}
	check("reviewed", map[*tenants.Scope]string{&coordinator: "decide", &chair: "decide"})
	h.decide(t, coordinator, events.OutcomeSelected, a)
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	check("closed", map[*tenants.Scope]string{&chair: "sign"})
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	check("signed", map[*tenants.Scope]string{&coordinator: "release"})
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	check("released", map[*tenants.Scope]string{&leads[0]: "reply"})
	if err := h.service.Accept(t.Context(), leads[0], a.ID); err != nil {
		t.Fatal(err)
	}
	check("accepted", nil)
}

func TestWhoOwesSomethingIsReminded(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	p, err := h.service.Panel(t.Context(), w.chair, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.Accept(t.Context(), w.leads[0][0], w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	reminders := func(sc tenants.Scope, kind string) int {
		n := 0
		for _, m := range h.mailsTo(sc.Actor().Person) {
			if m.Kind == "selection.mail."+kind {
				n++
			}
		}
		return n
	}
	for _, by := range []time.Time{p.List.ReplyBy, p.List.ReplyBy.Add(time.Hour)} { // nothing is due at the second
		if err := h.service.RemindLeads(t.Context(), h.System(), selection.Reminding{Call: h.call.ID, By: by}); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	for who, want := range map[*tenants.Scope]int{&w.leads[0][0]: 0, &w.leads[0][1]: 1, &w.leads[1][0]: 1, &w.leads[2][0]: 0, &w.leads[3][0]: 0} {
		if got := reminders(*who, "reply_reminder"); got != want {
			t.Errorf("%s was reminded %d times, want %d", h.people[who.Actor().Person].Name, got, want)
		}
	}
	h2 := open(t)
	one, two := h2.role(t, "Bir", tenants.RoleReviewer), h2.role(t, "İki", tenants.RoleReviewer)
	a, _ := h2.apply(t, "Ihlamur")
	all := h2.assign(t, a, one, two)
	h2.write(t, one, all[0], 8, "TEXT")
	if err := h2.service.Submit(t.Context(), one, all[0]); err != nil {
		t.Fatal(err)
	}
	queue, err := h2.service.Queue(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range []tenants.Scope{one, two} {
		if err := h2.service.RemindReviewer(t.Context(), h2.System(), selection.Reminding{Call: h2.call.ID, Person: sc.Actor().Person, By: queue[0].DueAt}); err != nil {
			t.Fatal(err)
		}
	}
	h2.Jobs(t)
	for _, m := range h2.mailsTo(one.Actor().Person) {
		if m.Kind == "selection.mail.review_reminder" {
			t.Error("somebody whose review is in was reminded")
		}
	}
	if mails := h2.mailsTo(two.Actor().Person); mails[len(mails)-1].Kind != "selection.mail.review_reminder" {
		t.Errorf("somebody who owes a review was not reminded: %+v", mails)
	}
}
