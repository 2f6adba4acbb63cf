package selection_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/selection"
	"kervan/tenants"
)

// TestWhoCannotDropOutReadsWhy on the page that they are led to, whatever they had typed.
func TestWhoCannotDropOutReadsWhy(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	reply := "/applications/" + d.id.String() + "/reply"
	reads := func(sc tenants.Scope, why string) {
		t.Helper()
		b := h.SignedIn(t, sc.Actor())
		b.Get(reply + "/departure")
		b.Want(http.StatusOK, why)
		for _, typed := range []string{"", "Yine."} {
			b.Post(reply+"/departure", url.Values{"_csrf": {b.Page.Value("_csrf")}, "reason": {typed}})
			b.Want(http.StatusOK, why)
			if b.Page.Path != reply {
				t.Errorf("led to %s", b.Page.Path)
			}
		}
	}
	if err := h.service.Depart(ctx, d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
		t.Fatal(err)
	}
	h.set(t, `UPDATE place_departures SET by = gen_random_uuid()`) // another lead of theirs has said so
	reads(d.leaver, "Your organization has dropped out of this place.")
	reads(d.staying, "Nobody would stay. Give the place back instead.")
	if err := h.service.Decline(ctx, d.staying, d.id); err != nil {
		t.Fatal(err)
	}
	reads(d.staying, "This has been answered already.")
}

// TestWhoStaysReadsWhatBecomesOfTheSeat: until when an offer goes on, and that a place which is held is not lost.
func TestWhoStaysReadsWhatBecomesOfTheSeat(t *testing.T) {
	t.Parallel()
	for _, offered := range []bool{true, false} {
		h := open(t)
		w := conditional{won: won{}}
		if offered {
			w.won = h.won(t)
		} else {
			w = h.conditional(t)
		}
		d := h.droppingOf(t, w)
		if err := h.service.Depart(t.Context(), d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
			t.Fatal(err)
		}
		b := h.SignedIn(t, d.staying.Actor())
		b.Get("/applications/" + d.id.String() + "/reply")
		ends, held := strings.Contains(b.Page.Body, "the offer ends on "+h.place(t, d).Decision.ReplyBy.Format("2 ")), strings.Contains(b.Page.Body, "neither confirmed nor lost")
		if b.Page.Status != http.StatusOK || ends != offered || held == offered {
			t.Errorf("offered %v: says when it ends: %v, that it is held: %v", offered, ends, held)
		}
	}
}

// TestAnOfferDoesNotOutliveTheWaitingList of which the coordinator knows: a place that lapsed after it would be offered to nobody.
func TestAnOfferDoesNotOutliveTheWaitingList(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.droppingOf(t, conditional{won: h.won(t)})
	h.set(t, `UPDATE decision_lists SET waiting_until = now() + interval '12 days'`)
	page := "/selection/applications/" + d.id.String() + "/place/" + d.leaves.String() + "/replacement"
	chosen := page + "?coming=" + d.comes.ID.String()
	b := h.SignedIn(t, d.coordinator.Actor())
	b.Get(chosen)
	b.Submit(page, "coming", d.comes.ID.String(), "reason", "Kapandı.", "until", time.Now().AddDate(0, 0, 14).Format(time.DateOnly))
	b.Want(http.StatusUnprocessableEntity, "not after the waiting list ends on", "The waiting list ends before that day.")
	another := h.role(t, "Kim bilmez", tenants.RoleCoordinator)
	h.conflict(t, another, d.all[2])
	v, err := h.service.Vacancy(ctx, another, d.id, d.leaves, d.comes.ID)
	if err != nil || !v.Latest.IsZero() {
		t.Errorf("who knows of nobody that waits is told of a list that ends on %s, %v", v.Latest, err)
	}
	b.Get(chosen)
	b.Submit(page, "coming", d.comes.ID.String(), "reason", "Kapandı.", "until", time.Now().AddDate(0, 0, 10).Format(time.DateOnly))
	b.Want(http.StatusOK, "The organizations are asked.")
}

// TestReplacingLooksAgainUnderTheLock: what the page showed may have changed until the question is asked.
func TestReplacingLooksAgainUnderTheLock(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		sql string
		why string
	}{
		"nobody stays any more": {`INSERT INTO place_departures (application_id, organization_id, call_id, reason, at, by) SELECT ?0, ?1, ?2, 'x', now(), gen_random_uuid()`, "selection.replacement.nobody_stays"},
		"the place is gone":     {`UPDATE decisions SET state = 'lapsed', place = NULL WHERE application_id = ?0`, "selection.replacement.no_place"},
		"the seat was given": {`INSERT INTO place_replacements (id, application_id, call_id, seat, leaving, coming, reason, parties, until, state, asked_at, ended_at)
			VALUES (gen_random_uuid(), ?0, ?2, 'eu', ?3, ?4, 'x', '{}', now(), 'done', now(), now())`, "fault.stale"},
	} {
		h := open(t)
		d := h.dropping(t)
		acted := make(chan error, 1)
		err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			if _, err := tx.NewRaw("SELECT FROM decision_lists WHERE call_id = ? FOR UPDATE", h.call.ID).Exec(ctx); err != nil {
				return err
			}
			go func() { acted <- h.service.Replace(t.Context(), d.coordinator, d.id, d.cmd()) }()
			for waiting := 0; waiting == 0; {
				if err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting); err != nil {
					return err
				}
			}
			_, err := tx.NewRaw(change.sql, d.id, d.stays, h.call.ID, d.leaves, d.comes.ID).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(name, err)
		}
		if err := <-acted; !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != change.why {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestANewcomersRegionCountsForQuotas as of when it was asked.
func TestANewcomersRegionCountsForQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.dropping(t)
	h.limits(blueprints.Quota{Regions: []geo.Region{"DE.13"}, Most: 3})
	h.around.mu.Lock()
	for i := range h.newcomers {
		h.newcomers[i].Country, h.newcomers[i].City, h.newcomers[i].Region = "DE", "Leipzig", "DE.13"
	}
	h.around.mu.Unlock()
	counts := func() int {
		t.Helper()
		p, err := h.service.Panel(t.Context(), d.coordinator, h.call.ID)
		used := p.Usage()
		if err != nil || len(used) != 1 {
			t.Fatal(used, err)
		}
		return used[0].Count
	}
	before := counts()
	r := h.asked(t, d)
	h.around.mu.Lock()
	for i := range h.newcomers {
		h.newcomers[i].City, h.newcomers[i].Region = "Dortmund", "DE.07"
	}
	h.around.mu.Unlock()
	h.agree(t, d, r, d.coming, d.staying)
	if got := counts(); before != 0 || got != 1 {
		t.Errorf("%d and then %d in the region", before, got)
	}
	if o := h.place(t, d).Application.Organizations[1]; o.City != "Leipzig" || !o.Came {
		t.Errorf("whoever has come sits in %s", o.City)
	}
}

// TestWhoHoldsTwoPlacesIsRemindedOfEach: an answer to one is none to the other.
func TestWhoHoldsTwoPlacesIsRemindedOfEach(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	h.around.mu.Lock()
	for i := range h.applications {
		if h.applications[i].ID == w.all[1].ID {
			h.applications[i].Organizations[0] = w.all[0].Organizations[0]
		}
	}
	h.around.mu.Unlock()
	both := w.leads[0][0]
	if err := h.service.Accept(t.Context(), both, w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	p, err := h.service.Panel(t.Context(), w.chair, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.RemindLeads(t.Context(), h.System(), selection.Reminding{Call: h.call.ID, By: p.List.ReplyBy}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	var about []string
	for _, m := range h.mailsTo(both.Actor().Person) {
		if m.Kind == "selection.mail.reply_reminder" {
			about = append(about, m.AboutID)
		}
	}
	if len(about) != 1 || about[0] != w.all[1].ID.String() {
		t.Errorf("reminded of %v, want %s", about, w.all[1].ID)
	}
}
