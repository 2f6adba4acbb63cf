package programs_test

import (
	"context"
	"fmt"
	"net/http"
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
	"kervan/tenants/tenanttest"
)

// called names everybody.
type called struct{}

func (called) Names(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	names := map[ids.Person]string{}
	for _, p := range persons {
		names[p] = "Rojda Güneş"
	}
	return names, nil
}

// designs opens the builder of a call in preparation.
func (h *house) designs(t *testing.T) (*sitetest.Browser, string, programs.Call) {
	t.Helper()
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	b := h.SignedIn(t, sc.Actor())
	base := "/program/calls/" + c.ID.String() + "/form"
	b.Get(base + "/edit?language=en")
	b.Want(http.StatusOK, "Add a section", "As applicants see it", "Nothing to put right")
	return b, base, c
}

func (h *house) drafts(t *testing.T, c programs.Call) *forms.Definition {
	t.Helper()
	return h.asks(t, h.coordinator(t), c)
}

func TestACoordinatorDesignsAForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, base, c := h.designs(t)
	first := h.drafts(t, c).Sections[0]

	b.Submit(base+"/sections", "title", "", "scope", "part")
	b.Want(http.StatusUnprocessableEntity, "Please fill this in.")
	b.Submit(base+"/sections", "title", "Getting there", "scope", "joint")
	b.Want(http.StatusOK, "Getting there", "This section asks nothing yet.")
	b.Submit(base+"/questions", "label", "How do you travel?", "type", "choice")
	b.Want(http.StatusOK, "How do you travel?", "Answers to choose from")
	b.Submit(base+"/settings", "option.more", "By train\nBy ship", "do", "option.add")
	b.Want(http.StatusOK, "By train", "By ship")
	b.Get(base + "/edit?language=en&section=getting_there")
	b.Submit(base+"/questions", "label", "Which ship?", "type", "short_text")
	b.Submit(base+"/settings", "help", "Its name.", "required", "yes", "do", "when.add")
	b.Submit(base+"/settings", "when.0.question", "how_do_you_travel", "do", "save")
	b.Submit(base+"/settings", "when.0.test", "is", "when.0.value", "by_ship", "do", "save")
	b.Want(http.StatusOK, "Asked if “How do you travel?” is “By ship”", "Saved.")
	q, s, ok := h.drafts(t, c).Question("which_ship")
	if !ok || s.Scope != forms.ScopeJoint || !q.Required || q.Help[i18n.EN] != "Its name." || q.Condition == nil || q.Condition.Equals != "by_ship" {
		t.Fatalf("%+v in %+v", q, s)
	}

	b.Get(base + "/edit?language=en&question=how_do_you_travel")
	b.Submit(base + "/removals")
	b.Want(http.StatusConflict, "asked depending on this one", "Which ship?")
	b.Submit(base+"/removals", "conditions", "too")
	b.Want(http.StatusOK, "Getting there")
	if d := h.drafts(t, c); find(d, "how_do_you_travel") != nil || find(d, "which_ship").Condition != nil {
		t.Error("the question or the condition is still there")
	}
	b.Submit(base + "/reversal")
	b.Want(http.StatusOK)
	if d := h.drafts(t, c); find(d, "how_do_you_travel") == nil || find(d, "which_ship").Condition == nil {
		t.Error("the deletion was not undone")
	}
	b.Want(http.StatusOK, "Question “How do you travel?” deleted")
	b.Submit(base + "/renewal")
	if find(h.drafts(t, c), "how_do_you_travel") != nil {
		t.Error("the deletion was not done again")
	}
	b.Submit(base + "/reversal")

	b.Get(base + "/edit?language=en&question=which_ship")
	b.Submit(base+"/places", "way", "up")
	b.Submit(base + "/copies")
	b.Want(http.StatusOK, "Which ship? (copy)")
	if got := keys(h.drafts(t, c).Sections[len(h.drafts(t, c).Sections)-1]); got != "which_ship,which_ship_2,how_do_you_travel" {
		t.Errorf("%s", got)
	}
	b.Submit(base+"/places", "into", first.Key)
	if _, s, _ := h.drafts(t, c).Question("which_ship_2"); s == nil || s.Key != first.Key {
		t.Errorf("it stands in %+v", s)
	}

	b.Get(base + "/edit?section=getting_there")
	b.Want(http.StatusOK, "things to put right", "The text is missing in: Türkçe, Deutsch.")
	b.Get(base + "/translation?section=getting_there")
	b.Want(http.StatusOK, "Türkçe", "Deutsch", "Missing")
	b.Submit(base+"/translation", "text.tr.title", "Yolculuk", "text.de.title", "Die Reise")
	b.Want(http.StatusOK, "Saved.")
	if got, _ := h.drafts(t, c).Section("getting_there"); got.Title[i18n.TR] != "Yolculuk" || got.Title[i18n.DE] != "Die Reise" || got.Title[i18n.EN] != "Getting there" {
		t.Errorf("%v", got.Title)
	}
}

func find(d *forms.Definition, key string) *forms.Question {
	q, _, _ := d.Question(key)
	return q
}

func keys(s forms.Section) string {
	var all []string
	for _, q := range s.Questions {
		all = append(all, q.Key)
	}
	return strings.Join(all, ",")
}

func TestWhatTwoPeopleTypeIsShownSideBySide(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.service.People = called{}
	b, base, c := h.designs(t)
	first := h.drafts(t, c).Sections[0].Questions[0]
	place := base + "/edit?language=en&question=" + first.Key
	b.Get(place)
	other := h.SignedIn(t, h.coordinator(t).Actor())
	other.Get(place)
	other.Submit(base+"/settings", "help", "Theirs.", "do", "save")
	b.Submit(base+"/settings", "label", "Mine", "help", first.Help[i18n.EN], "do", "save")
	if q := find(h.drafts(t, c), first.Key); q.Help[i18n.EN] != "Theirs." || q.Label[i18n.EN] != "Mine" {
		t.Errorf("two changes that do not meet: %v, %v", q.Label, q.Help)
	}
	b.Get(place)
	other.Get(place)
	other.Submit(base+"/settings", "label", "Their words", "do", "save")
	b.Submit(base+"/settings", "label", "My words", "do", "save")
	b.Want(http.StatusConflict, "Somebody else has changed this meanwhile.", "My words", "Their words")
	if b.Page.Value("label") != "My words" {
		t.Errorf("what was typed is lost: %q", b.Page.Value("label"))
	}
	b.Submit(base+"/settings", "do", "save")
	b.Want(http.StatusOK, "Saved.")
	if q := find(h.drafts(t, c), first.Key); q.Label[i18n.EN] != "My words" {
		t.Errorf("kept is %v", q.Label)
	}

	for _, one := range []*sitetest.Browser{b, other} {
		if page := one.PostJSON(base+"/presence", map[string]string{"question": "us/name"}); page.Status != http.StatusOK {
			t.Fatalf("%d %s", page.Status, page.Body)
		}
	}
	if page := b.PostJSON(base+"/presence", map[string]string{"question": "us"}); !strings.Contains(page.Body, `{"person":"Rojda Güneş","question":"us/name"}`) {
		t.Errorf("nobody else is seen: %s", page.Body)
	}
	if page := b.PostJSON(base+"/presence", map[string]string{"question": "<script>"}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d", page.Status)
	}
}

func TestOnlyCoordinatorsDesign(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, base, c := h.designs(t)
	reviewer := h.As(t, tenanttest.Role(tenants.RoleReviewer))
	for name, err := range map[string]error{
		"Design": second(h.service.Design(t.Context(), reviewer, c.ID)), "Redesign": h.service.Redesign(t.Context(), reviewer, c.ID, true, func(*forms.Definition) error { return nil }),
		"Revert": h.service.Revert(t.Context(), reviewer, c.ID), "Renew": h.service.Renew(t.Context(), reviewer, c.ID), "AtDesign": second(h.service.AtDesign(t.Context(), reviewer, c.ID, "")),
	} {
		if !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := h.SignedIn(t, reviewer.Actor())
	if page := b.Get(base + "/edit"); page.Status == http.StatusOK {
		t.Error("a reviewer sees the builder")
	}
}

func second[T any](_ T, err error) error { return err }

func TestAFormIsDesignedUntilItsCallCloses(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.published(t)
	retitle := func(d *forms.Definition) error {
		d.Sections[0].Title[i18n.EN] = "Anew"
		return nil
	}
	must(t, h.service.Redesign(t.Context(), sc, c.ID, false, retitle))
	b := h.SignedIn(t, sc.Actor())
	b.Get("/program/calls/" + c.ID.String() + "/form/edit?language=en")
	b.Want(http.StatusOK, "Anew", "Applicants see the published questions")
	must(t, h.service.Close(t.Context(), sc, c.ID, c.Version, "Enough."))
	if err := h.service.Redesign(t.Context(), sc, c.ID, false, retitle); !fault.Is(err, fault.KindConflict) {
		t.Errorf("%v", err)
	}
	b.Get("/program/calls/" + c.ID.String() + "/form/edit")
	b.Want(http.StatusOK, "its form stays as it is")
}

func TestDeletingTheQuestionForADocumentUnticksIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, base, c := h.designs(t)
	asked := c.Documents[0]
	b.Get(base + "/edit?question=" + asked.Question)
	b.Submit(base+"/removals", "conditions", "too")
	b.Want(http.StatusOK)
	c, err := h.service.Call(t.Context(), h.coordinator(t), c.ID)
	must(t, err)
	if i := slices.IndexFunc(c.Documents, func(d programs.Asked) bool { return d.Key == asked.Key }); c.Documents[i].Wanted {
		t.Error("the call says that it asks for a document that its form does not ask for")
	}
}

// payloads are what people type who mean harm.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE forms; --`, `javascript:alert(1)`, `{{.Secret}}`, `\u0000`, `</textarea><script>alert(1)</script>`, `&lt;b&gt;`, "`+alert(1)+`",
}

func TestNothingThatIsTypedIntoAFormExecutes(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, base, c := h.designs(t)
	for i, payload := range payloads {
		b.Get(base + "/edit?language=en&section=" + h.drafts(t, c).Sections[0].Key)
		b.Submit(base+"/questions", "label", fmt.Sprintf("Danger %d", i), "type", "choice")
		b.Submit(base+"/settings", "label", payload, "help", payload, "example", payload, "why", payload, "option.more", payload+"\nother", "do", "option.add")
		b.Want(http.StatusOK, payload)
		kept := find(h.drafts(t, c), fmt.Sprintf("danger_%d", i))
		if kept.Label[i18n.EN] != payload || kept.Help[i18n.EN] != payload || kept.Options[0].Label[i18n.EN] != payload {
			t.Errorf("%q became %+v", payload, kept)
		}
		pages := []string{base + "/edit?language=en&question=" + kept.Key, base + "/translation?section=" + h.drafts(t, c).Sections[0].Key, "/calls/" + c.ID.String() + "/form"}
		for _, address := range pages {
			page := b.Get(address)
			for _, alive := range []string{"<script>alert", "<img src=x", "</textarea><script", `href="javascript:`} {
				if strings.Contains(page.Body, alive) {
					t.Errorf("%s: %q is alive", address, alive)
				}
			}
		}
	}
	if page := b.Get("/calls/" + c.ID.String() + "/form.pdf"); page.Status != http.StatusOK || !strings.HasPrefix(page.Body, "%PDF") {
		t.Errorf("%d", page.Status)
	}
	b.Get(base + "/edit?language=en&question=danger_0")
	for name, payload := range map[string]string{"NUL": "a\x00b", "bidi": "a\u202eb", "zero width": "a\u200bb", "not UTF-8": "\xff"} {
		b.Submit(base+"/settings", "label", payload)
		if b.Page.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, b.Page.Status)
		}
		b.Get(base + "/edit?language=en&question=danger_0")
	}
}
