package programs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// Signatures tells who has signed what a call opens with. The openings module satisfies it.
type Signatures interface {
	// Signed reports whether a coordinator of the network has signed that content of the call, and whether the core team has.
	Signed(ctx context.Context, sc tenants.Scope, call ids.Call, content string) (network, core bool, err error)
}

// Opening is what a call would open with at this moment, for those who sign it.
type Opening struct {
	Call    Call
	Needs   []Need // without the signatures
	First   bool   // the network has never opened a call, so the core team signs as well
	Content string // the hash of what the call opens with; whatever changes in it needs a new signature
	Program blueprints.Program
	Kept    bool // it says for how long it keeps each class of data that it asks for
}

// Opening shows what a call would open with. Officers may, and the chair. Fault: NotFound.
func (s *Service) Opening(ctx context.Context, sc tenants.Scope, id ids.Call) (Opening, error) {
	c, err := s.Call(ctx, sc, id)
	if err != nil {
		return Opening{}, err
	}
	o := Opening{Call: c}
	asked, err := s.Definition(ctx, sc, c)
	if err != nil {
		return o, err
	}
	from, err := s.library.Version(ctx, c.Blueprint, c.FromVersion)
	if err != nil {
		return o, err
	}
	if o.Program, err = c.program(asked, from.Whole); err != nil {
		return o, err
	}
	if o.Content, err = c.content(asked); err != nil {
		return o, err
	}
	o.Needs, o.Kept = c.needs(sc.Moment(), asked), len(c.Unkept(asked)) == 0
	o.First, err = first(ctx, sc)
	return o, err
}

// CameFrom is a version of a blueprint as a call with that composition sees it, to compare the call with. For modules whose
// use-cases have authorized. Fault: NotFound.
func (s *Service) CameFrom(ctx context.Context, blueprint string, number int, composition string) (blueprints.Program, error) {
	v, err := s.library.Version(ctx, blueprint, number)
	c := Call{Composition: blueprints.Composition{Key: composition}}
	return c.seenBy(v.Program), err
}

// content is the hash of what the call opens with: all that applicants and reviewers see of it.
func (c *Call) content(asked *forms.Definition) (string, error) {
	what := *c
	what.State, what.Version, what.FormVersion = "", 0, ids.FormVersion{}
	what.AdoptedAt, what.PublishedAt, what.ChangedAt, what.ClosedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	what.OpensAt, what.ClosesAt, what.FirstClosesAt = c.OpensAt.UTC(), c.ClosesAt.UTC(), c.FirstClosesAt.UTC()
	raw, err := json.Marshal(struct {
		Call Call
		Form *forms.Definition
	}{what, asked})
	if err != nil {
		return "", fmt.Errorf("programs: write what a call opens with: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// needs are what the data of a draft that asks this still lack: all but the signatures.
func (c *Call) needs(now time.Time, asked *forms.Definition) []Need {
	return slices.Concat(c.Readiness(now, len(forms.Check(*asked))), []Need{c.rulesNeed(asked)}, c.frozenNeed(asked), c.topicNeed(asked))
}

// first reports whether the network has never opened a call.
func first(ctx context.Context, sc tenants.Scope) (bool, error) {
	if sc.Tenant().Kind != tenants.KindNetwork {
		return false, nil
	}
	opened, err := anyOpened(ctx, sc.Read())
	return !opened, err
}

// lacking is all that a call in preparation needs: what its data lack, the coordinator's signature, and before a network's
// first call the core team's.
func (s *Service) lacking(ctx context.Context, sc tenants.Scope, c *Call, asked *forms.Definition, now time.Time) ([]Need, error) {
	content, err := c.content(asked)
	if err != nil {
		return nil, err
	}
	needed, err := first(ctx, sc)
	if err != nil {
		return nil, err
	}
	network, core, err := s.Signatures.Signed(ctx, sc, c.ID, content)
	if err != nil {
		return nil, err
	}
	needs := append(c.needs(now, asked), Need{Key: "signed", Place: "readiness", Met: network})
	if needed {
		needs = append(needs, Need{Key: "core", Place: "readiness", Met: network && core})
	}
	return needs, nil
}
