package programs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
)

func TestTheCoordinatorSetsQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/quotas"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "No quotas: as many from each country as there are places.", "Change the quotas")
	b.Get(page)
	b.Submit(page, "each", "two", "country_1", "TR", "most_1", "8")
	b.Want(422, "Each country")
	if b.Page.Value("each") != "two" || b.Page.Value("most_1") != "8" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "each", "2", "country_0", "TR", "most_0", "3", "country_1", "TR", "most_1", "8")
	b.Want(422, "This country stands here twice.")
	b.Submit(page, "country_0", "", "most_0", "")
	b.Want(200, "Saved.", "Türkiye: 8 · each other country: 2")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if diff := cmp.Diff([]blueprints.Quota{{Most: 2}, {Country: "TR", Most: 8}}, now.Quotas); diff != "" {
		t.Error(diff)
	}
	for name, bad := range map[string][]blueprints.Quota{"nothing": {{Country: "TR"}}, "an invented country": {{Country: "ZZ", Most: 1}}, "too many": {{Most: 1001}}} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, bad, ""); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "At most from one country", "Türkiye: 8")
	published, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if err := h.service.Limit(t.Context(), sc, c.ID, published.Version, nil, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the quotas of a published call were changed: %v", err)
	}
	b.Get(page)
	b.Want(200, "Türkiye: 8")
	if strings.Contains(b.Page.Body, `name="each"`) {
		t.Error("a published call lets its quotas be typed")
	}
}

func TestTheCoordinatorSetsQuotasOfTopics(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/quotas"
	b.Get(page)
	b.Submit(page, "do", "topics", "topic_question", "topics", "each", "2")
	b.Want(200, "Volunteers and members")
	if b.Page.Value("each") != "2" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "save", "least_volunteers", "4", "topmost_volunteers", "3", "topmost_digital", "many")
	b.Want(422, "At most")
	if b.Page.Value("topmost_digital") != "many" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "save", "topmost_digital", "")
	b.Want(422, "Please enter at least as many as on the left.")
	b.Submit(page, "do", "save", "topmost_volunteers", "", "least_volunteers", "9")
	b.Want(422, "The topics want 9 places together, and the call has 8.")
	b.Submit(page, "do", "save", "least_volunteers", "1", "topmost_volunteers", "3", "topmost_digital", "4")
	b.Want(200, "Saved.", "2 from each country", "1 to 3", "at most 4")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if now.Review.Topic != "topics" || len(now.Quotas) != 3 || now.Quotas[1].Topic != "volunteers" || now.Quotas[1].Least != 1 || now.Quotas[1].Name["tr"] == "" {
		t.Errorf("the quotas are %+v of %q", now.Quotas, now.Review.Topic)
	}
	for name, bad := range map[string]struct {
		quotas []blueprints.Quota
		topic  string
	}{
		"no question":       {now.Quotas, ""},
		"another question":  {now.Quotas, "issue"},
		"an unknown topic":  {[]blueprints.Quota{{Topic: "poetry", Most: 1}}, "topics"},
		"a topic twice":     {[]blueprints.Quota{{Topic: "digital", Most: 1}, {Topic: "digital", Most: 2}}, "topics"},
		"neither":           {[]blueprints.Quota{{Topic: "digital"}}, "topics"},
		"both":              {[]blueprints.Quota{{Topic: "digital", Country: "TR", Most: 1}}, "topics"},
		"less than nothing": {[]blueprints.Quota{{Topic: "digital", Least: -1}}, "topics"},
		"far too many":      {[]blueprints.Quota{{Topic: "digital", Most: 1001}}, "topics"},
	} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, bad.quotas, bad.topic); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file, raw := h.file(t, sc, now)
	if file.Review.Topic != "topics" || len(file.Quotas) != 3 {
		t.Errorf("the file says %+v", file.Quotas)
	}
	brought, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2031")
	if err != nil || len(flaws) > 0 || brought.Review.Topic != "topics" || len(brought.Quotas) != 3 {
		t.Errorf("brought in: %+v, %v, %v", brought.Quotas, flaws, err)
	}
	h.redrafts(t, now, func(d *forms.Definition) {
		q, _, _ := d.Question("topics")
		q.Options = slices.DeleteFunc(q.Options, func(o forms.Option) bool { return o.Value == "digital" })
	})
	b.Get("/program/calls/" + c.ID.String())
	b.Want(200, "The form asks what the quotas of topics go by")
	if err := h.service.Publish(t.Context(), sc, c.ID, now.Version); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published with a quota of a topic that nobody can choose: %v", err)
	}
	h.redrafts(t, now, func(d *forms.Definition) {
		q, _, _ := d.Question("topics")
		q.Class = forms.ClassSpecial
	})
	b.Get("/program/calls/" + c.ID.String())
	b.Want(200, "All who judge may read the question that says the topic")
	if err := h.service.Publish(t.Context(), sc, c.ID, now.Version); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published with quotas that tell what not all may read: %v", err)
	}
	b.Get(page)
	b.Submit(page, "do", "save", "topic_question", "topics")
	b.Want(422, "It holds delicate data or is read only by some")
}

func TestTheCoordinatorSetsQuotasOfLegalFormsAndFirstTimers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/quotas"
	b.Get(page)
	b.Want(200, "Foundation", "First-timers")
	b.Submit(page, "do", "save", "kindleast_foundation", "4", "kindmost_foundation", "3", "kindmost_union", "many", "firstleast", "9")
	b.Want(422, "Union or chamber: At most")
	if b.Page.Value("kindmost_union") != "many" || b.Page.Value("firstleast") != "9" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "save", "kindmost_union", "")
	b.Want(422, "Foundation: At most", "Please enter at least as many as on the left.", "At most 8: the call has no more places.")
	b.Submit(page, "do", "save", "kindmost_foundation", "5", "firstleast", "2", "kindmost_union", "1")
	b.Want(200, "Saved.", "Foundation: 4 to 5 · Union or chamber: at most 1", "First-timers: at least 2")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	want := []blueprints.Quota{{Kind: "foundation", Least: 4, Most: 5}, {Kind: "union", Most: 1}, {First: true, Least: 2}}
	if diff := cmp.Diff(want, now.Quotas); diff != "" {
		t.Error(diff)
	}
	b.Get(page)
	if b.Page.Value("kindmost_foundation") != "5" || b.Page.Value("firstleast") != "2" || b.Page.Value("firstmost") != "" {
		t.Error("the page does not show what is kept")
	}
	for name, bad := range map[string]blueprints.Quota{
		"an invented form":          {Kind: "guild", Most: 1},
		"a form and a country":      {Kind: "union", Country: "TR", Most: 1},
		"first-timers of a topic":   {First: true, Topic: "digital", Most: 1},
		"neither least nor most":    {First: true},
		"less than nothing":         {First: true, Least: -1, Most: 3},
		"far too many":              {Kind: "union", Most: 1001},
		"more than there are":       {Kind: "union", Least: 9},
		"a least for a country":     {Country: "TR", Least: 1, Most: 2},
		"a least for all countries": {Least: 1, Most: 2},
	} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, []blueprints.Quota{bad}, "topics"); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, twice := range map[string]blueprints.Quota{"forms": want[1], "first-timers": want[2]} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, []blueprints.Quota{twice, twice}, ""); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s twice: %v", name, err)
		}
	}
	_, raw := h.file(t, sc, now)
	brought, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2031")
	if err != nil || len(flaws) > 0 {
		t.Fatalf("brought in: %v, %v", flaws, err)
	}
	if diff := cmp.Diff(want, brought.Quotas); diff != "" {
		t.Error(diff)
	}
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Applications by legal form", "Union or chamber: at most 1", "Applications with first-timers", "at least 2")
}
