package selection

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Conditioned is the place of an application with its conditions, as the team sees it.
type Conditioned struct {
	Application Application
	Call        Call
	List        List
	Decision    Decision // zero: none yet
	Conditions  []Condition
	Handed      map[ids.Condition][]Handed // documents, the last first
	Names       map[ids.Person]string      // of the people of the applicants who answered
}

// Settable reports whether conditions can be set or removed: of a place that is proposed, while the list is open.
func (c *Conditioned) Settable() bool {
	return c.List.May(Decide) && c.Decision.State == DecisionDraft && c.Decision.Outcome != events.OutcomeRejected
}

// Overdue reports whether a condition of the place that is held should have been met by now.
func (c *Conditioned) Overdue(now time.Time) bool {
	return c.Decision.State == DecisionConditional && overdue(c.Conditions, now)
}

// Conditioned shows the conditions of an application's place. Coordinators, officers and the chair may, without a conflict of
// interest. Fault: NotFound.
func (s *Service) Conditioned(ctx context.Context, sc tenants.Scope, id ids.Application) (Conditioned, error) {
	a, err := s.permitted(ctx, sc, policies.ConditionRead, id)
	if err != nil {
		return Conditioned{}, err
	}
	now, err := s.holders(ctx, sc, a)
	if err != nil {
		return Conditioned{}, err
	}
	c := Conditioned{Application: now[0]}
	if c.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return c, err
	}
	if c.List, _, err = findList(ctx, sc.Read(), a.Call); err != nil {
		return c, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return c, err
	}
	if len(decided) > 0 {
		c.Decision = decided[0]
	}
	all, err := conditionsFor(ctx, sc.Read(), id)
	if err != nil {
		return c, err
	}
	c.Conditions = all[id]
	if c.Handed, err = s.handed(ctx, sc, c.Conditions); err != nil {
		return c, err
	}
	var persons []ids.Person
	for _, one := range c.Conditions {
		if !one.AnsweredBy.IsZero() {
			persons = append(persons, one.AnsweredBy)
		}
		for _, h := range c.Handed[one.ID] {
			persons = append(persons, h.By)
		}
	}
	c.Names = map[ids.Person]string{}
	if len(persons) == 0 {
		return c, nil
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for person, p := range known {
		c.Names[person] = p.Name
	}
	return c, err
}

// SetCondition adds a condition to the place that is proposed for an application: what the applicants must do or show, within how
// many days after they have accepted, and which document is due for it, if one is. They read it in their letter. Coordinators and the chair may, without a conflict of interest,
// while the list is open. Faults: Invalid by field; Conflict when the place has as many as it may have, when none is proposed, or
// when the list was changed; NotFound.
func (s *Service) SetCondition(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, wanted Wanted) error {
	a, err := s.permitted(ctx, sc, policies.ConditionManage, id)
	if err != nil {
		return err
	}
	bad := wanted.check()
	signs, err := s.signsOfReviewers(ctx, sc, a)
	if err != nil {
		return err
	}
	for _, said := range []struct{ field, text string }{{"words", wanted.Words}, {"document", wanted.Document}} {
		if names(said.text, signs) {
			bad = append(bad, fault.At(said.field, "selection.clarify.names_reviewer"))
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return s.sit(ctx, sc, policies.SelectionDecide, a.Call, version, Decide, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		if !slices.ContainsFunc(w.decisions, func(d Decision) bool {
			return d.Application == id && d.State == DecisionDraft && d.Outcome != events.OutcomeRejected
		}) {
			return fault.Conflict("selection.condition.no_place")
		}
		there, err := conditionsFor(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(there[id]) >= MostConditions {
			return fault.Conflict("selection.condition.enough")
		}
		tx.Audit(entry("condition.set", id))
		return insertCondition(ctx, tx, &Condition{
			ID: ids.New[ids.Condition](), Application: id, Call: a.Call, Words: wanted.Words, Days: wanted.Days, Document: wanted.Document, Kinds: wanted.Kinds,
			SetAt: w.now, SetBy: sc.Actor().Person,
		})
	})
}

// DropCondition takes a condition back before anybody was told of it. Coordinators and the chair may, without a conflict of interest,
// while the list is open. Faults: Conflict when the list is not open or was changed, NotFound.
func (s *Service) DropCondition(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, condition ids.Condition) error {
	a, err := s.permitted(ctx, sc, policies.ConditionManage, id)
	if err != nil {
		return err
	}
	return s.sit(ctx, sc, policies.SelectionDecide, a.Call, version, Decide, func(ctx context.Context, tx *tenants.Tx, _ *sitting) error {
		n, err := dropConditions(ctx, tx, []ids.Application{id}, condition)
		if err == nil && n == 0 {
			err = fault.NotFound()
		}
		tx.Audit(entry("condition.dropped", id))
		return err
	})
}

// MeetCondition says that a condition is met, having seen the document that counts; zero where none was handed in. When all are, the
// place is the applicants', and from it the partnership comes. That a document which is due has come on another way, by post for
// one, is theirs to judge. Coordinators and officers may, without a conflict of interest. Faults: Conflict when the place is not held on
// conditions (any more), somebody has said so before, or another document was handed in meanwhile, and of the last one while a seat of
// the place is to be given to another organization; NotFound.
func (s *Service) MeetCondition(ctx context.Context, sc tenants.Scope, id ids.Application, condition ids.Condition, seen ids.Document) error {
	a, err := s.permitted(ctx, sc, policies.ConditionJudge, id)
	if err != nil {
		return err
	}
	return s.hold(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding) error {
		c, err := h.seen(ctx, tx, condition, seen)
		if err != nil {
			return err
		}
		if len(unmet(h.conditions)) == 1 {
			if open, err := s.vacant(ctx, tx, w, &h.application); err != nil || open {
				return errors.Join(err, fault.Conflict("selection.condition.seat_open"))
			}
		}
		c.MetAt, c.MetBy = w.now, sc.Actor().Person
		if err := saveCondition(ctx, tx, c); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "condition.met", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"condition": condition.String()}})
		if len(unmet(h.conditions)) > 0 {
			return nil
		}
		h.decision.State = DecisionAccepted
		if err := settle(ctx, tx, h.decision); err != nil {
			return err
		}
		tx.Audit(entry("place.confirmed", id))
		tx.Announce(events.PlaceConfirmed{Application: id, Call: h.application.Call})
		return s.tellConditions(ctx, tx, w, h, "confirmed", nil)
	})
}

// ReturnCondition says what an answer to a condition, or the document that counts, still lacks; the applicants are told, and answer again.
// Coordinators and officers may, without a conflict of interest. Faults: Invalid by field; Conflict when there is no answer to look at, or
// another document was handed in meanwhile; NotFound.
func (s *Service) ReturnCondition(ctx context.Context, sc tenants.Scope, id ids.Application, condition ids.Condition, seen ids.Document, reason string) error {
	a, err := s.permitted(ctx, sc, policies.ConditionJudge, id)
	if err != nil {
		return err
	}
	if reason, err = s.tellable(ctx, sc, a, reason); err != nil {
		return err
	}
	return s.hold(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding) error {
		c, err := h.seen(ctx, tx, condition, seen)
		if err != nil {
			return err
		}
		if c.State() != ConditionAnswered {
			return fault.Conflict("selection.condition.not_answered")
		}
		c.Returned, c.ReturnedAt, c.ReturnedBy = reason, w.now, sc.Actor().Person
		if err := saveCondition(ctx, tx, c); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "condition.returned", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"condition": condition.String()}})
		return s.tellConditions(ctx, tx, w, h, "condition_returned", nil)
	})
}

// ExtendConditions gives the applicants more time for all conditions that are not met. Coordinators and the chair may, without a conflict
// of interest. Faults: Invalid by field, Conflict when the place is not held on conditions (any more), NotFound.
func (s *Service) ExtendConditions(ctx context.Context, sc tenants.Scope, id ids.Application, due time.Time) error {
	a, err := s.permitted(ctx, sc, policies.ConditionManage, id)
	if err != nil {
		return err
	}
	return s.hold(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding) error {
		for _, c := range unmet(h.conditions) {
			if !due.After(w.now) || due.Before(c.DueAt) {
				return fault.Invalid("fault.check_fields", fault.At("due", "selection.condition.not_later"))
			}
		}
		for _, c := range unmet(h.conditions) {
			c.DueAt = due.Truncate(time.Microsecond)
			if err := saveCondition(ctx, tx, &c); err != nil {
				return err
			}
		}
		tx.Audit(entry("condition.extended", id))
		remindLater(tx, remindConditionsJob, Reminding{Call: h.application.Call, By: due.Truncate(time.Microsecond)}, remindConditions, w.now)
		return s.tellConditions(ctx, tx, w, h, "conditions_extended", map[string]time.Time{"Due": due})
	})
}

// RevokePlace takes a place back whose conditions were not met in time; the next on the waiting list is offered it at once. It cannot be
// undone, and the applicants read the reason. Coordinators and the chair may, without a conflict of interest. Faults: Invalid by
// field, Conflict before a condition is overdue and when the place is not held on conditions (any more), NotFound.
func (s *Service) RevokePlace(ctx context.Context, sc tenants.Scope, id ids.Application, reason string) error {
	a, err := s.permitted(ctx, sc, policies.ConditionManage, id)
	if err != nil {
		return err
	}
	if reason, err = s.tellable(ctx, sc, a, reason); err != nil {
		return err
	}
	return s.hold(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding) error {
		if !overdue(h.conditions, w.now) {
			return fault.Conflict("selection.condition.not_overdue")
		}
		for _, c := range unmet(h.conditions) {
			if !c.Overdue(w.now) {
				continue
			}
			c.Returned, c.ReturnedAt, c.ReturnedBy = reason, w.now, sc.Actor().Person
			if err := saveCondition(ctx, tx, &c); err != nil {
				return err
			}
		}
		h.decision.State, h.decision.Place = DecisionLapsed, 0
		if err := settle(ctx, tx, h.decision); err != nil {
			return err
		}
		tx.Audit(entry("place.revoked", id))
		if err := s.overtake(ctx, tx, w, id); err != nil {
			return err
		}
		tx.Announce(events.PlaceLapsed{Application: id, Call: h.application.Call, Conditional: true})
		leads, err := leadsOf(ctx, tx, []Application{h.application})
		if err != nil {
			return err
		}
		s.tellLeads(tx, w.call, h.application, leads, letter{key: "place_revoked", path: "/reply"})
		if err := s.tellApplicants(ctx, tx, []Application{h.application}, "selection.notify.place_revoked"); err != nil {
			return err
		}
		return s.offerNext(ctx, tx, w)
	})
}

// tellable holds a text for applicants to what may be told them: something, and no reviewer's name.
func (s *Service) tellable(ctx context.Context, sc tenants.Scope, a Application, text string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	named, err := s.namesReviewer(ctx, sc, a, text)
	if err == nil && named {
		err = fault.Invalid("fault.check_fields", fault.At("reason", "selection.clarify.names_reviewer"))
	}
	return text, err
}
