package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/web"
)

// following serves a state that changes all the time under /NAME to that person, and one under /broken/NAME that panics when it is
// asked for again.
func following(t *testing.T) (follow func(path string) (status int, stream io.ReadCloser)) {
	t.Helper()
	var streams web.Streams
	var asked atomic.Int64
	app := web.New(web.Config{})
	alive := func(context.Context) error { return nil }
	app.Get("/broken/:who", func(c *fiber.Ctx) error {
		first := true
		return streams.Tidings(c, c.Params("who"), time.Millisecond, func(context.Context) (string, error) {
			if first {
				first = false
				return "x", nil
			}
			panic("nobody catches this")
		}, alive)
	})
	app.Get("/:who", func(c *fiber.Ctx) error {
		return streams.Tidings(c, c.Params("who"), time.Millisecond, func(context.Context) (string, error) { return strconv.FormatInt(asked.Add(1), 10), nil }, alive)
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	return func(path string) (int, io.ReadCloser) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/event-stream")
		response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		return response.StatusCode, response.Body
	}
}

// TestAPanicEndsOneStream and not the server; the stream is not counted any more.
func TestAPanicEndsOneStream(t *testing.T) {
	t.Parallel()
	follow := following(t)
	for range web.MaxStreams + 1 {
		status, stream := follow("/broken/defne")
		if _, err := io.Copy(io.Discard, stream); err != nil || status != http.StatusOK {
			t.Fatalf("%d, %v", status, err)
		}
	}
}

func TestOnePersonHasFewStreams(t *testing.T) {
	t.Parallel()
	follow := following(t)
	var open []io.Closer
	for range web.MaxStreams {
		status, stream := follow("/defne")
		if _, err := bufio.NewReader(stream).ReadString('\n'); err != nil || status != http.StatusOK {
			t.Fatalf("%d, %v", status, err)
		}
		open = append(open, stream)
	}
	status := func(path string) int {
		got, stream := follow(path)
		_ = stream.Close()
		return got
	}
	if got := status("/defne"); got != http.StatusTooManyRequests {
		t.Errorf("one too many is answered with %d", got)
	}
	if got := status("/otto"); got != http.StatusOK {
		t.Errorf("somebody else is answered with %d", got)
	}
	_ = open[0].Close()
	for status("/defne") != http.StatusOK {
		t.Log("not noticed yet")
	}
}
