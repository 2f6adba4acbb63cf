package selection_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/kernel/geo"
	"kervan/modules/selection"
	"kervan/tenants"
)

// TestMinutesThatExistKeepTheirFingerprint which was computed before minutes held quotas and money.
func TestMinutesThatExistKeepTheirFingerprint(t *testing.T) {
	t.Parallel()
	got, err := selection.OldPrint()
	if err != nil || got != "dd16df622eb260071d52e2b74501e3a30dc761d50d2b57f7ef1edca1448204f7" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestMinutesWithABalanceKeepTheirFingerprint, whatever becomes of the types in it.
func TestMinutesWithABalanceKeepTheirFingerprint(t *testing.T) {
	t.Parallel()
	got, err := selection.NewPrint()
	if err != nil || got != "88a93b44474900482d39f13c15154f8a303ffb6dca7c182cbe8b934627736eff" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestABalanceIsOfTheLastEndOfItsMeeting: where a program that does not know of balances has opened the meeting again and ended it, the
// minutes have none, and can be signed.
func TestABalanceIsOfTheLastEndOfItsMeeting(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	id := h.room(t, m.lead).Meeting.ID
	var old string
	done(t, h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
		old, err = selection.PrintWithout(ctx, tx, h.call.ID)
		return err
	}))
	h.set(t, "UPDATE panel_meetings SET ended_at = ended_at + interval '1 minute', fingerprint = ?", old)
	minutes, err := h.service.Minutes(ctx, m.lead, h.call.ID, id)
	if err != nil || minutes.Balance != nil {
		t.Errorf("the minutes have the balance of another end: %+v, %v", minutes.Balance, err)
	}
	done(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, old))
	done(t, h.service.SignMinutes(ctx, m.chair, h.call.ID, old))
}

// TestMinutesHoldQuotasAndMoney as the meeting ended, for each reader without what they must not know of: no number of theirs goes
// beyond what the decisions that they see come to.
func TestMinutesHoldQuotasAndMoney(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Country: "TR", Most: 1}, blueprints.Quota{First: true, Least: 1}, blueprints.Quota{Kind: "foundation", Least: 1, Most: 3},
		blueprints.Quota{Regions: []geo.Region{"TR.48"}, Least: 1})
	h.grants(forms.Money{Minor: 350000, Currency: "EUR"})
	m := h.meets(t)
	ctx := t.Context()
	h.is(m.secret, "foundation", false)
	h.sits(m.secret, "TR.48")
	for _, a := range []selection.Application{m.secret, m.all[1]} {
		done(t, h.service.PutOnTable(ctx, m.lead, a.ID))
		done(t, h.service.Settle(ctx, m.lead, a.ID, selection.Settlement{Outcome: events.OutcomeSelected, Reason: "Plan"}))
	}
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	meeting := h.room(t, m.lead).Meeting
	h.decide(t, m.lead, events.OutcomeRejected, m.all[1]) // after the meeting: the minutes stay
	address := "/selection/" + h.call.ID.String() + "/panel/minutes/" + meeting.ID.String()
	for sc, want := range map[*tenants.Scope][]string{
		&m.chair:   {"Places 2 of 2 given", "Money EUR 7,000 of EUR 7,000", "Quota: Türkiye 2 of 2 selected (100%) At most 1: exceeded", "Quota: First-timers 0 of 2 selected (0%) At least 1: not reached", "Quota: Foundation 1 of 2 selected (50%) 1 to 3: kept", "Quota: Muğla 1 of 2 selected (50%) At least 1: kept"},
		&m.officer: {"Places 1 of 2 given", "Money EUR 3,500 of EUR 7,000", "Quota: Türkiye 1 of 1 selected (100%) At most 1: kept", "Quota: First-timers 0 of 1 selected (0%) At least 1: not reached", "Quota: Foundation 0 of 1 selected (0%) 1 to 3: not reached", "Quota: Muğla 0 of 1 selected (0%) At least 1: not reached"},
	} {
		b := h.SignedIn(t, sc.Actor())
		b.Get(address)
		b.Want(http.StatusOK, want...)
		if page := b.Get(address + "/paper.pdf"); page.Status != http.StatusOK {
			t.Errorf("the file: %d", page.Status)
		}
	}
	part, err := h.service.Minutes(ctx, m.officer, h.call.ID, meeting.ID)
	done(t, err)
	if part.Meeting.Balance != nil || part.Meeting.Fingerprint != meeting.Fingerprint {
		t.Error("the part holds the whole, or another fingerprint")
	}
	whole, err := h.service.Minutes(ctx, m.chair, h.call.ID, meeting.ID)
	done(t, err)
	kept, err := json.Marshal(whole.Balance)
	done(t, err)
	for _, forged := range []string{"jsonb_set(balance, '{places}', '3')", "jsonb_set(balance, '{quotas,0,most}', '2')", "jsonb_set(balance, '{chosen,0,first}', 'true')", "jsonb_set(balance, '{ended}', '1')", "NULL"} {
		h.set(t, "UPDATE panel_meetings SET balance = "+forged)
		refusedAs(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, meeting.Fingerprint), "selection.minutes.changed")
		h.set(t, "UPDATE panel_meetings SET balance = ?::jsonb", string(kept))
	}
	done(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, meeting.Fingerprint))
	done(t, h.service.SignMinutes(ctx, m.chair, h.call.ID, meeting.Fingerprint))
}

// TestOldMinutesSayNothingOfQuotas that nobody has written down.
func TestOldMinutesSayNothingOfQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	done(t, h.service.FinishMeeting(t.Context(), m.lead, h.call.ID))
	meeting := h.room(t, m.lead).Meeting
	h.set(t, "UPDATE panel_meetings SET balance = NULL")
	b := h.SignedIn(t, m.lead.Actor())
	address := "/selection/" + h.call.ID.String() + "/panel/minutes/" + meeting.ID.String()
	if page := b.Get(address); page.Status != http.StatusOK || strings.Contains(page.Body, "Places, quotas and money") {
		t.Errorf("%d, or the section is there", page.Status)
	}
	if page := b.Get(address + "/paper.pdf"); page.Status != http.StatusOK {
		t.Errorf("the file: %d", page.Status)
	}
}
