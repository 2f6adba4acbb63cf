package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/valyala/fasthttp"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
)

// listen serves the app over TCP and returns its address.
func listen(t testing.TB, app *fiber.App) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	return listener.Addr().String()
}

// reply is an answer as it came over the wire.
type reply struct {
	*http.Response
	body string
}

// speak sends the bytes as they are and reads every answer until the server closes or falls silent, also one that comes
// before all is said. The method is the one that the answers are read for.
func speak(t testing.TB, address, method, said string) []reply {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var saying sync.WaitGroup
	saying.Go(func() {
		_, _ = io.WriteString(conn, said) // a server that refuses hangs up before the end
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
	})
	defer saying.Wait()
	var all []reply
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			return all
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		all = append(all, reply{response, string(body)})
	}
}

// ask sends one request with a proper host and more headers, each "Name: value".
func ask(t testing.TB, address, method, target, body string, headers ...string) reply {
	t.Helper()
	said := method + " " + target + " HTTP/1.1\r\nHost: a.localhost\r\nConnection: close\r\n"
	for _, h := range headers {
		said += h + "\r\n"
	}
	if body != "" {
		said += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	all := speak(t, address, method, said+"\r\n"+body)
	if len(all) != 1 {
		t.Fatalf("%s %s: %d answers", method, target, len(all))
	}
	return all[0]
}

var errSecret = fmt.Errorf("store: save: %w", &pgconn.PgError{Code: "42P01", Message: `relation "t_secret.users" does not exist`})

// words shows a failure the way that pages are written: after whatever the answer holds.
func words(c *fiber.Ctx, f *fault.Fault) error {
	_, err := c.WriteString("failed: " + f.Key)
	return err
}

// house has one address for each way in which a request can end.
func house(t testing.TB, config web.Config) string {
	t.Helper()
	app := web.OpenWith(config, 2*time.Second, 300*time.Millisecond)
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString(web.Host(c)) })
	app.Get("/nonce", func(c *fiber.Ctx) error { return c.SendString(web.Nonce(c) + " " + web.RequestID(c)) })
	app.Get("/address", func(c *fiber.Ctx) error { return c.SendString(web.Address(c)) })
	app.Get("/next", func(c *fiber.Ctx) error { return web.SeeOther(c, web.Query(c).Raw("to")) })
	app.Get("/missing", func(*fiber.Ctx) error { return fault.NotFound() })
	app.Get("/broken", func(*fiber.Ctx) error { return errSecret })
	app.Get("/wrapped", func(*fiber.Ctx) error { return fmt.Errorf("load: %w", fault.Internal(errSecret)) })
	app.Get("/panic", func(*fiber.Ctx) error { panic("at /home/kervan/secret.go") })
	app.Get("/half", func(c *fiber.Ctx) error {
		c.Set("Content-Disposition", "attachment")
		c.Set("Cache-Control", "public, max-age=31536000")
		c.Set("Location", "/elsewhere")
		_, _ = c.WriteString("<h1>the first half")
		return errSecret
	})
	app.Get("/slow", func(c *fiber.Ctx) error {
		<-c.UserContext().Done()
		return fmt.Errorf("store: list: %w", c.UserContext().Err())
	})
	app.Post("/form", func(c *fiber.Ctx) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		return c.SendString(form.Raw("a"))
	})
	app.Post("/json", func(c *fiber.Ctx) error {
		var sent struct{ A string }
		if err := web.ReadJSON(c, &sent); err != nil {
			return err
		}
		return c.SendString(sent.A)
	})
	app.Post("/unread", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) })
	return listen(t, app)
}

func TestEveryAnswerIsDressed(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		address := house(t, web.Config{Secure: secure, Fail: words, UploadOrigin: "https://s3.example.org"})
		answers := map[string]struct {
			want  int
			reply reply
		}{
			"a page":               {200, ask(t, address, "GET", "/", "")},
			"HEAD":                 {200, ask(t, address, "HEAD", "/", "")},
			"a redirect":           {303, ask(t, address, "GET", "/next?to=/x", "")},
			"nothing":              {204, ask(t, address, "POST", "/unread", "")},
			"no such page":         {404, ask(t, address, "GET", "/nowhere", "")},
			"no such thing":        {404, ask(t, address, "GET", "/missing", "")},
			"a wrong method":       {405, ask(t, address, "DELETE", "/", "")},
			"OPTIONS":              {405, ask(t, address, "OPTIONS", "/", "")},
			"an unknown method":    {400, ask(t, address, "BREW", "/", "")},
			"too large":            {413, ask(t, address, "POST", "/form", strings.Repeat("a", web.BodyLimit+1), "Content-Type: application/x-www-form-urlencoded")},
			"an encoded body":      {415, ask(t, address, "POST", "/form", "a", "Content-Encoding: gzip")},
			"another media type":   {415, ask(t, address, "POST", "/form", "a", "Content-Type: text/plain")},
			"no host at all":       {400, speak(t, address, "GET", "GET / HTTP/1.1\r\n\r\n")[0]},
			"somebody else's host": {421, speak(t, address, "GET", "GET / HTTP/1.1\r\nHost: a_b\r\nConnection: close\r\n\r\n")[0]},
			"a head too long":      {431, ask(t, address, "GET", "/", "", "X: "+strings.Repeat("x", 17<<10))},
			"a defect":             {500, ask(t, address, "GET", "/broken", "")},
			"a panic":              {500, ask(t, address, "GET", "/panic", "")},
			"out of time":          {503, ask(t, address, "GET", "/slow", "")},
		}
		seen := map[string]string{}
		for name, a := range answers {
			h := a.reply.Header
			if a.reply.StatusCode != a.want {
				t.Errorf("%s: status %d, want %d", name, a.reply.StatusCode, a.want)
			}
			for header, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store", "Server": "",
				"Access-Control-Allow-Origin": "", "Set-Cookie": "",
			} {
				if got := h.Get(header); got != want {
					t.Errorf("%s: %s is %q, want %q", name, header, got, want)
				}
			}
			if strict := h.Get("Strict-Transport-Security"); (strict != "") != secure || secure && !strings.Contains(strict, "max-age=31536000") {
				t.Errorf("%s over https=%v: Strict-Transport-Security is %q", name, secure, strict)
			}
			policy := h.Get("Content-Security-Policy")
			for _, part := range []string{
				"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "form-action 'self'", "connect-src 'self' https://s3.example.org;", "'nonce-",
			} {
				if !strings.Contains(policy, part) {
					t.Errorf("%s: the content policy lacks %s: %s", name, part, policy)
				}
			}
			if strings.Contains(policy, "unsafe") || strings.Contains(policy, "{") {
				t.Errorf("%s: content policy %s", name, policy)
			}
			for _, once := range []string{h.Get("X-Request-Id"), policy} {
				if other, twice := seen[once]; twice || once == "" {
					t.Errorf("%s and %s share %q", name, other, once)
				}
				seen[once] = name
			}
		}
	}
}

func TestANonceAndAnIDAreTheServersOwn(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	for _, planted := range []string{"00000000-0000-4000-8000-000000000000", "planted-by-a-client", "<script>"} {
		r := ask(t, address, "GET", "/nonce", "", "X-Request-Id: "+planted, "X-Correlation-Id: "+planted, "Traceparent: "+planted)
		nonce, id, _ := strings.Cut(r.body, " ")
		if id == planted || id != r.Header.Get("X-Request-Id") {
			t.Errorf("a client's %q: handler sees %q, answer carries %q", planted, id, r.Header.Get("X-Request-Id"))
		}
		if len(nonce) < 22 || strings.Count(r.Header.Get("Content-Security-Policy"), "'nonce-"+nonce+"'") != 2 {
			t.Errorf("nonce %q does not stand in %s", nonce, r.Header.Get("Content-Security-Policy"))
		}
		for name, values := range r.Header {
			if strings.Contains(strings.Join(values, " "), planted) {
				t.Errorf("%s reflects what the client sent", name)
			}
		}
	}
}

func TestFailuresTellNothing(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*fiber.Ctx, *fault.Fault) error{
		"a page of its own": words,
		"none":              nil,
		"one that fails":    func(c *fiber.Ctx, _ *fault.Fault) error { _, _ = c.WriteString("half"); return errSecret },
		"one that panics":   func(*fiber.Ctx, *fault.Fault) error { panic(errSecret) },
	} {
		address := house(t, web.Config{Fail: fail})
		for target, want := range map[string]int{
			"/broken": 500, "/wrapped": 500, "/panic": 500, "/half": 500, "/slow": 503, "/missing": 404, "/nowhere/%3Cscript%3E": 404, "/nowhere?t_secret": 404,
		} {
			r := ask(t, address, "GET", target, "")
			if r.StatusCode != want {
				t.Errorf("%s, %s: %d, want %d", name, target, r.StatusCode, want)
			}
			for _, leak := range []string{"SQLSTATE", "42P01", "t_secret", "/home", "goroutine", "script", "half", "store:", "panic"} {
				if strings.Contains(r.body, leak) {
					t.Errorf("%s, %s: the answer tells %q: %s", name, target, leak, r.body)
				}
			}
			if r.body == "" || r.Header.Get("Content-Disposition") != "" || r.Header.Get("Location") != "" || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s, %s: left over from the handler: %v, %q", name, target, r.Header, r.body)
			}
		}
		if r := ask(t, address, "GET", "/", ""); r.StatusCode != http.StatusOK {
			t.Errorf("%s: the server is gone: %d", name, r.StatusCode)
		}
	}
	address := house(t, web.Config{Fail: words})
	if r := speak(t, address, "GET", "GET /t_secret HTTP/1.1\r\nHost: a.localhost\r\nthis is no header\r\n\r\n"); len(r) != 1 || strings.Contains(r[0].body, "header") {
		t.Errorf("a request that cannot be read is quoted: %v", r)
	}
}

func TestTheContextEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	var alive atomic.Bool
	app := web.OpenWith(web.Config{Fail: func(c *fiber.Ctx, f *fault.Fault) error {
		alive.Store(c.UserContext().Err() == nil)
		return c.SendString(f.Key)
	}}, 2*time.Second, 50*time.Millisecond)
	kept := make(chan context.Context, 1)
	app.Get("/", func(c *fiber.Ctx) error {
		kept <- c.UserContext()
		return nil
	})
	app.Get("/slow", func(c *fiber.Ctx) error { <-c.UserContext().Done(); return c.UserContext().Err() })
	address := listen(t, app)
	ask(t, address, "GET", "/", "")
	ctx := <-kept
	if _, borrowed := ctx.(*fasthttp.RequestCtx); borrowed {
		t.Error("handlers are given the server's own context, which the next request uses again")
	}
	if _, ok := ctx.Deadline(); !ok || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("after the answer the context is %v, with a deadline: %v", ctx.Err(), ok)
	}
	if r := ask(t, address, "GET", "/slow", ""); r.StatusCode != http.StatusServiceUnavailable || r.body != "fault.unavailable" || !alive.Load() {
		t.Errorf("out of time: %d %s; time for the page that says so: %v", r.StatusCode, r.body, alive.Load())
	}
}

// TestStringsAreTheHandlersToKeep holds that nothing which a handler keeps is overwritten by the next request on the
// connection.
func TestStringsAreTheHandlersToKeep(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	kept := make(chan [4]string, 3)
	app.Post("/:id", func(c *fiber.Ctx) error {
		form, err := web.ReadForm(c)
		kept <- [4]string{web.Param(c, "id"), web.Query(c).Raw("q"), form.Raw("a"), web.Cookie(c, "s")}
		return err
	})
	address := listen(t, app)
	var said strings.Builder
	for _, x := range []string{"aaaa", "bbbb", "cccc"} {
		fmt.Fprintf(&said, "POST /%s?q=%s HTTP/1.1\r\nHost: a.localhost\r\nCookie: __Host-s=%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\na=%s", x, x, x, x)
	}
	if got := len(speak(t, address, "POST", said.String())); got != 3 {
		t.Fatalf("%d answers on one connection", got)
	}
	for _, x := range []string{"aaaa", "bbbb", "cccc"} {
		if got := <-kept; got != [4]string{x, x, x, x} {
			t.Errorf("kept %q of the request %s", got, x)
		}
	}
}

func TestEveryAnswerIsObservedByItsPattern(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 8)
	app := web.New(web.Config{Fail: words, Observe: func(method, route string, status int, took time.Duration) {
		seen <- fmt.Sprintf("%s %s %d %t", method, route, status, took > 0)
	}})
	app.Get("/reset/:token", func(*fiber.Ctx) error { return fault.NotFound() })
	app.Get("/panic", func(*fiber.Ctx) error { panic("x") })
	address := listen(t, app)
	for target, want := range map[string]string{
		"/reset/s3cret": "GET /reset/:token 404 true", "/panic": "GET /panic 500 true", "/s3cret": "GET  404 true",
	} {
		ask(t, address, "GET", target, "")
		if got := <-seen; got != want {
			t.Errorf("%s is observed as %q, want %q", target, got, want)
		}
	}
}
