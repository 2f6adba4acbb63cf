package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
)

// year is the one in which the demonstration's first applications are written; ages are counted from it.
const year = 2026

func (w *World) penFor(o *Organization) *pen {
	f := o.words.Fields[o.Profile.Fields[0]]
	years := max(2, year-o.Profile.Founded)
	facts := map[string][]string{
		"city": {o.city}, "founded": {strconv.Itoa(o.Profile.Founded)}, "years": {strconv.Itoa(years)}, "volunteers": {strconv.Itoa(o.Volunteers)},
		"staff": {strconv.Itoa(o.Staff)}, "members": {strconv.Itoa(o.Members)}, "years2": {strconv.Itoa(min(years, 2+w.random.IntN(9)))},
		"p1": {o.People[0].Given}, "p2": {o.People[1].Given}, "month": o.words.Common.Months,
	}
	tags := map[string]bool{
		"staff": o.Staff >= 2, "members": o.Members > 0, "nostaff": o.Staff == 0, "old": years > 15, "young": years < 6, "initiative": o.Profile.Form == organizations.Initiative,
	}
	p := &pen{random: w.random, worn: w.worn, used: map[string]bool{}, tags: tags, facts: facts, locale: o.Locale}
	p.does(f)
	return p
}

// does lets texts speak of a field of work.
func (p *pen) does(f field) {
	p.facts["work"], p.facts["groups"], p.facts["group"], p.facts["group_dat"], p.facts["field"] = f.Work, f.Groups, f.Groups, f.GroupDat, []string{f.Field}
}

// raw writes a value in its canonical form.
func raw(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // texts, numbers and lists of them always encode
	}
	return bytes.TrimSpace(b.Bytes())
}

func number(n int) json.RawMessage { return json.RawMessage(strconv.Itoa(n)) }

// Part answers the sections of the default form that an organization fills for itself: everything but the documents.
// Each call is one application: it takes new fragments.
func (o *Organization) Part(d *forms.Definition) forms.Answers {
	o.pen.used = map[string]bool{}
	a := forms.Answers{}
	o.about(a)
	o.persons(a)
	o.need(a)
	o.offer(a)
	o.declare(a, d)
	return forms.Visible(d, forms.ScopePart, a)
}

func (o *Organization) about(a forms.Answers) {
	p := o.Profile
	f := o.words.Fields[p.Fields[0]]
	a["org_name"] = raw(p.Name)
	if p.NameEnglish != "" {
		a["org_name_english"] = raw(p.NameEnglish)
	}
	a["legal_form"] = raw(string(p.Form))
	office := o.words.Common.RegistryOffice
	switch p.Form {
	case organizations.Foundation:
		office = o.words.Common.Foundations
	case organizations.Cooperative, organizations.SocialEnterprise:
		office = o.words.Common.TradeOffice
	}
	a["registry"] = raw(o.pen.fill(office))
	number0 := p.RegistryNumber
	if number0 == "" {
		number0 = "–"
	}
	a["registry_number"] = raw(number0)
	host := p.FiscalHost
	if host == "" {
		host = o.words.Common.NoFiscalHost
	}
	a["fiscal_host"] = raw(host)
	a["country"] = raw(string(p.Country))
	a["city"] = raw(p.City)
	a["meeting_place"] = raw(forms.AddressIn(string(p.Country), p.City))
	a["founded"] = number(p.Founded)
	if p.Website != "" {
		a["website"] = raw(p.Website)
	}
	a["staff"], a["volunteers"] = number(o.Staff), number(o.Volunteers)
	if o.Members > 0 {
		a["members"] = number(o.Members)
	}
	a["budget"] = raw(p.Budget)
	a["fields"] = raw(p.Fields)
	a["mission"] = raw(o.limit(120, o.pen.one(f.Mission), o.second()))
	a["working_languages"] = raw(o.languages(o.pen.random.IntN(3)))
}

// limit joins texts to paragraphs as long as they have no more words than that.
func (o *Organization) limit(words int, texts ...string) string {
	kept, n := []string{}, 0
	for _, t := range texts {
		c := forms.CountWords(t)
		if t == "" || n+c > words {
			continue
		}
		kept, n = append(kept, t), n+c
	}
	return paragraphs(kept...)
}

var levels = []string{"A2", "B1", "B1", "B2", "B2", "C1"}

// languages are what somebody of the organization speaks: their own and one or two others.
func (o *Organization) languages(shift int) forms.Languages {
	all := forms.Languages{{Code: o.speaks[0], Level: "native"}}
	for i, code := range o.speaks[1:] {
		if i == 0 || shift > 0 {
			all = append(all, forms.Language{Code: code, Level: levels[(o.pen.random.IntN(4)+shift)%len(levels)]})
		}
	}
	return all
}

func (o *Organization) persons(a forms.Answers) {
	lead := o.Lead()
	a["contact"] = raw(forms.Rows{{Cells: forms.Answers{"name": raw(lead.Name), "role": raw(lead.Role), "email": raw(lead.Email), "phone": raw(lead.Phone)}}})
	var rows forms.Rows
	for i := range 2 {
		p, r := o.People[i], o.People[i+2]
		o.pen.tags["f"], o.pen.tags["m"] = p.She, !p.She
		cells := forms.Answers{
			"name": raw(p.Name), "role": raw(p.Role), "email": raw(p.Email), "languages": raw(o.languages(i + 1)),
			"motivation": raw(o.pen.one(o.words.Common.Motive)), "travel_papers": raw(o.papersOf()),
		}
		if o.pen.random.IntN(5) == 0 {
			cells["access"] = raw(o.pen.one(o.words.Common.Access))
		}
		if o.pen.random.IntN(3) == 0 {
			cells["diet"] = raw(o.pen.one(o.words.Common.Diet))
		}
		rows = append(rows, forms.Row{Cells: cells, Replacement: forms.Answers{
			"name": raw(r.Name), "role": raw(r.Role), "email": raw(r.Email), "languages": raw(o.languages(i)),
		}})
	}
	a["participants"] = raw(rows)
}

// papersOf is whether somebody can travel.
func (o *Organization) papersOf() string {
	if o.Profile.Country != "TR" && o.Profile.Country != "GE" {
		return "free"
	}
	return weights{{"visa", 60}, {"free", 18}, {"passport", 18}, {"cannot", 4}}.pick(o.pen.random)
}

func (o *Organization) need(a forms.Answers) {
	n, c := o.words.Needs[o.Need], o.words.Common
	a["topics"] = raw(o.Topics)
	switch {
	case o.Project:
		a["issue"] = raw(o.limit(300, o.pen.one(c.ProjectIssue), prose(o.pen.one(n.Sign), o.pen.one(c.Notice))))
		a["tried"] = raw(o.limit(200, o.pen.one(c.VagueTried)))
		a["change"] = raw(o.limit(250, o.pen.one(c.VagueChange)))
	case o.Quality < 0.27:
		a["issue"] = raw(o.limit(300, o.pen.one(c.VagueIssue), prose(o.pen.one(n.Sign), o.pen.one(n.Cost))))
		a["tried"] = raw(o.limit(200, prose(o.pen.one(n.Tried), o.pen.one(c.VagueTried))))
		a["change"] = raw(o.limit(250, prose(o.pen.one(c.VagueChange), o.pen.one(n.Goal))))
	default:
		o.told(a, n)
	}
	carriers := []string{o.pen.one(c.Work), o.pen.one(c.Tell)}
	if o.Quality > 0.4 {
		carriers = append([]string{o.pen.one(c.Decide)}, carriers...)
	}
	a["carriers"] = raw(o.limit(150, prose(carriers...)))
	a["decided"] = raw("yes")
	if o.Quality < 0.5 && o.pen.random.IntN(3) == 0 {
		a["decided"] = raw("soon")
	}
	a["first_time"] = raw("yes")
	if !o.FirstTime {
		a["first_time"] = raw([]string{"some", "often"}[o.pen.random.IntN(2)])
	}
}

// told writes the need of those who know their problem; the better they know it, the more they tell.
func (o *Organization) told(a forms.Answers, n need) {
	c := o.words.Common
	more := 1
	if o.Quality > 0.5 {
		more = 2
	}
	issue := []string{prose(append([]string{o.pen.one(n.Scene)}, o.pen.some(n.Sign, more)...)...), prose(o.pen.one(c.Notice), o.pen.one(n.Cost))}
	if len(o.Topics) > 1 && o.Quality > 0.45 {
		other := o.words.Needs[o.Topics[1]]
		issue = append(issue, prose(o.pen.one(other.Scene), o.pen.one(other.Sign)))
	}
	issue = append(issue, o.pen.one(c.Closing))
	a["issue"] = raw(o.limit(300, issue...))
	a["tried"] = raw(o.limit(200, prose(o.pen.some(n.Tried, more+1)...), o.pen.one(c.Lesson)))
	goals := o.pen.some(n.Goal, more+1)
	if len(o.Topics) > 1 {
		goals = append(goals, o.pen.one(o.words.Needs[o.Topics[1]].Goal))
	}
	a["change"] = raw(o.limit(250, prose(goals...), o.pen.one(c.Seen)))
}

func (o *Organization) offer(a forms.Answers) {
	a["offer_topics"] = raw(o.Strengths)
	var texts []string
	for _, s := range o.Strengths {
		texts = append(texts, o.pen.one(o.words.Needs[s].Offer))
	}
	a["offer"] = raw(o.limit(200, texts...))
	hosting := weights{{"yes", 60}, {"help", 30}, {"no", 10}}.pick(o.pen.random)
	a["hosting"] = raw(hosting)
	a["hosting_people"] = number(2 + o.pen.random.IntN(7))
	a["hosting_help"] = raw(o.pen.one(o.words.Common.HostingHelp))
	a["hosting_why_not"] = raw(o.pen.one(o.words.Common.HostingNot))
}

func (o *Organization) declare(a forms.Answers, d *forms.Definition) {
	lead := o.Lead()
	a["signatory"] = raw(fmt.Sprintf("%s, %s", lead.Name, lead.Role))
	for _, key := range []string{"eligible", "no_double_funding", "code_of_conduct", "notice", "consent_directory", "consent_special", "consent_research", "consent_news"} {
		q, _, ok := d.Question(key)
		if !ok || q.Type == forms.TypeConsent && o.pen.random.IntN(3) == 0 {
			continue
		}
		a[key] = raw(forms.Statement{Given: true, Version: q.StatementVersion(), Locale: string(o.Locale)})
	}
}

// Looking answers the joint sections for an organization that seeks a partner.
func (o *Organization) Looking(d *forms.Definition) forms.Answers {
	n := o.words.Needs[o.Need]
	a := forms.Answers{"partner_state": raw("looking"), "wished_topics": raw(o.Topics[:1])}
	a["wished_profile"] = raw(o.limit(150, prose(append([]string{o.pen.one(n.Wish)}, o.pen.some(o.words.Common.WishClose, 2)...)...)))
	if o.pen.random.IntN(3) > 0 {
		wished := o.words.Common.WishedCountry
		if o.Profile.Country == "TR" && o.Locale == i18n.EN {
			wished = o.words.Common.WishedAbroad
		}
		a["wished_countries"] = raw(o.pen.one(wished))
	}
	return forms.Visible(d, forms.ScopeJoint, a)
}

// pair parts "a || b".
func pair(text string) (a, b string) {
	a, b, _ = strings.Cut(text, " || ")
	return a, b
}

func sorted(a forms.Answers) []string { return slices.Sorted(maps.Keys(a)) }

// LocaleOf is the language in which organizations write together: that of all of them, else English.
func LocaleOf(all ...*Organization) i18n.Locale {
	for _, o := range all {
		if o.Locale != all[0].Locale {
			return i18n.EN
		}
	}
	return all[0].Locale
}
