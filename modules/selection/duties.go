package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Duty is something that the actor must do now. What it is about is a call, or an application to answer for.
type Duty struct {
	Kind        DutyKind
	Call        Call
	Application ids.Application
	Calibration ids.Calibration
	Replacement ids.Replacement
	Count       int
	Due         time.Time // zero: no date
}

// DutyKind says what is to do.
type DutyKind string

// The kinds of duty.
const (
	DutyDeclare    DutyKind = "declare"   // conflicts of interest, before reading
	DutyImpartial  DutyKind = "impartial" // say, before reading, to which of all who apply one is impartial
	DutyCalibrate  DutyKind = "calibrate" // score a sample
	DutyReview     DutyKind = "review"
	DutyAssign     DutyKind = "assign"
	DutyThird      DutyKind = "third"   // find a further reviewer where totals are too far apart or a second opinion is wanted
	DutyOpinion    DutyKind = "opinion" // grant a second opinion for which a reviewer asks, or turn it down
	DutyDecide     DutyKind = "decide"
	DutySign       DutyKind = "sign"
	DutyRelease    DutyKind = "release"
	DutyReply      DutyKind = "reply"      // to an offered place
	DutyClarify    DutyKind = "clarify"    // answer what applicants ask about decisions
	DutyConditions DutyKind = "conditions" // look at what applicants answer to conditions of their place
	DutyTerms      DutyKind = "terms"      // meet the conditions of one's place
	DutyConsent    DutyKind = "consent"    // say whether one agrees to a replacement in a place
	DutyVacancy    DutyKind = "vacancy"    // find another organization for a place that one has dropped out of
)

// Duties lists what the actor must do now, by role. Anybody may ask; to visitors there is nothing to do.
func (s *Service) Duties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	var all []Duty
	for _, ask := range []func(context.Context, tenants.Scope) ([]Duty, error){s.reviewDuties, s.panelDuties, s.opinionDuties, s.clarifyDuties, s.conditionDuties, s.replyDuties} {
		some, err := ask(ctx, sc)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (s *Service) reviewDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	if !s.may(sc, policies.ReviewQueue) {
		return nil, nil
	}
	docket, err := s.Docket(ctx, sc)
	if err != nil {
		return nil, err
	}
	samples, err := s.CalibrationsOf(ctx, sc)
	if err != nil {
		return nil, err
	}
	var duties []Duty
	for i := range samples {
		if c := &samples[i]; c.Writable() {
			duties = append(duties, Duty{Kind: DutyCalibrate, Call: c.About, Calibration: c.ID, Count: 1})
		}
	}
	for _, one := range docket.Waiting {
		duties = append(duties, Duty{Kind: DutyImpartial, Call: one.Call, Count: one.Names, Due: one.DueAt})
	}
	for _, q := range docket.Reviews {
		kind := DutyReview
		switch q.State {
		case ReviewAssigned:
			kind = DutyDeclare
		case ReviewOpen:
		default:
			continue
		}
		duties = merge(duties, Duty{Kind: kind, Call: q.Call, Count: 1, Due: q.DueAt})
	}
	return duties, nil
}

// merge counts a duty into that of the same kind and call; the nearest date stands.
func merge(duties []Duty, d Duty) []Duty {
	for i := range duties {
		if duties[i].Kind == d.Kind && duties[i].Call.ID == d.Call.ID {
			duties[i].Count += d.Count
			if d.Due.Before(duties[i].Due) {
				duties[i].Due = d.Due
			}
			return duties
		}
	}
	return append(duties, d)
}

func (s *Service) panelDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	if !s.may(sc, policies.SelectionRank) {
		return nil, nil
	}
	all, err := s.Summaries(ctx, sc)
	if err != nil {
		return nil, err
	}
	var duties []Duty
	add := func(kind DutyKind, call Call, n int) {
		if n > 0 {
			duties = append(duties, Duty{Kind: kind, Call: call, Count: n})
		}
	}
	for _, one := range all {
		switch one.List.State {
		case ListOpen:
			if s.may(sc, policies.ReviewerManage) {
				add(DutyThird, one.Call, one.Third)
				add(DutyAssign, one.Call, one.Lacking-one.Third)
			}
			if s.may(sc, policies.SelectionDecide) && one.Complete == one.Applications {
				add(DutyDecide, one.Call, one.Applications)
			}
		case ListClosed:
			if s.may(sc, policies.SelectionSign) && one.List.ClosedBy != sc.Actor().Person {
				add(DutySign, one.Call, 1)
			}
		case ListSigned:
			if s.may(sc, policies.SelectionRelease) {
				add(DutyRelease, one.Call, 1)
			}
		case ListReleased:
		}
	}
	return duties, nil
}

func (s *Service) replyDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if len(mine) == 0 {
		return nil, nil
	}
	own, err := s.Applications.Of(ctx, sc, mine)
	if err != nil {
		return nil, err
	}
	came, left, err := cameTo(ctx, sc.Read(), mine)
	if err != nil {
		return nil, err
	}
	own = append(own, came...)
	asked, err := s.consentDuties(ctx, sc, mine, own)
	if err != nil {
		return nil, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), own)
	if err != nil {
		return nil, err
	}
	if decided, err = s.heard(ctx, sc, decided, left); err != nil {
		return nil, err
	}
	now := time.Now()
	var offered, held []Decision
	for _, d := range decided {
		switch d.At(now) {
		case DecisionOffered:
			offered = append(offered, d)
		case DecisionConditional:
			held = append(held, d)
		default:
		}
	}
	terms, err := s.termDuties(ctx, sc, held)
	duties := append(asked, terms...)
	if err != nil || len(offered) == 0 {
		return duties, err
	}
	said, err := accepted(ctx, sc.Read(), mine)
	if err != nil {
		return nil, err
	}
	for _, d := range offered {
		if said[d.ID] > 0 {
			continue
		}
		call, err := s.Calls.Call(ctx, sc, d.Call)
		if err != nil {
			return nil, err
		}
		duties = append(duties, Duty{Kind: DutyReply, Call: call, Application: d.Application, Count: 1, Due: d.ReplyBy})
	}
	return duties, nil
}

// heard leaves out the decisions about places in which the actor's organizations have no say any more: they have dropped out, or others
// have taken their seats.
func (s *Service) heard(ctx context.Context, sc tenants.Scope, decided []Decision, left []ids.Application) ([]Decision, error) {
	var places []ids.Application
	for _, d := range decided {
		if d.State.replaceable() {
			places = append(places, d.Application)
		}
	}
	gone, err := departures(ctx, sc.Read(), places...)
	if err != nil {
		return nil, err
	}
	var heard []Decision
	for _, d := range decided {
		if slices.Contains(left, d.Application) || len(gone[d.Application]) > 0 {
			a, mine, err := s.led(ctx, sc, d.Application)
			if fault.Is(err, fault.KindNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if _, err := speaking(&a, mine, gone[d.Application]); err != nil {
				continue // nobody of theirs has a say
			}
		}
		heard = append(heard, d)
	}
	return heard, nil
}

// consentDuties are the replacements that the organizations which the actor leads are asked about and have not answered; places are the
// applications in whose places they have a seat.
func (s *Service) consentDuties(ctx context.Context, sc tenants.Scope, led []ids.Organization, places []ids.Application) ([]Duty, error) {
	open, err := openReplacements(ctx, sc.Read(), led, places)
	if err != nil {
		return nil, err
	}
	var duties []Duty
	for i := range open {
		r := &open[i]
		v, err := s.Consultation(ctx, sc, r.Application, r.ID)
		if fault.Is(err, fault.KindNotFound) || err == nil && len(v.Owes) == 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		duties = append(duties, Duty{Kind: DutyConsent, Call: v.About, Application: r.Application, Replacement: r.ID, Count: 1, Due: r.Until})
	}
	return duties, nil
}

// termDuties are the conditions that leads have to meet of places that they have accepted.
func (s *Service) termDuties(ctx context.Context, sc tenants.Scope, held []Decision) ([]Duty, error) {
	wanted := make([]ids.Application, len(held))
	for i, d := range held {
		wanted[i] = d.Application
	}
	there, err := conditionsFor(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	var duties []Duty
	for _, d := range held {
		var open []Condition
		for _, c := range there[d.Application] {
			if c.State() == ConditionOpen || c.State() == ConditionReturned {
				open = append(open, c)
			}
		}
		if len(open) == 0 {
			continue
		}
		call, err := s.Calls.Call(ctx, sc, d.Call)
		if err != nil {
			return nil, err
		}
		duties = append(duties, Duty{Kind: DutyTerms, Call: call, Application: d.Application, Count: len(open), Due: firstDue(open)})
	}
	return duties, nil
}
