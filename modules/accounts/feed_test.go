package accounts_test

import (
	"regexp"
	"strings"
	"testing"

	"kervan/modules/site/sitetest"
)

func TestDatesUnderASecretAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	sule := h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	address := func() string {
		t.Helper()
		b.Get("/account")
		page := b.Submit("/account/calendar")
		b.Want(200, "It is shown only now")
		return regexp.MustCompile(`/calendar-feeds/[A-Za-z0-9_-]{20,}`).FindString(page.Body)
	}
	read := func(path string, status int) sitetest.Page {
		t.Helper()
		program := h.Browser(t, h.Tenant)
		page := program.Get(path)
		program.Want(status)
		return page
	}
	first := address()
	if page := read(first, 200); !strings.HasPrefix(page.Body, "BEGIN:VCALENDAR") || page.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("%s: %s", page.Header, page.Body)
	}
	b.Get("/account")
	b.Want(200, "It was last read on")
	second := address()
	read(first, 404)
	read(second, 200)
	elsewhere := h.Browser(t, h.Another(t))
	elsewhere.Get(second)
	elsewhere.Want(404)
	b.Get("/account")
	b.Submit("/account/calendar/end")
	read(second, 404)
	if h.Jobs(t); len(h.mailsTo(sule.ID)) != 2 {
		t.Errorf("the owner got %d mails", len(h.mailsTo(sule.ID)))
	}
}
