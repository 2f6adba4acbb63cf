package partnerships

import (
	"context"
	"maps"
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

// Candidate is an organization that could take a seat.
type Candidate struct {
	ID ids.Organization
	Organization
}

// Vacancy is a seat of a partnership that is to be given to another organization.
type Vacancy struct {
	Listed

	Seat       Seat
	Candidates []Candidate // by name
	Ranks      bool        // they can be ranked by what fits, as networks do in rounds
}

// Vacancy tells who could take a seat of a partnership in place of the organization that sits there: those that the call's rule admits,
// that have somebody who leads them, and that are in no partnership of the same call and neither hold a place in it nor wait for one, as
// far as the actor may know of that; whoever does is told when they are asked. One that has won a place alone brings it along. Coordinators
// may. Faults: Conflict when
// the partnership is over, NotFound.
func (s *Service) Vacancy(ctx context.Context, sc tenants.Scope, id ids.Partnership, seat string) (Vacancy, error) {
	p, err := s.Leavable(ctx, sc, id)
	if p.ID.IsZero() {
		return Vacancy{}, err
	}
	v := Vacancy{Listed: p, Ranks: sc.Tenant().Kind == tenants.KindNetwork}
	var found bool
	if v.Seat, found = p.on(seat); !found {
		return v, fault.NotFound()
	}
	if err != nil {
		return v, err
	}
	admitted, err := s.calls.Seatable(ctx, sc, p.Call, seat)
	if err != nil {
		return v, err
	}
	taken, err := s.taken(ctx, sc, p.Call)
	if err != nil {
		return v, err
	}
	var free []ids.Organization
	for o := range admitted {
		if !slices.Contains(taken, o) {
			free = append(free, o)
		}
	}
	if len(free) == 0 {
		return v, nil
	}
	held, err := tenants.MembersOf(ctx, sc.Read(), free...)
	if err != nil {
		return v, err
	}
	led := map[ids.Organization]bool{}
	for _, m := range held {
		led[m.Organization] = led[m.Organization] || m.Role == tenants.RoleLead
	}
	for _, o := range free {
		if led[o] {
			v.Candidates = append(v.Candidates, Candidate{o, admitted[o]})
		}
	}
	slices.SortFunc(v.Candidates, func(a, b Candidate) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	i18n.Sort(sc.Actor().Locale, v.Candidates, func(c Candidate) string { return c.Name })
	return v, nil
}

// Replacing is what a coordinator asks for.
type Replacing struct {
	Seat   string
	Coming ids.Organization
	Reason string
	Until  time.Time
}

// Replace asks an organization to take the seat of one that leaves a partnership, and those that stay whether they agree; once all have, the
// seat changes hands. Coordinators may, one replacement of a partnership at a time. Faults: Invalid by field, Conflict
// when the partnership was changed, is over, or a replacement is asked for already; NotFound.
func (s *Service) Replace(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64, cmd Replacing) error {
	v, err := s.Vacancy(ctx, sc, id, cmd.Seat)
	if err != nil {
		return err
	}
	bad := wrong(cmd.Reason)
	if !slices.ContainsFunc(v.Candidates, func(c Candidate) bool { return c.ID == cmd.Coming }) {
		bad = append(bad, fault.At("coming", "partnerships.replacement.no_candidate"))
	}
	if now := time.Now(); !cmd.Until.After(now) || cmd.Until.After(now.Add(longestAsking)) {
		bad = append(bad, fault.At("until", "partnerships.replacement.until_wrong"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	if v.Version != version {
		return fault.Conflict("fault.stale")
	}
	cards, err := s.organizations.Cards(ctx, sc, []ids.Organization{v.Seat.Organization, cmd.Coming})
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		r := Replacement{
			ID: ids.New[ids.Replacement](), Partnership: id, Seat: cmd.Seat, Leaving: v.Seat.Organization, Coming: cmd.Coming, Reason: cmd.Reason,
			Until: cmd.Until.Truncate(time.Microsecond), State: ReplacementAsked, AskedAt: now, AskedBy: sc.Actor().Person,
		}
		made, err := insertReplacement(ctx, tx, &r)
		if err != nil {
			return err
		}
		if !made {
			return fault.Conflict("partnerships.replacement.asked_already")
		}
		tx.Audit(audit.Entry{Action: "partnership.replacement_asked", SubjectKind: subject, SubjectID: id.String(), Detail: map[string]any{"leaving": r.Leaving.String(), "coming": r.Coming.String()}})
		tx.EnqueueAt(lapseReplacementJob, Asked{r.ID}, r.Until)
		return s.tellParties(ctx, tx, &v.Partnership, &r, cards, "replacement_asked", r.Parties(&v.Partnership))
	})
}

// HasAsked reports whether the actor asks just that already, as after a second click. Coordinators may. Fault: NotFound.
func (s *Service) HasAsked(ctx context.Context, sc tenants.Scope, id ids.Partnership, cmd Replacing) (bool, error) {
	if _, err := s.permitted(ctx, sc, policies.PartnershipManage, id); err != nil {
		return false, err
	}
	all, err := replacementsOf(ctx, sc.Read(), id)
	return slices.ContainsFunc(all, func(r Replacement) bool { return r.asks(sc.Actor().Person, cmd) }), err
}

// Asked is the argument of the job that ends a replacement which not all have answered.
type Asked struct {
	Replacement ids.Replacement `json:"replacement"`
}

const lapseReplacementJob = "partnerships.lapse_replacement"

// Proposal is a replacement as those see it who are asked, with what they need to know to answer.
type Proposal struct {
	Replacement

	Of    Partnership
	Cards map[ids.Organization]Organization
	Owes  []ids.Organization // of those that the actor leads, who have not answered
}

// Proposal shows a replacement. The leads of the organizations that are asked may, and coordinators. Fault: NotFound.
func (s *Service) Proposal(ctx context.Context, sc tenants.Scope, id ids.Partnership, replacement ids.Replacement) (Proposal, error) {
	p, missing := find(ctx, sc.Read(), id)
	var r Replacement
	if missing == nil {
		r, missing = findReplacement(ctx, sc.Read(), replacement)
	}
	if missing == nil && r.Partnership != id {
		missing = fault.NotFound()
	}
	parties := r.Parties(&p)
	if err := s.policies.May(sc, policies.PartnershipReplace, policies.On{Organizations: parties}); err != nil {
		return Proposal{}, err
	}
	if missing != nil {
		return Proposal{}, missing
	}
	cards, err := s.organizations.Cards(ctx, sc, append(parties, r.Leaving))
	if err != nil {
		return Proposal{}, err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	owes := slices.DeleteFunc(r.Owed(parties), func(o ids.Organization) bool { return !slices.Contains(led, o) })
	return Proposal{Replacement: r, Of: p, Cards: cards, Owes: owes}, nil
}

// Respond says for the organizations that the actor leads whether they agree to a replacement; one no ends it, and takes a reason of at
// most 1,000 characters. With the last yes the seat changes hands. Leads of the organizations that are asked may. Faults: Invalid
// by field, TooLate by the database's clock, Conflict when they have answered, it has ended, or their own that comes has or awaits another
// seat in the call by now; NotFound. If it does with the last yes of another, the replacement ends without a swap and without a fault: what
// becomes of its applications is not theirs to know.
func (s *Service) Respond(ctx context.Context, sc tenants.Scope, id ids.Partnership, replacement ids.Replacement, agrees bool, reason string) error {
	shown, err := s.Proposal(ctx, sc, id, replacement)
	if err != nil {
		return err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if !slices.ContainsFunc(shown.Parties(&shown.Of), func(o ids.Organization) bool { return slices.Contains(led, o) }) {
		return fault.NotFound()
	}
	if agrees {
		reason = ""
	} else if bad := wrong(reason); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		r, now, err := s.asked(ctx, tx, replacement)
		if err != nil {
			return err
		}
		p, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		parties := r.Parties(&p)
		own := slices.DeleteFunc(r.Owed(parties), func(o ids.Organization) bool { return !slices.Contains(led, o) })
		if len(own) == 0 {
			return fault.Conflict("partnerships.replacement.answered")
		}
		if agrees && slices.Contains(own, r.Coming) {
			if _, err := s.free(ctx, tx, r.Coming, p.Call); err != nil {
				return err
			}
		}
		for _, o := range own {
			a := Answer{Organization: o, Agrees: agrees, Reason: reason, At: now, By: sc.Actor().Person}
			if err := insertAnswer(ctx, tx, r.ID, a); err != nil {
				return err
			}
			r.Answers = append(r.Answers, a)
			tx.Audit(audit.Entry{Action: "partnership.replacement_answered", SubjectKind: subject, SubjectID: id.String(), Detail: map[string]any{"organization": o.String(), "agrees": agrees}})
		}
		if !agrees {
			r.State, r.EndedAt = ReplacementDeclined, now
			if err := endReplacement(ctx, tx, &r); err != nil {
				return err
			}
			return s.tellReplacers(ctx, tx, &p, &r, "replacement_declined")
		}
		if len(r.Owed(parties)) > 0 {
			return nil
		}
		brings, err := s.free(ctx, tx, r.Coming, p.Call)
		if !p.Replaceable() || fault.Is(err, fault.KindConflict) {
			return s.mooted(ctx, tx, &p, &r, shown.Cards, now)
		}
		if err != nil {
			return err
		}
		if err := joinApplications(ctx, tx, p.ID, brings); err != nil {
			return err
		}
		for _, application := range brings {
			tx.Audit(audit.Entry{Action: "partnership.place_brought", SubjectKind: "application", SubjectID: application.String(), Detail: map[string]any{audit.Among: []string{p.ID.String()}}})
		}
		return s.swap(ctx, tx, &p, &r, shown.Cards, now)
	})
}

// mooted ends a replacement that cannot come about any more. Nobody is told why: it may be of an application that they must not know of.
func (s *Service) mooted(ctx context.Context, tx *tenants.Tx, p *Partnership, r *Replacement, cards map[ids.Organization]Organization, now time.Time) error {
	r.State, r.EndedAt = ReplacementMoot, now
	if err := endReplacement(ctx, tx, r); err != nil {
		return err
	}
	tx.Audit(audit.Entry{Action: "partnership.replacement_moot", SubjectKind: subject, SubjectID: p.ID.String()})
	if err := s.tellParties(ctx, tx, p, r, cards, "replacement_moot", r.Parties(p)); err != nil {
		return err
	}
	return s.tellReplacers(ctx, tx, p, r, "replacement_moot")
}

// asked finds a replacement that can still be answered, and holds it. Faults: TooLate, Conflict, NotFound.
func (s *Service) asked(ctx context.Context, tx *tenants.Tx, id ids.Replacement) (Replacement, time.Time, error) {
	r, err := lockReplacement(ctx, tx, id)
	if err != nil {
		return r, time.Time{}, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return r, now, err
	}
	switch r.At(now) {
	case ReplacementAsked:
		return r, now, nil
	case ReplacementLapsed:
		return r, now, fault.TooLate("partnerships.replacement.late")
	default:
		return r, now, fault.Conflict("partnerships.replacement.ended")
	}
}

// unasked ends what is asked about a partnership in which nobody can be replaced any more.
func (s *Service) unasked(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, p *Partnership) error {
	all, err := replacementsOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(r Replacement) bool { return r.State == ReplacementAsked })
	if at < 0 {
		return nil
	}
	r, err := lockReplacement(ctx, tx, all[at].ID)
	if err != nil || r.State != ReplacementAsked {
		return err
	}
	cards, err := s.organizations.Cards(ctx, sc, append(p.Organizations(), r.Coming))
	if err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	return s.mooted(ctx, tx, p, &r, cards, now)
}

// swap gives the seat to the organization that comes. How the partnership is shown to everybody was agreed to by others, so it is shown
// no more until the new one has agreed as well; and whoever accompanies it may have a conflict of interest with the new one.
func (s *Service) swap(ctx context.Context, tx *tenants.Tx, p *Partnership, r *Replacement, cards map[ids.Organization]Organization, now time.Time) error {
	if !p.Replaceable() {
		return fault.Conflict("partnerships.not_now")
	}
	for i := range p.Seats {
		if p.Seats[i].Key == r.Seat && p.Seats[i].Organization == r.Leaving {
			p.Seats[i].Organization = r.Coming
		}
	}
	p.Title = p.called(cards)
	if err := reseat(ctx, tx, p, r.Seat, searchKey(p, cards)); err != nil {
		return err
	}
	r.State, r.EndedAt = ReplacementDone, now
	if err := endReplacement(ctx, tx, r); err != nil {
		return err
	}
	change := Change{By: r.AskedBy, State: p.State, Reason: cards[r.Leaving].Name + " → " + cards[r.Coming].Name + "\n" + r.Reason}
	if err := logChange(ctx, tx, p.ID, change); err != nil {
		return err
	}
	tx.Announce(events.PartnershipMoved{Partnership: p.ID})
	tx.Audit(audit.Entry{Action: "partnership.replaced", SubjectKind: subject, SubjectID: p.ID.String(), Detail: map[string]any{"leaving": r.Leaving.String(), "coming": r.Coming.String()}})
	if err := s.warn(ctx, tx, p); err != nil {
		return err
	}
	if err := s.tellParties(ctx, tx, p, r, cards, "replaced", append(p.Organizations(), r.Leaving)); err != nil {
		return err
	}
	return s.tellReplacers(ctx, tx, p, r, "replaced")
}

// WithdrawReplacement takes back what organizations were asked. Coordinators may, until all have agreed. Faults: TooLate, Conflict,
// NotFound.
func (s *Service) WithdrawReplacement(ctx context.Context, sc tenants.Scope, id ids.Partnership, replacement ids.Replacement) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipManage, id)
	if err != nil {
		return err
	}
	shown, err := s.Proposal(ctx, sc, id, replacement)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		r, now, err := s.asked(ctx, tx, replacement)
		if err != nil {
			return err
		}
		r.State, r.EndedAt = ReplacementWithdrawn, now
		if err := endReplacement(ctx, tx, &r); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "partnership.replacement_withdrawn", SubjectKind: subject, SubjectID: id.String()})
		return s.tellParties(ctx, tx, &p, &r, shown.Cards, "replacement_withdrawn", r.Parties(&p))
	})
}

// LapseReplacement ends a replacement that not all have answered in time, and tells the coordinators. Only the system may. It is safe to
// repeat, and one that comes too early does nothing.
func (s *Service) LapseReplacement(ctx context.Context, sc tenants.Scope, args Asked) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		r, err := lockReplacement(ctx, tx, args.Replacement)
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if r.State != ReplacementAsked {
			return nil
		}
		if now.Before(r.Until) {
			tx.EnqueueAt(lapseReplacementJob, args, r.Until.Add(time.Second))
			return nil
		}
		r.State, r.EndedAt = ReplacementLapsed, now
		if err := endReplacement(ctx, tx, &r); err != nil {
			return err
		}
		p, err := find(ctx, tx, r.Partnership)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "partnership.replacement_lapsed", SubjectKind: subject, SubjectID: p.ID.String()})
		return s.tellReplacers(ctx, tx, &p, &r, "replacement_lapsed")
	})
}

// Awaited lists what the organizations that the actor leads are asked about replacements and have not answered.
func (s *Service) Awaited(ctx context.Context, sc tenants.Scope) ([]Replacement, error) {
	if err := s.policies.May(sc, policies.PartnershipMine, policies.On{}); err != nil {
		return nil, err
	}
	led := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if len(led) == 0 {
		return nil, nil
	}
	return askedOf(ctx, sc.Read(), led)
}

// replacementsOf are those of a partnership; the organizations in them are known to its page afterwards.
func (s *Service) replacementsOf(ctx context.Context, sc tenants.Scope, w *Whole) ([]Replacement, error) {
	all, err := replacementsOf(ctx, sc.Read(), w.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var others []ids.Organization
	for _, r := range all {
		others = append(others, r.Leaving, r.Coming)
	}
	cards, err := s.organizations.Cards(ctx, sc, others)
	maps.Copy(w.Cards, cards)
	return all, err
}
