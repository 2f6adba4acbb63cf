package forms

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kervan/modules/kernel/i18n"
)

// countries are the codes of ISO 3166-1 alpha-2, and XK, which everybody uses for Kosovo.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT " +
	"MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

// spoken are the languages that people of the program's regions work in; sgn stands for sign languages.
const spoken = "ab am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gsw he hi hr hu hy id is it ja ka kk ko ku " +
	"ky lb ln lt lv mk mn mt nl no os pl ps pt rm ro rom ru sgn sk sl so sq sr sv sw syr ta tg ti tk tr tt uk ur uz vi yi zh zza"

// Name is a code with its name in the reader's language.
type Name struct {
	Code string
	Name string
}

type naming struct {
	sorted []Name
	byCode map[string]string
}

var (
	countryNames  = sync.OnceValue(func() map[i18n.Locale]naming { return names(countries, countryName) })
	languageNames = sync.OnceValue(func() map[i18n.Locale]naming { return names(spoken, languageName) })
)

// corrected are names where the tables of x/text are silent, narrower than what is meant, or older than the country's name.
var corrected = map[string]i18n.Text{
	"sgn": {i18n.EN: "Sign language", i18n.TR: "İşaret dili", i18n.DE: "Gebärdensprache"},
	"no":  {i18n.EN: "Norwegian", i18n.TR: "Norveççe", i18n.DE: "Norwegisch"},
	"bn":  {i18n.EN: "Bengali", i18n.TR: "Bengalce", i18n.DE: "Bengalisch"},
	"MK":  {i18n.EN: "North Macedonia", i18n.TR: "Kuzey Makedonya", i18n.DE: "Nordmazedonien"},
	"SZ":  {i18n.EN: "Eswatini", i18n.TR: "Esvatini", i18n.DE: "Eswatini"},
	"TR":  {i18n.EN: "Türkiye", i18n.TR: "Türkiye", i18n.DE: "Türkei"},
}

func countryName(l i18n.Locale, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(l.Tag()).Name(region)
}

func languageName(l i18n.Locale, code string) string {
	tag, err := language.Raw.Parse(code)
	if err != nil {
		return code
	}
	name := display.Languages(l.Tag()).Name(tag)
	if l == i18n.EN || name == "" {
		return name
	}
	return capital(l, name)
}

// capital gives names their first letter as they stand at the head of a line; Turkish i becomes İ.
func capital(l i18n.Locale, name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if l == i18n.TR && first == 'i' {
		return "İ" + name[size:]
	}
	return strings.ToUpper(name[:size]) + name[size:]
}

func names(codes string, name func(i18n.Locale, string) string) map[i18n.Locale]naming {
	all := map[i18n.Locale]naming{}
	for _, l := range i18n.All {
		n := naming{byCode: map[string]string{}}
		for code := range strings.FieldsSeq(codes) {
			text := corrected[code].String(l)
			if text == "" {
				text = name(l, code)
			}
			n.byCode[code] = text
			n.sorted = append(n.sorted, Name{code, text})
		}
		i18n.Sort(l, n.sorted, func(one Name) string { return one.Name })
		all[l] = n
	}
	return all
}

// Countries are all countries in the reader's alphabet.
func Countries(l i18n.Locale) []Name { return slices.Clone(countryNames()[l].sorted) }

// CountryName is the country's name in the reader's language; a code that is none stands for itself.
func CountryName(l i18n.Locale, code string) string { return nameOf(countryNames()[l], code) }

// LanguageNames are the offered languages in the reader's alphabet.
func LanguageNames(l i18n.Locale) []Name { return slices.Clone(languageNames()[l].sorted) }

// LanguageName is the language's name in the reader's language; a code that is none stands for itself.
func LanguageName(l i18n.Locale, code string) string { return nameOf(languageNames()[l], code) }

func nameOf(n naming, code string) string {
	if name, ok := n.byCode[code]; ok {
		return name
	}
	return code
}

// IsCountry reports whether the code is a country's.
func IsCountry(code string) bool { _, ok := countryNames()[i18n.EN].byCode[code]; return ok }

// IsLanguage reports whether the code is of an offered language.
func IsLanguage(code string) bool { _, ok := languageNames()[i18n.EN].byCode[code]; return ok }

// LevelName is a level of a language as the reader calls it.
func LevelName(loc *i18n.Localizer, level string) string {
	if level == "native" {
		return loc.T("forms.level.native")
	}
	return level
}
