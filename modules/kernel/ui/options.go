package ui

import (
	"slices"

	"kervan/modules/kernel/i18n"
)

// LocaleOptions are languages of the interface to choose from, each by its own name.
func LocaleOptions(all []i18n.Locale, chosen ...i18n.Locale) []Option {
	options := make([]Option, len(all))
	for i, l := range all {
		options[i] = Option{Value: string(l), Label: l.Name(), Selected: slices.Contains(chosen, l)}
	}
	return options
}
