package mail_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"kervan/modules/kernel/mail"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func published(t *testing.T) func(string) ([]string, error) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(testKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) ([]string, error) {
		if name != "k1._domainkey.network-name.org" {
			t.Errorf("asked for %s", name)
		}
		return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}, nil
	}
}

func own() *mail.Own {
	return &mail.Own{Address: "programme@network-name.org", Selector: "k1", Key: testKey()}
}

// TestASignatureHolds sends letters of each form to a mail server and verifies what arrived there with what the
// domain's name server says, also after somebody on the way has changed it.
func TestASignatureHolds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Çok uzun bir satır, ğüşiöç. ", 60) + "\n.\n..two dots\n trailing  \t \n\n\n"
	for name, m := range map[string]mail.Message{
		"plain":         {Text: "Hello\n"},
		"both forms":    {Text: long, HTML: "<p>" + long + "</p>"},
		"with a logo":   {Text: long, HTML: `<p><img src="cid:logo" alt="L"/></p>`, Logo: bytes.Repeat([]byte("logo"), 3000)},
		"without words": {},
	} {
		s := &sink{}
		m.ID, m.FromName, m.ToName, m.To, m.Subject, m.Own = "42", "Çınaraltı Ağı", "Şule Işık", "sule@example.org", "Başvurunuz: "+strings.Repeat("uzun ", 30), own()
		if err := serve(t, s).Send(t.Context(), m); err != nil {
			t.Fatal(name, err)
		}
		raw := s.taken[0]
		verify := func(raw []byte) error {
			t.Helper()
			found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: published(t)})
			if err != nil || len(found) != 1 || found[0].Domain != "network-name.org" {
				t.Fatalf("%s: %+v, %v in\n%s", name, found, err, raw)
			}
			return found[0].Err
		}
		if err := verify(raw); err != nil {
			t.Errorf("%s: %v in\n%s", name, err, raw)
		}
		for change, changed := range map[string][]byte{
			"another sender":  bytes.Replace(raw, []byte("programme@"), []byte("director@"), 1),
			"a second sender": append([]byte("From: Somebody <a@b.example>\r\n"), raw...),
			"a way back":      append([]byte("Reply-To: a@b.example\r\n"), raw...),
			"one more word":   append(bytes.Clone(raw), "Pay here.\r\n"...),
		} {
			if bytes.Equal(changed, raw) {
				t.Fatalf("%s: nothing changed", change)
			}
			if verify(changed) == nil {
				t.Errorf("%s: the signature holds after %s", name, change)
			}
		}
		if got, _ := read(t, raw); s.from[0] != "programme@network-name.org" || !strings.HasSuffix(got.Header.Get("From"), "<programme@network-name.org>") {
			t.Errorf("%s: envelope from %s, letter from %s", name, s.from[0], got.Header.Get("From"))
		}
	}
}

// TestWhatIsRefusedInOnesNameGoesOutInTheServers holds that a server which lets nobody send in another's name, whenever it
// says so, loses nothing; and that one which is only busy does not get the mail under another name.
func TestWhatIsRefusedInOnesNameGoesOutInTheServers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		sink *sink
		sent bool
	}{
		{"at the sender", &sink{refuseFrom: "programme@network-name.org", at: "mail", code: 550}, true},
		{"at the recipient", &sink{refuseFrom: "programme@network-name.org", at: "rcpt", code: 553}, true},
		{"after the letter", &sink{refuseFrom: "programme@network-name.org", at: "data", code: 554}, true},
		{"for now", &sink{refuseFrom: "programme@network-name.org", at: "mail", code: 451}, false},
		{"everybody", &sink{refuseFrom: "@", at: "mail", code: 550}, false},
	} {
		err := serve(t, tt.sink).Send(t.Context(), mail.Message{ID: "1", FromName: "Network", To: "a@example.org", Subject: "S", Text: "T", Own: own()})
		if (err == nil) != tt.sent {
			t.Errorf("%s: %v", tt.name, err)
		}
		if !tt.sent {
			if len(tt.sink.taken) != 0 {
				t.Errorf("%s: sent %q", tt.name, tt.sink.taken)
			}
			continue
		}
		if len(tt.sink.taken) != 1 {
			t.Fatalf("%s: %d letters", tt.name, len(tt.sink.taken))
		}
		m, _ := read(t, tt.sink.taken[0])
		if from := m.Header.Get("From"); from != `"Network" <post@network.example>` || m.Header.Get("Dkim-Signature") != "" || m.Header.Get("Message-Id") != "<1@network.example>" {
			t.Errorf("%s: %v", tt.name, m.Header)
		}
	}
}
