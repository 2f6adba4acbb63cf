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
	return blueprints.Counted{Countries: a.countries(), Topics: a.Topics}
}

// used is how far decisions use the call's quotas.
func (w *sitting) used(decisions []Decision) []blueprints.Taken {
	var chosen []blueprints.Counted
	for i := range decisions {
		if a, there := w.application(decisions[i].Application); there {
			chosen = append(chosen, a.counted())
		}
	}
	return blueprints.Take(w.call.Quotas, chosen)
}

// missed are the quotas of which more is selected than they allow, or less than they want.
func (w *sitting) missed() []blueprints.Taken {
	var chosen []Decision
	for _, d := range w.decisions {
		if d.choosing() {
			chosen = append(chosen, d)
		}
	}
	return blueprints.Missed(w.used(chosen))
}

// fits reports whether a place can go to one more application beside those that hold one, as the quotas want it. Who has
// closed the list with a reason for more has decided about the waiting list too.
func (w *sitting) fits(held []Decision, d Decision) bool {
	if w.list.QuotaReason != "" {
		return true
	}
	before := len(blueprints.Beyond(w.used(held)))
	return len(blueprints.Beyond(w.used(append(slices.Clip(held), d)))) <= before
}
