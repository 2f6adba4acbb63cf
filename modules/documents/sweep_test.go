package documents_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/tenants"
)

// answers lets a question's answer refer to the documents.
func (w *writer) answers(t *testing.T, sheet ids.Sheet, question string, given ...ids.Document) {
	t.Helper()
	value, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	w.h.write(t, w.Scope, func(ctx context.Context, tx *tenants.Tx) error {
		filled, err := w.h.forms.Filled(ctx, tx, sheet)
		if err != nil {
			return err
		}
		_, err = w.h.forms.Save(ctx, tx, forms.Edit{Sheet: sheet, Ref: question, Type: forms.TypeFile, Value: value, Base: filled[sheet].Versions[question]})
		return err
	})
}

// night lets time pass and sweeps.
func (h *house) night(t *testing.T, passed time.Duration) {
	t.Helper()
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE documents SET unused_since = unused_since - make_interval(secs => ?), checked_at = checked_at - make_interval(secs => ?),
			granted_at = granted_at - make_interval(secs => ?)`, passed.Seconds(), passed.Seconds(), passed.Seconds()).Exec(ctx)
		return err
	})
	if err := h.service.Sweep(t.Context(), h.System()); err != nil {
		t.Fatal(err)
	}
}

func (h *house) there(t *testing.T, id ids.Document) bool {
	t.Helper()
	all, err := h.service.Documents(t.Context(), h.System(), []ids.Document{id})
	if err != nil {
		t.Fatal(err)
	}
	_, there := all[id]
	return there
}

func TestWhatNoAnswerRefersToIsRemovedAfterAWeek(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	give := func() ids.Document {
		id, _ := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
		return id
	}
	used, handedIn, replaced, unused, back := give(), give(), give(), give(), give()
	refused, _ := w.upload(t, "statute", "b.pdf", []byte("no PDF"))
	w.answers(t, w.sheet, "letters", used)
	// What was handed in is a copy of the sheet; the sheet itself has another answer by now.
	w.answers(t, w.sheet, "statute", handedIn)
	h.write(t, w.Scope, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := h.forms.Copy(ctx, tx, w.sheet)
		return err
	})
	w.answers(t, w.sheet, "statute", replaced)
	w.answers(t, w.sheet, "statute")

	h.night(t, 0)
	h.night(t, 6*24*time.Hour)
	for _, id := range []ids.Document{used, handedIn, replaced, unused, back, refused} {
		if !h.there(t, id) {
			t.Errorf("%s is gone within a week", id)
		}
	}
	w.answers(t, w.sheet, "statute", back)
	h.night(t, 25*time.Hour)
	for id, want := range map[ids.Document]bool{used: true, handedIn: true, back: true, replaced: false, unused: false, refused: true} {
		if got := h.there(t, id); got != want {
			t.Errorf("%s after a week: %v", id, got)
		}
		if got := w.browser.Get(documents.Href(id)).Status; (got == http.StatusSeeOther) != (want && id != refused) {
			t.Errorf("%s is read with %d", id, got)
		}
	}
	h.night(t, 30*24*time.Hour)
	if h.there(t, refused) {
		t.Error("a refused document is there after a month")
	}
	if got := len(h.keys(t, "")); got != 3 {
		t.Errorf("%d objects are left", got)
	}
	if got := h.audited(t)["document.removed"]; got != 3 {
		t.Errorf("%d removals in the trail", got)
	}
	if findings, err := h.service.Check(t.Context(), h.System()); err != nil || len(findings) != 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

// TestARemovalThatDiedIsEnded leaves a removal as a program that was killed in its middle.
func TestARemovalThatDiedIsEnded(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	id, _ := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE documents SET unused_since = now(), removed_at = now()`).Exec(ctx)
		return err
	})
	if h.there(t, id) {
		t.Error("what is being removed is told of")
	}
	good, err := documents.Fit(t.Context(), h.System().Read(), map[ids.Sheet][]ids.Document{w.sheet: {id}})
	if err != nil || good[id] {
		t.Errorf("it may be handed in: %v, %v", good, err)
	}
	h.night(t, 0)
	if left := h.keys(t, ""); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestTheSweepEndsWhatJobsHaveLeft(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	content := filestest.PDF("x")
	abandoned, arrived := w.grant(t, "statute", "a.pdf", content), w.grant(t, "statute", "b.pdf", content)
	send(t, abandoned, content)
	send(t, arrived, content)
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE documents SET state = 'quarantined' WHERE id = ?`, arrived.Document).Exec(ctx)
		return err
	})
	h.night(t, time.Hour)
	if n := len(h.keys(t, "quarantine/")); n != 2 {
		t.Errorf("after an hour %d are in quarantine", n)
	}
	h.night(t, 90*time.Minute)
	if left := h.keys(t, ""); len(left) != 1 || !strings.Contains(left[0], "/documents/") {
		t.Errorf("left: %v", left)
	}
	id, err := ids.Parse[ids.Document](arrived.Document)
	if err != nil {
		t.Fatal(err)
	}
	if d := h.document(t, id); d.State != documents.Clean {
		t.Errorf("%+v", d)
	}
}

func TestTheSweepComesToEveryNetwork(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	h.Another(t)
	if err := h.Tenants.Do(t.Context(), jobs.Envelope{Name: documents.SweepJob, Payload: json.RawMessage("{}")}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	var unused int
	if err := h.System().Read().NewRaw(`SELECT count(*) FROM documents WHERE unused_since IS NOT NULL`).Scan(t.Context(), &unused); err != nil || unused != 1 {
		t.Errorf("%d documents were looked at, %v", unused, err)
	}
	if err := h.service.Sweep(t.Context(), w.Scope); kind(err) != fault.KindNotFound {
		t.Errorf("a person sweeps: %v", err)
	}
}

func TestCheckFindsContentWithoutARowAndTheReverse(t *testing.T) {
	t.Parallel()
	store := objectstest.Open(t)
	h := open(t, func(c *documents.Config) { c.Objects = store })
	w := h.writer(t)
	content := filestest.PDF("x")
	give := func() ids.Document {
		id, _ := w.upload(t, "statute", "a.pdf", content)
		return id
	}
	check := func() []string {
		t.Helper()
		findings, err := h.service.Check(t.Context(), h.System())
		if err != nil {
			t.Fatal(err)
		}
		return findings
	}
	good, missing, shorter, waiting, foreign := give(), give(), give(), give(), give()
	w.answers(t, w.sheet, "statute", good)
	granted := w.grant(t, "statute", "b.pdf", content)
	send(t, granted, content)
	if got := check(); len(got) != 0 {
		t.Fatalf("in a house in order: %v", got)
	}
	key := func(id ids.Document) string {
		var key string
		if err := h.System().Read().NewRaw(`SELECT key FROM documents WHERE id = ?`, id).Scan(t.Context(), &key); err != nil {
			t.Fatal(err)
		}
		return key
	}
	prefix := "t/" + h.Tenant.ID.String()
	elsewhere := "t/" + ids.New[ids.Tenant]().String() + "/documents/x"
	put := func(key string) {
		if err := store.Put(t.Context(), key, "application/pdf", strings.NewReader("short"), 5); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Delete(t.Context(), key(missing)); err != nil {
		t.Fatal(err)
	}
	put(key(shorter))
	put(prefix + "/documents/nobodys")
	put(prefix + "/quarantine/nobodys-yet")
	put(prefix + "/brand/logo")
	put(elsewhere)
	nowhere := ids.New[ids.Document]()
	w.answers(t, w.sheet, "letters", nowhere)
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewRaw(`UPDATE documents SET key = ? WHERE id = ?`, elsewhere, foreign).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE documents SET state = 'quarantined', sha256 = NULL, granted_at = now() - interval '25 hours' WHERE id = ?`, waiting).Exec(ctx)
		return err
	})
	got := check()
	for _, want := range []string{
		fmt.Sprintf("document %s: its content is missing", missing),
		fmt.Sprintf("document %s: its content has 5 bytes, not %d", shorter, len(content)),
		fmt.Sprintf("document %s: its content lies in another network's place", foreign),
		fmt.Sprintf("document %s: waits for its check since ", waiting),
		fmt.Sprintf("object %s/documents/nobodys: belongs to no document", prefix),
		fmt.Sprintf("sheet %s: the answer to letters refers to document %s, which is not there", w.sheet, nowhere),
	} {
		if !slices.ContainsFunc(got, func(finding string) bool { return strings.HasPrefix(finding, want) }) {
			t.Errorf("not found: %s", want)
		}
	}
	// The content of the foreign one is nobody's now.
	if len(got) != 7 {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
	// Nothing under documents' own keys is ever erased for want of a row.
	if err := h.service.Sweep(t.Context(), h.System()); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(h.keys(t, ""), prefix+"/documents/nobodys") {
		t.Error("content was erased whose row is lost")
	}
	if _, err := h.service.Check(t.Context(), w.Scope); kind(err) != fault.KindNotFound {
		t.Errorf("a person checks: %v", err)
	}
}

// TestNobodySweepsWhereADayGoneByIsPlayed holds that what is granted on a day of a rehearsal is not taken for left behind
// while it is still on its way: the queue's clock is the real one.
func TestNobodySweepsWhereADayGoneByIsPlayed(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	past, err := h.System().AsOf(time.Now().Add(-30 * 24 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	content := filestest.PDF("x")
	granted, err := h.service.Grant(t.Context(), past.As(w.Actor()), w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	id, err := ids.Parse[ids.Document](granted.Document)
	if err != nil {
		t.Fatal(err)
	}
	if d := h.document(t, id); d.State != documents.Granted {
		t.Errorf("it is %s", d.State)
	}
}
