package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestADocumentsWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	content := filestest.PDF("Tuzuk")
	application := ids.New[ids.Application]()
	h.mu.Lock()
	h.owners = map[ids.Sheet]ids.Application{w.sheet: application}
	h.mu.Unlock()
	g := w.grant(t, "statute", `C:\gizli\İmzalı "Tüzük".PDF`, content)
	if status, _ := w.finalize(t, g.Document); status != http.StatusConflict {
		t.Errorf("before it has arrived: %d", status)
	}
	if got := send(t, g, append(content, 'x')); got < 400 {
		t.Errorf("a byte more: %d", got)
	}
	if got := send(t, g, content); got != http.StatusNoContent {
		t.Fatalf("the store: %d", got)
	}
	status, first := w.finalize(t, g.Document)
	if status != http.StatusOK || first.State != "not_scanned" || first.Text != "Received, not scanned for viruses" {
		t.Fatalf("%d, %+v", status, first)
	}
	id, err := ids.Parse[ids.Document](g.Document)
	if err != nil {
		t.Fatal(err)
	}
	d := h.document(t, id)
	sum := sha256.Sum256(content)
	if d.State != documents.Clean || d.Name != `İmzalı "Tüzük".pdf` || d.Kind != files.PDF || d.Size != int64(len(content)) || !bytes.Equal(d.SHA256, sum[:]) || d.Scanned {
		t.Errorf("%+v", d)
	}
	if left := h.keys(t, "quarantine/"); len(left) != 0 {
		t.Errorf("left in quarantine: %v", left)
	}
	// What is sent once more with the same form, and a second finalization, have no effect.
	evil := bytes.Repeat([]byte("x"), len(content))
	if got := send(t, g, evil); got != http.StatusNoContent {
		t.Errorf("the form is still good for minutes, but got %d", got)
	}
	if status, again := w.finalize(t, g.Document); status != http.StatusOK || again != first {
		t.Errorf("again: %d, %+v", status, again)
	}
	if got := h.among(t, id)["document.received"]; !strings.Contains(got, application.String()) {
		t.Errorf("the trail is not about the application: %s", got)
	}
	header, got := fetch(t, w.browser, id)
	if !bytes.Equal(got, content) {
		t.Error("what is read is not what was checked")
	}
	if header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") ||
		!strings.Contains(header.Get("Content-Disposition"), "filename*=UTF-8''%C4%B0mzal%C4%B1%20-T%C3%BCz%C3%BCk-.pdf") {
		t.Errorf("%v", header)
	}
	if err := h.service.Settle(t.Context(), h.System(), id); err != nil {
		t.Fatal(err)
	}
	if left := h.keys(t, ""); len(left) != 1 || !strings.Contains(left[0], "/documents/") {
		t.Errorf("in the bucket: %v", left)
	}
	if _, again := fetch(t, w.browser, id); !bytes.Equal(again, content) {
		t.Error("afterwards it reads differently")
	}
	if got := h.audited(t); got["document.received"] != 1 || len(got) != 1 {
		t.Errorf("the trail: %v", got)
	}
}

func TestEveryKindIsTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	for name, content := range map[string][]byte{
		"a.pdf": filestest.PDF("x"), "b.docx": filestest.DOCX(t), "c.odt": filestest.ODT(t, ""), "d.xlsx": filestest.XLSX(t), "e.ods": filestest.ODS(t, ""),
		"f.png": filestest.PNG(t, 30, 20), "g.jpeg": filestest.Photo(t, 30, 20, 6), "h.JPG": filestest.Photo(t, 30, 20, 1),
	} {
		id, received := w.upload(t, "statute", name, content)
		if received.State != "not_scanned" {
			t.Errorf("%s: %+v", name, received)
			continue
		}
		d := h.document(t, id)
		header, got := fetch(t, w.browser, id)
		if header.Get("Content-Type") != d.Kind.MediaType() || int64(len(got)) != d.Size {
			t.Errorf("%s: %v, %d bytes of %d", name, header, len(got), d.Size)
		}
		if bytes.Contains(got, []byte(filestest.Place)) {
			t.Errorf("%s still tells where it was taken", name)
		}
		if sum := sha256.Sum256(got); !bytes.Equal(sum[:], d.SHA256) {
			t.Errorf("%s: the sum is another's", name)
		}
	}
}

func TestWhatIsNotWhatItSaysIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	part := filestest.Part{Name: "a.class", Content: "x"}
	for name, tt := range map[string]struct {
		file    string
		content []byte
		says    string
	}{
		"a program":             {"rapor.pdf", []byte("MZ this is a program"), "not what the name says"},
		"a page":                {"rapor.pdf", []byte("<html><script>alert(1)</script>"), "not what the name says"},
		"an SVG":                {"logo.png", []byte("<svg onload=alert(1)>"), "not what the name says"},
		"a PDF and an archive":  {"rapor.pdf", append(filestest.PDF("x"), filestest.Archive(t, part)...), "second file hidden"},
		"a text with macros":    {"rapor.docx", filestest.DOCX(t, filestest.Part{Name: "word/vbaProject.bin", Content: "x"}), "macros"},
		"a text from elsewhere": {"rapor.docx", filestest.DOCX(t, filestest.Part{Name: "word/_rels/settings.xml.rels", Content: filestest.Relation("attachedTemplate", "https://evil.example/t")}), "from elsewhere"},
		"a bomb":                {"rapor.docx", filestest.DOCX(t, filestest.Part{Name: "word/media/a.bmp", Content: strings.Repeat("0", 9<<20)}), "far larger"},
		"50,000 × 50,000":       {"foto.png", filestest.HugePNG(t, 50_000, 50_000), "too many pixels"},
		"half a picture":        {"foto.png", filestest.PNG(t, 300, 200)[:500], "damaged"},
		"a locked text":         {"rapor.docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked"), "password"},
	} {
		id, received := w.upload(t, "statute", tt.file, tt.content)
		if received.State != "refused" || !strings.Contains(received.Text, tt.says) {
			t.Errorf("%s: %+v", name, received)
		}
		if page := w.browser.Get(documents.Href(id)); page.Status != http.StatusNotFound {
			t.Errorf("%s can be read: %d", name, page.Status)
		}
		if _, again := w.finalize(t, id.String()); again != received {
			t.Errorf("%s, again: %+v", name, again)
		}
	}
	if left := h.keys(t, ""); len(left) != 0 {
		t.Errorf("kept: %v", left)
	}
	if got := h.audited(t); got["document.refused"] != 10 || got["document.received"] != 0 {
		t.Errorf("the trail: %v", got)
	}
	if len(h.news) != 0 {
		t.Errorf("whoever waited was told twice: %v", h.news)
	}
}

func TestGrantsAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	w, other := h.writer(t), h.writer(t)
	late := h.writer(t)
	h.closed[late.sheet] = fault.TooLate("fault.stale")
	for name, tt := range map[string]struct {
		sheet ids.Sheet
		want  forms.Asked
		fault fault.Kind
		says  string
	}{
		"another kind":            {w.sheet, forms.Asked{Question: "letters", Name: "a.docx", Size: 10}, fault.KindInvalid, "documents.wrong_kind"},
		"no kind":                 {w.sheet, forms.Asked{Question: "statute", Name: "a", Size: 10}, fault.KindInvalid, "documents.wrong_kind"},
		"a program":               {w.sheet, forms.Asked{Question: "statute", Name: "a.pdf.exe", Size: 10}, fault.KindInvalid, "documents.wrong_kind"},
		"a name that turns":       {w.sheet, forms.Asked{Question: "statute", Name: "rapor\u202efdp.exe", Size: 10}, fault.KindInvalid, "documents.wrong_kind"},
		"no name":                 {w.sheet, forms.Asked{Question: "statute", Size: 10}, fault.KindInvalid, "documents.wrong_kind"},
		"nothing":                 {w.sheet, forms.Asked{Question: "statute", Name: "a.pdf"}, fault.KindInvalid, "documents.empty"},
		"less than nothing":       {w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: -1}, fault.KindInvalid, "documents.empty"},
		"too large":               {w.sheet, forms.Asked{Question: "letters", Name: "a.pdf", Size: 1<<20 + 1}, fault.KindInvalid, "documents.too_large"},
		"far too large":           {w.sheet, forms.Asked{Question: "letters", Name: "a.pdf", Size: 1 << 62}, fault.KindInvalid, "documents.too_large"},
		"a question of text":      {w.sheet, forms.Asked{Question: "name", Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
		"a question of all":       {w.sheet, forms.Asked{Question: "calendar", Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
		"an item of no repeat":    {w.sheet, forms.Asked{Question: "statute.1", Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
		"no question":             {w.sheet, forms.Asked{Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
		"somebody else's sheet":   {other.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
		"a sheet that is nowhere": {ids.New[ids.Sheet](), forms.Asked{Question: "statute", Name: "a.pdf", Size: 10}, fault.KindNotFound, ""},
	} {
		_, err := h.service.Grant(t.Context(), w.Scope, tt.sheet, tt.want)
		if kind(err) != tt.fault || tt.says != "" && !strings.Contains(err.Error(), "file: "+tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.service.Grant(t.Context(), late.Scope, late.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: 10}); kind(err) != fault.KindTooLate {
		t.Errorf("too late: %v", err)
	}
	g := w.grant(t, "statute", "a.pdf", filestest.PDF("x"))
	if status, _ := other.finalize(t, g.Document); status != http.StatusNotFound {
		t.Errorf("somebody else finalizes at their own sheet: %d", status)
	}
	for _, role := range []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleReviewer, tenants.RoleChair, tenants.RoleFinance} {
		if _, err := h.service.Grant(t.Context(), h.As(t, tenanttest.Role(role)), w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: 10}); kind(err) != fault.KindNotFound {
			t.Errorf("%s: %v", role, err)
		}
	}
	w.browser.PostJSON(w.below("documents"), map[string]any{"question": "statute", "name": "a.pdf", "size": 10, "type": "", "key": "t/x", "organization": other.organization})
	page := w.browser.PostJSON(w.below("documents"), map[string]any{"question": "statute", "name": "a.pdf", "size": 10, "state": "clean"})
	if page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a field that is not asked for: %d", page.Status)
	}
	page = w.browser.PostJSON(w.below("documents"), map[string]any{"question": "letters", "name": "a.exe", "size": 10, "type": ""})
	if !has(page.Body, `"detail":"This kind of document is not accepted here`) {
		t.Errorf("the script is told %s", page.Body)
	}
}

func TestWhatArrivedMustBeWhatWasGranted(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	content := filestest.PDF("x")
	for name, put := range map[string]struct {
		mediaType string
		content   []byte
	}{
		"longer":          {"application/pdf", append(content, ' ')},
		"of another type": {"text/html", content},
	} {
		g := w.grant(t, "statute", "a.pdf", content)
		// As a store would that does not hold browsers to their form.
		if err := h.store.Put(t.Context(), g.Fields["key"], put.mediaType, bytes.NewReader(put.content), int64(len(put.content))); err != nil {
			t.Fatal(err)
		}
		if status, received := w.finalize(t, g.Document); status != http.StatusOK || received.State != "refused" {
			t.Errorf("%s: %d, %+v", name, status, received)
		}
	}
}

func TestManyFinalizeAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	content := filestest.PDF("x")
	g := w.grant(t, "statute", "a.pdf", content)
	send(t, g, content)
	id, err := ids.Parse[ids.Document](g.Document)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			d, err := h.service.Finalize(t.Context(), w.Scope, w.sheet, id)
			if err != nil || d.Standing() != "not_scanned" && d.Standing() != "checking" {
				t.Errorf("%s, %v", d.Standing(), err)
			}
		})
	}
	all.Wait()
	if d := h.document(t, id); d.State != documents.Clean {
		t.Errorf("in the end it is %s", d.State)
	}
	if got := h.audited(t); got["document.received"] != 1 {
		t.Errorf("the trail: %v", got)
	}
}

func TestThereIsSoMuchRoomAndNoMore(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *documents.Config) { c.Limits = documents.Limits{Organization: 1000, Network: 1500} })
	a, b := h.writer(t), h.writer(t)
	grant := func(w *writer, size int64) error {
		_, err := h.service.Grant(t.Context(), w.Scope, w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: size})
		return err
	}
	var granted int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			err := grant(a, 300)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				granted++
			case kind(err) != fault.KindConflict || !strings.Contains(err.Error(), "documents.full"):
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if granted != 3 {
		t.Errorf("twelve at once: %d found room", granted)
	}
	if err := grant(b, 601); kind(err) != fault.KindConflict || !strings.Contains(err.Error(), "documents.network_full") {
		t.Errorf("beyond the network's room: %v", err)
	}
	if err := grant(b, 600); err != nil {
		t.Error(err)
	}
}

func TestManyBegunUploadsWait(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	for i := range 40 {
		if _, err := h.service.Grant(t.Context(), w.Scope, w.sheet, forms.Asked{Question: "statute", Name: fmt.Sprintf("%d.pdf", i), Size: 10}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.service.Grant(t.Context(), w.Scope, w.sheet, forms.Asked{Question: "statute", Name: "a.pdf", Size: 10}); kind(err) != fault.KindTooMany {
		t.Errorf("one more: %v", err)
	}
}

func TestWhoMayRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	w, other := h.writer(t), h.writer(t)
	id, _ := w.upload(t, "statute", "Tüzük.pdf", filestest.PDF("x"))
	refused, _ := w.upload(t, "statute", "a.pdf", []byte("no PDF"))
	granted, err := ids.Parse[ids.Document](w.grant(t, "statute", "b.pdf", []byte("x")).Document)
	if err != nil {
		t.Fatal(err)
	}
	assigned, conflicted := h.readers[w.sheet], h.readers[w.sheet]
	assigned.Assigned, conflicted.Assigned, conflicted.Conflicted = true, true, true
	for name, tt := range map[string]struct {
		grants []tenants.Grant
		plain  bool
		given  bool // assigned
		bound  bool // conflicted
	}{
		"a lead of it":         {[]tenants.Grant{{Role: tenants.RoleLead, Organization: w.organization}}, true, true, true},
		"a participant of it":  {[]tenants.Grant{{Role: tenants.RoleParticipant, Organization: w.organization}}, true, true, true},
		"a lead of another":    {[]tenants.Grant{{Role: tenants.RoleLead, Organization: other.organization}}, false, false, false},
		"a coordinator":        {[]tenants.Grant{{Role: tenants.RoleCoordinator}}, true, true, false},
		"an officer":           {[]tenants.Grant{{Role: tenants.RoleOfficer}}, true, true, false},
		"a finance officer":    {[]tenants.Grant{{Role: tenants.RoleFinance}}, true, true, false},
		"the chair":            {[]tenants.Grant{{Role: tenants.RoleChair}}, true, true, false},
		"a reviewer":           {[]tenants.Grant{{Role: tenants.RoleReviewer}}, false, true, false},
		"a facilitator":        {[]tenants.Grant{{Role: tenants.RoleFacilitator}}, false, false, false},
		"a funder":             {[]tenants.Grant{{Role: tenants.RoleFunder}}, false, false, false},
		"nobody in particular": {nil, false, false, false},
	} {
		b := h.SignedIn(t, h.As(t, tt.grants...).Actor())
		try := func(standing string, may bool) {
			t.Helper()
			want := http.StatusNotFound
			if may {
				want = http.StatusSeeOther
			}
			if got := b.Get(documents.Href(id)).Status; got != want {
				t.Errorf("%s, %s: %d, want %d", name, standing, got, want)
			}
			for _, unreadable := range []ids.Document{refused, granted, ids.New[ids.Document]()} {
				if got := b.Get(documents.Href(unreadable)).Status; got != http.StatusNotFound {
					t.Errorf("%s reads what is not clean: %d", name, got)
				}
			}
		}
		h.mu.Lock()
		plain := h.readers[w.sheet]
		h.mu.Unlock()
		try("plain", tt.plain)
		h.set(func() { h.readers[w.sheet] = assigned })
		try("assigned", tt.given)
		h.set(func() { h.readers[w.sheet] = conflicted })
		try("conflicted", tt.bound)
		h.set(func() { h.readers[w.sheet] = plain })
	}
	h.set(func() { h.hides = func(question string) bool { return question == "statute" } })
	coordinator := h.SignedIn(t, h.As(t, tenants.Grant{Role: tenants.RoleCoordinator}).Actor())
	if got := coordinator.Get(documents.Href(id)).Status; got != http.StatusNotFound {
		t.Errorf("a coordinator opens what was given for an answer that is not for coordinators: %d", got)
	}
	h.set(func() {
		h.hides, h.holds = nil, func(question string, document ids.Document) bool { return question == "statute" && document == id }
	})
	if got := coordinator.Get(documents.Href(id)).Status; got != http.StatusNotFound {
		t.Errorf("a coordinator opens what was not sent yet: %d", got)
	}
	if got := h.Browser(t, h.Tenant).Get(documents.Href(id)); got.Status != http.StatusNotFound && !strings.HasPrefix(got.Path, "/sign-in") {
		t.Errorf("a visitor: %d at %s", got.Status, got.Path)
	}
	// Those of the network's side who opened it stand in the trail, its own people do not.
	if got := h.audited(t)["document.opened"]; got != 9 {
		t.Errorf("%d openings in the trail", got)
	}
}

func (h *house) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

func TestAnEndedMembershipEndsReading(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	id, _ := w.upload(t, "statute", "a.pdf", filestest.PDF("x"))
	page := w.browser.Get(documents.Href(id))
	link := page.Header.Get("Location")
	if page.Status != http.StatusSeeOther || !strings.Contains(link, "X-Amz-Expires=60&") {
		t.Fatalf("%d, %s", page.Status, link)
	}
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, w.Actor().Person, tenants.Grant{Role: tenants.RoleLead, Organization: w.organization})
		return err
	})
	if got := w.browser.Get(documents.Href(id)).Status; got != http.StatusNotFound {
		t.Errorf("after the role was taken: %d", got)
	}
}

func TestOthersDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	stranger := h.writer(t)
	theirs, _ := stranger.upload(t, "statute", "CANARY-name.pdf", filestest.PDF("x"))
	other := h.Another(t)
	elsewhere := ids.New[ids.Document]()
	h.write(t, h.Tenants.Bind(other, tenants.SystemActor("test")), func(ctx context.Context, tx *tenants.Tx) error {
		form, err := h.forms.Create(ctx, tx, "Papers")
		if err != nil {
			return err
		}
		version, err := h.forms.Publish(ctx, tx, form, definition())
		if err != nil {
			return err
		}
		sheet, err := h.forms.NewSheet(ctx, tx, version.ID, forms.ScopePart)
		if err != nil {
			return err
		}
		h.set(func() { h.readers[sheet.ID] = h.readers[w.sheet] })
		organization := ids.New[ids.Organization]()
		if _, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, 'B', 'b', 'association', 'TR', 'B')`, organization).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewRaw(`INSERT INTO documents (id, sheet_id, question, organization_id, name, kind, size, state, sha256, quarantine_key, key, granted_at)
			VALUES (?, ?, 'statute', ?, 'CANARY-B.pdf', 'pdf', 5, 'clean', 'x', 'q', 'k', now())`, elsewhere, sheet.ID, organization).Exec(ctx)
		return err
	})
	kinds := map[string]bool{}
	for _, id := range []ids.Document{theirs, elsewhere, ids.New[ids.Document]()} {
		w.browser.Get(documents.Href(id))
		w.browser.Want(http.StatusNotFound, "This page does not exist")
		if strings.Contains(w.browser.Page.Body, "CANARY") {
			t.Error("a name is told")
		}
		kinds[sitetest.Stripped(w.browser.Page.Body, id.String())] = true
		w.browser.Get("/desk")
		if status, _ := w.finalize(t, id.String()); status != http.StatusNotFound {
			t.Errorf("finalization: %d", status)
		}
	}
	if len(kinds) != 1 {
		t.Errorf("there are %d kinds of not found", len(kinds))
	}
	shown, err := h.service.Documents(t.Context(), w.Scope, []ids.Document{theirs, elsewhere, ids.New[ids.Document]()})
	if err != nil || len(shown) != 0 {
		t.Errorf("%v, %v", shown, err)
	}
}

func TestManyAreToldInAsManyQueriesAsOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all []ids.Document
	ask := func() int64 {
		return h.queries.Least(func() {
			if got, err := h.service.Documents(t.Context(), h.System(), all); err != nil || len(got) != len(all) {
				t.Fatalf("%d of %d, %v", len(got), len(all), err)
			}
		})
	}
	add := func() {
		id, _ := h.writer(t).upload(t, "statute", "a.pdf", filestest.PDF("x"))
		all = append(all, id)
	}
	add()
	one := ask()
	add()
	add()
	if three := ask(); three != one || one != 1 {
		t.Errorf("%d queries for one, %d for three", one, three)
	}
}

func TestWhatNobodyFinalizedIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.writer(t)
	content := filestest.PDF("x")
	sent, never := w.grant(t, "statute", "a.pdf", content), w.grant(t, "statute", "b.pdf", content)
	send(t, sent, content)
	if n := len(h.keys(t, "quarantine/")); n != 1 {
		t.Fatalf("%d in quarantine", n)
	}
	for _, g := range []forms.Granted{sent, never} {
		id, err := ids.Parse[ids.Document](g.Document)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := h.service.Settle(t.Context(), h.System(), id); err != nil {
				t.Fatal(err)
			}
		}
		if status, _ := w.finalize(t, g.Document); status != http.StatusNotFound {
			t.Errorf("afterwards: %d", status)
		}
	}
	if left := h.keys(t, ""); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	var due time.Time
	err := h.Cluster.Worker.QueryRow(t.Context(), `SELECT min(scheduled_at) FROM river.river_job WHERE args->>'room' = $1 AND args->>'name' = 'documents.settle'`, h.Tenant.ID.String()).Scan(&due)
	if err != nil || time.Until(due) < 50*time.Minute || time.Until(due) > 70*time.Minute {
		t.Errorf("it is settled at %s, %v", due, err)
	}
}
