package partnerships

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Stories shows what partnerships tell of their work. The stories module satisfies it.
type Stories interface {
	// Of links to the stories that visitors may read, by partnership.
	Of(ctx context.Context, sc tenants.Scope, p ui.Page) (map[ids.Partnership]templ.Component, error)
}

// Known is a partnership as other modules know it.
type Known struct {
	Partnership

	Pseudonym string // under which it wants to be shown; empty: under its title
	Willing   bool   // all have agreed to that, at once or from a day on
	Writes    bool   // it stands, or has ended as it should
}

// Some finds those of the partnerships that exist. It is for other modules' use-cases, which have authorized.
func (s *Service) Some(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) ([]Known, error) {
	if err := s.policies.Ever(sc, policies.PartnershipRead); err != nil || len(wanted) == 0 {
		return nil, err
	}
	found, err := those(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	how, err := showings(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	all := make([]Known, len(found))
	for i, p := range found {
		h := how[p.ID]
		all[i] = Known{Partnership: p, Pseudonym: h.Pseudonym, Willing: h.Willing(p.Organizations()), Writes: p.presentable()}
	}
	return all, nil
}

// Shown is a partnership that everybody may see. Names are those that a pseudonym conceals.
type Shown struct {
	Public

	Names []string
}

// ShownOf tells of those of the partnerships that everybody may see at this moment. Anybody may.
func (s *Service) ShownOf(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) (map[ids.Partnership]Shown, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil || len(wanted) == 0 {
		return nil, err
	}
	how, err := showings(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	found, err := those(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	listed, err := s.listed(ctx, sc, found)
	if err != nil {
		return nil, err
	}
	now, all := time.Now(), map[ids.Partnership]Shown{}
	for i := range listed {
		p, h := &listed[i], how[listed[i].ID]
		if !p.Shown(&h, now) {
			continue
		}
		one := Shown{Public: p.public(&h.Terms, p.Cards)}
		if one.Veiled {
			one.Names = append(names(*p), p.Title)
			for _, id := range p.Organizations() {
				if english := p.Cards[id].NameEnglish; english != "" {
					one.Names = append(one.Names, english)
				}
			}
		}
		all[p.ID] = one
	}
	return all, nil
}

// Leavable finds a partnership of which an organization can be replaced. Coordinators may. Faults: Conflict when the partnership is
// over, NotFound.
func (s *Service) Leavable(ctx context.Context, sc tenants.Scope, id ids.Partnership) (Listed, error) {
	p, err := s.permitted(ctx, sc, policies.PartnershipManage, id)
	if err != nil {
		return Listed{}, err
	}
	listed, err := s.listed(ctx, sc, []Partnership{p})
	if err != nil {
		return Listed{}, err
	}
	if !p.Replaceable() {
		err = fault.Conflict("partnerships.not_now")
	}
	return listed[0], err
}
