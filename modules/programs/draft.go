package programs

import (
	"context"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Definition is what the call's form asks, later questions too; of a call that is not yet published, what it will ask.
func (s *Service) Definition(ctx context.Context, sc tenants.Scope, c Call) (*forms.Definition, error) {
	if c.State == Draft {
		d, err := s.forms.Draft(ctx, sc.Read(), c.Form)
		return d.Definition, err
	}
	v, err := s.forms.Version(ctx, sc, c.FormVersion)
	return v.Whole, err
}

// problems counts what keeps the forms of calls in preparation from being published.
func (s *Service) problems(ctx context.Context, sc tenants.Scope, calls ...Call) (map[ids.Form]int, error) {
	var drafted []ids.Form
	for i := range calls {
		if calls[i].State == Draft {
			drafted = append(drafted, calls[i].Form)
		}
	}
	return s.forms.DraftProblems(ctx, sc.Read(), drafted...)
}

// redraft changes what a call in preparation will ask, in the call's languages.
func (s *Service) redraft(ctx context.Context, tx *tenants.Tx, c *Call, edit func(d *forms.Definition)) error {
	draft, err := s.forms.Draft(ctx, tx, c.Form)
	if err != nil {
		return err
	}
	d := *draft.Definition
	edit(&d)
	d.Locales = slices.Clone(c.Locales)
	_, err = s.forms.SaveDraft(ctx, tx, c.Form, draft.Version, d, tx.Scope().Actor().Person)
	return err
}

// speaking is a form in the call's languages, as far as it has all its texts in them.
func speaking(d forms.Definition, locales []i18n.Locale) forms.Definition {
	same := d
	same.Locales = slices.Clone(locales)
	if len(forms.Check(same)) > 0 {
		return d
	}
	return same
}

// askFor makes a form ask for the documents that are wanted, and for no others of the list: a question that is not wanted
// is taken out, one that is missing is taken from the model.
func askFor(d *forms.Definition, model forms.Definition, documents []Asked) {
	for _, a := range documents {
		question, _, _ := d.Question(a.Question)
		there := question != nil
		switch {
		case there && !a.Wanted:
			for i := range d.Sections {
				d.Sections[i].Questions = slices.DeleteFunc(d.Sections[i].Questions, func(q forms.Question) bool { return q.Key == a.Question })
			}
		case !there && a.Wanted:
			putBack(d, model, a.Question)
		}
	}
}

// putBack puts a question of the model where it stands there: after the nearest of the questions before it that the form
// still has, else at the section's beginning; if the section is gone, at the end of the last section of its scope.
func putBack(d *forms.Definition, model forms.Definition, key string) {
	q, from, ok := model.Question(key)
	if !ok {
		return
	}
	into, ok := d.Section(from.Key)
	if !ok || into.Scope != from.Scope {
		scoped := d.Scoped(from.Scope)
		if len(scoped) == 0 {
			return
		}
		into = scoped[len(scoped)-1]
		into.Questions = append(into.Questions, *q)
		return
	}
	at := 0
	for _, before := range from.Questions {
		if before.Key == key {
			break
		}
		if i := slices.IndexFunc(into.Questions, func(one forms.Question) bool { return one.Key == before.Key }); i >= 0 {
			at = i + 1
		}
	}
	into.Questions = slices.Insert(into.Questions, at, *q)
}
