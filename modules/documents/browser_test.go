package documents_test

import (
	"net/http"
	"net/http/httptest"
	"path"
	"testing"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
)

// shown serves what a test's browser was answered, with the assets, to a real browser.
func shown(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(body))
			return
		}
		if r.URL.Path == "/brand.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(ui.BrandCSS(ui.Brand{})))
			return
		}
		file, ok := ui.Read(path.Base(r.URL.Path), "")
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.Type)
		_, _ = w.Write(file.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	for look, language := range map[uitest.Look]string{{Language: "en"}: "en", {Language: "tr", Phone: true}: "tr", {Language: "de", Dark: true}: "de"} {
		w := h.writer(t)
		w.browser.SetCookie("language", language)
		pages := map[string]string{}
		form, action := w.below("documents/new?question=statute"), w.below("documents/new")
		pages["/empty"] = w.browser.Get(form).Body
		w.browser.SubmitFile(action, "file", "", nil)
		pages["/refused"] = w.browser.Page.Body
		w.browser.SubmitFile(action, "file", "Derneğimizin İmzalı ve Mühürlü Tüzüğü – genel kurulca kabul edilen son hâli.pdf", filestest.PDF("x"))
		w.browser.Get(form)
		w.browser.SubmitFile(action, "file", "Makrolu.docx", filestest.DOCX(t, filestest.Part{Name: "word/vbaProject.bin", Content: "x"}))
		pages["/given"] = w.browser.Page.Body
		origin := shown(t, pages)
		v := uitest.Visit(t, look)
		for name := range pages {
			v.Go(origin + name)
			v.Accessible("documents-" + name[1:] + "-" + language)
		}
	}
}
