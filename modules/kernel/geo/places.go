package geo

import (
	"cmp"
	_ "embed"
	"iter"
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

// Place is a town of the gazetteer.
type Place struct {
	ID      int // GeoNames' number, which stays
	Country Country
	Region  Region
	At      Point

	own  string
	rest string // of its line: what it is called in each of the spoken languages where that is otherwise, and further spellings
}

// spoken are the languages in which the gazetteer has names, in the order of its lines.
var spoken = []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}

// Name is what the place is called in the language.
func (p *Place) Name(l i18n.Locale) string {
	if at := slices.Index(spoken, l); at >= 0 {
		return cmp.Or(strings.Split(p.rest, ",")[at], p.own)
	}
	return p.own
}

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
	for name := range strings.FieldsFuncSeq(p.rest, func(r rune) bool { return r == ',' || r == '|' }) {
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

// index finds places in the gazetteer's text. It stays in memory, so it holds numbers and one text of all names instead of places: a
// place is read from its line when somebody wants it. Places are known by their rank, from 0.
type index struct {
	lines []uint32 // where the line of each place begins
	byID  []int32  // the places in the order of their numbers
	names string   // all names as they are compared, one after the other
	words []word   // in the order of what they say, and of their places
}

// word is a name from its beginning, or from one of its later words on.
type word struct {
	from  uint32 // in the index's names
	size  uint16
	inner bool
	place int32
}

func (x *index) says(w word) string { return x.names[w.from : w.from+uint32(w.size)] }

// gazetteer is read when the first place is asked for.
var gazetteer = sync.OnceValue(func() *index {
	x := &index{}
	var names strings.Builder
	at := uint32(0)
	for line := range strings.Lines(rawPlaces) {
		if p, ok := readPlace(line); ok {
			x.add(p, at, &names)
		}
		at += uint32(len(line))
	}
	x.lines, x.words, x.names = slices.Clone(x.lines), slices.Clone(x.words), strings.Clone(names.String())
	slices.SortFunc(x.words, func(a, b word) int {
		return cmp.Or(strings.Compare(x.says(a), x.says(b)), cmp.Compare(a.place, b.place))
	})
	x.byID = make([]int32, len(x.lines))
	for n := range x.byID {
		x.byID[n] = int32(n)
	}
	slices.SortFunc(x.byID, func(a, b int32) int { return cmp.Compare(x.id(a), x.id(b)) })
	return x
})

func (x *index) add(p Place, line uint32, names *strings.Builder) {
	n := int32(len(x.lines))
	x.lines = append(x.lines, line)
	for _, key := range p.keys() {
		from, whole := uint32(names.Len()), uint16(len(key))
		names.WriteString(key)
		x.words = append(x.words, word{from, whole, false, n})
		for i := range whole {
			if key[i] == ' ' {
				x.words = append(x.words, word{from + uint32(i) + 1, whole - i - 1, true, n})
			}
		}
	}
}

// line is that of a place.
func (x *index) line(n int32) string {
	line, _, _ := strings.Cut(rawPlaces[x.lines[n]:], "\n")
	return line
}

func (x *index) place(n int32) *Place {
	p, _ := readPlace(x.line(n)) // it was read before
	return &p
}

func (x *index) id(n int32) int {
	id, _, _ := strings.Cut(rawPlaces[x.lines[n]:], ",")
	number, _ := strconv.Atoi(id) // it was read before
	return number
}

func (x *index) country(n int32) Country {
	_, rest, _ := strings.Cut(rawPlaces[x.lines[n]:], ",")
	country, _, _ := strings.Cut(rest, ",")
	return Country(country)
}

func readPlace(line string) (Place, bool) {
	parts := strings.SplitN(strings.TrimSpace(line), ",", 7)
	if len(parts) != 7 || strings.Count(parts[6], ",") != len(spoken) {
		return Place{}, false
	}
	id, err := strconv.Atoi(parts[0])
	at, ok := readPoint(parts[3], parts[4])
	return Place{ID: id, Country: Country(parts[1]), Region: regionAt(Country(parts[1]), parts[2]), At: at, own: parts[5], rest: parts[6]}, err == nil && ok
}

// beginning are the words that begin so, in their order.
func (x *index) beginning(key string) iter.Seq[word] {
	from, _ := slices.BinarySearchFunc(x.words, key, func(w word, key string) int { return strings.Compare(x.says(w), key) })
	return func(yield func(word) bool) {
		for _, w := range x.words[from:] {
			if !strings.HasPrefix(x.says(w), key) || !yield(w) {
				return
			}
		}
	}
}

// named are the places of a country that are called so, the largest first.
func (x *index) named(country Country, name string) []*Place {
	key := i18n.SearchKey(name)
	if key == "" {
		return nil
	}
	var all []*Place
	for w := range x.beginning(key) {
		if x.says(w) != key {
			break
		}
		if !w.inner && x.country(w.place) == country {
			all = append(all, x.place(w.place))
		}
	}
	return all
}

// PlaceByID finds a place of the gazetteer by its number.
func PlaceByID(id int) (*Place, bool) {
	x := gazetteer()
	at, ok := slices.BinarySearchFunc(x.byID, id, func(n int32, id int) int { return cmp.Compare(x.id(n), id) })
	if !ok {
		return nil, false
	}
	return x.place(x.byID[at]), true
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
	for n := range int32(len(x.lines)) {
		if x.country(n) == country {
			all = append(all, x.place(n))
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
	best := map[int32]int{}
	for w := range x.beginning(key) {
		if country != "" && x.country(w.place) != country {
			continue
		}
		worth := 1
		switch {
		case w.inner:
			worth = 2
		case x.says(w) == key:
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
		all = append(all, x.place(n))
	}
	return all
}
