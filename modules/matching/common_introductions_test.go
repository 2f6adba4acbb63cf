package matching_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// met are two organizations of two networks which the core proposes to each other.
type met struct {
	*house

	here, there, core tenants.Tenant
	team              tenants.Scope
	ada, cem          side
	round             ids.Round
	run               ids.Run
	pair              []ids.Organization
}

// meetingOf lets the core put two organizations together.
func meetingOf(t *testing.T) *met {
	t.Helper()
	return meetingWith(t, "Cem")
}

// meetingWith lets it put Ada and one of that name together: the pool is that of all tests, and only a name of its own tells that it is shown.
func meetingWith(t *testing.T, name string) *met {
	t.Helper()
	h := open(t)
	m := &met{house: h, here: h.Tenant, there: h.Another(t)}
	m.core, m.team = h.core(t)
	h.partakes(t, m.here)
	h.partakes(t, m.there)
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	m.ada, m.cem = h.shares(t, m.here, "Ada", "TR", one, other), h.shares(t, m.there, name, "DE", other, one)
	h.within(m.core, func() {
		m.round = h.common(t, m.team, nil)
		must(t, h.service.Tie(t.Context(), m.team, m.round, true, []ids.Organization{h.copyOf(t, m.here, m.ada), h.copyOf(t, m.there, m.cem)}))
		b := h.solve(t, m.team, m.round)
		m.run = b.ID
		for _, at := range b.Kept[0] {
			m.pair = append(m.pair, b.Organizations[at])
		}
	})
	return m
}

func (m *met) propose(ctx context.Context) error {
	return m.service.Propose(ctx, m.team, m.round, m.run, matching.Proposing{Groups: [][]ids.Organization{m.pair}, Due: time.Now().Add(time.Hour), Note: "You both look for a bridge."})
}

// proposed lets the core propose them, and returns what it proposed.
func (m *met) proposed(t *testing.T) ids.Match {
	t.Helper()
	must(t, m.propose(t.Context()))
	m.tells(t)
	all, err := m.service.Introductions(t.Context(), m.ada.lead)
	must(t, err)
	if len(all) != 1 || !all[0].MayAnswer || all[0].Others[0].Network != m.there.Name {
		t.Fatalf("Ada is proposed %+v", all)
	}
	return all[0].ID
}

// tells has both networks told.
func (m *met) tells(t *testing.T) {
	t.Helper()
	for _, in := range []tenants.Tenant{m.here, m.there} {
		m.within(in, func() { m.Jobs(t) })
	}
}

func (m *met) state(t *testing.T, id ids.Match) matching.ProposalState {
	t.Helper()
	v, err := m.service.Introduction(t.Context(), m.ada.lead, id)
	must(t, err)
	return v.State
}

// TestTheCoreIntroducesTwoOrganizations goes through the pages of core team, leads and coordinators until both have accepted, and looks
// for what each has not agreed to show.
func TestTheCoreIntroducesTwoOrganizations(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	var id ids.Match
	m.within(m.core, func() {
		b := m.enters(t, m.team)
		path := "/common/rounds/" + m.round.String()
		b.Get(path + "/runs/" + m.run.String())
		b.Submit(path+"/runs/"+m.run.String()+"/proposals", "group", m.pair[0].String()+" "+m.pair[1].String(), "note", "You both look for a bridge.")
		b.Want(http.StatusOK, "The proposals are sent.", "Ada + Cem", "To be answered")
	})
	m.mails = nil
	m.tells(t)
	for _, mail := range m.mails {
		if mail.Kind != "matching.mail.introduction_proposed" || mail.Path != "/partners/introductions" || len(mail.Args) > 0 {
			t.Errorf("a mail %s leads to %s and says %v", mail.Kind, mail.Path, mail.Args)
		}
	}
	if len(m.mails) != 2 {
		t.Errorf("%d mails", len(m.mails))
	}
	all, err := m.service.Introductions(t.Context(), m.ada.lead)
	must(t, err)
	id = all[0].ID
	coordinator := m.enters(t, m.As(t, tenanttest.Role(tenants.RoleCoordinator)))
	coordinator.Get("/partners/participation")
	coordinator.Want(http.StatusOK, "Proposed by the core team", "Ada", "To be answered")
	if strings.Contains(coordinator.Page.Body, "Cem") {
		t.Error("the coordinator learns of whom Ada has not met")
	}

	ada := m.enters(t, m.ada.lead)
	ada.Get("/partners/introductions")
	ada.Get(ada.Page.Link("With Cem"))
	ada.Want(http.StatusOK, "You both look for a bridge.", "What fits", m.there.Name, "Cem has not answered yet")
	ada.Submit("/partners/introductions/"+id.String()+"/answer", "answer", "yes", "contact", "", "email", "yes")
	ada.Want(http.StatusUnprocessableEntity, "Please say whose address this is.")
	ada.Submit("/partners/introductions/"+id.String()+"/answer", "answer", "yes", "contact", "Ada  Lovelace", "email", "")
	ada.Want(http.StatusOK, "You have accepted.", "The others still have to answer.")
	m.within(m.there, func() {
		cem := m.enters(t, m.cem.lead)
		cem.Get("/partners/introductions/" + id.String())
		cem.Want(http.StatusOK, "Ada has accepted")
		if strings.Contains(cem.Page.Body, "Lovelace") {
			t.Error("the contact is shown before all have accepted")
		}
		cem.Submit("/partners/introductions/"+id.String()+"/answer", "answer", "yes", "contact", "Cem Karaca", "email", "yes")
		cem.Want(http.StatusOK, "Accepted by all", "Ada Lovelace", "Apply together")
		if strings.Contains(cem.Page.Body, m.ada.lead.Actor().Email) {
			t.Error("an address is shown that nobody has agreed to show")
		}
	})
	ada.Get("/partners/introductions/" + id.String())
	ada.Want(http.StatusOK, "Cem Karaca", m.cem.lead.Actor().Email)
	m.mails = nil
	m.tells(t)
	m.tells(t)
	if len(m.mails) != 2 || m.mails[0].Kind != "matching.mail.introduction_made" {
		t.Errorf("mails: %+v", m.mails)
	}
	coordinator.Get("/partners/participation")
	coordinator.Want(http.StatusOK, "With Cem", "Accepted by all")
	m.within(m.core, func() {
		b := m.enters(t, m.team)
		b.Get("/common/rounds/" + m.round.String())
		b.Want(http.StatusOK, "Ada has accepted", "Cem has accepted")
		if strings.Contains(b.Page.Body, "Lovelace") || strings.Contains(b.Page.Body, "Karaca") {
			t.Error("the core sees contacts")
		}
	})
	if strings.Contains(coordinator.Page.Body, "Karaca") {
		t.Error("the coordinator sees contacts")
	}
}

// TestNobodyElseReadsAnIntroduction asks for one as people of other organizations and networks.
func TestNobodyElseReadsAnIntroduction(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.proposed(t)
	other := m.findable(t, "Bora", "TR", []matching.Topic{"digital"}, []matching.Topic{"digital"})
	strangers := map[string]tenants.Scope{"another organization": other.lead, "a coordinator": m.As(t, tenanttest.Role(tenants.RoleCoordinator)), "a visitor": m.Visitor()}
	third := m.Another(t)
	m.within(third, func() { strangers["another network"] = m.side(t, "Ella", "BG").lead })
	leads := []string{"another organization", "another network"}
	for who, sc := range strangers {
		for what, do := range map[string]func() error{
			"reads it":             func() error { _, err := m.service.Introduction(t.Context(), sc, id); return err },
			"answers":              func() error { return m.service.Reply(t.Context(), sc, id, matching.Reply{Accepts: true}) },
			"takes a contact back": func() error { return m.service.TakeContactBack(t.Context(), sc, id) },
		} {
			if err := do(); err == nil || slices.Contains(leads, who) && !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s %s: %v", who, what, err)
			}
		}
	}
	if all, err := m.service.Introductions(t.Context(), other.lead); err != nil || len(all) > 0 {
		t.Errorf("another organization sees %+v: %v", all, err)
	}
	if got := m.state(t, id); got != matching.ProposalSent {
		t.Errorf("it is %s", got)
	}
}

// TestARefusalGoesToTheCoreOnly declines with a reason: the core reads it, the other is told that it has ended, and the next run does
// not put the two together again.
func TestARefusalGoesToTheCoreOnly(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.proposed(t)
	wants(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{}), fault.KindInvalid, "reason")
	must(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Reason: "canary-far"}))
	wants(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true}), fault.KindConflict, "")
	ada := m.enters(t, m.ada.lead)
	ada.Get("/partners/introductions/" + id.String())
	ada.Want(http.StatusOK, "This proposal has ended.")
	for _, secret := range []string{"canary", "declined"} {
		if strings.Contains(ada.Page.Body, secret) {
			t.Errorf("the other one reads %q", secret)
		}
	}
	m.within(m.core, func() {
		v, err := m.service.Round(t.Context(), m.team, m.round)
		must(t, err)
		if p := v.Proposals[0]; p.State != matching.ProposalDeclined || len(p.Answers) != 1 || p.Answers[0].Reason != "canary-far" {
			t.Errorf("the core sees %+v", p)
		}
		if _, err := m.service.StartRun(t.Context(), m.team, m.round); !fault.Is(err, fault.KindConflict) {
			t.Errorf("they are kept together though one has declined: %v", err)
		}
	})
}

// TestWhoTakesItsCardBackIsIntroducedToNobody takes consents back while it is proposed, and afterwards.
func TestWhoTakesItsCardBackIsIntroducedToNobody(t *testing.T) {
	t.Parallel()
	t.Run("while it is proposed", func(t *testing.T) {
		t.Parallel()
		m := meetingOf(t)
		id := m.proposed(t)
		must(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true, Contact: "Ada Lovelace"}))
		must(t, m.service.Unshare(t.Context(), m.cem.lead, m.cem.id))
		m.mails = nil
		m.tells(t)
		if got := m.state(t, id); got != matching.ProposalLeft {
			t.Errorf("it is %s", got)
		}
		if len(m.mails) != 2 || m.mails[0].Kind != "matching.mail.introduction_ended" {
			t.Errorf("mails: %+v", m.mails)
		}
		wants(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Accepts: true}), fault.KindConflict, "")
	})
	t.Run("once it is made", func(t *testing.T) {
		t.Parallel()
		m := meetingOf(t)
		id := m.proposed(t)
		must(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true, Contact: "Ada Lovelace"}))
		must(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Accepts: true, Contact: "Cem Karaca", Email: true}))
		must(t, m.service.EndPart(t.Context(), m.Tenants.Bind(m.there, m.leads(t, m.there)), true))
		v, err := m.service.Introduction(t.Context(), m.ada.lead, id)
		must(t, err)
		if o := v.Others[0]; v.State != matching.ProposalAccepted || o.Contact+o.Email != "" || o.Meeting != nil {
			t.Errorf("Ada still sees %+v", o)
		}
	})
	t.Run("in a network that is suspended", func(t *testing.T) {
		t.Parallel()
		m := meetingOf(t)
		id := m.proposed(t)
		must(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Accepts: true, Contact: "Cem Karaca"}))
		must(t, m.Tenants.Suspend(t.Context(), m.there.ID))
		wants(t, m.service.Reply(t.Context(), m.ada.lead, id, matching.Reply{Accepts: true}), fault.KindConflict, "")
		v, err := m.service.Introduction(t.Context(), m.ada.lead, id)
		must(t, err)
		if v.State != matching.ProposalLeft || v.Others[0].Contact != "" {
			t.Errorf("it is %+v", v)
		}
	})
}

// leads is a coordinator of a network.
func (m *met) leads(t *testing.T, in tenants.Tenant) (a tenants.Actor) {
	t.Helper()
	m.within(in, func() { a = m.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor() })
	return a
}

// TestTwoAcceptAtOnce has both sides accept at once, each many times: it is made once, by one answer of each.
func TestTwoAcceptAtOnce(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.proposed(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	done := map[string]int{}
	for name, lead := range map[string]tenants.Scope{"ada": m.ada.lead, "cem": m.cem.lead} {
		for range 8 {
			all.Go(func() {
				err := m.service.Reply(t.Context(), lead, id, matching.Reply{Accepts: true, Contact: name})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done[name]++
				} else if !fault.Is(err, fault.KindConflict) {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if done["ada"] != 1 || done["cem"] != 1 {
		t.Errorf("accepted: %v", done)
	}
	if got := m.state(t, id); got != matching.ProposalAccepted {
		t.Errorf("it is %s", got)
	}
}

// killed breaks an act off once it waits for the transaction that it is given, and has begun.
func (m *met) killed(t *testing.T, begun func() bool, act func(ctx context.Context) error) func(ctx context.Context, tx *tenants.Tx) error {
	return func(ctx context.Context, tx *tenants.Tx) error {
		dying, kill := context.WithCancel(ctx)
		defer kill()
		acted := make(chan error, 1)
		go func() { acted <- act(dying) }()
		for waiting := 0; waiting == 0 || !begun(); { // others may wait for it, too
			err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting)
			if err != nil {
				return err
			}
			if len(acted) > 0 {
				t.Errorf("it does not wait: %v", <-acted)
				return nil
			}
		}
		kill()
		if err := <-acted; err == nil {
			t.Error("it is said to be done while it waits")
		}
		return nil
	}
}

// audited says whether the trail of a tenant tells of something.
func (m *met) audited(t *testing.T, in tenants.Tenant, action, of string) func() bool {
	return func() (told bool) {
		err := m.Tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw("SELECT EXISTS (SELECT FROM audit_entries WHERE action = ? AND subject_id = ?)", action, of).Scan(t.Context(), &told)
		if err != nil {
			t.Error(err)
		}
		return told || err != nil
	}
}

// TestWhatWasBrokenOffIsProposedAndAnsweredAgain kills the core, and then a network, between what is written there and what follows.
func TestWhatWasBrokenOffIsProposedAndAnsweredAgain(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	must(t, m.service.WhileIntroducing(t.Context(), m.killed(t, m.audited(t, m.core, "round.proposed", m.round.String()), m.propose)))
	var all []matching.Introduced
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); { // the core's queue is that of all tests, and another one may be at it
		m.within(m.core, func() { m.Jobs(t) })
		var err error
		if all, err = m.service.Introductions(t.Context(), m.ada.lead); err != nil || len(all) > 0 {
			must(t, err)
			break
		}
	}
	if len(all) != 1 {
		t.Fatalf("%d proposals", len(all))
	}
	id := all[0].ID
	must(t, m.service.Reply(t.Context(), m.cem.lead, id, matching.Reply{Accepts: true}))
	must(t, m.service.WhileLocked(t.Context(), id, m.killed(t, m.audited(t, m.here, "introduction.accepted", id.String()), func(ctx context.Context) error {
		return m.service.Reply(ctx, m.ada.lead, id, matching.Reply{Accepts: true, Contact: "Ada"})
	})))
	m.tells(t)
	if got := m.state(t, id); got != matching.ProposalAccepted {
		t.Errorf("it is %s", got)
	}
}

// TestTheCoreTakesAProposalBack withdraws one that is to be answered, once.
func TestTheCoreTakesAProposalBack(t *testing.T) {
	t.Parallel()
	m := meetingOf(t)
	id := m.proposed(t)
	m.within(m.core, func() {
		if err := m.propose(t.Context()); !fault.Is(err, fault.KindConflict) {
			t.Errorf("they are proposed twice: %v", err)
		}
		v, err := m.service.Round(t.Context(), m.team, m.round)
		must(t, err)
		if !slices.ContainsFunc(v.Members, func(o matching.Member) bool { return o.ID == m.pair[0] && o.Out == matching.Matched }) {
			t.Error("who has a proposal to answer takes part in the next run")
		}
		must(t, m.service.TakeProposalBack(t.Context(), m.team, m.round, id))
		wants(t, m.service.TakeProposalBack(t.Context(), m.team, m.round, id), fault.KindConflict, "")
	})
	if got := m.state(t, id); got != matching.ProposalWithdrawn {
		t.Errorf("it is %s", got)
	}
}
