package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
)

// answer is the one place where an error becomes a response. Fiber's own errors (no route, too large, wrong method)
// become faults; nothing of an error's text reaches the client, and nothing of what the handler had begun to say.
func answer(c *fiber.Ctx, config Config, err error) {
	f, status := Verdict(err)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	slog.Log(c.UserContext(), level, "request refused", "request", RequestID(c), "method", c.Method(),
		"route", route(c), "status", status, "error", f.Error())
	// The handler may have used up the request's time; the page that says so needs some of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), failTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	restart(c, status)
	if err := show(c, config, f); err != nil {
		slog.Error("failure not shown", "request", RequestID(c), "error", err)
		restart(c, status)
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		_ = c.SendString(http.StatusText(status)) // never fails
	}
}

// restart forgets what the handler had begun to answer, but for cookies.
func restart(c *fiber.Ctx, status int) {
	c.Response().ResetBody()
	for _, name := range []string{
		fiber.HeaderContentDisposition, fiber.HeaderContentEncoding, fiber.HeaderETag, fiber.HeaderLastModified, fiber.HeaderLocation, fiber.HeaderVary,
	} {
		c.Response().Header.Del(name)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(status)
}

// show draws the failure. It runs where nothing recovers, so a defect in it must end here.
func show(c *fiber.Ctx, config Config, f *fault.Fault) (err error) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("failure page panicked", "request", RequestID(c), "panic", r, "stack", string(debug.Stack()))
			err = errors.New("web: panic")
		}
	}()
	if config.Fail == nil {
		return errors.New("web: nobody shows failures")
	}
	return config.Fail(c, f)
}

// Verdict is what an error means to a person, and its HTTP status.
func Verdict(err error) (*fault.Fault, int) {
	if wrong, ok := errors.AsType[*fiber.Error](err); ok {
		return fromStatus(wrong.Code, err), wrong.Code
	}
	f := fault.Of(err)
	if f.Kind == fault.KindInternal && errors.Is(err, context.DeadlineExceeded) {
		f = fault.Unavailable("fault.unavailable", err)
	}
	return f, Status(f)
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
