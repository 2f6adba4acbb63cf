package applications_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/forms/formstest"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know calls, organizations, people, reviewers and documents.
type around struct {
	mu         sync.Mutex
	calls      map[ids.Call]applications.Call
	homes      map[ids.Call]ids.Tenant
	late       map[ids.Call]map[ids.Organization]time.Time
	applicants map[ids.Organization]applications.Applicant
	conflicted []ids.Application
	barred     map[ids.Application][]ids.Person
	departed   []ids.Organization // out of every place
	assigned   []ids.Application
	unfit      []ids.Document
	letters    map[ids.Application][]applications.Letter
	issued     []applications.Issued
	over       []ids.Application
	ended      map[ids.Application]time.Time
	lists      map[ids.Call]time.Time
	known      map[ids.Organization]forms.Answers
	profiles   map[ids.Organization]forms.Profile
}

func (a *around) Letters(_ context.Context, _ tenants.Scope, id ids.Application) ([]applications.Letter, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.letters[id], nil
}

func (a *around) Over(_ context.Context, _ bun.IDB, wanted ...ids.Application) (map[ids.Application]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	over := map[ids.Application]bool{}
	for _, id := range wanted {
		over[id] = slices.Contains(a.over, id)
	}
	return over, nil
}

func (a *around) Ends(_ context.Context, _ bun.IDB, wanted ...ids.Application) (map[ids.Application]time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ends := map[ids.Application]time.Time{}
	for _, id := range wanted {
		if at, over := a.ended[id]; over {
			ends[id] = at
		}
	}
	return ends, nil
}

func (a *around) Keeping(ctx context.Context, sc tenants.Scope) ([]applications.Call, error) {
	all, err := a.Published(ctx, sc)
	return slices.DeleteFunc(all, func(c applications.Call) bool { return len(c.Keeps) == 0 }), err
}

func (a *around) WaitingUntil(_ context.Context, _ bun.IDB, wanted ...ids.Call) (map[ids.Call]time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	until := map[ids.Call]time.Time{}
	for _, id := range wanted {
		if at, set := a.lists[id]; set {
			until[id] = at
		}
	}
	return until, nil
}

// Issue satisfies applications.Press: it notes what was issued.
func (a *around) Issue(_ context.Context, _ tenants.Scope, i applications.Issued, draw func(pdf.Mark) ([]byte, error)) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.issued = append(a.issued, i)
	return draw(pdf.Mark{Made: i.About, Code: "7H2K-9QXM", VerifyURL: "https://bosporus.example/verify/7H2K-9QXM"})
}

func (a *around) Calls(_ context.Context, sc tenants.Scope, wanted []ids.Call) (map[ids.Call]applications.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Call]applications.Call{}
	for _, id := range wanted {
		if c, ok := a.calls[id]; ok && a.homes[id] == sc.Tenant().ID {
			found[id] = c
		}
	}
	return found, nil
}

func (a *around) Published(context.Context, tenants.Scope) ([]applications.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []applications.Call
	for _, c := range a.calls {
		all = append(all, c)
	}
	return all, nil
}

func (a *around) Late(context.Context, tenants.Scope, []ids.Organization) (map[ids.Call]map[ids.Organization]time.Time, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.late, nil
}

func (a *around) AskedLate(_ []ids.Organization, into map[ids.Call]map[ids.Organization]time.Time) tenants.Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.Copy(into, a.late)
	return tenants.Question{}
}

func (a *around) Held(ctx context.Context, tx *tenants.Tx, id ids.Call) (applications.Call, error) {
	found, err := a.Calls(ctx, tx.Scope(), []ids.Call{id})
	if c, ok := found[id]; ok || err != nil {
		return c, err
	}
	return applications.Call{}, fault.NotFound()
}

func (a *around) Until(ctx context.Context, tx *tenants.Tx, id ids.Call, organizations []ids.Organization) (time.Time, error) {
	c, err := a.Held(ctx, tx, id)
	a.mu.Lock()
	defer a.mu.Unlock()
	until := c.Until
	for _, o := range organizations {
		if late := a.late[id][o]; late.After(until) {
			until = late
		}
	}
	return until, err
}

func (a *around) Applicants(_ context.Context, _ tenants.Scope, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Organization]applications.Applicant{}
	for _, id := range wanted {
		if o, ok := a.applicants[id]; ok {
			found[id] = o
		}
	}
	return found, nil
}

func (a *around) Asked(wanted []ids.Organization, into map[ids.Organization]applications.Applicant) tenants.Question {
	found, _ := a.Applicants(context.Background(), tenants.Scope{}, wanted)
	maps.Copy(into, found)
	return tenants.Question{}
}

func (a *around) Known(_ context.Context, _ *tenants.Tx, id ids.Organization) (forms.Answers, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.known[id], nil
}

func (a *around) ApplicantsIn(ctx context.Context, tx *tenants.Tx, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	return a.Applicants(ctx, tx.Scope(), wanted)
}

func (a *around) KnownOf(_ context.Context, _ bun.IDB, wanted []ids.Organization) (map[ids.Organization]forms.Answers, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Organization]forms.Answers{}
	for _, id := range wanted {
		o := a.applicants[id]
		found[id] = forms.Answers{blueprints.FactCountry: json.RawMessage(strconv.Quote(o.Country)), blueprints.FactKind: json.RawMessage(strconv.Quote(o.Kind))}
	}
	return found, nil
}

func (a *around) ProfilesOf(_ context.Context, _ bun.IDB, wanted []ids.Organization) (map[ids.Organization]forms.Profile, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Organization]forms.Profile{}
	for _, id := range wanted {
		found[id] = a.profiles[id]
	}
	return found, nil
}

func (*around) Alike(_ context.Context, _ tenants.Scope, typed string) ([]forms.Candidate, error) {
	return []forms.Candidate{{Name: typed}}, nil
}

func (a *around) All(context.Context, tenants.Scope) ([]applications.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []applications.Applicant
	for _, o := range a.applicants {
		all = append(all, o)
	}
	return all, nil
}

func (*around) Names(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	names := map[ids.Person]string{}
	for _, p := range persons {
		names[p] = "Person " + p.String()[30:]
	}
	return names, nil
}

func (a *around) Standings(_ context.Context, _ tenants.Scope, wanted []ids.Application) (map[ids.Application]applications.Standing, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Application]applications.Standing{}
	for _, id := range wanted {
		found[id] = applications.Standing{Assigned: slices.Contains(a.assigned, id), Conflicted: slices.Contains(a.conflicted, id)}
	}
	return found, nil
}

func (a *around) Conflicted(context.Context, tenants.Scope) ([]ids.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.conflicted), nil
}

func (a *around) Departed(context.Context, bun.IDB, ids.Application) ([]ids.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.departed), nil
}

func (a *around) Barred(_ context.Context, _ bun.IDB, wanted ...ids.Application) (map[ids.Application][]ids.Person, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Application][]ids.Person{}
	for _, id := range wanted {
		found[id] = a.barred[id]
	}
	return found, nil
}

func (*around) Documents(_ context.Context, _ tenants.Scope, wanted []ids.Document) (map[ids.Document]forms.Document, error) {
	found := map[ids.Document]forms.Document{}
	for _, id := range wanted {
		found[id] = forms.Document{Name: "Tüzük.pdf"}
	}
	return found, nil
}

func (a *around) Given(ctx context.Context, sc tenants.Scope, _ []ids.Sheet, wanted []ids.Document) (map[ids.Document]forms.Document, error) {
	return a.Documents(ctx, sc, wanted)
}

func (a *around) Fit(_ context.Context, _ bun.IDB, given map[ids.Sheet][]ids.Document) (map[ids.Document]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	good := map[ids.Document]bool{}
	for _, named := range given {
		for _, id := range named {
			good[id] = !slices.Contains(a.unfit, id)
		}
	}
	return good, nil
}

type house struct {
	*sitetest.House
	*around

	service *applications.Service
	web     *applications.Web
	forms   *forms.Service
	queries tenanttest.Queries
	mails   []events.MailRequested
	news    []events.NotificationRequested
	facts   []string
	revoked []events.MailRevoked
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{
		around: &around{
			calls: map[ids.Call]applications.Call{}, homes: map[ids.Call]ids.Tenant{}, late: map[ids.Call]map[ids.Organization]time.Time{}, applicants: map[ids.Organization]applications.Applicant{},
		},
		forms: forms.New(),
	}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.service = applications.New(authorizer, h.forms, applications.Around{Calls: h.around, Organizations: h.around, People: h.around, Standings: h.around, Documents: h.around, Facts: h.around, Letters: h.around, Partnerships: h.around})
	h.service.Reactions(w.Tenants.Registry())
	r := w.Tenants.Registry()
	listen(r, func(e events.MailRequested) { h.mails = append(h.mails, e) })
	listen(r, func(e events.NotificationRequested) { h.news = append(h.news, e) })
	listen(r, func(e events.MailRevoked) { h.revoked = append(h.revoked, e) })
	listen(r, func(e events.ApplicationSubmitted) { h.facts = append(h.facts, e.EventKind()) })
	listen(r, func(e events.ApplicationChecked) { h.facts = append(h.facts, e.EventKind()) })
	listen(r, func(e events.ApplicationWithdrawn) { h.facts = append(h.facts, e.EventKind()) })
	h.House = sitetest.Open(t, []fs.FS{applications.Locales, forms.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		h.web = applications.NewWeb(h.service, s, h.around)
		return []site.Module{h.web.Module()}
	})
	return h
}

func listen[E tenants.Event](r *tenants.Registry, hear func(e E)) {
	var e E
	tenants.React(r, "test."+e.EventKind(), func(_ context.Context, _ tenants.Scope, e E) error {
		hear(e)
		return nil
	})
}

func write(t *testing.T, sc tenants.Scope, do func(ctx context.Context, tx *tenants.Tx) error) {
	t.Helper()
	if err := sc.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// callIn makes a call with that composition in the scope's tenant; it closes in an hour.
func (h *house) callIn(t *testing.T, sc tenants.Scope, composition string) ids.Call {
	t.Helper()
	b := blueprints.Default()
	seats, ok := b.Composition(composition)
	if !ok {
		t.Fatalf("no composition %s", composition)
	}
	now := time.Now().Truncate(time.Second)
	c := applications.Call{
		ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "Exchange 2027", i18n.TR: "Değişim 2027", i18n.DE: "Austausch 2027"}, Locales: i18n.All, Zone: "Europe/Berlin",
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(time.Hour), Until: now.Add(time.Hour), Composition: seats, Eligibility: b.Eligibility, PapersHours: 72,
		Letters: map[string]blueprints.Letter{}, Notice: "0123456789ab",
	}
	for _, l := range b.Letters {
		c.Letters[l.Key] = l
	}
	write(t, sc, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := h.forms.Create(ctx, tx, "Application")
		if err != nil {
			return err
		}
		version, err := h.forms.Publish(ctx, tx, form, b.Form)
		if err != nil {
			return err
		}
		c.FormVersion = version.ID
		program, cycle := ids.New[ids.Program](), ids.New[ids.Cycle]()
		if _, err := tx.NewRaw(`INSERT INTO programs (id, name, blueprint, blueprint_version) VALUES (?, '{}', ?, 1)`, program, c.ID.String()).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewRaw(`INSERT INTO cycles (id, program_id, name) VALUES (?, ?, '2027')`, cycle, program).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewRaw(`INSERT INTO calls (id, cycle_id, title, summary, about, conduct, notice, locales, zone, composition, criteria, documents, eligibility, letters, review, form_id, form_version_id)
			VALUES (?, ?, '{}', '{}', '{}', '{}', '{}', '{en}', 'UTC', '{}', '[]', '[]', '[]', '[]', '{}', ?, ?)`, c.ID, cycle, form, version.ID).Exec(ctx)
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls[c.ID], h.homes[c.ID] = c, sc.Tenant().ID
	return c.ID
}

func (h *house) call(t *testing.T, composition string) ids.Call {
	t.Helper()
	return h.callIn(t, h.System(), composition)
}

// moves changes a call, as its coordinator or time does.
func (h *house) moves(id ids.Call, change func(c *applications.Call)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.calls[id]
	c.Eligibility = slices.Clone(c.Eligibility) // what others hold of the call stays as it is
	change(&c)
	h.calls[id] = c
}

func (h *house) closes(id ids.Call) {
	h.moves(id, func(c *applications.Call) { c.Until = time.Now().Add(-time.Second) })
}

// organizationIn makes one in the scope's tenant.
func (h *house) organizationIn(t *testing.T, sc tenants.Scope, name, country, kind string) ids.Organization {
	t.Helper()
	id := ids.New[ids.Organization]()
	write(t, sc, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, ?, ?, ?, ?, 'Muğla')`, id, name, i18n.SearchKey(name), kind, country).Exec(ctx)
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.applicants[id] = applications.Applicant{ID: id, Name: name, City: "Muğla", Country: country, Kind: kind}
	return id
}

// side is an organization with its lead.
type side struct {
	id   ids.Organization
	lead tenants.Scope
}

func (h *house) side(t *testing.T, name, country string) side {
	t.Helper()
	id := h.organizationIn(t, h.System(), name, country, "association")
	return side{id: id, lead: h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: id})}
}

func (h *house) officer(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleOfficer))
}

// ties adds two to the team who must learn nothing of an application: one with a conflict of interest in it, and one of an organization
// that applies.
func (h *house) ties(t *testing.T, id ids.Application, s side) []ids.Person {
	t.Helper()
	tied := h.officer(t).Actor().Person
	own := h.As(t, tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: s.id}).Actor().Person
	h.mu.Lock()
	defer h.mu.Unlock()
	h.barred = map[ids.Application][]ids.Person{id: {tied}}
	return []ids.Person{tied, own}
}

// untold complains if one of them was told something that leads the team to applications.
func (h *house) untold(t *testing.T, tied []ids.Person, keys ...string) {
	t.Helper()
	for _, n := range h.news {
		if slices.Contains(tied, n.Person) && slices.Contains(keys, n.Key) {
			t.Errorf("who is tied to an application is told %s", n.Key)
		}
	}
}

func (h *house) begun(t *testing.T, call ids.Call, s side, seat string) ids.Application {
	t.Helper()
	id, err := h.service.Begin(t.Context(), s.lead, call, s.id, seat)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// joins invites an organization to a seat and takes it.
func (h *house) joins(t *testing.T, id ids.Application, by, s side, seat string) {
	t.Helper()
	if err := h.service.Invite(t.Context(), by.lead, applications.Invitation{Application: id, Seat: seat, Organization: s.id}, i18n.EN); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Join(t.Context(), s.lead, h.invitation(t, s.lead), s.id); err != nil {
		t.Fatal(err)
	}
}

// invitation is the one open invitation to the actor.
func (h *house) invitation(t *testing.T, sc tenants.Scope) ids.Invitation {
	t.Helper()
	open, err := h.service.Invitations(t.Context(), sc)
	if err != nil || len(open) != 1 {
		t.Fatalf("%d open invitations, %v", len(open), err)
	}
	return open[0].ID
}

func (h *house) find(t *testing.T, id ids.Application) applications.Application {
	t.Helper()
	a, err := applications.Find(t.Context(), h.System().Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// fills completes every sheet of an application that belongs to somebody.
func (h *house) fills(t *testing.T, id ids.Application) {
	t.Helper()
	a := h.find(t, id)
	sought := forms.Answers{}
	for _, p := range a.Parts {
		if p.Organization.IsZero() {
			sought["partner_state"] = json.RawMessage(`"looking"`)
		} else {
			h.fill(t, &a, p.Sheet, nil)
		}
	}
	h.fill(t, &a, a.Joint, sought)
}

func (h *house) fill(t *testing.T, a *applications.Application, sheet ids.Sheet, given forms.Answers) {
	t.Helper()
	scope := forms.ScopePart
	if sheet == a.Joint {
		scope = forms.ScopeJoint
	}
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		version, err := h.forms.VersionIn(ctx, tx, a.FormVersion)
		if err != nil {
			return err
		}
		filled, err := h.forms.Filled(ctx, tx, sheet)
		if err != nil {
			return err
		}
		for ref, raw := range formstest.Complete(version.Definition, scope, given) {
			q, _, _ := version.Definition.Question(ref)
			if _, err := h.forms.Save(ctx, tx, forms.Edit{Sheet: sheet, Ref: ref, Type: q.Type, Value: raw, Base: filled[sheet].Versions[ref]}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) confirms(t *testing.T, id ids.Application, sides ...side) {
	t.Helper()
	for _, s := range sides {
		if err := h.service.Confirm(t.Context(), s.lead, id, "", time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) submits(t *testing.T, id ids.Application, s side) applications.Submission {
	t.Helper()
	done, err := h.service.Submit(t.Context(), s.lead, id)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// pair is a call for two, and a joint application to it, filled and confirmed by both.
func (h *house) pair(t *testing.T) (ids.Call, ids.Application, side, side) {
	t.Helper()
	call := h.call(t, "pair")
	one, two := h.side(t, "Ihlamur Komşuluk Derneği", "TR"), h.side(t, "Lindenhof Nachbarschaft", "DE")
	id := h.begun(t, call, one, "tr")
	h.joins(t, id, one, two, "eu")
	h.fills(t, id)
	h.confirms(t, id, one, two)
	return call, id, one, two
}

// save sends one answer as the page's script does.
func (h *house) save(t *testing.T, sc tenants.Scope, sheet ids.Sheet, ref, text string, base int64) error {
	t.Helper()
	raw, err := json.Marshal(map[string][]string{forms.FieldName(ref): {text}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.service.Save(t.Context(), sc, h.Catalog.Localizer(i18n.EN, nil), sheet, ref, forms.Sent{Value: raw, Base: base, Language: i18n.EN})
	return err
}

func (h *house) answer(t *testing.T, sheet ids.Sheet, ref string) (string, int64) {
	t.Helper()
	all, err := h.forms.Filled(t.Context(), h.System().Read(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	return string(all[sheet].Answers[ref]), all[sheet].Versions[ref]
}

func wants(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

type browser = sitetest.Browser

func stripped(body, text string) string { return sitetest.Stripped(body, text) }
