package selection_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

func TestWhatMustBeReadFirstStandsBeforeTheFirstApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	reader, other := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Öteki", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	first, second := h.assign(t, a, reader)[0], h.assign(t, b, reader)[0]
	others := h.assign(t, a, other)[0]
	if err := h.service.Declare(t.Context(), other, others, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	if err := h.pool.Instruct(t.Context(), officer, h.call.ID, reviewers.Training{}); err == nil {
		t.Error("an officer writes it")
	}
	if err := h.pool.Instruct(t.Context(), coordinator, h.call.ID, reviewers.Training{Required: true}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("nothing must be read: %v", err)
	}
	if _, err := h.pool.Training(t.Context(), reader, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("there is nothing yet: %v", err)
	}
	words := reviewers.Training{Body: i18n.Text{i18n.TR: "# Ölçek"}, Required: true}
	if err := h.pool.Instruct(t.Context(), coordinator, h.call.ID, words); err != nil {
		t.Fatal(err)
	}
	if err := h.pool.Instruct(t.Context(), coordinator, h.call.ID, words); !fault.Is(err, fault.KindConflict) {
		t.Errorf("over somebody else's: %v", err)
	}
	if _, err := h.pool.Training(t.Context(), leads[0], h.call.ID); err == nil {
		t.Error("an applicant reads it")
	}
	// Nobody opens an application before, but one who has opened one goes on, and a conflict can be declared at once.
	if err := h.service.Declare(t.Context(), reader, first, selection.Declaration{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("opened unread: %v", err)
	}
	if d, err := h.service.Desk(t.Context(), reader, first); err != nil || d.State != selection.ReviewAssigned {
		t.Errorf("%s, %v", d.State, err)
	}
	if _, _, err := h.service.SaveAll(t.Context(), other, others, []selection.Typed{{Ref: "comment", Score: selection.NoScore, Feedback: "On."}}); err != nil {
		t.Errorf("who has opened it before: %v", err)
	}
	if err := h.service.Declare(t.Context(), reader, second, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Errorf("a conflict: %v", err)
	}
	if err := h.pool.ReadTraining(t.Context(), reader, h.call.ID, 7); !fault.Is(err, fault.KindConflict) {
		t.Errorf("another version: %v", err)
	}
	for range 2 {
		if err := h.pool.ReadTraining(t.Context(), reader, h.call.ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	words.Version, words.Body = 1, i18n.Text{i18n.TR: "# Ölçek", i18n.EN: "# The scale"}
	if err := h.pool.Instruct(t.Context(), coordinator, h.call.ID, words); err != nil {
		t.Fatal(err)
	}
	if got, err := h.pool.Training(t.Context(), reader, h.call.ID); err != nil || got.Due() || !got.Changed() {
		t.Errorf("%+v, %v", got, err)
	}
	if err := h.service.Declare(t.Context(), reader, first, selection.Declaration{}); err != nil {
		t.Errorf("after reading: %v", err)
	}
}

func TestThePagesOfATraining(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reader := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Rüya Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reader)[0]
	c, r := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, reader.Actor())
	path := "/selection/" + h.call.ID.String() + "/training"
	c.Get(path)
	c.Submit(path, "required", "yes")
	c.Want(422, "There is nothing to read yet.")
	for _, version := range []string{"x", "-1", ""} {
		c.Get(path)
		c.Submit(path, "body_en", "Read this.", "required", "yes", "version", version)
		c.Want(http.StatusUnprocessableEntity)
	}
	c.Get(path)
	c.Submit(path, "body_en", strings.Repeat("x", reviewers.MaxTraining+1), "required", "yes")
	c.Want(422)
	c.Submit(path, "body_en", "## The scale\n\n<script>x</script>\n\nTen is **rare**.", "required", "yes")
	c.Want(200, "The text is saved", "Rüya Okur", "Not yet")
	r.Get("/reviews")
	r.Want(200, "there is something to read before you open the first application")
	r.Get("/reviews/" + id.String())
	r.Want(200, "there is something to read")
	if strings.Contains(r.Page.Body, "open the application</button>") {
		t.Error("the application can be opened")
	}
	r.Get("/reviews/training/" + h.call.ID.String())
	r.Want(200, "The scale", "Ten is rare")
	if strings.Contains(r.Page.Body, "<script>x") {
		t.Error("a script")
	}
	r.Submit("/reviews/training/" + h.call.ID.String() + "/acknowledgement")
	r.Want(200, "You can begin.")
	r.Get("/reviews/" + id.String())
	r.Submit("/reviews/"+id.String()+"/declaration", "conflict", "no")
	r.Want(200, "ANSWERS")
	c.Get(path)
	if strings.Contains(c.Page.Text(), "Not yet") {
		t.Error("nobody knows that it was read")
	}
	for _, look := range looks {
		v, at := h.visit(t, look, coordinator)
		v.Go(at.Address(path))
		v.Accessible("selection-training-writing-" + look.Language)
		v, at = h.visit(t, look, reader)
		v.Go(at.Address("/reviews/training/" + h.call.ID.String()))
		v.Accessible("selection-training-" + look.Language)
	}
}
