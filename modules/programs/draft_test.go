package programs_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// redrafts changes what a call will ask, as the builder does.
func (h *house) redrafts(t *testing.T, c programs.Call, edit func(d *forms.Definition)) {
	t.Helper()
	engine := forms.New()
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		draft, err := engine.Draft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		edit(draft.Definition)
		_, err = engine.SaveDraft(ctx, tx, c.Form, draft.Version, *draft.Definition, ids.Person{})
		return err
	}))
}

func (h *house) asks(t *testing.T, sc tenants.Scope, c programs.Call) *forms.Definition {
	t.Helper()
	d, err := h.service.Definition(t.Context(), sc, c)
	must(t, err)
	return d
}

// rules are the call's rules as they are, with those documents.
func rules(c programs.Call, documents ...string) programs.Rules {
	return programs.Rules{Reviews: c.Review.Reviews, Gap: c.Review.ThirdReviewGap, Documents: documents}
}

func TestDocumentsComeAndGoWithoutTouchingTheRest(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	var all []string
	for _, d := range c.Documents {
		all = append(all, d.Key)
	}
	asked := c.Documents[0]
	before := h.asks(t, sc, c)
	_, section, ok := before.Question(asked.Question)
	if !ok {
		t.Fatalf("the form does not ask for %s", asked.Question)
	}
	place := slices.IndexFunc(section.Questions, func(q forms.Question) bool { return q.Key == asked.Question })

	h.redrafts(t, c, func(d *forms.Definition) { d.Sections[0].Title[i18n.EN] = "Who we are" })
	must(t, h.service.Rule(t.Context(), sc, c.ID, 1, rules(c, all[1:]...)))
	d := h.asks(t, sc, c)
	if _, _, there := d.Question(asked.Question); there || d.Sections[0].Title[i18n.EN] != "Who we are" {
		t.Errorf("the question stays: %v, the edit: %q", there, d.Sections[0].Title[i18n.EN])
	}
	must(t, h.service.Rule(t.Context(), sc, c.ID, 2, rules(c, all...)))
	d = h.asks(t, sc, c)
	_, back, there := d.Question(asked.Question)
	if !there || back.Key != section.Key || d.Sections[0].Title[i18n.EN] != "Who we are" {
		t.Fatalf("back in %+v: %v", back, there)
	}
	if at := slices.IndexFunc(back.Questions, func(q forms.Question) bool { return q.Key == asked.Question }); at != place {
		t.Errorf("it stood at %d, and is back at %d", place, at)
	}

	h.redrafts(t, c, func(d *forms.Definition) {
		d.Sections = slices.DeleteFunc(d.Sections, func(s forms.Section) bool { return s.Key == section.Key })
	})
	must(t, h.service.Rule(t.Context(), sc, c.ID, 3, rules(c, all...)))
	if _, into, there := h.asks(t, sc, c).Question(asked.Question); !there || into.Scope != section.Scope {
		t.Errorf("without its section it is in %+v: %v", into, there)
	}
}

func TestACallOpensWithTheFormThatWasDrafted(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.drafted(t)
	h.redrafts(t, c, func(d *forms.Definition) { delete(d.Sections[0].Title, i18n.DE) })
	if err := h.service.Publish(t.Context(), sc, c.ID, c.Version); !fault.Is(err, fault.KindConflict) {
		t.Fatalf("with a problem in its form: %v", err)
	}
	o, err := h.service.Overview(t.Context(), sc, c.ID)
	must(t, err)
	if i := slices.IndexFunc(o.Needs, func(n programs.Need) bool { return n.Key == "form" }); i < 0 || o.Needs[i].Met || o.Needs[i].Args["Count"] != 1 {
		t.Errorf("%+v", o.Needs)
	}
	h.redrafts(t, c, func(d *forms.Definition) { d.Sections[0].Title[i18n.DE] = "Wir" })
	must(t, h.service.Publish(t.Context(), sc, c.ID, c.Version))
	c, err = h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if got := h.asks(t, sc, c).Sections[0].Title[i18n.DE]; got != "Wir" {
		t.Errorf("it asks %q", got)
	}

	h.redrafts(t, c, func(d *forms.Definition) { d.Sections[0].Title[i18n.DE] = "Sie" })
	if got := h.asks(t, sc, c).Sections[0].Title[i18n.DE]; got != "Wir" {
		t.Errorf("a draft of an open call is shown: %q", got)
	}
}

func TestAFormSpeaksTheCallsLanguages(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.drafted(t)
	frame := h.frame()
	frame.Locales = []i18n.Locale{i18n.TR}
	must(t, h.service.Reframe(t.Context(), sc, c.ID, c.Version, frame))
	if got := h.asks(t, sc, c).Locales; !slices.Equal(got, frame.Locales) {
		t.Errorf("the form is in %v", got)
	}
	must(t, h.service.Publish(t.Context(), sc, c.ID, c.Version+1))
	again, err := h.service.BeginAgain(t.Context(), sc, c.ID, "2028", frame.OpensAt)
	must(t, err)
	if got := h.asks(t, sc, again).Locales; !slices.Equal(got, frame.Locales) {
		t.Errorf("the next form is in %v", got)
	}
}

func TestACallsLanguagesFollowItsNetworks(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.drafted(t)
	frame := h.frame()
	frame.Locales = []i18n.Locale{i18n.DE, i18n.EN}
	must(t, h.service.Reframe(t.Context(), sc, c.ID, c.Version, frame))
	got, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if !slices.Equal(got.Locales, []i18n.Locale{i18n.EN, i18n.DE}) {
		t.Errorf("what is missing is read in the first of %v", got.Locales)
	}
}

func TestTheNextCallTakesADraftWithItsProblems(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.drafted(t)
	h.redrafts(t, c, func(d *forms.Definition) { d.Sections[0].Title = i18n.Text{i18n.EN: "Ours"} })
	again, err := h.service.BeginAgain(t.Context(), sc, c.ID, "2028", c.OpensAt)
	must(t, err)
	if got := h.asks(t, sc, again).Sections[0].Title[i18n.EN]; got != "Ours" {
		t.Errorf("it asks %q", got)
	}
}

func TestVisitorsReadWhichDocumentsAreAskedOnlyAfterAcceptance(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, c := h.coordinator(t), h.drafted(t)
	h.redrafts(t, c, func(d *forms.Definition) {
		q, _, _ := d.Question(c.Documents[1].Question)
		q.Asked = forms.WhomAccepted
	})
	visitor := h.Browser(t, h.Tenant)
	for _, b := range []*sitetest.Browser{h.SignedIn(t, sc.Actor()), visitor} { // the draft, and what is published
		b.Get("/calls/" + c.ID.String())
		b.Want(200, c.Documents[0].Name[i18n.EN], c.Documents[1].Name[i18n.EN])
		_, after, _ := strings.Cut(b.Page.Body, c.Documents[1].Name[i18n.EN])
		if line, _, _ := strings.Cut(after, "</li>"); strings.Count(b.Page.Body, "(only after acceptance)") != 1 || !strings.Contains(line, "(only after acceptance)") {
			t.Errorf("after the document: %q", line)
		}
		if b != visitor {
			must(t, h.service.Publish(t.Context(), sc, c.ID, c.Version))
		}
	}
	visitor.Get("/api/v1/calls/" + c.ID.String())
	visitor.Want(200)
	var body struct {
		Documents []struct {
			Key   string
			Later bool `json:"after_acceptance"`
		}
	}
	must(t, json.Unmarshal([]byte(visitor.Page.Body), &body))
	for i, d := range body.Documents {
		if d.Key != c.Documents[i].Key || d.Later != (i == 1) {
			t.Errorf("document %d: %+v", i, d)
		}
	}
}

// TestTheThresholdOfTheTotalIsARule keeps it where it lies on the scale of totals; none is none.
func TestTheThresholdOfTheTotalIsARule(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	for i, want := range []int{60, 0, 100} {
		r := rules(c)
		r.Threshold = want
		must(t, h.service.Rule(t.Context(), sc, c.ID, int64(1+i), r))
		now, _, err := h.service.Look(t.Context(), sc, c.ID)
		if must(t, err); now.Review.TotalThreshold != want {
			t.Errorf("%d, want %d", now.Review.TotalThreshold, want)
		}
	}
	for _, wrong := range []int{-1, 101} {
		r := rules(c)
		r.Threshold = wrong
		err := h.service.Rule(t.Context(), sc, c.ID, 4, r)
		if f := fault.Of(err); !fault.Is(err, fault.KindInvalid) || len(f.Fields) != 1 || f.Fields[0].Name != "threshold" {
			t.Errorf("%d: %v", wrong, err)
		}
	}
}
