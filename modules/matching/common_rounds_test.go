package matching_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/matching"
	"kervan/modules/solver"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// common begins a round of the common pool, of which other tests have cards, too.
func (h *house) common(t *testing.T, team tenants.Scope, change func(r *matching.Round)) ids.Round {
	t.Helper()
	r := matching.Round{Title: "Across", Pool: matching.SharedPool, Rules: matching.CommonRules()}
	if change != nil {
		change(&r)
	}
	id, err := h.service.BeginRound(t.Context(), team, r)
	must(t, err)
	return id
}

// copyOf is by what name an organization goes in the common pool.
func (h *house) copyOf(t *testing.T, in tenants.Tenant, who side) ids.Organization {
	t.Helper()
	var id ids.Organization
	must(t, h.Tenants.Platform().Read().NewRaw(`SELECT id FROM common_cards WHERE tenant_id = ? AND organization_id = ?`, in.ID, who.id).Scan(t.Context(), &id))
	return id
}

// identity gives somebody of a network an account there.
func (h *house) identity(t *testing.T, in tenants.Tenant, who tenants.Scope) ids.Identity {
	t.Helper()
	id, email := ids.New[ids.Identity](), who.Actor().Email
	must(t, h.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewRaw(`INSERT INTO identities (id, email, email_key) VALUES (?, ?, ?)`, id, email, email).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO identity_tenants (identity_id, tenant_id) VALUES (?, ?)`, id, in.ID).Exec(ctx)
		return err
	}))
	must(t, h.Tenants.Bind(in, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO people (id, identity_id, email, email_key, name, search, locale, notice_version, notice_at) VALUES (?, ?, ?, ?, 'Ada', 'ada', 'en', '1', now())`,
			who.Actor().Person, id, email, email).Exec(ctx)
		return err
	}))
	return id
}

// TestTheCoreSolvesARoundOfTheCommonPool puts organizations of two networks together by what their cards say: never two of one
// network, one pair locked by hand; the file can be computed anew, and holds nothing of a network but that.
func TestTheCoreSolvesARoundOfTheCommonPool(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	here, there := h.Tenant, h.Another(t)
	core, team := h.core(t)
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	h.partakes(t, here)
	h.partakes(t, there)
	// Countries that no other test has, so that only these have a seat.
	ada, bora := h.shares(t, here, "Ada", "MT", one, other), h.shares(t, here, "Bora", "MT", other, one)
	cem, dora := h.shares(t, there, "Cem", "CY", other, one), h.shares(t, there, "Dora", "CY", one, other)
	var round ids.Round
	h.within(core, func() {
		round = h.common(t, team, func(r *matching.Round) {
			r.Rules.Seats = []matching.Seat{{Countries: []geo.Country{"MT", "CY"}}, {Countries: []geo.Country{"MT", "CY"}}}
		})
		v, err := h.service.Round(ctx, team, round)
		must(t, err)
		if v.In() != 4 {
			t.Fatalf("%d take part", v.In())
		}
		b := h.solve(t, team, round)
		if diff := cmp.Diff([]string{"Ada+Cem", "Bora+Dora"}, groups(&b)); diff != "" {
			t.Error(diff)
		}
		file, _, err := h.service.RunFile(ctx, team, round, b.ID)
		must(t, err)
		answer, err := solver.Solve(ctx, file)
		must(t, err)
		if string(answer) != string(b.Answer) {
			t.Errorf("computed anew: %s, kept: %s", answer, b.Answer)
		}
		for _, secret := range []string{ada.id.String(), here.ID.String(), "Ada"} {
			if strings.Contains(string(file), secret) {
				t.Errorf("the file tells %q", secret)
			}
		}
		page := h.enters(t, team)
		page.Get("/common/rounds/" + round.String() + "/runs/" + b.ID.String())
		page.Want(http.StatusOK, "Ada + Cem", "Ada offers what Cem needs: Money: management and control", "Ada and Cem are of different networks")
		for _, wrong := range []string{"worked together", ada.id.String(), dora.id.String()} {
			if strings.Contains(page.Page.Body, wrong) {
				t.Errorf("the board says %q", wrong)
			}
		}
		must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{h.copyOf(t, here, ada), h.copyOf(t, there, dora)}))
		if err := h.service.Tie(ctx, team, round, true, []ids.Organization{h.copyOf(t, here, bora), h.copyOf(t, here, ada)}); !fault.Is(err, fault.KindConflict) {
			t.Errorf("two of one network are kept together: %v", err)
		}
		locked := h.solve(t, team, round)
		if diff := cmp.Diff([]string{"Ada+Dora", "Bora+Cem"}, groups(&locked)); diff != "" {
			t.Error(diff)
		}
		page.Get("/common/rounds/" + round.String() + "/comparison?one=" + b.ID.String() + "&other=" + locked.ID.String())
		page.Want(http.StatusOK, "Ada + Cem", "Ada + Dora")
	})
	must(t, h.service.Unshare(ctx, cem.lead, cem.id))
	h.within(core, func() {
		v, err := h.service.Round(ctx, team, round)
		must(t, err)
		page := h.enters(t, team)
		for i := range v.Runs {
			page.Get("/common/rounds/" + round.String() + "/runs/" + v.Runs[i].ID.String())
			page.Want(http.StatusOK, "An organization that shows its card no more", "Not in the pool any more")
			if strings.Contains(page.Page.Body, "Cem") {
				t.Error("the board names whoever has taken its card back")
			}
		}
	})
}

// TestWhatNoCardSaysIsNoRuleOfTheCommonPool sends rules that need what the core does not know.
func TestWhatNoCardSaysIsNoRuleOfTheCommonPool(t *testing.T) {
	t.Parallel()
	h := open(t)
	core, team := h.core(t)
	h.within(core, func() {
		r := matching.Round{Title: "Kinds", Pool: matching.SharedPool, Rules: matching.CommonRules()}
		r.Rules.Seats = []matching.Seat{{Kind: "association"}, {}}
		_, err := h.service.BeginRound(t.Context(), team, r)
		wants(t, err, fault.KindInvalid, "seat_1_kind")
		r.Rules.Seats[0].Kind = ""
		r.Pool = matching.CardsPool
		_, err = h.service.BeginRound(t.Context(), team, r)
		wants(t, err, fault.KindInvalid, "pool")
		id := h.common(t, team, func(r *matching.Round) {
			r.Rules.New, r.Rules.Once, r.Rules.Weights.Relation, r.Rules.Weights.Wishes, r.Rules.Weights.Networks = true, true, 4, 5, 3
		})
		v, err := h.service.Round(t.Context(), team, id)
		must(t, err)
		if g := v.Rules; g.New || g.Once || g.Weights.Wishes != 5 || g.Weights.Relation > 0 || g.Weights.Networks != 3 || !g.Networks {
			t.Errorf("the rules are %+v", g)
		}
	})
	r := matching.Round{Title: "Common", Pool: matching.SharedPool, Rules: matching.CommonRules()}
	_, err := h.service.BeginRound(t.Context(), h.coordinator(t), r)
	wants(t, err, fault.KindInvalid, "pool")
}

// TestOnlyTheCoreTeamSteersItsRounds has people of networks and of the core try; and somebody of the core's team whose organization
// shows its card.
func TestOnlyTheCoreTeamSteersItsRounds(t *testing.T) {
	t.Parallel()
	h := open(t)
	here := h.Tenant
	core, team := h.core(t)
	h.partakes(t, here)
	ada := h.shares(t, here, "Ada", "LU", []matching.Topic{"digital"}, []matching.Topic{"digital"})
	var round ids.Round
	h.within(core, func() {
		round = h.common(t, team, nil)
		for who, sc := range map[string]tenants.Scope{"a visitor": h.Visitor(), "an operator": h.As(t, tenanttest.Role(tenants.RoleOperator))} {
			if _, err := h.service.Round(t.Context(), sc, round); err == nil {
				t.Errorf("%s sees the round", who)
			}
		}
		torn := team.As(tenants.Actor{Person: team.Actor().Person, Identity: h.identity(t, here, ada.lead), Grants: team.Actor().Grants, Locale: team.Actor().Locale})
		_, err := h.service.Round(t.Context(), torn, round)
		wants(t, err, fault.KindForbidden, "")
		if all, err := h.service.Rounds(t.Context(), torn); err != nil || len(all.All) > 0 || !all.Apart {
			t.Errorf("whose organization is in the pool is shown %d rounds: %v", len(all.All), err)
		}
		if all, err := h.service.Rounds(t.Context(), team); err != nil || !slices.ContainsFunc(all.All, func(r matching.Round) bool { return r.ID == round }) {
			t.Errorf("the team does not see its round: %v", err)
		}
	})
	if _, err := h.service.Round(t.Context(), h.coordinator(t), round); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a coordinator of a network sees the core's round: %v", err)
	}
	coordinator := h.enters(t, h.coordinator(t))
	coordinator.Get("/common/rounds")
	coordinator.Want(http.StatusNotFound)
}

// TestARoundIsMadeOnTheCoresPages fills in the form of a round, wrongly and then rightly.
func TestARoundIsMadeOnTheCoresPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	core, team := h.core(t)
	h.within(core, func() {
		b := h.enters(t, team)
		b.Get("/common/rounds")
		b.Want(http.StatusOK, "New round")
		b.Get("/common/rounds/new")
		b.Want(http.StatusOK, "Of different networks", "Different networks", "Wishes", "have ruled out")
		for _, wrong := range []string{"They have not worked together", "One match at a time", "Single applicants"} {
			if strings.Contains(b.Page.Body, wrong) {
				t.Errorf("the form says %q", wrong)
			}
		}
		b.Submit("/common/rounds", "title", "North", "weight_needs", "many")
		b.Want(http.StatusUnprocessableEntity, "North", "many")
		b.Submit("/common/rounds", "weight_needs", "9")
		b.Want(http.StatusOK, "North", "Of different networks")
		b.Get(strings.TrimSuffix(b.Page.Path, "/") + "/rules")
		b.Submit(b.Page.Path, "title", "Norths")
		b.Want(http.StatusOK, "Norths")
	})
}
