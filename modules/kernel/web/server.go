package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"kervan/modules/kernel/fault"
)

// Config is what the edge must know of its surroundings.
type Config struct {
	// Secure says that browsers reach the server by HTTPS, so that Strict-Transport-Security is sent.
	Secure bool
	// TrustedProxies are the peers whose X-Forwarded-For is believed, for throttling by network address only.
	TrustedProxies Proxies
	// UploadOrigin is the origin to which browsers post documents and from which they fetch them.
	UploadOrigin string
	// Large says which posts may bring a file through the server: their body may be longer, takes longer, and is read by
	// their handler, after it has asked who may; see ReadUpload.
	Large func(path string) bool
	// Fail answers a request whose handler returned an error; site renders the page.
	Fail func(c *fiber.Ctx, f *fault.Fault) error
	// Observe is told of every answered request, for metrics.
	Observe func(method, route string, status int, took time.Duration)
}

// Limits of every request. Documents do not pass through the server, but for those of pages without a script; forms and
// JSON fit easily.
const (
	BodyLimit    = 2 << 20
	LargeLimit   = 51 << 20
	largeTimeout = 10 * time.Minute
	headLimit    = 16 << 10
	failTimeout  = 3 * time.Second // to draw the page that says what went wrong
)

// patience is how long a client may take to send a request, and a handler to answer it.
type patience struct{ read, handle time.Duration }

var usual = patience{read: 30 * time.Second, handle: 20 * time.Second}

type contextKey string

const (
	hostKey      contextKey = "host"
	requestIDKey contextKey = "request id"
	nonceKey     contextKey = "nonce"
	proxiesKey   contextKey = "proxies"
	formKey      contextKey = "form"
)

// New makes the server with what every request passes: request id, security headers, recovery, strict host, refusal of
// encoded bodies and a deadline.
func New(config Config) *fiber.App { return open(config, usual) }

func open(config Config, p patience) *fiber.App {
	policy := contentPolicy(config.UploadOrigin)
	app := fiber.New(fiber.Config{
		AppName:               "kervan",
		DisableStartupMessage: true,
		Immutable:             true,
		CaseSensitive:         true,
		StrictRouting:         true,
		UnescapePath:          false,
		BodyLimit:             BodyLimit, // kept by admit, as streamed bodies are not held to it
		StreamRequestBody:     true,
		ReadBufferSize:        headLimit,
		ReadTimeout:           p.read,
		WriteTimeout:          60 * time.Second,
		IdleTimeout:           90 * time.Second,
		// Otherwise a form with files would be read to the disk before anybody has asked who sends it.
		DisablePreParseMultipartForm: true,
		EnableTrustedProxyCheck:      true, // and none is trusted: fiber would believe the leftmost address; see Address
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			if RequestID(c) == "" { // the request could not even be read
				dress(c.Context(), config, policy)
			}
			answer(c, config, err)
			return nil
		},
	})
	app.Server().HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		if config.large(string(h.Method()), path) {
			return fasthttp.RequestConfig{ReadTimeout: largeTimeout}
		}
		return fasthttp.RequestConfig{}
	}
	handle := app.Handler()
	app.Server().Handler = func(r *fasthttp.RequestCtx) {
		dress(r, config, policy)
		handle(r)
	}
	app.Use(observe(config), begin(config, p.handle)).Name(edgeName)
	return app
}

func (config Config) large(method, path string) bool {
	return config.Large != nil && method == fiber.MethodPost && config.Large(path)
}

// edgeName tells the edge's own route, on which a request stays that no other takes.
const edgeName = "edge"

// route is the pattern that the request matched, never its path, which may hold a token; empty when there was none.
func route(c *fiber.Ctx) string {
	if r := c.Route(); len(r.Handlers) > 0 && r.Name != edgeName {
		return r.Path
	}
	return ""
}

// dress gives the request its id and the answer the headers that every answer has, also one that no handler gives.
func dress(r *fasthttp.RequestCtx, config Config, policy string) {
	id := uuid.NewString()
	r.SetUserValue(requestIDKey, id)
	r.SetUserValue(proxiesKey, config.TrustedProxies)
	r.Response.Header.Set("X-Request-Id", id)
	secure(r, config.Secure, policy)
}

func observe(config Config) fiber.Handler {
	return func(c *fiber.Ctx) error {
		started := time.Now()
		err := c.Next()
		if config.Observe != nil {
			config.Observe(c.Method(), route(c), c.Response().StatusCode(), time.Since(started))
		}
		return err
	}
}

func begin(config Config, timeout time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		large := config.large(c.Method(), c.Path())
		refused := admit(c, large)
		timeout := timeout
		if large {
			timeout = largeTimeout
		}
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		c.SetUserContext(ctx)
		defer func() {
			if r := recover(); r != nil {
				slog.Error("handler panicked", "request", RequestID(c), "panic", r, "stack", string(debug.Stack()))
				answer(c, config, fault.Internal(errors.New("panic")))
			}
		}()
		// Answered here, while the request's context is alive: the page that says what went wrong may need it.
		if refused != nil {
			answer(c, config, refused)
		} else if err := c.Next(); err != nil {
			answer(c, config, err)
		}
		return nil
	}
}

// admit refuses what no handler should see: a body that is encoded, which could be far larger than its limit, or too long,
// or of no stated length, and a host that is not one. Unless it is a large one, it reads the whole body.
func admit(c *fiber.Ctx, large bool) error {
	for _, encoding := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		if !strings.EqualFold(string(encoding), "identity") {
			return fiber.NewError(fiber.StatusUnsupportedMediaType)
		}
	}
	host, ok := strictHost(c)
	if !ok {
		return fiber.NewError(fiber.StatusMisdirectedRequest)
	}
	c.Locals(hostKey, host)
	limit := BodyLimit
	if large {
		limit = LargeLimit
	}
	length := c.Request().Header.ContentLength()
	switch {
	case length == unstated:
		return fiber.NewError(fiber.StatusLengthRequired)
	case length > limit:
		return fiber.NewError(fiber.StatusRequestEntityTooLarge)
	case !large:
		return read(c.Request(), length)
	}
	return nil
}

// unstated is the length of a body that is sent in chunks.
const unstated = -1

// read takes the whole body off the wire. fasthttp's own way to it would take an error's text for the body.
func read(r *fasthttp.Request, length int) error {
	stream := r.BodyStream()
	if stream == nil {
		return nil
	}
	body, err := io.ReadAll(stream)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fiber.NewError(fiber.StatusRequestTimeout)
	case err != nil || len(body) != length:
		return fiber.NewError(fiber.StatusBadRequest)
	}
	r.SetBodyRaw(body)
	return nil
}
