package forms_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// stand serves the default form's sheets, one per scope, the way an application will: over the real service.
type stand struct {
	*desk
	t      *testing.T
	server *httptest.Server
	sheets map[forms.Scope]forms.Sheet

	listed book // organizations of the network

	down, signedOut, full atomic.Bool
	mu                    sync.Mutex
	others                []forms.Other
}

func serve(t *testing.T) *stand {
	t.Helper()
	return serving(t, blueprints.Default().Form)
}

// serving serves the sheets of any form.
func serving(t *testing.T, d forms.Definition) *stand {
	t.Helper()
	s := &stand{desk: open(t), t: t, sheets: map[forms.Scope]forms.Sheet{}}
	s.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := s.forms.Create(ctx, tx, "Application")
		if err != nil {
			return err
		}
		if s.version, err = s.forms.Publish(ctx, tx, form, d); err != nil {
			return err
		}
		for _, scope := range []forms.Scope{forms.ScopePart, forms.ScopeJoint} {
			if s.sheets[scope], err = s.forms.NewSheet(ctx, tx, s.version.ID, scope); err != nil {
				return err
			}
		}
		return nil
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		f, ok := ui.Read(r.PathValue("name"), "")
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", f.Type)
		_, _ = w.Write(f.Body)
	})
	mux.HandleFunc("GET /brand.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = w.Write([]byte(ui.BrandCSS(ui.Brand{})))
	})
	mux.HandleFunc("GET /preview/{scope}", s.preview)
	mux.HandleFunc("GET /places", s.places)
	mux.HandleFunc("GET /form/{section}", s.page)
	mux.HandleFunc("PUT /save/{scope}/{ref}", s.put)
	mux.HandleFunc("GET /directory/suggestions", func(w http.ResponseWriter, r *http.Request) {
		found := ui.Suggestions{Items: []ui.Suggestion{}, Said: "found"}
		for id, name := range s.listed {
			if strings.Contains(i18n.SearchKey(name), i18n.SearchKey(r.URL.Query().Get("q"))) {
				found.Items = append(found.Items, ui.Suggestion{Value: id.String(), Text: name, Note: "Muğla"})
			}
		}
		s.answer(w, http.StatusOK, found)
	})
	mux.HandleFunc("POST /presence", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.answer(w, http.StatusOK, forms.Presence{Others: s.others})
	})
	mux.HandleFunc("POST /upload", func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, http.StatusOK, forms.Granted{URL: s.server.URL + "/store", Fields: map[string]string{"key": "k"}, Document: ids.New[ids.Document]().String()})
	})
	mux.HandleFunc("POST /store", func(w http.ResponseWriter, r *http.Request) {
		file, _, err := r.FormFile("file")
		if s.full.Load() || err != nil || r.FormValue("key") != "k" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_ = file.Close()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /upload/{document}/finalization", func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, http.StatusOK, forms.Received{State: "clean", Text: "Checked"})
	})
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

func (s *stand) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *stand) frame(r *http.Request, title string) ui.Page {
	l := i18n.Negotiate(r.Header.Get("Accept-Language"), i18n.All)
	return ui.Page{Loc: localizer(s.t, l), Title: title, CSRF: "token", Brand: ui.Brand{Name: "Ihlamur"}, Path: r.URL.Path}
}

func (s *stand) show(w http.ResponseWriter, r *http.Request, p ui.Page, body templ.Component) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'")
	head := templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		if err := ui.PageHead(p.Title, "").Render(ctx, out); err != nil {
			return err
		}
		return body.Render(ctx, out)
	})
	_ = ui.Shell(p).Render(templ.WithChildren(r.Context(), head), w)
}

func (s *stand) preview(w http.ResponseWriter, r *http.Request) {
	p := s.frame(r, "Preview")
	s.show(w, r, p, forms.Preview(p, s.version.Definition, forms.Scope(r.PathValue("scope"))))
}

func (s *stand) page(w http.ResponseWriter, r *http.Request) {
	section, ok := s.version.Definition.Section(r.PathValue("section"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	sheet := s.sheets[section.Scope]
	all, err := s.forms.Filled(r.Context(), s.sc.Read(), sheet.ID)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p := s.frame(r, section.Title.String(i18n.Negotiate(r.Header.Get("Accept-Language"), i18n.All)))
	fields := forms.Fields(p, forms.Editing{
		Definition: s.version.Definition, Section: section, Sheet: sheet, Filled: all[sheet.ID],
		Addresses: forms.Addresses{Save: "/save/" + string(section.Scope), Presence: "/presence", Upload: "/upload", Page: "/documents", SignIn: "/sign-in", Directory: "/directory/suggestions"},
	})
	s.show(w, r, p, templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		return ui.Form(p, r.URL.Path).Render(templ.WithChildren(ctx, fields), out)
	}))
}

func (s *stand) put(w http.ResponseWriter, r *http.Request) {
	if s.down.Load() {
		panic(http.ErrAbortHandler) // the connection is cut
	}
	if s.signedOut.Load() {
		s.answer(w, http.StatusUnauthorized, map[string]string{})
		return
	}
	var sent forms.Sent
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || r.Header.Get("X-CSRF-Token") != "token" {
		s.answer(w, http.StatusUnprocessableEntity, map[string]string{"detail": "bad"})
		return
	}
	loc := s.frame(r, "").Loc
	var saved forms.Saved
	var bad []fault.Field
	err := s.sc.Write(r.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		saved, bad, err = s.forms.SaveTyped(ctx, tx, loc, s.sheets[forms.Scope(r.PathValue("scope"))].ID, "", r.PathValue("ref"), sent, ids.Person{})
		return err
	})
	clash, clashed := errors.AsType[*forms.Clash](err)
	switch {
	case clashed:
		s.answer(w, http.StatusConflict, clash.Describe(loc, s.version.Definition, "Ayşe"))
	case err != nil:
		s.answer(w, http.StatusUnprocessableEntity, map[string]string{"detail": fault.Of(err).Key})
	default:
		s.answer(w, http.StatusOK, forms.Kept{Version: saved.Version, SavedAt: saved.At, Problems: forms.Tell(loc, bad)})
	}
}

func (s *stand) kept(scope forms.Scope, ref string) string {
	s.t.Helper()
	sheet := s.sheets[scope].ID
	all, err := s.forms.Filled(s.t.Context(), s.sc.Read(), sheet)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(all[sheet].Answers[ref])
}

// wants waits for what the browser is still sending: an answer that was typed last arrives after its page was left.
func (s *stand) wants(scope forms.Scope, ref, want string) {
	s.t.Helper()
	s.keeps(scope, ref, want, func(got string) bool { return got == want })
}

func (s *stand) keeps(scope forms.Scope, ref, want string, right func(got string) bool) {
	s.t.Helper()
	got := s.kept(scope, ref)
	for deadline := time.Now().Add(5 * time.Second); !right(got) && time.Now().Before(deadline); {
		got = s.kept(scope, ref)
	}
	if !right(got) {
		s.t.Errorf("kept %s: %s, want %s", ref, got, want)
	}
}

func TestEverySectionIsForEverybody(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, look := range map[string]uitest.Look{"en": {Language: "en"}, "tr-phone": {Language: "tr", Phone: true}, "de-dark": {Language: "de", Dark: true}} {
		v := uitest.Visit(t, look)
		for _, section := range s.version.Definition.Sections {
			v.Go(s.server.URL + "/form/" + section.Key)
			v.Accessible("form-" + section.Key + "-" + name)
		}
		v.Go(s.server.URL + "/preview/part")
		v.Accessible("preview-" + name)
		v.StayedOn("127.0.0.1")
	}
}

func TestFieldsSaveThemselves(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := uitest.Visit(t, uitest.Look{Language: "tr"})
	v.Go(s.server.URL + "/form/organization")
	v.Fill("answers[org_name]", "Ihlamur Komşuluk Derneği")
	v.Sees("Kaydedildi:")
	s.wants(forms.ScopePart, "org_name", `"Ihlamur Komşuluk Derneği"`)
	if strings.Contains(v.Text(), "mali ev sahibiniz") {
		t.Error("a hidden question is shown")
	}
	v.Choose("answers[legal_form]", "initiative")
	v.Sees("Hibeyi sizin adınıza kim alacak?")
	v.Fill("answers[staff]", "iki")
	v.Sees("Lütfen bir sayı yazın.")
	s.wants(forms.ScopePart, "staff", `{"typed": "iki"}`)
	v.Fill("answers[staff]", "2")
	v.Fill("answers[volunteers]", "1.250")
	v.Go(s.server.URL + "/form/need")
	s.wants(forms.ScopePart, "staff", `2`)
	s.wants(forms.ScopePart, "volunteers", `1250`)
}

func TestALostConnectionLosesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := uitest.Visit(t, uitest.Look{Language: "en"})
	v.Go(s.server.URL + "/form/organization")
	s.down.Store(true)
	v.Fill("answers[org_name]", "Lamp")
	v.Sees("kept on this device")
	v.Go(s.server.URL + "/form/need") // the page is left, and the browser tries again from the next one
	s.wants(forms.ScopePart, "org_name", "")
	s.down.Store(false)
	v.Go(s.server.URL + "/form/organization")
	v.Sees("Saved at")
	s.wants(forms.ScopePart, "org_name", `"Lamp"`)
}

func TestAnEndedSessionLosesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := uitest.Visit(t, uitest.Look{Language: "de"})
	v.Go(s.server.URL + "/form/organization")
	s.signedOut.Store(true)
	v.Fill("answers[org_name]", "Lampe")
	v.Sees("Sie wurden abgemeldet", "In einem neuen Tab anmelden")
	v.Accessible("form-signed-out-de")
	s.signedOut.Store(false)
	v.Fill("answers[city]", "Leipzig")
	v.Sees("Gespeichert um")
	s.wants(forms.ScopePart, "org_name", `"Lampe"`)
	s.wants(forms.ScopePart, "city", `"Leipzig"`)
}

func TestAConflictShowsBothTexts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	v := uitest.Visit(t, uitest.Look{Language: "en"})
	v.Go(s.server.URL + "/form/organization")
	if _, err := s.save(t, forms.Edit{Sheet: s.sheets[forms.ScopePart].ID, Ref: "mission", Value: json.RawMessage(`"their text"`)}); err != nil {
		t.Fatal(err)
	}
	v.Fill("answers[mission]", "my text")
	v.Sees("Ayşe has changed this answer", "their text", "my text")
	v.Accessible("form-clash-en")
	v.PressHere("Keep mine")
	v.Sees("Saved at")
	s.wants(forms.ScopePart, "mission", `"my text"`)
	if _, err := s.save(t, forms.Edit{Sheet: s.sheets[forms.ScopePart].ID, Ref: "city", Value: json.RawMessage(`"İzmir"`)}); err != nil {
		t.Fatal(err)
	}
	v.Fill("answers[city]", "Bremen")
	v.Sees("İzmir")
	v.PressHere("Take the other")
	v.Go(s.server.URL + "/form/organization")
	s.wants(forms.ScopePart, "city", `"İzmir"`)
}

func TestAFieldThatAnotherWritesInIsLocked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.others = []forms.Other{{Person: "Ayşe Nur", Question: "org_name"}}
	v := uitest.Visit(t, uitest.Look{Language: "en"})
	v.Go(s.server.URL + "/form/organization")
	v.Sees("Ayşe Nur is writing here")
	v.Accessible("form-locked-en")
}

func TestRowsComeAndGo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	if _, err := s.save(t, forms.Edit{Sheet: s.sheets[forms.ScopeJoint].ID, Ref: "partner_state", Value: json.RawMessage(`"found"`)}); err != nil {
		t.Fatal(err)
	}
	v := uitest.Visit(t, uitest.Look{Language: "de"})
	v.Go(s.server.URL + "/form/plan")
	v.Fill("answers[costs][0][what]", "Zug")
	v.Fill("answers[costs][0][amount]", "120,50")
	v.PressHere("Hinzufügen: Posten")
	v.Fill("answers[costs][1][what]", "Raum")
	v.PressHere("Hinzufügen: Posten")
	v.Fill("answers[costs][2][what]", "Visum")
	v.PressHere("Posten 2 entfernen")
	v.Fill("answers[costs][1][amount]", "80")
	v.Accessible("form-rows-de")
	v.Sees("Gespeichert um")
	v.Go(s.server.URL + "/form/plan")
	v.Sees("Posten 2")
	s.wants(forms.ScopeJoint, "costs", `[{"what": "Zug", "amount": {"minor": 12050, "currency": "EUR"}}, {"what": "Visum", "amount": {"minor": 8000, "currency": "EUR"}}]`)
}

func TestDocumentsAreSentAndSentAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	file := filepath.Join(t.TempDir(), "Satzung Ğ.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := uitest.Visit(t, uitest.Look{Language: "en"})
	v.Go(s.server.URL + "/form/organization")
	v.Choose("answers[legal_form]", "association")
	s.full.Store(true)
	v.Attach(`[data-question="registration_document"] input[type="file"]`, file)
	v.Sees("Satzung Ğ.pdf could not be sent")
	s.wants(forms.ScopePart, "registration_document", "")
	s.full.Store(false)
	v.PressHere("Try again")
	v.Sees("Checked", "Remove")
	v.Shows(`[data-document] button[name="row"]`)
	v.Accessible("form-document-en")
	v.Go(s.server.URL + "/form/need")
	s.keeps(forms.ScopePart, "registration_document", "one document", func(got string) bool {
		return len(got) == len(`["0198c8a2-0000-7000-8000-000000000000"]`)
	})
}
