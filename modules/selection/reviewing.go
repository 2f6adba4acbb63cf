package selection

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/figures"
	"kervan/policies"
	"kervan/tenants"
)

// Queued is a review of the actor's with its application and call. Before it is open, of the application nothing but the
// number and the organizations' names may be shown.
type Queued struct {
	Review
	Application Application
	Call        Call
}

// queued are the actor's own reviews, with the names of who applies.
func (s *Service) queued(ctx context.Context, sc tenants.Scope) ([]Queued, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return nil, err
	}
	mine, err := s.mine(ctx, sc)
	if err != nil || len(mine) == 0 {
		return nil, err
	}
	wanted := make([]ids.Application, len(mine))
	for i, r := range mine {
		wanted[i] = r.Application
	}
	those, err := s.Applications.Those(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	var queue []Queued
	for _, r := range mine {
		a, ok := those[r.Application]
		i := slices.IndexFunc(calls, func(c Call) bool { return c.ID == r.Call })
		if !ok || i < 0 || slices.Contains(without, r.Application) || r.State.Owed() && !a.Undecided {
			continue
		}
		queue = append(queue, Queued{Review: r, Application: a, Call: calls[i]})
	}
	slices.SortStableFunc(queue, func(a, b Queued) int {
		if a.State.Owed() != b.State.Owed() {
			if a.State.Owed() {
				return -1
			}
			return 1
		}
		return a.DueAt.Compare(b.DueAt)
	})
	return queue, nil
}

// reviewOf finds a review of the actor's own and its application, if nothing keeps them from it.
func (s *Service) reviewOf(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Review) (Review, Application, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Review{}, Application{}, err
	}
	r, err := findReview(ctx, sc.Read(), id)
	if err != nil {
		return r, Application{}, err
	}
	a, err := s.ofOwn(ctx, sc, action, r)
	if err == nil {
		err = s.unknowing(ctx, sc, r)
	}
	return r, a, err
}

// Desk is one review with everything that its page shows.
type Desk struct {
	Queued
	List List // whose state tells whether the review can still change
	Talk Talk // whether the reviewers see each other's reviews once theirs are submitted
	Held bool // it opens when its reviewer has said of all who apply whether they are impartial; before, nothing of it is told
}

// Total is the weighted total of what is scored so far, and whether all is.
func (d *Desk) Total() (figures.Points, bool) {
	return Total(d.Call.Criteria, d.Call.Review.ScoreMax, d.Marks)
}

// Writable reports whether the reviewer can write.
func (d *Desk) Writable() bool {
	return d.State == ReviewOpen && d.Application.Undecided && d.List.May(Decide)
}

// Resumable reports whether the reviewer can take the submitted review back to change it.
func (d *Desk) Resumable() bool {
	return d.State == ReviewSubmitted && d.Application.Undecided && d.List.May(Decide)
}

// Desk shows the actor's own review: before the declaration with nothing but the organizations' names, and in an anonymous call
// without these. Fault: NotFound, also for another's and for one with a conflict of interest.
func (s *Service) Desk(ctx context.Context, sc tenants.Scope, id ids.Review) (Desk, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return Desk{}, err
	}
	r, list, err := askingDesk(ctx, sc, id)
	if err != nil {
		return Desk{}, err
	}
	a, err := s.ofOwn(ctx, sc, policies.ReviewDeclare, r)
	if err != nil {
		return Desk{}, err
	}
	d := Desk{Queued: Queued{Review: r, Application: a}, List: list}
	if d.Call, err = s.Calls.Call(ctx, sc, r.Call); err != nil {
		return d, err
	}
	if d.Call.Review.Anonymous {
		d.Application = a.veil()
		if r.State.Owed() {
			if err := s.unknowing(ctx, sc, r); err != nil {
				return d, err
			}
		}
		if r.State == ReviewAssigned {
			err = s.saidAll(ctx, sc, d.Call)
			if d.Held = fault.Is(err, fault.KindConflict); d.Held {
				d.Application, err = Application{Call: r.Call, Veiled: true}, nil
			}
			return d, err
		}
	}
	if r.State != ReviewSubmitted {
		return d, nil
	}
	w, err := waysOf(ctx, sc.Read(), r.Call)
	d.Talk = w.Talk
	return d, err
}

// Returnable reports whether the reviewer can give the review back.
func (d *Desk) Returnable() bool {
	return !d.Held && d.State.Owed() && d.Application.Undecided && d.List.May(Decide)
}

// commentRef is the name under which the comment to the panel is saved, beside the criteria's keys.
const commentRef = "comment"

func inputName(ref, part string) string { return "answers[" + ref + "][" + part + "]" }

// Typed is what was typed for one criterion, or as the comment. Base is the version that the page had shown.
type Typed struct {
	Ref      string
	Score    float64 // NoScore for none
	Feedback string
	Base     int64
}

// check refuses what cannot be kept at all; a draft may be short of much else.
func (t *Typed) check(c Call) []fault.Field {
	most := MaxFeedback
	if t.Ref == commentRef {
		most = MaxComment
	}
	clean, ok := i18n.Clean(t.Feedback)
	name := inputName(t.Ref, feedbackPrefix)
	var bad []fault.Field
	switch {
	case !ok:
		bad = append(bad, fault.At(name, "fault.invalid_text"))
	case utf8.RuneCountInString(clean) > most:
		bad = append(bad, fault.AtWith(name, "fault.too_long", fault.Args{"Max": most, "Length": utf8.RuneCountInString(clean)}))
	}
	i := slices.IndexFunc(c.Criteria, func(k blueprints.Criterion) bool { return k.Key == t.Ref })
	if t.Score != NoScore && (i < 0 || !c.Criteria[i].Scale(c.Review.ScoreMax).Has(t.Score)) {
		bad = append(bad, fault.At(inputName(t.Ref, scorePrefix), "fault.choose"))
	}
	t.Feedback = clean
	return bad
}

// Clash tells that another page of the same reviewer saved something else for the criterion in the meantime.
type Clash struct {
	Yours, Theirs Mark
	Ref           string
}

// Error is for logs.
func (c *Clash) Error() string { return "selection: " + c.Ref + " was saved from another page" }

// Saved is what a save gave.
type Saved struct {
	Version int64
	At      time.Time
}

// Save keeps what the reviewer typed for a criterion or as the comment to the panel. The reviewer may while the review is
// open and the decisions are. Faults: *Clash, Invalid by field, Conflict, NotFound.
func (s *Service) Save(ctx context.Context, sc tenants.Scope, id ids.Review, typed Typed) (Saved, error) {
	saved, clashes, err := s.SaveAll(ctx, sc, id, []Typed{typed})
	if err != nil {
		return Saved{}, err
	}
	if len(clashes) > 0 {
		return Saved{}, clashes[0]
	}
	return saved[0], nil
}

// SaveAll is Save for a whole page at once: what can be saved is, and the clashes are given back.
func (s *Service) SaveAll(ctx context.Context, sc tenants.Scope, id ids.Review, typed []Typed) ([]Saved, []*Clash, error) {
	if _, _, err := s.reviewOf(ctx, sc, policies.ReviewWrite, id); err != nil {
		return nil, nil, err
	}
	saved := make([]Saved, len(typed))
	var clashes []*Clash
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		clashes = nil
		r, now, err := s.open(ctx, tx, id, Write)
		if err != nil {
			return err
		}
		call, err := s.Calls.Within(ctx, tx, r.Call)
		if err != nil {
			return err
		}
		if err := checkAll(typed, call); err != nil {
			return err
		}
		for i, t := range typed {
			version, clash, err := keepTyped(ctx, tx, r, t, now)
			if err != nil {
				return err
			}
			if clash != nil {
				clashes = append(clashes, clash)
			}
			saved[i] = Saved{Version: version, At: now}
		}
		return nil
	})
	return saved, clashes, err
}

// checkAll refuses what cannot be kept of a page, and cleans the rest.
func checkAll(typed []Typed, call Call) error {
	var bad []fault.Field
	for i := range typed {
		if typed[i].Ref != commentRef && !slices.ContainsFunc(call.Criteria, func(k blueprints.Criterion) bool { return k.Key == typed[i].Ref }) {
			return fault.NotFound()
		}
		bad = append(bad, typed[i].check(call)...)
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return nil
}

// open locks a review for a verb that is possible while the decisions of its call are open.
func (s *Service) open(ctx context.Context, tx *tenants.Tx, id ids.Review, verb ReviewVerb) (*Review, time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, now, err
	}
	r, err := lockReview(ctx, tx, id)
	if err != nil {
		return nil, now, err
	}
	if err := holdCriteria(ctx, tx, r.Call); err != nil {
		return nil, now, err
	}
	list, _, err := findList(ctx, tx, r.Call)
	if err != nil {
		return nil, now, err
	}
	after, ok := r.State.After(verb)
	if !ok {
		return nil, now, fault.Conflict("selection.review.not_now")
	}
	if !list.May(Decide) {
		return nil, now, fault.Conflict("selection.review.closed")
	}
	r.State = after
	return &r, now, nil
}

func keepTyped(ctx context.Context, tx *tenants.Tx, r *Review, t Typed, now time.Time) (int64, *Clash, error) {
	before := r.Mark(t.Ref)
	if t.Ref == commentRef {
		before = Mark{Score: NoScore, Feedback: r.Comment, Version: r.CommentVersion}
	}
	after := Mark{Score: t.Score, Feedback: t.Feedback, Version: before.Version + 1}
	switch {
	case before.Score == after.Score && before.Feedback == after.Feedback:
		return before.Version, nil, nil
	case t.Base != before.Version:
		return before.Version, &Clash{Yours: after, Theirs: before, Ref: t.Ref}, nil
	case t.Ref == commentRef:
		r.Comment, r.CommentVersion = after.Feedback, after.Version
		return after.Version, nil, saveComment(ctx, tx, r)
	}
	return after.Version, nil, saveMark(ctx, tx, r.ID, t.Ref, after, now)
}

// Submit hands a review in; from now on it counts. When the call's rule is satisfied by it, that is announced; when the
// totals are too far apart, the officers are told that one more reviewer is needed. The reviewer may, while the decisions
// are open. Faults: Invalid by field where something is missing, also where feedback names somebody who reviews the application, as far
// as the reviewer knows them; Conflict, NotFound.
func (s *Service) Submit(ctx context.Context, sc tenants.Scope, id ids.Review) error {
	r, a, err := s.reviewOf(ctx, sc, policies.ReviewWrite, id)
	if err != nil {
		return err
	}
	call, err := s.Calls.Call(ctx, sc, r.Call)
	if err != nil {
		return err
	}
	signs, err := s.knownSigns(ctx, sc, &r)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, call); err != nil {
			return err
		}
		r, now, err := s.open(ctx, tx, id, Submit)
		if err != nil {
			return err
		}
		if call, err = s.Calls.Within(ctx, tx, r.Call); err != nil {
			return err
		}
		bad := Missing(call.Criteria, call.Review.ScoreMax, r.Marks)
		for i := range call.Criteria {
			if k := call.Criteria[i].Key; names(r.Mark(k).Feedback, signs) {
				bad = append(bad, fault.At(inputName(k, feedbackPrefix), "selection.mark.names_reviewer"))
			}
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		r.Points, _ = Total(call.Criteria, call.Review.ScoreMax, r.Marks)
		r.SubmittedAt = now
		if err := advance(ctx, tx, r); err != nil {
			return err
		}
		tx.Audit(entry("review.submitted", a.ID))
		return s.tellProgress(ctx, tx, call, a)
	})
}

// Resume takes a submitted review back so that its reviewer can change it; until it is submitted again it does not count.
// The reviewer may, while the decisions are open. Faults: Conflict, NotFound.
func (s *Service) Resume(ctx context.Context, sc tenants.Scope, id ids.Review) error {
	r, a, err := s.reviewOf(ctx, sc, policies.ReviewWrite, id)
	if err != nil {
		return err
	}
	call, err := s.Calls.Call(ctx, sc, r.Call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, call); err != nil {
			return err
		}
		r, _, err := s.open(ctx, tx, id, Resume)
		if err != nil {
			return err
		}
		detail := map[string]any{"points": int(r.Points)}
		if err := keepTotal(ctx, tx, r); err != nil {
			return err
		}
		r.Points, r.SubmittedAt = 0, time.Time{}
		tx.Audit(audit.Entry{Action: "review.resumed", SubjectKind: "application", SubjectID: a.ID.String(), Detail: detail})
		return advance(ctx, tx, r)
	})
}
