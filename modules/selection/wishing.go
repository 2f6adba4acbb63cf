package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Wish is what a reviewer would like of an application, before anybody is assigned.
type Wish string

// The wishes; the empty one is none.
const (
	WishLike  Wish = "like"
	WishAvoid Wish = "avoid"
)

// Wishes are those that somebody can have.
var Wishes = []Wish{"", WishLike, WishAvoid}

// Wished is somebody's wish.
type Wished struct {
	Call        ids.Call
	Application ids.Application
	Person      ids.Person
	Wish        Wish
}

// Swayed is an affinity after the reviewer's wish: what is missing to the most is halved where they would like the application, and
// the affinity itself where they would rather not. So a wish decides among what suits about as well, and never bars anybody.
func Swayed(affinity int, w Wish) int {
	switch w {
	case WishLike:
		return affinity + (MostAffinity-affinity+1)/2
	case WishAvoid:
		return affinity / 2
	default:
		return affinity
	}
}

// Wishing is what a reviewer may choose among.
type Wishing struct {
	About        Call
	Applications []Application // of which nothing but the numbers and the organizations' names may be shown
	Own          map[ids.Application]Wish
}

// Wishing shows a reviewer the applications of a call of which they may say what they would like, but for those in which they have a
// conflict of interest and those that they review already. Reviewers and the chair may, where the coordinators of the call ask for wishes and until the decisions
// are closed; whoever is lent, of that call only. Fault: NotFound, also where they do not.
func (s *Service) Wishing(ctx context.Context, sc tenants.Scope, call ids.Call) (Wishing, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Wishing{}, err
	}
	asked, err := wishableBy(ctx, sc, &call)
	if err != nil {
		return Wishing{}, err
	}
	if len(asked) == 0 {
		return Wishing{}, fault.NotFound()
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Wishing{}, err
	}
	if f.Call.Review.Anonymous {
		return Wishing{}, fault.NotFound()
	}
	mine, err := reviewsBy(ctx, sc.Read(), sc.Actor().Person)
	if err != nil {
		return Wishing{}, err
	}
	v := Wishing{About: f.Call, Own: map[ids.Application]Wish{}}
	for _, a := range f.Applications {
		if a.Undecided && !slices.ContainsFunc(mine, func(r Review) bool { return r.Application == a.ID }) {
			v.Applications = append(v.Applications, a)
		}
	}
	all, err := wishesOf(ctx, sc.Read(), call)
	for _, w := range all {
		if w.Person == sc.Actor().Person {
			v.Own[w.Application] = w.Wish
		}
	}
	return v, err
}

// Wish keeps what the actor would like of the applications of a call; one that is not named is left as it was, one that they must not
// know of is not there. They may as with Wishing. Faults: Invalid, NotFound.
func (s *Service) Wish(ctx context.Context, sc tenants.Scope, call ids.Call, wishes map[ids.Application]Wish) error {
	v, err := s.Wishing(ctx, sc, call)
	if err != nil {
		return err
	}
	for id, wish := range wishes {
		if !slices.Contains(Wishes, wish) {
			return fault.Invalid("fault.bad_request")
		}
		if !slices.ContainsFunc(v.Applications, func(a Application) bool { return a.ID == id }) {
			return fault.NotFound()
		}
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for _, a := range v.Applications {
			wish, said := wishes[a.ID]
			if !said || wish == v.Own[a.ID] {
				continue
			}
			if err := keepWish(ctx, tx, Wished{Call: call, Application: a.ID, Person: sc.Actor().Person, Wish: wish}, now); err != nil {
				return err
			}
		}
		tx.Audit(audit.Entry{Action: "reviewer.wished", SubjectKind: "call", SubjectID: call.String()})
		return nil
	})
}

// WishableCalls are the calls of which the actor may say what they would like to review. Reviewers and the chair may.
func (s *Service) WishableCalls(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return nil, err
	}
	asked, err := wishableBy(ctx, sc, nil)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	return slices.DeleteFunc(calls, func(c Call) bool { return !slices.Contains(asked, c.ID) || c.Review.Anonymous }), err
}

// AskForWishes lets the reviewers of a call say what they would like to review, or not any more; once more changes nothing.
// Coordinators may. Faults: Conflict in an anonymous call, whose reviewers are not to know who applies with which application;
// NotFound.
func (s *Service) AskForWishes(ctx context.Context, sc tenants.Scope, call ids.Call, ask bool) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	if ask && c.Review.Anonymous {
		return fault.Conflict("selection.wishes.anonymous")
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := s.asItWas(ctx, tx, c); err != nil {
			return err
		}
		w, err := waysOf(ctx, tx, call)
		if err != nil || w.Wished == ask {
			return err
		}
		w.Wished = ask
		tx.Audit(audit.Entry{Action: "reviewer.wishes_asked", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"on": ask}})
		return saveWays(ctx, tx, call, w)
	})
}

// wishTable is what reviewers wish of applications, by both.
func wishTable(all []Wished) map[pair]Wish {
	table := make(map[pair]Wish, len(all))
	for _, w := range all {
		table[pair{w.Application, w.Person}] = w.Wish
	}
	return table
}

// wishers counts who has said what they would like, of the applications on the board.
func (s *Service) wishers(ctx context.Context, sc tenants.Scope, p *Planning) error {
	w, err := waysOf(ctx, sc.Read(), p.Board.Call.ID)
	if err != nil {
		return err
	}
	all, err := wishesOf(ctx, sc.Read(), p.Board.Call.ID)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{}
	for _, one := range all {
		if slices.ContainsFunc(p.Board.Rows, func(r Row) bool { return r.ID == one.Application }) {
			told[one.Person] = true
		}
	}
	p.Wished, p.Wishers = w.Wished, len(told)
	return nil
}
