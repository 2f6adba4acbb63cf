package programs_test

import (
	"context"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// around stands in for the modules that know organizations and applications.
type around struct {
	organization ids.Organization
	lead, writer ids.Person
	accepted     atomic.Pointer[ids.Person]
	handedIn     atomic.Bool
}

func (a *around) HandedIn(context.Context, tenants.Scope, ids.Call) (bool, error) {
	return a.handedIn.Load(), nil
}

func (a *around) HandedInBy(context.Context, *tenants.Tx, ids.Call) (bool, error) {
	return a.handedIn.Load(), nil
}

func (a *around) Applicants(_ context.Context, _ tenants.Scope, _ ...ids.Organization) (map[ids.Organization]programs.Applicant, error) {
	return map[ids.Organization]programs.Applicant{a.organization: {Name: "Ihlamur Derneği", Leads: []ids.Person{a.lead}}}, nil
}

func (a *around) Writing(context.Context, tenants.Scope, ids.Call) (drafts, handedIn int, err error) {
	return 1, 2, nil
}

func (a *around) Accepted(_ context.Context, sc tenants.Scope, _ ids.Call) (bool, error) {
	accepted := a.accepted.Load()
	return accepted != nil && sc.Actor().Person == *accepted, nil
}

func (a *around) Applying(context.Context, tenants.Scope, ids.Call) ([]ids.Person, error) {
	return []ids.Person{a.writer}, nil
}

// signs says whether the network and the core team have signed.
type signs struct{ network, core bool }

func (s *signs) Signed(context.Context, tenants.Scope, ids.Call, string) (network, core bool, err error) {
	return s.network, s.core, nil
}

// reviews says how far reviewing is, and notes what is computed anew.
type reviews struct {
	mu       sync.Mutex
	state    programs.Reviewing
	criteria []blueprints.Criterion
}

// move changes how far reviewing is.
func (r *reviews) move(change func(*programs.Reviewing)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
}

// reweighed are the criteria by which totals were computed anew at last.
func (r *reviews) reweighed() []blueprints.Criterion {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.criteria
}

func (r *reviews) Reviewed(context.Context, tenants.Scope, ids.Call) (programs.Reviewing, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, nil
}

func (r *reviews) Freeze(context.Context, *tenants.Tx, ids.Call) (programs.Reviewing, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, nil
}

func (r *reviews) Reweigh(_ context.Context, _ *tenants.Tx, _ ids.Call, criteria []blueprints.Criterion, _ int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.criteria = criteria
	return nil
}

type house struct {
	*sitetest.House
	*around

	reviews reviews
	service *programs.Service
	mails   []events.MailRequested
	again   []events.CallBegunAgain
	signs   signs
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{lead: ids.New[ids.Person](), writer: ids.New[ids.Person]()}}
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.organization = ids.New[ids.Organization]()
	h.exec(t, w, `INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, 'Ihlamur Derneği', 'ihlamur', 'association', 'TR', 'Muğla')`, h.organization)
	h.service = programs.New(authorizer, forms.New(), h.around, h.around, blueprints.New(w.Tenants, authorizer))
	h.signs = signs{network: true, core: true}
	h.service.Signatures, h.service.Reviews = &h.signs, &h.reviews
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.again", func(_ context.Context, _ tenants.Scope, e events.CallBegunAgain) error {
		h.again = append(h.again, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{programs.Locales, forms.Locales, builder.Locales, blueprints.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{programs.NewWeb(h.service, s).Module()}
	})
	return h
}

func (h *house) exec(t *testing.T, w *tenanttest.World, statement string, args ...any) {
	t.Helper()
	err := w.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(statement, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) coordinator(t *testing.T) tenants.Scope {
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

// frame is that of a call which is open for a week.
func (h *house) frame() programs.Frame {
	now := time.Now().Truncate(time.Minute)
	return programs.Frame{
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(7 * 24 * time.Hour), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000,
		GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}
}

// drafted is a call that lacks nothing to be published.
func (h *house) drafted(t *testing.T) programs.Call {
	t.Helper()
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	must(t, h.service.Reframe(t.Context(), sc, c.ID, 1, h.frame()))
	c, err = h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	return c
}

// published is a call that is open for a week.
func (h *house) published(t *testing.T) programs.Call {
	t.Helper()
	sc := h.coordinator(t)
	c := h.drafted(t)
	must(t, h.service.Publish(t.Context(), sc, c.ID, c.Version))
	c, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	return c
}

func TestFromBlueprintToOpenCall(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	b.Get("/program/calls")
	b.Want(200, "No call yet", "Two organizations: one from Türkiye", "Three organizations from three countries")
	b.Submit("/program/calls", "cycle", "", "composition", "nothing")
	b.Want(422, "Please fill this in.", "Please choose one of the answers.")
	b.Submit("/program/calls", "cycle", "2027", "composition", "quartet")
	b.Want(200, "The draft is ready", "Ready to publish?", "Missing")
	call := b.Page.Path

	b.Get(call + "/publication")
	b.Want(200, "Missing")
	if strings.Contains(b.Page.Body, "Publish now") {
		t.Error("an unready call can be published")
	}

	b.Get(call + "/dates")
	b.Submit(call+"/dates", "opens_date", "2027-03-01", "closes_date", "2027-02-01", "places", "8.5", "grant", "viel", "zone", "Mars/Base")
	b.Want(422, "Please enter a whole number.", "Please enter an amount")
	if b.Page.Value("grant") != "viel" || b.Page.Value("places") != "8.5" {
		t.Error("what was typed is lost")
	}
	b.Submit(call+"/dates", "opens_date", "2027-03-01", "closes_date", "2027-02-01", "places", "8", "grant", "3,500.50")
	b.Want(422, "The deadline must be later than the opening.")
	b.Submit(call+"/dates", "opens_date", "2027-03-28", "opens_time", "02:30", "closes_date", "2027-04-01", "zone", "Europe/Berlin")
	b.Want(422, "some times do not exist")
	b.Submit(call+"/dates", "opens_date", "2027-03-01", "closes_date", "2027-04-01", "zone", "Europe/Istanbul")
	b.Want(200, "Saved.")
	b.Get(call)
	b.Want(200, "EUR 3,500.50", "8 partnerships", "1 April 2027")

	b.Get(call + "/rules")
	b.Submit(call+"/rules", "reviews", "9")
	b.Want(422, "1 to 5")
	b.Submit(call+"/rules", "reviews", "2", "documents", "registration")
	b.Want(200, "Saved.")
	b.Get(strings.Replace(call, "/program", "", 1) + "/form?part=joint")
	if strings.Contains(b.Page.Text(), "Signed letter of partnership") {
		t.Error("a document that is not asked for is in the form")
	}

	b.Get(call + "/publication")
	b.Want(200, "Publish now", "Seats and the documents asked for then stand")
	b.Submit(call + "/publication")
	b.Want(200, "The call is published.", "Announced")
	b.Get(call + "/dates")
	b.Want(200, "fixed since the call was published")

	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls")
	visitor.Want(200, "Open call: learn from each other across borders", "Announced")
	visitor.Get(visitor.Page.Link("Open call: learn from each other across borders"))
	visitor.Want(200, "EUR 3,500.50 for each partnership", "Need and relevance", "The call was published")
}

func TestADraftIsNobodyElses(t *testing.T) {
	t.Parallel()
	h := open(t)
	c, err := h.service.Begin(t.Context(), h.coordinator(t), "2027", "pair")
	if err != nil {
		t.Fatal(err)
	}
	visitor := h.Browser(t, h.Tenant)
	for _, path := range []string{"/calls/" + c.ID.String(), "/calls/" + c.ID.String() + "/form", "/calls/" + ids.New[ids.Call]().String()} {
		visitor.Get(path)
		visitor.Want(404)
	}
	visitor.Get("/calls")
	visitor.Want(200, "No call is open at the moment")
	lead := h.As(t)
	if _, err := h.service.Call(t.Context(), lead, c.ID); err == nil {
		t.Error("somebody without a role reads a draft")
	}
	officer := h.As(t, tenanttest.Role(tenants.RoleOfficer))
	if err := h.service.Publish(t.Context(), officer, c.ID, 1); err == nil {
		t.Error("an officer publishes")
	}
	other := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	if _, err := h.service.Call(t.Context(), other, c.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another network finds it: %v", err)
	}
}

func TestAPublishedCallStands(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	frame := programs.Frame{Zone: "UTC", Places: 1, GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All}
	for name, err := range map[string]error{
		"dates":       h.service.Reframe(t.Context(), sc, c.ID, c.Version, frame),
		"rules":       h.service.Rule(t.Context(), sc, c.ID, c.Version, programs.Rules{}),
		"publication": h.service.Publish(t.Context(), sc, c.ID, c.Version),
	} {
		if !fault.Is(err, fault.KindConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := h.service.Reword(t.Context(), sc, c.ID, c.Version, programs.Texts{Locale: i18n.DE, Title: "Neu", Summary: "S", About: "", Conduct: "C", Notice: "N"})
	if !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a text of an open call became empty: %v", err)
	}
	err = h.service.Reword(t.Context(), sc, c.ID, c.Version, programs.Texts{Locale: i18n.DE, Title: "Neu", Summary: "S", About: "A", Conduct: "C", Notice: "N"})
	if err != nil {
		t.Fatal(err)
	}
	err = h.service.Reword(t.Context(), sc, c.ID, c.Version, programs.Texts{Locale: i18n.DE, Title: "Zu spät", Summary: "S", About: "A", Conduct: "C", Notice: "N"})
	if !fault.Is(err, fault.KindConflict) {
		t.Errorf("a second tab overwrote the first: %v", err)
	}
	b := h.Browser(t, h.Tenant)
	b.Headers = map[string]string{"Accept-Language": "de"}
	b.Get("/calls/" + c.ID.String())
	b.Want(200, "Neu", "Ein Text wurde berichtigt (Deutsch)")
}

func TestAnExtensionIsForAllAndTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	call := "/program/calls/" + c.ID.String()
	b.Get(call + "/extension")
	b.Submit(call+"/extension", "closes_date", "2020-01-01", "reason", "")
	b.Want(422, "must be later than the present one", "Please fill this in.")
	later := c.ClosesAt.Add(7 * 24 * time.Hour).In(i18n.Zone("Europe/Istanbul"))
	b.Submit(call+"/extension", "closes_date", later.Format(time.DateOnly), "closes_time", "23:59", "reason", "Many asked for it.")
	b.Want(200, "The deadline is extended")
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != h.writer || h.mails[0].Args["reason"] != "Many asked for it." {
		t.Errorf("told %+v", h.mails)
	}
	b.Get("/calls/" + c.ID.String())
	b.Want(200, "The deadline was moved from", "Many asked for it.", "23:59")
}

func TestLatePermission(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	late := "/program/calls/" + c.ID.String() + "/late-permissions"
	b.Get(late)
	b.Submit(late, "reason", "")
	b.Want(422, "Please choose one of the answers.", "Please fill this in.")
	day := c.ClosesAt.Add(48 * time.Hour).Format(time.DateOnly)
	b.Submit(late, "organization", h.organization.String(), "until_date", day, "reason", "No power for two days")
	b.Want(200, "The organization may hand in later", "Ihlamur Derneği")
	until, err := programs.Until(t.Context(), h.System().Read(), c.ID, h.organization)
	if err != nil || !until.After(c.ClosesAt) {
		t.Errorf("until %v, %v", until, err)
	}
	until, err = programs.Until(t.Context(), h.System().Read(), c.ID, ids.New[ids.Organization]())
	if err != nil || !until.Equal(c.ClosesAt) {
		t.Errorf("for others until %v, %v", until, err)
	}
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != h.lead {
		t.Errorf("told %+v", h.mails)
	}
	b.Submit(late+"/removal", "organization", h.organization.String())
	b.Want(200, "The late permission is taken back.")
	if until, _ = programs.Until(t.Context(), h.System().Read(), c.ID, h.organization); !until.Equal(c.ClosesAt) {
		t.Errorf("still until %v", until)
	}
}

func TestLettersKeepTheirFields(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	at := "/program/calls/" + c.ID.String() + "/letters?letter=selected&language=tr"
	b.Get(at)
	b.Want(200, "{number}")
	b.Post(at, url.Values{"version": {b.Page.Value("version")}, "_csrf": {b.Page.Value("_csrf")}, "subject": {"{secret}"}, "body": {"<script>alert(1)</script> {person}"}})
	b.Want(422, "{secret} is not a value of this letter.", "<script>alert(1)</script> {person} At most")
	b.Submit(at, "subject", "Tebrikler", "body", "Sayın {person}")
	b.Want(200, "Saved.", "Tebrikler")
}

func TestParseInstant(t *testing.T) {
	t.Parallel()
	berlin := i18n.Zone("Europe/Berlin")
	for typed, want := range map[[2]string]string{
		{"2026-10-12", "23:59"}: "2026-10-12T21:59:00Z",
		{"2027-03-28", "02:30"}: "", // left out by the change to summer time
		{"2027-02-30", "10:00"}: "",
		{"2027-02-03", "25:00"}: "",
		{"", "10:00"}:           "",
	} {
		got, ok := programs.ParseInstant(typed[0], typed[1], berlin)
		if ok != (want != "") || ok && got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%v: %v %v", typed, got, ok)
		}
	}
}
