package domains_test

import (
	"strings"
	"testing"
	"time"

	"kervan/modules/domains"
)

func TestNormalize(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"exchange.example.org": "exchange.example.org", " Exchange.Example.ORG. ": "exchange.example.org", "https://exchange.example.org/apply?x=1": "exchange.example.org",
		"değişim.example.org": "xn--deiim-l1a36b.example.org", "DEĞİŞİM.example.org": "xn--deiim-l1a36b.example.org", "xn--deiim-l1a36b.example.org": "xn--deiim-l1a36b.example.org",
		"bücher.de": "xn--bcher-kva.de",
		"":          "", "localhost": "", "org": "", "co.uk": "", "192.0.2.1": "", "[2001:db8::1]": "", "0x7f.1": "", "a..org": "", "-a.org": "", "a b.org": "", "a_b.org": "", "user@example.org": "",
		"example.org:8080": "", "ex\u0000ample.org": "", "ex\u200dample.org": "", strings.Repeat("a", 64) + ".org": "", strings.Repeat("a.", 120) + "org": "", "*.example.org": "", "xn--a.org": "",
	} {
		got, ok := domains.Normalize(typed)
		if got != want || ok != (want != "") {
			t.Errorf("%q became %q, %v; want %q", typed, got, ok, want)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"exchange.example.org", "DEĞİŞİM.example.org", "xn--a.org", "a\u202e.org", "https://a.b.c/", "İ.org", "K.org"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		host, ok := domains.Normalize(typed)
		if !ok {
			return
		}
		again, ok := domains.Normalize(host)
		if !ok || again != host {
			t.Errorf("%q became %q and then %q", typed, host, again)
		}
		for _, r := range host {
			if r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
				t.Errorf("%q became %q", typed, host)
			}
		}
	})
}

func TestWhatANetworkMayNotHave(t *testing.T) {
	t.Parallel()
	others, slugs := []string{"bosporus.kervan.org", "exchange.nehir.org"}, []string{"bosporus", "danube"}
	for host, want := range map[string]string{
		"degisim.example.net": "", "other.nehir.org": "", "kopru.org": "",
		"kervan.org": "domains.platform", "bosporus.kervan.org": "domains.platform", "new.kervan.org": "domains.platform", "a.b.kervan.org": "domains.platform",
		"exchange.nehir.org": "domains.taken", "nehir.org": "domains.taken", "www.exchange.nehir.org": "domains.taken",
		"kervan.net": "domains.alike", "nehir.net": "", "kervаn.net": "domains.mixed", "xn--kervn-4ve.net": "domains.mixed",
		"k3rvan.net": "", "kerνan.org": "domains.mixed", "kérvan.net": "domains.alike", "kerwan.org": "", "kervvan.org": "",
		"b0sporus.org": "domains.alike", "bosporus.org": "domains.alike", "danube.net": "domains.alike", "nehır.org": "domains.alike", "néhir.org": "domains.alike",
		"printer.local": "domains.special", "a.internal": "domains.special", "x.onion": "domains.special",
	} {
		normal, ok := domains.Normalize(host)
		if !ok {
			t.Errorf("%q is no domain", host)
			continue
		}
		if got := domains.Taken("kervan.org", others, slugs, normal); got != want {
			t.Errorf("%s (%s): %q, want %q", host, normal, got, want)
		}
	}
}

func TestAProofThatIsGone(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)
	there, gone := []string{"v=spf1 -all", " kervan-abc "}, []string{"v=spf1 -all", "kervan-ab"}
	d := domains.Domain{Proof: "kervan-abc", State: domains.Active}
	for _, step := range []struct {
		after   time.Duration
		records []string
		state   domains.State
		lost    bool
	}{
		{0, there, domains.Active, false},
		{24 * time.Hour, gone, domains.Active, true},
		{48 * time.Hour, there, domains.Active, false},
		{72 * time.Hour, nil, domains.Active, true},
		{96 * time.Hour, gone, domains.Active, true},
		{144*time.Hour - time.Second, gone, domains.Active, true},
		{144 * time.Hour, gone, domains.Released, true},
	} {
		d = domains.Look(d, step.records, start.Add(step.after))
		if d.State != step.state || d.LostAt.IsZero() == step.lost {
			t.Errorf("after %s: %s, lost at %s", step.after, d.State, d.LostAt)
		}
	}
}
