package programs

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// briefColumns are those of a call that a card of it shows, and when anything of it last changed in public.
const briefColumns = `c.id, y.name, c.state, c.title, c.summary, c.locales, c.opens_at, c.closes_at, c.closed_at, c.zone, c.places, c.grant_minor, c.grant_currency,
	c.composition, c.published_at, coalesce((SELECT max(at) FROM call_changes WHERE call_id = c.id), c.published_at)`

func (c *Call) brief() []any {
	return []any{
		&c.ID, &c.Cycle, &c.State, &c.Title, &c.Summary, &c.Locales, &c.OpensAt, &c.ClosesAt, &c.ClosedAt, &c.Zone, &c.Places, &c.GrantMinor, &c.GrantCurrency,
		&c.Composition, &c.PublishedAt, &c.ChangedAt,
	}
}

// published reads the published calls as cards show them, the latest deadline first.
func published(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	var found []Call
	err := sc.Ask(ctx, tenants.Question{
		Query: `SELECT ` + briefColumns + ` FROM calls AS c JOIN cycles AS y ON y.id = c.cycle_id WHERE c.state <> 'draft'
			ORDER BY c.closes_at DESC, c.created_at DESC, c.id DESC LIMIT 200`,
		Row: func(r *tenants.Row) error {
			var c Call
			err := r.Scan(c.brief()...)
			found = append(found, c)
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("programs: read published calls: %w", err)
	}
	return found, nil
}

// public reads all that a call's public page shows, in one message. Fault: NotFound.
func public(ctx context.Context, sc tenants.Scope, id ids.Call) (p looked, err error) {
	found := false
	call := tenants.Question{
		Query: `SELECT ` + briefColumns + `, c.about, c.conduct, c.notice, c.first_closes_at, c.criteria, c.documents, c.eligibility, c.quotas, c.stages, c.form_id, c.form_version_id, c.version
			FROM calls AS c JOIN cycles AS y ON y.id = c.cycle_id WHERE c.id = $1`,
		Args: []any{id}, Row: func(r *tenants.Row) error {
			c := &p.call
			found = true
			return r.Scan(append(c.brief(), &c.About, &c.Conduct, &c.Notice, &c.FirstClosesAt, &c.Criteria, &c.Documents, &c.Eligibility, &c.Quotas, &c.Stages, &c.Form, &c.FormVersion, &c.Version)...)
		},
	}
	log := tenants.Question{
		Query: `SELECT at, by, kind, before, after, reason FROM call_changes WHERE call_id = $1 ORDER BY at DESC, id DESC LIMIT 100`,
		Args:  []any{id}, Row: func(r *tenants.Row) error {
			var c Change
			err := r.Scan(&c.At, &c.By, &c.Kind, &c.Before, &c.After, &c.Reason)
			p.log = append(p.log, c)
			return err
		},
	}
	answered := tenants.Question{
		Query: `SELECT id, words, answer, answered_at FROM call_questions WHERE call_id = $1 AND state = 'answered' ORDER BY answered_at DESC, id LIMIT 500`,
		Args:  []any{id}, Row: func(r *tenants.Row) error {
			q := Question{Call: id, State: QuestionAnswered}
			err := r.Scan(&q.ID, &q.Words, &q.Answer, &q.AnsweredAt)
			p.answered = append(p.answered, q)
			return err
		},
	}
	if err := sc.Ask(ctx, call, log, answered); err != nil {
		return p, fmt.Errorf("programs: read public call: %w", err)
	}
	if !found {
		return p, fault.NotFound()
	}
	return p, nil
}
