package matching

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// ShareJob is the name of the job that has the common pool follow what is true in each network. It is done whenever a card that is
// shared changes, and every night for what has changed beside.
const ShareJob = "matching.share"

// SweepJob is the name of the job that takes the copies of networks away in which nothing can be changed any more. Nobody is shown
// them from that moment on; once the network is open again, ShareJob brings them back.
const SweepJob = "matching.sweep_copies"

const tellCoreJob = "matching.tell_core"

// partaken tells the core team that the network has taken part since then, or, with Until, that this has ended.
type partaken struct {
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until,omitempty"`
}

// RegisterJobs registers what the queue does in every network, and in the core.
func (s *Service) RegisterJobs(t *tenants.Tenants) {
	t.HandleEverywhere(ShareJob, s.share)
	tenants.HandlePlatformJob(t.Registry(), SweepJob, func(ctx context.Context, _ struct{}) error {
		return t.Platform().Write(ctx, sweepCopies)
	})
}

// Participation tells whether the network takes part in the common pool, since when and by whom, and how many of its organizations
// share their cards. Coordinators may.
func (s *Service) Participation(ctx context.Context, sc tenants.Scope) (Participation, error) {
	if err := s.policies.May(sc, policies.CommonOffer, policies.On{}); err != nil {
		return Participation{}, err
	}
	p, by, err := participation(ctx, sc.Read())
	if err != nil || by.IsZero() {
		return p, err
	}
	names, err := s.around.People.Names(ctx, sc, []ids.Person{by})
	p.By = names[by]
	return p, err
}

// TakePart lets the network's organizations decide to show their cards to other networks; by it none of them does. The leads of those
// that others find in the network are told, and the core team learns of it. Coordinators may; said twice, it counts once.
func (s *Service) TakePart(ctx context.Context, sc tenants.Scope) error {
	if err := s.policies.May(sc, policies.CommonOffer, policies.On{}); err != nil {
		return err
	}
	if sc.Tenant().Kind != tenants.KindNetwork {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		fresh, err := beginParticipation(ctx, tx, now, sc.Actor().Person)
		if err != nil || !fresh {
			return err
		}
		found, err := cardsIn(ctx, tx)
		if err != nil {
			return err
		}
		who := make([]ids.Organization, len(found))
		for i := range found {
			who[i] = found[i].Organization
		}
		if err := tellLeads(ctx, tx, "matching.common.notify.begun", who); err != nil {
			return err
		}
		tx.Enqueue(tellCoreJob, partaken{Since: now})
		tx.Audit(audit.Entry{Action: "participation.begun", SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		return nil
	})
}

// EndPart ends that the network takes part: at once nobody in other networks sees a card of it any more. What its organizations have
// agreed to ends with it, and their leads are told; when the network takes part again, each decides anew. Coordinators may. Faults:
// Invalid by field (confirmed).
func (s *Service) EndPart(ctx context.Context, sc tenants.Scope, confirmed bool) error {
	if err := s.policies.May(sc, policies.CommonOffer, policies.On{}); err != nil {
		return err
	}
	if !confirmed {
		return fault.Invalid("fault.check_fields", fault.At("confirmed", "matching.common.end_unconfirmed"))
	}
	var ended bool
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		since, found, err := endParticipation(ctx, tx)
		if ended = found; err != nil || !found {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		agreed, err := forgetSharings(ctx, tx)
		if err != nil {
			return err
		}
		if err := tellLeads(ctx, tx, "matching.common.notify.ended", agreed); err != nil {
			return err
		}
		tx.Enqueue(ShareJob, struct{}{})
		tx.Enqueue(tellCoreJob, partaken{Since: since, Until: &now})
		tx.Audit(audit.Entry{Action: "participation.ended", SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		return nil
	})
	if err != nil {
		return err
	}
	if !ended {
		left, err := copiedOf(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
		if err != nil || len(left) == 0 {
			return err
		}
	}
	return s.share(ctx, sc) // now, and not when the queue comes to it
}

// tellLeads tells the leads of organizations what the network's decision means for their cards, each of them once.
func tellLeads(ctx context.Context, tx *tenants.Tx, key string, who []ids.Organization) error {
	if len(who) == 0 {
		return nil
	}
	leads, err := tenants.LeadsOf(ctx, tx, who...)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{}
	for _, o := range who {
		for _, lead := range leads[o] {
			if !told[lead] {
				told[lead] = true
				tx.Announce(events.NotificationRequested{Person: lead, Key: key, Path: cardPath})
			}
		}
	}
	return nil
}

// Sharing tells whether the organization shows its card to other networks, and what these see. Its people may.
func (s *Service) Sharing(ctx context.Context, sc tenants.Scope, own ids.Organization) (Sharing, error) {
	if err := s.policies.May(sc, policies.CardRead, of(own)); err != nil {
		return Sharing{}, err
	}
	v, err := sharingOf(ctx, sc.Read(), own)
	if err != nil || v.Since.IsZero() {
		return v, err
	}
	if v.Copy, err = copyOf(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, own); err != nil || v.Copy == nil {
		return v, err
	}
	now, err := s.shares(ctx, sc, []ids.Organization{own})
	if err != nil {
		return v, err
	}
	if card, ok := now[own]; ok {
		var tag string
		_, tag, err = card.sealed()
		v.Current = tag == v.Copy.Tag
	}
	return v, err
}

// MayShare reports whether the actor may decide about showing the organization's card to other networks.
func (s *Service) MayShare(sc tenants.Scope, own ids.Organization) bool {
	return s.policies.May(sc, policies.CommonShare, of(own)) == nil
}

// Share shows the organization's card to the core team and to organizations of other networks that show theirs: its name, country
// and size and what the card says, from now on and as it changes. The version is that of the card that was shown. Its lead may,
// while the network takes part. Faults: Invalid by field when the card does not say what others look for, Conflict when somebody
// else has changed it, NotFound.
func (s *Service) Share(ctx context.Context, sc tenants.Scope, own ids.Organization, version int64) error {
	if err := s.policies.May(sc, policies.CommonShare, of(own)); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		open, err := holdParticipation(ctx, tx)
		if err != nil {
			return err
		}
		c, _, err := holdCard(ctx, tx, own, "SHARE")
		switch {
		case err != nil:
			return err
		case !open:
			return fault.NotFound()
		case c.Version != version:
			return fault.Conflict("fault.stale")
		case !c.Whole():
			return fault.Invalid("fault.check_fields", c.lacks()...)
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		fresh, err := beginSharing(ctx, tx, own, now, sc.Actor().Person)
		if err != nil || !fresh {
			return err
		}
		tx.Enqueue(ShareJob, struct{}{})
		tx.Audit(entry("card.shared", own))
		return nil
	})
}

// Unshare takes back that the organization shows its card to other networks: at once nobody there sees it any more. Its lead may.
func (s *Service) Unshare(ctx context.Context, sc tenants.Scope, own ids.Organization) error {
	if err := s.policies.May(sc, policies.CommonShare, of(own)); err != nil {
		return err
	}
	var ended bool
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		was, err := endSharing(ctx, tx, own)
		if ended = was; err != nil || !was {
			return err
		}
		tx.Enqueue(ShareJob, struct{}{})
		tx.Audit(entry("card.unshared", own))
		return nil
	})
	if err != nil {
		return err
	}
	if !ended {
		left, err := s.isCopied(ctx, sc, own)
		if err != nil || !left {
			return err
		}
	}
	return s.share(ctx, sc) // now, and not when the queue comes to it
}

// isCopied reports whether there is a copy of the organization's card, be it that nobody should see it any more.
func (s *Service) isCopied(ctx context.Context, sc tenants.Scope, own ids.Organization) (bool, error) {
	all, err := copiedOf(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
	return slices.Contains(all, own), err
}

// followProfile has the common pool follow an organization's profile where that is of concern to it.
func (s *Service) followProfile(ctx context.Context, sc tenants.Scope, own ids.Organization) error {
	v, err := sharingOf(ctx, sc.Read(), own)
	if err != nil {
		return err
	}
	if v.Since.IsZero() {
		left, err := s.isCopied(ctx, sc, own)
		if err != nil || !left {
			return err
		}
	}
	return s.share(ctx, sc)
}

// share brings what the network's organizations share into the common pool, with whom of each other they rule out, and takes away what they
// do not share any more; in the core it has runs forget that. The lock keeps an older truth from being written over a newer one; done
// twice, it changes nothing the second time. In one process one waits for the lock at a time: who holds it needs a second connection to
// read, and those who wait could have all of them.
func (s *Service) share(ctx context.Context, sc tenants.Scope) error {
	switch sc.Tenant().Kind {
	case tenants.KindNetwork:
	case tenants.KindCore:
		return s.forgetGone(ctx, sc)
	default:
		return nil
	}
	select {
	case s.copying <- struct{}{}:
		defer func() { <-s.copying }()
	case <-ctx.Done():
		return fmt.Errorf("matching: wait for the common pool: %w", ctx.Err())
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdCopies(ctx, tx, sc.Tenant().ID); err != nil {
			return err
		}
		agreed, err := sharers(ctx, sc.Read())
		if err != nil {
			return err
		}
		all, err := s.shares(ctx, sc, agreed)
		if err != nil {
			return err
		}
		ruled, err := vetoes(ctx, sc.Read(), agreed)
		if err != nil {
			return err
		}
		return keepCopies(ctx, tx, sc.Tenant().ID, all, ruled, sc.Moment())
	})
}

// shares are what organizations would show, of those that there are and that have a whole card.
func (s *Service) shares(ctx context.Context, sc tenants.Scope, who []ids.Organization) (map[ids.Organization]sharedCard, error) {
	if len(who) == 0 {
		return nil, nil
	}
	cards, err := cardsOf(ctx, sc.Read(), who)
	if err != nil {
		return nil, err
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, who)
	if err != nil {
		return nil, err
	}
	all := make(map[ids.Organization]sharedCard, len(who))
	for id, c := range cards {
		if o, ok := known[id]; ok && c.Whole() {
			all[id] = shareOf(&o, &c)
		}
	}
	return all, nil
}

// tellCore notes in the core that the network takes part, or does not any more, and writes it into the core's trail; told twice, once.
func (s *Service) tellCore(ctx context.Context, sc tenants.Scope, p partaken) error {
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	for _, core := range everybody {
		if core.Kind != tenants.KindCore || !core.Status.Writable() || core.SchemaVersion == 0 {
			continue
		}
		err := s.tenants.Bind(core, tenants.SystemActor(tellCoreJob)).Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			fresh, err := notePartaking(ctx, tx, sc.Tenant().ID, p)
			if err != nil || !fresh {
				return err
			}
			action := "participation.begun"
			if p.Until != nil {
				action = "participation.ended"
			}
			tx.Audit(audit.Entry{Action: action, SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
