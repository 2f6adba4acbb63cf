package applications

import (
	"context"
	"net/url"
	"strings"
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
	Part       *Part // whose section it is; nil of the joint part
	Definition *forms.Definition
	Section    *forms.Section
	Sheet      forms.Sheet
	Filled     forms.Filled
	Documents  map[ids.Document]forms.Document
	Names      map[ids.Person]string // of those whose changes the page shows
	Writable   bool
	Open       func(ref string) bool        // which questions may be answered; nil: all that are not frozen
	Day        i18n.Day                     // of which the definition is, in the call's zone
	Confirmed  bool                         // the part is confirmed, or, of the joint part, somebody's part is
	Candidates map[string][]forms.Candidate // organizations that may be meant, by what was typed
	Profile    string                       // where the profile is from which the section takes along; empty: not the reader's to see
	Findings   []Finding                    // the call's rules that look at this section and are not met
	Later      bool                         // it is of what only accepted applicants are asked
}

// Desk shows one section to the people of the application's organizations: of their own part, named by its seat where they
// fill several, or of the joint part. Fault: NotFound, also for a section that does not exist.
func (s *Service) Desk(ctx context.Context, sc tenants.Scope, id ids.Application, seat, key string) (Desk, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Desk{}, err
	}
	version, err := s.forms.Version(ctx, sc, o.FormVersion)
	if err != nil {
		return Desk{}, err
	}
	definition, day := asked(version.Definition, &o, time.Now())
	definition = o.Call.veiled(definition)
	section, ok := definition.Section(key)
	if !ok {
		return Desk{}, fault.NotFound()
	}
	d := Desk{Overview: o, Definition: definition, Section: section, Day: day}
	a, sheet := &d.Overview.Application, o.Joint
	if section.Scope == forms.ScopePart {
		if d.Part, err = mineAt(sc, a, seat); err != nil {
			return d, err
		}
		sheet, d.Confirmed = d.Part.Sheet, d.Part.Confirmed()
	}
	if d.Sheet, err = s.forms.Sheet(ctx, sc, sheet); err != nil {
		return d, err
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), sheet)
	if err != nil {
		return d, err
	}
	d.Filled = filled[sheet]
	d.Writable = a.Writable(time.Now(), o.Until) && !d.Confirmed && s.own(sc, policies.ApplicationFill, a) == nil
	if d.Open, err = s.open(ctx, sc.Read(), d.Definition, a, sheet, d.Filled.Answers); err != nil {
		return d, err
	}
	d.Profile = s.profileOf(sc, &d)
	if err := s.ruleHere(ctx, sc, &d); err != nil {
		return d, err
	}
	d.Documents, err = s.Documents.Documents(ctx, sc, documentsIn(version.Definition, d.Filled.Answers))
	return d, err
}

// ruleHere tells which of the call's rules look at the section and are not met, while it can be written.
func (s *Service) ruleHere(ctx context.Context, sc tenants.Scope, d *Desk) error {
	a := &d.Overview.Application
	if !d.Writable || a.State == Returned || !ruled(d.Overview.Call) {
		return nil
	}
	parts := mineOf(sc, a)
	if d.Part != nil {
		parts = []*Part{d.Part}
	}
	sheets, own := []ids.Sheet{a.Joint}, make([]Part, len(parts))
	for i, p := range parts {
		sheets, own[i] = append(sheets, p.Sheet), *p
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), sheets...)
	if err != nil {
		return err
	}
	all, err := s.findings(ctx, sc.Read(), d.Overview.Call, d.Definition, own, a.Joint, filled)
	for _, f := range failing(all) {
		for _, key := range f.Reason.When.Questions() {
			if _, section, ok := d.Definition.Question(key); ok && section.Key == d.Section.Key {
				d.Findings = append(d.Findings, f)
				break
			}
		}
	}
	return err
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
// while it is not confirmed, or the joint part. Until the write ends the application cannot be confirmed, handed in or
// decided about. Faults: NotFound, TooLate, Conflict.
func (s *Service) writable(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, sheet ids.Sheet) (Application, error) {
	a, now, err := holdingSheet(ctx, tx, sheet)
	if err != nil {
		return a, err
	}
	if err := s.own(sc, policies.ApplicationFill, &a); err != nil {
		return a, err
	}
	part := a.PartOf(sheet)
	if part != nil {
		if err := s.ownAs(sc, policies.ApplicationFill, part.Organization); err != nil {
			return a, err
		}
	} else if sheet != a.Joint {
		return a, fault.NotFound()
	}
	if a.State == Accepted {
		return a, s.answerable(ctx, tx, &a, now)
	}
	until := a.PapersDue
	if a.State != Returned {
		if until, err = s.Calls.Until(ctx, tx, a.Call, a.Organizations()); err != nil {
			return a, err
		}
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
// it too. Faults: NotFound, TooLate, Conflict when the part is confirmed or the question is closed, Invalid, also for another
// answer to a question that is frozen, and
// *forms.Clash.
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
		g, err := s.gate(ctx, tx, &a, sheet)
		if err != nil {
			return err
		}
		if err := g.shut(ref); err != nil {
			return err
		}
		if saved, bad, err = s.forms.SaveTyped(ctx, tx, loc, sheet, g.day, ref, sent, sc.Actor().Person); err != nil {
			return err
		}
		if sheet == a.Joint && saved.Version != sent.Base && unsettles(&a) {
			return unconfirm(ctx, tx, a.ID)
		}
		return nil
	})
	return saved, bad, err
}

// SavePosted is Save for a whole section as a page without a script posts it. Questions that are closed are passed over; what
// would change a frozen one is named among what is bad, and everything else kept.
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
		g, err := s.gate(ctx, tx, &a, sheet)
		if err != nil {
			return err
		}
		for name := range values {
			if inner, ok := strings.CutPrefix(name, "base["); ok && g.shut(strings.TrimSuffix(inner, "]")) != nil {
				delete(values, name)
			}
		}
		if posted, clashes, err = s.forms.SavePosted(ctx, tx, loc, sheet, g.day, section, values, sc.Actor().Person); err != nil {
			return err
		}
		if sheet == a.Joint && posted.Changed > 0 && unsettles(&a) {
			return unconfirm(ctx, tx, a.ID)
		}
		return nil
	})
	return posted, clashes, err
}

// Present keeps where the actor is writing and tells who else is. Those who may write there may. Fault: NotFound.
func (s *Service) Present(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, question string) (forms.Presence, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return forms.Presence{}, err
	}
	a, err := bySheet(ctx, sc.Read(), sheet)
	if err != nil {
		return forms.Presence{}, err
	}
	organizations := a.Organizations()
	if p := a.PartOf(sheet); p != nil {
		organizations = []ids.Organization{p.Organization}
	}
	if err := s.ownAs(sc, policies.ApplicationFill, organizations...); err != nil {
		return forms.Presence{}, err
	}
	var rows []presenceRow
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		rows, err = present(ctx, tx, sheet, sc.Actor().Person, question)
		return err
	})
	found := forms.Presence{Others: []forms.Other{}}
	if err != nil || len(rows) == 0 {
		return found, err
	}
	persons := make([]ids.Person, len(rows))
	for i, r := range rows {
		persons[i] = r.Person
	}
	names, err := s.People.Names(ctx, sc, persons)
	for _, r := range rows {
		found.Others = append(found.Others, forms.Other{Person: names[r.Person], Question: r.Question})
	}
	return found, err
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
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return forms.Clashed{}, err
	}
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
	names, err := s.writers(ctx, sc, loc, clash)
	return clash.Describe(loc, version.Whole, names[clash.By]), err
}

// writers are the names of those who were faster; to themselves, in another window, they are themselves.
func (s *Service) writers(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, clashes ...*forms.Clash) (map[ids.Person]string, error) {
	persons := make([]ids.Person, len(clashes))
	for i, c := range clashes {
		persons[i] = c.By
	}
	names, err := s.People.Names(ctx, sc, persons)
	if _, here := names[sc.Actor().Person]; here {
		names[sc.Actor().Person] = loc.T("applications.yourself")
	}
	return names, err
}
