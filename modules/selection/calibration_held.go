package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// CalibrationBoard is a calibration with everything that coordinators and officers see of it.
type CalibrationBoard struct {
	Calibration

	About     Call
	List      List
	Reference Scoring
	People    []Calibrated // who was to score the sample or has, by name
	Spreads   []Spread
	Waits     bool // the actor reviews in the call and has not submitted yet: of the others and the reference nothing is told, from the first preparation on
	read      []ids.Person
}

// Calibrated is one of those who were to score a sample.
type Calibrated struct {
	Person
	Scoring

	Excused  bool // has a conflict of interest in what the sample is a copy of, has reviewed it, or has read the reference
	Severity Severity
}

// Counted are those whose scores count.
func (b *CalibrationBoard) Counted() []Calibrated {
	return slices.DeleteFunc(slices.Clone(b.People), func(c Calibrated) bool { return c.Excused || !c.Scoring.Done() })
}

// Missing are those who were to submit and have not.
func (b *CalibrationBoard) Missing() []Calibrated {
	return slices.DeleteFunc(slices.Clone(b.People), func(c Calibrated) bool { return c.Excused || c.Scoring.Done() })
}

// CalibrationBoard shows a calibration: the sample, the reference, who has submitted, how the scores are spread, and by how much each
// differs from the others. Coordinators and officers may, but not with a conflict of interest in what the sample is a copy of; who
// reviews in the call themselves learns nothing of the others and of the reference before they have submitted. Who is shown the
// reference before that is remembered, and scores the sample no more. Fault: NotFound.
func (s *Service) CalibrationBoard(ctx context.Context, sc tenants.Scope, id ids.Calibration) (CalibrationBoard, error) {
	b, err := s.calibrationBoard(ctx, sc, id)
	if err != nil || b.State == CalibrationClosed || len(b.Reference.Marks) == 0 || b.knows(sc.Actor().Person) {
		return b, err
	}
	return b, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return readReference(ctx, tx, id) })
}

// knows reports whether it makes no difference any more that somebody reads the reference.
func (b *CalibrationBoard) knows(person ids.Person) bool {
	return slices.Contains(b.read, person) || slices.ContainsFunc(b.People, func(c Calibrated) bool { return c.Scoring.Person == person && c.Scoring.Done() })
}

// calibrationBoard is CalibrationBoard for whoever is not shown it.
func (s *Service) calibrationBoard(ctx context.Context, sc tenants.Scope, id ids.Calibration) (CalibrationBoard, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return CalibrationBoard{}, err
	}
	c, err := s.approach(ctx, sc, id)
	if err != nil {
		return CalibrationBoard{}, err
	}
	b := CalibrationBoard{Calibration: c}
	if b.About, err = s.Calls.Call(ctx, sc, c.Call); err != nil {
		return b, err
	}
	if b.List, _, err = findList(ctx, sc.Read(), c.Call); err != nil {
		return b, err
	}
	all, reference, err := scoringsOf(ctx, sc.Read(), id)
	if err != nil {
		return b, err
	}
	b.Reference = reference
	if err := s.people(ctx, sc, &b, all); err != nil {
		return b, err
	}
	counted := make([]Scoring, 0, len(all))
	for _, one := range b.Counted() {
		counted = append(counted, one.Scoring)
	}
	if b.Waits {
		b.Reference = Scoring{}
		for i := range b.People {
			b.People[i].Marks = nil
		}
		return b, nil
	}
	b.Spreads = SpreadsOf(&b.About, counted, nil, &reference)
	severities := SeveritiesOf(&b.About, counted, &reference)
	for i := range b.People {
		if !b.People[i].Excused {
			b.People[i].Severity = severities[b.People[i].Scoring.Person]
		}
	}
	return b, nil
}

// people finds who was to score a sample: those who review in the call or have accepted to, while it is open, and everybody who has
// submitted.
func (s *Service) people(ctx context.Context, sc tenants.Scope, b *CalibrationBoard, all []Scoring) error {
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return err
	}
	asked, err := s.takers(ctx, sc, b.Call, hidden)
	if err != nil {
		return err
	}
	if b.State == CalibrationClosed {
		asked = nil
	}
	for _, one := range all {
		if one.Done() && !slices.Contains(asked, one.Person) {
			asked = append(asked, one.Person)
		}
	}
	tied, err := s.tiesTo(ctx, sc, []Calibration{b.Calibration}, asked)
	if err != nil {
		return err
	}
	b.read = tied.read[b.ID]
	known, err := s.People.Persons(ctx, sc, asked)
	if err != nil {
		return err
	}
	for _, person := range asked {
		one := Calibrated{Person: known[person], Scoring: Scoring{Person: person}, Excused: tied.excuses(&b.Calibration, person)}
		if at := slices.IndexFunc(all, func(s Scoring) bool { return s.Person == person }); at >= 0 {
			one.Scoring = all[at]
		}
		b.Waits = b.Waits || b.State != CalibrationClosed && person == sc.Actor().Person && !one.Excused && !one.Scoring.Done()
		b.People = append(b.People, one)
	}
	i18n.Sort(sc.Actor().Locale, b.People, func(c Calibrated) string { return c.Name })
	return nil
}

// lacking are those who are to score a sample and have not, and how many are excused; also those who review only what the actor must
// not know of.
func (s *Service) lacking(ctx context.Context, sc tenants.Scope, id ids.Calibration) (call Call, missing []ids.Person, excused int, err error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return call, nil, 0, err
	}
	c, err := s.approach(ctx, sc, id)
	if err != nil {
		return call, nil, 0, err
	}
	if call, err = s.Calls.Call(ctx, sc, c.Call); err != nil || c.State == CalibrationClosed {
		return call, nil, 0, err
	}
	all, _, err := scoringsOf(ctx, sc.Read(), id)
	if err != nil {
		return call, nil, 0, err
	}
	asked, err := s.takers(ctx, sc, c.Call, nil)
	if err != nil {
		return call, nil, 0, err
	}
	tied, err := s.tiesTo(ctx, sc, []Calibration{c}, asked)
	if err != nil {
		return call, nil, 0, err
	}
	for _, person := range asked {
		switch {
		case tied.excuses(&c, person):
			excused++
		case !slices.ContainsFunc(all, func(own Scoring) bool { return own.Person == person && own.Done() }):
			missing = append(missing, person)
		}
	}
	return call, missing, excused, nil
}

// RequireCalibration says whether the sample must be scored before the first application is opened; whoever has opened one goes on.
// Coordinators may. Faults: Conflict, NotFound.
func (s *Service) RequireCalibration(ctx context.Context, sc tenants.Scope, id ids.Calibration, required bool) error {
	return s.moving(ctx, sc, id, Require, func(ctx context.Context, tx *tenants.Tx, c *Calibration, _ time.Time) error {
		if c.Required == required {
			return nil
		}
		c.Required = required
		action := "calibration.required"
		if !required {
			action = "calibration.unrequired"
		}
		tx.Audit(sampleEntry(action, c.Call))
		return saveCalibration(ctx, tx, c)
	})
}

// CloseCalibration ends a calibration: nobody submits any more and nothing is required, and those who have submitted still see the
// spread. Coordinators may. Faults: Conflict, NotFound.
func (s *Service) CloseCalibration(ctx context.Context, sc tenants.Scope, id ids.Calibration) error {
	return s.moving(ctx, sc, id, CloseCalibration, func(ctx context.Context, tx *tenants.Tx, c *Calibration, now time.Time) error {
		c.Closed = now
		tx.Audit(sampleEntry("calibration.closed", c.Call))
		return saveCalibration(ctx, tx, c)
	})
}

// DiscardCalibration deletes a calibration that no reviewer has seen. Coordinators may. Faults: Conflict, NotFound.
func (s *Service) DiscardCalibration(ctx context.Context, sc tenants.Scope, id ids.Calibration) error {
	return s.moving(ctx, sc, id, DiscardSample, func(ctx context.Context, tx *tenants.Tx, c *Calibration, _ time.Time) error {
		tx.Audit(sampleEntry("calibration.discarded", c.Call))
		return deleteCalibration(ctx, tx, c.ID)
	})
}

// Refer keeps what the coordinators think a sample deserves for criteria, with their reasons: the reference, which reviewers read once
// they have submitted. Clashes with another page are given back. Coordinators may; who reviews in the call themselves once they have
// submitted, and who comes to review in it later does not score that sample. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Refer(ctx context.Context, sc tenants.Scope, id ids.Calibration, typed []Typed) ([]*Clash, error) {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return nil, err
	}
	b, err := s.calibrationBoard(ctx, sc, id)
	if err != nil {
		return nil, err
	}
	if b.Waits {
		return nil, fault.Conflict("selection.calibration.own_first")
	}
	var clashes []*Clash
	err = s.moving(ctx, sc, id, SetReference, func(ctx context.Context, tx *tenants.Tx, c *Calibration, now time.Time) error {
		call, err := s.Calls.Within(ctx, tx, c.Call)
		if err != nil {
			return err
		}
		reference, err := lockScoring(ctx, tx, id, ids.Person{})
		if err != nil {
			return err
		}
		if clashes, err = keepScores(ctx, tx, reference, call, typed, make([]Saved, len(typed)), now); err != nil {
			return err
		}
		tx.Audit(sampleEntry("calibration.referred", c.Call))
		return readReference(ctx, tx, id)
	})
	return clashes, err
}

// AskForScores asks the people who have not scored a sample to do so, or one of them, and tells how many it was of those whom the actor
// is shown; whoever reviews only what the actor must not know of is asked with all, too. Nobody is asked twice within a day. Coordinators
// may. Faults: Conflict, NotFound.
func (s *Service) AskForScores(ctx context.Context, sc tenants.Scope, id ids.Calibration, one ids.Person) (int, error) {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return 0, err
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return 0, err
	}
	call, missing, _, err := s.lacking(ctx, sc, id)
	if err != nil {
		return 0, err
	}
	seen, err := takersOf(ctx, sc.Read(), call.ID, hidden)
	if err != nil {
		return 0, err
	}
	shown := slices.DeleteFunc(slices.Clone(missing), func(p ids.Person) bool { return !slices.Contains(seen, p) })
	if !one.IsZero() {
		if !slices.Contains(shown, one) {
			return 0, fault.Conflict("selection.calibration.not_missing")
		}
		missing = []ids.Person{one}
	}
	asked := 0
	err = s.moving(ctx, sc, id, AskForScores, func(ctx context.Context, tx *tenants.Tx, c *Calibration, now time.Time) error {
		if err := undecidedYet(ctx, tx, c.Call); err != nil {
			return err
		}
		told, err := s.askForScores(ctx, tx, call, id, missing, now)
		for _, person := range told {
			if slices.Contains(shown, person) {
				asked++
			}
		}
		if err != nil || asked == 0 {
			return err
		}
		tx.Audit(sampleEntry("calibration.reminded", c.Call))
		return nil
	})
	return asked, err
}

// askForScores asks those of some people who can be asked again, and gives them.
func (s *Service) askForScores(ctx context.Context, tx *tenants.Tx, call Call, id ids.Calibration, who []ids.Person, now time.Time) (asked []ids.Person, err error) {
	for _, person := range who {
		own, err := lockScoring(ctx, tx, id, person)
		if err != nil {
			return asked, err
		}
		if own.Done() || now.Before(own.Told.Add(askAgain)) {
			continue
		}
		own.Told = now
		if err := saveScoring(ctx, tx, &own); err != nil {
			return asked, err
		}
		asked = append(asked, person)
		path, texts := calibratingAddress(id, ""), map[string]i18n.Text{"Call": call.Title}
		tx.Announce(events.NotificationRequested{Person: person, Key: "selection.notify.calibration", Texts: texts, Path: path})
		tx.Announce(events.MailRequested{
			Kind: "selection.mail.calibration", Person: person, Path: path, AboutKind: "reviews", AboutID: ReviewsOf(call.ID), Texts: texts, Zone: call.Zone,
		})
	}
	return asked, nil
}

// ForgetSample takes the words of the samples away that are copies of an application whose answers were erased, with what was written
// about them; the reaction to events.AnswersErased. Only the system may.
func (s *Service) ForgetSample(ctx context.Context, sc tenants.Scope, e events.AnswersErased) error {
	return s.forget(ctx, sc, e.Application)
}

// ForgetWithdrawn does the same for an application that was withdrawn; the reaction to events.ApplicationWithdrawn. Only the system
// may.
func (s *Service) ForgetWithdrawn(ctx context.Context, sc tenants.Scope, e events.ApplicationWithdrawn) error {
	return s.forget(ctx, sc, e.Application)
}

func (s *Service) forget(ctx context.Context, sc tenants.Scope, source ids.Application) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		copies, err := copiesOf(ctx, tx, source)
		if err != nil {
			return err
		}
		for _, c := range copies {
			tx.Audit(sampleEntry("calibration.forgotten", c.Call))
			if c.State == CalibrationPreparing {
				if err := deleteCalibration(ctx, tx, c.ID); err != nil {
					return err
				}
				continue
			}
			c.Title, c.Passages, c.Forgotten = "", []Passage{}, now
			if c.State == CalibrationOpen {
				c.State, c.Closed = CalibrationClosed, now
			}
			if err := saveCalibration(ctx, tx, &c); err != nil {
				return err
			}
			if err := forgetWords(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
