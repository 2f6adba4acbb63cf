package domains

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/mail"
	"kervan/policies"
	"kervan/tenants"
)

// Sender is the address that the actor's network wants to send from, or does; false: none. Coordinators may.
func (s *Service) Sender(ctx context.Context, sc tenants.Scope) (Sender, bool, error) {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return Sender{}, false, err
	}
	return senderOf(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
}

// ClaimSender notes that the network wants to send from an address, and makes its key. Coordinators may. It reserves
// nothing, and mails go out as before. Faults: Invalid at the field "address", Conflict where the network has one.
func (s *Service) ClaimSender(ctx context.Context, sc tenants.Scope, typed string) (Sender, error) {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return Sender{}, err
	}
	local, host, ok := NormalizeAddress(typed)
	switch {
	case strings.TrimSpace(typed) == "":
		return Sender{}, fault.Invalid("fault.check_fields", fault.At("address", "fault.required"))
	case !ok:
		return Sender{}, fault.Invalid("fault.check_fields", fault.At("address", "domains.sender.form"))
	}
	if err := s.free(ctx, s.Tenants.Platform().Read(), sc.Tenant(), "address", host); err != nil {
		return Sender{}, err
	}
	sender := Sender{
		ID: ids.New[ids.Sender](), Tenant: sc.Tenant().ID, Local: local, Host: host, Proof: "kervan-" + strings.ToLower(rand.Text()), State: Claimed,
	}
	var err error
	if sender.Key, err = s.newKey(sender.ID, 1); err != nil {
		return Sender{}, err
	}
	err = s.Tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if sender.ClaimedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		return insertSender(ctx, tx, sender)
	})
	if err != nil {
		return Sender{}, err
	}
	return sender, s.noteSender(ctx, sc, "sender.claimed", sender)
}

// keyBits are as many as receivers want (RFC 8301, section 3.2).
const keyBits = 2048

// newKey makes a pair of keys, of which the private half opens for this sender and number only.
func (s *Service) newKey(of ids.Sender, number int) (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Key{}, fmt.Errorf("domains: make key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return Key{}, fmt.Errorf("domains: write key: %w", err)
	}
	k := Key{Number: number, Public: base64.StdEncoding.EncodeToString(public)}
	k.Private = s.Box.Seal(x509.MarshalPKCS1PrivateKey(private), k.place(of))
	return k, nil
}

// place is where the private half belongs.
func (k Key) place(of ids.Sender) string { return of.String() + " " + k.Selector() }

func (s *Service) openKey(of ids.Sender, k Key) (*rsa.PrivateKey, error) {
	plain, err := s.Box.Open(k.Private, k.place(of))
	if err != nil {
		return nil, err
	}
	return x509.ParsePKCS1PrivateKey(plain)
}

// CheckSender looks at the name server now, and gives what has become of the address. When everything is right for the
// first time, mails go out from it; when two networks show that the same domain is theirs, the first has it. Coordinators
// may. Faults: Invalid at the field "address" where the domain has been given away, Conflict, TooMany when one has just
// looked, NotFound without an address.
func (s *Service) CheckSender(ctx context.Context, sc tenants.Scope) (Sender, error) {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return Sender{}, err
	}
	before, found, err := senderOf(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
	if err != nil {
		return Sender{}, err
	}
	if !found {
		return Sender{}, fault.NotFound()
	}
	if time.Since(before.CheckedAt) < pause {
		return Sender{}, fault.TooMany("domains.just_checked")
	}
	after, err := s.settleSender(ctx, sc, before, s.examine(ctx, before))
	if err != nil {
		return Sender{}, err
	}
	return after, nil
}

// settleSender keeps what a look at the name server has shown of a sender as it was then, and tells the trail.
func (s *Service) settleSender(ctx context.Context, sc tenants.Scope, seen Sender, found []Finding) (Sender, error) {
	var before, after Sender
	err := s.Tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := oneAtATime(ctx, tx); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var there bool
		before, there, err = senderOf(ctx, tx, seen.Tenant, true)
		if err != nil {
			return err
		}
		if !there || before.ID != seen.ID || before.State != seen.State || before.Key.Public != seen.Key.Public || before.Next.Public != seen.Next.Public {
			return fault.Conflict("fault.stale")
		}
		after = before.looked(found, now)
		if before.State == Claimed && after.State == Active {
			if err := s.free(ctx, tx, sc.Tenant(), "address", after.Host); err != nil {
				return err
			}
		}
		return saveSender(ctx, tx, after, now)
	})
	if err != nil {
		return Sender{}, err
	}
	if action := became(before, after); action != "" {
		return after, s.noteSender(ctx, sc, action, after)
	}
	return after, nil
}

// became is the word of the trail for what a look has changed; empty: nothing that matters.
func became(before, after Sender) string {
	switch {
	case after.State == Released:
		return "sender.released"
	case !before.Works() && after.Works():
		return "sender.verified"
	case before.Works() && !after.Works():
		return "sender.broken"
	case before.Key.Public != after.Key.Public:
		return "sender.key_changed"
	}
	return ""
}

// RenewKey makes a key that takes the place of the present one as soon as its record is seen; until then mails are signed
// as before. Coordinators may. Faults: Conflict while one waits already, NotFound without an address.
func (s *Service) RenewKey(ctx context.Context, sc tenants.Scope) error {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return err
	}
	before, found, err := senderOf(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	if before.Next.Public != "" {
		return fault.Conflict("domains.sender.key_waits")
	}
	next, err := s.newKey(before.ID, before.Key.Number+1)
	if err != nil {
		return err
	}
	err = s.Tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		latest, found, err := senderOf(ctx, tx, before.Tenant, true)
		if err != nil {
			return err
		}
		if !found || latest.ID != before.ID || latest.Key.Number != before.Key.Number || latest.Next.Public != "" {
			return fault.Conflict("fault.stale")
		}
		latest.Next = next
		return saveSender(ctx, tx, latest, time.Time{})
	})
	if err != nil {
		return err
	}
	return s.noteSender(ctx, sc, "sender.key_made", before)
}

// ReleaseSender lets the address go: mails go out from the platform's address again, and its keys are forgotten.
// Coordinators may. Fault: NotFound without an address.
func (s *Service) ReleaseSender(ctx context.Context, sc tenants.Scope) error {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return err
	}
	sender, found, err := s.endSender(ctx, sc.Tenant().ID)
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	return s.noteSender(ctx, sc, "sender.released", sender)
}

func (s *Service) endSender(ctx context.Context, of ids.Tenant) (sender Sender, found bool, err error) {
	err = s.Tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if sender, found, err = senderOf(ctx, tx, of, true); err != nil || !found {
			return err
		}
		sender.State = Released
		return saveSender(ctx, tx, sender, now)
	})
	return sender, found, err
}

// Outgoing is in whose name the network's mails go out just now; nil: in the platform's. What keeps it from being found
// keeps no mail from going out: it is logged, and the mail goes out in the platform's name. It is for the program itself.
func (s *Service) Outgoing(ctx context.Context, of tenants.Tenant) *mail.Own {
	sender, found, err := senderOf(ctx, s.Tenants.Platform().Read(), of.ID, false)
	if err != nil || !found || !sender.Works() {
		if err != nil {
			slog.Error("sender of a network cannot be found", "tenant", of.Slug, "error", err)
		}
		return nil
	}
	key, err := s.openKey(sender.ID, sender.Key)
	if err != nil {
		slog.Error("signing key does not open", "tenant", of.Slug, "error", err)
		return nil
	}
	return &mail.Own{Address: sender.Address(), Selector: sender.Key.Selector(), Key: key}
}

// Sound reports whether the network sends as it wants to: from an address of its own that works, or it wants none. The
// caller has authorized the question.
func (s *Service) Sound(ctx context.Context, of ids.Tenant) (bool, error) {
	sender, found, err := senderOf(ctx, s.Tenants.Platform().Read(), of, false)
	return !found || sender.Works(), err
}

// noteSender writes into the network's trail what has happened to its sending address. A network that may not change has no
// such line.
func (s *Service) noteSender(ctx context.Context, sc tenants.Scope, action string, sender Sender) error {
	if !sc.Tenant().Status.Writable() {
		return nil
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{
			Action: action, SubjectKind: "network", SubjectID: sc.Tenant().ID.String(),
			Detail: map[string]any{"address": sender.Address(), "selector": sender.Key.Selector()},
		})
		return nil
	})
}

// patience is how long all name servers together may take; what was not answered by then is not known.
const patience = 12 * time.Second

// examine looks at all that sending from the address needs, at once.
func (s *Service) examine(ctx context.Context, sender Sender) []Finding {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	things := sender.things()
	found := make([]Finding, len(things))
	var all sync.WaitGroup
	for i, thing := range things {
		all.Go(func() {
			f, err := s.examineOne(ctx, sender, thing)
			if err != nil {
				slog.Warn("name server does not answer", "host", sender.Host, "record", sender.name(thing), "error", err)
				f = Finding{Thing: thing, Verdict: Unknown, Say: "silent"}
			}
			found[i] = f
		})
	}
	all.Wait()
	return found
}

func (s *Service) examineOne(ctx context.Context, sender Sender, thing Thing) (Finding, error) {
	records, err := s.Resolver.Records(ctx, sender.name(thing))
	if err != nil {
		return Finding{}, err
	}
	switch thing {
	case Proof:
		return judgeProof(records, sender.Proof), nil
	case SPF:
		return judgeSPF(ctx, s.Resolver, sender.Host, records, s.SPF)
	case DKIM:
		f := judgeKey(thing, records, sender.Key.Public)
		if _, err := s.openKey(sender.ID, sender.Key); err != nil {
			f.Verdict, f.Say = Wrong, "sealed" // the program's secret is another one: only a new key helps
		}
		return f, nil
	case NextKey:
		return judgeKey(thing, records, sender.Next.Public), nil
	case DMARC:
		return s.examineDMARC(ctx, sender.Host, records)
	}
	return Finding{}, errors.New("domains: no such thing: " + string(thing))
}

// examineDMARC looks at the host's policy and, where it has none, at that of the domain that was bought (RFC 7489, section
// 6.6.3).
func (s *Service) examineDMARC(ctx context.Context, host string, records []string) (Finding, error) {
	own := dmarcRecords(records)
	above := registrable(host)
	if len(own) > 0 || above == host {
		return judgeDMARC(own, false), nil
	}
	records, err := s.Resolver.Records(ctx, "_dmarc."+above)
	if err != nil {
		return Finding{}, err
	}
	return judgeDMARC(dmarcRecords(records), true), nil
}
