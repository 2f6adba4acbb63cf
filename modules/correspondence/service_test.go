package correspondence_test

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"

	"kervan/modules/correspondence"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// post is a mail server that keeps what it took, or is down.
type post struct {
	mu    sync.Mutex
	taken []mail.Message
	down  bool
}

func (p *post) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return errors.New("the mail server is down")
	}
	p.taken = append(p.taken, m)
	return nil
}

type turkish struct{}

func (turkish) Recipients(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]correspondence.Recipient, error) {
	found := map[ids.Person]correspondence.Recipient{}
	for _, p := range persons {
		found[p] = correspondence.Recipient{Person: p, Name: "Şule Işık", Address: "sule@example.org", Locale: i18n.TR}
	}
	return found, nil
}

type house struct {
	*sitetest.House

	service   *correspondence.Service
	post      *post
	concealed []string
}

func open(t *testing.T) *house {
	t.Helper()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.Load(ui.Locales, site.Locales, correspondence.Locales)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{post: &post{}}
	var here *site.Site
	h.service = correspondence.New(correspondence.Config{
		Policies: authorizer, Catalog: catalog, People: turkish{}, Sender: h.post,
		Origin:  func(tenant tenants.Tenant) string { return "https://" + tenant.Host },
		Colours: func(tenants.Tenant) (string, string) { return "#1f5f5b", "#ffffff" },
		Opens:   func(actor tenants.Actor, path string) bool { return here.Opens(actor, path) },
		Concealed: func(_ context.Context, sc tenants.Scope) ([]string, error) {
			if sc.Actor().Has(tenants.RoleOfficer) {
				return h.concealed, nil
			}
			return nil, nil
		},
	})
	h.service.Reactions(w.Tenants.Registry())
	h.House = sitetest.Open(t, []fs.FS{correspondence.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		here = s
		return []site.Module{correspondence.NewWeb(h.service, s).Module()}
	})
	return h
}

func (h *house) announce(t *testing.T, all ...events.MailRequested) {
	t.Helper()
	err := h.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
		for _, e := range all {
			tx.Announce(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

func letter(subject string) events.MailRequested {
	return events.MailRequested{Kind: "test.letter", Person: ids.New[ids.Person](), Subject: i18n.Text{i18n.EN: subject}, Body: i18n.Text{i18n.EN: "Sayın Şule Işık,\n\nmetin"}, Hold: true}
}

func TestAMailIsWrittenInTheRecipientsLanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, events.MailRequested{Kind: "test", Person: ids.New[ids.Person](), Subject: i18n.Text{i18n.TR: "Konu"}, Body: i18n.Text{i18n.TR: "Bir\n\nİki"}})
	if len(h.post.taken) != 1 {
		t.Fatalf("%d mails were sent", len(h.post.taken))
	}
	m := h.post.taken[0]
	if m.To != "sule@example.org" || m.Subject != "Konu" || !strings.Contains(m.Text, "çalışmalar nedeniyle alıyorsunuz") || m.FromName != h.Tenant.Name {
		t.Errorf("got %+v", m)
	}
}

func TestAReactionThatRunsTwiceWritesOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	e := letter("Bir kez")
	e.ID, e.Hold = ids.New[ids.Message](), false
	for range 3 {
		if err := h.service.Write(t.Context(), h.System(), e); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	if len(h.post.taken) != 1 {
		t.Errorf("%d mails were sent", len(h.post.taken))
	}
}

func TestAHeldMailLeavesByHandAndOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, letter("Bir"), letter("İki"), letter("Üç"))
	if len(h.post.taken) != 0 {
		t.Fatal("a held mail left by itself")
	}
	officer := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	officer.Get("/outbox?status=held")
	officer.Want(200, "3 messages", "Held", "İki")
	if strings.Contains(officer.Page.Text(), "Release the chosen ones") {
		t.Error("an officer may release")
	}
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/outbox")
	chosen := url.Values{"_csrf": {coordinator.Page.Value("_csrf")}, "message": coordinator.Page.Values("message")[:2]}
	coordinator.Post("/outbox/release", chosen)
	coordinator.Want(200, "The messages are on their way")
	coordinator.Post("/outbox/release", chosen)
	coordinator.Want(200, "None of the chosen messages was still waiting")
	coordinator.Post("/outbox/cancellation", chosen)
	coordinator.Want(200, "None of the chosen messages was still waiting")
	h.Jobs(t)
	if len(h.post.taken) != 2 {
		t.Errorf("%d mails were sent, want 2", len(h.post.taken))
	}
	coordinator.Get("/outbox?status=held")
	coordinator.Want(200, "1 message")
	coordinator.Get(coordinator.Page.Link("Bir"))
	coordinator.Submit("/outbox/cancellation")
	coordinator.Want(200, "will not be sent")
	h.Jobs(t)
	if len(h.post.taken) != 2 {
		t.Error("a cancelled mail was sent")
	}
}

func TestAMailServerThatIsDownLosesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.post.down = true
	e := letter("Sonra")
	e.ID, e.Hold = ids.New[ids.Message](), false
	if err := h.service.Write(t.Context(), h.System(), e); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Deliver(t.Context(), h.System(), correspondence.Delivery{Message: e.ID}); err == nil {
		t.Fatal("a mail that was not taken counts as sent")
	}
	h.post.down = false
	for range 2 {
		if err := h.service.Deliver(t.Context(), h.System(), correspondence.Delivery{Message: e.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.post.taken) != 1 || h.post.taken[0].ID != e.ID.String() {
		t.Errorf("sent %+v", h.post.taken)
	}
}

// TestAMailThatNeverArrivesIsSaidSo holds that a message is tried for hours and then shown to who may act on it.
func TestAMailThatNeverArrivesIsSaidSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.post.down = true
	e := letter("Nirgends")
	e.ID, e.Hold = ids.New[ids.Message](), false
	if err := h.service.Write(t.Context(), h.System(), e); err != nil {
		t.Fatal(err)
	}
	deliver := func() error {
		return h.service.Deliver(t.Context(), h.System(), correspondence.Delivery{Message: e.ID})
	}
	if err := deliver(); err == nil {
		t.Fatal("a mail that was not taken counts as sent")
	}
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE messages SET released_at = released_at - interval '5 hours'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := deliver(); err != nil {
		t.Fatalf("after hours it is still tried: %v", err)
	}
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/desk")
	b.Want(200, "1 message did not arrive")
	b.Get("/outbox?status=failed")
	b.Want(200, "Nirgends", "Not delivered")
	h.post.down = false
	b.Submit("/outbox/release", "message", e.ID.String())
	h.Jobs(t)
	if len(h.post.taken) != 1 {
		t.Errorf("released once more it was sent %d times", len(h.post.taken))
	}
	reviewer := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())
	reviewer.Get("/desk")
	reviewer.Want(200, "Nothing is waiting for you")
}

func TestTheDeskTellsWhatWaitsAndWhatHappened(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, letter("Eins"), letter("Zwei"))
	me := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	err := h.service.Notify(t.Context(), h.System(), events.NotificationRequested{ID: ids.New[ids.Notification](), Person: me.Actor().Person, Key: "correspondence.notifications.new", Path: "/outbox"})
	if err != nil {
		t.Fatal(err)
	}
	b := h.SignedIn(t, me.Actor())
	b.Get("/desk")
	b.Want(200, "2 messages wait for release", "What happened", "New", "Where to find things", "Outbox", "Your role here", "You run the program")
}

func TestASecurityMailIsWiped(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, events.MailRequested{Kind: "test", Address: "x@example.org", Name: "X", Locale: i18n.DE, Subject: i18n.Text{i18n.DE: "Link"}, Body: i18n.Text{i18n.DE: "geheim"}, Secret: true})
	if len(h.post.taken) != 1 || !strings.Contains(h.post.taken[0].Text, "geheim") {
		t.Fatalf("sent %+v", h.post.taken)
	}
	var left int
	err := h.System().Read().NewRaw("SELECT count(*) FROM messages WHERE body LIKE '%geheim%' OR html LIKE '%geheim%'").Scan(t.Context(), &left)
	if err != nil || left != 0 {
		t.Errorf("%d copies are left, %v", left, err)
	}
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/outbox")
	coordinator.Get(coordinator.Page.Link("Link"))
	coordinator.Want(200, "This is a security mail")
}

func TestWhatIsInAMailRunsNowhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, letter(`<script>alert(1)</script>"'`))
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/outbox")
	coordinator.Want(200, `<script>alert(1)</script>"'`)
	link := coordinator.Page.Link("alert(1)")
	for _, path := range []string{"/outbox", link, link + "/html"} {
		page := coordinator.Get(path)
		if strings.Contains(page.Body, "<script>alert") {
			t.Errorf("%s holds a script", path)
		}
	}
	if policy := coordinator.Page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the preview's policy is %q", policy)
	}
}

func TestNotificationsAreOnesOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	mine, other := h.As(t), h.As(t)
	id := ids.New[ids.Notification]()
	for range 2 { // the queue may repeat itself
		err := h.service.Notify(t.Context(), h.System(), events.NotificationRequested{
			ID: id, Person: mine.Actor().Person, Key: "correspondence.notifications.new", Path: "/desk",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := h.service.Unread(t.Context(), mine); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	if n, err := h.service.Unread(t.Context(), other); err != nil || n != 0 {
		t.Errorf("somebody else has %d unread, %v", n, err)
	}
	b := h.SignedIn(t, mine.Actor())
	b.Get("/notifications")
	b.Want(200, "New")
	b.Submit("/notifications/read")
	if n, err := h.service.Unread(t.Context(), mine); err != nil || n != 0 {
		t.Errorf("%d unread after reading, %v", n, err)
	}
	if _, err := h.service.Notifications(t.Context(), h.Visitor()); !fault.Is(err, fault.KindUnauthenticated) {
		t.Errorf("a visitor: %v", err)
	}
}

// TestWhoLeftTheTeamIsToldNoMore holds that nothing is under the bell that leads where somebody may not go any more: neither what came
// before they left, nor what comes after.
func TestWhoLeftTheTeamIsToldNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	organization := ids.New[ids.Organization]()
	lead := tenants.Grant{Role: tenants.RoleLead, Organization: organization}
	coordinator, other := h.As(t, tenanttest.Role(tenants.RoleCoordinator), lead), h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	tell := func() {
		t.Helper()
		err := h.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
			for _, sc := range []tenants.Scope{coordinator, other} {
				for _, path := range []string{"/outbox?status=held", "/desk", "/nowhere/at/all"} {
					tx.Announce(events.NotificationRequested{Person: sc.Actor().Person, Key: "correspondence.notifications.new", Path: path})
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	unread := func(when string, sc tenants.Scope, want int) {
		t.Helper()
		if n, err := h.service.Unread(t.Context(), sc); err != nil || n != want {
			t.Errorf("%s: %d unread, not %d, %v", when, n, want, err)
		}
	}
	tell()
	unread("a coordinator", coordinator, 3)
	if err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, coordinator.Actor().Person, tenanttest.Role(tenants.RoleCoordinator))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	unread("who left", coordinator, 2)
	tell()
	unread("who left, afterwards", coordinator, 4)
	unread("who stays", other, 6)
	if err := h.service.Silence(t.Context(), other, events.RolesChanged{Person: other.Actor().Person}); err == nil {
		t.Error("a coordinator silences")
	}
}

// TestWhatWasDeletedForGoodIsToldNoMore empties mails that have not left and lines under bells.
func TestWhatWasDeletedForGoodIsToldNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	const about = "01890000-0000-7000-8000-000000000001"
	written := func(id string, hold bool) ids.Message {
		t.Helper()
		e := letter("Canary")
		e.ID, e.Hold, e.AboutKind, e.AboutID, e.Path = ids.New[ids.Message](), hold, "story", id, ""
		if err := h.service.Write(ctx, h.System(), e); err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	sent := written(about, false)
	h.Jobs(t)
	h.post.down = true
	held, released, other := written(about, true), written(about, false), written(ids.New[ids.Story]().String(), true)
	person := h.As(t)
	for _, path := range []string{"/story-desk/" + about, "/story-desk/" + about + "0"} {
		e := events.NotificationRequested{ID: ids.New[ids.Notification](), Person: person.Actor().Person, Key: "correspondence.notifications.new", Path: path}
		if err := h.service.Notify(ctx, h.System(), e); err != nil {
			t.Fatal(err)
		}
	}
	erased := events.MatterErased{AboutKind: "story", AboutID: about, Path: "/story-desk/" + about}
	if err := h.service.Forget(ctx, person, erased); err == nil {
		t.Error("anybody can have messages forgotten")
	}
	for range 2 { // the queue may repeat itself
		if err := h.service.Forget(ctx, h.System(), erased); err != nil {
			t.Fatal(err)
		}
	}
	for what, want := range map[string]struct {
		id     ids.Message
		status correspondence.Status
		says   bool
	}{
		"sent": {sent, correspondence.StatusSent, true}, "held": {held, correspondence.StatusCancelled, false},
		"released": {released, correspondence.StatusCancelled, false}, "about another": {other, correspondence.StatusHeld, true},
	} {
		var m struct{ Status, All string }
		if err := h.System().Read().NewRaw("SELECT status, subject || body || html || search AS all FROM messages WHERE id = ?", want.id).Scan(ctx, &m.Status, &m.All); err != nil {
			t.Fatal(err)
		}
		if m.Status != string(want.status) || strings.Contains(strings.ToLower(m.All), "canary") != want.says || m.All == "" {
			t.Errorf("%s: %s, %q", what, m.Status, m.All)
		}
	}
	if n, err := h.service.Unread(ctx, person); err != nil || n != 1 {
		t.Errorf("%d lines under the bell, %v", n, err)
	}
	erased.Left = true
	for range 2 {
		if err := h.service.Forget(ctx, h.System(), erased); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []ids.Message{sent, held, released} {
		m, err := h.service.Message(ctx, h.As(t, tenanttest.Role(tenants.RoleCoordinator)), id)
		if err != nil || m.Addressee() != "–" || m.Body != "" || !m.Person.IsZero() || strings.Contains(m.Search, "example") || (m.Status == correspondence.StatusSent) != (id == sent) {
			t.Errorf("of a mail that has left stays %+v, %v", m, err)
		}
	}
	if m, err := h.service.Message(ctx, h.As(t, tenanttest.Role(tenants.RoleCoordinator)), other); err != nil || m.Name == "" || m.Address == "" {
		t.Errorf("one about another thing: %+v, %v", m, err)
	}
}

// TestAVeiledAddressIsShownToNobody reads the outbox, its file, a message, and looks for it by the address.
func TestAVeiledAddressIsShownToNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, events.MailRequested{
		Kind: "test", Address: "veiled@example.org", Name: "Somebody Lent", Locale: i18n.DE, Subject: i18n.Text{i18n.DE: "Link"}, Body: i18n.Text{i18n.DE: "geheim"}, Secret: true, Veiled: true,
	})
	if len(h.post.taken) != 1 || h.post.taken[0].To != "veiled@example.org" {
		t.Fatalf("sent %+v", h.post.taken)
	}
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/outbox")
	coordinator.Want(200, "Somebody Lent")
	link := coordinator.Page.Link("Link")
	for _, path := range []string{"/outbox", "/outbox?format=csv", link} {
		coordinator.Get(path)
		if coordinator.Want(200, "Somebody Lent"); strings.Contains(coordinator.Page.Body, "veiled@") {
			t.Errorf("%s shows the address", path)
		}
	}
	coordinator.Get("/outbox?q=veiled")
	if strings.Contains(coordinator.Page.Body, "Somebody Lent") {
		t.Error("it is found by the address")
	}
}
