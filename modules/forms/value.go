package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"regexp"
	"strings"

	"kervan/modules/ids"
)

// Answers are what somebody answered: by ref, in the canonical JSON shape of the question's type.
//
//	short and long text, choice, country  "text"
//	multiple, ranking                     ["a", "b"]               ranking: first choice first
//	number, calculated                    12.5                     exact; never read as a float
//	money, calculated                     {"minor": 350000, "currency": "EUR"}
//	date                                  "2026-10-05"
//	date_range                            {"from": "2026-10-05", "to": "2026-10-12"}
//	address                               {"street": …, "postal_code": …, "place": "Muğla", "country": "TR", "place_id": 304184,
//	                                       "region": "Muğla", "coordinates": {"lat": 37.2181, "lon": 28.3665}}
//	languages                             [{"code": "de", "level": "B2"}]
//	file                                  ["<document>", …]
//	organizations                         [{"id": "<organization>", "name": "…"}] without an id where the network does not list it
//	table, people, budget                 [{"column": …, "replacement": {…}}, …]
//	matrix, likert                        {"statement": "answer", …}
//	consent, declaration                  {"given": true, "version": "…", "locale": "tr"}
//
// hidden is in the shape of what it takes along (Question.Shape). null is no answer. Where a type was typed in a way that cannot be read, {"typed": "as typed"} stands in its place.
type Answers map[string]json.RawMessage

// Value is one answer that could be read.
type Value interface {
	// Empty reports whether nothing was answered.
	Empty() bool
}

// The values of the types.
type (
	// Text answers short and long text.
	Text string
	// Choice answers choice and country.
	Choice string
	// Choices answers multiple and ranking.
	Choices []string
	// Number is a decimal as JSON writes it.
	Number string
	// Money is an amount in minor units of its currency.
	Money struct {
		Minor    int64  `json:"minor"`
		Currency string `json:"currency"`
	}
	// Date is a day, as 2026-10-05.
	Date string
	// Languages answers languages.
	Languages []Language
	// Language is one language and how well it is spoken: A1 to C2 of the common European framework, or native.
	Language struct {
		Code  string `json:"code"`
		Level string `json:"level"`
	}
	// Documents answers file.
	Documents []ids.Document
	// Statement answers consent and declaration: what was stated is the text of that version in that language.
	Statement struct {
		Given   bool   `json:"given"`
		Version string `json:"version,omitempty"`
		Locale  string `json:"locale,omitempty"`
	}
	// Rows answers table and people.
	Rows []Row
	// Row is one row of a table or one person: canonical answers by column.
	Row struct {
		Cells       Answers
		Replacement Answers // people only
	}
)

// Levels are the levels of a language, from the first words to one's own.
var Levels = []string{"A1", "A2", "B1", "B2", "C1", "C2", "native"}

// Empty reports whether nothing was written.
func (v Text) Empty() bool { return v == "" }

// Empty reports whether nothing was chosen.
func (v Choice) Empty() bool { return v == "" }

// Empty reports whether nothing was chosen.
func (v Choices) Empty() bool { return len(v) == 0 }

// Empty reports whether there is no number.
func (v Number) Empty() bool { return v == "" }

// Empty reports whether there is no amount; nought euros is one.
func (v Money) Empty() bool { return v.Currency == "" }

// Empty reports whether there is no day.
func (v Date) Empty() bool { return v == "" }

// Empty reports whether no language was named.
func (v Languages) Empty() bool { return len(v) == 0 }

// Empty reports whether there is no document.
func (v Documents) Empty() bool { return len(v) == 0 }

// Empty reports whether it was not stated.
func (v Statement) Empty() bool { return !v.Given }

// Empty reports whether every row is empty.
func (v Rows) Empty() bool { return v.filled() == 0 }

func (v Rows) filled() int {
	n := 0
	for _, row := range v {
		if !row.Empty() {
			n++
		}
	}
	return n
}

// Empty reports whether no cell holds anything.
func (r Row) Empty() bool { return blank(r.Cells) && blank(r.Replacement) }

func blank(cells Answers) bool {
	for _, raw := range cells {
		if !none(raw) {
			return false
		}
	}
	return true
}

func (v Number) rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return new(big.Rat)
	}
	return r
}

func (v Money) rat() *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent(v.Currency))), nil)
	return new(big.Rat).SetFrac(big.NewInt(v.Minor), scale)
}

// exponent is the number of digits of a currency's minor unit.
func exponent(currency string) int {
	switch currency {
	case "JPY", "KRW", "ISK", "VND", "CLP":
		return 0
	case "TND", "KWD", "BHD", "JOD", "OMR":
		return 3
	default:
		return 2
	}
}

// MarshalJSON writes the cells, and the replacement beside them.
func (r Row) MarshalJSON() ([]byte, error) {
	all := make(map[string]any, len(r.Cells)+1)
	for key, raw := range r.Cells {
		all[key] = raw
	}
	if len(r.Replacement) > 0 {
		all[replacementKey] = r.Replacement
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Row) UnmarshalJSON(raw []byte) error {
	cells := Answers{}
	if err := json.Unmarshal(raw, &cells); err != nil {
		return err
	}
	if inner, ok := cells[replacementKey]; ok {
		if err := json.Unmarshal(inner, &r.Replacement); err != nil {
			return err
		}
		delete(cells, replacementKey)
	}
	r.Cells = cells
	return nil
}

// replacementKey is where a person's replacement stands in a row; no column may be called so.
const replacementKey = "replacement"

// none reports whether a raw answer is no answer at all.
func none(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", `""`, "[]", "{}":
		return true
	default:
		return false
	}
}

// errShape refuses JSON that is not the canonical shape of its question.
var errShape = errors.New("forms: not an answer of this type")

// typed is what stands in place of an answer that could not be read.
type typed struct {
	Typed string `json:"typed"`
}

// AsTyped gives back the text of an answer that could not be read.
func AsTyped(raw json.RawMessage) (string, bool) {
	if !bytes.HasPrefix(raw, []byte(`{"typed"`)) {
		return "", false
	}
	var t typed
	if json.Unmarshal(raw, &t) != nil {
		return "", false
	}
	return t.Typed, true
}

var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$`)

// ParseValue reads a canonical answer. No answer is nil without an error; whatever is not the canonical shape of the
// question's type is an error, and so is text that was kept as typed. It does not check the question's limits.
func ParseValue(q *Question, raw json.RawMessage) (Value, error) {
	if none(raw) {
		return nil, nil //nolint:nilnil // no answer is a good answer
	}
	if _, ok := AsTyped(raw); ok {
		return nil, errShape
	}
	switch q.Type {
	case TypeShortText, TypeLongText:
		return parse[Text](raw)
	case TypeChoice, TypeCountry:
		return parse[Choice](raw)
	case TypeMultiple, TypeRanking:
		return parse[Choices](raw)
	case TypeNumber:
		if n := strings.TrimSpace(string(raw)); numberForm.MatchString(n) {
			return Number(n), nil
		}
		return nil, errShape
	case TypeMoney:
		m, err := parse[Money](raw)
		if err == nil && m.Empty() {
			return nil, errShape
		}
		return m, err
	case TypeDate:
		d, err := parse[Date](raw)
		if day, ok := d.(Date); err == nil && (!ok || !isDay(string(day))) {
			return nil, errShape
		}
		return d, err
	case TypeSpan:
		return parseSpan(raw)
	case TypeAddress:
		return parseAddress(raw)
	case TypeCalculated:
		return parseCalculated(raw)
	case TypeOrganizations:
		return parseOrganizations(raw)
	case TypeHidden:
		return ParseValue(q.Shape(), raw)
	case TypeLanguages:
		return parse[Languages](raw)
	case TypeFile:
		return parse[Documents](raw)
	case TypeTable, TypePeople:
		return parse[Rows](raw)
	case TypeBudget:
		return parseBudget(q, raw)
	case TypeMatrix, TypeLikert:
		return parse[Grid](raw)
	case TypeConsent, TypeDeclaration:
		return parse[Statement](raw)
	default:
		return nil, errShape
	}
}

func parse[V Value](raw json.RawMessage) (Value, error) {
	var v V
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		return nil, errShape
	}
	return v, nil
}

// encode writes a value in its canonical shape.
func encode(v any) json.RawMessage {
	if n, ok := v.(Number); ok {
		return json.RawMessage(n)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return json.RawMessage("null") // values are strings, numbers, lists and maps of them: they always encode
	}
	return bytes.TrimSpace(b.Bytes())
}

// equal compares two canonical answers; the database writes JSON with other white space and another order of keys.
func equal(a, b json.RawMessage) bool {
	x, xok := canonical(a)
	y, yok := canonical(b)
	return xok && yok && bytes.Equal(x, y)
}

func canonical(raw json.RawMessage) ([]byte, bool) {
	if len(raw) == 0 {
		raw = nothing
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return nil, false
	}
	out, err := json.Marshal(v)
	return out, err == nil
}
