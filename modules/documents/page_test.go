package documents_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/tenants"
)

// answer is what the question's answer refers to.
func (w *writer) answer(t *testing.T, question string) []ids.Document {
	t.Helper()
	filled, err := w.h.forms.Filled(t.Context(), w.h.System().Read(), w.sheet)
	if err != nil {
		t.Fatal(err)
	}
	var all []ids.Document
	if raw, there := filled[w.sheet].Answers[question]; there {
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestWithoutAScript(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	b, page, action := w.browser, w.below("documents/new?question=statute"), w.below("documents/new")
	b.Get(page)
	b.Want(http.StatusOK, "Your statute", "As it is registered.", "up to 3.1 MB each", "Back to the form")
	b.SubmitFile(action, "file", "", nil)
	b.Want(http.StatusUnprocessableEntity, "Please choose a document.")
	b.SubmitFile(action, "file", "rapor.exe", []byte("MZ"))
	b.Want(http.StatusUnprocessableEntity, "This kind of document is not accepted here")
	b.SubmitFile(action, "file", "boş.pdf", nil)
	b.Want(http.StatusUnprocessableEntity, "This document is empty.")
	b.SubmitFile(action, "file", "uzun.pdf", make([]byte, 3<<20+1))
	b.Want(http.StatusUnprocessableEntity, "This document is larger than may be sent here.")
	b.SubmitFile(action, "file", "rapor.docx", filestest.PDF("x"))
	b.Want(http.StatusUnprocessableEntity, "The content is not what the name says.")
	if got := w.answer(t, "statute"); got != nil {
		t.Errorf("a refused document became the answer: %v", got)
	}

	b.SubmitFile(action, "file", "Tüzük <script>.PDF", filestest.PDF("one"))
	if b.Page.Path != "/applications/a/sections/papers" {
		t.Errorf("it leads to %s", b.Page.Path)
	}
	first := w.answer(t, "statute")
	b.Get(page)
	b.Want(http.StatusOK, "Tüzük <script>.pdf", "Received, not scanned for viruses", "The new document takes the place of the present one.")
	if len(first) != 1 || strings.Contains(b.Page.Body, "<script>.pdf") || b.Page.Link("Tüzük") != documents.Href(first[0]) {
		t.Errorf("%v", first)
	}
	large := append(filestest.PDF("two"), make([]byte, 2_900_000)...)
	large = append(large, "%%EOF"...)
	b.SubmitFile(action, "file", "ikinci.pdf", large)
	second := w.answer(t, "statute")
	if len(second) != 1 || second[0] == first[0] {
		t.Errorf("%v after %v", second, first)
	}
	if _, got := fetch(t, b, second[0]); !bytes.Equal(got, large) {
		t.Error("what is read is not what was sent")
	}
	if h.changes != 2 {
		t.Errorf("the sheet changed %d times", h.changes)
	}
}

func TestSeveralDocumentsWithoutAScript(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	page, action := w.below("documents/new?question=letters"), w.below("documents/new")
	for n := range 3 {
		w.browser.Get(page)
		w.browser.SubmitFile(action, "file", "mektup.pdf", filestest.PDF("x"))
		if n == 2 {
			w.browser.Want(http.StatusUnprocessableEntity, "No more documents fit here.")
		}
		if got := len(w.answer(t, "letters")); got != min(n+1, 2) {
			t.Errorf("after %d: %d", n+1, got)
		}
	}
}

func TestThePageRefuses(t *testing.T) {
	t.Parallel()
	h := open(t)
	w, other := h.writer(t), h.writer(t)
	for _, path := range []string{
		other.below("documents/new?question=statute"), w.below("documents/new?question=name"), w.below("documents/new"), w.below("documents/new?question=calendar"),
		"/sheets/" + ids.New[ids.Sheet]().String() + "/documents/new?question=statute", "/sheets/7/documents/new?question=statute",
	} {
		if got := w.browser.Get(path).Status; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
	w.browser.Get(w.below("documents/new?question=statute"))
	w.browser.SubmitFile(w.below("documents/new"), "file", "a.pdf", filestest.PDF("x"), "_csrf", "forged")
	w.browser.Want(http.StatusUnprocessableEntity, "This form was open for too long")
	w.browser.Get(w.below("documents/new?question=statute"))
	w.browser.SubmitFile(w.below("documents/new"), "file", "a.pdf", filestest.PDF("x"), "question", "name")
	w.browser.Want(http.StatusNotFound)
	h.set(func() { h.closed[w.sheet] = fault.TooLate("fault.stale") })
	if _, err := h.service.Receive(t.Context(), w.Scope, w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: 3}, strings.NewReader("abc")); kind(err) != fault.KindTooLate {
		t.Errorf("too late: %v", err)
	}
	if left := h.keys(t, ""); len(left) != 0 {
		t.Errorf("kept: %v", left)
	}
}

// TestAnAnswerThatChangedMeanwhileIsNotLost gives a second letter while a first arrives.
func TestAnAnswerThatChangedMeanwhileIsNotLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	one, _ := w.upload(t, "letters", "a.pdf", filestest.PDF("x"))
	h.write(t, w.Scope, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := h.forms.Save(ctx, tx, forms.Edit{Sheet: w.sheet, Ref: "letters", Type: forms.TypeFile, Value: json.RawMessage(`["` + one.String() + `"]`), By: w.Actor().Person})
		return err
	})
	d, err := h.service.Receive(t.Context(), w.Scope, w.sheet, forms.Asked{Question: "letters", Name: "b.pdf", Size: int64(len(filestest.PDF("y")))}, bytes.NewReader(filestest.PDF("y")))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.answer(t, "letters"); len(got) != 2 || got[0] != one || got[1] != d.ID {
		t.Errorf("%v", got)
	}
}
