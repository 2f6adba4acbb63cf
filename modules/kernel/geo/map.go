package geo

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
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

// At is where a point lies on the map, in its units from the upper left corner.
func (p Point) At() (x, y float64) {
	return (p.Lon - mapWest) * mapSqueeze * mapPerUnit, (mapNorth - p.Lat) * mapPerUnit
}

// middles are the countries' middles.
var middles = sync.OnceValue(func() map[Country]Point {
	known := map[Country]Point{}
	for line := range strings.Lines(centres) {
		parts := strings.Split(strings.TrimSpace(line), ",")
		if len(parts) != 3 {
			continue
		}
		if at, ok := readPoint(parts[1], parts[2]); ok {
			known[Country(parts[0])] = at
		}
	}
	return known
})

func readPoint(lat, lon string) (Point, bool) {
	north, wrongLat := strconv.ParseFloat(lat, 64)
	east, wrongLon := strconv.ParseFloat(lon, 64)
	return Point{north, east}, wrongLat == nil && wrongLon == nil
}

// Find tells where a town is, however its name is spelled: of several of one name the largest. A town that is not known, or
// none, lies in the middle of its country. False: nor is the country known.
func Find(country Country, town string) (Point, bool) {
	if named := gazetteer().named(country, town); len(named) > 0 {
		return named[0].At, true
	}
	at, ok := middles()[country]
	return at, ok
}
