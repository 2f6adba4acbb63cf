package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/forms/formstest"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// target is an application that a program reads, and what it shows to be let in.
type target struct {
	tenant      tenants.Tenant
	application ids.Application
	actor       tenants.Actor
	cookie      string
}

// api compares the API's answer to "one application with its joined rows", signed in and authorized, with a bare Fiber
// handler that runs the same statements by pgx on one schema, without tenancy, session or policy. Both are asked by the
// same clients over the loopback in turns of a second, so that what else the machine does falls on both.
func (h *bench) api(b *testing.B) {
	b.Helper()
	for i := range h.asked {
		one := &h.asked[i]
		one.cookie = h.session(b, one.tenant, one.actor.Email, 300+i)
	}
	bare := h.bare(b, h.asked[0])
	plain := []func(*fasthttp.Request){func(request *fasthttp.Request) {
		request.SetRequestURI("http://" + bare + "/applications/" + h.asked[0].application.String())
	}}
	all := make([]func(*fasthttp.Request), len(h.asked))
	for i, one := range h.asked {
		v := visitor{one.tenant.Host, one.cookie, "/api/v1/applications/" + one.application.String()}
		all[i] = func(request *fasthttp.Request) { v.ask(request, h.port) }
	}
	for _, tt := range []struct {
		name     string
		requests []func(*fasthttp.Request)
		goal     float64
	}{{"one-network", all[:1], 0.5}, {"100-networks-in-turn", all, 0.35}} {
		h.race(b, tt.name, plain, tt.requests, tt.goal)
	}
}

// targets puts an application of two into a hundred of the small networks.
func (h *bench) targets(b *testing.B) {
	b.Helper()
	for _, tenant := range h.small[:100] {
		h.asked = append(h.asked, h.target(b, tenant))
	}
}

const (
	rounds  = 8
	clients = 8
	warm    = 10 * time.Second // until each of the pool's connections has served each network
)

// race lets two servers answer in turns, and compares how much they answered and how long it took. The processor time
// that an answer took tells the same of a machine that has other work, too.
func (h *bench) race(b *testing.B, name string, one, other []func(*fasthttp.Request), goal float64) {
	b.Helper()
	rush(b, one, time.Second/2)
	rush(b, other, warm)
	var took [2][]time.Duration
	var used [2]time.Duration
	for range rounds {
		for i, requests := range [][]func(*fasthttp.Request){one, other} {
			before := h.cpu(b)
			took[i] = append(took[i], rush(b, requests, time.Second)...)
			used[i] += h.cpu(b) - before
		}
	}
	least("api-read-"+name+"-throughput-to-bare", float64(len(took[1]))/float64(len(took[0])), "x", goal)
	most("api-read-"+name+"-p99-to-bare", float64(percentile(took[1], 99))/float64(percentile(took[0], 99)), "x", 3)
	for i, who := range []string{"bare", "kervan"} {
		remark("%s: %d/s, p50 %v, p99 %v, %.2f ms", who, len(took[i])/rounds, percentile(took[i], 50), percentile(took[i], 99), milliseconds(used[i], len(took[i])))
	}
}

// rush asks as fast as several clients can for a while.
func rush(b *testing.B, requests []func(*fasthttp.Request), span time.Duration) []time.Duration {
	b.Helper()
	probe := &fasthttp.Request{}
	requests[0](probe)
	client := &fasthttp.HostClient{Addr: string(probe.URI().Host()), MaxConns: clients}
	took := make([][]time.Duration, clients)
	var wait sync.WaitGroup
	end := time.Now().Add(span)
	for n := range clients {
		wait.Go(func() {
			request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			for i := n; time.Now().Before(end); i++ {
				request.Reset()
				requests[i%len(requests)](request)
				started := time.Now()
				if err := client.Do(request, response); err != nil || response.StatusCode() != fasthttp.StatusOK {
					b.Errorf("%s: %d %v %s", request.URI(), response.StatusCode(), err, response.Body())
					return
				}
				took[n] = append(took[n], time.Since(started))
			}
		})
	}
	wait.Wait()
	return slices.Concat(took...)
}

func percentile(all []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// target is a joint application of the network, handed in, and its lead.
func (h *bench) target(b *testing.B, tenant tenants.Tenant) target {
	b.Helper()
	r, slug, hash := h.running, tenant.Slug, h.hash
	one := target{tenant: tenant}
	system := r.app.tenants.Bind(one.tenant, tenants.SystemActor("bench"))
	call := r.openCall(b, system)
	var leads []tenants.Scope
	for _, country := range []geo.Country{"TR", "DE"} {
		card, err := r.app.accounts.Ensure(b.Context(), system, "Lead", fmt.Sprintf("lead-%s@%s.example", country, slug), hash, i18n.TR)
		must(b, err)
		actor := tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale}
		done, err := r.app.organizations.Register(b.Context(), system.As(actor), organizations.Organization{
			Name: "Ihlamur Komşuluk Derneği " + string(country), NameEnglish: "Linden", Form: organizations.Association, Country: country, City: "Muğla",
		}, true)
		must(b, err)
		actor.Grants = []tenants.Grant{{Role: tenants.RoleLead, Organization: done.Organization.ID}}
		leads = append(leads, system.As(actor))
	}
	one.actor, one.application = leads[0].Actor(), r.handedIn(b, call, leads[0], leads[1])
	return one
}

// openCall publishes a call for pairs that is open for a week.
func (r *running) openCall(b testing.TB, sc tenants.Scope) ids.Call {
	b.Helper()
	c, err := r.app.programs.Begin(b.Context(), sc, "2027", "pair")
	must(b, err)
	now := time.Now().Truncate(time.Minute)
	must(b, r.app.programs.Reframe(b.Context(), sc, c.ID, 1, programs.Frame{
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(7 * 24 * time.Hour), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000,
		GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}))
	r.publish(b, sc.Tenant(), c.ID)
	return c.ID
}

// handedIn is an application of two, filled, confirmed and handed in.
func (r *running) handedIn(b testing.TB, call ids.Call, one, two tenants.Scope) ids.Application {
	b.Helper()
	s := r.app.applications
	own := func(sc tenants.Scope) ids.Organization { return sc.Actor().OrganizationsAs()[0] }
	id, err := s.Begin(b.Context(), one, call, own(one), "tr")
	must(b, err)
	must(b, s.Invite(b.Context(), one, applications.Invitation{Application: id, Seat: "eu", Organization: own(two)}, i18n.EN))
	open, err := s.Invitations(b.Context(), two)
	must(b, err)
	_, err = s.Join(b.Context(), two, open[0].ID, own(two))
	must(b, err)
	a, err := applications.Find(b.Context(), one.Read(), id)
	must(b, err)
	must(b, one.Write(b.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		version, err := r.app.forms.VersionIn(ctx, tx, a.FormVersion)
		if err != nil {
			return err
		}
		sheets := map[ids.Sheet]forms.Scope{a.Joint: forms.ScopeJoint}
		owners := map[ids.Sheet]ids.Organization{a.Joint: a.Organization}
		for _, p := range a.Parts {
			sheets[p.Sheet], owners[p.Sheet] = forms.ScopePart, p.Organization
		}
		for sheet, scope := range sheets {
			filled, err := r.app.forms.Filled(ctx, tx, sheet)
			if err != nil {
				return err
			}
			for ref, raw := range formstest.Complete(version.Definition, scope, nil) {
				q, _, _ := version.Definition.Question(ref)
				if q.Type == forms.TypeFile {
					if raw, err = arrives(ctx, tx, sheet, ref, owners[sheet]); err != nil {
						return err
					}
				}
				if _, err := r.app.forms.Save(ctx, tx, forms.Edit{Sheet: sheet, Ref: ref, Type: q.Type, Value: raw, Base: filled[sheet].Versions[ref]}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	must(b, s.Confirm(b.Context(), one, id, "", time.Time{}))
	must(b, s.Confirm(b.Context(), two, id, "", time.Time{}))
	_, err = s.Submit(b.Context(), one, id)
	must(b, err)
	return id
}

// heard keeps the statements that are run.
type heard struct{ all []statement }

type statement struct {
	text string
	args []any
}

func (*heard) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (h *heard) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	s := statement{text: e.Query}
	for _, arg := range e.QueryArgs {
		s.args = append(s.args, fmt.Sprint(arg))
	}
	h.all = append(h.all, s)
}

// statements are those that the API runs to read the application.
func (r *running) statements(b *testing.B, one target) []statement {
	b.Helper()
	listening := &heard{}
	config := tenanttest.Shared(b).Config
	config.AppURL, config.Hooks = r.app.config.DatabaseURL, []bun.QueryHook{listening}
	t, err := tenants.Open(b.Context(), config)
	must(b, err)
	defer t.Close()
	for range 2 { // forms are remembered from the first time on
		listening.all = nil
		_, err = r.app.applications.Record(b.Context(), t.Bind(one.tenant, one.actor), one.application, false)
		must(b, err)
	}
	return listening.all
}

// bare serves the same rows by the same statements, prepared as pgx does by itself, to whoever asks.
func (r *running) bare(b *testing.B, one target) string {
	b.Helper()
	config, err := pgxpool.ParseConfig(r.admin)
	must(b, err)
	config.MaxConns = 20
	config.ConnConfig.RuntimeParams["search_path"] = one.tenant.Schema
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	must(b, err)
	b.Cleanup(pool.Close)
	all := r.statements(b, one)
	if len(all) < 3 {
		b.Fatalf("only %d statements", len(all))
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/applications/:id", func(c *fiber.Ctx) error {
		var body []any
		for _, s := range all {
			rows, err := pool.Query(c.UserContext(), s.text, s.args...)
			if err != nil {
				return err
			}
			found, err := pgx.CollectRows(rows, pgx.RowToMap)
			if err != nil {
				return err
			}
			body = append(body, found)
		}
		return c.JSON(body)
	})
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	must(b, err)
	go func() { _ = app.Listener(listener) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return listener.Addr().String()
}
