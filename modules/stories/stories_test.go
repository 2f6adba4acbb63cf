package stories_test

import (
	"context"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/modules/stories"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, objectstest.Close, uitest.Close) }

// around stands in for the module that knows partnerships.
type around struct {
	mu     sync.Mutex
	known  map[ids.Partnership]stories.Partnership
	public map[ids.Partnership]stories.Byline
}

func (a *around) Partnerships(context.Context, tenants.Scope, []ids.Partnership) (map[ids.Partnership]stories.Partnership, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.known), nil
}

func (a *around) Bylines(context.Context, tenants.Scope, []ids.Partnership) (map[ids.Partnership]stories.Byline, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.public), nil
}

type house struct {
	*sitetest.House
	*around

	service *stories.Service
	store   *objects.Store
	ahead   time.Duration // of the shelf's clock
	queries tenanttest.Queries
	mails   []events.MailRequested
	news    []events.NotificationRequested
	erased  []events.MatterErased
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{known: map[ids.Partnership]stories.Partnership{}, public: map[ids.Partnership]stories.Byline{}}, store: objectstest.Open(t)}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.service = stories.New(authorizer, h.around, pictures.NewAlbum(pictures.NewShelf(h.store).Clocked(func() time.Time { return time.Now().Add(h.ahead) })))
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.erased", func(_ context.Context, _ tenants.Scope, e events.MatterErased) error {
		h.erased = append(h.erased, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.news = append(h.news, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{stories.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{stories.NewWeb(h.service, s).Module()}
	})
	return h
}

// pair is a partnership of two organizations, that everybody may see, with a lead of each.
type pair struct {
	id       ids.Partnership
	both     []ids.Organization
	one, two tenants.Scope
}

func (h *house) pair(t *testing.T, title string) pair {
	t.Helper()
	p := pair{id: ids.New[ids.Partnership](), both: []ids.Organization{ids.New[ids.Organization](), ids.New[ids.Organization]()}}
	names := []string{title + " İhlamur", title + " Lindenhof"}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		for i, o := range p.both {
			if _, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, ?, ?, 'association', 'TR', 'Muğla')`, o, names[i], i18n.SearchKey(names[i])).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewRaw(`INSERT INTO partnerships (id, application_id, call_id, number, title, call_title, search, grant_minor, grant_currency, state, resumes) VALUES (?, ?, ?, ?, ?, '{}', '', 0, '', 'active', '')`,
			p.id, ids.New[ids.Application](), ids.New[ids.Call](), "KRV-"+title, title).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.one, p.two = h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: p.both[0]}), h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: p.both[1]})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known[p.id] = stories.Partnership{ID: p.id, Title: title, Writes: true, Willing: true, Organizations: []stories.Organization{{ID: p.both[0], Name: names[0]}, {ID: p.both[1], Name: names[1]}}}
	h.public[p.id] = stories.Byline{Title: title, Places: []stories.Place{{Name: names[0], City: "Muğla", Country: "TR"}, {Name: names[1], City: "Leipzig", Country: "DE"}}}
	return p
}

// veil has the partnership shown under another name.
func (h *house) veil(id ids.Partnership) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.known[id]
	p.Pseudonym = "Fener"
	h.known[id] = p
	h.public[id] = stories.Byline{Title: "Fener", Veiled: true, Secret: p.Secret(), Places: []stories.Place{{Country: "TR"}, {Country: "DE"}}}
}

func (h *house) coordinator(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

func whole(title string) stories.Content {
	return stories.Content{
		Kind: stories.KindStory, Language: i18n.EN, Title: i18n.Text{i18n.EN: title}, Lead: i18n.Text{i18n.EN: "In short."}, Body: i18n.Text{i18n.EN: "We **planted** a tree."},
		Topics: []stories.Topic{"environment"},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written is a story with its texts, not handed in.
func (h *house) written(t *testing.T, p pair, title string) ids.Story {
	t.Helper()
	s, err := h.service.Begin(t.Context(), p.one, p.id, stories.KindStory, i18n.EN, title)
	must(t, err)
	must(t, h.service.Write(t.Context(), p.one, s.ID, 1, whole(title)))
	return s.ID
}

// published is a story that visitors read.
func (h *house) published(t *testing.T, p pair, title string) ids.Story {
	t.Helper()
	id, team, ctx := h.written(t, p, title), h.coordinator(t), t.Context()
	must(t, h.service.HandIn(ctx, p.one, id, 2))
	must(t, h.service.Propose(ctx, team, id, 3, ""))
	must(t, h.service.Agree(ctx, p.one, id, 4))
	must(t, h.service.Agree(ctx, p.two, id, 4))
	must(t, h.service.Publish(ctx, team, id, 5))
	return id
}

func (h *house) titles(t *testing.T) []string {
	t.Helper()
	all, err := h.service.Public(t.Context(), h.Visitor())
	must(t, err)
	var titles []string
	for i := range all {
		titles = append(titles, all[i].Name())
	}
	return titles
}

func TestAStoryIsPublishedAsEveryOrganizationHasAgreedToIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, team, ctx := h.pair(t, "Bahçe"), h.coordinator(t), t.Context()
	id := h.written(t, p, "A tree")
	wants := func(err error, kind fault.Kind, what string) {
		t.Helper()
		if !fault.Is(err, kind) {
			t.Errorf("%s: %v", what, err)
		}
	}
	wants(h.service.Publish(ctx, team, id, 2), fault.KindConflict, "published a draft")
	wants(h.service.Write(ctx, team, id, 2, whole("Ours")), fault.KindNotFound, "the network wrote in a draft")
	must(t, h.service.HandIn(ctx, p.two, id, 2))
	wants(h.service.Write(ctx, p.one, id, 3, whole("Mine again")), fault.KindNotFound, "wrote in what was handed in")
	wants(h.service.Propose(ctx, team, id, 2, ""), fault.KindConflict, "asked about an old version")
	edited := whole("A lime tree")
	edited.Body = i18n.Text{i18n.EN: "We **planted** a lime tree."}
	must(t, h.service.Write(ctx, team, id, 3, edited))
	must(t, h.service.Propose(ctx, team, id, 4, "Which tree it was."))
	w, err := h.service.Story(ctx, p.one, id)
	must(t, err)
	if len(w.Changes) != 2 || w.Changes[0].Before != "A tree" || w.Changes[0].After != "A lime tree" || w.Note != "Which tree it was." {
		t.Errorf("the partnership sees %+v with %q", w.Changes, w.Note)
	}
	must(t, h.service.Agree(ctx, p.one, id, 5))
	wants(h.service.Publish(ctx, team, id, 5), fault.KindConflict, "published before the other agreed")
	must(t, h.service.Write(ctx, team, id, 5, whole("Another tree")))
	wants(h.service.Agree(ctx, p.two, id, 5), fault.KindConflict, "agreed to what was edited since")
	must(t, h.service.Propose(ctx, team, id, 6, ""))
	must(t, h.service.Agree(ctx, p.two, id, 7))
	if w, err = h.service.Story(ctx, p.one, id); err != nil || w.State != stories.Edited || len(w.Consents) != 1 {
		t.Errorf("an old yes counts: %s, %d, %v", w.State, len(w.Consents), err)
	}
	must(t, h.service.Agree(ctx, p.one, id, 7))
	if got := h.titles(t); len(got) != 0 {
		t.Errorf("visitors read %q before it is published", got)
	}
	must(t, h.service.Publish(ctx, team, id, 8))
	if got := h.titles(t); !slices.Equal(got, []string{"Another tree"}) {
		t.Errorf("visitors read %q", got)
	}
	wants(h.service.Write(ctx, p.one, id, 9, whole("x")), fault.KindConflict, "wrote in what is published")
	wants(h.service.Write(ctx, team, id, 9, whole("x")), fault.KindNotFound, "the network wrote in what is published")
	must(t, h.service.Withdraw(ctx, p.two, id, 9, "We have moved."))
	if got := h.titles(t); len(got) != 0 {
		t.Errorf("visitors still read %q", got)
	}
	wants(h.service.Remove(ctx, p.one, id, 10), fault.KindConflict, "removed what was published")
	must(t, h.service.Resume(ctx, p.one, id, 10))
	if _, gone, err := h.service.Look(ctx, h.Visitor(), "another-tree"); err != nil || !gone {
		t.Errorf("its address does not say that it is gone: %v, %v", gone, err)
	}
	h.Jobs(t)
	var told []string
	for _, m := range h.mails {
		told = append(told, strings.TrimPrefix(m.Kind, "stories.mail."))
	}
	slices.Sort(told)
	if want := []string{"authors.proposed", "authors.proposed", "authors.proposed", "authors.proposed", "authors.published", "authors.published", "authors.withdrawn", "network.agreed", "network.handed_in", "network.withdrawn"}; !slices.Equal(told, want) {
		t.Errorf("told by mail: %q", told)
	}
	if len(h.news) != len(h.mails) {
		t.Errorf("%d mails, and %d lines under bells", len(h.mails), len(h.news))
	}
}

func TestAStoryFollowsHowItsPartnershipIsShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, q, ctx := h.pair(t, "Bahçe"), h.pair(t, "Sokak"), t.Context()
	h.published(t, p, "A tree")
	h.published(t, q, "At Sokak Lindenhof's table")
	h.veil(p.id)
	all, err := h.service.Public(ctx, h.Visitor())
	must(t, err)
	if len(all) != 2 || all[1].By.Title != "Fener" {
		t.Errorf("visitors read %+v", all)
	}
	h.veil(q.id)
	if got := h.titles(t); !slices.Equal(got, []string{"A tree"}) {
		t.Errorf("a protected name is read in %q", got)
	}
	if found, err := h.service.Search(ctx, h.Visitor(), []string{"lindenhof"}); err != nil || len(found) != 0 {
		t.Errorf("the search tells a protected name: %v, %v", found, err)
	}
	if _, _, err := h.service.Look(ctx, h.Visitor(), "at-sokak-lindenhof-s-table"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the address tells a protected name: %v", err)
	}
	h.mu.Lock()
	delete(h.public, p.id)
	unwilling := h.known[p.id]
	unwilling.Willing, unwilling.Pseudonym = false, ""
	h.known[p.id] = unwilling
	h.mu.Unlock()
	if got := h.titles(t); len(got) != 0 {
		t.Errorf("of a partnership that is not shown visitors read %q", got)
	}
	id, team := h.written(t, p, "Second"), h.coordinator(t)
	must(t, h.service.HandIn(ctx, p.one, id, 2))
	must(t, h.service.Propose(ctx, team, id, 3, ""))
	must(t, h.service.Agree(ctx, p.one, id, 4))
	must(t, h.service.Agree(ctx, p.two, id, 4))
	if err := h.service.Publish(ctx, team, id, 5); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published for a partnership that nobody may see: %v", err)
	}
}

func TestNoStoryOfAVeiledPartnershipIsHandedInWithItsName(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	id := h.written(t, p, "A tree")
	must(t, h.service.Illustrate(ctx, p.one, id, 2, nil, filestest.PNG(t, 64, 48)))
	w, err := h.service.Story(ctx, p.one, id)
	must(t, err)
	pic := w.Content.Pictures[0]
	pic.Alt, pic.Credit = i18n.Text{i18n.EN: "A tree"}, "BAHÇE ihlamur"
	must(t, h.service.Illustrate(ctx, p.one, id, 3, []stories.Picture{pic}, nil))
	err = h.service.HandIn(ctx, p.one, id, 4)
	if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "agreed_0" {
		t.Errorf("handed in without a word that people agree: %v", err)
	}
	pic.Agreed = true
	must(t, h.service.Illustrate(ctx, p.one, id, 4, []stories.Picture{pic}, nil))
	h.veil(p.id)
	err = h.service.HandIn(ctx, p.one, id, 5)
	if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "credit_0" {
		t.Errorf("a credit tells the name: %v", err)
	}
	pic.Credit = "Somebody"
	must(t, h.service.Illustrate(ctx, p.one, id, 5, []stories.Picture{pic}, nil))
	must(t, h.service.HandIn(ctx, p.one, id, 6))
}

func TestPicturesAreSeenByWhoMayReadTheStory(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	id := h.written(t, p, "A tree")
	if err := h.service.Illustrate(ctx, p.one, id, 2, nil, []byte("<svg/>")); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("took an SVG: %v", err)
	}
	must(t, h.service.Illustrate(ctx, p.one, id, 2, nil, filestest.Photo(t, 600, 400, 1)))
	w, err := h.service.Story(ctx, p.one, id)
	must(t, err)
	file := w.Content.Pictures[0].Set + "-480.jpg"
	stranger := h.pair(t, "Sokak").one
	for who, c := range map[string]struct {
		sc   tenants.Scope
		sees bool
	}{"a member": {p.two, true}, "the network": {h.coordinator(t), true}, "a stranger": {stranger, false}, "a visitor": {h.Visitor(), false}, "another network": {h.Tenants.Bind(h.Another(t), tenants.SystemActor("test")), false}} {
		if b, public, err := h.service.Picture(ctx, c.sc, file); (err == nil) != c.sees || public || c.sees && len(b) == 0 {
			t.Errorf("%s: %d bytes, %v, %v", who, len(b), public, err)
		}
	}
	foreign := stories.Picture{Set: strings.Repeat("ab", 16), Alt: i18n.Text{}}
	must(t, h.service.Illustrate(ctx, p.one, id, 3, []stories.Picture{foreign}, nil))
	if w, err = h.service.Story(ctx, p.one, id); err != nil || len(w.Content.Pictures) != 0 {
		t.Errorf("a picture of nobody's stands in the story: %+v, %v", w.Content.Pictures, err)
	}
	left := func() (n int) {
		must(t, h.service.Sweep(ctx, h.System()))
		for _, err := range h.store.List(ctx, h.Tenant.PhotoPrefix("stories")) {
			must(t, err)
			n++
		}
		return n
	}
	if _, _, err := h.service.Picture(ctx, p.one, file); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a removed picture is shown: %v", err)
	}
	if left() == 0 {
		t.Error("a picture went that somebody may have brought just now")
	}
	h.ahead = 25 * time.Hour
	if n := left(); n > 0 {
		t.Errorf("of a removed picture %d files are left", n)
	}
	if err := h.service.Sweep(ctx, h.coordinator(t)); err == nil {
		t.Error("a coordinator sweeps")
	}
}

func TestStrangersFindNoStory(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, other, ctx := h.pair(t, "Bahçe"), h.pair(t, "Sokak"), t.Context()
	id := h.published(t, p, "A tree")
	draft := h.written(t, p, "A draft")
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: p.both[0]})
	if _, err := h.service.Story(ctx, participant, draft); err != nil {
		t.Errorf("a participant: %v", err)
	}
	must(t, h.service.Write(ctx, participant, draft, 2, whole("A draft")))
	must(t, h.service.HandIn(ctx, participant, draft, 3))
	must(t, h.service.Propose(ctx, h.coordinator(t), draft, 4, ""))
	far := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	for who, sc := range map[string]tenants.Scope{"a stranger": other.one, "a funder": h.As(t, tenanttest.Role(tenants.RoleFunder)), "another network": far} {
		for what, err := range map[string]error{
			"read":     second(h.service.Story(ctx, sc, id)),
			"write":    h.service.Write(ctx, sc, draft, 5, whole("x")),
			"agree":    h.service.Agree(ctx, sc, draft, 5),
			"withdraw": h.service.Withdraw(ctx, sc, id, 6, ""),
			"begin":    second(h.service.Begin(ctx, sc, ids.New[ids.Partnership](), stories.KindStory, i18n.EN, "x")),
		} {
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s, %s: %v", who, what, err)
			}
		}
	}
	if err := h.service.Agree(ctx, participant, draft, 5); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a participant agreed: %v", err)
	}
	if err := h.service.Publish(ctx, h.As(t, tenanttest.Role(tenants.RoleOfficer)), draft, 5); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer published: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

const payload = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

func TestAStoryIsWrittenEditedAndReadInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.pair(t, "Bahçe")
	lead, partner, team := h.SignedIn(t, p.one.Actor()), h.SignedIn(t, p.two.Actor()), h.SignedIn(t, h.coordinator(t).Actor())
	list := "/partnerships/" + p.id.String() + "/stories"
	lead.Get(list)
	lead.Submit(list, "kind", "story", "language", "en", "title", "")
	lead.Want(http.StatusUnprocessableEntity, "Please fill this in.")
	lead.Submit(list, "kind", "practice", "language", "en", "title", "Tree "+payload)
	lead.Want(http.StatusOK, "Steps that you can take")
	desk := strings.TrimSuffix(lead.Page.Path, "/text")
	lead.Submit(desk+"/text", "lead_en", strings.Repeat("x", 301), "body_en", "Body stays")
	lead.Want(http.StatusUnprocessableEntity, "301", "Body stays")
	lead.Submit(desk+"/text", "lead_en", "Lead "+payload, "body_en", "We **planted**. "+payload, "learned_en", payload, "topics", "environment")
	lead.Want(http.StatusOK, "Saved.", "Draft")
	lead.Submit(desk + "/handing_in")
	lead.Want(http.StatusUnprocessableEntity, "Something is still missing", "Steps that you can take")
	lead.Get(desk + "/text")
	lead.Submit(desk+"/text", "steps_en", "Dig.\n\nPlant "+payload+"\nWater.")
	lead.Get(desk + "/pictures")
	lead.SubmitFile(desk+"/pictures", "picture", "x.svg", []byte("<svg/>"))
	lead.Want(http.StatusUnprocessableEntity, "SVG")
	lead.SubmitFile(desk+"/pictures", "picture", "tree.jpg", filestest.Photo(t, 700, 500, 1))
	lead.Want(http.StatusOK, "Picture 1")
	lead.Submit(desk+"/pictures", "alt_0_en", "Alt "+payload, "credit_0", "Credit "+payload, "agreed_0", "yes")
	lead.Want(http.StatusOK, "Saved.")
	lead.Get(desk)
	lead.Submit(desk + "/handing_in")
	lead.Want(http.StatusOK, "With the network")
	h.Jobs(t)

	team.Get("/desk")
	team.Want(http.StatusOK, "Read “Tree")
	team.Get(desk + "/text")
	team.Submit(desk+"/text", "lead_en", "A shorter lead "+payload)
	team.Submit(desk+"/return", "note_return", "")
	team.Want(http.StatusUnprocessableEntity, "What is missing?")
	team.Submit(desk+"/proposal", "note_proposal", "Shorter. "+payload)
	team.Want(http.StatusOK, "Waits for agreement")
	partner.Get("/desk")
	partner.Want(http.StatusOK, "Do you agree to “Tree")
	partner.Get(desk)
	partner.Want(http.StatusOK, "What was edited", "Shorter.", "A shorter lead")
	partner.Submit(desk + "/consent")
	lead.Get(desk)
	lead.Submit(desk + "/consent")
	lead.Want(http.StatusOK, "Agreed")
	team.Get(desk)
	team.Submit(desk + "/publication")
	team.Want(http.StatusOK, "Published.")

	visitor := h.Browser(t, h.Tenant)
	slug := "/stories/tree-script-alert-1-script-img-src-x-onerror-alert-1"
	visitor.Get("/stories")
	visitor.Want(http.StatusOK, "A shorter lead", "Bahçe")
	visitor.Get(slug)
	visitor.Want(http.StatusOK, "planted", "Dig.", "Water.", "Picture: Credit", "Lindenhof", "Environment")
	for _, want := range []string{`"@type":"Article"`, `"image":"http`, `srcset="/story-pictures/`, `width="700" height="500"`, `property="og:image" content="http`} {
		if !strings.Contains(visitor.Page.Body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for path, page := range map[string]string{"/stories": visitor.Get("/stories").Body, slug: visitor.Get(slug).Body, "feed": visitor.Get("/feeds/stories.atom").Body, desk: partner.Get(desk).Body, "text": team.Get(desk).Body} {
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s carries what was typed as HTML", path)
		}
	}
	visitor.Get("/sitemap.xml")
	visitor.Want(http.StatusOK)
	if !strings.Contains(visitor.Page.Body, slug) {
		t.Error("the sitemap lacks the story")
	}
	few := h.queries.Least(func() { visitor.Get("/stories") })
	h.published(t, h.pair(t, "Sokak"), "Second")
	h.published(t, p, "Third")
	if many := h.queries.Least(func() { visitor.Get("/stories") }); many > few {
		t.Errorf("%d statements for one story, %d for three", few, many)
	}
	lead.Get(desk)
	lead.Submit(desk+"/withdrawal", "note_withdrawal", "")
	lead.Want(http.StatusOK, "Withdrawn")
	visitor.Get(slug)
	visitor.Want(http.StatusGone, "not here any more")
	visitor.Get("/stories/never-was")
	visitor.Want(http.StatusNotFound)
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Mahallede İklim Eğitimi ve Katılım"), t.Context()
	h.published(t, p, "A tree in the yard")
	id := h.written(t, p, "Nachbarschaftsgartenbewässerungsgemeinschaft")
	must(t, h.service.Illustrate(ctx, p.one, id, 2, nil, filestest.Photo(t, 640, 480, 1)))
	lead, visitor, team := h.SignedIn(t, p.one.Actor()), h.Browser(t, h.Tenant), h.SignedIn(t, h.coordinator(t).Actor())
	desk := "/story-desk/" + id.String()
	for look, language := range map[uitest.Look]string{{Language: "en"}: "en", {Language: "tr", Phone: true}: "tr", {Language: "de", Dark: true}: "de"} {
		pages := map[string]string{}
		take := func(name string, b *sitetest.Browser, address string) {
			b.SetCookie("language", language)
			pages["/"+name] = b.Get(address).Body
		}
		take("stories", visitor, "/stories")
		take("story", visitor, "/stories/a-tree-in-the-yard")
		take("of", lead, "/partnerships/"+p.id.String()+"/stories")
		take("desk", lead, desk)
		take("text", lead, desk+"/text")
		take("pictures", lead, desk+"/pictures")
		take("list", team, "/story-desk")
		lead.Get(desk)
		lead.Submit(desk + "/handing_in")
		pages["/refused"] = lead.Page.Body
		origin := shown(t, pages)
		v := uitest.Visit(t, look)
		for name := range pages {
			v.Go(origin + name)
			v.Accessible("stories-" + name[1:] + "-" + language)
		}
	}
}

// shown serves what a test's browser was answered, with the assets, to a real browser.
func shown(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(body))
			return
		}
		if r.URL.Path == "/brand.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(ui.BrandCSS(ui.Brand{})))
			return
		}
		file, ok := ui.Read(path.Base(r.URL.Path), "")
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.Type)
		_, _ = w.Write(file.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
