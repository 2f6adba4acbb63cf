package selection_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

func TestAWishMovesAnAffinityAndBarsNobody(t *testing.T) {
	t.Parallel()
	for affinity, want := range map[int][3]int{0: {0, 500, 0}, 1: {1, 501, 0}, 500: {500, 750, 250}, 999: {999, 1000, 499}, 1000: {1000, 1000, 500}} {
		for i, wish := range selection.Wishes {
			if got := selection.Swayed(affinity, wish); got != want[i] {
				t.Errorf("%d with %q: %d", affinity, wish, got)
			}
		}
	}
	for a := range selection.MostAffinity { // a wish keeps the order of what suits
		for _, wish := range selection.Wishes {
			if selection.Swayed(a+1, wish) < selection.Swayed(a, wish) || selection.Swayed(a, wish) > selection.MostAffinity {
				t.Fatalf("%d with %q", a, wish)
			}
		}
	}
}

func TestReviewersWishWhereTheyAreAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Öteki", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	wish := func(sc tenants.Scope, id ids.Application, w selection.Wish) error {
		return h.service.Wish(t.Context(), sc, h.call.ID, map[ids.Application]selection.Wish{id: w})
	}
	// Where nobody asks, reviewers learn nothing of who applies, not even by declaring.
	if err := wish(one, a.ID, selection.WishLike); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("unasked: %v", err)
	}
	if err := h.service.DeclareConflict(t.Context(), one, a.ID, selection.Declaration{Kind: selection.ConflictFamily}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a conflict in what was not assigned: %v", err)
	}
	if err := h.service.AskForWishes(t.Context(), officer, h.call.ID, true); err == nil {
		t.Error("an officer asks")
	}
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true); err != nil {
		t.Fatal(err)
	}
	for name, sc := range map[string]tenants.Scope{"an applicant": leads[0], "an officer": officer, "a visitor": one.As(tenants.Visitor())} {
		if _, err := h.service.Wishing(t.Context(), sc, h.call.ID); err == nil {
			t.Errorf("%s sees the list", name)
		}
	}
	if err := wish(one, a.ID, "love"); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("an unknown wish: %v", err)
	}
	if err := wish(one, ids.New[ids.Application](), selection.WishLike); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what is not there: %v", err)
	}
	for _, w := range []selection.Wish{selection.WishLike, selection.WishAvoid} {
		if err := wish(one, a.ID, w); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := h.service.Wishing(t.Context(), one, h.call.ID); err != nil || len(v.Applications) != 2 || v.Own[a.ID] != selection.WishAvoid {
		t.Errorf("%+v, %v", v, err)
	}
	if v, err := h.service.Wishing(t.Context(), two, h.call.ID); err != nil || len(v.Own) != 0 {
		t.Errorf("another's wish is seen: %+v, %v", v, err)
	}
	// A conflict can be declared before anything is assigned or shown; then the application is gone.
	if err := h.service.DeclareConflict(t.Context(), one, b.ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	if v, err := h.service.Wishing(t.Context(), one, h.call.ID); err != nil || len(v.Applications) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	if err := wish(one, b.ID, selection.WishLike); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("with a conflict of interest: %v", err)
	}
	if p, err := h.service.Planning(t.Context(), officer, h.call.ID); err != nil || !p.Wished || p.Wishers != 1 {
		t.Errorf("%v, %d, %v", p.Wished, p.Wishers, err)
	}
	if err := h.service.DeclareConflict(t.Context(), officer, a.ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	if p, err := h.service.Planning(t.Context(), officer, h.call.ID); err != nil || p.Wishers != 0 {
		t.Errorf("who must not know of the application counts its wishes: %d, %v", p.Wishers, err)
	}
	if err := wish(one, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	if v, err := h.service.Wishing(t.Context(), one, h.call.ID); err != nil || len(v.Own) != 0 {
		t.Errorf("taken back: %+v, %v", v, err)
	}
	h.assign(t, a, one)
	if v, err := h.service.Wishing(t.Context(), one, h.call.ID); err != nil || len(v.Applications) != 0 {
		t.Errorf("what is theirs already is still to be wished for: %+v, %v", v, err)
	}
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Wishing(t.Context(), one, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("asked no more: %v", err)
	}
}

func TestAWishDecidesAmongThoseWhoSuitAsWell(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	var all []tenants.Scope
	for _, name := range []string{"Bir", "İki", "Üç"} {
		all = append(all, h.role(t, name, tenants.RoleReviewer))
	}
	if err := h.service.AskForWishes(t.Context(), coordinator, h.call.ID, true); err != nil {
		t.Fatal(err)
	}
	for i, w := range []selection.Wish{selection.WishAvoid, selection.WishLike, selection.WishLike} {
		if err := h.service.Wish(t.Context(), all[i], h.call.ID, map[ids.Application]selection.Wish{a.ID: w}); err != nil {
			t.Fatal(err)
		}
	}
	planning, err := h.service.Planning(t.Context(), coordinator, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.service.StartRun(t.Context(), coordinator, h.call.ID, planning.Usual)
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	plan, err := h.service.Plan(t.Context(), coordinator, h.call.ID, id)
	if err != nil || len(plan.Rows) != 1 {
		t.Fatal(plan, err)
	}
	for _, one := range plan.Rows[0].Reviewers {
		if one.Person == all[0].Actor().Person {
			t.Error("who would rather not is proposed, though others would like it")
		}
		if !slices.ContainsFunc(one.Reasons, func(r selection.Reason) bool { return r.Side == selection.SideWish }) {
			t.Errorf("the reason is not said: %+v", one)
		}
	}
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/selection/" + h.call.ID.String() + "/automatic/" + id.String())
	b.Want(200, "would like it")
}

func TestThePagesOfWishes(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reader := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	c, r := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, reader.Actor())
	path := "/reviews/wishes/" + h.call.ID.String()
	r.Get(path)
	r.Want(404)
	c.Get("/selection/" + h.call.ID.String() + "/automatic")
	c.Submit("/selection/" + h.call.ID.String() + "/automatic/wishes")
	c.Want(200, "0 reviewers have said something")
	r.Get("/reviews")
	r.Want(200, "you can say what you would like to review")
	r.Get(path)
	r.Want(200, a.Number, "Ihlamur Derneği")
	for _, secret := range []string{"Muğla", "ANSWERS"} {
		if strings.Contains(r.Page.Body, secret) {
			t.Errorf("the list shows %s", secret)
		}
	}
	r.Submit(path, "wish-"+a.ID.String(), "like")
	r.Want(200, "Your wishes are saved")
	for _, look := range looks {
		v, at := h.visit(t, look, reader)
		v.Go(at.Address(path))
		v.Accessible("selection-wishes-" + look.Language)
		v, at = h.visit(t, look, coordinator)
		v.Go(at.Address("/selection/" + h.call.ID.String() + "/automatic"))
		v.Accessible("selection-automatic-wishes-" + look.Language)
	}
	r.Get("/selection/applications/" + a.ID.String() + "/conflict")
	r.Submit("/selection/applications/"+a.ID.String()+"/conflict", "kind", "family")
	r.Get(path)
	r.Want(200, "No eligible application yet")
}
