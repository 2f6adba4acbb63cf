// Package mail makes and sends one message to one recipient. It writes HTML and plain text from the same paragraphs,
// and lets no value of a caller become a header, a link or markup.
package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"kervan/modules/kernel/markdown"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Message is one mail. ID is fixed when the message is written, so that one that had to be sent twice is recognized.
type Message struct {
	ID       string // the part of the Message-ID before the @
	FromName string
	ToName   string
	To       string
	Subject  string
	Text     string
	HTML     string
	// Logo is the PNG that the HTML shows where it has a place for one; empty: none. It travels in the message itself, so that
	// opening a mail tells nobody anything, and it is seen where pictures from elsewhere are not loaded.
	Logo []byte
	// Own is in whose name the message goes out; nil: in that of the server.
	Own *Own
}

// Sender takes messages away.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// SMTP sends by a mail server. The address is smtp://user:password@host:port?from=name@example.org or smtps://…; with
// smtp the connection is upgraded to TLS unless the host is this machine.
type SMTP struct {
	host     string
	options  []gomail.Option
	from     string
	fromHost string
}

// NewSMTP reads the address of the mail server.
func NewSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail: the server's address is not smtp://… or smtps://…")
	}
	from, err := mail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return nil, fmt.Errorf("mail: the server's address names no sender (?from=): %w", err)
	}
	s := &SMTP{host: u.Hostname(), from: from.Address, fromHost: from.Address[strings.LastIndex(from.Address, "@")+1:]}
	s.options = append(s.options, gomail.WithTimeout(15*time.Second))
	switch {
	case u.Scheme == "smtps":
		s.options = append(s.options, gomail.WithSSL())
	case s.host == "localhost" || s.host == "127.0.0.1" || s.host == "::1":
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if port := u.Port(); port != "" {
		var n int
		if _, err := fmt.Sscan(port, &n); err != nil {
			return nil, fmt.Errorf("mail: port %q: %w", port, err)
		}
		s.options = append(s.options, gomail.WithPort(n))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

// Send hands the message to the server. An error means that it may be tried again. A message with a sender of its own that
// the server refuses for good goes out in the server's name instead, so that a server which lets nobody send in another's
// name loses nothing.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	err := s.send(ctx, m)
	if m.Own != nil && refused(err) {
		slog.Warn("mail server takes nothing from this sender", "sender", m.Own.Address, "error", err)
		m.Own = nil
		err = s.send(ctx, m)
	}
	return err
}

func (s *SMTP) send(ctx context.Context, m Message) error {
	l, err := s.write(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail: make client: %w", err)
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: reach server: %v", err) //nolint:errorlint // what the server says here is not about the letter
	}
	defer func() { _ = server.Close() }()
	if err := l.hand(server); err != nil {
		return fmt.Errorf("mail: send: %w", err)
	}
	if err := server.Quit(); err != nil {
		slog.Debug("mail server did not say goodbye", "error", err)
	}
	return nil
}

// posted is a letter in its envelope, as it goes over the wire.
type posted struct {
	from, to string
	raw      []byte
}

// hand gives the letter to a server that one is connected with. When it returns nil the server has taken it.
func (l posted) hand(server *smtp.Client) error {
	if err := server.Mail(l.from); err != nil {
		return err
	}
	if err := server.Rcpt(l.to); err != nil {
		return err
	}
	data, err := server.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(l.raw); err != nil {
		return err
	}
	return data.Close()
}

// From is the address from which messages without a sender of their own go out.
func (s *SMTP) From() string { return s.from }

// write makes the letter, signed where it has a sender of its own.
func (s *SMTP) write(m Message) (posted, error) {
	from := s.from
	if m.Own != nil {
		from = m.Own.Address
	}
	msg, err := s.build(m, from)
	if err != nil {
		return posted{}, err
	}
	sender, err := msg.GetSender(false)
	if err != nil {
		return posted{}, fmt.Errorf("mail: sender: %w", err)
	}
	recipients, err := msg.GetRecipients()
	if err != nil || len(recipients) != 1 {
		return posted{}, fmt.Errorf("mail: %d recipients: %w", len(recipients), err)
	}
	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return posted{}, fmt.Errorf("mail: write: %w", err)
	}
	l := posted{from: sender, to: recipients[0], raw: out.Bytes()}
	if m.Own != nil {
		l.raw, err = m.Own.sign(l.raw)
	}
	return l, err
}

func (s *SMTP) build(m Message, from string) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(named(m.FromName, from)); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := msg.AddTo(named(m.ToName, m.To)); err != nil {
		return nil, fmt.Errorf("mail: recipient: %w", err)
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetMessageIDWithValue(oneLine(m.ID) + "@" + s.fromHost)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML == "" {
		return msg, nil
	}
	if len(m.Logo) == 0 || !strings.Contains(m.HTML, logoPlace) {
		msg.AddAlternativeString(gomail.TypeTextHTML, withoutLogo(m.HTML))
		return msg, nil
	}
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	err := msg.EmbedReader("logo.png", bytes.NewReader(m.Logo), gomail.WithFileContentID("<"+logoID+">"), gomail.WithFileContentType("image/png"))
	if err != nil {
		return nil, fmt.Errorf("mail: logo: %w", err)
	}
	return msg, nil
}

// named is an address with a name, quoted or encoded so that the name is nothing but a name.
func named(name, address string) string {
	return (&mail.Address{Name: oneLine(name), Address: address}).String()
}

// oneLine makes a text safe for a header: one line, no control characters, at most 200 characters.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return strings.TrimSpace(s)
}

// Body is what a message says, from which both its forms are made.
type Body struct {
	Lang       string
	Brand      string
	Logo       bool   // a place for the network's logo
	LogoAlt    string // what it shows; empty: the name beside it says enough
	Colour     string // of the button, #rrggbb; text on it is OnColour
	OnColour   string
	Subject    string
	Paragraphs []string
	Letter     string // in Markdown, instead of Paragraphs
	Button     string
	URL        string
	Footer     string
}

// Paragraphs splits a text at its empty lines.
func Paragraphs(text string) []string {
	var all []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// Text is the body in plain text.
func (b Body) Text() string {
	parts := append([]string{}, b.Paragraphs...)
	if b.Letter != "" {
		parts = []string{markdown.Plain(b.Letter)}
	}
	if b.URL != "" {
		parts = append(parts, b.Button+":\n"+b.URL)
	}
	return strings.Join(append(parts, "-- \n"+b.Footer), "\n\n") + "\n"
}

// HTML is the body as a page that mail programs understand.
func (b Body) HTML(ctx context.Context) (string, error) {
	var out bytes.Buffer
	if err := letter(b).Render(ctx, &out); err != nil {
		return "", fmt.Errorf("mail: write HTML: %w", err)
	}
	return out.String(), nil
}
