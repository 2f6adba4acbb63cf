package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type statementRow struct {
	bun.BaseModel `bun:"table:review_statements,alias:s"`

	ApplicationID ids.Application   `bun:"application_id,pk"`
	Texts         map[string]string `bun:"texts,type:jsonb"`
	Content       string            `bun:"content"`
	At            time.Time         `bun:"at"`
	By            ids.Person        `bun:"by"`
}

type assentRow struct {
	bun.BaseModel `bun:"table:review_agreements,alias:a"`

	ApplicationID ids.Application `bun:"application_id,pk"`
	PersonID      ids.Person      `bun:"person_id,pk"`
	Content       string          `bun:"content"`
	At            time.Time       `bun:"at"`
}

// statementsOf are the statements of some applications, in two queries.
func statementsOf(ctx context.Context, db bun.IDB, applications []ids.Application) (map[ids.Application]Statement, error) {
	found := map[ids.Application]Statement{}
	if len(applications) == 0 {
		return found, nil
	}
	var rows []statementRow
	if err := db.NewSelect().Model(&rows).Where("s.application_id IN (?)", bun.List(applications)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: find statements: %w", err)
	}
	var agreements []assentRow
	if err := db.NewSelect().Model(&agreements).Where("a.application_id IN (?)", bun.List(applications)).Order("a.at", "a.person_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: find agreements: %w", err)
	}
	for _, r := range rows {
		found[r.ApplicationID] = Statement{Application: r.ApplicationID, Texts: r.Texts, Content: r.Content, At: r.At, By: r.By}
	}
	for _, a := range agreements {
		one := found[a.ApplicationID]
		one.Agreements = append(one.Agreements, Agreed{Person: a.PersonID, Content: a.Content, At: a.At})
		found[a.ApplicationID] = one
	}
	return found, nil
}

// statementOf is the statement of an application; the zero Statement where there is none.
func statementOf(ctx context.Context, db bun.IDB, application ids.Application) (Statement, error) {
	found, err := statementsOf(ctx, db, []ids.Application{application})
	return found[application], err
}

// keepStatement writes a statement in place of the one before. The caller holds the lock of the call's decisions.
func keepStatement(ctx context.Context, tx *tenants.Tx, s *Statement) error {
	row := statementRow{ApplicationID: s.Application, Texts: s.Texts, Content: s.Content, At: s.At, By: s.By}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (application_id) DO UPDATE").
		Set("texts = EXCLUDED.texts, content = EXCLUDED.content, at = EXCLUDED.at, by = EXCLUDED.by").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: keep statement: %w", err)
	}
	return nil
}

func keepAgreement(ctx context.Context, tx *tenants.Tx, application ids.Application, a Agreed) error {
	row := assentRow{ApplicationID: application, PersonID: a.Person, Content: a.Content, At: a.At}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (application_id, person_id) DO UPDATE").
		Set("content = EXCLUDED.content, at = EXCLUDED.at").Where("a.content <> EXCLUDED.content").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: keep agreement: %w", err)
	}
	return nil
}
