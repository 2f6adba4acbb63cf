package programs

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
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

// askingPublished asks for the published calls as cards show them, the latest deadline first.
func askingPublished(into *[]Call) tenants.Question {
	return tenants.Question{
		Query: `SELECT ` + briefColumns + ` FROM calls AS c JOIN cycles AS y ON y.id = c.cycle_id WHERE c.state <> 'draft'
			ORDER BY c.closes_at DESC, c.created_at DESC, c.id DESC LIMIT 200`,
		Row: func(r *tenants.Row) error {
			var c Call
			err := r.Scan(c.brief()...)
			*into = append(*into, c)
			return err
		},
	}
}

func published(ctx context.Context, sc tenants.Scope) (found []Call, err error) {
	if err := sc.Ask(ctx, askingPublished(&found)); err != nil {
		return nil, fmt.Errorf("programs: read published calls: %w", err)
	}
	return found, nil
}

// seen is what a call's public page shows of the call that takes long to read and seldom changes.
type seen struct {
	version                int64
	about, conduct, notice i18n.Text
	criteria               []blueprints.Criterion
	review                 blueprints.Review
	documents              []Asked
	eligibility            []blueprints.Reason
	quotas                 []blueprints.Quota
	stages                 []PlannedStage
}

type seenKey struct {
	tenant ids.Tenant
	call   ids.Call
}

// memory keeps what was shown of the calls that were looked at last.
type memory struct{ *lru.Cache[seenKey, seen] }

func newMemory() memory {
	cache, err := lru.New[seenKey, seen](512)
	if err != nil {
		panic(err) // of a size below one only
	}
	return memory{cache}
}

// public reads all that a call's public page shows, in one message. What is kept of the call from the last time comes along
// only where the call is of another version than then. Fault: NotFound.
func (s *Service) public(ctx context.Context, sc tenants.Scope, id ids.Call) (p looked, err error) {
	found := false
	key := seenKey{sc.Tenant().ID, id}
	kept, _ := s.seen.Get(key)
	call := tenants.Question{
		Query: `SELECT ` + briefColumns + `, c.first_closes_at, c.form_id, c.form_version_id, c.version, n.about, n.conduct, n.notice, n.criteria, n.review, n.documents, n.eligibility, n.quotas, n.stages
			FROM calls AS c JOIN cycles AS y ON y.id = c.cycle_id LEFT JOIN calls AS n ON n.id = c.id AND n.version <> $2 WHERE c.id = $1`,
		Args: []any{id, kept.version}, Row: func(r *tenants.Row) error {
			c := &p.call
			found = true
			var now seen
			err := r.Scan(append(c.brief(), &c.FirstClosesAt, &c.Form, &c.FormVersion, &c.Version,
				&now.about, &now.conduct, &now.notice, &now.criteria, &now.review, &now.documents, &now.eligibility, &now.quotas, &now.stages)...)
			if err == nil && c.Version != kept.version {
				kept, kept.version = now, c.Version
				s.seen.Add(key, kept)
			}
			c.About, c.Conduct, c.Notice, c.Criteria, c.Documents = kept.about, kept.conduct, kept.notice, kept.criteria, kept.documents
			c.Eligibility, c.Quotas, c.Stages, c.Review = kept.eligibility, kept.quotas, kept.stages, kept.review
			return err
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
