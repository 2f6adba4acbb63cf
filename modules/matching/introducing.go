package matching

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// The jobs of introductions. From the core, and from a network, into the shared tables: each is done at once, and once more by the
// queue where that broke off. From the shared tables into networks and the core: what is told there.
const (
	introduceJob   = "matching.introduce"
	withdrawJob    = "matching.withdraw_introduction"
	lapseAbroadJob = "matching.lapse_introduction"
	replyJob       = "matching.reply"
	tellSideJob    = "matching.tell_introduced"
	tellTeamJob    = "matching.tell_introducer"
	takeContactJob = "matching.take_contact"
)

// introducing is what the core proposes at once.
type introducing struct {
	Proposals []Introduction `json:"proposals"`
}

// Confidential keeps what is written to organizations out of the queue's sight.
func (introducing) Confidential() bool { return true }

// replying is what an organization has answered, and when.
type replying struct {
	Match        ids.Match        `json:"match"`
	Organization ids.Organization `json:"organization"`
	Accepts      bool             `json:"accepts"`
	Reason       string           `json:"reason"`
	Contact      string           `json:"contact"`
	Email        string           `json:"email"`
	By           ids.Person       `json:"by"`
	At           time.Time        `json:"at"`
}

// Confidential keeps reasons, names and addresses out of the queue's sight.
func (replying) Confidential() bool { return true }

// telling is about what is told of an introduction.
type telling struct {
	Match ids.Match     `json:"match"`
	State ProposalState `json:"state"`
}

func (s *Service) introductionJobs(r *tenants.Registry) {
	tenants.HandleJob(r, introduceJob, func(ctx context.Context, sc tenants.Scope, all introducing) error {
		return settled(s.introduce(ctx, sc, all)) // who was refused stays so, whoever is free later
	})
	tenants.HandleJob(r, withdrawJob, func(ctx context.Context, _ tenants.Scope, l Lapsing) error {
		return settled(s.endIntroduction(ctx, l.Match, ProposalWithdrawn))
	})
	tenants.HandleJob(r, lapseAbroadJob, func(ctx context.Context, _ tenants.Scope, l Lapsing) error {
		return settled(s.endIntroduction(ctx, l.Match, ProposalLapsed))
	})
	tenants.HandleJob(r, replyJob, func(ctx context.Context, sc tenants.Scope, a replying) error { return settled(s.reply(ctx, sc, a)) })
	tenants.HandleJob(r, tellSideJob, s.tellIntroduced)
	tenants.HandleJob(r, tellTeamJob, s.tellIntroducer)
	tenants.HandleJob(r, takeContactJob, s.takeContact)
	tenants.React(r, "matching.lead_left", s.forgetLead)
}

// onceFor is the identifier of a mail or a line about something, so that a job that runs twice tells of it once.
func onceFor(of ids.Match, person ids.Person, what string) [16]byte {
	sum := sha256.Sum256(slices.Concat(of[:], person[:], []byte(what)))
	return [16]byte(sum[:16])
}

// settled has nothing to do where somebody else was quicker, or what it is about is gone.
func settled(err error) error {
	if fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindTooLate) {
		return nil
	}
	return err
}

// introduce proposes organizations to each other. What was proposed before stays; whoever shows its card no more is proposed to nobody, nor
// is whoever was ruled out meanwhile, and nothing is proposed once it is due.
// Fault: Conflict where one of them has a proposal already, or they cannot be proposed to each other any more; the others are proposed.
func (s *Service) introduce(ctx context.Context, _ tenants.Scope, all introducing) error {
	var refused error
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdIntroductions(ctx, tx); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for i := range all.Proposals {
			p := &all.Proposals[i]
			if !now.Before(p.DueAt) {
				continue // nobody could answer it
			}
			if _, err := findIntroduction(ctx, tx, p.ID); err == nil {
				continue
			} else if !fault.Is(err, fault.KindNotFound) {
				return err
			}
			parties, err := holdParties(ctx, tx, p.Organizations)
			if err != nil {
				return err
			}
			busy, err := introduced(ctx, tx, p.Round)
			if err != nil {
				return err
			}
			ruled, err := ruledOutAbroad(ctx, tx, p.Organizations)
			if err != nil {
				return err
			}
			if len(parties) < len(p.Organizations) || len(ruled) > 0 || slices.ContainsFunc(p.Organizations, func(id ids.Organization) bool { return busy[id] }) {
				refused = fault.Conflict("matching.proposal.engaged")
				continue
			}
			p.Parties, p.State = parties, ProposalSent
			if _, err := insertIntroduction(ctx, tx, p); err != nil {
				return err
			}
			tellParties(tx, p)
		}
		return nil
	})
	if err == nil {
		err = refused
	}
	return err
}

// tellParties has each network of an introduction told what has become of it.
func tellParties(tx *tenants.Tx, p *Introduction) {
	told := map[ids.Tenant]bool{}
	for _, o := range p.Parties {
		if !told[o.Network] {
			told[o.Network] = true
			tx.EnqueueIn(o.Network, tellSideJob, telling{Match: p.ID, State: p.State})
		}
	}
	if p.State != ProposalSent {
		tx.EnqueueIn(p.Core, tellTeamJob, telling{Match: p.ID, State: p.State})
	}
}

// endIntroduction ends one that is to be answered. Fault: Conflict where it has ended, or is not due yet.
func (s *Service) endIntroduction(ctx context.Context, id ids.Match, state ProposalState) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, err := lockIntroduction(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if p.State != ProposalSent || state == ProposalLapsed && now.Before(p.DueAt) {
			return fault.Conflict("matching.proposal.over")
		}
		p.State, p.EndedAt = state, now
		tellParties(tx, &p)
		return moveIntroduction(ctx, tx, &p)
	})
}

// partIntroduced ends what is proposed with cards that are shown no more, forgets what these are called and whom one could turn to there, and
// has the core forget them. The caller has taken these cards away in the same transaction.
func partIntroduced(ctx context.Context, tx *tenants.Tx) error {
	found, err := orphaned(ctx, tx)
	if err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	for _, id := range found {
		p, err := lockIntroduction(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.State != ProposalSent {
			continue // answered by the last one meanwhile
		}
		p.State, p.EndedAt = ProposalLeft, now
		tellParties(tx, &p)
		if err := moveIntroduction(ctx, tx, &p); err != nil {
			return err
		}
	}
	if err := forgetParties(ctx, tx); err != nil {
		return err
	}
	return forgetInCores(ctx, tx)
}

// reply brings an answer into the introduction, and what follows from it. Said twice, it counts once. Faults: Conflict where another
// answer was given, it has ended or one of the organizations shows its card no more: then it ends; TooLate, NotFound.
func (s *Service) reply(ctx context.Context, sc tenants.Scope, a replying) error {
	if a.Contact != "" { // that of somebody who has lost the role meanwhile is shown to nobody
		leads, err := tenants.LeadsOf(ctx, sc.Read(), a.Organization)
		if err != nil {
			return err
		}
		if !slices.Contains(leads[a.Organization], a.By) {
			a.Contact, a.Email = "", ""
		}
	}
	var gone error
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, err := lockIntroduction(ctx, tx, a.Match)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.Parties, func(o Party) bool { return o.Network == sc.Tenant().ID && o.Organization == a.Organization })
		if at < 0 {
			return fault.NotFound()
		}
		o := &p.Parties[at]
		switch {
		case o.AnsweredAt.Equal(a.At) && o.Accepts == a.Accepts:
			return nil
		case !o.AnsweredAt.IsZero():
			return fault.Conflict("matching.proposal.answered")
		case p.State != ProposalSent:
			return fault.Conflict("matching.proposal.over")
		case !a.At.Before(p.DueAt):
			return fault.TooLate("matching.proposal.too_late")
		}
		o.Accepts, o.Reason, o.AnsweredAt, o.Contact, o.Email = a.Accepts, a.Reason, a.At, a.Contact, a.Email
		if o.Contact != "" {
			o.By = a.By
		}
		if err := answerIntroduction(ctx, tx, p.ID, o); err != nil {
			return err
		}
		p.Answers = p.answers()
		if p.State = p.after(); p.State == ProposalSent {
			return nil
		}
		if p.State == ProposalAccepted {
			shown, err := namedCopies(ctx, tx, p.Organizations)
			if err != nil {
				return err
			}
			if len(shown) < len(p.Organizations) {
				gone, p.State = fault.Conflict("matching.introduction.gone"), ProposalLeft
			}
		}
		p.EndedAt = a.At
		tellParties(tx, &p)
		return moveIntroduction(ctx, tx, &p)
	})
	if err == nil {
		err = gone
	}
	return err
}

// introductionKind is of what kind an introduction is to the trail and to correspondence.
const introductionKind = "introduction"

// ConcealedIntroductions are those of which the actor must not know, because they are about an organization in whose application they
// have a conflict of interest. It is for other modules, which ask on behalf of whoever acts.
func (s *Service) ConcealedIntroductions(ctx context.Context, sc tenants.Scope) ([]ids.Match, error) {
	if sc.Actor().Person.IsZero() || sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	against, err := s.around.Applications.Conflicting(ctx, sc)
	if err != nil || len(against) == 0 {
		return nil, err
	}
	return introductionsAbout(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, against)
}

// concerns reports whether one of the network's organizations is proposed.
func (p *Introduction) concerns(network ids.Tenant, who []ids.Organization) bool {
	return slices.ContainsFunc(p.Parties, func(o Party) bool { return o.Network == network && slices.Contains(who, o.Organization) })
}

// says is by what word people are told of a state: that one has declined, left or not answered is told in the same words.
func (p ProposalState) says() string {
	switch p {
	case ProposalSent:
		return "introduction_proposed"
	case ProposalAccepted:
		return "introduction_made"
	case ProposalDeclined, ProposalLapsed, ProposalWithdrawn, ProposalLeft:
	}
	return "introduction_ended"
}

// tellIntroduced writes to the leads of the network's organizations what has become of a proposal, that it has ended only where they were
// told of it or have answered. Mails name nobody, as the network's team reads its outbox.
func (s *Service) tellIntroduced(ctx context.Context, sc tenants.Scope, t telling) error {
	read := func() (Introduction, error) { return findIntroduction(ctx, s.tenants.Platform().Read(), t.Match) }
	if t.State == ProposalSent {
		read = func() (Introduction, error) { return s.noteTold(ctx, sc.Tenant().ID, t.Match) }
	}
	p, err := read()
	if err != nil {
		return settled(err)
	}
	var who []ids.Organization
	for i := range p.Parties {
		if o := &p.Parties[i]; o.Network == sc.Tenant().ID && o.heard() {
			who = append(who, o.Organization)
		}
	}
	if len(who) == 0 {
		return nil
	}
	what := t.State.says()
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		leads, err := tenants.LeadsOf(ctx, tx, who...)
		if err != nil {
			return err
		}
		for _, o := range who {
			for _, lead := range leads[o] {
				tx.Announce(events.MailRequested{
					ID: ids.Message(onceFor(p.ID, lead, what)), Kind: "matching.mail." + what, Person: lead, Path: introductionsPath, Args: map[string]string{},
					Times: map[string]time.Time{"Due": p.DueAt}, Zone: sc.Tenant().Zone, AboutKind: introductionKind, AboutID: p.ID.String(),
				})
				tx.Announce(events.NotificationRequested{
					ID: ids.Notification(onceFor(p.ID, lead, what)), Person: lead, Key: "matching.notify." + what, Path: introductionPath(p.ID), Args: map[string]string{},
				})
			}
		}
		return nil
	})
}

// noteTold notes that the network's organizations are told of a proposal. Fault: Conflict where it is not to be answered any more: nobody
// needs to know of it then.
func (s *Service) noteTold(ctx context.Context, network ids.Tenant, id ids.Match) (p Introduction, err error) {
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if p, err = lockIntroduction(ctx, tx, id); err != nil {
			return err
		}
		if p.State != ProposalSent {
			return fault.Conflict("matching.proposal.over")
		}
		for i := range p.Parties {
			p.Parties[i].Told = p.Parties[i].Told || p.Parties[i].Network == network
		}
		return toldParties(ctx, tx, network, id)
	})
	return p, err
}

// tellIntroducer tells whoever has proposed it what has become of a proposal.
func (s *Service) tellIntroducer(ctx context.Context, sc tenants.Scope, t telling) error {
	p, err := findIntroduction(ctx, s.tenants.Platform().Read(), t.Match)
	if err != nil || p.SentBy.IsZero() || t.State == ProposalWithdrawn {
		return settled(err)
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.NotificationRequested{
			ID: ids.Notification(onceFor(p.ID, p.SentBy, string(t.State))), Person: p.SentBy, Key: "matching.proposal_notify." + string(t.State),
			Path: (&Round{ID: p.Round, Pool: SharedPool}).path(), Args: map[string]string{},
		})
		return nil
	})
}

// Reply answers an introduction for one of the actor's organizations; a refusal needs a reason, which only the core team reads. The last
// yes makes it: then each sees whom the others have named, and the address of who answered where that was agreed to. One no ends it.
// Leads may. Faults: Invalid by field (reason, contact), Conflict when it was answered or has ended, or when one of the organizations shows
// its card no more; TooLate, NotFound.
func (s *Service) Reply(ctx context.Context, sc tenants.Scope, id ids.Match, r Reply) error {
	v, p, err := s.introducedTo(ctx, sc, id)
	if err != nil {
		return err
	}
	if err := s.policies.May(sc, policies.ProposalAnswer, of(v.Own.ID)); err != nil {
		return err
	}
	bad := noted("reason", r.Reason, !r.Accepts)
	if n := len([]rune(r.Contact)); n > maxContact {
		bad = append(bad, fault.AtWith("contact", "fault.too_long", fault.Args{"Length": n, "Max": maxContact}))
	}
	if r.Accepts && r.Email && r.Contact == "" {
		bad = append(bad, fault.At("contact", "matching.introduction.contact_missing"))
	}
	switch {
	case len(bad) > 0:
		return fault.Invalid("fault.check_fields", bad...)
	case v.Answered:
		return fault.Conflict("matching.proposal.answered")
	case p.State != ProposalSent:
		return fault.Conflict("matching.proposal.over")
	}
	a := replying{Match: id, Organization: v.Own.ID, Accepts: r.Accepts, Reason: r.Reason}
	if r.Accepts {
		a.Reason, a.Contact, a.By = "", r.Contact, sc.Actor().Person
		if r.Email {
			a.Email = sc.Actor().Email
		}
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if a.At, err = tx.Now(ctx); err != nil {
			return err
		}
		if !a.At.Before(p.DueAt) {
			return fault.TooLate("matching.proposal.too_late")
		}
		action := "introduction.declined"
		if a.Accepts {
			action = "introduction.accepted"
		}
		tx.Audit(audit.Entry{Action: action, SubjectKind: introductionKind, SubjectID: id.String()})
		tx.Enqueue(replyJob, a)
		return nil
	})
	if err != nil {
		return err
	}
	return s.reply(ctx, sc, a) // now, and not when the queue comes to it
}
