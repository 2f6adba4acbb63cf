package selection

import (
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
)

// OldPrint is the fingerprint of minutes of a meeting that ended before they held what became of quotas and money.
func OldPrint() (string, error) {
	id := func(n byte) [16]byte { return [16]byte{15: n} }
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	application, lead, other := ids.Application(id(1)), ids.Person(id(2)), ids.Person(id(3))
	r := record{
		meeting: Meeting{ID: ids.Meeting(id(4)), Call: ids.Call(id(5)), At: at, Place: "Karaköy", OpenedAt: at.Add(time.Minute)},
		members: []Member{{Person: lead, Came: at}, {Person: other}},
		turns:   []Turn{{Person: lead, At: at}},
		items:   []Item{{Application: application, Introducer: other, CalledAt: at, Outcome: events.OutcomeSelected, Reason: "Plan"}},
		votes:   []Vote{{Application: application, Person: lead, Choice: ChooseSelected}},
		notes:   []MeetingNote{{Application: application, Person: lead, Text: "A note"}},
		lots:    []Lot{{Applications: []ids.Application{application}, Seed: "ab", PreparedAt: at, DrawnAt: at}},
		barred:  func(ids.Application, ids.Person) bool { return false },
	}
	return r.fingerprint()
}
