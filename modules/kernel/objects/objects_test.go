package objects_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/web"
)

func TestMain(m *testing.M) {
	code := m.Run()
	objectstest.Close()
	os.Exit(code)
}

// post sends a form as a browser does and returns the status.
func post(t *testing.T, address string, fields map[string]string, content []byte) int {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "any name.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func ask(t *testing.T, method, address string) (int, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header
}

func read(t *testing.T, s *objects.Store, key string) []byte {
	t.Helper()
	o, found, err := s.Find(t.Context(), key)
	if err != nil || !found {
		t.Fatalf("%s: %v, %v", key, found, err)
	}
	body, err := s.Get(t.Context(), o, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, s *objects.Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, "text/plain", strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

func TestAFormTakesExactlyWhatItWasSignedFor(t *testing.T) {
	t.Parallel()
	s := objectstest.Open(t)
	content := []byte("%PDF-1.7 content")
	until := time.Now().Add(5 * time.Minute)
	form, err := s.Form(t.Context(), "t/1/quarantine/k", "application/pdf", int64(len(content)), until)
	if err != nil {
		t.Fatal(err)
	}
	past, err := s.Form(t.Context(), "t/1/quarantine/k", "application/pdf", int64(len(content)), time.Now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	other := func(name, value string) map[string]string {
		fields := maps.Clone(form.Fields)
		fields[name] = value
		return fields
	}
	without := func(name string) map[string]string {
		fields := maps.Clone(form.Fields)
		delete(fields, name)
		return fields
	}
	signature := form.Fields["x-amz-signature"]
	flipped := "0" + signature[1:]
	if flipped == signature {
		flipped = "1" + signature[1:]
	}
	for name, tt := range map[string]struct {
		fields  map[string]string
		content []byte
	}{
		"one byte more":      {form.Fields, append([]byte("x"), content...)},
		"one byte less":      {form.Fields, content[1:]},
		"much more":          {form.Fields, make([]byte, 3<<20)},
		"nothing":            {form.Fields, nil},
		"another type":       {other("Content-Type", "text/html"), content},
		"no type":            {without("Content-Type"), content},
		"another key":        {other("key", "t/2/quarantine/k"), content},
		"a longer key":       {other("key", "t/1/quarantine/k2"), content},
		"a field more":       {other("acl", "public-read"), content},
		"metadata":           {other("x-amz-meta-a", "b"), content},
		"tampered signature": {other("x-amz-signature", flipped), content},
		"no signature":       {without("x-amz-signature"), content},
		"no policy":          {without("policy"), content},
		"another policy":     {other("policy", past.Fields["policy"]), content},
		"an expired form":    {past.Fields, content},
	} {
		if got := post(t, form.URL, tt.fields, tt.content); got < 400 || got >= 500 {
			t.Errorf("%s: status %d", name, got)
		}
	}
	if _, found, err := s.Find(t.Context(), "t/1/quarantine/k"); err != nil || found {
		t.Fatalf("something was stored: %v, %v", found, err)
	}
	if got := post(t, form.URL, form.Fields, content); got != http.StatusNoContent {
		t.Fatalf("the form as it is: status %d", got)
	}
	o, found, err := s.Find(t.Context(), "t/1/quarantine/k")
	if err != nil || !found || o.Size != int64(len(content)) || o.Type != "application/pdf" || o.Tag == "" {
		t.Errorf("stored: %+v, %v, %v", o, found, err)
	}
}

func TestALinkIsAnAttachmentForAMoment(t *testing.T) {
	t.Parallel()
	s := objectstest.Open(t)
	put(t, s, "k", "<script>alert(1)</script>")
	name := "Satzung – İmzalı Tüzük (ş).pdf"
	link, err := s.Link(t.Context(), "k", "application/pdf", web.Attachment(name), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(link, "X-Amz-Expires=60&") || !strings.HasPrefix(link, s.Origin()+"/") {
		t.Errorf("link: %s", link)
	}
	status, header := ask(t, http.MethodGet, link)
	if status != http.StatusOK || header.Get("Content-Type") != "application/pdf" || header.Get("Content-Disposition") != web.Attachment(name) ||
		header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("status %d, %v", status, header)
	}
	if _, err := s.Link(t.Context(), "k", "text/html", "inline", time.Second); err == nil {
		t.Error("a link that opens in the browser was signed")
	}
	for what, tampered := range map[string]string{
		"another key":       strings.Replace(link, "/k?", "/j?", 1),
		"a longer life":     strings.Replace(link, "X-Amz-Expires=60", "X-Amz-Expires=6000", 1),
		"another type":      strings.Replace(link, "application%2Fpdf", "text%2Fhtml", 1),
		"inline":            strings.Replace(link, "attachment", "inline", 1),
		"without signature": link[:strings.Index(link, "X-Amz-Signature")],
		"nothing signed":    link[:strings.Index(link, "?")],
	} {
		if got, _ := ask(t, http.MethodGet, tampered); got != http.StatusForbidden && got != http.StatusBadRequest && got != http.StatusNotFound {
			t.Errorf("%s: status %d", what, got)
		}
	}
	short, err := s.Link(t.Context(), "k", "application/pdf", "attachment", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(10 * time.Second)
	for {
		if status, _ := ask(t, http.MethodGet, short); status == http.StatusForbidden {
			break
		}
		select {
		case <-limit:
			t.Fatal("a link of one second still leads somewhere after ten")
		case <-ticker.C:
		}
	}
}

func TestNobodyGetsInWithoutASignature(t *testing.T) {
	t.Parallel()
	c := objectstest.Config(t)
	s := objectstest.Prepared(t, c)
	put(t, s, "secret", "secret")
	bucket := c.Endpoint + "/" + c.Bucket
	for method, addresses := range map[string][]string{
		http.MethodGet:    {bucket + "/secret", bucket, bucket + "?list-type=2", bucket + "?versions", bucket + "?cors", c.Endpoint + "/"},
		http.MethodHead:   {bucket + "/secret"},
		http.MethodPut:    {bucket + "/planted", bucket + "?acl"},
		http.MethodDelete: {bucket + "/secret", bucket},
	} {
		for _, address := range addresses {
			if got, _ := ask(t, method, address); got != http.StatusForbidden {
				t.Errorf("%s %s: status %d", method, address, got)
			}
		}
	}
	if got := string(read(t, s, "secret")); got != "secret" {
		t.Errorf("afterwards it is %q", got)
	}
}

func TestOnlyTheOriginsPagesMayPost(t *testing.T) {
	t.Parallel()
	c := objectstest.Config(t)
	objectstest.Prepared(t, c, "http://*.kervan.localhost:8080")
	for origin, want := range map[string]string{
		"http://elbe.kervan.localhost:8080": "http://elbe.kervan.localhost:8080",
		"http://kervan.localhost:8080":      "",
		"http://elbe.kervan.localhost":      "",
		"https://evil.example":              "",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, c.Endpoint+"/"+c.Bucket+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", origin)
		request.Header.Set("Access-Control-Request-Method", http.MethodPost)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed %q, status %d", origin, got, response.StatusCode)
		}
	}
}

func TestACopyHasTheContentThatWasLookedAt(t *testing.T) {
	t.Parallel()
	s := objectstest.Open(t)
	put(t, s, "in", "harmless")
	seen, _, err := s.Find(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(t.Context(), seen, "out", "application/pdf"); err != nil {
		t.Fatal(err)
	}
	put(t, s, "in", "harmful!")
	if got := string(read(t, s, "out")); got != "harmless" {
		t.Errorf("the copy became %q", got)
	}
	if o, _, err := s.Find(t.Context(), "out"); err != nil || o.Type != "application/pdf" {
		t.Errorf("%+v, %v", o, err)
	}
	if err := s.Copy(t.Context(), seen, "out", "application/pdf"); !errors.Is(err, objects.ErrChanged) {
		t.Errorf("a copy of what was replaced: %v", err)
	}
	if _, err := s.Get(t.Context(), seen, 0, 0); !errors.Is(err, objects.ErrChanged) {
		t.Errorf("reading what was replaced: %v", err)
	}
	if err := s.Delete(t.Context(), "in"); err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(t.Context(), seen, "out", "application/pdf"); !errors.Is(err, objects.ErrChanged) {
		t.Errorf("a copy of what is gone: %v", err)
	}
	if got := string(read(t, s, "out")); got != "harmless" {
		t.Errorf("the copy became %q", got)
	}
}

func TestPartsListsAndLargeObjects(t *testing.T) {
	t.Parallel()
	s := objectstest.Open(t)
	large := make([]byte, 40<<20)
	_, _ = rand.Read(large)
	if err := s.Put(t.Context(), "a/large", "application/pdf", bytes.NewReader(large), int64(len(large))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, s, "a/large"), large) {
		t.Error("it came back different")
	}
	o, _, err := s.Find(t.Context(), "a/large")
	if err != nil {
		t.Fatal(err)
	}
	part, err := s.Get(t.Context(), o, 1000, 24)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = part.Close() }()
	if b, err := io.ReadAll(part); err != nil || !bytes.Equal(b, large[1000:1024]) {
		t.Errorf("a part: %d bytes, %v", len(b), err)
	}
	for _, key := range []string{"a/1", "a/2", "ab", "b/1"} {
		put(t, s, key, key)
	}
	var keys []string
	for o, err := range s.List(t.Context(), "a/") {
		if err != nil {
			t.Fatal(err)
		}
		if o.Size == 0 || time.Since(o.Modified) > time.Hour {
			t.Errorf("%+v", o)
		}
		keys = append(keys, o.Key)
	}
	if got := strings.Join(keys, " "); got != "a/1 a/2 a/large" {
		t.Errorf("listed %s", got)
	}
}

func TestWhatIsDeletedLeavesNoVersion(t *testing.T) {
	t.Parallel()
	s := objectstest.Open(t)
	put(t, s, "k", "one")
	put(t, s, "k", "two")
	put(t, s, "k2", "neighbour")
	for range 2 {
		if err := s.Delete(t.Context(), "k", "never"); err != nil {
			t.Fatal(err)
		}
	}
	if _, found, err := s.Find(t.Context(), "k"); err != nil || found {
		t.Errorf("found %v, %v", found, err)
	}
	if versions := s.Versions(t); len(versions) != 1 || versions[0] != "k2" {
		t.Errorf("left in the bucket: %v", versions)
	}
}

func TestAStoreThatIsDownIsUnavailable(t *testing.T) {
	t.Parallel()
	own := objectstest.Own(t)
	s := objectstest.Prepared(t, own.Config())
	put(t, s, "kept", "kept")
	if err := s.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen, _, err := s.Find(t.Context(), "kept")
	if err != nil {
		t.Fatal(err)
	}
	own.Begin()
	for name, try := range map[string]func(ctx context.Context) error{
		"health": s.Health,
		"find":   func(ctx context.Context) error { _, _, err := s.Find(ctx, "kept"); return err },
		"get":    func(ctx context.Context) error { _, err := s.Get(ctx, seen, 0, 0); return err },
		"put":    func(ctx context.Context) error { return s.Put(ctx, "k", "text/plain", strings.NewReader("x"), 1) },
		"copy":   func(ctx context.Context) error { return s.Copy(ctx, seen, "k", "text/plain") },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, "kept") },
		"list": func(ctx context.Context) error {
			for _, err := range s.List(ctx, "") {
				return err
			}
			return nil
		},
		"prepare": func(ctx context.Context) error { return s.Prepare(ctx, "http://*.localhost") },
	} {
		started := time.Now()
		if err := try(t.Context()); !fault.Is(err, fault.KindUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("%s took %s to fail", name, took)
		}
	}
	if _, err := s.Form(t.Context(), "k", "text/plain", 1, time.Now().Add(time.Minute)); err != nil {
		t.Errorf("signing needs no server: %v", err)
	}
	own.End()
	if got := string(read(t, s, "kept")); got != "kept" {
		t.Errorf("after the outage: %q", got)
	}
	if err := s.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestHealthAsksForThisBucket(t *testing.T) {
	t.Parallel()
	s, err := objects.Open(objectstest.Config(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Health(t.Context()); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("without a bucket: %v", err)
	}
	wrong := objectstest.Config(t)
	wrong.SecretKey = "another secret"
	if s, err = objects.Open(wrong); err != nil {
		t.Fatal(err)
	}
	if err := s.Health(t.Context()); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("with a wrong key: %v", err)
	}
}

func TestOpenRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	good := objects.Config{Endpoint: "https://s3.example.org", Region: "r", Bucket: "bucket", AccessKey: "a", SecretKey: "s"}
	s, err := objects.Open(good)
	if err != nil || s.Origin() != "https://s3.example.org" {
		t.Errorf("%v", err)
	}
	for name, change := range map[string]func(c *objects.Config){
		"no scheme": func(c *objects.Config) { c.Endpoint = "s3.example.org" },
		"a path":    func(c *objects.Config) { c.PublicEndpoint = "https://s3.example.org/bucket" },
		"no bucket": func(c *objects.Config) { c.Bucket = "" },
		"no region": func(c *objects.Config) { c.Region = "" },
	} {
		c := good
		change(&c)
		if _, err := objects.Open(c); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
	amazon := good
	amazon.Endpoint, amazon.Region = "https://s3.eu-central-1.amazonaws.com", "eu-central-1"
	if s, err = objects.Open(amazon); err != nil || s.Origin() != "https://bucket.s3.dualstack.eu-central-1.amazonaws.com" && s.Origin() != "https://bucket.s3.eu-central-1.amazonaws.com" {
		t.Errorf("%s, %v", s.Origin(), err)
	}
}
