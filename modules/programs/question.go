package programs

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// QuestionState is what became of a question about a call.
type QuestionState string

// The states of a question. Only answered ones are public. A declined one may still be answered, and an answer reworded.
const (
	QuestionWaiting  QuestionState = "waiting"
	QuestionAnswered QuestionState = "answered"
	QuestionDeclined QuestionState = "declined"
)

// Question is what somebody asked about a call.
type Question struct {
	ID         ids.Question
	Call       ids.Call
	Asked      string // as it was typed; only the team reads it
	Locale     i18n.Locale
	AskedAt    time.Time
	AskedBy    ids.Person // zero for a visitor
	State      QuestionState
	Words      i18n.Text // as it is published
	Answer     i18n.Text // Markdown
	AnsweredAt time.Time
	Version    int64
}

// How long questions and answers are at most, in characters, and how many of a call may wait.
const (
	questionChars = 1000
	answerChars   = 4000
	mostWaiting   = 200
)

// Ask puts a question about a call that is announced or open. Anybody may, also who has not signed in. The same words
// again while they wait are the same question. Faults: Invalid, Conflict when the call is closed, TooMany when too many
// wait, NotFound.
func (s *Service) Ask(ctx context.Context, sc tenants.Scope, id ids.Call, words string, locale i18n.Locale) error {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return err
	}
	if words == "" {
		return fault.Invalid("fault.check_fields", fault.At("question", "fault.required"))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := Held(ctx, tx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		switch c.Phase(now) {
		case PhaseDraft:
			return fault.NotFound()
		case PhaseClosed:
			return fault.Conflict("programs.not_open")
		}
		n, err := waitingOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if n >= mostWaiting {
			return fault.TooMany("programs.questions.too_many")
		}
		return insertQuestion(ctx, tx, &Question{ID: ids.New[ids.Question](), Call: id, Asked: words, Locale: locale, AskedAt: now, AskedBy: sc.Actor().Person})
	})
}

// read is all that the public page of a call shows, without its letters: of a published call to anybody, of a draft, which
// has no answered questions, to those who may read drafts. Fault: NotFound.
func (s *Service) read(ctx context.Context, sc tenants.Scope, id ids.Call) (looked, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return looked{}, err
	}
	shown, err := s.public(ctx, sc, id)
	if err != nil {
		return shown, err
	}
	if shown.call.State == Draft {
		if s.policies.May(sc, policies.CallRead, policies.On{}) != nil {
			return looked{}, fault.NotFound()
		}
		shown.answered = nil
	}
	shown.asked, err = s.Definition(ctx, sc, shown.call)
	return shown, err
}

// Questions are all questions about a call, those that wait first and the oldest of them on top. Coordinators and officers
// may. Fault: NotFound.
func (s *Service) Questions(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, []Question, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return c, nil, err
	}
	all, err := questions(ctx, sc.Read(), id)
	return c, all, err
}

// Question is one question about a call. Coordinators and officers may. Fault: NotFound.
func (s *Service) Question(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Question) (Call, Question, error) {
	c, err := s.forEdit(ctx, sc, call)
	if err != nil {
		return c, Question{}, err
	}
	q, err := questionByID(ctx, sc.Read(), call, id)
	return c, q, err
}

// Answer publishes a question and its answer, in as many of the call's languages as both are given in; who asked is told
// the first time. It may be done again to put an answer right. Coordinators and officers may. Faults: Invalid by field
// (question_<language>, answer_<language>), Conflict, NotFound.
func (s *Service) Answer(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Question, version int64, words, answer i18n.Text) error {
	return s.settle(ctx, sc, call, id, version, func(tx *tenants.Tx, c Call, q *Question) error {
		if bad := answerFaults(c.Locales, words, answer); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		first := q.State != QuestionAnswered
		q.State, q.Words, q.Answer = QuestionAnswered, words, answer
		tx.Audit(audit.Entry{Action: "call.question_answered", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"question": id.String()}})
		if first && !q.AskedBy.IsZero() {
			path := "/calls/" + call.String()
			tx.Announce(events.NotificationRequested{Person: q.AskedBy, Key: "programs.notify.answered", Path: path, Texts: map[string]i18n.Text{"Call": c.Title}})
			tx.Announce(events.MailRequested{Kind: "programs.mail.answered", Person: q.AskedBy, Path: path, AboutKind: "call", AboutID: call.String(), Texts: map[string]i18n.Text{"Call": c.Title}})
		}
		return nil
	})
}

// Decline keeps a question from the public, an answered one too. Coordinators and officers may. Faults: Conflict, NotFound.
func (s *Service) Decline(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Question, version int64) error {
	return s.settle(ctx, sc, call, id, version, func(tx *tenants.Tx, _ Call, q *Question) error {
		q.State = QuestionDeclined
		tx.Audit(audit.Entry{Action: "call.question_declined", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"question": id.String()}})
		return nil
	})
}

// unanswered counts the questions that wait, by call, for those who answer them.
func (s *Service) unanswered(ctx context.Context, sc tenants.Scope) (map[ids.Call]int, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return nil, err
	}
	return unanswered(ctx, sc.Read())
}

func (s *Service) settle(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Question, version int64, act func(tx *tenants.Tx, c Call, q *Question) error) error {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := Held(ctx, tx, call)
		if err != nil {
			return err
		}
		q, err := questionByID(ctx, tx, call, id)
		if err != nil {
			return err
		}
		if q.Version != version {
			return fault.Conflict("fault.stale")
		}
		if err := act(tx, c, &q); err != nil {
			return err
		}
		if q.AnsweredAt, err = tx.Now(ctx); err != nil {
			return err
		}
		return saveQuestion(ctx, tx, &q)
	})
}

// answerFaults: in each language both or none, and in one at least.
func answerFaults(locales []i18n.Locale, words, answer i18n.Text) []fault.Field {
	var bad []fault.Field
	for _, l := range locales {
		if words[l] == "" && answer[l] != "" {
			bad = append(bad, fault.At("question_"+string(l), "fault.required"))
		}
		if words[l] != "" && answer[l] == "" {
			bad = append(bad, fault.At("answer_"+string(l), "fault.required"))
		}
	}
	if !slices.ContainsFunc(locales, func(l i18n.Locale) bool { return words[l] != "" || answer[l] != "" }) {
		bad = append(bad, fault.At("question_"+string(locales[0]), "fault.required"))
	}
	return bad
}
