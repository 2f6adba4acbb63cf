package applications

import (
	"context"
	"maps"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
)

// Finding is what the answers say about one of the call's rules, for one organization or for all of them together.
type Finding struct {
	Reason       blueprints.Reason
	Truth        forms.Truth
	Organization ids.Organization // whose part or facts decide; zero: the joint part
	Seat         string           // of that organization
	Section      string           // the first section that the rule looks at …
	Question     string           // … and the question there; both empty: only at facts
	Private      bool             // it looks at answers of the organization's own part
}

// Findings judges an application by the rules of its call that have a condition: for each organization what looks at its
// part or at what is known of it, once what looks at the joint part only.
func Findings(call Call, d *forms.Definition, parts []Part, joint ids.Sheet, filled map[ids.Sheet]forms.Filled, facts map[ids.Organization]forms.Answers) []Finding {
	var found []Finding
	ground := blueprints.Ground(d)
	judge := func(r blueprints.Reason, answers forms.Answers) Finding {
		f := Finding{Reason: r, Truth: forms.See(ground, forms.ScopePart, answers).Truth(r.When)}
		for _, key := range r.When.Questions() {
			if _, section, ok := d.Question(key); ok {
				if f.Question == "" {
					f.Section, f.Question = section.Key, key
				}
				f.Private = f.Private || section.Scope == forms.ScopePart
			}
		}
		return f
	}
	for _, r := range call.Eligibility {
		if !r.Automatic() {
			continue
		}
		if !r.Each(d) {
			found = append(found, judge(r, filled[joint].Answers))
			continue
		}
		for _, p := range parts {
			if p.Organization.IsZero() {
				continue
			}
			answers := forms.Answers{}
			maps.Copy(answers, filled[joint].Answers)
			maps.Copy(answers, filled[p.Sheet].Answers)
			maps.Copy(answers, facts[p.Organization])
			f := judge(r, answers)
			f.Organization, f.Seat = p.Organization, p.Seat
			found = append(found, f)
		}
	}
	return found
}

func ruled(call Call) bool {
	return slices.ContainsFunc(call.Eligibility, blueprints.Reason.Automatic)
}

// findings reads what is known of the organizations, where a rule may look at it, and judges.
func (s *Service) findings(ctx context.Context, db reader, call Call, d *forms.Definition, parts []Part, joint ids.Sheet, filled map[ids.Sheet]forms.Filled) ([]Finding, error) {
	if !ruled(call) {
		return nil, nil
	}
	var organizations []ids.Organization
	for _, p := range parts {
		if !p.Organization.IsZero() {
			organizations = append(organizations, p.Organization)
		}
	}
	facts, err := s.Organizations.KnownOf(ctx, db, organizations)
	if err != nil {
		return nil, err
	}
	return Findings(call, d, parts, joint, filled, facts), nil
}

// unmet are the findings that keep an application from being handed in.
func unmet(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return f.Truth == forms.Holds })
}

// failing are the findings that say that a rule is not met.
func failing(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return f.Truth != forms.Fails })
}

// failed are the keys of the reasons that are not met, each once.
func failed(all []Finding) []string {
	var keys []string
	for _, f := range failing(all) {
		if !slices.Contains(keys, f.Reason.Key) {
			keys = append(keys, f.Reason.Key)
		}
	}
	return keys
}

// undecided are the open findings whose sheets lack nothing else: only an answer that may be left out would decide them.
func undecided(all []Finding, p Progress) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool {
		return f.Truth != forms.Open || left(p.Joint) > 0 || slices.ContainsFunc(p.Parts, func(part PartProgress) bool {
			return part.Seat == f.Seat && part.Left > 0
		})
	})
}
