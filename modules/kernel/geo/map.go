package geo

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"kervan/modules/kernel/i18n"
)

// Point is a place on the earth, in degrees.
type Point struct{ Lat, Lon float64 }

// The map is MapWidth units wide and MapHeight high, and shows what lies between Iceland and the Caspian Sea, the Sahara and
// the North Cape: an equirectangular projection that is true to scale at 49° north, where most partnerships are.
const (
	MapWidth  = 953
	MapHeight = 902

	mapWest, mapNorth      = -25, 71
	mapSqueeze, mapPerUnit = 0.66, 16.4
)

// Outline is the land of the map with its borders, as the data of an SVG path. It is made of Natural Earth, which is in the
// public domain, by data/outline.mjs.
//
//go:embed data/outline.txt
var Outline string

//go:embed data/countries.csv
var centres string

// places are towns of at least 40,000 people, from GeoNames (CC BY 4.0), by data/places.mjs.
//
//go:embed data/places.csv
var places string

// At is where a point lies on the map, in its units from the upper left corner.
func (p Point) At() (x, y float64) {
	return (p.Lon - mapWest) * mapSqueeze * mapPerUnit, (mapNorth - p.Lat) * mapPerUnit
}

// gazetteer is read when the first map is drawn.
var gazetteer = sync.OnceValue(func() map[string]Point {
	known := make(map[string]Point, 4000)
	for line := range strings.Lines(places) {
		if country, name, at, ok := readPlace(line); ok {
			known[country+" "+i18n.SearchKey(name)] = at
		}
	}
	for line := range strings.Lines(centres) {
		country, rest, _ := strings.Cut(line, ",")
		if _, _, at, ok := readPlace(country + ",," + rest); ok {
			known[country] = at
		}
	}
	return known
})

func readPlace(line string) (country, name string, at Point, ok bool) {
	parts := strings.Split(strings.TrimSpace(line), ",")
	if len(parts) != 4 {
		return "", "", at, false
	}
	lat, wrongLat := strconv.ParseFloat(parts[2], 64)
	lon, wrongLon := strconv.ParseFloat(parts[3], 64)
	return parts[0], parts[1], Point{lat, lon}, wrongLat == nil && wrongLon == nil
}

// Find tells where a town is, however its name is spelled; a town that is not known, or none, lies in the middle of its
// country. False: nor is the country known.
func Find(country Country, town string) (Point, bool) {
	known := gazetteer()
	if town != "" {
		if at, ok := known[string(country)+" "+i18n.SearchKey(town)]; ok {
			return at, true
		}
	}
	at, ok := known[string(country)]
	return at, ok
}
