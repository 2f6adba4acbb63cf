package matching

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type proposalRow struct {
	bun.BaseModel `bun:"table:matching_proposals,alias:mp"`

	ID            ids.Match          `bun:"id,pk"`
	RoundID       ids.Round          `bun:"round_id"`
	RunID         ids.Run            `bun:"run_id,nullzero"`
	Organizations []ids.Organization `bun:"organizations,array"`
	Applications  []ids.Application  `bun:"applications,array"`
	State         ProposalState      `bun:"state"`
	Note          string             `bun:"note"`
	SentAt        time.Time          `bun:"sent_at"`
	SentBy        ids.Person         `bun:"sent_by,nullzero"`
	DueAt         time.Time          `bun:"due_at"`
	EndedAt       time.Time          `bun:"ended_at,nullzero"`
	Noted         string             `bun:"noted"`
}

func (r *proposalRow) proposal() Proposal {
	return Proposal{
		ID: r.ID, Round: r.RoundID, Run: r.RunID, Organizations: r.Organizations, Applications: r.Applications, State: r.State, Note: r.Note, SentAt: r.SentAt,
		SentBy: r.SentBy, DueAt: r.DueAt, EndedAt: r.EndedAt, Noted: r.Noted,
	}
}

func insertProposal(ctx context.Context, tx *tenants.Tx, p *Proposal) error {
	row := proposalRow{
		ID: p.ID, RoundID: p.Round, RunID: p.Run, Organizations: p.Organizations, Applications: filled(p.Applications), State: p.State, Note: p.Note, SentAt: p.SentAt,
		SentBy: p.SentBy, DueAt: p.DueAt,
	}
	if _, err := tx.NewInsert().Model(&row).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: propose: %w", err)
	}
	return nil
}

// moveProposal writes the proposal's state and what was noted. The caller holds its lock.
func moveProposal(ctx context.Context, tx *tenants.Tx, p *Proposal) error {
	_, err := tx.NewUpdate().Table("matching_proposals").Set("state = ?, ended_at = ?, noted = ?", p.State, p.EndedAt, p.Noted).Where("id = ?", p.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: move proposal: %w", err)
	}
	return nil
}

// lockProposal finds a proposal with its answers and keeps everybody else from changing it until the transaction ends.
func lockProposal(ctx context.Context, tx *tenants.Tx, id ids.Match) (Proposal, error) {
	if err := lock(ctx, tx, "matching_proposals", id); err != nil {
		return Proposal{}, err
	}
	return findProposal(ctx, tx, id)
}

func findProposal(ctx context.Context, db bun.IDB, id ids.Match) (Proposal, error) {
	var row proposalRow
	err := db.NewSelect().Model(&row).Where("mp.id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Proposal{}, fault.NotFound()
	case err != nil:
		return Proposal{}, fmt.Errorf("matching: find proposal: %w", err)
	}
	all, err := answered(ctx, db, []proposalRow{row})
	if err != nil {
		return Proposal{}, err
	}
	return all[0], nil
}

// proposalsOf are the proposals of a round, the newest first.
func proposalsOf(ctx context.Context, db bun.IDB, round ids.Round) ([]Proposal, error) {
	var rows []proposalRow
	if err := db.NewSelect().Model(&rows).Where("mp.round_id = ?", round).Order("mp.sent_at DESC", "mp.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list proposals: %w", err)
	}
	return answered(ctx, db, rows)
}

// proposalsTo are the proposals to any of the organizations, the newest first.
func proposalsTo(ctx context.Context, db bun.IDB, organizations []ids.Organization) ([]Proposal, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	var rows []proposalRow
	err := db.NewSelect().Model(&rows).Where("mp.organizations && ?::uuid[]", tenants.Array(organizations)).Order("mp.sent_at DESC", "mp.id").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("matching: list own proposals: %w", err)
	}
	return answered(ctx, db, rows)
}

// liveWith are the proposals with an application that are to be answered or were accepted, in an order in which they can be locked.
func liveWith(ctx context.Context, db bun.IDB, application ids.Application) ([]ids.Match, error) {
	var found []ids.Match
	err := db.NewRaw("SELECT id FROM matching_proposals WHERE applications @> ?::uuid[] AND state IN (?) ORDER BY id",
		tenants.Array([]ids.Application{application}), bun.List([]ProposalState{ProposalSent, ProposalAccepted})).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("matching: list proposals of an application: %w", err)
	}
	return found, nil
}

// engaged are the organizations that have a proposal to answer, in whatever round, or have accepted one: in this round, in another one
// that is open, or for places of the same call, which closing a round does not give back. One proposal may be left out.
func engaged(ctx context.Context, db bun.IDB, r *Round, but ids.Match) (map[ids.Organization]bool, error) {
	var found []ids.Organization
	q := db.NewSelect().TableExpr("matching_proposals AS mp").Join("JOIN matching_rounds AS r ON r.id = mp.round_id").ColumnExpr("DISTINCT unnest(mp.organizations)").
		Where("mp.state = 'sent' OR mp.state = 'accepted' AND (r.id = ? OR NOT r.closed OR r.call_id = ?)", r.ID, r.Call)
	if !but.IsZero() {
		q = q.Where("mp.id <> ?", but)
	}
	err := q.Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("matching: list who is engaged: %w", err)
	}
	all := make(map[ids.Organization]bool, len(found))
	for _, id := range found {
		all[id] = true
	}
	return all, nil
}

// proposedIn reports whether anything was ever proposed in the round.
func proposedIn(ctx context.Context, db bun.IDB, round ids.Round) (bool, error) {
	found, err := db.NewSelect().Model((*proposalRow)(nil)).Where("mp.round_id = ?", round).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: look for proposals of a round: %w", err)
	}
	return found, nil
}

// proposedOf reports whether anything of a run was ever proposed.
func proposedOf(ctx context.Context, db bun.IDB, run ids.Run) (bool, error) {
	found, err := db.NewSelect().Model((*proposalRow)(nil)).Where("mp.run_id = ?", run).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: look for proposals of a run: %w", err)
	}
	return found, nil
}

type answerRow struct {
	bun.BaseModel `bun:"table:matching_answers,alias:ma"`

	ProposalID     ids.Match        `bun:"proposal_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Accepts        bool             `bun:"accepts"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by,nullzero"`
}

// answered puts the answers to their proposals.
func answered(ctx context.Context, db bun.IDB, rows []proposalRow) ([]Proposal, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	wanted, all := make([]ids.Match, len(rows)), make([]Proposal, len(rows))
	for i := range rows {
		wanted[i], all[i] = rows[i].ID, rows[i].proposal()
	}
	var answers []answerRow
	if err := db.NewSelect().Model(&answers).Where("ma.proposal_id IN (?)", bun.List(wanted)).Order("ma.at", "ma.organization_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list answers: %w", err)
	}
	for _, a := range answers {
		for i := range all {
			if all[i].ID == a.ProposalID {
				all[i].Answers = append(all[i].Answers, Answer{Organization: a.OrganizationID, Accepts: a.Accepts, Reason: a.Reason, At: a.At, By: a.By})
			}
		}
	}
	return all, nil
}

func insertAnswer(ctx context.Context, tx *tenants.Tx, id ids.Match, a *Answer) error {
	row := answerRow{ProposalID: id, OrganizationID: a.Organization, Accepts: a.Accepts, Reason: a.Reason, At: a.At, By: a.By}
	if _, err := tx.NewInsert().Model(&row).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: answer: %w", err)
	}
	return nil
}

// holdProposals lets nobody else propose anything until the transaction ends, so that nobody has two proposals to answer.
func holdProposals(ctx context.Context, tx *tenants.Tx) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' matching.proposals', 0))`).Exec(ctx); err != nil {
		return fmt.Errorf("matching: hold proposals: %w", err)
	}
	return nil
}
