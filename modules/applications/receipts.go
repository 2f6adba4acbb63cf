package applications

import (
	"context"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// codeLength is that of a receipt's code in characters of five bits: nobody guesses one.
const codeLength = 16

// CodeInGroups is the receipt's code as people write it: four groups of four.
func (s *Submission) CodeInGroups() string {
	var groups []string
	for code := s.Code; code != ""; code = code[min(4, len(code)):] {
		groups = append(groups, code[:min(4, len(code))])
	}
	return strings.Join(groups, "-")
}

// ParseCode reads a code as somebody types it, with or without its dashes, in any case. The result is empty where it can
// be none.
func ParseCode(typed string) string {
	code := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == 'ı' || r == 'İ': // from a Turkish keyboard
			return 'I'
		case r >= 'A' && r <= 'Z', r >= '2' && r <= '7':
			return r
		case r == ' ' || r == '-' || r == '\u2013' || r == '\u00a0':
			return -1
		default:
			return '?'
		}
	}, typed)
	if len(code) != codeLength || strings.Contains(code, "?") {
		return ""
	}
	return code
}

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

// Verify answers for anybody whether a receipt with that code was given, for which number and when.
func (s *Service) Verify(ctx context.Context, sc tenants.Scope, code string) (number string, at time.Time, found bool, err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return "", at, false, err
	}
	if code = ParseCode(code); code == "" {
		return "", at, false, nil
	}
	return byCode(ctx, sc.Read(), code)
}
