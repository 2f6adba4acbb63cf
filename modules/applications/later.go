package applications

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// answerable holds an accepted application to the time for what only accepted applicants are asked. Fault: TooLate.
func (s *Service) answerable(ctx context.Context, tx *tenants.Tx, a *Application, now time.Time) error {
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil {
		return err
	}
	if !version.Whole.AsksLater() {
		return tooLate(a)
	}
	over, err := s.Partnerships.Over(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	dues, err := laterDues(ctx, tx, a.Call)
	if err == nil && (over[a.ID] || !a.Answers(now, dues[a.Call])) {
		err = fault.TooLate("applications.later.late")
	}
	return err
}

// Answers reports whether its people may answer what only accepted applicants are asked, given the instant until which they
// may; the zero time sets no end.
func (a *Application) Answers(now, due time.Time) bool {
	return a.State == Accepted && (due.IsZero() || now.Before(due))
}

// LaterSheet is how far one sheet is with what only accepted applicants are asked.
type LaterSheet struct {
	Part     *Part // nil: all fill it together
	Sheet    ids.Sheet
	Sections []forms.Progress
	Left     int     // inputs that are missing or wrong
	Sent     Sending // what counts; zero: nothing yet
	Changed  bool    // what was written is not what was sent

	written forms.Filled  // all that decides, as it is being written …
	counts  forms.Answers // … and as it was sent
}

// Begun reports whether anything was answered.
func (l *LaterSheet) Begun() bool {
	return slices.ContainsFunc(l.Sections, func(p forms.Progress) bool { return p.Answered > 0 })
}

// given are the answers without those that were taken away again.
func given(of forms.Answers) forms.Answers {
	there := maps.Clone(of)
	maps.DeleteFunc(there, func(_ string, raw json.RawMessage) bool { return string(raw) == "null" })
	return there
}

// scope is that of the sheet.
func (l *LaterSheet) scope() forms.Scope {
	if l.Part == nil {
		return forms.ScopeJoint
	}
	return forms.ScopePart
}

// Afterwards is what an accepted application's people are asked beside what they handed in.
type Afterwards struct {
	Overview Overview
	Due      time.Time    // zero: no end is set
	Writable bool         // by the actor, now
	Sheets   []LaterSheet // the actor's parts, and the joint one, as far as they ask something
	Names    map[ids.Person]string
}

// Afterwards shows it to the application's own people: each organization its own part, and all of them the joint one. Fault:
// NotFound, also while the application is not accepted and where its form asks nothing later.
func (s *Service) Afterwards(ctx context.Context, sc tenants.Scope, id ids.Application) (Afterwards, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Afterwards{}, err
	}
	w := Afterwards{Overview: o}
	a := &w.Overview.Application
	version, err := s.laterForm(ctx, sc, a)
	if err != nil {
		return w, err
	}
	dues, err := laterDues(ctx, sc.Read(), a.Call)
	if err != nil {
		return w, err
	}
	w.Due = dues[a.Call]
	over, err := s.Partnerships.Over(ctx, sc.Read(), a.ID)
	if err != nil {
		return w, err
	}
	w.Writable = a.Answers(time.Now(), w.Due) && !over[a.ID] && s.own(sc, policies.ApplicationFill, a) == nil
	all, err := s.laterSheets(ctx, sc.Read(), []Application{*a}, map[ids.FormVersion]*forms.Definition{a.FormVersion: version.Whole})
	if err != nil {
		return w, err
	}
	mine := mineOf(sc, a)
	var persons []ids.Person
	for _, l := range all[a.ID] {
		if l.Part == nil || isOne(mine, l.Part) {
			w.Sheets, persons = append(w.Sheets, l), append(persons, l.Sent.By)
		}
	}
	w.Names, err = s.People.Names(ctx, sc, persons)
	return w, err
}

func isOne(of []*Part, p *Part) bool {
	return slices.ContainsFunc(of, func(one *Part) bool { return one.ID == p.ID })
}

// laterForm is the form of an accepted application that asks something later. Fault: NotFound.
func (s *Service) laterForm(ctx context.Context, sc tenants.Scope, a *Application) (forms.Version, error) {
	if a.State != Accepted {
		return forms.Version{}, fault.NotFound()
	}
	version, err := s.forms.Version(ctx, sc, a.FormVersion)
	if err == nil && !version.Whole.AsksLater() {
		err = fault.NotFound()
	}
	return version, err
}

// laterSheets tell how far the sheets of applications are, in as many queries for one as for many. A sheet that asks nothing
// later is left out. The definitions are those of the applications' forms.
func (s *Service) laterSheets(ctx context.Context, db reader, all []Application, whole map[ids.FormVersion]*forms.Definition) (map[ids.Application][]LaterSheet, error) {
	found := map[ids.Application][]LaterSheet{}
	if len(all) == 0 {
		return found, nil
	}
	handed, err := copiesOf(ctx, db, all)
	if err != nil {
		return nil, err
	}
	var of []ids.Application
	for i := range all {
		of = append(of, all[i].ID)
	}
	sent, err := sendings(ctx, db, of...)
	if err != nil {
		return nil, err
	}
	var wanted []ids.Sheet
	for i := range all {
		for _, sheet := range sheetsOf(&all[i]) {
			wanted = append(wanted, sheet)
			if copied, ok := handed[sheet]; ok {
				wanted = append(wanted, copied)
			}
			if last, ok := sent[sheet]; ok {
				wanted = append(wanted, last.Copy)
			}
		}
	}
	filled, err := s.forms.Filled(ctx, db, wanted...)
	if err != nil {
		return nil, err
	}
	for version, d := range whole {
		some := map[ids.Sheet]forms.Filled{}
		for i := range all {
			a := &all[i]
			if a.FormVersion != version {
				continue
			}
			for _, sheet := range sheetsOf(a) {
				written := filled[sheet]
				written.Answers = forms.Since(d, a.scopeOf(sheet), filled[handed[sheet]].Answers, written.Answers)
				some[sheet] = written
			}
		}
		fitting, err := s.fit(ctx, db, d, some)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if a := &all[i]; a.FormVersion == version {
				found[a.ID] = laterOf(d, a, some, fitting, func(sheet ids.Sheet) (Sending, forms.Answers) {
					return sent[sheet], forms.Joined(d, filled[handed[sheet]].Answers, filled[sent[sheet].Copy].Answers)
				})
			}
		}
	}
	return found, nil
}

// laterOf are the sheets of one application.
func laterOf(d *forms.Definition, a *Application, now, fitting map[ids.Sheet]forms.Filled, last func(ids.Sheet) (Sending, forms.Answers)) []LaterSheet {
	var all []LaterSheet
	for _, sheet := range append(sheetsOf(a)[1:], a.Joint) { // as they are shown: what all write together comes last
		l := LaterSheet{Part: a.PartOf(sheet), Sheet: sheet, written: now[sheet]}
		l.Sent, l.counts = last(sheet)
		if l.Sections = forms.CompleteLater(d, l.scope(), fitting[sheet].Answers); len(l.Sections) == 0 {
			continue
		}
		l.Left, l.Changed = left(l.Sections), !l.Sent.ID.IsZero() && !same(given(l.written.Answers), given(l.counts))
		all = append(all, l)
	}
	return all
}

// LaterDesk shows one section of what only accepted applicants are asked, to the people of the organization whose part it
// is, or of all of them. Fault: NotFound.
func (s *Service) LaterDesk(ctx context.Context, sc tenants.Scope, id ids.Application, seat, key string) (Desk, error) {
	w, err := s.Afterwards(ctx, sc, id)
	if err != nil {
		return Desk{}, err
	}
	a := &w.Overview.Application
	version, err := s.laterForm(ctx, sc, a)
	if err != nil {
		return Desk{}, err
	}
	section, ok := version.Whole.Later().Section(key)
	if !ok {
		return Desk{}, fault.NotFound()
	}
	d := Desk{Overview: w.Overview, Definition: version.Whole, Section: section, Writable: w.Writable, Later: true}
	sheet := a.Joint
	if section.Scope == forms.ScopePart {
		if d.Part, err = mineAt(sc, a, seat); err != nil {
			return d, err
		}
		sheet = d.Part.Sheet
	}
	i := slices.IndexFunc(w.Sheets, func(l LaterSheet) bool { return l.Sheet == sheet })
	if i < 0 {
		return d, fault.NotFound()
	}
	d.Filled = w.Sheets[i].written
	if d.Sheet, err = s.forms.Sheet(ctx, sc, sheet); err != nil {
		return d, err
	}
	d.Documents, err = s.Documents.Documents(ctx, sc, documentsIn(version.Whole, d.Filled.Answers))
	return d, err
}

// Send sends what was answered of one sheet of an accepted application: a copy is kept, and the last one counts. The people
// who may fill it may, each organization for its own part and any of them for the joint one. The same answers again are no
// second sending. Faults: Conflict when something is missing (applications.later.incomplete) or it was sent
// too often (applications.later.often), TooLate, NotFound.
func (s *Service) Send(ctx context.Context, sc tenants.Scope, id ids.Application, sheet ids.Sheet) error {
	if err := s.policies.Ever(sc, policies.LaterSend); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.LaterSend, &a); err != nil {
			return err
		}
		if part := a.PartOf(sheet); part != nil {
			err = s.ownAs(sc, policies.LaterSend, part.Organization)
		} else if sheet != a.Joint {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if a.State != Accepted {
			return fault.NotFound()
		}
		if err := s.answerable(ctx, tx, &a, now); err != nil {
			return err
		}
		return s.send(ctx, tx, &a, sheet, now)
	})
}

func (s *Service) send(ctx context.Context, tx *tenants.Tx, a *Application, sheet ids.Sheet, now time.Time) error {
	if err := s.refreshLater(ctx, tx, a, sheet); err != nil {
		return err
	}
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil {
		return err
	}
	all, err := s.laterSheets(ctx, tx, []Application{*a}, map[ids.FormVersion]*forms.Definition{a.FormVersion: version.Whole})
	if err != nil {
		return err
	}
	for _, l := range all[a.ID] {
		switch {
		case l.Sheet != sheet:
			continue
		case l.Left > 0:
			return fault.Conflict("applications.later.incomplete")
		case !l.Sent.ID.IsZero() && !l.Changed:
			return nil
		}
		day, hour, err := sentLately(ctx, tx, sheet)
		if err != nil {
			return err
		}
		if day >= mostSendings {
			return fault.Conflict("applications.later.often")
		}
		copied, err := s.forms.Copy(ctx, tx, sheet)
		if err != nil {
			return err
		}
		done := Sending{ID: ids.New[ids.Sending](), Application: a.ID, Sheet: sheet, Copy: copied.ID, At: now, By: tx.Scope().Actor().Person}
		if err := insertSending(ctx, tx, done); err != nil {
			return err
		}
		tx.Audit(entry("application.later_sent", a.ID))
		if hour > 0 {
			return nil // the team was told
		}
		return s.notifyTeam(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.team_later", Args: map[string]string{"Number": a.Number}})
	}
	return fault.NotFound()
}

// refreshLater keeps on a sheet what it calculates, from what was handed in and not from what was written on since.
func (s *Service) refreshLater(ctx context.Context, tx *tenants.Tx, a *Application, sheet ids.Sheet) error {
	handed, err := copiesOf(ctx, tx, []Application{*a})
	if err != nil {
		return err
	}
	filled, err := s.forms.Filled(ctx, tx, handed[sheet])
	if err != nil {
		return err
	}
	return s.forms.Refresh(ctx, tx, sheet, filled[handed[sheet]].Answers)
}

// placeAccepted moves the application on, and tells its people where they are asked more now.
func (s *Service) placeAccepted(ctx context.Context, sc tenants.Scope, e events.PlaceAccepted) error {
	return s.moveAnd(ctx, sc, e.Application, Accept, answered, func(ctx context.Context, tx *tenants.Tx, a *Application) error {
		version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
		if err != nil || !version.Whole.AsksLater() {
			return err
		}
		call, err := s.Calls.Held(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		stay := slices.DeleteFunc(a.Organizations(), func(o ids.Organization) bool { return slices.Contains(e.Left, o) })
		return s.tellLater(ctx, tx, a, call, "later", time.Time{}, stay...)
	})
}
