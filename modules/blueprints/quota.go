package blueprints

import (
	"cmp"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Quota is how many selected applications of a call there may be with an organization from a country, or how many there
// should and may be of a topic.
type Quota struct {
	Country string    `json:"country,omitempty"` // ISO 3166-1 alpha-2; empty without a topic: each country that no other quota names
	Topic   string    `json:"topic,omitempty"`   // an option of the question that says the topic
	Name    i18n.Text `json:"name,omitempty"`    // of the topic, as the question calls it
	Least   int       `json:"least,omitempty"`   // of a topic; 0: none
	Most    int       `json:"most"`              // 0, of a topic only: no limit
}

// Counted is what quotas count of an application: the countries of its organizations, and what they say its topic is.
type Counted struct {
	Countries []string
	Topics    []string
}

// Taken is how far the quota of one country or topic is used.
type Taken struct {
	Country string
	Topic   string
	Name    i18n.Text // of the topic
	Count   int
	Least   int
	Most    int // 0, of a topic only: no limit
}

// Beyond reports whether more are selected than the quota allows.
func (u Taken) Beyond() bool { return u.Most > 0 && u.Count > u.Most }

// Short reports whether fewer are selected than the quota wants.
func (u Taken) Short() bool { return u.Count < u.Least }

// Missed reports whether the selection is not as the quota wants it.
func (u Taken) Missed() bool { return u.Beyond() || u.Short() }

// Take counts how far quotas are used by applications: one with two organizations from a country counts once, and one whose
// organizations name two topics counts for both. First come the countries that are named, in the order of the quotas, then the
// others that occur, by their codes, then the topics. A country without a quota is left out, and so is a topic.
func Take(quotas []Quota, applications []Counted) []Taken {
	countries, topics := map[string]int{}, map[string]int{}
	for _, a := range applications {
		count(countries, a.Countries)
		count(topics, a.Topics)
	}
	var used, subjects []Taken
	each := 0
	for _, q := range quotas {
		switch {
		case q.Topic != "":
			subjects = append(subjects, Taken{Topic: q.Topic, Name: q.Name, Count: topics[q.Topic], Least: q.Least, Most: q.Most})
		case q.Country == "":
			each = q.Most
		default:
			used = append(used, Taken{Country: q.Country, Count: countries[q.Country], Most: q.Most})
			delete(countries, q.Country)
		}
	}
	if each == 0 {
		return append(used, subjects...)
	}
	named := len(used)
	for c, n := range countries {
		used = append(used, Taken{Country: c, Count: n, Most: each})
	}
	slices.SortFunc(used[named:], func(a, b Taken) int { return cmp.Compare(a.Country, b.Country) })
	return append(used, subjects...)
}

func count(into map[string]int, values []string) {
	for _, v := range slices.Compact(slices.Sorted(slices.Values(values))) {
		into[v]++
	}
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
	topics := slices.DeleteFunc(slices.Clone(quotas), func(q Quota) bool { return q.Topic == "" })
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
