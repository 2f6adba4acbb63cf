package builder

import "kervan/modules/forms"

// asksFor is whether an address asks for one of its parts.
func asksFor(name string, of func(*forms.Parts) *forms.Ask) Setting {
	asks := func(*forms.Question) []forms.Ask { return forms.Asks }
	return one("asks_"+name, "builder.ask.", Answer, asks, func(q *forms.Question) *forms.Ask {
		if q.Address == nil {
			q.Address = &forms.Parts{}
		}
		return of(q.Address)
	}).only(forms.TypeAddress)
}
