package programs

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
)

// compositions are the patterns of seats that one may begin with.
func compositions(p ui.Page) []ui.Option {
	return compositionOptions(p, blueprints.Default().Compositions)
}

func plainOptions(values ...string) []ui.Option {
	var all []ui.Option
	for _, v := range values {
		all = append(all, ui.Option{Value: v, Label: v})
	}
	return all
}

func tone(phase Phase) string {
	switch phase {
	case PhaseOpen:
		return "success"
	case PhaseAnnounced:
		return "info"
	case PhaseDraft:
		return "warning"
	default:
		return "neutral"
	}
}

// text is one of the call's texts in the reader's language, and the language when it is another one.
func text(p ui.Page, c Call, t i18n.Text) (words, lang string) {
	words, in := t.In(p.Loc.Locale, c.Locales...)
	if in != p.Loc.Locale {
		lang = string(in)
	}
	return words, lang
}

func grant(p ui.Page, c Call) string {
	return forms.MoneyText(p.Loc, forms.Money{Minor: c.GrantMinor, Currency: c.GrantCurrency})
}

func facts(p ui.Page, c Call) []ui.Term {
	zone := c.Location()
	terms := []ui.Term{}
	if !c.OpensAt.IsZero() {
		terms = append(terms, ui.Term{Label: p.T("programs.opens"), Text: p.Loc.DateTimeIn(c.OpensAt, zone)})
	}
	if !c.ClosesAt.IsZero() {
		terms = append(terms, ui.Term{Label: p.T("programs.closes"), Component: ui.Deadline(p, c.ClosesAt, zone)})
	}
	if c.Places > 0 {
		terms = append(terms, ui.Term{Label: p.T("programs.places"), Text: p.N("programs.places_count", c.Places)})
	}
	if countries := quotaText(p, c.Quotas); countries != "" {
		terms = append(terms, ui.Term{Label: p.T("programs.quotas.most"), Text: countries})
	}
	for _, side := range blueprints.Ranged {
		if words := rangesText(p, c.Quotas, side); words != "" {
			terms = append(terms, ui.Term{Label: p.T("programs.quotas.term." + string(side)), Text: words})
		}
	}
	if c.GrantMinor > 0 {
		terms = append(terms, ui.Term{Label: p.T("programs.grant"), Text: p.T("programs.grant_each", "Amount", grant(p, c))})
	}
	words, lang := text(p, c, c.Composition.Name)
	if words == "" {
		return append(terms, ui.Term{Label: p.T("programs.seats"), Component: seatList(p, c)})
	}
	return append(terms, ui.Term{Label: p.T("programs.seats"), Text: words, Lang: lang})
}

func date(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return string(i18n.DayOf(t, zone))
}

func clock(t time.Time, zone *time.Location, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return t.In(zone).Format("15:04")
}

func amount(p ui.Page, minor int64) string {
	if minor == 0 {
		return ""
	}
	decimal, _ := p.Loc.Separators()
	whole, part := strconv.FormatInt(minor/100, 10), minor%100
	if part == 0 {
		return whole
	}
	return whole + decimal + strconv.FormatInt(part/10, 10) + strconv.FormatInt(part%10, 10)
}

// applyAddress is where applying begins; a visitor makes an account on the way.
func applyAddress(p ui.Page, c Call) string {
	begin := "/applications/new?call=" + c.ID.String()
	if p.Person == nil {
		return "/register?return=" + url.QueryEscape(begin)
	}
	return begin
}

// onPaper is a call's empty form: each organization's part, then what all write together.
func onPaper(p ui.Page, c Call, d *forms.Definition) pdf.Paper {
	paper := pdf.Paper{Brand: p.Brand, Loc: p.Loc.At(c.Location()), Title: c.Title.String(p.Loc.Locale, c.Locales...), Subtitle: p.T("programs.preview.lead"), Made: time.Now()}
	if p.Test != nil {
		paper.Warning = p.Test.Text
	}
	if !c.ClosesAt.IsZero() {
		paper.Blocks = append(paper.Blocks, pdf.Facts{{Term: p.T("programs.closes"), Value: p.Loc.DateTimeIn(c.ClosesAt, c.Location())}})
	}
	for _, part := range []struct {
		scope forms.Scope
		title string
	}{{forms.ScopePart, "programs.preview.part"}, {forms.ScopeJoint, "programs.preview.joint"}} {
		paper.Blocks = append(paper.Blocks, pdf.Page{}, pdf.Heading{Level: 1, Text: p.T(part.title)})
		paper.Blocks = append(paper.Blocks, forms.Paper(p.Loc, forms.Outline(p.Loc, d.Before(), part.scope))...)
	}
	if names := forms.LaterNames(p.Loc, d); len(names) > 0 {
		paper.Blocks = append(paper.Blocks, pdf.Paragraph{Text: p.T("programs.preview.later", "Questions", strings.Join(names, " · "))})
	}
	return paper
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func localeChoices(c Call, t typed) []ui.Option {
	var all []ui.Option
	for _, l := range i18n.All {
		chosen := slices.Contains(c.Locales, l)
		if t.all != nil {
			chosen = slices.Contains(t.all("locales"), string(l))
		}
		all = append(all, ui.Option{Value: string(l), Label: l.Name(), Selected: chosen})
	}
	return all
}

func documentChoices(p ui.Page, c Call, t typed) []ui.Option {
	var all []ui.Option
	for _, d := range c.Documents {
		chosen := d.Wanted
		if t.all != nil {
			chosen = slices.Contains(t.all("documents"), d.Key)
		}
		all = append(all, ui.Option{Value: d.Key, Label: d.Name.String(p.Loc.Locale, c.Locales...), Selected: chosen})
	}
	return all
}

func applicantChoices(p ui.Page, all map[ids.Organization]Applicant) []ui.Option {
	var options []ui.Option
	for id, a := range all {
		options = append(options, ui.Option{Value: id.String(), Label: a.Name})
	}
	i18n.Sort(p.Loc.Locale, options, func(o ui.Option) string { return o.Label })
	return options
}

func editTabs(p ui.Page, c Call, current string) []ui.Tab {
	var tabs []ui.Tab
	for _, name := range []string{"", "texts", "dates", "calendar", "rules", "eligibility", "form", "letters", "questions", "blueprint"} {
		href, key := address(c.ID), "programs.tab.overview"
		if name != "" {
			href, key = address(c.ID, name), "programs.tab."+name
		}
		if name == "form" {
			href = address(c.ID, "form", "edit")
		}
		tabs = append(tabs, ui.Tab{Label: p.T(key), Href: href, Current: name == current})
	}
	return tabs
}

func languageTabs(c Call, path string, current i18n.Locale) []ui.Tab {
	var tabs []ui.Tab
	for _, l := range c.Locales {
		tabs = append(tabs, ui.Tab{Label: l.Name(), Href: path + "language=" + string(l), Current: l == current})
	}
	return tabs
}

func needs(p ui.Page, o Overview) []ui.Task {
	var tasks []ui.Task
	for _, n := range o.Needs {
		task := ui.Task{Title: p.Loc.With("programs.need."+n.Key, n.Args), Href: address(o.Call.ID, n.Place), Status: p.T("programs.need.met"), Tone: "success"}
		if !n.Met {
			task.Status, task.Tone = p.T("programs.need.missing"), "warning"
		}
		tasks = append(tasks, task)
	}
	return tasks
}

func history(p ui.Page, c Call, log []Change) []ui.Step {
	zone := c.Location()
	var steps []ui.Step
	for _, change := range log {
		step := ui.Step{When: p.Loc.DateTimeIn(change.At, zone), Text: change.Reason}
		switch change.Kind {
		case "extended":
			step.Title = p.T("programs.change.extended", "From", p.Loc.DateTimeIn(Instant(change.Before), zone), "To", p.Loc.DateTimeIn(Instant(change.After), zone))
		case "texts":
			step.Title = p.T("programs.change.texts", "Language", i18n.Locale(change.Before).Name())
		case "calendar":
			step.Title = p.T("programs.change.calendar")
		case "form":
			step.Title = p.T("programs.change.form")
		case "criteria":
			step.Title = p.T("programs.change.criteria")
		case "anonymity":
			step.Title = p.T("programs.change.anonymity")
		case "retention":
			step.Title = p.T("programs.change.retention")
		case "closed":
			step.Title = p.T("programs.change.closed")
		default:
			step.Title = p.T("programs.change.opened")
		}
		steps = append(steps, step)
	}
	return steps
}
