package policies

import (
	"fmt"
	"slices"
	"strings"
)

// Matrix writes the whole policy as a Markdown table: a line per action, a column per role, and in each cell the
// condition under which that role may.
func Matrix() (string, error) {
	var roles []string
	var actions []string
	cells := map[string]string{}
	for line := range strings.Lines(policyText) {
		part := strings.Split(strings.TrimSpace(line), ", ")
		if part[0] != "p" {
			continue
		}
		if len(part) != 5 {
			return "", fmt.Errorf("policies: line %q", line)
		}
		role, action := strings.TrimPrefix(part[1], "r:"), part[2]+"."+part[3]
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
		if !slices.Contains(actions, action) {
			actions = append(actions, action)
		}
		cells[role+" "+action] = part[4]
	}
	slices.Sort(actions)
	var b strings.Builder
	fmt.Fprintf(&b, "# Who may do what\n\nA dash means never. Everyone signed in also has what *visitor* and *person* have.\n\n")
	fmt.Fprintf(&b, "| action | %s |\n|---|%s\n", strings.Join(roles, " | "), strings.Repeat("---|", len(roles)))
	for _, action := range actions {
		fmt.Fprintf(&b, "| %s |", action)
		for _, role := range roles {
			cell := cells[role+" "+action]
			if cell == "" {
				cell = "–"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}
