package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/applications"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/tenants"
)

// check lets an officer find an application eligible, or not for the reasons of those keys.
func (s *stage) check(at time.Time, b *bid, failed ...string) {
	s.at(at, "check "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleOfficer))
		if err != nil {
			return err
		}
		return s.app.applications.Check(ctx, sc, b.id, 0, failed)
	})
}

// missing is the paper that an officer asks an application for, and where it belongs.
func (b *bid) missing() (question string, joint bool) {
	switch {
	case b.joint != nil && b.who[0].Volunteers%2 == 0:
		return "partner_letter", true
	case b.who[0].Profile.Form == organizations.Initiative:
		return "fiscal_host_letter", false
	default:
		return "registration_document", false
	}
}

// mayLack reports whether an application with so many papers can be asked for one.
func (b *bid) mayLack(papers int) bool {
	o := b.who[0].Profile
	return papers < 2 && (o.Form != organizations.Initiative || o.FiscalHost != "")
}

// ask lets an officer ask for a missing paper.
func (s *stage) ask(at time.Time, b *bid) {
	s.at(at, "ask for papers of "+b.name(), func(ctx context.Context, at time.Time) error {
		a, err := s.application(ctx, b)
		if err != nil {
			return err
		}
		sc, err := s.as(at, s.one(tenants.RoleOfficer))
		if err != nil {
			return err
		}
		question, joint := b.missing()
		sheet := a.Part(s.orgs[b.who[0]].id).Sheet
		if joint {
			sheet = a.Joint
		}
		return s.app.applications.AskForPapers(ctx, sc, b.id, 0, applications.Papers{
			Words: s.world.Missing(b.who[0].Locale, question, b.who[0].Members), Questions: map[ids.Sheet][]string{sheet: {question}},
		})
	})
}

// follow lets the applicants hand in what was asked for, and again everything with it.
func (s *stage) follow(at time.Time, b *bid) {
	s.at(at, "hand in papers of "+b.name(), func(ctx context.Context, at time.Time) error {
		a, err := s.application(ctx, b)
		if err != nil {
			return err
		}
		m := s.orgs[b.who[0]]
		question, joint := b.missing()
		if joint {
			return s.papers(ctx, at, m, a.Joint, []demo.Paper{b.joint.Letter(s.app.catalog, at)})
		}
		return s.papers(ctx, at, m, a.Part(m.id).Sheet, []demo.Paper{m.Again(s.app.catalog, question, at)})
	})
	for i, o := range b.who {
		if _, joint := b.missing(); joint || i == 0 {
			s.confirm(at.Add(time.Duration(10+i*95)*time.Minute), b, o)
		}
	}
	s.submit(at.Add(time.Duration(20+len(b.who)*95)*time.Minute), b)
}

// releaseHeld lets the coordinator release all letters that wait.
func (s *stage) releaseHeld(at time.Time) {
	s.at(at, "release letters", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		held, _, err := s.app.correspondence.List(ctx, sc, correspondence.Query{Status: correspondence.StatusHeld, Limit: 100})
		if err != nil {
			return err
		}
		letters := make([]ids.Message, len(held))
		for i, m := range held {
			letters[i] = m.ID
		}
		_, err = s.app.correspondence.Release(ctx, sc, letters)
		return err
	})
}

// withdraw lets the first organization take its application back.
func (s *stage) withdraw(at time.Time, b *bid) {
	s.at(at, "withdraw "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		return s.app.applications.Withdraw(ctx, sc, b.id)
	})
}

// permitLate lets one organization hand in after the deadline.
func (s *stage) permitLate(at time.Time, call ids.Call, o *demo.Organization, until time.Time) {
	s.at(at, "late permission for "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
		officer := s.one(tenants.RoleOfficer)
		sc, err := s.as(at, officer)
		if err != nil {
			return err
		}
		return s.app.programs.PermitLate(ctx, sc, call, programs.Late{Organization: s.orgs[o].id, Until: until, Reason: s.world.Late(officer.Locale)})
	})
}

// eligibility is the check of all bids of a closed call: most are eligible at once, some after missing papers, some not.
// It gives those that go on to reviewers.
func (s *stage) eligibility(bids []*bid, closed time.Time) []*bid {
	day := func(days, hours int) time.Time {
		return s.awake(closed.Add(time.Duration(days*24+hours) * time.Hour))
	}
	var fit []*bid
	for i, b := range bids {
		switch {
		case b.late:
			s.check(day(3, 1), b)
			fit = append(fit, b)
		case b.joint == nil && b.who[0].Project:
			s.check(day(2+i%3, 0), b, "organizational")
		case b.joint == nil && b.who[0].Profile.FiscalHost == "" && b.who[0].Profile.Form == organizations.Initiative && i%2 == 0:
			s.check(day(2+i%3, 1), b, "capacity")
		case b.joint == nil && i%31 == 17:
			s.withdraw(day(1, 3), b)
		case i%13 == 5 && b.mayLack(len(b.who[0].Papers(s.app.catalog, closed))):
			s.ask(day(1, 2), b)
			s.follow(day(2+i%2, 6), b)
			s.check(day(5, i%8), b)
			fit = append(fit, b)
		default:
			s.check(day(1+i%5, i%7), b)
			fit = append(fit, b)
		}
	}
	return fit
}
