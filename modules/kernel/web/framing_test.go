package web_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/web"
)

func TestTheHostIsOfOnePiece(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	long := strings.Repeat("a", 64)
	for name, tt := range map[string]struct {
		target, headers string
		want            int
		host            string
	}{
		"plain":                        {"/", "Host: a.localhost\r\n", 200, "a.localhost"},
		"with a port":                  {"/", "Host: a.localhost:8080\r\n", 200, "a.localhost"},
		"in capitals":                  {"/", "Host: A.LocalHost\r\n", 200, "a.localhost"},
		"with the root's dot":          {"/", "Host: a.localhost.:80\r\n", 200, "a.localhost"},
		"with two dots":                {"/", "Host: a.localhost..\r\n", 421, ""},
		"with an empty label":          {"/", "Host: a..localhost\r\n", 421, ""},
		"with a user":                  {"/", "Host: b.localhost@a.localhost\r\n", 421, ""},
		"with a user after a port":     {"/", "Host: a.localhost:80@evil.example\r\n", 421, ""},
		"with a path":                  {"/", "Host: a.localhost/x\r\n", 421, ""},
		"with a space":                 {"/", "Host: a.localhost b\r\n", 421, ""},
		"with a comma":                 {"/", "Host: a.localhost,b.localhost\r\n", 421, ""},
		"with an escape":               {"/", "Host: a.localhost%00\r\n", 421, ""},
		"with an underscore":           {"/", "Host: a_b.localhost\r\n", 421, ""},
		"with a hyphen at the end":     {"/", "Host: a-.localhost\r\n", 421, ""},
		"with the Kelvin sign":         {"/", "Host: \u212aervan.localhost\r\n", 421, ""},
		"with a letter of Turkish":     {"/", "Host: ı.localhost\r\n", 421, ""},
		"with a label too long":        {"/", "Host: " + long + ".localhost\r\n", 421, ""},
		"too long":                     {"/", "Host: " + strings.Repeat("aaa.", 64) + "localhost\r\n", 421, ""},
		"a number of the sixth":        {"/", "Host: [::1]:80\r\n", 421, ""},
		"with a port that is none":     {"/", "Host: a.localhost:x\r\n", 421, ""},
		"with a port too large":        {"/", "Host: a.localhost:99999\r\n", 421, ""},
		"with an empty port":           {"/", "Host: a.localhost:\r\n", 421, ""},
		"with two ports":               {"/", "Host: a.localhost:80:80\r\n", 421, ""},
		"empty":                        {"/", "Host:\r\n", 421, ""},
		"none":                         {"/", "", 400, ""},
		"two":                          {"/", "Host: a.localhost\r\nHost: b.localhost\r\n", 400, ""},
		"twice the same":               {"/", "Host: a.localhost\r\nHost: a.localhost\r\n", 400, ""},
		"absolute, the same":           {"http://a.localhost/", "Host: a.localhost\r\n", 200, "a.localhost"},
		"absolute, another":            {"http://b.localhost/", "Host: a.localhost\r\n", 421, ""},
		"absolute, another port":       {"http://a.localhost:81/", "Host: a.localhost\r\n", 421, ""},
		"absolute, with a user":        {"http://a.localhost@b.localhost/", "Host: a.localhost\r\n", 421, ""},
		"a path that looks like one":   {"//b.localhost/", "Host: a.localhost\r\n", 404, ""},
		"forwarded":                    {"/", "Host: a.localhost\r\nX-Forwarded-Host: b.localhost\r\nForwarded: host=b.localhost\r\nX-Host: b.localhost\r\n", 200, "a.localhost"},
		"forwarded over another":       {"/", "Host: a_b\r\nX-Forwarded-Host: a.localhost\r\n", 421, ""},
		"on a folded line":             {"/", "Host: a.localhost\r\n b.localhost\r\n", 400, ""},
		"with a space before the sign": {"/", "Host : a.localhost\r\n", 400, ""},
	} {
		all := speak(t, address, "GET", "GET "+tt.target+" HTTP/1.1\r\n"+tt.headers+"Connection: close\r\n\r\n")
		if len(all) != 1 {
			t.Errorf("%s: %d answers", name, len(all))
			continue
		}
		// What the server cannot read at all it may call a bad request before anybody looks at the host.
		if r := all[0]; r.StatusCode != tt.want && (tt.want != http.StatusMisdirectedRequest || r.StatusCode != http.StatusBadRequest) || tt.host != "" && r.body != tt.host {
			t.Errorf("%s: %d %q, want %d %q", name, r.StatusCode, r.body, tt.want, tt.host)
		}
	}
}

func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"a.example", "A.Example.:8080", "a@b", "[::1]", "xn--kervan-1.example:1", "\u212a.example", "a:0", "-a", "a\x00", strings.Repeat("a.", 130)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		host, ok := web.ParseHost(raw)
		if !ok {
			if host != "" {
				t.Errorf("%q: refused, and yet %q", raw, host)
			}
			return
		}
		again, ok := web.ParseHost(host)
		if !ok || again != host || len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			t.Errorf("%q became %q, and that %q", raw, host, again)
		}
		if !strings.HasPrefix(strings.ToLower(raw), host) {
			t.Errorf("%q became another host, %q", raw, host)
		}
	})
}

// TestOneRequestIsNeverTwo holds that nobody can hide a request in another one's body, where a proxy reads it differently.
func TestOneRequestIsNeverTwo(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	hidden := "GET /nonce HTTP/1.1\r\nHost: a.localhost\r\n\r\n"
	head := "POST /unread HTTP/1.1\r\nHost: a.localhost\r\n"
	for name, said := range map[string]string{
		"a length and chunks":            head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunks and a length":            head + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n" + hidden,
		"two lengths":                    head + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + hidden,
		"two lengths in one":             head + "Content-Length: 0, 5\r\n\r\n" + hidden,
		"a negative length":              head + "Content-Length: -1\r\n\r\n" + hidden,
		"a length with a sign":           head + "Content-Length: +0\r\n\r\n" + hidden,
		"an unknown encoding":            head + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
		"chunks that are not last":       head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
		"a hidden encoding":              head + "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + hidden,
		"a chunk of no size":             head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + hidden,
		"a length with a space before":   head + "Content-Length : 5\r\n\r\n" + hidden,
		"a version of its own":           strings.Replace(head, "HTTP/1.1", "HTTP/9.9", 1) + "Content-Length: 0\r\n\r\n" + hidden,
		"a carriage return in a header":  head + "X: a\rContent-Length: 0\r\n\r\n" + hidden,
		"a zero byte in a header":        head + "X: a\x00b\r\nContent-Length: 0\r\n\r\n" + hidden,
		"no length, and a body all over": head + "\r\n\r\n\r\nxx" + hidden,
	} {
		all := speak(t, address, "POST", said)
		for i, r := range all {
			if i > 0 && r.StatusCode == http.StatusOK {
				t.Errorf("%s: the hidden request was answered", name)
			}
		}
	}
}

func TestEncodedBodiesAreRefusedUnread(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	for _, encoding := range []string{"gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "gzip, identity", "x", "identity\r\nContent-Encoding: gzip"} {
		r := ask(t, address, "POST", "/form", "a=1", "Content-Type: application/x-www-form-urlencoded", "Content-Encoding: "+encoding)
		if r.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("%q: %d", encoding, r.StatusCode)
		}
	}
	if r := ask(t, address, "POST", "/form", "a=1", "Content-Type: application/x-www-form-urlencoded", "Content-Encoding: identity"); r.StatusCode != http.StatusOK || r.body != "1" {
		t.Errorf("not encoded: %d %s", r.StatusCode, r.body)
	}
}

// TestABodyIsWholeOrNothing holds that what a client did not send is never made up, not even from the words in which the
// server says so.
func TestABodyIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	address := house(t, web.Config{Fail: words})
	for _, length := range []int{1, 9, 14, 20, 100, 9000} {
		all := speak(t, address, "POST", fmt.Sprintf("POST /form HTTP/1.1\r\nHost: a.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", length))
		for _, r := range all {
			if r.StatusCode != http.StatusBadRequest {
				t.Errorf("%d bytes that never came: %d %s", length, r.StatusCode, r.body)
			}
		}
	}
}

// TestWhoSpeaksSlowlyIsCutOff holds that a client cannot keep a connection by sending a byte now and then.
func TestWhoSpeaksSlowlyIsCutOff(t *testing.T) {
	t.Parallel()
	app := web.OpenWith(web.Config{Fail: words}, 300*time.Millisecond, time.Second)
	address := listen(t, app)
	for name, said := range map[string]string{
		"nothing at all": "",
		"half a line":    "GET /",
		"half a head":    "GET / HTTP/1.1\r\nHost: a.localhost\r\nX-Slow: ",
		"half a body":    "POST / HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: 100000\r\n\r\nx",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			started := time.Now()
			if _, err := io.WriteString(conn, said); err != nil {
				t.Fatal(err)
			}
			go func() { // one byte after the other, until the server has hung up
				for tick := time.NewTicker(20 * time.Millisecond); ; {
					<-tick.C
					if _, err := io.WriteString(conn, "x"); err != nil || said == "" {
						return
					}
				}
			}()
			if err := conn.SetReadDeadline(started.Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			told, err := io.ReadAll(conn)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the connection still stands after %s", time.Since(started))
			}
			if len(told) > 0 && !strings.Contains(string(told), "HTTP/1.1 408 ") {
				t.Errorf("was told %q", told)
			}
		})
	}
}
