package programs_test

import (
	"net/url"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

func TestTheCoordinatorSetsTheSeats(t *testing.T) {
	t.Parallel()
	h := open(t)
	c, err := h.service.Begin(t.Context(), h.coordinator(t), "2027", "pair")
	must(t, err)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	page := "/program/calls/" + c.ID.String() + "/seats"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "Organization from Türkiye", "Change the seats")
	b.Get(page)
	b.Want(200, "Seat 1", "Seat 2", "all countries but Türkiye")

	b.Submit(page, "do", "add", "name_en_0", "An association")
	b.Want(200, "Seat 3", "Not saved yet")
	if b.Page.Value("name_en_0") != "An association" || b.Page.Value("rows") != "3" {
		t.Error("what was typed is lost")
	}
	if s := b.Page.Value("sentence_en"); s != "" {
		t.Errorf("the page would go on saying %q of three seats", s)
	}
	b.Submit(page, "do", "add", "sentence_en", "Two and two towns")
	if b.Page.Value("sentence_en") != "Two and two towns" {
		t.Error("a sentence that was just written is lost")
	}
	b.Submit(page, "do", "remove:3", "sentence_en", "")
	b.Submit(page, "do", "save", "name_en_2", "")
	b.Want(422, "Seat 3: Name of the seat")
	b.Submit(page, "do", "save", "name_en_2", "Town", "least_2", "2", "most_2", "1")
	b.Want(422, "Please choose at least as many as above")
	b.Submit(page, "do", "save", "name_en_2", "Town", "least_2", "0", "most_2", "6")
	b.Want(422, "up to 8 organizations")
	b.Submit(page, "do", "save", "name_en_2", "Town", "least_2", "0", "most_2", "2", "reach_2", "only")
	b.Want(422, "Please tick the countries.")
	if !strings.Contains(b.Page.Body, `<option value="only" selected>`) {
		t.Error("what was chosen is lost")
	}
	b.Submit(page, "do", "save", "name_en_2", "Town", "least_2", "0", "most_2", "2", "reach_2", "union", "kinds_2", "local_authority", "sentence_en", "")
	b.Want(200, "Saved.", "Town", "up to 2 organizations")
	b.Get(page)
	b.Submit(page, "do", "up:2")
	b.Submit(page, "do", "remove:0")
	b.Submit(page, "do", "save", "distinct", "yes")
	b.Want(200, "Saved.", "Each organization comes from another country.")

	got, err := h.service.Call(t.Context(), h.coordinator(t), c.ID)
	must(t, err)
	seats := got.Composition.Seats
	if len(seats) != 2 || seats[0].Name[i18n.EN] != "Town" || !seats[0].Optional || seats[0].Max != 2 || len(seats[0].Countries) != 27 || seats[0].Kinds[0] != "local_authority" {
		t.Errorf("the seats became %+v", seats)
	}
	if seats[1].Key != "eu" || !got.Composition.DistinctCountries {
		t.Errorf("the seats became %+v", got.Composition)
	}
	b.Get(page)
	b.Submit(page, "do", "pattern:trio")
	b.Want(200, "Seat 3", "Not saved yet")
	if got := b.Page.Value("name_en_0"); got != "First organization" {
		t.Errorf("the pattern begins with %q", got)
	}

	for name, values := range map[string]url.Values{
		"many rows": {"rows": {"900"}}, "a strange key": {"rows": {"1"}, "key_0": {"a-2"}, "name_en_0": {"X"}, "reach_0": {"any"}, "least_0": {"1"}, "most_0": {"1"}},
		"a strange country": {"rows": {"1"}, "key_0": {"a"}, "name_en_0": {"X"}, "reach_0": {"only"}, "countries_0": {"QQ"}, "least_0": {"1"}, "most_0": {"1"}},
		"the same twice":    {"rows": {"2"}, "key_0": {"a"}, "name_en_0": {"X"}, "reach_0": {"any"}, "least_0": {"1"}, "most_0": {"1"}, "key_1": {"a"}, "name_en_1": {"X"}, "reach_1": {"any"}, "least_1": {"1"}, "most_1": {"1"}},
		"nobody":            {"rows": {"0"}},
	} {
		b.Get(page)
		for _, hidden := range []string{"_csrf", "version"} {
			values.Set(hidden, b.Page.Value(hidden))
		}
		values.Set("do", "save")
		if b.Post(page, values); b.Page.Status != 422 {
			t.Errorf("%s: %d", name, b.Page.Status)
		}
	}
}

func TestSeatsStandOncePublished(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	pair, _ := blueprints.Default().Composition("pair")
	if err := h.service.Compose(t.Context(), h.coordinator(t), c.ID, c.Version, pair); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the seats of a published call were changed: %v", err)
	}
	draft, err := h.service.Begin(t.Context(), h.coordinator(t), "2028", "pair")
	must(t, err)
	for name, seats := range map[string]blueprints.Composition{
		"none": {}, "nobody fits": {Seats: []blueprints.Seat{{Key: "a", Name: i18n.Text{i18n.EN: "A"}, Countries: []string{"TR"}, Not: []string{"TR"}}}},
		"unknown form": {Seats: []blueprints.Seat{{Key: "a", Name: i18n.Text{i18n.EN: "A"}, Kinds: []string{"guild"}}}},
	} {
		if err := h.service.Compose(t.Context(), h.coordinator(t), draft.ID, draft.Version, seats); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
