package blueprints

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Service is the library of the model's programs: what the core team publishes, and what networks propose. It stands in
// the shared tables; what is in a version every network may read.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	programs Programs
	stocked  atomic.Bool
	versions sync.Map // named → Version
}

// Programs tells how a network uses blueprints. The programs module satisfies it.
type Programs interface {
	// Uses compares the network's calls with the versions that they came from. It is for the system.
	Uses(ctx context.Context, sc tenants.Scope) ([]Use, error)
}

type named struct {
	blueprint string
	number    int
}

// New makes the service; what tells of a network's programs comes later, as it needs the service itself (Counting).
func New(t *tenants.Tenants, p *policies.Authorizer) *Service {
	return &Service{tenants: t, policies: p}
}

// Counting sets who tells how networks use blueprints. It is done once, while the program is put together.
func (s *Service) Counting(p Programs) { s.programs = p }

// hash names a content: the same content has the same hash, in whatever order its fields stand.
func hash(p Program) (json.RawMessage, string, error) {
	raw, err := p.JSON()
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(raw)
	return raw, hex.EncodeToString(sum[:]), nil
}

// Stock puts what ships with the program into the library, as far as it is not there. A version that is there never
// changes: what ships anew needs a higher version of its own. Safe to repeat, and by several programs at once.
func (s *Service) Stock(ctx context.Context) error {
	if s.stocked.Load() {
		return nil
	}
	there, err := releases(ctx, s.tenants.Platform().Read())
	if err != nil {
		return err
	}
	for _, b := range BuiltIn() {
		if newest := slices.Max(append(there[b.Key], 0)); b.Version <= newest {
			continue
		}
		program, err := Of(b)
		if err != nil {
			return err
		}
		raw, sum, err := hash(program)
		if err != nil {
			return err
		}
		err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			_, err := insertVersion(ctx, tx, versionRow{Blueprint: b.Key, Content: raw, Notes: b.Notes, Hash: sum, Release: b.Version, Credits: []string{}})
			return err
		})
		if err != nil {
			return err
		}
	}
	s.stocked.Store(true)
	return nil
}

// Editions lists all versions without their content, blueprint by blueprint, the newest first. For modules whose
// use-cases have authorized; the library itself is no secret of anybody in the house.
func (s *Service) Editions(ctx context.Context) ([]Edition, error) {
	if err := s.Stock(ctx); err != nil {
		return nil, err
	}
	return editionsOf(ctx, s.tenants.Platform().Read())
}

// Version is one version with its content, which is read only. For modules whose use-cases have authorized. Fault:
// NotFound.
func (s *Service) Version(ctx context.Context, blueprint string, number int) (Version, error) {
	if known, ok := s.versions.Load(named{blueprint, number}); ok {
		if v, ok := known.(Version); ok {
			return v, nil
		}
	}
	if err := s.Stock(ctx); err != nil {
		return Version{}, err
	}
	v, err := versionOf(ctx, s.tenants.Platform().Read(), blueprint, number)
	if err == nil {
		s.versions.Store(named{blueprint, number}, v)
	}
	return v, err
}

// Newest is a blueprint's newest version. For modules whose use-cases have authorized. Fault: NotFound.
func (s *Service) Newest(ctx context.Context, blueprint string) (Version, error) {
	if err := s.Stock(ctx); err != nil {
		return Version{}, err
	}
	number, err := newestOf(ctx, s.tenants.Platform().Read(), blueprint)
	if err != nil {
		return Version{}, err
	}
	return s.Version(ctx, blueprint, number)
}

// NewestNumber is the number of a blueprint's newest version, at the price of one small query. For modules whose use-cases
// have authorized. Fault: NotFound.
func (s *Service) NewestNumber(ctx context.Context, blueprint string) (int, error) {
	if err := s.Stock(ctx); err != nil {
		return 0, err
	}
	return newestOf(ctx, s.tenants.Platform().Read(), blueprint)
}

// Library lists all versions, blueprint by blueprint, the newest first. The core team may, and coordinators and officers
// of networks.
func (s *Service) Library(ctx context.Context, sc tenants.Scope) ([]Edition, error) {
	if err := s.policies.May(sc, policies.BlueprintRead, policies.On{}); err != nil {
		return nil, err
	}
	return s.Editions(ctx)
}

// Read is one version with its content. The core team may, and coordinators and officers of networks. Fault: NotFound.
func (s *Service) Read(ctx context.Context, sc tenants.Scope, blueprint string, number int) (Version, error) {
	if err := s.policies.May(sc, policies.BlueprintRead, policies.On{}); err != nil {
		return Version{}, err
	}
	return s.Version(ctx, blueprint, number)
}

// MayEdit reports whether the actor may decide what the next version is.
func (s *Service) MayEdit(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.BlueprintEdit, policies.On{}) == nil
}

// Next is what the next version of a blueprint will be. The core team may see it. Fault: NotFound.
func (s *Service) Next(ctx context.Context, sc tenants.Scope, blueprint string) (Next, error) {
	if err := s.policies.May(sc, policies.BlueprintEdit, policies.On{}); err != nil {
		return Next{}, err
	}
	newest, err := s.Newest(ctx, blueprint)
	if err != nil {
		return Next{}, err
	}
	n := Next{Newest: newest, Program: newest.Program, Notes: i18n.Text{}}
	r, found, err := findDraft(ctx, s.tenants.Platform().Read(), blueprint)
	if err != nil || !found {
		return n, err
	}
	n.Notes, n.Draft = r.Notes, r.Version
	n.Program, err = Parse(r.Content)
	return n, err
}

// change edits what is gathered for the next version, held to the draft that was shown.
func (s *Service) change(ctx context.Context, sc tenants.Scope, blueprint string, draft int64, action string, edit func(n *Next) error) error {
	n, err := s.Next(ctx, sc, blueprint)
	if err != nil {
		return err
	}
	if n.Draft != draft {
		return fault.Conflict("fault.stale")
	}
	if err := edit(&n); err != nil {
		return err
	}
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return n.save(ctx, tx, sc.Actor().Person) })
	if err != nil {
		return err
	}
	return s.note(ctx, sc, action, blueprint, nil)
}

func (n *Next) save(ctx context.Context, tx *tenants.Tx, by ids.Person) error {
	raw, err := n.Program.JSON()
	if err != nil {
		return err
	}
	return saveDraft(ctx, tx, draftRow{Blueprint: n.Newest.Blueprint, Content: raw, Notes: n.Notes, Version: n.Draft, UpdatedBy: by})
}

// note keeps the act in the trail of whoever acted; the library itself is in the shared tables.
func (s *Service) note(ctx context.Context, sc tenants.Scope, action, blueprint string, detail map[string]any) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: action, SubjectKind: "blueprint", SubjectID: blueprint, Detail: detail})
		return nil
	})
}

// LeaveOut gives a piece of the next version back what it is in the newest. The core team may. Faults: Conflict, NotFound.
func (s *Service) LeaveOut(ctx context.Context, sc tenants.Scope, blueprint string, draft int64, piece string) error {
	return s.change(ctx, sc, blueprint, draft, "blueprint.left_out", func(n *Next) error {
		if !slices.ContainsFunc(n.Differences(), func(d Difference) bool { return d.Key == piece }) {
			return fault.NotFound()
		}
		n.Program = Reconcile(n.Program, n.Program, n.Newest.Program).Take(piece)
		return nil
	})
}

// MoveUp moves a piece of the next version before the one that stands before it. The core team may. Faults: Conflict,
// NotFound.
func (s *Service) MoveUp(ctx context.Context, sc tenants.Scope, blueprint string, draft int64, piece string) error {
	return s.change(ctx, sc, blueprint, draft, "blueprint.reordered", func(n *Next) error {
		if n.Program.Before(piece) == "" {
			return fault.NotFound()
		}
		n.Program = n.Program.Earlier(piece)
		return nil
	})
}

// noteChars is how long the notes of a version are at most, in characters.
const noteChars = 4000

// Annotate says what is new in the next version, in as many languages as is known so far. The core team may. Faults:
// Conflict, NotFound.
func (s *Service) Annotate(ctx context.Context, sc tenants.Scope, blueprint string, draft int64, notes i18n.Text) error {
	return s.change(ctx, sc, blueprint, draft, "blueprint.annotated", func(n *Next) error {
		n.Notes = notes
		return nil
	})
}

// Publish makes what was gathered the blueprint's next version, with the notes, which never changes. Proposals that are in it are
// credited, if their network agreed. The core team may. Faults: Invalid by field (notes_<language>, pieces) when a note
// is missing, nothing is new or something does not hold together; Conflict, NotFound.
func (s *Service) Publish(ctx context.Context, sc tenants.Scope, blueprint string, draft int64, notes i18n.Text) (int, error) {
	n, err := s.Next(ctx, sc, blueprint)
	if err != nil {
		return 0, err
	}
	if n.Draft != draft {
		return 0, fault.Conflict("fault.stale")
	}
	n.Notes = notes
	if bad := n.unready(); len(bad) > 0 {
		return 0, fault.Invalid("fault.check_fields", bad...)
	}
	raw, sum, err := hash(n.Program)
	if err != nil {
		return 0, err
	}
	number := 0
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := dropDraft(ctx, tx, blueprint, draft); err != nil {
			return err
		}
		accepted, err := proposals(ctx, tx, inNext(blueprint))
		if err != nil {
			return err
		}
		var in []ids.Proposal
		credits := []string{}
		for _, p := range accepted {
			if !slices.ContainsFunc(n.Differences(), func(d Difference) bool { return d.Key == p.Piece }) {
				continue
			}
			in = append(in, p.ID)
			if p.Named && !slices.Contains(credits, p.Network) {
				credits = append(credits, p.Network)
			}
		}
		number, err = insertVersion(ctx, tx, versionRow{Blueprint: blueprint, Content: raw, Notes: n.Notes, Hash: sum, Credits: credits, PublishedBy: sc.Actor().Person})
		if err != nil {
			return err
		}
		return settle(ctx, tx, in, number)
	})
	if err != nil {
		return 0, err
	}
	return number, s.note(ctx, sc, "blueprint.published", blueprint, map[string]any{"version": number})
}

// unready says why the next version cannot be published yet.
func (n *Next) unready() []fault.Field {
	var bad []fault.Field
	for _, l := range i18n.All {
		if n.Notes[l] == "" {
			bad = append(bad, fault.At(fmt.Sprintf("notes_%s", l), "fault.required"))
		}
	}
	if len(n.Differences()) == 0 {
		bad = append(bad, fault.At("pieces", "blueprints.next.nothing"))
	}
	if len(Problems(n.Program)) > 0 {
		bad = append(bad, fault.At("pieces", "blueprints.next.broken"))
	}
	return bad
}
