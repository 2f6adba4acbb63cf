package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Opining is the second opinions on an application as officers see them.
type Opining struct {
	Application Application
	Call        Call
	List        List
	Progress    Progress
	Opinions    []Opinion // the oldest first; none while the actor owes a review
	Names       map[ids.Person]string
	Owed        bool // the actor owes a review of it, and has to do with no further ones before
}

// Open reports whether anything can be asked or answered still.
func (o *Opining) Open() bool { return !o.Owed && o.List.May(Decide) && o.Application.Undecided }

// Askable reports whether officers are offered to want a second opinion: not before a first is in, nor while
// one is on its way or waits for their answer.
func (o *Opining) Askable() bool {
	return o.Open() && o.Progress.Submitted > 0 && !o.Progress.Opinion && !slices.ContainsFunc(o.Opinions, func(one Opinion) bool { return one.State == OpinionAsked })
}

// Opinions shows the second opinions that were asked for on an application, by whom and why. Coordinators and officers may, without
// a conflict of interest. Fault: NotFound.
func (s *Service) Opinions(ctx context.Context, sc tenants.Scope, id ids.Application) (Opining, error) {
	a, err := s.permitted(ctx, sc, policies.ReviewerManage, id)
	if err != nil {
		return Opining{}, err
	}
	o := Opining{Application: a, Names: map[ids.Person]string{}}
	if o.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return o, err
	}
	if o.List, _, err = findList(ctx, sc.Read(), a.Call); err != nil {
		return o, err
	}
	all, err := reviewsOf(ctx, sc.Read(), id)
	if err != nil {
		return o, err
	}
	if o.Owed = owes(all, sc.Actor().Person); o.Owed {
		return o, nil
	}
	if o.Opinions, err = opinionsOf(ctx, sc.Read(), id); err != nil {
		return o, err
	}
	o.Progress = ProgressOf(o.Call.Review, all, reviewsWanted(o.Opinions))
	var persons []ids.Person
	for _, one := range o.Opinions {
		persons = append(persons, one.AskedBy, one.AnsweredBy)
	}
	persons = slices.DeleteFunc(persons, ids.Person.IsZero)
	if len(persons) == 0 {
		return o, nil
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for person, p := range known {
		o.Names[person] = p.Name
	}
	return o, err
}

// opined is an application under the selection's lock, with what is known of its second opinions.
type opined struct {
	application Application
	reviews     []Review
	opinions    []Opinion
	progress    Progress
	call        Call
	now         time.Time
}

// opinionEntry is about a second opinion, so that it is read by those only who may know of it and of its application.
func opinionEntry(what string, id ids.Opinion, application ids.Application) audit.Entry {
	return audit.Entry{Action: "opinion." + what, SubjectKind: "opinion", SubjectID: id.String(), Detail: map[string]any{audit.Among: []string{application.String()}}}
}

// ConcealedOpinions lists the second opinions of which the actor must not know yet, because they owe a review of the application. Those
// of Conflicted are concealed with these.
func (s *Service) ConcealedOpinions(ctx context.Context, sc tenants.Scope) ([]ids.Opinion, error) {
	return opinionsToOwing(ctx, sc.Read(), sc.Actor().Person)
}

// opine lets act ask for a second opinion or answer, while the decisions are open and the application can be decided. Faults:
// Conflict, also when an officer owes a review of it; NotFound.
func (s *Service) opine(ctx context.Context, sc tenants.Scope, a Application, act func(context.Context, *tenants.Tx, *opined) error) error {
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		list, err := lockSelection(ctx, tx, call)
		if err != nil {
			return err
		}
		if !list.May(Decide) {
			return fault.Conflict("selection.list.not_open")
		}
		if !a.Undecided {
			return fault.Conflict("selection.assign.decided")
		}
		if _, err := stillIn(ctx, tx, a.ID); err != nil {
			return err
		}
		o := &opined{application: a, call: call}
		if o.now, err = tx.Now(ctx); err != nil {
			return err
		}
		if o.reviews, err = reviewsOf(ctx, tx, a.ID); err != nil {
			return err
		}
		if owes(o.reviews, sc.Actor().Person) {
			return fault.Conflict("selection.opinion.own_first")
		}
		if o.opinions, err = opinionsOf(ctx, tx, a.ID); err != nil {
			return err
		}
		o.progress = ProgressOf(call.Review, o.reviews, reviewsWanted(o.opinions))
		return act(ctx, tx, o)
	})
}

// AskOpinion asks for a second opinion on an application, which needs one more review from then on. The reason is for coordinators
// and officers alone. They may, without a conflict of interest and a review of it that they owe, while the decisions are open, once a
// first review is in, and while no other opinion is on its way. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) AskOpinion(ctx context.Context, sc tenants.Scope, id ids.Application, reason string) error {
	a, err := s.permitted(ctx, sc, policies.ReviewerManage, id)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return s.opine(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, o *opined) error {
		if o.progress.Opinion {
			return fault.Conflict("selection.opinion.on_its_way")
		}
		if o.progress.Submitted == 0 {
			return fault.Conflict("selection.opinion.no_first")
		}
		one := ids.New[ids.Opinion]()
		tx.Audit(opinionEntry("wanted", one, id))
		return saveOpinion(ctx, tx, &Opinion{
			ID: one, Application: id, Call: a.Call, State: OpinionGranted, Reviews: NeededWith(o.call.Review, o.progress), Reason: reason,
			AskedAt: o.now, AskedBy: sc.Actor().Person, AnsweredAt: o.now, AnsweredBy: sc.Actor().Person,
		})
	})
}

// RequestOpinion asks the officers for a second opinion on what the actor has reviewed. Whoever submitted the review may, while the
// decisions are open and none that they asked for stands. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) RequestOpinion(ctx context.Context, sc tenants.Scope, id ids.Review, reason string) error {
	r, a, err := s.reviewOf(ctx, sc, policies.ReviewWrite, id)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return s.opine(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, o *opined) error {
		if !slices.ContainsFunc(o.reviews, func(one Review) bool { return one.ID == id && one.State == ReviewSubmitted }) {
			return fault.Conflict("selection.review.not_now")
		}
		if slices.ContainsFunc(opinionsOfReview(o.opinions, id), func(one Opinion) bool { return one.State.standing() }) {
			return fault.Conflict("selection.opinion.asked_before")
		}
		one := Opinion{ID: ids.New[ids.Opinion](), Application: a.ID, Call: r.Call, Review: id, State: OpinionAsked, Reason: reason, AskedAt: o.now, AskedBy: r.Person}
		tx.Audit(opinionEntry("asked", one.ID, a.ID))
		if err := saveOpinion(ctx, tx, &one); err != nil {
			return err
		}
		return s.tellOfficers(ctx, tx, a, "selection.notify.opinion_asked", owing(o.reviews)...)
	})
}

// OwnOpinions are the second opinions for which the actor asked as the reviewer, without who answered, the oldest first. Fault: NotFound.
func (s *Service) OwnOpinions(ctx context.Context, sc tenants.Scope, id ids.Review) ([]Opinion, error) {
	r, _, err := s.reviewOf(ctx, sc, policies.ReviewDeclare, id)
	if err != nil {
		return nil, err
	}
	all, err := opinionsOf(ctx, sc.Read(), r.Application)
	own := opinionsOfReview(all, id)
	for i := range own {
		own[i].AnsweredBy = ids.Person{}
	}
	return own, err
}

// AnswerOpinion grants a second opinion for which a reviewer asked, turns it down with a reason that the reviewer reads, or takes a
// granted one back that is not in; a reviewer who was found for it keeps the review. Coordinators and officers may, without a conflict
// of interest and a review of the application that they owe, while the decisions are open. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) AnswerOpinion(ctx context.Context, sc tenants.Scope, application ids.Application, id ids.Opinion, verb OpinionVerb, reason string) error {
	a, err := s.permitted(ctx, sc, policies.ReviewerManage, application)
	if err != nil {
		return err
	}
	if _, ok := opinionSteps[verb]; !ok {
		return fault.Invalid("fault.check_fields", fault.At("answer", "fault.choose"))
	}
	if verb != TurnDownOpinion {
		reason = ""
	} else if reason, err = s.tellableReviewer(ctx, sc, a, reason); err != nil {
		return err
	}
	return s.opine(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, o *opined) error {
		i := slices.IndexFunc(o.opinions, func(one Opinion) bool { return one.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		one := &o.opinions[i]
		after, ok := one.State.After(verb)
		if !ok || verb == TakeBackOpinion && !one.awaited(o.progress) {
			return fault.Conflict("selection.opinion.answered_before")
		}
		if verb == GrantOpinion {
			one.Reviews = NeededWith(o.call.Review, o.progress)
		}
		one.State, one.Answer, one.AnsweredAt, one.AnsweredBy = after, reason, o.now, sc.Actor().Person
		if err := saveOpinion(ctx, tx, one); err != nil {
			return err
		}
		tx.Audit(opinionEntry(string(after), id, a.ID))
		tellOpinion(tx, o, one)
		if verb != TakeBackOpinion {
			return nil
		}
		return s.tellProgress(ctx, tx, o.call, a)
	})
}

// tellableReviewer holds a text for a reviewer to what may be told them: something, not who else reviews, and in an anonymous call not
// who applies.
func (s *Service) tellableReviewer(ctx context.Context, sc tenants.Scope, a Application, text string) (string, error) {
	text, err := s.tellable(ctx, sc, a, text)
	if f := fault.Of(err); fault.Is(err, fault.KindInvalid) && f.Fields[0].Key != "fault.required" {
		return text, fault.Invalid("fault.check_fields", fault.At("reason", "selection.opinion.names_reviewer"))
	}
	if err != nil {
		return text, err
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return text, err
	}
	applicants := make([]string, len(a.Organizations))
	for i, o := range a.Organizations {
		applicants[i] = i18n.SearchKey(o.Name)
	}
	if call.Review.Anonymous && names(text, applicants) {
		err = fault.Invalid("fault.check_fields", fault.At("reason", "selection.opinion.names_applicant"))
	}
	return text, err
}

// tellOpinion puts what became of a second opinion under the bell of the reviewer who asked, if that still is one.
func tellOpinion(tx *tenants.Tx, o *opined, one *Opinion) {
	i := slices.IndexFunc(o.reviews, func(r Review) bool { return r.ID == one.Review && r.State.Active() })
	if i < 0 {
		return
	}
	tx.Announce(events.NotificationRequested{
		Person: o.reviews[i].Person, Key: "selection.notify.opinion." + string(one.State),
		Path: reviewAddress(one.Review, "opinion"),
	})
}

// opinionDuties are the second opinions for which reviewers ask, as the page of further reviews lists them.
func (s *Service) opinionDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	if !s.may(sc, policies.ReviewerManage) {
		return nil, nil
	}
	all, err := standingOpinions(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o Opinion) bool { return o.State != OpinionAsked })
	if len(all) == 0 {
		return nil, nil
	}
	undecided, err := s.Applications.Undecided(ctx, sc)
	if err != nil {
		return nil, err
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	reviews, err := s.allReviews(ctx, sc)
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
	var duties []Duty
	for _, c := range calls {
		n := 0
		for _, o := range all {
			open := slices.ContainsFunc(undecided, func(a Application) bool { return a.ID == o.Application }) && !slices.Contains(hidden, o.Application) && !owes(reviews[o.Application], sc.Actor().Person)
			if list := known[o.Call]; o.Call == c.ID && open && list.May(Decide) {
				n++
			}
		}
		if n > 0 {
			duties = append(duties, Duty{Kind: DutyOpinion, Call: c, Count: n})
		}
	}
	return duties, nil
}
