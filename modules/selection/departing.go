package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Depart says that the organizations which the actor leads drop out of a place. The others keep it for now: they are told and so is the
// team, which can ask another organization to take the seat; until that is done the place can be neither accepted by all nor confirmed.
// A replacement about which one of them is asked ends by that.
// Leads may, with a reason of at most MaxReplacementReason characters; it cannot be undone. Faults: Invalid by field, TooLate, Conflict
// where nobody would stay, as the place is given back then, and where they have dropped out before; NotFound.
func (s *Service) Depart(ctx context.Context, sc tenants.Scope, id ids.Application, reason string) error {
	a, mine, err := s.led(ctx, sc, id)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return s.answer(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision) error {
		a := w.holding(a)
		gone, err := departures(ctx, tx, id)
		if err != nil {
			return err
		}
		going, err := speaking(&a, mine, gone[id])
		if err != nil {
			return err
		}
		if !a.remains(gone[id], going...) {
			return fault.Conflict("selection.departure.nobody_stays")
		}
		if err := s.outrun(ctx, tx, w, &a, going); err != nil {
			return err
		}
		for _, o := range going {
			left := Departure{Application: id, Call: a.Call, Organization: o, Reason: reason, At: w.now, By: sc.Actor().Person}
			if err := insertDeparture(ctx, tx, d.ID, left); err != nil {
				return err
			}
			tx.Audit(audit.Entry{Action: "place.departed", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"organization": o.String()}})
			if err := s.tellDeparted(ctx, tx, w, &a, left, going); err != nil {
				return err
			}
		}
		return s.tellOfficers(ctx, tx, a, "selection.notify.departed")
	})
}

// speaking are those of the organizations that hold the place by now and have not dropped out. Faults: Conflict when all have dropped out,
// NotFound when none of them holds it.
func speaking(a *Application, mine []ids.Organization, gone map[ids.Organization]Departure) ([]ids.Organization, error) {
	held := slices.DeleteFunc(slices.Clone(mine), func(o ids.Organization) bool { return !a.applies(o) })
	if len(held) == 0 {
		return nil, fault.NotFound()
	}
	held = slices.DeleteFunc(held, func(o ids.Organization) bool {
		_, left := gone[o]
		return left
	})
	if len(held) == 0 {
		return nil, fault.Conflict("selection.departure.gone")
	}
	return held, nil
}

// voiced is speaking as it stands in a transaction, of an application under the selection's lock.
func (s *Service) voiced(ctx context.Context, tx *tenants.Tx, a *Application, mine []ids.Organization) ([]ids.Organization, error) {
	gone, err := departures(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	return speaking(a, mine, gone[a.ID])
}

// vacant reports whether a seat of the place is to be given to another organization first: one has dropped out, or another is asked to
// take its seat.
func (s *Service) vacant(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application) (bool, error) {
	r, asked, err := openFor(ctx, tx, a.ID)
	if err != nil || asked && r.At(w.now) == ReplacementAsked {
		return true, err
	}
	gone, err := departures(ctx, tx, a.ID)
	return slices.ContainsFunc(a.Organizations, func(o Applicant) bool {
		_, left := gone[a.ID][o.ID]
		return left
	}), err
}

// tellDeparted writes to the leads of the organizations that stay that another has dropped out.
func (s *Service) tellDeparted(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, d Departure, going []ids.Organization) error {
	o, _ := a.organization(d.Organization)
	var stay []ids.Organization
	for _, one := range a.Organizations {
		if !slices.Contains(going, one.ID) {
			stay = append(stay, one.ID)
		}
	}
	return s.tellOf(ctx, tx, w, a, stay, notice{what: "left_place", args: map[string]string{"Leaving": o.Name, "Reason": d.Reason}, path: offerAddress(a.ID)})
}

// tellAsked writes to the leads of the organizations that are asked about a replacement, and of what was done also to those that leave.
func (s *Service) tellAsked(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, r *Replacement, names map[ids.Organization]string, what string) error {
	n := notice{
		what: what, path: consultationAddress(r), args: map[string]string{"Leaving": names[r.Leaving], "Coming": names[r.Coming], "Reason": r.Reason},
		times: map[string]time.Time{"Until": r.Until},
	}
	if r.State == ReplacementDone {
		if err := s.tellOf(ctx, tx, w, a, []ids.Organization{r.Leaving}, notice{what: "seat_left", path: "/desk", args: n.args}); err != nil {
			return err
		}
		n.path = offerAddress(a.ID)
	}
	return s.tellOf(ctx, tx, w, a, r.Parties, n)
}

// tellNewcomers writes to the leads of the organizations that have taken a seat of a place that the application was withdrawn: they did not
// apply, and hear of it from nobody else.
func (s *Service) tellNewcomers(ctx context.Context, tx *tenants.Tx, w *sitting, id ids.Application) error {
	done, err := doneFor(ctx, tx, id)
	if err != nil || len(done) == 0 {
		return err
	}
	var hold []ids.Organization
	for _, r := range done {
		hold = append(slices.DeleteFunc(hold, func(o ids.Organization) bool { return o == r.Leaving }), r.Coming)
	}
	return s.tellOf(ctx, tx, w, &Application{ID: id, Call: w.call.ID}, hold, notice{what: "place_withdrawn", path: "/desk"})
}

// notice is what leads are told about a place, by the key of its words.
type notice struct {
	what, path string
	args       map[string]string
	times      map[string]time.Time
}

// tellOf writes to the leads of organizations, each once, but not to whoever acts.
func (s *Service) tellOf(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, organizations []ids.Organization, n notice) error {
	leads, err := tenants.LeadsOf(ctx, tx, organizations...)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, o := range organizations {
		for _, person := range leads[o] {
			if told[person] {
				continue
			}
			told[person] = true
			tx.Announce(events.MailRequested{
				Kind: "selection.mail." + n.what, Person: person, Path: n.path, Args: n.args, Texts: map[string]i18n.Text{"Call": w.call.Title}, Times: n.times, Zone: w.call.Zone,
				AboutKind: "application", AboutID: a.ID.String(),
			})
			tx.Announce(events.NotificationRequested{Person: person, Key: "selection.notify." + n.what, Texts: map[string]i18n.Text{"Call": w.call.Title}, Path: n.path})
		}
	}
	return nil
}
