package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/matching"
	"kervan/tenants"
)

// TestOnlyWhoLooksForAPartnerIsInAPool wins a place alone in a call whose other seat may stay empty: it is in the pool once it has said, as it
// handed in, that it looks for a partner.
func TestOnlyWhoLooksForAPartnerIsInAPool(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "looking")
	call := r.published(t, network)
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	found := finders{r.app.names, r.app.selection, r.app.applications, r.app.partnerships, surroundings{r.app.organizations, r.app.accounts}}
	alone := r.organization(t, network, "Ihlamur", "lead@looking.example")
	application, err := r.app.applications.Begin(t.Context(), system, call.ID, alone, "tr")
	must(t, err)
	r.exec(t, network, "UPDATE applications SET state = 'accepted', number = '2027-001', submitted_at = now() WHERE id = ?", application)
	pool := func() int {
		t.Helper()
		all, err := found.Applicants(t.Context(), system, call.ID, matching.AcceptedPool)
		must(t, err)
		content, err := (jury{}).Content(t.Context(), system, call.ID, []ids.Application{application})
		must(t, err)
		if len(content)+len(all) != 1 {
			t.Errorf("%d in the pool, %d content without a partner", len(all), len(content))
		}
		return len(all)
	}
	if pool() != 1 {
		t.Error("not in the pool, although the call has a seat that must be taken")
	}
	r.exec(t, network, "UPDATE calls SET composition = jsonb_set(composition, '{seats,1,optional}', 'true') WHERE id = ?", call.ID)
	if pool() != 0 {
		t.Error("in the pool without having said so")
	}
	submission := ids.New[ids.Submission]()
	r.exec(t, network, "INSERT INTO submissions (id, application_id, submitted_at, code) VALUES (?, ?, now(), 'AAAA')", submission, application)
	r.exec(t, network, "INSERT INTO submission_sheets (submission_id, sheet_id, copy_id) SELECT ?, joint_sheet_id, joint_sheet_id FROM applications WHERE id = ?", submission, application)
	for i, answer := range []string{`"found"`, `"looking"`} {
		r.exec(t, network, `INSERT INTO answers (sheet_id, question, value, version, updated_at) SELECT joint_sheet_id, 'partner_state', ?::jsonb, 1, now() FROM applications WHERE id = ?
			ON CONFLICT (sheet_id, question) DO UPDATE SET value = excluded.value`, answer, application)
		if pool() != i {
			t.Errorf("%d in the pool after %s", pool(), answer)
		}
	}
}

// TestMailsOfARoundAreConcealed keeps them, and what the trail tells of the round, from a coordinator who has a part in its pool.
func TestMailsOfARoundAreConcealed(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "concealed")
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	topics := []matching.Topic{"digital"}
	var all []ids.Organization
	for _, name := range []string{"Ihlamur", "Lindenhof"} {
		id := r.organization(t, network, name, strings.ToLower(name)+"@concealed.example")
		r.member(t, network, "Lead of "+name, "lead-"+strings.ToLower(name)+"@concealed.example", i18n.EN, tenants.Grant{Role: tenants.RoleLead, Organization: id})
		must(t, r.app.matching.Write(t.Context(), system, matching.Card{Organization: id, Needs: topics, Offers: topics, Languages: []string{"en"}, Relation: matching.EitherRelation}))
		must(t, r.app.matching.Join(t.Context(), system, id, 1))
		all = append(all, id)
	}
	team := r.anybody(network, tenants.RoleCoordinator)
	partial := system.As(tenants.Actor{Person: ids.New[ids.Person](), Name: "Both", Grants: []tenants.Grant{{Role: tenants.RoleCoordinator}, {Role: tenants.RoleParticipant, Organization: all[0]}}})
	round, err := r.app.matching.BeginRound(t.Context(), team, matching.Round{Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules()})
	must(t, err)
	run, err := r.app.matching.StartRun(t.Context(), team, round)
	must(t, err)
	must(t, r.app.matching.Compute(t.Context(), system, matching.Computing{Run: run}))
	must(t, r.app.matching.Propose(t.Context(), team, round, run, matching.Proposing{Groups: [][]ids.Organization{seatedIn(t, r, team, round, run)}, Due: time.Now().AddDate(0, 0, 7)}))
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, network.ID.String()))
	mails := func(sc tenants.Scope) int {
		t.Helper()
		listed, _, err := r.app.correspondence.List(t.Context(), sc, correspondence.Query{})
		must(t, err)
		return len(slices.DeleteFunc(listed, func(m correspondence.Message) bool { return m.Kind != "matching.mail.proposed" }))
	}
	if n := mails(team); n < 2 {
		t.Errorf("the team sees %d mails", n)
	}
	if n := mails(partial); n != 0 {
		t.Errorf("who is not impartial sees %d mails", n)
	}
	if hidden, err := r.app.concealed(t.Context(), partial); err != nil || !slices.Contains(hidden, round.String()) {
		t.Errorf("concealed: %v %v", hidden, err)
	}
}

// TestAnApplicationThatIsMetIsLeftAlone begins one together and then again: nobody is invited or told once more, and whoever was invited since
// stays invited; nor does it matter which of the two began it.
func TestAnApplicationThatIsMetIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "jointly")
	call := r.published(t, network)
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	found := finders{r.app.names, r.app.selection, r.app.applications, r.app.partnerships, surroundings{r.app.organizations, r.app.accounts}}
	own, other := r.organization(t, network, "Ihlamur", "lead@jointly.example"), r.organization(t, network, "Lindenhof", "other@jointly.example")
	third := r.organization(t, network, "Eichenhof", "third@jointly.example")
	r.exec(t, network, "UPDATE organizations SET country = 'DE' WHERE id IN (?, ?)", other, third)
	leads := func(id ids.Organization) tenants.Scope {
		return system.As(tenants.Actor{Person: ids.New[ids.Person](), Name: "Lead", Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: id}}})
	}
	count := func(statement string, args ...any) (n int) {
		t.Helper()
		must(t, system.Read().NewRaw(statement, args...).Scan(t.Context(), &n))
		return n
	}
	lead := leads(own)
	id, met, err := found.Jointly(t.Context(), lead, call.ID, own, []ids.Organization{other})
	must(t, err)
	if met || count("SELECT count(*) FROM partner_invitations WHERE application_id = ? AND organization_id = ?", id, other) != 1 {
		t.Fatalf("met %v, or nobody is invited", met)
	}
	var seat string
	must(t, system.Read().NewRaw("SELECT seat FROM partner_invitations WHERE application_id = ?", id).Scan(t.Context(), &seat))
	must(t, r.app.applications.Invite(t.Context(), lead, applications.Invitation{Application: id, Seat: seat, Organization: third}, i18n.EN))
	again, met, err := found.Jointly(t.Context(), lead, call.ID, own, []ids.Organization{other})
	must(t, err)
	if again != id || !met {
		t.Errorf("%v, met %v", again, met)
	}
	if n := count("SELECT count(*) FROM partner_invitations WHERE application_id = ?", id); n != 2 {
		t.Errorf("%d invitations", n)
	}
	if count("SELECT count(*) FROM partner_invitations WHERE application_id = ? AND organization_id = ? AND state = 'open'", id, third) != 1 {
		t.Error("the invitation of another one is revoked")
	}
	r.exec(t, network, "UPDATE application_parts SET organization_id = ? WHERE application_id = ? AND seat = ?", other, id, seat)
	again, met, err = found.Jointly(t.Context(), leads(other), call.ID, other, []ids.Organization{third})
	must(t, err)
	if again != id || !met {
		t.Errorf("begun by another one: %v, met %v", again, met)
	}
}

// TestARunOfSomebodyWhoLeftIsReadByOthers takes the role from a coordinator while the run that they started goes on: it is computed all the
// same, another coordinator sees it, and they themselves are neither shown nor told anything of it.
func TestARunOfSomebodyWhoLeftIsReadByOthers(t *testing.T) {
	t.Parallel()
	r := seeding(t)
	ctx := t.Context()
	network := r.network(t, "leaving")
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	for _, name := range []string{"Ihlamur", "Lindenhof"} {
		id := r.organization(t, network, name, strings.ToLower(name)+"@leaving.example")
		must(t, r.app.matching.Write(ctx, system, matching.Card{Organization: id, Needs: []matching.Topic{"digital"}, Offers: []matching.Topic{"digital"}, Languages: []string{"en"}, Relation: matching.EitherRelation}))
		must(t, r.app.matching.Join(ctx, system, id, 1))
	}
	coordinator := tenants.Grant{Role: tenants.RoleCoordinator}
	somebody := func(name string, grants ...tenants.Grant) tenants.Scope {
		t.Helper()
		card, err := r.app.accounts.Ensure(ctx, system, name, strings.ToLower(name)+"@leaving.example", "", i18n.EN, grants...)
		must(t, err)
		return system.As(tenants.Actor{Person: card.ID, Name: name, Grants: grants})
	}
	leaves, stays := somebody("Leaves", coordinator, tenants.Grant{Role: tenants.RoleReviewer}), somebody("Stays", coordinator)
	round, err := r.app.matching.BeginRound(ctx, leaves, matching.Round{Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules()})
	must(t, err)
	told := func(sc tenants.Scope) []string {
		t.Helper()
		must(t, jobs.Drain(ctx, r.app.workerPool, r.app.tenants.Do, network.ID.String()))
		all, err := r.app.correspondence.Notifications(ctx, sc)
		must(t, err)
		var keys []string
		for _, n := range all {
			keys = append(keys, n.Key)
		}
		return keys
	}
	run, err := r.app.matching.StartRun(ctx, leaves, round)
	must(t, err)
	computed := make(chan error, 1)
	must(t, system.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewRaw("SELECT FROM matching_runs WHERE id = ? FOR UPDATE", run).Exec(ctx); err != nil {
			return err
		}
		go func() { computed <- r.app.matching.Compute(t.Context(), system, matching.Computing{Run: run}) }()
		for waiting := 0; waiting == 0 && len(computed) == 0; {
			err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		_, err := tx.RevokeRole(ctx, leaves.Actor().Person, coordinator)
		return err
	}))
	must(t, <-computed)

	left := leaves.Actor()
	left.Grants = left.Grants[1:]
	if keys := told(system.As(left)); len(keys) > 0 {
		t.Errorf("they are told %v", keys)
	}
	if _, err := r.app.matching.Board(ctx, system.As(left), round, run); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
		t.Errorf("they are shown the run: %v", err)
	}
	b, err := r.app.matching.Board(ctx, stays, round, run)
	if err != nil || b.State != matching.RunDone || len(b.Groups) != 1 {
		t.Errorf("the other sees it %s with %d matches: %v", b.State, len(b.Groups), err)
	}
	_, err = r.app.matching.StartRun(ctx, stays, round)
	must(t, err)
	if keys := told(stays); !slices.Equal(keys, []string{"matching.run_notify.done"}) {
		t.Errorf("who stays is told %v of their own", keys)
	}
}
