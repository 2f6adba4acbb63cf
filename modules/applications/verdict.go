package applications

import (
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
)

// Verdict is how an application stands to the eligibility of its call, for those who check it.
type Verdict string

// An application is eligible when an officer found it so, or when every line of its call's check is a rule that the answers
// meet. It is not when an officer found so, or while a rule is not met. Until then it is undecided.
const (
	Fit       Verdict = "eligible"
	Unfit     Verdict = "not_eligible"
	Unsettled Verdict = "undecided"
)

// Verdicts lists all of them.
var Verdicts = []Verdict{Fit, Unfit, Unsettled}

// ParseVerdict accepts exactly the verdicts.
func ParseVerdict(name string) (Verdict, bool) {
	v := Verdict(name)
	return v, slices.Contains(Verdicts, v)
}

// Judgment is a verdict with its reasons.
type Judgment struct {
	Verdict Verdict // empty of what was withdrawn before it was checked
	Checked bool    // an officer said so; otherwise the rules do
	Reasons []blueprints.Reason
	Met     bool // the rules are met, and officers judge the rest
}

// Judge is how an application stands to its call's eligibility, given what the answers say while nobody has checked it.
func Judge(s State, named []string, call Call, found []Finding) Judgment {
	switch {
	case s == Ineligible:
		return Judgment{Verdict: Unfit, Checked: true, Reasons: slices.DeleteFunc(slices.Clone(call.Eligibility), func(r blueprints.Reason) bool { return !slices.Contains(named, r.Key) })}
	case s.passed():
		return Judgment{Verdict: Fit, Checked: true}
	case s != Submitted && s != Returned:
		return Judgment{}
	}
	j := Judgment{Verdict: Fit}
	for _, truth := range []forms.Truth{forms.Fails, forms.Open} {
		for _, f := range found {
			if f.Truth == truth && !slices.ContainsFunc(j.Reasons, func(r blueprints.Reason) bool { return r.Key == f.Reason.Key }) {
				j.Reasons = append(j.Reasons, f.Reason)
			}
		}
		if len(j.Reasons) > 0 {
			j.Verdict = Unsettled
			if truth == forms.Fails {
				j.Verdict = Unfit
			}
			return j
		}
	}
	if len(found) == 0 || slices.ContainsFunc(call.Eligibility, func(r blueprints.Reason) bool { return !r.Automatic() }) {
		j.Verdict, j.Met = Unsettled, len(found) > 0
	}
	return j
}

// Contradicts reports whether a rule speaks against finding the application eligible, though nobody has checked it.
func (j Judgment) Contradicts() bool { return j.Verdict == Unfit && !j.Checked }
