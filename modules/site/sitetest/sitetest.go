// Package sitetest serves a test's modules over real TCP and drives them as a browser does: it keeps cookies, follows
// redirects, sends what browsers send, and submits the forms that are really on the page.
package sitetest

import (
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// House is a served site of a test.
type House struct {
	*tenanttest.World

	Site       *site.Site
	Authorizer *policies.Authorizer
	Catalog    *i18n.Catalog
	port       string
	wire       *http.Transport
}

// Secret keys the tokens of every test's site.
var Secret = []byte("a secret of sufficient length for tests")

// Open builds a site on the test's own tenant. build makes the modules and tells whose sessions count.
func Open(t *testing.T, words []fs.FS, sessions site.Sessions, w *tenanttest.World, authorizer *policies.Authorizer, build func(s *site.Site) []site.Module) *House {
	t.Helper()
	catalog, err := i18n.Load(append([]fs.FS{ui.Locales, site.Locales}, words...)...)
	if err != nil {
		t.Fatal(err)
	}
	s := site.New(site.Config{
		Tenants: w.Tenants, Authorizer: authorizer, Catalog: catalog, Sessions: sessions, Secret: Secret, Product: "Kervan",
	})
	s.Use(build(s)...)
	server := web.New(web.Config{Fail: s.Fail, Large: s.Large})
	if err := s.Mount(server); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Listener(listener) }()
	t.Cleanup(func() { _ = server.Shutdown() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h := &House{World: w, Site: s, Authorizer: authorizer, Catalog: catalog, port: port, wire: fromOwnAddress()}
	t.Cleanup(h.wire.CloseIdleConnections)
	return h
}

// fromOwnAddress is a connection from an address of the loopback network that no other test uses, so that tests do not
// fill each other's throttles.
func fromOwnAddress() *http.Transport {
	id := ids.New[ids.Session]()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, id[13]|2, id[14], id[15])}}
	return &http.Transport{DialContext: dialer.DialContext}
}

// Browser is one visitor with cookies of their own.
type Browser struct {
	t       testing.TB
	client  *http.Client
	host    string
	port    string
	Headers map[string]string // sent with each request in place of a browser's own; an empty one is left out
	cookies map[string]string
	Page    Page
}

// Page is the last answer.
type Page struct {
	Status int
	Path   string
	Body   string
	Header http.Header
	doc    *html.Node
}

// Browser opens a fresh one on a tenant's host.
func (h *House) Browser(t testing.TB, tenant tenants.Tenant) *Browser {
	t.Helper()
	b := NewBrowser(t, tenant.Host, h.port)
	b.client.Transport = h.wire
	return b
}

// NewBrowser opens a fresh one on a host that is served on this machine's port.
func NewBrowser(t testing.TB, host, port string) *Browser {
	t.Helper()
	b := &Browser{t: t, host: host, port: port, Headers: map[string]string{}, cookies: map[string]string{}}
	b.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return b
}

// Get follows the address and every redirect.
func (b *Browser) Get(path string) Page {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil)
}

// Send sends one request without a body and follows nothing.
func (b *Browser) Send(method, path string) Page {
	b.t.Helper()
	return b.send(method, path, nil)
}

// Body is Send with a body of any kind.
func (b *Browser) Body(method, path, mediaType, body string) Page {
	b.t.Helper()
	return b.sendBody(method, path, mediaType, strings.NewReader(body))
}

// Post sends a form as given, with what a browser says of its origin.
func (b *Browser) Post(path string, values url.Values) Page {
	b.t.Helper()
	return b.do(http.MethodPost, path, values)
}

// Submit fills in the form of the page that posts to the action, its hidden fields included, and sends it.
func (b *Browser) Submit(action string, pairs ...string) Page {
	b.t.Helper()
	values, ok := b.Page.form(action)
	if !ok {
		b.t.Fatalf("%s has no form that posts to %s:\n%s", b.Page.Path, action, b.Page.Text())
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return b.Post(action, values)
}

// Cookie is the value of a cookie of the host; empty without one.
func (b *Browser) Cookie(name string) string { return b.cookies["__Host-"+name] }

// SetCookie plants a cookie, as an attacker or an old session would.
func (b *Browser) SetCookie(name, value string) { b.cookies["__Host-"+name] = value }

// Address is where a real browser finds the page.
func (b *Browser) Address(path string) string { return b.origin() + path }

func (b *Browser) origin() string { return "http://" + b.host + ":" + b.port }

func (b *Browser) do(method, path string, values url.Values) Page {
	b.t.Helper()
	for range 10 {
		response := b.send(method, path, values)
		location := response.Header.Get("Location")
		if response.Status != http.StatusSeeOther || !strings.HasPrefix(location, "/") {
			b.Page = response
			return response
		}
		method, path, values = http.MethodGet, location, nil
	}
	b.t.Fatalf("%s: too many redirects", path)
	return Page{}
}

func (b *Browser) send(method, path string, values url.Values) Page {
	b.t.Helper()
	if values == nil {
		return b.sendBody(method, path, "", nil)
	}
	return b.sendBody(method, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

func (b *Browser) sendBody(method, path, mediaType string, body io.Reader) Page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, "http://127.0.0.1:"+b.port+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Host = b.host + ":" + b.port
	if body != nil {
		r.Header.Set("Content-Type", mediaType)
		r.Header.Set("Origin", b.origin())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.Headers {
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) // #nosec G124 -- a request's cookie has no attributes
	}
	response, err := b.client.Do(r) // #nosec G704 -- this very process
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range response.Cookies() {
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
			b.t.Errorf("%s %s sets a cookie that is not this host's alone: %s", method, path, c.Raw)
		}
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	doc, err := html.Parse(strings.NewReader(string(content)))
	if err != nil {
		b.t.Fatal(err)
	}
	return Page{Status: response.StatusCode, Path: path, Body: string(content), Header: response.Header, doc: doc}
}

// Want fails the test unless the page has that status and shows all of the texts.
func (b *Browser) Want(status int, texts ...string) {
	b.t.Helper()
	if b.Page.Status != status {
		b.t.Errorf("%s: status %d, want %d:\n%s", b.Page.Path, b.Page.Status, status, b.Page.Text())
	}
	shown := b.Page.Text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.t.Errorf("%s does not show %q:\n%s", b.Page.Path, text, shown)
		}
	}
}

// Text is what a person reads on the page, with single spaces.
func (p Page) Text() string {
	var b strings.Builder
	walk(p.doc, func(n *html.Node) bool {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style") {
			return false
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		return true
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Value is the present value of a field of the page.
func (p Page) Value(name string) string {
	value := ""
	walk(p.doc, func(n *html.Node) bool {
		if n.Type == html.ElementNode && attribute(n, "name") == name {
			value = attribute(n, "value")
			if n.Data == "textarea" && n.FirstChild != nil {
				value = n.FirstChild.Data
			}
		}
		return true
	})
	return value
}

// Values are the values of all fields of that name.
func (p Page) Values(name string) []string {
	var all []string
	walk(p.doc, func(n *html.Node) bool {
		if n.Type == html.ElementNode && attribute(n, "name") == name {
			all = append(all, attribute(n, "value"))
		}
		return true
	})
	return all
}

// Links are the addresses of all links of the page that stay on its site.
func (p Page) Links() []string {
	var all []string
	walk(p.doc, func(n *html.Node) bool {
		if href := attribute(n, "href"); n.Type == html.ElementNode && n.Data == "a" && strings.HasPrefix(href, "/") {
			all = append(all, href)
		}
		return true
	})
	return all
}

// Link finds the address of the first link with that text.
func (p Page) Link(text string) string {
	href := ""
	walk(p.doc, func(n *html.Node) bool {
		if href == "" && n.Type == html.ElementNode && n.Data == "a" && strings.Contains(Page{doc: n}.Text(), text) {
			href = attribute(n, "href")
		}
		return true
	})
	return href
}

func (p Page) form(action string) (url.Values, bool) {
	var form *html.Node
	walk(p.doc, func(n *html.Node) bool {
		if form == nil && n.Type == html.ElementNode && n.Data == "form" && attribute(n, "action") == action {
			form = n
		}
		return form == nil
	})
	if form == nil {
		return nil, false
	}
	return inputs(form), true
}

// inputs are the values that a form sends as it stands.
func inputs(form *html.Node) url.Values {
	values := url.Values{}
	walk(form, func(n *html.Node) bool {
		if n.Type != html.ElementNode {
			return true
		}
		name := attribute(n, "name")
		switch {
		case name == "":
		case n.Data == "input" && (attribute(n, "type") == "checkbox" || attribute(n, "type") == "radio"):
			if has(n, "checked") {
				values.Add(name, attribute(n, "value"))
			}
		case n.Data == "input":
			values.Add(name, attribute(n, "value"))
		case n.Data == "textarea":
			values.Add(name, Page{doc: n}.Text())
		case n.Data == "select":
			values.Add(name, selected(n))
		}
		return true
	})
	return values
}

func selected(n *html.Node) string {
	value, found := "", false
	walk(n, func(o *html.Node) bool {
		if o.Type == html.ElementNode && o.Data == "option" && (!found || has(o, "selected")) {
			value, found = attribute(o, "value"), true
		}
		return true
	})
	return value
}

func walk(n *html.Node, visit func(*html.Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

var volatile = regexp.MustCompile(`nonce-[^']+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Stripped is a body without what differs from request to request, and without the given text.
func Stripped(body, text string) string {
	return volatile.ReplaceAllString(strings.ReplaceAll(body, text, ""), "")
}
