package applications

import (
	"context"
	"strings"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// News is what is new in the form of an application since the actor's organization has last looked.
type News struct {
	Definition *forms.Definition
	Changes    []forms.Change
	Shown      ids.FormVersion // up to which it tells, for HaveSeen
}

// formChanged lets the applications that can still be changed ask what the newest version of their call's form asks: drafts,
// and those handed in, of which what was handed in stays as it is. Whoever stood by a draft did so without the new questions,
// so confirmations of drafts are taken back where there are any. All their people are told what is new.
func (s *Service) formChanged(ctx context.Context, sc tenants.Scope, e events.FormChanged) error {
	call, err := s.call(ctx, sc, e.Call) // whatever has changed since is an event of its own
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		all, err := behind(ctx, tx, e.Call, call.FormVersion)
		if err != nil || len(all) == 0 {
			return err
		}
		before, err := s.forms.VersionIn(ctx, tx, e.From)
		if err != nil {
			return err
		}
		after, err := s.forms.VersionIn(ctx, tx, call.FormVersion)
		if err != nil {
			return err
		}
		var sheets []ids.Sheet
		for i := range all {
			sheets = append(sheets, all[i].Joint)
			for _, p := range all[i].Parts {
				sheets = append(sheets, p.Sheet)
			}
		}
		if err := s.forms.Move(ctx, tx, call.FormVersion, sheets...); err != nil {
			return err
		}
		for i := range all {
			all[i].FormVersion = call.FormVersion
		}
		if err := s.takeAlong(ctx, tx, all...); err != nil {
			return err
		}
		news := forms.News(*before.Definition, *after.Definition)
		if err := renew(ctx, tx, all, call.FormVersion, len(news) > 0); err != nil {
			return err
		}
		return s.tellNews(ctx, tx, all, call, listed(after.Definition, news))
	})
}

// listed are the questions that are new or different, one a line, in every language of the form.
func listed(d *forms.Definition, news []forms.Change) i18n.Text {
	text := i18n.Text{}
	for _, l := range d.Locales {
		var lines []string
		for _, c := range news {
			if q, s, _ := d.Question(c.Question); q != nil {
				lines = append(lines, "– "+s.Title.String(l, d.Locales...)+": "+q.Label.String(l, d.Locales...))
			}
		}
		text[l] = strings.Join(lines, "\n")
	}
	return text
}

// tellNews writes to the leads of every organization and puts a line under everybody's bell, all people in one query. Where
// nothing is new, only the bell rings.
func (s *Service) tellNews(ctx context.Context, tx *tenants.Tx, all []Application, call Call, news i18n.Text) error {
	var organizations []ids.Organization
	for i := range all {
		organizations = append(organizations, all[i].Organizations()...)
	}
	members, err := tenants.MembersOf(ctx, tx, organizations...)
	if err != nil {
		return err
	}
	for i := range all {
		a := &all[i]
		var own []tenants.Membership
		for _, m := range members {
			if a.Part(m.Organization) == nil {
				continue
			}
			own = append(own, m)
			if m.Role == tenants.RoleLead && news.String(call.Locales[0], call.Locales...) != "" {
				tx.Announce(events.MailRequested{
					Kind: mailKind("form_changed"), Person: m.Person, Path: address(a.ID, ""), AboutKind: "application", AboutID: a.ID.String(),
					Texts: map[string]i18n.Text{"Call": call.Title, "Questions": news},
				})
			}
		}
		ring(tx, own, events.NotificationRequested{Key: "applications.notify.form_changed", Path: address(a.ID, ""), Texts: map[string]i18n.Text{"Call": call.Title}})
	}
	return nil
}

// news are what is new in the form of an application for the organizations for which the actor fills parts; none once it
// was seen. Of several, the one that knows the oldest form is told everything.
func (s *Service) news(ctx context.Context, sc tenants.Scope, a *Application, now *forms.Definition) (News, error) {
	var known forms.Version
	if a.State != Draft && a.State != Submitted {
		return News{}, nil
	}
	for _, p := range mineOf(sc, a) {
		if p.NewsSince.IsZero() {
			continue
		}
		v, err := s.forms.Version(ctx, sc, p.NewsSince)
		if err != nil {
			return News{}, err
		}
		if known.Definition == nil || v.Number < known.Number {
			known = v
		}
	}
	if known.Definition == nil {
		return News{}, nil
	}
	return News{Definition: now, Changes: forms.News(*known.Definition, *now), Shown: a.FormVersion}, nil
}

// HaveSeen notes that the people of the actor's organizations have seen what is new in the application's form up to the
// version that they were shown; a version that the form does not have, or that is older than what they know, changes
// nothing. They may. Fault: NotFound.
func (s *Service) HaveSeen(ctx context.Context, sc tenants.Scope, id ids.Application, shown ids.FormVersion) error {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationFill, &a); err != nil {
			return err
		}
		var mine []ids.Organization
		for _, p := range mineOf(sc, &a) {
			mine = append(mine, p.Organization)
		}
		if len(mine) == 0 {
			return nil
		}
		return seen(ctx, tx, id, mine, shown)
	})
}
