package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/programs"
	"kervan/tenants"
)

// downloads asks a site for a template as a browser without a session does, and follows it to the store.
func (r *running) downloads(t *testing.T, slug string, template forms.Template) (int, http.Header, []byte) {
	t.Helper()
	status, location := r.ask(t, http.MethodGet, slug, template.Href())
	if status != http.StatusSeeOther {
		return status, nil, nil
	}
	return fetched(t, location)
}

func fetched(t *testing.T, link string) (int, http.Header, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, response.Header, content
}

// offers is the template that the draft of a call offers to those who read a language.
func (p *preparing) offers(t *testing.T, question string, l i18n.Locale) forms.Template {
	t.Helper()
	q, _, _ := p.asks(t).Question(question)
	if q == nil || q.Template[l].ID.IsZero() {
		t.Fatalf("%s offers nothing in %s", question, l)
	}
	return q.Template[l]
}

// TestJourneyOfATemplate: a coordinator uploads a file for a question in the builder, is told of one that is none, and has a
// look at what applicants see; in a rehearsal it is there, and goes with it; once the call is open an applicant downloads
// exactly what was uploaded.
func TestJourneyOfATemplate(t *testing.T) {
	t.Parallel()
	const question = "registration_document"
	r := run(t)
	r.core(t, "defne@"+r.host+".example")
	p := &preparing{running: r, network: r.coordinated(t, "sazlik", "ipek@sazlik.example"), ipek: uitest.Visit(t, uitest.Look{Language: "en"})}
	content := filestest.DOCX(t)
	good, bad := filepath.Join(t.TempDir(), "Bütçe.docx"), filepath.Join(t.TempDir(), "bad.docx")
	must(t, os.WriteFile(good, content, 0o600))
	must(t, os.WriteFile(bad, []byte("no office file"), 0o600))

	v := p.ipek
	v.Go(p.address("sazlik", "/program/calls"))
	v.Fill("email", "ipek@sazlik.example")
	v.Fill("password", password)
	v.Press("Sign in")
	v.Fill("cycle", "2027")
	v.Press("Begin")
	v.Sees("The draft is ready")
	p.call = p.last(t)
	p.at = p.address("sazlik", "/program/calls/"+p.call.String())
	v.Go(p.at + "/form/edit?language=en&question=" + question)
	v.Shows(`[data-builder][data-ready]`)
	v.Attach(`#fb-template input[type="file"]`, bad)
	v.Press("Upload")
	v.Sees("The content is not what the name says.")
	v.Accessible("template-refused")
	v.Attach(`#fb-template input[type="file"]`, good)
	v.Press("Upload")
	v.Sees("The template is part of the draft.", "Bütçe.docx")
	template := p.offers(t, question, i18n.EN)
	link := `a[href="` + template.Href() + `"]`
	v.Shows("#fb-template " + link)
	v.Shows("[data-preview] " + link)
	v.Accessible("template-offered")
	if status, _, _ := r.downloads(t, "sazlik", template); status != http.StatusNotFound {
		t.Errorf("a visitor gets the draft's template: %d", status)
	}

	// A rehearsal has a copy of its own.
	sc := r.anybody(p.network, tenants.RoleCoordinator)
	must(t, r.app.rehearsal.Begin(t.Context(), sc, p.call, 1))
	room := r.filled(t)
	inside, err := r.app.documents.TemplateLink(t.Context(), r.app.tenants.Bind(room, tenants.SystemActor("test")), template.ID)
	must(t, err)
	if _, _, got := fetched(t, inside); !bytes.Equal(got, content) || !strings.Contains(inside, room.ID.String()) {
		t.Errorf("the room has something else: %s", inside)
	}

	call, err := r.app.programs.Call(t.Context(), sc, p.call)
	must(t, err)
	must(t, r.app.programs.Reframe(t.Context(), sc, p.call, call.Version, programs.Frame{
		OpensAt: time.Now().Add(-time.Hour), ClosesAt: time.Now().Add(30 * 24 * time.Hour), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000, GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}))
	r.publish(t, p.network, p.call)
	p.wiped(t, room)

	reader := uitest.Visit(t, uitest.Look{Language: "de", Phone: true, Dark: true})
	reader.Go(p.address("sazlik", "/calls/"+p.call.String()+"/form"))
	reader.Sees("Vordruck herunterladen (DOCX, ")
	reader.Shows(link)
	reader.Accessible("template-preview-de-phone-dark")

	r.member(t, p.network, "Ilgaz Şahin", "ilgaz@sazlik.example", i18n.TR, tenants.Grant{
		Role: tenants.RoleLead, Organization: r.organization(t, p.network, "Sazlık Komşuluk Derneği", "kurucu@sazlik.example"),
	})
	lead := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	lead.Go(p.address("sazlik", "/sign-in"))
	lead.Fill("email", "ilgaz@sazlik.example")
	lead.Fill("password", password)
	lead.Press("Giriş yap")
	lead.Go(p.address("sazlik", "/calls/"+p.call.String()))
	lead.Press("Başvur")
	lead.Press("Başla")
	lead.Go(lead.Address() + "/sections/" + p.asks(t).Sections[0].Key)
	lead.Shows(link)
	lead.Sees("Doldurulacak dosyayı indir (DOCX, ")
	lead.Accessible("template-section-tr-phone")
	status, header, got := r.downloads(t, "sazlik", template)
	if status != http.StatusOK || !bytes.Equal(got, content) || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("an applicant gets %d, %v, %d bytes of %d", status, header, len(got), len(content))
	}
	if status, _, _ := r.downloads(t, "core", template); status != http.StatusNotFound {
		t.Errorf("at another site: %d", status)
	}
	v.StayedOn("sazlik." + r.host)
}
