package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/forms/formstest"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// ready are applications that are complete and confirmed, each of an organization of its own, all led by one person who
// has signed in: so that many can be handed in at once.
type ready struct {
	network tenants.Tenant
	call    programs.Call
	all     []applications.Application
	browser *sitetest.Browser
	csrf    string
}

func (r *running) ready(t testing.TB, network tenants.Tenant, n int) ready {
	t.Helper()
	made := ready{network: network, call: r.published(t, network)}
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	grants := make([]tenants.Grant, n)
	for i := range grants {
		done, err := r.app.organizations.Register(t.Context(), system, organizations.Organization{Name: fmt.Sprintf("Ihlamur %03d", i), Form: organizations.Association, Country: "TR", City: "Iğdır"}, true)
		if err != nil {
			t.Fatal(err)
		}
		grants[i] = tenants.Grant{Role: tenants.RoleLead, Organization: done.Organization.ID}
	}
	email := "lead@" + network.Slug + ".example"
	r.member(t, network, "Ilgaz Şahin", email, i18n.EN, grants...)
	for i, g := range grants {
		id, err := r.app.applications.Begin(t.Context(), system, made.call.ID, g.Organization, "tr")
		if err != nil {
			t.Fatal(err)
		}
		a, err := applications.Find(t.Context(), system.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		made.all = append(made.all, a)
		r.completes(t, network, &a, &made.all[0], i == 0)
	}
	made.browser = sitetest.NewBrowser(t, network.Host, r.port)
	made.browser.Get("/sign-in")
	made.browser.Submit("/sign-in", "email", email, "password", password)
	made.browser.Want(http.StatusOK)
	made.csrf = made.browser.Page.Value("_csrf")
	return made
}

// completes answers everything in the first application and copies it to the others, and confirms.
func (r *running) completes(t testing.TB, network tenants.Tenant, a, first *applications.Application, write bool) {
	t.Helper()
	err := r.app.tenants.Bind(network, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		for scope, sheets := range map[forms.Scope][2]ids.Sheet{forms.ScopePart: {first.Seat("tr").Sheet, a.Seat("tr").Sheet}, forms.ScopeJoint: {first.Joint, a.Joint}} {
			if !write {
				if _, err := tx.NewRaw(`INSERT INTO answers SELECT ?, question, value, version, updated_at, updated_by FROM answers WHERE sheet_id = ?
					ON CONFLICT (sheet_id, question) DO UPDATE SET value = excluded.value, version = excluded.version`, sheets[1], sheets[0]).Exec(ctx); err != nil {
					return err
				}
			}
			version, err := r.app.forms.VersionIn(ctx, tx, a.FormVersion)
			if err != nil {
				return err
			}
			filled, err := r.app.forms.Filled(ctx, tx, sheets[1])
			if err != nil {
				return err
			}
			for ref, raw := range formstest.Complete(version.Definition, scope, forms.Answers{"partner_state": json.RawMessage(`"looking"`)}) {
				q, section, _ := version.Definition.Question(ref)
				if section.Scope != scope || !write && q.Type != forms.TypeFile {
					continue
				}
				if q.Type == forms.TypeFile {
					if raw, err = arrives(ctx, tx, sheets[1], ref, a.Organization); err != nil {
						return err
					}
				}
				if !write {
					if _, err := tx.NewRaw(`UPDATE answers SET value = ?::jsonb WHERE sheet_id = ? AND question = ?`, string(raw), sheets[1], ref).Exec(ctx); err != nil {
						return err
					}
					continue
				}
				if _, err := r.app.forms.Save(ctx, tx, forms.Edit{Sheet: sheets[1], Ref: ref, Type: q.Type, Value: raw, Base: filled[sheets[1]].Versions[ref]}); err != nil {
					return err
				}
			}
		}
		_, err := tx.NewRaw(`UPDATE application_parts SET confirmed_at = now() WHERE application_id = ? AND organization_id IS NOT NULL`, a.ID).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reopens takes the confirmations of the first ones back, so that they can be written in.
func (m *ready) reopens(t testing.TB, r *running, n int) {
	t.Helper()
	for _, a := range m.all[:n] {
		r.exec(t, m.network, `UPDATE application_parts SET confirmed_at = NULL WHERE application_id = ?`, a.ID)
	}
}

// send asks as a browser would that has signed in; a lost connection is an answer too.
func (m *ready) send(ctx context.Context, r *running, method, path, mediaType, body string) (status int, location, content string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://127.0.0.1:"+r.port+path, strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	origin := m.network.Host + ":" + r.port
	request.Host = origin
	for name, value := range map[string]string{"Content-Type": mediaType, "Accept": "application/json", "Origin": "http://" + origin, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": m.csrf} {
		request.Header.Set(name, value)
	}
	request.AddCookie(&http.Cookie{Name: "__Host-session", Value: m.browser.Cookie("session")}) // #nosec G124 -- a request's cookie has no attributes
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = response.Body.Close() }()
	all, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header.Get("Location"), string(all), err
}

func (m *ready) submit(ctx context.Context, r *running, id ids.Application) (handedIn bool, status int, err error) {
	status, location, _, err := m.send(ctx, r, http.MethodPost, "/applications/"+id.String()+"/submission", "application/x-www-form-urlencoded", url.Values{"_csrf": {m.csrf}}.Encode())
	return strings.HasSuffix(location, "/receipt"), status, err
}

func (m *ready) save(ctx context.Context, r *running, sheet ids.Sheet, ref, text string, base int64) (forms.Kept, int, error) {
	body, err := json.Marshal(map[string]any{"value": map[string][]string{forms.FieldName(ref): {text}}, "base": base, "language": "en"})
	if err != nil {
		return forms.Kept{}, 0, err
	}
	status, _, content, err := m.send(ctx, r, http.MethodPut, "/sheets/"+sheet.String()+"/answers/"+ref, "application/json", string(body))
	var kept forms.Kept
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal([]byte(content), &kept)
	}
	return kept, status, err
}

// TestTheDatabasesClockDecides hands in 200 applications across the second of the deadline. Each is accepted if and only
// if the database's clock, when its transaction began, was before the deadline: the clock is read before each request is
// sent and after it was answered, so that no other clock has a say.
func TestTheDatabasesClockDecides(t *testing.T) {
	t.Parallel()
	r := run(t)
	const n = 200
	m := r.ready(t, r.network(t, "clock"), n)
	system := r.app.tenants.Bind(m.network, tenants.SystemActor("test"))
	r.exec(t, m.network, `UPDATE calls SET closes_at = clock_timestamp() + interval '2 seconds' WHERE id = ?`, m.call.ID)
	call, err := programs.Find(t.Context(), system.Read(), m.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time {
		var now time.Time
		if err := system.Read().NewRaw(`SELECT clock_timestamp()`).Scan(t.Context(), &now); err != nil {
			t.Error(err)
		}
		return now
	}
	type answer struct {
		before, after time.Time
		in            bool
	}
	answers := make([]answer, n)
	var wait sync.WaitGroup
	turns := make(chan struct{}, 16) // more at once would wait for a connection longer than a request may
	for i := range answers {
		wait.Go(func() {
			<-time.After(time.Duration(i) * 20 * time.Millisecond)
			turns <- struct{}{}
			defer func() { <-turns }()
			a := answer{before: clock()}
			in, status, err := m.submit(t.Context(), r, m.all[i].ID)
			if err != nil || status != http.StatusSeeOther {
				t.Errorf("answered %d, %v", status, err)
			}
			a.in, a.after = in, clock()
			answers[i] = a
		})
	}
	wait.Wait()
	accepted := 0
	for i, a := range answers {
		var at []time.Time
		if err := system.Read().NewRaw(`SELECT submitted_at FROM submissions WHERE application_id = ?`, m.all[i].ID).Scan(t.Context(), &at); err != nil {
			t.Fatal(err)
		}
		switch {
		case a.in && (len(at) != 1 || !at[0].Before(call.ClosesAt) || at[0].Before(a.before) || at[0].After(a.after)):
			t.Errorf("accepted, but kept %v between %s and %s; the deadline is %s", at, a.before, a.after, call.ClosesAt)
		case !a.in && len(at) != 0:
			t.Errorf("refused, but kept: %v", at)
		case !a.in && a.after.Before(call.ClosesAt):
			t.Errorf("refused %s before the deadline", call.ClosesAt.Sub(a.after))
		case a.in && !a.before.Before(call.ClosesAt):
			t.Errorf("accepted %s after the deadline", a.before.Sub(call.ClosesAt))
		}
		if a.in {
			accepted++
		}
	}
	if accepted == 0 || accepted == n {
		t.Errorf("%d of %d were accepted: the second was missed", accepted, n)
	}
	var numbers, different int
	if err := system.Read().NewRaw(`SELECT count(number), count(DISTINCT number) FROM applications WHERE number IS NOT NULL`).Scan(t.Context(), &numbers, &different); err != nil || numbers != accepted || different != accepted {
		t.Errorf("%d numbers, %d different ones, for %d applications: %v", numbers, different, accepted, err)
	}
}

// serves starts the real program as a process of its own, in place of the one of this process, and waits until it answers.
func (r *running) serves(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0]) // #nosec G204 G702 -- this very program
	cmd.Env = append(r.environment(), served+"=yes")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		if status, _ := r.healthy(t); status == http.StatusOK {
			return cmd
		}
	}
	t.Fatal("the program does not come up")
	return cmd
}

// environment tells a process of its own what the program of this process is told.
func (r *running) environment() []string {
	c := r.config
	return append(
		os.Environ(), "KERVAN_ADDRESS="+c.Address, "KERVAN_METRICS_ADDRESS=", "KERVAN_PUBLIC_URL="+c.PublicURL, "KERVAN_SECRET="+c.Secret,
		"KERVAN_TENANT_ISOLATION="+c.Isolation, "DATABASE_URL="+c.DatabaseURL, "DATABASE_MIGRATOR_URL="+c.MigratorURL, "DATABASE_WORKER_URL="+c.WorkerURL,
		"S3_ENDPOINT="+c.S3Endpoint, "S3_REGION="+c.S3Region, "S3_BUCKET="+c.S3Bucket, "S3_ACCESS_KEY="+c.S3AccessKey, "S3_SECRET_KEY="+c.S3SecretKey,
	)
}

func (r *running) healthy(t *testing.T) (int, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+r.port+"/readyz", nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func dies(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// TestWhatWasAcknowledgedIsThereOnce kills PostgreSQL and the program, again and again, while people write and hand in.
// Whoever got an answer finds what it acknowledged; whoever got none tries again, and nothing is there twice.
func TestWhatWasAcknowledgedIsThereOnce(t *testing.T) {
	t.Parallel()
	cluster := tenanttest.Durable(t)
	r := runWith(t, cluster, objectstest.Config(t), func(*Config) {})
	const writers, submissions = 6, 40
	m := r.ready(t, r.network(t, "killed"), writers+submissions)
	m.reopens(t, r, writers)
	if err := r.app.server.Shutdown(); err != nil {
		t.Fatal(err)
	}
	if err := stopWorker(r.app); err != nil {
		t.Fatal(err)
	}
	program := r.serves(t)
	defer func() { dies(program) }()

	ctx, stop := context.WithCancel(t.Context())
	var acknowledged atomic.Int64
	var wait sync.WaitGroup
	kept := make([]int64, writers)
	for i := range writers {
		wait.Go(func() { kept[i] = m.write(ctx, t, r, m.all[i].Seat("tr").Sheet, &acknowledged) })
	}
	next := make(chan ids.Application)
	handedIn := sync.Map{}
	for range 3 {
		wait.Go(func() {
			for id := range next {
				m.handIn(ctx, t, r, id)
				handedIn.Store(id, true)
				acknowledged.Add(1)
			}
		})
	}
	wait.Go(func() {
		defer close(next)
		for _, a := range m.all[writers:] {
			select {
			case next <- a.ID:
			case <-ctx.Done():
				return
			}
		}
	})
	for round := range 6 {
		await(t, &acknowledged, acknowledged.Load()+30)
		if round%2 == 0 {
			cluster.Crash(t)
			continue
		}
		dies(program)
		program = r.serves(t)
	}
	await(t, &acknowledged, acknowledged.Load()+30)
	for n := 0; n < submissions; {
		n = 0
		handedIn.Range(func(any, any) bool { n++; return true })
		await(t, &acknowledged, acknowledged.Load()+1)
	}
	stop()
	wait.Wait()
	r.compare(t, m, kept)
}

// await waits until so much has been acknowledged.
func await(t *testing.T, n *atomic.Int64, want int64) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(2 * time.Minute); n.Load() < want; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("%d acknowledged, waiting for %d", n.Load(), want)
		}
	}
}

// write saves one number after the other until the context ends, each until it is acknowledged, and gives the last one.
func (m *ready) write(ctx context.Context, t *testing.T, r *running, sheet ids.Sheet, acknowledged *atomic.Int64) int64 {
	t.Helper()
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	const first = 1 // the version of the answer that is there already
	last := int64(first)
	for n := last + 1; ; n++ {
		for {
			k, status, err := m.save(ctx, r, sheet, "issue", fmt.Sprintf("Version %d", n), last)
			if ctx.Err() != nil {
				return last
			}
			if err == nil && status == http.StatusOK {
				if k.Version != n {
					t.Errorf("version %d was kept as %d", n, k.Version)
				}
				break
			}
			if err == nil && status < http.StatusInternalServerError {
				t.Errorf("version %d is answered with %d", n, status)
				return last
			}
			<-pause.C
		}
		last = n
		acknowledged.Add(1)
	}
}

// handIn submits until it is acknowledged.
func (m *ready) handIn(ctx context.Context, t *testing.T, r *running, id ids.Application) {
	t.Helper()
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	for ctx.Err() == nil {
		in, status, err := m.submit(ctx, r, id)
		if in {
			return
		}
		if err == nil && status < http.StatusInternalServerError {
			t.Errorf("a submission is answered with %d", status)
			return
		}
		<-pause.C
	}
}

// compare holds the database to what was acknowledged.
func (r *running) compare(t *testing.T, m ready, kept []int64) {
	t.Helper()
	system := r.app.tenants.Bind(m.network, tenants.SystemActor("test"))
	for i, n := range kept {
		sheet := m.all[i].Seat("tr").Sheet
		filled, err := r.app.forms.Filled(t.Context(), system.Read(), sheet)
		if err != nil {
			t.Fatal(err)
		}
		version, text := filled[sheet].Versions["issue"], string(filled[sheet].Answers["issue"])
		if version < n || version > n+1 || text != fmt.Sprintf(`"Version %d"`, version) {
			t.Errorf("version %d was acknowledged, version %d is there: %s", n, version, text)
		}
	}
	type count struct {
		ID                    ids.Application
		Number                string
		State                 applications.State
		Handed, Sheets, Mails int
	}
	var all []count
	err := system.Read().NewRaw(`SELECT a.id, coalesce(a.number, '') AS number, a.state,
		(SELECT count(*) FROM submissions s WHERE s.application_id = a.id) AS handed,
		(SELECT count(*) FROM submissions s JOIN submission_sheets c ON c.submission_id = s.id WHERE s.application_id = a.id) AS sheets,
		(SELECT count(*) FROM messages m WHERE m.about_id = a.id::text AND m.kind = 'applications.mail.receipt') AS mails FROM applications a`).Scan(t.Context(), &all)
	if err != nil {
		t.Fatal(err)
	}
	in, numbers := 0, map[string]bool{}
	for _, c := range all {
		if c.State == applications.Draft {
			continue
		}
		in++
		if c.Handed != 1 || c.Sheets != 2 || c.Mails > 1 || numbers[c.Number] {
			t.Errorf("handed in once, but: %+v", c)
		}
		numbers[c.Number] = true
	}
	if want := len(m.all) - len(kept); in != want {
		t.Errorf("%d were acknowledged, %d are there", want, in)
	}
	findings, err := r.app.tenants.Invariants(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

// TestWithoutAMailServerNothingIsLost hands in while no mail server answers: the application is there, its people see it,
// and the outbox shows what waits.
func TestWithoutAMailServerNothingIsLost(t *testing.T) {
	t.Parallel()
	r := runWith(t, tenanttest.Own(t), objectstest.Config(t), func(c *Config) { c.SMTPURL = "smtp://127.0.0.1:1?from=network@example.org" })
	m := r.ready(t, r.network(t, "mute"), 2)
	m.reopens(t, r, 1)
	kept, status, err := m.save(t.Context(), r, m.all[0].Seat("tr").Sheet, "issue", "Nobody hears of it.", 1)
	if err != nil || status != http.StatusOK || kept.Version != 2 {
		t.Errorf("saved: %+v %d %v", kept, status, err)
	}
	if in, status, err := m.submit(t.Context(), r, m.all[1].ID); err != nil || !in {
		t.Fatalf("handed in: %v %d %v", in, status, err)
	}
	m.browser.Get("/applications/" + m.all[1].ID.String() + "/receipt")
	m.browser.Want(http.StatusOK, "has arrived")
	r.member(t, m.network, "Coordinator", "coordinator@mute.example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})
	b := sitetest.NewBrowser(t, m.network.Host, r.port)
	b.Get("/sign-in")
	b.Submit("/sign-in", "email", "coordinator@mute.example", "password", password)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if b.Get("/outbox?status=released"); strings.Contains(b.Page.Text(), "Your application") {
			break
		}
		<-tick.C
	}
	b.Want(http.StatusOK, "has arrived", "On its way")
}
