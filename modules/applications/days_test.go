package applications_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// dayFrom is today in the zone of the house's calls, so many days on.
func dayFrom(days int) string {
	return time.Now().In(i18n.Zone("Europe/Berlin")).AddDate(0, 0, days).Format(time.DateOnly)
}

// dates publishes the call's form with another version of the question about the mission.
func (h *house) dates(t *testing.T, call ids.Call, change func(q *forms.Question)) {
	t.Helper()
	h.reforms(t, call, func(d *forms.Definition) { change(question(t, d, "mission")) })
	h.Jobs(t)
}

// takes an answer away, whatever the rules.
func (h *house) takes(t *testing.T, sheet ids.Sheet, ref string) {
	t.Helper()
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("DELETE FROM answers WHERE sheet_id = ? AND question = ?", sheet, ref).Exec(ctx)
		return err
	})
}

func TestWhatIsRequiredLaterKeepsNobodyFromHandingInNow(t *testing.T) {
	t.Parallel()
	for days, allowed := range map[int]bool{1: true, 0: false} {
		h := open(t)
		call, id, one, two := h.pair(t)
		sheet := h.find(t, id).Parts[0].Sheet
		h.dates(t, call, func(q *forms.Question) { q.Required, q.RequiredFrom = false, dayFrom(days) })
		h.takes(t, sheet, "mission")
		hall, err := h.service.Hall(t.Context(), one.lead, id)
		if err != nil || (hall.Mine[0].Left == 0) != allowed {
			t.Errorf("in %d days: %d are left, %v", days, hall.Mine[0].Left, err)
		}
		desk, err := h.service.Desk(t.Context(), one.lead, id, "", "organization")
		if err != nil {
			t.Fatal(err)
		}
		if q, _, _ := desk.Definition.Question("mission"); q.Required == allowed {
			t.Errorf("in %d days: the page says that it is required: %v", days, q.Required)
		}
		if err := h.service.Confirm(t.Context(), one.lead, id, "", time.Time{}); (err == nil) != allowed {
			t.Errorf("in %d days: confirming: %v", days, err)
		}
		if !allowed {
			wants(t, "handing in without it", submission(h.service.Submit(t.Context(), one.lead, id)), fault.KindConflict)
			continue
		}
		h.confirms(t, id, two)
		h.submits(t, id, one)
	}
}

func submission(_ applications.Submission, err error) error { return err }

func TestWhatIsRequiredSinceIsAskedForWhenItIsHandedInAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	sheet := h.find(t, id).Parts[0].Sheet
	h.dates(t, call, func(q *forms.Question) { q.Required, q.RequiredFrom = false, dayFrom(1) })
	h.takes(t, sheet, "mission")
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	if err := h.service.Reopen(t.Context(), one.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	h.dates(t, call, func(q *forms.Question) { q.RequiredFrom = dayFrom(0) })
	wants(t, "confirming without it", h.service.Confirm(t.Context(), one.lead, id, "", time.Time{}), fault.KindConflict)
	h.closes(call)
	hall, err := h.service.Hall(t.Context(), one.lead, id)
	if err != nil || hall.Mine[0].Left > 0 && dayFrom(0) != h.find(t, id).SubmittedAt.In(i18n.Zone("Europe/Berlin")).Format(time.DateOnly) {
		t.Errorf("%d left once it is closed, %v", hall.Mine[0].Left, err)
	}
}

func TestAFrozenAnswerIsNotChanged(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	sheet := h.find(t, id).Parts[0].Sheet
	_, first := h.answer(t, sheet, "mission")
	h.dates(t, call, func(q *forms.Question) { q.FrozenFrom = dayFrom(1) })
	if err := h.save(t, one.lead, sheet, "mission", "On the last day.", first); err != nil {
		t.Fatal(err)
	}
	h.dates(t, call, func(q *forms.Question) { q.FrozenFrom = dayFrom(0) })
	was, version := h.answer(t, sheet, "mission")
	err := h.save(t, one.lead, sheet, "mission", "Too late.", version)
	if f := fault.Of(err); !fault.Is(err, fault.KindInvalid) || len(f.Fields) != 1 || f.Fields[0].Key != "forms.error.frozen" {
		t.Errorf("the script: %v", err)
	}
	wants(t, "a document", one.lead.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := h.service.Change(ctx, tx, sheet, "mission")
		return err
	}), fault.KindConflict)
	values := url.Values{"base[mission]": {"2"}, "answers[mission]": {"Too late."}, "base[founded]": {"9"}, "answers[founded]": {"1999"}}
	posted, _, err := h.service.SavePosted(t.Context(), one.lead, h.Catalog.Localizer(i18n.EN, nil), sheet, "organization", values)
	if err != nil || !slices.ContainsFunc(posted.Bad, func(f fault.Field) bool { return f.Key == "forms.error.frozen" }) {
		t.Errorf("a page: %v, %v", posted.Bad, err)
	}
	if now, _ := h.answer(t, sheet, "mission"); now != was {
		t.Errorf("it stands there now: %s, was %s", now, was)
	}
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	h.closes(call)
	a := h.find(t, id)
	officer := h.officer(t)
	if err := h.service.AskForPapers(t.Context(), officer, id, a.Version, applications.Papers{Words: "Mission", Questions: map[ids.Sheet][]string{sheet: {"mission"}}}); err != nil {
		t.Fatal(err)
	}
	if err := h.save(t, one.lead, sheet, "mission", "As you have asked.", version); err != nil {
		t.Errorf("asked for by an officer, it stays frozen: %v", err)
	}
}
