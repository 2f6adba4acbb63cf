package main

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// bid is one application of the demonstration: who applies, in which seats, and how far it gets.
type bid struct {
	call  ids.Call
	who   []*demo.Organization // the first begins
	seats []string             // of each of them
	joint *demo.Joint          // nil: one organization that looks for a partner
	late  bool                 // handed in after the deadline, by permission

	id ids.Application
}

// name is what acts on it are called in errors.
func (b *bid) name() string { return b.who[0].Profile.Name }

// quality is what reviewers find: the better writer leads the pen, and a ready partnership tells more than somebody who is
// looking for a partner.
func (b *bid) quality() float64 {
	best := 0.0
	for _, o := range b.who {
		best = max(best, o.Quality)
	}
	if b.joint != nil {
		best += 0.2
	}
	return best
}

// begin lets the first organization begin, on its day.
func (s *stage) begin(at time.Time, b *bid) {
	s.at(at, "begin "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		b.id, err = s.app.applications.Begin(ctx, sc, b.call, s.orgs[b.who[0]].id, b.seats[0])
		return err
	})
}

// invite asks the organization of that place to take its seat; unless refused, it joins some hours later.
func (s *stage) invite(at time.Time, b *bid, i int, joins bool) {
	s.at(at, "invite a partner of "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		invitation := applications.Invitation{Application: b.id, Seat: b.seats[i], Organization: s.orgs[b.who[i]].id}
		return s.app.applications.Invite(ctx, sc, invitation, b.who[i].Locale)
	})
	if !joins {
		return
	}
	s.at(at.Add(time.Duration(3+s.random.IntN(40))*time.Hour), "join "+b.name(), func(ctx context.Context, at time.Time) error {
		return s.join(ctx, at, b, s.orgs[b.who[i]])
	})
}

func (s *stage) join(ctx context.Context, at time.Time, b *bid, m *member) error {
	sc, err := s.as(at, m.actor)
	if err != nil {
		return err
	}
	open, err := s.app.applications.Invitations(ctx, sc)
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.Application == b.id {
			_, err := s.app.applications.Join(ctx, sc, one.ID, m.id)
			return err
		}
	}
	return fmt.Errorf("%s has no invitation", m.Profile.Name)
}

// inviteByMail asks somebody who is not in the network yet.
func (s *stage) inviteByMail(at time.Time, b *bid, seat, name, email string) {
	s.at(at, "invite by mail", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		return s.app.applications.Invite(ctx, sc, applications.Invitation{Application: b.id, Seat: seat, Name: name, Email: email}, b.who[0].Locale)
	})
}

// fill lets an organization answer its own part; share of a hundred answers are given.
func (s *stage) fill(at time.Time, b *bid, o *demo.Organization, share int) {
	s.at(at, "fill the part of "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
		a, err := s.application(ctx, b)
		if err != nil {
			return err
		}
		m := s.orgs[o]
		answers := demo.Half(o.Part(&s.form), share, s.random)
		if err := s.write(ctx, at, m, a.Part(m.id).Sheet, forms.ScopePart, answers); err != nil || share < 60 {
			return err
		}
		return s.papers(ctx, at, m, a.Part(m.id).Sheet, o.Papers(s.app.catalog, at))
	})
}

// fillJoint lets the first organization, or the partner, answer the joint part.
func (s *stage) fillJoint(at time.Time, b *bid, by *demo.Organization, share int) {
	s.at(at, "fill the joint part of "+b.name(), func(ctx context.Context, at time.Time) error {
		a, err := s.application(ctx, b)
		if err != nil {
			return err
		}
		m := s.orgs[by]
		if b.joint == nil {
			return s.write(ctx, at, m, a.Joint, forms.ScopeJoint, demo.Half(b.who[0].Looking(&s.form), share, s.random))
		}
		if err := s.write(ctx, at, m, a.Joint, forms.ScopeJoint, demo.Half(b.joint.Answers(&s.form), share, s.random)); err != nil || share < 100 {
			return err
		}
		return s.papers(ctx, at, m, a.Joint, []demo.Paper{b.joint.Letter(s.app.catalog, at)})
	})
}

func (s *stage) application(ctx context.Context, b *bid) (applications.Application, error) {
	return applications.Find(ctx, s.app.tenants.Bind(s.tenant, tenants.SystemActor("demo")).Read(), b.id)
}

// write posts answers as the pages of the sections would.
func (s *stage) write(ctx context.Context, at time.Time, by *member, sheet ids.Sheet, scope forms.Scope, answers forms.Answers) error {
	sc, err := s.as(at, by.actor)
	if err != nil {
		return err
	}
	filled, err := s.app.forms.Filled(ctx, sc.Read(), sheet)
	if err != nil {
		return err
	}
	loc := s.loc(by.Locale)
	for _, section := range s.form.Scoped(scope) {
		values := url.Values{}
		for i := range section.Questions {
			q := &section.Questions[i]
			raw, ok := answers[q.Key]
			if !ok {
				continue
			}
			values.Set("base["+q.Key+"]", strconv.FormatInt(filled[sheet].Versions[q.Key], 10))
			maps.Copy(values, forms.ToTyped(loc, q, q.Key, raw))
		}
		if len(values) == 0 {
			continue
		}
		posted, clashes, err := s.app.applications.SavePosted(ctx, sc, loc, sheet, section.Key, values)
		if err != nil {
			return err
		}
		if len(posted.Bad) > 0 || len(clashes) > 0 {
			return fmt.Errorf("section %s of %s: %v %v", section.Key, by.Profile.Name, posted.Bad, clashes)
		}
	}
	return nil
}

// confirm lets an organization stand by its part.
func (s *stage) confirm(at time.Time, b *bid, o *demo.Organization) {
	s.at(at, "confirm "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[o].actor)
		if err != nil {
			return err
		}
		return s.app.applications.Confirm(ctx, sc, b.id, "", time.Time{})
	})
}

// submit lets the first organization hand in.
func (s *stage) submit(at time.Time, b *bid) {
	s.at(at, "hand in "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		_, err = s.app.applications.Submit(ctx, sc, b.id)
		return err
	})
}

// whole lets a bid be begun after the call opened and be handed in before it closes; most do so in the last days.
func (s *stage) whole(b *bid, opens, closes time.Time) {
	span := int(closes.Sub(opens) / time.Hour)
	start := s.awake(opens.Add(time.Duration(6+s.random.IntN(span/2)) * time.Hour))
	end := closes.Add(-time.Duration(20+s.random.IntN(60*60)) * time.Minute)
	if s.random.IntN(3) == 0 {
		end = closes.Add(-time.Duration(80+s.random.IntN(span/4)) * time.Hour)
	}
	if b.late {
		end = closes.Add(19 * time.Hour)
	}
	if end.Hour() < 8 {
		end = end.Add(-9 * time.Hour)
	}
	s.begin(start, b)
	for i := range b.who[1:] {
		s.invite(start.Add(time.Duration(1+i)*time.Hour), b, i+1, true)
	}
	step := end.Sub(start.Add(48*time.Hour)) / time.Duration(3*len(b.who)+4)
	next := start.Add(48 * time.Hour)
	turn := func() time.Time { next = next.Add(step); return s.awake(next) }
	for _, o := range b.who {
		s.fill(turn(), b, o, 100)
	}
	s.fillJoint(turn(), b, b.who[len(b.who)-1], 100)
	for _, o := range b.who {
		s.confirm(turn(), b, o)
	}
	s.submit(end, b)
}
