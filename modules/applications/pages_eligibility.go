package applications

import (
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
)

// ruleNews is what an application's people are told of a rule that is not met: why, and where it can be put right.
type ruleNews struct {
	Text, Lang string
	Who        string // the organization that it is about, where there are several
	Href       string
	Known      bool // it lies in the profile, not in an answer
}

func (h *Hall) rules(p ui.Page) []ruleNews {
	return rulesFor(p, &h.Overview, h.Findings, h.mine())
}

func (h *Hall) mine() []string {
	var seats []string
	for _, m := range h.Mine {
		seats = append(seats, m.Seat)
	}
	return seats
}

func (d *Desk) rules(p ui.Page) []ruleNews {
	var seats []string
	for _, f := range d.Findings {
		seats = append(seats, f.Seat)
	}
	return rulesFor(p, &d.Overview, d.Findings, seats)
}

// rulesFor puts findings into words for the people who fill those seats. What another organization has answered in its part
// is not told.
func rulesFor(p ui.Page, o *Overview, all []Finding, seats []string) []ruleNews {
	var news []ruleNews
	several := len(o.Application.Organizations()) > 1
	for _, f := range all {
		own := f.Seat == "" || slices.Contains(seats, f.Seat)
		one := ruleNews{}
		if several && !f.Organization.IsZero() {
			one.Who = o.Organizations[f.Organization].Name
		}
		switch text, lang := f.Reason.Reason.In(p.Loc.Locale, o.Call.Locales...); {
		case f.Private && !own:
			one.Text = p.T("applications.rules.other")
		case f.Truth == forms.Open:
			one.Text = p.T("applications.rules.open", "Rule", f.Reason.Name.String(p.Loc.Locale, o.Call.Locales...))
		default:
			one.Text = text
			if lang != p.Loc.Locale {
				one.Lang = string(lang)
			}
		}
		switch {
		case !own:
		case f.Question != "":
			var part *Part
			if f.Private {
				part = o.Seat(f.Seat)
			}
			one.Href = sectionAddress(o.ID, part, f.Section) + "#" + ui.Field{Name: forms.FieldName(f.Question)}.ID()
		default:
			one.Href, one.Known = "/organizations/"+f.Organization.String(), true
		}
		news = append(news, one)
	}
	return news
}

func truthBadge(p ui.Page, t forms.Truth) (text, tone string) {
	switch t {
	case forms.Holds:
		return p.T("applications.rules.holds"), "success"
	case forms.Fails:
		return p.T("applications.rules.fails"), "danger"
	default:
		return p.T("applications.rules.unknown"), "warning"
	}
}
