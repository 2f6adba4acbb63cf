package rehearsal

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// fillTime is how long a room may take: longer than other jobs have, but less than it takes until one counts as lost.
const fillTime = 4 * time.Minute

// Fill is the job that makes a room's tables and lets invented organizations apply. What goes wrong is shown on the page,
// and the team begins again. A job that was killed half-way begins again by itself, in a new room. Only the system may.
func (s *Service) Fill(ctx context.Context, sc tenants.Scope, args filling) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fillTime)
	defer cancel()
	room, found, err := s.tenants.Rehearsal(ctx, sc.Tenant().ID, args.Call)
	if err != nil || !found { // wiped in the meantime
		return err
	}
	if room.SchemaVersion > 0 {
		return s.again(ctx, sc, room, args)
	}
	if err := s.fill(ctx, sc, room, args); err != nil {
		if _, gone := s.tenants.ByID(context.WithoutCancel(ctx), room.ID); fault.Is(gone, fault.KindNotFound) {
			return nil
		}
		slog.Error("rehearsal not filled", "tenant", room.Slug, "error", err)
		s.tenants.Report(ctx, room.ID, tenants.Doing{Steps: 1, What: "rehearsal.doing.failed", Failed: err.Error()})
	}
	return nil
}

func (s *Service) again(ctx context.Context, sc tenants.Scope, room tenants.Tenant, args filling) error {
	if err := s.wipe(ctx, room); err != nil {
		return err
	}
	if err := s.open(ctx, sc.Tenant(), args.Call); err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Enqueue(fillJob, args)
		return nil
	})
}

// play is one filling of a room.
type play struct {
	*Service

	room    tenants.Tenant
	copied  ids.Call
	call    Call
	troupe  *troupe
	dice    *rand.Rand
	now     time.Time
	opens   time.Time
	paper   []byte
	applied int
}

func (s *Service) fill(ctx context.Context, sc tenants.Scope, room tenants.Tenant, args filling) error {
	steps := args.Count + 2
	s.tenants.Report(ctx, room.ID, tenants.Doing{Steps: steps, What: "rehearsal.doing.room"})
	if err := s.tenants.Provision(ctx, room.ID); err != nil {
		return err
	}
	room, err := s.tenants.ByID(ctx, room.ID)
	if err != nil {
		return err
	}
	now := time.Now()
	p := &play{
		Service: s, room: room, now: now, opens: now.Add(-since - span),
		dice: rand.New(rand.NewPCG(uint64(now.UnixNano()), 0x6b657276616e)), // #nosec G404 -- what is invented need not be secret
	}
	if p.call, err = s.Calls.Call(ctx, sc, args.Call); err != nil {
		return err
	}
	p.troupe = newTroupe(p.dice, p.call.Locales, room.InventedDomain())
	if p.copied, err = s.Calls.Copy(ctx, sc, s.system(room), args.Call, p.opens, now.Add(-since)); err != nil {
		return err
	}
	s.tenants.Report(ctx, room.ID, tenants.Doing{Step: 1, Steps: steps, What: "rehearsal.doing.people"})
	if err := p.enlist(ctx); err != nil {
		return err
	}
	if p.paper, err = p.specimen(); err != nil {
		return err
	}
	for i := range args.Count {
		s.tenants.Report(ctx, room.ID, tenants.Doing{Step: 2 + i, Steps: steps, What: "rehearsal.doing.applications"})
		if err := p.apply(ctx, i); err != nil {
			return fmt.Errorf("application %d: %w", i+1, err)
		}
	}
	s.tenants.Report(ctx, room.ID, tenants.Doing{Step: steps, Steps: steps, What: ready, Done: true})
	return nil
}

// enlist makes those whom the team plays. The applicant's organization may still apply.
func (p *play) enlist(ctx context.Context) error {
	for _, part := range Parts {
		l := p.room.Locale()
		who := Person{Name: p.catalog.Localizer(l, nil).Saying(p.room.Wording).T("rehearsal.part." + part.Key), Email: part.address(p.room.InventedDomain()), Locale: l, Roles: part.Roles}
		actor, err := p.People.Enlist(ctx, p.system(p.room), who)
		if err != nil {
			return err
		}
		if len(part.Roles) > 0 || len(p.call.Composition.Seats) == 0 {
			continue
		}
		o, ok := p.troupe.organization(p.call.Composition.Seats[0], false, nil)
		if !ok {
			continue
		}
		sc, err := p.Day(p.room, actor, p.opens)
		if err != nil {
			return err
		}
		id, err := p.Applicants.Register(ctx, sc, o)
		if err != nil {
			return err
		}
		if err := p.Calls.PermitLate(ctx, p.system(p.room), p.copied, id, p.now.Add(30*24*time.Hour)); err != nil {
			return err
		}
	}
	return nil
}

// side is one organization of an application, acting through its lead.
type side struct {
	Organization

	seat  string
	actor tenants.Actor
	id    ids.Organization
}

// apply lets organizations apply together: the first begins, the others join, all fill, confirm, and the first hands in.
// Every tenth stays a draft, as in life, and so does one whose form asks for what cannot be invented.
func (p *play) apply(ctx context.Context, n int) error {
	at := p.opens.Add(time.Duration(p.dice.Int64N(int64(span - 48*time.Hour))))
	sides, err := p.gather(ctx, at)
	if err != nil || len(sides) == 0 {
		return err
	}
	first, err := p.Day(p.room, sides[0].actor, at)
	if err != nil {
		return err
	}
	application, err := p.Applicants.Begin(ctx, first, p.copied, sides[0].id, sides[0].seat)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, partner := range sides[1:] {
		if err := p.join(ctx, first, at, application, partner); err != nil {
			return fmt.Errorf("join as %s: %w", partner.seat, err)
		}
	}
	joint, parts, err := p.Applicants.Sheets(ctx, first, application)
	if err != nil {
		return err
	}
	for _, one := range sides {
		if err := p.write(ctx, at, one, parts[one.id], forms.ScopePart, n); err != nil {
			return fmt.Errorf("write the part of %s: %w", one.seat, err)
		}
	}
	if err := p.write(ctx, at, sides[0], joint, forms.ScopeJoint, n); err != nil {
		return fmt.Errorf("write the joint part: %w", err)
	}
	if n%10 == 9 {
		return nil
	}
	for _, one := range sides {
		sc, err := p.Day(p.room, one.actor, at.Add(24*time.Hour))
		if err != nil {
			return err
		}
		if err := p.Applicants.Confirm(ctx, sc, application); err != nil {
			if fault.Is(err, fault.KindConflict) {
				return nil
			}
			return fmt.Errorf("confirm as %s: %w", one.seat, err)
		}
	}
	last, err := p.Day(p.room, sides[0].actor, at.Add(36*time.Hour))
	if err != nil {
		return err
	}
	done, err := p.Applicants.Submit(ctx, last, application)
	if done {
		p.applied++
	}
	return err
}

// gather invents and registers the organizations of one application, in the order of the seats.
func (p *play) gather(ctx context.Context, at time.Time) ([]side, error) {
	seated := p.troupe.organizations(p.call.Composition)
	var sides []side
	for _, seat := range p.call.Composition.Seats {
		o, taken := seated[seat.Key]
		if !taken {
			continue
		}
		actor, err := p.People.Enlist(ctx, p.system(p.room), o.Lead)
		if err != nil {
			return nil, err
		}
		sc, err := p.Day(p.room, actor, at.Add(-time.Hour))
		if err != nil {
			return nil, err
		}
		id, err := p.Applicants.Register(ctx, sc, o)
		if err != nil {
			return nil, err
		}
		actor.Grants = append(slices.Clone(actor.Grants), tenants.Grant{Role: tenants.RoleLead, Organization: id})
		sides = append(sides, side{Organization: o, seat: seat.Key, actor: actor, id: id})
	}
	return sides, nil
}

func (p *play) join(ctx context.Context, first tenants.Scope, at time.Time, application ids.Application, partner side) error {
	if err := p.Applicants.Invite(ctx, first, application, partner.seat, partner.id, partner.Locale); err != nil {
		return err
	}
	sc, err := p.Day(p.room, partner.actor, at.Add(time.Hour))
	if err != nil {
		return err
	}
	return p.Applicants.Join(ctx, sc, application, partner.id)
}

// never are the options that would leave an application unfinished: all seats are taken, so nobody looks for a partner.
var never = map[string]string{"partner_state": "looking"}

func (p *play) write(ctx context.Context, at time.Time, by side, sheet ids.Sheet, scope forms.Scope, n int) error {
	sc, err := p.Day(p.room, by.actor, at.Add(12*time.Hour))
	if err != nil {
		return err
	}
	known, err := p.Applicants.Known(ctx, sc, sheet)
	if err != nil {
		return err
	}
	pen := Pen{Dice: p.dice, Locale: by.Locale, Today: p.now, Country: by.Country, Never: never}
	answers := pen.Answer(p.call.Definition, scope, known)
	if err := p.Applicants.Write(ctx, sc, p.call.Definition, sheet, answers); err != nil {
		return err
	}
	for _, ref := range Files(p.call.Definition, scope, answers) {
		if err := p.Applicants.Attach(ctx, sc, sheet, ref, paperName(ref, n+1), p.paper); err != nil {
			return fmt.Errorf("attach to %s: %w", ref, err)
		}
	}
	return nil
}

// specimen is the document that stands for every document.
func (p *play) specimen() ([]byte, error) {
	loc := p.catalog.Localizer(p.room.Locale(), nil).Saying(p.room.Wording)
	return pdf.Paper{
		Brand: ui.Brand{Name: p.room.Name, Primary: "#4a5560"}, Loc: loc, Title: loc.T("rehearsal.paper.title"), Made: p.now,
		Blocks: []pdf.Block{pdf.Paragraph{Text: loc.T("rehearsal.paper.text")}},
	}.Write()
}
