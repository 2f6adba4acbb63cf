package rehearsal

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// The number of applications that are invented.
const (
	Least    = 1
	Most     = 60
	Proposed = 40
)

// Service is what a network's team does with rehearsals of its calls.
type Service struct {
	Stage

	tenants  *tenants.Tenants
	policies *policies.Authorizer
	catalog  *i18n.Catalog
}

// New makes the service.
func New(t *tenants.Tenants, p *policies.Authorizer, c *i18n.Catalog, s Stage) *Service {
	return &Service{Stage: s, tenants: t, policies: p, catalog: c}
}

const fillJob = "rehearsal.fill"

// filling names no room: what is kept of a job that is done must not either.
type filling struct {
	Call  ids.Call `json:"call"`
	Count int      `json:"count"`
}

// RegisterJobs registers the job that fills a room, and that a call's opening wipes its rehearsal.
func (s *Service) RegisterJobs(r *tenants.Registry) {
	tenants.HandleJob(r, fillJob, s.Fill)
	tenants.React(r, "rehearsal.wipe", s.Opened)
}

// State is how a call's rehearsal stands.
type State struct {
	Call     Call
	Exists   bool
	Room     tenants.Tenant
	Progress tenants.Progress
}

// ready is what is done when nothing is left to do. The making of the room's tables ends before.
const ready = "rehearsal.doing.done"

// Ready reports whether the team may enter the room.
func (s *State) Ready() bool { return s.Exists && s.Progress.Done && s.Progress.Doing == ready }

// State shows how the rehearsal of a call stands. Coordinators and officers may. Fault: NotFound.
func (s *Service) State(ctx context.Context, sc tenants.Scope, call ids.Call) (State, error) {
	if err := s.may(sc); err != nil {
		return State{}, err
	}
	var found State
	var err error
	if found.Call, err = s.Calls.Call(ctx, sc, call); err != nil {
		return found, err
	}
	if found.Room, found.Exists, err = s.tenants.Rehearsal(ctx, sc.Tenant().ID, call); err != nil || !found.Exists {
		return found, err
	}
	all, err := s.tenants.Progress(ctx, found.Room.ID)
	found.Progress = all[found.Room.ID]
	return found, err
}

// may is asked of the network's own site only: there are no rehearsals of rehearsals.
func (s *Service) may(sc tenants.Scope) error {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return err
	}
	if sc.Tenant().Kind != tenants.KindNetwork {
		return fault.NotFound()
	}
	return nil
}

// Begin makes a room for a call in preparation and has it filled with so many invented applications. Coordinators and
// officers may. Faults: Invalid by field, Conflict when the call is published, its form has problems or it is rehearsed
// already, NotFound.
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, call ids.Call, count int) error {
	found, err := s.State(ctx, sc, call)
	switch {
	case err != nil:
		return err
	case !found.Call.Draft:
		return fault.Conflict("rehearsal.published")
	case found.Call.Problems > 0:
		return fault.Conflict("rehearsal.form_problems")
	case found.Exists:
		return fault.Conflict("rehearsal.exists")
	case count < Least || count > Most:
		return fault.Invalid("fault.check_fields", fault.AtWith("count", "rehearsal.between", fault.Args{"Low": Least, "High": Most}))
	}
	err = s.open(ctx, sc.Tenant(), call)
	if fault.Is(err, fault.KindInvalid) {
		return fault.Conflict("rehearsal.exists").Because(err)
	}
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Enqueue(fillJob, filling{Call: call, Count: count})
		tx.Audit(audit.Entry{Action: "call.rehearsed", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"applications": count}})
		return nil
	})
}

// open enters a room into the catalogue, under a name that nobody can guess.
func (s *Service) open(ctx context.Context, network tenants.Tenant, call ids.Call) error {
	slug := "test-" + strings.ToLower(rand.Text()[:16])
	room, err := s.tenants.Create(ctx, tenants.New{
		Slug: slug, Name: "TEST · " + network.Name, Kind: tenants.KindRehearsal, Locales: network.Locales, Zone: network.Zone,
		Brand: tenants.Brand{Primary: network.Brand.Primary, Accent: network.Brand.Accent, Typeface: network.Brand.Typeface, Words: network.Brand.Words},
		Hosts: s.Hosts(slug), Network: network.ID, Call: call,
	})
	if err != nil {
		return err
	}
	s.tenants.Report(ctx, room.ID, tenants.Doing{Steps: 1, What: "rehearsal.doing.waiting"})
	return nil
}

// Enter makes a way into the room as one of Parts, for once and for a minute. Coordinators and officers may. Faults:
// Conflict while the room is not ready, NotFound.
func (s *Service) Enter(ctx context.Context, sc tenants.Scope, call ids.Call, as string) (address string, err error) {
	found, err := s.State(ctx, sc, call)
	if err != nil {
		return "", err
	}
	part, known := partOf(as)
	if !known {
		return "", fault.NotFound()
	}
	if !found.Ready() {
		return "", fault.Conflict("rehearsal.not_ready")
	}
	path, err := s.People.Admit(ctx, s.system(found.Room), part.address(found.Room.InventedDomain()))
	if err != nil {
		return "", err
	}
	return s.Origin(found.Room) + path, nil
}

func (s *Service) system(room tenants.Tenant) tenants.Scope {
	return s.tenants.Bind(room, tenants.SystemActor("rehearsal"))
}

// Wipe removes a call's rehearsal with everything in it. Coordinators and officers may. Fault: NotFound.
func (s *Service) Wipe(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	found, err := s.State(ctx, sc, call)
	if err != nil {
		return err
	}
	if !found.Exists {
		return fault.NotFound()
	}
	if err := s.wipe(ctx, found.Room); err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "call.rehearsal_wiped", SubjectKind: "call", SubjectID: call.String()})
		return nil
	})
}

// wipe drops the room first, so that nothing can be added to what is kept outside it.
func (s *Service) wipe(ctx context.Context, room tenants.Tenant) error {
	if err := s.tenants.Discard(ctx, room.ID); err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	if err := s.Store.Erase(ctx, room); err != nil {
		return fmt.Errorf("rehearsal: erase what %s kept: %w", room.Slug, err)
	}
	return nil
}

// Opened is the reaction to events.CallPublished: what was a test is gone when the call is real. Only the system may.
func (s *Service) Opened(ctx context.Context, sc tenants.Scope, e events.CallPublished) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	room, found, err := s.tenants.Rehearsal(ctx, sc.Tenant().ID, e.Call)
	if err != nil || !found {
		return err
	}
	return s.wipe(ctx, room)
}

// span is for how long the call in the room is open, and when it closed, counted from now.
const (
	span  = 21 * 24 * time.Hour
	since = time.Hour
)
