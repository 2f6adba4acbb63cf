package main

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
)

// TestWithoutAStoreOnlyDocumentsWait ends the store of documents while somebody writes: what is written is saved, the page
// says of the document in words what has to wait, and when the store is back the same document is sent from the same page.
func TestWithoutAStoreOnlyDocumentsWait(t *testing.T) {
	t.Parallel()
	outage := objectstest.Own(t)
	r := runOn(t, outage.Config())
	for _, look := range []uitest.Look{{Language: "en"}, {Language: "tr", Phone: true}} {
		t.Run(look.Language, func(t *testing.T) {
			d := r.draft(t, "store-"+look.Language)
			d.at = strings.Replace(d.at, "/need", "/organization", 1)
			say := r.app.catalog.Localizer(i18n.Locale(look.Language), nil).T
			v := uitest.Visit(t, look)
			v.Carry(d.at, "language", look.Language)
			v.Go(d.at)
			v.Fill("email", "ilgaz@"+d.network.Slug+".example")
			v.Fill("password", password)
			v.Press(say("ui.sign_in"))
			const mission, box = "answers[mission]", `[data-question="registration_document"] `
			v.Fill(mission, "Before the outage.")
			d.keeps(t, "mission", `"Before the outage."`)

			outage.Begin()
			v.Fill(mission, "During the outage.")
			d.keeps(t, "mission", `"During the outage."`)
			v.Attach(box+`input[type="file"]`, file(t, "tüzük.pdf", filestest.PDF("x")))
			v.Sees("tüzük.pdf: "+say("fault.objects"), say("forms.file.retry"))
			v.Accessible("write-no-store-" + look.Language)
			v.PressHere(say("forms.file.retry"))
			v.Sees("tüzük.pdf: " + say("fault.objects"))
			v.Fill(mission, "Still during the outage.")
			d.keeps(t, "mission", `"Still during the outage."`)
			if got := d.kept(t, "registration_document"); got != "" {
				t.Errorf("an answer says that %s is there", got)
			}

			outage.End()
			v.PressHere(say("forms.file.retry"))
			v.Sees("tüzük.pdf: " + say("documents.state.not_scanned"))
			v.Shows(box + "[data-document]")
			v.Go(d.at) // before the answer is saved: what was kept on the device is shown, and sent
			v.Sees("tüzük.pdf")
			v.Shows(`[data-save-state][data-state="saved"], ` + box + `a[href^="/documents/"]`)
			v.Go(d.at)
			v.Shows(box + `a[href^="/documents/"]`)
			v.Accessible("write-store-back-" + look.Language)
			if got := v.Value(mission); got != "Still during the outage." {
				t.Errorf("there stands %q", got)
			}
		})
	}
}

// TestHandingInNeedsNoStore hands in while the store of documents is away: what was kept before counts, and the receipt is
// there at once.
func TestHandingInNeedsNoStore(t *testing.T) {
	t.Parallel()
	outage := objectstest.Own(t)
	r := runOn(t, outage.Config())
	m := r.ready(t, r.network(t, "away"), 1)
	outage.Begin()
	if in, status, err := m.submit(t.Context(), r, m.all[0].ID); err != nil || !in {
		t.Fatalf("handed in: %v %d %v", in, status, err)
	}
	for _, path := range []string{"/receipt", "/receipt.pdf", "/dossier"} {
		if page := m.browser.Get("/applications/" + m.all[0].ID.String() + path); page.Status != http.StatusOK {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
}
