package programs_test

import (
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
)

func TestTheCoordinatorSaysHowLongAnswersAreKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/retention"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "How long answers are kept", "Personal data: erased 24 months after the application is over", "Change the periods")
	b.Get(page)
	for _, bad := range []string{"soon", "0", "-1", "241", "12.5"} {
		b.Submit(page, "personal", bad, "special", "7", "financial", "")
		b.Want(422, "Personal data")
		if b.Page.Value("personal") != bad || b.Page.Value("special") != "7" {
			t.Errorf("%s: what was typed is lost", bad)
		}
	}
	b.Submit(page, "personal", " 18 ", "special", "6", "financial", "")
	b.Want(200, "Saved.", "Personal data: erased 18 months", "Delicate data: erased 6 months")
	if strings.Contains(b.Page.Body, "Financial data: erased") {
		t.Error("a period that was taken out is still there")
	}
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if now.Review.KeepPersonal != 18 || now.Review.KeepSpecial != 6 || now.Review.KeepFinancial != 0 {
		t.Errorf("%+v", now.Review)
	}
	if unkept := now.Unkept(h.asks(t, sc, now)); len(unkept) != 1 || unkept[0] != forms.ClassFinancial {
		t.Errorf("without a period: %v", unkept)
	}
	file, raw := h.file(t, sc, now)
	if file.Review.KeepPersonal != 18 {
		t.Errorf("the file says %+v", file.Review)
	}
	brought, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2031")
	if err != nil || len(flaws) > 0 || brought.Review.KeepSpecial != 6 {
		t.Errorf("brought in: %+v, %v, %v", brought.Review, flaws, err)
	}
	if _, flaws, err = h.service.BeginFromFile(t.Context(), sc, []byte(strings.Replace(string(raw), `"keep_personal": 18`, `"keep_personal": 2400`, 1)), "2032"); err != nil || len(flaws) != 1 {
		t.Errorf("a period of two hundred years: %v, %v", flaws, err)
	}
	again, err := h.service.BeginAgain(t.Context(), sc, c.ID, "2033", now.OpensAt.AddDate(1, 0, 0))
	if err != nil || again.Review.KeepPersonal != 18 {
		t.Errorf("begun again: %+v, %v", again.Review, err)
	}
}

// TestAPromisedPeriodOnlyBecomesShorter once applicants have read it, and the public log says that it did.
func TestAPromisedPeriodOnlyBecomesShorter(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "What is erased, and when", "Delicate data: erased 12 months after the application is over")
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/retention"
	b.Get(page)
	b.Want(200, "they can become shorter, not longer")
	b.Submit(page, "personal", "25", "special", "", "financial", "60")
	b.Want(422, "Applicants have been promised 24 months", "Applicants have been promised 12 months")
	b.Submit(page, "personal", "24", "special", "3", "financial", "60")
	b.Want(200, "Saved.")
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Delicate data: erased 3 months", "Answers are erased earlier")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	h.drafted(t) // a draft has promised nothing yet
	keeping, err := programs.Keeping(t.Context(), h.System().Read())
	if err != nil || len(keeping) != 1 || keeping[0].ID != c.ID || keeping[0].Review.KeepSpecial != 3 || !keeping[0].Over().After(now.ClosesAt) {
		t.Errorf("%+v, %v", keeping, err)
	}
	if err := h.service.Retain(t.Context(), sc, c.ID, now.Version-1, programs.Retention{forms.ClassPersonal: 1, forms.ClassSpecial: 1, forms.ClassFinancial: 1}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("an old page: %v", err)
	}
}
