package organizations

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Form is what an organization is before the law.
type Form string

// The legal forms that applications ask for; an initiative has no legal personality.
const (
	Association      Form = "association"
	Foundation       Form = "foundation"
	Cooperative      Form = "cooperative"
	SocialEnterprise Form = "social_enterprise"
	Union            Form = "union"
	Initiative       Form = "initiative"
	LocalAuthority   Form = "local_authority"
	OtherForm        Form = "other"
)

// Forms lists them in the order in which they are offered.
var Forms = []Form{Association, Foundation, Initiative, Cooperative, SocialEnterprise, Union, LocalAuthority, OtherForm}

// Fields of work, bands of paid staff and of the yearly budget in euros, and working languages, as applications ask for
// them.
var (
	Fields       = []string{"culture", "democracy", "disability", "education", "environment", "gender", "health", "human_rights", "media", "migration", "social", "youth"}
	StaffBands   = []string{"0", "1-5", "6-20", "21-50", "51+"}
	BudgetBands  = []string{"0-10k", "10k-50k", "50k-200k", "200k-1m", "1m+"}
	LanguageList = []string{"tr", "en", "de", "fr", "es", "it", "el", "bg", "ro", "pl", "cs", "ka", "ar", "ku", "ru"}
)

// Organization is one of a network's CSOs or initiatives.
type Organization struct {
	ID             ids.Organization
	Name           string
	NameEnglish    string
	Form           Form
	Country        geo.Country
	City           string
	Place          int // of the gazetteer, where the town was chosen from it; 0: as it is written
	Founded        int // year; 0: not told
	Registry       string
	RegistryNumber string
	FiscalHost     string // of an initiative: who takes its money
	Website        string
	About          string
	Fields         []string
	Languages      []string
	Staff          string
	Budget         string
	Version        int64
	CreatedAt      time.Time
}

// SearchKey is under which the organization is found, however it is spelled.
func (o Organization) SearchKey() string {
	return i18n.SearchKey(o.Name + " " + o.NameEnglish)
}

// Region is the province, state or county in which the organization sits; empty where the gazetteer cannot tell.
func (o Organization) Region() geo.Region { return geo.RegionOf(o.Country, o.City, o.Place) }

// settled is the organization with the chosen place only if its town is called so.
func (o Organization) settled() Organization {
	if _, ok := geo.Chosen(o.Country, o.City, o.Place); !ok {
		o.Place = 0
	}
	return o
}

// Missing names the parts of the profile that a program needs to know and that are not told yet.
func (o Organization) Missing() []string {
	var missing []string
	for _, part := range []struct {
		name string
		told bool
	}{
		{"registry", o.Registry != "" || o.Form == Initiative || o.Form == LocalAuthority},
		{"fiscal_host", o.Registry != "" || o.Form != Initiative || o.FiscalHost != ""},
		{"about", o.About != ""},
		{"fields", len(o.Fields) > 0},
		{"languages", len(o.Languages) > 0},
		{"staff", o.Staff != ""},
		{"budget", o.Budget != ""},
	} {
		if !part.told {
			missing = append(missing, part.name)
		}
	}
	return missing
}

// Complete reports whether the profile says what a program needs to know of an organization.
func (o Organization) Complete() bool {
	return len(o.Missing()) == 0
}

// Most characters of each text.
const (
	maxName  = 200
	maxShort = 120
	maxAbout = 2000
)

// check holds a profile to the rules that do not need the database.
func (o Organization) check(year int) []fault.Field {
	var bad []fault.Field
	refuse := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	if o.Name == "" {
		refuse("name", "fault.required")
	}
	if !slices.Contains(Forms, o.Form) {
		refuse("form", "fault.choose")
	}
	if _, ok := geo.ParseCountry(string(o.Country)); !ok {
		refuse("country", "fault.choose")
	}
	if o.City == "" {
		refuse("city", "fault.required")
	}
	if o.Founded != 0 && (o.Founded < 1500 || o.Founded > year) {
		refuse("founded", "organizations.founded_wrong")
	}
	if o.Website != "" && !isWebsite(o.Website) {
		refuse("website", "organizations.website_wrong")
	}
	for name, list := range map[string][2][]string{"fields": {o.Fields, Fields}, "languages": {o.Languages, LanguageList}} {
		for _, value := range list[0] {
			if !slices.Contains(list[1], value) {
				refuse(name, "fault.choose")
				break
			}
		}
	}
	if o.Staff != "" && !slices.Contains(StaffBands, o.Staff) {
		refuse("staff", "fault.choose")
	}
	if o.Budget != "" && !slices.Contains(BudgetBands, o.Budget) {
		refuse("budget", "fault.choose")
	}
	return append(bad, o.checkRegistry()...)
}

func (o Organization) checkRegistry() []fault.Field {
	switch {
	case o.Registry == "" && o.RegistryNumber == "":
		return nil
	case o.Registry == "":
		return []fault.Field{fault.At("registry", "fault.choose")}
	case o.RegistryNumber == "":
		return []fault.Field{fault.At("registry_number", "fault.required")}
	}
	registry, ok := registries[o.Registry]
	if !ok {
		return []fault.Field{fault.At("registry", "fault.choose")}
	}
	if !registry.form.MatchString(o.RegistryNumber) {
		return []fault.Field{fault.At("registry_number", "organizations.registry_form")}
	}
	if registry.check != nil && !registry.check(o.RegistryNumber) {
		return []fault.Field{fault.At("registry_number", "organizations.registry_check")}
	}
	return nil
}

func isWebsite(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.Contains(u.Hostname(), ".") && u.User == nil && len(s) <= 300
}

// Registries lists the identifiers of registries by org-id.guide's codes, with the European Commission's own two.
var Registries = []string{"TR-MOI", "TR-VKN", "DE-CR", "AT-ZVR", "BG-EIK", "CZ-ICO", "FR-INSEE", "NL-KVK", "PL-KRS", "RO-CUI", "EU-OID", "EU-PIC", "XX"}

type registry struct {
	form  *regexp.Regexp
	check func(number string) bool
}

var registries = map[string]registry{
	"TR-MOI":   {form: regexp.MustCompile(`^\d{2}-\d{3}-\d{3}$`)}, // kütük no: province, kind, number
	"TR-VKN":   {form: regexp.MustCompile(`^\d{10}$`), check: checkVKN},
	"DE-CR":    {form: regexp.MustCompile(`^[\p{L}0-9 .()/-]{2,60}$`)}, // court and number: VR 12345 B
	"AT-ZVR":   {form: regexp.MustCompile(`^\d{7,10}$`)},
	"BG-EIK":   {form: regexp.MustCompile(`^\d{9}$`), check: checkEIK},
	"CZ-ICO":   {form: regexp.MustCompile(`^\d{8}$`), check: checkICO},
	"FR-INSEE": {form: regexp.MustCompile(`^\d{9}$`), check: checkLuhn},
	"NL-KVK":   {form: regexp.MustCompile(`^\d{8}$`)},
	"PL-KRS":   {form: regexp.MustCompile(`^\d{10}$`)},
	"RO-CUI":   {form: regexp.MustCompile(`^\d{2,10}$`), check: checkCUI},
	"EU-OID":   {form: regexp.MustCompile(`^E\d{8}$`)},
	"EU-PIC":   {form: regexp.MustCompile(`^\d{9}$`)},
	"XX":       {form: regexp.MustCompile(`^[\p{L}0-9 ./()-]{2,60}$`)},
}

func digits(s string) []int {
	out := make([]int, len(s))
	for i, r := range s {
		out[i] = int(r - '0')
	}
	return out
}

// checkVKN verifies a Turkish tax number: each of nine digits is moved on by its distance from the end, modulo ten, and
// doubled that often, modulo nine; the last digit makes the sum a multiple of ten.
func checkVKN(number string) bool {
	d := digits(number)
	sum := 0
	for i := range 9 {
		moved := (d[i] + 9 - i) % 10
		weighted := moved * (1 << (9 - i)) % 9
		if moved != 0 && weighted == 0 {
			weighted = 9
		}
		sum += weighted
	}
	return (10-sum%10)%10 == d[9]
}

// checkEIK verifies a Bulgarian company number of nine digits: weights 1 to 8 modulo 11; where that leaves ten, weights
// 3 to 10; where that leaves ten again, the digit is zero.
func checkEIK(number string) bool {
	d := digits(number)
	sum := func(first int) int {
		s := 0
		for i := range 8 {
			s += d[i] * (first + i)
		}
		return s % 11
	}
	rest := sum(1)
	if rest == 10 {
		rest = sum(3) % 10
	}
	return rest == d[8]
}

// checkICO verifies a Czech organization number: weights 8 to 2 modulo 11.
func checkICO(number string) bool {
	d := digits(number)
	sum := 0
	for i := range 7 {
		sum += d[i] * (8 - i)
	}
	return (11-sum%11)%10 == d[7]
}

// checkLuhn verifies a French SIREN by the Luhn algorithm (ISO/IEC 7812-1).
func checkLuhn(number string) bool {
	d := digits(number)
	sum := 0
	for i, n := range d {
		if (len(d)-i)%2 == 0 {
			n *= 2
			if n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// checkCUI verifies a Romanian tax number: the digits before the last, filled up to nine, times 753217532; ten times
// the sum modulo 11, where ten counts as zero.
func checkCUI(number string) bool {
	d := digits(number)
	key := []int{7, 5, 3, 2, 1, 7, 5, 3, 2}
	body := d[:len(d)-1]
	sum := 0
	for i := range body {
		sum += body[len(body)-1-i] * key[len(key)-1-i]
	}
	return sum*10%11%10 == d[len(d)-1]
}

// normalNumber brings a registry number to the way in which it is kept: no spaces around, capitals for letters, and for
// registries of digits only no spaces or points between.
func normalNumber(registryCode, typed string) string {
	number := strings.ToUpper(strings.TrimSpace(typed))
	switch registryCode {
	case "DE-CR", "XX", "TR-MOI":
		return number
	default:
		return strings.NewReplacer(" ", "", ".", "", "\u00a0", "").Replace(number)
	}
}

func parseYear(typed string) (int, bool) {
	if typed == "" {
		return 0, true
	}
	year, err := strconv.Atoi(typed)
	return year, err == nil && year > 0
}

// Masked hides all but the last two characters of a registry number from those who only look an organization up.
func Masked(number string) string {
	r := []rune(number)
	if len(r) <= 2 {
		return strings.Repeat("•", len(r))
	}
	return strings.Repeat("•", len(r)-2) + string(r[len(r)-2:])
}
