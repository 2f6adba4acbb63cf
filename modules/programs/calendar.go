package programs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Anchor is the day from which a stage is counted, and with which it moves.
type Anchor string

// A stage before the end of the call is counted from the day on which it opens, a later one from the day after its
// deadline: so an extension moves what comes after, and nothing else.
const (
	FromOpening  Anchor = "opening"
	FromDeadline Anchor = "deadline"
)

// The call itself is a stage too; its days are those of its two instants.
const stageOfCall = "call"

// PlannedStage is a stage of the cycle that a call begins: when it starts, in days from its anchor (negative is before),
// and how many days it takes.
type PlannedStage struct {
	Key    string    `json:"key"`
	Name   i18n.Text `json:"name"`
	About  i18n.Text `json:"about"`
	From   Anchor    `json:"from"`
	Start  int       `json:"start"`
	Days   int       `json:"days"`
	Hidden bool      `json:"hidden,omitempty"` // from everybody but the team
}

// planned are a blueprint's stages for a new call. What comes before the call is the team's own affair at first.
func planned(b blueprints.Blueprint) []PlannedStage {
	end := endOfCall(b)
	stages := make([]PlannedStage, len(b.Stages))
	for i, s := range b.Stages {
		start := 7*s.StartWeek + s.StartDay
		stages[i] = PlannedStage{Key: s.Key, Name: s.Name, About: s.About, From: FromOpening, Start: start, Days: 7*s.Weeks + s.Days, Hidden: s.Hidden}
		if start >= 7*end {
			stages[i].From, stages[i].Start = FromDeadline, start-7*end
		}
	}
	return stages
}

// endOfCall is the week, counted from the opening, in which a blueprint's call has closed.
func endOfCall(b blueprints.Blueprint) int {
	for _, s := range b.Stages {
		if s.Key == stageOfCall {
			return s.StartWeek + s.Weeks
		}
	}
	return 0
}

// Span is a stage with its days: the first and the last, each as midnight in the call's zone.
type Span struct {
	PlannedStage

	First, Last time.Time
}

// Calendar are the stages in the order in which they begin; none before the call has both its instants.
func (c *Call) Calendar() []Span {
	if c.OpensAt.IsZero() || c.ClosesAt.IsZero() {
		return nil
	}
	spans := make([]Span, len(c.Stages))
	for i, s := range c.Stages {
		if s.Key == stageOfCall {
			spans[i] = Span{s, c.day(c.OpensAt, 0), c.day(c.ClosesAt, 0)}
			continue
		}
		first := c.anchored(s.From, s.Start)
		spans[i] = Span{s, first, c.day(first, s.Days-1)}
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Or(a.First.Compare(b.First), a.Last.Compare(b.Last)) })
	return spans
}

// Over is the last day of the last stage, as midnight in the call's zone; the zero time without a calendar.
func (c *Call) Over() time.Time {
	var last time.Time
	for _, s := range c.Calendar() {
		if s.Last.After(last) {
			last = s.Last
		}
	}
	return last
}

// Public are the stages that everybody sees.
func (c *Call) Public() []Span {
	return slices.DeleteFunc(c.Calendar(), func(s Span) bool { return s.Hidden })
}

func (c *Call) anchored(from Anchor, days int) time.Time {
	if from == FromDeadline {
		return c.day(c.ClosesAt, 1+days)
	}
	return c.day(c.OpensAt, days)
}

// day is midnight some days after that of an instant, in the call's zone.
func (c *Call) day(t time.Time, after int) time.Time {
	y, m, d := t.In(c.Location()).Date()
	return time.Date(y, m, d+after, 0, 0, 0, 0, c.Location())
}

// Replanned are the days of one stage, as a person states them.
type Replanned struct {
	First, Last time.Time // of which only the dates count
	Hidden      bool
}

// longest is how many days a stage takes at most, and how far it may lie from its anchor.
const longest = 5 * 366

// Plan sets the days of stages, by their key; those that are not named stay. The call's own days follow its instants.
// Coordinators and officers may, at any time; on a published call it is noted in the public log. Faults: Invalid by field
// (first_<key>, last_<key>), Conflict when the call has no dates yet or has been changed, NotFound.
func (s *Service) Plan(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, days map[string]Replanned) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if len(c.Calendar()) == 0 {
			return fault.Conflict("programs.calendar.no_dates")
		}
		var bad []fault.Field
		before := c.Public()
		for i := range c.Stages {
			stage := &c.Stages[i]
			if r, ok := days[stage.Key]; ok && stage.Key != stageOfCall {
				bad = append(bad, stage.plan(c, r)...)
			}
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		tx.Audit(audit.Entry{Action: "call.replanned", SubjectKind: "call", SubjectID: id.String()})
		if c.State == Draft || sameDays(before, c.Public()) {
			return nil
		}
		return logChange(ctx, tx, id, Change{Kind: "calendar"})
	})
}

func (s *PlannedStage) plan(c *Call, r Replanned) []fault.Field {
	y, m, d := r.First.Date()
	first := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	y, m, d = r.Last.Date()
	last := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	start, length := days(c.anchored(s.From, 0), first), days(first, last)+1
	if length < 1 {
		return []fault.Field{fault.At("last_"+s.Key, "programs.calendar.ends_before")}
	}
	if length > longest || start > longest || start < -longest {
		return []fault.Field{fault.At("first_"+s.Key, "programs.calendar.too_far")}
	}
	s.Start, s.Days, s.Hidden = start, length, r.Hidden
	return nil
}

func sameDays(a, b []Span) bool {
	return slices.EqualFunc(a, b, func(x, y Span) bool {
		return x.Key == y.Key && x.First.Equal(y.First) && x.Last.Equal(y.Last)
	})
}
