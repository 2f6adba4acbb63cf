package programs_test

import (
	"testing"

	"kervan/modules/programs"
)

// TestASelectionKnowsWhatPlacesBring besides how many there are.
func TestASelectionKnowsWhatPlacesBring(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	got, err := programs.Judging(t.Context(), h.coordinator(t).Read(), c.ID)
	must(t, err)
	if got.Places != 8 || got.GrantMinor != 350_000 || got.GrantCurrency != "EUR" {
		t.Errorf("%d places with %d %s each", got.Places, got.GrantMinor, got.GrantCurrency)
	}
}
