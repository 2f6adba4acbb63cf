package selection

import (
	"context"
	"maps"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// remindConditions is how long before its date the leads are reminded of a condition.
const (
	remindConditions    = 7 * 24 * time.Hour
	remindConditionsJob = "selection.remind_conditions"
)

// holding is a place that is held on conditions, under the selection's lock.
type holding struct {
	application Application
	decision    *Decision
	conditions  []Condition
}

// condition is one that is not met. Faults: NotFound, Conflict when it was met before.
func (h *holding) condition(id ids.Condition) (*Condition, error) {
	i := slices.IndexFunc(h.conditions, func(c Condition) bool { return c.ID == id })
	if i < 0 {
		return nil, fault.NotFound()
	}
	if h.conditions[i].State() == ConditionMet {
		return nil, fault.Conflict("selection.condition.met_before")
	}
	return &h.conditions[i], nil
}

// seen is a condition that is not met, of which the actor has seen the document that counts. Faults: NotFound, Conflict.
func (h *holding) seen(ctx context.Context, tx *tenants.Tx, id ids.Condition, document ids.Document) (*Condition, error) {
	c, err := h.condition(id)
	if err != nil {
		return nil, err
	}
	all, err := handedFor(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if last := lastHanded(all[id]); last != document {
		return nil, fault.Conflict("selection.condition.handed_meanwhile")
	}
	return c, nil
}

// hold lets act do something about a place that is held on conditions, under the selection's lock. Fault: Conflict when it is not, or
// not any more.
func (s *Service) hold(ctx context.Context, sc tenants.Scope, a Application, act func(context.Context, *tenants.Tx, *sitting, *holding) error) error {
	return s.sweep(ctx, sc, a.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		i := slices.IndexFunc(w.decisions, func(d Decision) bool { return d.Application == a.ID })
		if i < 0 || w.decisions[i].State != DecisionConditional {
			return fault.Conflict("selection.condition.not_held")
		}
		there, err := conditionsFor(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		return act(ctx, tx, w, &holding{application: w.holding(a), decision: &w.decisions[i], conditions: there[a.ID]})
	})
}

// takenOnTerms notes that a place with conditions was accepted, and when each of them is due.
func (s *Service) takenOnTerms(ctx context.Context, tx *tenants.Tx, w *sitting, a Application, d *Decision, all []Condition) error {
	after, ok := d.State.After(AcceptOnTerms)
	if !ok {
		return fault.Conflict("selection.reply.answered")
	}
	d.State, d.AnsweredAt, d.AnsweredBy = after, w.now, tx.Scope().Actor().Person
	if err := settle(ctx, tx, d); err != nil {
		return err
	}
	for i := range all {
		all[i].DueAt = DueAt(w.now, all[i].Days, zone(w.call))
		if err := saveCondition(ctx, tx, &all[i]); err != nil {
			return err
		}
		remindLater(tx, remindConditionsJob, Reminding{Call: a.Call, By: all[i].DueAt}, remindConditions, w.now)
	}
	tx.Audit(entry("place.accepted_on_terms", a.ID))
	tx.Announce(events.PlaceAccepted{Application: a.ID, Call: a.Call, Conditional: true, Left: a.Left})
	if err := s.tellApplicants(ctx, tx, []Application{a}, "selection.notify.accepted_on_terms"); err != nil {
		return err
	}
	return s.tellOfficers(ctx, tx, a, "selection.notify.place_accepted")
}

// tellConditions writes to the leads of an application what became of its conditions.
func (s *Service) tellConditions(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding, key string, times map[string]time.Time) error {
	leads, err := leadsOf(ctx, tx, []Application{h.application})
	if err != nil {
		return err
	}
	s.tellLeads(tx, w.call, h.application, leads, letter{key: key, path: "/reply", times: times})
	return s.tellApplicants(ctx, tx, []Application{h.application}, "selection.notify."+key)
}

// RemindConditions writes to the leads of applications whose conditions are due on that day and were not answered, but for those that have
// dropped out. Only the system may.
func (s *Service) RemindConditions(ctx context.Context, sc tenants.Scope, r Reminding) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.sweep(ctx, sc, r.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		there, err := conditionsIn(ctx, tx, r.Call)
		if err != nil {
			return err
		}
		leads, err := leadsOf(ctx, tx, w.all)
		if err != nil {
			return err
		}
		wanted := make([]ids.Application, len(w.decisions))
		for i, d := range w.decisions {
			wanted[i] = d.Application
		}
		gone, err := departures(ctx, tx, wanted...)
		if err != nil {
			return err
		}
		for _, d := range w.decisions {
			a, known := w.application(d.Application)
			a.Organizations = slices.DeleteFunc(slices.Clone(a.Organizations), func(o Applicant) bool {
				_, left := gone[a.ID][o.ID]
				return left
			})
			open := slices.ContainsFunc(there[d.Application], func(c Condition) bool {
				return c.DueAt.Equal(r.By) && (c.State() == ConditionOpen || c.State() == ConditionReturned)
			})
			if known && open && d.State == DecisionConditional {
				s.tellLeads(tx, w.call, a, leads, letter{key: "conditions_reminder", path: "/reply", times: map[string]time.Time{"Due": r.By}})
			}
		}
		return nil
	})
}

// terms add to a letter what is a condition of the place, in each of the letter's languages.
func (s *Service) terms(l *letter, all []Condition) {
	if len(all) == 0 {
		return
	}
	if l.lists == nil {
		l.lists = map[string][]i18n.Text{}
	}
	for _, c := range all {
		line := i18n.Text{}
		for _, locale := range i18n.All {
			loc := s.catalog.Localizer(locale, nil)
			if line[locale] = loc.N("selection.letter.condition", c.Days, "Condition", c.Words); c.Document != "" {
				line[locale] += " " + loc.T("selection.letter.condition_document", "Document", c.Document, "Kinds", kindsOf(&c))
			}
		}
		l.lists["conditions"] = append(l.lists["conditions"], line)
	}
}

// withTerms is a letter's body with the conditions of the place below it, which no network can leave out of its words.
func (s *Service) withTerms(body i18n.Text) i18n.Text {
	whole := i18n.Text{}
	for locale, text := range body {
		whole[locale] = text + "\n\n" + s.catalog.Localizer(locale, nil).T("selection.letter.conditions") + "\n\n{conditions}"
	}
	return whole
}

// conditionDuties are the answers to conditions that the team has to look at, conditions that are overdue, and places that an organization
// has dropped out of, where nobody is asked to take its seat. What is hidden from the actor is left out before anything more is asked.
func (s *Service) conditionDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	if !s.may(sc, policies.ConditionList) {
		return nil, nil
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	all, err := pendingConditions(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(id ids.Application, _ []Condition) bool { return slices.Contains(hidden, id) })
	empty := map[ids.Call][]ids.Application{}
	if s.may(sc, policies.PlaceReplace) {
		if empty, err = vacated(ctx, sc.Read(), hidden); err != nil {
			return nil, err
		}
	}
	if len(all)+len(empty) == 0 {
		return nil, nil
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	var duties []Duty
	for _, call := range calls {
		n := 0
		for _, some := range all {
			waits := slices.ContainsFunc(some, func(c Condition) bool { return c.State() == ConditionAnswered || c.Overdue(now) })
			if waits && some[0].Call == call.ID {
				n++
			}
		}
		if n > 0 {
			duties = append(duties, Duty{Kind: DutyConditions, Call: call, Count: n})
		}
		for _, id := range empty[call.ID] {
			duties = append(duties, Duty{Kind: DutyVacancy, Call: call, Application: id, Count: 1})
		}
	}
	return duties, nil
}
