package selection_test

import (
	"strings"
	"testing"

	"kervan/tenants"
)

func TestAReviewIsWrittenWithoutAScript(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	b, path := h.SignedIn(t, reviewer.Actor()), "/reviews/"+id.String()
	b.Get(path)
	b.Submit(path+"/declaration", "conflict", "no")
	b.Submit(path, "answers[need][score]", "8", "answers[need][text]", "Somut <b>sorun</b>.")
	b.Want(200, "Your draft is saved.", "Total 20.0")
	if b.Page.Value("base[need]") != "1" || !strings.Contains(b.Page.Body, "Somut &lt;b&gt;sorun&lt;/b&gt;.") {
		t.Errorf("kept: version %s", b.Page.Value("base[need]"))
	}
	old := b.Page
	b.Submit(path, "answers[need][text]", "Daha iyi bir gerekçe.")
	b.Page = old
	b.Submit(path, "answers[need][text]", "Eski sekmede yazılan.")
	b.Want(409, "Another page of yours saved something else", "Eski sekmede yazılan.", "Daha iyi bir gerekçe.")
	b.Get(path)
	b.Submit(path, "submit", "yes")
	b.Want(422, "Something is still missing", "Choose a score.", "Write at least 30 characters; there are 21.", "at least 30 characters; there are 0.")
	pairs := []string{"submit", "yes"}
	for _, k := range h.call.Criteria {
		pairs = append(pairs, "answers["+k.Key+"][score]", "4", "answers["+k.Key+"][text]", words("Neden"))
	}
	b.Submit(path, pairs...)
	b.Want(200, "Submit your review", "Total 40.0", "4 of 10")
	b.Submit(path + "/submission")
	b.Want(200, "Your review is submitted", "Submitted: 40.0", "1 of 1 submitted")
	b.Get(path)
	b.Want(200, "Submitted on", "4 of 10")
	b.Submit(path + "/resumption")
	b.Want(200, "You can change your review now.", "To review")
	b.Submit(path, "answers[need][score]", "eleven")
	b.Want(422, "Please check these entries")
	b.Get(path)
	b.Submit(path, "answers[need][text]", strings.Repeat("x", 2001))
	b.Want(422, "2001 characters")
}
