package domains

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type senderRow struct {
	bun.BaseModel `bun:"table:senders,alias:s"`

	ID          ids.Sender      `bun:"id,pk"`
	TenantID    ids.Tenant      `bun:"tenant_id"`
	LocalPart   string          `bun:"local_part"`
	Host        string          `bun:"host"`
	Proof       string          `bun:"proof"`
	State       State           `bun:"state"`
	Selector    int             `bun:"selector"`
	PublicKey   string          `bun:"public_key"`
	PrivateKey  []byte          `bun:"private_key"`
	NextPublic  string          `bun:"next_public_key"`
	NextPrivate []byte          `bun:"next_private_key"`
	Findings    json.RawMessage `bun:"findings,type:jsonb"`
	ClaimedAt   time.Time       `bun:"claimed_at"`
	ProvedAt    time.Time       `bun:"proved_at,nullzero"`
	CheckedAt   time.Time       `bun:"checked_at,nullzero"`
	BrokenAt    time.Time       `bun:"broken_at,nullzero"`
	LostAt      time.Time       `bun:"lost_at,nullzero"`
	ReleasedAt  time.Time       `bun:"released_at,nullzero"`
}

func rowOf(s Sender) (senderRow, error) {
	found := s.Findings
	if found == nil {
		found = []Finding{}
	}
	findings, err := json.Marshal(found)
	if err != nil {
		return senderRow{}, fmt.Errorf("domains: write findings: %w", err)
	}
	return senderRow{
		ID: s.ID, TenantID: s.Tenant, LocalPart: s.Local, Host: s.Host, Proof: s.Proof, State: s.State, Selector: s.Key.Number, PublicKey: s.Key.Public,
		PrivateKey: s.Key.Private, NextPublic: s.Next.Public, NextPrivate: s.Next.Private, Findings: findings, ClaimedAt: s.ClaimedAt, ProvedAt: s.ProvedAt,
		CheckedAt: s.CheckedAt, BrokenAt: s.BrokenAt, LostAt: s.LostAt,
	}, nil
}

func (r senderRow) sender() (Sender, error) {
	s := Sender{
		ID: r.ID, Tenant: r.TenantID, Local: r.LocalPart, Host: r.Host, Proof: r.Proof, State: r.State,
		Key:       Key{Number: r.Selector, Public: r.PublicKey, Private: r.PrivateKey},
		ClaimedAt: r.ClaimedAt, ProvedAt: r.ProvedAt, CheckedAt: r.CheckedAt, BrokenAt: r.BrokenAt, LostAt: r.LostAt,
	}
	if r.NextPublic != "" {
		s.Next = Key{Number: r.Selector + 1, Public: r.NextPublic, Private: r.NextPrivate}
	}
	if err := json.Unmarshal(r.Findings, &s.Findings); err != nil {
		return s, fmt.Errorf("domains: read findings: %w", err)
	}
	return s, nil
}

func selectSenders(db bun.IDB, rows *[]senderRow) *bun.SelectQuery {
	return db.NewSelect().Model(rows).ExcludeColumn("released_at").Where("s.state <> 'released'")
}

// senderOf is the address that the network wants to send from, or does; false: none.
func senderOf(ctx context.Context, db bun.IDB, tenant ids.Tenant, lock bool) (Sender, bool, error) {
	var rows []senderRow
	q := selectSenders(db, &rows).Where("s.tenant_id = ?", tenant)
	if lock {
		q = q.For("UPDATE")
	}
	if err := q.Scan(ctx); err != nil {
		return Sender{}, false, fmt.Errorf("domains: find sender: %w", err)
	}
	for _, r := range rows {
		s, err := r.sender()
		return s, err == nil, err
	}
	return Sender{}, false, nil
}

// everyonesSenders are all addresses that are claimed or active, those that were looked at longest ago first.
func everyonesSenders(ctx context.Context, db bun.IDB) ([]Sender, error) {
	var rows []senderRow
	if err := selectSenders(db, &rows).OrderExpr("s.checked_at NULLS FIRST, s.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("domains: list senders: %w", err)
	}
	all := make([]Sender, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = r.sender(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// othersSend are the hosts from which other networks send.
func othersSend(ctx context.Context, db bun.IDB, own ids.Tenant) ([]string, error) {
	var hosts []string
	err := db.NewSelect().Model((*senderRow)(nil)).Column("host").Where("s.state = 'active'").Where("s.tenant_id <> ?", own).Order("host").Scan(ctx, &hosts)
	if err != nil {
		return nil, fmt.Errorf("domains: list others' senders: %w", err)
	}
	return hosts, nil
}

func insertSender(ctx context.Context, tx *tenants.Tx, s Sender) error {
	r, err := rowOf(s)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&r).Exec(ctx)
	if database.Violates(err, "senders_one_each") {
		return fault.Conflict("domains.sender.one_each").Because(err)
	}
	if err != nil {
		return fmt.Errorf("domains: claim sender: %w", err)
	}
	return nil
}

// saveSender keeps a sender. Where it has become active while another network sends from its host, it is refused; one that
// was released loses its private keys.
func saveSender(ctx context.Context, tx *tenants.Tx, s Sender, now time.Time) error {
	if s.State == Released {
		s.Key.Private, s.Next = nil, Key{}
	}
	r, err := rowOf(s)
	if err != nil {
		return err
	}
	if s.State == Released {
		r.ReleasedAt = now
	}
	_, err = tx.NewUpdate().Model(&r).Column(
		"state", "selector", "public_key", "private_key", "next_public_key", "next_private_key", "findings", "proved_at", "checked_at", "broken_at", "lost_at", "released_at",
	).WherePK().Exec(ctx)
	if database.Violates(err, "senders_one_owner") {
		return fault.Conflict("domains.taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("domains: save sender: %w", err)
	}
	return nil
}

// oneAtATime keeps everybody else from becoming the owner of a name until the transaction ends: of two networks that prove
// a name and one below it, or one to be served under and one to send from, one has it.
func oneAtATime(ctx context.Context, tx *tenants.Tx) error {
	if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(7236102)").Exec(ctx); err != nil {
		return fmt.Errorf("domains: wait for others: %w", err)
	}
	return nil
}
