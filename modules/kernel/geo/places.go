package geo

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kervan/modules/kernel/i18n"
)

// rawPlaces is the gazetteer, the largest towns first: from GeoNames (CC BY 4.0), by data/places.mjs, which tells its form.
//
//go:embed data/places.csv
var rawPlaces string

// Place is a town of the gazetteer. Places are shared; do not change them.
type Place struct {
	ID      int // GeoNames' number, which stays
	Country Country
	Region  Region
	At      Point

	own   string
	names map[i18n.Locale]string // where it is called otherwise than by its own name
	also  []string
}

// Name is what the place is called in the language.
func (p *Place) Name(l i18n.Locale) string { return cmp.Or(p.names[l], p.own) }

// Own is what the place is called where it lies.
func (p *Place) Own() string { return p.own }

// Called reports whether that is a name of the place, in any language and however it is spelled.
func (p *Place) Called(name string) bool {
	key := i18n.SearchKey(name)
	return key != "" && slices.Contains(p.keys(), key)
}

// keys are all names of the place as they are compared, its own first.
func (p *Place) keys() []string {
	all := make([]string, 0, 4)
	add := func(name string) {
		if key := i18n.SearchKey(name); key != "" && !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	add(p.own)
	for _, l := range i18n.All {
		add(p.names[l])
	}
	for _, name := range p.also {
		add(name)
	}
	if slices.Contains(writtenOut, p.Country) {
		add(umlauts.Replace(p.own))
	}
	return all
}

// writtenOut are the countries where ü is written as ue when there is none on the keyboard.
var (
	writtenOut = []Country{"AT", "CH", "DE", "LI"}
	umlauts    = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")
)

// index finds places. A word is a name from its beginning, or from one of its later words on, and the rank of its place.
type index struct {
	places []Place
	byID   map[int]int32
	byName map[string][]int32 // by country and whole name
	words  []word
}

type word struct {
	key   string
	place int32
	inner bool
}

// gazetteer is read when the first place is asked for.
var gazetteer = sync.OnceValue(func() *index {
	x := &index{byID: map[int]int32{}, byName: map[string][]int32{}}
	for line := range strings.Lines(rawPlaces) {
		if p, ok := readPlace(strings.TrimSpace(line)); ok {
			x.add(p)
		}
	}
	slices.SortFunc(x.words, func(a, b word) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) })
	return x
})

func (x *index) add(p Place) {
	n := int32(len(x.places))
	x.places = append(x.places, p)
	x.byID[p.ID] = n
	for _, key := range p.keys() {
		name := string(p.Country) + " " + key
		x.byName[name] = append(x.byName[name], n)
		x.words = append(x.words, word{key, n, false})
		for i, r := range key {
			if r == ' ' {
				x.words = append(x.words, word{key[i+1:], n, true})
			}
		}
	}
}

func readPlace(line string) (Place, bool) {
	parts := strings.Split(line, ",")
	if len(parts) != 10 {
		return Place{}, false
	}
	id, err := strconv.Atoi(parts[0])
	at, ok := readPoint(parts[3], parts[4])
	p := Place{ID: id, Country: Country(parts[1]), Region: regionAt(Country(parts[1]), parts[2]), At: at, own: parts[5]}
	for i, l := range []i18n.Locale{i18n.EN, i18n.TR, i18n.DE} {
		if name := parts[6+i]; name != "" {
			if p.names == nil {
				p.names = map[i18n.Locale]string{}
			}
			p.names[l] = name
		}
	}
	if parts[9] != "" {
		p.also = strings.Split(parts[9], "|")
	}
	return p, err == nil && ok
}

// named are the places of a country that are called so, the largest first.
func (x *index) named(country Country, name string) []*Place {
	key := i18n.SearchKey(name)
	if key == "" {
		return nil
	}
	var all []*Place
	for _, n := range x.byName[string(country)+" "+key] {
		all = append(all, &x.places[n])
	}
	return all
}

// PlaceByID finds a place of the gazetteer by its number.
func PlaceByID(id int) (*Place, bool) {
	x := gazetteer()
	n, ok := x.byID[id]
	if !ok {
		return nil, false
	}
	return &x.places[n], true
}

// Only finds the place of that name in the country, where there is exactly one.
func Only(country Country, name string) (*Place, bool) {
	all := gazetteer().named(country, name)
	if len(all) != 1 {
		return nil, false
	}
	return all[0], true
}

// InCountry are the places of a country, the largest first.
func InCountry(country Country) []*Place {
	var all []*Place
	x := gazetteer()
	for i := range x.places {
		if x.places[i].Country == country {
			all = append(all, &x.places[i])
		}
	}
	return all
}

// leastLetters is how much must be typed before anything is looked up.
const leastLetters = 2

// mostBytes is more than any name that is looked up takes; what is longer is not even folded.
const mostBytes = 4 * i18n.MostSearched

// Search finds places by the beginning of a name, in any language and however it is typed: those that are called just so,
// then those whose name begins so, then those of which a later word does; the largest first. An empty country means all;
// what is longer than MostSearched finds none.
func Search(typed string, country Country, most int) []*Place {
	if len(typed) > mostBytes {
		return nil
	}
	key := i18n.SearchKey(typed)
	if n := len([]rune(key)); n < leastLetters || n > i18n.MostSearched {
		return nil
	}
	x := gazetteer()
	from, _ := slices.BinarySearchFunc(x.words, key, func(w word, key string) int { return strings.Compare(w.key, key) })
	best := map[int32]int{}
	for _, w := range x.words[from:] {
		if !strings.HasPrefix(w.key, key) {
			break
		}
		if country != "" && x.places[w.place].Country != country {
			continue
		}
		worth := 1
		switch {
		case w.inner:
			worth = 2
		case w.key == key:
			worth = 0
		}
		if known, there := best[w.place]; !there || worth < known {
			best[w.place] = worth
		}
	}
	return x.first(best, most)
}

func (x *index) first(best map[int32]int, most int) []*Place {
	found := make([]int32, 0, len(best))
	for n := range best {
		found = append(found, n)
	}
	slices.SortFunc(found, func(a, b int32) int { return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(a, b)) })
	var all []*Place
	for _, n := range found[:min(len(found), most)] {
		all = append(all, &x.places[n])
	}
	return all
}
