package applications_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// put sends the values of one question's input as the page's script does.
func put(b *browser, sheet ids.Sheet, ref string, base int64, values ...string) int {
	raw, err := json.Marshal(map[string]any{"value": map[string][]string{forms.FieldName(ref): values}, "base": base, "language": "tr"})
	if err != nil {
		panic(err)
	}
	return putJSON(b, "/sheets/"+sheet.String()+"/answers/"+url.PathEscape(ref), string(raw))
}

func putJSON(b *browser, path, body string) int {
	b.Headers["Accept"], b.Headers["X-CSRF-Token"] = "application/json", b.Page.Value("_csrf")
	defer clear(b.Headers)
	return b.Body(http.MethodPut, path, "application/json", body).Status
}

// TestEveryQuestionStandsBadInput sends to each question of the default form, over HTTP, what nobody should send, and
// looks at what is kept and how it is shown.
func TestEveryQuestionStandsBadInput(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.side(t, "Ihlamur", "TR")
	a := h.find(t, h.begun(t, h.call(t, "pair"), one, "tr"))
	b := h.SignedIn(t, one.lead.Actor())
	form := blueprints.Default().Form
	for i := range form.Sections {
		section := &form.Sections[i]
		sheet := a.Part(one.id).Sheet
		if section.Scope == forms.ScopeJoint {
			sheet = a.Joint
		}
		b.Get("/applications/" + a.ID.String() + "/sections/" + section.Key)
		b.Want(200)
		for j := range section.Questions {
			q := &section.Questions[j]
			if !q.Type.Asks() {
				if got := put(b, sheet, q.Key, 0, "x"); got != 404 {
					t.Errorf("%s, which asks nothing: %d", q.Key, got)
				}
				continue
			}
			h.abuse(t, b, sheet, q)
		}
	}
	b.Get("/applications/" + a.ID.String() + "/sections/need")
	b.Want(200, "<script>alert(1)</script> =1+1 İıIi")
	if strings.Contains(b.Page.Body, "<script>alert(1)") {
		t.Error("a script is on the page")
	}
}

func (h *house) abuse(t *testing.T, b *browser, sheet ids.Sheet, q *forms.Question) {
	t.Helper()
	text := q.Type == forms.TypeShortText || q.Type == forms.TypeLongText
	version := func() int64 {
		_, v := h.answer(t, sheet, q.Key)
		return v
	}
	for _, refused := range []string{"a\x00b", "a\u202eb", "a\u2066b", strings.Repeat("ğ", 20_001)} {
		before, base := h.answer(t, sheet, q.Key)
		got := put(b, sheet, q.Key, base, refused)
		after, _ := h.answer(t, sheet, q.Key)
		switch {
		case text && got != 422:
			t.Errorf("%s takes %.10q: %d", q.Key, refused, got)
		case got >= 500:
			t.Errorf("%s fails on %.10q: %d", q.Key, refused, got)
		case strings.Contains(after, "\\u0000") || strings.ContainsAny(after, "\x00\u202e\u2066") || text && after != before:
			t.Errorf("%s keeps %.40s of %.10q", q.Key, after, refused)
		}
	}
	// JSON of another shape, an unknown field, another media type's bytes, and invalid UTF-8.
	address := "/sheets/" + sheet.String() + "/answers/" + q.Key
	for _, body := range []string{`{"value": "x"}`, `{"value": {"a": 1}}`, `{"value": {}, "base": -1, "role": "admin"}`, `{"value": `, `[]`, ``, `{"value": {}} {}`} {
		if got := putJSON(b, address, body); got != 422 {
			t.Errorf("%s answers %q with %d", q.Key, body, got)
		}
	}
	if got := putJSON(b, address, `{"value": {"`+forms.FieldName(q.Key)+`": ["a`+"\xff"+`b"]}, "base": `+fmt.Sprint(version())+`}`); got >= 500 {
		t.Errorf("%s fails on invalid UTF-8: %d", q.Key, got)
	}
	if raw, _ := h.answer(t, sheet, q.Key); strings.Contains(raw, "\xff") {
		t.Errorf("%s keeps invalid UTF-8", q.Key)
	}
	const nasty = "<script>alert(1)</script> =1+1 İıIi"
	if got := put(b, sheet, q.Key, version(), nasty); got != 200 {
		t.Errorf("%s does not take %q: %d", q.Key, nasty, got)
	}
	if raw, _ := h.answer(t, sheet, q.Key); text && q.Format == forms.FormatNone && !kept(raw, nasty) {
		t.Errorf("%s keeps %s of %q", q.Key, raw, nasty)
	}
	if got := put(b, sheet, q.Key, version()); got != 200 {
		t.Errorf("%s cannot be emptied: %d", q.Key, got)
	}
	if raw, _ := h.answer(t, sheet, q.Key); raw != "null" && raw != "" {
		t.Errorf("%s keeps %s when it was emptied", q.Key, raw)
	}
	if q.Key == "issue" {
		put(b, sheet, q.Key, version(), nasty)
	}
}

func kept(raw, text string) bool {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return raw == strings.TrimSpace(b.String())
}

func TestAPageWithoutAScriptLosesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.side(t, "Ihlamur", "TR")
	a := h.find(t, h.begun(t, h.call(t, "pair"), one, "tr"))
	colleague := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: one.id})
	mine, theirs := h.SignedIn(t, one.lead.Actor()), h.SignedIn(t, colleague.Actor())
	section := "/applications/" + a.ID.String() + "/sections/organization?seat=tr"
	mine.Get(section)
	theirs.Get(section)
	mine.Submit(section, "answers[city]", "Iğdır", "answers[staff]", "iki")
	mine.Want(422, "Please enter a number.")
	if mine.Page.Value("answers[staff]") != "iki" || mine.Page.Value("answers[city]") != "Iğdır" {
		t.Error("what was typed is lost")
	}
	if got, _ := h.answer(t, a.Part(one.id).Sheet, "city"); got != `"Iğdır"` {
		t.Errorf("the right answers were not kept: %s", got)
	}
	theirs.Submit(section, "answers[city]", "Kars", "answers[founded]", "1999")
	theirs.Want(409, "Your text", "Kars", "The other text", "Iğdır", "Person "+one.lead.Actor().Person.String()[30:])
	if got, _ := h.answer(t, a.Part(one.id).Sheet, "founded"); got != "1999" {
		t.Errorf("the other answers were lost with the clash: %s", got)
	}
	theirs.Submit(section, "answers[city]", "Kars")
	theirs.Want(200, "Saved.")
	mine.Get(section)
	mine.Post(section, url.Values{"_csrf": {mine.Page.Value("_csrf")}, "base[nothing]": {"1"}, "answers[nothing]": {"x"}, "base[city]": {"-1"}, "answers[city]": {"y"}, "base[issue]": {"0"}, "answers[issue]": {"another section's"}})
	mine.Want(200, "Saved.")
	if got, _ := h.answer(t, a.Part(one.id).Sheet, "issue"); got != "" {
		t.Errorf("another section was written: %s", got)
	}
}

func TestADoubleClickHandsInOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	b := h.SignedIn(t, one.lead.Actor())
	path := "/applications/" + id.String()
	b.Get(path)
	csrf := url.Values{"_csrf": {b.Page.Value("_csrf")}}
	done := make(chan int, 20)
	for range 20 {
		again := h.SignedIn(t, one.lead.Actor())
		again.SetCookie("session", b.Cookie("session"))
		go func() { done <- again.Post(path+"/submission", csrf).Status }()
	}
	for range 20 {
		if got := <-done; got != 200 {
			t.Errorf("a click is answered with %d", got)
		}
	}
	var n int
	if err := h.System().Read().NewRaw(`SELECT count(*) FROM submissions WHERE application_id = ?`, id).Scan(t.Context(), &n); err != nil || n != 1 {
		t.Errorf("%d submissions, %v", n, err)
	}
	b.Get(path)
	for range 2 {
		b.Post(path+"/withdrawal", csrf)
		b.Want(200, "Withdrawn")
	}
	partner := h.SignedIn(t, two.lead.Actor())
	partner.Get(path)
	partner.Want(200, "Withdrawn", "Read what was submitted")
}

func TestTheReceiptIsTrue(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	b := h.SignedIn(t, one.lead.Actor())
	path := "/applications/" + id.String()
	b.Get(path + "/receipt")
	b.Want(404)
	b.Get(path)
	b.Submit(path + "/submission")
	number := h.find(t, id).Number
	b.Want(200, "Application "+number+" has arrived", "(Europe/Berlin)", "You can improve your application until")
	if link := b.Page.Link("Verify a document"); link != "/verify" {
		t.Errorf("papers are verified at %s", link)
	}
	for _, paper := range []string{"/receipt.pdf", "/dossier.pdf"} {
		page := b.Get(path + paper)
		b.Want(200)
		if page.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(page.Body, "%PDF-") || !strings.HasPrefix(page.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v %.10q", paper, page.Header, page.Body)
		}
	}
	last := h.find(t, id).SubmittedAt
	want := []applications.Issued{{Kind: "receipt", Application: id, About: last, Locale: i18n.EN}, {Kind: "dossier", Application: id, About: last, Locale: i18n.EN}}
	if diff := cmp.Diff(want, h.around.issued); diff != "" {
		t.Error(diff)
	}
	partner := h.SignedIn(t, two.lead.Actor())
	partner.SetCookie("language", "de")
	partner.Get(path + "/receipt")
	partner.Want(200, "ist angekommen", number)
}

// TestListsAskAsOftenForManyAsForOne counts the queries of every page that lists applications.
func TestListsAskAsOftenForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.side(t, "Ihlamur", "TR")
	b, officer := h.SignedIn(t, one.lead.Actor()), h.SignedIn(t, h.officer(t).Actor())
	asks := func() map[string]int64 {
		counts := map[string]int64{}
		for path, who := range map[string]*browser{"/my-applications": b, "/desk": b, "/applications": officer} {
			counts[path] = h.queries.Least(func() {
				who.Get(path)
				who.Want(200)
			})
		}
		return counts
	}
	apply := func() {
		t.Helper()
		id := h.begun(t, h.call(t, "pair"), one, "tr")
		h.fills(t, id)
		h.confirms(t, id, one)
		h.submits(t, id, one)
		h.begun(t, h.call(t, "pair"), one, "tr")
	}
	apply()
	first := asks()
	apply()
	apply()
	for path, n := range asks() {
		if n != first[path] || n > 7 {
			t.Errorf("%s: %d queries for one, %d for three", path, first[path], n)
		}
	}
}
