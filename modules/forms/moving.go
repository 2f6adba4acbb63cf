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

// News are the changes from one version to a newer one that concern whoever fills it: questions that are new, and questions
// that ask or want something else, ask it of somebody else, or ask it under another condition or another number of times.
// What is gone asks for nothing any more. Every change names a question, in the order of the newer version.
func News(before, after Definition) []Change {
	var news []Change
	before, after = *before.Before(), *after.Before()
	for i := range after.Sections {
		s := &after.Sections[i]
		for j := range s.Questions {
			q := &s.Questions[j]
			if !q.Type.Typed() && !q.Type.hidden() { // nothing is taken along in secret
				continue
			}
			was, in, _ := before.Question(q.Key)
			if was == nil || !was.Type.Asks() {
				news = append(news, Change{Kind: Added, Section: s.Key, Question: q.Key})
				continue
			}
			fields := slices.DeleteFunc(different(*was, *q, ""), func(f string) bool { return slices.Contains(untold, f) })
			if fields = append(fields, around(in, s)...); len(fields) > 0 {
				news = append(news, Change{Kind: Changed, Section: s.Key, Question: q.Key, Fields: fields})
			}
		}
	}
	return news
}

// around names what differs between the sections in which a question stood and stands, as far as it decides whether the
// question is asked, of whom and how often.
func around(was, now *Section) []string {
	return slices.DeleteFunc(different(*was, *now, "Questions"), func(f string) bool {
		switch f {
		case "scope", "condition":
			return false
		case "repeat":
			return was.Repeat != nil && now.Repeat != nil && was.Repeat.Min == now.Repeat.Min && was.Repeat.Max == now.Repeat.Max
		default:
			return true
		}
	})
}

// Left are the questions of a version whose answers the newer one cannot take over, in their order: it does not ask them
// any more, asks for another kind of answer, asks somebody else, or asks once what it asked several times or the reverse.
// Their answers are kept, but nobody is shown them, or they must be put right.
func Left(before, after *Definition) []*Question {
	var found []*Question
	for i := range before.Sections {
		s := &before.Sections[i]
		for j := range s.Questions {
			q := &s.Questions[j]
			if !q.Type.Typed() {
				continue
			}
			now, in, _ := after.Question(q.Key)
			if now == nil || now.Type != q.Type || in.Scope != s.Scope || (in.Repeat == nil) != (s.Repeat == nil) {
				found = append(found, q)
			}
		}
	}
	return found
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
		if err := moveSheets(ctx, tx, some, to, Restated(before.Whole, after.Whole)); err != nil {
			return err
		}
		if err := s.recalculateAll(ctx, tx, after.Definition, some); err != nil {
			return err
		}
	}
	return nil
}

// recalculateAll works out anew what sheets calculate that ask something else now.
func (s *Service) recalculateAll(ctx context.Context, tx *tenants.Tx, d *Definition, sheets []ids.Sheet) error {
	for _, id := range sheets {
		sheet, err := s.SheetIn(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.recalculate(ctx, tx, sheet, d, ids.Person{}); err != nil {
			return err
		}
	}
	return nil
}
