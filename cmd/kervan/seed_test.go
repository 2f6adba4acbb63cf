package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/tenants"
)

// seeding is the program without its worker, as it seeds.
func seeding(t *testing.T) *running {
	t.Helper()
	r := run(t)
	if err := stopWorker(r.app); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *running) system(t *testing.T, slug string) tenants.Scope {
	t.Helper()
	tenant, found, err := r.app.tenants.ByHost(t.Context(), r.app.config.hosts(slug)[0])
	if err != nil || !found {
		t.Fatalf("%s: %v, %v", slug, found, err)
	}
	return r.app.tenants.Bind(tenant, tenants.SystemActor("test"))
}

func (r *running) sound(t *testing.T) {
	t.Helper()
	var found strings.Builder
	if err := r.app.check(t.Context(), &found); err != nil {
		t.Errorf("%v:\n%s", err, found.String())
	}
	var undone int
	err := r.app.workerPool.QueryRow(t.Context(), "SELECT count(*) FROM river.river_job WHERE state NOT IN ('completed', 'scheduled', 'available')").Scan(&undone)
	if err != nil || undone > 0 {
		t.Errorf("%d jobs failed: %v", undone, err)
	}
}

// TestTheDemonstration holds that everything of it is there: a decided cycle and an open call of a real size, and networks
// at other points of their cycles.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	r := seeding(t)
	if err := seed(t.Context(), r.app, io.Discard); err != nil {
		t.Fatal(err)
	}
	r.sound(t)
	sc := r.system(t, "bosporus")
	if sc.Tenant().Status != tenants.StatusLive {
		t.Errorf("the network is %s", sc.Tenant().Status)
	}
	states, err := applications.CountByState(t.Context(), sc.Read())
	if err != nil {
		t.Fatal(err)
	}
	for state, least := range map[applications.State]int{
		applications.Accepted: 8, applications.Declined: 1, applications.Lapsed: 1, applications.Waiting: 4, applications.Rejected: 60, applications.Ineligible: 3,
		applications.Withdrawn: 1, applications.Draft: 20, applications.Submitted: 8,
	} {
		if states[state] < least {
			t.Errorf("%d applications are %s, want %d", states[state], state, least)
		}
	}
	founded, _, err := r.app.partnerships.List(t.Context(), sc, partnerships.Query{})
	if err != nil || len(founded) < 5 {
		t.Errorf("%d partnerships: %v", len(founded), err)
	}
	calls, err := programs.All(t.Context(), sc.Read(), true)
	if err != nil || len(calls) != 2 {
		t.Fatalf("calls: %d, %v", len(calls), err)
	}
	if open := calls[0]; open.Phase(time.Now()) != programs.PhaseOpen || !open.ClosesAt.After(open.FirstClosesAt) || time.Until(open.ClosesAt) < 20*24*time.Hour {
		t.Errorf("the next call is %s until %s, first %s", open.Phase(time.Now()), open.ClosesAt, open.FirstClosesAt)
	}
	for slug, state := range map[string]applications.State{"elbe": applications.InReview, "olive": applications.Draft, "townhalls": applications.Returned} {
		states, err := applications.CountByState(t.Context(), r.system(t, slug).Read())
		if err != nil || states[state] == 0 {
			t.Errorf("%s has no application that is %s: %v %v", slug, state, states, err)
		}
	}
	var seats []int // of the rounds in which it is said what was traded
	if err := sc.Read().NewRaw(`SELECT DISTINCT jsonb_array_length(rules -> 'seats') AS n FROM matching_runs WHERE beside -> 'trades' IS NOT NULL ORDER BY n`).Scan(t.Context(), &seats); err != nil || !slices.Equal(seats, []int{2, 3}) {
		t.Errorf("rounds for %v seats: %v", seats, err)
	}
	var stable struct {
		Stable bool
		Others int
		More   bool
	}
	if err := r.system(t, "elbe").Read().NewRaw(`SELECT (solution ->> 'stable')::boolean AS stable, (beside -> 'stable' ->> 'count')::integer AS others,
		coalesce((beside -> 'stable' ->> 'more')::boolean, false) AS more FROM matching_runs WHERE (rules ->> 'rankings')::boolean`).Scan(t.Context(), &stable); err != nil ||
		!stable.Stable || stable.Others != 1 || stable.More {
		t.Errorf("the round by rankings, which has two stable solutions: %+v, %v", stable, err)
	}
	r.again(t, sc)
}

// again holds that a second start changes nothing and takes no time.
func (r *running) again(t *testing.T, sc tenants.Scope) {
	t.Helper()
	var said strings.Builder
	began := time.Now()
	if err := seed(t.Context(), r.app, &said); err != nil || said.Len() > 0 {
		t.Errorf("a second start says %q, %v", said.String(), err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("a second start took %s", took)
	}
	logins, err := demoLogins(t.Context(), r.app, sc.Tenant())
	if err != nil || len(logins) < 10 {
		t.Errorf("logins: %v %v", logins, err)
	}
}

// TestAHalfMadeNetworkIsMadeAnew holds that a seed which was killed leaves nothing behind when it is started again.
func TestAHalfMadeNetworkIsMadeAnew(t *testing.T) {
	t.Parallel()
	r := seeding(t)
	c := townhalls()
	hash := func() (string, error) { return "", nil }
	half, err := enterNetwork(t.Context(), r.app, c)
	if err != nil {
		t.Fatal(err)
	}
	must(t, seedCore(t.Context(), r.app, hash, io.Discard))
	s, err := newStage(t.Context(), r.app, c, half, hash)
	if err != nil {
		t.Fatal(err)
	}
	c.play(s, s.world.Organizations(c.mix...))
	cut := errors.New("power cut")
	s.at(s.day(-4, 12, 0), "lose power", func(context.Context, time.Time) error { return cut })
	if err := s.run(t.Context()); !errors.Is(err, cut) {
		t.Fatal(err)
	}
	if r.objectsOf(t, half) == 0 {
		t.Error("nothing was left behind: the test is broken")
	}
	r.play(t, c, hash)
	r.sound(t)
	all, err := r.app.tenants.All(t.Context())
	all = slices.DeleteFunc(all, func(t tenants.Tenant) bool { return t.Kind == tenants.KindCore })
	if err != nil || len(all) != 1 || all[0].ID == half.ID || all[0].Status != tenants.StatusLive {
		t.Errorf("networks: %v, %v", all, err)
	}
	if n := r.objectsOf(t, half); n > 0 {
		t.Errorf("%d documents were left behind", n)
	}
}

func (r *running) objectsOf(t *testing.T, of tenants.Tenant) int {
	t.Helper()
	n := 0
	for _, err := range r.app.objects.List(t.Context(), "t/"+of.ID.String()+"/") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
