package web

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"kervan/modules/kernel/fault"
)

const noncePlace = "{nonce}"

func contentPolicy(uploadOrigin string) string {
	connect := "'self'"
	if uploadOrigin != "" {
		connect += " " + uploadOrigin
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'nonce-" + noncePlace + "'",
		"style-src 'self' 'nonce-" + noncePlace + "'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src " + connect,
		"manifest-src 'self'",
		"frame-src 'self'",
		"form-action 'self'",
		"frame-ancestors 'self'",
		"base-uri 'none'",
		"object-src 'none'",
	}, "; ")
}

func secure(r *fasthttp.RequestCtx, https bool, policy string) {
	nonce := newNonce()
	r.SetUserValue(nonceKey, nonce)
	h := &r.Response.Header
	h.Set("Content-Security-Policy", strings.ReplaceAll(policy, noncePlace, nonce))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Nonce is what a style or script of this very response may carry to be allowed by the content security policy.
func Nonce(c *fiber.Ctx) string {
	nonce, _ := c.Locals(nonceKey).(string)
	return nonce
}

// Safe reports whether the method promises to change nothing.
func Safe(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}

// SameOrigin refuses an unsafe request that another site caused. Browsers say so themselves, in Sec-Fetch-Site or in
// Origin; a request with neither does not come from a browser's page and carries no cookie that it was tricked into.
func SameOrigin(c *fiber.Ctx, origin string) error {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return fault.Forbidden()
	}
	if from := c.Get(fiber.HeaderOrigin); from != "" && !strings.EqualFold(from, origin) {
		return fault.Forbidden()
	}
	return nil
}
