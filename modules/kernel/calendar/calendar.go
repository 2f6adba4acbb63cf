// Package calendar writes what happens when as a file that calendar programs read (iCalendar, RFC 5545).
package calendar

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Event is something that takes whole days, from the first to the last, or an instant where Last is the zero time.
type Event struct {
	UID   string // the same in every file, so that a program replaces what it had
	Title string
	Text  string
	URL   string
	First time.Time // of whole days, only the date counts
	Last  time.Time
}

// Write makes the file. Made is the moment of which it tells.
func Write(name string, made time.Time, events []Event) []byte {
	c := ics.NewCalendarFor("Kervan")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(lines.Replace(name))
	for _, e := range events {
		event := c.AddEvent(e.UID)
		event.SetDtStampTime(made)
		event.SetSummary(lines.Replace(e.Title))
		if e.Text != "" {
			event.SetDescription(lines.Replace(e.Text))
		}
		if e.URL != "" {
			event.SetURL(e.URL)
		}
		if e.Last.IsZero() {
			event.SetStartAt(e.First)
			event.SetEndAt(e.First)
			continue
		}
		event.SetAllDayStartAt(date(e.First))
		event.SetAllDayEndAt(date(e.Last).AddDate(0, 0, 1)) // the end is the day after the last
		event.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return []byte(c.Serialize(ics.WithNewLine("\r\n")))
}

// lines leaves one sign for the end of a line, which the file then writes as two letters.
var lines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// date is the day alone, where no zone can move it.
func date(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
