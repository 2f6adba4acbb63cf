package matching_test

import (
	"net/http"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/matching"
)

// TestRegionsApartAreBetterAndSaidSo has four organizations of one country in two regions, of which the criterion puts those together
// that are not of the same one.
func TestRegionsApartAreBetterAndSaidSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 4)
	for i, region := range []geo.Region{"TR.34", "TR.34", "TR.48", "TR.48"} {
		o := h.known[all[i].id]
		o.Country, o.Region = "TR", region
		h.known[all[i].id] = o
	}
	team := h.coordinator(t)
	round := h.begin(t, team, func(r *matching.Round) { r.Rules.Weights = matching.Weights{Regions: 5} })
	board := h.solve(t, team, round)
	if len(board.Groups) != 2 || board.Solution.Total != 200 {
		t.Fatalf("%d matches of %d points", len(board.Groups), board.Solution.Total)
	}
	for _, g := range board.Groups {
		one, other := h.known[board.Organizations[g.Members[0]]], h.known[board.Organizations[g.Members[1]]]
		if one.Region == other.Region {
			t.Errorf("two of %s are together", one.Region)
		}
	}
	b := h.SignedIn(t, team.Actor())
	page := "/rounds/" + round.String()
	b.Get(page + "/runs/" + board.ID.String())
	b.Want(http.StatusOK, "Different regions", "They are of different regions: Istanbul and Muğla")
	b.Get(page)
	b.Want(http.StatusOK, "Different regions")

	for name, sits := range map[string]geo.Country{"They are of one country, and the region of one or both is not known": "TR", "They are of different countries: Germany, Türkiye": "DE"} {
		for i := range all {
			o := h.known[all[i].id]
			o.Region = ""
			if o.Country = "TR"; i%2 == 1 {
				o.Country = sits
			}
			h.known[all[i].id] = o
		}
		board = h.solve(t, team, round)
		b.Get(page + "/runs/" + board.ID.String())
		b.Want(http.StatusOK, name)
	}
}
