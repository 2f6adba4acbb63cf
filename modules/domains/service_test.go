package domains_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/domains"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/seal"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// zone is a name server that a test writes.
type zone struct {
	mu      sync.Mutex
	records map[string][]string
	silent  bool
}

func (z *zone) Records(_ context.Context, name string) ([]string, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.silent {
		return nil, errors.New("no answer")
	}
	return z.records[name], nil
}

func (z *zone) set(name string, records ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.records[name] = records
}

type house struct {
	*sitetest.House

	zone    *zone
	service *domains.Service
	warned  ids.Person
	mails   []events.MailRequested
	bells   []events.NotificationRequested
	welcome int
}

// Coordinators is one person, whoever asks.
func (h *house) Coordinators(context.Context, tenants.Scope) ([]ids.Person, error) {
	return []ids.Person{h.warned}, nil
}

func open(t *testing.T) *house {
	t.Helper()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	box, err := seal.New(bytes.Repeat([]byte("k"), 32), "signing keys")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{zone: &zone{records: map[string][]string{}}, warned: ids.New[ids.Person]()}
	h.service = domains.New(domains.Config{
		Tenants: w.Tenants, Policies: authorizer, Resolver: h.zone, Coordinators: h, Platform: "platform.example.org",
		First:   func(slug string) string { return slug + ".localhost" },
		Changed: func(context.Context) error { h.welcome++; return nil },
		From:    "post@platform.example.org", SPF: ours, Box: box,
	})
	h.service.RegisterJobs(w.Tenants.Registry())
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.bell", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.bells = append(h.bells, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{domains.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{domains.NewWeb(h.service, s).Module()}
	})
	return h
}

// own is a domain that no other test uses.
func (h *house) own() string { return "exchange." + h.Tenant.Slug + "-name.org" }

func (h *house) coordinator(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

// later makes the last look at the domain long ago.
func (h *house) later(t *testing.T, change string, args ...any) {
	t.Helper()
	err := h.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE domains SET checked_at = now() - interval '1 hour'"+change+" WHERE tenant_id = ?", append(args, h.Tenant.ID)...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestANetworkUnderItsOwnDomain(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	page := "/settings/domain"
	b.Get(page)
	b.Submit(page, "host", "not a domain")
	b.Want(422, "This is no domain")
	if b.Page.Value("host") != "not a domain" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "host", "https://"+strings.ToUpper(h.own())+"/")
	b.Want(200, "_kervan."+h.own(), h.Tenant.Host)
	d, _, err := h.service.Own(t.Context(), h.coordinator(t))
	if err != nil {
		t.Fatal(err)
	}
	b.Submit(page + "/check")
	b.Want(422, "The proof is not there yet.")
	b.Submit(page + "/check")
	b.Want(429, "We have just looked.")
	visitor := h.Browser(t, tenants.Tenant{Host: h.own()})
	visitor.Get("/settings/domain")
	visitor.Want(421)
	h.zone.set(d.Record(), "v=spf1 -all", d.Proof)
	h.later(t, "")
	b.Get(page)
	b.Submit(page + "/check")
	b.Want(200, "Your network is served under the domain.")
	visitor.Get("/settings/domain")
	if visitor.Page.Status == 421 || h.welcome != 1 {
		t.Errorf("not served: %d; %d times told", visitor.Page.Status, h.welcome)
	}
	if now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID); err != nil || now.Host != h.Tenant.Host {
		t.Errorf("links lead to %s unasked: %v", now.Host, err)
	}
	b.Submit(page+"/main", "main", "yes")
	b.Want(200, "Let links lead to "+h.Tenant.Slug+".localhost")
	if now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID); err != nil || now.Host != h.own() {
		t.Errorf("links lead to %s: %v", now.Host, err)
	}
	b.Submit(page + "/release")
	b.Want(200, "The domain has been given up.")
	visitor.Get("/settings/domain")
	visitor.Want(421)
	if now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID); err != nil || now.Host != h.Tenant.Host {
		t.Errorf("links lead to %s: %v", now.Host, err)
	}
}

// prove claims a domain for a network and puts its proof where it belongs.
func (h *house) prove(t *testing.T, sc tenants.Scope, host string) error {
	t.Helper()
	d, err := h.service.Claim(t.Context(), sc, host)
	if err != nil {
		return err
	}
	h.zone.mu.Lock()
	h.zone.records[d.Record()] = append(h.zone.records[d.Record()], d.Proof)
	h.zone.mu.Unlock()
	return h.service.Check(t.Context(), sc)
}

func TestWhoProvesFirstHasIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	const networks = 6
	scopes := make([]tenants.Scope, networks)
	for i := range scopes {
		scopes[i] = h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
		d, err := h.service.Claim(t.Context(), scopes[i], h.own())
		if err != nil {
			t.Fatalf("a claim keeps others from claiming: %v", err)
		}
		h.zone.set(d.Record(), append(h.zone.records[d.Record()], d.Proof)...)
	}
	results := make(chan error, networks)
	for _, sc := range scopes {
		go func() { results <- h.service.Check(t.Context(), sc) }()
	}
	won := 0
	for range networks {
		err := <-results
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid):
			t.Errorf("an unexpected refusal: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d networks have the domain", won)
	}
}

func TestAReleasedDomainIsInQuarantine(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second := h.System(), h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	if err := h.prove(t, first, h.own()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Claim(t.Context(), first, "www."+h.own()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a second domain: %v", err)
	}
	if err := h.prove(t, second, "www."+h.own()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("below another network's: %v", err)
	}
	if err := h.service.Release(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := h.prove(t, second, h.own()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("in quarantine: %v", err)
	}
	old, _, err := h.service.Own(t.Context(), first)
	if err != nil || old.Host != "" {
		t.Errorf("still has %v: %v", old, err)
	}
	again, err := h.service.Claim(t.Context(), first, h.own())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.Check(t.Context(), first); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("the old proof is good enough: %v", err)
	}
	h.zone.set(again.Record(), again.Proof)
	h.later(t, "")
	if err := h.service.Check(t.Context(), first); err != nil {
		t.Errorf("its own, with a fresh proof: %v", err)
	}
	if err := h.service.Release(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	h.later(t, ", released_at = now() - interval '31 days'")
	if err := h.prove(t, second, h.own()); err != nil {
		t.Errorf("after the quarantine: %v", err)
	}
}

// asked takes the jobs that look at this network's domain out of the queue. Those of other tests stay there.
func (h *house) asked(t *testing.T) (n int) {
	t.Helper()
	err := h.Cluster.Worker.QueryRow(t.Context(), `WITH taken AS (UPDATE river.river_job SET state = 'completed', finalized_at = now()
		WHERE state = 'available' AND args->>'name' = 'domains.recheck_one' AND args->'payload'->>'tenant' = $1 RETURNING id)
		SELECT count(*) FROM taken`, h.Tenant.ID.String()).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	if n != 1 {
		t.Errorf("%d looks at the domain are asked for, want 1", n)
	}
	return n
}

func TestProofsAreLookedAtEveryNight(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.System()
	if err := h.prove(t, sc, h.own()); err != nil {
		t.Fatal(err)
	}
	night := func(want int) domains.Domain {
		t.Helper()
		if err := h.service.RecheckAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range h.asked(t) {
			if err := h.service.Recheck(t.Context(), h.Tenant.ID); err != nil {
				t.Fatal(err)
			}
		}
		h.Jobs(t)
		if len(h.mails) != want {
			t.Errorf("%d mails, want %d", len(h.mails), want)
		}
		d, _, err := h.service.Own(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	h.zone.silent = true
	if d := night(0); !d.LostAt.IsZero() {
		t.Error("an outage of the name server counts as a lost proof")
	}
	h.zone.silent = false
	h.zone.set("_kervan." + h.own())
	if d := night(1); d.LostAt.IsZero() || d.State != domains.Active || h.mails[0].Kind != "domains.mail.lost" || h.mails[0].Person != h.warned {
		t.Errorf("%+v, %+v", d, h.mails)
	}
	night(1)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	b.Get("/settings/domain")
	b.Want(200, "Put it back before")
	h.later(t, ", lost_at = ?", time.Now().Add(-73*time.Hour))
	if d := night(2); d.State == domains.Active || h.mails[1].Kind != "domains.mail.ended" {
		t.Errorf("%+v, %+v", d, h.mails[1])
	}
	if _, found, err := h.Tenants.ByHost(t.Context(), h.own()); err != nil || found {
		t.Errorf("still served: %v %v", found, err)
	}
}
