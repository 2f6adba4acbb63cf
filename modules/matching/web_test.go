package matching_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/matching"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (h *house) enters(t *testing.T, sc tenants.Scope) *sitetest.Browser {
	t.Helper()
	return h.SignedIn(t, sc.Actor())
}

// has looks for what the page is made of.
func has(t *testing.T, b *sitetest.Browser, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(b.Page.Body, part) {
			t.Errorf("%s has no %s", b.Page.Path, part)
		}
	}
}

// TestTheCardsForm shows what is wrong at its field, keeps what was typed, and lets one of two writers win.
func TestTheCardsForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.side(t, "Ada", "TR")
	b := h.enters(t, ada.lead)
	b.Get("/partners")
	b.Want(http.StatusOK, "Let others find you first")
	b.Get("/partners/card")
	b.Submit("/partners/card", "need_1", "digital", "need_2", "digital", "hosts", "many", "from", "yesterday", "about", "We <b>grow</b>")
	b.Want(http.StatusUnprocessableEntity, "Please enter a number from 0 to 100.", "Please enter a day", "We <b>grow</b>")
	has(t, b, `value="many"`, "We &lt;b&gt;grow&lt;/b&gt;")
	b.Submit("/partners/card", "need_1", "digital", "need_2", "digital", "hosts", "", "from", "")
	b.Want(http.StatusUnprocessableEntity, "This topic is already chosen above.")
	has(t, b, `id="f-need_2-error"`)
	b.Submit("/partners/card", "need_1", "", "need_2", "", "need_3", "digital", "offer_1", "people")
	b.Want(http.StatusOK, "The card is saved.")
	if c, _, err := h.service.Card(t.Context(), ada.lead, ada.id); err != nil || len(c.Needs) != 1 {
		t.Errorf("a ranking with a gap: %v %v", c.Needs, err)
	}
	other := h.enters(t, ada.lead)
	other.Get("/partners/card")
	b.Submit("/partners/card", "about", "First")
	other.Submit("/partners/card", "about", "Second")
	other.Want(http.StatusConflict, "Second")
	b.Submit("/partners/card/joining")
	b.Want(http.StatusOK, "Others can find you")
	b.Submit("/partners/card", "need_1", "")
	b.Want(http.StatusUnprocessableEntity)
	has(t, b, `id="f-need_1-error"`)
	b.Get("/partners/card")
	b.Submit("/partners/card/leaving")
	b.Want(http.StatusOK, "Nobody finds you any more.")

	participant := h.enters(t, h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: ada.id}))
	participant.Get("/partners/card")
	participant.Want(http.StatusOK, "Only your lead can change the card.", "First")
	if strings.Contains(participant.Page.Body, `action="/partners/card"`) {
		t.Error("a participant gets the form")
	}
}

// TestWhoLeadsTwoOrganizationsChooses looks for partners for one and for the other.
func TestWhoLeadsTwoOrganizationsChooses(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	ada, bora, third := h.findable(t, "Ada", "TR", topics, topics), h.findable(t, "Bora", "TR", topics, topics), h.side(t, "Third", "DE")
	b := h.enters(t, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: ada.id}, tenants.Grant{Role: tenants.RoleParticipant, Organization: bora.id}))
	b.Get("/partners/card")
	b.Want(http.StatusOK, "Ada", "Bora")
	b.Get("/partners/card?for=" + bora.id.String())
	b.Want(http.StatusOK, "Only your lead can change the card.")
	b.Get("/partners?for=" + bora.id.String())
	b.Want(http.StatusOK, "1 organization")
	has(t, b, "/partners/"+ada.id.String()+"?for="+bora.id.String())
	b.Get("/partners/card?for=" + third.id.String())
	b.Want(http.StatusNotFound)
}

// TestTheSixthWishIsRefusedInWords has five wishes and asks for one more on its page.
func TestTheSixthWishIsRefusedInWords(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 7)
	for _, o := range all[1:6] {
		must(t, h.service.Wish(t.Context(), all[0].lead, all[0].id, o.id))
	}
	b := h.enters(t, all[0].lead)
	b.Get("/partners/" + all[6].id.String())
	b.Submit("/partners/wishes")
	b.Want(http.StatusConflict, "You can wish for at most 5 organizations. Remove one first.")
	b.Get("/partners/" + all[6].id.String())
	b.Submit("/partners/vetoes", "reason", strings.Repeat("x", 501))
	b.Want(http.StatusUnprocessableEntity)
	has(t, b, `id="f-reason-error"`)
	b.Submit("/partners/vetoes", "reason", "canary-quarrel")
	b.Want(http.StatusOK, "Ruled out. Nobody else is told who or why.", "canary-quarrel")
	for _, who := range []tenants.Scope{all[6].lead, h.As(t, tenanttest.Role(tenants.RoleCoordinator))} {
		other := h.enters(t, who)
		for _, path := range []string{"/partners", "/partners?format=csv", "/partners/" + all[0].id.String(), "/partners/wishes", "/partners/wishes?for=" + all[0].id.String()} {
			other.Get(path)
			if strings.Contains(other.Page.Body, "canary-quarrel") {
				t.Errorf("%s tells of a veto", path)
			}
		}
	}
}

// TestMessagesAreText writes what looks like a page, and an address: both are shown as they were typed.
func TestMessagesAreText(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 2)
	b := h.enters(t, all[0].lead)
	b.Get("/partners/" + all[1].id.String())
	b.Submit("/partners/messages", "body", "")
	b.Want(http.StatusUnprocessableEntity)
	has(t, b, `id="f-body-error"`)
	b.Submit("/partners/messages", "body", "<img src=x> https://example.org")
	b.Want(http.StatusOK, "<img src=x> https://example.org")
	has(t, b, "&lt;img src=x&gt; https://example.org")
	if strings.Contains(b.Page.Body, `href="https://example.org`) {
		t.Error("an address is a link")
	}
	other := h.enters(t, all[1].lead)
	other.Get("/desk")
	other.Want(http.StatusOK, "Read the new messages (1 conversation)")
	other.Get("/partners/messages")
	other.Get(other.Page.Link("Organization 0"))
	other.Want(http.StatusOK, "<img src=x>")
	path := other.Page.Path
	other.Get("/desk")
	if strings.Contains(other.Page.Body, "Read the new messages") {
		t.Error("what was read is still new")
	}
	other.Get(path)
	other.Submit(strings.Split(path, "?")[0]+"/reports", "reason", "")
	other.Want(http.StatusUnprocessableEntity)
	has(t, other, `id="f-reason-error"`)
	other.Submit(strings.Split(path, "?")[0]+"/reports", "reason", "Rude.")
	other.Want(http.StatusOK, "You have reported this.")
	team := h.enters(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)))
	team.Get("/desk")
	team.Want(http.StatusOK, "Decide about 1 report")
	team.Get("/partners/reports")
	team.Get(team.Page.Link("Organization 1 reports Organization 0"))
	report := team.Page.Path
	team.Submit(report+"/decision", "outcome", "bar")
	team.Want(http.StatusUnprocessableEntity)
	has(t, team, `id="f-note-error"`)
	team.Submit(report+"/decision", "outcome", "bar", "note", "Please be kind.")
	team.Want(http.StatusOK, "The decision is made")
	b.Get("/partners/messages")
	b.Get(b.Page.Link("Organization 1"))
	b.Want(http.StatusOK, "The network has stopped your organization from writing to others.")
	team.Get(report)
	team.Submit(report + "/lifting")
	team.Want(http.StatusOK, "They may write again.")
}

// TestManyAskAsOftenAsFew counts the statements behind each page with few rows and with many.
func TestManyAskAsOftenAsFew(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	ours := h.many(t, 1)[0]
	b := h.enters(t, ours.lead)
	asks := func(paths ...string) []int64 {
		var all []int64
		for _, path := range paths {
			all = append(all, h.queries.Least(func() {
				b.Get(path)
				b.Want(http.StatusOK)
			}))
		}
		return all
	}
	paths := []string{"/partners", "/partners/wishes", "/partners/messages"}
	var first []int64
	for round := range 2 {
		for _, o := range h.many(t, 1+round) {
			must(t, h.service.Wish(ctx, ours.lead, ours.id, o.id))
			_, err := h.says(t, o, ours, "Hello")
			must(t, err)
		}
		if now := asks(paths...); round == 0 {
			first = now
		} else {
			for i, n := range now {
				if n != first[i] {
					t.Errorf("%s asks %d times, and %d times with more rows", paths[i], first[i], n)
				}
			}
		}
	}
}
