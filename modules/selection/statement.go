package selection

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Statement is what the reviewers of an application tell its applicants together.
type Statement struct {
	Application ids.Application
	Texts       map[string]string // by criterion
	Content     string            // the digest of the texts, in hexadecimal; empty: there is none yet
	At          time.Time
	By          ids.Person
	Agreements  []Agreed
}

// Agreed is that a reviewer agrees to a statement as it was then.
type Agreed struct {
	Person  ids.Person
	Content string
	At      time.Time
}

// digest is by what an agreement names the texts that it is about.
func digest(texts map[string]string) (string, error) {
	b, err := json.Marshal(texts) // which sorts the keys
	if err != nil {
		return "", fmt.Errorf("selection: write statement: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// AgreedBy reports whether somebody agrees to the texts as they are now.
func (s *Statement) AgreedBy(person ids.Person) bool {
	return s.Content != "" && slices.ContainsFunc(s.Agreements, func(a Agreed) bool { return a.Person == person && a.Content == s.Content })
}

// Holds reports whether it stands in place of what each reviewer wrote: there are two submitted reviews or more, and all of
// their reviewers agree to exactly these texts. One who reviews later must agree, too.
func (s *Statement) Holds(reviews []Review) bool {
	n := 0
	for i := range reviews {
		if reviews[i].State != ReviewSubmitted {
			continue
		}
		n++
		if !s.AgreedBy(reviews[i].Person) {
			return false
		}
	}
	return n >= 2
}

// Together is the statement of an application as one of its reviewers sees it.
type Together struct {
	Discussion

	Statement Statement
}

// Holds reports whether all reviewers agree, so that applicants read it.
func (t *Together) Holds() bool {
	reviews := make([]Review, len(t.Voices))
	for i := range t.Voices {
		reviews[i] = t.Voices[i].Review
	}
	return t.Statement.Holds(reviews)
}

// Draft is the text of a criterion; before there is one, what each reviewer wrote, to begin with.
func (t *Together) Draft(criterion string) string {
	if t.Statement.Content != "" {
		return t.Statement.Texts[criterion]
	}
	var said []string
	for i := range t.Voices {
		if text := t.Voices[i].Review.Mark(criterion).Feedback; text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "\n\n")
}

// Statement shows a reviewer what the reviewers of the application say together. They may as with Discussion. Fault: NotFound.
func (s *Service) Statement(ctx context.Context, sc tenants.Scope, id ids.Review) (Together, error) {
	d, err := s.Discussion(ctx, sc, id)
	if err != nil {
		return Together{}, err
	}
	t := Together{Discussion: d}
	t.Statement, err = statementOf(ctx, sc.Read(), d.Application.ID)
	return t, err
}

// statementField is the name of a criterion's input.
func statementField(criterion string) string { return "text-" + criterion }

// checkStatement finds what cannot be said together, by the names of the inputs, and cleans the rest.
func checkStatement(call Call, texts map[string]string) []fault.Field {
	var bad []fault.Field
	for i := range call.Criteria {
		k := &call.Criteria[i]
		clean, ok := i18n.Clean(texts[k.Key])
		clean = strings.TrimSpace(clean)
		n := utf8.RuneCountInString(clean)
		least := Least(k, call.Review.ScoreMax, NoScore)
		switch {
		case !ok:
			bad = append(bad, fault.At(statementField(k.Key), "fault.invalid_text"))
		case n > MaxFeedback:
			bad = append(bad, fault.AtWith(statementField(k.Key), "fault.too_long", fault.Args{"Max": MaxFeedback, "Length": n}))
		case n < least:
			bad = append(bad, fault.AtWith(statementField(k.Key), "selection.mark.too_short", fault.Args{"Least": least, "Length": n}))
		default:
			texts[k.Key] = clean
		}
	}
	return bad
}

// State writes what the reviewers of an application say together in place of what was there before, which base names; whoever
// writes it agrees, and the others are told. They may as with Discussion, while the decisions are open. Faults: Invalid by field,
// also where a reviewer is named, whom applicants must not know; Conflict where somebody has written in the meantime; NotFound.
func (s *Service) State(ctx context.Context, sc tenants.Scope, id ids.Review, base string, typed map[string]string) error {
	t, err := s.Statement(ctx, sc, id)
	if err != nil {
		return err
	}
	texts := map[string]string{}
	for _, k := range t.Call.Criteria {
		texts[k.Key] = typed[k.Key]
	}
	bad := checkStatement(t.Call, texts)
	signs, err := s.signsOfReviewers(ctx, sc, t.Application)
	if err != nil {
		return err
	}
	for _, k := range t.Call.Criteria {
		if names(texts[k.Key], signs) {
			bad = append(bad, fault.At(statementField(k.Key), "selection.clarify.names_reviewer"))
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	content, err := digest(texts)
	if err != nil {
		return err
	}
	return s.agreeing(ctx, sc, id, t.Call, func(ctx context.Context, tx *tenants.Tx, r *Review, before Statement, now time.Time) error {
		switch {
		case before.Content == content:
		case before.Content != base:
			return fault.Conflict("selection.statement.changed")
		default:
			if err := keepStatement(ctx, tx, &Statement{Application: r.Application, Texts: texts, Content: content, At: now, By: r.Person}); err != nil {
				return err
			}
			tx.Audit(audit.Entry{Action: "statement.written", SubjectKind: "application", SubjectID: r.Application.String(), Detail: map[string]any{"content": content}})
			if err := s.tellOthers(ctx, tx, t.Application, r, "selection.notify.statement", "statement"); err != nil {
				return err
			}
		}
		return keepAgreement(ctx, tx, r.Application, Agreed{Person: r.Person, Content: content, At: now})
	})
}

// Agree says that the actor agrees to what the reviewers of an application say together, as content names it. They may as with
// State. Faults: Conflict when it says something else by now, NotFound.
func (s *Service) Agree(ctx context.Context, sc tenants.Scope, id ids.Review, content string) error {
	t, err := s.Statement(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.agreeing(ctx, sc, id, t.Call, func(ctx context.Context, tx *tenants.Tx, r *Review, now Statement, at time.Time) error {
		if now.Content == "" || now.Content != content {
			return fault.Conflict("selection.statement.changed")
		}
		tx.Audit(audit.Entry{Action: "statement.agreed", SubjectKind: "application", SubjectID: r.Application.String(), Detail: map[string]any{"content": content}})
		return keepAgreement(ctx, tx, r.Application, Agreed{Person: r.Person, Content: content, At: at})
	})
}

// agreeing acts on a statement as it stands inside the lock of its call's decisions.
func (s *Service) agreeing(ctx context.Context, sc tenants.Scope, id ids.Review, call Call, act func(ctx context.Context, tx *tenants.Tx, r *Review, before Statement, now time.Time) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, call); err != nil {
			return err
		}
		r, now, err := s.open(ctx, tx, id, Resume) // what can be taken back counts, and its list is open
		if err != nil {
			return err
		}
		before, err := statementOf(ctx, tx, r.Application)
		if err != nil {
			return err
		}
		return act(ctx, tx, r, before, now)
	})
}
