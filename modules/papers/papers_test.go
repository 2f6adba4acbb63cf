package papers_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/migrations"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/papers"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know applications and who tries codes.
type around struct {
	mu       sync.Mutex
	subjects map[ids.Application]papers.Subject
	guesses  map[string]int
}

func (a *around) Subject(_ context.Context, _ tenants.Scope, id ids.Application) (papers.Subject, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.subjects[id]
	if !ok {
		return s, fault.NotFound()
	}
	return s, nil
}

// SubjectOfCall is any call.
func (a *around) SubjectOfCall(context.Context, tenants.Scope, ids.Call) (papers.Subject, error) {
	return papers.Subject{Call: i18n.Text{i18n.EN: "Neighbours 2026"}, Locales: i18n.All, Zone: "Europe/Istanbul"}, nil
}

const most = 20

// Guess lets nobody ask more often than that.
func (a *around) Guess(_ context.Context, _ tenants.Scope, what, address string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.guesses[what+address]++
	if a.guesses[what+address] > most {
		return fault.TooMany("accounts.too_many")
	}
	return nil
}

type house struct {
	*sitetest.House
	*around

	service *papers.Service
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{subjects: map[ids.Application]papers.Subject{}, guesses: map[string]int{}}}
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.service = papers.New(authorizer, h.around, h.around)
	h.House = sitetest.Open(t, []fs.FS{papers.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{papers.NewWeb(h.service, s).Module()}
	})
	return h
}

var handedIn = time.Date(2026, 5, 1, 12, 34, 0, 0, time.UTC)

// application writes the rows of one that was handed in.
func (h *house) application(t *testing.T) ids.Application {
	t.Helper()
	id := ids.New[ids.Application]()
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		organization, form, version, sheet, program, cycle, call := ids.New[ids.Organization](), ids.New[ids.Form](), ids.New[ids.FormVersion](), ids.New[ids.Sheet](), ids.New[ids.Program](), ids.New[ids.Cycle](), ids.New[ids.Call]()
		for _, row := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, 'İhlamur Derneği', 'ihlamur', 'association', 'TR', 'Muğla')`, []any{organization}},
			{`INSERT INTO forms (id, name) VALUES (?, 'Form')`, []any{form}},
			{`INSERT INTO form_versions (id, form_id, number, definition, hash) VALUES (?, ?, 1, '{}', '')`, []any{version, form}},
			{`INSERT INTO sheets (id, form_version_id, scope) VALUES (?, ?, 'joint')`, []any{sheet, version}},
			{`INSERT INTO programs (id, name, blueprint, blueprint_version) VALUES (?, '{}', ?, 1)`, []any{program, program.String()}},
			{`INSERT INTO cycles (id, program_id, name) VALUES (?, ?, '2026')`, []any{cycle, program}},
			{`INSERT INTO calls (id, cycle_id, title, summary, about, conduct, notice, locales, zone, composition, criteria, documents, eligibility, letters, review, form_id, form_version_id)
				VALUES (?, ?, '{}', '{}', '{}', '{}', '{}', '{en}', 'Europe/Istanbul', '{}', '[]', '[]', '[]', '[]', '{}', ?, ?)`, []any{call, cycle, form, version}},
			{`INSERT INTO applications (id, call_id, organization_id, number, state, form_version_id, joint_sheet_id, created_at, submitted_at) VALUES (?, ?, ?, ?, 'submitted', ?, ?, now(), ?)`, []any{id, call, organization, "2026-" + id.String()[30:], version, sheet, handedIn}},
		} {
			if _, err := tx.NewRaw(row.query, row.args...).Exec(ctx); err != nil {
				return fmt.Errorf("%.40s: %w", row.query, err)
			}
		}
		return nil
	})
	h.stands(id, func(s *papers.Subject) {
		*s = papers.Subject{Number: "2026-007", Call: i18n.Text{i18n.EN: "Neighbours 2026", i18n.TR: "Komşular 2026", i18n.DE: "Nachbarschaften 2026"}, Locales: i18n.All, Zone: "Europe/Istanbul", HandedIn: handedIn}
	})
	return id
}

func (h *house) stands(id ids.Application, change func(s *papers.Subject)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.subjects[id]
	change(&s)
	h.subjects[id] = s
}

func write(t *testing.T, sc tenants.Scope, do func(ctx context.Context, tx *tenants.Tx) error) {
	t.Helper()
	if err := sc.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

const origin = "https://bosporus.example"

// issue issues a paper that says so, and gives its file and its mark.
func (h *house) issue(t *testing.T, d papers.Draft, says string) (file []byte, m pdf.Mark) {
	t.Helper()
	file, err := papers.Issue(t.Context(), h.System(), origin, d, drawn(says, &m))
	if err != nil {
		t.Fatal(err)
	}
	return file, m
}

func drawn(says string, last *pdf.Mark) func(pdf.Mark) ([]byte, error) {
	return func(m pdf.Mark) ([]byte, error) {
		*last = m
		return fmt.Appendf(nil, "%s\n%s\n%s\n%s", says, m.Code, m.VerifyURL, m.Made.UTC().Format(time.RFC3339Nano)), nil
	}
}

func receipt(id ids.Application) papers.Draft {
	return papers.Draft{Kind: papers.Receipt, Application: id, About: handedIn, Locale: i18n.TR}
}

func TestTheSamePaperIsIssuedOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.application(t)
	first, mark := h.issue(t, receipt(id), "arrived")
	if again, _ := h.issue(t, receipt(id), "arrived"); !bytes.Equal(first, again) {
		t.Errorf("fetched again:\n%s\n%s", first, again)
	}
	if want := origin + "/verify/" + mark.Code; mark.VerifyURL != want {
		t.Errorf("the code leads to %s, not to %s", mark.VerifyURL, want)
	}
	codes := map[string]bool{mark.Code: true}
	other := receipt(id)
	other.Kind = papers.Dossier
	for _, d := range []struct {
		draft papers.Draft
		says  string
	}{{receipt(id), "has arrived"}, {other, "arrived"}, {receipt(h.application(t)), "arrived"}} {
		_, m := h.issue(t, d.draft, d.says)
		codes[m.Code] = true
	}
	if len(codes) != 4 {
		t.Errorf("four papers have the codes %v", codes)
	}
	later := receipt(id)
	later.About = handedIn.Add(20 * time.Second)
	if _, m := h.issue(t, later, "arrived"); codes[m.Code] {
		t.Error("what was handed in twice within a minute has one receipt, of the first time")
	}
	var wait sync.WaitGroup
	files := make([][]byte, 8)
	for i := range files {
		wait.Go(func() {
			var m pdf.Mark
			var err error
			if files[i], err = papers.Issue(t.Context(), h.System(), origin, receipt(id), drawn("fetched at once", &m)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, f := range files {
		if !bytes.Equal(f, files[0]) {
			t.Errorf("fetched at once:\n%s\n%s", files[0], f)
		}
	}
	var entries int
	if err := h.System().Read().NewRaw(`SELECT count(*) FROM audit_entries WHERE action = 'paper.issued'`).Scan(t.Context(), &entries); err != nil || entries != 6 {
		t.Errorf("six papers stand in the trail %d times: %v", entries, err)
	}
}

// TestMinutesAreAboutACall: they have a code as other papers do, and their page names a call and no application.
func TestMinutesAreAboutACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.application(t)
	var call ids.Call
	if err := h.System().Read().NewRaw(`SELECT call_id FROM applications WHERE id = ?`, id).Scan(t.Context(), &call); err != nil {
		t.Fatal(err)
	}
	d := papers.Draft{Kind: papers.Minutes, Call: call, About: handedIn, Locale: i18n.EN}
	first, mark := h.issue(t, d, "minutes")
	if again, _ := h.issue(t, d, "minutes"); !bytes.Equal(first, again) {
		t.Errorf("fetched again:\n%s\n%s", first, again)
	}
	if _, other := h.issue(t, d, "minutes without a part"); other.Code == mark.Code {
		t.Error("what says something else has the same code")
	}
	browser := h.Browser(t, h.Tenant)
	page := browser.Get(strings.TrimPrefix(mark.VerifyURL, origin))
	browser.Want(http.StatusOK, "Minutes of a meeting of the panel", "Neighbours 2026", "Two persons have signed these minutes", "1 May 2026, 15:34 (Europe/Istanbul)")
	if strings.Contains(page.Text(), "Application number") {
		t.Error("minutes are about an application")
	}
}

func TestAnybodyChecksAPaper(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.application(t)
	file, mark := h.issue(t, receipt(id), "arrived")
	path := strings.TrimPrefix(mark.VerifyURL, origin)
	for language, says := range map[string][]string{
		"en": {"Genuine: " + h.Tenant.Name + " has issued this document", "It still counts", "Receipt of an application", "Neighbours 2026", "1 May 2026, 15:34 (Europe/Istanbul)", "Türkçe"},
		"tr": {"Gerçek: bu belgeyi " + h.Tenant.Name + " düzenledi", "Hâlâ geçerli", "Başvurunun alındı belgesi", "Komşular 2026", "1 Mayıs 2026", "15:34 (Europe/Istanbul)"},
		"de": {"Echt: " + h.Tenant.Name + " hat dieses Dokument ausgestellt", "Es gilt weiterhin", "Bestätigung über den Eingang einer Bewerbung", "Nachbarschaften 2026", "1. Mai 2026, 15:34 (Europe/Istanbul)"},
	} {
		b := h.Browser(t, h.Tenant)
		b.SetCookie("language", language)
		b.Get(strings.ToLower(strings.ReplaceAll(path, "-", "")))
		b.Want(http.StatusOK, append(says, "2026-007", mark.Code)...)
		if strings.Contains(b.Page.Body, "hlamur") {
			t.Error("the page names who applies")
		}
		if !strings.Contains(b.Page.Body, `<meta name="robots" content="noindex"`) || b.Page.Header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("the page is listed, or told of elsewhere: %v", b.Page.Header)
		}
	}
	sum := sha256.Sum256(file)
	b := h.Browser(t, h.Tenant)
	b.Get(path + "?sum=" + hex.EncodeToString(sum[:]))
	b.Want(http.StatusOK, "exactly the one that was issued")
	b.Get(path + "?sum=" + hex.EncodeToString(make([]byte, 32)))
	b.Want(http.StatusOK, "not the file that was issued")
	b.Get(path + "?sum=abc")
	b.Want(http.StatusUnprocessableEntity, "A checksum has 64 digits")
	if strings.Contains(b.Page.Body, hex.EncodeToString(sum[:])) {
		t.Error("the page tells the sum, from which one could guess what the paper says")
	}

	h.stands(id, func(s *papers.Subject) { s.HandedIn = handedIn.Add(time.Hour) })
	b.Get(path)
	b.Want(http.StatusOK, "Genuine, but there is a newer one", "handed in anew")
	h.stands(id, func(s *papers.Subject) { s.Back = true })
	b.Get(path)
	b.Want(http.StatusOK, "Genuine, but it does not hold any more", "taken back since")
	letter := receipt(id)
	letter.Kind = papers.Letter
	_, mark = h.issue(t, letter, "We are glad to offer you a place.")
	h.stands(id, func(s *papers.Subject) { s.Back = false })
	path = strings.TrimPrefix(mark.VerifyURL, origin)
	b.Get(path)
	b.Want(http.StatusOK, "Letter about an application", "Letter sent", "No later letter has been sent")
	h.stands(id, func(s *papers.Subject) { s.Written = handedIn.Add(time.Hour) })
	b.Get(path)
	b.Want(http.StatusOK, "A later letter has been sent")
	h.stands(id, func(s *papers.Subject) { s.Over = true })
	b.Get(path)
	b.Want(http.StatusOK, "is not what the letter says")
}

func TestCodesAreTyped(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, mark := h.issue(t, receipt(h.application(t)), "arrived")
	b := h.Browser(t, h.Tenant)
	b.Get("/verify")
	b.Want(http.StatusOK, "Here anybody can see whether such a document is genuine")
	for _, typed := range []string{mark.Code, strings.ToLower(mark.Code), strings.ReplaceAll(mark.Code, "-", "+")} { // as papers of former times have it, too
		b.Get("/verify?code=" + typed)
		b.Want(http.StatusOK, "Genuine")
		if b.Page.Path != "/verify/"+mark.Code {
			t.Errorf("%s leads to %s", typed, b.Page.Path)
		}
	}
	b.Get("/verify?code=abc")
	b.Want(http.StatusUnprocessableEntity, "A code has sixteen letters and digits")
	if b.Page.Value("code") != "abc" {
		t.Error("what was typed is gone")
	}
	other := h.Another(t)
	for language, says := range map[string]string{"en": "No document has this code", "tr": "Bu kodla bir belge yok", "de": "Kein Dokument hat diesen Code"} {
		for _, place := range []struct {
			tenant tenants.Tenant
			path   string
		}{{h.Tenant, "/verify/7H2K-9QXM-0F3B-WT5A"}, {h.Tenant, "/verify/x"}, {h.Tenant, "/verify/%00"}, {other, "/verify/" + mark.Code}} {
			b := h.Browser(t, place.tenant)
			b.SetCookie("language", language)
			b.Get(place.path)
			b.Want(http.StatusNotFound, says)
		}
	}
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, mark := h.issue(t, receipt(h.application(t)), "arrived")
	b := h.Browser(t, h.Tenant)
	for range most {
		b.Get("/verify/" + papers.NewCode().String())
		b.Want(http.StatusNotFound)
	}
	b.Get("/verify/" + mark.Code)
	b.Want(http.StatusTooManyRequests, "Too many codes were tried from here")
	if strings.Contains(b.Page.Body, "Genuine") {
		t.Error("whoever tries codes is told of one that is right")
	}
}

func TestPapersGoWithTheirApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.application(t)
	_, mark := h.issue(t, receipt(id), "arrived")
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`DELETE FROM applications WHERE id = ?`, id).Exec(ctx)
		return err
	})
	b := h.Browser(t, h.Tenant)
	b.Get("/verify/" + mark.Code)
	b.Want(http.StatusNotFound, "or is not kept any more")
}

// TestFormerCodesGoOn goes back to the tables in which receipts had codes, and forth again.
func TestFormerCodesGoOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.application(t)
	_, mark := h.issue(t, receipt(id), "arrived")
	raw, err := fs.ReadFile(migrations.Files, "tenant/00350_papers.sql")
	if err != nil {
		t.Fatal(err)
	}
	up, down, _ := strings.Cut(string(raw), "-- +goose Down")
	admin := h.Cluster.Admin(t)
	run := func(query string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), `SET ROLE app_owner; SET search_path = "`+h.Tenant.Schema+`"; `+query); err != nil {
			t.Fatal(err)
		}
	}
	run(fmt.Sprintf(`INSERT INTO submissions (id, application_id, submitted_at) VALUES ('%s', '%s', '2026-05-01 12:34+00'), ('%s', '%s', '2026-05-01 12:35+00')`,
		ids.New[ids.Submission](), id, ids.New[ids.Submission](), id))
	run(down)
	run(`UPDATE submissions SET code = 'ABCDIJKLOP23467U' WHERE submitted_at = '2026-05-01 12:35+00'`)
	later, err := fs.ReadFile(migrations.Files, "tenant/00401_papers_of_calls.sql")
	if err != nil {
		t.Fatal(err)
	}
	since, _, _ := strings.Cut(string(later), "-- +goose Down")
	run(up + since + `GRANT SELECT, INSERT ON papers TO PUBLIC`)
	h.stands(id, func(s *papers.Subject) { s.HandedIn = handedIn.Add(time.Minute) })
	for typed, says := range map[string]string{"ABCD-IJKL-OP23-467U": "It still counts", mark.Code: "there is a newer one"} {
		b := h.Browser(t, h.Tenant)
		b.Get("/verify?code=" + typed)
		b.Want(http.StatusOK, "Genuine", "Receipt of an application, or the application itself", says)
		if strings.Contains(b.Page.Body, `name="sum"`) {
			t.Error("a paper of which nothing is known is compared")
		}
	}
	if _, m := h.issue(t, receipt(id), "arrived"); m.Code == mark.Code {
		t.Error("a paper of which nothing is known is given again")
	}
}

// TestARehearsalsPapersAreWorthNothing holds that the code of a rehearsal's paper is answered inside its room alone, and as
// what it is.
func TestARehearsalsPapersAreWorthNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	network := h.Tenant
	h.Tenant = room(t, h.World)
	_, mark := h.issue(t, receipt(h.application(t)), "arrived")
	path := "/verify/" + mark.Code
	inside := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	inside.Get(path)
	inside.Want(http.StatusOK, "Genuine", "This document belongs to a test. It is worth nothing outside.")
	for who, b := range map[string]*sitetest.Browser{"a visitor of the room": h.Browser(t, h.Tenant), "a visitor of the network": h.Browser(t, network)} {
		b.Get(path)
		b.Want(http.StatusNotFound)
		if strings.Contains(b.Page.Body, "Genuine") {
			t.Errorf("%s is told of the paper", who)
		}
	}
}

// room is a rehearsal of the world's network.
func room(t *testing.T, w *tenanttest.World) tenants.Tenant {
	t.Helper()
	slug := "r" + ids.New[ids.Tenant]().String()[9:28]
	made, err := w.Tenants.Create(t.Context(), tenants.New{
		Slug: slug, Name: w.Tenant.Name, Kind: tenants.KindRehearsal, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{slug + ".localhost"}, Network: w.Tenant.ID, Call: ids.New[ids.Call](),
	})
	if err == nil {
		err = w.Tenants.Provision(t.Context(), made.ID)
	}
	if err == nil {
		made, err = w.Tenants.ByID(t.Context(), made.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}
