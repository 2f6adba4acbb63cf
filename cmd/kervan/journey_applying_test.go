package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kervan/modules/forms"
	"kervan/modules/forms/formstest"
	"kervan/modules/ids"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/programs"
	"kervan/tenants"
)

// published is a call of the network that is open for an hour.
func (r *running) published(t testing.TB, network tenants.Tenant) programs.Call {
	t.Helper()
	sc := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	c, err := r.app.programs.Begin(t.Context(), sc, "2027", "pair")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Second)
	frame := programs.Frame{
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(30 * time.Hour), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000,
		GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}
	if err := r.app.programs.Reframe(t.Context(), sc, c.ID, 1, frame); err != nil {
		t.Fatal(err)
	}
	r.publish(t, network, c.ID)
	if c, err = programs.Find(t.Context(), sc.Read(), c.ID); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *running) exec(t testing.TB, network tenants.Tenant, statement string, args ...any) {
	t.Helper()
	err := r.app.tenants.Bind(network, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(statement, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writer fills the sections of an application in a browser, as somebody does who has answers to everything.
type writer struct {
	*uitest.Visitor

	r       *running
	network tenants.Tenant
	loc     *i18n.Localizer
	form    *forms.Definition
}

func (r *running) writer(t *testing.T, v *uitest.Visitor, network tenants.Tenant, call programs.Call, l i18n.Locale) writer {
	t.Helper()
	version, err := r.app.forms.Version(t.Context(), r.app.tenants.Bind(network, tenants.SystemActor("test")), call.FormVersion)
	if err != nil {
		t.Fatal(err)
	}
	return writer{Visitor: v, r: r, network: network, loc: r.app.catalog.Localizer(l, nil), form: version.Definition}
}

// writes answers every question of a section, input by input, gives the documents that it asks for, and waits until all is
// kept.
func (w writer) writes(t *testing.T, at, key, saved string, answers forms.Answers) {
	t.Helper()
	section, ok := w.form.Section(key)
	if !ok {
		t.Fatalf("no section %s", key)
	}
	w.Go(at + "/sections/" + key)
	for i := range section.Questions {
		q := &section.Questions[i]
		switch raw, there := answers[q.Key]; {
		case !there:
		case q.Type == forms.TypeFile:
			w.uploads(t, q.Key)
		default:
			w.types(forms.ToTyped(w.loc, q, q.Key, raw))
		}
	}
	w.Shows(`[data-save-state][data-state="saved"]`)
	w.Sees(saved)
}

func (w writer) types(inputs url.Values) {
	for name, values := range inputs {
		if strings.HasSuffix(name, "[currency]") {
			continue // the default form asks for one currency only
		}
		for _, value := range values {
			switch w.Kind(name) {
			case "select-one":
				w.Choose(name, value)
			case "radio", "checkbox":
				w.Tick(name, value)
			case "hidden":
			default:
				w.Set(name, value)
			}
		}
	}
}

// uploads chooses a document, as somebody does whose papers lie in a folder, and waits until it has been checked.
func (w writer) uploads(t *testing.T, question string) {
	t.Helper()
	name := question + " – İmzalı Örnek.pdf"
	w.Attach(`[data-question="`+question+`"] input[type="file"]`, file(t, name, filestest.PDF(question)))
	w.Sees(name + ": " + w.loc.T("documents.state.not_scanned"))
	w.Shows(`[data-question="` + question + `"] [data-document]`)
}

// file puts a file into a folder of the test's own.
func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// registers makes an account from where the visitor is, by the mail that is sent there.
func (r *running) registers(t *testing.T, v *uitest.Visitor, slug, name, email string, words map[string]string) {
	t.Helper()
	v.Fill("name", name)
	v.Fill("email", email)
	v.Fill("password", password)
	v.Tick("notice", "")
	v.Press(words["register"])
	v.Sees(words["mail"])
	v.Go(r.mail(t, v, slug, email, "/confirm/"))
	v.Press(words["confirm"])
}

// TestJourneyOfAJointApplication: two organizations of two countries, one on a phone in Turkish, the other at a desk in
// German, find a call, register on the way, fill one application together, confirm, submit and get their receipt.
func TestJourneyOfAJointApplication(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "joint")
	call := r.published(t, network)
	tr := map[string]string{"register": "Hesap aç", "mail": "Lütfen e-postanıza bakın", "confirm": "Adresi doğrula"}
	de := map[string]string{"register": "Konto anlegen", "mail": "Bitte sehen Sie in Ihr Postfach", "confirm": "Adresse bestätigen"}

	ilgaz := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	ilgaz.Go(r.address("joint", "/"))
	ilgaz.Accessible("apply-home-tr-phone")
	ilgaz.Press("Başvur")
	ilgaz.Accessible("apply-register-tr-phone")
	r.registers(t, ilgaz, "joint", "Ilgaz Şahin", "ilgaz@ihlamur.example", tr)
	ilgaz.Sees("Önce kuruluşunuz")
	ilgaz.Accessible("apply-no-organization-tr-phone")
	ilgaz.Press("Kuruluş kaydet")
	ilgaz.Fill("name", "Ihlamur Komşuluk ve Dayanışma Derneği")
	ilgaz.Choose("form", "association")
	ilgaz.Fill("city", "Iğdır")
	ilgaz.Press("Kaydet")
	ilgaz.Sees("Ihlamur Komşuluk ve Dayanışma Derneği", "Kuruluşunuzun yeri")
	ilgaz.Accessible("apply-new-tr-phone")
	ilgaz.Press("Başla")
	ilgaz.Sees("Kuruluşunuzun bölümü", "Ortak bölüm")
	ilgaz.Accessible("apply-tasks-tr-phone")
	at := ilgaz.Address()
	id, err := ids.Parse[ids.Application](at[strings.LastIndexByte(at, '/')+1:])
	if err != nil {
		t.Fatal(err)
	}

	ilgaz.Go(at + "/partners")
	ilgaz.Accessible("apply-partners-tr-phone")
	ilgaz.Fill("name", "Jürgen Weiß")
	ilgaz.Fill("email", "juergen@lindenhof")
	ilgaz.Choose("locale", "de")
	ilgaz.Press("Daveti gönder")
	ilgaz.Accessible("apply-partners-refused-tr-phone")
	ilgaz.Fill("email", "juergen@lindenhof.example")
	ilgaz.Press("Daveti gönder")
	ilgaz.Sees("Davet gönderildi", "Jürgen Weiß")
	ilgaz.Accessible("apply-partners-invited-tr-phone")

	juergen := uitest.Visit(t, uitest.Look{Language: "de"})
	juergen.Go(r.mail(t, juergen, "joint", "juergen@lindenhof.example", "/partner-invitations/"))
	juergen.Accessible("apply-invited-sign-in-de")
	juergen.Press("Konto anlegen")
	r.registers(t, juergen, "joint", "Jürgen Weiß", "juergen@lindenhof.example", de)
	juergen.Sees("Einladung zu einer gemeinsamen Bewerbung", "Ihlamur Komşuluk ve Dayanışma Derneği")
	juergen.Accessible("apply-invitation-first-de")
	juergen.Press("Organisation registrieren")
	juergen.Fill("name", "Nachbarschaftshaus Lindenhof e. V.")
	juergen.Choose("form", "association")
	juergen.Choose("country", "DE")
	juergen.Fill("city", "Köln")
	juergen.Press("Speichern")
	juergen.Sees("Sie treten mit Nachbarschaftshaus Lindenhof e. V. bei")
	juergen.Accessible("apply-invitation-de")
	juergen.Press("Gemeinsam bewerben")
	juergen.Sees("Der Teil Ihrer Organisation")
	juergen.Accessible("apply-tasks-de")

	one, two := r.writer(t, ilgaz, network, call, i18n.TR), r.writer(t, juergen, network, call, i18n.DE)
	part := formstest.Complete(one.form, forms.ScopePart, nil)
	joint := formstest.Complete(one.form, forms.ScopeJoint, nil)
	ilgaz.Go(at + "/sections/organization")
	ilgaz.Attach(`[data-question="registration_document"] input[type="file"]`, file(t, "tüzük.pdf", []byte("<html>no PDF at all</html>")))
	ilgaz.Sees("tüzük.pdf: " + one.loc.T("documents.reason.mismatch"))
	ilgaz.Accessible("apply-document-refused-tr-phone")
	for _, section := range one.form.Scoped(forms.ScopePart) {
		one.writes(t, at, section.Key, "Kaydedildi:", part)
		ilgaz.Accessible("apply-" + section.Key + "-tr-phone")
		two.writes(t, at, section.Key, "Gespeichert um", part)
		juergen.Accessible("apply-" + section.Key + "-de")
	}
	one.writes(t, at, "partner", "Kaydedildi:", joint)
	two.writes(t, at, "plan", "Gespeichert um", joint)
	juergen.Accessible("apply-plan-de")

	juergen.Press("Zurück zur Bewerbung")
	juergen.Sees("vollständig. Bestätigen Sie")
	juergen.Accessible("apply-complete-de")
	juergen.Press("Für unsere Organisation bestätigen")
	juergen.Sees("Bestätigt.")
	juergen.Accessible("apply-confirmed-de")
	ilgaz.Go(at)
	ilgaz.Accessible("apply-complete-tr-phone")
	ilgaz.Press("Kuruluşumuz adına onayla")
	ilgaz.Sees("Her şey hazır")
	ilgaz.Accessible("apply-ready-tr-phone")
	ilgaz.Press("Başvuruyu gönder")
	ilgaz.Sees("numaralı başvuru ulaştı", "Belge doğrula")
	ilgaz.Accessible("apply-receipt-tr-phone")
	ilgaz.Press("Gönderileni oku")
	ilgaz.Accessible("apply-dossier-tr-phone")
	juergen.Go(at + "/receipt")
	juergen.Accessible("apply-receipt-de")
	juergen.Press("Dokument prüfen")
	juergen.Accessible("apply-verified-de")

	two.writes(t, at, "plan", "Gespeichert um", forms.Answers{"model": json.RawMessage(`"Ein gemeinsamer Leitfaden"`)})
	ilgaz.Go(at)
	ilgaz.Sees("gönderdikten sonra değiştirdiniz")
	ilgaz.Accessible("apply-changed-tr-phone")
	juergen.Go(at + "/leaving?seat=eu")
	juergen.Accessible("apply-leaving-de")
	ilgaz.Go(at + "/withdrawal")
	ilgaz.Accessible("apply-withdrawal-tr-phone")
	ilgaz.Go(r.address("joint", "/my-applications"))
	ilgaz.Accessible("apply-mine-tr-phone")
	ilgaz.Go(r.address("joint", "/desk"))
	ilgaz.Accessible("apply-desk-tr-phone")
	r.arrived(t, network, id, 3)
	for _, v := range []*uitest.Visitor{ilgaz, juergen} {
		v.StayedOn("joint."+r.host, r.storeHost(t))
	}
}

// arrived holds that so many documents of an application were kept, each with its content in the store at its own key and
// nothing left where it came in.
func (r *running) arrived(t *testing.T, network tenants.Tenant, id ids.Application, n int) {
	t.Helper()
	var all []struct{ Key, QuarantineKey, State string }
	err := r.app.tenants.Bind(network, tenants.SystemActor("test")).Read().NewRaw(`SELECT key, quarantine_key, state FROM documents WHERE state <> 'refused' AND sheet_id IN (
		SELECT sheet_id FROM application_parts WHERE application_id = ? UNION SELECT joint_sheet_id FROM applications WHERE id = ?)`, id, id).Scan(t.Context(), &all)
	if err != nil || len(all) != n {
		t.Fatalf("%d documents, %v", len(all), err)
	}
	for _, d := range all {
		_, kept, err := r.app.objects.Find(t.Context(), d.Key)
		_, left, failed := r.app.objects.Find(t.Context(), d.QuarantineKey)
		if err != nil || failed != nil || !kept || left || d.State != "clean" {
			t.Errorf("%+v: kept %v, left in quarantine %v, %v, %v", d, kept, left, err, failed)
		}
	}
}

// storeHost is where documents are sent to and fetched from, by nobody but the browser that was told so.
func (r *running) storeHost(t *testing.T) string {
	t.Helper()
	store, err := url.Parse(r.app.objects.Origin())
	if err != nil {
		t.Fatal(err)
	}
	return store.Hostname()
}
