package main

import (
	"bytes"
	"context"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	netmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"

	"kervan/modules/events"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// postOffice is a mail server that keeps what it is given, with its envelopes.
type postOffice struct {
	mu    sync.Mutex
	froms []string
	taken [][]byte
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &clerk{office: p}, nil }

type clerk struct {
	office *postOffice
	from   string
}

func (*clerk) Reset()                               {}
func (*clerk) Logout() error                        { return nil }
func (*clerk) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (c *clerk) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	return nil
}

func (c *clerk) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.froms, c.office.taken = append(c.office.froms, c.from), append(c.office.taken, b)
	return err
}

// arrives waits for the letter to the address whose subject has the text in it, and gives it with its envelope's sender.
func (p *postOffice) arrives(t *testing.T, to, subject string) (envelope string, raw []byte, letter *netmail.Message) {
	t.Helper()
	find := func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for i := range p.taken {
			m, err := netmail.ReadMessage(bytes.NewReader(p.taken[i]))
			must(t, err)
			said, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
			must(t, err)
			if strings.Contains(m.Header.Get("To"), to) && strings.Contains(said, subject) {
				envelope, raw, letter = p.froms[i], p.taken[i], m
				return true
			}
		}
		return false
	}
	late := time.After(time.Minute)
	for !find() {
		select {
		case <-late:
			t.Fatalf("nothing came for %s about %s", to, subject)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return envelope, raw, letter
}

func openPostOffice(t *testing.T) (office *postOffice, address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	office = &postOffice{}
	server := smtp.NewServer(office)
	server.Domain = "localhost"
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return office, "smtp://" + listener.Addr().String() + "?from=post@platform.example"
}

// set makes the entries at a name; none take them away.
func (n *nameServer) set(name string, records ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.proofs[name] = records
}

var shownRecord = regexp.MustCompile(`data-copy="([^"]+)"`)

// TestMailsGoOutFromANetworksOwnAddress goes the whole way: a coordinator enters the address, copies what the page shows to
// the name server, and a letter is signed so that a receiver who asks that name server believes it; the sign-off's line
// follows. When an entry is taken away, letters go out in the platform's name.
func TestMailsGoOutFromANetworksOwnAddress(t *testing.T) {
	t.Parallel()
	office, server := openPostOffice(t)
	dns := &nameServer{proofs: map[string][]string{}}
	dns.set("_spf.platform.example", "v=spf1 ip4:192.0.2.1 -all")
	r := runOn(t, objectstest.Config(t), func(c *Config) { c.dns, c.SMTPURL, c.MailSPF = dns, server, "include:_spf.platform.example" })
	network := r.network(t, "posta")
	r.member(t, network, "Nazlı Başaran", "nazli@posta.example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})
	sc := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	sound := func() bool {
		t.Helper()
		ok, err := r.app.domains.Sound(t.Context(), network.ID)
		must(t, err)
		return ok
	}
	send := func(subject string) (string, []byte, *netmail.Message) {
		t.Helper()
		must(t, sc.Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.MailRequested{Kind: "test", Address: "sule@recipient.example", Name: "Şule Işık", Locale: i18n.TR, Subject: i18n.Text{i18n.TR: subject}, Body: i18n.Text{i18n.TR: "Merhaba Şule,\n\nbaşvurunuz bize ulaştı."}})
			return nil
		}))
		return office.arrives(t, "sule@recipient.example", subject)
	}
	if !sound() {
		t.Error("a network that wants no address of its own is not ready")
	}
	b := sitetest.NewBrowser(t, network.Host, r.port)
	b.SetCookie("language", "en")
	b.Get("/sign-in")
	b.Submit("/sign-in", "email", "nazli@posta.example", "password", password)
	const page, host = "/settings/sender", "posta-agi.org"
	b.Get(page)
	b.Submit(page, "address", "program@"+host)
	b.Want(http.StatusOK, "As soon as all entries are right")
	if sound() {
		t.Error("an address that does not work yet is good enough")
	}
	if from, _, m := send("Önce"); from != "post@platform.example" || !strings.Contains(m.Header.Get("From"), "<post@platform.example>") || m.Header.Get("Dkim-Signature") != "" {
		t.Errorf("before everything is right: %s, %v", from, m.Header)
	}

	shown := shownRecord.FindAllStringSubmatch(b.Page.Body, -1)
	if len(shown) != 8 {
		t.Fatalf("the page shows %d texts to copy", len(shown))
	}
	for i := 0; i < len(shown); i += 2 {
		dns.set(html.UnescapeString(shown[i][1]), html.UnescapeString(shown[i+1][1]))
	}
	b.Submit(page + "/check")
	b.Want(http.StatusOK, "Everything is right.")
	if !sound() {
		t.Error("an address that works is not good enough")
	}
	from, raw, m := send("Sonra")
	if from != "program@"+host || !strings.HasSuffix(m.Header.Get("From"), "<program@"+host+">") || !strings.Contains(m.Header.Get("From"), "Network posta") {
		t.Errorf("from %s, %v", from, m.Header)
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return dns.Records(t.Context(), name) }})
	if err != nil || len(found) != 1 || found[0].Domain != host || found[0].Err != nil {
		t.Fatalf("a receiver finds %+v, %v", found, err)
	}

	dns.set("_dmarc." + host)
	must(t, r.app.tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE senders SET checked_at = now() - interval '1 day'").Exec(ctx)
		return err
	}))
	must(t, r.app.tenants.Do(t.Context(), jobs.Envelope{Name: "domains.recheck_senders", Payload: []byte("{}")}))
	office.arrives(t, "nazli@posta.example", "Mails do not go out from program@"+host)
	if from, _, m := send("Sonunda"); from != "post@platform.example" || !strings.Contains(m.Header.Get("From"), "<post@platform.example>") || m.Header.Get("Dkim-Signature") != "" {
		t.Errorf("after an entry is gone: %s, %v", from, m.Header)
	}
	if sound() {
		t.Error("an address that does not work any more is good enough")
	}
	b.Get("/notifications")
	b.Want(http.StatusOK, "Mails go out from post@platform.example and not from program@"+host)
}
