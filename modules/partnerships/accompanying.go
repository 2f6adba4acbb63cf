package partnerships

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Companion is somebody who could accompany a partnership, and how well they suit it.
type Companion struct {
	Facilitator
	Fit

	Absent bool // not available today
	Full   bool // accompanies as many as they want already
}

// Guidance is what a coordinator sees who gives a partnership somebody to accompany it.
type Guidance struct {
	Listed

	Companions []Companion // without a conflict of interest, the best first
	Barred     int         // how many have one
	Present    Facilitator // who accompanies it now, by name alone if no facilitator any more; without an ID: nobody
	Conflict   ConflictKind
}

// Guidance tells who could accompany a partnership: those without a conflict of interest, the most suitable first. Coordinators may,
// unless they have a conflict of interest in it themselves. Faults: Forbidden, Conflict when it does not go on, NotFound.
func (s *Service) Guidance(ctx context.Context, sc tenants.Scope, id ids.Partnership) (Guidance, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return Guidance{}, err
	}
	p, err := find(ctx, sc.Read(), id)
	if err != nil {
		return Guidance{}, err
	}
	if err := s.impartial(ctx, sc, p); err != nil {
		return Guidance{}, err
	}
	listed, err := s.listed(ctx, sc, []Partnership{p})
	if err != nil {
		return Guidance{}, err
	}
	g := Guidance{Listed: listed[0]}
	if !p.Going() {
		return g, fault.Conflict("partnerships.not_now")
	}
	all, err := s.facilitators(ctx, sc)
	if err != nil {
		return g, err
	}
	needs, err := s.needs(ctx, sc, []Partnership{p}, g.Cards)
	if err != nil {
		return g, err
	}
	clashes, err := s.clashes(ctx, sc, []Partnership{p}, persons(all))
	if err != nil {
		return g, err
	}
	need, day := needs[id], today(time.Now(), sc)
	for _, f := range all {
		kind, conflict := clashes[pair{id, f.ID}]
		switch {
		case f.ID == p.Facilitator:
			g.Present, g.Conflict = f, kind
		case conflict:
			g.Barred++
		default:
			g.Companions = append(g.Companions, Companion{
				Facilitator: f, Fit: FitOf(expertise.UsualWeights, &need, &f.Expertise), Absent: !f.Available(day), Full: f.Most > 0 && f.Now >= f.Most,
			})
		}
	}
	if g.Present.ID != p.Facilitator {
		known, err := s.people.Persons(ctx, sc, []ids.Person{p.Facilitator})
		if err != nil {
			return g, err
		}
		g.Present = Facilitator{ID: p.Facilitator, Name: known[p.Facilitator].Name}
	}
	slices.SortStableFunc(g.Companions, func(a, b Companion) int {
		return cmp.Or(order(b.ready(), a.ready()), b.Affinity-a.Affinity)
	})
	return g, nil
}

// ready reports whether nothing speaks against them.
func (c *Companion) ready() bool { return c.Understands && !c.Absent && !c.Full }

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func persons(all []Facilitator) []ids.Person {
	found := make([]ids.Person, len(all))
	for i := range all {
		found[i] = all[i].ID
	}
	return found
}

// today is the day in the network's time zone.
func today(now time.Time, sc tenants.Scope) i18n.Day {
	return i18n.DayOf(now, i18n.Zone(sc.Tenant().Zone))
}

// Accompany gives a partnership somebody to accompany it, in place of whoever does; both are told by mail, and the leads of its
// organizations. The reason, of at most 1,000 characters, is needed where somebody accompanies it already: they read it, in a mail that
// the network's team can read too. Coordinators may as for Guidance. Faults: Invalid by field, also when the person has a conflict of
// interest; Conflict when the partnership was changed since it was shown or does not go on; Forbidden, NotFound.
func (s *Service) Accompany(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64, person ids.Person, reason string) error {
	g, err := s.Guidance(ctx, sc, id)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if g.Facilitator.IsZero() {
		bad = tooLong(reason)
	} else {
		bad = wrong(reason)
	}
	if !slices.ContainsFunc(g.Companions, func(c Companion) bool { return c.ID == person }) {
		bad = append(bad, fault.At("person", "fault.choose"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	if g.Version != version {
		return fault.Conflict("fault.stale")
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return s.accompanyAll(ctx, tx, []given{{g.Listed, person}}, reason)
	})
}

func tooLong(reason string) []fault.Field {
	if n := utf8.RuneCountInString(reason); n > maxReason {
		return []fault.Field{fault.AtWith("reason", "fault.too_long", fault.Args{"Length": n, "Max": maxReason})}
	}
	return nil
}

// given is a partnership with whoever is to accompany it.
type given struct {
	Listed

	person ids.Person
}

// accompanyAll gives partnerships to people. Everybody is told once, however many they get.
func (s *Service) accompanyAll(ctx context.Context, tx *tenants.Tx, all []given, reason string) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	who := make([]ids.Person, len(all))
	for i := range all {
		who[i] = all[i].person
	}
	known, err := s.people.Persons(ctx, tx.Scope(), who)
	if err != nil {
		return err
	}
	fresh := map[ids.Person][]*given{}
	var inOrder []ids.Person
	for i := range all {
		g := &all[i]
		before := g.Facilitator
		if err := accompany(ctx, tx, &g.Partnership, g.person, Changed, reason, now); err != nil {
			return err
		}
		detail := map[string]any{"person": g.person.String()}
		tx.Audit(audit.Entry{Action: "partnership.accompanied", SubjectKind: subject, SubjectID: g.ID.String(), Detail: detail})
		if !before.IsZero() {
			tellCompanion(tx, &g.Partnership, before, "accompaniment_ended", reason)
		}
		if fresh[g.person] == nil {
			inOrder = append(inOrder, g.person)
		}
		fresh[g.person] = append(fresh[g.person], g)
		if err := s.tellAccompanied(ctx, tx, &g.Listed, known[g.person], "accompanied"); err != nil {
			return err
		}
	}
	for _, person := range inOrder {
		titles, path := make([]string, len(fresh[person])), "/my-partnerships"
		for i, g := range fresh[person] {
			titles[i] = g.Title
		}
		if len(titles) == 1 {
			path = address(fresh[person][0].ID)
		}
		args := map[string]string{"Titles": strings.Join(titles, "; ")}
		tx.Announce(events.MailRequested{Kind: "partnerships.mail.accompanies", Person: person, Path: path, Args: args, AboutKind: subject, AboutID: fresh[person][0].ID.String()})
		tx.Announce(events.NotificationRequested{Person: person, Key: "partnerships.notify.accompanies", Path: path, Args: args})
	}
	return nil
}

// tellCompanion tells somebody by mail that they do not accompany a partnership any more.
func tellCompanion(tx *tenants.Tx, p *Partnership, person ids.Person, what, reason string) {
	if person == tx.Scope().Actor().Person {
		return
	}
	tx.Announce(events.MailRequested{
		Kind: "partnerships.mail." + what, Person: person, Path: "/my-partnerships", Args: map[string]string{"Title": p.Title, "Reason": reason},
		AboutKind: subject, AboutID: p.ID.String(),
	})
	tx.Announce(events.NotificationRequested{Person: person, Key: "partnerships.notify." + what, Path: "/my-partnerships", Args: map[string]string{"Title": p.Title}})
}

// tellAccompanied writes to the leads of a partnership's organizations who accompanies it, or does not any more.
func (*Service) tellAccompanied(ctx context.Context, tx *tenants.Tx, p *Listed, who Person, what string) error {
	leads, err := tenants.LeadsOf(ctx, tx, p.Organizations()...)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{}
	for _, o := range p.Organizations() {
		for _, lead := range leads[o] {
			if told[lead] {
				continue
			}
			told[lead] = true
			tx.Announce(events.MailRequested{
				Kind: "partnerships.mail." + what, Person: lead, Path: address(p.ID),
				Args:      map[string]string{"Title": p.Title, "Partners": partners(&p.Partnership, p.Cards, o), "Guide": who.Name, "Email": who.Email},
				AboutKind: subject, AboutID: p.ID.String(),
			})
			tx.Announce(events.NotificationRequested{Person: lead, Key: "partnerships.notify." + what, Path: address(p.ID), Args: map[string]string{"Title": p.Title, "Guide": who.Name}})
		}
	}
	return nil
}

// Unaccompany takes a partnership from whoever accompanies it, who reads the reason in a mail that the network's team can read too;
// the leads of its organizations are told. Coordinators may as for Guidance. Faults: Invalid by field, Conflict when the partnership was
// changed since it was shown, or nobody accompanies it; Forbidden, NotFound.
func (s *Service) Unaccompany(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64, reason string) error {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return err
	}
	p, err := find(ctx, sc.Read(), id)
	if err != nil {
		return err
	}
	if err := s.impartial(ctx, sc, p); err != nil {
		return err
	}
	if p.Version != version || p.Facilitator.IsZero() {
		return fault.Conflict("fault.stale")
	}
	return s.leave(ctx, sc, &p, Taken, reason)
}

// HandBack gives back a partnership that the actor accompanies; the coordinators read the reason and look for somebody else, and
// the leads of its organizations are told. Who accompanies it may. Faults: Invalid by field, Conflict when it does not go on or
// somebody has changed it in the meantime, NotFound.
func (s *Service) HandBack(ctx context.Context, sc tenants.Scope, id ids.Partnership, reason string) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipHandBack, id)
	if err != nil {
		return err
	}
	if !p.Going() {
		return fault.Conflict("partnerships.not_now")
	}
	return s.leave(ctx, sc, &p, Returned, reason)
}

func (s *Service) leave(ctx context.Context, sc tenants.Scope, p *Partnership, ending Ending, reason string) error {
	if bad := wrong(reason); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	listed, err := s.listed(ctx, sc, []Partnership{*p})
	if err != nil {
		return err
	}
	known, err := s.people.Persons(ctx, sc, []ids.Person{p.Facilitator})
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		before := p.Facilitator
		if err := accompany(ctx, tx, p, ids.Person{}, ending, reason, now); err != nil {
			return err
		}
		action := "partnership.unaccompanied"
		if ending == Returned {
			action = "partnership.handed_back"
		}
		tx.Audit(audit.Entry{Action: action, SubjectKind: subject, SubjectID: p.ID.String(), Detail: map[string]any{"person": before.String()}})
		tellCompanion(tx, p, before, "accompaniment_ended", reason)
		if ending == Returned {
			if err := s.tellCoordinators(ctx, tx, p, "handed_back", known[before]); err != nil {
				return err
			}
		}
		return s.tellAccompanied(ctx, tx, &listed[0], known[before], "unaccompanied")
	})
}

// tellCoordinators puts a line under their bell about who accompanies a partnership, unless it is their own doing or they have a conflict
// of interest in it.
func (s *Service) tellCoordinators(ctx context.Context, tx *tenants.Tx, p *Partnership, what string, who Person) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
	if err != nil {
		return err
	}
	brought, err := broughtBy(ctx, tx, []Partnership{*p})
	if err != nil {
		return err
	}
	barred, err := s.Needs.Barred(ctx, tx.Scope(), brought[p.ID])
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, a := range brought[p.ID] {
		for _, person := range barred[a] {
			told[person] = true
		}
	}
	for _, m := range held {
		if told[m.Person] {
			continue
		}
		told[m.Person] = true
		tx.Announce(events.NotificationRequested{
			Person: m.Person, Key: "partnerships.notify." + what, Path: address(p.ID) + "/facilitator", Args: map[string]string{"Title": p.Title, "Guide": who.Name},
		})
	}
	return nil
}
