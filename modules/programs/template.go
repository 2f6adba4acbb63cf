package programs

import (
	"context"
	"io"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Templates keeps the files that forms offer to be filled in. The documents module satisfies it.
type Templates interface {
	// Bring checks a file and keeps it. Faults: Invalid at "file", Conflict when there is no room, Unavailable.
	Bring(ctx context.Context, sc tenants.Scope, name string, size int64, content io.Reader) (forms.Template, error)
}

// Brought is a file that somebody brings: its name, its size in bytes, and what it holds.
type Brought struct {
	Name    string
	Size    int64
	Content io.Reader
}

// Offer lets a question of a call's form offer a file to be filled in, to those who read a language, in the place of the one
// before. It is part of the draft. Coordinators and officers may, until the call is closed. Faults: Invalid at "for" and at
// "file" (kind, size, what the check finds), Conflict when the call is closed or there is no room, NotFound, Unavailable.
func (s *Service) Offer(ctx context.Context, sc tenants.Scope, id ids.Call, question string, l i18n.Locale, f Brought) error {
	d, err := s.Design(ctx, sc, id)
	if err != nil {
		return err
	}
	if !d.Open() {
		return fault.Conflict("programs.form_closed")
	}
	if err := builder.Offer(d.Draft.Definition, question, l, &forms.Template{}); err != nil {
		return err
	}
	t, err := s.Templates.Bring(ctx, sc, f.Name, f.Size, f.Content)
	if err != nil {
		return err
	}
	return s.Redesign(ctx, sc, id, false, func(d *forms.Definition) error { return builder.Offer(d, question, l, &t) })
}

// Offered holds the actor to the templates of forms that they may read: those of published calls, and for the team those of
// drafts. Who is signed in may also have those of earlier versions, to which what was handed in belongs; those of questions that
// only accepted applicants are asked, they may. Anybody may ask. Fault: NotFound.
func (s *Service) Offered(ctx context.Context, sc tenants.Scope, id ids.Template) error {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return err
	}
	if s.policies.May(sc, policies.CallRead, policies.On{}) == nil {
		return nil
	}
	asked, err := publishedForms(ctx, sc.Read())
	if err != nil {
		return err
	}
	for _, c := range asked {
		v, err := s.forms.Version(ctx, sc, c.FormVersion)
		if err != nil {
			return err
		}
		if v.Whole.Offers(id) {
			return nil
		}
	}
	if !sc.Actor().Signed() {
		return fault.NotFound()
	}
	offering, err := s.forms.Offering(ctx, sc.Read(), id)
	if err != nil {
		return err
	}
	for _, c := range asked {
		all, offers := offering[c.Form]
		if offers && !all {
			if all, err = s.applications.Accepted(ctx, sc, c.ID); err != nil {
				return err
			}
		}
		if all {
			return nil
		}
	}
	return fault.NotFound()
}

// offers reports whether the piece is a question for which the call offers a file.
func (l *Lineage) offers(piece string) bool { return slices.Contains(l.offering, piece) }

// offering are the pieces of a form that offer a file.
func offering(d *forms.Definition) []string {
	var all []string
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; len(q.Template) > 0 {
				all = append(all, "form/"+d.Sections[i].Key+"/"+q.Key)
			}
		}
	}
	return all
}
