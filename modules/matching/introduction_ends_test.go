package matching_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/jobs"
	"kervan/modules/matching"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// accepted has both accept, each with a contact and an address.
func (m *met) accepted(t *testing.T) ids.Match {
	t.Helper()
	id := m.proposed(t)
	must(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true, Contact: "Ada Lovelace", Email: true}))
	must(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Accepts: true, Contact: "Cem Karaca", Email: true}))
	return id
}

// shown is whom somebody sees at the other organization.
func (m *met) shown(t *testing.T, id ids.Match, to side) string {
	t.Helper()
	v, err := m.service.Introduction(t.Context(), to.lead, id)
	must(t, err)
	if v.State != matching.ProposalAccepted {
		t.Errorf("it is %s", v.State)
	}
	return v.Others[0].Contact + v.Others[0].Email
}

// loses takes a role in an organization from somebody.
func (m *met) loses(t *testing.T, in tenants.Tenant, who side) {
	t.Helper()
	m.within(in, func() {
		must(t, m.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.RevokeRole(ctx, who.lead.Actor().Person, tenants.Grant{Role: tenants.RoleLead, Organization: who.id})
			return err
		}))
	})
}

// TestAContactGoesWithWhoHasNamedIt takes the role from whoever has named a contact, once it is shown and before it came there.
func TestAContactGoesWithWhoHasNamedIt(t *testing.T) {
	t.Parallel()
	t.Run("once it is shown", func(t *testing.T) {
		t.Parallel()
		m := meetingOf(t)
		id := m.accepted(t)
		must(t, m.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			return tx.GrantRole(ctx, m.ada.lead.Actor().Person, tenanttest.Role(tenants.RoleCoordinator), ids.Person{})
		}))
		m.loses(t, m.there, m.cem)
		m.tells(t)
		if got := m.shown(t, id, m.ada); got != "" {
			t.Errorf("Ada still sees %s", got)
		}
		if got := m.shown(t, id, m.cem); got != "Ada Lovelace"+m.ada.lead.Actor().Email {
			t.Errorf("of Ada, who has a further role, Cem sees %q", got)
		}
	})
	t.Run("before it came there", func(t *testing.T) {
		t.Parallel()
		m := meetingOf(t)
		id := m.proposed(t)
		must(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true}))
		must(t, m.service.WhileLocked(t.Context(), id, m.killed(t, m.audited(t, m.there, "introduction.accepted", id.String()), func(ctx context.Context) error {
			return m.service.Reply(ctx, m.cem.lead, id, matching.Reply{Accepts: true, Contact: "Cem Karaca", Email: true})
		})))
		m.loses(t, m.there, m.cem)
		m.tells(t)
		if got := m.shown(t, id, m.ada); got != "" {
			t.Errorf("Ada sees %s", got)
		}
	})
}

// TestALeadTakesAContactBack does so on the page, once; who only takes part cannot.
func TestALeadTakesAContactBack(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.accepted(t)
	path := "/partners/introductions/" + id.String()
	participant := m.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: m.ada.id})
	if err := m.service.TakeContactBack(t.Context(), participant, id); err == nil {
		t.Error("a participant takes it back")
	}
	looks := m.enters(t, participant)
	looks.Get(path)
	looks.Want(http.StatusOK, "What you show of yourselves", "Ada Lovelace")
	if strings.Contains(looks.Page.Body, "Take my contact back") {
		t.Error("a participant is offered to take it back")
	}
	ada := m.enters(t, m.ada.lead)
	ada.Get(path)
	ada.Want(http.StatusOK, "Ada Lovelace", m.ada.lead.Actor().Email, "Take my contact back")
	ada.Submit(path + "/contact/removal")
	ada.Want(http.StatusOK, "Your contact is shown to nobody any more.")
	if strings.Contains(ada.Page.Body, "Lovelace") {
		t.Error("it is still there")
	}
	if got := m.shown(t, id, m.cem); got != "" {
		t.Errorf("Cem still sees %s", got)
	}
	if m.shown(t, id, m.ada) == "" {
		t.Error("Ada sees the other one no more")
	}
	must(t, m.service.TakeContactBack(t.Context(), m.ada.lead, id))
	if n := m.trail(t, m.here, "introduction.contact_withdrawn", id.String()); n != 1 {
		t.Errorf("%d entries in the trail", n)
	}
}

// TestWhatNobodyHeardOfEndsSilently withdraws proposals before and after the leads are told of them.
func TestWhatNobodyHeardOfEndsSilently(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		heard func(t *testing.T, m *met, id ids.Match)
		mails int
	}{
		"nobody":         {func(*testing.T, *met, ids.Match) {}, 0},
		"both were told": {func(t *testing.T, m *met, _ ids.Match) { t.Helper(); m.tells(t) }, 2},
		"one answered untold": {func(t *testing.T, m *met, id ids.Match) {
			t.Helper()
			must(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true}))
		}, 1},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m := meetingOf(t)
			must(t, m.propose(t.Context()))
			all, err := m.service.Introductions(t.Context(), m.ada.lead)
			must(t, err)
			c.heard(t, m, all[0].ID)
			m.mails, m.news = nil, nil
			must(t, m.service.TakeProposalBack(t.Context(), m.team, m.round, all[0].ID))
			m.tells(t)
			if len(m.mails) != c.mails || len(m.news) != c.mails {
				t.Errorf("mails: %+v, news: %+v", m.mails, m.news)
			}
			for _, mail := range m.mails {
				if mail.Kind != "matching.mail.introduction_ended" {
					t.Errorf("a mail %s", mail.Kind)
				}
			}
		})
	}
}

// TestAnIntroductionLapses lets nobody answer: it ends once it is due and not before.
func TestAnIntroductionLapses(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.proposed(t)
	if owed, err := m.service.OwedAbroad(t.Context(), m.ada.lead); err != nil || len(owed) != 1 {
		t.Errorf("Ada owes %+v: %v", owed, err)
	}
	payload, err := json.Marshal(matching.Lapsing{Match: id})
	must(t, err)
	lapse := jobs.Envelope{Name: "matching.lapse_introduction", Room: m.core.ID.String(), Payload: payload}
	must(t, m.Tenants.Do(t.Context(), lapse))
	if got := m.state(t, id); got != matching.ProposalSent {
		t.Fatalf("before it is due it is %s", got)
	}
	must(t, m.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE common_proposals SET sent_at = now() - interval '2 days', due_at = now() - interval '1 day' WHERE id = ?`, id).Exec(ctx)
		return err
	}))
	wants(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true}), fault.KindTooLate, "")
	m.mails = nil
	must(t, m.Tenants.Do(t.Context(), lapse))
	must(t, m.Tenants.Do(t.Context(), lapse))
	m.tells(t)
	if len(m.mails) != 2 || m.mails[0].Kind != "matching.mail.introduction_ended" {
		t.Errorf("mails: %+v", m.mails)
	}
	ada := m.enters(t, m.ada.lead)
	ada.Get("/partners/introductions/" + id.String())
	ada.Want(http.StatusOK, "Not all have answered in time.")
	if owed, err := m.service.OwedAbroad(t.Context(), m.ada.lead); err != nil || len(owed) > 0 {
		t.Errorf("Ada owes %+v: %v", owed, err)
	}
	m.within(m.core, func() {
		v, err := m.service.Round(t.Context(), m.team, m.round)
		must(t, err)
		if p := v.Proposals[0]; p.State != matching.ProposalLapsed {
			t.Errorf("the core sees %+v", p)
		}
	})
}

// TestAnIntroductionIsConcealed has a coordinator with a conflict of interest in an application of one of its organizations: they are not
// shown it, and what is written of it says what it is about, by which others conceal it.
func TestAnIntroductionIsConcealed(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.accepted(t)
	m.tells(t)
	torn, other := m.leads(t, m.here), m.leads(t, m.here)
	m.mu.Lock()
	m.against = map[ids.Person][]ids.Organization{torn.Person: {m.ada.id}}
	m.mu.Unlock()
	for who, want := range map[*tenants.Actor]int{&torn: 0, &other: 1} {
		sc := m.Tenants.Bind(m.here, *who)
		if all, err := m.service.MetAbroad(t.Context(), sc); err != nil || len(all) != want {
			t.Errorf("%d, not %d, are shown: %v", len(all), want, err)
		}
		hidden, err := m.service.ConcealedIntroductions(t.Context(), sc)
		if err != nil || slices.Contains(hidden, id) != (want == 0) {
			t.Errorf("hidden are %v: %v", hidden, err)
		}
	}
	if len(m.mails) < 4 {
		t.Errorf("%d mails", len(m.mails))
	}
	for _, mail := range m.mails {
		if mail.AboutKind != "introduction" || mail.AboutID != id.String() {
			t.Errorf("a mail is about %s %s", mail.AboutKind, mail.AboutID)
		}
	}
	var kinds []string
	must(t, m.Tenants.Bind(m.here, tenants.SystemActor("test")).Read().NewRaw(`SELECT DISTINCT subject_kind FROM audit_entries WHERE subject_id = ?`, id.String()).Scan(t.Context(), &kinds))
	if !slices.Equal(kinds, []string{"introduction"}) {
		t.Errorf("the trail has %v", kinds)
	}
}

// TestWhatIsProposedAcrossNetworksStands has the core change the seats of a round of which something was proposed.
func TestWhatIsProposedAcrossNetworksStands(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	change := func() error {
		v, err := m.service.Round(t.Context(), m.team, m.round)
		must(t, err)
		v.Rules.Seats = []matching.Seat{{Countries: []geo.Country{"TR"}}, {}}
		return m.service.ReviseRound(t.Context(), m.team, v.Round)
	}
	m.proposed(t)
	wants(t, change(), fault.KindInvalid, "seats")
}

// TestARunForgetsWhoTakesItsCardBack has a run of four, of which one takes its card back: nothing is computed with it, and nothing of its
// card is kept.
func TestARunForgetsWhoTakesItsCardBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	here, there := h.Tenant, h.Another(t)
	core, team := h.core(t)
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	h.partakes(t, here)
	h.partakes(t, there)
	// Countries that no other test has, so that only these have a seat.
	ada, bora := h.shares(t, here, "Ada", "EE", one, other), h.shares(t, here, "Bora", "EE", other, one)
	cem, dora := h.shares(t, there, "Cem", "LV", other, one), h.shares(t, there, "Dora", "LV", one, other)
	a, b, c, d := h.copyOf(t, here, ada), h.copyOf(t, here, bora), h.copyOf(t, there, cem), h.copyOf(t, there, dora)
	var round ids.Round
	var run matching.Board
	h.within(core, func() {
		round = h.common(t, team, func(r *matching.Round) {
			r.Rules.Seats = []matching.Seat{{Countries: []geo.Country{"EE", "LV"}}, {Countries: []geo.Country{"EE", "LV"}}}
		})
		run = h.solve(t, team, round)
		if would, err := h.service.WouldSwap(ctx, team, round, run.ID, a, b); err != nil || would.After >= would.Before {
			t.Errorf("a swap comes to %+v: %v", would, err)
		}
	})
	must(t, h.service.Unshare(ctx, cem.lead, cem.id))
	now, err := h.service.Board(ctx, team, round, run.ID)
	must(t, err)
	for _, g := range now.Groups {
		if g.Gone != slices.Contains(g.Members, slices.Index(run.Organizations, c)) || g.Gone == (g.Points > 0) {
			t.Errorf("a group: %+v", g)
		}
	}
	refused := func(err error) {
		t.Helper()
		wants(t, err, fault.KindConflict, "")
		if key := fault.Of(err).Key; key != "matching.board.taken_back" {
			t.Errorf("refused with %s", key)
		}
	}
	for _, pair := range [][2]ids.Organization{{c, d}, {b, c}, {a, b}} {
		_, err := h.service.Swap(ctx, team, round, run.ID, now.Version(), pair[0], pair[1])
		refused(err)
		_, err = h.service.WouldSwap(ctx, team, round, run.ID, pair[0], pair[1])
		refused(err)
		_, err = h.service.WhatIf(ctx, team, &now, pair[0], pair[1])
		refused(err)
	}
	var page *sitetest.Browser
	h.within(core, func() {
		page = h.enters(t, team)
		page.Get("/common/rounds/" + round.String() + "/runs/" + run.ID.String())
	})
	page.Want(http.StatusOK, "shows its card no more", "Start a new run")
	has(t, page, `<option value="`+d.String())
	for _, gone := range []ids.Organization{c, a} {
		if strings.Contains(page.Page.Body, `<option value="`+gone.String()) {
			t.Error("who cannot be put elsewhere is offered")
		}
	}

	sides := func() (all []matching.Side) {
		var kept string
		must(t, h.Tenants.Bind(core, tenants.SystemActor("test")).Read().NewRaw(`SELECT basis -> 'sides' FROM matching_runs WHERE id = ?`, run.ID).Scan(ctx, &kept))
		must(t, json.Unmarshal([]byte(kept), &all))
		return all
	}
	at := slices.Index(run.Organizations, c)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); { // the core's queue is that of all tests, and another one may be at it
		h.within(core, func() { h.Jobs(t) })
		if sides()[at].Gone {
			break
		}
	}
	for i, side := range sides() {
		switch {
		case i == at && (!side.Gone || side.Country != "" || side.Network != "" || len(side.Needs)+len(side.Offers)+len(side.Languages) > 0):
			t.Errorf("it is kept that %+v", side)
		case i != at && (side.Gone || len(side.Needs) == 0):
			t.Errorf("of another one it is kept that %+v", side)
		}
	}
}

// TestANameGoesWithTheCard has one of two who have accepted take its card back: the other one and both networks' teams read that, and no
// name any more but their own; it itself goes by its name at home.
func TestANameGoesWithTheCard(t *testing.T) {
	t.Parallel()
	const name = "Zümrüdüanka"
	m := meetingWith(t, name)
	id := m.accepted(t)
	must(t, m.service.Unshare(t.Context(), m.cem.lead, m.cem.id))
	var left int
	must(t, m.Tenants.Platform().Read().NewRaw(`SELECT count(*) FROM common_parties WHERE proposal_id = ? AND tenant_id = ? AND name <> ''`, id, m.there.ID).Scan(t.Context(), &left))
	if left > 0 {
		t.Error("the name is kept")
	}
	ada := m.enters(t, m.ada.lead)
	for _, path := range []string{"/partners/introductions", "/partners/introductions/" + id.String()} {
		ada.Get(path)
		ada.Want(http.StatusOK, "an organization that took its card back", m.there.Name)
		if strings.Contains(ada.Page.Body, name) {
			t.Errorf("%s names it", path)
		}
	}
	coordinator := m.enters(t, m.coordinator(t))
	coordinator.Get("/partners/participation")
	coordinator.Want(http.StatusOK, "Ada", "With an organization that took its card back")
	m.within(m.there, func() {
		cem := m.enters(t, m.cem.lead)
		cem.Get("/partners/introductions/" + id.String())
		cem.Want(http.StatusOK, "With Ada", name)
		coordinator := m.enters(t, m.coordinator(t))
		coordinator.Get("/partners/participation")
		coordinator.Want(http.StatusOK, name, "With Ada")
	})
	m.within(m.core, func() {
		team := m.enters(t, m.team)
		team.Get("/common/rounds/" + m.round.String())
		team.Want(http.StatusOK, "An organization that shows its card no more")
		if strings.Contains(team.Page.Body, name) {
			t.Error("the core names it")
		}
	})
}
