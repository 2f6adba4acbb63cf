package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/tenants"
)

// looking are organizations that look for partners: so many of the first and of the last, of Turkey and of elsewhere.
func looking(all []*demo.Organization, n int) []*demo.Organization {
	turkish, other := byCountry(all)
	var some []*demo.Organization
	for _, of := range [][]*demo.Organization{turkish, other} {
		some = append(some, of[:n]...)
		some = append(some, of[len(of)-n:]...)
	}
	return some
}

// cardTexts are what organizations say on their cards: of themselves, and of the partner that they look for.
var cardTexts = []struct{ about, wished i18n.Text }{
	{
		about: i18n.Text{
			i18n.TR: "Mahallemizde on iki yıldır çalışıyoruz. Gönüllülerimizi karşılama ve uğurlama biçimimizi herkesle paylaşırız.",
			i18n.EN: "We have worked in our neighbourhood for twelve years. How we welcome volunteers and say goodbye to them we share with everybody.",
			i18n.DE: "Seit zwölf Jahren arbeiten wir in unserem Viertel. Wie wir Freiwillige begrüßen und verabschieden, zeigen wir gern.",
		},
		wished: i18n.Text{
			i18n.TR: "Bizim gibi küçük bir ekip; az parayla çok iş yapanlar.",
			i18n.EN: "A small team like us that does much with little money.",
			i18n.DE: "Ein kleines Team wie wir, das mit wenig Geld viel schafft.",
		},
	},
	{
		about: i18n.Text{
			i18n.TR: "İki yılda üyelerimizi ikiye katladık. Bağışçılarla nasıl konuşacağımızı hâlâ öğreniyoruz.",
			i18n.EN: "In two years our members have doubled. How to talk to donors we are still learning.",
			i18n.DE: "In zwei Jahren hat sich die Zahl unserer Mitglieder verdoppelt. Wie man mit Spendern spricht, lernen wir noch.",
		},
	},
	{
		about: i18n.Text{
			i18n.TR: "Kararlarımızı birlikte alırız; toplantı notlarımız ve bütçemiz herkese açıktır.",
			i18n.EN: "We decide together; our minutes and our budget are open to everybody.",
			i18n.DE: "Wir entscheiden gemeinsam; Protokolle und Haushalt sind für alle offen.",
		},
		wished: i18n.Text{
			i18n.TR: "Kadınların yönettiği bir kuruluşla çalışmak isteriz.",
			i18n.EN: "We would like to work with an organization that women lead.",
			i18n.DE: "Wir würden gern mit einer Organisation arbeiten, die von Frauen geleitet wird.",
		},
	},
}

// cardOf is what the organization says on its card; n tells those of a network apart.
func (s *stage) cardOf(m *member, n int) matching.Card {
	c := matching.Card{Organization: m.id, Languages: m.Profile.Languages, Relation: matching.Relations[n%len(matching.Relations)], Green: n%4 == 1, Hosts: []int{2, 4, 0, 6}[n%4]}
	for _, key := range m.Topics {
		c.Needs = append(c.Needs, matching.Topic(key))
	}
	for _, key := range m.Strengths {
		c.Offers = append(c.Offers, matching.Topic(key))
	}
	if len(c.Offers) == 0 {
		c.Offers = []matching.Topic{matching.Topics[n%len(matching.Topics)]}
	}
	if n%3 > 0 {
		from := s.day(30+10*(n%5), 0, 0)
		c.From = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
		c.Until = c.From.AddDate(0, 7+n%4, 0)
	}
	if n%5 == 1 {
		c.Countries = []geo.Country{"TR"}
		if m.Profile.Country == "TR" {
			c.Countries = []geo.Country{"DE", "GR", "BG"}
		}
	}
	if n%6 == 1 {
		c.Sizes = []matching.Size{matching.Small, matching.Medium}
	}
	if n%8 == 1 {
		c.Kinds = []string{"association", "foundation", "initiative"}
	}
	texts := cardTexts[n%len(cardTexts)]
	c.About, c.Wished = texts.about[m.Locale], texts.wished[m.Locale]
	return c
}

// findPartners lets an organization fill in its card, and be found.
func (s *stage) findPartners(at time.Time, o *demo.Organization, n int, found bool) {
	s.at(at, "fill in the card of "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
		m := s.orgs[o]
		sc, err := s.as(at, m.actor)
		if err != nil {
			return err
		}
		if err := s.app.matching.Write(ctx, sc, s.cardOf(m, n)); err != nil || !found {
			return err
		}
		return s.app.matching.Join(ctx, sc, m.id, 1)
	})
}

// wishing are the wishes of so many organizations: up to three each, for others all over the list.
func wishing(n int) [][]int {
	wishes := make([][]int, n)
	for i := range wishes {
		for k := range (i + 2) % 4 {
			wishes[i] = append(wishes[i], (i+n/2+3*k)%n)
		}
	}
	return wishes
}

// finding lets organizations find each other, all but the last one, which has filled in its card and not decided yet. Some of
// them wish for others, in this order, one rules another out, and two pairs write to each other.
func (s *stage) finding(who []*demo.Organization, wishes [][]int) {
	last := len(who) - 1
	for n, o := range who {
		s.findPartners(s.day(-12, 9, 20).Add(time.Duration(n)*47*time.Minute), o, n, n < last)
	}
	for n, o := range who[:last] {
		for k, other := range wishes[n] {
			s.wish(s.day(-9, 10, n).Add(time.Duration(k)*time.Minute), o, who[other])
		}
	}
	s.ruleOut(s.day(-8, 17, 5), who[1], who[last/2], "İki yıl önceki ortak etkinlikte anlaşamamıştık.")
	for n, said := range [][]string{
		{"Hello from Türkiye! On your card we read how your members have doubled. Would you tell us about it in an online meeting?", "Gladly. Would Tuesday or Wednesday afternoon next week suit you?", "Tuesday at 15:00 is very good. There will be three of us."},
		{"Hello! We both look for somebody to learn fundraising with. Would you like to tell each other where we stand?", "Good idea. We have just written down our first plan and would show it to you."},
	} {
		two := []*demo.Organization{who[n], who[last-1-n]}
		for k, body := range said {
			s.say(s.day(-6+n, 11+2*k, 14), two[k%2], two[1-k%2], body)
		}
	}
}

// takePart lets the network take part in the common pool of all networks.
func (s *stage) takePart(at time.Time) {
	s.at(at, "take part in the common pool", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		return s.app.matching.TakePart(ctx, sc)
	})
}

// shareWith lets organizations show their cards to other networks.
func (s *stage) shareWith(at time.Time, who ...*demo.Organization) {
	for n, o := range who {
		s.at(at.Add(time.Duration(n)*53*time.Minute), "share the card of "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, s.orgs[o].actor)
			if err != nil {
				return err
			}
			c, _, err := s.app.matching.Card(ctx, sc, s.orgs[o].id)
			if err != nil {
				return err
			}
			return s.app.matching.Share(ctx, sc, s.orgs[o].id, c.Version)
		})
	}
}

// toward lets an organization's lead do something about another organization.
func (s *stage) toward(at time.Time, what string, o, other *demo.Organization, do func(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error) {
	s.at(at, what, func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[o].actor)
		if err != nil {
			return err
		}
		return do(ctx, sc, s.orgs[o].id, s.orgs[other].id)
	})
}

func (s *stage) wish(at time.Time, o, other *demo.Organization) {
	s.toward(at, "wish", o, other, func(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
		return s.app.matching.Wish(ctx, sc, own, other)
	})
}

func (s *stage) ruleOut(at time.Time, o, other *demo.Organization, reason string) {
	s.toward(at, "rule out", o, other, func(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
		return s.app.matching.RuleOut(ctx, sc, own, other, reason)
	})
}

func (s *stage) say(at time.Time, o, other *demo.Organization, body string) {
	s.toward(at, "write to another organization", o, other, func(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
		_, err := s.app.matching.Send(ctx, sc, own, other, ids.New[ids.Message](), body)
		return err
	})
}
