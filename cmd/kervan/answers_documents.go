package main

import (
	"context"
	"io"
	"slices"

	"github.com/uptrace/bun"

	"kervan/modules/applications"
	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/selection"
	"kervan/tenants"
)

// sheets lets documents ask applications who may write and read what.
type sheets struct{ applications *applications.Service }

// Fillable satisfies documents.Sheets.
func (s sheets) Fillable(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string) (documents.Filling, error) {
	f, err := s.applications.Fillable(ctx, tx, sheet, question)
	return documents.Filling(f), err
}

// Change satisfies documents.Sheets.
func (s sheets) Change(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string) (documents.Filling, error) {
	f, err := s.applications.Change(ctx, tx, sheet, question)
	return documents.Filling(f), err
}

// Readers satisfies documents.Sheets.
func (s sheets) Readers(ctx context.Context, sc tenants.Scope, wanted []ids.Sheet) (map[ids.Sheet]documents.Reading, error) {
	all, err := s.applications.Readers(ctx, sc, wanted)
	readings := make(map[ids.Sheet]documents.Reading, len(all))
	for sheet, r := range all {
		readings[sheet] = documents.Reading(r)
	}
	return readings, err
}

// Of satisfies documents.Sheets.
func (sheets) Of(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet) (ids.Application, bool, error) {
	return applications.Owner(ctx, tx, sheet)
}

// attached lets applications ask documents about what was given. The two need each other, so its documents come later.
type attached struct{ documents *documents.Service }

// Documents satisfies applications.Documents.
func (p *attached) Documents(ctx context.Context, sc tenants.Scope, wanted []ids.Document) (map[ids.Document]forms.Document, error) {
	all, err := p.documents.Documents(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	shown := make(map[ids.Document]forms.Document, len(all))
	for id, d := range all {
		shown[id] = d.Shown()
	}
	return shown, nil
}

// Given satisfies applications.Documents.
func (*attached) Given(ctx context.Context, sc tenants.Scope, in []ids.Sheet, wanted []ids.Document) (map[ids.Document]forms.Document, error) {
	shown := make(map[ids.Document]forms.Document, len(wanted))
	if len(wanted) == 0 {
		return shown, nil
	}
	err := sc.Ask(ctx, documents.Asking(wanted, func(d documents.Document) {
		if slices.Contains(in, d.Sheet) {
			shown[d.ID] = d.Shown()
		}
	}))
	return shown, err
}

// Facts satisfies applications.Facts.
func (*attached) Facts(ctx context.Context, sc tenants.Scope, wanted []ids.Document, veiled bool) (map[ids.Document]applications.DocumentFacts, error) {
	facts := make(map[ids.Document]applications.DocumentFacts, len(wanted))
	err := sc.Ask(ctx, documents.Asking(wanted, func(d documents.Document) {
		if veiled {
			d.Name = d.Neutral()
		}
		facts[d.ID] = applications.DocumentFacts{
			ID: d.ID, Name: d.Name, MediaType: d.Kind.MediaType(), Size: d.Size, SHA256: d.SHA256, Standing: d.Standing(), Href: d.Shown().Href,
		}
	}))
	return facts, err
}

// Fit satisfies applications.Documents.
func (*attached) Fit(ctx context.Context, db bun.IDB, given map[ids.Sheet][]ids.Document) (map[ids.Document]bool, error) {
	return documents.Fit(ctx, db, given)
}

// blanks lets programs keep the files that forms offer to be filled in.
type blanks struct{ documents *documents.Service }

// Bring satisfies programs.Templates.
func (b blanks) Bring(ctx context.Context, sc tenants.Scope, name string, size int64, content io.Reader) (forms.Template, error) {
	t, err := b.documents.BringTemplate(ctx, sc, name, size, content)
	return forms.Template{ID: t.ID, Name: t.Name, Size: t.Size}, err
}

// terms lets documents ask selection who may give and read what is due for a condition of a place.
type terms struct{ selection *selection.Service }

// Takes satisfies documents.Terms.
func (t terms) Takes(ctx context.Context, tx *tenants.Tx, condition ids.Condition) (documents.Taking, error) {
	taking, err := t.selection.Takes(ctx, tx.Scope(), tx, condition)
	return documents.Taking(taking), err
}

// Shown satisfies documents.Terms.
func (t terms) Shown(ctx context.Context, sc tenants.Scope, came map[ids.Document]ids.Condition) (map[ids.Document]bool, error) {
	return t.selection.Shown(ctx, sc, came)
}

// Handed satisfies documents.Terms.
func (terms) Handed(ctx context.Context, db bun.IDB, wanted []ids.Document) (map[ids.Document]bool, error) {
	return selection.HandedIn(ctx, db, wanted)
}

// conditional lets selection keep what is given for conditions. The two need each other, so its documents come later.
type conditional struct{ documents *documents.Service }

func paper(d *documents.Document) selection.Paper {
	shown := d.Shown()
	p := selection.Paper{ID: d.ID, Name: shown.Name, Size: d.Size, State: shown.State, Tone: shown.Tone, Href: shown.Href}
	if d.State == documents.Refused {
		p.Refused = d.Why()
	}
	return p
}

// Bring satisfies selection.Papers.
func (c *conditional) Bring(ctx context.Context, sc tenants.Scope, condition ids.Condition, name string, size int64, content io.Reader) (selection.Paper, error) {
	d, err := c.documents.ReceiveFor(ctx, sc, condition, forms.Asked{Name: name, Size: size}, content)
	if err != nil {
		return selection.Paper{}, err
	}
	return paper(&d), nil
}

// Papers satisfies selection.Papers.
func (c *conditional) Papers(ctx context.Context, sc tenants.Scope, wanted []ids.Document) (map[ids.Document]selection.Paper, error) {
	all, err := c.documents.Documents(ctx, sc, wanted)
	shown := make(map[ids.Document]selection.Paper, len(all))
	for id, d := range all {
		shown[id] = paper(&d)
	}
	return shown, err
}

// Arrived satisfies selection.Papers.
func (*conditional) Arrived(ctx context.Context, tx *tenants.Tx, condition ids.Condition, document ids.Document) (bool, error) {
	return documents.Arrived(ctx, tx, condition, document)
}
