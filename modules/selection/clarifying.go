package selection

import (
	"context"
	"slices"
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

// Clarification is what applicants without a place asked about the decision, once, and what the network answered.
type Clarification struct {
	Application ids.Application
	Call        ids.Call
	Question    string
	AskedAt     time.Time
	AskedBy     ids.Person
	Answer      string // empty: none yet
	AnsweredAt  time.Time
	AnsweredBy  ids.Person // never shown to applicants
}

// How many characters a question about a decision and its answer have at most.
const (
	MaxQuestion = 2000
	MaxAnswer   = 4000
)

// LeastClarify is for how many days at least, after a list is closed, applicants may ask about its decisions, where they may; at its
// release at least all but two of them are left.
const LeastClarify = 5

// Clarifying is what the people of an application may ask about its decision.
type Clarifying struct {
	Application Application
	Call        Call
	Until       time.Time // zero: nothing may be asked
	Asked       *Clarification
}

// Open reports whether they can still ask.
func (c *Clarifying) Open(now time.Time) bool { return c.Asked == nil && now.Before(c.Until) }

// unsuccessful are the decisions that can be asked about: those that gave no place.
func (d *Decision) unsuccessful() bool {
	return d.State == DecisionRejected || d.State == DecisionWaiting
}

// Clarifying tells the leads of an application what they may ask about its decision, or have asked. Fault: NotFound, also before the
// decision is released, of an application that was offered a place, and where the network takes no questions.
func (s *Service) Clarifying(ctx context.Context, sc tenants.Scope, id ids.Application) (Clarifying, error) {
	a, _, err := s.led(ctx, sc, id)
	if err != nil {
		return Clarifying{}, err
	}
	asked, err := clarificationsOf(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Clarifying{}, err
	}
	c := Clarifying{Application: a}
	if len(asked) > 0 {
		c.Asked = &asked[0]
	}
	list, _, err := findList(ctx, sc.Read(), a.Call)
	if err != nil {
		return Clarifying{}, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Clarifying{}, err
	}
	askable := len(decided) > 0 && decided[0].unsuccessful() && !list.ClarifyUntil.IsZero()
	if c.Asked == nil && !askable {
		return Clarifying{}, fault.NotFound()
	}
	c.Until = list.ClarifyUntil
	c.Call, err = s.Calls.Call(ctx, sc, a.Call)
	return c, err
}

// Ask asks the network to clarify the decision about an application. Its leads may, once, while the network takes questions. Faults:
// Invalid by field, TooLate by the database's clock, Conflict when one was asked before, NotFound.
func (s *Service) Ask(ctx context.Context, sc tenants.Scope, id ids.Application, question string) error {
	c, err := s.Clarifying(ctx, sc, id)
	if err != nil {
		return err
	}
	question = strings.TrimSpace(question)
	if question == "" {
		return fault.Invalid("fault.check_fields", fault.At("question", "fault.required"))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if !now.Before(c.Until) {
			return fault.TooLate("selection.clarify.late")
		}
		made, err := ask(ctx, tx, Clarification{Application: id, Call: c.Call.ID, Question: question, AskedAt: now, AskedBy: sc.Actor().Person})
		if err != nil {
			return err
		}
		if !made {
			return fault.Conflict("selection.clarify.asked_before")
		}
		tx.Audit(entry("clarification.asked", id))
		return s.tellOfficers(ctx, tx, c.Application, "selection.notify.clarification")
	})
}

// Questioned is a clarification with what it is about.
type Questioned struct {
	Clarification

	About Application
}

// Clarifications lists what applicants of a call asked about its decisions, what waits for an answer first. Coordinators and officers
// may; applications in which they have a conflict of interest are left out. Fault: NotFound.
func (s *Service) Clarifications(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, List, []Questioned, error) {
	if err := s.policies.May(sc, policies.ClarificationList, policies.On{}); err != nil {
		return Call{}, List{}, nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Call{}, List{}, nil, err
	}
	list, _, err := findList(ctx, sc.Read(), call)
	if err != nil {
		return Call{}, List{}, nil, err
	}
	all, err := clarificationsAbout(ctx, sc.Read(), call)
	if err != nil {
		return Call{}, List{}, nil, err
	}
	var known []Questioned
	for _, c := range all {
		if a, ok := f.application(c.Application); ok {
			known = append(known, Questioned{Clarification: c, About: a})
		}
	}
	slices.SortStableFunc(known, func(a, b Questioned) int {
		switch {
		case a.Answer == "" && b.Answer != "":
			return -1
		case a.Answer != "" && b.Answer == "":
			return 1
		default:
			return a.AskedAt.Compare(b.AskedAt)
		}
	})
	return f.Call, list, known, nil
}

// Asked finds what was asked about the decision of an application. Coordinators and officers without a conflict of interest may. Fault:
// NotFound.
func (s *Service) Asked(ctx context.Context, sc tenants.Scope, id ids.Application) (Call, Questioned, error) {
	a, err := s.permitted(ctx, sc, policies.ClarificationAnswer, id)
	if err != nil {
		return Call{}, Questioned{}, err
	}
	asked, err := clarificationsOf(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Call{}, Questioned{}, err
	}
	if len(asked) == 0 {
		return Call{}, Questioned{}, fault.NotFound()
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	return call, Questioned{Clarification: asked[0], About: a}, err
}

// Clarify answers what was asked about a decision; the leads of the application are told by mail. Coordinators and officers without a
// conflict of interest may, once. Faults: Invalid by field, also where a reviewer of the application is named; Conflict when it
// was answered before; NotFound.
func (s *Service) Clarify(ctx context.Context, sc tenants.Scope, id ids.Application, answer string) error {
	a, err := s.permitted(ctx, sc, policies.ClarificationAnswer, id)
	if err != nil {
		return err
	}
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return fault.Invalid("fault.check_fields", fault.At("answer", "fault.required"))
	}
	named, err := s.namesReviewer(ctx, sc, a, answer)
	if err != nil {
		return err
	}
	if named {
		return fault.Invalid("fault.check_fields", fault.At("answer", "selection.clarify.names_reviewer"))
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		asked, err := clarificationsOf(ctx, tx, []ids.Application{id})
		if err != nil {
			return err
		}
		if len(asked) == 0 {
			return fault.NotFound()
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		made, err := clarify(ctx, tx, id, answer, now, sc.Actor().Person)
		if err != nil {
			return err
		}
		if !made {
			return fault.Conflict("selection.clarify.answered_before")
		}
		leads, err := leadsOf(ctx, tx, []Application{a})
		if err != nil {
			return err
		}
		told := map[ids.Person]bool{}
		for _, o := range a.Organizations {
			for _, person := range leads[o.ID] {
				if told[person] {
					continue
				}
				told[person] = true
				tx.Announce(events.MailRequested{
					Kind: "selection.mail.clarified", Person: person, Path: clarifyAddress(id), Args: map[string]string{"Number": a.Number},
					Texts: map[string]i18n.Text{"Call": call.Title}, AboutKind: "application", AboutID: id.String(),
				})
				tx.Announce(events.NotificationRequested{Person: person, Key: "selection.notify.clarified", Args: map[string]string{"Number": a.Number}, Path: clarifyAddress(id)})
			}
		}
		tx.Audit(audit.Entry{Action: "clarification.answered", SubjectKind: "application", SubjectID: id.String()})
		return nil
	})
}

func clarifyAddress(id ids.Application) string {
	return "/applications/" + id.String() + "/clarification"
}

// clarifyDuties are the questions about decisions that wait for an answer.
func (s *Service) clarifyDuties(ctx context.Context, sc tenants.Scope) ([]Duty, error) {
	if !s.may(sc, policies.ClarificationList) {
		return nil, nil
	}
	all, err := openClarifications(ctx, sc.Read())
	if err != nil || len(all) == 0 {
		return nil, err
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	var duties []Duty
	for _, c := range calls {
		n := 0
		for _, q := range all {
			if q.Call == c.ID && !slices.Contains(hidden, q.Application) {
				n++
			}
		}
		if n > 0 {
			duties = append(duties, Duty{Kind: DutyClarify, Call: c, Count: n})
		}
	}
	return duties, nil
}
