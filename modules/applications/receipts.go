package applications

import (
	"context"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// copies are the sheets that were kept.
func (s *Submission) copies() []ids.Sheet {
	all := make([]ids.Sheet, 0, len(s.Copies))
	for _, copied := range s.Copies {
		all = append(all, copied)
	}
	return all
}

// stands reports whether what was handed in is what stands on the sheets now.
func (s *Submission) stands(now, kept map[ids.Sheet]forms.Filled) bool {
	if len(s.Copies) != len(now) {
		return false
	}
	for sheet, filled := range now {
		copied, there := s.Copies[sheet]
		if !there || !same(filled.Answers, kept[copied].Answers) {
			return false
		}
	}
	return true
}

func same(a, b forms.Answers) bool {
	if len(a) != len(b) {
		return false
	}
	for ref, raw := range a {
		if string(b[ref]) != string(raw) {
			return false
		}
	}
	return true
}

// Receipt is the last submission, for the application's own people. Fault: NotFound before the first.
func (s *Service) Receipt(ctx context.Context, sc tenants.Scope, id ids.Application) (Overview, Submission, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return o, Submission{}, err
	}
	last, found, err := lastSubmission(ctx, sc.Read(), id)
	if err == nil && !found {
		err = fault.NotFound()
	}
	return o, last, err
}
