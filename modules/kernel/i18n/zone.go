package i18n

import (
	"sync"
	"time"
)

var zones sync.Map

// Zone is the time zone of that IANA name, or UTC where there is none. It is read from disk once.
func Zone(name string) *time.Location {
	if known, ok := zones.Load(name); ok {
		if zone, ok := known.(*time.Location); ok {
			return zone
		}
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, zone)
	return zone
}
