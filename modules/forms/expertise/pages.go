package expertise

import (
	"slices"
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
)

// TopicOptions are all topics to choose from.
func TopicOptions(l i18n.Locale, chosen []string) []ui.Option {
	all := make([]ui.Option, len(Topics()))
	for i, o := range Topics() {
		all[i] = ui.Option{Value: o.Value, Label: o.Label.String(l), Selected: slices.Contains(chosen, o.Value)}
	}
	return all
}

// TopicNames are the names of topics in the reader's language, in the order of the list.
func TopicNames(l i18n.Locale, keys []string) string {
	var names []string
	for _, o := range Topics() {
		if slices.Contains(keys, o.Value) {
			names = append(names, o.Label.String(l))
		}
	}
	return strings.Join(names, ", ")
}

// LanguageNames are the names of languages, in the reader's alphabet.
func LanguageNames(l i18n.Locale, codes []string) string {
	return inWords(l, codes, forms.LanguageName)
}

// CountryNames are the names of countries, in the reader's alphabet.
func CountryNames(l i18n.Locale, codes []string) string { return inWords(l, codes, forms.CountryName) }

func inWords(l i18n.Locale, codes []string, name func(i18n.Locale, string) string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = name(l, code)
	}
	i18n.Sort(l, names, func(name string) string { return name })
	return strings.Join(names, ", ")
}

// Read reads what stands in the inputs of Fields, each code once.
func Read(form web.Form) Expertise {
	return Expertise{Topics: form.All("topic"), Languages: readCodes(form, "language", MostLanguages), Countries: readCodes(form, "country", MostCountries)}
}

func readCodes(form web.Form, name string, most int) []string {
	var all []string
	for i := range most {
		if code := form.Raw(line(name, i)); code != "" && !slices.Contains(all, code) {
			all = append(all, code)
		}
	}
	return all
}

func line(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i+1)
}

// lines are how many lines a list of codes has on the page.
func lines(all []string, most int) int { return min(max(3, len(all)+2), most) }

// valueAt is what stands in a line of a list; nothing in those below.
func valueAt(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

func codeOptions(all []forms.Name) []ui.Option {
	options := make([]ui.Option, len(all))
	for i, one := range all {
		options[i] = ui.Option{Value: one.Code, Label: one.Name}
	}
	return options
}

func lineProblem(problem string, i int) string {
	if i > 0 {
		return ""
	}
	return problem
}

// Labels are the names of the inputs of Fields, for the summary of what is wrong with them.
func Labels(p ui.Page) []string {
	return []string{"topic", p.T("forms.expertise.topics"), "language", p.T("forms.expertise.languages"), "country", p.T("forms.expertise.countries")}
}
