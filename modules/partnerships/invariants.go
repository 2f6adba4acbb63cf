package partnerships

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Check finds partnerships in states that they cannot be in, by ways that they cannot have gone, with fewer than two seats, and
// accompanied by somebody of whom their history does not know. It is a tenants.Check.
func Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	findings, err := tenants.Sentences(ctx, sc,
		`SELECT format('partnership %s: has %s seats', p.id, count(s.key)) FROM partnerships p LEFT JOIN partnership_seats s ON s.partnership_id = p.id
			GROUP BY p.id HAVING count(s.key) < 2 ORDER BY 1`,
	)
	if err != nil {
		return nil, err
	}
	guided, err := tenants.Sentences(ctx, sc,
		`SELECT format('partnership %s: who accompanies it is not who its history says', p.id) FROM partnerships p
			LEFT JOIN partnership_facilitations f ON f.partnership_id = p.id AND f.ended_at IS NULL WHERE f.person_id IS DISTINCT FROM p.facilitator ORDER BY 1`,
	)
	if err != nil {
		return nil, err
	}
	findings = append(findings, guided...)
	ways, err := ways(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	for _, id := range slices.SortedFunc(maps.Keys(ways), func(a, b ids.Partnership) int { return slices.Compare(a[:], b[:]) }) {
		if wrong := ways[id].wrong(); wrong != "" {
			findings = append(findings, fmt.Sprintf("partnership %s: %s", id, wrong))
		}
	}
	return findings, nil
}

// way is a partnership's state, and the states that its history tells.
type way struct {
	state  State
	passed []State
}

func (w way) wrong() string {
	if _, ok := ParseState(string(w.state)); !ok {
		return fmt.Sprintf("%s is no state", w.state)
	}
	if len(w.passed) == 0 || w.passed[len(w.passed)-1] != w.state {
		return fmt.Sprintf("is %s, and its history does not say so", w.state)
	}
	for i := 1; i < len(w.passed); i++ {
		if !leads(w.passed[i-1], w.passed[i]) {
			return fmt.Sprintf("went from %s to %s, which no verb allows", w.passed[i-1], w.passed[i])
		}
	}
	return ""
}

// leads reports whether some verb leads from one state to the other.
func leads(from, to State) bool {
	for _, step := range steps {
		if !slices.Contains(step.from, from) {
			continue
		}
		if step.to == to || step.to == "" && slices.Contains(steps[Pause].from, to) {
			return true
		}
	}
	return false
}
