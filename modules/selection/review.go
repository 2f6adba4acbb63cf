package selection

import (
	"slices"
	"time"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/figures"
)

// ReviewState is where a review stands.
type ReviewState string

// The states of a review. Before it is open, its reviewer has said nothing of conflicts of interest yet; a recused one has
// a conflict; a removed one was taken back by the officers; one that is handed back was given back by its reviewer.
const (
	ReviewAssigned   ReviewState = "assigned"
	ReviewOpen       ReviewState = "open"
	ReviewSubmitted  ReviewState = "submitted"
	ReviewRecused    ReviewState = "recused"
	ReviewRemoved    ReviewState = "removed"
	ReviewHandedBack ReviewState = "handed_back"
)

// ReviewStates lists all of them.
var ReviewStates = []ReviewState{ReviewAssigned, ReviewOpen, ReviewSubmitted, ReviewRecused, ReviewRemoved, ReviewHandedBack}

// Active reports whether the review is done or will be.
func (s ReviewState) Active() bool {
	return s == ReviewAssigned || s == ReviewOpen || s == ReviewSubmitted
}

// Owed reports whether the reviewer still has something to do.
func (s ReviewState) Owed() bool { return s == ReviewAssigned || s == ReviewOpen }

// ReviewVerb is what happens to a review.
type ReviewVerb string

// The verbs of a review's life.
const (
	Assign   ReviewVerb = "assign" // again, after it was removed or handed back
	Clear    ReviewVerb = "clear"  // declare that there is no conflict of interest
	Recuse   ReviewVerb = "recuse" // a conflict was declared or found
	Write    ReviewVerb = "write"
	Submit   ReviewVerb = "submit"
	Resume   ReviewVerb = "resume"    // take a submitted review back to change it
	Remove   ReviewVerb = "remove"    // take the assignment back
	Restore  ReviewVerb = "restore"   // the conflict was declared by mistake
	HandBack ReviewVerb = "hand_back" // the reviewer cannot, or does not want to
)

// ReviewVerbs lists all of them.
var ReviewVerbs = []ReviewVerb{Assign, Clear, Recuse, Write, Submit, Resume, Remove, Restore, HandBack}

var reviewSteps = map[ReviewVerb]struct {
	from []ReviewState
	to   ReviewState
}{
	Assign:   {[]ReviewState{ReviewRemoved, ReviewHandedBack}, ReviewAssigned},
	Clear:    {[]ReviewState{ReviewAssigned}, ReviewOpen},
	Recuse:   {[]ReviewState{ReviewAssigned, ReviewOpen, ReviewSubmitted}, ReviewRecused},
	Write:    {[]ReviewState{ReviewOpen}, ReviewOpen},
	Submit:   {[]ReviewState{ReviewOpen}, ReviewSubmitted},
	Resume:   {[]ReviewState{ReviewSubmitted}, ReviewOpen},
	Remove:   {[]ReviewState{ReviewAssigned, ReviewOpen}, ReviewRemoved},
	Restore:  {[]ReviewState{ReviewRecused}, ReviewAssigned},
	HandBack: {[]ReviewState{ReviewAssigned, ReviewOpen}, ReviewHandedBack},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s ReviewState) After(v ReviewVerb) (ReviewState, bool) {
	step, ok := reviewSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// Review is one reviewer's judgment of one application.
type Review struct {
	ID             ids.Review
	Call           ids.Call
	Application    ids.Application
	Person         ids.Person
	State          ReviewState
	DueAt          time.Time
	AssignedAt     time.Time
	SubmittedAt    time.Time
	Points         figures.Points // of a submitted review
	Comment        string         // to the panel
	CommentVersion int64
	Marks          map[string]Mark // by criterion
	HandedBackAt   time.Time       // the last time; zero: never
	Reason         string          // for which it was handed back
	RemindedAt     time.Time       // the last time; zero: never
}

// Mark is what a review says of one criterion. A negative score is none yet.
type Mark struct {
	Score    float64 // a point of the criterion's scale, which halves divide at most
	Feedback string
	Version  int64
}

// NoScore stands for a criterion that is not scored yet.
const NoScore = -1

// Mark is what the review says of a criterion.
func (r *Review) Mark(criterion string) Mark {
	if m, ok := r.Marks[criterion]; ok {
		return m
	}
	return Mark{Score: NoScore}
}

// How many characters a review's words have at most, and at least when it is submitted. Most applicants only ever get
// the letter, so each criterion owes them a sentence, and a score below half of the scale owes them reasons.
const (
	MaxFeedback    = 2000
	MaxComment     = 4000
	LeastFeedback  = 30
	LeastReasons   = 100
	feedbackPrefix = "text"
	scorePrefix    = "score"
)

// Least is how many characters the feedback on a score has at least; none where the criterion leaves it to the reviewers.
func Least(k *blueprints.Criterion, scoreMax int, score float64) int {
	switch {
	case k.CommentOptional:
		return 0
	case score != NoScore && k.Scale(scoreMax).Low(score):
		return LeastReasons
	default:
		return LeastFeedback
	}
}

// Total is the weighted total on the scale of 100: the sum of weight × (score − lowest) ÷ (highest − lowest) of each
// criterion's scale, the weights of all criteria adding up to 100: the lowest score gives nothing of the weight, the highest
// all of it. Criteria without a score count nought, and complete says whether there are any.
func Total(criteria []blueprints.Criterion, scoreMax int, marks map[string]Mark) (total figures.Points, complete bool) {
	whole := 1 // a multiple of all spans, so that the sum is exact
	for i := range criteria {
		span := halves(criteria[i].Scale(scoreMax))
		whole *= span / common(whole, span)
	}
	sum, complete := 0, true
	for i := range criteria {
		k := &criteria[i]
		m, ok := marks[k.Key]
		if !ok || m.Score == NoScore {
			complete = false
			continue
		}
		scale := k.Scale(scoreMax)
		sum += k.Weight * int(2*(m.Score-float64(scale.Lowest))) * (whole / halves(scale))
	}
	return figures.Points((100*sum + whole/2) / whole), complete
}

// halves are how many half points a scale spans.
func halves(s blueprints.Scale) int { return max(2*(s.Highest-s.Lowest), 1) }

// common is the greatest common divisor.
func common(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Missing lists what a review lacks before it can be submitted, by the names of its inputs.
func Missing(criteria []blueprints.Criterion, scoreMax int, marks map[string]Mark) []fault.Field {
	var bad []fault.Field
	for i := range criteria {
		k := &criteria[i]
		m, ok := marks[k.Key]
		if !ok {
			m.Score = NoScore
		}
		if m.Score == NoScore {
			bad = append(bad, fault.At(inputName(k.Key, scorePrefix), "selection.mark.choose"))
		}
		least := Least(k, scoreMax, m.Score)
		if n := utf8.RuneCountInString(m.Feedback); n < least {
			bad = append(bad, fault.AtWith(inputName(k.Key, feedbackPrefix), "selection.mark.too_short", fault.Args{"Least": least, "Length": n}))
		}
	}
	return bad
}

// Scored are the criteria by which reviews are made: those that weigh something.
func Scored(criteria []blueprints.Criterion) []blueprints.Criterion {
	var all []blueprints.Criterion
	for _, k := range criteria {
		if k.Weight > 0 {
			all = append(all, k)
		}
	}
	return all
}

// Progress is how far the reviews of one application are.
type Progress struct {
	Required  int // reviews that the rules ask for by now
	Active    int // done or to be done
	Submitted int
	Apart     bool // two totals differ by the call's gap, so that one more review is required
	Opinion   bool // a second opinion was granted that is not in yet
}

// Lacking is how many reviewers are still to be found.
func (p Progress) Lacking() int { return max(0, p.Required-p.Active) }

// Third reports whether a further reviewer must be found because the totals are too far apart or a second opinion was granted.
func (p Progress) Third() bool { return (p.Apart || p.Opinion) && p.Lacking() > 0 }

// Complete reports whether every required review is in.
func (p Progress) Complete() bool { return p.Submitted >= p.Required }

// ProgressOf applies the call's rule to the reviews of one application: so many reviews, and one more as soon as two of
// the submitted totals differ by the gap or more, or as many as second opinions want if these are more. All submitted reviews
// count in the mean, the third beside the first two.
func ProgressOf(rule blueprints.Review, reviews []Review, wanted int) Progress {
	p := Progress{Required: rule.Reviews}
	low, high := figures.Points(0), figures.Points(0)
	for _, r := range reviews {
		if !r.State.Active() {
			continue
		}
		p.Active++
		if r.State != ReviewSubmitted {
			continue
		}
		if p.Submitted == 0 || r.Points < low {
			low = r.Points
		}
		if p.Submitted == 0 || r.Points > high {
			high = r.Points
		}
		p.Submitted++
	}
	if p.Submitted >= 2 && rule.ThirdReviewGap > 0 && high-low >= figures.Points(100*rule.ThirdReviewGap) {
		p.Apart = true
		p.Required++
	}
	p.Opinion = wanted > p.Submitted
	p.Required = max(p.Required, wanted)
	return p
}

// DueAt is the end of the day, so many days on, in the zone in which a call states its instants.
func DueAt(now time.Time, days int, zone *time.Location) time.Time {
	return i18n.EndOfDay(now.In(zone).AddDate(0, 0, days))
}
