package builder

import (
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// Row is one text of a form, for translating it beside its other languages.
type Row struct {
	Path     string // of the text within its section: "title", "q.name.label", "q.topics.option.water.label"
	What     string // the message key of what it is
	Place    Place
	Long     bool
	Required bool
	Text     *i18n.Text
}

// Incomplete are the wanted languages in which the text is missing though it must be there, or is there in others.
func (r *Row) Incomplete(locales []i18n.Locale) []i18n.Locale {
	missing := r.Text.Missing(locales)
	if len(missing) == len(locales) && !r.Required {
		return nil
	}
	return missing
}

// Rows lists all texts of a section in order; their pointers lead into the definition.
func Rows(s *forms.Section) []Row {
	at := Place{Section: s.Key}
	rows := []Row{
		{Path: "title", What: "builder.text.section", Place: at, Required: true, Text: &s.Title},
		{Path: "intro", What: "builder.text.intro", Place: at, Long: true, Text: &s.Intro},
	}
	if s.Repeat != nil {
		rows = append(rows, Row{Path: "item", What: "builder.setting.item", Place: at, Required: true, Text: &s.Repeat.Item})
	}
	for i := range s.Questions {
		q := &s.Questions[i]
		rows = append(rows, questionRows("q."+q.Key, Place{Section: s.Key, Question: q.Key}, q)...)
	}
	return rows
}

func questionRows(path string, at Place, q *forms.Question) []Row {
	var rows []Row
	for i := range Settings {
		setting := &Settings[i]
		if setting.Text != nil && setting.fits(q) {
			rows = append(rows, Row{
				Path: path + "." + setting.Name, What: "builder.setting." + setting.Name, Place: at, Long: setting.Long, Required: setting.Name == "label", Text: setting.Text(q),
			})
		}
	}
	for i := range q.Options {
		o := &q.Options[i]
		rows = append(
			rows,
			Row{Path: path + ".option." + o.Value + ".label", What: "builder.text.option", Place: at, Required: q.Type != forms.TypeCountry, Text: &o.Label},
			Row{Path: path + ".option." + o.Value + ".hint", What: "builder.text.option_hint", Place: at, Text: &o.Hint},
		)
	}
	for i := range q.Statements {
		s := &q.Statements[i]
		rows = append(
			rows,
			Row{Path: path + ".statement." + s.Value + ".label", What: "builder.text.statement", Place: at, Required: true, Text: &s.Label},
			Row{Path: path + ".statement." + s.Value + ".hint", What: "builder.text.statement_hint", Place: at, Text: &s.Hint},
		)
	}
	for i := range q.Columns {
		c := &q.Columns[i]
		rows = append(rows, questionRows(path+".column."+c.Key, Place{Section: at.Section, Question: at.Question, Column: c.Key}, c)...)
	}
	return rows
}

// Missing counts the texts that are missing in each language, by section and in all ("").
func Missing(d *forms.Definition) map[string]map[i18n.Locale]int {
	found := map[string]map[i18n.Locale]int{"": {}}
	for i := range d.Sections {
		s := &d.Sections[i]
		found[s.Key] = map[i18n.Locale]int{}
		for _, row := range Rows(s) {
			for _, l := range row.Incomplete(d.Locales) {
				found[s.Key][l]++
				found[""][l]++
			}
		}
	}
	return found
}

// set changes one language of a text; an empty one is taken out.
func set(t *i18n.Text, l i18n.Locale, words string) {
	if words == "" {
		delete(*t, l)
		return
	}
	if *t == nil {
		*t = i18n.Text{}
	}
	(*t)[l] = words
}

// PathOf takes a row's path out of the name of its input.
func PathOf(input string) (path string, l i18n.Locale, ok bool) {
	code, path, found := strings.Cut(strings.TrimPrefix(input, "text."), ".")
	l, known := i18n.ParseLocale(code)
	return path, l, found && known && strings.HasPrefix(input, "text.")
}
