package selection

import (
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/events"
)

// choosing reports whether a decision counts for the quotas: it holds a place, or will be offered one.
func (d *Decision) choosing() bool {
	return d.State.Holds() || d.State == DecisionDraft && d.Outcome == events.OutcomeSelected
}

// countries are the countries of an application's organizations.
func (a *Application) countries() []string {
	all := make([]string, len(a.Organizations))
	for i, o := range a.Organizations {
		all[i] = o.Country
	}
	return all
}

// counted is what quotas count of an application.
func (a *Application) counted() blueprints.Counted {
	c := blueprints.Counted{Countries: a.countries(), Topics: a.Topics}
	for _, o := range a.Organizations {
		if o.Region != "" {
			c.Regions = append(c.Regions, o.Region)
		}
		c.Kinds, c.First = append(c.Kinds, o.Kind), c.First || o.First
	}
	return c
}

// unplaced reports whether quotas of regions cannot count one of the application's organizations, as nobody knows where in a country
// of theirs it sits.
func (a *Application) unplaced(quotas []blueprints.Quota) bool {
	return slices.ContainsFunc(a.Organizations, func(o Applicant) bool {
		return o.Region == "" && slices.ContainsFunc(quotas, func(q blueprints.Quota) bool { return q.In() != "" && string(q.In()) == o.Country })
	})
}

// counted is what quotas count of decisions, one for each; of an application that was withdrawn nothing.
func (w *sitting) counted(decisions []Decision) []blueprints.Counted {
	all := make([]blueprints.Counted, len(decisions))
	for i, d := range decisions {
		a, _ := w.application(d.Application)
		all[i] = a.counted()
	}
	return all
}

// missed are the quotas of which more is selected than they allow, or less than they want.
func (w *sitting) missed() []blueprints.Taken {
	var chosen []Decision
	for _, d := range w.decisions {
		if d.choosing() {
			chosen = append(chosen, d)
		}
	}
	return blueprints.Missed(blueprints.Take(w.call.Quotas, w.counted(chosen)))
}

// next is which of those who wait gets the next of some free places beside those that hold one, as the quotas want it; -1: nobody.
// Where the list was released with a selection beside the quotas, the waiting list goes on in its own order.
func (w *sitting) next(held, waiting []Decision, free int) int {
	if w.list.beyondQuotas() {
		return 0
	}
	return blueprints.NextFitting(w.call.Quotas, w.counted(held), w.counted(waiting), free)
}
