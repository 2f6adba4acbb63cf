package web

import (
	"regexp"
	"strconv"
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

// ParseHost normalizes a host with an optional port, or refuses it. Letters beyond ASCII are refused before they are
// lowered: some of them, such as the Kelvin sign, have an ASCII letter as their lower case.
func ParseHost(raw string) (string, bool) {
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f {
			return "", false
		}
	}
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
	if s == "" || s[0] < '1' || s[0] > '9' {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// Origin is the scheme, host and port that a browser shows for this request's site.
func Origin(c *fiber.Ctx, secure bool) string {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	return scheme + "://" + strings.ToLower(string(c.Request().Header.Host()))
}
