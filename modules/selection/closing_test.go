package selection_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

// veiled is a call with an application in which two coordinators have a conflict of interest; the third and the chair have none.
type veiled struct {
	them, also, free, chair tenants.Scope
	secret                  selection.Application
	all                     []selection.Application // without it
}

func (h *house) veiled(t *testing.T) veiled {
	t.Helper()
	v := veiled{
		them: h.role(t, "Defne Karaağaç", tenants.RoleCoordinator), also: h.role(t, "Piotr Lis", tenants.RoleCoordinator),
		free: h.role(t, "Eleni Kara", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair),
	}
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin"} {
		a, _ := h.apply(t, name)
		v.all = append(v.all, a)
	}
	v.secret, _ = h.apply(t, "GEHEIM")
	for _, sc := range []tenants.Scope{v.them, v.also} {
		h.conflict(t, sc, v.secret)
	}
	return v
}

func (h *house) close(t *testing.T, sc tenants.Scope, change func(*selection.Closing)) error {
	t.Helper()
	cmd := closing()
	if change != nil {
		change(&cmd)
	}
	return h.service.Close(t.Context(), sc, h.call.ID, h.version(t, sc), cmd)
}

func (h *house) sign(t *testing.T, sc tenants.Scope) error {
	t.Helper()
	return h.service.Sign(t.Context(), sc, h.call.ID, h.version(t, sc))
}

func (h *house) tryRelease(t *testing.T, sc tenants.Scope) error {
	t.Helper()
	return h.service.Release(t.Context(), sc, h.call.ID, h.version(t, sc))
}

// TestClosingTellsNothingOfWhatIsHidden: whatever is wrong with an application that nobody who closes and signs may know of, closing
// and signing go as if it were not there; only the release is refused, in the same words whatever is wrong, and to somebody without
// a conflict of interest in the words for it.
func TestClosingTellsNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome events.Outcome
		others  events.Outcome // of the last of the others
		quota   blueprints.Quota
		endless bool
		want    string
		words   string
	}{
		"it is undecided":                    {others: events.OutcomeSelected, want: "selection.close.undecided", words: "There are applications without a decision."},
		"it is one too many":                 {outcome: events.OutcomeSelected, others: events.OutcomeSelected, want: "selection.close.too_many", words: "More applications are selected than there are places."},
		"it is beyond a quota":               {outcome: events.OutcomeSelected, others: events.OutcomeRejected, quota: blueprints.Quota{Country: "TR", Most: 1}, want: "selection.close.quota", words: "Change the selection, or say why."},
		"it alone waits, and without an end": {outcome: events.OutcomeWaiting, others: events.OutcomeSelected, endless: true, want: "selection.close.no_end", words: "The waiting list has no end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			if c.quota.Most > 0 {
				h.limits(c.quota)
			}
			v := h.veiled(t)
			h.decide(t, v.free, events.OutcomeSelected, v.all[0])
			h.decide(t, v.free, events.OutcomeRejected, v.all[1])
			h.decide(t, v.free, c.others, v.all[2])
			if c.outcome != "" {
				h.decide(t, v.free, c.outcome, v.secret)
			}
			done(t, h.close(t, v.them, func(cmd *selection.Closing) {
				if c.endless {
					cmd.WaitingUntil = time.Time{}
				}
			}))
			done(t, h.sign(t, v.also))
			refusedAs(t, h.tryRelease(t, v.them), "selection.release.not_whole")
			refusedAs(t, h.tryRelease(t, v.free), c.want)
			for _, sc := range []tenants.Scope{v.them, v.free} {
				b := h.SignedIn(t, sc.Actor())
				b.Get("/selection/" + h.call.ID.String() + "/decisions/release")
				exact := strings.Contains(b.Page.Body, c.words)
				if b.Page.Status != http.StatusOK || exact != (sc.Actor().Person == v.free.Actor().Person) {
					t.Errorf("%d; the page says what is wrong: %v", b.Page.Status, exact)
				}
			}
		})
	}
}

// TestTheTrailOfAClosingSaysNothingOfQuotas: its readers have conflicts of interest of their own.
func TestTheTrailOfAClosingSaysNothingOfQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Country: "TR", Most: 1})
	v := h.veiled(t)
	h.decide(t, v.free, events.OutcomeSelected, v.all[0], v.secret)
	h.decide(t, v.free, events.OutcomeRejected, v.all[1], v.all[2])
	done(t, h.close(t, v.free, func(c *selection.Closing) { c.QuotaReason = "REASON for it" }))
	done(t, v.free.Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		found, err := audit.List(ctx, tx, audit.Filter{Action: "decisions.closed", Limit: 5})
		for _, e := range found {
			if len(e.Detail) > 0 && string(e.Detail) != "{}" {
				t.Errorf("it says %v", e.Detail)
			}
		}
		return err
	}))
	address := "/selection/" + h.call.ID.String()
	for _, below := range []string{"/decisions", "/decisions/signature", "/ranking", "/panel"} {
		for _, sc := range []tenants.Scope{v.them, v.chair} {
			b := h.SignedIn(t, sc.Actor())
			b.Get(address + below)
			if told := strings.Contains(b.Page.Body, "REASON for it"); told != (sc.Actor().Person == v.chair.Actor().Person && below != "/panel") {
				t.Errorf("%s: the reason is told: %v", below, told)
			}
		}
	}
	done(t, h.sign(t, v.them))
	done(t, h.tryRelease(t, v.them))
}

// TestWhoHasNoConflictGetsACallUnstuck: what was closed and signed by people who could not know that something is lacking is opened
// again, completed and closed by the chair, who may not release; who may not know of it signs and releases.
func TestWhoHasNoConflictGetsACallUnstuck(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.veiled(t)
	h.decide(t, v.them, events.OutcomeSelected, v.all[:2]...)
	h.decide(t, v.them, events.OutcomeRejected, v.all[2])
	done(t, h.close(t, v.them, nil))
	done(t, h.sign(t, v.also))
	refusedAs(t, h.tryRelease(t, v.them), "selection.release.not_whole")
	chair := h.SignedIn(t, v.chair.Actor())
	chair.Get("/selection/" + h.call.ID.String() + "/decisions")
	chair.Want(http.StatusOK, "There are applications without a decision.")
	done(t, h.service.Reopen(t.Context(), v.chair, h.call.ID, h.version(t, v.chair)))
	h.decide(t, v.chair, events.OutcomeWaiting, v.secret)
	done(t, h.close(t, v.chair, nil))
	done(t, h.sign(t, v.them))
	done(t, h.tryRelease(t, v.also))
	for sc, told := range map[*tenants.Scope]bool{&v.them: false, &v.free: true} {
		b := h.SignedIn(t, sc.Actor())
		b.Get("/selection/" + h.call.ID.String() + "/decisions")
		if b.Page.Status != http.StatusOK || strings.Contains(b.Page.Body, "The waiting list runs until") != told {
			t.Errorf("%d; that there is a waiting list is told: not %v", b.Page.Status, told)
		}
	}
}

// TestAClosingThatKnowsOfNoWaitingListKeepsItsEnd that somebody had set who does.
func TestAClosingThatKnowsOfNoWaitingListKeepsItsEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.veiled(t)
	h.decide(t, v.free, events.OutcomeSelected, v.all[:2]...)
	h.decide(t, v.free, events.OutcomeRejected, v.all[2])
	h.decide(t, v.free, events.OutcomeWaiting, v.secret)
	done(t, h.close(t, v.free, nil))
	done(t, h.service.Reopen(t.Context(), v.them, h.call.ID, h.version(t, v.them)))
	b := h.SignedIn(t, v.them.Actor())
	address := "/selection/" + h.call.ID.String() + "/decisions"
	if page := b.Get(address + "/closing"); strings.Contains(page.Body, `name="waiting_until"`) {
		t.Error("a date is asked of somebody who may not know what for")
	}
	b.Submit(address + "/closing")
	b.Want(http.StatusOK, "The list is closed.")
	done(t, h.sign(t, v.also))
	done(t, h.tryRelease(t, v.them))
}

// TestEverybodyMayHaveAConflict: two who decide must each not know of another application, and hold what is in order as a whole for
// more or less than it is.
func TestEverybodyMayHaveAConflict(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, two := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Piotr", tenants.RoleCoordinator)
	first, _ := h.apply(t, "Ihlamur")
	second, _ := h.apply(t, "Çınar")
	third, _ := h.apply(t, "Zeytin")
	h.decide(t, one, events.OutcomeSelected, first, second)
	h.decide(t, one, events.OutcomeWaiting, third)
	h.conflict(t, one, first)
	h.conflict(t, two, second)
	err := h.close(t, one, nil)
	if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "selection.close.places_left" {
		t.Fatalf("a place that looks free: %v", err)
	}
	b := h.SignedIn(t, one.Actor())
	address := "/selection/" + h.call.ID.String() + "/decisions"
	b.Get(address + "/closing")
	b.Submit(address + "/closing")
	b.Want(http.StatusUnprocessableEntity, "Places are left although there is a waiting list.")
	b.Submit(address+"/closing", "leave_places", "yes")
	b.Want(http.StatusOK, "The list is closed.")
	done(t, h.sign(t, two))
	done(t, h.tryRelease(t, one))
	h.Jobs(t)
	if n := len(h.offered); n != 0 {
		t.Errorf("%d were offered a place that is held", n)
	}
}

// TestWhoSignsSeesWhatTheCloserCouldNot: they are refused what they see themselves, in so many words.
func TestWhoSignsSeesWhatTheCloserCouldNot(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.veiled(t)
	h.decide(t, v.free, events.OutcomeSelected, v.all[:2]...)
	h.decide(t, v.free, events.OutcomeRejected, v.all[2])
	h.decide(t, v.free, events.OutcomeWaiting, v.secret)
	done(t, h.close(t, v.them, func(c *selection.Closing) { c.WaitingUntil = time.Time{} }))
	refusedAs(t, h.sign(t, v.chair), "selection.close.no_end")
	done(t, h.service.Reopen(t.Context(), v.chair, h.call.ID, h.version(t, v.chair)))
	done(t, h.close(t, v.chair, nil))
	done(t, h.sign(t, v.them))
}

// TestWhoReleasesIsToldWhatTheySeeIsLacking although they must not know of all applications.
func TestWhoReleasesIsToldWhatTheySeeIsLacking(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := h.veiled(t)
	sees := h.role(t, "İpek", tenants.RoleCoordinator)
	h.conflict(t, sees, v.all[0])
	h.decide(t, v.free, events.OutcomeSelected, v.all[:2]...)
	h.decide(t, v.free, events.OutcomeRejected, v.all[2])
	done(t, h.close(t, v.them, nil))
	done(t, h.sign(t, v.also))
	refusedAs(t, h.tryRelease(t, sees), "selection.close.undecided")
	refusedAs(t, h.tryRelease(t, v.them), "selection.release.not_whole")
}

// TestWhoIsOfferedAPlaceAtTheReleaseIsNotToldToWait: the letters of the list go without theirs, which says that they wait.
func TestWhoIsOfferedAPlaceAtTheReleaseIsNotToldToWait(t *testing.T) {
	t.Parallel()
	for name, free := range map[string]int{"a place is left": 1, "none is": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			v := h.veiled(t)
			h.decide(t, v.free, events.OutcomeSelected, v.all[:2-free]...)
			h.decide(t, v.free, events.OutcomeWaiting, v.all[2])
			h.decide(t, v.free, events.OutcomeRejected, append(slices.Clone(v.all[2-free:2]), v.secret)...)
			done(t, h.close(t, v.free, func(c *selection.Closing) { c.LeavePlaces = free > 0 }))
			done(t, h.sign(t, v.chair))
			done(t, h.tryRelease(t, v.free))
			h.Jobs(t)
			without := []ids.Application{v.all[2].ID}[:free]
			if len(h.lists) != 1 || h.lists[0].Batch == "" || !slices.Equal(h.lists[0].Without, without) || len(h.offered) != free {
				t.Errorf("%+v; %d are offered a place", h.lists, len(h.offered))
			}
		})
	}
}
