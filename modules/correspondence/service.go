package correspondence

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
	"kervan/policies"
	"kervan/tenants"
)

// People tells where and in which language to reach somebody. The accounts module satisfies it.
type People interface {
	Recipients(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]Recipient, error)
}

// Config is what the service needs.
type Config struct {
	Policies *policies.Authorizer
	Catalog  *i18n.Catalog
	People   People
	// Sender takes the mails away; nil keeps them for the development mailbox.
	Sender mail.Sender
	// Origin is the address of a tenant's site, such as https://name.example.org, for the links in mails.
	Origin func(t tenants.Tenant) string
	// Colours are the brand's colours for a button.
	Colours func(t tenants.Tenant) (ground, text string)
	// Logo is the network's, a PNG; nil where it has none, or none can be had just now. Nil: no network has one.
	Logo func(ctx context.Context, t tenants.Tenant) []byte
	// Own is in whose name a network's mails go out; nil: in the platform's. Nil: no network has one of its own.
	Own func(ctx context.Context, t tenants.Tenant) *mail.Own
	// Concealed lists the things of which the actor must not know, such as applications in which they have a conflict of
	// interest: messages about them do not exist for the actor. Nil conceals nothing.
	Concealed func(ctx context.Context, sc tenants.Scope) ([]string, error)
	// Opens reports whether an actor may ever see the page at a path: who may not is not told of it under the bell. Nil: everybody may.
	Opens func(actor tenants.Actor, path string) bool
}

// Service writes, holds, releases and sends messages.
type Service struct{ Config }

// New makes the service.
func New(config Config) *Service { return &Service{config} }

func (s *Service) concealed(ctx context.Context, sc tenants.Scope) ([]string, error) {
	if s.Concealed == nil {
		return nil, nil
	}
	return s.Concealed(ctx, sc)
}

// logo is the network's as it is now: a letter that waited goes out under today's letterhead.
func (s *Service) logo(ctx context.Context, sc tenants.Scope) []byte {
	if s.Logo == nil {
		return nil
	}
	return s.Logo(ctx, sc.Tenant())
}

// own is in whose name the network's mails go out at this moment: one that waited may go out in another than it would have.
func (s *Service) own(ctx context.Context, sc tenants.Scope) *mail.Own {
	if s.Own == nil {
		return nil
	}
	return s.Own(ctx, sc.Tenant())
}

const deliverJob = "correspondence.deliver"

// Delivery is the argument of the job that sends a message.
type Delivery struct {
	Message ids.Message `json:"message"`
}

// Write is the reaction to events.MailRequested: it writes the message in its recipient's language and, unless it is to
// be held, has it sent. Only the system may.
func (s *Service) Write(ctx context.Context, sc tenants.Scope, e events.MailRequested) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	to := Recipient{Name: e.Name, Address: e.Address, Locale: e.Locale}
	if !e.Person.IsZero() {
		found, err := s.People.Recipients(ctx, sc, []ids.Person{e.Person})
		if err != nil {
			return err
		}
		known, ok := found[e.Person]
		if !ok {
			slog.Warn("message to nobody", "kind", e.Kind)
			return nil
		}
		to = known
	}
	m, err := s.compose(ctx, sc, e, to)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if m.Status, err = statusIn(ctx, tx, m); err != nil {
			return err
		}
		if m.Status == StatusReleased {
			if m.ReleasedAt, err = tx.Now(ctx); err != nil {
				return err
			}
		}
		written, err := insert(ctx, tx, m)
		if err != nil || !written {
			return err
		}
		if m.Status == StatusReleased {
			tx.Enqueue(deliverJob, Delivery{m.ID})
		}
		return nil
	})
}

func (s *Service) compose(ctx context.Context, sc tenants.Scope, e events.MailRequested, to Recipient) (Message, error) {
	tenant := sc.Tenant()
	loc := s.Catalog.Localizer(to.Locale, nil).Saying(tenant.Wording)
	values := values(e, to, tenant, loc)
	args := map[string]any{}
	for name, value := range values {
		args[name] = value
	}
	body := mail.Body{Lang: string(loc.Locale), Brand: tenant.Name, Footer: loc.T("correspondence.footer", "Network", tenant.Name)}
	body.Colour, body.OnColour = s.Colours(tenant)
	if logo := tenant.Brand.Logo; logo.Set != "" {
		body.Logo, body.LogoAlt = true, logo.Alt.String(loc.Locale, tenant.Locales...)
	}
	held := e.Hold
	if composed := e.Subject.String(loc.Locale, tenant.Locales...); composed != "" {
		var gaps bool
		body.Subject, body.Letter, gaps = merge(composed, e.Body.String(loc.Locale, tenant.Locales...), values, e.Lists, loc.Locale)
		held = held || gaps
	} else {
		body.Subject = loc.With(e.Kind+".subject", args)
		body.Paragraphs = mail.Paragraphs(loc.With(e.Kind+".body", args))
	}
	if e.Path != "" {
		body.Button, body.URL = loc.With(e.Kind+".button", args), s.Origin(tenant)+e.Path
	}
	html, err := body.HTML(ctx)
	if err != nil {
		return Message{}, err
	}
	status := StatusReleased
	if held {
		status = StatusHeld
	}
	m := Message{
		ID: e.ID, Kind: e.Kind, Status: status, Person: to.Person, Address: to.Address, Name: to.Name, Locale: loc.Locale,
		Subject: body.Subject, Body: body.Text(), HTML: html, Secret: e.Secret, Veiled: e.Veiled, Batch: e.Batch, AboutKind: e.AboutKind, AboutID: e.AboutID,
	}
	m.Search = searched(m.known(), m.Subject)
	return m, nil
}

// leaves reports whether mails are sent: never out of a rehearsal, where they end in the outbox.
func (s *Service) leaves(from tenants.Tenant) bool {
	return s.Sender != nil && from.Kind != tenants.KindRehearsal
}

// Deliver is the job that sends one released message. A message that is not released any more is left alone.
// Only the system may.
func (s *Service) Deliver(ctx context.Context, sc tenants.Scope, args Delivery) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	m, found, err := find(ctx, sc.Read(), args.Message)
	if err != nil || !found || m.Status != StatusReleased {
		return err
	}
	if s.leaves(sc.Tenant()) {
		sender := sc.Tenant().Brand.SenderName
		if sender == "" {
			sender = sc.Tenant().Name
		}
		err := s.Sender.Send(ctx, mail.Message{
			ID: m.ID.String(), FromName: sender, ToName: m.Name, To: m.Address, Subject: m.Subject, Text: m.Body, HTML: m.HTML, Logo: s.logo(ctx, sc), Own: s.own(ctx, sc),
		})
		if err != nil {
			return s.undelivered(ctx, sc, m, err)
		}
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := move(ctx, tx, m.ID, StatusReleased, StatusSent); err != nil {
			return err
		}
		if !s.leaves(sc.Tenant()) {
			return nil
		}
		return wipe(ctx, tx, m.ID)
	})
}

// Revoke is the reaction to events.MailRevoked. Only the system may.
func (s *Service) Revoke(ctx context.Context, sc tenants.Scope, e events.MailRevoked) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		cancelled, err := cancelHeld(ctx, tx, e)
		for _, id := range cancelled {
			tx.Audit(entry("message.cancelled", id, e.AboutID))
		}
		return err
	})
}

// entry is what the trail keeps of a message. It is told of what the message is about, too: it stays from whoever may learn nothing of
// that.
func entry(action string, id ids.Message, about string) audit.Entry {
	e := audit.Entry{Action: action, SubjectKind: "message", SubjectID: id.String()}
	if about != "" {
		e.Detail = map[string]any{audit.Among: []string{about}}
	}
	return e
}

// patience is how long a message is tried before it counts as not delivered; the queue itself would try about as long.
const patience = 4 * time.Hour

// undelivered lets the queue try again, or shows in the outbox that the message did not arrive, so that somebody can
// release it once more.
func (s *Service) undelivered(ctx context.Context, sc tenants.Scope, m Message, failed error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if now.Sub(m.ReleasedAt) < patience {
			return failed
		}
		slog.Warn("message not delivered", "message", m.ID.String(), "error", failed)
		_, err = move(ctx, tx, m.ID, StatusReleased, StatusFailed)
		return err
	})
}

// Notify is the reaction to events.NotificationRequested. Somebody who may not see any more where it leads, as their role has ended, is
// told nothing. Only the system may.
func (s *Service) Notify(ctx context.Context, sc tenants.Scope, e events.NotificationRequested) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	all := map[string]any{}
	for name, value := range e.Args {
		all[name] = value
	}
	for name, text := range e.Texts {
		all[name] = text
	}
	args, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("correspondence: write notification: %w", err)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if opens, err := s.opens(ctx, tx, e.Person); err != nil || !opens(e.Path) {
			return err
		}
		return insertNotification(ctx, tx, notificationRow{ID: e.ID, Person: e.Person, Key: e.Key, Args: args, Path: e.Path})
	})
}

// List shows the outbox, newest first, and how many match; a veiled address is left out. Coordinators and officers may.
func (s *Service) List(ctx context.Context, sc tenants.Scope, q Query) ([]Message, int, error) {
	if err := s.Policies.May(sc, policies.MessageList, policies.On{}); err != nil {
		return nil, 0, err
	}
	var err error
	if q.without, err = s.concealed(ctx, sc); err != nil {
		return nil, 0, err
	}
	rows, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	for i := range rows {
		if rows[i].Veiled {
			rows[i].Address = ""
		}
	}
	n, err := count(ctx, sc.Read(), q)
	return rows, n, err
}

// Message shows one message. The text of a security mail is shown to nobody but its recipient's mailbox, and a veiled
// address to nobody.
func (s *Service) Message(ctx context.Context, sc tenants.Scope, id ids.Message) (Message, error) {
	if err := s.Policies.May(sc, policies.MessageRead, policies.On{}); err != nil {
		return Message{}, err
	}
	m, found, err := find(ctx, sc.Read(), id)
	if err != nil {
		return Message{}, err
	}
	without, err := s.concealed(ctx, sc)
	if err != nil {
		return Message{}, err
	}
	if !found || slices.Contains(without, m.AboutID) {
		return Message{}, fault.NotFound()
	}
	if m.Secret {
		m.Body, m.HTML = "", ""
	}
	if m.Veiled {
		m.Address = ""
	}
	return m, nil
}

// Release lets held (or failed) messages go. Coordinators may. It returns how many went; those that had gone or were
// cancelled in the meantime are passed over, and so are letters that go with others.
func (s *Service) Release(ctx context.Context, sc tenants.Scope, messages []ids.Message) (int, error) {
	if err := s.Policies.May(sc, policies.MessageRelease, policies.On{}); err != nil {
		return 0, err
	}
	free := func(m Message) (Status, bool) {
		to, ok := m.Status.Release()
		return to, ok && !m.Bound
	}
	return s.moveAll(ctx, sc, messages, "message.released", free, func(tx *tenants.Tx, m Message) {
		tx.Enqueue(deliverJob, Delivery{m.ID})
		tx.Announce(events.MailReleased{Message: m.ID, Kind: m.Kind, AboutKind: m.AboutKind, AboutID: m.AboutID})
	})
}

// Cancel keeps held (or failed) messages from ever going. Coordinators may.
func (s *Service) Cancel(ctx context.Context, sc tenants.Scope, messages []ids.Message) (int, error) {
	if err := s.Policies.May(sc, policies.MessageRelease, policies.On{}); err != nil {
		return 0, err
	}
	return s.moveAll(ctx, sc, messages, "message.cancelled", func(m Message) (Status, bool) { return m.Status.Cancel() }, func(*tenants.Tx, Message) {})
}

func (s *Service) moveAll(ctx context.Context, sc tenants.Scope, messages []ids.Message, action string, next func(Message) (Status, bool), then func(*tenants.Tx, Message)) (int, error) {
	moved := 0
	without, err := s.concealed(ctx, sc)
	if err != nil {
		return 0, err
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		moved = 0
		for _, id := range messages {
			m, found, err := find(ctx, tx, id)
			if err != nil {
				return err
			}
			to, ok := next(m)
			if !found || !ok || slices.Contains(without, m.AboutID) {
				continue
			}
			changed, err := move(ctx, tx, id, m.Status, to)
			if err != nil {
				return err
			}
			if changed {
				moved++
				then(tx, m)
				tx.Audit(entry(action, id, m.AboutID))
			}
		}
		return nil
	})
	return moved, err
}

// Notification is a line under the actor's bell.
type Notification struct {
	Key  string
	Args map[string]any // for i18n.Localizer.With
	Path string
	Row  notificationRow
}

// Waiting counts the messages that wait for somebody: those that are held, and those that did not arrive. Coordinators and
// officers may.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) (map[Status]int, error) {
	if err := s.Policies.May(sc, policies.MessageList, policies.On{}); err != nil {
		return nil, err
	}
	without, err := s.concealed(ctx, sc)
	if err != nil {
		return nil, err
	}
	return waitingByStatus(ctx, sc.Read(), without)
}

// Notifications lists the actor's own.
func (s *Service) Notifications(ctx context.Context, sc tenants.Scope) ([]Notification, error) {
	return s.Latest(ctx, sc, 100)
}

// Latest lists the actor's own latest notifications, the newest first.
func (s *Service) Latest(ctx context.Context, sc tenants.Scope, limit int64) ([]Notification, error) {
	if err := s.Policies.May(sc, policies.NotificationOwn, policies.On{}); err != nil {
		return nil, err
	}
	rows, err := notificationsOf(ctx, sc.Read(), sc.Actor().Person, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Notification, len(rows))
	for i, r := range rows {
		all[i] = Notification{Key: r.Key, Path: r.Path, Row: r}
		if err := json.Unmarshal(r.Args, &all[i].Args); err != nil {
			return nil, fmt.Errorf("correspondence: read notification: %w", err)
		}
		for name, value := range all[i].Args {
			if byLanguage, ok := value.(map[string]any); ok {
				all[i].Args[name] = textOf(byLanguage)
			}
		}
	}
	return all, nil
}

// textOf is a text as JSON has given it back.
func textOf(byLanguage map[string]any) i18n.Text {
	t := i18n.Text{}
	for l, words := range byLanguage {
		t[i18n.Locale(l)], _ = words.(string)
	}
	return t
}

// MarkRead marks the actor's own notifications as read.
func (s *Service) MarkRead(ctx context.Context, sc tenants.Scope) error {
	if err := s.Policies.May(sc, policies.NotificationOwn, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return readAll(ctx, tx, sc.Actor().Person) })
}

// Unread counts the actor's unread notifications. It satisfies site.Unread.
func (s *Service) Unread(ctx context.Context, sc tenants.Scope) (int, error) {
	if !sc.Actor().Signed() {
		return 0, nil
	}
	return unread(ctx, sc, sc.Actor().Person)
}
