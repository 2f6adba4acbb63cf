package matching

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// lapseJob ends a proposal that was not answered in time.
const lapseJob = "matching.lapse"

// Lapsing is the argument of the job that ends a proposal.
type Lapsing struct {
	Match ids.Match `json:"match"`
}

// Proposing is what is proposed of a run.
type Proposing struct {
	Groups [][]ids.Organization // as the run has them
	Due    time.Time            // until when they answer, at most 90 days ahead
	Note   string               // to all of them
}

// maxNote is how long notes and reasons of proposals are at most.
const maxNote = 1000

// Propose asks the organizations of groups of a run whether they want to work together; their leads get a mail. Coordinators may, unless
// they are not impartial in the round. Faults: Invalid by field (group, due, note), Conflict when one of them has something to answer
// already, takes no part any more or cannot be with another one of its group as things stand now, when the round's seats or pool are not
// those of the run any more, when the run was changed by hand and has a group no more, or when the round is closed or somebody changes it
// just now; Forbidden, NotFound.
func (s *Service) Propose(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run, cmd Proposing) error {
	r, run, err := s.seen(ctx, sc, round, id, solving...)
	if err != nil {
		return err
	}
	if err := cmd.check(&run); err != nil {
		return err
	}
	return s.propose(ctx, sc, &r, &run, cmd)
}

func (cmd *Proposing) check(run *Run) error {
	var bad []fault.Field
	if len(cmd.Groups) == 0 {
		bad = append(bad, fault.At("group", "matching.proposal.choose"))
	}
	if err := cmd.among(run); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(cmd.Note); n > maxNote {
		bad = append(bad, fault.AtWith("note", "fault.too_long", fault.Args{"Length": n, "Max": maxNote}))
	}
	if cmd.Due.IsZero() {
		bad = append(bad, fault.At("due", "matching.card.no_day"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return nil
}

// among tells whether the run has the groups.
func (cmd *Proposing) among(run *Run) error {
	called := run.called()
	for _, g := range cmd.Groups {
		has := slices.ContainsFunc(called, func(o []ids.Organization) bool { return slices.Equal(o, g) })
		switch {
		case run.State != RunDone, !has && run.From.IsZero():
			return fault.NotFound()
		case !has:
			return fault.Conflict("fault.stale")
		}
	}
	return nil
}

// propose sends proposals to groups of a round's pool.
func (s *Service) propose(ctx context.Context, sc tenants.Scope, r *Round, run *Run, cmd Proposing) error {
	members, err := s.gathered(ctx, sc, r)
	if err != nil {
		return err
	}
	cmd.Due = cmd.Due.Truncate(time.Microsecond)                   // as the database keeps it
	outside, err := s.abroad(ctx, r, slices.Concat(cmd.Groups...)) // introduce looks again
	if err != nil {
		return err
	}
	var abroad introducing
	err = s.changingRound(ctx, sc, r.ID, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		switch {
		case now.Closed:
			return fault.Conflict("matching.round.closed")
		case now.Version != r.Version:
			return fault.Conflict("fault.stale")
		case !sameSeats(now.Rules.Seats, run.Rules.Seats) || now.Pool.OfCall() != (len(run.Applications) > 0):
			return fault.Conflict("matching.proposal.outdated")
		}
		run, err := lockMatchRun(ctx, tx, run.ID, solving...) // it may have been changed by hand since
		if err != nil {
			return err
		}
		if err := cmd.among(&run); err != nil {
			return err
		}
		if err := holdProposals(ctx, tx); err != nil {
			return err
		}
		held, err := outside.here(ctx, tx, r, slices.Concat(cmd.Groups...))
		if err != nil {
			return err
		}
		busy := maps.Clone(held.busy)
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		switch {
		case !cmd.Due.After(at):
			return fault.Invalid("fault.check_fields", fault.At("due", "matching.proposal.due_past"))
		case cmd.Due.After(at.Add(longestAnswering)):
			return fault.Invalid("fault.check_fields", fault.At("due", "matching.proposal.due_far"))
		}
		for _, g := range cmd.Groups {
			p := Proposal{ID: ids.New[ids.Match](), Round: r.ID, Run: run.ID, Organizations: g, State: ProposalSent, Note: cmd.Note, SentAt: at, SentBy: sc.Actor().Person, DueAt: cmd.Due}
			at := placesOf(run.Organizations, g)
			for n, id := range g {
				i := slices.IndexFunc(members, func(m Member) bool { return m.ID == id })
				switch {
				case i < 0 || members[i].Out != "" || busy[id]:
					return fault.Conflict("matching.proposal.engaged")
				case r.Pool.OfCall() && members[i].Application != run.Applications[at[n]]:
					return fault.Conflict("matching.proposal.outdated")
				case slices.ContainsFunc(at[:n], func(other int) bool {
					return held.parted[PairOf(id, run.Organizations[other])] || run.Basis.barred(&now.Rules, at[n], other)
				}):
					return fault.Conflict("matching.tie.cannot")
				}
				busy[id] = true
				if r.Pool.OfCall() {
					p.Applications = append(p.Applications, members[i].Application)
				}
			}
			if r.Pool == SharedPool {
				abroad.Proposals = append(abroad.Proposals, Introduction{Proposal: p, Core: sc.Tenant().ID})
				tx.EnqueueAt(lapseAbroadJob, Lapsing{Match: p.ID}, p.DueAt)
				continue
			}
			if err := insertProposal(ctx, tx, &p); err != nil {
				return err
			}
			tx.EnqueueAt(lapseJob, Lapsing{Match: p.ID}, p.DueAt)
			if err := s.tellSides(ctx, tx, &p, "proposed", ids.Organization{}); err != nil {
				return err
			}
		}
		if r.Pool == SharedPool {
			tx.Enqueue(introduceJob, abroad)
		}
		tx.Audit(roundEntry("round.proposed", r.ID))
		return nil
	})
	if err != nil || r.Pool != SharedPool {
		return err
	}
	return s.introduce(ctx, sc, abroad) // now, and not when the queue comes to it
}

// tellSides writes to the leads of a proposal's organizations what has become of it, but for one of them. Mails name nobody: the
// team reads the outbox, and those who are not impartial do, too. They lead to the list of proposals, as two equal addresses would tell
// who is to be with whom. A mail is about the round, so that whoever is not impartial in it sees none of
// its mails.
func (s *Service) tellSides(ctx context.Context, tx *tenants.Tx, p *Proposal, what string, but ...ids.Organization) error {
	leads, err := tenants.LeadsOf(ctx, tx, p.Organizations...)
	if err != nil {
		return err
	}
	for _, organization := range p.Organizations {
		if slices.Contains(but, organization) {
			continue
		}
		for _, lead := range leads[organization] {
			mail := events.MailRequested{Kind: "matching.mail." + what, Person: lead, Path: proposalsPath, Args: map[string]string{}, Times: map[string]time.Time{"Due": p.DueAt}, Zone: tx.Scope().Tenant().Zone, AboutKind: "round", AboutID: p.Round.String()}
			tx.Announce(mail)
			tx.Announce(events.NotificationRequested{Person: lead, Key: "matching.notify." + what, Path: proposalPath(p.ID), Args: map[string]string{}})
		}
	}
	return nil
}

// tellSender tells who has sent a proposal what has become of it.
func tellSender(tx *tenants.Tx, p *Proposal) {
	if !p.SentBy.IsZero() {
		tx.Announce(events.NotificationRequested{Person: p.SentBy, Key: "matching.proposal_notify." + string(p.State), Path: (&Round{ID: p.Round}).path(), Args: map[string]string{}})
	}
}

// Offered is a proposal as one of its organizations sees it.
type Offered struct {
	Proposal

	Own       Organization
	Pool      PoolKind
	Others    []Meeting // while it is live, with what fits; cards that are not in the pool of cards are not read
	Names     map[ids.Organization]string
	MayAnswer bool // the reader may answer for the organization now
}

// Offers lists the proposals to the actor's organizations, the newest first. Their people may.
func (s *Service) Offers(ctx context.Context, sc tenants.Scope) ([]Offered, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return nil, err
	}
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead, tenants.RoleParticipant)
	all, err := proposalsTo(ctx, sc.Read(), mine)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	names := map[ids.Organization]string{}
	var wanted []ids.Organization
	for i := range all {
		wanted = append(wanted, all[i].Organizations...)
	}
	if err := s.name(ctx, sc, names, wanted); err != nil {
		return nil, err
	}
	found := make([]Offered, len(all))
	for i, p := range all {
		own := p.Organizations[slices.IndexFunc(p.Organizations, func(id ids.Organization) bool { return slices.Contains(mine, id) })]
		found[i] = Offered{Proposal: p, Own: Organization{ID: own, Name: names[own]}, Names: names, MayAnswer: s.mayAnswer(sc, &p, own)}
	}
	return found, nil
}

func (s *Service) mayAnswer(sc tenants.Scope, p *Proposal, own ids.Organization) bool {
	_, done := p.Answer(own)
	return p.State == ProposalSent && !done && s.policies.May(sc, policies.ProposalAnswer, of(own)) == nil
}

// offered finds a proposal and which of the actor's organizations it is for: one for which an answer is due comes first.
func (s *Service) offered(ctx context.Context, sc tenants.Scope, id ids.Match) (Proposal, ids.Organization, error) {
	if err := s.policies.Ever(sc, policies.ProposalRead); err != nil {
		return Proposal{}, ids.Organization{}, err
	}
	p, err := findProposal(ctx, sc.Read(), id)
	if err != nil {
		return p, ids.Organization{}, err
	}
	own := ids.Organization{}
	for _, organization := range p.Organizations {
		if s.policies.May(sc, policies.ProposalRead, of(organization)) == nil && (own.IsZero() || s.mayAnswer(sc, &p, organization)) {
			own = organization
		}
	}
	if own.IsZero() || sc.Actor().System != "" {
		return p, own, fault.NotFound()
	}
	return p, own, nil
}

// Offer shows a proposal to one of its organizations, with the cards of the others while it is live. Their people may. Fault:
// NotFound.
func (s *Service) Offer(ctx context.Context, sc tenants.Scope, id ids.Match) (Offered, error) {
	p, own, err := s.offered(ctx, sc, id)
	if err != nil {
		return Offered{}, err
	}
	r, err := findRound(ctx, sc.Read(), p.Round)
	if err != nil {
		return Offered{}, err
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, p.Organizations)
	if err != nil {
		return Offered{}, err
	}
	o := Offered{Proposal: p, Own: known[own], Pool: r.Pool, Names: map[ids.Organization]string{}, MayAnswer: s.mayAnswer(sc, &p, own)}
	for _, organization := range p.Organizations {
		o.Names[organization] = known[organization].Name
	}
	for i := range o.Answers {
		if o.Answers[i].Organization != own {
			o.Answers[i].Reason = "" // to the network
		}
	}
	if !p.Live() {
		return o, nil
	}
	cards, err := cardsOf(ctx, sc.Read(), p.Organizations)
	if err != nil {
		return o, err
	}
	together, err := s.around.Partnerships.Together(ctx, sc, p.Organizations)
	if err != nil {
		return o, err
	}
	listed := func(id ids.Organization) Listed {
		l := Listed{Organization: known[id], Card: newCard(known[id])}
		if c, ok := cards[id]; ok && (c.InPool || id == own) {
			l.Card = c
		}
		return l
	}
	for _, id := range p.Organizations {
		if id == own {
			continue
		}
		m := Meeting{Own: listed(own), Other: listed(id), Together: together[PairOf(own, id)]}
		m.Other.Fit = fitOf(&m.Own, &m.Other)
		o.Others = append(o.Others, m)
	}
	return o, nil
}

// Respond answers a proposal for one of its organizations; a refusal needs a reason, which only the network reads. The last yes makes
// the match, one no ends it. Of places that were won the match founds their partnership. Leads may. Faults: Invalid by field
// (reason), Conflict when it was answered or has ended, or when at the last yes one of the places is gone or one of the organizations is
// in another proposal: then this one is withdrawn and all are told; TooLate, NotFound.
func (s *Service) Respond(ctx context.Context, sc tenants.Scope, id ids.Match, accepts bool, reason string) error {
	seen, own, err := s.offered(ctx, sc, id)
	if err != nil {
		return err
	}
	if err := s.policies.May(sc, policies.ProposalAnswer, of(own)); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if bad := noted("reason", reason, !accepts); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	r, err := findRound(ctx, sc.Read(), seen.Round)
	if err != nil {
		return err
	}
	var gone error
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if accepts {
			if err := holdProposals(ctx, tx); err != nil {
				return err
			}
		}
		p, err := lockProposal(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, done := p.Answer(own)
		switch {
		case done:
			return fault.Conflict("matching.proposal.answered")
		case p.State != ProposalSent:
			return fault.Conflict("matching.proposal.over")
		case !now.Before(p.DueAt):
			return fault.TooLate("matching.proposal.too_late")
		}
		a := Answer{Organization: own, Accepts: accepts, Reason: reason, At: now, By: sc.Actor().Person}
		p.Answers = append(p.Answers, a)
		action := "match.declined"
		if accepts {
			action = "match.accepted"
		}
		tx.Audit(roundEntry(action, p.Round))
		if err := insertAnswer(ctx, tx, id, &a); err != nil {
			return err
		}
		if p.State = p.after(); p.State == ProposalSent {
			return nil
		}
		if p.State == ProposalAccepted {
			if stands, err := s.stands(ctx, tx, &r, &p); err != nil {
				return err
			} else if !stands {
				gone = fault.Conflict("matching.proposal.gone")
				return s.end(ctx, tx, &p, ProposalWithdrawn, "withdrawn", now)
			}
		}
		p.EndedAt = now
		tellSender(tx, &p)
		what := "declined"
		if p.State == ProposalAccepted {
			what = "made"
			if r.Pool == AcceptedPool {
				tx.Announce(events.PlacesMatched{Match: p.ID, Call: r.Call, Applications: p.Applications})
			}
		}
		if err := s.tellSides(ctx, tx, &p, what, own); err != nil {
			return err
		}
		return moveProposal(ctx, tx, &p)
	})
	if err != nil {
		return err
	}
	return gone
}

// stands reports whether the proposal can become a match: each application is still where the round's pool wants it, and none of the
// organizations has another proposal to answer or has accepted one. The caller holds all proposals.
func (s *Service) stands(ctx context.Context, tx *tenants.Tx, r *Round, p *Proposal) (bool, error) {
	busy, err := engaged(ctx, tx, r, p.ID)
	if err != nil || slices.ContainsFunc(p.Organizations, func(id ids.Organization) bool { return busy[id] }) {
		return false, err
	}
	if !r.Pool.OfCall() {
		return true, nil
	}
	there, err := s.around.Applications.Held(ctx, tx, r.Call, r.Pool, p.Applications)
	for n, id := range p.Applications {
		if there[id] != p.Organizations[n] {
			return false, err
		}
	}
	return true, err
}

// Lapse ends a proposal that not all have answered in time. Only the system may.
func (s *Service) Lapse(ctx context.Context, sc tenants.Scope, l Lapsing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, err := lockProposal(ctx, tx, l.Match)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil || p.State != ProposalSent || now.Before(p.DueAt) {
			return err
		}
		return s.end(ctx, tx, &p, ProposalLapsed, "lapsed", now)
	})
}

func (s *Service) end(ctx context.Context, tx *tenants.Tx, p *Proposal, state ProposalState, what string, now time.Time) error {
	p.State, p.EndedAt = state, now
	if state == ProposalLapsed || tx.Scope().Actor().Person != p.SentBy {
		tellSender(tx, p)
	}
	if err := s.tellSides(ctx, tx, p, what, ids.Organization{}); err != nil {
		return err
	}
	return moveProposal(ctx, tx, p)
}

// Note keeps what the team notes came of a match that was accepted. Coordinators may, unless they are not impartial in the round. Faults:
// Invalid by field (noted), Conflict when it was not accepted, Forbidden, NotFound.
func (s *Service) Note(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Match, text string) error {
	text = strings.TrimSpace(text)
	if bad := noted("noted", text, true); len(bad) > 0 {
		if _, err := s.steered(ctx, sc, round); err != nil {
			return err
		}
		return fault.Invalid("fault.check_fields", bad...)
	}
	return s.changingProposal(ctx, sc, round, id, func(ctx context.Context, tx *tenants.Tx, p *Proposal) error {
		if p.State != ProposalAccepted {
			return fault.Conflict("matching.proposal.not_accepted")
		}
		p.Noted = text
		tx.Audit(roundEntry("round.match_noted", round))
		return moveProposal(ctx, tx, p)
	})
}

func (s *Service) changingProposal(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Match, change func(ctx context.Context, tx *tenants.Tx, p *Proposal) error) error {
	if _, err := s.steered(ctx, sc, round); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, err := lockProposal(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.Round != round {
			return fault.NotFound()
		}
		return change(ctx, tx, &p)
	})
}

// JointCalls are the calls to which the organizations of a match of cards can apply together just now. Who reads the proposal may.
func (s *Service) JointCalls(ctx context.Context, sc tenants.Scope, o *Offered) ([]Call, error) {
	if err := s.policies.May(sc, policies.ProposalRead, of(o.Own.ID)); err != nil {
		return nil, err
	}
	leads := s.policies.May(sc, policies.ProposalAnswer, of(o.Own.ID)) == nil
	if !leads || o.State != ProposalAccepted || o.Pool != CardsPool {
		return nil, nil
	}
	return s.around.Applications.Open(ctx, sc)
}

// Apply begins the joint application of a match of cards that all have accepted: the organization begins it and the others are invited.
// Where it has an application in the call already, that is met.
// Leads may. Faults: Invalid by field (call), Conflict when it is no such match or its organizations cannot apply to the call together,
// those of applying, NotFound.
func (s *Service) Apply(ctx context.Context, sc tenants.Scope, id ids.Match, call ids.Call) (begun ids.Application, met bool, err error) {
	o, err := s.Offer(ctx, sc, id)
	if err != nil {
		return begun, false, err
	}
	if err := s.policies.May(sc, policies.ProposalAnswer, of(o.Own.ID)); err != nil {
		return begun, false, err
	}
	calls, err := s.JointCalls(ctx, sc, &o)
	switch {
	case err != nil:
		return begun, false, err
	case o.State != ProposalAccepted || o.Pool != CardsPool:
		return begun, false, fault.Conflict("matching.proposal.not_accepted")
	case !slices.ContainsFunc(calls, func(c Call) bool { return c.ID == call }):
		return begun, false, fault.Invalid("fault.check_fields", fault.At("call", "fault.choose"))
	}
	var others []ids.Organization
	for _, other := range o.Organizations {
		if other != o.Own.ID {
			others = append(others, other)
		}
	}
	return s.around.Applications.Jointly(ctx, sc, call, o.Own.ID, others)
}
