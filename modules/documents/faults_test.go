package documents_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/antivirus"
	"kervan/modules/kernel/antivirus/antivirustest"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/tenants"
)

func TestWhenTheStoreIsDown(t *testing.T) {
	t.Parallel()
	outage := objectstest.Own(t)
	h := open(t, func(c *documents.Config) { c.Objects = objectstest.Prepared(t, outage.Config()) })
	w := h.writer(t)
	content := filestest.PDF("x")
	kept, _ := w.upload(t, "statute", "a.pdf", content)
	waiting := w.grant(t, "statute", "b.pdf", content)
	send(t, waiting, content)
	outage.Begin()

	page := w.browser.PostJSON(w.below("documents"), forms.Asked{Question: "statute", Name: "c.pdf", Size: 10})
	if page.Status != http.StatusServiceUnavailable || !has(page.Body, "Your answers are saved; only documents have to wait") {
		t.Errorf("a grant: %d %s", page.Status, page.Body)
	}
	page = w.browser.PostJSON(w.below("documents/"+waiting.Document+"/finalization"), struct{}{})
	if page.Status != http.StatusServiceUnavailable || !has(page.Body, "only documents have to wait") {
		t.Errorf("a finalization: %d %s", page.Status, page.Body)
	}
	w.browser.Get(documents.Href(kept))
	w.browser.Want(http.StatusServiceUnavailable, "only documents have to wait")
	w.browser.Get(w.below("documents/new?question=statute"))
	w.browser.Want(http.StatusOK, "Your statute")
	w.browser.SubmitFile(w.below("documents/new"), "file", "d.pdf", content)
	w.browser.Want(http.StatusServiceUnavailable, "only documents have to wait", "Your statute")
	w.browser.Get("/desk")

	outage.End()
	if status, received := w.finalize(t, waiting.Document); status != http.StatusOK || received.State != "not_scanned" {
		t.Errorf("after the outage: %d, %+v", status, received)
	}
	if _, got := fetch(t, w.browser, kept); !bytes.Equal(got, content) {
		t.Error("what was kept has changed")
	}
}

// swept is a scanner that can be away.
type swept struct {
	mu      sync.Mutex
	address string
}

func (s *swept) Scan(ctx context.Context, file io.Reader) (string, error) {
	s.mu.Lock()
	address := s.address
	s.mu.Unlock()
	if address == "" {
		return "", errors.New("away")
	}
	clam, err := antivirus.New(address)
	if err != nil {
		return "", err
	}
	return clam.Scan(ctx, file)
}

func (s *swept) comes(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = address
}

// later runs the job that ends the check of a document, as the queue does when its time has come.
func (h *house) later(t *testing.T, id ids.Document) error {
	t.Helper()
	return h.Tenants.Do(t.Context(), jobs.Envelope{Name: "documents.check", Room: h.Tenant.ID.String(), Payload: []byte(`{"document":"` + id.String() + `"}`)})
}

func TestTheScannersWord(t *testing.T) {
	t.Parallel()
	scanner := &swept{address: antivirustest.Serve(t, "tcp", "127.0.0.1:0")}
	h := open(t, func(c *documents.Config) { c.Scanner = scanner })
	w := h.writer(t)
	id, received := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	if received.State != "clean" || received.Text != "Checked" || !h.document(t, id).Scanned {
		t.Errorf("%+v", received)
	}
	ill := filestest.DOCX(t, filestest.Part{Name: "docProps/x.txt", Content: string(filestest.Virus()), Stored: true})
	id, received = w.upload(t, "statute", "b.docx", ill)
	if received.State != "refused" || !strings.Contains(received.Text, "The virus scanner has found something") {
		t.Errorf("%+v", received)
	}
	if d := h.document(t, id); d.Reason != "virus" || d.Readable() {
		t.Errorf("%+v", d)
	}
}

func TestWhileTheScannerIsAwayDocumentsWait(t *testing.T) {
	t.Parallel()
	scanner := &swept{}
	h := open(t, func(c *documents.Config) { c.Scanner = scanner })
	w := h.writer(t)
	good, received := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	if received.State != "checking" || received.Text != "Being checked" {
		t.Errorf("%+v", received)
	}
	ill, _ := w.upload(t, "statute", "b.docx", filestest.DOCX(t, filestest.Part{Name: "docProps/x.txt", Content: string(filestest.Virus()), Stored: true}))
	if got := w.browser.Get(documents.Href(good)).Status; got != http.StatusNotFound {
		t.Errorf("it is read before it was checked: %d", got)
	}
	if err := h.later(t, good); err == nil {
		t.Error("the job does not want to be tried again")
	}
	scanner.comes(antivirustest.Serve(t, "tcp", "127.0.0.1:0"))
	for _, id := range []ids.Document{good, ill, good} {
		if err := h.later(t, id); err != nil {
			t.Error(err)
		}
	}
	if d := h.document(t, good); d.State != documents.Clean || !d.Scanned {
		t.Errorf("%+v", d)
	}
	if d := h.document(t, ill); d.State != documents.Refused {
		t.Errorf("%+v", d)
	}
	// Nobody waited any more, so whoever sent it is told.
	h.Jobs(t)
	if len(h.news) != 1 || h.news[0].Person != w.Actor().Person || h.news[0].Key != "documents.notify.refused" || h.news[0].Args["Document"] != "b.docx" {
		t.Errorf("%+v", h.news)
	}
}

// TestACheckThatDiedIsTakenUpAgain leaves a document as a program that was killed in the middle of its check.
func TestACheckThatDiedIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	scanner := &swept{}
	h := open(t, func(c *documents.Config) { c.Scanner = scanner })
	w := h.writer(t)
	id, _ := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	set := func(until string) {
		h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw(`UPDATE documents SET state = 'checking', checking_until = now() + ?::interval WHERE id = ?`, until, id).Exec(ctx)
			return err
		})
	}
	scanner.comes(antivirustest.Serve(t, "tcp", "127.0.0.1:0"))
	set("1 minute")
	if err := h.later(t, id); err == nil || h.document(t, id).State != documents.Checking {
		t.Errorf("while somebody else is at it: %v", err)
	}
	set("-1 second")
	if err := h.later(t, id); err != nil || h.document(t, id).State != documents.Clean {
		t.Errorf("when their time is over: %v", err)
	}
}

func TestJobsAreTheSystemsAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	id, _ := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	for name, do := range map[string]func() error{
		"check":  func() error { return h.service.CheckLater(t.Context(), w.Scope, id) },
		"settle": func() error { return h.service.Settle(t.Context(), w.Scope, id) },
	} {
		if err := do(); kind(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
