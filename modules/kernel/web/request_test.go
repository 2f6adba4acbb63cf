package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

func TestAFormIsOneMediaType(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	for mediaType, want := range map[string]int{
		"application/x-www-form-urlencoded": 200, "application/x-www-form-urlencoded; charset=UTF-8": 200, "Application/X-WWW-Form-Urlencoded": 200,
		"": 415, "text/plain": 415, "application/json": 415, "multipart/form-data; boundary=x": 415, "multipart/form-data": 415, "text/xml": 415,
		"application/x-www-form-urlencoded+json": 415, "application/x-www-form-urlencoded, text/plain": 415, "application/x-www-form-urlencoded\x0b": 400,
	} {
		var headers []string
		if mediaType != "" {
			headers = []string{"Content-Type: " + mediaType}
		}
		if r := ask(t, address, "POST", "/form", "a=1", headers...); r.StatusCode != want || want == 200 && r.body != "1" {
			t.Errorf("%q: %d %s, want %d", mediaType, r.StatusCode, r.body, want)
		}
	}
}

func TestJSONIsOneMediaType(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	for mediaType, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200,
		"": 415, "text/plain": 415, "text/json": 415, "text/plain+json": 415, "application/problem+json": 415, "text/xjson": 415, "application/jsonp": 415,
		"application/x-www-form-urlencoded": 415,
	} {
		var headers []string
		if mediaType != "" {
			headers = []string{"Content-Type: " + mediaType}
		}
		if r := ask(t, address, "POST", "/json", `{"A":"1"}`, headers...); r.StatusCode != want || want == 200 && r.body != "1" {
			t.Errorf("%q: %d %s, want %d", mediaType, r.StatusCode, r.body, want)
		}
	}
}

func TestAFormHasAnEnd(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	form := func(n int) string { return strings.TrimSuffix(strings.Repeat("a=1&", n), "&") }
	for n, want := range map[int]int{0: 200, 1: 200, web.MaxFields: 200, web.MaxFields + 1: 413, 100_000: 413} {
		if r := ask(t, address, "POST", "/form", form(n), "Content-Type: application/x-www-form-urlencoded"); r.StatusCode != want {
			t.Errorf("%d fields: %d, want %d", n, r.StatusCode, want)
		}
	}
	if r := ask(t, address, "POST", "/form", "a=%zz", "Content-Type: application/x-www-form-urlencoded"); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an escape that is none: %d", r.StatusCode)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for typed, tt := range map[string]struct {
		want, bad string
	}{
		"plain":                   {"plain", ""},
		"  İzmir\r\nırmak\t ":     {"İzmir\nırmak", ""},
		"u\u0308":                 {"ü", ""},
		"<script>=1+1":            {"<script>=1+1", ""},
		"":                        {"", ""},
		"a\x00b":                  {"", "fault.invalid_text"},
		"a\xffb":                  {"", "fault.invalid_text"},
		"a\x1b[31m":               {"", "fault.invalid_text"},
		"admin\u202egnp.exe":      {"", "fault.invalid_text"},
		"pay\u200bpal":            {"", "fault.invalid_text"},
		"\ufeffa":                 {"", "fault.invalid_text"},
		"\u2066a\u2069":           {"", "fault.invalid_text"},
		strings.Repeat("ş", 20):   {strings.Repeat("ş", 20), ""},
		strings.Repeat("ş", 21):   {strings.Repeat("ş", 21), "fault.too_long"},
		strings.Repeat("😀", 21):   {strings.Repeat("😀", 21), "fault.too_long"},
		strings.Repeat(" ", 1000): {"", ""},
	} {
		form, err := web.ParseForm(url.Values{"a": {typed}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		got, bad := form.Text("a", 20)
		if got != tt.want || len(bad) > 1 || (len(bad) == 1) != (tt.bad != "") || len(bad) == 1 && (bad[0].Key != tt.bad || bad[0].Name != "a") {
			t.Errorf("%q: got %q, %v", typed, got, bad)
		}
		if _, bad := form.Required("a", 20); tt.want == "" && len(bad) != 1 {
			t.Errorf("%q passes for something", typed)
		}
	}
	form := web.NewForm(url.Values{"a": {"1", "2"}, "off": {""}})
	if form.Raw("a") != "1" || !reflect.DeepEqual(form.All("a"), []string{"1", "2"}) || form.Has("b") || !form.Has("off") || form.Ticked("off") || !form.Ticked("a") {
		t.Error("a form does not tell what was posted")
	}
}

func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1", "a=%00&a=2", "a=%ff", "a", "&&&", "%zz=1", "a=1;b=2", "a=%E2%80%AE", "a[]=1&a.b=2", strings.Repeat("a&", 1001)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, err := web.ParseForm(body)
		if err != nil {
			return
		}
		if n := len(form.Values()); n > web.MaxFields {
			t.Errorf("%d fields were let in", n)
		}
		for name := range form.Values() {
			text, bad := form.Text(name, 50)
			if len(bad) > 0 {
				continue
			}
			if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 50 || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool {
				return unicode.IsControl(r) && r != '\n' && r != '\t'
			}) {
				t.Errorf("%q passes for a text", text)
			}
		}
	})
}

type sent struct {
	Name  string         `json:"name"`
	Count int            `json:"count"`
	More  map[string]any `json:"more"`
	Inner *sent          `json:"inner"`
}

func TestJSONIsTakenByTheLetter(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return `{"more":{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}}`
	}
	for body, ok := range map[string]bool{
		`{}`: true, ` {"name":"ı","count":3,"more":{"x":[1,{"y":null}]}} `: true, `{"inner":{"inner":{}}}`: true, `{"name":"\u0000"}`: true,
		`null`: true, ``: false, ` `: false, `{`: false, `[]`: false, `"x"`: false, `{"name":1}`: false, `{"count":1.5}`: false, `{"count":1e400}`: false,
		`{"Name":"x"}`: true, `{"role":"admin"}`: false, `{"inner":{"role":"admin"}}`: false,
		`{}{}`: false, `{} x`: false, `{}]`: false, `{},`: false, `{"name":"a",}`: false, `{'name':"a"}`: false, `{"name":"a"} // b`: false,
		`{"name":"a","name":"b"}`: false, `{"name":"a","NAME":"b"}`: false, `{"more":{"x":1,"x":2}}`: false, `{"more":{"x":1},"inner":{"more":{"x":1}}}`: true,
		`{"more":{"k":1,"` + "\u212a" + `":2}}`: false, `{"name":"` + "\xff" + `"}`: false, "\ufeff{}": false,
		deep(web.MaxDepth - 1): true, deep(web.MaxDepth): false, deep(100_000): false, strings.Repeat("[", 500_000): false,
	} {
		var v sent
		if err := web.DecodeStrictly([]byte(body), &v); (err == nil) != ok {
			t.Errorf("%.60s: %v", body, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":"a","name":"b"}`, `{"more":{"a":[[[[]]]]}}`, `{"name":"\ud800"}`, `{} {}`, "\xff", `{"nAme":"x"}`, `{"inner":{"inner":{"count":-1}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v sent
		if err := web.DecodeStrictly(body, &v); err != nil {
			return
		}
		if !json.Valid(body) {
			t.Errorf("%q passes for JSON", body)
		}
		// What the fields say is all that was said: written again, it reads the same.
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var w sent
		if err := json.Unmarshal(again, &w); err != nil || !reflect.DeepEqual(v.Name, w.Name) || v.Count != w.Count {
			t.Errorf("%q became %s", body, again)
		}
		if bytes.Count(body, []byte("[")) > 10*web.MaxDepth && len(again) < 10 {
			t.Errorf("%q is deeper than it may be", body)
		}
	})
}

func TestParameters(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	app.Get("/p/:id", func(c *fiber.Ctx) error { return c.SendString("[" + web.Param(c, "id") + "]") })
	address := listen(t, app)
	for target, want := range map[string]string{
		"/p/abc": "[abc]", "/p/a%2Fb": "[a/b]", "/p/%C4%B1": "[ı]", "/p/a%252Fb": "[a%2Fb]",
		"/p/a%00b": "[]", "/p/a%0Ab": "[a\nb]", "/p/a%0A": "[]", "/p/%20a": "[]", "/p/%FF": "[]", "/p/a%zz": "[]", "/p/%E2%80%AEa": "[]", "/p/u%CC%88": "[]",
	} {
		if r := ask(t, address, "GET", target, ""); r.body != want {
			t.Errorf("%s: %q, want %q", target, r.body, want)
		}
	}
	for _, target := range []string{"/P/abc", "/p/abc/", "/p/", "/p/a/b", "/p//abc", "/x/../p/abc", "/p/%2e%2e/p/abc"} {
		if r := ask(t, address, "GET", target, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %q", target, r.StatusCode, r.body)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault *fault.Fault
		want  int
	}{
		{fault.Invalid("x"), 422},
		{fault.Unauthenticated(), 401},
		{fault.Forbidden(), 403},
		{fault.NotFound(), 404},
		{fault.Conflict("x"), 409},
		{fault.TooLate("x"), 409},
		{fault.TooMany("x"), 429},
		{fault.Unavailable("x", nil), 503},
		{fault.Internal(errSecret), 500},
		{&fault.Fault{Kind: 99}, 500},
	} {
		if got := web.Status(tt.fault); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.fault.Kind, got, tt.want)
		}
	}
}

func TestSafeMethodsAreThree(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		if !web.Safe(method) {
			t.Errorf("%s is not safe", method)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get", "", "BREW"} {
		if web.Safe(method) {
			t.Errorf("%q is safe", method)
		}
	}
}

func TestWhatAnotherSiteCausedIsRefused(t *testing.T) {
	t.Parallel()
	app := web.New(web.Config{Fail: words})
	app.Post("/", func(c *fiber.Ctx) error { return web.SameOrigin(c, web.Origin(c, true)) })
	address := listen(t, app)
	for _, site := range []string{"", "same-origin", "none", "same-site", "cross-site", "x"} {
		for _, origin := range []string{"", "https://a.localhost", "https://A.localhost", "http://a.localhost", "https://a.localhost:8443", "https://b.localhost", "https://a.localhost.evil.example", "null"} {
			var headers []string
			if site != "" {
				headers = append(headers, "Sec-Fetch-Site: "+site)
			}
			if origin != "" {
				headers = append(headers, "Origin: "+origin)
			}
			want := http.StatusForbidden
			if (site == "" || site == "same-origin" || site == "none") && (origin == "" || strings.EqualFold(origin, "https://a.localhost")) {
				want = http.StatusOK
			}
			if r := ask(t, address, "POST", "/", "x", headers...); r.StatusCode != want {
				t.Errorf("Sec-Fetch-Site %q, Origin %q: %d, want %d", site, origin, r.StatusCode, want)
			}
		}
	}
}

func TestTheClientsAddress(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		trusted []string
		headers []string
		want    string
	}{
		"nobody is trusted":               {nil, []string{"X-Forwarded-For: 203.0.113.9"}, "127.0.0.1"},
		"another is trusted":              {[]string{"10.0.0.0/8"}, []string{"X-Forwarded-For: 203.0.113.9"}, "127.0.0.1"},
		"nothing was forwarded":           {[]string{"127.0.0.1"}, nil, "127.0.0.1"},
		"one proxy":                       {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 203.0.113.9"}, "203.0.113.9"},
		"the client wrote some":           {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"the client wrote a trusted one":  {[]string{"127.0.0.1", "10.0.0.0/8"}, []string{"X-Forwarded-For: 198.51.100.1, 10.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		"two proxies":                     {[]string{"127.0.0.0/8", "10.0.0.0/8"}, []string{"X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.7"}, "203.0.113.9"},
		"two headers":                     {[]string{"127.0.0.0/8", "10.0.0.0/8"}, []string{"X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9, 10.0.0.7"}, "203.0.113.9"},
		"all are trusted":                 {[]string{"127.0.0.0/8", "10.0.0.0/8"}, []string{"X-Forwarded-For: 10.0.0.8, 10.0.0.7"}, "10.0.0.8"},
		"what is no address":              {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 203.0.113.9, unknown"}, "127.0.0.1"},
		"an empty one":                    {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 203.0.113.9,"}, "127.0.0.1"},
		"with a port":                     {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 203.0.113.9:4711"}, "203.0.113.9"},
		"of the sixth version":            {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: 2001:db8::1"}, "2001:db8::1"},
		"of the sixth, with a port":       {[]string{"127.0.0.1"}, []string{"X-Forwarded-For: [2001:db8::1]:4711"}, "2001:db8::1"},
		"of the fourth in the sixth":      {[]string{"::ffff:127.0.0.1"}, []string{"X-Forwarded-For: ::ffff:203.0.113.9"}, "203.0.113.9"},
		"other headers say something too": {[]string{"127.0.0.1"}, []string{"X-Real-IP: 198.51.100.1", "Forwarded: for=198.51.100.1", "True-Client-IP: 198.51.100.1"}, "127.0.0.1"},
	} {
		proxies, err := web.ParseProxies(tt.trusted)
		if err != nil {
			t.Fatal(err)
		}
		address := house(t, web.Config{Fail: words, TrustedProxies: proxies})
		if r := ask(t, address, "GET", "/address", "", tt.headers...); r.body != tt.want {
			t.Errorf("%s: %s, want %s", name, r.body, tt.want)
		}
	}
	for _, bad := range []string{"", "proxy", "127.0.0.1/33", "127.0.0.1:80", "10.0.0"} {
		if _, err := web.ParseProxies([]string{"10.0.0.1", bad}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", bad)) {
			t.Errorf("%q passes for a proxy: %v", bad, err)
		}
	}
}

func TestAVersionIsANumber(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{"0": 0, "7": 7, "9223372036854775807": 9223372036854775807} {
		if got, err := web.NewForm(url.Values{"version": {typed}}).Version(); err != nil || got != want {
			t.Errorf("%q: %d, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "-1", "x", "1.5", " 1", "9223372036854775808"} {
		if got, err := web.NewForm(url.Values{"version": {typed}}).Version(); !fault.Is(err, fault.KindInvalid) || got != 0 {
			t.Errorf("%q: %d, %v", typed, got, err)
		}
	}
}

func TestADayIsTypedInItsZone(t *testing.T) {
	t.Parallel()
	for name, days := range map[string][]string{
		"Europe/Berlin":   {"2026-03-28", "2026-03-29", "2026-10-25"}, // the clock goes forward, and back
		"Europe/Istanbul": {"2016-03-27", "2015-11-08", "2026-03-29"}, // it did so until 2016
	} {
		zone := i18n.Zone(name)
		for _, day := range days {
			got, bad := web.NewForm(url.Values{"due": {day}}).EndOfDay("due", zone, "wrong")
			next := got.Add(time.Minute)
			if len(bad) > 0 || got.Format("2006-01-02 15:04") != day+" 23:59" || got.Location() != zone || next.Hour() != 0 || next.Day() == got.Day() {
				t.Errorf("%s in %s: %v, %v", day, name, got, bad)
			}
		}
	}
	for typed, want := range map[string]string{"": "fault.required", "2026-02-30": "wrong", "x": "wrong", "1999-12-31": "wrong", "2201-01-01": "wrong"} {
		got, bad := web.NewForm(url.Values{"due": {typed}}).EndOfDay("due", time.UTC, "wrong")
		if len(bad) != 1 || bad[0].Name != "due" || bad[0].Key != want || !got.IsZero() {
			t.Errorf("%q: %v, %+v", typed, got, bad)
		}
	}
}
