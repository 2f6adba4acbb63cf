package main

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/applications"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/papers"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/tenants"
)

// press lets applications issue papers that lead to the network's site.
type press struct {
	origin func(tenants.Tenant) string
}

// Issue satisfies applications.Press.
func (p press) Issue(ctx context.Context, sc tenants.Scope, i applications.Issued, draw func(pdf.Mark) ([]byte, error)) ([]byte, error) {
	d := papers.Draft{Kind: papers.Kind(i.Kind), Application: i.Application, About: i.About, Locale: i.Locale}
	return papers.Issue(ctx, sc, p.origin(sc.Tenant()), d, draw)
}

// record lets selection issue minutes that lead to the network's site.
type record struct {
	origin func(tenants.Tenant) string
}

// Issue satisfies selection.Press.
func (p record) Issue(ctx context.Context, sc tenants.Scope, call ids.Call, about time.Time, locale i18n.Locale, draw func(pdf.Mark) ([]byte, error)) ([]byte, error) {
	return papers.Issue(ctx, sc, p.origin(sc.Tenant()), papers.Draft{Kind: papers.Minutes, Call: call, About: about, Locale: locale}, draw)
}

// issued lets papers ask how the applications stand that they are about.
type issued struct{}

// over are the states of an application whose place was not taken.
var over = []applications.State{applications.Declined, applications.Lapsed}

// Subject satisfies papers.Subjects.
func (issued) Subject(ctx context.Context, sc tenants.Scope, id ids.Application) (papers.Subject, error) {
	a, err := applications.Brief(ctx, sc.Read(), id)
	if err != nil {
		return papers.Subject{}, err
	}
	calls, err := programs.Briefly(ctx, sc.Read(), a.Call)
	if err == nil && len(calls) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return papers.Subject{}, err
	}
	ended, err := partnerships.Ended(ctx, sc.Read(), id)
	if err != nil {
		return papers.Subject{}, err
	}
	written, err := correspondence.Letters(ctx, sc.Read(), "application", id.String(), letters...)
	if err != nil {
		return papers.Subject{}, err
	}
	s := papers.Subject{
		Number: a.Number, Call: calls[0].Title, Locales: calls[0].Locales, Zone: calls[0].Zone, HandedIn: a.SubmittedAt,
		Back: a.State == applications.Draft || a.State == applications.Withdrawn, Over: ended || slices.Contains(over, a.State),
	}
	s.Written = lastWritten(written)
	return s, nil
}

// SubjectOfCall satisfies papers.Subjects.
func (issued) SubjectOfCall(ctx context.Context, sc tenants.Scope, id ids.Call) (papers.Subject, error) {
	calls, err := programs.Briefly(ctx, sc.Read(), id)
	if err == nil && len(calls) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return papers.Subject{}, err
	}
	return papers.Subject{Call: calls[0].Title, Locales: calls[0].Locales, Zone: calls[0].Zone}, nil
}

// Over satisfies applications.Partnerships.
func (surroundings) Over(ctx context.Context, db bun.IDB, all ...ids.Application) (map[ids.Application]bool, error) {
	return partnerships.Over(ctx, db, all...)
}

// Ends satisfies applications.Partnerships.
func (surroundings) Ends(ctx context.Context, db bun.IDB, all ...ids.Application) (map[ids.Application]time.Time, error) {
	return partnerships.Ends(ctx, db, all...)
}

// lastWritten is when the last letter began to leave: each lead gets the same one, and not all at one instant.
func lastWritten(oldestFirst []correspondence.Letter) time.Time {
	var at time.Time
	for i := len(oldestFirst) - 1; i >= 0 && oldestFirst[i].Kind == oldestFirst[len(oldestFirst)-1].Kind; i-- {
		at = oldestFirst[i].At
	}
	return at
}
