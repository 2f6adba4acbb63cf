package solver

import (
	"context"

	"kervan/modules/solver/agreement"
	"kervan/modules/solver/decimals"
)

// mostRatings is how many cells a table of ratings may have.
const mostRatings = 100_000

var agreementKind = kind{
	solve: solveAgreement,
	about: `
How far raters agree.

  {"kind":"agreement","ratings":[[x,…],…]}
  → {"alpha":{"nominal":a,"ordinal":a,"interval":a,"ratio":a},
     "icc":{"1":c,"2":c,"3":c,"1k":c,"2k":c,"3k":c},"why":{"alpha.ratio":"…",…}}

ratings[i][j] is what rater i gave to unit j, or null where there is no rating. At most
100,000 cells.
alpha is Krippendorff's, for four scales, over all units with two ratings or more (Krippendorff
2011). icc are the intraclass correlations of one rating, ICC(1), ICC(2) and ICC(3), and of the mean
of all k raters, over the units that every rater has rated (Shrout and Fleiss 1979); a rater without
any rating is left out. A measure that is not defined is null, and why says the reason; there is no
why if all are defined.`,
	examples: []example{
		{
			`{"kind":"agreement","ratings":[[9,6,8,7,10,6],[2,1,4,1,5,2],[5,3,6,2,6,4],[8,2,8,6,9,7]]}`,
			`{"alpha":{"nominal":-0.06481481481481481,"ordinal":0.1090594132389798,"interval":0.14730785039046446,"ratio":0.08195127861375762},"icc":{"1":0.1657417684054754,"2":0.28976377952755905,"3":0.7148407148407149,"1k":0.4427971336792686,"2k":0.620050547598989,"3k":0.9093155423770695}}`,
		},
		{
			`{"kind":"agreement","ratings":[[-1,2,null],[-1,3,5]]}`,
			`{"alpha":{"nominal":0.4,"ordinal":0.8333333333333334,"interval":0.9411764705882353,"ratio":null},"icc":{"1":0.96,"2":0.96,"3":0.96,"1k":0.9795918367346939,"2k":0.9795918367346939,"3k":0.9795918367346939},"why":{"alpha.ratio":"a ratio scale has no negative ratings"}}`,
		},
	},
}

type (
	measured struct {
		Alpha alphas            `json:"alpha"`
		ICC   correlations      `json:"icc"`
		Why   map[string]string `json:"why,omitempty"`
	}
	alphas struct {
		Nominal  *float64 `json:"nominal"`
		Ordinal  *float64 `json:"ordinal"`
		Interval *float64 `json:"interval"`
		Ratio    *float64 `json:"ratio"`
	}
	correlations struct {
		One    *float64 `json:"1"`
		Two    *float64 `json:"2"`
		Three  *float64 `json:"3"`
		OneK   *float64 `json:"1k"`
		TwoK   *float64 `json:"2k"`
		ThreeK *float64 `json:"3k"`
	}
)

func solveAgreement(ctx context.Context, r *reader) (any, error) {
	o, err := r.object("ratings")
	if err != nil {
		return nil, err
	}
	m, err := o["ratings"].matrix(mostRatings, true)
	if err != nil {
		return nil, err
	}
	ratings, _ := decimals.Integers(m.numbers, agreement.Limit)
	for i, absent := range m.absent {
		if absent {
			ratings[i] = agreement.Missing
		}
	}
	report, err := agreement.Of(ctx, m.split(ratings))
	if err != nil {
		return nil, err
	}
	answer := measured{Why: map[string]string{}}
	value := func(name string, m agreement.Measure) *float64 {
		if m.Why != "" {
			answer.Why[name] = m.Why
			return nil
		}
		return &m.Value
	}
	a, c := report.Alpha, report.ICC
	answer.Alpha = alphas{
		value("alpha.nominal", a.Nominal), value("alpha.ordinal", a.Ordinal),
		value("alpha.interval", a.Interval), value("alpha.ratio", a.Ratio),
	}
	answer.ICC = correlations{
		value("icc.1", c.One), value("icc.2", c.Two), value("icc.3", c.Three),
		value("icc.1k", c.OneK), value("icc.2k", c.TwoK), value("icc.3k", c.ThreeK),
	}
	return answer, nil
}
