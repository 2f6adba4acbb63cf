package selection

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// OldPrint is the fingerprint of minutes of a meeting that ended before they held what became of quotas and money.
func OldPrint() (string, error) {
	r := sample()
	return r.fingerprint()
}

// NewPrint is the fingerprint of the same minutes with a balance in which nothing is empty.
func NewPrint() (string, error) {
	r := sample()
	id := ids.Application{15: 1}
	r.meeting.Balance = &Balance{
		Ended: r.meeting.At.Add(time.Hour).UnixMicro(), Places: 2, Minor: 350000, Currency: "EUR",
		Quotas: []blueprints.Quota{
			{Most: 3},
			{Country: "TR", Most: 1},
			{Kind: "foundation", Least: 1, Most: 2},
			{First: true, Least: 1},
			{Topic: "digital", Name: i18n.Text{i18n.TR: "Dijital <araçlar>", i18n.EN: "Digital <tools>"}, Least: 1, Most: 2},
		},
		Chosen: []Chosen{
			{Application: id, Countries: []string{"TR", "DE"}, Kinds: []string{"foundation", "association"}, First: true, Topics: []string{"digital", "people"}},
			{Application: ids.Application{15: 6}},
		},
	}
	return r.fingerprint()
}

// PrintWithout is the fingerprint of a call's minutes as a program makes it that does not know of balances.
func PrintWithout(ctx context.Context, tx *tenants.Tx, call ids.Call) (string, error) {
	m, err := lockMeeting(ctx, tx, call)
	if err != nil {
		return "", err
	}
	m.Balance = nil
	r, err := readRecord(ctx, tx, m)
	if err != nil {
		return "", err
	}
	return r.fingerprint()
}

func sample() record {
	id := func(n byte) [16]byte { return [16]byte{15: n} }
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	application, lead, other := ids.Application(id(1)), ids.Person(id(2)), ids.Person(id(3))
	return record{
		meeting: Meeting{ID: ids.Meeting(id(4)), Call: ids.Call(id(5)), At: at, Place: "Karaköy", OpenedAt: at.Add(time.Minute)},
		members: []Member{{Person: lead, Came: at}, {Person: other}},
		turns:   []Turn{{Person: lead, At: at}},
		items:   []Item{{Application: application, Introducer: other, CalledAt: at, Outcome: events.OutcomeSelected, Reason: "Plan"}},
		votes:   []Vote{{Application: application, Person: lead, Choice: ChooseSelected}},
		notes:   []MeetingNote{{Application: application, Person: lead, Text: "A note"}},
		lots:    []Lot{{Applications: []ids.Application{application}, Seed: "ab", PreparedAt: at, DrawnAt: at}},
		barred:  func(ids.Application, ids.Person) bool { return false },
	}
}
