package programs_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestTheCoordinatorSaysWhatReviewersSee(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/anonymity"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "Reviewers see who applies.")
	b.Get(page)
	b.Want(200, "Name of your organization in its own language", "Always hidden")
	if strings.Contains(b.Page.Body, `value="org_name"`) || strings.Contains(b.Page.Body, `value="contact"`) {
		t.Error("what names somebody can be shown")
	}
	for _, proposed := range []string{"registration_document", "city"} {
		if !strings.Contains(b.Page.Body, `value="`+proposed+`" checked`) {
			t.Errorf("%s is not proposed to be hidden", proposed)
		}
	}
	b.Submit(page, "anonymous", "yes", "hidden", "no_such_question")
	b.Want(422)
	b.Get(page)
	b.Submit(page, "anonymous", "yes")
	b.Want(200, "Saved.", "Reviewers do not learn who applies.")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if !now.Review.Anonymous || !slices.Contains(now.Review.Hidden, "registration_document") || slices.Contains(now.Review.Hidden, "org_name") {
		t.Errorf("%+v", now.Review)
	}
	must(t, h.service.Conceal(t.Context(), sc, c.ID, now.Version, programs.Anonymity{On: true, Hidden: []string{"city", "org_name"}}))
	file, raw := h.file(t, sc, now)
	if !file.Review.Anonymous || !slices.Equal(file.Review.Hidden, []string{"city"}) {
		t.Errorf("the file says %+v", file.Review)
	}
	brought, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2031")
	if err != nil || len(flaws) > 0 || !brought.Review.Anonymous || !slices.Equal(brought.Review.Hidden, []string{"city"}) {
		t.Errorf("brought in: %+v, %v, %v", brought.Review, flaws, err)
	}
	must(t, h.service.Conceal(t.Context(), sc, c.ID, now.Version+1, programs.Anonymity{Hidden: []string{"city"}}))
	if now, err = h.service.Call(t.Context(), sc, c.ID); err != nil || now.Review.Anonymous || len(now.Review.Hidden) > 0 {
		t.Errorf("taken back: %+v, %v", now.Review, err)
	}
}

// TestWhatReviewersSeeStaysOnceOneHasSeen holds who may change it when, and that everybody can read that it was changed.
func TestWhatReviewersSeeStaysOnceOneHasSeen(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc, officer := h.coordinator(t), h.As(t, tenanttest.Role(tenants.RoleOfficer))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	if strings.Contains(visitor.Page.Body, "Reviewers do not learn who you are") {
		t.Error("applicants are told what does not hold")
	}
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/anonymity"
	b.Get(page)
	b.Submit(page, "anonymous", "yes")
	b.Want(422, "Reason")
	b.Submit(page, "anonymous", "yes", "reason", "The jury asked for it.")
	b.Want(200, "Saved.")
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Reviewers do not learn who you are", "Name of your organization in its own language", "Changed what reviewers see", "The jury asked for it.")
	visitor.Get("/calls/" + c.ID.String() + "/form")
	visitor.Want(200, "reviewers do not see the answer")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	off := programs.Anonymity{Reason: "Because."}
	if err := h.service.Conceal(t.Context(), officer, c.ID, now.Version, off); err == nil {
		t.Error("an officer changes a published call")
	}
	other := h.SignedIn(t, officer.Actor())
	other.Get(page)
	other.Want(200, "coordinators change what reviewers see")
	h.reviews.move(func(r *programs.Reviewing) { r.Opened = true })
	if err := h.service.Conceal(t.Context(), sc, c.ID, now.Version, off); !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "programs.anonymity.opened" {
		t.Errorf("after an application was opened: %v", err)
	}
	b.Get(page)
	b.Want(200, "what has been seen cannot be unseen")
	if strings.Contains(b.Page.Text(), "Save") {
		t.Error("the page offers to change it")
	}
	if v, err := h.service.Veiled(t.Context(), sc, c.ID); err != nil || !v.Call.Review.Anonymous || !v.Fixed() {
		t.Errorf("%+v, %v", v.Call.Review, err)
	}
}

// TestNothingIsHiddenThatReviewersHaveRead holds that a call is not made anonymous once reviewers have met who applies.
func TestNothingIsHiddenThatReviewersHaveRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	h.reviews.move(func(r *programs.Reviewing) { r.Met = true })
	if err := h.service.Conceal(t.Context(), sc, c.ID, c.Version, programs.Anonymity{On: true, Reason: "Because."}); !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "programs.anonymity.met" {
		t.Errorf("made anonymous after an application was given to a reviewer: %v", err)
	}
	b := h.SignedIn(t, sc.Actor())
	b.Get("/program/calls/" + c.ID.String() + "/anonymity")
	b.Want(200, "have read who applies with which number")
	if strings.Contains(b.Page.Text(), "Save") {
		t.Error("the page offers to change it")
	}
	h.reviews.move(func(r *programs.Reviewing) { r.Met = false })
	must(t, h.service.Conceal(t.Context(), sc, c.ID, c.Version, programs.Anonymity{On: true, Reason: "Because."}))
	h.reviews.move(func(r *programs.Reviewing) { r.Met = true })
	if v, err := h.service.Veiled(t.Context(), sc, c.ID); err != nil || v.Fixed() {
		t.Errorf("what more is hidden cannot be said once an application is given: %v", err)
	}
}

// TestWhatApplicantsWereToldIsKept holds that once somebody has handed in, more may be hidden from reviewers and nothing shown.
func TestWhatApplicantsWereToldIsKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	set := func(on bool, hidden ...string) error {
		t.Helper()
		now, err := h.service.Call(t.Context(), sc, c.ID)
		must(t, err)
		return h.service.Conceal(t.Context(), sc, c.ID, now.Version, programs.Anonymity{On: on, Hidden: hidden, Reason: "Because."})
	}
	for _, step := range []struct {
		name   string
		handed bool
		on     bool
		hidden []string
		refuse string // the field
	}{
		{name: "hidden", on: true, hidden: []string{"city"}},
		{name: "shown before anybody has applied", on: false},
		{name: "hidden again, of those who have applied", handed: true, on: true, hidden: []string{"city"}},
		{name: "shown", handed: true, on: false, refuse: "anonymous"},
		{name: "an answer shown", handed: true, on: true, refuse: "hidden"},
		{name: "one answer for another", handed: true, on: true, hidden: []string{"founded"}, refuse: "hidden"},
		{name: "one more hidden", handed: true, on: true, hidden: []string{"city", "founded"}},
		{name: "as it is", handed: true, on: true, hidden: []string{"city", "founded"}},
	} {
		h.handedIn.Store(step.handed)
		err := set(step.on, step.hidden...)
		if step.refuse == "" && err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if step.refuse != "" && (!fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != step.refuse) {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/anonymity"
	b.Get(page)
	b.Want(200, "you can hide more; what is hidden stays hidden")
	if !strings.Contains(b.Page.Body, `name="hidden" value="city" checked disabled`) {
		t.Error("the page offers to show what is hidden")
	}
	b.Submit(page, "reason", "Nothing.")
	b.Want(200, "Saved.")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if !now.Review.Anonymous || !slices.Equal(now.Review.Hidden, []string{"city", "founded"}) {
		t.Errorf("hidden are %v", now.Review.Hidden)
	}
}

// TestWhatIsAskedNoMoreStaysHidden holds that what was handed in before a form was changed is read as was promised, and that more can
// still be hidden.
func TestWhatIsAskedNoMoreStaysHidden(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	must(t, h.service.Conceal(t.Context(), sc, c.ID, c.Version, programs.Anonymity{On: true, Hidden: []string{"city", "founded", "mission"}, Reason: "Because."}))
	h.handedIn.Store(true)
	must(t, h.service.Redesign(t.Context(), sc, c.ID, true, func(d *forms.Definition) error {
		founded, s, _ := d.Question("founded")
		founded.Class = forms.ClassPersonal
		s.Questions = slices.DeleteFunc(s.Questions, func(q forms.Question) bool { return q.Key == "city" })
		return nil
	}))
	r, err := h.service.Revision(t.Context(), sc, c.ID)
	must(t, err)
	must(t, h.service.Reform(t.Context(), sc, c.ID, r.Call.Version, r.Draft, "Too much was asked."))
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/anonymity"
	b.Get(page)
	if strings.Contains(b.Page.Body, `value="city"`) || strings.Contains(b.Page.Body, `value="founded"`) {
		t.Error("the page offers to hide what is not asked or always hidden")
	}
	b.Submit(page)
	b.Want(200, "Saved.")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	more := programs.Anonymity{On: true, Hidden: []string{"mission", "registration_document"}, Reason: "A letterhead tells it."}
	must(t, h.service.Conceal(t.Context(), sc, c.ID, now.Version, more))
	now, err = h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if want := []string{"city", "founded", "mission", "registration_document"}; !slices.Equal(slices.Sorted(slices.Values(now.Review.Hidden)), want) {
		t.Errorf("hidden are %v, want %v", now.Review.Hidden, want)
	}
	err = h.service.Conceal(t.Context(), sc, c.ID, now.Version, programs.Anonymity{On: true, Hidden: []string{"registration_document"}, Reason: "Because."})
	if !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != "hidden" {
		t.Errorf("what is asked is shown: %v", err)
	}
}
