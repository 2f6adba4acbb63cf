package selection

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// MaxFileBytes is how long a file of assignments may be.
const MaxFileBytes = 1 << 20

// mostLines is how many lines of a file are read, and mostTold how many mistakes of it are told.
const (
	mostLines = 20_000
	mostTold  = 50
)

// FileLine is one line of a file of assignments.
type FileLine struct {
	Line   int // in the file, from 1
	Number string
	Email  string
}

// LineProblem is what is wrong with a line of a file.
type LineProblem struct {
	FileLine

	Key  string // of the words
	Kind ConflictKind
}

// ReadLines reads a file of assignments: the number of an application and the e-mail address of a reviewer, with a
// semicolon, a comma or a tab between them. A first line without an address names the columns. What cannot be read as such a line
// is given back as a problem.
func ReadLines(content []byte) ([]FileLine, []LineProblem) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	text, ok := i18n.Clean(string(content))
	if !ok {
		return nil, []LineProblem{{FileLine: FileLine{Line: 1}, Key: "selection.file.unreadable"}}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator(text), -1, true
	var lines []FileLine
	var bad []LineProblem
	for first := true; len(lines) <= mostLines; first = false {
		fields, err := r.Read()
		if fields == nil && err != nil {
			if err.Error() != "EOF" {
				bad = append(bad, LineProblem{FileLine: FileLine{Line: len(lines) + 1}, Key: "selection.file.unreadable"})
			}
			return lines, bad
		}
		at, _ := r.FieldPos(0)
		one := FileLine{Line: at}
		if len(fields) > 0 {
			one.Number = strings.TrimSpace(fields[0])
		}
		if len(fields) > 1 {
			one.Email = strings.TrimSpace(fields[1])
		}
		switch {
		case first && !strings.Contains(one.Email, "@"): // the names of the columns
		case one.Number == "" || one.Email == "" || len(fields) > 2 && strings.Join(fields[2:], "") != "":
			bad = append(bad, LineProblem{FileLine: one, Key: "selection.file.two_columns"})
		default:
			lines = append(lines, one)
		}
	}
	return nil, append(bad, LineProblem{FileLine: FileLine{Line: mostLines}, Key: "selection.file.too_long"})
}

// separator is what stands between the columns of the first line.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	for _, r := range []rune{';', '\t'} {
		if strings.ContainsRune(line, r) {
			return r
		}
	}
	return ','
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
	lines, problems := ReadLines(content)
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
		slices.SortStableFunc(problems, func(a, b LineProblem) int { return a.Line - b.Line })
		err = fault.Invalid("fault.check_fields", fault.At("file", "selection.file.wrong"))
	}
	return n, problems[:min(len(problems), mostTold)], err
}

// paired finds the applications and reviewers of the lines.
func (s *Service) paired(ctx context.Context, sc tenants.Scope, f field, lines []FileLine) ([]pair, []LineProblem, error) {
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
		application, known := byNumber[line.Number]
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
			problems = append(problems, LineProblem{FileLine: line, Key: key})
		}
		seen[p] = true
		pairs = append(pairs, p)
	}
	return pairs, problems, nil
}

func (s *Service) assignPairs(ctx context.Context, sc tenants.Scope, f field, lines []FileLine, pairs []pair, due time.Time) (n int, problems []LineProblem, err error) {
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
			problems = append(problems, LineProblem{FileLine: lines[i], Key: p.Key, Kind: p.Kind})
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
func (s *Service) Assigned(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, []FileLine, error) {
	b, err := s.Board(ctx, sc, call)
	if err != nil {
		return Call{}, nil, err
	}
	var lines []FileLine
	for _, row := range b.Rows {
		for _, r := range row.Reviews {
			if who, known := b.Reviewer(r.Person); known && r.State.Active() {
				lines = append(lines, FileLine{Number: row.Number, Email: who.Email})
			}
		}
	}
	return b.Call, lines, nil
}
