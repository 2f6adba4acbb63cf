package matching_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (h *house) many(t *testing.T, n int) []side {
	t.Helper()
	topics := []matching.Topic{"digital"}
	all := make([]side, n)
	for i := range all {
		all[i] = h.findable(t, fmt.Sprintf("Organization %d", i), []geo.Country{"TR", "DE"}[i%2], topics, topics)
	}
	return all
}

func (h *house) wished(t *testing.T, s side) []ids.Organization {
	t.Helper()
	w, err := h.service.Wishes(t.Context(), s.lead, s.id)
	must(t, err)
	var all []ids.Organization
	for _, o := range w.Wished {
		all = append(all, o.ID)
	}
	return all
}

// TestWishesAreRanked adds, moves and removes wishes.
func TestWishesAreRanked(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 8)
	us := all[0]
	out := h.side(t, "Out", "DE")
	for _, o := range all[1:6] {
		must(t, h.service.Wish(ctx, us.lead, us.id, o.id))
	}
	for _, c := range []struct {
		id   ids.Organization
		kind fault.Kind
		key  string
	}{
		{all[6].id, fault.KindConflict, "matching.wish.full"},
		{all[1].id, fault.KindConflict, "matching.wish.twice"},
		{us.id, fault.KindConflict, "matching.wish.self"},
		{out.id, fault.KindNotFound, "fault.not_found"},
	} {
		err := h.service.Wish(ctx, us.lead, us.id, c.id)
		if wants(t, err, c.kind, ""); fault.Of(err).Key != c.key {
			t.Errorf("%s, not %s", fault.Of(err).Key, c.key)
		}
	}
	for range 2 { // a double click
		must(t, h.service.Place(ctx, us.lead, us.id, all[5].id, 1))
		must(t, h.service.Unwish(ctx, us.lead, us.id, all[2].id))
	}
	if diff := cmp.Diff([]ids.Organization{all[5].id, all[1].id, all[3].id, all[4].id}, h.wished(t, us)); diff != "" {
		t.Error(diff)
	}
	wants(t, h.service.Place(ctx, us.lead, us.id, all[7].id, 1), fault.KindNotFound, "")

	must(t, h.service.RuleOut(ctx, us.lead, us.id, all[3].id, "A quarrel."))
	if diff := cmp.Diff([]ids.Organization{all[5].id, all[1].id, all[4].id}, h.wished(t, us)); diff != "" {
		t.Errorf("a wish for one that is ruled out: %s", diff)
	}
	if err := h.service.Wish(ctx, us.lead, us.id, all[3].id); fault.Of(err).Key != "matching.wish.ruled_out" {
		t.Error(err)
	}
	wants(t, h.service.RuleOut(ctx, us.lead, us.id, all[6].id, strings.Repeat("x", 501)), fault.KindInvalid, "reason")
	wants(t, h.service.RuleOut(ctx, us.lead, us.id, us.id, ""), fault.KindConflict, "")
	must(t, h.service.TakeBack(ctx, us.lead, us.id, all[3].id))
	must(t, h.service.Wish(ctx, us.lead, us.id, all[3].id))
}

// TestManyWishAtOnce wishes for seven at the same time: five are kept, each at a rank of its own.
func TestManyWishAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 8)
	var wg sync.WaitGroup
	for _, o := range all[1:] {
		wg.Go(func() {
			if err := h.service.Wish(t.Context(), all[0].lead, all[0].id, o.id); err != nil && !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.wished(t, all[0])); n != matching.MostWishes {
		t.Errorf("%d wishes", n)
	}
}

// TestNobodyElseKnowsOfWishes has a wish and a veto with a reason that are told nowhere: not to the one that they are about, not
// to the network's team, not in the order or number of what others find, not in the trail, and by no mail or notification.
func TestNobodyElseKnowsOfWishes(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	us, wished, ruled := all[0], all[1], all[2]
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	see := func() string {
		var b strings.Builder
		for _, s := range all[1:] {
			found, in, err := h.service.Directory(ctx, s.lead, matching.Query{For: s.id, Locale: i18n.EN})
			m, failed := h.service.Meet(ctx, s.lead, s.id, us.id)
			fmt.Fprintf(&b, "%v %v %v %+v %v %+v\n", names(found), in, err, m, failed, found.Total)
		}
		found, in, err := h.service.Directory(ctx, coordinator, matching.Query{Locale: i18n.EN})
		m, failed := h.service.Meet(ctx, coordinator, ids.Organization{}, us.id)
		fmt.Fprintf(&b, "%+v %v %v %+v %v", found, in, err, m, failed)
		return b.String()
	}
	before := see()
	must(t, h.service.Wish(ctx, us.lead, us.id, wished.id))
	must(t, h.service.RuleOut(ctx, us.lead, us.id, ruled.id, "canary-reason"))
	h.Jobs(t)
	if diff := cmp.Diff(before, see()); diff != "" {
		t.Errorf("others see a difference: %s", diff)
	}
	if len(h.mails)+len(h.news) > 0 {
		t.Errorf("somebody was told: %v %v", h.mails, h.news)
	}
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: us.id})
	if w, err := h.service.Wishes(ctx, participant, us.id); err != nil || w.Rank(wished.id) != 1 || !w.RuledOut(ruled.id) {
		t.Errorf("its own people do not see them: %+v %v", w, err)
	}
	if h.service.Wish(ctx, participant, us.id, all[3].id) == nil {
		t.Error("a participant wishes")
	}
	for who, sc := range map[string]tenants.Scope{
		"the wished one": wished.lead, "the ruled out one": ruled.lead, "a coordinator": coordinator, "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)),
		"a facilitator": h.As(t, tenanttest.Role(tenants.RoleFacilitator)), "a visitor": h.Visitor(),
	} {
		if _, err := h.service.Wishes(ctx, sc, us.id); err == nil {
			t.Errorf("%s reads them", who)
		}
		if h.service.Unwish(ctx, sc, us.id, wished.id) == nil || h.service.TakeBack(ctx, sc, us.id, ruled.id) == nil {
			t.Errorf("%s changes them", who)
		}
	}
	var entries []struct{ Action, SubjectID, Detail string }
	must(t, h.System().Read().NewRaw(`SELECT action, subject_id, detail::text AS detail FROM audit_entries ORDER BY seq DESC LIMIT 2`).Scan(ctx, &entries))
	if len(entries) != 2 || entries[0] != entries[1] || entries[0].SubjectID != us.id.String() {
		t.Errorf("the trail tells a wish from a veto: %+v", entries)
	}
	for _, e := range entries {
		if e.Action != "wish.changed" || strings.Contains(e.Detail, wished.id.String()) || strings.Contains(e.Detail, ruled.id.String()) {
			t.Errorf("the trail tells: %+v", e)
		}
	}
}
