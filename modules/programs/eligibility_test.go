package programs_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

func TestTheCoordinatorSetsARule(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	page := "/program/calls/" + c.ID.String() + "/eligibility"
	b.Get(page)
	b.Want(200, "Judged by officers", "Add a rule")
	b.Get(page + "?rule=new")
	b.Submit(page, "do", "save")
	b.Want(422, "Please fill this in.")
	words := []string{"name_en", "From here", "name_tr", "Buradan", "name_de", "Von hier", "reason_en", "Not from here", "reason_tr", "Buradan değil", "reason_de", "Nicht von hier"}
	b.Submit(page, append([]string{"do", "when.add"}, words...)...)
	b.Want(200, "Not saved yet", "Country of the organization")
	if b.Page.Value("name_de") != "Von hier" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "save")
	b.Want(422, "Please finish the condition")
	b.Submit(page, "do", "when.show", "when.0.question", blueprints.FactCountry)
	b.Want(200, "Türkiye")
	b.Submit(page, "do", "save", "when.0.value", "TR")
	b.Want(200, "Saved.", "Checked while writing", "Country of the organization", "Türkiye")

	got, err := h.service.Call(t.Context(), h.coordinator(t), c.ID)
	must(t, err)
	last := got.Eligibility[len(got.Eligibility)-1]
	if last.When == nil || last.When.Question != blueprints.FactCountry || last.When.Equals != "TR" || last.Reason[i18n.DE] != "Nicht von hier" {
		t.Errorf("the rule became %+v", last)
	}
	b.Get(page + "?rule=" + last.Key)
	b.Submit(page, "do", "remove")
	b.Want(200, "Saved.")
	if strings.Contains(b.Page.Text(), "From here") {
		t.Error("the rule is still there")
	}
	b.Get(page + "?rule=nothing")
	b.Want(404)
}

func TestARuleNeedsItsQuestion(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	rule := blueprints.Reason{
		Name: i18n.Text{"en": "An association", "tr": "Dernek", "de": "Ein Verein"}, Reason: i18n.Text{"en": "None", "tr": "Değil", "de": "Keiner"},
		When: &forms.Condition{Question: "legal_form", Equals: "association"},
	}
	sc := h.coordinator(t)
	for name, when := range map[string]*forms.Condition{
		"no question": {Equals: "x"}, "a question that is not there": {Question: "gone", Equals: "x"}, "an answer that is not offered": {Question: "legal_form", Equals: "guild"},
	} {
		bad := rule
		bad.When = when
		if err := h.service.Qualify(t.Context(), sc, c.ID, c.Version, bad); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.service.Qualify(t.Context(), sc, c.ID, c.Version, rule))
	b := h.SignedIn(t, sc.Actor())
	edit := "/program/calls/" + c.ID.String() + "/form"
	b.Get(edit + "/edit?question=legal_form")
	b.Submit(edit+"/removals", "question", "legal_form")
	b.Want(409, "This cannot be deleted while eligibility rules look at it: “An association”")

	must(t, h.service.Redesign(t.Context(), sc, c.ID, true, func(d *forms.Definition) error {
		for i := range d.Sections {
			d.Sections[i].Questions = slices.DeleteFunc(d.Sections[i].Questions, func(q forms.Question) bool { return q.Key == "legal_form" })
		}
		return nil
	}))
	b.Get("/program/calls/" + c.ID.String() + "/eligibility")
	b.Want(200, "These rules do not fit the form", "What are you before the law?")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if err := h.service.Publish(t.Context(), sc, c.ID, now.Version); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published: %v", err)
	}
	published := h.published(t)
	if err := h.service.Qualify(t.Context(), sc, published.ID, published.Version, rule); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the rules of a published call were changed: %v", err)
	}
}

func TestVisitorsReadWhoCanApply(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	must(t, h.service.Qualify(t.Context(), sc, c.ID, c.Version, blueprints.Reason{
		Name: i18n.Text{"en": "At home in Türkiye", "tr": "Türkiye'de", "de": "In der Türkei"}, Reason: i18n.Text{"en": "Not at home", "tr": "Değil", "de": "Nicht dort"},
		When: &forms.Condition{Question: blueprints.FactCountry, Equals: "TR"},
	}))
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Who can apply", "At home in Türkiye", "while you write")
}
