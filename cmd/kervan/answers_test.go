package main

import (
	"testing"

	"kervan/modules/applications"
	"kervan/modules/oversight"
	"kervan/modules/partnerships"
)

// TestEveryStateIsCounted holds that no state of an application or a partnership is left out of a network's figures.
func TestEveryStateIsCounted(t *testing.T) {
	t.Parallel()
	for _, s := range applications.States {
		if _, ok := oversight.StageOf(string(s)); !ok {
			t.Errorf("applications that are %s are in no stage", s)
		}
	}
	for _, s := range partnerships.States {
		if _, ok := oversight.StandingOf(string(s)); !ok {
			t.Errorf("partnerships that are %s are in no standing", s)
		}
	}
}
