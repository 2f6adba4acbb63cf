package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/calendar"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// Dates lists days and instants that the actor should know of, in their language, for their calendar program; addresses
// are paths of this site. What a person must do by a date is there anyway, from the tasks.
type Dates func(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]calendar.Event, error)

const feedRoot = "/calendar-feeds/"

// FeedPath is the path under which a calendar program reads the dates of whoever has the secret.
func FeedPath(secret string) string { return feedRoot + secret }

// feed is one person's dates, by a secret address instead of a session: what each of their roles must do by when, and what
// the modules add. It speaks the person's own language.
func (s *Site) feed(c *fiber.Ctx, sc tenants.Scope) error {
	actor, found, err := s.Sessions.Subscriber(c.UserContext(), sc, web.Param(c, "feed"), web.Address(c))
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	sc = sc.As(actor)
	loc := s.Catalog.Localizer(s.spoken(sc), i18n.Zone(sc.Tenant().Zone)).Saying(sc.Tenant().Wording)
	events, err := s.dates(c.UserContext(), sc, loc)
	if err != nil {
		return err
	}
	for i := range events {
		events[i].URL = web.Origin(c, s.Secure) + events[i].URL
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=900")
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(calendar.Write(loc.T("site.feed.name", "Network", sc.Tenant().Name), time.Now(), events))
}

// spoken is the language that the person has chosen, as far as the network speaks it.
func (s *Site) spoken(sc tenants.Scope) i18n.Locale {
	return i18n.Negotiate(string(sc.Actor().Locale), sc.Tenant().Locales)
}

func (s *Site) dates(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]calendar.Event, error) {
	var events []calendar.Event
	for _, m := range s.modules {
		for _, ask := range m.Tasks {
			tasks, err := ask(ctx, sc, loc)
			if err != nil {
				return nil, err
			}
			for _, t := range tasks {
				if !t.Due.IsZero() && !t.Done {
					events = append(events, calendar.Event{UID: taskUID(sc, t), Title: t.Title, Text: t.Hint, URL: t.Href, First: t.Due})
				}
			}
		}
		for _, ask := range m.Dates {
			more, err := ask(ctx, sc, loc)
			if err != nil {
				return nil, err
			}
			events = append(events, more...)
		}
	}
	return events, nil
}

// taskUID names a task for good, so that one whose date has moved moves in the calendar, too.
func taskUID(sc tenants.Scope, t Task) string {
	sum := sha256.Sum256([]byte(sc.Tenant().ID.String() + "\x00" + sc.Actor().Person.String() + "\x00" + t.Href + "\x00" + t.Title))
	return hex.EncodeToString(sum[:12]) + "@kervan"
}
