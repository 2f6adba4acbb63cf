package blueprints

import (
	"regexp"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// Blueprint is one version of a program's template.
type Blueprint struct {
	Key          string         `json:"key"`
	Version      int            `json:"version"`
	Name         i18n.Text      `json:"name"`
	Summary      i18n.Text      `json:"summary"`
	Notes        i18n.Text      `json:"notes"` // what is new in this version
	Review       Review         `json:"review"`
	Criteria     []Criterion    `json:"criteria"`
	Compositions []Composition  `json:"compositions"`
	Documents    []Document     `json:"documents"`
	Eligibility  []Reason       `json:"eligibility"`
	Stages       []Stage        `json:"stages"`
	Letters      []Letter       `json:"letters"`
	Call         Call           `json:"call"`
	Dimensions   []forms.Option `json:"dimensions"` // of capacity, as topics
	Scale        []Level        `json:"scale"`
	Assessment   []Statement    `json:"assessment"`
	Checklists   []Checklist    `json:"checklists"`
	Rates        []Rate         `json:"rates"`

	Form forms.Definition `json:"form"`
}

// Review says how applications are scored: per criterion from 0 to ScoreMax unless it has a scale of its own; totals are on a scale of 100, and where two
// differ by ThirdReviewGap or more, a third review is called.
type Review struct {
	ScoreMax       int `json:"score_max"`
	Reviews        int `json:"reviews"`
	ThirdReviewGap int `json:"third_review_gap"`
	ReplyDays      int `json:"reply_days"`   // to accept or decline a place
	PapersHours    int `json:"papers_hours"` // to hand in what is missing

	// WeightsOpen lets the weights change after reviewing has begun; the totals are then computed anew.
	WeightsOpen bool `json:"weights_open,omitempty"`

	// TotalThreshold is the least mean of the totals, of 100; an application below it is marked for those who decide, and never
	// rejected by itself. 0: none.
	TotalThreshold int `json:"total_threshold,omitempty"`

	// Topic is the question whose answer says an application's topic, for the quotas of topics; empty: none.
	Topic string `json:"topic_question,omitempty"`

	// For how many months after an application is over its answers are kept, by the class of data that they are. 0: nothing is
	// promised, and they stay.
	KeepPersonal  int `json:"keep_personal,omitempty"`
	KeepSpecial   int `json:"keep_special,omitempty"`
	KeepFinancial int `json:"keep_financial,omitempty"`

	// Anonymous keeps from reviewers who applies, and Hidden are the questions whose answers they do not see then, beside those
	// that name somebody by their kind. See Veil.
	Anonymous bool     `json:"anonymous,omitempty"`
	Hidden    []string `json:"hidden_answers,omitempty"`
}

// Kept is for how many months answers of a class are kept; 0: they stay.
func (r *Review) Kept(class forms.Class) int {
	switch class {
	case forms.ClassPersonal:
		return r.KeepPersonal
	case forms.ClassSpecial:
		return r.KeepSpecial
	case forms.ClassFinancial:
		return r.KeepFinancial
	case forms.ClassNone:
	}
	return 0
}

// Erases reports whether answers of any class are erased in time.
func (r *Review) Erases() bool { return r.KeepPersonal > 0 || r.KeepSpecial > 0 || r.KeepFinancial > 0 }

// MostKept is the longest period for which answers are kept before they are erased, in months.
const MostKept = 240

// Composition says which seats a partnership has.
type Composition struct {
	Key               string    `json:"key"`
	Name              i18n.Text `json:"name"`
	DistinctCountries bool      `json:"distinct_countries"`
	Seats             []Seat    `json:"seats"`
}

// Seat is a typed place. An empty list allows everything; Not excludes countries. Exactly one organization takes it unless
// Min and Max say otherwise; an optional one may stay empty.
type Seat struct {
	Key       string    `json:"key"`
	Name      i18n.Text `json:"name"`
	Kinds     []string  `json:"kinds"`     // legal forms
	Countries []string  `json:"countries"` // ISO 3166-1 alpha-2
	Not       []string  `json:"not"`
	Optional  bool      `json:"optional,omitempty"`
	Min       int       `json:"min,omitempty"`
	Max       int       `json:"max,omitempty"`

	Line string `json:"-"` // of a seat that was spread: the key of the seat that it comes from
}

// Fits reports whether an organization of that legal form and country may take the seat.
func (s Seat) Fits(kind, country string) bool {
	return (len(s.Kinds) == 0 || slices.Contains(s.Kinds, kind)) &&
		(len(s.Countries) == 0 || slices.Contains(s.Countries, country)) && !slices.Contains(s.Not, country)
}

// Document is a document that a call asks for; Question is where the form takes it.
type Document struct {
	Key      string    `json:"key"`
	Question string    `json:"question"`
	Name     i18n.Text `json:"name"`
}

// Reason is one line of the eligibility check, and the sentence for the letter when it fails. One with a condition is a
// rule: who does not meet it cannot hand in, and officers see what it says. Without one, officers judge.
type Reason struct {
	Key    string           `json:"key"`
	Name   i18n.Text        `json:"name"`
	Reason i18n.Text        `json:"reason"`
	When   *forms.Condition `json:"when,omitempty"`
}

// Stage is one stage of a cycle; weeks are counted from the opening of the call, and days may be added to them.
type Stage struct {
	Key       string    `json:"key"`
	StartWeek int       `json:"start_week"`
	StartDay  int       `json:"start_day,omitempty"` // from 0 to 6, after the beginning of the week
	Weeks     int       `json:"weeks"`
	Days      int       `json:"days,omitempty"` // from 0 to 6, after the weeks
	Who       string    `json:"who"`            // the role that mainly acts
	Hidden    bool      `json:"hidden,omitempty"`
	Name      i18n.Text `json:"name"`
	About     i18n.Text `json:"about"`
}

// Level is one answer of the capacity assessment.
type Level struct {
	Key  string    `json:"key"` // 1 to 5, or none
	Name i18n.Text `json:"name"`
}

// Statement is one of the statements about an organization that the capacity assessment has people answer on the scale.
type Statement struct {
	Key       string    `json:"key"`
	Dimension string    `json:"dimension"`
	Text      i18n.Text `json:"text"`
}

// Checklist is what somebody in a role should not forget in a cycle; its key is the role.
type Checklist struct {
	Key   string      `json:"key"`
	Name  i18n.Text   `json:"name"`
	Items []i18n.Text `json:"items"`
}

// Rate is a table of rates with the years for which it holds, such as unit costs of travel. A cell is a decimal number
// with a point, in the unit that the table names; an empty one is a rate that does not exist.
type Rate struct {
	Key     string      `json:"key"`
	Name    i18n.Text   `json:"name"`
	Version string      `json:"version"`
	Source  string      `json:"source"`
	Unit    i18n.Text   `json:"unit"`
	Columns []i18n.Text `json:"columns"`
	Rows    []RateRow   `json:"rows"`
}

// RateRow is one row of a rate table, with a cell for each of its columns.
type RateRow struct {
	Label i18n.Text `json:"label"`
	Cells []string  `json:"cells"`
}

// Letter is the text per outcome, in Markdown. {name} in subject and body stands for one of Fields.
type Letter struct {
	Key     string    `json:"key"`
	Fields  []string  `json:"fields"`
	Subject i18n.Text `json:"subject"`
	Body    i18n.Text `json:"body"`
}

// Call are the texts with which a new call begins, in Markdown but for title and summary.
type Call struct {
	Title   i18n.Text `json:"title"`
	Summary i18n.Text `json:"summary"`
	About   i18n.Text `json:"about"`
	Conduct i18n.Text `json:"conduct"`
	Notice  i18n.Text `json:"notice"`
}

// Default is the exchange program's blueprint. Its content is built in, so reading it cannot fail once the tests have
// passed; a caller gets a copy of its own.
func Default() Blueprint { return BuiltIn()[0] }

// BuiltIn are the blueprints that ship with the program, the exchange program first; a caller gets copies of its own.
func BuiltIn() []Blueprint {
	var all []Blueprint
	for _, raw := range builtIn() {
		b, err := read(raw)
		if err != nil {
			panic(err)
		}
		all = append(all, b)
	}
	return all
}

// Letter finds a letter.
func (b Blueprint) Letter(key string) (Letter, bool) {
	i := slices.IndexFunc(b.Letters, func(l Letter) bool { return l.Key == key })
	if i < 0 {
		return Letter{}, false
	}
	return b.Letters[i], true
}

// Composition finds a composition.
func (b Blueprint) Composition(key string) (Composition, bool) {
	i := slices.IndexFunc(b.Compositions, func(c Composition) bool { return c.Key == key })
	if i < 0 {
		return Composition{}, false
	}
	return b.Compositions[i], true
}

var mergeField = regexp.MustCompile(`\{([a-z_]+)\}`)

// MergeFields lists the fields that a text uses, each once, in order.
func MergeFields(text string) []string {
	var found []string
	for _, m := range mergeField.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(found, m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

// Merge puts values into a text. It also lists the fields that have no value; they stay in the text as they are, so that
// a letter with a gap is seen before it is released. A value is never searched for fields itself.
func Merge(text string, values map[string]string) (merged string, missing []string) {
	merged = mergeField.ReplaceAllStringFunc(text, func(field string) string {
		name := field[1 : len(field)-1]
		value, ok := values[name]
		if !ok {
			if !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
			return field
		}
		return value
	})
	return merged, missing
}
