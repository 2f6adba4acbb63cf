package blueprints

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

//go:embed content
var content embed.FS

// Blueprint is one version of a program's template.
type Blueprint struct {
	Key          string         `json:"key"`
	Version      int            `json:"version"`
	Name         i18n.Text      `json:"name"`
	Summary      i18n.Text      `json:"summary"`
	Review       Review         `json:"review"`
	Criteria     []Criterion    `json:"criteria"`
	Compositions []Composition  `json:"compositions"`
	Documents    []Document     `json:"documents"`
	Eligibility  []Reason       `json:"eligibility"`
	Stages       []Stage        `json:"stages"`
	Letters      []Letter       `json:"letters"`
	Call         Call           `json:"call"`
	Dimensions   []forms.Option `json:"dimensions"` // of capacity, as topics

	Form forms.Definition `json:"form"`
}

// Review says how applications are scored: per criterion from 0 to ScoreMax; totals are on a scale of 100, and where two
// differ by ThirdReviewGap or more, a third review is called.
type Review struct {
	ScoreMax       int `json:"score_max"`
	Reviews        int `json:"reviews"`
	ThirdReviewGap int `json:"third_review_gap"`
	ReplyDays      int `json:"reply_days"`   // to accept or decline a place
	PapersHours    int `json:"papers_hours"` // to hand in what is missing
}

// Criterion is one thing that applications are judged by. The weights of all add up to 100.
type Criterion struct {
	Key      string    `json:"key"`
	Weight   int       `json:"weight"`
	Name     i18n.Text `json:"name"`
	Guidance i18n.Text `json:"guidance"`
}

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

// Reason is one line of the eligibility check, and the sentence for the letter when it fails.
type Reason struct {
	Key    string    `json:"key"`
	Name   i18n.Text `json:"name"`
	Reason i18n.Text `json:"reason"`
}

// Stage is one stage of a cycle; weeks are counted from the opening of the call.
type Stage struct {
	Key       string    `json:"key"`
	StartWeek int       `json:"start_week"`
	Weeks     int       `json:"weeks"`
	Who       string    `json:"who"` // the role that mainly acts
	Name      i18n.Text `json:"name"`
	About     i18n.Text `json:"about"`
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
func Default() Blueprint {
	raw := defaultFiles()
	b, err := read(raw)
	if err != nil {
		panic(err)
	}
	return b
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

// files are a blueprint's content as JSON: the parts that make up the blueprint, and the sections of its form.
type files struct {
	parts    [][]byte
	sections [][]byte
}

var defaultFiles = sync.OnceValue(func() files {
	f, err := load("content/exchange")
	if err != nil {
		panic(err)
	}
	return f
})

func load(dir string) (files, error) {
	var f files
	names, err := fs.Glob(content, path.Join(dir, "*.toml"))
	if err != nil {
		return f, fmt.Errorf("blueprints: list parts: %w", err)
	}
	lists := map[string]any{}
	for _, name := range names {
		part, err := table(name)
		if err != nil {
			return f, err
		}
		if options, ok := part["options"]; ok {
			list := strings.TrimSuffix(path.Base(name), ".toml")
			lists[list] = options
			part = map[string]any{list: options}
		}
		raw, err := json.Marshal(part)
		if err != nil {
			return f, fmt.Errorf("blueprints: write %s: %w", name, err)
		}
		f.parts = append(f.parts, raw)
	}
	names, err = fs.Glob(content, path.Join(dir, "form", "*.toml"))
	if err != nil {
		return f, fmt.Errorf("blueprints: list sections: %w", err)
	}
	for _, name := range names {
		section, err := table(name)
		if err != nil {
			return f, err
		}
		borrow(section, lists)
		raw, err := json.Marshal(section)
		if err != nil {
			return f, fmt.Errorf("blueprints: write %s: %w", name, err)
		}
		f.sections = append(f.sections, raw)
	}
	return f, nil
}

func table(name string) (map[string]any, error) {
	raw, err := content.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("blueprints: read %s: %w", name, err)
	}
	var t map[string]any
	if err := toml.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("blueprints: parse %s: %w", name, err)
	}
	trim(t)
	return t, nil
}

// trim takes the line breaks off the ends of texts that stand on lines of their own.
func trim(t map[string]any) {
	for key, value := range t {
		switch v := value.(type) {
		case string:
			t[key] = strings.TrimSpace(v)
		case map[string]any:
			trim(v)
		case []map[string]any:
			for _, one := range v {
				trim(one)
			}
		}
	}
}

// borrow gives a question the options of a list that several questions share.
func borrow(section, lists map[string]any) {
	questions, _ := section["questions"].([]map[string]any)
	for _, q := range questions {
		if from, ok := q["options_from"].(string); ok {
			q["options"] = lists[from]
			delete(q, "options_from")
		}
	}
}

func read(f files) (Blueprint, error) {
	var b Blueprint
	for _, raw := range f.parts {
		if err := strict(raw, &b); err != nil {
			return b, err
		}
	}
	b.Form = forms.Definition{Schema: forms.SchemaVersion, Locales: slices.Clone(i18n.All)}
	for _, raw := range f.sections {
		var s forms.Section
		if err := strict(raw, &s); err != nil {
			return b, err
		}
		b.Form.Sections = append(b.Form.Sections, s)
	}
	return b, nil
}

func strict(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("blueprints: read: %w", err)
	}
	return nil
}
