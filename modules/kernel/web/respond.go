package web

import (
	"errors"
	"mime"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
)

// Local returns the path if it leads to a page of this very site, else the fallback. It accepts what starts with one
// slash and consists of visible ASCII characters but the backslash, as every escaped path does.
func Local(path, fallback string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return fallback
	}
	for i := range len(path) {
		if path[i] <= ' ' || path[i] >= 0x7f || path[i] == '\\' {
			return fallback
		}
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return fallback
	}
	return path
}

// SeeOther sends the browser to a page of this site after a form was accepted (303), or, asked by htmx, lets htmx go
// there. A path that is not local becomes "/".
func SeeOther(c *fiber.Ctx, path string) error {
	path = Local(path, "/")
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", path)
		return c.SendStatus(fiber.StatusNoContent)
	}
	c.Set(fiber.HeaderLocation, path)
	return c.SendStatus(fiber.StatusSeeOther)
}

// Elsewhere sends the browser to a presigned address of the object store, or into a rehearsal (303). The address is the program's own, never
// a client's.
func Elsewhere(c *fiber.Ctx, address string) error {
	u, err := url.Parse(address) // refuses control characters
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fault.Internal(errors.New("web: not the address of an object"))
	}
	c.Set(fiber.HeaderLocation, address)
	return c.SendStatus(fiber.StatusSeeOther)
}

// Page renders a component as an HTML page with the status.
func Page(c *fiber.Ctx, status int, component templ.Component) error {
	c.Status(status).Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return component.Render(c.UserContext(), c.Response().BodyWriter())
}

// File sends a document that the program made, as an attachment under a name that may hold any letters (RFC 6266).
func File(c *fiber.Ctx, name, mediaType string, body []byte) error {
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, Attachment(name))
	return c.Send(body)
}

// Attachment is the Content-Disposition of a file with that name: an ASCII fallback and the real name in UTF-8. What
// would break the header or the file's path, or write the name backwards, becomes a hyphen.
func Attachment(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"\/`, r) {
			return '-'
		}
		return r
	}, name)
	ascii := strings.Map(func(r rune) rune {
		if r > '~' {
			return '_'
		}
		return r
	}, name)
	plain := mime.FormatMediaType("attachment", map[string]string{"filename": ascii})
	return plain + "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// SetCookie sets a cookie of this host alone: __Host- prefix, Secure, HttpOnly, SameSite=Lax, Path=/. The value must be
// of the program's own making. A zero expiry makes it end with the browser.
func SetCookie(c *fiber.Ctx, name, value string, expires time.Time) {
	c.Cookie(&fiber.Cookie{
		Name: "__Host-" + name, Value: url.QueryEscape(value), Path: "/", Expires: expires,
		Secure: true, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: expires.IsZero(),
	})
}

// Cookie reads a cookie that SetCookie set; without one it is empty.
func Cookie(c *fiber.Ctx, name string) string {
	value, err := url.QueryUnescape(c.Cookies("__Host-" + name))
	if err != nil {
		return ""
	}
	return value
}

// DropCookie makes the browser forget a cookie.
func DropCookie(c *fiber.Ctx, name string) {
	SetCookie(c, name, "", time.Unix(1, 0))
}

// Fragment reports whether htmx asked for a part of a page.
func Fragment(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true"
}

// WantsJSON reports whether the client asked for JSON rather than a page.
func WantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/api/") || strings.HasPrefix(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON)
}
