package builder

import (
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// visibleTo are those of the network's people who may read the answer.
func visibleTo() Setting {
	return Setting{
		Name: "visible_to", Group: Data,
		Options: func(loc *i18n.Localizer, q *forms.Question) []ui.Option {
			var all []ui.Option
			for _, r := range forms.Readers {
				all = append(all, ui.Option{Value: string(r), Label: loc.T("forms.reader." + string(r)), Selected: slices.Contains(q.VisibleTo, r)})
			}
			return all
		},
		Chosen: func(q *forms.Question) []string {
			var all []string
			for _, r := range q.VisibleTo {
				all = append(all, string(r))
			}
			return all
		},
		Choose: func(q *forms.Question, chosen []string) {
			q.VisibleTo = nil
			for _, r := range forms.Readers {
				if slices.Contains(chosen, string(r)) {
					q.VisibleTo = append(q.VisibleTo, r)
				}
			}
		},
	}
}
