package selection_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/selection"
)

func TestWhatCanHappenToACalibration(t *testing.T) {
	t.Parallel()
	want := map[selection.CalibrationState]map[selection.CalibrationVerb]selection.CalibrationState{
		selection.CalibrationPreparing: {
			selection.WriteSample: selection.CalibrationPreparing, selection.DiscardSample: selection.CalibrationPreparing, selection.OpenCalibration: selection.CalibrationOpen,
			selection.Require: selection.CalibrationPreparing, selection.SetReference: selection.CalibrationPreparing,
		},
		selection.CalibrationOpen: {
			selection.Require: selection.CalibrationOpen, selection.SetReference: selection.CalibrationOpen, selection.ScoreSample: selection.CalibrationOpen,
			selection.AskForScores: selection.CalibrationOpen, selection.CloseCalibration: selection.CalibrationClosed,
		},
		selection.CalibrationClosed: {selection.SetReference: selection.CalibrationClosed},
	}
	got := map[selection.CalibrationState]map[selection.CalibrationVerb]selection.CalibrationState{}
	for _, state := range selection.CalibrationStates {
		got[state] = map[selection.CalibrationVerb]selection.CalibrationState{}
		for _, verb := range selection.CalibrationVerbs {
			if after, ok := state.After(verb); ok {
				got[state][verb] = after
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// scored is a submitted scoring with a score for each criterion.
func scored(person ids.Person, scores map[string]float64) selection.Scoring {
	s := selection.Scoring{Person: person, Submitted: time.Unix(1, 0), Marks: map[string]selection.Mark{}}
	for k, score := range scores {
		s.Marks[k] = selection.Mark{Score: score}
	}
	return s
}

func TestHowScoresOfASampleAreSpread(t *testing.T) {
	t.Parallel()
	call := selection.Call{Review: blueprints.Review{ScoreMax: 4}, Criteria: []blueprints.Criterion{{Key: "need", Weight: 75}, {Key: "plan", Weight: 25}}}
	a, b, c, d := ids.New[ids.Person](), ids.New[ids.Person](), ids.New[ids.Person](), ids.New[ids.Person]()
	draft := scored(d, map[string]float64{"need": 0, "plan": 0})
	draft.Submitted = time.Time{}
	all := []selection.Scoring{
		scored(a, map[string]float64{"need": 4, "plan": 2}), scored(b, map[string]float64{"need": 2, "plan": 2}),
		scored(c, map[string]float64{"need": 3, "plan": 9}), // of a longer scale, before it was changed
		draft,
	}
	reference := scored(ids.Person{}, map[string]float64{"need": 3})
	reference.Submitted = time.Time{}
	got := selection.SpreadsOf(&call, all, &all[0], &reference)
	need, plan := got[0], got[1]
	if need.N != 3 || need.Mean != 3 || *need.ToOthers != 1.5 || *need.ToRefer != 1 {
		t.Errorf("%+v, %v, %v", need, *need.ToOthers, *need.ToRefer)
	}
	if diff := cmp.Diff([]selection.Step{{0, 0}, {1, 0}, {2, 1}, {3, 1}, {4, 1}}, need.Steps); diff != "" {
		t.Error(diff)
	}
	if plan.N != 2 || plan.Mean != 2 || *plan.ToOthers != 0 || plan.ToRefer != nil || plan.Reference.Score != selection.NoScore {
		t.Errorf("%+v", plan)
	}
	if alone := selection.SpreadsOf(&call, all[:1], &all[0], nil); alone[0].ToOthers != nil {
		t.Error("compared with nobody")
	}

	all[2] = scored(c, map[string]float64{"need": 3, "plan": 2})
	severities := selection.SeveritiesOf(&call, all, &reference)
	// The totals are 75+12.5, 37.5+12.5 and 56.25+12.5.
	if s := severities[a]; *s.ToOthers != 87.5-(50+68.75)/2 || s.ToRefer != nil {
		t.Errorf("%v", *s.ToOthers)
	}
	reference.Marks["plan"] = selection.Mark{Score: 0}
	if s := selection.SeveritiesOf(&call, all, &reference)[b]; *s.ToRefer != 50-56.25 {
		t.Errorf("%v", *s.ToRefer)
	}
	if _, counted := severities[d]; counted {
		t.Error("a draft counts")
	}
	if bad := selection.Unscored(call.Criteria, 4, map[string]selection.Mark{"need": {Score: selection.NoScore, Feedback: "Words."}, "plan": {Score: 4}}); len(bad) != 1 {
		t.Errorf("%v", bad)
	}
}
