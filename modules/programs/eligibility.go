package programs

import (
	"maps"
	"regexp"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// MostReasons is how many lines the eligibility check of a call has at most.
const MostReasons = 30

const (
	reasonNameChars = 160
	reasonChars     = 400
)

var reasonKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// RuleProblem is why a rule of the eligibility check cannot stand: its name, and the key of the sentence that says what.
type RuleProblem struct {
	Rule blueprints.Reason
	Key  string
	Args fault.Args
}

// brokenRules finds the rules that look at what the form does not ask, or want what nobody can answer. A question that is
// gone is named as it was called in the form before.
func brokenRules(reasons []blueprints.Reason, d, before *forms.Definition, locale i18n.Locale) []RuleProblem {
	var found []RuleProblem
	ground := blueprints.Ground(d)
	for _, r := range reasons {
		for _, p := range forms.CheckCondition(ground, r.When) {
			args := fault.Args{}
			maps.Copy(args, p.Args)
			if key, ok := args["Key"].(string); ok {
				args["Key"] = labelOf(key, locale, ground, before)
			}
			found = append(found, RuleProblem{Rule: r, Key: p.Key, Args: args})
		}
	}
	return found
}

// labelOf is what a question is called in the first of the forms that asks it, else its key.
func labelOf(key string, locale i18n.Locale, in ...*forms.Definition) string {
	for _, d := range in {
		if d == nil {
			continue
		}
		for i := range d.Sections {
			for _, q := range d.Sections[i].Questions {
				if text := q.Label.String(locale, d.Locales...); q.Key == key && text != "" {
					return text
				}
			}
		}
	}
	return key
}

// leaning are the rules that look at one of the questions.
func leaning(reasons []blueprints.Reason, questions []string) []blueprints.Reason {
	var found []blueprints.Reason
	for _, r := range reasons {
		if slices.ContainsFunc(r.When.Questions(), func(key string) bool { return slices.Contains(questions, key) }) {
			found = append(found, r)
		}
	}
	return found
}

// checkReason holds one line of the eligibility check to what it must have: a name and a sentence in every language of the
// call, and a condition that can be met.
func checkReason(r blueprints.Reason, c *Call, d *forms.Definition) []fault.Field {
	var bad []fault.Field
	for _, l := range c.Locales {
		if r.Name[l] == "" {
			bad = append(bad, fault.At("name_"+string(l), "fault.required"))
		}
		if r.Reason[l] == "" {
			bad = append(bad, fault.At("reason_"+string(l), "fault.required"))
		}
	}
	if !reasonKey.MatchString(r.Key) {
		bad = append(bad, fault.At("when", "fault.bad_request"))
	}
	if problems := brokenRules([]blueprints.Reason{r}, d, nil, c.Locales[0]); len(problems) > 0 {
		key := problems[0].Key
		if slices.Contains(r.When.Questions(), "") || key == "forms.check.condition" || key == "forms.check.unknown" {
			key = "programs.eligibility.unfinished"
		}
		bad = append(bad, fault.AtWith("when", key, problems[0].Args))
	}
	return bad
}

// freshReason is the key of a new line: one that the call has not.
func freshReason(reasons []blueprints.Reason) string {
	for n := len(reasons) + 1; ; n++ {
		key := "rule_" + count(n)
		if !slices.ContainsFunc(reasons, func(r blueprints.Reason) bool { return r.Key == key }) {
			return key
		}
	}
}
