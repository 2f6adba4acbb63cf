package builder

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

const megabyte = 1_000_000

// Setting is one thing that can be set about a question or column. Its words are builder.setting.<Name>, and
// builder.setting.<Name>_hint where there is one. Exactly one of Text, Tick, Get and Chosen says what it sets: words in
// several languages, yes or no, one value as the reader types it, or some of the Options.
type Setting struct {
	Name  string
	Group string
	Fits  func(q *forms.Question) bool // nil: every question that takes an answer

	Text func(q *forms.Question) *i18n.Text
	Long bool // words that may run over several lines
	Most int  // characters

	Tick func(q *forms.Question) *bool

	Get     func(loc *i18n.Localizer, q *forms.Question) string
	Set     func(loc *i18n.Localizer, q *forms.Question, typed string) (refusal string) // a message key; empty: it will do
	Input   string                                                                      // the type of the input, or its inputmode
	Options func(loc *i18n.Localizer, q *forms.Question) []ui.Option                    // with Get: one is chosen

	Chosen func(q *forms.Question) []string // with Options: any are chosen
	Choose func(q *forms.Question, chosen []string)
}

func (s *Setting) fits(q *forms.Question) bool {
	if s.Fits == nil {
		return q.Type.Asks()
	}
	return s.Fits(q)
}

// The groups of settings, in the order of the page. Offered answers and columns stand behind the words, the condition
// before the data.
const (
	Words  = "words"
	Answer = "answer"
	Limits = "limits"
	Asked  = "asked"
	Days   = "days"
	Data   = "data"
)

// Settings are all things that can be set about questions, in the order of the page. A new attribute of the engine is a
// new line here.
var Settings = []Setting{
	words("label", Words, 300, func(q *forms.Question) *i18n.Text { return &q.Label }).everywhere(),
	long("help", Words, func(q *forms.Question) *i18n.Text { return &q.Help }).everywhere(),
	long("example", Words, func(q *forms.Question) *i18n.Text { return &q.Example }).not(derived...),
	long("why", Words, func(q *forms.Question) *i18n.Text { return &q.Why }),

	one("takes", "forms.source.", Answer, sources, func(q *forms.Question) *forms.Source { return &q.Takes }).only(forms.TypeHidden),
	tick("required", Answer, func(q *forms.Question) *bool { return &q.Required }).not(forms.TypeConsent, forms.TypeDeclaration, forms.TypeCalculated, forms.TypeHidden),
	one("format", "builder.format.", Answer, formats, func(q *forms.Question) *forms.Format { return &q.Format }).only(forms.TypeShortText, forms.TypeNumber),
	words("unit", Answer, 40, func(q *forms.Question) *i18n.Text { return &q.Unit }).only(forms.TypeNumber, forms.TypeCalculated),
	number("decimals", Answer, 6, func(q *forms.Question) *int { return &q.Decimals }).only(forms.TypeNumber, forms.TypeCalculated),
	list("currencies", Answer, func(q *forms.Question) *[]string { return &q.Currencies }, "EUR", "TRY", "USD", "GBP", "CHF", "BGN", "RON", "UAH", "GEL", "AMD").only(forms.TypeMoney),
	tick("not_applicable", Answer, func(q *forms.Question) *bool { return &q.NotApplicable }).only(forms.TypeMatrix, forms.TypeLikert),
	asksFor("street", func(p *forms.Parts) *forms.Ask { return &p.Street }),
	asksFor("postal_code", func(p *forms.Parts) *forms.Ask { return &p.PostalCode }),
	asksFor("place", func(p *forms.Parts) *forms.Ask { return &p.Place }),
	asksFor("country", func(p *forms.Parts) *forms.Ask { return &p.Country }),
	kinds().only(forms.TypeFile),
	size().only(forms.TypeFile),
	words("item", Answer, 80, func(q *forms.Question) *i18n.Text { return &q.Item }).only(forms.TypeTable, forms.TypePeople, forms.TypeBudget),
	replacement().only(forms.TypePeople),

	one("asked", "forms.asked.", Asked, whoms, func(q *forms.Question) *forms.Whom { return &q.Asked }).unless(forms.TypeHidden),
	dayFrom("required_from", func(q *forms.Question) *string { return &q.RequiredFrom }).not(forms.TypeConsent, forms.TypeDeclaration, forms.TypeCalculated, forms.TypeHidden),
	dayFrom("frozen_from", func(q *forms.Question) *string { return &q.FrozenFrom }).not(forms.TypeConsent, forms.TypeDeclaration, forms.TypeCalculated, forms.TypeHidden),

	number("words", Limits, 10_000, func(q *forms.Question) *int { return &q.Words }).only(forms.TypeShortText, forms.TypeLongText),
	number("chars", Limits, 100_000, func(q *forms.Question) *int { return &q.Chars }).only(forms.TypeShortText, forms.TypeLongText),
	pattern(),
	words("pattern_message", Limits, 300, func(q *forms.Question) *i18n.Text { return &q.PatternMessage }).only(forms.TypeShortText),
	number("least", Limits, 1000, func(q *forms.Question) *int { return &q.Least }).only(several...),
	number("most", Limits, 1000, func(q *forms.Question) *int { return &q.Most }).only(append([]forms.Type{forms.TypeFile}, several...)...),
	bound("min", func(q *forms.Question) *string { return &q.Min }).only(forms.TypeNumber, forms.TypeMoney),
	bound("max", func(q *forms.Question) *string { return &q.Max }).only(forms.TypeNumber, forms.TypeMoney),
	bound("ceiling", func(q *forms.Question) *string { return &q.Max }).only(forms.TypeBudget),
	day("first_day", func(q *forms.Question) *string { return &q.Min }).only(forms.TypeDate, forms.TypeSpan),
	day("last_day", func(q *forms.Question) *string { return &q.Max }).only(forms.TypeDate, forms.TypeSpan),
	number("least_days", Limits, forms.MostDays, func(q *forms.Question) *int { return &q.Least }).only(forms.TypeSpan),
	number("most_days", Limits, forms.MostDays, func(q *forms.Question) *int { return &q.Most }).only(forms.TypeSpan),

	one("class", "builder.class.", Data, classes, func(q *forms.Question) *forms.Class { return &q.Class }),
	visibleTo(),
}

// derived are the types whose answers nobody types.
var derived = []forms.Type{forms.TypeCalculated, forms.TypeHidden}

var several = []forms.Type{forms.TypeMultiple, forms.TypeRanking, forms.TypeLanguages, forms.TypeOrganizations, forms.TypePeople, forms.TypeTable, forms.TypeBudget}

func (s Setting) only(types ...forms.Type) Setting {
	s.Fits = func(q *forms.Question) bool { return slices.Contains(types, q.Type) }
	return s
}

func (s Setting) not(types ...forms.Type) Setting {
	s.Fits = func(q *forms.Question) bool { return q.Type.Asks() && !slices.Contains(types, q.Type) }
	return s
}

func (s Setting) unless(types ...forms.Type) Setting {
	s.Fits = func(q *forms.Question) bool { return !slices.Contains(types, q.Type) }
	return s
}

func (s Setting) everywhere() Setting {
	s.Fits = func(*forms.Question) bool { return true }
	return s
}

func words(name, group string, most int, of func(*forms.Question) *i18n.Text) Setting {
	return Setting{Name: name, Group: group, Most: most, Text: of}
}

func long(name, group string, of func(*forms.Question) *i18n.Text) Setting {
	return Setting{Name: name, Group: group, Most: 3000, Long: true, Text: of}
}

func tick(name, group string, of func(*forms.Question) *bool) Setting {
	return Setting{Name: name, Group: group, Tick: of}
}

// number is a whole number up to most; nothing typed is 0, which sets no limit.
func number(name, group string, most int, of func(*forms.Question) *int) Setting {
	return Setting{
		Name: name, Group: group, Input: "numeric",
		Get: func(_ *i18n.Localizer, q *forms.Question) string {
			if n := *of(q); n != 0 {
				return strconv.Itoa(n)
			}
			return ""
		},
		Set: func(_ *i18n.Localizer, q *forms.Question, typed string) string {
			if typed = strings.TrimSpace(typed); typed == "" {
				*of(q) = 0
				return ""
			}
			n, err := strconv.Atoi(typed)
			if err != nil || n < 0 || n > most {
				return "builder.number_wrong"
			}
			*of(q) = n
			return ""
		},
	}
}

// bound is a number with a decimal sign as the reader writes it.
func bound(name string, of func(*forms.Question) *string) Setting {
	return Setting{
		Name: name, Group: Limits, Input: "decimal",
		Get: func(loc *i18n.Localizer, q *forms.Question) string {
			point, _ := loc.Separators()
			return strings.ReplaceAll(*of(q), ".", point)
		},
		Set: func(loc *i18n.Localizer, q *forms.Question, typed string) string {
			if typed = strings.TrimSpace(typed); typed == "" {
				*of(q) = ""
				return ""
			}
			digits, ok := loc.ParseDecimal(typed)
			if !ok || len(digits) > 20 {
				return "builder.number_wrong"
			}
			*of(q) = digits
			return ""
		},
	}
}

func day(name string, of func(*forms.Question) *string) Setting {
	return Setting{
		Name: name, Group: Limits, Input: "date",
		Get: func(_ *i18n.Localizer, q *forms.Question) string { return *of(q) },
		Set: func(_ *i18n.Localizer, q *forms.Question, typed string) string {
			if _, err := time.Parse(time.DateOnly, typed); err != nil && typed != "" {
				return "builder.day_wrong"
			}
			*of(q) = typed
			return ""
		},
	}
}

// dayFrom is a day of the call, from which on something holds.
func dayFrom(name string, of func(*forms.Question) *string) Setting {
	s := day(name, of)
	s.Group = Days
	return s
}

// one is a value of a few; words is the prefix of their message keys.
func one[T ~string](name, words, group string, offered func(q *forms.Question) []T, of func(*forms.Question) *T) Setting {
	return Setting{
		Name: name, Group: group,
		Get: func(_ *i18n.Localizer, q *forms.Question) string { return string(*of(q)) },
		Set: func(_ *i18n.Localizer, q *forms.Question, typed string) string {
			if !slices.Contains(offered(q), T(typed)) {
				return "fault.choose"
			}
			*of(q) = T(typed)
			return ""
		},
		Options: func(loc *i18n.Localizer, q *forms.Question) []ui.Option {
			var all []ui.Option
			for _, v := range offered(q) {
				key := words + string(v)
				if v == "" {
					key = words + "none"
				}
				o := ui.Option{Value: string(v), Label: loc.T(key), Selected: v == *of(q)}
				if loc.Has(key + "_hint") {
					o.Hint = loc.T(key + "_hint")
				}
				all = append(all, o)
			}
			return all
		},
	}
}

// pattern is an expression as it is written; one that does not work is refused at its field.
func pattern() Setting {
	return Setting{
		Name: "pattern", Group: Limits,
		Get: func(_ *i18n.Localizer, q *forms.Question) string { return q.Pattern },
		Set: func(_ *i18n.Localizer, q *forms.Question, typed string) string {
			typed = strings.TrimSpace(typed)
			if clean, ok := i18n.Clean(typed); !ok || clean != typed || !forms.PatternWorks(typed) {
				return "builder.pattern_wrong"
			}
			q.Pattern = typed
			return ""
		},
	}.only(forms.TypeShortText)
}

func formats(q *forms.Question) []forms.Format {
	if q.Type == forms.TypeNumber {
		return []forms.Format{forms.FormatNone, forms.FormatYear}
	}
	return []forms.Format{forms.FormatNone, forms.FormatEmail, forms.FormatURL, forms.FormatPhone}
}

func sources(*forms.Question) []forms.Source {
	return forms.Sources
}

func whoms(*forms.Question) []forms.Whom {
	return forms.Whoms
}

func classes(*forms.Question) []forms.Class {
	return forms.Classes
}

// list is some of the values offered; what stands there already and is not offered can be kept.
func list(name, group string, of func(*forms.Question) *[]string, offered ...string) Setting {
	return Setting{
		Name: name, Group: group,
		Options: func(_ *i18n.Localizer, q *forms.Question) []ui.Option {
			var all []ui.Option
			for _, v := range union(*of(q), offered) {
				all = append(all, ui.Option{Value: v, Label: v, Selected: slices.Contains(*of(q), v)})
			}
			return all
		},
		Chosen: func(q *forms.Question) []string { return *of(q) },
		Choose: func(q *forms.Question, chosen []string) {
			*of(q) = slices.DeleteFunc(union(*of(q), offered), func(v string) bool { return !slices.Contains(chosen, v) })
		},
	}
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func files(q *forms.Question) *forms.Files {
	if q.Files == nil {
		q.Files = &forms.Files{}
	}
	return q.Files
}

func kinds() Setting {
	s := list("kinds", Answer, func(q *forms.Question) *[]string { return &files(q).Kinds }, forms.FileKinds...)
	plain := s.Options
	s.Options = func(loc *i18n.Localizer, q *forms.Question) []ui.Option {
		all := plain(loc, q)
		for i := range all {
			all[i].Label = strings.ToUpper(all[i].Label)
		}
		return all
	}
	return s
}

// size is in megabytes.
func size() Setting {
	return number("megabytes", Answer, 50, nil).with(
		func(_ *i18n.Localizer, q *forms.Question) string {
			return strconv.FormatInt(files(q).MaxBytes/megabyte, 10)
		},
		func(_ *i18n.Localizer, q *forms.Question, typed string) string {
			n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 64)
			if err != nil || n < 1 || n > 50 {
				return "builder.megabytes_wrong"
			}
			files(q).MaxBytes = n * megabyte
			return ""
		},
	)
}

func (s Setting) with(get func(*i18n.Localizer, *forms.Question) string, set func(*i18n.Localizer, *forms.Question, string) string) Setting {
	s.Get, s.Set = get, set
	return s
}

// replacement are the columns that are asked of a replacement as well.
func replacement() Setting {
	return Setting{
		Name: "replacement", Group: Answer,
		Options: func(loc *i18n.Localizer, q *forms.Question) []ui.Option {
			var all []ui.Option
			for i := range q.Columns {
				c := &q.Columns[i]
				all = append(all, ui.Option{Value: c.Key, Label: name(loc, &forms.Definition{}, c.Label), Selected: slices.Contains(q.Replacement, c.Key)})
			}
			return all
		},
		Chosen: func(q *forms.Question) []string { return q.Replacement },
		Choose: func(q *forms.Question, chosen []string) {
			q.Replacement = nil
			for i := range q.Columns {
				if slices.Contains(chosen, q.Columns[i].Key) {
					q.Replacement = append(q.Replacement, q.Columns[i].Key)
				}
			}
		},
	}
}
