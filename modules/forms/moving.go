package forms

import (
	"context"
	"reflect"
	"slices"

	"kervan/modules/ids"
	"kervan/tenants"
)

// untold are the fields of a question that its applicants need not be told of when they change: how an answer is treated by
// others, and help that the form gives anyway.
var untold = []string{"class", "example", "why"}

// News are the changes from one version to a newer one that concern whoever fills it: sections and questions that are new,
// and questions that ask or want something else. What is gone asks for nothing any more.
func News(before, after Definition) []Change {
	return slices.DeleteFunc(Diff(before, after), func(c Change) bool {
		switch c.Kind {
		case Added:
			return c.Question == "" || !asks(after, c.Question)
		case Changed:
			c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(f string) bool { return slices.Contains(untold, f) })
			return len(c.Fields) == 0 || c.Question == "" || !asks(after, c.Question)
		default:
			return true
		}
	})
}

func asks(d Definition, key string) bool {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; q.Key == key {
				return q.Type.Asks()
			}
		}
	}
	return false
}

// Restated are the consents and declarations of a version whose words are not those of the one before, in any language, or
// that were something else: whoever has given them has not given these.
func Restated(before, after *Definition) []string {
	var found []string
	for i := range after.Sections {
		s := &after.Sections[i]
		for j := range s.Questions {
			q := &s.Questions[j]
			if !q.Type.statement() {
				continue
			}
			was, _, _ := before.Question(q.Key)
			if was != nil && (was.Type != q.Type || !reflect.DeepEqual(was.Label, q.Label) || !sameWords(was, q)) {
				found = append(found, q.Key)
			}
		}
	}
	return found
}

func sameWords(a, b *Question) bool {
	return (len(a.Help) == 0 && len(b.Help) == 0) || reflect.DeepEqual(a.Help, b.Help)
}

// Move lets sheets ask what a newer version of their form asks. Their answers stay where they are: what the newer version
// does not ask is kept, but hidden; what does not fit it any more is shown as it was given, to be put right; and a consent or
// declaration in other words is taken back, to be given anew. It is for features' use-cases, which have authorized and hold
// everybody from writing on the sheets. Fault: NotFound.
func (s *Service) Move(ctx context.Context, tx *tenants.Tx, to ids.FormVersion, sheets ...ids.Sheet) error {
	after, err := s.VersionIn(ctx, tx, to)
	if err != nil {
		return err
	}
	byVersion, err := versionsOf(ctx, tx, sheets)
	if err != nil {
		return err
	}
	for from, some := range byVersion {
		if from == to {
			continue
		}
		before, err := s.VersionIn(ctx, tx, from)
		if err != nil {
			return err
		}
		if err := moveSheets(ctx, tx, some, to, Restated(before.Definition, after.Definition)); err != nil {
			return err
		}
	}
	return nil
}
