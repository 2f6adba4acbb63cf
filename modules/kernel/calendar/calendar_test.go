package calendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"kervan/modules/kernel/calendar"
)

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	istanbul, err := time.LoadLocation("Europe/Istanbul")
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Date(2026, 12, 16, 23, 59, 0, 0, istanbul)
	file := calendar.Write("Çağrı, “iki”; bir", time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), []calendar.Event{
		{UID: "a@example", Title: "Ön değerlendirme; İ, ı\r\nX-EVIL:1", Text: strings.Repeat("ğüşiöç ", 40), First: time.Date(2026, 12, 17, 0, 0, 0, 0, istanbul), Last: time.Date(2026, 12, 23, 0, 0, 0, 0, istanbul)},
		{UID: "b@example", Title: "Son başvuru", URL: "https://example.org/calls/1", First: deadline},
	})
	for line := range bytes.SplitSeq(file, []byte("\r\n")) {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
		if bytes.HasPrefix(line, []byte("X-EVIL")) {
			t.Error("a title made a line of its own")
		}
	}
	read, err := ics.ParseCalendar(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	events := read.Events()
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	first, err := events[0].GetAllDayStartAt()
	if err != nil || first.Format(time.DateOnly) != "2026-12-17" {
		t.Errorf("begins %v, %v", first, err)
	}
	last, err := events[0].GetAllDayEndAt()
	if err != nil || last.Format(time.DateOnly) != "2026-12-24" {
		t.Errorf("ends before %v, %v", last, err)
	}
	at, err := events[1].GetStartAt()
	if err != nil || !at.Equal(deadline) {
		t.Errorf("at %v, %v", at, err)
	}
	if title := events[1].GetProperty(ics.ComponentPropertySummary).Value; title != "Son başvuru" {
		t.Errorf("title %q", title)
	}
}
