package selection

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Paper is a document as this module shows it.
type Paper struct {
	ID      ids.Document
	Name    string
	Size    int64
	State   string // the key of its words
	Tone    string
	Href    string // empty: it cannot be read
	Refused string // the key of why; empty: it was not
}

// Papers keeps what is given for conditions. The documents module satisfies it.
type Papers interface {
	// Bring takes a document for a condition and checks it. Faults: Invalid, Conflict, TooMany, NotFound, Unavailable.
	Bring(ctx context.Context, sc tenants.Scope, condition ids.Condition, name string, size int64, content io.Reader) (Paper, error)
	// Papers are those of the documents that the actor may know of, in as many queries for many as for one.
	Papers(ctx context.Context, sc tenants.Scope, documents []ids.Document) (map[ids.Document]Paper, error)
	// Arrived reports whether a document came for the condition and was not refused; if so, it is not removed until the transaction ends.
	Arrived(ctx context.Context, tx *tenants.Tx, condition ids.Condition, document ids.Document) (bool, error)
}

// Handed is a document that was handed in for a condition.
type Handed struct {
	Document ids.Document
	At       time.Time
	By       ids.Person
	Paper    Paper // zero where the actor may not know of it
}

// lastHanded is the document that counts; zero: there is none.
func lastHanded(all []Handed) ids.Document {
	if len(all) == 0 {
		return ids.Document{}
	}
	return all[0].Document
}

// Takes is what a condition takes.
func (c *Condition) takes() forms.Files {
	return forms.Files{Kinds: c.Kinds, MaxBytes: MostPaperBytes}
}

// kindsOf names the kinds of document that a condition takes.
func kindsOf(c *Condition) string { return strings.ToUpper(strings.Join(c.Kinds, ", ")) }

// handed are the documents that were handed in for conditions, with what the actor may know of them.
func (s *Service) handed(ctx context.Context, sc tenants.Scope, all []Condition) (map[ids.Condition][]Handed, error) {
	var due []ids.Condition
	for _, c := range all {
		if c.Document != "" {
			due = append(due, c.ID)
		}
	}
	found, err := handedFor(ctx, sc.Read(), due...)
	if err != nil || len(found) == 0 {
		return found, err
	}
	var wanted []ids.Document
	for _, c := range due {
		for _, h := range found[c] {
			wanted = append(wanted, h.Document)
		}
	}
	papers, err := s.Papers.Papers(ctx, sc, wanted)
	for _, c := range due {
		for i := range found[c] {
			found[c][i].Paper = papers[found[c][i].Document]
		}
	}
	return found, err
}

// BringPaper takes a document for a condition of a place, and checks it; it is handed in by AnswerCondition. The leads of the
// application may, as long as the place is held on conditions and the condition is not met. Faults: Invalid at the field of the file,
// also for one that the check refused; Conflict, TooMany, NotFound, Unavailable.
func (s *Service) BringPaper(ctx context.Context, sc tenants.Scope, id ids.Application, condition ids.Condition, name string, size int64, content io.Reader) (Paper, error) {
	if _, _, err := s.led(ctx, sc, id); err != nil {
		return Paper{}, err
	}
	there, err := conditionsFor(ctx, sc.Read(), id)
	if err != nil {
		return Paper{}, err
	}
	if !slices.ContainsFunc(there[id], func(c Condition) bool { return c.ID == condition }) {
		return Paper{}, fault.NotFound()
	}
	p, err := s.Papers.Bring(ctx, sc, condition, name, size, content)
	if err == nil && p.Refused != "" {
		err = fault.Invalid("fault.check_fields", fault.At("file", p.Refused))
	}
	return p, err
}

// paper is a document that was brought for a condition and not handed in yet; false where there is no such for the actor.
func (s *Service) paper(ctx context.Context, sc tenants.Scope, id ids.Document) (Paper, bool, error) {
	if id.IsZero() {
		return Paper{}, false, nil
	}
	found, err := s.Papers.Papers(ctx, sc, []ids.Document{id})
	p, ok := found[id]
	return p, ok, err
}

// AnswerCondition says how a condition of the place is met, with the document that is due for it. A document takes the place of the one
// that was handed in before, which stays to be read; zero leaves that as it is, and so does the one that counts already. Once answered it can be answered anew until the team has
// said that it is met. The leads of the application may, as long as the place is held on conditions, also after the day. Faults: Invalid
// by field, where a document is due also without one, and with one more than MostVersions; Conflict, NotFound.
func (s *Service) AnswerCondition(ctx context.Context, sc tenants.Scope, id ids.Application, condition ids.Condition, text string, document ids.Document) error {
	a, mine, err := s.led(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.hold(ctx, sc, a, func(ctx context.Context, tx *tenants.Tx, w *sitting, h *holding) error {
		if _, err := s.voiced(ctx, tx, &h.application, mine); err != nil {
			return err
		}
		c, err := h.condition(condition)
		if err != nil {
			return err
		}
		fresh, err := s.handIn(ctx, tx, c, text, document, w.now)
		if err != nil {
			return err
		}
		again := c.State() == ConditionAnswered
		if again && !fresh && !document.IsZero() && text == c.Answer {
			return nil
		}
		c.Answer, c.AnsweredAt, c.AnsweredBy = text, w.now, sc.Actor().Person
		if err := saveCondition(ctx, tx, c); err != nil {
			return err
		}
		detail := map[string]any{"condition": condition.String()}
		if !document.IsZero() {
			detail["document"] = document.String()
		}
		tx.Audit(audit.Entry{Action: "condition.answered", SubjectKind: "application", SubjectID: id.String(), Detail: detail})
		if again {
			return nil
		}
		return s.tellOfficers(ctx, tx, a, "selection.notify.condition_answered")
	})
}

// handIn holds an answer to what the condition asks for, and hands the document in. It reports whether it did: the one that counts already
// is not handed in twice.
func (s *Service) handIn(ctx context.Context, tx *tenants.Tx, c *Condition, text string, document ids.Document, now time.Time) (fresh bool, err error) {
	if c.Document == "" {
		if text == "" {
			return false, fault.Invalid("fault.check_fields", fault.At("answer", "fault.required"))
		}
		if !document.IsZero() {
			return false, fault.NotFound()
		}
		return false, nil
	}
	missing := fault.Invalid("fault.check_fields", fault.At("file", "selection.condition.document_missing"))
	before, err := handedFor(ctx, tx, c.ID)
	if err != nil {
		return false, err
	}
	counts := document
	switch last := lastHanded(before[c.ID]); {
	case document.IsZero() && (last.IsZero() || text == ""):
		return false, missing
	case document.IsZero():
		counts = last
	case document == last && (text != "" || c.State() == ConditionAnswered):
		counts = last
	case slices.ContainsFunc(before[c.ID], func(h Handed) bool { return h.Document == document }):
		return false, missing
	case len(before[c.ID]) >= MostVersions:
		return false, fault.Invalid("fault.check_fields", fault.At("file", "selection.condition.versions_enough"))
	default:
		fresh = true
	}
	arrived, err := s.Papers.Arrived(ctx, tx, c.ID, counts)
	if err != nil {
		return false, err
	}
	if !arrived {
		return false, missing
	}
	if !fresh {
		return false, nil
	}
	return true, insertHanded(ctx, tx, c.ID, Handed{Document: document, At: now, By: tx.Scope().Actor().Person})
}

// Taking is what a condition takes just now, and for which application and organization the actor gives it.
type Taking struct {
	Application  ids.Application
	Organization ids.Organization
	Files        forms.Files
}

// Takes holds the actor to a condition for which they may give a document just now: the leads of the application may, as long as its place
// is held on conditions and this one is not met and has not been given as many versions as it may be. Faults: NotFound, Conflict.
func (s *Service) Takes(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, condition ids.Condition) (Taking, error) {
	if err := s.policies.Ever(sc, policies.ApplicationReply); err != nil {
		return Taking{}, err
	}
	c, err := findCondition(ctx, tx, condition)
	if err != nil {
		return Taking{}, err
	}
	a, mine, err := s.led(ctx, sc, c.Application)
	if err != nil {
		return Taking{}, err
	}
	held, err := OnConditions(ctx, tx, a.ID)
	if err != nil {
		return Taking{}, err
	}
	switch {
	case c.Document == "" || len(mine) == 0:
		return Taking{}, fault.NotFound()
	case !held[a.ID]:
		return Taking{}, fault.Conflict("selection.condition.not_held")
	case c.State() == ConditionMet:
		return Taking{}, fault.Conflict("selection.condition.met_before")
	}
	before, err := handedFor(ctx, tx, c.ID)
	if err != nil {
		return Taking{}, err
	}
	if len(before[c.ID]) >= MostVersions {
		return Taking{}, fault.Conflict("selection.condition.versions_enough")
	}
	return Taking{Application: a.ID, Organization: mine[0], Files: c.takes()}, nil
}

// Shown tells which documents the actor may read, given for which condition each came: the leads of the application all of them, those
// who may read its conditions what was handed in. A conflict of interest, and an application that was withdrawn, hide them. Fault: NotFound
// for whoever can read none of any.
func (s *Service) Shown(ctx context.Context, sc tenants.Scope, came map[ids.Document]ids.Condition) (map[ids.Document]bool, error) {
	leads, team := s.policies.Ever(sc, policies.ApplicationReply), s.policies.Ever(sc, policies.ConditionRead)
	if leads != nil && team != nil {
		return nil, team
	}
	shown := map[ids.Document]bool{}
	if len(came) == 0 {
		return shown, nil
	}
	belong, handed, err := cameFor(ctx, sc.Read(), came)
	if err != nil {
		return nil, err
	}
	ways := map[ids.Application]struct{ leads, team bool }{}
	for _, id := range belong {
		if _, asked := ways[id]; asked {
			continue
		}
		way := ways[id]
		if _, _, err := s.led(ctx, sc, id); err == nil {
			way.leads = true
		} else if !fault.Is(err, fault.KindNotFound) {
			return nil, err
		}
		if _, err := s.permitted(ctx, sc, policies.ConditionRead, id); err == nil {
			way.team = true
		} else if !fault.Is(err, fault.KindNotFound) {
			return nil, err
		}
		ways[id] = way
	}
	for document, condition := range came {
		way := ways[belong[condition]]
		shown[document] = way.leads || way.team && handed[document]
	}
	return shown, nil
}

// ForgetPapers lets go of the documents that were handed in for the conditions of an application whose answers were erased; the reaction
// to events.AnswersErased. Only the system may.
func (s *Service) ForgetPapers(ctx context.Context, sc tenants.Scope, e events.AnswersErased) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return forgetHanded(ctx, tx, e.Application) })
}
