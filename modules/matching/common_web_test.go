package matching_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/matching"
	"kervan/tenants/tenanttest"
)

// TestSharingOnThePages goes through the pages of coordinator, lead, another network's lead and core team.
func TestSharingOnThePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	here, there := h.Tenant, h.Another(t)
	core, team := h.core(t)
	ada := h.side(t, "Ada", "TR")
	lead := h.enters(t, ada.lead)
	lead.Get("/partners/card")
	if body := lead.Page.Body; strings.Contains(body, "/partners/sharing") || strings.Contains(body, "/partners/networks") {
		t.Error("the network has not decided, and it is spoken of other networks")
	}
	lead.Get("/partners/networks")
	lead.Want(http.StatusNotFound)
	lead.Get("/partners/sharing")
	lead.Want(http.StatusNotFound)

	coordinator := h.enters(t, h.As(t, tenanttest.Role("coordinator")))
	coordinator.Get("/partners/participation")
	coordinator.Want(http.StatusOK, "Does not take part", "Exactly this is shown", "Never shown")
	coordinator.Submit("/partners/participation")
	coordinator.Want(http.StatusOK, "Takes part", "Nergis", "0 organizations")

	lead.Get("/partners/card")
	lead.Want(http.StatusOK, "Exactly this is shown", "Choose at least one need, one offer and one language on your card")
	lead.Get("/partners/networks")
	lead.Want(http.StatusOK, "Show your card first")
	lead.Get("/partners/card")
	lead.Submit("/partners/card", "need_1", "digital", "offer_1", "people", "about", "We grow.")
	old := h.enters(t, ada.lead)
	old.Get("/partners/card")
	lead.Submit("/partners/card", "about", "We grow fast.")
	old.Submit("/partners/sharing")
	old.Want(http.StatusConflict)
	lead.Submit("/partners/sharing")
	lead.Want(http.StatusOK, "Your card will be seen in other networks in a moment.", "what you save is seen there, too")
	lead.Get("/partners/sharing")
	lead.Want(http.StatusOK, "Others see nothing just now")
	h.Jobs(t)
	lead.Get("/partners/sharing")
	lead.Want(http.StatusOK, "Version", "It says what your card says now.", "We grow fast.", here.Name)
	lead.Get("/partners/card")
	lead.Submit("/partners/card", "about", "We rest.")
	lead.Get("/partners/sharing")
	lead.Want(http.StatusOK, "the new version follows in a moment", "We grow fast.")
	h.Jobs(t)

	h.partakes(t, there)
	ella := h.shares(t, there, "Ella", "DE", []matching.Topic{"people"}, topics)
	h.within(there, func() {
		b := h.enters(t, ella.lead)
		b.Get("/partners/networks?network=" + here.Slug)
		b.Want(http.StatusOK, "Ada", here.Name, "1 organization")
		if strings.Contains(b.Page.Body, ada.id.String()) || strings.Contains(b.Page.Body, "Muğla") {
			t.Error("more than the card is on the page")
		}
		b.Get(b.Page.Link("Ada"))
		b.Want(http.StatusOK, "We rest.", "What fits", here.Name)
		b.Get("/partners/networks?network=" + here.Slug + "&needs=finance")
		b.Want(http.StatusOK, "Look for something else")
		b.Get("/partners/networks/" + ella.id.String())
		b.Want(http.StatusNotFound)
	})
	h.within(core, func() {
		b := h.enters(t, team)
		b.Get("/common?network=" + here.Slug)
		b.Want(http.StatusOK, "Ada", "Networks that take part", here.Name)
		b.Get(b.Page.Link("Ada"))
		b.Want(http.StatusOK, "We rest.", "Version")
		b.Get("/common/" + ada.id.String())
		b.Want(http.StatusNotFound)
	})

	coordinator.Get("/partners/participation")
	coordinator.Want(http.StatusOK, "1 organization shows its card.")
	coordinator.Submit("/partners/participation/ending")
	coordinator.Want(http.StatusUnprocessableEntity, "Please confirm this.")
	has(t, coordinator, `id="f-confirmed-error"`)
	lead.Get("/partners/card")
	lead.Submit("/partners/sharing/ending")
	lead.Want(http.StatusOK, "Your card is not seen in other networks any more.")
	lead.Get("/partners/sharing")
	lead.Want(http.StatusOK, "Your card is not shown to other networks")
	coordinator.Get("/partners/participation")
	coordinator.Submit("/partners/participation/ending", "confirmed", "yes")
	coordinator.Want(http.StatusOK, "The network does not take part any more")
}

// TestOrganizationsOfOtherNetworksAreAskedForAtOnce has as many queries for three of them as for one.
func TestOrganizationsOfOtherNetworksAreAskedForAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	here, there := h.Tenant, h.Another(t)
	h.partakes(t, here)
	h.partakes(t, there)
	ada := h.shares(t, here, "Ada", "TR", topics, topics)
	h.shares(t, there, "One", "DE", topics, topics)
	b := h.enters(t, ada.lead)
	asked := func() int64 {
		return h.queries.Least(func() { b.Get("/partners/networks?network=" + there.Slug) })
	}
	one := asked()
	h.shares(t, there, "Two", "DE", topics, topics)
	h.shares(t, there, "Three", "BG", topics, topics)
	if three := asked(); three != one {
		t.Errorf("%d queries for three, %d for one", three, one)
	}
	if got := h.abroad(t, ada, there); !slices.Equal(got, []string{"One", "Three", "Two"}) {
		t.Errorf("there are %v", got)
	}
}
