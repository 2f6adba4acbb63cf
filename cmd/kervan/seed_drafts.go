package main

import (
	"slices"
	"time"
)

// progress is how far a draft has come in an open call.
type progress int

const (
	begun        progress = iota // nothing but its beginning
	invited                      // a part half filled; the partner has not answered
	mailed                       // a part half filled; somebody outside the network was invited
	halfDone                     // all seats taken, everything half filled
	oneConfirmed                 // everything filled; one organization has confirmed
	allConfirmed
	handedIn
)

// draftStages are how far joint applications are, in turn, and soloStages those of organizations that look for a partner.
var (
	draftStages = []progress{handedIn, halfDone, invited, oneConfirmed, allConfirmed, mailed, halfDone, begun, handedIn}
	soloStages  = []progress{halfDone, handedIn, begun, allConfirmed, halfDone, handedIn}
)

// halfFilled is which of the pairs of draftStages has a half filled draft that both write in.
var halfFilled = slices.Index(draftStages, halfDone)

// draft lets an application of an open call come as far as that, over the last weeks.
func (s *stage) draft(b *bid, far progress) {
	start := s.during(-27, -12)
	s.begin(start, b)
	if far == begun {
		return
	}
	next := start.Add(20 * time.Hour)
	turn := func() time.Time {
		next = s.awake(next.Add(time.Duration(4+s.random.IntN(22)) * time.Hour))
		if latest := s.now.Add(-2 * time.Minute); next.After(latest) {
			next = latest
		}
		return next
	}
	switch {
	case far == mailed:
		s.inviteByMail(turn(), b, b.seats[1], "Lucie Marchand", "lucie@maison-commune.example")
	case len(b.who) > 1:
		for i := range b.who[1:] {
			joins := far > mailed || i+2 < len(b.who)
			s.invite(start.Add(time.Duration(1+i)*time.Hour), b, i+1, joins)
		}
		next = start.Add(48 * time.Hour)
	}
	share, jointShare := 100, 100
	if far <= halfDone {
		share, jointShare = 62, 45
	}
	for i, o := range b.who {
		if i == 0 || far >= halfDone || i+1 < len(b.who) {
			s.fill(turn(), b, o, share)
		}
	}
	if far >= halfDone {
		s.fillJoint(turn(), b, b.who[len(b.who)-1], jointShare)
	}
	for i, o := range b.who {
		if far >= allConfirmed || far == oneConfirmed && i == 0 {
			s.confirm(turn(), b, o)
		}
	}
	if far == handedIn {
		s.submit(turn(), b)
	}
}
