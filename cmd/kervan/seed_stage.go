package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/tenants"
)

// stage is one network while its demonstration is played. Acts happen in the order of their instants, each by its own
// actor through the use-cases, on days of the last year; the jobs that follow from an act run on the same day.
type stage struct {
	app     *App
	tenant  tenants.Tenant
	world   *demo.World
	random  *rand.Rand
	hash    string
	today   time.Time // midnight in the network's zone
	now     time.Time
	acts    []act
	members map[tenants.Role][]tenants.Actor
	form    forms.Definition
	orgs    map[*demo.Organization]*member
}

// act is one thing that somebody does at an instant.
type act struct {
	at   time.Time
	what string
	do   func(ctx context.Context, at time.Time) error
}

// member is an organization as it is in the network.
type member struct {
	*demo.Organization

	id    ids.Organization
	actor tenants.Actor // its lead
}

func newStage(ctx context.Context, app *App, c cast, tenant tenants.Tenant, hash func() (string, error)) (*stage, error) {
	world, err := demo.NewWorld(c.seed)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	day := now.In(i18n.Zone(tenant.Zone))
	s := &stage{
		app: app, tenant: tenant, world: world, random: rand.New(rand.NewPCG(c.seed, 7)), // #nosec G404 -- the demonstration is the same every time
		today: time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location()), now: now,
		members: map[tenants.Role][]tenants.Actor{}, form: blueprints.Default().Form, orgs: map[*demo.Organization]*member{},
	}
	if s.hash, err = hash(); err != nil {
		return nil, err
	}
	return s, s.enlist(ctx, c)
}

// enlist makes the network's team.
func (s *stage) enlist(ctx context.Context, c cast) error {
	sc := s.app.tenants.Bind(s.tenant, tenants.SystemActor("demo"))
	if c.Kind == tenants.KindNetwork {
		var err error
		if sc, err = sc.AsOf(s.day(-340, 9, 0)); err != nil {
			return err
		}
	}
	for _, p := range c.team {
		grants := make([]tenants.Grant, len(p.roles))
		for i, r := range p.roles {
			grants[i] = tenants.Grant{Role: r}
		}
		card, err := s.app.accounts.Ensure(ctx, sc, p.name, p.email, s.hash, p.locale, grants...)
		if err != nil {
			return err
		}
		actor := tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale, Grants: grants}
		for _, r := range p.roles {
			s.members[r] = append(s.members[r], actor)
		}
	}
	return nil
}

// day is a time of day some days from today, in the network's zone.
func (s *stage) day(days, hour, minute int) time.Time {
	return time.Date(s.today.Year(), s.today.Month(), s.today.Day()+days, hour, minute, 0, 0, s.today.Location())
}

// during is some waking hour between two days from today, but never after now.
func (s *stage) during(from, to int) time.Time {
	at := s.day(from+s.random.IntN(to-from+1), 8+s.random.IntN(13), s.random.IntN(60)).Add(time.Duration(s.random.IntN(60)) * time.Second)
	if latest := s.now.Add(-time.Hour); at.After(latest) {
		return latest.Add(-time.Duration(s.random.IntN(3000)) * time.Second)
	}
	return at
}

// awake is some minutes later, and in the morning when it is night.
func (s *stage) awake(at time.Time) time.Time {
	at = at.In(s.today.Location()).Add(time.Duration(s.random.IntN(55*60)) * time.Second)
	if at.Hour() < 8 {
		return at.Add(9 * time.Hour)
	}
	return at
}

// at puts an act on the stage. An act that is before those already played is played next.
func (s *stage) at(at time.Time, what string, do func(ctx context.Context, at time.Time) error) {
	a := act{at, what, do}
	i, _ := slices.BinarySearchFunc(s.acts, a, func(x, y act) int {
		if x.at.After(y.at) {
			return 1
		}
		return -1 // behind all of the same instant
	})
	s.acts = slices.Insert(s.acts, i, a)
}

// run plays all acts, those too that others put on the stage.
func (s *stage) run(ctx context.Context) error {
	for len(s.acts) > 0 {
		a := s.acts[0]
		s.acts = s.acts[1:]
		if err := a.do(ctx, a.at); err != nil {
			return fmt.Errorf("%s, %s: %w", a.at.Format(time.DateTime), a.what, err)
		}
		if err := jobs.Drain(ctx, s.app.workerPool, s.app.tenants.DoAsOf(a.at), s.tenant.ID.String()); err != nil {
			return fmt.Errorf("%s, after %s: %w", a.at.Format(time.DateTime), a.what, err)
		}
	}
	return nil
}

// as is the network's scope of somebody on a day.
func (s *stage) as(at time.Time, actor tenants.Actor) (tenants.Scope, error) {
	sc, err := s.app.tenants.Bind(s.tenant, tenants.SystemActor("demo")).AsOf(at)
	return sc.As(actor), err
}

// one is somebody of the team who has the role.
func (s *stage) one(role tenants.Role) tenants.Actor { return s.members[role][0] }

// loc is how somebody reads and types.
func (s *stage) loc(l i18n.Locale) *i18n.Localizer {
	return s.app.catalog.Localizer(l, i18n.Zone(s.tenant.Zone))
}

// register lets an organization be entered by its lead on that day.
func (s *stage) register(at time.Time, o *demo.Organization) {
	s.at(at, "register "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
		system, err := s.as(at, tenants.SystemActor("demo"))
		if err != nil {
			return err
		}
		lead := o.Lead()
		card, err := s.app.accounts.Ensure(ctx, system, lead.Name, lead.Email, s.hash, o.Locale)
		if err != nil {
			return err
		}
		actor := tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale}
		done, err := s.app.organizations.Register(ctx, system.As(actor), o.Profile, true)
		if err != nil {
			return err
		}
		id := done.Organization.ID
		actor.Grants = []tenants.Grant{{Role: tenants.RoleLead, Organization: id}}
		s.orgs[o] = &member{Organization: o, id: id, actor: actor}
		if o.Volunteers%3 > 0 {
			return nil
		}
		other := o.People[1]
		_, err = s.app.accounts.Ensure(ctx, system, other.Name, other.Email, s.hash, o.Locale, tenants.Grant{Role: tenants.RoleParticipant, Organization: id})
		return err
	})
}
