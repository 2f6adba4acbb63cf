package mail_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"kervan/modules/kernel/mail"
)

func branded(t *testing.T, b mail.Body) string {
	t.Helper()
	html, err := b.HTML(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestALogoTravelsInTheMail(t *testing.T) {
	t.Parallel()
	logo := []byte("\x89PNG not really")
	body := mail.Body{Lang: "de", Brand: "Elbe", Logo: true, LogoAlt: "Zwei Brücken", Colour: "#8a3b6f", OnColour: "#ffffff", Paragraphs: []string{"x"}, Footer: "y"}
	html := branded(t, body)
	for name, tt := range map[string]struct {
		logo []byte
		want bool
	}{"with its logo": {logo, true}, "whose logo cannot be had": {nil, false}} {
		s := &sink{}
		if err := serve(t, s).Send(t.Context(), mail.Message{ID: "1", FromName: "Elbe", To: "a@example.org", Subject: "S", Text: "T", HTML: html, Logo: tt.logo}); err != nil {
			t.Fatal(err)
		}
		raw := string(bytes.ReplaceAll(s.taken[0], []byte("\r\n"), []byte("\n")))
		if got := strings.Contains(raw, "Content-Id: <logo>"); got != tt.want || strings.Contains(raw, base64.StdEncoding.EncodeToString(logo)) != tt.want {
			t.Errorf("%s: attached %v in\n%s", name, got, raw)
		}
		if got := strings.Contains(raw, "cid:logo"); got != tt.want {
			t.Errorf("%s: a place for it %v", name, got)
		}
	}
}

func TestALogoIsShownInAPageOfOurs(t *testing.T) {
	t.Parallel()
	html := branded(t, mail.Body{Brand: "Elbe", Logo: true, LogoAlt: `><img src="cid:logo">`, Colour: "#8a3b6f"})
	shown := mail.Shown(html, []byte("logo"))
	if strings.Count(shown, "<img") != 1 || !strings.Contains(shown, `<img src="data:image/png;base64,bG9nbw=="`) {
		t.Error(shown)
	}
	if without := mail.Shown(html, nil); strings.Contains(without, "<img") || strings.Contains(without, "cid:logo") && !strings.Contains(html, "&#34;cid:logo") {
		t.Error(without)
	}
}

func TestTheLetterheadHasTheBrandsColourAndNothingElse(t *testing.T) {
	t.Parallel()
	if html := branded(t, mail.Body{Brand: "Elbe", Colour: "#8a3b6f"}); !strings.Contains(html, "border-top:6px solid #8a3b6f") {
		t.Error(html)
	}
	for _, payload := range []string{"", "red", `#8a3b6f;background:url(//evil.example)`, `"><script>alert(1)</script>`} {
		if html := branded(t, mail.Body{Brand: payload, Colour: payload}); !strings.Contains(html, "border-top:6px solid #1d2733") || strings.Contains(html, "<script>") {
			t.Errorf("%q: %s", payload, html)
		}
	}
}
