package programs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// model is a version's whole content, the caller's own copy. Fault: NotFound.
func (s *Service) model(ctx context.Context, blueprint string, number int) (blueprints.Blueprint, error) {
	v, err := s.library.Version(ctx, blueprint, number)
	if err != nil {
		return blueprints.Blueprint{}, err
	}
	b, err := whole(v.Program)
	b.Key, b.Version, b.Form = blueprint, number, *b.Form.Bare()
	return b, err
}

func whole(p blueprints.Program) (blueprints.Blueprint, error) {
	var b blueprints.Blueprint
	raw, err := p.JSON()
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("programs: read program: %w", err)
	}
	return b, nil
}

// Editions are the versions of blueprints that a call may begin from, the newest of each first. Coordinators and officers
// may see them.
func (s *Service) Editions(ctx context.Context, sc tenants.Scope) ([]blueprints.Edition, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return nil, err
	}
	return s.library.Editions(ctx)
}

// Model is a version of a blueprint that a call may begin from. Coordinators and officers may see it. Fault: NotFound.
func (s *Service) Model(ctx context.Context, sc tenants.Scope, blueprint string, number int) (blueprints.Version, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return blueprints.Version{}, err
	}
	return s.library.Version(ctx, blueprint, number)
}

// Lineage is a call beside the version that it comes from and beside the newest one. Coordinators and officers may see it.
// Fault: NotFound.
func (s *Service) Lineage(ctx context.Context, sc tenants.Scope, id ids.Call) (Lineage, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return Lineage{}, err
	}
	asked, err := s.Definition(ctx, sc, c)
	if err != nil {
		return Lineage{}, err
	}
	l, err := s.lineage(ctx, c, asked)
	if err != nil || c.State != Draft {
		return l, err
	}
	draft, err := s.forms.Draft(ctx, sc.Read(), c.Form)
	l.Draft = draft.Version
	return l, err
}

func (s *Service) lineage(ctx context.Context, c Call, asked *forms.Definition) (Lineage, error) {
	l := Lineage{Call: c, offering: offering(asked)}
	var err error
	if l.From, err = s.library.Version(ctx, c.Blueprint, c.FromVersion); err != nil {
		return l, err
	}
	if l.Newest, err = s.library.Newest(ctx, c.Blueprint); err != nil {
		return l, err
	}
	l.base, l.theirs = c.seenBy(l.From.Program), c.seenBy(l.Newest.Program)
	l.mine, err = c.program(asked, l.From.Whole)
	return l, err
}

// Seen says what somebody saw who chooses what to take: the versions of the call and of its form's draft, and the newest
// version of the blueprint.
type Seen struct {
	Call, Draft int64
	Newest      int
}

// Upgrade takes pieces of the newest version into the call, all at once, and from then on the call comes from that version:
// what is not taken is the network's own. Of a published call only texts and letters may still change; its texts are noted
// in the public log. Coordinators and officers may. Faults: Invalid (blueprints.upgrade.broken, with fields by piece) when the
// call would not hold together any more, Conflict when something has changed since it was seen, NotFound.
func (s *Service) Upgrade(ctx context.Context, sc tenants.Scope, id ids.Call, seen Seen, take []string) error {
	return s.change(ctx, sc, policies.CallEdit, id, seen.Call, func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error {
		asked, draft, err := s.askedIn(ctx, tx, c)
		if err != nil {
			return err
		}
		l, err := s.lineage(ctx, *c, asked)
		if err != nil {
			return err
		}
		if draft != seen.Draft || l.Newest.Number != seen.Newest {
			return fault.Conflict("fault.stale")
		}
		may, _ := l.takeable()
		for _, key := range take {
			if !slices.ContainsFunc(may, func(o blueprints.Outcome) bool { return o.Key == key }) {
				return fault.NotFound()
			}
		}
		if err := s.takeOver(ctx, tx, c, &l, take); err != nil {
			return err
		}
		c.FromVersion, c.AdoptedAt = l.Newest.Number, now
		tx.Announce(events.LineageMoved{Call: id})
		tx.Audit(audit.Entry{Action: "call.upgraded", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{
			"blueprint": c.Blueprint, "from": l.From.Number, "to": l.Newest.Number, "taken": len(take),
		}})
		return nil
	})
}

func (s *Service) askedIn(ctx context.Context, tx *tenants.Tx, c *Call) (*forms.Definition, int64, error) {
	if c.State == Draft {
		d, err := s.forms.Draft(ctx, tx, c.Form)
		return d.Definition, d.Version, err
	}
	v, err := s.forms.VersionIn(ctx, tx, c.FormVersion)
	return v.Whole, 0, err
}

// takeOver makes the pieces the call's own.
func (s *Service) takeOver(ctx context.Context, tx *tenants.Tx, c *Call, l *Lineage, take []string) error {
	result := l.upgrade().Take(take...)
	if broken := blueprints.Fresh(blueprints.Problems(l.mine), blueprints.Problems(result)); len(broken) > 0 {
		return fault.Invalid("programs.upgrade.broken", fieldsOf(broken)...)
	}
	if len(take) == 0 {
		return nil
	}
	b, err := whole(result)
	if err != nil {
		return err
	}
	before := c.texts()
	c.become(b)
	if c.State == Draft {
		return s.redraft(ctx, tx, c, func(d *forms.Definition) { *d = *b.Form.Bare().Offering(d) })
	}
	for _, locale := range c.Locales {
		for _, name := range textNames {
			if after := c.texts()[name]; after[locale] != before[name][locale] {
				if err := logChange(ctx, tx, c.ID, Change{Kind: "texts", Before: string(locale)}); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// fieldsOf says at each piece what would not hold together.
func fieldsOf(problems []blueprints.Problem) []fault.Field {
	var bad []fault.Field
	for _, p := range problems {
		bad = append(bad, fault.AtWith("piece:"+p.Piece, p.Key, p.Args))
	}
	return bad
}

// Proposable is the piece of a call that would be proposed, exactly as it would be sent, and what it is compared with.
// Coordinators and officers may see it. Fault: NotFound when the call has not changed that piece.
func (s *Service) Proposable(ctx context.Context, sc tenants.Scope, id ids.Call, key string) (Lineage, blueprints.Difference, error) {
	l, err := s.Lineage(ctx, sc, id)
	if err != nil {
		return l, blueprints.Difference{}, err
	}
	for _, d := range l.Differences() {
		if d.Key == key && d.Kind != blueprints.Reordered {
			return l, d, nil
		}
	}
	return l, blueprints.Difference{}, fault.NotFound()
}

// Propose sends a piece that the call has changed to the core team, for the next version of the blueprint. Coordinators and
// officers may. Faults: Invalid by field (reason), Conflict when the piece waits already or the call has changed since,
// NotFound.
func (s *Service) Propose(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, key, reason string, named bool) (blueprints.Proposal, error) {
	l, d, err := s.Proposable(ctx, sc, id, key)
	if err != nil {
		return blueprints.Proposal{}, err
	}
	if l.Call.Version != version {
		return blueprints.Proposal{}, fault.Conflict("fault.stale")
	}
	return s.library.Propose(ctx, sc, blueprints.Proposal{
		Blueprint: l.Call.Blueprint, Number: l.From.Number, Piece: key, Content: d.After.Body, Follows: l.follows(key), Reason: strings.TrimSpace(reason), Named: named,
	})
}

// follows is the nearest piece before a new one that the version knows too.
func (l *Lineage) follows(key string) string {
	for before := l.mine.Before(key); before != ""; before = l.mine.Before(before) {
		if _, known := l.base.Piece(before); known {
			return before
		}
	}
	return ""
}

// Uses compares the network's calls with the versions that they come from. It is for the system, which counts.
func (s *Service) Uses(ctx context.Context, sc tenants.Scope) ([]blueprints.Use, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return nil, err
	}
	calls, err := All(ctx, sc.Read(), true)
	if err != nil {
		return nil, err
	}
	var uses []blueprints.Use
	for _, c := range calls {
		asked, err := s.Definition(ctx, sc, c)
		if err != nil {
			return nil, err
		}
		l, err := s.lineage(ctx, c, asked)
		if err != nil {
			return nil, err
		}
		changed, added := blueprints.Usage(l.base, l.mine)
		i := slices.IndexFunc(uses, func(u blueprints.Use) bool { return u.Blueprint == c.Blueprint && u.Number == c.FromVersion })
		if i < 0 {
			i = len(uses)
			uses = append(uses, blueprints.Use{Blueprint: c.Blueprint, Number: c.FromVersion, Since: c.AdoptedAt})
		}
		u := &uses[i]
		u.Calls++
		if c.AdoptedAt.Before(u.Since) {
			u.Since = c.AdoptedAt
		}
		u.Added = max(u.Added, added)
		u.Changed = append(u.Changed, changed...)
		slices.Sort(u.Changed)
		u.Changed = slices.Compact(u.Changed)
	}
	return uses, nil
}
