package sitetest

import (
	"context"
	"sync"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/site"
	"kervan/tenants"
)

// Everyone stands in for the module that knows sessions: the cookie of a session is the actor itself, as SignedIn gives it.
type Everyone struct{}

var everyone sync.Map // token → tenants.Actor

// Actor finds whom SignedIn has signed in.
func (Everyone) Actor(_ context.Context, _ tenants.Scope, token string) (tenants.Actor, bool, error) {
	known, ok := everyone.Load(token)
	if !ok {
		return tenants.Actor{}, false, nil
	}
	actor, ok := known.(func() (tenants.Actor, error))
	if !ok {
		return tenants.Actor{}, false, nil
	}
	a, err := actor()
	return a, err == nil, err
}

// Subscriber finds whom SignedIn has signed in: the secret of a calendar is the session, too.
func (e Everyone) Subscriber(ctx context.Context, sc tenants.Scope, secret, _ string) (tenants.Actor, bool, error) {
	return e.Actor(ctx, sc, secret)
}

// Prefer keeps nothing.
func (Everyone) Prefer(context.Context, tenants.Scope, i18n.Locale) error { return nil }

// Bearer finds nobody: tokens belong to the real accounts.
func (Everyone) Bearer(context.Context, tenants.Scope, string, string) (tenants.Actor, bool, error) {
	return tenants.Actor{}, false, nil
}

// SignedIn opens a browser in which the actor has signed in, for a site whose sessions are Everyone. The actor's roles are
// read from the memberships on each request, as in the real house.
func (h *House) SignedIn(t testing.TB, actor tenants.Actor) *Browser {
	t.Helper()
	b := h.Browser(t, h.Tenant)
	token := ids.New[ids.Session]().String()
	system := h.System()
	everyone.Store(token, func() (tenants.Actor, error) {
		a := actor
		var held []tenants.Membership
		if err := system.Read().NewSelect().Model(&held).Where("person_id = ?", actor.Person).Scan(context.Background()); err != nil {
			return a, err
		}
		a.Grants = nil
		for _, m := range held {
			a.Grants = append(a.Grants, tenants.Grant{Role: m.Role, Organization: m.Organization})
		}
		return a, nil
	})
	b.SetCookie(site.SessionCookie, token)
	return b
}

// Member is the scope's actor with the role of a lead of the organization.
func (h *House) Member(t testing.TB, sc tenants.Scope, organization ids.Organization) tenants.Actor {
	t.Helper()
	a := sc.Actor()
	a.Grants = append(a.Grants, tenants.Grant{Role: tenants.RoleLead, Organization: organization})
	return a
}
