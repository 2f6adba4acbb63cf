package matching

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func topicName(p ui.Page, t Topic) string { return p.T(t.Word()) }

// kindName is how a kind of organization is called; nothing of what is none, as somebody may have typed it.
func kindName(p ui.Page, code string) string {
	if !slices.Contains(Kinds, code) {
		return ""
	}
	return p.T("matching.kind." + code)
}

func sizeName(p ui.Page, s Size) string {
	if s == "" {
		return ""
	}
	return p.T("matching.size." + string(s))
}

func fieldName(p ui.Page, code string) string { return p.T("matching.field." + code) }

// named puts the names of codes behind each other.
func named[C any](p ui.Page, codes []C, name func(ui.Page, C) string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = name(p, c)
	}
	return strings.Join(names, ", ")
}

func topicNames(p ui.Page, topics []Topic) string { return named(p, topics, topicName) }

func languageNames(p ui.Page, codes []string) string {
	namer := display.Languages(p.Loc.Locale.Tag())
	return named(p, codes, func(_ ui.Page, code string) string { return namer.Name(language.Make(code)) })
}

func countryNames(p ui.Page, codes []geo.Country) string {
	return named(p, codes, func(p ui.Page, c geo.Country) string { return c.Name(p.Loc.Locale) })
}

func topicOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(Topics))
	for i, t := range Topics {
		all[i] = ui.Option{Value: string(t), Label: topicName(p, t)}
	}
	return all
}

// options are the choices of codes, those chosen marked.
func options[C ~string](p ui.Page, codes, chosen []C, name func(ui.Page, C) string) []ui.Option {
	all := make([]ui.Option, len(codes))
	for i, c := range codes {
		all[i] = ui.Option{Value: string(c), Label: name(p, c), Selected: slices.Contains(chosen, c)}
	}
	return all
}

func languageOptions(p ui.Page, chosen []string) []ui.Option {
	namer := display.Languages(p.Loc.Locale.Tag())
	return options(p, Languages, chosen, func(_ ui.Page, code string) string { return namer.Name(language.Make(code)) })
}

func sizeOptions(p ui.Page, chosen []Size) []ui.Option { return options(p, Sizes, chosen, sizeName) }

func kindOptions(p ui.Page, chosen []string) []ui.Option { return options(p, Kinds, chosen, kindName) }

func relationOptions(p ui.Page) []ui.Option {
	return options(p, Relations, nil, func(p ui.Page, r Relation) string { return p.T("matching.relation." + string(r)) })
}

func countryOptions(p ui.Page, chosen []geo.Country) []ui.Option {
	all := make([]ui.Option, 0, 64)
	for _, c := range geo.Countries(p.Loc.Locale) {
		all = append(all, ui.Option{Value: string(c.Code), Label: c.Name, Selected: slices.Contains(chosen, c.Code)})
	}
	return all
}

// topicAt is the topic at a place of a ranking, from 0; empty: there is none.
func topicAt(topics []Topic, at int) string {
	if at >= len(topics) {
		return ""
	}
	return string(topics[at])
}

// at is where an organization is; of one of another network its country only.
func (o *Organization) at(p ui.Page) string {
	if o.City == "" {
		return o.Country.Name(p.Loc.Locale)
	}
	return o.City + ", " + o.Country.Name(p.Loc.Locale)
}

func day(p ui.Page, t time.Time) string { return p.Loc.Day(i18n.Day(dayOf(t))) }

// available says between which days the organization has time.
func available(p ui.Page, c *Card) string {
	switch {
	case !c.From.IsZero() && !c.Until.IsZero():
		return p.T("matching.available.between", "From", day(p, c.From), "Until", day(p, c.Until))
	case !c.From.IsZero():
		return p.T("matching.available.from", "From", day(p, c.From))
	case !c.Until.IsZero():
		return p.T("matching.available.until", "Until", day(p, c.Until))
	default:
		return ""
	}
}

func hosting(p ui.Page, c *Card) string {
	if c.Hosts == 0 {
		return p.T("matching.hosts.none")
	}
	return p.N("matching.hosts", c.Hosts)
}

// profileTerms are what the profile says of an organization.
func profileTerms(p ui.Page, o *Organization) []ui.Term {
	return told([]ui.Term{
		{Label: p.T("matching.kind"), Text: kindName(p, o.Form)},
		{Label: p.T("matching.size"), Text: sizeName(p, o.Size)},
		{Label: p.T("matching.fields"), Text: named(p, o.Fields, fieldName)},
		{Label: p.T("matching.profile.about"), Text: o.About},
	})
}

// cardTerms are what the card says beside needs and offers.
func cardTerms(p ui.Page, c *Card) []ui.Term {
	return told([]ui.Term{
		{Label: p.T("matching.card.languages"), Text: languageNames(p, c.Languages)},
		{Label: p.T("matching.available"), Text: available(p, c)},
		{Label: p.T("matching.shown.hosts"), Text: hosting(p, c)},
	})
}

// wishTerms are what the card says of the wished partner.
func wishTerms(p ui.Page, c *Card) []ui.Term {
	green := ""
	if c.Green {
		green = p.T("matching.green")
	}
	return told([]ui.Term{
		{Label: p.T("matching.card.countries"), Text: countryNames(p, c.Countries)},
		{Label: p.T("matching.card.kinds"), Text: named(p, c.Kinds, kindName)},
		{Label: p.T("matching.card.sizes"), Text: named(p, c.Sizes, sizeName)},
		{Label: p.T("matching.card.relation"), Text: p.T("matching.relation." + string(c.Relation))},
		{Label: p.T("matching.travel"), Text: green},
	})
}

func told(terms []ui.Term) []ui.Term {
	return slices.DeleteFunc(terms, func(t ui.Term) bool { return t.Text == "" })
}

// reason says in words what fits between two organizations, or does not.
func reason(p ui.Page, r *Reason) string {
	var list string
	switch {
	case len(r.Topics) > 0:
		list = topicNames(p, r.Topics)
	case len(r.Languages) > 0:
		list = languageNames(p, r.Languages)
	case len(r.Fields) > 0:
		list = named(p, r.Fields, fieldName)
	case len(r.Countries) > 0:
		list = countryNames(p, r.Countries)
	case len(r.Kinds) > 0:
		list = named(p, r.Kinds, kindName)
	case len(r.Sizes) > 0:
		list = named(p, r.Sizes, sizeName)
	}
	if !r.From.IsZero() {
		return p.T("matching.reason."+r.Key, "From", day(p, r.From), "Until", day(p, r.Until))
	}
	return p.T("matching.reason."+r.Key, "List", list)
}

// against are the reasons that do not fit.
func against(all []Reason) []Reason {
	return slices.DeleteFunc(slices.Clone(all), func(r Reason) bool { return r.Good })
}

// fitLines says in a list why an organization fits.
func fitLines(p ui.Page, f *Fit) []string {
	var lines []string
	for _, r := range []Reason{{Key: "get", Topics: f.Get}, {Key: "give", Topics: f.Give}, {Key: "share", Topics: f.Share}} {
		if len(r.Topics) > 0 {
			lines = append(lines, reason(p, &r))
		}
	}
	if len(f.Languages) == 0 {
		lines = append(lines, p.T("matching.reason.languages_none"))
	}
	return lines
}

// poolFields is what joining and leaving the pool send.
func poolFields(v own) map[string]string {
	return map[string]string{"version": strconv.FormatInt(v.Kept.Version, 10), "for": v.Own.ID.String()}
}

// roomTabs are the pages of partner finding that the reader has.
func roomTabs(p ui.Page, a *acting, current string) []ui.Tab {
	tabs := []ui.Tab{{Label: p.T("matching.directory.title"), Href: a.at(directoryPath), Current: current == directoryPath}}
	if len(a.All) > 0 {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.card.title"), Href: a.at(cardPath), Current: current == cardPath},
			ui.Tab{Label: p.T("matching.wishes.title"), Href: a.at(wishesPath), Current: current == wishesPath},
			ui.Tab{Label: p.T("matching.proposals.title"), Href: proposalsPath, Current: current == proposalsPath},
			ui.Tab{Label: p.T("matching.messages.title"), Href: a.at(messagesPath), Current: current == messagesPath})
	}
	if a.Abroad {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.common.abroad_tab"), Href: a.at(abroadPath), Current: current == abroadPath})
	}
	if a.Abroad {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.introductions.title"), Href: introductionsPath, Current: current == introductionsPath})
	}
	if a.Steers {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.rounds.title"), Href: roundsPath, Current: current == roundsPath})
	}
	if a.Offers {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.common.participation_tab"), Href: participationPath, Current: current == participationPath})
	}
	if a.Moderates {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.reports.title"), Href: reportsPath, Current: current == reportsPath})
	}
	return tabs
}

// about is what a button about another organization sends.
func about(a *acting, other ids.Organization) map[string]string {
	return map[string]string{"for": a.id(), "organization": other.String()}
}

// placing is what a button sends that moves a wish to a rank.
func placing(v *wishing, other ids.Organization, rank int) map[string]string {
	fields := about(&v.acting, other)
	fields["rank"] = strconv.Itoa(rank)
	return fields
}

// excerpt is the beginning of a message.
func excerpt(body string) string {
	const most = 140
	line := strings.Join(strings.Fields(body), " ")
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}

// earlier is the address of what was written before what a thread shows.
func earlier(v *talk) string {
	return threadPath(v.ID) + "?for=" + v.acting.id() + "&before=" + v.Messages[0].ID.String()
}

// nameIn is what one of the two sides of a thread is called.
func nameIn(v *talk, by ids.Organization) string {
	if by == v.Other.ID {
		return v.Other.Name
	}
	return v.acting.Own.Name
}
