package programs_test

import (
	"context"
	"reflect"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
	"kervan/tenants"
)

// TestASelectionKnowsWhatItJudgesBy holds that both ways of asking tell the same: what places bring besides how many there are, the
// rules and the criteria.
func TestASelectionKnowsWhatItJudgesBy(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.published(t)
	got, err := programs.Judging(t.Context(), sc, c.ID)
	must(t, err)
	if got.Places != 8 || got.GrantMinor != 350_000 || got.GrantCurrency != "EUR" || len(got.Criteria) == 0 || got.Review.Reviews == 0 {
		t.Errorf("%d places with %d %s each, %d criteria, %d reviews", got.Places, got.GrantMinor, got.GrantCurrency, len(got.Criteria), got.Review.Reviews)
	}
	must(t, sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		within, err := programs.JudgingWithin(ctx, tx, c.ID)
		must(t, err)
		if !reflect.DeepEqual(within, got) {
			t.Errorf("within a transaction %+v, outside of one %+v", within, got)
		}
		letters, err := programs.LettersOf(ctx, tx, c.ID)
		must(t, err)
		if len(letters["selected"].Body) == 0 || letters["selected"].Key != "selected" {
			t.Errorf("the letter to those who are selected is %+v", letters["selected"])
		}
		return nil
	}))
}

// TestASelectionKnowsNoDraft nor what is not there.
func TestASelectionKnowsNoDraft(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	for _, id := range []ids.Call{h.drafted(t).ID, ids.New[ids.Call]()} {
		_, err := programs.Judging(t.Context(), sc, id)
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", id, err)
		}
		must(t, sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := programs.JudgingWithin(ctx, tx, id)
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s: %v", id, err)
			}
			_, err = programs.LettersOf(ctx, tx, id)
			if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("%s: %v", id, err)
			}
			return nil
		}))
	}
}
