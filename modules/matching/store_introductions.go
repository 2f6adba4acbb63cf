package matching

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// What the core proposes stands in the shared tables.

type introductionRow struct {
	bun.BaseModel `bun:"table:common_proposals,alias:cp"`

	ID      ids.Match          `bun:"id,pk"`
	CoreID  ids.Tenant         `bun:"core_id"`
	RoundID ids.Round          `bun:"round_id"`
	RunID   ids.Run            `bun:"run_id"`
	Cards   []ids.Organization `bun:"cards,array"`
	State   ProposalState      `bun:"state"`
	Note    string             `bun:"note"`
	SentAt  time.Time          `bun:"sent_at"`
	SentBy  ids.Person         `bun:"sent_by,nullzero"`
	DueAt   time.Time          `bun:"due_at"`
	EndedAt time.Time          `bun:"ended_at,nullzero"`
}

type partyRow struct {
	bun.BaseModel `bun:"table:common_parties,alias:pa"`

	ProposalID     ids.Match        `bun:"proposal_id,pk"`
	CardID         ids.CommonCard   `bun:"card_id,pk"`
	TenantID       ids.Tenant       `bun:"tenant_id"`
	OrganizationID ids.Organization `bun:"organization_id"`
	Name           string           `bun:"name"`
	Accepts        *bool            `bun:"accepts"`
	Reason         string           `bun:"reason"`
	AnsweredAt     time.Time        `bun:"answered_at,nullzero"`
	Contact        string           `bun:"contact"`
	Email          string           `bun:"email"`
	ContactBy      ids.Person       `bun:"contact_by,nullzero"`
	Told           bool             `bun:"told"`
}

// introductions are those that a question asks for, the newest first, each with its parties by seat.
func introductions(ctx context.Context, db bun.IDB, ask func(q *bun.SelectQuery) *bun.SelectQuery) ([]Introduction, error) {
	var rows []introductionRow
	if err := ask(db.NewSelect().Model(&rows)).Order("cp.sent_at DESC", "cp.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: read introductions: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	wanted := make([]ids.Match, len(rows))
	for i := range rows {
		wanted[i] = rows[i].ID
	}
	var parties []partyRow
	if err := db.NewSelect().Model(&parties).Where("pa.proposal_id IN (?)", bun.List(wanted)).Order("pa.proposal_id", "pa.card_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: read who is introduced: %w", err)
	}
	all := make([]Introduction, len(rows))
	for i := range rows {
		r := &rows[i]
		p := Introduction{Core: r.CoreID, Proposal: Proposal{
			ID: r.ID, Round: r.RoundID, Run: r.RunID, Organizations: r.Cards, State: r.State, Note: r.Note, SentAt: r.SentAt, SentBy: r.SentBy, DueAt: r.DueAt, EndedAt: r.EndedAt,
		}}
		for _, card := range r.Cards {
			at := slices.IndexFunc(parties, func(o partyRow) bool { return o.ProposalID == r.ID && o.CardID == ids.CommonCard(card) })
			if at < 0 {
				continue // its network is gone
			}
			o := &parties[at]
			p.Parties = append(p.Parties, Party{
				Card: o.CardID, Network: o.TenantID, Organization: o.OrganizationID, Name: o.Name, Accepts: o.Accepts != nil && *o.Accepts, Reason: o.Reason,
				AnsweredAt: o.AnsweredAt, Contact: o.Contact, Email: o.Email, By: o.ContactBy, Told: o.Told,
			})
		}
		p.Answers = p.answers()
		all[i] = p
	}
	return all, nil
}

// introductionsIn are those of a round.
func introductionsIn(ctx context.Context, db bun.IDB, round ids.Round) ([]Introduction, error) {
	return introductions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("cp.round_id = ?", round) })
}

// mostIntroductions is how many are listed.
const mostIntroductions = 100

// introductionsTo are those to organizations of a network; to all of it where none is named.
func introductionsTo(ctx context.Context, db bun.IDB, network ids.Tenant, who []ids.Organization) ([]Introduction, error) {
	return introductions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		parties := db.NewSelect().Table("common_parties").Column("proposal_id").Where("tenant_id = ?", network)
		if who != nil {
			parties = parties.Where("organization_id IN (?)", bun.List(who))
		}
		return q.Where("cp.id IN (?)", parties).Limit(mostIntroductions)
	})
}

// introductionsAbout are those to organizations of a network.
func introductionsAbout(ctx context.Context, db bun.IDB, network ids.Tenant, who []ids.Organization) ([]ids.Match, error) {
	var found []ids.Match
	err := db.NewSelect().Table("common_parties").Column("proposal_id").Where("tenant_id = ?", network).Where("organization_id IN (?)", bun.List(who)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("matching: find introductions: %w", err)
	}
	return found, nil
}

// findIntroduction is one; from the transaction of a lock as it stands then. Fault: NotFound.
func findIntroduction(ctx context.Context, db bun.IDB, id ids.Match) (Introduction, error) {
	all, err := introductions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("cp.id = ?", id) })
	if err != nil {
		return Introduction{}, err
	}
	if len(all) == 0 {
		return Introduction{}, fault.NotFound()
	}
	return all[0], nil
}

// lockIntroduction is findIntroduction that keeps everybody else from changing it until the transaction ends.
func lockIntroduction(ctx context.Context, tx *tenants.Tx, id ids.Match) (Introduction, error) {
	if err := lock(ctx, tx, "common_proposals", id); err != nil {
		return Introduction{}, err
	}
	return findIntroduction(ctx, tx, id)
}

// holdIntroductions lets nobody else propose across networks until the transaction ends.
func holdIntroductions(ctx context.Context, tx *tenants.Tx) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended('matching.introductions', 0))`).Exec(ctx); err != nil {
		return fmt.Errorf("matching: hold introductions: %w", err)
	}
	return nil
}

// holdCards are those of the cards that there are, to be seen or not, and keeps these from being taken back until the transaction ends.
func holdCards(ctx context.Context, tx *tenants.Tx, cards []ids.Organization) ([]ids.Organization, error) {
	if len(cards) == 0 {
		return nil, nil
	}
	var held []ids.Organization
	if err := tx.NewRaw(`SELECT id FROM common_cards WHERE id IN (?) ORDER BY id FOR KEY SHARE`, bun.List(cards)).Scan(ctx, &held); err != nil {
		return nil, fmt.Errorf("matching: hold cards: %w", err)
	}
	return held, nil
}

// holdParties are the organizations behind cards that are to be seen, and keeps these from being taken back until the transaction
// ends. Fewer than were asked for: not all are.
func holdParties(ctx context.Context, tx *tenants.Tx, cards []ids.Organization) ([]Party, error) {
	if _, err := holdCards(ctx, tx, cards); err != nil {
		return nil, err
	}
	var rows []copyRow
	found, err := shownCopies(ctx, tx.NewSelect().Model(&rows).ColumnExpr("c.organization_id").Where("c.id IN (?)", bun.List(cards)), &rows)
	all := make([]Party, len(found))
	for i := range found {
		all[i] = Party{Card: found[i].ID, Network: found[i].Network, Organization: rows[i].OrganizationID, Name: found[i].content.Name}
	}
	return all, err
}

// insertIntroduction proposes. What was proposed before is left as it is.
func insertIntroduction(ctx context.Context, tx *tenants.Tx, p *Introduction) (fresh bool, err error) {
	row := introductionRow{ID: p.ID, CoreID: p.Core, RoundID: p.Round, RunID: p.Run, Cards: p.Organizations, State: ProposalSent, Note: p.Note, SentAt: p.SentAt, SentBy: p.SentBy, DueAt: p.DueAt}
	fresh, err = moved(tx.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Returning("NULL").Exec(ctx))
	if err != nil || !fresh {
		return fresh, err
	}
	rows := make([]partyRow, len(p.Parties))
	for i, o := range p.Parties {
		rows[i] = partyRow{ProposalID: p.ID, CardID: o.Card, TenantID: o.Network, OrganizationID: o.Organization, Name: o.Name}
	}
	if _, err := tx.NewInsert().Model(&rows).Returning("NULL").Exec(ctx); err != nil {
		return false, fmt.Errorf("matching: introduce: %w", err)
	}
	return true, nil
}

// answerIntroduction writes what one of the parties answers. The caller holds the introduction.
func answerIntroduction(ctx context.Context, tx *tenants.Tx, id ids.Match, o *Party) error {
	row := partyRow{Accepts: &o.Accepts, Reason: o.Reason, AnsweredAt: o.AnsweredAt, Contact: o.Contact, Email: o.Email, ContactBy: o.By}
	_, err := tx.NewUpdate().Model(&row).Column("accepts", "reason", "answered_at", "contact", "email", "contact_by").Where("proposal_id = ?", id).Where("card_id = ?", o.Card).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: answer introduction: %w", err)
	}
	return nil
}

// moveIntroduction writes that an introduction has ended, or is one; of one that is none nobody is shown to anybody. The caller holds it.
func moveIntroduction(ctx context.Context, tx *tenants.Tx, p *Introduction) error {
	if _, err := tx.NewRaw("UPDATE common_proposals SET state = ?, ended_at = ? WHERE id = ?", p.State, p.EndedAt, p.ID).Exec(ctx); err != nil {
		return fmt.Errorf("matching: move introduction: %w", err)
	}
	if p.State == ProposalAccepted {
		return nil
	}
	return forget(ctx, tx, "proposal_id = ?", p.ID)
}

// forget takes back whom one could turn to at some organizations.
func forget(ctx context.Context, tx *tenants.Tx, where string, args ...any) error {
	q := tx.NewUpdate().Model((*partyRow)(nil)).Set("contact = '', email = '', contact_by = NULL").Where("pa.contact <> ''").Where(where, args...)
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("matching: forget contacts: %w", err)
	}
	return nil
}

// forgetParties takes them back at organizations that show their cards no more, and forgets what these were called.
func forgetParties(ctx context.Context, tx *tenants.Tx) error {
	_, err := tx.NewRaw(`UPDATE common_parties AS pa SET name = '' WHERE pa.name <> '' AND NOT EXISTS (SELECT FROM common_cards AS c WHERE c.id = pa.card_id)`).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: forget names: %w", err)
	}
	return forget(ctx, tx, "NOT EXISTS (SELECT FROM common_cards AS c WHERE c.id = pa.card_id)")
}

// takeContacts takes them back at organizations of a network in one introduction.
func takeContacts(ctx context.Context, tx *tenants.Tx, network ids.Tenant, id ids.Match, who []ids.Organization) error {
	return forget(ctx, tx, "pa.tenant_id = ? AND pa.proposal_id = ? AND pa.organization_id IN (?)", network, id, bun.List(who))
}

// takeContactsOf takes back what somebody of a network has named, but at organizations that they lead.
func takeContactsOf(ctx context.Context, tx *tenants.Tx, network ids.Tenant, person ids.Person, leads []ids.Organization) error {
	return forget(ctx, tx, "pa.tenant_id = ? AND pa.contact_by = ? AND NOT pa.organization_id = ANY (?::uuid[])", network, person, tenants.Array(leads))
}

// toldParties notes that a network's organizations are told of an introduction. The caller holds it.
func toldParties(ctx context.Context, tx *tenants.Tx, network ids.Tenant, id ids.Match) error {
	if _, err := tx.NewRaw("UPDATE common_parties SET told = true WHERE proposal_id = ? AND tenant_id = ? AND NOT told", id, network).Exec(ctx); err != nil {
		return fmt.Errorf("matching: note who is told: %w", err)
	}
	return nil
}

// forgetInCores has the core's runs forget the cards that the caller has taken away.
func forgetInCores(ctx context.Context, tx *tenants.Tx) error {
	var cores []ids.Tenant
	err := tx.NewRaw(`SELECT id FROM tenants WHERE kind = ? AND status IN (?) AND schema_version > 0 ORDER BY id`, tenants.KindCore, bun.List(shownIn)).Scan(ctx, &cores)
	if err != nil {
		return fmt.Errorf("matching: find the core: %w", err)
	}
	for _, id := range cores {
		tx.EnqueueIn(id, forgetJob, struct{}{})
	}
	return nil
}

// orphaned are the proposals to be answered of which an organization shows its card no more, in an order in which they can be locked.
func orphaned(ctx context.Context, tx *tenants.Tx) ([]ids.Match, error) {
	var all []ids.Match
	err := tx.NewRaw(`SELECT cp.id FROM common_proposals AS cp WHERE cp.state = 'sent'
		AND EXISTS (SELECT FROM unnest(cp.cards) AS k (id) WHERE NOT EXISTS (SELECT FROM common_cards AS c WHERE c.id = k.id)) ORDER BY cp.id`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: find what has no card: %w", err)
	}
	return all, nil
}

// introduced are the cards of organizations that have a proposal of the core to answer, or have accepted one in the round.
func introduced(ctx context.Context, db bun.IDB, round ids.Round) (map[ids.Organization]bool, error) {
	var found []ids.Organization
	err := db.NewRaw(`SELECT DISTINCT c.id FROM common_cards AS c JOIN common_parties AS pa ON pa.tenant_id = c.tenant_id AND pa.organization_id = c.organization_id
		JOIN common_proposals AS cp ON cp.id = pa.proposal_id WHERE cp.state = 'sent' OR cp.state = 'accepted' AND cp.round_id = ?`, round).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("matching: list who is introduced: %w", err)
	}
	all := make(map[ids.Organization]bool, len(found))
	for _, id := range found {
		all[id] = true
	}
	return all, nil
}

// refusedAbroad are the pairs of cards of which one has declined a proposal of the round with the other.
func refusedAbroad(ctx context.Context, db bun.IDB, round ids.Round) ([]Pair, error) {
	var rows []struct{ One, Other ids.Organization }
	err := db.NewRaw(`SELECT DISTINCT c1.id AS one, c2.id AS other FROM common_proposals AS cp
		JOIN common_parties AS p1 ON p1.proposal_id = cp.id AND p1.accepts = false JOIN common_parties AS p2 ON p2.proposal_id = cp.id AND p2.card_id <> p1.card_id
		JOIN common_cards AS c1 ON c1.tenant_id = p1.tenant_id AND c1.organization_id = p1.organization_id
		JOIN common_cards AS c2 ON c2.tenant_id = p2.tenant_id AND c2.organization_id = p2.organization_id WHERE cp.round_id = ?`, round).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("matching: list who has declined: %w", err)
	}
	all := make([]Pair, len(rows))
	for i, r := range rows {
		all[i] = PairOf(r.One, r.Other)
	}
	return all, nil
}

// copiesNamed are those of the copies that are to be seen, by their names.
func copiesNamed(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]Copy, error) {
	var rows []copyRow
	found, err := shownCopies(ctx, db.NewSelect().Model(&rows).Where("c.id IN (?)", bun.List(wanted)), &rows)
	all := make(map[ids.Organization]Copy, len(found))
	for i := range found {
		all[ids.Organization(found[i].ID)] = found[i]
	}
	return all, err
}

// engagements are who is engaged in the round, and who is not put together in it.
type engagements struct {
	busy   map[ids.Organization]bool // they have a proposal to answer, or have accepted one that counts
	parted map[Pair]bool             // beside those that its rules keep apart; nobody is told why
}

// abroad is what the shared tables say of that about the organizations, in a round of the common pool; in another one, nothing. No transaction may wait for it, as
// it takes another connection: it is read before one begins.
func (s *Service) abroad(ctx context.Context, r *Round, organizations []ids.Organization) (engagements, error) {
	a := engagements{parted: map[Pair]bool{}}
	if r.Pool != SharedPool {
		return a, nil
	}
	var err error
	if a.busy, err = introduced(ctx, s.tenants.Platform().Read(), r.ID); err != nil {
		return a, err
	}
	refused, err := refusedAbroad(ctx, s.tenants.Platform().Read(), r.ID)
	if err != nil {
		return a, err
	}
	ruled, err := ruledOutAbroad(ctx, s.tenants.Platform().Read(), organizations)
	for _, pair := range slices.Concat(refused, ruled) {
		a.parted[pair] = true
	}
	return a, err
}

// here adds what the tenant's own tables say about the organizations.
func (a engagements) here(ctx context.Context, db bun.IDB, r *Round, organizations []ids.Organization) (engagements, error) {
	parted, err := barsOf(ctx, db, r.ID, organizations)
	if err != nil {
		return a, err
	}
	maps.Copy(parted, a.parted)
	a.parted = parted
	if r.Pool != SharedPool {
		a.busy, err = engaged(ctx, db, r, ids.Match{})
	}
	return a, err
}

// engagements is abroad and here, outside of a transaction.
func (s *Service) engagements(ctx context.Context, sc tenants.Scope, r *Round, organizations []ids.Organization) (engagements, error) {
	a, err := s.abroad(ctx, r, organizations)
	if err != nil {
		return a, err
	}
	return a.here(ctx, sc.Read(), r, organizations)
}

// proposalsOf are the proposals of a round, the newest first.
func (s *Service) proposalsOf(ctx context.Context, db bun.IDB, r *Round) ([]Proposal, error) {
	if r.Pool != SharedPool {
		return proposalsOf(ctx, db, r.ID)
	}
	all, err := introductionsIn(ctx, s.tenants.Platform().Read(), r.ID)
	found := make([]Proposal, len(all))
	for i := range all {
		found[i] = all[i].Proposal
	}
	return found, err
}

// proposedAbroad reports whether anything was ever proposed across networks in the round, or of one of its runs where that is named; in
// a round of another pool nothing was. No transaction may wait for it, either.
func (s *Service) proposedAbroad(ctx context.Context, r *Round, run ids.Run) (bool, error) {
	if r.Pool != SharedPool {
		return false, nil
	}
	q := s.tenants.Platform().Read().NewSelect().Table("common_proposals").Where("round_id = ?", r.ID)
	if !run.IsZero() {
		q = q.Where("run_id = ?", run)
	}
	found, err := q.Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: look for introductions of a round: %w", err)
	}
	return found, nil
}
