package openings

import (
	"slices"
	"testing"

	"kervan/modules/ids"
)

func TestHintsFollowTheNetwork(t *testing.T) {
	t.Parallel()
	if lines := hints(Surroundings{}, &Case{Reviews: 2}); slices.ContainsFunc(lines, func(l Line) bool { return l.Met }) {
		t.Errorf("with nothing there: %+v", lines)
	}
	everything := Surroundings{Reviewers: 2, Brand: true, Readable: true, Sender: true, Address: true, Notice: true, Contact: true, Rehearsed: true}
	if lines := hints(everything, &Case{Reviews: 2, Kept: true}); !all(lines) {
		t.Errorf("with everything there: %+v", lines)
	}
	if all(hints(everything, &Case{Reviews: 3, Kept: true})) {
		t.Error("two people review for three")
	}
	everything.Address = false
	unmet := slices.DeleteFunc(hints(everything, &Case{Reviews: 2, Kept: true}), func(l Line) bool { return l.Met })
	if len(unmet) != 1 || unmet[0].Key != "openings.hint.sender" || unmet[0].Place != "/settings/sender" {
		t.Errorf("with an address that does not work: %+v", unmet)
	}
}

// TestWhenACallMayOpen holds that signatures count for the content only that they are about.
func TestWhenACallMayOpen(t *testing.T) {
	t.Parallel()
	met, unmet := []Line{{Met: true}}, []Line{{Met: true}, {}}
	mine, old := &Signature{Content: "now"}, &Signature{Content: "before"}
	core := func(content string, s State) *Request { return &Request{Content: content, State: s} }
	for name, tt := range map[string]struct {
		list Checklist
		want bool
	}{
		"signed, not the first":     {Checklist{Case: Case{Draft: true, Content: "now", Musts: met}, Signature: mine}, true},
		"nothing signed":            {Checklist{Case: Case{Draft: true, Content: "now", Musts: met}}, false},
		"changed since":             {Checklist{Case: Case{Draft: true, Content: "now", Musts: met}, Signature: old}, false},
		"something missing":         {Checklist{Case: Case{Draft: true, Content: "now", Musts: unmet}, Signature: mine}, false},
		"open already":              {Checklist{Case: Case{Content: "now", Musts: met}, Signature: mine}, false},
		"first, core not asked":     {Checklist{Case: Case{Draft: true, First: true, Content: "now", Musts: met}, Signature: mine}, false},
		"first, core waits":         {Checklist{Case: Case{Draft: true, First: true, Content: "now", Musts: met}, Signature: mine, Request: core("now", Waiting)}, false},
		"first, core gave back":     {Checklist{Case: Case{Draft: true, First: true, Content: "now", Musts: met}, Signature: mine, Request: core("now", Returned)}, false},
		"first, core signed before": {Checklist{Case: Case{Draft: true, First: true, Content: "now", Musts: met}, Signature: mine, Request: core("before", Signed)}, false},
		"first, both signed":        {Checklist{Case: Case{Draft: true, First: true, Content: "now", Musts: met}, Signature: mine, Request: core("now", Signed)}, true},
	} {
		if got := tt.list.Open(); got != tt.want {
			t.Errorf("%s: it may open: %v", name, got)
		}
	}
}

// TestWhatIsLeftToSign holds that a second click finds nothing to sign, and that a call which came back can be sent again as
// it is.
func TestWhatIsLeftToSign(t *testing.T) {
	t.Parallel()
	mine, older := &Signature{ID: ids.New[ids.Signature](), Content: "now"}, ids.New[ids.Opening]()
	first := Case{Draft: true, First: true, Content: "now", Musts: []Line{{Met: true}}}
	of := func(s State) *Request { return &Request{ID: ids.Opening(mine.ID), Content: "now", State: s} }
	for name, tt := range map[string]struct {
		list Checklist
		want bool
	}{
		"nothing signed":          {Checklist{Case: first}, true},
		"changed since":           {Checklist{Case: first, Signature: &Signature{Content: "before"}}, true},
		"on its way":              {Checklist{Case: first, Signature: mine}, false},
		"on its way, another was": {Checklist{Case: first, Signature: mine, Request: &Request{ID: older, Content: "now", State: Returned}}, false},
		"waits":                   {Checklist{Case: first, Signature: mine, Request: of(Waiting)}, false},
		"signed":                  {Checklist{Case: first, Signature: mine, Request: of(Signed)}, false},
		"given back":              {Checklist{Case: first, Signature: mine, Request: of(Returned)}, true},
		"taken back":              {Checklist{Case: first, Signature: mine, Request: of(Withdrawn)}, true},
		"something missing":       {Checklist{Case: Case{Draft: true, Musts: []Line{{}}}}, false},
		"open already":            {Checklist{Case: Case{Musts: []Line{{Met: true}}}}, false},
	} {
		if got := tt.list.Signable(); got != tt.want {
			t.Errorf("%s: there is something to sign: %v", name, got)
		}
	}
}
