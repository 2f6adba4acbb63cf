package matching

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Bounds of what organizations write to each other.
const (
	maxBody   = 4000
	mostADay  = 20 // from one organization to another
	mostBegun = 15 // threads that one organization begins in a day
	mostShown = 100
)

// blocking is why nobody writes to an organization from which their own takes no messages.
const blocking = "matching.message.blocking"

// Message is one that an organization has written to another.
type Message struct {
	ID   ids.Message
	By   ids.Organization
	Body string // plain text
	At   time.Time
}

// Thread is what two organizations write to each other, as one of them sees it.
type Thread struct {
	ID     ids.Thread
	Own    ids.Organization
	Other  Organization
	Last   Message
	Unread bool // there is something that the reader has not seen
}

// Conversation is a thread with what was written.
type Conversation struct {
	Thread

	Messages []Message
	Earlier  bool   // there are more before these
	Refused  string // the message key of why the own organization may not write; empty: it may
	Blocked  bool   // because it takes no messages from the other one
	Reported bool   // the own organization has reported it, and nobody has decided
}

// writer is who writes, decided by policy.
func (s *Service) writer(sc tenants.Scope, own ids.Organization) error {
	return s.policies.May(sc, policies.PartnerWrite, of(own))
}

// MayWrite reports whether the actor may write to others for the organization.
func (s *Service) MayWrite(sc tenants.Scope, own ids.Organization) bool {
	return s.writer(sc, own) == nil
}

// Send writes to another organization. The people of the organization may. The first message goes between organizations that
// both can be found; the message's identifier makes that one is written once, however often it is sent. Whoever has not read
// an earlier one is not told again. Faults: Invalid by field (body), Conflict when one side takes no messages from the other or
// the organization may not write, TooMany, NotFound.
func (s *Service) Send(ctx context.Context, sc tenants.Scope, own, other ids.Organization, id ids.Message, body string) (ids.Thread, error) {
	if err := s.writer(sc, own); err != nil {
		return ids.Thread{}, err
	}
	if strings.TrimSpace(body) == "" {
		return ids.Thread{}, fault.Invalid("fault.check_fields", fault.At("body", "fault.required"))
	}
	if n := utf8.RuneCountInString(body); n > maxBody {
		return ids.Thread{}, fault.Invalid("fault.check_fields", fault.AtWith("body", "fault.too_long", fault.Args{"Length": n, "Max": maxBody}))
	}
	o, err := s.profile(ctx, sc, own)
	if err != nil {
		return ids.Thread{}, err
	}
	var thread ids.Thread
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdPair(ctx, tx, own, other); err != nil {
			return err
		}
		t, found, err := threadOf(ctx, tx, own, other)
		if err != nil {
			return err
		}
		if !found {
			if err := findable(ctx, tx, own, other); err != nil {
				return err
			}
		}
		key, err := refusal(ctx, tx, own, other)
		switch {
		case err != nil:
			return err
		case key != "":
			return fault.Conflict(key)
		}
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if !found {
			begun, err := begunBy(ctx, tx, own, at.Add(-24*time.Hour))
			if err != nil {
				return err
			}
			if begun >= mostBegun {
				return fault.TooMany("matching.message.too_many_begun")
			}
			t = newThread(own, other, at)
			if err := insertThread(ctx, tx, &t); err != nil {
				return err
			}
		}
		thread = t.ID
		return s.say(ctx, tx, &t, o, id, body, at)
	})
	return thread, err
}

// say adds a message to a thread and tells who has read all before it.
func (s *Service) say(ctx context.Context, tx *tenants.Tx, t *threadRow, own Organization, id ids.Message, body string, at time.Time) error {
	sent, last, err := sentBy(ctx, tx, t.ID, own.ID, at.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	r := messageRow{ID: id, ThreadID: t.ID, OrganizationID: own.ID, PersonID: tx.Scope().Actor().Person, Body: body, At: at}
	fresh, err := insertMessage(ctx, tx, &r)
	if err != nil || !fresh {
		return err
	}
	if sent >= mostADay {
		return fault.TooMany("matching.message.too_many")
	}
	members, err := tenants.MembersOf(ctx, tx, t.across(own.ID))
	if err != nil {
		return err
	}
	read, err := readings(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if !last.IsZero() && read[m.Person].Before(last) {
			continue // they have been told of an earlier one, and have not read it
		}
		tx.Announce(events.NotificationRequested{Person: m.Person, Key: "matching.notify.message", Path: threadPath(t.ID), Args: map[string]string{"Organization": own.Name}})
		// The outbox, in which the network's team reads, does not say who writes to whom, not even by the same address in two mails.
		tx.Announce(events.MailRequested{Kind: "matching.mail.message", Person: m.Person, Path: messagesPath, Args: map[string]string{}})
	}
	return nil
}

func threadPath(id ids.Thread) string { return messagesPath + "/" + id.String() }

// Threads lists whom an organization writes to, the latest first; after is the last one of the page before. Its people may.
func (s *Service) Threads(ctx context.Context, sc tenants.Scope, own ids.Organization, after ids.Thread, limit int) ([]Thread, error) {
	if err := s.writer(sc, own); err != nil {
		return nil, err
	}
	rows, err := threadsOf(ctx, sc.Read(), own, sc.Actor().Person, after, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	others := make([]ids.Organization, len(rows))
	for i := range rows {
		others[i] = rows[i].across(own)
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, others)
	if err != nil {
		return nil, err
	}
	all := make([]Thread, len(rows))
	for i := range rows {
		all[i] = Thread{ID: rows[i].ID, Own: own, Other: known[others[i]], Last: rows[i].last(), Unread: rows[i].Unread}
	}
	return all, nil
}

// side finds a thread, and for which of its two organizations the actor speaks; for both, it is the one that is preferred.
func (s *Service) side(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization) (threadRow, ids.Organization, error) {
	if err := s.policies.Ever(sc, policies.PartnerWrite); err != nil {
		return threadRow{}, ids.Organization{}, err
	}
	t, err := findThread(ctx, sc.Read(), id)
	if err != nil {
		return t, ids.Organization{}, err
	}
	for _, own := range []ids.Organization{preferred, t.OneID, t.OtherID} {
		if (own == t.OneID || own == t.OtherID) && s.MayWrite(sc, own) {
			return t, own, nil
		}
	}
	return t, ids.Organization{}, fault.NotFound()
}

// Conversation is a thread with its newest messages, or with those before one of them. The people of its two organizations may.
// Fault: NotFound.
func (s *Service) Conversation(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization, before ids.Message) (Conversation, error) {
	t, own, err := s.side(ctx, sc, id, preferred)
	if err != nil {
		return Conversation{}, err
	}
	other := t.across(own)
	o, err := s.profile(ctx, sc, other)
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{Thread: Thread{ID: id, Own: own, Other: o}}
	if c.Messages, err = messagesOf(ctx, sc.Read(), id, before, mostShown+1); err != nil {
		return c, err
	}
	if c.Earlier = len(c.Messages) > mostShown; c.Earlier {
		c.Messages = c.Messages[1:]
	}
	read, err := readings(ctx, sc.Read(), id)
	if err != nil {
		return c, err
	}
	for _, m := range c.Messages {
		c.Unread = c.Unread || m.By == other && m.At.After(read[sc.Actor().Person])
	}
	if c.Refused, err = refusal(ctx, sc.Read(), own, other); err != nil {
		return c, err
	}
	c.Blocked = c.Refused == blocking
	c.Reported, err = reportedBy(ctx, sc.Read(), id, own)
	return c, err
}

// See keeps that the actor has read a thread up to now. The people of its two organizations may. Fault: NotFound.
func (s *Service) See(ctx context.Context, sc tenants.Scope, id ids.Thread) error {
	if _, _, err := s.side(ctx, sc, id, ids.Organization{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return see(ctx, tx, id, sc.Actor().Person, at)
	})
}

// Answer writes in a thread, as Send does.
func (s *Service) Answer(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization, message ids.Message, body string) error {
	t, own, err := s.side(ctx, sc, id, preferred)
	if err != nil {
		return err
	}
	_, err = s.Send(ctx, sc, own, t.across(own), message, body)
	return err
}

// Block takes no messages from the other side of a thread any more, nor sends any; Unblock does again. The people of the
// organization may; the other side is not told, until it writes. Fault: NotFound.
func (s *Service) Block(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization) error {
	return s.blocking(ctx, sc, id, preferred, func(own ids.Organization) audit.Entry { return entry("partner.blocked", own) }, block)
}

// Unblock takes messages from the other side of a thread again.
func (s *Service) Unblock(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization) error {
	return s.blocking(ctx, sc, id, preferred, func(own ids.Organization) audit.Entry { return entry("partner.unblocked", own) }, unblock)
}

func (s *Service) blocking(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization, done func(own ids.Organization) audit.Entry, change func(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error) error {
	t, own, err := s.side(ctx, sc, id, preferred)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(done(own))
		return change(ctx, tx, own, t.across(own))
	})
}

// Unread is in how many threads of the actor's organizations there is something that they have not seen. Who writes for no
// organization has none.
func (s *Service) Unread(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.Ever(sc, policies.PartnerWrite); err != nil {
		return 0, err
	}
	return countUnread(ctx, sc.Read(), sc.Actor().OrganizationsAs(tenants.RoleLead, tenants.RoleParticipant), sc.Actor().Person)
}

// Between is the thread in which two organizations write to each other; zero: there is none. The people of the first may.
func (s *Service) Between(ctx context.Context, sc tenants.Scope, own, other ids.Organization) (ids.Thread, error) {
	if err := s.writer(sc, own); err != nil {
		return ids.Thread{}, err
	}
	t, _, err := threadOf(ctx, sc.Read(), own, other)
	return t.ID, err
}
