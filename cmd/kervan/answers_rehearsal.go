package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"kervan/modules/applications"
	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/modules/rehearsal"
	"kervan/tenants"
)

// troupe plays rehearsals through the use-cases of the other modules.
type troupe struct {
	app   *App
	queue *jobs.Queue
}

func (a *App) stage(queue *jobs.Queue) rehearsal.Stage {
	t := troupe{a, queue}
	return rehearsal.Stage{
		Calls: t, People: t, Applicants: t, Store: t, Hosts: a.config.hosts, Origin: a.config.origin,
		Day: func(room tenants.Tenant, actor tenants.Actor, at time.Time) (tenants.Scope, error) {
			sc, err := a.tenants.Bind(room, tenants.SystemActor("rehearsal")).AsOf(at)
			return sc.As(actor), err
		},
	}
}

// Call satisfies rehearsal.Calls.
func (t troupe) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (rehearsal.Call, error) {
	tried, err := t.app.programs.Tried(ctx, sc, id)
	c := tried.Call
	if err != nil {
		return rehearsal.Call{}, err
	}
	return rehearsal.Call{
		ID: id, Title: c.Title, Locales: c.Locales, Draft: c.State == programs.Draft, Problems: tried.Problems, Composition: c.Composition.Spread(), Definition: tried.Definition.Before(),
	}, nil
}

// Copy satisfies rehearsal.Calls.
func (t troupe) Copy(ctx context.Context, from, room tenants.Scope, id ids.Call, opens, closes time.Time) (ids.Call, error) {
	tried, err := t.app.programs.Tried(ctx, from, id)
	if err != nil {
		return ids.Call{}, err
	}
	if err := t.app.documents.CopyTemplates(ctx, from, room, tried.Definition.Templates()); err != nil {
		return ids.Call{}, err
	}
	return t.app.programs.Stage(ctx, room, tried, opens, closes)
}

// PermitLate satisfies rehearsal.Calls.
func (t troupe) PermitLate(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, until time.Time) error {
	return t.app.programs.PermitLate(ctx, sc, call, programs.Late{Organization: organization, Until: until, Reason: "Test"})
}

// Enlist satisfies rehearsal.People.
func (t troupe) Enlist(ctx context.Context, room tenants.Scope, p rehearsal.Person) (tenants.Actor, error) {
	grants := make([]tenants.Grant, len(p.Roles))
	for i, role := range p.Roles {
		grants[i] = tenants.Grant{Role: role}
	}
	card, err := t.app.accounts.Ensure(ctx, room, p.Name, p.Email, "", p.Locale, grants...)
	return tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale, Grants: grants}, err
}

// Admit satisfies rehearsal.People.
func (t troupe) Admit(ctx context.Context, room tenants.Scope, address string) (string, error) {
	return t.app.accounts.Admit(ctx, room, address)
}

// Register satisfies rehearsal.Applicants.
func (t troupe) Register(ctx context.Context, sc tenants.Scope, o rehearsal.Organization) (ids.Organization, error) {
	done, err := t.app.organizations.Register(ctx, sc, organizations.Organization{
		Name: o.Name, Form: organizations.Form(o.Kind), Country: geo.Country(o.Country), City: o.City, Founded: o.Founded,
		FiscalHost: fiscalHost(o), Fields: []string{"culture", "youth"}, Languages: []string{string(o.Locale)}, Staff: "1-5", Budget: "10k-50k",
	}, true)
	return done.Organization.ID, err
}

// fiscalHost is who takes an initiative's money, which others do themselves.
func fiscalHost(o rehearsal.Organization) string {
	if organizations.Form(o.Kind) == organizations.Initiative {
		return o.Name + " (host)"
	}
	return ""
}

// Begin satisfies rehearsal.Applicants.
func (t troupe) Begin(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, seat string) (ids.Application, error) {
	sc = sc.As(leading(sc.Actor(), organization))
	return t.app.applications.Begin(ctx, sc, call, organization, seat)
}

func leading(a tenants.Actor, organization ids.Organization) tenants.Actor {
	grant := tenants.Grant{Role: tenants.RoleLead, Organization: organization}
	if !slices.Contains(a.Grants, grant) {
		a.Grants = append(slices.Clone(a.Grants), grant)
	}
	return a
}

// Invite satisfies rehearsal.Applicants.
func (t troupe) Invite(ctx context.Context, sc tenants.Scope, application ids.Application, seat string, organization ids.Organization, l i18n.Locale) error {
	return t.app.applications.Invite(ctx, sc, applications.Invitation{Application: application, Seat: seat, Organization: organization}, l)
}

// Join satisfies rehearsal.Applicants.
func (t troupe) Join(ctx context.Context, sc tenants.Scope, application ids.Application, organization ids.Organization) error {
	open, err := t.app.applications.Invitations(ctx, sc)
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.Application == application {
			_, err := t.app.applications.Join(ctx, sc, one.ID, organization)
			return err
		}
	}
	return fault.NotFound()
}

// Sheets satisfies rehearsal.Applicants.
func (t troupe) Sheets(ctx context.Context, sc tenants.Scope, application ids.Application) (ids.Sheet, map[ids.Organization]ids.Sheet, error) {
	a, err := applications.Find(ctx, sc.Read(), application)
	parts := map[ids.Organization]ids.Sheet{}
	for _, p := range a.Parts {
		if !p.Organization.IsZero() {
			parts[p.Organization] = p.Sheet
		}
	}
	return a.Joint, parts, err
}

// Known satisfies rehearsal.Applicants.
func (t troupe) Known(ctx context.Context, sc tenants.Scope, sheet ids.Sheet) (forms.Answers, error) {
	filled, err := t.app.forms.Filled(ctx, sc.Read(), sheet)
	return filled[sheet].Answers, err
}

// Write satisfies rehearsal.Applicants. It keeps a whole sheet at once: what a page keeps question by question.
func (t troupe) Write(ctx context.Context, sc tenants.Scope, d *forms.Definition, sheet ids.Sheet, answers forms.Answers) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		filled, err := t.app.forms.Filled(ctx, tx, sheet)
		if err != nil {
			return err
		}
		for ref, raw := range answers {
			e := forms.Edit{Sheet: sheet, Ref: ref, Value: raw, Base: filled[sheet].Versions[ref], By: sc.Actor().Person}
			if q, _, ok := d.Question(ref); ok {
				if !q.Type.Typed() { // worked out from the others as they are kept
					continue
				}
				e.Type = q.Type
			}
			if bytes.Equal(filled[sheet].Answers[ref], raw) {
				continue
			}
			if _, err := t.app.forms.Save(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Attach satisfies rehearsal.Applicants.
func (t troupe) Attach(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, ref, name string, pdf []byte) error {
	d, err := t.app.documents.Receive(ctx, sc, sheet, forms.Asked{Question: ref, Name: name, Size: int64(len(pdf)), Type: "application/pdf"}, bytes.NewReader(pdf))
	if err == nil && d.State != documents.Clean {
		err = fmt.Errorf("document is %s: %s", d.State, d.Reason)
	}
	return err
}

// Confirm satisfies rehearsal.Applicants.
func (t troupe) Confirm(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	return t.app.applications.Confirm(ctx, sc, application, "", time.Time{})
}

// Submit satisfies rehearsal.Applicants.
func (t troupe) Submit(ctx context.Context, sc tenants.Scope, application ids.Application) (bool, error) {
	_, err := t.app.applications.Submit(ctx, sc, application)
	if fault.Is(err, fault.KindConflict) {
		return false, nil
	}
	return err == nil, err
}

// Erase satisfies rehearsal.Store.
func (t troupe) Erase(ctx context.Context, room tenants.Tenant) error {
	if err := t.app.documents.EraseAll(ctx, room); err != nil {
		return err
	}
	return t.queue.Forget(ctx, room.ID.String())
}
