package blueprints

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type proposalRow struct {
	bun.BaseModel `bun:"table:blueprint_proposals,alias:p"`

	ID         ids.Proposal    `bun:"id,pk"`
	TenantID   ids.Tenant      `bun:"tenant_id"`
	Blueprint  string          `bun:"blueprint"`
	Number     int             `bun:"number"`
	Piece      string          `bun:"piece"`
	Content    json.RawMessage `bun:"content,type:jsonb,nullzero"`
	Follows    string          `bun:"follows"`
	Reason     string          `bun:"reason"`
	Named      bool            `bun:"named"`
	State      ProposalState   `bun:"state"`
	Answer     string          `bun:"answer"`
	SentAt     time.Time       `bun:"sent_at,nullzero,default:now()"`
	SentBy     ids.Person      `bun:"sent_by"`
	DecidedAt  time.Time       `bun:"decided_at,nullzero"`
	DecidedBy  ids.Person      `bun:"decided_by"`
	IntoNumber int             `bun:"into_number,nullzero"`

	Network string `bun:"network,scanonly"`
}

func (r *proposalRow) proposal() Proposal {
	return Proposal{
		ID: r.ID, Tenant: r.TenantID, Blueprint: r.Blueprint, Number: r.Number, Piece: r.Piece, Content: r.Content, Follows: r.Follows, Reason: r.Reason,
		Named: r.Named, State: r.State, Answer: r.Answer, SentAt: r.SentAt, SentBy: r.SentBy, DecidedAt: r.DecidedAt, Into: r.IntoNumber, Network: r.Network,
	}
}

// which narrows a list of proposals.
type which func(*bun.SelectQuery) *bun.SelectQuery

func of(tenant ids.Tenant) which {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("p.tenant_id = ?", tenant) }
}

func thatOne(id ids.Proposal) which {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("p.id = ?", id) }
}

func inState(s ProposalState) which {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("p.state = ?", s) }
}

func inAnyBut(s ProposalState) which {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("p.state <> ?", s) }
}

// inNext are the accepted proposals of a blueprint that stand in no version yet.
func inNext(blueprint string) which {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("p.blueprint = ?", blueprint).Where("p.state = ?", ProposalAccepted).Where("p.into_number IS NULL")
	}
}

// proposals lists proposals, those that wait first, the oldest of them on top, and then the latest decisions.
func proposals(ctx context.Context, db bun.IDB, narrowed ...which) ([]Proposal, error) {
	var rows []proposalRow
	q := db.NewSelect().Model(&rows).ColumnExpr("p.*, t.name AS network").Join("JOIN tenants AS t ON t.id = p.tenant_id").
		OrderExpr("p.state <> 'waiting', CASE p.state WHEN 'waiting' THEN p.sent_at END, p.decided_at DESC, p.id").Limit(500)
	for _, narrow := range narrowed {
		q = narrow(q)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("blueprints: read proposals: %w", err)
	}
	found := make([]Proposal, len(rows))
	for i := range rows {
		found[i] = rows[i].proposal()
	}
	return found, nil
}

func proposalOf(ctx context.Context, db bun.IDB, narrowed ...which) (Proposal, error) {
	found, err := proposals(ctx, db, narrowed...)
	if err != nil {
		return Proposal{}, err
	}
	if len(found) != 1 {
		return Proposal{}, fault.NotFound()
	}
	return found[0], nil
}

// insertProposal keeps a proposal, unless the piece waits already.
func insertProposal(ctx context.Context, tx *tenants.Tx, p *Proposal) error {
	var content any
	if p.Content != nil {
		content = string(p.Content)
	}
	result, err := tx.NewRaw(`INSERT INTO platform.blueprint_proposals (id, tenant_id, blueprint, number, piece, content, follows, reason, named, sent_by)
		VALUES (?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.ID, p.Tenant, p.Blueprint, p.Number, p.Piece, content, p.Follows, p.Reason, p.Named, p.SentBy).Exec(ctx)
	if err != nil {
		return fmt.Errorf("blueprints: keep proposal: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("blueprints.proposal.waits"), err)
	}
	return nil
}

// decideProposal ends a waiting proposal.
func decideProposal(ctx context.Context, tx *tenants.Tx, id ids.Proposal, state ProposalState, answer string, by ids.Person) error {
	result, err := tx.NewRaw(`UPDATE platform.blueprint_proposals SET state = ?, answer = ?, decided_at = now(), decided_by = ? WHERE id = ? AND state = 'waiting'`,
		state, answer, by, id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("blueprints: decide proposal: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("blueprints.proposal.decided"), err)
	}
	return nil
}

// settle notes in which version proposals have been published.
func settle(ctx context.Context, tx *tenants.Tx, in []ids.Proposal, number int) error {
	if len(in) == 0 {
		return nil
	}
	if _, err := tx.NewRaw(`UPDATE platform.blueprint_proposals SET into_number = ? WHERE id IN (?)`, number, bun.List(in)).Exec(ctx); err != nil {
		return fmt.Errorf("blueprints: settle proposals: %w", err)
	}
	return nil
}

// saveUses replaces what is known of how a network uses blueprints.
func saveUses(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant, uses []Use) error {
	if _, err := tx.NewRaw(`DELETE FROM platform.blueprint_uses WHERE tenant_id = ?`, tenant).Exec(ctx); err != nil {
		return fmt.Errorf("blueprints: forget uses: %w", err)
	}
	for i := range uses {
		u := &uses[i]
		changed, err := json.Marshal(append([]string{}, u.Changed...))
		if err != nil {
			return fmt.Errorf("blueprints: write uses: %w", err)
		}
		if _, err := tx.NewRaw(`INSERT INTO platform.blueprint_uses (tenant_id, blueprint, number, calls, since, changed, added) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?)
			ON CONFLICT (tenant_id, blueprint, number) DO NOTHING`,
			tenant, u.Blueprint, u.Number, u.Calls, u.Since, string(changed), u.Added).Exec(ctx); err != nil {
			return fmt.Errorf("blueprints: keep uses: %w", err)
		}
	}
	return nil
}

func usesOf(ctx context.Context, db bun.IDB, blueprint string) ([]Use, error) {
	var rows []struct {
		bun.BaseModel `bun:"table:blueprint_uses,alias:u"`

		TenantID  ids.Tenant `bun:"tenant_id"`
		Network   string     `bun:"network,scanonly"`
		Blueprint string     `bun:"blueprint"`
		Number    int        `bun:"number"`
		Calls     int        `bun:"calls"`
		Since     time.Time  `bun:"since"`
		Changed   []string   `bun:"changed,type:jsonb"`
		Added     int        `bun:"added"`
	}
	err := db.NewSelect().Model(&rows).ColumnExpr("u.tenant_id, u.blueprint, u.number, u.calls, u.since, u.changed, u.added, t.name AS network").
		Join("JOIN tenants AS t ON t.id = u.tenant_id").Where("u.blueprint = ?", blueprint).OrderExpr("u.number DESC, t.name, u.tenant_id").Limit(1000).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("blueprints: read uses: %w", err)
	}
	found := make([]Use, len(rows))
	for i, r := range rows {
		found[i] = Use{Tenant: r.TenantID, Network: r.Network, Blueprint: r.Blueprint, Number: r.Number, Calls: r.Calls, Since: r.Since, Changed: r.Changed, Added: r.Added}
	}
	return found, nil
}
