package domains_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kervan/modules/domains"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// publish makes the entries that a sender needs, at the host's name server.
func (h *house) publish(s domains.Sender) {
	h.zone.set("_spf.platform.example.org", "v=spf1 ip4:192.0.2.1 -all")
	h.zone.mu.Lock()
	h.zone.records["_kervan-mail."+s.Host] = append(h.zone.records["_kervan-mail."+s.Host], s.Proof)
	h.zone.mu.Unlock()
	h.zone.set(s.Host, "v=spf1 mx "+ours+" ~all")
	h.zone.set(s.Key.Selector()+"._domainkey."+s.Host, s.Key.Record())
	h.zone.set("_dmarc."+s.Host, "v=DMARC1; p=quarantine")
}

// laterSender makes the last look at the sender long ago.
func (h *house) laterSender(t *testing.T, change string, args ...any) {
	t.Helper()
	err := h.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE senders SET checked_at = now() - interval '1 hour'"+change+" WHERE tenant_id = ?", append(args, h.Tenant.ID)...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sends claims an address, publishes what it needs and lets it be looked at.
func (h *house) sends(t *testing.T, sc tenants.Scope, address string) (domains.Sender, error) {
	t.Helper()
	s, err := h.service.ClaimSender(t.Context(), sc, address)
	if err != nil {
		return s, err
	}
	h.publish(s)
	return h.service.CheckSender(t.Context(), sc)
}

func TestASenderOnItsPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	const page = "/settings/sender"
	b.Get(page)
	b.Want(200, "Your mails go out from post@platform.example.org")
	for typed, want := range map[string]string{
		"": "fill this in", "nobody": "This is no address under a domain of your own", "a@network.example": "This name does not exist on the internet",
		"a@mail.platform.example.org": "This domain belongs to the platform", "a@plаtform.org": "several alphabets",
	} {
		b.Submit(page, "address", typed)
		b.Want(422, want)
		if b.Page.Value("address") != typed {
			t.Errorf("%q is lost", typed)
		}
	}
	b.Submit(page, "address", "Programme@"+strings.ToUpper(h.own()))
	s, found, err := h.service.Sender(t.Context(), h.System())
	if err != nil || !found {
		t.Fatal(found, err)
	}
	b.Want(200, "_kervan-mail."+h.own(), s.Proof, "kervan1._domainkey."+h.own(), s.Key.Record(), "v=spf1 "+ours+" ~all", "_dmarc."+h.own(), "Not looked at yet", "As soon as all entries are right")
	if h.service.Outgoing(t.Context(), h.Tenant) != nil {
		t.Error("mails go out from an address that is only claimed")
	}
	if strings.Contains(b.Page.Body, string(s.Key.Private)) {
		t.Error("the page shows the private key")
	}
	h.zone.set(h.own(), "v=spf1 mx -all", "a text")
	b.Submit(page + "/check")
	b.Want(200, "Not everything is right yet", "Missing", "The entry does not let us send", "v=spf1 "+ours+" mx -all")
	b.Submit(page + "/check")
	b.Want(429, "We have just looked.")
	h.publish(s)
	h.laterSender(t, "")
	b.Get(page)
	b.Submit(page + "/check")
	b.Want(200, "Your mails go out from programme@"+h.own()+", signed", "2 of the 10")
	own := h.service.Outgoing(t.Context(), h.Tenant)
	if own == nil || own.Address != "programme@"+h.own() || own.Selector != "kervan1" {
		t.Fatalf("mails go out from %+v", own)
	}
	b.Submit(page + "/key")
	b.Want(200, "DKIM, new key", "kervan2._domainkey."+h.own())
	next, _, err := h.service.Sender(t.Context(), h.System())
	if err != nil || h.service.Outgoing(t.Context(), h.Tenant).Selector != "kervan1" {
		t.Fatal("a key is used that nobody can see", err)
	}
	if err := h.service.RenewKey(t.Context(), h.System()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("two keys wait: %v", err)
	}
	h.zone.set("kervan2._domainkey."+h.own(), next.Next.Record())
	h.laterSender(t, "")
	b.Submit(page + "/check")
	if own := h.service.Outgoing(t.Context(), h.Tenant); own == nil || own.Selector != "kervan2" {
		t.Errorf("after the change mails go out from %+v", own)
	}
	b.Submit(page + "/release")
	b.Want(200, "The address has been given up.")
	if h.service.Outgoing(t.Context(), h.Tenant) != nil {
		t.Error("mails go out from an address that was given up")
	}
	var keys int
	if err := h.Tenants.Platform().Read().NewRaw("SELECT count(*) FROM senders WHERE tenant_id = ? AND (private_key IS NOT NULL OR next_private_key IS NOT NULL)", h.Tenant.ID).Scan(t.Context(), &keys); err != nil || keys != 0 {
		t.Errorf("%d keys are kept: %v", keys, err)
	}
}

// TestWhoShowsADomainFirstSendsFromIt lets one network want a domain and others names below it, all at once.
func TestWhoShowsADomainFirstSendsFromIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	const networks = 6
	checks := make([]func() error, networks)
	for i := range networks {
		sc := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
		if i == 0 { // wants to be served below it
			d, err := h.service.Claim(t.Context(), sc, "www."+h.own())
			if err != nil {
				t.Fatal(err)
			}
			h.zone.set(d.Record(), d.Proof)
			checks[i] = func() error { return h.service.Check(t.Context(), sc) }
			continue
		}
		host := h.own()
		if i > 1 {
			host = fmt.Sprintf("mail%d.%s", i, host)
		}
		s, err := h.service.ClaimSender(t.Context(), sc, "a@"+host)
		if err != nil {
			t.Fatalf("a claim keeps others from claiming: %v", err)
		}
		h.publish(s)
		checks[i] = func() error { _, err := h.service.CheckSender(t.Context(), sc); return err }
	}
	results := make(chan error, networks)
	for _, check := range checks {
		go func() { results <- check() }()
	}
	for range networks {
		if err := <-results; err != nil && !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("an unexpected refusal: %v", err)
		}
	}
	var above, below int
	err := h.Tenants.Platform().Read().NewRaw(`SELECT count(*) FILTER (WHERE host = ?), count(*) FILTER (WHERE host <> ?)
		FROM (SELECT host FROM senders WHERE state = 'active' UNION ALL SELECT host FROM domains WHERE state = 'active') AS a WHERE host = ? OR host LIKE ?`,
		h.own(), h.own(), h.own(), "%."+h.own()).Scan(t.Context(), &above, &below)
	if err != nil || above+below == 0 || above > 0 && below > 0 {
		t.Errorf("%d networks have the domain, and %d names below it: %v", above, below, err)
	}
}

func TestASendersDomainIsNobodyElses(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second := h.System(), h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	if _, err := h.sends(t, first, "a@"+h.own()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.ClaimSender(t.Context(), first, "b@"+h.own()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a second address: %v", err)
	}
	// Its own web domain may be the same or lie below.
	if err := h.prove(t, first, "www."+h.own()); err != nil {
		t.Errorf("its own web domain: %v", err)
	}
	if _, err := h.service.ClaimSender(t.Context(), second, "b@"+h.own()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("another's: %v", err)
	}
	if _, err := h.service.Claim(t.Context(), second, "x."+h.own()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("to be served below another's: %v", err)
	}
	if err := h.service.ReleaseSender(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Release(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.ClaimSender(t.Context(), second, "b@"+h.own()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("in quarantine: %v", err)
	}
	if _, err := h.sends(t, first, "b@"+h.own()); err != nil {
		t.Errorf("its own, with a fresh proof: %v", err)
	}
}

func TestSendersAreLookedAtEveryNight(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.System()
	s, err := h.service.ClaimSender(t.Context(), sc, "a@"+h.own())
	if err != nil {
		t.Fatal(err)
	}
	h.publish(s)
	night := func(want string, works bool) domains.Sender {
		t.Helper()
		h.mails, h.bells = nil, nil
		if err := h.service.RecheckSender(t.Context(), h.Tenant.ID); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
		kind := ""
		if len(h.mails) == 1 && len(h.bells) == 1 && h.mails[0].Person == h.warned && h.bells[0].Person == h.warned && strings.TrimPrefix(h.bells[0].Key, "domains.sender.notify.") == strings.TrimPrefix(h.mails[0].Kind, "domains.sender.mail.") {
			kind = strings.TrimPrefix(h.mails[0].Kind, "domains.sender.mail.")
		}
		if kind != want || want == "" && len(h.mails)+len(h.bells) > 0 {
			t.Errorf("told %q, want %q: %+v %+v", kind, want, h.mails, h.bells)
		}
		if got := h.service.Outgoing(t.Context(), h.Tenant) != nil; got != works {
			t.Errorf("mails go out from it: %v", got)
		}
		if sound, err := h.service.Sound(t.Context(), h.Tenant.ID); err != nil || sound != (works || want == "ended") {
			t.Errorf("sound: %v, %v", sound, err)
		}
		s, _, err := h.service.Sender(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	night("works", true)
	night("", true)
	h.zone.mu.Lock()
	h.zone.silent = true
	h.zone.mu.Unlock()
	night("", true)
	h.zone.mu.Lock()
	h.zone.silent = false
	h.zone.mu.Unlock()
	h.zone.set("_dmarc." + h.own())
	night("broken", false)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	b.Get("/settings/sender")
	b.Want(200, "So that nothing is lost", "Missing")
	night("", false)
	h.zone.set("_dmarc."+h.own(), "v=DMARC1; p=reject")
	night("works", true)
	h.zone.set("_kervan-mail." + h.own())
	if s := night("broken", false); s.LostAt.IsZero() {
		t.Error("nobody knows that the proof is gone")
	}
	b.Get("/settings/sender")
	b.Want(200, "Put the proof back before")
	h.laterSender(t, ", lost_at = ?", time.Now().Add(-73*time.Hour))
	if s := night("ended", false); s.State != "" {
		t.Errorf("%+v", s)
	}
}

// TestAClaimThatIsNeverShownEnds holds that forgotten claims, and keys, do not stay for ever.
func TestAClaimThatIsNeverShownEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.service.ClaimSender(t.Context(), h.System(), "a@"+h.own()); err != nil {
		t.Fatal(err)
	}
	h.laterSender(t, ", claimed_at = ?", time.Now().Add(-15*24*time.Hour))
	if err := h.service.RecheckSender(t.Context(), h.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	if _, found, err := h.service.Sender(t.Context(), h.System()); err != nil || found {
		t.Errorf("still there: %v", err)
	}
}

// TestAKeyOfAnotherSecretIsNotUsed holds that mails go out in the platform's name when the program's secret is another one,
// and that the page says so.
func TestAKeyOfAnotherSecretIsNotUsed(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.sends(t, h.System(), "a@"+h.own()); err != nil {
		t.Fatal(err)
	}
	h.laterSender(t, ", private_key = ?", []byte("sealed with another secret"))
	if h.service.Outgoing(t.Context(), h.Tenant) != nil {
		t.Error("mails are signed by a key that does not open")
	}
	s, err := h.service.CheckSender(t.Context(), h.System())
	if err != nil || s.Works() {
		t.Errorf("%+v, %v", s, err)
	}
	b := h.SignedIn(t, h.coordinator(t).Actor())
	b.Get("/settings/sender")
	b.Want(200, "We cannot use this key any more.")
}

func TestOnlyCoordinatorsHaveToDoWithSenders(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, sc := range []tenants.Scope{h.As(t, tenanttest.Role(tenants.RoleOfficer)), h.System().As(tenants.Visitor())} {
		for name, err := range map[string]error{
			"claim":   func() error { _, err := h.service.ClaimSender(t.Context(), sc, "a@"+h.own()); return err }(),
			"check":   func() error { _, err := h.service.CheckSender(t.Context(), sc); return err }(),
			"renew":   h.service.RenewKey(t.Context(), sc),
			"release": h.service.ReleaseSender(t.Context(), sc),
		} {
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind == fault.KindInvalid || f.Kind == fault.KindConflict {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
