package web_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
)

// edge serves three addresses: one that tells the length of its body, one that takes a file, one that refuses it unread.
func edge(t *testing.T) (address string, handled *atomic.Int64) {
	t.Helper()
	handled = &atomic.Int64{}
	app := web.New(web.Config{Large: func(path string) bool { return path == "/large" || path == "/refused" }})
	app.Post("/plain", func(c *fiber.Ctx) error {
		handled.Add(1)
		return c.SendString(fmt.Sprint(len(c.Body())))
	})
	app.Post("/large", func(c *fiber.Ctx) error {
		handled.Add(1)
		u, err := web.ReadUpload(c, "file")
		if err != nil {
			return err
		}
		if u.File == nil {
			return c.SendString("none " + u.Raw("note"))
		}
		f, err := u.File.Open()
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		n, err := io.Copy(io.Discard, f)
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprintf("%s %d %s", u.File.Filename, n, u.Raw("note")))
	})
	app.Post("/refused", func(*fiber.Ctx) error {
		handled.Add(1)
		return fault.NotFound()
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	return listener.Addr().String(), handled
}

func send(t *testing.T, address, path, mediaType string, body io.Reader) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

func file(t *testing.T, size int) (string, *bytes.Reader) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("note", "ğüş"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "../../etc/Tüzük.pdf")
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, size)
	_, _ = rand.Read(content)
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), bytes.NewReader(body.Bytes())
}

func TestOrdinaryBodiesHaveALimit(t *testing.T) {
	t.Parallel()
	address, handled := edge(t)
	for _, size := range []int{0, 1, 8 << 10, 8<<10 + 1, 300 << 10, web.BodyLimit} {
		if status, told := send(t, address, "/plain", "application/json", bytes.NewReader(make([]byte, size))); status != http.StatusOK || told != fmt.Sprint(size) {
			t.Errorf("%d bytes: %d %s", size, status, told)
		}
	}
	before := handled.Load()
	for name, tt := range map[string]struct {
		body io.Reader
		want int
	}{
		"a byte too many":   {bytes.NewReader(make([]byte, web.BodyLimit+1)), http.StatusRequestEntityTooLarge},
		"of unknown length": {io.MultiReader(strings.NewReader("{}")), http.StatusLengthRequired},
	} {
		// A client may also find the connection closed while it still sends.
		if status, told := send(t, address, "/plain", "application/json", tt.body); status != tt.want && status != 0 {
			t.Errorf("%s: %d %s", name, status, told)
		}
	}
	mediaType, body := file(t, web.BodyLimit)
	if status, told := send(t, address, "/plain", mediaType, body); status != http.StatusRequestEntityTooLarge && status != 0 {
		t.Errorf("a file where none is expected: %d %s", status, told)
	}
	if handled.Load() != before {
		t.Error("a handler saw a body that was too long")
	}
}

func TestFilesComeThroughWhereTheyMay(t *testing.T) {
	t.Parallel()
	address, _ := edge(t)
	for _, size := range []int{1, 8 << 10, web.BodyLimit + 1, 50 << 20} {
		mediaType, body := file(t, size)
		if status, told := send(t, address, "/large", mediaType, body); status != http.StatusOK || told != fmt.Sprintf("Tüzük.pdf %d ğüş", size) {
			t.Errorf("%d bytes: %d %s", size, status, told)
		}
	}
	if status, told := send(t, address, "/large", "application/x-www-form-urlencoded", strings.NewReader("note=x")); status != http.StatusUnsupportedMediaType {
		t.Errorf("no multipart form: %d %s", status, told)
	}
	mediaType, body := file(t, web.LargeLimit)
	if status, told := send(t, address, "/large", mediaType, body); status != http.StatusRequestEntityTooLarge && status != 0 {
		t.Errorf("too large: %d %s", status, told)
	}
	mediaType, body = file(t, 100)
	if status, told := send(t, address, "/large", mediaType, io.LimitReader(body, 50)); status != http.StatusLengthRequired {
		t.Errorf("without a length: %d %s", status, told)
	}
}

// TestARefusedFileDoesNotSpeakNext holds that what a handler leaves unread is never taken for the next request.
func TestARefusedFileDoesNotSpeakNext(t *testing.T) {
	t.Parallel()
	address, handled := edge(t)
	for _, size := range []int{100, 200 << 10, 1 << 20} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		smuggled := "POST /plain HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: 1\r\n\r\nx"
		body := strings.Repeat(smuggled, size/len(smuggled)+1)
		before := handled.Load()
		if _, err := fmt.Fprintf(conn, "POST /refused HTTP/1.1\r\nHost: a.localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil && size < 1<<20 {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		_ = conn.Close()
		if response.StatusCode != http.StatusNotFound || handled.Load() != before+1 {
			t.Errorf("%d bytes: status %d, %d requests were handled", size, response.StatusCode, handled.Load()-before)
		}
	}
}
