package applications

import (
	"context"

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
	Own        bool     // read by its own people
	MayCheck   bool     // read by somebody who checks its eligibility …
	History    []Moment // … who sees what became of it
}

// Dossier shows what was handed in to its own people, to officers and the chair without a conflict of interest, and to
// its reviewers. Answers about health, access and diet are shown to its own people and to those who check it. Fault:
// NotFound, also before it was handed in, and to others than its own people while it is a draft again.
func (s *Service) Dossier(ctx context.Context, sc tenants.Scope, id ids.Application) (Dossier, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return Dossier{}, err
	}
	a, err := Find(ctx, sc.Read(), id)
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
	d := Dossier{Overview: all[0], Own: len(mineOf(sc, &a)) > 0, Filled: map[ids.Sheet]forms.Filled{}}
	var found bool
	if d.Submission, found, err = lastSubmission(ctx, sc.Read(), id); err != nil {
		return d, err
	}
	if !found || a.State == Draft && !d.Own {
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
	d.Look = forms.Look{Special: d.Own || d.MayCheck, Financial: d.Own || d.MayCheck}
	return d, s.fill(ctx, sc, &d)
}

// fill reads the submitted answers and the names of their documents.
func (s *Service) fill(ctx context.Context, sc tenants.Scope, d *Dossier) error {
	version, err := s.forms.Version(ctx, sc, d.FormVersion)
	if err != nil {
		return err
	}
	d.Definition = version.Definition
	var copies []ids.Sheet
	for _, copied := range d.Submission.Copies {
		copies = append(copies, copied)
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), copies...)
	if err != nil {
		return err
	}
	var documents []ids.Document
	for sheet, copied := range d.Submission.Copies {
		d.Filled[sheet] = filled[copied]
		documents = append(documents, documentsIn(d.Definition, filled[copied].Answers)...)
	}
	if d.Documents, err = s.Documents.Documents(ctx, sc, documents); err != nil {
		return err
	}
	d.Look.Document = func(id ids.Document) string { return d.Documents[id].Name }
	return nil
}
