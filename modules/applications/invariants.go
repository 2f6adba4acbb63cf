package applications

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Check finds applications in states that they cannot be in, by ways that they cannot have gone, without what their
// state needs, and sheets that belong to none. It is a tenants.Check.
func Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	findings, err := tenants.Sentences(ctx, sc,
		`SELECT format('application %s: %s without a submission', a.id, a.state) FROM applications a
			WHERE a.number IS NOT NULL AND NOT EXISTS (SELECT FROM submissions s WHERE s.application_id = a.id) ORDER BY 1`,
		`SELECT format('application %s: %s without a number', id, state) FROM applications WHERE number IS NULL AND state NOT IN ('draft', 'withdrawn') ORDER BY 1`,
		`SELECT format('application %s: has no part', a.id) FROM applications a WHERE NOT EXISTS (SELECT FROM application_parts p WHERE p.application_id = a.id) ORDER BY 1`,
		`SELECT format('sheet %s: belongs to no application', s.id) FROM sheets s
			WHERE NOT EXISTS (SELECT FROM applications a WHERE a.joint_sheet_id = s.id) AND NOT EXISTS (SELECT FROM application_parts p WHERE p.sheet_id = s.id)
			AND NOT EXISTS (SELECT FROM submission_sheets c WHERE c.copy_id = s.id) AND NOT EXISTS (SELECT FROM later_sendings c WHERE c.copy_id = s.id)
			AND NOT EXISTS (SELECT FROM former_parts f WHERE f.sheet_id = s.id) ORDER BY 1`,
	)
	if err != nil {
		return nil, err
	}
	all, err := ways(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	for _, id := range slices.SortedFunc(maps.Keys(all), func(a, b ids.Application) int { return slices.Compare(a[:], b[:]) }) {
		if wrong := all[id].wrong(); wrong != "" {
			findings = append(findings, fmt.Sprintf("application %s: %s", id, wrong))
		}
	}
	return findings, nil
}

// way is an application's state, and the states that its history tells.
type way struct {
	state  State
	passed []State
}

func (w way) wrong() string {
	if _, ok := ParseState(string(w.state)); !ok {
		return fmt.Sprintf("%s is no state", w.state)
	}
	last := Draft
	for _, next := range w.passed {
		if next != last && !leads(last, next) {
			return fmt.Sprintf("went from %s to %s, which no verb allows", last, next)
		}
		last = next
	}
	if last != w.state {
		return fmt.Sprintf("is %s, and its history does not say so", w.state)
	}
	return ""
}

// leads reports whether some verb leads from one state to the other.
func leads(from, to State) bool {
	for verb := range transitions {
		if next, ok := from.After(verb); ok && next == to {
			return true
		}
	}
	return false
}
