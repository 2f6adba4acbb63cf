package selection

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/figures"
	"kervan/policies"
	"kervan/tenants"
)

// MaxMessage is how many characters a message among reviewers has at most.
const MaxMessage = 4000

// Talk is whether the reviewers of one application see each other's reviews and may talk once their own is submitted.
type Talk struct {
	On    bool
	Named bool // they know each other's names; else each has a letter
}

// Message is what one reviewer says to the others of an application.
type Message struct {
	ID     ids.Message
	Person ids.Person
	At     time.Time
	Text   string
}

// Earlier is a total that a review had before it was taken back to be changed.
type Earlier struct {
	Review ids.Review
	At     time.Time // when it had been submitted
	Points figures.Points
}

// Voice is one of the reviewers of an application, as the others know them.
type Voice struct {
	Letter  string // A, B and so on, in the order in which they were assigned
	Name    string // empty where reviewers are not named to each other
	Own     bool   // the reader's
	Review  Review // with its marks, but without the comment to the panel
	Earlier []Earlier
}

// Said is a message with whose it is.
type Said struct {
	Voice Voice
	At    time.Time
	Text  string
}

// Discussion is what the reviewers of an application tell each other.
type Discussion struct {
	Desk

	Voices []Voice // those whose reviews are submitted
	Said   []Said  // the oldest first
}

// Open reports whether messages can be written.
func (d *Discussion) Open() bool { return d.Application.Undecided && d.List.May(Decide) }

// Mine is how many of the messages are the reader's.
func (d *Discussion) Mine() int {
	n := 0
	for i := range d.Said {
		if d.Said[i].Voice.Own {
			n++
		}
	}
	return n
}

// letterOf is the letter by which the reviewer in that place is known: A to Z, then AA, AB and so on.
func letterOf(place int) string {
	letter := ""
	for place++; place > 0; place = (place - 1) / 26 {
		letter = string(rune('A'+(place-1)%26)) + letter
	}
	return letter
}

// voices are all who ever had a review of the application, so that a letter stays the same reviewer's. Reviews that do not
// count show nothing.
func voices(reviews []Review, actor ids.Person, names map[ids.Person]string, earlier []Earlier) []Voice {
	all := make([]Voice, len(reviews))
	for i, r := range reviews {
		r.Comment = ""
		all[i] = Voice{Letter: letterOf(i), Name: names[r.Person], Own: r.Person == actor, Review: r}
		for _, e := range earlier {
			if e.Review == r.ID && r.State == ReviewSubmitted {
				all[i].Earlier = append(all[i].Earlier, e)
			}
		}
	}
	return all
}

func threadOf(messages []Message, all []Voice) []Said {
	said := make([]Said, len(messages))
	for i, m := range messages {
		said[i] = Said{At: m.At, Text: m.Text}
		if at := slices.IndexFunc(all, func(v Voice) bool { return v.Review.Person == m.Person }); at >= 0 {
			said[i].Voice = all[at]
		}
	}
	return said
}

// Discussion shows a reviewer the other reviews of the application and what their reviewers say. They may once their own review is
// submitted, where the call lets reviewers talk. Fault: NotFound, also before.
func (s *Service) Discussion(ctx context.Context, sc tenants.Scope, id ids.Review) (Discussion, error) {
	d, err := s.Desk(ctx, sc, id)
	if err != nil {
		return Discussion{}, err
	}
	if d.State != ReviewSubmitted || !d.Talk.On {
		return Discussion{}, fault.NotFound()
	}
	found := Discussion{Desk: d}
	reviews, err := reviewsOf(ctx, sc.Read(), d.Application.ID)
	if err != nil {
		return found, err
	}
	if err := mark(ctx, sc.Read(), reviews); err != nil {
		return found, err
	}
	names := map[ids.Person]string{}
	if d.Talk.Named {
		if names, err = s.namesOf(ctx, sc, reviews); err != nil {
			return found, err
		}
	}
	earlier, err := earlierTotals(ctx, sc.Read(), d.Application.ID)
	if err != nil {
		return found, err
	}
	messages, err := messagesOf(ctx, sc.Read(), d.Application.ID)
	if err != nil {
		return found, err
	}
	all := voices(reviews, sc.Actor().Person, names, earlier)
	found.Said = threadOf(messages, all)
	for _, v := range all {
		if v.Review.State == ReviewSubmitted {
			found.Voices = append(found.Voices, v)
		}
	}
	return found, nil
}

// Say writes a message to the others whose review of the application is submitted; they are told. The message is the actor's
// nth: a second one with the same words in that place changes nothing, as when a form is sent twice. They may as with
// Discussion, while the decisions are open. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Say(ctx context.Context, sc tenants.Scope, id ids.Review, nth int, text string) error {
	d, err := s.Discussion(ctx, sc, id)
	if err != nil {
		return err
	}
	clean, ok := i18n.Clean(text)
	clean = strings.TrimSpace(clean)
	switch n := utf8.RuneCountInString(clean); {
	case !ok:
		return fault.Invalid("fault.check_fields", fault.At("text", "fault.invalid_text"))
	case n == 0:
		return fault.Invalid("fault.check_fields", fault.At("text", "fault.required"))
	case n > MaxMessage:
		return fault.Invalid("fault.check_fields", fault.AtWith("text", "fault.too_long", fault.Args{"Max": MaxMessage, "Length": n}))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, d.Call); err != nil {
			return err
		}
		r, now, err := s.open(ctx, tx, id, Resume) // what can be taken back counts, and its list is open
		if err != nil {
			return err
		}
		said, err := messagesOf(ctx, tx, r.Application)
		if err != nil {
			return err
		}
		mine := slices.DeleteFunc(said, func(m Message) bool { return m.Person != r.Person })
		if nth > 0 && nth <= len(mine) && mine[nth-1].Text == clean {
			return nil
		}
		if err := say(ctx, tx, r.Application, Message{ID: ids.New[ids.Message](), Person: r.Person, At: now, Text: clean}); err != nil {
			return err
		}
		tx.Audit(entry("review.discussed", r.Application))
		return s.tellOthers(ctx, tx, d.Application, r, "selection.notify.discussed", "discussion")
	})
}

// tellOthers puts a line under the bell of the other reviewers whose review is submitted, with the page below their review. It does
// not say who wrote.
func (s *Service) tellOthers(ctx context.Context, tx *tenants.Tx, a Application, own *Review, key, below string) error {
	all, err := reviewsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	without, err := barred(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.State == ReviewSubmitted && r.Person != own.Person && !slices.Contains(without, r.Person) {
			tx.Announce(events.NotificationRequested{Person: r.Person, Key: key, Args: map[string]string{"Number": a.Number}, Path: reviewAddress(r.ID, below)})
		}
	}
	return nil
}

// Talk says whether the reviewers of a call see each other's reviews once their own is submitted, and whether by name. It holds for
// what they have written, too. Coordinators may. Fault: NotFound.
func (s *Service) Talk(ctx context.Context, sc tenants.Scope, call ids.Call, t Talk) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return err
	}
	t.Named = t.Named && t.On
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w, err := waysOf(ctx, tx, call)
		if err != nil || w.Talk == t {
			return err
		}
		w.Talk = t
		tx.Audit(audit.Entry{Action: "discussion.arranged", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"on": t.On, "named": t.Named}})
		return saveWays(ctx, tx, call, w)
	})
}
