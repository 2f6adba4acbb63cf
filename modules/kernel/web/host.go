package web

import (
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// Host is the verified host of the request: lower case, without port and trailing dot. It is the raw Host header, never
// a forwarded one, and equals the host of an absolute request target.
func Host(c *fiber.Ctx) string {
	host, _ := c.Locals(hostKey).(string)
	return host
}

func strictHost(c *fiber.Ctx) (string, bool) {
	raw := string(c.Request().Header.Host())
	if target := string(c.Request().URI().Host()); !strings.EqualFold(target, raw) {
		return "", false
	}
	return ParseHost(raw)
}

// ParseHost normalizes a host with an optional port, or refuses it.
func ParseHost(raw string) (string, bool) {
	host, port, found := strings.Cut(strings.ToLower(raw), ":")
	if found && !isPort(port) {
		return "", false
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > 253 || !hostForm.MatchString(host) {
		return "", false
	}
	return host, true
}

func isPort(s string) bool {
	if s == "" || len(s) > 5 {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// Origin is the scheme, host and port that a browser shows for this request's site.
func Origin(c *fiber.Ctx, secure bool) string {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	return scheme + "://" + strings.ToLower(string(c.Request().Header.Host()))
}
