package partnerships

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// FoundTogether makes the partnership of several applications of one call whose organizations have each won a place alone and want to
// take it together, and tells their leads. Only the system may. Told twice, it makes one. Where one of the applications has not taken
// its place, has more than one organization or belongs to a partnership already, nothing is founded; of a match that came too late by the
// latter the round hears.
func (s *Service) FoundTogether(ctx context.Context, sc tenants.Scope, e events.PlacesMatched) error {
	if err := s.policies.May(sc, policies.PartnershipManage, policies.On{}); err != nil {
		return err
	}
	p := Partnership{ID: ids.New[ids.Partnership](), Call: e.Call, State: Accepted}
	var numbers, titles []string
	for n, application := range e.Applications {
		joint, err := s.applications.Joint(ctx, sc, application)
		if err != nil {
			return err
		}
		if !joint.Won || joint.Call != e.Call || len(joint.Seats) != 1 {
			return nil
		}
		if n == 0 {
			p.Application = application
		}
		seat := joint.Seats[0]
		for k, key := 2, seat.Key; slices.ContainsFunc(p.Seats, func(o Seat) bool { return o.Key == seat.Key }); k++ {
			seat.Key = key + "-" + strconv.Itoa(k)
		}
		p.Seats = append(p.Seats, seat)
		numbers, titles = append(numbers, joint.Number), append(titles, joint.Title)
	}
	if len(p.Seats) < 2 {
		return nil
	}
	p.Number, p.Title = strings.Join(numbers, " + "), strings.Join(titles, " + ")
	call, err := s.calls.Promise(ctx, sc, e.Call)
	if err != nil {
		return err
	}
	p.CallTitle, p.GrantMinor, p.GrantCurrency = call.Title, call.GrantMinor, call.GrantCurrency
	cards, err := s.organizations.Cards(ctx, sc, p.Organizations())
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		taken, err := holdTaken(ctx, tx, e.Applications)
		if err != nil {
			return err
		}
		if len(taken) > 0 {
			overtaken(tx, e, taken)
			return nil
		}
		if won, err := s.applications.Won(ctx, tx, e.Applications); err != nil || !won {
			return err // one has given its place up since
		}
		made, err := insert(ctx, tx, &p, searchKey(&p, cards))
		if err != nil || !made {
			return err
		}
		if err := joinApplications(ctx, tx, p.ID, e.Applications[1:]); err != nil {
			return err
		}
		if err := logChange(ctx, tx, p.ID, Change{State: p.State}); err != nil {
			return err
		}
		tx.Announce(events.PartnershipMoved{Partnership: p.ID})
		tx.Audit(audit.Entry{Action: "partnership.founded", SubjectKind: subject, SubjectID: p.ID.String(), Detail: map[string]any{"match": e.Match.String()}})
		return s.tell(ctx, tx, &p, cards, "founded", "")
	})
}

// overtaken tells that nothing comes of a match, unless all of its applications are in one partnership, which is then its own.
func overtaken(tx *tenants.Tx, e events.PlacesMatched, taken map[ids.Application]ids.Partnership) {
	one := taken[e.Applications[0]]
	if !slices.ContainsFunc(e.Applications, func(id ids.Application) bool { return taken[id] != one }) {
		return
	}
	elsewhere := slices.DeleteFunc(slices.Clone(e.Applications), func(id ids.Application) bool { return taken[id].IsZero() })
	tx.Announce(events.MatchOvertaken{Match: e.Match, Applications: elsewhere})
}
