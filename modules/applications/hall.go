package applications

import (
	"context"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// Hall is the task list of an application: everything that its people see of it at once.
type Hall struct {
	Overview Overview
	Progress Progress
	Blockers []Blocker
	Findings []Finding       // the call's rules that are not met, while it can be handed in
	Mine     []*PartProgress // the parts that the actor fills
	Seen     time.Time       // the latest change that the page shows, for Confirm
	Last     Submission
	Changed  bool // something was written since the last submission
	History  []Moment
	Letters  []Letter // what the network wrote, the newest first
	Writable bool
	Seatable bool
	Leads    bool               // the actor speaks for the organization that began it
	Speaks   map[string]bool    // by seat: the actor speaks for the part's organization
	Departed []ids.Organization // of an offered or accepted place: those that do not hold it any more
	Now      time.Time
	News     News // what is new in the form, until it was seen
	Later    bool // more is asked, as it is accepted
	Keeping  []Erasure
}

// Hall shows an application's task list to its own people. Fault: NotFound.
func (s *Service) Hall(ctx context.Context, sc tenants.Scope, id ids.Application) (Hall, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return Hall{}, err
	}
	h := Hall{Overview: o, Now: time.Now(), Speaks: map[string]bool{}}
	a := &h.Overview.Application
	h.Writable, h.Seatable, h.Leads = a.Writable(h.Now, o.Until), a.Seatable(h.Now, o.Until), s.Leads(sc, a)
	version, err := s.forms.Version(ctx, sc, o.FormVersion)
	if err != nil {
		return h, err
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), sheetsOf(a)...)
	if err != nil {
		return h, err
	}
	h.Later = a.State == Accepted && version.Whole.AsksLater()
	definition, _ := asked(version.Definition, &o, h.Now)
	fitting, err := s.fit(ctx, sc.Read(), definition, filled)
	if err != nil {
		return h, err
	}
	h.Progress = progress(definition, a, fitting)
	h.Blockers = Blockers(o.Call.Composition, a, h.Progress, o.Organizations, filled[a.Joint].Answers)
	if err := s.ruleOut(ctx, sc, &h, version.Definition, fitting); err != nil {
		return h, err
	}
	h.Seen = latest(filled[a.Joint])
	for _, p := range mineOf(sc, a) {
		for i := range h.Progress.Parts {
			if one := &h.Progress.Parts[i]; one.ID == p.ID {
				h.Mine, h.Speaks[p.Seat] = append(h.Mine, one), s.SpeaksFor(sc, p)
			}
		}
		h.Seen = later(h.Seen, filled[p.Sheet].UpdatedAt)
	}
	if a.State == Selected || a.State == Accepted {
		if h.Departed, err = s.Standings.Departed(ctx, sc.Read(), a.ID); err != nil {
			return h, err
		}
	}
	if h.News, err = s.news(ctx, sc, a, version.Definition); err != nil {
		return h, err
	}
	if h.Keeping, err = s.keptOf(ctx, sc, &o); err != nil {
		return h, err
	}
	return h, s.recall(ctx, sc, &h, filled)
}

// ruleOut tells which of the call's rules are not met. Who only hands in missing papers is past them: officers judge.
func (s *Service) ruleOut(ctx context.Context, sc tenants.Scope, h *Hall, d *forms.Definition, filled map[ids.Sheet]forms.Filled) error {
	a := &h.Overview.Application
	if !h.Writable || a.State == Returned {
		return nil
	}
	all, err := s.findings(ctx, sc.Read(), h.Overview.Call, d, a.Parts, a.Joint, filled)
	h.Findings = append(failing(all), undecided(all, h.Progress)...)
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// recall reads what became of the application so far, and whether it has been written on since.
func (s *Service) recall(ctx context.Context, sc tenants.Scope, h *Hall, filled map[ids.Sheet]forms.Filled) error {
	a := &h.Overview.Application
	if a.Number == "" {
		return nil
	}
	moments, err := history(ctx, sc.Read(), a.ID)
	if err != nil {
		return err
	}
	h.History = forTheirEyes(moments, a)
	if h.Letters, err = s.written(ctx, sc, a); err != nil {
		return err
	}
	var found bool
	if h.Last, found, err = lastSubmission(ctx, sc.Read(), a.ID); err != nil || !found || a.State != Submitted || !h.Writable {
		return err
	}
	kept, err := s.forms.Filled(ctx, sc.Read(), h.Last.copies()...)
	h.Changed = !h.Last.stands(filled, kept)
	return err
}

// Moment is one point of an application's history. By is nobody where the program itself acted.
type Moment struct {
	At    time.Time
	By    ids.Person
	Name  string
	State State
}

// forTheirEyes keeps of the history what applicants may know, without names.
func forTheirEyes(all []Moment, a *Application) []Moment {
	told := !a.ToldAt.IsZero()
	if a.State == Ineligible && !told { // so that their page does not tell it, what was found before is not shown either
		all = slices.DeleteFunc(slices.Clone(all), func(m Moment) bool { return m.State == Eligible })
	}
	var shown []Moment
	for _, m := range all {
		if m.State == Ineligible && !told {
			continue
		}
		m.State, m.By, m.Name = forApplicants(m.State, told), ids.Person{}, ""
		if n := len(shown); n == 0 || shown[n-1].State != m.State {
			shown = append(shown, m)
		}
	}
	return shown
}

// chronicle is an application's history with the names of who acted.
func (s *Service) chronicle(ctx context.Context, sc tenants.Scope, id ids.Application) ([]Moment, error) {
	moments, err := history(ctx, sc.Read(), id)
	if err != nil {
		return nil, err
	}
	var persons []ids.Person
	for _, m := range moments {
		if !m.By.IsZero() {
			persons = append(persons, m.By)
		}
	}
	names, err := s.People.Names(ctx, sc, persons)
	for i := range moments {
		moments[i].Name = names[moments[i].By]
	}
	return moments, err
}
