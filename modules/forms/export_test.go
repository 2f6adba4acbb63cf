package forms

// Work is Calculate with how much was worked out for it: results, and units of calculations.
func Work(d *Definition, scope Scope, answers Answers) (results Answers, worked, units int) {
	s := See(d, scope, answers)
	results = s.calculate()
	return results, s.worked, s.units.worked
}
