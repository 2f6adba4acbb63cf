package main

import (
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// byCountry parts organizations into those of Turkey and all others.
func byCountry(all []*demo.Organization) (turkish, other []*demo.Organization) {
	for _, o := range all {
		if o.Profile.Country == "TR" {
			turkish = append(turkish, o)
		} else {
			other = append(other, o)
		}
	}
	return turkish, other
}

func playElbe(s *stage, all []*demo.Organization) {
	for _, o := range all {
		s.register(s.during(-90, -70), o)
	}
	turkish, other := byCountry(all)
	opens, closes := s.day(-66, 9, 0), s.day(-24, 18, 0)
	s.call(announced{
		cycle: "Herbst", composition: "pair", places: 4, grant: 4000, reviews: 2, scaled: true, drafted: s.day(-78, 10, 0), opens: opens, closes: closes,
		quotas: []blueprints.Quota{{Kind: "foundation", Most: 3}, {Kind: "initiative", Least: 1}, {First: true, Least: 2}, {Regions: metropolises, Most: 2}, {Regions: metropolises, Outside: true, Least: 1}},
		title: i18n.Text{
			i18n.DE: "Über die Brücke: Austausch zwischen Elbe und Anatolien", i18n.EN: "Across the bridge: exchange between the Elbe and Anatolia",
			i18n.TR: "Köprünün öbür yanı: Elbe ile Anadolu arasında değişim",
		},
		summary: i18n.Text{
			i18n.DE: "Vier Partnerschaften von je einer Organisation aus der Türkei und aus Mitteleuropa arbeiten acht Monate an einem gemeinsamen organisatorischen Thema, mit 4.000 Euro je Partnerschaft.",
			i18n.EN: "Four partnerships of one organization from Türkiye and one from Central Europe work on a common organizational issue for eight months, with 4,000 euros each.",
			i18n.TR: "Türkiye'den ve Orta Avrupa'dan birer kuruluşun oluşturduğu dört ortaklık, sekiz ay boyunca ortak bir kurumsal sorun üzerinde çalışıyor; ortaklık başına 4.000 euro.",
		},
	}, func(id ids.Call) {
		var bids []*bid
		for i, o := range other[:7] {
			who := []*demo.Organization{o, turkish[i]}
			if i%2 == 0 {
				who = []*demo.Organization{turkish[i], o}
			}
			bids = append(bids, s.pairBid(id, 4000, who...))
		}
		for _, o := range append(other[7:], turkish[7:]...) {
			bids = append(bids, s.pairBid(id, 4000, o))
		}
		for _, b := range bids {
			s.whole(b, opens, closes)
		}
		s.halfReviewed(id, s.eligibility(bids, closes), closes)
	})
	s.shortVisits(turkish, other)
	s.finding(looking(all, 2), wishedInTurn)
	s.tryRankings("Nach gegenseitigen Ranglisten")
	s.takePart(s.day(-11, 14, 20))
	s.shareWith(s.day(-3, 11, 35), looking(all, 2)[:6]...)
}

// wishedInTurn are the wishes of seven organizations. Four of them wish for each other in turn, so that there are two ways to put them
// together in which no two would both rather have each other.
var wishedInTurn = [][]int{{4, 5}, {5, 4}, {}, {6}, {1, 0}, {0, 1}, {}}

func elbeLogins(all []*demo.Organization) []login {
	turkish, other := byCountry(all)
	return []login{{"reviewer, half done", "friederike@strauss.example"}, {"lead, applied", turkish[0].Lead().Email}, {"lead, its partner", other[0].Lead().Email}}
}

var trioSeats = []string{"first", "second", "third"}

func (s *stage) seatedBid(call ids.Call, grant int, seats []string, who ...*demo.Organization) *bid {
	b := &bid{call: call, who: who, seats: seats[:len(who)]}
	if len(who) > 1 {
		b.joint = s.world.Together(grant, who...)
	}
	return b
}

// trios are groups of three organizations from three countries.
func trios(all []*demo.Organization) [][]*demo.Organization {
	left := append([]*demo.Organization{}, all...)
	var found [][]*demo.Organization
	for len(left) > 0 {
		var trio, rest []*demo.Organization
		for _, o := range left {
			fits := len(trio) < 3
			for _, other := range trio {
				fits = fits && other.Profile.Country != o.Profile.Country
			}
			if fits {
				trio = append(trio, o)
			} else {
				rest = append(rest, o)
			}
		}
		if len(trio) == 3 {
			found = append(found, trio)
		}
		left = rest
	}
	return found
}

func playOlive(s *stage, all []*demo.Organization) {
	for _, o := range all {
		s.register(s.during(-40, -25), o)
	}
	s.takePart(s.day(-5, 16, 10))
	opens, closes := s.day(-24, 8, 0), s.day(18, 20, 0)
	s.call(announced{
		cycle: "Round one", composition: "trio", places: 3, grant: 6000, reviews: 2, drafted: s.day(-35, 9, 0), opens: opens, closes: closes,
		title: i18n.Text{
			i18n.EN: "Three shores: open call for trios", i18n.TR: "Üç kıyı: üçlü ortaklıklar için açık çağrı", i18n.DE: "Drei Ufer: Ausschreibung für Trios",
		},
		summary: i18n.Text{
			i18n.EN: "Three organizations from three countries around the Mediterranean visit each other in a triangle. Places for three trios with 6,000 euros each.",
			i18n.TR: "Akdeniz çevresindeki üç ülkeden üç kuruluş birbirini bir üçgen boyunca ziyaret ediyor. Üç üçlüye yer var; her birine 6.000 euro.",
			i18n.DE: "Drei Organisationen aus drei Ländern rund um das Mittelmeer besuchen einander im Dreieck. Plätze für drei Trios mit je 6.000 Euro.",
		},
	}, func(id ids.Call) {
		stages := []progress{handedIn, oneConfirmed, invited, halfDone}
		for i, trio := range trios(all) {
			s.draft(s.seatedBid(id, 6000, trioSeats, trio...), stages[i%len(stages)])
		}
	})
}

func oliveLogins(all []*demo.Organization) []login {
	trio := trios(all)[1]
	return []login{{"lead, of a trio", trio[0].Lead().Email}, {"lead, its partner", trio[1].Lead().Email}, {"lead, the third", trio[2].Lead().Email}}
}

var quartetSeats = []string{"cso_tr", "authority_tr", "cso_eu", "authority_eu"}

// quartets are groups of an organization and a local authority from Turkey and the same from another country.
func quartets(all []*demo.Organization) [][]*demo.Organization {
	places := map[string][]*demo.Organization{}
	for _, o := range all {
		seat := "cso_"
		if o.Profile.Form == "local_authority" {
			seat = "authority_"
		}
		if o.Profile.Country == "TR" {
			seat += "tr"
		} else {
			seat += "eu"
		}
		places[seat] = append(places[seat], o)
	}
	var found [][]*demo.Organization
	for i := range places["cso_tr"] {
		var four []*demo.Organization
		for _, seat := range quartetSeats {
			four = append(four, places[seat][i])
		}
		found = append(found, four)
	}
	return found
}

func playTownhalls(s *stage, all []*demo.Organization) {
	for _, o := range all {
		s.register(s.during(-70, -55), o)
	}
	opens, closes := s.day(-50, 9, 0), s.day(-3, 17, 0)
	s.call(announced{
		cycle: "Pilot", composition: "quartet", places: 2, grant: 9000, reviews: 2, drafted: s.day(-66, 9, 0), opens: opens, closes: closes,
		title: i18n.Text{
			i18n.EN: "Open town halls: associations and local authorities learn together", i18n.DE: "Offene Rathäuser: Vereine und Kommunen lernen gemeinsam",
			i18n.TR: "Açık belediyeler: dernekler ve yerel yönetimler birlikte öğreniyor",
		},
		summary: i18n.Text{
			i18n.EN: "Four seats: an organization and the local authority of its town, in Türkiye and in another European country. Places for two partnerships with 9,000 euros each.",
			i18n.DE: "Vier Plätze: eine Organisation und die Kommune ihres Ortes, in der Türkei und in einem anderen europäischen Land. Zwei Partnerschaften mit je 9.000 Euro.",
			i18n.TR: "Dört yer: Türkiye'den ve Avrupa'nın başka bir ülkesinden birer kuruluş ve kendi kentinin yerel yönetimi. İki ortaklığa yer var; her birine 9.000 euro.",
		},
	}, func(id ids.Call) {
		for i, four := range quartets(all) {
			b := s.seatedBid(id, 9000, quartetSeats, four...)
			s.whole(b, opens, closes)
			switch i {
			case 0:
				s.check(closes.Add(20*time.Hour), b)
			case 1:
				s.ask(closes.Add(22*time.Hour), b)
			}
		}
	})
}

func townhallsLogins(all []*demo.Organization) []login {
	four := quartets(all)[1]
	return []login{{"lead, asked for papers", four[0].Lead().Email}, {"lead, its local authority", four[1].Lead().Email}}
}
