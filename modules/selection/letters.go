package selection

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// letter is one of the call's letters to all leads of an application.
type letter struct {
	key   string
	words blueprints.Letter
	path  string // below the application's address
	args  map[string]string
	times map[string]time.Time
	lists map[string][]i18n.Text
	batch string // held until it is released; empty: it goes at once
}

// compose writes the letters of a signed list into the outbox, one for each lead of each organization.
func (s *Service) compose(ctx context.Context, tx *tenants.Tx, w *sitting) error {
	all, err := reviewsOfCall(ctx, tx, w.call.ID)
	if err != nil {
		return err
	}
	if err := mark(ctx, tx, all); err != nil {
		return err
	}
	leads, err := leadsOf(ctx, tx, w.all)
	if err != nil {
		return err
	}
	set, err := conditionsIn(ctx, tx, w.call.ID)
	if err != nil {
		return err
	}
	letters, err := s.Calls.Letters(ctx, tx, w.call.ID)
	if err != nil {
		return err
	}
	grouped := byApplication(all)
	wanted := make([]ids.Application, len(w.decisions))
	for i := range w.decisions {
		wanted[i] = w.decisions[i].Application
	}
	together, err := statementsOf(ctx, tx, wanted)
	if err != nil {
		return err
	}
	for _, d := range w.decisions {
		a, there := w.application(d.Application)
		if !there || d.State != DecisionDraft {
			continue
		}
		l := letter{
			key: string(d.Outcome), words: letters[string(d.Outcome)], batch: w.list.Batch, args: map[string]string{},
			times: map[string]time.Time{}, lists: map[string][]i18n.Text{"feedback": s.feedback(w.call, grouped[a.ID], together[a.ID])},
		}
		switch d.Outcome {
		case events.OutcomeSelected:
			l.path, l.times["due"] = "/reply", w.list.ReplyBy
			s.terms(&l, set[a.ID])
		case events.OutcomeWaiting:
			l.args["place"], l.times["expires"] = strconv.Itoa(d.Waiting), w.list.WaitingUntil
		case events.OutcomeRejected:
		}
		if err := s.write(tx, w.call, a, leads, l); err != nil {
			return err
		}
	}
	return nil
}

func leadsOf(ctx context.Context, tx *tenants.Tx, applications []Application) (map[ids.Organization][]ids.Person, error) {
	var organizations []ids.Organization
	for _, a := range applications {
		for _, o := range a.Organizations {
			organizations = append(organizations, o.ID)
		}
	}
	return tenants.LeadsOf(ctx, tx, organizations...)
}

// write asks for a letter to each lead; somebody who leads two of the organizations gets one. Fault: Conflict when the
// call has no words for it.
func (s *Service) write(tx *tenants.Tx, call Call, a Application, leads map[ids.Organization][]ids.Person, l letter) error {
	words := l.words
	if len(words.Subject) == 0 || len(words.Body) == 0 {
		return fault.Conflict("selection.sign.no_letter")
	}
	body := words.Body
	if len(l.lists["conditions"]) > 0 {
		body = s.withTerms(body)
	}
	told := map[ids.Person]bool{}
	for _, o := range a.Organizations {
		for _, person := range leads[o.ID] {
			if told[person] {
				continue
			}
			told[person] = true
			args := map[string]string{"organization": o.Name, "number": a.Number}
			maps.Copy(args, l.args)
			tx.Announce(events.MailRequested{
				Kind: "selection.mail." + l.key, Person: person, Path: "/applications/" + a.ID.String() + l.path, Subject: words.Subject, Body: body,
				Args: args, Texts: map[string]i18n.Text{"call": call.Title}, Times: l.times, Zone: call.Zone, Lists: l.lists,
				Hold: l.batch != "", Batch: l.batch, AboutKind: "application", AboutID: a.ID.String(),
			})
		}
	}
	return nil
}

// feedback is what the reviews say to applicants: for each criterion a band and the reviewers' words, without names,
// scores or what was meant for the panel. Where all reviewers agree to one text of a criterion, it stands in place of each one's
// own. Where the application misses a threshold, that is said.
func (s *Service) feedback(call Call, reviews []Review, together Statement) []i18n.Text {
	var lines []i18n.Text
	agreed := together.Holds(reviews)
	missed := Below(call.Criteria, reviews)
	for i := range call.Criteria {
		k := &call.Criteria[i]
		scale := k.Scale(call.Review.ScoreMax)
		sum, n := 0, 0
		var said []string
		for _, r := range reviews {
			if m := r.Mark(k.Key); r.State == ReviewSubmitted && m.Score != NoScore {
				sum, n = sum+int(2*(m.Score-float64(scale.Lowest))), n+1
				if m.Feedback != "" {
					said = append(said, m.Feedback)
				}
			}
		}
		if n == 0 {
			continue
		}
		if text := together.Texts[k.Key]; agreed && text != "" {
			said = []string{text}
		}
		line := i18n.Text{}
		for _, l := range i18n.All {
			loc := s.catalog.Localizer(l, nil)
			key := "selection.letter.criterion"
			if slices.Contains(missed, k.Key) {
				key = "selection.letter.criterion_below"
			}
			line[l] = loc.T(key, "Criterion", k.Name.String(l, call.Locales...),
				"Band", loc.T("selection.letter."+Verdict(sum, n*halves(scale))), "Texts", strings.Join(said, " / "))
		}
		lines = append(lines, line)
	}
	if BelowTotal(call.Review, scoresOf(ids.Application{}, reviews).Rank()) {
		line := i18n.Text{}
		for _, l := range i18n.All {
			line[l] = s.catalog.Localizer(l, nil).T("selection.letter.total_below")
		}
		lines = append(lines, line)
	}
	return lines
}

// Verdict puts a share of the possible points of a criterion into words for a letter: very_good from four fifths on, good
// from three fifths, fair from two fifths, weak below. Applicants are told these and no scores.
func Verdict(points, most int) string {
	switch {
	case 5*points >= 4*most:
		return "very_good"
	case 5*points >= 3*most:
		return "good"
	case 5*points >= 2*most:
		return "fair"
	default:
		return "weak"
	}
}

// tellApplicants puts a line under the bell of everybody of the applications' organizations, but not of whoever did it.
func (s *Service) tellApplicants(ctx context.Context, tx *tenants.Tx, applications []Application, key string) error {
	var organizations []ids.Organization
	for _, a := range applications {
		for _, o := range a.Organizations {
			organizations = append(organizations, o.ID)
		}
	}
	members, err := tenants.MembersOf(ctx, tx, organizations...)
	if err != nil {
		return err
	}
	for _, a := range applications {
		told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
		for _, o := range a.Organizations {
			for _, m := range members {
				if m.Organization != o.ID || told[m.Person] {
					continue
				}
				told[m.Person] = true
				tx.Announce(events.NotificationRequested{Person: m.Person, Key: key, Args: map[string]string{"Number": a.Number}, Path: ownAddress(&a, o)})
			}
		}
	}
	return nil
}

// ownAddress is where the people of an organization find their application, or only its place when they have come since.
func ownAddress(a *Application, o Applicant) string {
	if o.Came {
		return offerAddress(a.ID)
	}
	return "/applications/" + a.ID.String()
}

// tellSigners asks those who may sign, but not whoever closed the list.
func (s *Service) tellSigners(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator, tenants.RoleChair)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, m := range held {
		if told[m.Person] {
			continue
		}
		told[m.Person] = true
		tx.Announce(events.NotificationRequested{Person: m.Person, Key: "selection.notify.sign", Path: address(call, "decisions")})
	}
	return nil
}

// address is a page of a call's selection.
func address(call ids.Call, below string) string {
	if below == "" {
		return "/selection/" + call.String()
	}
	return "/selection/" + call.String() + "/" + below
}

func zone(c Call) *time.Location { return i18n.Zone(c.Zone) }

// tellLeads writes to all leads what has become of their place, in the module's own words.
func (s *Service) tellLeads(tx *tenants.Tx, call Call, a Application, leads map[ids.Organization][]ids.Person, l letter) {
	told := map[ids.Person]bool{}
	for _, o := range a.Organizations {
		for _, person := range leads[o.ID] {
			if told[person] {
				continue
			}
			told[person] = true
			tx.Announce(events.MailRequested{
				Kind: "selection.mail." + l.key, Person: person, Path: "/applications/" + a.ID.String() + l.path, Args: map[string]string{"Organization": o.Name, "Number": a.Number},
				Texts: map[string]i18n.Text{"Call": call.Title}, Times: l.times, Zone: call.Zone, AboutKind: "application", AboutID: a.ID.String(),
			})
		}
	}
}
