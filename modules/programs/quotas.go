package programs

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/policies"
	"kervan/tenants"
)

// MostQuotas is for how many countries a call has quotas at most, and for how many legal forms and topics.
const MostQuotas = 40

// mostOfQuota is the most that a quota allows, as there are no more places.
const mostOfQuota = 1000

// Limit sets the quotas of a draft, and which question of its form says an application's topic. Coordinators and officers may.
// Faults: Invalid by field (each, and country_ and most_ with the place among the named ones; kindleast_ and kindmost_ with the
// legal form; regcountry_, regions_, regleast_ and regmost_ with the place among those of regions; firstleast and firstmost; topic_question, and least_ and topmost_ with the topic), Conflict when it is published or
// has been changed, NotFound.
func (s *Service) Limit(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, quotas []blueprints.Quota, topic string) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		draft, err := s.forms.Draft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		bad := checkAll(quotas, topic, draft.Definition, c.Places)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Quotas, c.Review.Topic = named(quotas, topic, draft.Definition), topic
		tx.Audit(entry("call.limited", id))
		return nil
	})
}

// checkAll says what is wrong with quotas of all sides.
func checkAll(quotas []blueprints.Quota, question string, d *forms.Definition, places int) []fault.Field {
	bad := append(checkQuotas(quotas, asTheyStand), checkRegions(quotas, places, asTheyStand)...)
	return append(bad, checkRanges(quotas, question, d, places)...)
}

// checkQuotas says what is wrong with the quotas of countries, by the names of the page's fields; row is where on it a named one stands.
func checkQuotas(quotas []blueprints.Quota, row func(named int) int) []fault.Field {
	quotas = blueprints.By(blueprints.SideCountry, quotas)
	if len(quotas) > MostQuotas {
		return []fault.Field{fault.At("each", "fault.bad_request")}
	}
	var bad []fault.Field
	seen, named := map[string]bool{}, 0
	for _, q := range quotas {
		country, most := "each", "each"
		if q.Country != "" {
			at := "_" + strconv.Itoa(row(named))
			country, most = "country"+at, "most"+at
			named++
			if _, known := geo.ParseCountry(q.Country); !known {
				bad = append(bad, fault.At(country, "fault.choose"))
			}
		}
		if seen[q.Country] {
			bad = append(bad, fault.At(country, "programs.quotas.twice"))
		}
		seen[q.Country] = true
		if q.Most < 1 || q.Most > mostOfQuota {
			bad = append(bad, fault.AtWith(most, "programs.between", fault.Args{"Low": 1, "High": mostOfQuota}))
		}
		if q.Least != 0 {
			bad = append(bad, fault.At(most, "fault.bad_request"))
		}
	}
	return bad
}

func asTheyStand(named int) int { return named }

// parted are the quota of each country, if there is one, and those of countries that are named.
func parted(quotas []blueprints.Quota) (each int, named []blueprints.Quota) {
	for _, q := range blueprints.By(blueprints.SideCountry, quotas) {
		if q.Country == "" {
			each = q.Most
		} else {
			named = append(named, q)
		}
	}
	return each, named
}

// rangeNames are the names of the page's fields for what a quota wants at least and allows at most.
func rangeNames(q blueprints.Quota) (least, most string) {
	switch side, _ := q.Side(); side {
	case blueprints.SideKind:
		return "kindleast_" + q.Kind, "kindmost_" + q.Kind
	case blueprints.SideFirst:
		return "firstleast", "firstmost"
	default:
		return "least_" + q.Topic, "topmost_" + q.Topic
	}
}

// checkRanges says what is wrong with the quotas of legal forms, first-timers and topics, by the names of the page's fields.
func checkRanges(quotas []blueprints.Quota, question string, d *forms.Definition, places int) []fault.Field {
	var bad []fault.Field
	for _, p := range blueprints.TopicFlaws(question, quotas, d) {
		bad = append(bad, fault.AtWith("topic_question", p.Key, p.Args))
	}
	sum, seen := 0, map[string]bool{}
	for _, side := range fixed {
		some := blueprints.By(side, quotas)
		if len(some) > MostQuotas {
			return []fault.Field{fault.At("topic_question", "fault.bad_request")}
		}
		for _, q := range some {
			least, most := rangeNames(q)
			bad = append(bad, checkRange(q, places, least, most)...)
			if seen[least] {
				bad = append(bad, fault.At("topic_question", "fault.bad_request"))
			}
			seen[least] = true
			if side == blueprints.SideTopic {
				sum += q.Least
			}
		}
	}
	if places > 0 && sum > places && len(bad) == 0 {
		bad = append(bad, fault.AtWith("topic_question", "programs.quotas.least_sum", fault.Args{"Sum": sum, "Places": places}))
	}
	return bad
}

// checkRange says what is wrong with one quota that has a least and a most, by the names of their fields.
func checkRange(q blueprints.Quota, places int, least, most string) []fault.Field {
	var bad []fault.Field
	side, clearly := q.Side()
	switch {
	case q.Least < 0 || q.Least > mostOfQuota:
		bad = append(bad, fault.AtWith(least, "programs.between", fault.Args{"Low": 0, "High": mostOfQuota}))
	case side != blueprints.SideTopic && places > 0 && q.Least > places:
		bad = append(bad, fault.AtWith(least, "programs.quotas.least_places", fault.Args{"Places": places}))
	}
	switch {
	case !clearly:
		bad = append(bad, fault.At("topic_question", "fault.bad_request"))
	case q.Most == 0 && q.Least == 0:
		bad = append(bad, fault.At(most, "programs.quotas.neither"))
	case q.Kind != "" && !slices.ContainsFunc(blueprints.Kinds(), func(o forms.Option) bool { return o.Value == q.Kind }):
		bad = append(bad, fault.At(most, "fault.choose"))
	case q.Most < 0 || q.Most > mostOfQuota:
		bad = append(bad, fault.AtWith(most, "programs.between", fault.Args{"Low": 1, "High": mostOfQuota}))
	case q.Most > 0 && q.Most < q.Least:
		bad = append(bad, fault.At(most, "programs.quotas.most_below_least"))
	}
	return bad
}

// named are quotas with the names of their topics, as the question calls them.
func named(quotas []blueprints.Quota, question string, d *forms.Definition) []blueprints.Quota {
	quotas = slices.Clone(quotas)
	q, _, asked := d.Question(question)
	if !asked {
		return quotas
	}
	for i := range quotas {
		for _, o := range q.Options {
			if o.Value == quotas[i].Topic && quotas[i].Topic != "" {
				quotas[i].Name = o.Label
			}
		}
	}
	return quotas
}

// topicNeed is a line of the readiness check only where something is wrong: the form has changed, and lacks the question or
// an option that the quotas of topics go by, or not all who judge may read the question any more.
func (c *Call) topicNeed(asked *forms.Definition) []Need {
	if len(blueprints.TopicFlaws(c.Review.Topic, c.Quotas, asked)) == 0 {
		return nil
	}
	if blueprints.TopicGuarded(c.Review.Topic, asked) {
		return []Need{{Key: "topics_guarded", Place: "quotas"}}
	}
	return []Need{{Key: "topics", Place: "quotas"}}
}
