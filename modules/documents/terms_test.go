package documents_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/tenants"
)

func (a *around) Takes(_ context.Context, tx *tenants.Tx, condition ids.Condition) (documents.Taking, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	taking, known := a.taken[condition]
	if !known || !slices.Contains(tx.Scope().Actor().OrganizationsAs(), taking.Organization) {
		return documents.Taking{}, fault.NotFound()
	}
	return taking, nil
}

func (a *around) Shown(context.Context, tenants.Scope, map[ids.Document]ids.Condition) (map[ids.Document]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.shown), nil
}

func (a *around) Handed(context.Context, bun.IDB, []ids.Document) (map[ids.Document]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.handed), nil
}

// due is a condition for which the writer's organization has to give a document.
func (h *house) due(t *testing.T, w *writer) ids.Condition {
	t.Helper()
	condition, application, call := ids.New[ids.Condition](), ids.New[ids.Application](), ids.New[ids.Call]()
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewRaw(`INSERT INTO decision_lists (call_id, places) VALUES (?, 1)`, call).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO place_conditions (id, application_id, call_id, words, days, document, kinds, set_at, set_by) VALUES (?, ?, ?, 'A resolution.', 30, 'Resolution', '{pdf}', now(), ?)`,
			condition, application, call, w.Actor().Person).Exec(ctx)
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = map[ids.Condition]documents.Taking{condition: {Application: application, Organization: w.organization, Files: forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1 << 20}}}
	h.shown, h.handed = map[ids.Document]bool{}, map[ids.Document]bool{}
	return condition
}

// among are the identifiers that entries of the trail about a document say they are about as well, by action.
func (h *house) among(t *testing.T, id ids.Document) map[string]string {
	t.Helper()
	var rows []struct{ Action, Among string }
	if err := h.System().Read().NewRaw(`SELECT action, coalesce(detail ->> 'among', '') AS among FROM audit_entries WHERE subject_id = ?`, id.String()).Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range rows {
		all[r.Action] = r.Among
	}
	return all
}

func (h *house) receive(sc tenants.Scope, t *testing.T, condition ids.Condition, name string, content []byte) (documents.Document, error) {
	t.Helper()
	return h.service.ReceiveFor(t.Context(), sc, condition, forms.Asked{Name: name, Size: int64(len(content))}, bytes.NewReader(content))
}

func TestADocumentForAConditionIsCheckedAsAnAnswerIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	w, other := h.writer(t), h.writer(t)
	condition := h.due(t, w)
	for name, tt := range map[string]struct {
		sc      tenants.Scope
		file    string
		content []byte
		kind    fault.Kind
	}{
		"a kind that is not taken": {w.Scope, "karar.docx", filestest.DOCX(t), fault.KindInvalid},
		"an empty one":             {w.Scope, "karar.pdf", nil, fault.KindInvalid},
		"a large one":              {w.Scope, "karar.pdf", make([]byte, 1<<20+1), fault.KindInvalid},
		"of another organization":  {other.Scope, "karar.pdf", filestest.PDF("x"), fault.KindNotFound},
		"of the team":              {h.System(), "karar.pdf", filestest.PDF("x"), fault.KindNotFound},
		"of a visitor":             {h.Visitor(), "karar.pdf", filestest.PDF("x"), fault.KindUnauthenticated},
	} {
		if _, err := h.receive(tt.sc, t, condition, tt.file, tt.content); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d, err := h.receive(w.Scope, t, condition, "karar.pdf", filestest.DOCX(t)); err != nil || d.State != documents.Refused || d.Why() != "documents.reason.mismatch" {
		t.Errorf("what is not what it says is %s, %v", d.State, err)
	}
	content := filestest.PDF("Karar")
	d, err := h.receive(w.Scope, t, condition, "karar.pdf", content)
	if err != nil || d.State != documents.Clean || d.Condition != condition || d.Organization != w.organization || !d.Sheet.IsZero() {
		t.Fatalf("%+v, %v", d, err)
	}
	w.browser.Get(documents.Href(d.ID))
	w.browser.Want(http.StatusNotFound)
	h.mu.Lock()
	h.shown[d.ID] = true
	h.mu.Unlock()
	if _, got := fetch(t, w.browser, d.ID); !bytes.Equal(got, content) {
		t.Error("what is read is not what was checked")
	}
	application := h.taken[condition].Application.String()
	coordinator := h.SignedIn(t, h.As(t, tenants.Grant{Role: tenants.RoleCoordinator}).Actor())
	coordinator.Get(documents.Href(d.ID))
	if got := h.among(t, d.ID); len(got) != 2 || !strings.Contains(got["document.received"], application) || !strings.Contains(got["document.opened"], application) {
		t.Errorf("the trail is not about the application: %v", got)
	}
	is := func(when string, condition ids.Condition, want bool) {
		h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
			if there, err := documents.Arrived(ctx, tx, condition, d.ID); err != nil || there != want {
				t.Errorf("%s: %t, %v", when, there, err)
			}
			return nil
		})
	}
	is("for its condition", condition, true)
	is("for another", ids.New[ids.Condition](), false)
	if fit, err := documents.Fit(t.Context(), h.System().Read(), map[ids.Sheet][]ids.Document{w.sheet: {d.ID}, {}: {d.ID}}); err != nil || fit[d.ID] {
		t.Errorf("it can be an answer as well: %v, %v", fit, err)
	}
}

func TestADocumentThatWasNotHandedInForItsConditionIsRemovedAfterAWeek(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	condition := h.due(t, w)
	var given []ids.Document
	for range 2 {
		d, err := h.receive(w.Scope, t, condition, "karar.pdf", filestest.PDF("x"))
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, d.ID)
	}
	h.mu.Lock()
	h.shown[given[0]], h.shown[given[1]], h.handed[given[0]] = true, true, true
	h.mu.Unlock()
	h.night(t, 0)
	h.night(t, 8*24*time.Hour)
	if !h.there(t, given[0]) || h.there(t, given[1]) {
		t.Errorf("handed in: %t, not handed in: %t", h.there(t, given[0]), h.there(t, given[1]))
	}
	h.mu.Lock()
	h.handed = map[ids.Document]bool{}
	h.mu.Unlock()
	h.night(t, 0)
	h.night(t, 8*24*time.Hour)
	if h.there(t, given[0]) || len(h.keys(t, "")) != 0 {
		t.Errorf("what was let go stays: %v", h.keys(t, ""))
	}
}
