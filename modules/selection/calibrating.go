package selection

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Samples tell what samples are made of, in the words of a localizer. The programs and the applications modules satisfy it.
type Samples interface {
	// Outline lists the sections of a call's form, without texts.
	Outline(ctx context.Context, sc tenants.Scope, call ids.Call, loc *i18n.Localizer) ([]Passage, error)
	// Anonymised is what was handed in with an application that the actor may read, without what tells whose it is. Fault: NotFound.
	Anonymised(ctx context.Context, sc tenants.Scope, application ids.Application, loc *i18n.Localizer) ([]Passage, error)
}

// Calibrations are the calibrations of a call.
type Calibrations struct {
	About   Call
	List    List
	Current Calibration   // that is prepared or open, with its sample; zero: there is none
	Earlier []Calibration // the newest first, without their samples
	Held    bool          // the current one is not for the actor, who has a conflict of interest in what its sample is a copy of
	Calls   []Call        // whose applications may be taken as a sample
}

// Calibrations lists the calibrations of a call, but for what is kept from the actor. Coordinators and officers may. Fault: NotFound.
func (s *Service) Calibrations(ctx context.Context, sc tenants.Scope, call ids.Call) (Calibrations, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Calibrations{}, err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Calibrations{}, err
	}
	v := Calibrations{About: c}
	if v.List, _, err = findList(ctx, sc.Read(), call); err != nil {
		return v, err
	}
	all, err := calibrationsOf(ctx, sc.Read(), call)
	if err != nil {
		return v, err
	}
	person := sc.Actor().Person
	tied, err := s.tiesTo(ctx, sc, all, []ids.Person{person})
	if err != nil {
		return v, err
	}
	for _, one := range all {
		switch barred := tied.bars(one.Source, person); {
		case one.State != CalibrationClosed:
			v.Current, v.Held = one, barred
		case !barred:
			v.Earlier = append(v.Earlier, one)
		}
	}
	if v.Held {
		v.Current = Calibration{}
	}
	calls, err := s.Calls.Published(ctx, sc)
	v.Calls = slices.DeleteFunc(calls, func(other Call) bool { return other.ID == call })
	return v, err
}

// Source is an application that may be taken as a sample.
type Source struct {
	Application Application
	Excused     int // how many of the call's reviewers could not score it
}

// Sources lists what of another call may be taken as a sample in a call: applications that are decided, but for those in which the actor
// has a conflict of interest. Coordinators may. Fault: NotFound.
func (s *Service) Sources(ctx context.Context, sc tenants.Scope, call, from ids.Call) ([]Source, error) {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return nil, err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return nil, err
	}
	if call == from {
		return nil, fault.NotFound()
	}
	f, err := s.field(ctx, sc, from)
	if err != nil {
		return nil, err
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	asked, err := s.takers(ctx, sc, call, hidden)
	if err != nil {
		return nil, err
	}
	person := sc.Actor().Person
	var wanted []Calibration
	for i := range f.Applications {
		if !f.Applications[i].Undecided {
			wanted = append(wanted, copyOf(f.Applications[i].ID)...)
		}
	}
	tied, err := s.tiesTo(ctx, sc, wanted, append(slices.Clone(asked), person))
	if err != nil {
		return nil, err
	}
	var found []Source
	for i := range wanted {
		c := &wanted[i]
		if tied.bars(c.Source, person) {
			continue
		}
		a, _ := f.application(c.Source)
		one := Source{Application: a}
		for _, p := range asked {
			if tied.excuses(c, p) {
				one.Excused++
			}
		}
		found = append(found, one)
	}
	return found, nil
}

// takers are the people who review in a call, or have accepted to, and may still; but for whoever reviews nothing there but some
// applications: where they are shown, those that the actor must not know of.
func (s *Service) takers(ctx context.Context, sc tenants.Scope, call ids.Call, without []ids.Application) ([]ids.Person, error) {
	all, err := takersOf(ctx, sc.Read(), call, without)
	if err != nil {
		return nil, err
	}
	held, err := reviewers.For(ctx, sc.Read(), call)
	return slices.DeleteFunc(all, func(p ids.Person) bool {
		return !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == p })
	}), err
}

// Preparing is what a sample is made of: an application that is decided or, without one, what the coordinators write.
type Preparing struct {
	Source   ids.Application
	Language i18n.Locale // in which the sample is written
}

// PrepareSample begins a calibration with a copy of an application of another call, without what tells whose it is, or with the
// sections of the call's form to be written. Coordinators may, but not with an application in which they have a conflict of interest.
// Faults: Invalid by field, Conflict when the call has a calibration that is not closed or its decisions are, NotFound.
func (s *Service) PrepareSample(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Preparing) (ids.Calibration, error) {
	c := Calibration{ID: ids.New[ids.Calibration](), Call: call, State: CalibrationPreparing, Language: cmd.Language, Source: cmd.Source, Version: 1}
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return c.ID, err
	}
	about, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return c.ID, err
	}
	if !slices.Contains(about.Locales, cmd.Language) {
		return c.ID, fault.Invalid("fault.check_fields", fault.At("language", "fault.choose"))
	}
	loc := s.catalog.Localizer(cmd.Language, zone(about))
	if c.Source.IsZero() {
		c.Passages, err = s.Samples.Outline(ctx, sc, call, loc)
	} else {
		c.Passages, err = s.copied(ctx, sc, call, c.Source, loc)
	}
	if err != nil {
		return c.ID, err
	}
	c.Passages = c.Passages[:min(len(c.Passages), MostPassages)]
	all, err := calibrationsOf(ctx, sc.Read(), call)
	if err != nil {
		return c.ID, err
	}
	c.Title = loc.T("selection.calibration.sample_number", "Number", loc.Int(len(all)+1))
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := undecidedYet(ctx, tx, call); err != nil {
			return err
		}
		if c.Made, err = tx.Now(ctx); err != nil {
			return err
		}
		fresh, err := insertCalibration(ctx, tx, &c)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict("selection.calibration.there")
		}
		tx.Audit(sampleEntry("calibration.prepared", call))
		return nil
	})
	if err != nil || c.Source.IsZero() {
		return c.ID, err
	}
	return c.ID, s.stillThere(ctx, sc, &c, loc)
}

// stillThere looks once more at what a sample was copied from, now that whoever erases that finds the copy, and takes the copy away where
// something was erased while it was made.
func (s *Service) stillThere(ctx context.Context, sc tenants.Scope, c *Calibration, loc *i18n.Localizer) error {
	now, err := s.copied(ctx, sc, c.Call, c.Source, loc)
	if err == nil && slices.Equal(now[:min(len(now), MostPassages)], c.Passages) {
		return nil
	}
	gone := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(sampleEntry("calibration.forgotten", c.Call))
		return deleteCalibration(ctx, tx, c.ID)
	})
	if err == nil {
		err = fault.Invalid("fault.check_fields", fault.At("application", "selection.calibration.erased_meanwhile"))
	}
	return errors.Join(gone, err)
}

// undecidedYet refuses what makes no sense any more once the decisions of a call are closed.
func undecidedYet(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	list, _, err := findList(ctx, tx, call)
	if err == nil && !list.May(Decide) {
		err = fault.Conflict("selection.review.closed")
	}
	return err
}

// copied is the text of an application that may be taken as a sample in a call.
func (s *Service) copied(ctx context.Context, sc tenants.Scope, call ids.Call, source ids.Application, loc *i18n.Localizer) ([]Passage, error) {
	a, err := s.permitted(ctx, sc, policies.ReviewRead, source)
	if err != nil {
		return nil, err
	}
	tied, err := s.tiesTo(ctx, sc, copyOf(source), []ids.Person{sc.Actor().Person})
	if err != nil {
		return nil, err
	}
	if tied.bars(source, sc.Actor().Person) {
		return nil, fault.NotFound()
	}
	if a.Call == call || a.Undecided {
		return nil, fault.Invalid("fault.check_fields", fault.At("application", "selection.calibration.not_earlier"))
	}
	passages, err := s.Samples.Anonymised(ctx, sc, source, loc)
	if err == nil && len(passages) == 0 {
		err = fault.Invalid("fault.check_fields", fault.At("application", "selection.calibration.nothing_left"))
	}
	return passages, err
}

// moving does something to a calibration under its lock. Coordinators may, but not where they have a conflict of interest in what the
// sample is a copy of. Faults: Conflict where the verb is not possible, NotFound.
func (s *Service) moving(ctx context.Context, sc tenants.Scope, id ids.Calibration, verb CalibrationVerb, do func(ctx context.Context, tx *tenants.Tx, c *Calibration, now time.Time) error) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	if _, err := s.approach(ctx, sc, id); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		c, err := lockCalibration(ctx, tx, id)
		if err != nil {
			return err
		}
		if !c.May(verb) {
			return fault.Conflict("selection.calibration.not_now")
		}
		c.State, _ = c.State.After(verb)
		return do(ctx, tx, &c, now)
	})
}

// approach finds a calibration unless it must not exist for the actor.
func (s *Service) approach(ctx context.Context, sc tenants.Scope, id ids.Calibration) (Calibration, error) {
	c, err := findCalibration(ctx, sc.Read(), id)
	if err != nil {
		return c, err
	}
	person := sc.Actor().Person
	tied, err := s.tiesTo(ctx, sc, copyOf(c.Source), []ids.Person{person})
	if err == nil && tied.bars(c.Source, person) {
		err = fault.NotFound()
	}
	return c, err
}

// WriteSample keeps the words of a sample while it is being prepared; a passage without words is left out when it is opened.
// Coordinators may. Faults: Invalid by field, Conflict when it was changed in the meantime, NotFound.
func (s *Service) WriteSample(ctx context.Context, sc tenants.Scope, id ids.Calibration, version int64, sample Sample) error {
	return s.moving(ctx, sc, id, WriteSample, func(ctx context.Context, tx *tenants.Tx, c *Calibration, _ time.Time) error {
		if bad := sample.check(); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if c.Version != version || len(sample.Texts) != len(c.Passages) {
			return fault.Conflict("selection.calibration.changed")
		}
		c.Title = sample.Title
		for i := range c.Passages {
			c.Passages[i].Text = sample.Texts[i]
		}
		c.Version++
		tx.Audit(sampleEntry("calibration.written", c.Call))
		return saveCalibration(ctx, tx, c)
	})
}

// Opening is how a calibration begins.
type Opening struct {
	Version  int64 // of the sample that was read
	Required bool  // before the first application is opened
	Checked  bool  // somebody has read that the sample names nobody
}

// OpenCalibration shows the sample to all who review in the call, and tells them. Coordinators may. Faults: Invalid by field (checked,
// title where there is nothing to score), Conflict when the sample was changed in the meantime, nobody could score it or the decisions
// are closed, NotFound.
func (s *Service) OpenCalibration(ctx context.Context, sc tenants.Scope, id ids.Calibration, cmd Opening) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	call, missing, excused, err := s.lacking(ctx, sc, id) // also those who are not shown: the sample is for them as well
	if err != nil {
		return err
	}
	return s.moving(ctx, sc, id, OpenCalibration, func(ctx context.Context, tx *tenants.Tx, c *Calibration, now time.Time) error {
		if err := undecidedYet(ctx, tx, c.Call); err != nil {
			return err
		}
		c.Passages = slices.DeleteFunc(c.Passages, func(p Passage) bool { return strings.TrimSpace(p.Text) == "" })
		switch {
		case !cmd.Checked:
			return fault.Invalid("fault.check_fields", fault.At("checked", "selection.calibration.check_first"))
		case c.Version != cmd.Version:
			return fault.Conflict("selection.calibration.changed")
		case len(c.Passages) == 0:
			return fault.Invalid("fault.check_fields", fault.At("title", "selection.calibration.empty"))
		case len(missing) == 0 && excused > 0:
			return fault.Conflict("selection.calibration.nobody")
		}
		c.Opened, c.Required = now, cmd.Required
		tx.Audit(sampleEntry("calibration.opened", c.Call))
		if err := saveCalibration(ctx, tx, c); err != nil {
			return err
		}
		_, err := s.askForScores(ctx, tx, call, c.ID, missing, now)
		return err
	})
}
