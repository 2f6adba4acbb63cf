package selection_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know calls, applications and people.
type around struct {
	erasing, copied bool // of what was handed in with an application something is erased once it was read
	mu              sync.Mutex
	calls           []selection.Call
	applications    []selection.Application
	withdrawn       map[ids.Application]bool
	unchecked       map[ids.Application]bool // handed in, and not looked at yet
	people          map[ids.Person]selection.Person
	courses         map[ids.Call][]selection.Course
	papers          []string // that were issued
	together        [][2]ids.Organization
	guests          map[ids.Application][]selection.Guest
	recognized      map[ids.Organization]events.Affiliation
	logins          map[string]reviewers.Login // that exist
	members         map[ids.Identity]ids.Person
	newcomers       []selection.Applicant     // that do not apply
	content         []ids.Application         // of one organization that looks for nobody
	seated          map[ids.Organization]bool // in a partnership of the call
	waiting         map[ids.Application]bool  // decided, and neither accepted nor rejected for good
	letters         map[string]blueprints.Letter
}

func (a *around) Call(_ context.Context, _ tenants.Scope, id ids.Call) (selection.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.calls {
		if c.ID == id {
			return c, nil
		}
	}
	return selection.Call{}, fault.NotFound()
}

func (a *around) Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (selection.Call, error) {
	return a.Call(ctx, tx.Scope(), id)
}

func (a *around) Letters(context.Context, *tenants.Tx, ids.Call) (map[string]blueprints.Letter, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.letters, nil
}

func (a *around) Published(context.Context, tenants.Scope) ([]selection.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls), nil
}

// pooled are the calls as the pool of reviewers knows them.
type pooled struct{ *around }

func pooledCall(c selection.Call) reviewers.Call {
	return reviewers.Call{ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, Reviews: c.Review.Reviews, Anonymous: c.Review.Anonymous}
}

func (p pooled) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (reviewers.Call, error) {
	c, err := p.around.Call(ctx, sc, id)
	return pooledCall(c), err
}

func (p pooled) Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (reviewers.Call, error) {
	return p.Call(ctx, tx.Scope(), id)
}

func (p pooled) Published(ctx context.Context, sc tenants.Scope) ([]reviewers.Call, error) {
	all, err := p.around.Published(ctx, sc)
	calls := make([]reviewers.Call, len(all))
	for i, c := range all {
		calls[i] = pooledCall(c)
	}
	return calls, err
}

func (a *around) pick(keep func(selection.Application) bool) []selection.Application {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []selection.Application
	for _, one := range a.applications {
		if !a.withdrawn[one.ID] && !a.unchecked[one.ID] && keep(one) {
			found = append(found, one)
		}
	}
	return found
}

func (a *around) InSelection(_ context.Context, _ tenants.Scope, call selection.Call) ([]selection.Application, error) {
	return a.pick(func(one selection.Application) bool { return one.Call == call.ID }), nil
}

func (a *around) HandedIn(_ context.Context, _ tenants.Scope, call ids.Call) ([]selection.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.applications), func(one selection.Application) bool { return one.Call != call || a.withdrawn[one.ID] }), nil
}

func (a *around) Leanings(_ context.Context, _ tenants.Scope, call ids.Call) (map[ids.Application]selection.Leaning, error) {
	found := map[ids.Application]selection.Leaning{}
	for _, one := range a.pick(func(one selection.Application) bool { return one.Call == call }) {
		found[one.ID] = one.Leaning
	}
	return found, nil
}

func (a *around) Those(_ context.Context, _ tenants.Scope, wanted []ids.Application) (map[ids.Application]selection.Application, error) {
	found := map[ids.Application]selection.Application{}
	for _, one := range a.pick(func(one selection.Application) bool { return slices.Contains(wanted, one.ID) }) {
		found[one.ID] = one
	}
	return found, nil
}

func (a *around) Undecided(context.Context, tenants.Scope) ([]selection.Application, error) {
	return a.pick(func(one selection.Application) bool { return one.Undecided }), nil
}

func (a *around) Unanswered(_ context.Context, _ tenants.Scope, some ...ids.Application) ([]selection.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []selection.Application
	for _, one := range a.applications {
		if a.withdrawn[one.ID] || !one.Undecided && !a.waiting[one.ID] || len(some) > 0 && !slices.Contains(some, one.ID) {
			continue
		}
		one.Undecided = one.Undecided && !a.unchecked[one.ID]
		found = append(found, one)
	}
	return found, nil
}

func (a *around) Ever(_ context.Context, _ tenants.Scope, wanted []ids.Application) ([]selection.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.applications), func(one selection.Application) bool { return !slices.Contains(wanted, one.ID) }), nil
}

func (a *around) Of(_ context.Context, _ tenants.Scope, wanted []ids.Organization) ([]ids.Application, error) {
	var found []ids.Application
	for _, one := range a.pick(func(one selection.Application) bool {
		return slices.ContainsFunc(one.Organizations, func(o selection.Applicant) bool { return slices.Contains(wanted, o.ID) })
	}) {
		found = append(found, one.ID)
	}
	return found, nil
}

func (a *around) Applicants(_ context.Context, _ tenants.Scope, wanted []ids.Organization) (map[ids.Organization]selection.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Organization]selection.Applicant{}
	for _, one := range a.applications {
		for _, o := range one.Organizations {
			if slices.Contains(wanted, o.ID) {
				found[o.ID] = o
			}
		}
	}
	for _, o := range a.newcomers {
		if slices.Contains(wanted, o.ID) {
			found[o.ID] = o
		}
	}
	return found, nil
}

func (a *around) Persons(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]selection.Person, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Person]selection.Person{}
	for _, p := range persons {
		if known, ok := a.people[p]; ok {
			found[p] = known
		}
	}
	return found, nil
}

func (a *around) Together(_ context.Context, _ tenants.Scope, among []ids.Organization) ([][2]ids.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found [][2]ids.Organization
	for _, p := range a.together {
		if slices.Contains(among, p[0]) && slices.Contains(among, p[1]) {
			found = append(found, p)
		}
	}
	return found, nil
}

func (a *around) Guests(context.Context, tenants.Scope, []ids.Application) (map[ids.Application][]selection.Guest, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.guests), nil
}

func (a *around) Recognized(context.Context, tenants.Scope, []ids.Organization) (map[ids.Organization]events.Affiliation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.recognized), nil
}

func (a *around) Identify(_ context.Context, _ tenants.Scope, email string) (reviewers.Login, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.logins[email]; ok {
		known.Known = true
		return known, nil
	}
	if a.logins == nil {
		a.logins, a.members = map[string]reviewers.Login{}, map[ids.Identity]ids.Person{}
	}
	a.logins[email] = reviewers.Login{ID: ids.New[ids.Identity](), Email: email}
	return a.logins[email], nil
}

func (a *around) Join(ctx context.Context, tx *tenants.Tx, login reviewers.Login, j reviewers.Joining) (reviewers.Joined, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	person, ok := a.members[login.ID]
	if !ok {
		person = ids.New[ids.Person]()
		a.members[login.ID], a.people[person] = person, selection.Person{Name: j.Name, Email: login.Email}
	}
	joined := reviewers.Joined{Person: person}
	if !login.Known {
		joined.Session, joined.Expires = "a-session", time.Now().Add(time.Hour)
	}
	return joined, tx.GrantRole(ctx, person, tenants.Grant{Role: tenants.RoleReviewer}, j.By)
}

func (a *around) Read(_ context.Context, _ tenants.Scope, _ ui.Page, id ids.Application) (templ.Component, error) {
	return ui.Card("What was handed in: " + id.String()[30:] + " ANSWERS"), nil
}

// Outline stands in for the forms of calls.
func (a *around) Outline(context.Context, tenants.Scope, ids.Call, *i18n.Localizer) ([]selection.Passage, error) {
	return []selection.Passage{{Section: "The need"}, {Section: "The plan"}}, nil
}

// Anonymised stands in for what was handed in.
func (a *around) Anonymised(context.Context, tenants.Scope, ids.Application, *i18n.Localizer) ([]selection.Passage, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.erasing && a.copied {
		return []selection.Passage{{Section: "The plan", Label: "What will you do?", Text: "We walk along it."}}, nil
	}
	a.copied = true
	return []selection.Passage{{Section: "The need", Label: "Why now?", Text: "BECAUSE the river dries up."}, {Section: "The plan", Label: "What will you do?", Text: "We walk along it."}}, nil
}

// Issue stands in for the module that issues papers.
func (a *around) Issue(_ context.Context, _ tenants.Scope, call ids.Call, about time.Time, locale i18n.Locale, draw func(pdf.Mark) ([]byte, error)) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.papers = append(a.papers, call.String()+" "+string(locale))
	return draw(pdf.Mark{Made: about, Code: "0000-0000-0000-0000", VerifyURL: "http://verify.example/0000"})
}

func (a *around) decided(id ids.Application) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.applications {
		if a.applications[i].ID == id {
			a.applications[i].Undecided = false
		}
	}
}

// told is everything that was announced in a house.
type told struct {
	mu       sync.Mutex
	mails    []events.MailRequested
	news     []events.NotificationRequested
	facts    []string // kind and application
	released []events.DecisionReleased
	offered  []events.PlaceOffered
	lists    []events.DecisionsReleased
}

func (w *told) note(kind string, id ids.Application) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.facts = append(w.facts, kind+" "+id.String())
}

func (w *told) count(kind string, id ids.Application) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, f := range w.facts {
		if f == kind+" "+id.String() {
			n++
		}
	}
	return n
}

type house struct {
	*sitetest.House
	*around
	*told

	service *selection.Service
	pool    *reviewers.Service
	call    selection.Call
	queries tenanttest.Queries
}

func react[E tenants.Event](h *house, r *tenants.Registry, application func(E) ids.Application) {
	var zero E
	tenants.React(r, "test."+zero.EventKind(), func(_ context.Context, _ tenants.Scope, e E) error {
		h.note(zero.EventKind(), application(e))
		return nil
	})
}

func (h *house) listen(r *tenants.Registry) {
	tenants.React(r, "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(r, "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.news = append(h.news, e)
		return nil
	})
	tenants.React(r, "test.released", func(_ context.Context, _ tenants.Scope, e events.DecisionReleased) error {
		h.decided(e.Application)
		h.note(e.EventKind(), e.Application)
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.released = append(h.released, e)
		return nil
	})
	tenants.React(r, "test.lists", func(_ context.Context, _ tenants.Scope, e events.DecisionsReleased) error {
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.lists = append(h.lists, e)
		return nil
	})
	tenants.React(r, "test.offered", func(_ context.Context, _ tenants.Scope, e events.PlaceOffered) error {
		h.note(e.EventKind(), e.Application)
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.offered = append(h.offered, e)
		return nil
	})
	react(h, r, func(e events.ReviewBegan) ids.Application { return e.Application })
	react(h, r, func(e events.ReviewsCompleted) ids.Application { return e.Application })
	react(h, r, func(e events.PlaceAccepted) ids.Application { return e.Application })
	react(h, r, func(e events.PlaceConfirmed) ids.Application { return e.Application })
	react(h, r, func(e events.PlaceDeclined) ids.Application { return e.Application })
	react(h, r, func(e events.PlaceLapsed) ids.Application { return e.Application })
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{withdrawn: map[ids.Application]bool{}, people: map[ids.Person]selection.Person{}}, told: &told{}}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	words := []fs.FS{selection.Locales, reviewers.Locales, forms.Locales, blueprints.Locales, builder.Locales}
	catalog, err := i18n.Load(append([]fs.FS{ui.Locales, site.Locales}, words...)...)
	if err != nil {
		t.Fatal(err)
	}
	h.pool = reviewers.New(authorizer, catalog, reviewers.Around{Calls: pooled{h.around}, People: h.around, Newcomers: h.around})
	h.service = selection.New(authorizer, catalog, selection.Around{Calls: h.around, Applications: h.around, People: h.around, Reviewers: h.pool, Ties: h.around, Samples: h.around, Papers: h.around, Seats: h.around})
	h.pool.Selection = h.service
	h.pool.Reactions(w.Tenants.Registry())
	h.service.Reactions(w.Tenants.Registry())
	h.listen(w.Tenants.Registry())
	h.House = sitetest.Open(t, words, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		pages := selection.NewWeb(h.service, s, h.around, h.around)
		return []site.Module{reviewers.NewWeb(h.pool, s, pages).Module(), pages.Module()}
	})
	b := blueprints.Default()
	h.call = selection.Call{
		ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "Exchange 2027", i18n.TR: "Değişim 2027", i18n.DE: "Austausch 2027"}, Locales: i18n.All, Zone: "Europe/Istanbul", Places: 2,
		Criteria: selection.Scored(b.Criteria), Review: b.Review,
	}
	h.letters = map[string]blueprints.Letter{}
	for _, l := range b.Letters {
		h.letters[l.Key] = l
	}
	h.calls = append(h.calls, h.call)
	return h
}

// someone is a person with the grants whose name and address other modules know.
func (h *house) someone(t *testing.T, name string, grants ...tenants.Grant) tenants.Scope {
	t.Helper()
	sc := h.As(t, grants...)
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.people[sc.Actor().Person] = selection.Person{Name: name, Email: i18n.SearchKey(strings.ReplaceAll(name, " ", "")) + "@" + sc.Actor().Person.String()[24:] + ".example"}
	return sc
}

func (h *house) role(t *testing.T, name string, role tenants.Role) tenants.Scope {
	t.Helper()
	return h.someone(t, name, tenanttest.Role(role))
}

// apply makes an application of two new organizations, each with a lead, that passed the check.
func (h *house) apply(t *testing.T, name string) (selection.Application, []tenants.Scope) {
	t.Helper()
	h.around.mu.Lock()
	number := "2027-" + strconv.Itoa(1000 + len(h.applications))[1:]
	h.around.mu.Unlock()
	a := selection.Application{ID: ids.New[ids.Application](), Call: h.call.ID, Number: number, Undecided: true, Organizations: []selection.Applicant{
		{ID: ids.New[ids.Organization](), Name: name + " Derneği", City: "Muğla", Country: "TR", Seat: "tr"},
		{ID: ids.New[ids.Organization](), Name: name + " e. V.", City: "Köln", Country: "DE", Seat: "eu"},
	}}
	var leads []tenants.Scope
	for _, o := range a.Organizations {
		leads = append(leads, h.someone(t, "Lead of "+o.Name, tenants.Grant{Role: tenants.RoleLead, Organization: o.ID}))
	}
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.applications = append(h.applications, a)
	return a, leads
}

func (h *house) due() time.Time { return time.Now().AddDate(0, 0, 14) }

// assign gives the application to the reviewers and returns their reviews, in their order.
func (h *house) assign(t *testing.T, a selection.Application, reviewers ...tenants.Scope) []ids.Review {
	t.Helper()
	cmd := selection.Assignment{Applications: []ids.Application{a.ID}, DueAt: h.due()}
	for _, r := range reviewers {
		cmd.Reviewers = append(cmd.Reviewers, r.Actor().Person)
	}
	if refused, err := h.service.Assign(t.Context(), h.System(), h.call.ID, cmd); err != nil {
		t.Fatalf("assign: %v, %v", refused, err)
	}
	var all []ids.Review
	for _, r := range reviewers {
		all = append(all, h.reviewOf(t, r, a.ID))
	}
	return all
}

func (h *house) reviewOf(t *testing.T, reviewer tenants.Scope, application ids.Application) ids.Review {
	t.Helper()
	queue, err := h.service.Queue(t.Context(), reviewer)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queue {
		if q.Application.ID == application {
			return q.ID
		}
	}
	t.Fatal("the reviewer's queue lacks the application")
	return ids.Review{}
}

// words are enough for any score.
func words(text string) string { return text + " " + strings.Repeat("çünkü gerekçesi açık. ", 6) }

// write declares no conflict of interest and fills the whole review with one score.
func (h *house) write(t *testing.T, reviewer tenants.Scope, id ids.Review, score int, text string) {
	t.Helper()
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	typed := []selection.Typed{{Ref: "comment", Score: selection.NoScore, Feedback: "COMMENT " + text}}
	for _, k := range h.call.Criteria {
		typed = append(typed, selection.Typed{Ref: k.Key, Score: float64(score), Feedback: words(text + " " + k.Key)})
	}
	if _, clashes, err := h.service.SaveAll(t.Context(), reviewer, id, typed); err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
}

// review assigns the application and lets every reviewer submit a review of one score.
func (h *house) review(t *testing.T, a selection.Application, scores map[*tenants.Scope]int) {
	t.Helper()
	for reviewer, score := range scores {
		id := h.assign(t, a, *reviewer)[0]
		h.write(t, *reviewer, id, score, "TEXT")
		if err := h.service.Submit(t.Context(), *reviewer, id); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) version(t *testing.T, sc tenants.Scope) int64 {
	t.Helper()
	p, err := h.service.Panel(t.Context(), sc, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p.List.Version
}

func (h *house) decide(t *testing.T, sc tenants.Scope, outcome events.Outcome, all ...selection.Application) {
	t.Helper()
	wanted := make([]ids.Application, len(all))
	for i, a := range all {
		wanted[i] = a.ID
	}
	if err := h.service.Decide(t.Context(), sc, h.call.ID, h.version(t, sc), outcome, wanted); err != nil {
		t.Fatal(err)
	}
}

// closing fixes dates that are far enough.
func closing() selection.Closing {
	return selection.Closing{ReplyBy: time.Now().AddDate(0, 0, 10), WaitingUntil: time.Now().AddDate(0, 3, 0)}
}

// release closes the list as one coordinator, signs it as the chair, releases it as the coordinator, and runs the jobs.
func (h *house) release(t *testing.T, coordinator, chair tenants.Scope) {
	t.Helper()
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), chair, h.call.ID, h.version(t, chair)); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Release(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

// won is a call whose list is released: two applications hold the places, one waits, one is rejected.
type won struct {
	coordinator, chair tenants.Scope
	all                []selection.Application
	leads              [][]tenants.Scope
}

func (h *house) won(t *testing.T) won {
	t.Helper()
	w := won{coordinator: h.role(t, "Defne Koordinatör", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair)}
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, leads := h.apply(t, name)
		w.all, w.leads = append(w.all, a), append(w.leads, leads)
	}
	h.decide(t, w.coordinator, events.OutcomeSelected, w.all[0], w.all[1])
	h.decide(t, w.coordinator, events.OutcomeWaiting, w.all[2])
	h.decide(t, w.coordinator, events.OutcomeRejected, w.all[3])
	h.release(t, w.coordinator, w.chair)
	return w
}

func (h *house) mailsTo(person ids.Person) []events.MailRequested {
	h.told.mu.Lock()
	defer h.told.mu.Unlock()
	var found []events.MailRequested
	for _, m := range h.mails {
		if m.Person == person {
			found = append(found, m)
		}
	}
	return found
}

func (h *house) newsFor(person ids.Person) map[string]int {
	h.told.mu.Lock()
	defer h.told.mu.Unlock()
	found := map[string]int{}
	for _, n := range h.news {
		if n.Person == person {
			found[n.Key]++
		}
	}
	return maps.Clone(found)
}

type ctx = context.Context

// fractions are those of instants' seconds, whose digits may be anything.
var fractions = regexp.MustCompile(`(T\d\d:\d\d:\d\d)\.\d+`)

// everything is all that a message could show anywhere.
func everything(t *testing.T, m any) string {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return fractions.ReplaceAllString(string(b), "$1")
}

// newcomer is an organization of the network that a call admits to seats, with its lead.
func (h *house) newcomer(t *testing.T, name, country, seat string) (selection.Applicant, tenants.Scope) {
	t.Helper()
	o := selection.Applicant{ID: ids.New[ids.Organization](), Name: name, City: "Essen", Country: country, Kind: "initiative", First: true, Seat: seat}
	h.around.mu.Lock()
	h.newcomers = append(h.newcomers, o)
	h.around.mu.Unlock()
	return o, h.someone(t, "Lead of "+name, tenants.Grant{Role: tenants.RoleLead, Organization: o.ID})
}

func (a *around) Seatable(_ context.Context, _ tenants.Scope, _ ids.Call, seat string, staying []selection.Applicant) ([]selection.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.newcomers
	for _, one := range a.applications {
		all = append(slices.Clip(all), one.Organizations...)
	}
	return slices.DeleteFunc(slices.Clone(all), func(o selection.Applicant) bool {
		return o.Seat != seat || a.seated[o.ID] || slices.ContainsFunc(staying, func(s selection.Applicant) bool { return s.ID == o.ID || s.Country == o.Country })
	}), nil
}

func (a *around) Seated(_ context.Context, _ *tenants.Tx, _ ids.Call, organization ids.Organization) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seated[organization], nil
}

func (a *around) Applied(_ context.Context, _ *tenants.Tx, call ids.Call, organization ids.Organization, others []ids.Application) ([]selection.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.applications), func(one selection.Application) bool {
		return one.Call != call || !slices.Contains(others, one.ID) && !slices.ContainsFunc(one.Organizations, func(o selection.Applicant) bool { return o.ID == organization })
	}), nil
}

func (a *around) ContentIn(ctx context.Context, tx *tenants.Tx, call ids.Call, alone []ids.Application) ([]ids.Application, error) {
	return a.Content(ctx, tx.Scope(), call, alone)
}

func (a *around) Content(context.Context, tenants.Scope, ids.Call, []ids.Application) ([]ids.Application, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.content), nil
}

func (a *around) Came(_ context.Context, _ tenants.Scope, since map[ids.Organization]time.Time) (map[ids.Organization]selection.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.newcomers
	for _, one := range a.applications {
		all = append(slices.Clip(all), one.Organizations...)
	}
	found := map[ids.Organization]selection.Applicant{}
	for _, o := range all {
		if _, wanted := since[o.ID]; wanted {
			found[o.ID] = o
		}
	}
	return found, nil
}

func (a *around) CameIn(ctx context.Context, tx *tenants.Tx, since map[ids.Organization]time.Time) (map[ids.Organization]selection.Applicant, error) {
	return a.Came(ctx, tx.Scope(), since)
}
