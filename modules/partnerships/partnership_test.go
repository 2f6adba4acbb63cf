package partnerships_test

import (
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
)

func TestEveryVerbInEveryState(t *testing.T) {
	t.Parallel()
	allowed := map[partnerships.State]map[partnerships.Verb]partnerships.State{
		partnerships.Proposed: {partnerships.Accept: partnerships.Accepted, partnerships.EndEarly: partnerships.EndedEarly},
		partnerships.Accepted: {partnerships.Agree: partnerships.Agreed, partnerships.Pause: partnerships.Paused, partnerships.EndEarly: partnerships.EndedEarly},
		partnerships.Agreed:   {partnerships.Begin: partnerships.Active, partnerships.Pause: partnerships.Paused, partnerships.EndEarly: partnerships.EndedEarly},
		partnerships.Active:   {partnerships.Complete: partnerships.Completed, partnerships.Pause: partnerships.Paused, partnerships.EndEarly: partnerships.EndedEarly},
		partnerships.Paused:   {partnerships.Resume: partnerships.Agreed, partnerships.EndEarly: partnerships.EndedEarly},
	}
	for _, state := range partnerships.States {
		for _, verb := range partnerships.Verbs {
			p := partnerships.Partnership{State: state}
			if state == partnerships.Paused {
				p.Resumes = partnerships.Agreed
			}
			before, may := p, p.May(verb)
			err := p.Do(verb)
			want, ok := allowed[state][verb]
			if may != ok || (err == nil) != ok {
				t.Errorf("%s of %s: may %v, %v", verb, state, may, err)
				continue
			}
			if !ok {
				if !fault.Is(err, fault.KindConflict) || p.State != before.State || p.Resumes != before.Resumes {
					t.Errorf("a refused %s of %s: %v, %+v", verb, state, err, p)
				}
				continue
			}
			if p.State != want || (p.State == partnerships.Paused) != (p.Resumes != "") {
				t.Errorf("%s of %s leads to %s (%s)", verb, state, p.State, p.Resumes)
			}
		}
	}
}

func TestParseStateAcceptsTheStatesOnly(t *testing.T) {
	t.Parallel()
	for _, s := range partnerships.States {
		if got, ok := partnerships.ParseState(string(s)); !ok || got != s {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "Active", "gone", "active "} {
		if _, ok := partnerships.ParseState(s); ok {
			t.Errorf("%q is a state", s)
		}
	}
}
