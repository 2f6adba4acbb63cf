package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"kervan/modules/kernel/i18n"
)

// SchemaVersion is the version of the definition's own JSON shape.
const SchemaVersion = 1

// Scope says who fills a section, and a sheet.
type Scope string

// A part is filled by each organization for itself; what is joint is filled by all of them together.
const (
	ScopePart  Scope = "part"
	ScopeJoint Scope = "joint"
)

// Type is what kind of answer a question takes.
type Type string

// The types of question. Heading and text take no answer.
const (
	TypeShortText     Type = "short_text"
	TypeLongText      Type = "long_text"
	TypeChoice        Type = "choice"
	TypeMultiple      Type = "multiple"
	TypeNumber        Type = "number"
	TypeMoney         Type = "money"
	TypeDate          Type = "date"
	TypeSpan          Type = "date_range" // from one day to another
	TypeCountry       Type = "country"
	TypeAddress       Type = "address" // a place, where in it, and in which country
	TypeLanguages     Type = "languages"
	TypePeople        Type = "people"
	TypeFile          Type = "file"
	TypeOrganizations Type = "organizations" // of the network, or such as it does not list
	TypeRanking       Type = "ranking"
	TypeTable         Type = "table"
	TypeBudget        Type = "budget"     // a table whose lines add up
	TypeMatrix        Type = "matrix"     // several statements, each with one of the same answers
	TypeLikert        Type = "likert"     // a matrix whose answers are a scale
	TypeCalculated    Type = "calculated" // worked out from other answers
	TypeHidden        Type = "hidden"     // taken from the organization's profile
	TypeConsent       Type = "consent"
	TypeDeclaration   Type = "declaration"
	TypeHeading       Type = "heading"
	TypeText          Type = "text"
)

// Types lists all types in the order in which a designer offers them.
var Types = []Type{
	TypeShortText, TypeLongText, TypeChoice, TypeMultiple, TypeNumber, TypeMoney, TypeDate, TypeSpan, TypeCountry, TypeAddress, TypeLanguages,
	TypePeople, TypeOrganizations, TypeFile, TypeRanking, TypeTable, TypeBudget, TypeMatrix, TypeLikert, TypeCalculated, TypeHidden, TypeConsent, TypeDeclaration, TypeHeading, TypeText,
}

// Asks reports whether the type takes an answer.
func (t Type) Asks() bool { return t != TypeHeading && t != TypeText }

// rows reports whether the answer is a list of rows of columns.
func (t Type) rows() bool { return t == TypeTable || t == TypePeople || t == TypeBudget }

// statement reports whether the answer is that somebody stated something.
func (t Type) statement() bool { return t == TypeConsent || t == TypeDeclaration }

// cell reports whether the type may stand in a column.
func (t Type) cell() bool {
	switch t {
	case TypeShortText, TypeLongText, TypeChoice, TypeMultiple, TypeNumber, TypeMoney, TypeDate, TypeSpan, TypeCountry, TypeLanguages:
		return true
	default:
		return false
	}
}

// Class is how delicate an answer is. Special data (health, access, diet, beliefs) and financial data are masked unless
// the reader may see them.
type Class string

// The classes of data, from harmless to delicate.
const (
	ClassNone      Class = ""
	ClassPersonal  Class = "personal"
	ClassSpecial   Class = "special"
	ClassFinancial Class = "financial"
)

// Format narrows a short text or a number.
type Format string

// The formats. A year is a number that is written without grouping.
const (
	FormatNone  Format = ""
	FormatEmail Format = "email"
	FormatURL   Format = "url"
	FormatPhone Format = "phone"
	FormatYear  Format = "year"
)

// Definition is what a form asks. It is plain data: no code runs from it.
type Definition struct {
	Schema int `json:"schema"`
	// Locales are the languages in which every text must exist; the first is the fallback.
	Locales  []i18n.Locale `json:"locales"`
	Sections []Section     `json:"sections"`
}

// Section is one page of a form.
type Section struct {
	Key       string     `json:"key"`
	Title     i18n.Text  `json:"title"`
	Intro     i18n.Text  `json:"intro,omitempty"`
	Scope     Scope      `json:"scope"`
	Repeat    *Repeat    `json:"repeat,omitempty"`
	Condition *Condition `json:"condition,omitempty"`
	Questions []Question `json:"questions"`
}

// Repeat makes a section be filled several times, once per item.
type Repeat struct {
	Min  int       `json:"min"`
	Max  int       `json:"max"`
	Item i18n.Text `json:"item"` // what one item is called: "Visit"
}

// Question is one question, or a heading or text between questions. Which of the limits apply depends on the type.
type Question struct {
	Key       string     `json:"key"`
	Type      Type       `json:"type"`
	Label     i18n.Text  `json:"label"`
	Help      i18n.Text  `json:"help,omitempty"`
	Example   i18n.Text  `json:"example,omitempty"`
	Why       i18n.Text  `json:"why,omitempty"` // why we ask
	Required  bool       `json:"required,omitempty"`
	Condition *Condition `json:"condition,omitempty"`
	Class     Class      `json:"class,omitempty"`
	// RequiredFrom is the day (2026-10-05, in the call's zone) from which on an answer is required, FrozenFrom that from which
	// on it can neither be given nor changed; see On and Frozen. Columns have neither.
	RequiredFrom string `json:"required_from,omitempty"`
	FrozenFrom   string `json:"frozen_from,omitempty"`
	// VisibleTo are those of the network's people who may read the answer; without any, all who read the application. Whoever
	// gave it always sees it.
	VisibleTo []Reader `json:"visible_to,omitempty"`
	// Unseen says that reviewers do not see the answer, since they are not to know who applies; see Veiled.
	Unseen bool `json:"-"`
	// Asked is whom the question is asked; without it everybody who applies. See Before and Later.
	Asked Whom `json:"asked,omitempty"`

	Format  Format   `json:"format,omitempty"`
	Options []Option `json:"options,omitempty"` // choice, multiple, ranking, matrix, likert; a country without options is any country
	// Statements are what a matrix asks, each to be given one of the options; NotApplicable lets it be given none of them.
	Statements    []Option `json:"statements,omitempty"`
	NotApplicable bool     `json:"not_applicable,omitempty"`

	Words    int       `json:"words,omitempty"` // at most so many words
	Chars    int       `json:"chars,omitempty"` // at most so many characters
	Least    int       `json:"least,omitempty"` // rows, choices, ranks, languages, files, days of a date range: at least
	Most     int       `json:"most,omitempty"`  // … and at most
	Min      string    `json:"min,omitempty"`   // number, money and a budget's total: decimal with a point; date, date range: 2026-10-05
	Max      string    `json:"max,omitempty"`
	Decimals int       `json:"decimals,omitempty"` // digits after the decimal sign of a number
	Unit     i18n.Text `json:"unit,omitempty"`

	// Pattern is an expression of RE2 that a short text must match from its beginning to its end; PatternMessage is what is
	// said where it does not.
	Pattern        string    `json:"pattern,omitempty"`
	PatternMessage i18n.Text `json:"pattern_message,omitempty"`

	Calculation *Calculation `json:"calculation,omitempty"` // calculated; Decimals and Unit are those of its result

	Takes Source `json:"takes,omitempty"` // hidden

	Currencies []string `json:"currencies,omitempty"` // money; the first is proposed
	Files      *Files   `json:"files,omitempty"`      // file
	// Template is a file to be filled in and given as the answer, by language; file.
	Template    map[i18n.Locale]Template `json:"template,omitempty"`
	Address     *Parts                   `json:"address,omitempty"`     // address
	Columns     []Question               `json:"columns,omitempty"`     // table, people and budget
	Item        i18n.Text                `json:"item,omitempty"`        // table and people: what one row is called
	Replacement []string                 `json:"replacement,omitempty"` // people: the columns that are asked of a replacement as well
}

// Option is one offered answer.
type Option struct {
	Value string    `json:"value"`
	Label i18n.Text `json:"label"`
	Hint  i18n.Text `json:"hint,omitempty"`
	// Percent is how much of a budget's total the lines for which it is chosen may come to; 0 sets no limit.
	Percent int `json:"percent,omitempty"`
}

// Files says which documents a question takes.
type Files struct {
	Kinds    []string `json:"kinds"` // pdf, docx, odt, xlsx, ods, png, jpeg
	MaxBytes int64    `json:"max_bytes"`
}

// Read parses a definition strictly: an unknown field is an error, not a silently ignored rule.
func Read(raw []byte) (Definition, error) {
	var d Definition
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Definition{}, fmt.Errorf("forms: read definition: %w", err)
	}
	if d.Schema != SchemaVersion {
		return Definition{}, fmt.Errorf("forms: definition of schema %d, this program reads %d", d.Schema, SchemaVersion)
	}
	return d, nil
}

// Section finds a section by its key.
func (d *Definition) Section(key string) (*Section, bool) {
	for i := range d.Sections {
		if d.Sections[i].Key == key {
			return &d.Sections[i], true
		}
	}
	return nil, false
}

// Question finds a question, and the section that it stands in, by its ref. The item of a ref must fit the section: a
// plain key finds nothing in a section that repeats, and the reverse.
func (d *Definition) Question(ref string) (*Question, *Section, bool) {
	key, item := SplitRef(ref)
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Questions {
			if s.Questions[j].Key == key {
				return &s.Questions[j], s, (item > 0) == (s.Repeat != nil)
			}
		}
	}
	return nil, nil, false
}

// Scoped lists the sections of one scope in order.
func (d *Definition) Scoped(scope Scope) []*Section {
	var found []*Section
	for i := range d.Sections {
		if d.Sections[i].Scope == scope {
			found = append(found, &d.Sections[i])
		}
	}
	return found
}

// Has reports whether the form has sections of the scope.
func (d *Definition) Has(scope Scope) bool { return len(d.Scoped(scope)) > 0 }

// Fallback is the language in which a text is shown when the reader's is missing.
func (d *Definition) Fallback() i18n.Locale {
	if len(d.Locales) == 0 {
		return i18n.EN
	}
	return d.Locales[0]
}

// Column finds a column of a table or of people.
func (q *Question) Column(key string) (*Question, bool) {
	for i := range q.Columns {
		if q.Columns[i].Key == key {
			return &q.Columns[i], true
		}
	}
	return nil, false
}

// option finds an offered answer.
func (q *Question) option(value string) (Option, bool) {
	for _, o := range q.Options {
		if o.Value == value {
			return o, true
		}
	}
	return Option{}, false
}

// Ref names a question in an item of a repeating section; item 0 is the question itself.
func Ref(key string, item int) string {
	if item == 0 {
		return key
	}
	return key + "." + strconv.Itoa(item)
}

// SplitRef takes a ref apart. What is no ref comes back as a key that no question has.
func SplitRef(ref string) (key string, item int) {
	key, digits, found := strings.Cut(ref, ".")
	if !found {
		return ref, 0
	}
	item, err := strconv.Atoi(digits)
	if err != nil || item < 1 || strconv.Itoa(item) != digits {
		return ref, 0
	}
	return key, item
}

// itemsRef is where the items of a repeating section are listed among the answers: a JSON array of their numbers.
func itemsRef(section string) string { return section + ".items" }

// FieldName is the name of a question's input: answers[key].
func FieldName(ref string) string { return "answers[" + ref + "]" }
