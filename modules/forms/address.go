package forms

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Ask says whether a part of an address is asked for.
type Ask string

// A part is not asked for, may be left out, or must be there once there is an address.
const (
	AskNot      Ask = ""
	AskOptional Ask = "optional"
	AskRequired Ask = "required"
)

// Asks lists all of them in the order in which a designer is offered them.
var Asks = []Ask{AskNot, AskOptional, AskRequired}

// Parts says which parts of an address a question asks for.
type Parts struct {
	Street     Ask `json:"street,omitempty"`
	PostalCode Ask `json:"postal_code,omitempty"`
	Place      Ask `json:"place,omitempty"`
	Country    Ask `json:"country,omitempty"`
}

// WholeAddress is what an address begins with: a place in a country, and where in it if somebody wants to say so.
func WholeAddress() *Parts {
	return &Parts{Street: AskOptional, PostalCode: AskOptional, Place: AskRequired, Country: AskRequired}
}

// Address answers address. The place is as it was typed or, with a PlaceID, that of the gazetteer by its own name: then its
// number, country, region and coordinates are the gazetteer's, whatever the browser said.
type Address struct {
	Street      string       `json:"street,omitempty"`
	PostalCode  string       `json:"postal_code,omitempty"`
	Place       string       `json:"place,omitempty"`
	Country     string       `json:"country,omitempty"`
	PlaceID     int          `json:"place_id,omitempty"` // GeoNames
	Region      string       `json:"region,omitempty"`
	Coordinates *Coordinates `json:"coordinates,omitempty"`
}

// Coordinates are those of a place, in degrees.
type Coordinates struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Empty reports whether no part was given.
func (v Address) Empty() bool {
	return v.Street == "" && v.PostalCode == "" && v.Place == "" && v.Country == ""
}

// The parts of an address, as its inputs and its canonical answer call them.
const (
	partStreet   = "street"
	partPostal   = "postal_code"
	partPlace    = "place"
	partCountry  = "country"
	partPlaceID  = "place_id"
	mostAddress  = 200 // characters of a street
	mostPlace    = 120
	mostPostal   = 20
	placesLookUp = "/places"
)

// part is one part of an address with how it is asked for.
type part struct {
	key  string
	ask  Ask
	most int
	of   func(*Address) *string
}

// parts are those that the question asks for, in their order.
func (q *Question) parts() []part {
	if q.Address == nil {
		return nil
	}
	all := []part{
		{partStreet, q.Address.Street, mostAddress, func(a *Address) *string { return &a.Street }},
		{partPostal, q.Address.PostalCode, mostPostal, func(a *Address) *string { return &a.PostalCode }},
		{partPlace, q.Address.Place, mostPlace, func(a *Address) *string { return &a.Place }},
		{partCountry, q.Address.Country, 2, func(a *Address) *string { return &a.Country }},
	}
	return slices.DeleteFunc(all, func(p part) bool { return p.ask == AskNot })
}

// Countried reports whether answers to the question name a country that a condition can look at.
func (q *Question) Countried() bool {
	return q.Type == TypeCountry || q.Type == TypeAddress && q.Address != nil && q.Address.Country != AskNot
}

// addresses checks that an address asks for something, and for nothing that there is not.
func (c *checker) addresses(where string, q *Question) {
	switch {
	case q.Type != TypeAddress && q.Address != nil:
		c.report(where, "forms.check.address_unused")
	case q.Type != TypeAddress:
	case len(q.parts()) == 0, slices.ContainsFunc(q.parts(), func(p part) bool { return !slices.Contains(Asks, p.ask) }):
		c.report(where, "forms.check.address")
	}
}

func parseAddress(raw json.RawMessage) (Value, error) {
	value, err := parse[Address](raw)
	a, ok := value.(Address)
	if err != nil || !ok || a.Country != "" && !IsCountry(a.Country) {
		return nil, errShape
	}
	return a, nil
}

// address reads the parts that are asked for. What the browser says of a place is its number at most, and that holds only if
// the place is called as it is typed.
func (r *reader) address(q *Question, name string) json.RawMessage {
	var a Address
	for _, p := range q.parts() {
		at := member(name, p.key)
		text := strings.Join(strings.Fields(r.clean(at, r.values.Get(at), maxLine)), " ")
		if p.key == partCountry && text != "" && !IsCountry(text) {
			r.complain(at, "fault.choose")
			continue
		}
		*p.of(&a) = text
	}
	id, _ := strconv.Atoi(r.values.Get(member(name, partPlaceID)))
	a.settle(id)
	if code, ok := geo.PostalCode(geo.Country(a.Country), a.PostalCode); ok {
		a.PostalCode = code
	}
	if a.Empty() {
		return nothing
	}
	return encode(a)
}

// settle finds the place in the gazetteer: the one that was chosen, or else the only one in the country that is called so.
func (v *Address) settle(chosen int) {
	if v.Place == "" {
		return
	}
	p, ok := geo.PlaceByID(chosen)
	if ok = ok && p.Called(v.Place) && (v.Country == "" || v.Country == string(p.Country)); !ok && v.Country != "" {
		p, ok = geo.Only(geo.Country(v.Country), v.Place)
	}
	if !ok {
		return
	}
	v.Place, v.Country, v.PlaceID, v.Region = p.Own(), string(p.Country), p.ID, p.Region.Own()
	v.Coordinates = &Coordinates{Lat: p.At.Lat, Lon: p.At.Lon}
}

// AddressIn is a place in a country, as the gazetteer knows it where it does.
func AddressIn(country, place string) Address {
	a := Address{Place: place, Country: country}
	a.settle(0)
	return a
}

// placeName is the place as the reader calls it.
func (v Address) placeName(l i18n.Locale) string {
	if p, ok := geo.PlaceByID(v.PlaceID); ok && v.PlaceID != 0 {
		return p.Name(l)
	}
	return v.Place
}

func (w writer) address(name string, a Address) {
	set := func(key, value string) {
		if value != "" {
			w.values.Set(member(name, key), value)
		}
	}
	set(partStreet, a.Street)
	set(partPostal, a.PostalCode)
	set(partPlace, a.placeName(w.loc.Locale))
	set(partCountry, a.Country)
	if a.PlaceID != 0 {
		set(partPlaceID, strconv.Itoa(a.PlaceID))
	}
}

// noAddress complains about an address that is missing, at the parts that must be there.
func (v *validator) noAddress(q *Question, name string) {
	said := len(v.bad)
	for _, p := range q.parts() {
		if p.ask == AskRequired {
			v.complain(member(name, p.key), missingPart(p.key), nil)
		}
	}
	if len(v.bad) == said {
		v.complain(name, "forms.error.address_missing", nil)
	}
}

func missingPart(key string) string {
	if key == partCountry {
		return "fault.choose"
	}
	return "fault.required"
}

// address holds the parts to what is asked for, and a postal code to what the country's look like.
func (v *validator) address(q *Question, name string, a Address) {
	for _, p := range q.parts() {
		text := *p.of(&a)
		if n, ok := short(text, p.most); !ok {
			v.complain(member(name, p.key), "fault.too_long", fault.Args{"Max": p.most, "Length": n})
		}
		if text == "" && p.ask == AskRequired && v.mode == Submit {
			v.complain(member(name, p.key), missingPart(p.key), nil)
		}
	}
	if a.PostalCode == "" {
		return
	}
	if _, ok := geo.PostalCode(geo.Country(a.Country), a.PostalCode); !ok {
		v.complain(member(name, partPostal), "forms.error.postal_code", fault.Args{"Example": geo.PostalExample(geo.Country(a.Country))})
	}
}

// addressLines are an address as it stands on a letter, with the region where that is called otherwise than the place.
func addressLines(loc *i18n.Localizer, a Address) []string {
	place := a.placeName(loc.Locale)
	if p, ok := geo.PlaceByID(a.PlaceID); ok && a.PlaceID != 0 && a.Region != "" && !p.Called(a.Region) {
		place += " (" + a.Region + ")"
	}
	var lines []string
	for _, line := range []string{a.Street, strings.TrimSpace(a.PostalCode + " " + place), CountryName(loc.Locale, a.Country)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
