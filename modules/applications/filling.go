package applications

import (
	"context"
	"net/url"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Desk is what somebody needs to fill one section: the application, the sheet and its answers.
type Desk struct {
	Overview   Overview
	Definition *forms.Definition
	Section    *forms.Section
	Sheet      forms.Sheet
	Filled     forms.Filled
	Documents  map[ids.Document]forms.Document
	Writable   bool
	Confirmed  bool // the part is confirmed, or, of the joint part, somebody's part is
}

// Desk shows one section to the people of the application's organizations: of their own part, or of the joint part.
// Fault: NotFound, also for a section that does not exist.
func (s *Service) Desk(ctx context.Context, sc tenants.Scope, id ids.Application, key string) (Desk, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Desk{}, err
	}
	version, err := s.forms.Version(ctx, sc, o.FormVersion)
	if err != nil {
		return Desk{}, err
	}
	section, ok := version.Definition.Section(key)
	if !ok {
		return Desk{}, fault.NotFound()
	}
	d := Desk{Overview: o, Definition: version.Definition, Section: section}
	mine := mineOf(sc, &o.Application)
	sheet := o.Joint
	if section.Scope == forms.ScopePart {
		sheet, d.Confirmed = mine.Sheet, mine.Confirmed()
	}
	if d.Sheet, err = s.forms.Sheet(ctx, sc, sheet); err != nil {
		return d, err
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), sheet)
	if err != nil {
		return d, err
	}
	d.Filled = filled[sheet]
	d.Writable = o.Writable(time.Now(), o.Until) && !d.Confirmed && s.own(sc, policies.ApplicationFill, &o.Application) == nil
	d.Documents, err = s.Documents.Documents(ctx, sc, documentsIn(version.Definition, d.Filled.Answers))
	return d, err
}

// documentsIn lists the documents that answers name.
func documentsIn(d *forms.Definition, answers forms.Answers) []ids.Document {
	var found []ids.Document
	for ref, raw := range answers {
		q, _, ok := d.Question(ref)
		if !ok || q.Type != forms.TypeFile {
			continue
		}
		if v, err := forms.ParseValue(q, raw); err == nil {
			if documents, ok := v.(forms.Documents); ok {
				found = append(found, documents...)
			}
		}
	}
	return found
}

// writable loads the application of a sheet inside a write and holds the actor to what may be written: their own part
// while it is not confirmed, or the joint part. Faults: NotFound, TooLate, Conflict.
func (s *Service) writable(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, sheet ids.Sheet) (Application, error) {
	a, err := bySheet(ctx, tx, sheet)
	if err != nil {
		return a, err
	}
	if err := s.own(sc, policies.ApplicationFill, &a); err != nil {
		return a, err
	}
	part := a.PartOf(sheet)
	mine := mineOf(sc, &a)
	if part == nil && sheet != a.Joint || part != nil && (mine == nil || part.ID != mine.ID) {
		return a, fault.NotFound()
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return a, err
	}
	until, err := s.Calls.UntilIn(ctx, tx, a.Call, a.Organizations())
	if err != nil {
		return a, err
	}
	if !a.Writable(now, until) {
		return a, tooLate(&a)
	}
	if part != nil && part.Confirmed() {
		return a, fault.Conflict("applications.part_confirmed")
	}
	return a, nil
}

// Save keeps one answer as the page's script sent it. The people of the organization whose part it is may, or of any
// of the organizations for the joint part; a change of the joint part takes all confirmations back, as they stood by
// it too. Faults: NotFound, TooLate, Conflict when the part is confirmed, Invalid, and *forms.Clash.
func (s *Service) Save(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, sheet ids.Sheet, ref string, sent forms.Sent) (forms.Saved, []fault.Field, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return forms.Saved{}, nil, err
	}
	var saved forms.Saved
	var bad []fault.Field
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := s.writable(ctx, sc, tx, sheet)
		if err != nil {
			return err
		}
		if saved, bad, err = s.forms.SaveTyped(ctx, tx, loc, sheet, ref, sent, sc.Actor().Person); err != nil {
			return err
		}
		if sheet == a.Joint {
			return unconfirm(ctx, tx, a.ID)
		}
		return nil
	})
	return saved, bad, err
}

// SavePosted is Save for a whole section as a page without a script posts it.
func (s *Service) SavePosted(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, sheet ids.Sheet, section string, values url.Values) (forms.Posted, []*forms.Clash, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return forms.Posted{}, nil, err
	}
	var posted forms.Posted
	var clashes []*forms.Clash
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := s.writable(ctx, sc, tx, sheet)
		if err != nil {
			return err
		}
		if posted, clashes, err = s.forms.SavePosted(ctx, tx, loc, sheet, section, values, sc.Actor().Person); err != nil {
			return err
		}
		if sheet == a.Joint {
			return unconfirm(ctx, tx, a.ID)
		}
		return nil
	})
	return posted, clashes, err
}

// Present keeps where the actor is writing and tells who else is. The application's people may. Fault: NotFound.
func (s *Service) Present(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, question string) (forms.Presence, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return forms.Presence{}, err
	}
	var rows []presenceRow
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := s.writable(ctx, sc, tx, sheet); err != nil {
			return err
		}
		var err error
		rows, err = present(ctx, tx, sheet, sc.Actor().Person, question)
		return err
	})
	if err != nil || len(rows) == 0 {
		return forms.Presence{Others: []forms.Other{}}, err
	}
	var persons []ids.Person
	for _, r := range rows {
		persons = append(persons, r.Person)
	}
	names, err := s.People.Names(ctx, sc, persons)
	if err != nil {
		return forms.Presence{}, err
	}
	found := forms.Presence{}
	for _, r := range rows {
		found.Others = append(found.Others, forms.Other{Person: names[r.Person], Question: r.Question})
	}
	return found, nil
}

// Progress is how far an application is.
type Progress struct {
	Parts []PartProgress
	Joint []forms.Progress
}

// PartProgress is how far one organization's part is.
type PartProgress struct {
	Part
	Sections []forms.Progress
	Left     int
}

// Progress tells how far each part of an application is, for its own people. Fault: NotFound.
func (s *Service) Progress(ctx context.Context, sc tenants.Scope, o Overview) (Progress, error) {
	if err := s.own(sc, policies.ApplicationRead, &o.Application); err != nil {
		return Progress{}, err
	}
	version, err := s.forms.Version(ctx, sc, o.FormVersion)
	if err != nil {
		return Progress{}, err
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), sheetsOf(&o.Application)...)
	if err != nil {
		return Progress{}, err
	}
	return progress(version.Definition, &o.Application, filled), nil
}

func sheetsOf(a *Application) []ids.Sheet {
	sheets := []ids.Sheet{a.Joint}
	for _, p := range a.Parts {
		if !p.Organization.IsZero() {
			sheets = append(sheets, p.Sheet)
		}
	}
	return sheets
}

func progress(d *forms.Definition, a *Application, filled map[ids.Sheet]forms.Filled) Progress {
	p := Progress{Joint: forms.Complete(d, forms.ScopeJoint, filled[a.Joint].Answers)}
	for _, part := range a.Parts {
		one := PartProgress{Part: part}
		if !part.Organization.IsZero() {
			one.Sections = forms.Complete(d, forms.ScopePart, filled[part.Sheet].Answers)
			one.Left = left(one.Sections)
		}
		p.Parts = append(p.Parts, one)
	}
	return p
}

func left(sections []forms.Progress) int {
	n := 0
	for _, s := range sections {
		n += s.Left
	}
	return n
}

// Describe puts a clash into the reader's words, with the name of whoever was faster. The application's people may.
func (s *Service) Describe(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, sheet ids.Sheet, clash *forms.Clash) (forms.Clashed, error) {
	a, err := bySheet(ctx, sc.Read(), sheet)
	if err != nil {
		return forms.Clashed{}, err
	}
	if err := s.own(sc, policies.ApplicationRead, &a); err != nil {
		return forms.Clashed{}, err
	}
	version, err := s.forms.Version(ctx, sc, a.FormVersion)
	if err != nil {
		return forms.Clashed{}, err
	}
	names, err := s.People.Names(ctx, sc, []ids.Person{clash.By})
	return clash.Describe(loc, version.Definition, names[clash.By]), err
}
