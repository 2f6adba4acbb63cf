package web_test

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/web"
)

var elsewhere = []string{
	"", "x", "//b.example", "///b.example", "/\\b.example", "\\\\b.example", "/\t/b.example", "/\n/b.example", "/\r\nSet-Cookie: a=b", "/ x", "https://b.example",
	"javascript:alert(1)", "data:text/html,x", "http:/b.example", "/\x00", "/\x7f", "/ı", "/\u2028", "/%zz", "?x", "#x", "b.example/",
}

func TestRedirectsStayHere(t *testing.T) {
	t.Parallel()
	for _, path := range elsewhere {
		if got := web.Local(path, "/home"); got != "/home" {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	for _, path := range []string{"/", "/a", "/a/b?c=d&e=%20f#g", "/calls/%C4%B1", "/a//b", "/sign-in?return=%2Fdesk"} {
		if got := web.Local(path, "/home"); got != path {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	address := house(t, web.Config{Fail: words})
	for _, path := range append(elsewhere, "/desk") {
		want := web.Local(path, "/")
		r := ask(t, address, "GET", "/next?to="+url.QueryEscape(path), "")
		if r.StatusCode != http.StatusSeeOther || len(r.Header.Values("Location")) != 1 || r.Header.Get("Location") != want || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d %v", path, r.StatusCode, r.Header)
		}
		r = ask(t, address, "GET", "/next?to="+url.QueryEscape(path), "", "HX-Request: true")
		if r.StatusCode != http.StatusNoContent || r.Header.Get("HX-Redirect") != want || r.Header.Get("Location") != "" {
			t.Errorf("%q, asked by htmx: %d %v", path, r.StatusCode, r.Header)
		}
	}
}

func FuzzLocal(f *testing.F) {
	for _, seed := range append(elsewhere, "/a", "/a?b#c", "/%2f/b") {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "a.example", Path: "/x"}
	f.Fuzz(func(t *testing.T, path string) {
		local := web.Local(path, "/home")
		if local != path && local != "/home" {
			t.Fatalf("%q became %q", path, local)
		}
		to, err := base.Parse(local)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || to.User != nil {
			t.Errorf("%q leads to %v, %v", path, to, err)
		}
		if strings.ContainsFunc(local, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
			t.Errorf("%q carries what no address has", local)
		}
	})
}

func TestElsewhereIsAnAddress(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	app.Get("/", func(c *fiber.Ctx) error { return web.Elsewhere(c, web.Query(c).Raw("to")) })
	address := listen(t, app)
	for to, want := range map[string]int{
		"https://s3.example.org/kervan/x?X-Amz-Signature=a%2Fb": 303, "http://127.0.0.1:7070/x": 303,
		"": 500, "/x": 500, "//b.example/x": 500, "javascript:alert(1)": 500, "https://s3.example.org/\r\nSet-Cookie: a=b": 500, "ftp://s3.example.org/": 500,
	} {
		r := ask(t, address, "GET", "/?to="+url.QueryEscape(to), "")
		if r.StatusCode != want || want == 303 && r.Header.Get("Location") != to || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d %v", to, r.StatusCode, r.Header)
		}
	}
}

func TestCookiesAreThisHostsAlone(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	expires := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	app.Get("/set", func(c *fiber.Ctx) error { web.SetCookie(c, "x", web.Query(c).Raw("v"), time.Time{}); return nil })
	app.Get("/keep", func(c *fiber.Ctx) error { web.SetCookie(c, "x", "v", expires); return nil })
	app.Get("/drop", func(c *fiber.Ctx) error { web.DropCookie(c, "x"); return nil })
	app.Get("/get", func(c *fiber.Ctx) error { return c.SendString("[" + web.Cookie(c, "x") + "]") })
	address := listen(t, app)
	for _, value := range []string{"plain", "a b", "a;Domain=evil.example", "a\r\nSet-Cookie: y=z", "a,b=\"c\"", "ı\x00", "%41+", strings.Repeat("x", 2000)} {
		r := ask(t, address, "GET", "/set?v="+url.QueryEscape(value), "")
		all := r.Cookies()
		if len(all) != 1 || len(r.Header.Values("Set-Cookie")) != 1 {
			t.Fatalf("%q: %v", value, r.Header.Values("Set-Cookie"))
		}
		c := all[0]
		if c.Name != "__Host-x" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !c.Expires.IsZero() || c.MaxAge != 0 {
			t.Errorf("%q: %s", value, c.Raw)
		}
		if back := ask(t, address, "GET", "/get", "", "Cookie: __Host-x="+c.Value); back.body != "["+value+"]" {
			t.Errorf("%q comes back as %s", value, back.body)
		}
	}
	if c := ask(t, address, "GET", "/keep", "").Cookies()[0]; !c.Expires.Equal(expires) {
		t.Errorf("is kept until %s", c.Expires)
	}
	if c := ask(t, address, "GET", "/drop", "").Cookies()[0]; c.Value != "" || !c.Expires.Before(time.Now()) || c.Name != "__Host-x" || !c.Secure || c.Path != "/" {
		t.Errorf("is dropped by %s", c.Raw)
	}
	for _, sent := range []string{"x=v", "__Secure-x=v", "__host-x=v", "__Host-xx=v", "__Host-x=%zz", "y=1"} {
		if r := ask(t, address, "GET", "/get", "", "Cookie: "+sent); r.body != "[]" {
			t.Errorf("%s is read as %s", sent, r.body)
		}
	}
}

func TestFilesKeepTheirNames(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	app.Get("/", func(c *fiber.Ctx) error {
		return web.File(c, web.Query(c).Raw("name"), "text/csv; charset=utf-8", []byte("a;b"))
	})
	address := listen(t, app)
	for name, want := range map[string]string{
		"list.csv": "list.csv", "raporı 2026.csv": "raporı 2026.csv", "Müşteri+Öğe.xlsx": "Müşteri+Öğe.xlsx", "100%.csv": "100%.csv", "a*b'c.csv": "a*b'c.csv",
		`a"b.csv`: "a-b.csv", `../../etc/passwd`: "..-..-etc-passwd", `a\b.csv`: "a-b.csv", "a\r\nSet-Cookie: x=y": "a--Set-Cookie: x=y", "a\x00b": "a-b",
		"a\u202egnp.exe": "a-gnp.exe", "a;b=c.csv": "a;b=c.csv", "": "",
	} {
		r := ask(t, address, "GET", "/?name="+url.QueryEscape(name), "")
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != want || r.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %s reads as %q, %v", name, r.Header.Get("Content-Disposition"), params, err)
		}
		if r.body != "a;b" || r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %q as %s", name, r.body, r.Header.Get("Content-Type"))
		}
	}
}

func TestWhoAsksForWhat(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	tell := func(c *fiber.Ctx) error {
		told := ""
		if web.Fragment(c) {
			told += "fragment "
		}
		if web.WantsJSON(c) {
			told += "json"
		}
		return c.SendString(strings.TrimSpace(told))
	}
	app.Get("/", tell)
	app.Get("/api/x", tell)
	app.Get("/page", func(c *fiber.Ctx) error { return web.Page(c, http.StatusTeapot, templ.NopComponent) })
	address := listen(t, app)
	for _, tt := range []struct{ target, header, want string }{
		{"/", "Accept: text/html,application/json", ""},
		{"/", "Accept: application/json", "json"},
		{"/api/x", "Accept: text/html", "json"},
		{"/", "HX-Request: true", "fragment"},
		{"/", "HX-Request: true\r\nHX-Boosted: true", ""},
	} {
		if r := ask(t, address, "GET", tt.target, "", tt.header); r.body != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.target, tt.header, r.body, tt.want)
		}
	}
	if r := ask(t, address, "GET", "/page", ""); r.StatusCode != http.StatusTeapot || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("a page: %d as %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
}
