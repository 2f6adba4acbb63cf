package demo

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// Joint is a partnership of organizations that applies together. The first began it.
type Joint struct {
	Organizations []*Organization
	Locale        i18n.Locale // in which they write together
	Grant         int         // euros that they may plan with

	pen   *pen
	words *words
}

// Together joins organizations. They write in their common language or, where they have none, in the first one's or in
// English.
func (w *World) Together(grant int, all ...*Organization) *Joint {
	j := &Joint{Organizations: all, Locale: LocaleOf(all...), Grant: grant}
	if j.Locale != all[0].Locale && w.random.IntN(5) < 2 {
		j.Locale = all[0].Locale
	}
	first, other := all[0], all[1]
	j.words = w.content.words[j.Locale]
	f := j.words.Fields[first.Profile.Fields[0]]
	base := w.penFor(first)
	base.locale = j.Locale
	base.does(f)
	base.facts["partner"], base.facts["partner_city"], base.facts["month"] = []string{other.Profile.Name}, []string{other.city}, j.words.Common.Months
	j.pen = base
	return j
}

// Answers answers the joint sections of the default form: everything but the letter of partnership.
func (j *Joint) Answers(d *forms.Definition) forms.Answers {
	first := j.Organizations[0]
	n, c := j.words.Needs[first.Need], j.words.Common
	a := forms.Answers{"partner_state": raw("found")}
	a["partner_known"] = raw(weights{{"new", 5}, {"met", 3}, {"worked", 2}}.pick(j.pen.random))
	a["partner_why"] = raw(first.limit(200, prose(j.pen.one(c.Met), j.pen.one(c.CommonGround)), j.pen.one(c.Differ)))
	a["joint_issue"] = raw(first.limit(250, j.pen.one(n.Joint), prose(j.pen.one(n.Sign), j.pen.one(n.Cost)), j.pen.one(c.Closing)))
	a["objectives"] = raw(j.objectives(n))
	a["activities"] = raw(j.activities(n))
	a["costs"] = raw(j.costs())
	a["costs_note"] = raw(first.limit(100, j.pen.one(c.CostsNote)))
	a["model"] = raw(first.limit(200, j.pen.one(n.Model)))
	a["risks"] = raw(j.risks())
	a["inclusion"] = raw(first.limit(120, prose(j.pen.some(c.Inclusion, 2)...)))
	a["follow_up"] = raw(first.limit(150, prose(append(j.pen.some(n.After, 2), j.pen.one(c.Tell))...)))
	return forms.Visible(d, forms.ScopeJoint, a)
}

func (j *Joint) objectives(n need) forms.Rows {
	var rows forms.Rows
	for _, text := range j.pen.some(n.By, 2+j.pen.random.IntN(2)) {
		by, sign := pair(text)
		rows = append(rows, forms.Row{Cells: forms.Answers{"objective": raw(by), "sign": raw(sign)}})
	}
	return rows
}

// activities are those of every partnership in their order, with those of this need between them.
func (j *Joint) activities(n need) forms.Rows {
	c := j.words.Common
	usual := c.Activities
	own := j.pen.some(n.Act, 3)
	what := append([]string{usual[0], usual[1]}, own[:len(own)/2+len(own)%2]...)
	what = append(append(what, usual[2], usual[3]), own[len(own)/2+len(own)%2:]...)
	what = append(what, usual[4:]...)
	if j.pen.random.IntN(2) == 0 {
		what = append(what[:1], what[2:]...)
	}
	var rows forms.Rows
	for i, text := range what {
		text, mode := pair(text)
		if mode == "" {
			mode = weights{{"physical", 6}, {"blended", 2}}.pick(j.pen.random)
		}
		when := c.When[min(i, len(c.When)-1)]
		cells := forms.Answers{"what": raw(text), "mode": raw(mode), "when": raw(when), "people": number(4 + j.pen.random.IntN(22))}
		if mode != "virtual" {
			cells["place"] = raw(j.pen.fill(c.Places[j.pen.random.IntN(len(c.Places))]))
		}
		rows = append(rows, forms.Row{Cells: cells})
	}
	return rows
}

// costs shares the grant out over some lines, in steps of ten euros, and leaves nothing.
func (j *Joint) costs() forms.Rows {
	lines := j.pen.some(j.words.Common.CostLines, 6+j.pen.random.IntN(3))
	slices.SortStableFunc(lines, func(a, b string) int {
		return slices.Index(j.words.Common.CostLines, a) - slices.Index(j.words.Common.CostLines, b)
	})
	shares := make([]int, len(lines))
	total := 0
	for i := range shares {
		if shares[i] = 3 + j.pen.random.IntN(10); strings.HasSuffix(lines[i], "other") {
			shares[i] = 1
		}
		total += shares[i]
	}
	left := j.Grant
	var rows forms.Rows
	for i, line := range lines {
		what, kind := pair(line)
		amount := j.Grant * shares[i] / total / 10 * 10
		if i == len(lines)-1 {
			amount = left
		}
		left -= amount
		rows = append(rows, forms.Row{Cells: forms.Answers{"what": raw(what), "kind": raw(kind), "amount": raw(forms.Money{Minor: int64(amount) * 100, Currency: "EUR"})}})
	}
	return rows
}

func (j *Joint) risks() forms.Rows {
	var rows forms.Rows
	for _, text := range j.pen.some(j.words.Common.Risks, 2+j.pen.random.IntN(2)) {
		risk, answer := pair(text)
		rows = append(rows, forms.Row{Cells: forms.Answers{"risk": raw(risk), "answer": raw(answer)}})
	}
	return rows
}

// Half leaves out some of the answers, as a draft has them: share of a hundred stay.
func Half(a forms.Answers, share int, random *rand.Rand) forms.Answers {
	kept := map[string]json.RawMessage{}
	for _, ref := range sorted(a) {
		if random.IntN(100) < share {
			kept[ref] = a[ref]
		}
	}
	return kept
}
