package partnerships

import (
	"context"
	"slices"
	"strings"

	"kervan/modules/ids"
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

	Key string // of the words
}

// filed are the partnerships and people that the lines of a file can name.
type filed struct {
	partnerships map[string]Listed
	people       map[string]ids.Person
	present      map[ids.Person]string // the addresses of those who accompany one, be they facilitators still or not
	clashes      map[pair]ConflictKind
}

// fileable finds what files can name: partnerships that go on in which the actor has no conflict of interest, by their numbers, and
// facilitators by their addresses.
func (s *Service) fileable(ctx context.Context, sc tenants.Scope) (filed, error) {
	all, err := s.accompaniable(ctx, sc)
	if err != nil {
		return filed{}, err
	}
	people, err := s.facilitators(ctx, sc)
	if err != nil {
		return filed{}, err
	}
	f := filed{partnerships: make(map[string]Listed, len(all)), people: make(map[string]ids.Person, len(people))}
	plain := make([]Partnership, len(all))
	for i, p := range all {
		f.partnerships[p.Number], plain[i] = p, p.Partnership
	}
	for i := range people {
		f.people[strings.ToLower(people[i].Email)] = people[i].ID
	}
	if f.present, err = s.addresses(ctx, sc, all); err != nil {
		return f, err
	}
	f.clashes, err = s.clashes(ctx, sc, plain, persons(people))
	return f, err
}

// accompaniable are the partnerships that go on in which the actor has no conflict of interest, by title.
func (s *Service) accompaniable(ctx context.Context, sc tenants.Scope) ([]Listed, error) {
	all, err := list(ctx, sc.Read(), Query{Going: true, Sort: "title", Locale: sc.Actor().Locale})
	if err != nil {
		return nil, err
	}
	partial, err := s.partialIn(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, sc, slices.DeleteFunc(all, func(p Partnership) bool { return partial[p.ID] }))
}

// read finds what the lines say, but for what is so already, and what is wrong with them.
func (f *filed) read(lines []sheets.Line) (chosen []given, problems []LineProblem) {
	seen := map[string]bool{}
	for _, line := range lines {
		p, known := f.partnerships[line.What]
		person, guides := f.people[strings.ToLower(line.Email)]
		if known && strings.EqualFold(line.Email, f.present[p.Facilitator]) {
			person, guides = p.Facilitator, true
		}
		_, clash := f.clashes[pair{p.ID, person}]
		key := ""
		switch {
		case !known:
			key = "no_partnership"
		case !guides:
			key = "no_guide"
		case seen[line.What]:
			key = "twice"
		case clash && p.Facilitator != person:
			key = "conflict"
		}
		seen[line.What] = true
		switch {
		case key != "":
			problems = append(problems, LineProblem{Line: line, Key: "partnerships.file." + key})
		case p.Facilitator != person:
			chosen = append(chosen, given{p, person})
		}
	}
	return chosen, problems
}

// AccompanyByFile gives partnerships to those whom the lines of a file name, all of it or nothing: where lines are wrong, they are given
// back with Invalid. What is so already stays as it is, and so does what no line gives to anybody. The reason is needed where a line replaces
// somebody, as for Accompany; everybody is told once. It returns how many partnerships are given. Coordinators may; partnerships in which
// they have a conflict of interest are unknown to them. Other faults: Invalid by field, Conflict when one was changed meanwhile.
func (s *Service) AccompanyByFile(ctx context.Context, sc tenants.Scope, content []byte, reason string) (int, []LineProblem, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return 0, nil, err
	}
	f, err := s.fileable(ctx, sc)
	if err != nil {
		return 0, nil, err
	}
	lines, misread := sheets.ReadLines(content, func(number string) bool { return f.partnerships[number].Number != "" })
	misread = slices.DeleteFunc(misread, func(bad sheets.BadLine) bool {
		return bad.Why == sheets.NoAddress && f.partnerships[bad.What].Number != ""
	})
	if len(lines) == 0 && len(misread) == 0 {
		return 0, nil, fault.Invalid("fault.check_fields", fault.At("file", "partnerships.file.empty"))
	}
	chosen, problems := f.read(lines)
	for _, bad := range misread {
		problems = append(problems, LineProblem{Line: bad.Line, Key: "partnerships.file." + string(bad.Why)})
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b LineProblem) int { return a.At - b.At })
		return 0, problems[:min(len(problems), mostTold)], fault.Invalid("fault.check_fields", fault.At("file", "partnerships.file.wrong"))
	}
	bad := tooLong(reason)
	if slices.ContainsFunc(chosen, func(g given) bool { return !g.Facilitator.IsZero() }) {
		bad = wrong(reason)
	}
	if len(bad) > 0 {
		return 0, nil, fault.Invalid("fault.check_fields", bad...)
	}
	if len(chosen) == 0 {
		return 0, nil, nil
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return s.accompanyAll(ctx, tx, chosen, reason) })
	return len(chosen), nil, err
}

// Accompanied lists who accompanies which partnership that goes on, as a file has it, by title; without an address where nobody does.
// Coordinators may; partnerships in which they have a conflict of interest are left out.
func (s *Service) Accompanied(ctx context.Context, sc tenants.Scope) ([]sheets.Line, error) {
	if err := s.policies.May(sc, policies.FacilitatorManage, policies.On{}); err != nil {
		return nil, err
	}
	all, err := s.accompaniable(ctx, sc)
	if err != nil {
		return nil, err
	}
	present, err := s.addresses(ctx, sc, all)
	lines := make([]sheets.Line, len(all))
	for i, p := range all {
		lines[i] = sheets.Line{What: p.Number, Email: present[p.Facilitator]}
	}
	return lines, err
}

// addresses are those of who accompanies one of the partnerships.
func (s *Service) addresses(ctx context.Context, sc tenants.Scope, all []Listed) (map[ids.Person]string, error) {
	var guides []ids.Person
	for i := range all {
		if !all[i].Facilitator.IsZero() {
			guides = append(guides, all[i].Facilitator)
		}
	}
	known, err := s.people.Persons(ctx, sc, guides)
	found := make(map[ids.Person]string, len(known))
	for id, p := range known {
		if p.Email != "" {
			found[id] = p.Email
		}
	}
	return found, err
}
