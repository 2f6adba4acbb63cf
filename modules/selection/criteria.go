package selection

import (
	"context"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/selection/figures"
	"kervan/tenants"
)

// hairOfScore is less than any difference that a mean of half points can have to a threshold of tenths.
const hairOfScore = 1e-9

// below reports whether a mean misses a threshold.
func below(mean, threshold float64) bool { return mean < threshold-hairOfScore }

// MeanOf is the mean score of a criterion over the submitted reviews, and false where none has scored it. A review taken
// back does not count.
func MeanOf(reviews []Review, criterion string) (mean float64, counted bool) {
	sum, n := 0.0, 0
	for i := range reviews {
		if m := reviews[i].Mark(criterion); reviews[i].State == ReviewSubmitted && m.Score != NoScore {
			sum += m.Score
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// Below are the keys of the criteria whose mean over the submitted reviews is less than their threshold. The application stays
// in the ranking: people decide what it means.
func Below(criteria []blueprints.Criterion, reviews []Review) []string {
	var keys []string
	for _, k := range criteria {
		if mean, counted := MeanOf(reviews, k.Key); counted && k.Threshold > 0 && below(mean, k.Threshold) {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// BelowTotal reports whether the mean of the totals misses the call's threshold. The application stays in the ranking here, too.
func BelowTotal(rule blueprints.Review, rank figures.Rank) bool {
	return rule.TotalThreshold > 0 && rank.Reviews > 0 && below(rank.Mean, float64(rule.TotalThreshold))
}

// markForThresholds reads the marks of reviews where a criterion has a threshold: one query, or none.
func markForThresholds(ctx context.Context, sc tenants.Scope, call Call, reviews []Review) error {
	if !slices.ContainsFunc(call.Criteria, func(k blueprints.Criterion) bool { return k.Threshold > 0 }) {
		return nil
	}
	return mark(ctx, sc.Read(), reviews)
}

// Reviewing is how far the reviewing of a call is, for those who would change its criteria or what reviewers see.
type Reviewing struct {
	Begun   bool // a reviewer has written something
	Decided bool // the decision list is closed
	Opened  bool // a reviewer has opened an application
	Met     bool // an application was given to a reviewer, or reviewers were asked what they would like, whatever became of it
}

// Reviewed tells how far the reviewing of a call is. It is for other modules' use-cases, which have authorized.
func Reviewed(ctx context.Context, sc tenants.Scope, call ids.Call) (Reviewing, error) {
	return reviewing(ctx, sc.Read(), call)
}

// Freeze keeps everybody from reviewing and deciding in a call until the transaction ends, and tells how far they are. It is
// for other modules' use-cases, which have authorized.
func Freeze(ctx context.Context, tx *tenants.Tx, call ids.Call) (Reviewing, error) {
	if err := freezeCriteria(ctx, tx, call); err != nil {
		return Reviewing{}, err
	}
	return reviewing(ctx, tx, call)
}

// Reweigh computes the totals of a call's submitted reviews anew. The caller has frozen the call, and has authorized.
func Reweigh(ctx context.Context, tx *tenants.Tx, call ids.Call, criteria []blueprints.Criterion, scoreMax int) error {
	all, err := reviewsOfCall(ctx, tx, call)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r Review) bool { return r.State != ReviewSubmitted })
	if err := mark(ctx, tx, all); err != nil {
		return err
	}
	for i := range all {
		all[i].Points, _ = Total(Scored(criteria), scoreMax, all[i].Marks)
	}
	return savePoints(ctx, tx, all)
}
