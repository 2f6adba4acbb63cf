package rehearsal

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Call is what this module must know of the call that is tried.
type Call struct {
	ID          ids.Call
	Title       i18n.Text
	Locales     []i18n.Locale
	Draft       bool
	Problems    int // of its form
	Composition blueprints.Composition
	Definition  *forms.Definition
}

// Calls tells of calls and copies them. The programs module satisfies it.
type Calls interface {
	// Call is a call with what it will ask. Fault: NotFound.
	Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error)
	// Copy publishes the call, as it is now, in the room, open between two instants.
	Copy(ctx context.Context, from, room tenants.Scope, id ids.Call, opens, closes time.Time) (ids.Call, error)
	// PermitLate lets an organization hand in after the deadline.
	PermitLate(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, until time.Time) error
}

// People makes invented people and lets the team be them. The accounts module satisfies it.
type People interface {
	// Enlist makes somebody with the roles; the scope is the system's.
	Enlist(ctx context.Context, room tenants.Scope, p Person) (tenants.Actor, error)
	// Admit makes a link by which one enters the room as whoever has the address, once and within a minute.
	Admit(ctx context.Context, room tenants.Scope, address string) (path string, err error)
}

// Applicants do what applicants do, each as the actor of the scope. The organizations, applications and documents modules
// satisfy it.
type Applicants interface {
	Register(ctx context.Context, sc tenants.Scope, o Organization) (ids.Organization, error)
	Begin(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, seat string) (ids.Application, error)
	Invite(ctx context.Context, sc tenants.Scope, application ids.Application, seat string, organization ids.Organization, l i18n.Locale) error
	Join(ctx context.Context, sc tenants.Scope, application ids.Application, organization ids.Organization) error
	// Sheets are those of the joint part and of each organization's own.
	Sheets(ctx context.Context, sc tenants.Scope, application ids.Application) (joint ids.Sheet, parts map[ids.Organization]ids.Sheet, err error)
	// Known is what a sheet says already.
	Known(ctx context.Context, sc tenants.Scope, sheet ids.Sheet) (forms.Answers, error)
	// Write keeps answers of a sheet.
	Write(ctx context.Context, sc tenants.Scope, d *forms.Definition, sheet ids.Sheet, answers forms.Answers) error
	// Attach hands in a document as the answer to a question.
	Attach(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, ref, name string, pdf []byte) error
	Confirm(ctx context.Context, sc tenants.Scope, application ids.Application) error
	// Submit hands in; false where something is missing still.
	Submit(ctx context.Context, sc tenants.Scope, application ids.Application) (bool, error)
}

// Store removes what a room keeps outside its schema: the content of its documents and the jobs that wait for it.
type Store interface {
	Erase(ctx context.Context, room tenants.Tenant) error
}

// Stage is everything around that a rehearsal is played on.
type Stage struct {
	Calls      Calls
	People     People
	Applicants Applicants
	Store      Store
	// Day is the room's scope of somebody on another day.
	Day func(room tenants.Tenant, actor tenants.Actor, at time.Time) (tenants.Scope, error)
	// Hosts are those under which a tenant of the slug is served.
	Hosts func(slug string) []string
	// Origin is the address of a tenant's site.
	Origin func(t tenants.Tenant) string
}
