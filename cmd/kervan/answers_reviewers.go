package main

import (
	"context"

	"kervan/modules/accounts"
	"kervan/modules/ids"
	"kervan/modules/programs"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// recruiting lets the pool of reviewers ask the other modules about calls, people and their logins.
type recruiting struct{ jury }

func recruitingCall(c programs.Call) reviewers.Call {
	return reviewers.Call{ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, Reviews: c.Review.Reviews, Anonymous: c.Review.Anonymous}
}

// Call satisfies reviewers.Calls.
func (recruiting) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (reviewers.Call, error) {
	c, err := programs.Judging(ctx, sc, id)
	return recruitingCall(c), err
}

// Within satisfies reviewers.Calls.
func (recruiting) Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (reviewers.Call, error) {
	c, err := programs.JudgingWithin(ctx, tx, id)
	return recruitingCall(c), err
}

// Published satisfies reviewers.Calls.
func (recruiting) Published(ctx context.Context, sc tenants.Scope) ([]reviewers.Call, error) {
	all, err := programs.All(ctx, sc.Read(), false)
	calls := make([]reviewers.Call, len(all))
	for i, c := range all {
		calls[i] = recruitingCall(c)
	}
	return calls, err
}

// Identify satisfies reviewers.Newcomers.
func (r recruiting) Identify(ctx context.Context, sc tenants.Scope, email string) (reviewers.Login, error) {
	login, err := r.accounts.Identify(ctx, sc, email)
	return reviewers.Login{ID: login.ID, Email: login.Email, Known: login.Known}, err
}

// Join satisfies reviewers.Newcomers.
func (r recruiting) Join(ctx context.Context, tx *tenants.Tx, login reviewers.Login, as reviewers.Joining) (reviewers.Joined, error) {
	person, cookie, err := r.accounts.Join(ctx, tx, accounts.Login(login), accounts.Joining{
		Name: as.Name, Locale: as.Locale, Grant: tenants.Grant{Role: tenants.RoleReviewer}, By: as.By, Agent: as.Agent,
	})
	return reviewers.Joined{Person: person, Session: cookie.Token, Expires: cookie.Expires}, err
}
