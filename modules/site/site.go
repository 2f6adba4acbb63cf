package site

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// SessionCookie is the name of the cookie that carries a session's token; it is bound to its host by the __Host-
// prefix, and to its tenant by being stored in that tenant's schema only.
const SessionCookie = "session"

const (
	languageCookie = "language"
	noticeCookie   = "notice"
)

// Config is what the site needs from the program.
type Config struct {
	Tenants    *tenants.Tenants
	Authorizer *policies.Authorizer
	Catalog    *i18n.Catalog
	Sessions   Sessions
	Unread     Unread
	Menu       Menu // nil: no navigation for visitors
	// Logo is the network's for papers, a PNG; nil where it has none, or none can be had just now. Nil: no network has one.
	Logo func(ctx context.Context, t tenants.Tenant) []byte
	// Secret keys the tokens against cross-site requests.
	Secret []byte
	Secure bool
	// Product is the platform's own name, shown once, small, in the footer.
	Product string
}

// Site serves the pages of all tenants.
type Site struct {
	Config
	modules  []Module
	entries  []Entry
	api      *api
	document []byte
	large    []string       // the paths of routes that are
	pages    func() []Route // those that are read
}

// New makes a site of the modules. Entries are shown by group, in the order of their Order.
func New(config Config, modules ...Module) *Site {
	s := &Site{Config: config}
	s.api = newAPI(s.english(), config.Product)
	s.Use(append([]Module{s.own()}, modules...)...)
	return s
}

// english speaks the language of the OpenAPI document.
func (s *Site) english() *i18n.Localizer { return s.Catalog.Localizer(i18n.EN, time.UTC) }

// Use satisfies the parts that are made after the site, because they need it to render their pages.
func (s *Site) Use(modules ...Module) {
	for _, m := range modules {
		s.modules = append(s.modules, m)
		s.entries = append(s.entries, m.Entries...)
		for _, r := range m.Routes {
			if r.Large {
				s.large = append(s.large, r.Path)
			}
		}
		for _, o := range m.API {
			s.api.add(m.Name, o, s.english())
		}
	}
	slices.SortStableFunc(s.entries, func(a, b Entry) int {
		return cmp.Or(slices.Index(groups, a.Group)-slices.Index(groups, b.Group), a.Order-b.Order)
	})
	s.pages = sync.OnceValue(func() []Route {
		return slices.DeleteFunc(s.Routes(), func(r Route) bool { return r.Method != fiber.MethodGet })
	})
}

// Routes lists every route of every module, for mounting and for the tests that walk them.
func (s *Site) Routes() []Route {
	var routes []Route
	for _, m := range s.modules {
		routes = append(routes, m.Routes...)
	}
	for i := range s.api.paths {
		routes = append(routes, s.api.paths[i].route())
	}
	for _, f := range s.feeds() {
		routes = append(routes, Route{Method: fiber.MethodGet, Path: f.path(), Action: f.Action, Handle: s.atom(f)})
	}
	return routes
}

// Large reports whether a post to the path may bring a file through the server, as its route says.
func (s *Site) Large(path string) bool {
	return slices.ContainsFunc(s.large, func(pattern string) bool { return matches(pattern, path) })
}

// Opens reports whether the page at an address is one that the actor may ever see, by the action that its route declares. It does not ask
// whether they may see what is on it.
func (s *Site) Opens(actor tenants.Actor, address string) bool {
	path, _, _ := strings.Cut(address, "#")
	path, _, _ = strings.Cut(path, "?")
	for _, r := range s.pages() {
		if matches(r.Path, path) {
			return s.Authorizer.MayEver(actor, r.Action)
		}
	}
	return true
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], ":") || got[i] == "") {
			return false
		}
	}
	return true
}

// Mount adds every route to the server. It refuses a route without an action.
func (s *Site) Mount(app *fiber.App) error {
	app.Get("/assets/:name", asset)
	for _, r := range s.Routes() {
		if r.Action == "" || r.Handle == nil {
			return fmt.Errorf("site: %s %s declares no action or handler", r.Method, r.Path)
		}
		app.Add(r.Method, r.Path, s.serve(r))
		if r.Method == fiber.MethodGet {
			app.Add(fiber.MethodHead, r.Path, s.serve(r))
		}
	}
	var err error
	s.document, err = s.finish()
	return err
}

type localsKey string

const scopeKey localsKey = "scope"

func (s *Site) serve(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		sc, err := s.scope(c, r.bearer)
		if err != nil {
			return err
		}
		if only := r.Only; only != "" && sc.Tenant().Kind != only && sc.Tenant().Kind.Site() != only {
			return fault.NotFound()
		}
		if err := rehearsed(c, sc, r); err != nil {
			return err
		}
		if !s.Authorizer.MayEver(sc.Actor(), r.Action) {
			if !sc.Actor().Signed() {
				return fault.Unauthenticated()
			}
			return fault.NotFound()
		}
		if err := s.genuine(c, sc); err != nil {
			return err
		}
		if err := r.Handle(c, sc); err != nil {
			return err
		}
		if r.public() && !sc.Actor().Signed() {
			revalidate(c)
		}
		return nil
	}
}

// Entrance is the beginning of the addresses by which the team enters a rehearsal.
const Entrance = "/rehearsal/entrance/"

// rehearsed keeps a rehearsal to itself: whoever has not entered it finds nothing, not even a page to sign in, and nothing
// is read from it by programs.
func rehearsed(c *fiber.Ctx, sc tenants.Scope, r Route) error {
	if sc.Tenant().Kind != tenants.KindRehearsal {
		return nil
	}
	if r.bearer || !sc.Actor().Signed() && !strings.HasPrefix(c.Path(), Entrance) && !strings.HasPrefix(c.Path(), "/brand") {
		return fault.NotFound()
	}
	return nil
}

// scope resolves host to tenant and cookie, or personal token, to actor.
func (s *Site) scope(c *fiber.Ctx, bearer bool) (tenants.Scope, error) {
	ctx := c.UserContext()
	tenant, found, err := s.Tenants.ByHost(ctx, web.Host(c))
	if err != nil {
		return tenants.Scope{}, fault.Unavailable("fault.unavailable", err)
	}
	if !found {
		return tenants.Scope{}, fiber.NewError(fiber.StatusMisdirectedRequest)
	}
	sc := s.Tenants.Bind(tenant, tenants.Visitor())
	c.Locals(scopeKey, sc)
	if serves, err := tenant.Serves(); err != nil || !serves {
		return tenants.Scope{}, fault.Unavailable("site.preparing", err)
	}
	if err := reachable(tenant, c.Method()); err != nil {
		return tenants.Scope{}, err
	}
	actor, found, err := s.actor(c, sc, bearer)
	if err != nil {
		return tenants.Scope{}, err
	}
	if found {
		sc = sc.As(actor)
		c.Locals(scopeKey, sc)
	}
	return sc, nil
}

// actor finds who asks. A request that shows a token is the token's and never that of a session beside it.
func (s *Site) actor(c *fiber.Ctx, sc tenants.Scope, bearer bool) (tenants.Actor, bool, error) {
	if shown := c.Get(fiber.HeaderAuthorization); bearer && shown != "" {
		scheme, token, _ := strings.Cut(shown, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return tenants.Actor{}, false, fault.Unauthenticated()
		}
		actor, found, err := s.Sessions.Bearer(c.UserContext(), sc, strings.TrimSpace(token), web.Address(c))
		if err == nil && !found {
			err = fault.Unauthenticated()
		}
		return actor, found, err
	}
	token := web.Cookie(c, SessionCookie)
	if token == "" {
		return tenants.Actor{}, false, nil
	}
	return s.Sessions.Actor(c.UserContext(), sc, token)
}

// reachable refuses what the tenant's state does not allow: nothing of a suspended network, no change of one that is
// read-only.
func reachable(tenant tenants.Tenant, method string) error {
	switch {
	case !tenant.Status.Readable():
		return fault.Unavailable("site.suspended", nil)
	case !tenant.Status.Writable() && !web.Safe(method):
		return fault.Conflict("site.read_only")
	}
	return nil
}

// genuine refuses an unsafe request that another site caused. With a session the request must also carry the token
// that only this site's pages know.
func (s *Site) genuine(c *fiber.Ctx, sc tenants.Scope) error {
	if web.Safe(c.Method()) {
		return nil
	}
	if err := web.SameOrigin(c, web.Origin(c, s.Secure)); err != nil {
		return fault.Invalid("fault.csrf")
	}
	if !sc.Actor().Signed() {
		return nil
	}
	token := c.Get("X-CSRF-Token")
	if token == "" {
		var err error
		if token, err = web.Posted(c, "_csrf"); err != nil {
			return err
		}
	}
	if !hmac.Equal([]byte(token), []byte(s.csrf(c))) {
		return fault.Invalid("fault.csrf")
	}
	return nil
}

func (s *Site) csrf(c *fiber.Ctx) string {
	session := web.Cookie(c, SessionCookie)
	if session == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte("cross-site request\x00" + session))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// StartSession gives the browser the cookie of a new session.
func (s *Site) StartSession(c *fiber.Ctx, token string, expires time.Time) {
	web.SetCookie(c, SessionCookie, token, expires)
}

// EndSession makes the browser forget its session.
func (s *Site) EndSession(c *fiber.Ctx) { web.DropCookie(c, SessionCookie) }
