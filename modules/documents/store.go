package documents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/tenants"
)

// reader is what documents are read from, within a transaction or without one.
type reader = bun.IDB

type row struct {
	bun.BaseModel `bun:"table:documents,alias:d"`

	ID             ids.Document     `bun:"id,pk"`
	SheetID        ids.Sheet        `bun:"sheet_id,nullzero"`
	Question       string           `bun:"question"`
	ConditionID    ids.Condition    `bun:"condition_id,nullzero"`
	ApplicationID  ids.Application  `bun:"application_id,nullzero"`
	OrganizationID ids.Organization `bun:"organization_id"`
	Name           string           `bun:"name"`
	Kind           files.Kind       `bun:"kind"`
	Size           int64            `bun:"size"`
	State          State            `bun:"state"`
	Scanned        bool             `bun:"scanned"`
	Reason         string           `bun:"reason"`
	SHA256         []byte           `bun:"sha256"`
	QuarantineKey  string           `bun:"quarantine_key"`
	Key            string           `bun:"key"`
	GrantedAt      time.Time        `bun:"granted_at"`
	GrantedBy      ids.Person       `bun:"granted_by,nullzero"`
	CheckedAt      time.Time        `bun:"checked_at,nullzero"`
	RemovedAt      time.Time        `bun:"removed_at,nullzero"`
}

func (r *row) document() Document {
	return Document{
		ID: r.ID, Sheet: r.SheetID, Question: r.Question, Condition: r.ConditionID, Application: r.ApplicationID, Organization: r.OrganizationID, Name: r.Name, Kind: r.Kind, Size: r.Size, State: r.State,
		Scanned: r.Scanned, Reason: r.Reason, SHA256: r.SHA256, GrantedAt: r.GrantedAt, GrantedBy: r.GrantedBy, CheckedAt: r.CheckedAt,
		quarantine: r.QuarantineKey, key: r.Key, leaving: !r.RemovedAt.IsZero(),
	}
}

// Asking asks what programs are told of documents. It is for other modules' use-cases, which have authorized the reader
// for the sheets to which these belong; documents for conditions are not among them.
func Asking(wanted []ids.Document, found func(Document)) tenants.Question {
	return tenants.Question{
		Query: `SELECT id, sheet_id, question, name, kind, size, state, scanned, sha256 FROM documents WHERE id = ANY($1::uuid[]) AND sheet_id IS NOT NULL AND removed_at IS NULL`,
		Args:  []any{tenants.Array(wanted)}, Row: func(r *tenants.Row) error {
			var d Document
			err := r.Scan(&d.ID, &d.Sheet, &d.Question, &d.Name, &d.Kind, &d.Size, &d.State, &d.Scanned, &d.SHA256)
			found(d)
			return err
		},
	}
}

func insert(ctx context.Context, tx *tenants.Tx, d *Document) error {
	r := row{
		ID: d.ID, SheetID: d.Sheet, Question: d.Question, ConditionID: d.Condition, ApplicationID: d.Application, OrganizationID: d.Organization, Name: d.Name, Kind: d.Kind, Size: d.Size, State: d.State,
		QuarantineKey: d.quarantine, Key: d.key, GrantedAt: d.GrantedAt, GrantedBy: d.GrantedBy,
	}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("documents: grant: %w", err)
	}
	return nil
}

// find is a document whose content is not being erased. Fault: NotFound.
func find(ctx context.Context, db bun.IDB, id ids.Document) (Document, error) {
	all, err := findAll(ctx, db, []ids.Document{id})
	if err != nil {
		return Document{}, err
	}
	if len(all) == 0 {
		return Document{}, fault.NotFound()
	}
	return all[0], nil
}

func findAll(ctx context.Context, db bun.IDB, wanted []ids.Document) ([]Document, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var rows []row
	if err := db.NewSelect().Model(&rows).Where("d.id IN (?)", bun.List(wanted)).Where("d.removed_at IS NULL").Scan(ctx); err != nil {
		return nil, fmt.Errorf("documents: find: %w", err)
	}
	return listed(rows), nil
}

func listed(rows []row) []Document {
	all := make([]Document, len(rows))
	for i := range rows {
		all[i] = rows[i].document()
	}
	return all
}

// held is find that keeps everybody else from the document until the transaction ends.
func held(ctx context.Context, tx *tenants.Tx, id ids.Document) (Document, error) {
	if err := hold(ctx, tx, id); err != nil {
		return Document{}, err
	}
	return find(ctx, tx, id)
}

// move writes the state to which a verb leads, with what goes with it, if the document still stands where the verb begins.
// It reports whether it did.
func move(ctx context.Context, tx *tenants.Tx, id ids.Document, v Verb, set func(q *bun.UpdateQuery) *bun.UpdateQuery) (bool, error) {
	t := transitions[v]
	result, err := set(tx.NewUpdate().Model((*row)(nil)).Set("state = ?", t.to).Where("id = ?", id).Where("state = ?", t.from)).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("documents: %s: %w", v, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("documents: %s: %w", v, err)
	}
	return n > 0, nil
}

func arrive(ctx context.Context, tx *tenants.Tx, id ids.Document) (bool, error) {
	return move(ctx, tx, id, Arrive, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("arrived_at = now()") })
}

// take begins a check, unless somebody else is at it. A check whose time is over was left by a program that died.
func take(ctx context.Context, tx *tenants.Tx, id ids.Document) (bool, error) {
	result, err := tx.NewUpdate().Model((*row)(nil)).Set("state = ?", Checking).Set("checking_until = now() + make_interval(secs => ?)", leaseLife.Seconds()).
		Where("id = ?", id).Where("removed_at IS NULL").
		WhereGroup(" AND ", func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Where("state = ?", Quarantined).WhereOr("state = ? AND checking_until < now()", Checking)
		}).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("documents: check: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("documents: check: %w", err)
	}
	return n > 0, nil
}

func postpone(ctx context.Context, tx *tenants.Tx, id ids.Document) error {
	_, err := move(ctx, tx, id, Postpone, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("checking_until = NULL") })
	return err
}

func pass(ctx context.Context, tx *tenants.Tx, id ids.Document, v verdict) (bool, error) {
	return move(ctx, tx, id, Pass, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("checking_until = NULL").Set("checked_at = now()").Set("size = ?", v.size).Set("sha256 = ?", v.sha256).Set("scanned = ?", v.scanned)
	})
}

func refuse(ctx context.Context, tx *tenants.Tx, id ids.Document, reason string) (bool, error) {
	return move(ctx, tx, id, Refuse, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("checking_until = NULL").Set("checked_at = now()").Set("reason = ?", reason)
	})
}

// taken is how much room documents take up, with what is on its way. From then on, until the transaction ends, nobody else
// can take up more.
type taken struct {
	Organization int64
	Network      int64
	Open         int // grants of the person that were not used yet
}

func room(ctx context.Context, tx *tenants.Tx, organization ids.Organization, person ids.Person) (taken, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM document_room WHERE id = 1 FOR UPDATE").Exec(ctx); err != nil {
		return taken{}, fmt.Errorf("documents: hold the room: %w", err)
	}
	var t taken
	err := tx.NewRaw(`SELECT coalesce(sum(size) FILTER (WHERE organization_id = ?), 0) AS organization, coalesce(sum(size), 0) + (SELECT coalesce(sum(t.size), 0) FROM form_templates AS t) AS network,
		count(*) FILTER (WHERE state = 'granted' AND granted_by = ?) AS open FROM documents WHERE state <> 'refused'`, organization, person).
		Scan(ctx, &t.Organization, &t.Network, &t.Open)
	if err != nil {
		return taken{}, fmt.Errorf("documents: measure the room: %w", err)
	}
	return t, nil
}

// forget deletes the row of a document that never arrived, or whose content is gone.
func forget(ctx context.Context, tx *tenants.Tx, id ids.Document) error {
	if _, err := tx.NewDelete().Model((*row)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("documents: forget: %w", err)
	}
	return nil
}

// Fit tells which of the documents, by the sheets whose answers name them, were given there, have arrived and were not
// refused. It is for other modules' use-cases, which have authorized.
func Fit(ctx context.Context, db bun.IDB, given map[ids.Sheet][]ids.Document) (map[ids.Document]bool, error) {
	var wanted []ids.Document
	for _, named := range given {
		wanted = append(wanted, named...)
	}
	all, err := findAll(ctx, db, wanted)
	if err != nil {
		return nil, err
	}
	good := make(map[ids.Document]bool, len(all))
	for _, d := range all {
		good[d.ID] = d.Condition.IsZero() && d.State != Granted && d.State != Refused && slices.Contains(given[d.Sheet], d.ID)
	}
	return good, nil
}
