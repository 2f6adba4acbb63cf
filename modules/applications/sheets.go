package applications

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// Filling is a question of a sheet that somebody may answer just now.
type Filling struct {
	Organization ids.Organization // for which they do
	Page         string           // the address of the section in which it stands
}

// Fillable holds the transaction's actor to the questions that they may answer just now, as Save does. Faults: NotFound,
// TooLate, Conflict.
func (s *Service) Fillable(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, ref string) (Filling, error) {
	f, _, err := s.fillable(ctx, tx, sheet, ref)
	return f, err
}

// Change is Fillable for whoever changes the answer in this very transaction: of the joint part all confirmations are taken
// back, as they stood by it too.
func (s *Service) Change(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, ref string) (Filling, error) {
	f, a, err := s.fillable(ctx, tx, sheet, ref)
	if err == nil && sheet == a.Joint && unsettles(&a) {
		err = unconfirm(ctx, tx, a.ID)
	}
	return f, err
}

func (s *Service) fillable(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, ref string) (Filling, Application, error) {
	a, err := s.writable(ctx, tx.Scope(), tx, sheet)
	if err != nil {
		return Filling{}, a, err
	}
	g, err := s.gate(ctx, tx, &a, sheet)
	if err != nil {
		return Filling{}, a, err
	}
	_, section, found := g.definition.Question(ref)
	if !found || section.Scope != a.scopeOf(sheet) {
		return Filling{}, a, fault.NotFound()
	}
	if err := g.shut(ref); err != nil {
		return Filling{}, a, err
	}
	if frozen, ok := forms.FrozenField(g.definition, ref, g.day); ok {
		return Filling{}, a, fault.Conflict(frozen.Key).With("Day", frozen.Args["Day"])
	}
	part := a.PartOf(sheet)
	f := Filling{Organization: a.Organization, Page: sectionAddress(a.ID, part, section.Key)}
	if g.later {
		f.Page = laterAddress(a.ID, part, section.Key)
	}
	if part != nil {
		f.Organization = part.Organization
	} else if mine := mineOf(tx.Scope(), &a); len(mine) > 0 {
		f.Organization = mine[0].Organization
	}
	return f, a, nil
}

// fit leaves out of the answers every document that cannot be handed in: of another sheet, refused, or gone. So what needs
// it is missing.
func (s *Service) fit(ctx context.Context, db reader, d *forms.Definition, filled map[ids.Sheet]forms.Filled) (map[ids.Sheet]forms.Filled, error) {
	given := map[ids.Sheet][]ids.Document{}
	for sheet, f := range filled {
		if named := documentsIn(d, f.Answers); len(named) > 0 {
			given[sheet] = named
		}
	}
	if len(given) == 0 {
		return filled, nil
	}
	good, err := s.Documents.Fit(ctx, db, given)
	if err != nil {
		return nil, err
	}
	fitting := maps.Clone(filled)
	for sheet, named := range given {
		if !slices.ContainsFunc(named, func(id ids.Document) bool { return !good[id] }) {
			continue
		}
		f := filled[sheet]
		f.Answers = maps.Clone(f.Answers)
		for ref := range f.Answers {
			one := documentsIn(d, forms.Answers{ref: f.Answers[ref]})
			if len(one) == 0 {
				continue
			}
			if f.Answers[ref], err = json.Marshal(slices.DeleteFunc(one, func(id ids.Document) bool { return !good[id] })); err != nil {
				return nil, fault.Internal(err)
			}
		}
		fitting[sheet] = f
	}
	return fitting, nil
}
