package programs

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/atom"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/markdown"
	"kervan/modules/kernel/schemaorg"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/tenants"
)

// entries are the published calls for whoever subscribes to them, the one that was published last first.
func (w *Web) entries(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]atom.Entry, error) {
	calls, err := w.service.Browse(ctx, sc)
	if err != nil {
		return nil, err
	}
	calls = newest(calls, 50)
	entries := make([]atom.Entry, len(calls))
	for i := range calls {
		c := &calls[i]
		entries[i] = atom.Entry{
			ID: "urn:uuid:" + c.ID.String(), Title: c.Title.String(loc.Locale, c.Locales...), Link: "/calls/" + c.ID.String(),
			Summary:   c.Summary.String(loc.Locale, c.Locales...) + " " + loc.T("programs.closes") + ": " + loc.DateTimeIn(c.Until(), c.Location()),
			Published: c.PublishedAt, Updated: c.ChangedAt,
		}
	}
	return entries, nil
}

// addresses are the list of calls and every published one.
func (w *Web) addresses(ctx context.Context, sc tenants.Scope) ([]site.Address, error) {
	calls, err := w.service.Browse(ctx, sc)
	if err != nil {
		return nil, err
	}
	all := []site.Address{{Path: "/calls"}}
	for i := range calls {
		all = append(all, site.Address{Path: "/calls/" + calls[i].ID.String(), Changed: calls[i].ChangedAt})
		if calls[i].ChangedAt.After(all[0].Changed) {
			all[0].Changed = calls[i].ChangedAt
		}
	}
	return all, nil
}

// tell fills in what search engines and cards say of a call: the money, the time in which it takes applications, and what
// was asked about it.
func (w *Web) tell(c *fiber.Ctx, sc tenants.Scope, p *ui.Page, shown looked) {
	call, address := &shown.call, p.Head.Canonical
	if call.State == Draft || address == "" {
		return
	}
	title, summary := p.Title, call.Summary.String(p.Loc.Locale, call.Locales...)
	p.Head.Description, p.Head.Article = ui.Excerpt(summary), true
	funder := w.site.Organization(c, sc)
	p.Head.Data = append(p.Head.Data, schemaorg.NewGrant(title, summary, address, string(p.Loc.Locale), funder, call.GrantMinor, call.GrantCurrency))
	if !call.OpensAt.IsZero() {
		p.Head.Data = append(p.Head.Data, schemaorg.NewEvent(title, summary, address, funder, call.OpensAt.In(call.Location()), call.Until().In(call.Location())))
	}
	if len(shown.answered) > 0 {
		pairs := make([][2]string, len(shown.answered))
		for i := range shown.answered {
			q := &shown.answered[i]
			pairs[i] = [2]string{q.Words.String(p.Loc.Locale, call.Locales...), markdown.Plain(q.Answer.String(p.Loc.Locale, call.Locales...))}
		}
		p.Head.Data = append(p.Head.Data, schemaorg.NewFAQ(pairs...))
	}
}

// newest are the calls that were published last, at most so many.
func newest(calls []Call, most int) []Call {
	slices.SortStableFunc(calls, func(a, b Call) int { return b.PublishedAt.Compare(a.PublishedAt) })
	return calls[:min(most, len(calls))]
}

// Search finds the published calls in which all of the folded words stand, for the search over all that is public.
func (w *Web) Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error) {
	calls, err := w.service.Browse(ctx, sc)
	if err != nil {
		return nil, err
	}
	var hits []site.Hit
	for i := range calls {
		c := &calls[i]
		var stands strings.Builder
		for _, l := range c.Locales {
			stands.WriteString(i18n.SearchKey(c.Title[l]+" "+c.Summary[l]) + "\n")
		}
		if slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(stands.String(), word) }) {
			continue
		}
		title, in := c.Title.In(loc.Locale, c.Locales...)
		hit := site.Hit{Title: title, Text: c.Summary.String(loc.Locale, c.Locales...), Href: "/calls/" + c.ID.String()}
		if in != loc.Locale {
			hit.Lang = string(in)
		}
		hits = append(hits, hit)
	}
	return hits, nil
}
