package blueprints

import (
	"maps"
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Quota is how many selected applications of a call there may be with an organization from a country, or how many there should
// and may be with an organization from some regions of a country, of a legal form or with a first-timer, or of a topic. It names
// one of these.
type Quota struct {
	Country string       `json:"country,omitempty"` // ISO 3166-1 alpha-2; nothing named at all: each country that no other quota names
	Regions []geo.Region `json:"regions,omitempty"` // of one country
	Outside bool         `json:"outside,omitempty"` // with regions: all the others of their country are meant
	Kind    string       `json:"kind,omitempty"`    // a legal form, one of Kinds
	First   bool         `json:"first,omitempty"`   // organizations that were in no partnership of the network before they applied
	Topic   string       `json:"topic,omitempty"`   // an option of the question that says the topic
	Name    i18n.Text    `json:"name,omitempty"`    // of the topic, as the question calls it
	Least   int          `json:"least,omitempty"`   // of all but a country; 0: none
	Most    int          `json:"most"`              // 0, of all but a country: no limit
}

// Side is what an application has by which a quota counts it.
type Side string

// The sides of quotas, in the order in which they are told.
const (
	SideCountry Side = "country"
	SideRegion  Side = "region"
	SideKind    Side = "kind"
	SideFirst   Side = "first"
	SideTopic   Side = "topic"
)

// Ranged are the sides of which quotas have a least and a most, in the order in which they are told.
var Ranged = []Side{SideRegion, SideKind, SideFirst, SideTopic}

// Side is what the quota goes by; false: it names several things.
func (q Quota) Side() (Side, bool) {
	side, named := SideCountry, 0
	for _, one := range []struct {
		side Side
		here bool
	}{{SideCountry, q.Country != ""}, {SideRegion, len(q.Regions) > 0 || q.Outside}, {SideKind, q.Kind != ""}, {SideFirst, q.First}, {SideTopic, q.Topic != ""}} {
		if one.here {
			side, named = one.side, named+1
		}
	}
	return side, named < 2
}

// By are the quotas that go by one side.
func By(side Side, quotas []Quota) []Quota {
	return slices.DeleteFunc(slices.Clone(quotas), func(q Quota) bool {
		of, _ := q.Side()
		return of != side
	})
}

// Counted is what quotas count of an application: the countries, regions and legal forms of its organizations, whether one of them
// is a first-timer, and what they say its topic is.
type Counted struct {
	Countries []string
	Regions   []geo.Region // of those whose region is known: of another one nothing is assumed
	Kinds     []string
	First     bool
	Topics    []string
}

// Of reports whether the quota counts an application; one of each country that no other quota names, none.
func (q Quota) Of(c Counted) bool {
	return q.Country != "" && slices.Contains(c.Countries, q.Country) || slices.ContainsFunc(c.Regions, q.covers) || q.Kind != "" && slices.Contains(c.Kinds, q.Kind) ||
		q.First && c.First || q.Topic != "" && slices.Contains(c.Topics, q.Topic)
}

// In is the country whose regions the quota goes by; empty where it goes by something else.
func (q Quota) In() geo.Country {
	if len(q.Regions) == 0 {
		return ""
	}
	return q.Regions[0].Country()
}

// covers reports whether the quota counts who sits in the region.
func (q Quota) covers(r geo.Region) bool {
	return len(q.Regions) > 0 && r.Country() == q.In() && slices.Contains(q.Regions, r) != q.Outside
}

// RegionNames says by which regions the quota goes, in the alphabet of the reader: of more than some (0: of all) only so many by
// name, and how many more.
func (q Quota) RegionNames(loc *i18n.Localizer, some int) string {
	names := make([]string, len(q.Regions))
	for i, r := range q.Regions {
		names[i] = r.Name(loc.Locale)
	}
	i18n.Sort(loc.Locale, names, func(name string) string { return name })
	if some > 0 && len(names) > some+1 {
		names = append(names[:some], loc.N("blueprints.quota.more_regions", len(names)-some))
	}
	all := strings.Join(names, ", ")
	if q.Outside {
		return loc.T("blueprints.quota.outside", "Country", q.In().Name(loc.Locale), "Regions", all)
	}
	return all
}

// Taken is how far a quota is used; Country is filled in where the quota is of each country.
type Taken struct {
	Quota

	Count int
}

// Beyond reports whether more are selected than the quota allows.
func (u Taken) Beyond() bool { return u.Most > 0 && u.Count > u.Most }

// Short reports whether fewer are selected than the quota wants.
func (u Taken) Short() bool { return u.Count < u.Least }

// Missed reports whether the selection is not as the quota wants it.
func (u Taken) Missed() bool { return u.Beyond() || u.Short() }

// Take counts how far quotas are used by applications. Each counts once for a quota, also one with two organizations from its
// country; one whose organizations name two topics counts for both. First come the countries that are named, in the order of the
// quotas, then the others that occur, by their codes, then regions, legal forms, first-timers and topics. What has no quota is left out.
func Take(quotas []Quota, applications []Counted) []Taken {
	var used []Taken
	add := func(q Quota) {
		used = append(used, Taken{Quota: q, Count: q.among(applications)})
	}
	each, others := Quota{}, map[string]bool{}
	for _, a := range applications {
		for _, c := range a.Countries {
			others[c] = true
		}
	}
	for _, q := range By(SideCountry, quotas) {
		if q.Country == "" {
			each = q
			continue
		}
		delete(others, q.Country)
		add(q)
	}
	if each.Most > 0 {
		for _, c := range slices.Sorted(maps.Keys(others)) {
			each.Country = c
			add(each)
		}
	}
	for _, side := range Ranged {
		for _, q := range By(side, quotas) {
			add(q)
		}
	}
	return used
}

// NextFitting is which of those who wait, the first first, gets the next of some free places beside applications that hold
// one: the first who takes no further quota beyond its limit and leaves enough places for all that quotas still want together, as far
// as others who wait count for it; else who meets most of what is wanted, of those who take none beyond its limit; -1: nobody.
func NextFitting(quotas []Quota, held, waiting []Counted, free int) int {
	used := Take(quotas, held)
	before := len(Beyond(used))
	short := slices.DeleteFunc(slices.Clone(used), func(u Taken) bool { return !u.Short() })
	fits := func(one Counted) bool { return len(Beyond(Take(quotas, append(slices.Clip(held), one)))) <= before }
	others := slices.DeleteFunc(slices.Clone(waiting), func(one Counted) bool { return !fits(one) })
	best, most := -1, -1
	for i, one := range waiting {
		if !fits(one) {
			continue
		}
		met, wanted := 0, 0
		for _, u := range short {
			least, there := u.Least-u.Count, u.among(others)
			if u.Of(one) {
				met, least, there = met+1, least-1, there-1
			}
			wanted += min(least, there)
		}
		if wanted < free {
			return i
		}
		if met > most {
			best, most = i, met
		}
	}
	return best
}

// among is how many of some applications the quota counts.
func (q Quota) among(all []Counted) int {
	n := 0
	for _, a := range all {
		if q.Of(a) {
			n++
		}
	}
	return n
}

// Beyond are the quotas of which more is used than they allow.
func Beyond(used []Taken) []Taken {
	return slices.DeleteFunc(slices.Clone(used), func(u Taken) bool { return !u.Beyond() })
}

// Missed are the quotas that a selection does not meet: more is used than they allow, or less than they want.
func Missed(used []Taken) []Taken {
	return slices.DeleteFunc(slices.Clone(used), func(u Taken) bool { return !u.Missed() })
}

// TopicQuestions are the questions of a form that can say an application's topic: one of several options, or a ranking, of
// which the first counts; asked of everybody who applies, and read by all who judge, who see how many chose what.
func TopicQuestions(d *forms.Definition) []*forms.Question {
	var all []*forms.Question
	for i := range d.Sections {
		s := &d.Sections[i]
		if s.Condition != nil || s.Repeat != nil {
			continue
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			if (q.Type == forms.TypeChoice || q.Type == forms.TypeRanking) && q.Condition == nil && !q.Later() && !guarded(q) && len(q.Options) > 1 {
				all = append(all, q)
			}
		}
	}
	return all
}

// guarded reports whether not all who judge may read the answer.
func guarded(q *forms.Question) bool {
	return len(q.VisibleTo) > 0 || q.Class == forms.ClassSpecial || q.Class == forms.ClassFinancial
}

// TopicGuarded reports whether the question that is to say the topic is one that not all who judge may read: quotas would tell
// them what was answered.
func TopicGuarded(question string, d *forms.Definition) bool {
	q, _, there := d.Question(question)
	return there && guarded(q)
}

// TopicFlaws finds what of the quotas of topics the form does not know: the question that says the topic, or one of its options.
func TopicFlaws(question string, quotas []Quota, d *forms.Definition) []Problem {
	topics := By(SideTopic, quotas)
	if question == "" && len(topics) == 0 {
		return nil
	}
	if TopicGuarded(question, d) {
		return []Problem{{"review", "blueprints.topic.guarded", fault.Args{"Question": question}}}
	}
	all := TopicQuestions(d)
	i := slices.IndexFunc(all, func(q *forms.Question) bool { return q.Key == question })
	if i < 0 {
		return []Problem{{"review", "blueprints.topic.question", fault.Args{"Question": question}}}
	}
	var found []Problem
	for _, q := range topics {
		if !slices.ContainsFunc(all[i].Options, func(o forms.Option) bool { return o.Value == q.Topic }) {
			name := q.Name.String(i18n.EN)
			if name == "" {
				name = q.Topic
			}
			found = append(found, Problem{"review", "blueprints.topic.option", fault.Args{"Topic": name}})
		}
	}
	return found
}

// topics finds a question for the topic that the form does not have.
func (p Program) topics(at map[string]string) []Problem {
	var rule Review
	review, ok := p.pieces["review"]
	if !ok || decode(review.Body, &rule) != nil || rule.Topic == "" || at[rule.Topic] != "" {
		return nil
	}
	return []Problem{{"review", "blueprints.problem.question", fault.Args{"Question": rule.Topic}}}
}
