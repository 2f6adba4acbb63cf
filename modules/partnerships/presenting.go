package partnerships

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Presented is a partnership with how it is shown.
type Presented struct {
	Listed
	Showing

	Own []ids.Organization // the actor leads them, and they have a seat
	Now time.Time
}

// Presentation tells how a partnership is shown to the public, and who has said yes to that. The people of its organizations
// may, and the network's officers. Fault: NotFound.
func (s *Service) Presentation(ctx context.Context, sc tenants.Scope, id ids.Partnership) (Presented, error) {
	p, err := s.permitted(ctx, sc, policies.PartnershipRead, id)
	if err != nil {
		return Presented{}, err
	}
	listed, err := s.listed(ctx, sc, []Partnership{p})
	if err != nil {
		return Presented{}, err
	}
	showings, err := showings(ctx, sc.Read(), id)
	return Presented{Listed: listed[0], Showing: showings[id], Own: p.ledBy(sc.Actor()), Now: time.Now()}, err
}

// MayPresent reports whether the actor may have a say in how the partnership is shown.
func (s *Service) MayPresent(sc tenants.Scope, p *Partnership) bool {
	return s.policies.May(sc, policies.PartnershipPresent, policies.On{Organizations: p.Organizations()}) == nil
}

// ledBy are the partnership's organizations that the actor leads.
func (p *Partnership) ledBy(actor tenants.Actor) []ids.Organization {
	led := actor.OrganizationsAs(tenants.RoleLead)
	return slices.DeleteFunc(p.Organizations(), func(o ids.Organization) bool { return !slices.Contains(led, o) })
}

// Propose says how a partnership would be shown. The organizations that the actor leads agree by it; the leads of all others
// are asked, and until they have agreed nobody sees the partnership. Leads of its organizations may, and coordinators, who
// agree for nobody. Faults: Invalid by field (pseudonym, about_en …), Conflict, NotFound.
func (s *Service) Propose(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64, t Terms) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipPresent, id)
	if err != nil {
		return err
	}
	if bad := t.check(sc.Tenant().Locales); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return s.present(ctx, sc, &p, "partnership.presentation_proposed", func(ctx context.Context, tx *tenants.Tx) error {
		if t.From.IsZero() {
			now, err := tx.Now(ctx)
			if err != nil {
				return err
			}
			t.From = now
		}
		next, err := propose(ctx, tx, id, version, t)
		if err != nil {
			return err
		}
		own := p.ledBy(sc.Actor())
		if err := consent(ctx, tx, id, next, sc.Actor().Person, own); err != nil {
			return err
		}
		return askOthers(ctx, tx, &p, own)
	})
}

// Consent agrees, for the organizations that the actor leads, to the terms of that version. Faults: Conflict when others have
// changed them, NotFound.
func (s *Service) Consent(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipPresent, id)
	if err != nil {
		return err
	}
	own := p.ledBy(sc.Actor())
	if len(own) == 0 {
		return fault.NotFound()
	}
	return s.present(ctx, sc, &p, "partnership.presentation_agreed", func(ctx context.Context, tx *tenants.Tx) error {
		now, err := lockShowing(ctx, tx, id)
		if err != nil {
			return err
		}
		if now != version {
			return fault.Conflict("fault.stale")
		}
		return consent(ctx, tx, id, version, sc.Actor().Person, own)
	})
}

// Conceal ends it at once that a partnership is shown: for the organizations that the actor leads, or, as a coordinator, for
// all. It can be agreed to again. Fault: NotFound.
func (s *Service) Conceal(ctx context.Context, sc tenants.Scope, id ids.Partnership) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipPresent, id)
	if err != nil {
		return err
	}
	parties := p.ledBy(sc.Actor())
	if len(parties) == 0 {
		parties = p.Organizations()
	}
	err = s.present(ctx, sc, &p, "partnership.presentation_ended", func(ctx context.Context, tx *tenants.Tx) error {
		return dissent(ctx, tx, id, parties)
	})
	if err != nil {
		return err
	}
	return s.cross(ctx, sc) // now, and not when the queue comes to it
}

// present changes how a partnership is shown, and has the map of all networks follow.
func (s *Service) present(ctx context.Context, sc tenants.Scope, p *Partnership, action string, change func(context.Context, *tenants.Tx) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		now, err := showings(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if one := now[p.ID]; one.Willing(p.Organizations()) {
			tx.EnqueueAt(ShowJob, struct{}{}, one.From)
		}
		tx.Announce(events.PartnershipPresented{Partnership: p.ID})
		tx.Audit(audit.Entry{Action: action, SubjectKind: subject, SubjectID: p.ID.String()})
		return nil
	})
}

// askOthers tells the leads of the other organizations that their yes is awaited.
func askOthers(ctx context.Context, tx *tenants.Tx, p *Partnership, but []ids.Organization) error {
	others := slices.DeleteFunc(p.Organizations(), func(o ids.Organization) bool { return slices.Contains(but, o) })
	leads, err := tenants.LeadsOf(ctx, tx, others...)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, o := range others {
		for _, lead := range leads[o] {
			if !told[lead] {
				told[lead] = true
				tx.Announce(events.NotificationRequested{Person: lead, Key: "partnerships.notify.presentation", Path: address(p.ID) + "/presentation", Args: map[string]string{"Title": p.Title}})
			}
		}
	}
	return nil
}

// Waiting lists the partnerships of the organizations that the actor leads which wait for their yes to be shown.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) ([]Partnership, error) {
	if err := s.policies.May(sc, policies.PartnershipMine, policies.On{}); err != nil {
		return nil, err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if len(led) == 0 {
		return nil, nil
	}
	return waiting(ctx, sc.Read(), led)
}

// Public lists the partnerships that everybody may see, the newest first; on the core's site those of all networks. Anybody
// may. Their number is bounded by what one page can show, 500.
func (s *Service) Public(ctx context.Context, sc tenants.Scope) ([]Public, error) {
	asked, read, err := s.part(sc)
	if err != nil {
		return nil, err
	}
	if err := sc.Ask(ctx, asked); err != nil {
		return nil, fmt.Errorf("partnerships: list public ones: %w", err)
	}
	return read(ctx)
}

// part is Public in two steps: read gives them when asked has been answered.
func (s *Service) part(sc tenants.Scope) (asked tenants.Question, read func(ctx context.Context) ([]Public, error), err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return asked, nil, err
	}
	if sc.Tenant().Kind == tenants.KindCore {
		return asked, s.everywhere, nil
	}
	var willing []ids.Partnership
	return askingConsenting(&willing), func(ctx context.Context) ([]Public, error) {
		_, all, err := s.shown(ctx, sc, willing)
		return all, err
	}, nil
}

// everywhere are those of all networks that may be visited.
func (s *Service) everywhere(ctx context.Context) ([]Public, error) {
	catalogue, err := s.tenants.All(ctx)
	if err != nil {
		return nil, err
	}
	var open []ids.Tenant
	for _, t := range catalogue {
		if t.Kind == tenants.KindNetwork && t.Status.Readable() {
			open = append(open, t.ID)
		}
	}
	return crossed(ctx, s.tenants.Platform().Read(), open)
}

// shown are those of the partnerships to whose terms all have agreed that are to be seen now.
func (s *Service) shown(ctx context.Context, sc tenants.Scope, willing []ids.Partnership) ([]ids.Partnership, []Public, error) {
	if len(willing) == 0 {
		return nil, nil, nil
	}
	showings, err := showings(ctx, sc.Read(), willing...)
	if err != nil {
		return nil, nil, err
	}
	found, err := those(ctx, sc.Read(), willing)
	if err != nil {
		return nil, nil, err
	}
	listed, err := s.listed(ctx, sc, found)
	if err != nil {
		return nil, nil, err
	}
	var which []ids.Partnership
	var all []Public
	now := time.Now()
	for i := range listed {
		p, showing := &listed[i], showings[listed[i].ID]
		if p.Shown(&showing, now) {
			which, all = append(which, p.ID), append(all, p.public(&showing.Terms, p.Cards))
		}
	}
	return which, all, nil
}

// ShowJob is the name of the job that has the map of all networks follow what is true in each; it is done when a partnership
// is to be seen from then on, and every night for what has changed beside, such as a name.
const ShowJob = "partnerships.show"

// cross brings what is public in the network onto the map of all, and takes away what is not any more. The lock keeps an
// older truth from being written over a newer one.
func (s *Service) cross(ctx context.Context, sc tenants.Scope) error {
	if sc.Tenant().Kind != tenants.KindNetwork {
		return nil
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := lockMap(ctx, tx, sc.Tenant().ID); err != nil {
			return err
		}
		var willing []ids.Partnership
		if err := sc.Ask(ctx, askingConsenting(&willing)); err != nil {
			return fmt.Errorf("partnerships: list public ones: %w", err)
		}
		which, all, err := s.shown(ctx, sc, willing)
		if err != nil {
			return err
		}
		return replace(ctx, tx, sc.Tenant().ID, which, all)
	})
}

// crossing is cross after an event.
func crossing[E tenants.Event](s *Service) func(context.Context, tenants.Scope, E) error {
	return func(ctx context.Context, sc tenants.Scope, _ E) error { return s.cross(ctx, sc) }
}

// Find finds public partnerships in which all of the folded words stand.
func Find(all []Public, words []string) []Public {
	var found []Public
	for _, p := range all {
		var stands strings.Builder
		stands.WriteString(i18n.SearchKey(p.Title))
		for _, m := range p.Members {
			stands.WriteString("\n" + i18n.SearchKey(m.Name+" "+m.City))
		}
		for _, w := range p.About {
			stands.WriteString("\n" + i18n.SearchKey(w))
		}
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(stands.String(), w) }) {
			found = append(found, p)
		}
	}
	return found
}
