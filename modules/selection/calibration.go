package selection

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/figures"
)

// How long a sample is at most: in characters its title and one of its passages, and how many passages it has.
const (
	MaxSampleTitle = 150
	MaxPassage     = 10000
	MostPassages   = 200
)

// askAgain is how long nobody is asked again for a sample that they have not scored.
const askAgain = 24 * time.Hour

// CalibrationState is where a calibration stands.
type CalibrationState string

// The states of a calibration.
const (
	CalibrationPreparing CalibrationState = "preparing" // its sample is being written, and no reviewer sees it
	CalibrationOpen      CalibrationState = "open"
	CalibrationClosed    CalibrationState = "closed"
)

// CalibrationStates lists all of them.
var CalibrationStates = []CalibrationState{CalibrationPreparing, CalibrationOpen, CalibrationClosed}

// CalibrationVerb is what happens to a calibration.
type CalibrationVerb string

// The verbs of a calibration's life.
const (
	WriteSample      CalibrationVerb = "write"
	DiscardSample    CalibrationVerb = "discard" // there is nothing afterwards
	OpenCalibration  CalibrationVerb = "open"
	Require          CalibrationVerb = "require"
	SetReference     CalibrationVerb = "refer"
	ScoreSample      CalibrationVerb = "score" // by a reviewer
	AskForScores     CalibrationVerb = "ask"
	CloseCalibration CalibrationVerb = "close"
)

// CalibrationVerbs lists all of them.
var CalibrationVerbs = []CalibrationVerb{WriteSample, DiscardSample, OpenCalibration, Require, SetReference, ScoreSample, AskForScores, CloseCalibration}

var calibrationSteps = map[CalibrationVerb]struct {
	from []CalibrationState
	to   CalibrationState // empty: the same
}{
	WriteSample:      {from: []CalibrationState{CalibrationPreparing}},
	DiscardSample:    {from: []CalibrationState{CalibrationPreparing}},
	OpenCalibration:  {from: []CalibrationState{CalibrationPreparing}, to: CalibrationOpen},
	Require:          {from: []CalibrationState{CalibrationPreparing, CalibrationOpen}},
	SetReference:     {from: CalibrationStates},
	ScoreSample:      {from: []CalibrationState{CalibrationOpen}},
	AskForScores:     {from: []CalibrationState{CalibrationOpen}},
	CloseCalibration: {from: []CalibrationState{CalibrationOpen}, to: CalibrationClosed},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s CalibrationState) After(v CalibrationVerb) (CalibrationState, bool) {
	step, ok := calibrationSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	if step.to == "" {
		return s, true
	}
	return step.to, true
}

// Passage is a piece of a sample: what stands under a heading of the form. Its words are all in the sample's language.
type Passage struct {
	Section string `json:"section"`
	Label   string `json:"label"` // the question; empty where one text stands for the section
	Text    string `json:"text"`
}

// Calibration is a round in which all reviewers of a call score the same sample. The sample is no application: it is in no list of
// them and counted nowhere.
type Calibration struct {
	ID        ids.Calibration
	Call      ids.Call
	State     CalibrationState
	Title     string
	Language  i18n.Locale
	Passages  []Passage
	Source    ids.Application // that the sample is a copy of; zero: it was written
	Required  bool            // before the first application is opened
	Version   int64           // of the sample
	Made      time.Time
	Opened    time.Time
	Closed    time.Time
	Forgotten time.Time // when its words went with those of the application; zero: they are there
}

// May reports whether the verb is possible.
func (c *Calibration) May(v CalibrationVerb) bool {
	_, ok := c.State.After(v)
	return ok && (c.Forgotten.IsZero() || v == CloseCalibration || v == DiscardSample)
}

// Sample is what coordinators write for reviewers to score.
type Sample struct {
	Title string
	Texts []string // of the passages, in their order
}

// passageInput is the name of a passage's input.
func passageInput(i int) string { return fmt.Sprintf("passage_%d", i) }

// check refuses what cannot be kept.
func (s *Sample) check() []fault.Field {
	var bad []fault.Field
	if s.Title == "" {
		bad = append(bad, fault.At("title", "fault.required"))
	}
	if n := utf8.RuneCountInString(s.Title); n > MaxSampleTitle {
		bad = append(bad, fault.AtWith("title", "fault.too_long", fault.Args{"Max": MaxSampleTitle, "Length": n}))
	}
	for i, text := range s.Texts {
		if n := utf8.RuneCountInString(text); n > MaxPassage {
			bad = append(bad, fault.AtWith(passageInput(i), "fault.too_long", fault.Args{"Max": MaxPassage, "Length": n}))
		}
	}
	return bad
}

// Scoring is how somebody scores a sample: a reviewer, or the coordinators, whose scores are the reference.
type Scoring struct {
	ID        ids.Review
	Person    ids.Person // zero: the reference
	Marks     map[string]Mark
	Submitted time.Time // zero: not yet
	Told      time.Time // when they were last asked for it
}

// Mark is what the scoring says of a criterion.
func (s *Scoring) Mark(criterion string) Mark {
	r := Review{Marks: s.Marks}
	return r.Mark(criterion)
}

// Done reports whether it is submitted; the reference never is.
func (s *Scoring) Done() bool { return !s.Submitted.IsZero() }

// Unscored lists the criteria that a scoring lacks before it can be submitted, by the names of their inputs. Words are up to whoever
// scores: no applicant reads them.
func Unscored(criteria []blueprints.Criterion, scoreMax int, marks map[string]Mark) []fault.Field {
	var bad []fault.Field
	for i := range criteria {
		k := &criteria[i]
		if m, ok := marks[k.Key]; !ok || !k.Scale(scoreMax).Has(m.Score) {
			bad = append(bad, fault.At(inputName(k.Key, scorePrefix), "selection.mark.choose"))
		}
	}
	return bad
}

// Step is how many have given a point of a scale.
type Step struct {
	Score float64
	N     int
}

// Spread is how the scores for one criterion are spread, with nobody's name.
type Spread struct {
	Criterion blueprints.Criterion
	Steps     []Step // of the whole scale, the lowest first
	N         int
	Mean      float64 // of those N; nought where there is none
	Reference Mark
	Own       Mark
	ToOthers  *float64 // the own score less the mean of the others; nil: there are none
	ToRefer   *float64 // the own score less the reference; nil: there is none
}

// SpreadsOf counts the submitted scorings of a sample by criterion. Own is whose differences are told, if anybody's.
func SpreadsOf(call *Call, all []Scoring, own, reference *Scoring) []Spread {
	spreads := make([]Spread, 0, len(call.Criteria))
	for _, k := range call.Criteria {
		scale := k.Scale(call.Review.ScoreMax)
		s := Spread{Criterion: k, Reference: Mark{Score: NoScore}, Own: Mark{Score: NoScore}}
		if reference != nil {
			s.Reference = reference.Mark(k.Key)
		}
		if own != nil {
			s.Own = own.Mark(k.Key)
		}
		for _, score := range scale.Scores() {
			s.Steps = append(s.Steps, Step{Score: score})
		}
		sum, others, ofOthers := 0.0, 0.0, 0
		for i := range all {
			m := all[i].Mark(k.Key)
			at := slices.IndexFunc(s.Steps, func(step Step) bool { return step.Score == m.Score })
			if !all[i].Done() || at < 0 {
				continue
			}
			s.Steps[at].N++
			s.N++
			sum += m.Score
			if own != nil && all[i].Person != own.Person {
				others += m.Score
				ofOthers++
			}
		}
		if s.N > 0 {
			s.Mean = sum / float64(s.N)
		}
		if scale.Has(s.Own.Score) {
			if ofOthers > 0 {
				s.ToOthers = new(s.Own.Score - others/float64(ofOthers))
			}
			if scale.Has(s.Reference.Score) {
				s.ToRefer = new(s.Own.Score - s.Reference.Score)
			}
		}
		spreads = append(spreads, s)
	}
	return spreads
}

// Severity is by how much somebody's total differs, on the scale of 100, from the mean of the others' totals and from the reference's;
// less than nought is more severe. It is nil where there is nothing to compare with.
type Severity struct{ ToOthers, ToRefer *float64 }

// SeveritiesOf are the severities of all who have submitted. The reference counts when it scores every criterion.
func SeveritiesOf(call *Call, all []Scoring, reference *Scoring) map[ids.Person]Severity {
	totals, sum := map[ids.Person]float64{}, 0.0
	for i := range all {
		if total, complete := Total(call.Criteria, call.Review.ScoreMax, all[i].Marks); all[i].Done() && complete {
			totals[all[i].Person] = total.Float()
			sum += total.Float()
		}
	}
	refer, complete := figures.Points(0), false
	if reference != nil {
		refer, complete = Total(call.Criteria, call.Review.ScoreMax, reference.Marks)
	}
	severities := make(map[ids.Person]Severity, len(totals))
	for person, total := range totals {
		var s Severity
		if n := len(totals) - 1; n > 0 {
			s.ToOthers = new(total - (sum-total)/float64(n))
		}
		if complete {
			s.ToRefer = new(total - refer.Float())
		}
		severities[person] = s
	}
	return severities
}
