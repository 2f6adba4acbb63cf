package mail_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"kervan/modules/kernel/mail"
)

// sink is a mail server that keeps what it is given.
type sink struct {
	mu     sync.Mutex
	from   []string
	to     []string
	taken  [][]byte
	refuse bool
	// Senders whose address has refuseFrom in it are refused with the code at that command.
	refuseFrom, at string
	code           int
}

func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }

type session struct {
	sink *sink
	from string
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

func (s *session) refused(at string) error {
	if s.sink.at == at && s.sink.refuseFrom != "" && strings.Contains(s.from, s.sink.refuseFrom) {
		return &smtp.SMTPError{Code: s.sink.code, EnhancedCode: smtp.EnhancedCode{s.sink.code / 100, 7, 1}, Message: "not in this name"}
	}
	return nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.from = from
	s.sink.from = append(s.sink.from, from)
	return s.refused("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.to = append(s.sink.to, to)
	return s.refused("rcpt")
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	if s.sink.refuse {
		return errors.New("no room")
	}
	if err := s.refused("data"); err != nil {
		return err
	}
	s.sink.taken = append(s.sink.taken, b)
	return nil
}

func serve(t *testing.T, s *sink) *mail.SMTP {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(s)
	server.Domain = "localhost"
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	sender, err := mail.NewSMTP("smtp://" + listener.Addr().String() + "?from=post@network.example")
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestAMessageArrivesInBothForms(t *testing.T) {
	t.Parallel()
	s := &sink{}
	sender := serve(t, s)
	body := mail.Body{
		Lang: "tr", Brand: "Çınaraltı Ağı", Colour: "#1f5f5b", OnColour: "#ffffff", Subject: "Başvurunuz alındı: İğde", Paragraphs: mail.Paragraphs("Merhaba Şule,\n\n<b>ilk</b> satır\nikinci satır"),
		Button: "Aç", URL: "https://a.example/confirm/x", Footer: "Bu iletiyi alıyorsunuz.",
	}
	html, err := body.HTML(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), mail.Message{ID: "42", FromName: "Çınaraltı Ağı", ToName: "Şule Işık", To: "sule@example.org", Subject: body.Subject, Text: body.Text(), HTML: html})
	if err != nil {
		t.Fatal(err)
	}
	m, parts := read(t, s.taken[0])
	decoder := &mime.WordDecoder{}
	for header, want := range map[string]string{"Subject": "Başvurunuz alındı: İğde", "From": `"Çınaraltı Ağı" <post@network.example>`, "Message-Id": "<42@network.example>"} {
		if got, err := decoder.DecodeHeader(m.Header.Get(header)); err != nil || strings.ReplaceAll(got, `"`, "") != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s: got %q, %v", header, got, err)
		}
	}
	if !strings.Contains(parts["text/plain"], "<b>ilk</b> satır") || !strings.Contains(parts["text/plain"], "https://a.example/confirm/x") {
		t.Errorf("text: %s", parts["text/plain"])
	}
	if !strings.Contains(parts["text/html"], "&lt;b&gt;ilk&lt;/b&gt; satır") || strings.Contains(parts["text/html"], "<b>ilk") {
		t.Errorf("HTML: %s", parts["text/html"])
	}
}

// TestNothingBecomesAHeaderOrARecipient tries to smuggle headers and recipients in through every value.
func TestNothingBecomesAHeaderOrARecipient(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]string{
		"a line break":      "X\r\nBcc: evil@example.com",
		"a bare line feed":  "X\nBcc: evil@example.com",
		"a bare return":     "X\rBcc: evil@example.com",
		"a next line":       "X\u0085Bcc: evil@example.com",
		"a separator":       "X\u2028Bcc: evil@example.com",
		"an address":        `X" <evil@example.com>, "Y`,
		"an endless name":   strings.Repeat("ş", 4096),
		"a body of its own": "X\r\n\r\n<script>alert(1)</script>",
	} {
		s := &sink{}
		sender := serve(t, s)
		err := sender.Send(t.Context(), mail.Message{ID: attack, FromName: attack, ToName: attack, To: "sule@example.org", Subject: attack, Text: "text"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, _ := read(t, s.taken[0])
		if len(s.to) != 1 || s.to[0] != "sule@example.org" || m.Header.Get("Bcc") != "" || m.Header.Get("Cc") != "" {
			t.Errorf("%s: went to %v with headers %v", name, s.to, m.Header)
		}
		if to, err := m.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "sule@example.org" {
			t.Errorf("%s: to %v, %v", name, to, err)
		}
		if from, err := m.Header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "post@network.example" {
			t.Errorf("%s: from %v, %v", name, from, err)
		}
	}
}

func TestAServerThatRefusesIsAnError(t *testing.T) {
	t.Parallel()
	s := &sink{refuse: true}
	if err := serve(t, s).Send(t.Context(), mail.Message{ID: "1", FromName: "A", To: "b@example.org", Subject: "S", Text: "T"}); err == nil {
		t.Error("a refused message counts as sent")
	}
}

func TestAddressesOfServers(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"smtp://localhost:25?from=a@b.example": true, "smtps://u:p@mail.example?from=a@b.example": true, "smtp://localhost:25": false,
		"http://mail.example?from=a@b.example": false, "": false, "smtp://mail.example:port?from=a@b.example": false,
	} {
		if _, err := mail.NewSMTP(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func read(t *testing.T, raw []byte) (message *netmail.Message, parts map[string]string) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	if !strings.HasPrefix(media, "multipart/") {
		return m, parts
	}
	reader := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return m, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		b, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts[media] = string(b)
	}
}
