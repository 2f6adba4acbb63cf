package programs

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Reviewing is how far the reviewing of a call is.
type Reviewing struct {
	Begun   bool // a reviewer has written something: what scores mean stays
	Decided bool // the decision list is closed
	Opened  bool // a reviewer has opened an application
	Met     bool // an application was given to a reviewer, or reviewers were asked what they would like
}

// Reviews knows how far the reviewing of calls is. The selection module satisfies it.
type Reviews interface {
	// Reviewed tells how far a call's reviewing is.
	Reviewed(ctx context.Context, sc tenants.Scope, call ids.Call) (Reviewing, error)
	// Freeze is Reviewed, and keeps everybody from reviewing until the transaction ends.
	Freeze(ctx context.Context, tx *tenants.Tx, call ids.Call) (Reviewing, error)
	// Reweigh computes the totals of reviews that were handed in anew. The call is frozen.
	Reweigh(ctx context.Context, tx *tenants.Tx, call ids.Call, criteria []blueprints.Criterion, scoreMax int) error
}

// Judged is a call with how far its reviewing is, for those who edit its criteria.
type Judged struct {
	Call      Call
	Reviewing Reviewing
	Edits     bool // the actor may: on a published call coordinators only
}

// Fixed reports whether what scores mean may not change any more.
func (j *Judged) Fixed() bool { return j.Reviewing.Begun || j.Reviewing.Decided }

// WeightsFixed reports whether the weights may not change any more.
func (j *Judged) WeightsFixed() bool {
	return j.Reviewing.Decided || j.Reviewing.Begun && !j.Call.Review.WeightsOpen
}

// Judged shows a call's criteria to those who edit calls. Coordinators and officers may. Fault: NotFound.
func (s *Service) Judged(ctx context.Context, sc tenants.Scope, id ids.Call) (Judged, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Judged{}, err
	}
	j := Judged{Call: c, Edits: c.State == Draft || s.MayOpen(sc)}
	if c.State != Draft {
		j.Reviewing, err = s.Reviews.Reviewed(ctx, sc, id)
	}
	return j, err
}

// Share is the weight of a criterion, of 100.
type Share struct {
	Key    string
	Weight int
}

// Arrangement is which criteria a call has, in which order and with which weights; one that is not named leaves.
type Arrangement struct {
	Shares      []Share
	WeightsOpen bool   // the weights may change after reviewing has begun
	Reason      string // for everybody to read, of a published call
}

// Arrange orders, weighs and takes out criteria. Coordinators and officers may on a draft; coordinators on a published call,
// with a reason that stands in the public log. Once a review was begun, nothing may be taken out and the weights stay unless
// the call says that they may change, which is settled before; totals that were handed in are then computed anew. Faults:
// Invalid by field (weights, weight_ with the key, weights_open, reason), Conflict, NotFound.
func (s *Service) Arrange(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, a Arrangement) error {
	return s.recast(ctx, sc, id, version, a.Reason, func(ctx context.Context, tx *tenants.Tx, j *Judged) error {
		c := &j.Call
		arranged, bad := a.of(c.Criteria)
		bad = append(bad, a.refused(j, arranged)...)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		moved := !sameWeights(c.Criteria, arranged)
		c.Criteria, c.Review.WeightsOpen = arranged, a.WeightsOpen
		tx.Audit(audit.Entry{Action: "call.criteria_arranged", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"criteria": len(arranged), "weights": moved}})
		if !moved || !j.Reviewing.Begun {
			return nil
		}
		return s.Reviews.Reweigh(ctx, tx, id, c.Criteria, c.Review.ScoreMax)
	})
}

// of are the criteria as they are arranged, and what is wrong with that.
func (a *Arrangement) of(criteria []blueprints.Criterion) ([]blueprints.Criterion, []fault.Field) {
	var arranged []blueprints.Criterion
	var bad []fault.Field
	sum := 0
	for _, share := range a.Shares {
		i := slices.IndexFunc(criteria, func(k blueprints.Criterion) bool { return k.Key == share.Key })
		if i < 0 || slices.ContainsFunc(arranged, func(k blueprints.Criterion) bool { return k.Key == share.Key }) {
			return nil, []fault.Field{fault.At("weights", "programs.criteria.gone")}
		}
		if share.Weight < 0 || share.Weight > 100 {
			bad = append(bad, fault.AtWith("weight_"+share.Key, "programs.between", fault.Args{"Low": 0, "High": 100}))
		}
		k := criteria[i]
		k.Weight = share.Weight
		sum += share.Weight
		arranged = append(arranged, k)
	}
	if sum != 100 && len(bad) == 0 {
		bad = append(bad, fault.AtWith("weights", "programs.weights_sum", fault.Args{"Sum": sum}))
	}
	return arranged, bad
}

// refused says what of an arrangement comes too late.
func (a *Arrangement) refused(j *Judged, arranged []blueprints.Criterion) []fault.Field {
	var bad []fault.Field
	if j.Fixed() && len(arranged) < len(j.Call.Criteria) {
		bad = append(bad, fault.At("weights", "programs.criteria.begun_removal"))
	}
	if j.Fixed() && a.WeightsOpen != j.Call.Review.WeightsOpen {
		bad = append(bad, fault.At("weights_open", "programs.criteria.begun"))
	}
	if j.WeightsFixed() && !sameWeights(j.Call.Criteria, arranged) {
		bad = append(bad, fault.At("weights", "programs.criteria.begun_weights"))
	}
	return bad
}

func sameWeights(before, after []blueprints.Criterion) bool {
	return !slices.ContainsFunc(before, func(k blueprints.Criterion) bool {
		return slices.ContainsFunc(after, func(other blueprints.Criterion) bool { return other.Key == k.Key && other.Weight != k.Weight })
	})
}

// AddCriterion adds a criterion at the end; its key is made, and the weights of the others shrink in proportion. The same
// people may as with Arrange, until a review was begun. Faults: Invalid by field, as SetCriterion's and weight, Conflict,
// NotFound.
func (s *Service) AddCriterion(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, k blueprints.Criterion, reason string) error {
	return s.recast(ctx, sc, id, version, reason, func(_ context.Context, tx *tenants.Tx, j *Judged) error {
		c := &j.Call
		switch {
		case j.Fixed():
			return fault.Conflict("programs.criteria.begun_addition")
		case len(c.Criteria) >= blueprints.MostCriteria:
			return fault.Invalid("fault.check_fields", fault.AtWith("weight", "programs.criteria.full", fault.Args{"Most": blueprints.MostCriteria}))
		}
		bad := checkCriterion(c, &k)
		if k.Weight < 0 || k.Weight > 100 || len(c.Criteria) == 0 && k.Weight != 100 {
			bad = append(bad, fault.AtWith("weight", "programs.between", fault.Args{"Low": 0, "High": 100}))
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		k.Key = freeKey(c.Criteria)
		c.Criteria = append(spread(c.Criteria, 100-k.Weight), k)
		tx.Audit(audit.Entry{Action: "call.criterion_added", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"criterion": k.Key}})
		return nil
	})
}

// SetCriterion changes a criterion but for its key and weight. The same people may as with Arrange; once a review was begun,
// its words and whether a comment is asked for only. Faults: Invalid by field (name_, guidance_ and point_ with the language,
// lowest, highest, step, threshold, reason), Conflict, NotFound, also of an unknown criterion.
func (s *Service) SetCriterion(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, k blueprints.Criterion, reason string) error {
	return s.recast(ctx, sc, id, version, reason, func(_ context.Context, tx *tenants.Tx, j *Judged) error {
		c := &j.Call
		i := slices.IndexFunc(c.Criteria, func(one blueprints.Criterion) bool { return one.Key == k.Key })
		if i < 0 {
			return fault.NotFound()
		}
		k.Weight = c.Criteria[i].Weight
		bad := checkCriterion(c, &k)
		if before := &c.Criteria[i]; j.Fixed() {
			bad = append(bad, moved(before, &k, c.Review.ScoreMax)...)
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Criteria = slices.Clone(c.Criteria)
		c.Criteria[i] = k
		tx.Audit(audit.Entry{Action: "call.criterion_changed", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"criterion": k.Key}})
		return nil
	})
}

// moved says at its fields which changes of a criterion would give the scores that there are another meaning.
func moved(before, after *blueprints.Criterion, scoreMax int) []fault.Field {
	var bad []fault.Field
	was, is := before.Scale(scoreMax), after.Scale(scoreMax)
	for name, differs := range map[string]bool{
		"lowest": was.Lowest != is.Lowest, "highest": was.Highest != is.Highest, "step": was.Halves != is.Halves, "threshold": before.Threshold != after.Threshold,
	} {
		if differs {
			bad = append(bad, fault.At(name, "programs.criteria.begun"))
		}
	}
	return bad
}

// recast changes the criteria of a call under its lock; on a published one it freezes reviewing, wants a reason, and logs it.
func (s *Service) recast(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, reason string, edit func(ctx context.Context, tx *tenants.Tx, j *Judged) error) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		j := Judged{Call: *c}
		if c.State != Draft {
			err := s.policies.May(sc, policies.CallOpen, policies.On{})
			if err != nil {
				return err
			}
			if j.Reviewing, err = s.Reviews.Freeze(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := edit(ctx, tx, &j); err != nil {
			return err
		}
		*c = j.Call
		if c.State == Draft {
			return nil
		}
		if reason == "" {
			return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
		}
		return logChange(ctx, tx, id, Change{Kind: "criteria", Reason: reason})
	})
}

// checkCriterion says what is wrong with a criterion, by the names of the page's fields.
func checkCriterion(c *Call, k *blueprints.Criterion) []fault.Field {
	first := string(c.Locales[0])
	var bad []fault.Field
	if k.Name[c.Locales[0]] == "" {
		bad = append(bad, fault.At("name_"+first, "fault.required"))
	}
	for _, f := range k.Flaws(c.Review.ScoreMax) {
		name := f.Field
		if name == "name" || name == "guidance" {
			name += "_" + first
		}
		bad = append(bad, fault.AtWith(name, f.Key, f.Args))
	}
	return bad
}

// spread brings the weights of criteria to a sum, each in proportion.
func spread(criteria []blueprints.Criterion, sum int) []blueprints.Criterion {
	weights := make([]int, len(criteria))
	for i := range criteria {
		weights[i] = criteria[i].Weight
	}
	all := slices.Clone(criteria)
	for i, w := range blueprints.Spread(weights, sum) {
		all[i].Weight = w
	}
	return all
}

// freeKey is a key that no criterion has.
func freeKey(criteria []blueprints.Criterion) string {
	for n := len(criteria) + 1; ; n++ {
		key := "criterion" + strconv.Itoa(n)
		if !slices.ContainsFunc(criteria, func(k blueprints.Criterion) bool { return k.Key == key }) {
			return key
		}
	}
}
