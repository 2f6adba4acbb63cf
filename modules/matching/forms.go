package matching

import (
	"strconv"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/web"
)

// typedCard is a card's form: what was typed and what is wrong with it.
type typedCard struct {
	Card

	FromTyped, UntilTyped, HostsTyped string
	Fault                             *fault.Fault
}

func typedOf(c Card) typedCard {
	t := typedCard{Card: c, FromTyped: dayOf(c.From), UntilTyped: dayOf(c.Until)}
	if c.Version > 0 || c.Hosts > 0 {
		t.HostsTyped = strconv.Itoa(c.Hosts)
	}
	return t
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// parseDay reads a day of the calendar; an empty one is none.
func parseDay(typed string) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return time.Time{}, true
	}
	day, err := time.Parse(time.DateOnly, typed)
	return day, err == nil && day.Year() >= 2000 && day.Year() <= 2200
}

// readCard reads the form of a card; whether others find it is not in it.
func readCard(form web.Form, id ids.Organization) (typedCard, []fault.Field, error) {
	version, err := form.Version()
	if err != nil {
		return typedCard{}, nil, err
	}
	t := typedCard{FromTyped: form.Raw("from"), UntilTyped: form.Raw("until"), HostsTyped: form.Raw("hosts")}
	c := &t.Card
	*c = Card{Organization: id, Version: version, Relation: Relation(form.Raw("relation")), Green: form.Ticked("green"), Languages: form.All("languages"), Kinds: form.All("kinds")}
	c.Needs, c.Offers = readTopics(form, "need", MostNeeds), readTopics(form, "offer", MostOffers)
	for _, code := range form.All("countries") {
		c.Countries = append(c.Countries, geo.Country(code))
	}
	for _, code := range form.All("sizes") {
		c.Sizes = append(c.Sizes, Size(code))
	}
	var bad []fault.Field
	text := func(name string, most int) string {
		words, refused := form.Text(name, most)
		if bad = append(bad, refused...); len(refused) > 0 {
			return form.Raw(name)
		}
		return words
	}
	c.About, c.Wished = text("about", maxAbout), text("wished", maxWished)
	var ok bool
	if c.From, ok = parseDay(t.FromTyped); !ok {
		bad = append(bad, fault.At("from", "matching.card.no_day"))
	}
	if c.Until, ok = parseDay(t.UntilTyped); !ok {
		bad = append(bad, fault.At("until", "matching.card.no_day"))
	}
	if typed := strings.TrimSpace(t.HostsTyped); typed != "" {
		if c.Hosts, err = strconv.Atoi(typed); err != nil {
			bad = append(bad, fault.AtWith("hosts", "matching.card.hosts_wrong", fault.Args{"Max": mostHosts}))
		}
	}
	return t, bad, nil
}

// readTopics reads ranked topics; places that were left free are closed up.
func readTopics(form web.Form, of string, most int) []Topic {
	var all []Topic
	for i := range most {
		if code := form.Raw(ranked(of, i)); code != "" {
			all = append(all, Topic(code))
		}
	}
	return all
}

// readQuery reads what is looked for in the directory; what makes no sense is left away.
func readQuery(form web.Form) Query {
	q := Query{Search: form.Raw("q"), Language: form.Raw("language"), Offers: form.Raw("offers"), Needs: form.Raw("needs"), Sort: form.Raw("sort"), Desc: form.Raw("desc") != ""}
	q.Country, _ = geo.ParseCountry(form.Raw("country"))
	q.Network = form.Raw("network")
	q.Size = Size(form.Raw("size"))
	if n, err := strconv.Atoi(form.Raw("hosts")); err == nil {
		q.Hosts = n
	}
	if day, ok := parseDay(form.Raw("from")); ok {
		q.From = day
	}
	if day, ok := parseDay(form.Raw("until")); ok {
		q.Until = day
	}
	if id, err := ids.Parse[ids.Organization](form.Raw("after")); err == nil {
		q.After = id
	}
	return q
}
