package forms_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
)

// places answers as the site does.
func (s *stand) places(w http.ResponseWriter, r *http.Request) {
	found := ui.Suggestions{Items: []ui.Suggestion{}}
	l, _ := i18n.ParseLocale(r.FormValue("lang"))
	for _, p := range geo.Search(r.FormValue("q"), geo.Country(r.FormValue("country")), 10) {
		found.Items = append(found.Items, ui.Suggestion{Value: strconv.Itoa(p.ID), Text: p.Name(l), Note: p.Country.Name(l), Fills: map[string]string{"country": string(p.Country)}})
	}
	found.Said = strconv.Itoa(len(found.Items)) + " there"
	s.answer(w, http.StatusOK, found)
}

// TestAPlaceIsLookedUpByKeyboard: walked through with the arrows, taken with Enter, left with Escape; and what is typed and
// not taken will do.
func TestAPlaceIsLookedUpByKeyboard(t *testing.T) {
	t.Parallel()
	d, _ := home()
	s := serving(t, d)
	v := uitest.Visit(t, uitest.Look{Language: "de"})
	v.Go(s.server.URL + "/form/who")
	place := `[name="answers[home][place]"]`
	v.Write(`[name="answers[home][postal_code]"]`, "80331")
	v.Write(place, "munc")
	v.Shows(`[role="option"]`)
	v.Sees("München", "there")
	v.Accessible("form-address-open-de")
	v.Hit(place, input.ArrowDown)
	v.Shows(place + `[aria-activedescendant][aria-expanded="true"]`)
	v.Hit(place, input.Enter)
	v.Shows(place + `[aria-expanded="false"]`)
	if name, country, id := v.Value("answers[home][place]"), v.Value("answers[home][country]"), v.Value("answers[home][place_id]"); name != "München" || country != "DE" || id != "2867714" {
		t.Errorf("taken: %q, %q, %q", name, country, id)
	}
	v.Sees("More?") // which is asked of those in Germany
	s.wants("part", "home", `{"place": "München", "region": "Bayern", "country": "DE", "place_id": 2867714, "coordinates": {"lat": 48.1374, "lon": 11.5755}, "postal_code": "80331"}`)

	v.Choose("answers[home][country]", "TR")
	v.Write(place, "Yok Köyü")
	v.Hit(place, input.Escape)
	s.wants("part", "home", `{"place": "Yok Köyü", "country": "TR", "postal_code": "80331"}`)
	if id := v.Value("answers[home][place_id]"); id != "" {
		t.Errorf("typed on, and still %q", id)
	}
	phone := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true})
	phone.Go(s.server.URL + "/form/who")
	phone.Sees("Posta kodu")
	phone.Accessible("form-address-tr-phone")
}
