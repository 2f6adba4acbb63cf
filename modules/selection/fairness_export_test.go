package selection

// Interval, FairnessOf and Quartile are what the report is computed with.
var (
	Interval   = interval
	FairnessOf = fairness
	Quartile   = quartile
)
