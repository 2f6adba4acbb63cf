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

// introduce proposes organizations to each other. What was proposed before stays; whoever shows its card no more is proposed to nobody, and
// nothing is proposed once it is due.
// Fault: Conflict where one of them has a proposal already, or shows its card no more; the others are proposed.
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
			if len(parties) < len(p.Organizations) || slices.ContainsFunc(p.Organizations, func(id ids.Organization) bool { return busy[id] }) {
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

// partIntroduced ends what is proposed with cards that are shown no more, and takes back whom one could turn to there. The caller has
// taken these cards away in the same transaction.
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
	return forgetContacts(ctx, tx)
}

// reply brings an answer into the introduction, and what follows from it. Said twice, it counts once. Faults: Conflict where another
// answer was given, it has ended or one of the organizations shows its card no more: then it ends; TooLate, NotFound.
func (s *Service) reply(ctx context.Context, sc tenants.Scope, a replying) error {
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

// tellIntroduced writes to the leads of the network's organizations what has become of a proposal. Mails name nobody, as the network's team
// reads its outbox.
func (s *Service) tellIntroduced(ctx context.Context, sc tenants.Scope, t telling) error {
	p, err := findIntroduction(ctx, s.tenants.Platform().Read(), t.Match)
	if err != nil {
		return settled(err)
	}
	if t.State == ProposalSent && p.State != ProposalSent {
		return nil // it has ended before anybody knew of it
	}
	var who []ids.Organization
	for _, o := range p.Parties {
		if o.Network == sc.Tenant().ID {
			who = append(who, o.Organization)
		}
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

// Introduced is an introduction as one of its organizations sees it.
type Introduced struct {
	ID        ids.Match
	State     ProposalState
	Note      string
	SentAt    time.Time
	DueAt     time.Time
	EndedAt   time.Time
	Own       Organization
	Answered  bool // by the own organization
	Accepted  bool // likewise
	Others    []Acquaintance
	MayAnswer bool
}

// Acquaintance is another organization of an introduction, of another network or of the same.
type Acquaintance struct {
	Name     string
	Network  string
	Accepted bool     // it has; that it has declined is told to nobody
	Meeting  *Meeting // what its card says and what fits, while the introduction is to be answered or made and the card is shown
	Contact  string   // likewise, once all have accepted; empty: it has named nobody, or shows no card just now
	Email    string
}

// Introductions lists what the core proposes to the actor's organizations, the newest first, without cards. Their people may.
func (s *Service) Introductions(ctx context.Context, sc tenants.Scope) ([]Introduced, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return nil, err
	}
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead, tenants.RoleParticipant)
	if len(mine) == 0 || sc.Tenant().Kind != tenants.KindNetwork {
		return nil, nil
	}
	all, err := introductionsTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, mine)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	found := make([]Introduced, 0, len(all))
	for i := range all {
		if v, own := s.seenBy(sc, &all[i]); own >= 0 {
			found = append(found, v)
		}
	}
	return found, s.nameNetworks(ctx, all, found)
}

// seenBy is an introduction as the actor sees it, for that of their organizations that has to answer, or the first; and which of the
// parties that is.
func (s *Service) seenBy(sc tenants.Scope, p *Introduction) (Introduced, int) {
	own := -1
	may := func(o *Party) bool {
		return p.State == ProposalSent && o.AnsweredAt.IsZero() && s.policies.May(sc, policies.ProposalAnswer, of(o.Organization)) == nil
	}
	for i := range p.Parties {
		o := &p.Parties[i]
		if o.Network == sc.Tenant().ID && s.policies.May(sc, policies.ProposalRead, of(o.Organization)) == nil && (own < 0 || may(o)) {
			own = i
		}
	}
	if own < 0 || sc.Actor().System != "" {
		return Introduced{}, -1
	}
	us := &p.Parties[own]
	v := Introduced{
		ID: p.ID, State: p.State, Note: p.Note, SentAt: p.SentAt, DueAt: p.DueAt, EndedAt: p.EndedAt, Own: Organization{ID: us.Organization, Name: us.Name},
		Answered: !us.AnsweredAt.IsZero(), Accepted: us.Accepts, MayAnswer: may(us),
	}
	for i := range p.Parties {
		if i == own {
			continue
		}
		o := &p.Parties[i]
		v.Others = append(v.Others, Acquaintance{Name: o.Name, Accepted: o.Accepts && p.Live()})
	}
	return v, own
}

// nameNetworks says of which networks those are whom the actor meets.
func (s *Service) nameNetworks(ctx context.Context, all []Introduction, found []Introduced) error {
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	names := make(map[ids.Tenant]string, len(everybody))
	for i := range everybody {
		names[everybody[i].ID] = everybody[i].Name
	}
	for i := range found {
		p := &all[slices.IndexFunc(all, func(p Introduction) bool { return p.ID == found[i].ID })]
		at := 0
		for _, o := range p.Parties {
			if o.Organization == found[i].Own.ID {
				continue
			}
			found[i].Others[at].Network = names[o.Network]
			at++
		}
	}
	return nil
}

// Introduction shows what the core proposes to one of the actor's organizations, with the cards of the others while they show these, and
// once all have accepted with whom each has named. Their people may. Fault: NotFound.
func (s *Service) Introduction(ctx context.Context, sc tenants.Scope, id ids.Match) (Introduced, error) {
	v, _, err := s.introducedTo(ctx, sc, id)
	return v, err
}

func (s *Service) introducedTo(ctx context.Context, sc tenants.Scope, id ids.Match) (Introduced, Introduction, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return Introduced{}, Introduction{}, err
	}
	platform := s.tenants.Platform().Read()
	p, err := findIntroduction(ctx, platform, id)
	if err != nil {
		return Introduced{}, p, err
	}
	v, own := s.seenBy(sc, &p)
	if own < 0 {
		return v, p, fault.NotFound()
	}
	all := []Introduced{v}
	if err := s.nameNetworks(ctx, []Introduction{p}, all); err != nil {
		return v, p, err
	}
	v = all[0]
	if !p.Live() {
		return v, p, nil
	}
	shown, err := copiesNamed(ctx, platform, p.Organizations)
	if err != nil {
		return v, p, err
	}
	ours, ok := shown[ids.Organization(p.Parties[own].Card)]
	if !ok {
		return v, p, nil // who shows no card sees none
	}
	at := 0
	for i := range p.Parties {
		if i == own {
			continue
		}
		if c, ok := shown[ids.Organization(p.Parties[i].Card)]; ok {
			m := Meeting{Own: ours.Listed(), Other: c.Listed()}
			m.Other.Fit = fitOf(&m.Own, &m.Other)
			v.Others[at].Meeting = &m
			if p.State == ProposalAccepted {
				v.Others[at].Contact, v.Others[at].Email = p.Parties[i].Contact, p.Parties[i].Email
			}
		}
		at++
	}
	return v, p, nil
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
		a.Reason, a.Contact = "", r.Contact
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

// Met is that an organization of the network was proposed to others, as the network's coordinators see it.
type Met struct {
	Name    string
	State   ProposalState
	SentAt  time.Time
	EndedAt time.Time
	With    []string // names of the others, once all have accepted
}

// MetAbroad lists which of the network's organizations the core has proposed to others, the newest first. Coordinators may; what is about
// an organization in whose application they have a conflict of interest is left out.
func (s *Service) MetAbroad(ctx context.Context, sc tenants.Scope) ([]Met, error) {
	if err := s.policies.May(sc, policies.CommonOffer, policies.On{}); err != nil {
		return nil, err
	}
	all, err := introductionsTo(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, nil)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	against, err := s.around.Applications.Conflicting(ctx, sc)
	if err != nil {
		return nil, err
	}
	var found []Met
	for i := range all {
		p := &all[i]
		if p.concerns(sc.Tenant().ID, against) {
			continue
		}
		for n := range p.Parties {
			if p.Parties[n].Network != sc.Tenant().ID {
				continue
			}
			m := Met{Name: p.Parties[n].Name, State: p.State, SentAt: p.SentAt, EndedAt: p.EndedAt}
			for k := range p.Parties {
				if k != n && p.State == ProposalAccepted {
					m.With = append(m.With, p.Parties[k].Name)
				}
			}
			found = append(found, m)
		}
	}
	return found, nil
}
