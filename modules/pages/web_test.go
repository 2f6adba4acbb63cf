package pages_test

import (
	"context"
	"encoding/xml"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/modules/pages"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, objectstest.Close) }

// board stands in for the module that knows calls.
type board struct{}

func (board) Open(tenants.Scope, ui.Page) (site.Part, error) { return site.Part{}, nil }

func (board) Search(_ context.Context, _ tenants.Scope, _ *i18n.Localizer, words []string) ([]site.Hit, error) {
	if slices.Contains(words, "cagri") {
		return []site.Hit{{Title: "Bir çağrı", Href: "/calls/1"}}, nil
	}
	return nil, nil
}

type house struct {
	*sitetest.House

	service *pages.Service
	ahead   time.Duration // of the clock by which pictures grow old
}

// together stands in for the module that knows partnerships.
type together struct{}

func (together) Latest(tenants.Scope, ui.Page) (site.Part, error) {
	return site.Part{Draw: func(context.Context) (templ.Component, error) { return ui.Badge("A story", "info"), nil }}, nil
}

func (together) Map(tenants.Scope, ui.Page) (site.Part, error) { return site.Part{}, nil }

func (together) Search(context.Context, tenants.Scope, *i18n.Localizer, []string) ([]site.Hit, error) {
	return nil, nil
}

func open(t *testing.T, options ...func(*tenants.Config)) *house {
	t.Helper()
	h := &house{}
	authorizer, err := policies.New()
	must(t, err)
	h.service, err = pages.New(authorizer, pictures.NewAlbum(pictures.NewShelf(objectstest.Open(t)).Clocked(func() time.Time { return time.Now().Add(h.ahead) })))
	must(t, err)
	h.House = sitetest.Open(t, []fs.FS{pages.Locales}, sitetest.Everyone{}, tenanttest.Open(t, options...), authorizer, func(s *site.Site) []site.Module {
		s.Menu = h.service.Navigation()
		return []site.Module{pages.NewWeb(h.service, s, s.Tenants, func(tenants.Tenant) string { return "http://x.example" }, board{}, together{}, together{}).Module()}
	})
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) coordinator(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

// written is a published page, or news, with those texts.
func (h *house) written(t *testing.T, kind pages.Kind, title, body i18n.Text) pages.Page {
	t.Helper()
	sc := h.coordinator(t)
	p, err := h.service.Begin(t.Context(), sc, kind, title[i18n.EN], "")
	must(t, err)
	c := pages.Content{Title: title, Summary: title, Blocks: []pages.Block{{Kind: pages.Prose, Texts: map[string]i18n.Text{"body": body}}}}
	must(t, h.service.Write(t.Context(), sc, p.ID, 1, c, pages.PlaceMain, true))
	must(t, h.service.Publish(t.Context(), sc, p.ID, 2))
	p, _, err = h.service.Page(t.Context(), sc, p.ID)
	must(t, err)
	return p
}

// TestFromADraftToTheNavigation is a coordinator's way without a script: begin, write in two languages, add a block, publish.
func TestFromADraftToTheNavigation(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, visitor := h.SignedIn(t, h.coordinator(t).Actor()), h.Browser(t, h.Tenant)
	b.Get("/settings/pages")
	b.Submit("/settings/pages", "kind", "page", "title", "Our team")
	action := strings.TrimSuffix(b.Page.Path, "#")
	b.Submit(action, "title_tr", "Ekibimiz", "b0_body_en", "We are **five**.", "place", "main", "act", "add", "kind", "faq")
	b.Want(http.StatusOK, "Questions and answers")
	b.Submit(strings.Split(action, "#")[0], "b1_0_question_en", "Who?", "b1_0_answer_en", "You.", "act", "save")
	if page := visitor.Get("/pages/our-team"); page.Status != http.StatusNotFound {
		t.Errorf("a visitor reads a draft: %d", page.Status)
	}
	b.Submit(action + "/publication")
	b.Want(http.StatusOK, "Visitors can read it now.")
	visitor.Get("/")
	if link := visitor.Page.Link("Our team"); link != "/pages/our-team" {
		t.Errorf("the navigation leads to %q", link)
	}
	visitor.Get("/pages/our-team?lang=tr")
	visitor.Want(http.StatusOK, "Ekibimiz", "We are five .", "henüz çevrilmedi")
	if !strings.Contains(visitor.Page.Body, `lang="en"`) || !strings.Contains(visitor.Page.Body, "FAQPage") {
		t.Error("the fallback is not marked, or the questions are not told to machines")
	}
}

// TestWhatIsWrittenIsOnlyReadWhenPublished, and can be undone.
func TestWhatIsWrittenIsOnlyReadWhenPublished(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	p := h.written(t, pages.KindPage, i18n.Text{"en": "First"}, i18n.Text{"en": "The first text."})
	changed := p.Content
	changed.Title = i18n.Text{"en": "Second"}
	must(t, h.service.Write(t.Context(), sc, p.ID, p.Version, changed, pages.PlaceNone, true))
	reads := func(want string) {
		t.Helper()
		shown, err := h.service.Public(t.Context(), h.Visitor(), pages.KindPage, "first")
		must(t, err)
		if got := shown.Public.Title[i18n.EN]; got != want {
			t.Errorf("visitors read %q, want %q", got, want)
		}
	}
	reads("First")
	must(t, h.service.Publish(t.Context(), sc, p.ID, p.Version+1))
	reads("Second")
	if err := h.service.Write(t.Context(), sc, p.ID, p.Version, changed, pages.PlaceNone, true); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a version that is gone: %v", err)
	}
	p, before, err := h.service.Page(t.Context(), sc, p.ID)
	must(t, err)
	must(t, h.service.Restore(t.Context(), sc, p.ID, p.Version, before[0].Number))
	must(t, h.service.Publish(t.Context(), sc, p.ID, p.Version+1))
	reads("First")
	must(t, h.service.Withdraw(t.Context(), sc, p.ID, p.Version+2))
	if _, err := h.service.Public(t.Context(), h.Visitor(), pages.KindPage, "first"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a visitor reads what was withdrawn: %v", err)
	}
	must(t, h.service.Remove(t.Context(), sc, p.ID, p.Version+3))
	if _, _, err := h.service.Page(t.Context(), sc, p.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestOnlySoManyFormerTextsAreKept of a page that is changed again and again.
func TestOnlySoManyFormerTextsAreKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	p := h.written(t, pages.KindPage, i18n.Text{"en": "Page"}, i18n.Text{"en": "Text."})
	for i := range int64(25) {
		p.Content.Summary = i18n.Text{"en": strings.Repeat("x", int(i)+1)}
		must(t, h.service.Write(t.Context(), sc, p.ID, p.Version+i, p.Content, pages.PlaceMain, true))
	}
	_, before, err := h.service.Page(t.Context(), sc, p.ID)
	must(t, err)
	if len(before) != 20 {
		t.Errorf("%d are kept", len(before))
	}
}

// TestABuiltInPageBecomesTheNetworksOwn once it is changed, and the built-in one again when that is removed.
func TestABuiltInPageBecomesTheNetworksOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	all, err := h.service.Pages(t.Context(), sc)
	must(t, err)
	at := slices.IndexFunc(all, func(p pages.Page) bool { return p.Slug == "privacy" })
	privacy := all[at]
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/privacy")
	visitor.Want(http.StatusOK, "Privacy notice", "As of")
	privacy.Content.Title = i18n.Text{"en": "Our notice"}
	must(t, h.service.Write(t.Context(), sc, privacy.ID, 0, privacy.Content, pages.PlaceMain, true))
	visitor.Get("/privacy")
	visitor.Want(http.StatusOK, "Privacy notice")
	must(t, h.service.Publish(t.Context(), sc, privacy.ID, 1))
	visitor.Get("/privacy")
	visitor.Want(http.StatusOK, "Our notice")
	if err := h.service.Withdraw(t.Context(), sc, privacy.ID, 2); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a site without a privacy notice: %v", err)
	}
	must(t, h.service.Remove(t.Context(), sc, privacy.ID, 2))
	visitor.Get("/privacy")
	visitor.Want(http.StatusOK, "Privacy notice")
}

// TestMovingPages: each press one place, also past pages that nobody has changed.
func TestMovingPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	p := h.written(t, pages.KindPage, i18n.Text{"en": "Last"}, i18n.Text{"en": "Text."})
	place := func() int {
		t.Helper()
		menu, err := h.service.Menu(t.Context(), h.Visitor())
		must(t, err)
		return slices.IndexFunc(menu, func(m pages.Headline) bool { return m.ID == p.ID })
	}
	last := place()
	for i := 1; i <= last+2; i++ {
		must(t, h.service.Move(t.Context(), sc, p.ID, true))
		if got, want := place(), max(last-i, 0); got != want {
			t.Fatalf("after %d presses it stands at %d, want %d", i, got, want)
		}
	}
	must(t, h.service.Move(t.Context(), sc, p.ID, false))
	if got := place(); got != 1 {
		t.Errorf("it stands at %d", got)
	}
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</script><script>alert(1)</script>`, `[x](javascript:alert(1))`, `<svg/onload=alert(1)>`, `![x](https://evil.example/x.png)`,
	`</title><script>alert(1)</script>`, `{{7*7}}`, `<a href="vbscript:x">x</a>`,
}

// executes tells what on a page would run, or would be loaded from elsewhere, as a browser reads it.
func executes(t *testing.T, body string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	must(t, err)
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = strings.ToLower(strings.TrimSpace(a.Val))
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(attributes[a.Key], "javascript:") || strings.HasPrefix(attributes[a.Key], "vbscript:") {
				return n.Data + " " + a.Key + "=" + a.Val
			}
		}
		src := attributes["src"]
		if n.Data == "script" && src == "" && attributes["type"] != "application/ld+json" || n.Data == "img" && !strings.HasPrefix(src, "/page-pictures/") || strings.Contains(src, "//") || n.Data == "svg" && len(n.Attr) < 2 {
			return n.Data + " " + src
		}
	}
	return ""
}

// TestNothingThatIsWrittenExecutes puts what nobody should write into every text of every block, and looks at the page, its
// preview, the lists, the search and the feed.
func TestNothingThatIsWrittenExecutes(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	b, visitor := h.SignedIn(t, sc.Actor()), h.Browser(t, h.Tenant)
	photo, err := h.service.Bring(t.Context(), sc, "file", filestest.PNG(t, 64, 48))
	must(t, err)
	for i, payload := range hostile {
		everywhere := i18n.Text{i18n.EN: payload, i18n.TR: payload, i18n.DE: payload}
		c := pages.Content{Title: everywhere, Summary: everywhere}
		for _, shape := range pages.Shapes {
			if shape.Kind == pages.Networks {
				continue
			}
			block := pages.Block{Kind: shape.Kind, Texts: map[string]i18n.Text{}, Plain: map[string]string{}}
			for _, part := range shape.Parts {
				switch {
				case part.Name == "link":
					block.Plain["link"] = "/calls"
				case part.Name == "phone" || part.Name == "address" || part.Name == "credit":
					block.Plain[part.Name] = payload
				case !part.Plain:
					block.Texts[part.Name] = everywhere
				}
			}
			if len(shape.Items) > 0 {
				item := pages.Item{Texts: map[string]i18n.Text{}, Plain: map[string]string{"number": payload}}
				for _, part := range shape.Items {
					if !part.Plain {
						item.Texts[part.Name] = everywhere
					}
				}
				block.Items = []pages.Item{item}
			}
			if shape.Kind == pages.Picture {
				block.Picture = &photo
			}
			c.Blocks = append(c.Blocks, block)
		}
		c.Blocks[2].Items[0].Plain["number"] = payload[:min(len(payload), 30)]
		p, err := h.service.Begin(t.Context(), sc, pages.KindNews, payload, "news-"+string(rune('a'+i)))
		must(t, err)
		must(t, h.service.Write(t.Context(), sc, p.ID, 1, c, pages.PlaceNone, true))
		must(t, h.service.Publish(t.Context(), sc, p.ID, 2))
		for _, look := range []sitetest.Page{
			visitor.Get(p.Path()), visitor.Get("/news"), visitor.Get("/search?q=x"), visitor.Get("/"), b.Get("/settings/pages/" + p.ID.String()),
			b.Get("/settings/pages/" + p.ID.String() + "/preview"), b.Get("/settings/pages"),
		} {
			if found := executes(t, look.Body); look.Status != http.StatusOK || found != "" {
				t.Errorf("%s on %s: %d %q", payload, look.Path, look.Status, found)
			}
		}
	}
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	body := visitor.Get("/feeds/news.atom").Body
	must(t, xml.Unmarshal([]byte(body), &feed))
	if len(feed.Entries) != len(hostile) || strings.Contains(body, "<script") {
		t.Errorf("%d entries: %s", len(feed.Entries), body)
	}
	c := pages.Content{Title: i18n.Text{"en": "x"}, Blocks: []pages.Block{{Kind: pages.Action, Plain: map[string]string{"link": "javascript:alert(1)"}}}}
	p, err := h.service.Begin(t.Context(), sc, pages.KindPage, "x", "")
	must(t, err)
	if err := h.service.Write(t.Context(), sc, p.ID, 1, c, pages.PlaceNone, true); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a link that is a script: %v", err)
	}
}

// TestSearchFindsHoweverItIsTyped: in any language and any case, only what is public, in few questions however much there is.
func TestSearchFindsHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	var queries tenanttest.Queries
	h := open(t, queries.Counted)
	for _, title := range []string{"Isparta and İzmir", "Another", "Third"} {
		h.written(t, pages.KindNews, i18n.Text{"en": title, "tr": title}, i18n.Text{"tr": "IĞDIR'da kışlık bahçeler", "en": "Wintergardens"})
	}
	draft, err := h.service.Begin(t.Context(), h.coordinator(t), pages.KindPage, "Secret wintergardens", "")
	must(t, err)
	for typed, want := range map[string]int{"ISPARTA": 1, "ısparta izmir": 1, "igdir BAHÇE": 3, "wintergardens": 3, "bahce secret": 0, "": 0, "%": 0, "' OR xyzzy=1": 0, "kervan nowhere": 0} {
		found, err := h.service.Search(t.Context(), h.Visitor(), typed)
		must(t, err)
		if len(found) != want {
			t.Errorf("%q finds %d, want %d", typed, len(found), want)
		}
		if slices.ContainsFunc(found, func(f pages.Headline) bool { return f.ID == draft.ID }) {
			t.Errorf("%q finds a draft", typed)
		}
	}
	asked := func(typed string) int64 {
		return queries.Least(func() {
			_, err := h.service.Search(t.Context(), h.Visitor(), typed)
			must(t, err)
		})
	}
	if one, three := asked("isparta"), asked("wintergardens"); one != three {
		t.Errorf("%d questions for one, %d for three", one, three)
	}
	b := h.Browser(t, h.Tenant)
	b.Get("/search?q=%C3%87A%C4%9ERI")
	b.Want(http.StatusOK, "Bir çağrı", "found")
}

// TestWhoMayWritePages: coordinators, and nobody else.
func TestWhoMayWritePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	for role, may := range map[tenants.Role]bool{tenants.RoleCoordinator: true, tenants.RoleOfficer: false, tenants.RoleReviewer: false, tenants.RoleFunder: false} {
		sc := h.As(t, tenanttest.Role(role))
		if _, err := h.service.Begin(t.Context(), sc, pages.KindPage, "By "+string(role), ""); (err == nil) != may {
			t.Errorf("%s: %v", role, err)
		}
	}
	if err := h.service.Publish(t.Context(), h.coordinator(t), ids.New[ids.Page](), 1); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a page that is not there: %v", err)
	}
}
