package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Offer is a place that was offered to an application, for its people.
type Offer struct {
	Application Application
	Call        Call
	Decision    Decision
	State       DecisionState // by the clock
	Accepted    map[ids.Organization]Acceptance
	Mine        []ids.Organization // those of the application that the actor leads
	Named       []ids.Organization // those that agree to be named in the results
	Conditions  []Condition
	Handed      map[ids.Condition][]Handed // documents, the last first
	Gone        map[ids.Organization]Departure
	Asked       *Replacement // that can be answered, if one is asked for
}

// Left are the organizations that have not accepted yet.
func (o *Offer) Left() []Applicant {
	var left []Applicant
	for _, a := range o.Application.Organizations {
		if _, ok := o.Accepted[a.ID]; !ok {
			left = append(left, a)
		}
	}
	return left
}

// Waits reports whether the actor's own organizations still have to answer.
func (o *Offer) Waits() bool {
	return o.State == DecisionOffered && slices.ContainsFunc(o.Left(), func(a Applicant) bool { return slices.Contains(o.voices(), a.ID) })
}

// Applied reports whether one of the actor's organizations has applied, and not taken the seat of another since: its people read the
// application.
func (o *Offer) Applied() bool {
	return slices.ContainsFunc(o.Application.Organizations, func(a Applicant) bool { return slices.Contains(o.Mine, a.ID) && !a.Came })
}

// voices are those of the actor's organizations that have not dropped out.
func (o *Offer) voices() []ids.Organization {
	own, _ := speaking(&o.Application, o.Mine, o.Gone)
	return own
}

// consulted reports whether one of the actor's organizations is asked about the replacement, and does not itself give its seat away by it.
func (o *Offer) consulted() bool {
	return o.Asked != nil && slices.ContainsFunc(o.voices(), func(one ids.Organization) bool { return slices.Contains(o.Asked.Parties, one) })
}

// Departing is nil where the actor's organizations can drop out of the place and leave it to others. Faults: TooLate when the place has
// lapsed; Conflict when it was answered, they have dropped out, or nobody would stay.
func (o *Offer) Departing() error {
	switch own := o.voices(); {
	case o.State == DecisionLapsed:
		return fault.TooLate("selection.reply.late")
	case !o.State.replaceable():
		return fault.Conflict("selection.reply.answered")
	case len(own) == 0:
		return fault.Conflict("selection.departure.gone")
	case !o.Application.remains(o.Gone, own...):
		return fault.Conflict("selection.departure.nobody_stays")
	default:
		return nil
	}
}

// Departs reports whether they can.
func (o *Offer) Departs() bool { return o.Departing() == nil }

// Offer shows the place that was offered to an application. The leads of its organizations may. Fault: NotFound, also while
// nothing was offered: what is decided is told to nobody before it is released.
func (s *Service) Offer(ctx context.Context, sc tenants.Scope, id ids.Application) (Offer, error) {
	a, mine, err := s.led(ctx, sc, id)
	if err != nil {
		return Offer{}, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Application: a, Mine: mine, Accepted: map[ids.Organization]Acceptance{}}
	gone, err := departures(ctx, sc.Read(), id)
	if err != nil {
		return Offer{}, err
	}
	o.Gone = gone[id]
	if len(decided) == 0 {
		return Offer{}, fault.NotFound()
	}
	o.Decision = decided[0]
	o.State = o.Decision.At(time.Now())
	if !slices.Contains(offeredOnce, o.State) {
		return Offer{}, fault.NotFound()
	}
	if o.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return Offer{}, err
	}
	agreed, err := agreements(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Offer{}, err
	}
	o.Named = agreed[id]
	there, err := conditionsFor(ctx, sc.Read(), id)
	if err != nil {
		return Offer{}, err
	}
	o.Conditions = there[id]
	if o.Handed, err = s.handed(ctx, sc, o.Conditions); err != nil {
		return Offer{}, err
	}
	said, err := acceptances(ctx, sc.Read(), o.Decision.ID)
	if err != nil {
		return Offer{}, err
	}
	for _, one := range said {
		o.Accepted[one.Organization] = one
	}
	asked, open, err := openFor(ctx, sc.Read(), id)
	if open && asked.At(time.Now()) == ReplacementAsked {
		o.Asked = &asked
	}
	return o, err
}

// led finds an application of whose place the actor leads an organization that holds it, and which they lead.
func (s *Service) led(ctx context.Context, sc tenants.Scope, id ids.Application) (Application, []ids.Organization, error) {
	if err := s.policies.May(sc, policies.ApplicationReply, policies.On{Organizations: sc.Actor().OrganizationsAs(tenants.RoleLead)}); err != nil {
		return Application{}, nil, err
	}
	those, err := s.Applications.Those(ctx, sc, []ids.Application{id})
	if err != nil {
		return Application{}, nil, err
	}
	a, ok := those[id]
	if !ok {
		return Application{}, nil, fault.NotFound()
	}
	now, err := s.holders(ctx, sc, a)
	if err != nil {
		return Application{}, nil, err
	}
	a = now[0]
	var mine []ids.Organization
	for _, o := range a.Organizations {
		if slices.Contains(sc.Actor().OrganizationsAs(tenants.RoleLead), o.ID) {
			mine = append(mine, o.ID)
		}
	}
	if err := s.policies.May(sc, policies.ApplicationReply, policies.On{Organizations: organizationsOf(a)}); err != nil {
		return Application{}, nil, err
	}
	return a, mine, nil
}

// answer lets act decide about an offered place of an application under the selection's lock. Faults: TooLate after the
// reply date by the database's clock, whether or not the program has noted it yet; Conflict when it was answered before.
func (s *Service) answer(ctx context.Context, sc tenants.Scope, a Application, act func(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision) error) error {
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	all, err := s.Applications.InSelection(ctx, sc, call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w := sitting{call: call, all: all}
		if w.list, err = lockSelection(ctx, tx, call); err != nil {
			return err
		}
		if w.now, err = tx.Now(ctx); err != nil {
			return err
		}
		if w.decisions, err = decisionsOf(ctx, tx, a.Call); err != nil {
			return err
		}
		if w.all, err = s.holdersIn(ctx, tx, a.Call, all); err != nil {
			return err
		}
		i := slices.IndexFunc(w.decisions, func(d Decision) bool { return d.Application == a.ID })
		if i < 0 || w.list.State != ListReleased {
			return fault.NotFound()
		}
		switch d := &w.decisions[i]; d.At(w.now) {
		case DecisionOffered, DecisionConditional:
			return act(ctx, tx, &w, d)
		case DecisionLapsed:
			return fault.TooLate("selection.reply.late")
		case DecisionAccepted, DecisionDeclined:
			return fault.Conflict("selection.reply.answered")
		default:
			return fault.NotFound()
		}
	})
}

// Accept takes the offered place for the actor's organizations. It is taken when every organization of the application
// has accepted: that is announced, and from it the partnership comes; where the place has conditions, once these are met.
// Leads may. Faults: TooLate, Conflict when it was
// answered before, NotFound.
func (s *Service) Accept(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	a, mine, err := s.led(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.answer(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision) error {
		a := w.holding(a)
		own, err := s.voiced(ctx, tx, &a, mine)
		if err != nil {
			return err
		}
		said, err := acceptances(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		accepted := map[ids.Organization]bool{}
		for _, one := range said {
			accepted[one.Organization] = true
		}
		fresh := 0
		for _, organization := range own {
			if accepted[organization] {
				continue
			}
			fresh++
			if err := insertAcceptance(ctx, tx, d.ID, Acceptance{Organization: organization, At: w.now, By: sc.Actor().Person}); err != nil {
				return err
			}
			tx.Audit(audit.Entry{Action: "place.accepted_by", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"organization": organization.String()}})
		}
		if fresh == 0 {
			return fault.Conflict("selection.reply.answered")
		}
		return s.takenByAll(ctx, tx, w, a, d)
	})
}

func (s *Service) taken(ctx context.Context, tx *tenants.Tx, w *sitting, a Application, d *Decision) error {
	after, ok := d.State.After(AcceptPlace)
	if !ok {
		return fault.Conflict("selection.reply.answered")
	}
	d.State, d.AnsweredAt, d.AnsweredBy = after, w.now, tx.Scope().Actor().Person
	if err := settle(ctx, tx, d); err != nil {
		return err
	}
	if err := s.moot(ctx, tx, w, &a); err != nil {
		return err
	}
	tx.Audit(entry("place.accepted", a.ID))
	tx.Announce(events.PlaceAccepted{Application: a.ID, Call: a.Call, Left: a.Left})
	if err := s.tellApplicants(ctx, tx, []Application{a}, "selection.notify.accepted"); err != nil {
		return err
	}
	return s.tellOfficers(ctx, tx, a, "selection.notify.place_accepted")
}

// Decline gives the offered place back, or one that is held on conditions, for all organizations of the application; the next on the waiting list is offered
// it at once. Leads may; it cannot be undone. Faults: TooLate, Conflict when it was answered before, NotFound.
func (s *Service) Decline(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	a, mine, err := s.led(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.answer(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision) error {
		a := w.holding(a)
		if _, err := s.voiced(ctx, tx, &a, mine); err != nil {
			return err
		}
		if err := s.overtake(ctx, tx, w, id); err != nil {
			return err
		}
		after, ok := d.State.After(DeclinePlace)
		if !ok {
			return fault.Conflict("selection.reply.answered")
		}
		held := d.State == DecisionConditional
		d.State, d.Place, d.AnsweredAt, d.AnsweredBy = after, 0, w.now, sc.Actor().Person
		if err := settle(ctx, tx, d); err != nil {
			return err
		}
		tx.Audit(entry("place.declined", id))
		tx.Announce(events.PlaceDeclined{Application: id, Call: a.Call, Conditional: held})
		leads, err := leadsOf(ctx, tx, []Application{a})
		if err != nil {
			return err
		}
		s.tellLeads(tx, w.call, a, leads, letter{key: "declined"})
		if err := s.tellOfficers(ctx, tx, a, "selection.notify.place_declined"); err != nil {
			return err
		}
		return s.offerNext(ctx, tx, w)
	})
}

// offerNext offers every free place to the next on the waiting list, as long as the list runs.
func (s *Service) offerNext(ctx context.Context, tx *tenants.Tx, w *sitting) error {
	if w.list.State != ListReleased || !w.now.Before(w.list.WaitingUntil) {
		return nil
	}
	for i := range w.decisions {
		d := &w.decisions[i]
		if _, there := w.application(d.Application); d.State == DecisionWaiting && !there {
			d.State = DecisionWithdrawn
			if err := settle(ctx, tx, d); err != nil {
				return err
			}
		}
	}
	leads, err := leadsOf(ctx, tx, w.all)
	if err != nil {
		return err
	}
	next := Next(w.list.Places, w.decisions, w.next)
	if len(next) == 0 {
		return nil
	}
	letters, err := s.Calls.Letters(ctx, tx, w.call.ID)
	if err != nil {
		return err
	}
	for _, d := range next {
		if err := s.offer(ctx, tx, w, d, leads, letters["place_offered"]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) offer(ctx context.Context, tx *tenants.Tx, w *sitting, d Decision, leads map[ids.Organization][]ids.Person, words blueprints.Letter) error {
	after, ok := d.State.After(OfferPlace)
	if !ok {
		return fault.Conflict("selection.reply.answered")
	}
	a, _ := w.application(d.Application)
	d.State, d.ReplyBy = after, DueAt(w.now, w.call.Review.ReplyDays, zone(w.call))
	if err := settle(ctx, tx, &d); err != nil {
		return err
	}
	w.offered = append(w.offered, d.Application)
	tx.Audit(entry("place.offered", d.Application))
	tx.Announce(events.PlaceOffered{Application: d.Application, Call: d.Call, ReplyBy: d.ReplyBy})
	tx.EnqueueAt(lapseJob, Lapsing{Call: d.Call}, d.ReplyBy)
	remindLater(tx, remindReplyJob, Reminding{Call: d.Call, By: d.ReplyBy}, remindLead, w.now)
	if err := s.tellApplicants(ctx, tx, []Application{a}, "selection.notify.offered"); err != nil {
		return err
	}
	there, err := conditionsFor(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	l := letter{key: "place_offered", words: words, path: "/reply", times: map[string]time.Time{"due": d.ReplyBy}}
	s.terms(&l, there[a.ID])
	return s.write(tx, w.call, a, leads, l)
}

// Lapsing is the argument of the job that ends offers which nobody answered.
type Lapsing struct {
	Call ids.Call `json:"call"`
}

const lapseJob = "selection.lapse"

// Lapse ends the offers of a call whose reply date has passed by the database's clock, and offers their places to the next
// on the waiting list. Only the system may. It is safe to repeat, and one that comes too early tries again later.
func (s *Service) Lapse(ctx context.Context, sc tenants.Scope, args Lapsing) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.sweep(ctx, sc, args.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		leads, err := leadsOf(ctx, tx, w.all)
		if err != nil {
			return err
		}
		for i := range w.decisions {
			d := &w.decisions[i]
			switch {
			case d.State == DecisionOffered && d.At(w.now) == DecisionLapsed:
				if err := s.lapse(ctx, tx, w, d, leads); err != nil {
					return err
				}
			case d.State == DecisionOffered && d.ReplyBy.Sub(w.now) < time.Minute:
				tx.EnqueueAt(lapseJob, args, d.ReplyBy.Add(time.Second))
			}
		}
		return s.offerNext(ctx, tx, w)
	})
}

func (s *Service) lapse(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision, leads map[ids.Organization][]ids.Person) error {
	after, ok := d.State.After(LapsePlace)
	if !ok {
		return nil
	}
	d.State, d.Place = after, 0
	if err := settle(ctx, tx, d); err != nil {
		return err
	}
	tx.Audit(entry("place.lapsed", d.Application))
	tx.Announce(events.PlaceLapsed{Application: d.Application, Call: d.Call})
	if err := s.overtake(ctx, tx, w, d.Application); err != nil {
		return err
	}
	a, there := w.application(d.Application)
	if !there {
		return nil
	}
	s.tellLeads(tx, w.call, a, leads, letter{key: "lapsed"})
	return s.tellOfficers(ctx, tx, a, "selection.notify.place_lapsed")
}

// Withdrawn frees what an application held that its people took back; the reaction to events.ApplicationWithdrawn. Only
// the system may.
func (s *Service) Withdrawn(ctx context.Context, sc tenants.Scope, e events.ApplicationWithdrawn) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.sweep(ctx, sc, e.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		for i := range w.decisions {
			d := &w.decisions[i]
			after, ok := d.State.After(WithdrawPlace)
			if d.Application != e.Application || !ok {
				continue
			}
			d.State, d.Place = after, 0
			if err := settle(ctx, tx, d); err != nil {
				return err
			}
			if err := s.overtake(ctx, tx, w, e.Application); err != nil {
				return err
			}
			if err := s.tellNewcomers(ctx, tx, w, e.Application); err != nil {
				return err
			}
		}
		return s.offerNext(ctx, tx, w)
	})
}

// sweep does something to a call's selection under its lock; whoever calls it has authorized.
func (s *Service) sweep(ctx context.Context, sc tenants.Scope, id ids.Call, act func(ctx context.Context, tx *tenants.Tx, w *sitting) error) error {
	call, err := s.Calls.Call(ctx, sc, id)
	if err != nil {
		return err
	}
	all, err := s.Applications.InSelection(ctx, sc, call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w := sitting{call: call, all: all}
		if w.list, err = lockSelection(ctx, tx, call); err != nil {
			return err
		}
		if w.now, err = tx.Now(ctx); err != nil {
			return err
		}
		if w.decisions, err = decisionsOf(ctx, tx, id); err != nil {
			return err
		}
		if w.all, err = s.holdersIn(ctx, tx, id, all); err != nil {
			return err
		}
		return act(ctx, tx, &w)
	})
}
