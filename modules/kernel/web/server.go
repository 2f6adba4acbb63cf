package web

import (
	"context"
	"errors"
	"log/slog"
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
	// TrustedProxies are the addresses whose X-Forwarded-For is believed, for throttling by network address only.
	TrustedProxies []string
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
	BodyLimit      = 2 << 20
	LargeLimit     = 51 << 20
	requestTimeout = 20 * time.Second
	largeTimeout   = 10 * time.Minute
	headLimit      = 16 << 10
)

type contextKey string

const (
	hostKey      contextKey = "host"
	requestIDKey contextKey = "request id"
	nonceKey     contextKey = "nonce"
)

// New makes the server with the middleware that every request passes: recovery, request id, strict host, refusal of
// encoded bodies, security headers and a deadline.
func New(config Config) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:                 "kervan",
		DisableStartupMessage:   true,
		Immutable:               true,
		CaseSensitive:           true,
		StrictRouting:           true,
		UnescapePath:            false,
		BodyLimit:               BodyLimit, // kept by admit, as streamed bodies are not held to it
		StreamRequestBody:       true,
		ReadBufferSize:          headLimit,
		ReadTimeout:             30 * time.Second,
		WriteTimeout:            60 * time.Second,
		IdleTimeout:             90 * time.Second,
		EnableTrustedProxyCheck: true,
		TrustedProxies:          config.TrustedProxies,
		ProxyHeader:             fiber.HeaderXForwardedFor,
		EnableIPValidation:      true,
		// Otherwise a form with files would be read to the disk before anybody has asked who sends it.
		DisablePreParseMultipartForm: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			return answer(c, config, err)
		},
	})
	app.Server().HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		if config.large(string(h.Method()), path) {
			return fasthttp.RequestConfig{ReadTimeout: largeTimeout}
		}
		return fasthttp.RequestConfig{}
	}
	app.Use(observe(config), begin(config))
	return app
}

func (config Config) large(method, path string) bool {
	return config.Large != nil && method == fiber.MethodPost && config.Large(path)
}

func observe(config Config) fiber.Handler {
	return func(c *fiber.Ctx) error {
		started := time.Now()
		err := c.Next()
		if config.Observe != nil {
			config.Observe(c.Method(), c.Route().Path, c.Response().StatusCode(), time.Since(started))
		}
		return err
	}
}

func begin(config Config) fiber.Handler {
	policy := contentPolicy(config.UploadOrigin)
	return func(c *fiber.Ctx) (err error) {
		id := uuid.NewString()
		c.Locals(requestIDKey, id)
		c.Set("X-Request-Id", id)
		secure(c, config, policy)
		large := config.large(c.Method(), c.Path())
		refused := admit(c, large)
		timeout := requestTimeout
		if large {
			timeout = largeTimeout
		}
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		c.SetUserContext(ctx)
		defer func() {
			if r := recover(); r != nil {
				slog.Error("handler panicked", "request", id, "panic", r, "stack", string(debug.Stack()))
				err = answer(c, config, fault.Internal(errors.New("panic")))
			}
		}()
		if refused != nil {
			return answer(c, config, refused)
		}
		// Answered here, while the request's context is alive: the page that says what went wrong may need it.
		if err := c.Next(); err != nil {
			return answer(c, config, err)
		}
		return nil
	}
}

// admit refuses what no handler should see: a body that is encoded, which could be far larger than its limit, or too long,
// or of no stated length, and a host that is not one. Unless it is a large one, it reads the whole body.
func admit(c *fiber.Ctx, large bool) error {
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return fiber.NewError(fiber.StatusUnsupportedMediaType)
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
	case length > 0 && !large && len(c.Request().Body()) != length:
		return fiber.NewError(fiber.StatusBadRequest)
	}
	return nil
}

// unstated is the length of a body that is sent in chunks.
const unstated = -1

// answer is the one place where an error becomes a response. Fiber's own errors (no route, too large, wrong method)
// become faults; nothing of an error's text reaches the client.
func answer(c *fiber.Ctx, config Config, err error) error {
	f := fault.Of(err)
	status := Status(f)
	if wrong, ok := errors.AsType[*fiber.Error](err); ok {
		status = wrong.Code
		f = fromStatus(wrong.Code, err)
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	slog.Log(c.UserContext(), level, "request refused", "request", RequestID(c), "method", c.Method(),
		"route", c.Route().Path, "status", status, "error", f.Error())
	c.Status(status)
	if config.Fail == nil {
		return c.SendString("")
	}
	return config.Fail(c, f)
}

func fromStatus(status int, err error) *fault.Fault {
	switch status {
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return fault.NotFound()
	case fiber.StatusRequestEntityTooLarge:
		return fault.Invalid("fault.too_large")
	case fiber.StatusUnsupportedMediaType:
		return fault.Invalid("fault.media_type")
	case fiber.StatusMisdirectedRequest:
		return fault.Invalid("fault.unknown_host")
	case fiber.StatusRequestTimeout, fiber.StatusServiceUnavailable:
		return fault.Unavailable("fault.unavailable", err)
	case fiber.StatusForbidden:
		return fault.Forbidden()
	}
	if status >= 400 && status < 500 {
		return fault.Invalid("fault.bad_request")
	}
	return fault.Internal(err)
}

// Status is the HTTP status of a fault.
func Status(f *fault.Fault) int {
	switch f.Kind {
	case fault.KindInvalid:
		return fiber.StatusUnprocessableEntity
	case fault.KindUnauthenticated:
		return fiber.StatusUnauthorized
	case fault.KindForbidden:
		return fiber.StatusForbidden
	case fault.KindNotFound:
		return fiber.StatusNotFound
	case fault.KindConflict, fault.KindTooLate:
		return fiber.StatusConflict
	case fault.KindTooMany:
		return fiber.StatusTooManyRequests
	case fault.KindUnavailable:
		return fiber.StatusServiceUnavailable
	default:
		return fiber.StatusInternalServerError
	}
}

// RequestID is the id that the response and the log carry, so that a person can quote it.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey).(string)
	return id
}
