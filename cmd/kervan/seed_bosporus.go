package main

import (
	"slices"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

const bosporusGrant = 3500

// bosporusRoles parts the network's organizations: pairs that apply together in the first cycle, and all others.
func bosporusRoles(all []*demo.Organization) (pairs [][2]*demo.Organization, alone []*demo.Organization) {
	var turkish, other []*demo.Organization
	for _, o := range all {
		if o.Profile.Country == "TR" {
			turkish = append(turkish, o)
		} else {
			other = append(other, o)
		}
	}
	n := len(other) - 5 // some from abroad look for a partner as well
	for i, o := range other[:n] {
		pair := [2]*demo.Organization{turkish[i], o}
		if i%3 == 0 {
			pair = [2]*demo.Organization{o, turkish[i]} // began by the one from abroad
		}
		pairs = append(pairs, pair)
	}
	return pairs, append(turkish[n:], other[n:]...)
}

// seatOfPair is the seat that an organization takes in a pair.
func seatOfPair(o *demo.Organization) string {
	if o.Profile.Country == "TR" {
		return "tr"
	}
	return "eu"
}

func (s *stage) pairBid(call ids.Call, grant int, who ...*demo.Organization) *bid {
	b := &bid{call: call, who: who}
	for _, o := range who {
		b.seats = append(b.seats, seatOfPair(o))
	}
	if len(who) > 1 {
		b.joint = s.world.Together(grant, who...)
	}
	return b
}

func playBosporus(s *stage, all []*demo.Organization) {
	for _, o := range all {
		s.register(s.during(-335, -313), o)
	}
	pairs, alone := bosporusRoles(all)
	opens, closes := s.day(-312, 10, 0), s.day(-277, 15, 0)
	s.call(announced{
		cycle: "1. döngü", composition: "pair", places: 8, grant: bosporusGrant, reviews: 3, later: true, drafted: s.day(-326, 11, 0), opens: opens, closes: closes,
		quotas: []blueprints.Quota{{Country: "TR", Most: 8}, {Kind: "association", Least: 3}, {First: true, Least: 1}},
		title: i18n.Text{
			i18n.TR: "Komşudan öğrenmek: birinci döngüye açık çağrı", i18n.EN: "Learning from neighbours: open call for the first cycle",
			i18n.DE: "Von Nachbarn lernen: Ausschreibung für den ersten Zyklus",
		},
		summary: i18n.Text{
			i18n.TR: "Türkiye'den ve Avrupa'nın başka bir ülkesinden iki kuruluş, sekiz ay boyunca birbirinin çalışma biçiminden öğreniyor. Sekiz ortaklık için yer var; ortaklık başına 3.500 euro.",
			i18n.EN: "Two organizations, one from Türkiye and one from another European country, learn from each other's way of working for eight months. There are places for eight partnerships with 3,500 euros each.",
			i18n.DE: "Zwei Organisationen, eine aus der Türkei und eine aus einem anderen europäischen Land, lernen acht Monate lang voneinander, wie man arbeiten kann. Plätze für acht Partnerschaften mit je 3.500 Euro.",
		},
	}, func(id ids.Call) {
		var bids []*bid
		for _, p := range pairs {
			bids = append(bids, s.pairBid(id, bosporusGrant, p[0], p[1]))
		}
		for _, o := range alone {
			bids = append(bids, s.pairBid(id, bosporusGrant, o))
		}
		bids[len(pairs)+9].late = true
		s.permitLate(closes.Add(-5*time.Hour), id, alone[9], closes.AddDate(0, 0, 2))
		for _, b := range bids {
			s.whole(b, opens, closes)
		}
		fit := s.eligibility(bids, closes)
		s.releaseHeld(closes.AddDate(0, 0, 6))
		s.selection(id, fit, closes)
		s.pause(s.day(-96, 11, 20), s.day(-61, 10, 5), "Ortaklardan birinin merkezi taşınıyor; beş haftalık ara istediler.", "Taşınma bitti, takvim birlikte yenilendi.")
		s.laterAnswers(s.day(-60, 14, 20), id)
		s.showing(s.day(-58, 15, 10))
		s.results(s.day(-57, 10, 30), id)
		s.introduce(s.day(-56, 9, 15))
		s.accompany(s.day(-55, 10, 20), 2, i18n.Text{
			i18n.TR: "Bu dönem işim çok yoğunlaştı; yarım yamalak eşlik etmek istemem.", i18n.DE: "Ich habe in diesem Halbjahr zu viel zu tun und möchte nicht halbherzig begleiten.",
		})
		s.proposeAgain(s.day(-20, 16, 5))
		s.tellStories(s.day(-19, 11, 40))
	})
	s.openBosporus(pairs, alone)
	s.finding(looking(all, 6), wishing(len(looking(all, 6))-1))
	s.takePart(s.day(-11, 9, 40))
	s.shareWith(s.day(-3, 10, 5), looking(all, 6)[:8]...)
	s.rounds(looking(all, 6))
}

// metropolises are İstanbul, Ankara and İzmir, beside which the others of Türkiye are easily forgotten.
var metropolises = []geo.Region{"TR.34", "TR.68", "TR.35"}

// openBosporus is the second cycle: its call is open, was extended once, and drafts stand in every state.
func (s *stage) openBosporus(pairs [][2]*demo.Organization, alone []*demo.Organization) {
	opens, first, closes := s.day(-30, 10, 0), s.day(14, 15, 0), s.day(21, 23, 59)
	s.call(announced{
		cycle: "2. döngü", composition: "pair", places: 8, grant: bosporusGrant, reviews: 2, drafted: s.day(-44, 14, 0), opens: opens, closes: first,
		quotas: []blueprints.Quota{{Most: 2}, {Country: "TR", Most: 8}, {Kind: "association", Most: 7}, {First: true, Least: 3}, {Regions: metropolises, Outside: true, Least: 3}, {Topic: "volunteers", Most: 3}, {Topic: "inclusion", Least: 1}},
		topic:  "topics", asks: []blueprints.Reason{smallEnough()}, scaled: true,
		title: i18n.Text{
			i18n.TR: "Komşudan öğrenmek: ikinci döngüye açık çağrı", i18n.EN: "Learning from neighbours: open call for the second cycle",
			i18n.DE: "Von Nachbarn lernen: Ausschreibung für den zweiten Zyklus",
		},
		summary: i18n.Text{
			i18n.TR: "İlk döngü sürüyor. Şimdi sekiz yeni ortaklığa yer açıyoruz: Türkiye'den ve Avrupa'nın başka bir ülkesinden ikişer kuruluş, sekiz ay, ortaklık başına 3.500 euro.",
			i18n.EN: "The first cycle is under way. Now there is room for eight more: two organizations, from Türkiye and from another European country, eight months, 3,500 euros for each partnership.",
			i18n.DE: "Der erste Zyklus läuft. Jetzt ist Platz für acht neue Partnerschaften: zwei Organisationen aus der Türkei und einem anderen europäischen Land, acht Monate, je 3.500 Euro.",
		},
	}, func(id ids.Call) {
		s.extend(s.day(-5, 16, 30), id, closes)
		s.questions(id)
		s.inviteReviewers(id)
		s.instruct(s.day(-4, 12, 0), id)
		for i, p := range secondPairs(pairs, alone) {
			s.draft(s.pairBid(id, bosporusGrant, p[:]...), allowed(draftStages[i%len(draftStages)], p[:]...))
		}
		for i, o := range alone[30:54] {
			s.draft(s.pairBid(id, bosporusGrant, o), allowed(soloStages[i%len(soloStages)], o))
		}
	})
}

// smallBudgets are those of the organizations for which the second cycle is.
var smallBudgets = []string{"0-10k", "10k-50k", "50k-200k"}

// smallEnough is a rule of the second cycle, which looks at what organizations say of themselves.
func smallEnough() blueprints.Reason {
	return blueprints.Reason{
		Name: i18n.Text{
			i18n.TR: "Her iki kuruluşun yıllık bütçesi en fazla 200.000 avro", i18n.EN: "Each organization has a yearly budget of at most 200,000 euros",
			i18n.DE: "Jede Organisation hat ein Jahresbudget von höchstens 200.000 Euro",
		},
		Reason: i18n.Text{
			i18n.TR: "Bu döngü küçük ve orta ölçekli kuruluşlar için; yıllık bütçesi 200.000 avroyu aşanlar başvuramıyor.",
			i18n.EN: "This cycle is for small and medium organizations; those with more than 200,000 euros a year cannot apply.",
			i18n.DE: "Dieser Zyklus ist für kleine und mittlere Organisationen; mit mehr als 200.000 Euro im Jahr kann man sich nicht bewerben.",
		},
		When: &forms.Condition{Question: blueprints.FactBudget, In: smallBudgets},
	}
}

// allowed is how far an application comes under that rule: one that does not meet it stands confirmed and cannot be handed in.
func allowed(far progress, who ...*demo.Organization) progress {
	large := func(o *demo.Organization) bool { return !slices.Contains(smallBudgets, o.Profile.Budget) }
	if far == handedIn && slices.ContainsFunc(who, large) {
		return allConfirmed
	}
	return far
}

// secondPairs are other pairs than those of the first cycle.
func secondPairs(pairs [][2]*demo.Organization, alone []*demo.Organization) [][2]*demo.Organization {
	var found [][2]*demo.Organization
	for i := range 14 {
		other := pairs[i][0]
		if other.Profile.Country == "TR" {
			other = pairs[i][1]
		}
		found = append(found, [2]*demo.Organization{alone[i], other})
	}
	return found
}

// bosporusLogins are leads of organizations that write applications just now.
func bosporusLogins(all []*demo.Organization) []login {
	pairs, alone := bosporusRoles(all)
	half := secondPairs(pairs, alone)[halfFilled]
	return []login{
		{"lead, of a joint draft", half[0].Lead().Email},
		{"lead, its partner", half[1].Lead().Email},
		{"lead, of a draft alone", alone[30].Lead().Email},
		{"lead, looks for partners", looking(all, 6)[0].Lead().Email},
	}
}
