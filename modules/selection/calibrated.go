package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Calibrating is a calibration as one of the reviewers stands to it.
type Calibrating struct {
	Calibration

	About   Call
	Own     Scoring
	Spreads []Spread // once the own scoring is submitted; before, nothing of the others is told
	Scored  int      // how many have submitted, likewise
}

// Writable reports whether the reviewer can score the sample.
func (c *Calibrating) Writable() bool { return c.May(ScoreSample) && !c.Own.Done() }

// LeastScored is how many scorings are shown together at least: of two, each of both would read the other's.
const LeastScored = 3

// Few reports whether the others' scores are not shown yet, because too few have submitted.
func (c *Calibrating) Few() bool { return c.Own.Done() && c.Scored < LeastScored }

// Due reports whether it stands before the reviewer's first application.
func (c *Calibrating) Due() bool { return c.Required && c.Writable() }

// kin are who cannot score samples.
type kin struct {
	conflicted map[ids.Application][]ids.Person // may learn nothing of what a sample is a copy of
	partial    map[ids.Application][]ids.Person // have judged it, or said once of who applied that they were not impartial
	read       map[ids.Calibration][]ids.Person // have written or read the reference before they scored
}

// bars reports whether somebody may learn nothing of the application.
func (k *kin) bars(source ids.Application, person ids.Person) bool {
	return slices.Contains(k.conflicted[source], person)
}

// excuses reports whether somebody is not asked to score a sample: they may learn nothing of what it is a copy of, have judged that
// already, or know the reference.
func (k *kin) excuses(c *Calibration, person ids.Person) bool {
	return k.bars(c.Source, person) || slices.Contains(k.partial[c.Source], person) || slices.Contains(k.read[c.ID], person)
}

// copyOf is what a sample would be of which only the source is known.
func copyOf(source ids.Application) []Calibration { return []Calibration{{Source: source}} }

// tiesTo finds what ties people to samples, in a fixed number of queries: to the applications that they are copies of, conflicts of
// interest that were declared or that the program sees, unless they were undone, what was ticked in the list of any call, and earlier
// reviews; and who has read the reference. Nothing of it is kept: it would change what became of the application. Of one that is not
// there any more everybody is barred.
func (s *Service) tiesTo(ctx context.Context, sc tenants.Scope, samples []Calibration, persons []ids.Person) (kin, error) {
	found := kin{conflicted: map[ids.Application][]ids.Person{}, partial: map[ids.Application][]ids.Person{}}
	var sources []ids.Application
	var current []ids.Calibration
	for i := range samples {
		if id := samples[i].Source; !id.IsZero() && !slices.Contains(sources, id) {
			sources = append(sources, id)
		}
		if id := samples[i].ID; !id.IsZero() {
			current = append(current, id)
		}
	}
	var err error
	if found.read, err = readersOf(ctx, sc.Read(), current); err != nil || len(sources) == 0 || len(persons) == 0 {
		return found, err
	}
	err = s.tieTo(ctx, sc, &found, sources, persons)
	return found, err
}

// tieTo adds what ties people to the applications that samples are copies of.
func (s *Service) tieTo(ctx context.Context, sc tenants.Scope, found *kin, sources []ids.Application, persons []ids.Person) error {
	known, err := conflictsIn(ctx, sc.Read(), sources)
	if err != nil {
		return err
	}
	if found.partial, err = whoReviewed(ctx, sc.Read(), sources); err != nil {
		return err
	}
	applications, err := s.Applications.Ever(ctx, sc, sources)
	if err != nil {
		return err
	}
	for _, id := range sources {
		if !slices.ContainsFunc(applications, func(a Application) bool { return a.ID == id }) {
			found.conflicted[id] = slices.Clone(persons)
		}
	}
	said, err := tickedBy(ctx, sc.Read(), persons)
	if err != nil {
		return err
	}
	for i := range applications {
		a := &applications[i]
		for j := range said {
			switch t := &said[j]; {
			case !a.applies(t.Organization):
			case t.Holds():
				found.conflicted[a.ID] = append(found.conflicted[a.ID], t.Person)
			default:
				found.partial[a.ID] = append(found.partial[a.ID], t.Person) // what came up now would be said to be theirs
			}
		}
	}
	detected, err := s.detect(ctx, sc, applications, persons...)
	if err != nil {
		return err
	}
	for _, c := range detected {
		if !slices.ContainsFunc(known, func(k Conflict) bool {
			return k.Application == c.Application && k.Person == c.Person && k.Kind == c.Kind
		}) {
			known = append(known, c)
		}
	}
	for i := range known {
		if c := &known[i]; c.Stands() {
			found.conflicted[c.Application] = append(found.conflicted[c.Application], c.Person)
		}
	}
	return nil
}

// calibratings are the calibrations that the actor is to score or has scored, without their samples: of all calls, or of one. One whose
// sample they are excused from is not among them, nor is one that is still to be scored once the decisions are closed.
func (s *Service) calibratings(ctx context.Context, sc tenants.Scope, narrow narrowing) ([]Calibrating, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return nil, err
	}
	person := sc.Actor().Person
	all, err := calibrationsFor(ctx, sc.Read(), person, narrow)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	seen, err := reviewers.ReachOf(ctx, sc)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c Calibrating) bool { return !seen.To(c.Call) })
	samples := make([]Calibration, len(all))
	for i := range all {
		samples[i] = all[i].Calibration
	}
	tied, err := s.tiesTo(ctx, sc, samples, []ids.Person{person})
	if err != nil {
		return nil, err
	}
	known, err := lists(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	var found []Calibrating
	for _, c := range all {
		list, begun := known[c.Call]
		at := slices.IndexFunc(calls, func(call Call) bool { return call.ID == c.Call })
		if at < 0 || tied.excuses(&c.Calibration, person) || !c.Own.Done() && begun && !list.May(Decide) {
			continue
		}
		c.About = calls[at]
		found = append(found, c)
	}
	return found, nil
}

// CalibrationsOf lists the calibrations that the actor is to score, or has scored in a call whose decisions are not closed, the newest
// first. Reviewers and the chair may.
func (s *Service) CalibrationsOf(ctx context.Context, sc tenants.Scope) ([]Calibrating, error) {
	return s.calibratings(ctx, sc, anyOf)
}

// Calibrating shows a reviewer the sample of a calibration with what they have scored of it, and once that is submitted the reference and,
// from LeastScored on, how all did, with nobody's name. Whoever reviews in its call may, and whoever has submitted, but nobody with a conflict of interest
// in the application that the sample is a copy of, or who has reviewed it or read the reference before. Fault: NotFound.
func (s *Service) Calibrating(ctx context.Context, sc tenants.Scope, id ids.Calibration) (Calibrating, error) {
	found, err := s.calibratings(ctx, sc, only(id))
	if err != nil {
		return Calibrating{}, err
	}
	if len(found) == 0 {
		return Calibrating{}, fault.NotFound()
	}
	v := found[0]
	about := v.About
	if v.Calibration, err = findCalibration(ctx, sc.Read(), id); err != nil {
		return v, err
	}
	person := sc.Actor().Person
	if !v.Own.Done() {
		v.Own, err = findScoring(ctx, sc.Read(), id, person)
		return v, err
	}
	all, reference, err := s.counted(ctx, sc, &v.Calibration)
	if err != nil {
		return v, err
	}
	for i := range all {
		if all[i].Person == person {
			v.Own = all[i]
		}
		if all[i].Done() {
			v.Scored++
		}
	}
	if v.Few() {
		all = []Scoring{v.Own}
	}
	v.Spreads = SpreadsOf(&about, all, &v.Own, &reference)
	return v, nil
}

// counted are the scorings of a calibration that count, and the reference: not of those who are excused by now.
func (s *Service) counted(ctx context.Context, sc tenants.Scope, c *Calibration) ([]Scoring, Scoring, error) {
	all, reference, err := scoringsOf(ctx, sc.Read(), c.ID)
	if err != nil {
		return nil, reference, err
	}
	persons := make([]ids.Person, len(all))
	for i := range all {
		persons[i] = all[i].Person
	}
	tied, err := s.tiesTo(ctx, sc, []Calibration{*c}, persons)
	return slices.DeleteFunc(all, func(one Scoring) bool { return tied.excuses(c, one.Person) }), reference, err
}

// SaveScores keeps what a reviewer typed for criteria of a sample: what can be saved is, and the clashes with another page of theirs
// are given back. They may as with Calibrating, until they submit. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) SaveScores(ctx context.Context, sc tenants.Scope, id ids.Calibration, typed []Typed) ([]Saved, []*Clash, error) {
	found, err := s.Calibrating(ctx, sc, id)
	if err != nil {
		return nil, nil, err
	}
	saved := make([]Saved, len(typed))
	var clashes []*Clash
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		own, call, now, err := s.scoring(ctx, tx, id, found.Call)
		if err != nil {
			return err
		}
		clashes, err = keepScores(ctx, tx, own, call, typed, saved, now)
		return err
	})
	return saved, clashes, err
}

// scoring locks the actor's scoring while they can write it.
func (s *Service) scoring(ctx context.Context, tx *tenants.Tx, id ids.Calibration, of ids.Call) (Scoring, Call, time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return Scoring{}, Call{}, now, err
	}
	if err := holdCriteria(ctx, tx, of); err != nil {
		return Scoring{}, Call{}, now, err
	}
	c, err := holdCalibration(ctx, tx, id)
	if err != nil {
		return Scoring{}, Call{}, now, err
	}
	list, _, err := findList(ctx, tx, of)
	if err != nil {
		return Scoring{}, Call{}, now, err
	}
	read, err := readersOf(ctx, tx, []ids.Calibration{id})
	if err != nil {
		return Scoring{}, Call{}, now, err
	}
	if slices.Contains(read[id], tx.Scope().Actor().Person) {
		return Scoring{}, Call{}, now, fault.NotFound()
	}
	own, err := lockScoring(ctx, tx, id, tx.Scope().Actor().Person)
	switch {
	case err != nil:
		return own, Call{}, now, err
	case own.Done():
		return own, Call{}, now, fault.Conflict("selection.calibration.submitted_already")
	case !c.May(ScoreSample) || !list.May(Decide):
		return own, Call{}, now, fault.Conflict("selection.calibration.over")
	}
	call, err := s.Calls.Within(ctx, tx, of)
	return own, call, now, err
}

// keepScores keeps what was typed for criteria in a scoring, and notes in saved what became of each.
func keepScores(ctx context.Context, tx *tenants.Tx, own Scoring, call Call, typed []Typed, saved []Saved, now time.Time) ([]*Clash, error) {
	if slices.ContainsFunc(typed, func(t Typed) bool { return t.Ref == commentRef }) {
		return nil, fault.NotFound()
	}
	if err := checkAll(typed, call); err != nil {
		return nil, err
	}
	var clashes []*Clash
	for i, t := range typed {
		before := own.Mark(t.Ref)
		after := Mark{Score: t.Score, Feedback: t.Feedback, Version: before.Version + 1}
		switch {
		case before.Score == after.Score && before.Feedback == after.Feedback:
			after = before
		case t.Base != before.Version:
			clashes = append(clashes, &Clash{Yours: after, Theirs: before, Ref: t.Ref})
			after = before
		default:
			if err := saveSampleMark(ctx, tx, own.ID, t.Ref, after, now); err != nil {
				return nil, err
			}
		}
		saved[i] = Saved{Version: after.Version, At: now}
	}
	return clashes, nil
}

// SubmitScores hands a reviewer's scoring of a sample in; from now on it does not change, and they see how the others did. They may as
// with Calibrating. Faults: Invalid by field where a score is missing, Conflict, NotFound.
func (s *Service) SubmitScores(ctx context.Context, sc tenants.Scope, id ids.Calibration) error {
	found, err := s.Calibrating(ctx, sc, id)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		own, call, now, err := s.scoring(ctx, tx, id, found.Call)
		if err != nil {
			return err
		}
		if bad := Unscored(call.Criteria, call.Review.ScoreMax, own.Marks); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		own.Submitted = now
		scored := sampleEntry("calibration.scored", found.Call)
		scored.Detail = map[string]any{audit.Among: []string{ReviewsOf(found.Call)}} // whoever scores a sample reviews in the call
		tx.Audit(scored)
		return saveScoring(ctx, tx, &own)
	})
}

// calibrated refuses to open an application before a sample that must be scored first is.
func (s *Service) calibrated(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	found, err := s.calibratings(ctx, sc, openIn(call))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(c Calibrating) bool { return c.Due() }) {
		return fault.Conflict("selection.calibration.first")
	}
	return nil
}

func sampleEntry(action string, call ids.Call) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "call", SubjectID: call.String()}
}
