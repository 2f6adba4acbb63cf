package domains_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/domains"
)

const ours = "include:_spf.platform.example.org"

func TestNormalizeAddress(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"programme@network-name.org": "programme@network-name.org", " Programme@Network-Name.ORG ": "programme@network-name.org", "a.b+c@x.network-name.org": "a.b+c@x.network-name.org",
		"program@değişim.org": "program@xn--deiim-l1a36b.org", strings.Repeat("a", 64) + "@a.org": strings.Repeat("a", 64) + "@a.org",
		"": "", "network-name.org": "", "@network-name.org": "", "a@": "", "a@localhost": "", "a@co.uk": "", "a b@network-name.org": "", "a@b@network-name.org": "",
		".a@network-name.org": "", "a.@network-name.org": "", "a..b@network-name.org": "", `"a"@network-name.org`: "", "ş@network-name.org": "", "a\r\nBcc: x@network-name.org": "",
		"a@network-name.org/x": "", "a@https://network-name.org": "", "a@network-name.org>": "", "a@[192.0.2.1]": "", strings.Repeat("a", 65) + "@a.org": "", "İ@network-name.org": "i@network-name.org",
	} {
		local, host, ok := domains.NormalizeAddress(typed)
		got := ""
		if ok {
			got = local + "@" + host
		}
		if got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestWhatAKeysRecordSays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		records []string
		say     string
	}{
		{nil, "missing"},
		{[]string{"v=DKIM1; k=rsa; p=AAAA"}, "right"},
		{[]string{"p=AAAA"}, "right"},
		{[]string{" v=DKIM1 ; h=sha1:sha256 ; s=email ; p=AA AA ; n=a note"}, "right"},
		{[]string{"v=DKIM1; k=rsa; p=AAAA", "v=DKIM1; k=rsa; p=AAAA"}, "several"},
		{[]string{"v=DKIM1; k=rsa; p="}, "revoked"},
		{[]string{"v=DKIM1; k=rsa; p=AAA"}, "other"},
		{[]string{"v=DKIM1; k=rsa; t=y:s; p=AAAA"}, "testing"},
		{[]string{"v=DKIM1; k=ed25519; p=AAAA"}, "tags"},
		{[]string{"v=DKIM2; p=AAAA"}, "tags"},
		{[]string{"v=DKIM1; h=sha1; p=AAAA"}, "tags"},
		{[]string{"v=DKIM1; s=other; p=AAAA"}, "tags"},
		{[]string{"v=DKIM1; p=AAAA; p=BBBB"}, "tags"},
		{[]string{"anything"}, "tags"},
	} {
		if f := domains.JudgeKey(domains.DKIM, tt.records, "AAAA"); f.Say != tt.say || (f.Verdict == domains.Right) != (tt.say == "right") {
			t.Errorf("%q: %+v, want %s", tt.records, f, tt.say)
		}
	}
}

func TestWhatADMARCRecordSays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		records   []string
		inherited bool
		say       string
	}{
		{nil, false, "missing"},
		{[]string{"v=DMARC1; p=none"}, false, "none"},
		{[]string{"v=DMARC1;p=Quarantine;rua=mailto:a@b.example;aspf=s;adkim=s"}, false, "quarantine"},
		{[]string{"v=DMARC1; p=reject; sp=none"}, false, "reject"},
		{[]string{"v=DMARC1; p=reject; sp=none"}, true, "none"},
		{[]string{"v=DMARC1; p=none", "v=DMARC1; p=none"}, false, "several"},
		{[]string{"v=DMARC1"}, false, "broken"},
		{[]string{"v=DMARC1; p=nothing"}, false, "broken"},
		{[]string{"v=DMARC1; p=none; sp=nothing"}, true, "broken"},
		{[]string{"v=DMARC1; p=none; p=reject"}, false, "broken"},
	} {
		if f := domains.JudgeDMARC(tt.records, tt.inherited); f.Say != tt.say {
			t.Errorf("%q: %+v, want %s", tt.records, f, tt.say)
		}
	}
}

func TestWhatAnSPFRecordLetsPass(t *testing.T) {
	t.Parallel()
	z := &zone{records: map[string][]string{
		"_spf.platform.example.org": {"v=spf1 ip4:192.0.2.0/24 -all"},
		"two.example.org":           {"v=spf1 a mx -all"},
		"with-us.example.org":       {"some text", "v=spf1 include:_spf.platform.example.org -all"},
		"twice.example.org":         {"v=spf1 -all", "v=spf1 ~all"},
		"everybody.example.org":     {"v=spf1 +all"},
		"loop.example.org":          {"v=spf1 include:loop.example.org -all"},
		"deep.example.org":          {"v=spf1 a mx a:b.example.org a:c.example.org exists:x.example.org -all"},
		"broken.example.org":        {"v=spf1 inclde:a.example.org -all"},
	}}
	for record, want := range map[string]string{
		"v=spf1 " + ours + " ~all":                                           "right 1",
		"V=SPF1 A MX INCLUDE:_SPF.PLATFORM.EXAMPLE.ORG -ALL":                 "right 3",
		"v=spf1 include:with-us.example.org -all":                            "right 2",
		"v=spf1 redirect=with-us.example.org":                                "right 2",
		"v=spf1 ip4:192.0.2.7 include:two.example.org " + ours:               "right 4",
		"v=spf1 include:%{d}.example.org exp=why.example.org " + ours:        "right 2",
		"v=spf1 include:two.example.org include:deep.example.org " + ours:    "right 10",
		"v=spf1 ip4:192.0.2.7 -all":                                          "without 0",
		"v=spf1":                                                             "without 0",
		"v=spf1 -all " + ours:                                                "without 0", // nothing after "all" counts
		"v=spf1 ?" + ours + " -all":                                          "without 1",
		"v=spf1 -include:with-us.example.org ~all":                           "without 2",
		"v=spf1 -all redirect=with-us.example.org":                           "without 0",
		"v=spf1 mx include:two.example.org include:deep.example.org " + ours: "lookups 11",
		"v=spf1 include:loop.example.org " + ours:                            "lookups 11",
		"v=spf1 include:nowhere.example.org " + ours + " -all":               "include 1",
		"v=spf1 include:twice.example.org " + ours + " -all":                 "several 1",
		"v=spf1 include:broken.example.org " + ours + " -all":                "broken 1",
		"v=spf1 include: " + ours:                                            "broken 0",
		"v=spf1 anything " + ours:                                            "broken 0",
		"v=spf1 " + ours + " +all":                                           "open 1",
		"v=spf1 " + ours + " all":                                            "open 1",
		"v=spf1 " + ours + " include:everybody.example.org -all":             "open 2",
	} {
		f, err := domains.JudgeSPF(t.Context(), z, "network-name.org", []string{"other", record}, ours)
		if got := f.Say + " " + f.Args["Lookups"]; err != nil || got != want || (f.Verdict == domains.Right) != strings.HasPrefix(want, "right") {
			t.Errorf("%q: %+v, %v, want %s", record, f, err, want)
		}
	}
	for want, records := range map[string][]string{"missing": {"v=spf10 -all", "spf"}, "several": {"v=spf1 " + ours, "v=spf1 " + ours}} {
		if f, err := domains.JudgeSPF(t.Context(), z, "network-name.org", records, ours); err != nil || f.Say != want {
			t.Errorf("%q: %+v, %v", records, f, err)
		}
	}
	z.silent = true
	if _, err := domains.JudgeSPF(t.Context(), z, "network-name.org", []string{"v=spf1 include:two.example.org -all"}, ours); err == nil {
		t.Error("a name server that does not answer is taken for one that says no")
	}
}

// TestTheWantedSPFRecordIsRight holds that what the page tells people to set is right by the page's own judgement, and keeps
// what was there.
func TestTheWantedSPFRecordIsRight(t *testing.T) {
	t.Parallel()
	z := &zone{records: map[string][]string{"_spf.platform.example.org": {"v=spf1 -all"}, "other.example.org": {"v=spf1 -all"}}}
	for _, tt := range []struct {
		found []string
		want  string
	}{
		{nil, "v=spf1 " + ours + " ~all"},
		{[]string{"v=spf1"}, "v=spf1 " + ours + " ~all"},
		{[]string{"v=spf1 a mx -all"}, "v=spf1 " + ours + " a mx -all"},
		{[]string{"v=spf1 a ?all"}, "v=spf1 " + ours + " a ?all"},
		{[]string{"v=spf1 a +all"}, "v=spf1 " + ours + " a ~all"},
		{[]string{"v=spf1 a ?" + ours + " all"}, "v=spf1 " + ours + " a ?" + ours + " ~all"},
		{[]string{"v=spf1 a ~all", "v=spf1 a include:other.example.org -all"}, "v=spf1 " + ours + " a include:other.example.org -all"},
		{[]string{"v=spf1 redirect=other.example.org a"}, "v=spf1 " + ours + " a redirect=other.example.org"},
	} {
		got := domains.WantedSPF(tt.found, ours)
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.found, got, tt.want)
		}
		if f, err := domains.JudgeSPF(t.Context(), z, "network-name.org", []string{got}, ours); err != nil || f.Verdict != domains.Right {
			t.Errorf("%q: what is wanted is not right: %+v, %v", got, f, err)
		}
	}
}

func FuzzSPF(f *testing.F) {
	for _, seed := range []string{"v=spf1 -all", "v=spf1 + - ~ ?", "v=spf1 include:a.org redirect=b", "v=spf1 a/24 ip6:::1", "v=spf1 =x :y /", "v=spf1 all=1 +"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, record string) {
		z := &zone{records: map[string][]string{"_spf.platform.example.org": {"v=spf1 -all"}}}
		found, err := domains.JudgeSPF(context.Background(), z, "network-name.org", []string{record}, ours)
		if err != nil {
			t.Fatal(err)
		}
		if found.Say == "without" || found.Say == "open" || found.Say == "missing" {
			again, err := domains.JudgeSPF(context.Background(), z, "network-name.org", []string{domains.WantedSPF(found.Found, ours)}, ours)
			if err != nil || again.Verdict != domains.Right && again.Say != "lookups" && again.Say != "include" && again.Say != "broken" {
				t.Errorf("%q: wanted %q, which is %+v", record, domains.WantedSPF(found.Found, ours), again)
			}
		}
	})
}

func TestMechanisms(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		ours: true, "ip4:192.0.2.0/24": true, "ip6:2001:db8::/32": true, "a:mail.example.org": true, "mx:example.org": true,
		"": false, "include:": false, "all": false, "+all": false, "include:a b": false, "ip4:192.0.2.1 +all": false, "exists:a.org": false, "include:%{d}.org": false,
	} {
		if _, ok := domains.ParseMechanism(s); ok != want {
			t.Errorf("%q: %v", s, ok)
		}
	}
}

// TestWhatBecomesOfASender goes through every verdict on everything, in every state.
func TestWhatBecomesOfASender(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC)
	things := []domains.Thing{domains.Proof, domains.SPF, domains.DKIM, domains.DMARC}
	all := func(v domains.Verdict) []domains.Finding {
		var found []domains.Finding
		for _, thing := range things {
			found = append(found, domains.Finding{Thing: thing, Verdict: v})
		}
		return found
	}
	verdicts := []domains.Verdict{domains.Right, domains.Wrong, domains.Missing, domains.Unknown}
	for i, thing := range things {
		for _, v := range verdicts {
			found := all(domains.Right)
			found[i].Verdict = v
			bad := v == domains.Wrong || v == domains.Missing
			name := fmt.Sprintf("%s is %s", thing, v)
			claimed := domains.LookSender(domains.Sender{State: domains.Claimed}, found, now)
			if (claimed.State == domains.Active) != (v == domains.Right) || claimed.Works() != (v == domains.Right) {
				t.Errorf("claimed, %s: %+v", name, claimed)
			}
			works := domains.LookSender(domains.Sender{State: domains.Active}, found, now)
			if works.Works() == bad || works.LostAt.IsZero() == (bad && thing == domains.Proof) {
				t.Errorf("worked, %s: %+v", name, works)
			}
			before := now.Add(-time.Hour)
			broken := domains.LookSender(domains.Sender{State: domains.Active, BrokenAt: before}, found, now)
			if broken.Works() != (v == domains.Right) || v != domains.Right && !broken.BrokenAt.Equal(before) {
				t.Errorf("broken, %s: %+v", name, broken)
			}
			released := domains.LookSender(domains.Sender{State: domains.Released}, found, now)
			if released.State != domains.Released {
				t.Errorf("released, %s: %+v", name, released)
			}
		}
	}
	gone := all(domains.Right)
	gone[0].Verdict = domains.Missing
	s := domains.Sender{State: domains.Active}
	for _, step := range []struct {
		after time.Duration
		found []domains.Finding
		state domains.State
	}{{0, gone, domains.Active}, {70 * time.Hour, all(domains.Unknown), domains.Active}, {71 * time.Hour, gone, domains.Active}, {72 * time.Hour, gone, domains.Released}} {
		if s = domains.LookSender(s, step.found, now.Add(step.after)); s.State != step.state || s.Works() {
			t.Errorf("after %s: %+v", step.after, s)
		}
	}
}

// TestANextKeyTakesOverWhenItIsSeen holds that nothing stops for want of it.
func TestANextKeyTakesOverWhenItIsSeen(t *testing.T) {
	t.Parallel()
	now := time.Now()
	old, next := domains.Key{Number: 1, Public: "AAAA"}, domains.Key{Number: 2, Public: "BBBB"}
	look := func(oldVerdict, nextVerdict domains.Verdict) domains.Sender {
		return domains.LookSender(domains.Sender{State: domains.Active, Key: old, Next: next}, []domains.Finding{
			{Thing: domains.Proof, Verdict: domains.Right},
			{Thing: domains.SPF, Verdict: domains.Right},
			{Thing: domains.DKIM, Verdict: oldVerdict},
			{Thing: domains.NextKey, Verdict: nextVerdict},
			{Thing: domains.DMARC, Verdict: domains.Right},
		}, now)
	}
	for _, v := range []domains.Verdict{domains.Wrong, domains.Missing, domains.Unknown} {
		if s := look(domains.Right, v); !s.Works() || cmp.Diff(s.Key, old) != "" || cmp.Diff(s.Next, next) != "" {
			t.Errorf("next is %s: %+v", v, s)
		}
	}
	for _, v := range []domains.Verdict{domains.Right, domains.Missing} {
		if s := look(v, domains.Right); !s.Works() || cmp.Diff(s.Key, next) != "" || cmp.Diff(s.Next, domains.Key{}) != "" || len(s.Findings) != 4 || s.Findings[2].Thing != domains.DKIM {
			t.Errorf("old is %s: %+v", v, s)
		}
	}
	if s := look(domains.Missing, domains.Missing); s.Works() {
		t.Error("mails are signed by a key that nobody can see")
	}
}
