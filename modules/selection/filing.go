package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/policies"
	"kervan/tenants"
)

// mostTold is how many mistakes of a file are told.
const mostTold = 50

// LineProblem is what is wrong with a line of a file.
type LineProblem struct {
	sheets.Line

	Key  string // of the words
	Kind ConflictKind
}

// AssignByFile gives out what the lines of a file say, all of it or nothing: where lines are wrong, they are given back with
// Invalid. Pairs that are assigned already stay as they are. Coordinators and officers may; applications in which they have a
// conflict of interest are unknown to them here as everywhere. Other faults: Invalid by field, Conflict when the decisions are
// closed, NotFound.
func (s *Service) AssignByFile(ctx context.Context, sc tenants.Scope, call ids.Call, content []byte, due time.Time) (int, []LineProblem, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return 0, nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return 0, nil, err
	}
	lines, misread := sheets.ReadLines(content, func(number string) bool {
		return slices.ContainsFunc(f.Applications, func(a Application) bool { return a.Number == number })
	})
	var problems []LineProblem
	for _, bad := range misread {
		problems = append(problems, LineProblem{Line: bad.Line, Key: "selection.file." + string(bad.Why)})
	}
	if len(lines) == 0 && len(problems) == 0 {
		return 0, nil, fault.Invalid("fault.check_fields", fault.At("file", "selection.file.empty"))
	}
	pairs, wrong, err := s.paired(ctx, sc, f, lines)
	if err != nil {
		return 0, nil, err
	}
	problems = append(problems, wrong...)
	n := 0
	if len(problems) == 0 {
		n, problems, err = s.assignPairs(ctx, sc, f, lines, pairs, due.Truncate(time.Microsecond))
	}
	if err == nil && len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b LineProblem) int { return a.At - b.At })
		err = fault.Invalid("fault.check_fields", fault.At("file", "selection.file.wrong"))
	}
	return n, problems[:min(len(problems), mostTold)], err
}

// paired finds the applications and reviewers of the lines.
func (s *Service) paired(ctx context.Context, sc tenants.Scope, f field, lines []sheets.Line) ([]pair, []LineProblem, error) {
	who, err := s.reviewers(ctx, sc, &f.Call, nil)
	if err != nil {
		return nil, nil, err
	}
	byEmail, byNumber := map[string]ids.Person{}, map[string]ids.Application{}
	for _, r := range who {
		if r.May {
			byEmail[strings.ToLower(r.Email)] = r.ID
		}
	}
	for _, a := range f.Applications {
		byNumber[a.Number] = a.ID
	}
	var problems []LineProblem
	pairs := make([]pair, 0, len(lines))
	seen := map[pair]bool{}
	for _, line := range lines {
		application, known := byNumber[line.What]
		person, reviews := byEmail[strings.ToLower(line.Email)]
		p := pair{application, person}
		key := ""
		switch {
		case !known:
			key = "selection.file.no_application"
		case !reviews:
			key = "selection.file.no_reviewer"
		case seen[p]:
			key = "selection.file.twice"
		}
		if key != "" {
			problems = append(problems, LineProblem{Line: line, Key: key})
		}
		seen[p] = true
		pairs = append(pairs, p)
	}
	return pairs, problems, nil
}

func (s *Service) assignPairs(ctx context.Context, sc tenants.Scope, f field, lines []sheets.Line, pairs []pair, due time.Time) (n int, problems []LineProblem, err error) {
	var reviewers []ids.Person
	for _, p := range pairs {
		if !slices.Contains(reviewers, p.Person) {
			reviewers = append(reviewers, p.Person)
		}
	}
	found, err := s.lookOnce(ctx, sc, f, reviewers)
	if err != nil {
		return 0, nil, err
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := s.opened(ctx, tx, f.Call, due)
		if err != nil {
			return err
		}
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		impossible, err := s.impossible(ctx, tx, f, pairs)
		if err != nil {
			return err
		}
		for _, p := range impossible {
			if p.Key == "selection.problem.handed_back" {
				continue // who writes it into a file wants it so
			}
			i := slices.Index(pairs, pair{p.Application, p.Person})
			problems = append(problems, LineProblem{Line: lines[i], Key: p.Key, Kind: p.Kind})
		}
		if len(problems) > 0 {
			return nil
		}
		if n, err = s.assign(ctx, tx, f.Call, pairs, due, now); err == nil {
			tx.Audit(audit.Entry{Action: "review.assigned_by_file", SubjectKind: "call", SubjectID: f.Call.ID.String()})
		}
		return err
	})
	return n, problems, err
}

// Assigned lists who reviews what, as a file of assignments has it. Coordinators and officers may; applications in which they
// have a conflict of interest are left out. Fault: NotFound.
func (s *Service) Assigned(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, []sheets.Line, error) {
	b, err := s.Board(ctx, sc, call)
	if err != nil {
		return Call{}, nil, err
	}
	var lines []sheets.Line
	for _, row := range b.Rows {
		for _, r := range row.Reviews {
			if who, known := b.Reviewer(r.Person); known && r.State.Active() {
				lines = append(lines, sheets.Line{What: row.Number, Email: who.Email})
			}
		}
	}
	return b.Call, lines, nil
}
