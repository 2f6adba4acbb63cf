package selection

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// tellAssigned asks a reviewer to review: with words, which are the call's own letter, or without them with a short mail. In an anonymous
// call neither says how many applications there are, so a letter that would is left to the short mail.
func (s *Service) tellAssigned(tx *tenants.Tx, call Call, person ids.Person, n int, due time.Time, words *blueprints.Letter) {
	told := events.NotificationRequested{Person: person, Key: "selection.notify.assigned", Args: map[string]string{"Number": strconv.Itoa(n)}, Path: "/reviews"}
	if call.Review.Anonymous {
		told.Key, told.Args = "selection.notify.assigned_veiled", nil
	}
	tx.Announce(told)
	if words == nil || call.Review.Anonymous && counts(*words) {
		s.tellReviewer(tx, call, person, "more", n, due)
		return
	}
	tx.Announce(events.MailRequested{
		Kind: "selection.mail.assigned", Person: person, Path: "/reviews", AboutKind: "reviews", AboutID: ReviewsOf(call.ID), Subject: words.Subject, Body: words.Body,
		Args: map[string]string{"count": strconv.Itoa(n)}, Texts: map[string]i18n.Text{"call": call.Title}, Times: map[string]time.Time{"due": due}, Zone: call.Zone,
	})
}

// ReviewsOf names what mails about somebody's reviews of a call are about. They say how many there are, or are there because there is one:
// whoever must not know of an application of the call could compare that with what is shown to them.
func ReviewsOf(call ids.Call) string { return "reviews:" + call.String() }

// tellTaken tells a reviewer that a review was taken back; in an anonymous call not which, as whoever has just said to whom they are
// tied would learn the number.
func tellTaken(tx *tenants.Tx, call Call, person ids.Person, number string) {
	told := events.NotificationRequested{Person: person, Key: "selection.notify.unassigned", Args: map[string]string{"Number": number}, Path: "/reviews"}
	if call.Review.Anonymous {
		told.Key, told.Args = "selection.notify.unassigned_veiled", nil
	}
	tx.Announce(told)
}

// counts reports whether a letter says how many applications there are, in any language.
func counts(l blueprints.Letter) bool {
	for _, text := range []i18n.Text{l.Subject, l.Body} {
		for _, words := range text {
			if slices.Contains(blueprints.MergeFields(words), "count") {
				return true
			}
		}
	}
	return false
}

// tellReviewer writes to a reviewer about n reviews of a call. In an anonymous call the number is left out: compared with what is
// listed once they have said to whom they are impartial, it would tell how many of those applications were among theirs.
func (s *Service) tellReviewer(tx *tenants.Tx, call Call, person ids.Person, what string, n int, due time.Time) {
	told := events.MailRequested{
		Kind: "selection.mail." + what, Person: person, Path: "/reviews", AboutKind: "reviews", AboutID: ReviewsOf(call.ID), Args: map[string]string{"Count": strconv.Itoa(n)},
		Texts: map[string]i18n.Text{"Call": call.Title}, Times: map[string]time.Time{"Due": due}, Zone: call.Zone,
	}
	if call.Review.Anonymous {
		told.Kind, told.Args = told.Kind+"_veiled", nil
	}
	tx.Announce(told)
}

// tellOfficers puts a line about an application under the bell of those who assign reviewers, but not of whoever has a
// conflict of interest in it, nor of some others.
func (s *Service) tellOfficers(ctx context.Context, tx *tenants.Tx, a Application, key string, others ...ids.Person) error {
	held, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator, tenants.RoleOfficer)
	if err != nil {
		return err
	}
	barred, err := barred(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	members, err := membersOf(ctx, tx, a)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	for _, m := range held {
		if told[m.Person] || slices.Contains(barred, m.Person) || slices.Contains(others, m.Person) || slices.ContainsFunc(members, func(o tenants.Membership) bool { return o.Person == m.Person }) {
			continue
		}
		told[m.Person] = true
		tx.Announce(events.NotificationRequested{Person: m.Person, Key: key, Args: map[string]string{"Number": a.Number}, Path: "/selection/applications/" + a.ID.String()})
	}
	return nil
}

func membersOf(ctx context.Context, tx *tenants.Tx, a Application) ([]tenants.Membership, error) {
	organizations := make([]ids.Organization, len(a.Organizations))
	for i, o := range a.Organizations {
		organizations[i] = o.ID
	}
	return tenants.MembersOf(ctx, tx, slices.Concat(organizations, a.Left)...)
}

// tellMeeting asks somebody to a meeting of the panel. The mail names no application.
func (s *Service) tellMeeting(tx *tenants.Tx, call Call, m *Meeting, person ids.Person) {
	path, texts := address(call.ID, "panel"), map[string]i18n.Text{"Call": call.Title}
	tx.Announce(events.NotificationRequested{Person: person, Key: "selection.notify.meeting", Texts: texts, Path: path})
	tx.Announce(events.MailRequested{
		Kind: "selection.mail.meeting", Person: person, Path: path, Texts: texts, Times: map[string]time.Time{"At": m.At}, Zone: call.Zone,
		Args: map[string]string{"Place": m.Place},
	})
}

func (s *Service) tellProgress(ctx context.Context, tx *tenants.Tx, call Call, a Application) error {
	all, err := reviewsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	asked, err := opinionsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	p := ProgressOf(call.Review, all, reviewsWanted(asked))
	switch {
	case p.Complete():
		tx.Announce(events.ReviewsCompleted{Application: a.ID})
	case p.Apart && p.Third():
		return s.tellOfficers(ctx, tx, a, "selection.notify.third", owing(all)...)
	}
	return nil
}
