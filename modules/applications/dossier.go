package applications

import (
	"context"
	"fmt"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Dossier is an application as it was handed in, to be read.
type Dossier struct {
	Overview
	Seated     []Part // the parts that were handed in
	Submission Submission
	Definition *forms.Definition
	Filled     map[ids.Sheet]forms.Filled // by the sheets of the parts and the joint sheet
	Documents  map[ids.Document]forms.Document
	Look       forms.Look
	Own        bool           // read by its own people
	MayCheck   bool           // read by somebody who checks its eligibility …
	Findings   []Finding      // … who sees what the answers say about the call's rules …
	History    []Moment       // … who sees what became of it
	Later      []LaterAnswers // what was answered once it was accepted, as far as the reader may read it
	Erased     []Erasure      // what is gone because its time was over
	Veiled     bool           // the reader is not to know who applies: there are no organizations in it
}

// Dossier shows what was handed in to its own people, to officers and the chair without a conflict of interest, and to
// its reviewers. Answers about health, access and diet are shown to its own people and to those who check it, and those that are for
// some roles only to these. Who reads an application of an anonymous call only as its reviewer does not learn whose it is. Fault:
// NotFound, also before it was handed in, and to others than its own people while it is a draft again.
func (s *Service) Dossier(ctx context.Context, sc tenants.Scope, id ids.Application) (Dossier, error) {
	return s.dossier(ctx, sc, id, false)
}

// DossierForReview is Dossier as it lies beside a review: in an anonymous call nobody learns there whose it is, whatever else they
// may read elsewhere. Fault: NotFound.
func (s *Service) DossierForReview(ctx context.Context, sc tenants.Scope, id ids.Application) (Dossier, error) {
	return s.dossier(ctx, sc, id, true)
}

func (s *Service) dossier(ctx context.Context, sc tenants.Scope, id ids.Application, reviewing bool) (Dossier, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return Dossier{}, err
	}
	a, submission, err := handed(ctx, sc, id)
	if err != nil {
		return Dossier{}, err
	}
	on, err := s.standing(ctx, sc, &a)
	if err != nil {
		return Dossier{}, err
	}
	if err := s.policies.May(sc, policies.ApplicationRead, on); err != nil {
		return Dossier{}, err
	}
	all, err := s.overviews(ctx, sc, []Application{a})
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{Overview: all[0], Submission: submission, Own: len(mineOf(sc, &a)) > 0, Filled: map[ids.Sheet]forms.Filled{}}
	if submission.ID.IsZero() || a.State == Draft && !d.Own {
		return d, fault.NotFound()
	}
	for _, p := range a.Parts {
		if _, there := d.Submission.Copies[p.Sheet]; there {
			d.Seated = append(d.Seated, p)
		}
	}
	if d.MayCheck = s.policies.May(sc, policies.ApplicationCheck, on) == nil; d.MayCheck {
		if d.History, err = s.chronicle(ctx, sc, id); err != nil {
			return d, err
		}
	}
	d.Look = lookOf(sc, d.Own, d.MayCheck)
	d.Veiled = s.blind(sc, &d.Call, on) || reviewing && d.Call.Anonymous
	if d.Later, err = s.laterSent(ctx, sc, &a, on); err != nil {
		return d, err
	}
	if d.Erased, err = erased(ctx, sc.Read(), &a); err != nil {
		return d, err
	}
	if err := s.fill(ctx, sc, &d, s.policies.May(sc, policies.DocumentRead, on) == nil); err != nil || !d.MayCheck {
		return d, err
	}
	d.Findings, err = s.findings(ctx, sc.Read(), d.Call, d.Definition, d.Seated, d.Joint, d.Filled)
	return d, err
}

// fill reads the submitted answers and, for those who may read them, the names of their documents.
func (s *Service) fill(ctx context.Context, sc tenants.Scope, d *Dossier, readable bool) error {
	version, err := s.forms.Version(ctx, sc, d.HandedVersion())
	if err != nil {
		return err
	}
	d.Definition = version.Definition
	if d.Veiled {
		d.Definition, d.Look.Blind, d.Organizations, d.Later = d.Call.veiled(version.Definition), true, nil, nil
	}
	var copies []ids.Sheet
	for _, copied := range d.Submission.Copies {
		copies = append(copies, copied)
	}
	answers, filled := forms.Asking(copies)
	if err := sc.Ask(ctx, answers); err != nil {
		return fmt.Errorf("applications: read dossier: %w", err)
	}
	var documents []ids.Document
	for sheet, copied := range d.Submission.Copies {
		d.Filled[sheet] = filled[copied]
		documents = append(documents, documentsIn(d.Definition, filled[copied].Answers)...)
	}
	for _, l := range d.Later {
		documents = append(documents, documentsIn(l.Whole, l.Answers())...)
	}
	switch {
	case d.State == Draft: // again: what was given since belongs to each organization alone
		d.Documents, err = s.Documents.Documents(ctx, sc, documents)
	case readable:
		d.Documents, err = s.Documents.Given(ctx, sc, d.sheets(), documents)
	}
	if err != nil {
		return err
	}
	d.Look.Document = func(id ids.Document) string {
		if d.Veiled {
			return "" // a file is often called after who made it
		}
		return d.Documents[id].Name
	}
	return nil
}

// blind reports whether the actor reads an application only because it is theirs to review, in a call whose reviewers do not learn
// who applies.
func (s *Service) blind(sc tenants.Scope, c *Call, on policies.On) bool {
	on.Assigned = false
	return c.Anonymous && s.policies.May(sc, policies.ApplicationRead, on) != nil
}

// lookOf is what the actor may see of answers that they may read: all of their own application; else what is delicate where
// they check it, and what is for some roles only where they hold one of these.
func lookOf(sc tenants.Scope, own, check bool) forms.Look {
	return forms.Look{Own: own, As: forms.ReadersOf(sc.Actor()), Special: check, Financial: check}
}
