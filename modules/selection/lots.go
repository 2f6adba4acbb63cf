package selection

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// PrepareLot fixes among which applications a lot will be drawn, and the seed, of which only the commitment is shown. An
// application takes part in one lot of a meeting at most, among those lots that whoever prepares it may know of: were it refused
// because of another, it would tell them that there is one. Whoever leads the meeting may, of applications without a conflict of
// interest. Faults: Invalid with fewer than two, Conflict, NotFound.
func (s *Service) PrepareLot(ctx context.Context, sc tenants.Scope, call ids.Call, applications []ids.Application) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return err
	}
	own, err := s.own(ctx, sc)
	if err != nil {
		return err
	}
	applications = distinct(applications)
	if len(applications) < 2 {
		return fault.Invalid("fault.check_fields", fault.At("application", "selection.lot.two"))
	}
	for _, id := range applications {
		if a, known := f.application(id); !known || !a.Undecided {
			return fault.NotFound()
		}
	}
	return s.lead(ctx, sc, call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		known, err := knownTo(ctx, tx, call, own)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(applications, func(a ids.Application) bool { return !known(a) }) {
			return fault.NotFound()
		}
		before, err := lots(ctx, tx, g.meeting.ID)
		if err != nil {
			return err
		}
		for _, l := range visibleLots(before, known) {
			if slices.ContainsFunc(l.Applications, func(a ids.Application) bool { return slices.Contains(applications, a) }) {
				return fault.Conflict("selection.lot.already")
			}
		}
		l := Lot{ID: ids.New[ids.Lot](), Applications: applications, Seed: newSeed(), PreparedAt: g.now, PreparedBy: sc.Actor().Person}
		noteLot(tx, "lot.prepared", &l)
		return insertLot(ctx, tx, g.meeting.ID, &l)
	})
}

// noteLot writes into the trail what happened to a lot, for those who may know of all its applications.
func noteLot(tx *tenants.Tx, action string, l *Lot) {
	among := make([]string, len(l.Applications))
	for i, a := range l.Applications {
		among[i] = a.String()
	}
	tx.Audit(audit.Entry{Action: action, SubjectKind: "lot", SubjectID: l.ID.String(), Detail: map[string]any{"commitment": l.Commitment(), audit.Among: among}})
}

func distinct(applications []ids.Application) []ids.Application {
	var once []ids.Application
	for _, a := range applications {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}

// knownTo tells which applications of a call the actor may know of at this moment of a transaction. Those of the actor's own
// organizations are given.
func knownTo(ctx context.Context, tx *tenants.Tx, call ids.Call, own []ids.Application) (func(ids.Application) bool, error) {
	found, err := conflictsOfCall(ctx, tx, call)
	if err != nil {
		return nil, err
	}
	conflicted, person := conflictedIn(found), tx.Scope().Actor().Person
	return func(a ids.Application) bool { return !conflicted(a, person) && !slices.Contains(own, a) }, nil
}

// newSeed are 256 random bits in hexadecimal digits.
func newSeed() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// DrawLot shows the seed of a lot that was prepared, and so its order, which nobody can steer any more. Whoever leads the meeting
// may who may know of one of its applications; of the others they learn nothing. Drawing again changes nothing. Faults: Conflict,
// NotFound.
func (s *Service) DrawLot(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Lot) error {
	return s.lot(ctx, sc, call, id, func(ctx context.Context, tx *tenants.Tx, g *gathering, l *Lot) error {
		l.DrawnAt, l.DrawnBy = g.now, sc.Actor().Person
		noteLot(tx, "lot.drawn", l)
		return drawLot(ctx, tx, l)
	})
}

// DropLot takes back a lot that was prepared and is not drawn. Its seed is never shown. Who may draw it may. Faults: Conflict,
// NotFound.
func (s *Service) DropLot(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Lot) error {
	return s.lot(ctx, sc, call, id, func(ctx context.Context, tx *tenants.Tx, _ *gathering, l *Lot) error {
		noteLot(tx, "lot.dropped", l)
		return dropLot(ctx, tx, l.ID)
	})
}

// lot does something with a lot that is not drawn yet; nothing with one that is.
func (s *Service) lot(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Lot, act func(ctx context.Context, tx *tenants.Tx, g *gathering, l *Lot) error) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	own, err := s.own(ctx, sc)
	if err != nil {
		return err
	}
	return s.lead(ctx, sc, call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		known, err := knownTo(ctx, tx, call, own)
		if err != nil {
			return err
		}
		prepared, err := lots(ctx, tx, g.meeting.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(prepared, func(l Lot) bool { return l.ID == id })
		if i < 0 || !slices.ContainsFunc(prepared[i].Applications, known) {
			return fault.NotFound()
		}
		if prepared[i].Drawn() {
			return nil
		}
		return act(ctx, tx, g, &prepared[i])
	})
}

// visibleLots are the lots among applications that somebody may know of, each without the others; a lot of which one is left
// says nothing any more. Seeds of lots that are not drawn are blotted out, but not their commitments.
func visibleLots(found []Lot, known func(ids.Application) bool) []ShownLot {
	var shown []ShownLot
	for _, l := range found {
		s := ShownLot{Lot: l, Committed: l.Commitment()}
		s.Applications = slices.DeleteFunc(slices.Clone(l.Applications), func(a ids.Application) bool { return !known(a) })
		if len(s.Applications) < 2 {
			continue
		}
		if !l.Drawn() {
			s.Seed = ""
		}
		shown = append(shown, s)
	}
	return shown
}

// ShownLot is a lot as somebody may see it.
type ShownLot struct {
	Lot

	Committed string // the commitment, also while the seed is secret
}
