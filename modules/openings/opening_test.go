package openings

import (
	"slices"
	"testing"
)

func TestHintsFollowTheNetwork(t *testing.T) {
	t.Parallel()
	if lines := hints(Surroundings{}, 2); slices.ContainsFunc(lines, func(l Line) bool { return l.Met }) {
		t.Errorf("with nothing there: %+v", lines)
	}
	everything := Surroundings{Reviewers: 2, Brand: true, Readable: true, Sender: true, Notice: true, Contact: true, Rehearsed: true}
	if lines := hints(everything, 2); !all(lines) {
		t.Errorf("with everything there: %+v", lines)
	}
	if all(hints(everything, 3)) {
		t.Error("two people review for three")
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
