package selection_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// earlier makes a decided application of another call.
func (h *house) earlier(t *testing.T) selection.Application {
	t.Helper()
	now := h.call
	h.around.mu.Lock()
	call := now
	call.ID = ids.New[ids.Call]()
	call.Title = i18n.Text{i18n.EN: "Exchange 2025"}
	h.calls = append(h.calls, call)
	h.around.mu.Unlock()
	h.call = call
	a, _ := h.apply(t, "Nehir")
	h.call = now
	h.decided(a.ID)
	a.Undecided = false
	return a
}

// opens prepares a sample and shows it to the reviewers.
func (h *house) opens(t *testing.T, coordinator tenants.Scope, source ids.Application, required bool) ids.Calibration {
	t.Helper()
	id, err := h.service.PrepareSample(t.Context(), coordinator, h.call.ID, selection.Preparing{Source: source, Language: i18n.EN})
	must(t, err)
	version := int64(1)
	if source.IsZero() {
		must(t, h.service.WriteSample(t.Context(), coordinator, id, version, selection.Sample{Title: "Sample", Texts: []string{"The river dries up.", ""}}))
		version++
	}
	must(t, h.service.OpenCalibration(t.Context(), coordinator, id, selection.Opening{Version: version, Required: required, Checked: true}))
	h.Jobs(t)
	return id
}

// marks are what somebody types who gives every criterion the same score.
func (h *house) marks(score float64, text string) []selection.Typed {
	var typed []selection.Typed
	for _, k := range h.call.Criteria {
		typed = append(typed, selection.Typed{Ref: k.Key, Score: score, Feedback: text})
	}
	return typed
}

func (h *house) scores(t *testing.T, reviewer tenants.Scope, id ids.Calibration, score float64, text string) {
	t.Helper()
	if _, clashes, err := h.service.SaveScores(t.Context(), reviewer, id, h.marks(score, text)); err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
	must(t, h.service.SubmitScores(t.Context(), reviewer, id))
}

// TestWhatIsErasedWhileItIsCopiedLeavesNoCopy holds it for the moment at which whoever erases does not find the copy yet.
func TestWhatIsErasedWhileItIsCopiedLeavesNoCopy(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	source := h.earlier(t)
	h.erasing = true
	_, err := h.service.PrepareSample(t.Context(), coordinator, h.call.ID, selection.Preparing{Source: source.ID, Language: i18n.EN})
	if !fault.Is(err, fault.KindInvalid) || !strings.Contains(fmt.Sprintf("%+v", fault.Of(err).Fields), "erased_meanwhile") {
		t.Errorf("it is copied: %v", err)
	}
	if all, err := h.service.Calibrations(t.Context(), coordinator, h.call.ID); err != nil || !all.Current.ID.IsZero() || len(all.Earlier) > 0 {
		t.Errorf("a copy is left: %+v, %v", all, err)
	}
	h.erasing = false
	if _, err := h.service.PrepareSample(t.Context(), coordinator, h.call.ID, selection.Preparing{Source: source.ID, Language: i18n.EN}); err != nil {
		t.Errorf("nor can it be begun again: %v", err)
	}
}

func TestASampleIsPreparedShownAndScored(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	one, two, idle := h.role(t, "Bir Okur", tenants.RoleReviewer), h.role(t, "İki Okur", tenants.RoleReviewer), h.role(t, "Boşta", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	h.assign(t, a, one, two)
	h.Jobs(t)
	ctx := t.Context()
	if _, err := h.service.PrepareSample(ctx, officer, h.call.ID, selection.Preparing{Language: i18n.EN}); err == nil {
		t.Error("an officer prepares one")
	}
	if _, err := h.service.PrepareSample(ctx, coordinator, h.call.ID, selection.Preparing{Language: "fr"}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a language that the call does not speak: %v", err)
	}
	id, err := h.service.PrepareSample(ctx, coordinator, h.call.ID, selection.Preparing{Language: i18n.EN})
	must(t, err)
	if _, err := h.service.PrepareSample(ctx, coordinator, h.call.ID, selection.Preparing{Language: i18n.EN}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("two at once: %v", err)
	}
	if _, err := h.service.Calibrating(ctx, one, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a reviewer sees what is being prepared: %v", err)
	}
	for _, c := range []struct {
		sample  selection.Sample
		version int64
		want    fault.Kind
	}{
		{selection.Sample{Texts: []string{"x", ""}}, 1, fault.KindInvalid},
		{selection.Sample{Title: "T", Texts: []string{strings.Repeat("x", selection.MaxPassage+1), ""}}, 1, fault.KindInvalid},
		{selection.Sample{Title: "T", Texts: []string{"x"}}, 1, fault.KindConflict},
		{selection.Sample{Title: "T", Texts: []string{"x", ""}}, 7, fault.KindConflict},
	} {
		if err := h.service.WriteSample(ctx, coordinator, id, c.version, c.sample); !fault.Is(err, c.want) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if err := h.service.OpenCalibration(ctx, coordinator, id, selection.Opening{Version: 1, Checked: true}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without words: %v", err)
	}
	must(t, h.service.WriteSample(ctx, coordinator, id, 1, selection.Sample{Title: "The river", Texts: []string{"It dries up.", ""}}))
	if err := h.service.OpenCalibration(ctx, coordinator, id, selection.Opening{Version: 2}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("unread: %v", err)
	}
	if err := h.service.OpenCalibration(ctx, coordinator, id, selection.Opening{Version: 1, Checked: true}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("what was changed since: %v", err)
	}
	must(t, h.service.OpenCalibration(ctx, coordinator, id, selection.Opening{Version: 2, Checked: true}))
	h.Jobs(t)
	if err := h.service.WriteSample(ctx, coordinator, id, 2, selection.Sample{Title: "T", Texts: []string{"x"}}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("changed after it was shown: %v", err)
	}
	for _, who := range []tenants.Scope{idle, leads[0], officer} {
		if _, err := h.service.Calibrating(ctx, who, id); err == nil {
			t.Errorf("%s sees it", who.Actor().Name)
		}
	}
	v, err := h.service.Calibrating(ctx, one, id)
	must(t, err)
	if len(v.Passages) != 1 || !v.Writable() || v.Spreads != nil || v.Scored != 0 {
		t.Errorf("%+v", v)
	}
	if err := h.service.SubmitScores(ctx, one, id); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("nothing scored: %v", err)
	}
	if _, _, err := h.service.SaveScores(ctx, one, id, []selection.Typed{{Ref: h.call.Criteria[0].Key, Score: 99}}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("out of the scale: %v", err)
	}
	if _, _, err := h.service.SaveScores(ctx, one, id, []selection.Typed{{Ref: "comment", Score: selection.NoScore, Feedback: "x"}}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("there is no panel to comment to: %v", err)
	}
	h.scores(t, two, id, 8, "SECRET of two")
	if v, err = h.service.Calibrating(ctx, one, id); err != nil || v.Spreads != nil || v.Scored != 0 {
		t.Errorf("something of the others before the own: %+v, %v", v, err)
	}
	must(t, errOf(h.service.Refer(ctx, coordinator, id, h.marks(5, "A five, as nobody was asked."))))
	if clashes, err := h.service.Refer(ctx, coordinator, id, h.marks(6, "Over it")); err != nil || len(clashes) != len(h.call.Criteria) {
		t.Errorf("over what somebody else wrote: %v, %v", clashes, err)
	}
	if _, clashes, err := h.service.SaveScores(ctx, one, id, h.marks(6, "Mine")); err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
	if _, clashes, err := h.service.SaveScores(ctx, one, id, h.marks(7, "From another page")); err != nil || len(clashes) != len(h.call.Criteria) {
		t.Errorf("%v, %v", clashes, err)
	}
	must(t, h.service.SubmitScores(ctx, one, id))
	if err := h.service.SubmitScores(ctx, one, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("twice: %v", err)
	}
	if _, _, err := h.service.SaveScores(ctx, one, id, h.marks(1, "")); !fault.Is(err, fault.KindConflict) {
		t.Errorf("after submitting: %v", err)
	}
	v, err = h.service.Calibrating(ctx, one, id)
	must(t, err)
	if s := v.Spreads[0]; v.Scored != 2 || s.N != 1 || s.Mean != 6 || s.ToOthers != nil || *s.ToRefer != 1 || s.Reference.Feedback == "" {
		t.Errorf("of two, one reads the other's: %+v", s)
	}
	three := h.role(t, "Üç Okur", tenants.RoleReviewer)
	h.assign(t, a, three)
	h.scores(t, three, id, 7, "SECRET of three")
	v, err = h.service.Calibrating(ctx, one, id)
	must(t, err)
	if s := v.Spreads[0]; v.Scored != 3 || s.N != 3 || s.Mean != 7 || *s.ToOthers != -1.5 || *s.ToRefer != 1 {
		t.Errorf("%+v", s)
	}
	if told := everything(t, v); strings.Contains(told, "SECRET") || strings.Contains(told, two.Actor().Person.String()) || strings.Contains(told, "İki Okur") {
		t.Error("who said what is told")
	}
	b, err := h.service.CalibrationBoard(ctx, officer, id)
	must(t, err)
	if len(b.Counted()) != 3 || len(b.Missing()) != 0 || *b.People[0].Severity.ToOthers >= 0 || *b.People[1].Severity.ToOthers <= 0 {
		t.Errorf("%+v", b.People)
	}
	must(t, h.service.CloseCalibration(ctx, coordinator, id))
	if v, err = h.service.Calibrating(ctx, one, id); err != nil || v.Writable() || len(v.Spreads) == 0 {
		t.Errorf("gone with the closing: %v", err)
	}
	if err := h.service.DiscardCalibration(ctx, coordinator, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("what was shown is deleted: %v", err)
	}
	// Another may follow; one that nobody has seen can be thrown away.
	id, err = h.service.PrepareSample(ctx, coordinator, h.call.ID, selection.Preparing{Language: i18n.TR})
	must(t, err)
	must(t, errOf(h.service.Refer(ctx, coordinator, id, h.marks(5, "x"))))
	must(t, h.service.DiscardCalibration(ctx, coordinator, id))
	if _, err := h.service.CalibrationBoard(ctx, coordinator, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("%v", err)
	}
}

func errOf(_ []*selection.Clash, err error) error { return err }

func TestWhoHasNotScoredIsRemindedOnceADay(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, one, two := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, one, two)
	id := h.opens(t, coordinator, ids.Application{}, false)
	count := func(who tenants.Scope) int {
		h.Jobs(t)
		n := 0
		for _, m := range h.mailsTo(who.Actor().Person) {
			if m.Kind == "selection.mail.calibration" {
				n++
			}
		}
		return n
	}
	if count(one) != 1 || count(two) != 1 {
		t.Fatal("not asked when it was opened")
	}
	if n, err := h.service.AskForScores(t.Context(), coordinator, id, ids.Person{}); err != nil || n != 0 || count(one) != 1 {
		t.Errorf("again on the same day: %d, %v", n, err)
	}
	h.scores(t, two, id, 5, "")
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE calibration_reviews SET told_at = told_at - interval '25 hours'").Exec(ctx)
		return err
	}))
	if n, err := h.service.AskForScores(t.Context(), coordinator, id, ids.Person{}); err != nil || n != 1 || count(one) != 2 || count(two) != 1 {
		t.Errorf("a day later: %d, %v", n, err)
	}
	if _, err := h.service.AskForScores(t.Context(), coordinator, id, two.Actor().Person); !fault.Is(err, fault.KindConflict) {
		t.Errorf("who is done: %v", err)
	}
	if _, err := h.service.AskForScores(t.Context(), one, id, two.Actor().Person); err == nil {
		t.Error("a reviewer reminds")
	}
}

// TestWhoReviewsOnlyWhatIsHiddenIsAskedAndNotShown has a coordinator who has a conflict of interest in all that somebody reviews: the
// sample is for that reviewer, too, and nothing says to the coordinator that they review.
func TestWhoReviewsOnlyWhatIsHiddenIsAskedAndNotShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	tied, one, two := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	h.gives(t, a, one)
	h.gives(t, b, two)
	must(t, h.service.DeclareConflict(t.Context(), tied, b.ID, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}))
	id := h.opens(t, tied, ids.Application{}, false)
	asked := func(who tenants.Scope) int {
		t.Helper()
		h.Jobs(t)
		n := 0
		for _, m := range h.mailsTo(who.Actor().Person) {
			if m.Kind == "selection.mail.calibration" {
				n++
				if m.AboutID != selection.ReviewsOf(h.call.ID) {
					t.Errorf("the mail is about %q", m.AboutID)
				}
			}
		}
		return n
	}
	if asked(one) != 1 || asked(two) != 1 {
		t.Error("not everybody is asked who reviews")
	}
	shown, err := h.service.CalibrationBoard(t.Context(), tied, id)
	if err != nil || len(shown.People) != 1 || shown.People[0].Scoring.Person != one.Actor().Person {
		t.Errorf("shown are %+v, %v", shown.People, err)
	}
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE calibration_reviews SET told_at = told_at - interval '25 hours'").Exec(ctx)
		return err
	}))
	if _, err := h.service.AskForScores(t.Context(), tied, id, two.Actor().Person); !fault.Is(err, fault.KindConflict) {
		t.Errorf("asking whoever is not shown: %v", err)
	}
	if n, err := h.service.AskForScores(t.Context(), tied, id, ids.Person{}); err != nil || n != 1 || asked(one) != 2 || asked(two) != 2 {
		t.Errorf("%d are asked again, %v", n, err)
	}
	h.leaves(t, two, tenants.RoleReviewer)
	if board, err := h.service.Board(t.Context(), tied, h.call.ID); err != nil || len(board.Reviewers) != 1 {
		t.Errorf("%d reviewers are there, %v", len(board.Reviewers), err)
	}
}

func TestARequiredSampleStandsBeforeTheFirstApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, one, two := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	first, begun := h.assign(t, a, one)[0], h.assign(t, a, two)[0]
	second := h.assign(t, b, one)[0]
	must(t, h.service.Declare(t.Context(), two, begun, selection.Declaration{}))
	id := h.opens(t, coordinator, ids.Application{}, true)
	if err := h.service.Declare(t.Context(), one, first, selection.Declaration{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("opened without: %v", err)
	}
	duties, err := h.service.Duties(t.Context(), one)
	if err != nil || !slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyCalibrate && d.Calibration == id }) {
		t.Errorf("%+v, %v", duties, err)
	}
	if _, _, err := h.service.SaveAll(t.Context(), two, begun, []selection.Typed{{Ref: "comment", Score: selection.NoScore, Feedback: "On."}}); err != nil {
		t.Errorf("who has opened one goes on: %v", err)
	}
	if err := h.service.Declare(t.Context(), one, second, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Errorf("a conflict: %v", err)
	}
	must(t, h.service.RequireCalibration(t.Context(), coordinator, id, false))
	must(t, h.service.RequireCalibration(t.Context(), coordinator, id, true))
	h.scores(t, one, id, 5, "")
	must(t, h.service.Declare(t.Context(), one, first, selection.Declaration{}))
}

// TestWhoIsTiedToTheSourceLearnsNothingOfTheSample of whichever kind the tie is, and need not score anything.
func TestWhoIsTiedToTheSourceLearnsNothingOfTheSample(t *testing.T) {
	t.Parallel()
	h := open(t)
	source := h.earlier(t)
	member := tenants.Grant{Role: tenants.RoleParticipant, Organization: source.Organizations[0].ID}
	coordinator, tiedOne := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.someone(t, "Bağlı", tenanttest.Role(tenants.RoleCoordinator), member)
	declared, belongs, judged, free := h.role(t, "Beyan", tenants.RoleReviewer), h.someone(t, "Üye", tenanttest.Role(tenants.RoleReviewer), member), h.role(t, "Yargı", tenants.RoleReviewer), h.role(t, "Serbest", tenants.RoleReviewer)
	h.undecided(source.ID, true)
	must(t, h.service.Declare(t.Context(), declared, h.give(t, source, declared), selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}))
	h.give(t, source, judged)
	h.undecided(source.ID, false)
	a, _ := h.apply(t, "Ihlamur")
	reviews := h.assign(t, a, declared, belongs, judged, free)
	ctx := t.Context()
	prepare := func(sc tenants.Scope, source ids.Application) error {
		_, err := h.service.PrepareSample(ctx, sc, h.call.ID, selection.Preparing{Source: source, Language: i18n.EN})
		return err
	}
	if err := prepare(coordinator, a.ID); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("one of the same call: %v", err)
	}
	if err := prepare(tiedOne, source.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("taken by somebody tied to it: %v", err)
	}
	for who, want := range map[*tenants.Scope]int{&coordinator: 1, &tiedOne: 0} {
		if found, err := h.service.Sources(ctx, *who, h.call.ID, source.Call); err != nil || len(found) != want || want > 0 && found[0].Excused != 3 {
			t.Errorf("%s may take %+v, %v", who.Actor().Name, found, err)
		}
	}
	id := h.opens(t, coordinator, source.ID, true)
	for i, who := range []tenants.Scope{declared, belongs, judged} {
		if _, err := h.service.Calibrating(ctx, who, id); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%d sees it: %v", i, err)
		}
		if _, _, err := h.service.SaveScores(ctx, who, id, h.marks(1, "")); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%d scores it: %v", i, err)
		}
		if all, err := h.service.CalibrationsOf(ctx, who); err != nil || len(all) > 0 {
			t.Errorf("%d knows of it: %v, %v", i, all, err)
		}
		if slices.ContainsFunc(h.mailsTo(who.Actor().Person), func(m events.MailRequested) bool { return m.Kind == "selection.mail.calibration" }) {
			t.Errorf("%d is written to", i)
		}
		if err := h.service.Declare(ctx, who, reviews[i], selection.Declaration{}); err != nil {
			t.Errorf("%d is kept from reviewing: %v", i, err)
		}
	}
	if v, err := h.service.Calibrations(ctx, tiedOne, h.call.ID); err != nil || !v.Held || !v.Current.ID.IsZero() {
		t.Errorf("%+v, %v", v, err)
	}
	for name, err := range map[string]error{
		"sees":     errorOf(h.service.CalibrationBoard(ctx, tiedOne, id)),
		"closes":   h.service.CloseCalibration(ctx, tiedOne, id),
		"requires": h.service.RequireCalibration(ctx, tiedOne, id, false),
		"refers":   errOf(h.service.Refer(ctx, tiedOne, id, h.marks(1, ""))),
		"reminds":  errorOf(h.service.AskForScores(ctx, tiedOne, id, ids.Person{})),
	} {
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("who is tied to it %s: %v", name, err)
		}
	}
	h.scores(t, free, id, 5, "")
	b, err := h.service.CalibrationBoard(ctx, coordinator, id)
	must(t, err)
	if len(b.Counted()) != 1 || len(b.Missing()) != 0 || len(b.People) != 4 {
		t.Errorf("%+v", b.People)
	}
	// Who is tied later loses it, and what they said counts no more.
	h.undecided(source.ID, true)
	must(t, h.service.Declare(ctx, free, h.give(t, source, free), selection.Declaration{Conflict: true, Kind: selection.ConflictMoney}))
	if _, err := h.service.Calibrating(ctx, free, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("%v", err)
	}
	if b, err = h.service.CalibrationBoard(ctx, coordinator, id); err != nil || len(b.Counted()) != 0 || b.Spreads[0].N != 0 {
		t.Errorf("%+v, %v", b.Spreads, err)
	}
}

func errorOf[T any](_ T, err error) error { return err }

func (h *house) undecided(id ids.Application, yes bool) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.applications {
		if h.applications[i].ID == id {
			h.applications[i].Undecided = yes
		}
	}
}

// give assigns an application of whatever call.
func (h *house) give(t *testing.T, a selection.Application, reviewer tenants.Scope) ids.Review {
	t.Helper()
	cmd := selection.Assignment{Applications: []ids.Application{a.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()}
	if refused, err := h.service.Assign(t.Context(), h.System(), a.Call, cmd); err != nil {
		t.Fatal(refused, err)
	}
	return h.reviewOf(t, reviewer, a.ID)
}

func TestACoordinatorWhoReviewsScoresFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	both, other := h.someone(t, "İkisi", tenanttest.Role(tenants.RoleCoordinator), tenanttest.Role(tenants.RoleReviewer)), h.role(t, "Öteki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, both, other)
	id := h.opens(t, both, ids.Application{}, false)
	h.scores(t, other, id, 9, "SECRET")
	b, err := h.service.CalibrationBoard(t.Context(), both, id)
	if err != nil || !b.Waits || b.Spreads != nil || strings.Contains(everything(t, b), "SECRET") {
		t.Errorf("%+v, %v", b, err)
	}
	if err := errOf(h.service.Refer(t.Context(), both, id, h.marks(1, ""))); !fault.Is(err, fault.KindConflict) {
		t.Errorf("%v", err)
	}
	h.scores(t, both, id, 3, "")
	if b, err = h.service.CalibrationBoard(t.Context(), both, id); err != nil || b.Waits || b.Spreads[0].N != 2 {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestWhatWasTickedExcusesFromACopy holds for ticks in the list of the call that calibrates, and of those that were taken back, as what
// came up then would be said to be theirs.
func TestWhatWasTickedExcusesFromACopy(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]bool{"ticked": false, "taken back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.anonymous(true)
			source := h.earlier(t)
			coordinator, tied, free := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bağlı", tenants.RoleReviewer), h.role(t, "Serbest", tenants.RoleReviewer)
			a, _ := h.apply(t, "Ihlamur")
			again, _ := h.apply(t, "Nehir")
			h.around.mu.Lock()
			h.applications[slices.IndexFunc(h.applications, func(one selection.Application) bool { return one.ID == again.ID })].Organizations[0] = source.Organizations[0]
			h.around.mu.Unlock()
			h.gives(t, a, tied)
			h.gives(t, a, free)
			h.says(t, tied, source.Organizations[0].ID)
			h.says(t, free)
			if back {
				_, all, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
				must(t, err)
				must(t, h.service.Undo(t.Context(), coordinator, all[0].Conflict.ID, "A mistake."))
			}
			if found, err := h.service.Sources(t.Context(), coordinator, h.call.ID, source.Call); err != nil || len(found) != 1 || found[0].Excused != 1 {
				t.Errorf("%+v, %v", found, err)
			}
			id := h.opens(t, coordinator, source.ID, true)
			if _, err := h.service.Calibrating(t.Context(), tied, id); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("they are shown the text of an organization that they ticked: %v", err)
			}
			if _, err := h.service.Calibrating(t.Context(), free, id); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWhoeverKnowsTheReferenceDoesNotScore goes through who writes or reads it before, and comes to review in the call later.
func TestWhoeverKnowsTheReferenceDoesNotScore(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	writes, reads := h.someone(t, "Yazar", tenanttest.Role(tenants.RoleCoordinator), tenanttest.Role(tenants.RoleReviewer)), h.someone(t, "Okur", tenanttest.Role(tenants.RoleOfficer), tenanttest.Role(tenants.RoleReviewer))
	both, other := h.someone(t, "İkisi", tenanttest.Role(tenants.RoleCoordinator), tenanttest.Role(tenants.RoleReviewer)), h.role(t, "Öteki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, both, other)
	id, err := h.service.PrepareSample(ctx, writes, h.call.ID, selection.Preparing{Language: i18n.EN})
	must(t, err)
	must(t, h.service.WriteSample(ctx, writes, id, 1, selection.Sample{Title: "Sample", Texts: []string{"The river dries up.", ""}}))
	if _, err := h.service.CalibrationBoard(ctx, reads, id); err != nil {
		t.Fatal(err) // there is no reference yet
	}
	must(t, errOf(h.service.Refer(ctx, writes, id, h.marks(4, "SECRET"))))
	if err := errOf(h.service.Refer(ctx, both, id, h.marks(1, ""))); !fault.Is(err, fault.KindConflict) {
		t.Errorf("who reviews here writes the reference before the own scores: %v", err)
	}
	b := h.SignedIn(t, both.Actor())
	b.Get("/selection/" + h.call.ID.String() + "/calibration/" + id.String())
	b.Want(http.StatusOK, "open the sample and submit your own scores")
	if strings.Contains(b.Page.Body, "SECRET") {
		t.Error("who reviews here reads the reference while it is prepared")
	}
	must(t, h.service.OpenCalibration(ctx, writes, id, selection.Opening{Version: 2, Checked: true}))
	h.assign(t, a, reads)
	if _, err := h.service.Calibrating(ctx, reads, id); err != nil {
		t.Errorf("who has seen a page without a reference: %v", err)
	}
	must(t, h.service.Unassign(ctx, h.System(), h.reviewOf(t, reads, a.ID)))
	if board, err := h.service.CalibrationBoard(ctx, reads, id); err != nil || len(board.Reference.Marks) == 0 {
		t.Errorf("%+v, %v", board.Reference, err)
	}
	second, _ := h.apply(t, "Zeytin")
	h.assign(t, second, reads, writes)
	for name, who := range map[string]tenants.Scope{"who wrote it": writes, "who read it": reads} {
		if _, _, err := h.service.SaveScores(ctx, who, id, h.marks(4, "")); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s scores: %v", name, err)
		}
	}
	h.scores(t, both, id, 3, "")
	board, err := h.service.CalibrationBoard(ctx, both, id)
	if err != nil || board.Waits || len(board.Reference.Marks) == 0 || len(board.Counted()) != 1 {
		t.Errorf("%+v, %v", board, err)
	}
}

// TestAWithdrawnSourceStillBars holds for whoever of the team came later, and everybody where nothing is known of it any more.
func TestAWithdrawnSourceStillBars(t *testing.T) {
	t.Parallel()
	h := open(t)
	source := h.earlier(t)
	coordinator, reader := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, reader)
	id := h.opens(t, coordinator, source.ID, false)
	h.scores(t, reader, id, 4, "")
	h.around.mu.Lock()
	h.withdrawn[source.ID] = true
	h.around.mu.Unlock()
	must(t, h.service.ForgetWithdrawn(t.Context(), h.System(), events.ApplicationWithdrawn{Application: source.ID, Call: source.Call}))
	late := h.someone(t, "Sonradan", tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: source.Organizations[0].ID})
	if _, err := h.service.CalibrationBoard(t.Context(), late, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a member of it who came later: %v", err)
	}
	if _, err := h.service.CalibrationBoard(t.Context(), coordinator, id); err != nil {
		t.Errorf("whom nothing ties to it: %v", err)
	}
	h.around.mu.Lock()
	h.applications = slices.DeleteFunc(h.applications, func(one selection.Application) bool { return one.ID == source.ID })
	h.around.mu.Unlock()
	if _, err := h.service.CalibrationBoard(t.Context(), coordinator, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("nobody knows whose it was: %v", err)
	}
}

// TestACalibrationTouchesNothing compares whatever is told of a selection before a sample was scored, and afterwards.
func TestACalibrationTouchesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	source := h.earlier(t)
	coordinator, chair := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Kurul", tenants.RoleChair)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	for i, name := range []string{"Ihlamur", "Çınar", "Meşe"} {
		a, _ := h.apply(t, name)
		h.review(t, a, map[*tenants.Scope]int{&one: 2 + i, &two: 5 + i})
	}
	h.Jobs(t)
	ctx, call := t.Context(), h.call.ID
	tell := func() map[string]string {
		told := map[string]string{}
		note := func(what string, v any, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(what, err)
			}
			told[what] = everything(t, v)
		}
		panel, err := h.service.Panel(ctx, chair, call)
		note("ranking, spread and decisions", panel, err)
		agreement, err := h.service.Agreement(ctx, coordinator, call)
		note("agreement and severity", agreement, err)
		board, err := h.service.Board(ctx, coordinator, call)
		note("assignments, thirds and progress", board, err)
		summaries, err := h.service.Summaries(ctx, coordinator)
		note("summaries", summaries, err)
		known, err := h.pool.KnownReviewers(ctx, coordinator)
		note("statistics of reviewers", known, err)
		fairness, err := h.service.Fairness(ctx, coordinator, call)
		note("fairness", fairness, err)
		docket, err := h.service.Docket(ctx, one)
		note("the queue", docket, err)
		reviewing, err := selection.Reviewed(ctx, h.System(), call)
		note("how far the reviewing is", reviewing, err)
		given, submitted, err := selection.CountReviews(ctx, h.System().Read())
		note("counts", []int{given, submitted}, err)
		standings, err := h.service.Standings(ctx, one, []ids.Application{source.ID})
		note("standings", standings, err)
		conflicts, all, err := h.service.Conflicts(ctx, coordinator, source.Call)
		note("conflicts", []any{conflicts, all}, err)
		return told
	}
	before := tell()
	if !strings.Contains(before["ranking, spread and decisions"], "Ihlamur") {
		t.Fatal("nothing is told")
	}
	id := h.opens(t, coordinator, source.ID, true)
	h.scores(t, one, id, 9, "x")
	h.scores(t, two, id, 1, "x")
	must(t, errOf(h.service.Refer(ctx, coordinator, id, h.marks(5, "x"))))
	h.Jobs(t)
	if diff := cmp.Diff(before, tell()); diff != "" {
		t.Error(diff)
	}
	if in, err := h.InSelection(ctx, coordinator, selection.Call{ID: call}); err != nil || len(in) != 3 {
		t.Errorf("%d applications, %v", len(in), err)
	}
}

func TestASampleGoesWithWhatItIsACopyOf(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]func(h *house, source selection.Application) error{
		"erased": func(h *house, s selection.Application) error {
			return h.service.ForgetSample(t.Context(), h.System(), events.AnswersErased{Application: s.ID})
		},
		"withdrawn": func(h *house, s selection.Application) error {
			return h.service.ForgetWithdrawn(t.Context(), h.System(), events.ApplicationWithdrawn{Application: s.ID, Call: s.Call})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			source := h.earlier(t)
			coordinator, one, two := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
			a, _ := h.apply(t, "Ihlamur")
			reviews := h.assign(t, a, one, two)
			id := h.opens(t, coordinator, source.ID, true)
			must(t, errOf(h.service.Refer(t.Context(), coordinator, id, h.marks(5, "The RIVER again"))))
			h.scores(t, one, id, 4, "The RIVER, as well")
			for range 2 { // it may come more than once
				must(t, gone(h, source))
			}
			b, err := h.service.CalibrationBoard(t.Context(), coordinator, id)
			must(t, err)
			if told := everything(t, b); strings.Contains(told, "RIVER") || strings.Contains(told, "BECAUSE") || b.State != selection.CalibrationClosed || b.Spreads[0].N != 1 {
				t.Errorf("%s", told)
			}
			must(t, h.service.Declare(t.Context(), two, reviews[1], selection.Declaration{}))
			// One that is being prepared goes altogether.
			id, err = h.service.PrepareSample(t.Context(), coordinator, h.call.ID, selection.Preparing{Source: source.ID, Language: i18n.EN})
			must(t, err)
			must(t, gone(h, source))
			if _, err := h.service.CalibrationBoard(t.Context(), coordinator, id); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%v", err)
			}
			if err := h.service.ForgetSample(t.Context(), coordinator, events.AnswersErased{Application: source.ID}); err == nil {
				t.Error("a coordinator erases")
			}
		})
	}
}

// TestLentAndInvitedReviewersScoreTheSampleToo before anything is assigned to them.
func TestLentAndInvitedReviewersScoreTheSampleToo(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	h.apply(t, "Ihlamur")
	guest := umit()
	h.lend(t, coordinator.Actor().Person, guest)
	sc := h.accepts(t, guest.Email)
	id := h.opens(t, coordinator, ids.Application{}, true)
	h.scores(t, sc, id, 6, "")
	must(t, h.pool.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: guest.Loan}))
	b, err := h.service.CalibrationBoard(t.Context(), coordinator, id)
	if err != nil || len(b.Counted()) != 1 {
		t.Errorf("%+v, %v", b.People, err)
	}
}

func TestThePagesOfACalibration(t *testing.T) {
	t.Parallel()
	h := open(t)
	source := h.earlier(t)
	coordinator, one, two := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Rüya Okur", tenants.RoleReviewer), h.role(t, "Sarp Öteki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	first := h.assign(t, a, one, two)[0]
	c, r := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, one.Actor())
	path := "/selection/" + h.call.ID.String() + "/calibration"
	c.Get(path)
	c.Want(200, "Take an earlier application", "Write a sample")
	c.Get(path + "?from=" + source.Call.String())
	c.Want(200, "Nehir Derneği")
	c.Submit(path+"s", "from", source.Call.String(), "application", "", "language", "en")
	c.Want(422, "Nehir Derneği")
	c.Submit(path+"s", "from", source.Call.String(), "application", source.ID.String(), "language", "en")
	c.Want(200, "BECAUSE the river dries up.", "Please read every answer")
	var id ids.Calibration
	must(t, h.System().Read().NewRaw("SELECT id FROM calibrations").Scan(t.Context(), &id))
	draft := path + "/" + id.String()
	c.Submit(draft, "title", "", "passage_0", "CUT", "passage_1", "Kept")
	c.Want(422, "CUT")
	c.Submit(draft, "title", "The river", "passage_0", "BECAUSE of the drought.", "passage_1", "We walk.")
	c.Want(200, "The sample is saved")
	c.Get(draft)
	c.Submit(draft, "open", "yes", "title", "The river", "passage_0", "BECAUSE of the drought.", "passage_1", "We walk.", "required", "yes")
	c.Want(422, "Please read the sample and confirm it.")
	for _, look := range looks {
		v, at := h.visit(t, look, coordinator)
		v.Go(at.Address(draft))
		v.Accessible("selection-calibration-preparing-" + look.Language)
	}
	c.Submit(draft, "open", "yes", "title", "The river", "passage_0", "BECAUSE of the drought.", "passage_1", "We walk.", "required", "yes", "checked", "yes")
	c.Want(200, "The reviewers see the sample now", "Rüya Okur", "Not yet")
	key := h.call.Criteria[0].Key
	c.Submit(draft+"/reference", "answers["+key+"][score]", "5", "answers["+key+"][text]", "A five: REASON.")
	c.Want(200, "The reference is saved", "REASON")
	c.Submit(draft + "/reminders")
	c.Want(200, "within the last day already")

	sample := "/reviews/calibrations/" + id.String()
	r.Get("/reviews")
	r.Want(200, "there is a sample to score before you open the first application")
	r.Get("/reviews/" + first.String())
	r.Want(200, "there is a sample to score")
	if strings.Contains(r.Page.Body, `name="conflict" value="no"`) {
		t.Error("the application can be opened")
	}
	r.Get(sample)
	r.Want(200, "BECAUSE of the drought.")
	for _, secret := range []string{"REASON", "Nehir", "Sarp"} {
		if strings.Contains(r.Page.Body, secret) {
			t.Errorf("%s before submitting", secret)
		}
	}
	r.Submit(sample, "answers["+key+"][score]", "7", "answers["+key+"][text]", "MINE", "submit", "yes")
	r.Want(422, "MINE")
	r.Submit(sample, "answers["+key+"][score]", "77", "answers["+key+"][text]", "TYPED")
	r.Want(422, "TYPED")
	h.scores(t, two, id, 2, "HIS OWN WORDS")
	version := int64(1)
	typed := h.marks(6, "")
	typed[0].Base = version
	if _, _, err := h.service.SaveScores(t.Context(), one, id, typed); err != nil {
		t.Fatal(err)
	}
	r.Get(sample + "/submission")
	r.Want(200, "cannot be changed afterwards")
	r.Submit(sample + "/submission")
	r.Want(200, "Here is how all have scored it so far", "REASON", "2 reviewers have submitted")
	for _, secret := range []string{"HIS OWN WORDS", "Sarp", "Nehir"} {
		if strings.Contains(r.Page.Body, secret) {
			t.Errorf("%s is told", secret)
		}
	}
	for _, look := range looks {
		v, at := h.visit(t, look, coordinator)
		v.Go(at.Address(draft))
		v.Accessible("selection-calibration-" + look.Language)
		v, at = h.visit(t, look, one)
		v.Go(at.Address(sample))
		v.Accessible("selection-calibration-scored-" + look.Language)
	}
	three := h.role(t, "Üçüncü", tenants.RoleReviewer)
	h.assign(t, a, three)
	v, at := h.visit(t, looks[1], three)
	v.Go(at.Address(sample))
	v.Accessible("selection-calibration-scoring")
	c.Get(draft)
	c.Submit(draft + "/closing")
	c.Want(200, "The calibration is closed.")
	stranger := h.SignedIn(t, h.role(t, "Yabancı", tenants.RoleReviewer).Actor())
	stranger.Get(sample)
	stranger.Want(http.StatusNotFound)
	stranger.Get(draft)
	stranger.Want(http.StatusNotFound)
}

// TestCalibrationsAskAsOften holds the pages to as many queries for three reviewers as for one.
func TestCalibrationsAskAsOften(t *testing.T) {
	t.Parallel()
	h := open(t)
	source := h.earlier(t)
	coordinator, one := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Bir", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.assign(t, a, one)
	id := h.opens(t, coordinator, source.ID, false)
	h.scores(t, one, id, 5, "x")
	c, r := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, one.Actor())
	pages := func() [3]int64 {
		return [3]int64{
			h.queries.Least(func() { c.Get("/selection/" + h.call.ID.String() + "/calibration/" + id.String()) }),
			h.queries.Least(func() { r.Get("/reviews/calibrations/" + id.String()) }),
			h.queries.Least(func() { r.Get("/reviews") }),
		}
	}
	before := pages()
	for _, name := range []string{"İki", "Üç"} {
		more := h.role(t, name, tenants.RoleReviewer)
		h.assign(t, a, more)
		h.scores(t, more, id, 6, "x")
	}
	must(t, h.service.CloseCalibration(t.Context(), coordinator, id))
	next := h.opens(t, coordinator, source.ID, false)
	h.scores(t, one, next, 5, "x")
	if after := pages(); after != before {
		t.Errorf("%d queries, then %d", before, after)
	}
}
