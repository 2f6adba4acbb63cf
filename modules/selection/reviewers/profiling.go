package reviewers

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Known is somebody who can review, with what is known of them.
type Known struct {
	Person
	Profile
	Work

	Chair bool
}

// KnownReviewers lists those who can be assigned, by name, with their profiles and their work so far. Coordinators and
// officers may; reviews of applications in which they have a conflict of interest are counted nowhere.
func (s *Service) KnownReviewers(ctx context.Context, sc tenants.Scope) ([]Known, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return nil, err
	}
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer, tenants.RoleChair)
	if err != nil {
		return nil, err
	}
	who, err := s.byName(ctx, sc, held)
	if err != nil {
		return nil, err
	}
	profiles, err := AllProfiles(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	done, err := s.Selection.Work(ctx, sc)
	if err != nil {
		return nil, err
	}
	all := make([]Known, len(who))
	for i, r := range who {
		all[i] = Known{Person: r.Person, Profile: profiles[r.ID], Work: done[r.ID], Chair: r.Chair}
		all[i].Profile.Person = r.ID
	}
	return all, nil
}

// listed is somebody who can review.
type listed struct {
	Person

	ID    ids.Person
	Chair bool
}

// byName are those who hold roles, each once, by name.
func (s *Service) byName(ctx context.Context, sc tenants.Scope, held []tenants.Membership) ([]listed, error) {
	var all []listed
	var persons []ids.Person
	for _, m := range held {
		i := slices.Index(persons, m.Person)
		if i < 0 {
			i = len(all)
			all, persons = append(all, listed{ID: m.Person}), append(persons, m.Person)
		}
		all[i].Chair = all[i].Chair || m.Role == tenants.RoleChair
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for i := range all {
		all[i].Person = known[all[i].ID]
	}
	i18n.Sort(sc.Actor().Locale, all, func(l listed) string { return l.Name })
	return all, err
}

// OwnProfile is what the actor has said of themselves as a reviewer. Reviewers and the chair may.
func (s *Service) OwnProfile(ctx context.Context, sc tenants.Scope) (Profile, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Profile{}, err
	}
	return findProfile(ctx, sc.Read(), sc.Actor().Person)
}

// SaveOwnProfile keeps what the actor says of themselves as a reviewer. Reviewers and the chair may. Faults: Invalid by
// field, Conflict when it was changed in the meantime.
func (s *Service) SaveOwnProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return err
	}
	p.Person = sc.Actor().Person
	return s.saveProfile(ctx, sc, p)
}

// ReviewerProfile is what is known of somebody who can be assigned. Coordinators and officers may. Fault: NotFound.
func (s *Service) ReviewerProfile(ctx context.Context, sc tenants.Scope, id ids.Person) (Person, Profile, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Person{}, Profile{}, err
	}
	if err := s.isReviewer(ctx, sc, id); err != nil {
		return Person{}, Profile{}, err
	}
	known, err := s.People.Persons(ctx, sc, []ids.Person{id})
	if err != nil {
		return Person{}, Profile{}, err
	}
	p, err := findProfile(ctx, sc.Read(), id)
	return known[id], p, err
}

// SaveReviewerProfile keeps what is known of somebody who can be assigned, but for whether they may be lent, which only they say.
// Coordinators and officers may. Faults: Invalid by
// field, Conflict when it was changed in the meantime, NotFound.
func (s *Service) SaveReviewerProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return err
	}
	if err := s.isReviewer(ctx, sc, p.Person); err != nil {
		return err
	}
	known, err := findProfile(ctx, sc.Read(), p.Person)
	if err != nil {
		return err
	}
	p.Lendable = known.Lendable
	return s.saveProfile(ctx, sc, p)
}

func (s *Service) isReviewer(ctx context.Context, sc tenants.Scope, id ids.Person) error {
	held, err := tenants.Holders(ctx, sc.Read(), tenants.RoleReviewer, tenants.RoleChair)
	if err == nil && !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == id }) {
		err = fault.NotFound()
	}
	return err
}

func (s *Service) saveProfile(ctx context.Context, sc tenants.Scope, p Profile) error {
	if bad := p.check(); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		kept, err := keepProfile(ctx, tx, &p)
		if err != nil {
			return err
		}
		if !kept {
			return fault.Conflict("selection.profile.changed")
		}
		tx.Audit(audit.Entry{Action: "reviewer.profile_changed", SubjectKind: "person", SubjectID: p.Person.String()})
		return nil
	})
}
