package selection_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/selection"
	"kervan/tenants"
)

// twice presses a form's button twice: the second leads where the first did, with the same notice, and nobody hears anything more.
func (h *house) twice(t *testing.T, sc tenants.Scope, page, action, said string, pairs ...string) {
	t.Helper()
	b := h.SignedIn(t, sc.Actor())
	b.Get(page)
	values := url.Values{"_csrf": {b.Page.Value("_csrf")}}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	b.Post(action, values)
	b.Want(http.StatusOK, said)
	first := b.Page.Path
	h.Jobs(t)
	mails, news := len(h.mails), len(h.news)
	b.Post(action, values)
	b.Want(http.StatusOK, said)
	h.Jobs(t)
	if b.Page.Path != first || len(h.mails) != mails || len(h.news) != news {
		t.Errorf("%s: led to %s and %s, and told of %d mails and %d lines more", action, first, b.Page.Path, len(h.mails)-mails, len(h.news)-news)
	}
}

// late posts a form that cannot be followed any more, and reports whether it was told as done.
func (h *house) late(t *testing.T, sc tenants.Scope, page, action, said string, pairs ...string) bool {
	t.Helper()
	b := h.SignedIn(t, sc.Actor())
	b.Get(page)
	values := url.Values{"_csrf": {b.Page.Value("_csrf")}}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	b.Post(action, values)
	return strings.Contains(b.Page.Text(), said)
}

func TestASecondClickIsNoMistakeOfAReviewer(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	declares, tells, returns, submits := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Der", tenants.RoleReviewer), h.role(t, "Verir", tenants.RoleReviewer), h.role(t, "Yazar", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	given := h.assign(t, a, declares, tells, returns, submits)
	folder, review := "/selection/applications/"+a.ID.String()+"/conflict", func(i int) string { return "/reviews/" + given[i].String() }
	const gone = "The application is gone from your pages."
	h.twice(t, declares, folder, folder, gone, "kind", "family")
	h.twice(t, tells, review(1), review(1)+"/declaration", gone, "conflict", "yes", "kind", "family")
	h.twice(t, returns, review(2)+"/return", review(2)+"/return", "The review is given back.", "reason", "Vaktim yok.")
	h.write(t, submits, given[3], 7, "TEXT")
	h.twice(t, submits, review(3)+"/submission", review(3)+"/submission", "Your review is submitted.")
	h.twice(t, officer, folder, folder, gone, "kind", "family")
	// Whoever says something else now is not told that it was heard.
	if h.late(t, declares, "/reviews", folder, gone, "kind", "work") {
		t.Error("another kind of conflict of interest counts as declared")
	}
	if h.late(t, returns, "/reviews", review(2)+"/return", "The review is given back.", "reason", "Başka bir neden.") {
		t.Error("another reason counts as given")
	}
	// From whom it is hidden without a word of theirs, it is not there at all.
	found := h.role(t, "Bilmez", tenants.RoleOfficer)
	h.conflict(t, found, a)
	h.set(t, `UPDATE conflicts SET detected = true WHERE person_id = ?`, found.Actor().Person)
	b := h.SignedIn(t, found.Actor())
	b.Get("/reviews")
	b.Post(folder, url.Values{"_csrf": {b.Page.Value("_csrf")}, "kind": {"family"}})
	b.Want(http.StatusNotFound)
}

func TestASecondClickIsNoMistakeOfAnApplicant(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	reply := func(i int) string { return "/applications/" + w.all[i].ID.String() + "/reply" }
	h.twice(t, w.leads[0][0], reply(0), reply(0), "Your acceptance has arrived.")
	h.twice(t, w.leads[0][1], reply(0), reply(0), "Your acceptance has arrived.")
	b := h.SignedIn(t, w.leads[1][1].Actor())
	b.Get(reply(1))
	b.Post(reply(1), url.Values{"_csrf": {b.Page.Value("_csrf")}})
	b.Want(http.StatusOK, "Your acceptance has arrived.")
	h.twice(t, w.leads[1][0], reply(1)+"/refusal", reply(1)+"/refusal", "The place was given back.")
	if h.late(t, w.leads[1][1], reply(1), reply(1), "Your acceptance has arrived.") {
		t.Error("a place that the other has given back counts as accepted")
	}
	b.Get(reply(1))
	b.Post(reply(1)+"/refusal", url.Values{"_csrf": {b.Page.Value("_csrf")}})
	b.Want(http.StatusOK, "answered")
}

func TestASecondClickIsNoMistakeInAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.dropping(t)
	application := "/applications/" + d.id.String()
	vacancy := "/selection" + application + "/place/" + d.leaves.String() + "/replacement"
	asks := []string{"coming", d.comes.ID.String(), "reason", "Kapandı.", "until", time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}
	open := func() string {
		t.Helper()
		all := h.place(t, d).Replacements
		return application + "/replacements/" + all[len(all)-1].ID.String()
	}
	h.twice(t, d.leaver, application+"/reply/departure", application+"/reply/departure", "You have dropped out", "reason", "Bütçe yok.")
	h.twice(t, d.coordinator, vacancy, vacancy, "The organizations are asked.", asks...)
	later := slices.Clone(asks)
	later[5] = time.Now().AddDate(0, 0, 12).Format(time.DateOnly)
	if h.late(t, d.coordinator, "/desk", vacancy, "The organizations are asked.", later...) {
		t.Error("asking until another day counts as done")
	}
	h.twice(t, d.coordinator, open(), open()+"/withdrawal", "It is taken back")
	h.twice(t, d.coordinator, vacancy, vacancy, "The organizations are asked.", asks...)
	h.twice(t, d.staying, open(), open()+"/refusal", "The network is told", "reason", "Tanımıyoruz.")
	h.twice(t, d.coordinator, vacancy, vacancy, "The organizations are asked.", asks...)
	h.twice(t, d.coming, open(), open()+"/consent", "You have agreed.")
	h.twice(t, d.staying, open(), open()+"/consent", "You have agreed.")
	conditions := "/selection" + application + "/conditions/" + d.terms[0].String()
	h.twice(t, d.coordinator, conditions, conditions+"/fulfilment", "met")
	h.set(t, `UPDATE place_conditions SET due_at = now() - interval '1 day' WHERE application_id = ?`, d.id)
	revocation := "/selection" + application + "/conditions/revocation"
	h.twice(t, d.coordinator, revocation, revocation, "taken back", "reason", "Gelmedi.")
	if r := h.place(t, d).Replacements; len(r) != 3 || r[2].State != selection.ReplacementDone {
		t.Errorf("afterwards: %+v", r)
	}
}
