package matching

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
	"kervan/policies"
	"kervan/tenants"
)

const maxReport = 1000

// Outcome is what the coordinators decide about a report.
type Outcome string

// The outcomes: nothing was wrong; the other side is warned; it may not write to others any more.
const (
	Nothing Outcome = "nothing"
	Warning Outcome = "warning"
	Bar     Outcome = "bar"
)

// Outcomes lists them, the mildest first.
var Outcomes = []Outcome{Nothing, Warning, Bar}

// Report is what an organization tells the coordinators of the other side of a thread.
type Report struct {
	ID      ids.Report
	Thread  ids.Thread
	By      Organization
	About   Organization
	Reason  string
	At      time.Time
	Outcome Outcome // empty: nobody has decided
	Note    string  // to the other side
	Barred  bool    // the other side may not write just now
}

// Report tells the coordinators of the other side of a thread; from then on they read what was written up to now. The people
// of the organization may. Faults: Invalid by field (reason), Conflict when it is reported already, NotFound.
func (s *Service) Report(ctx context.Context, sc tenants.Scope, id ids.Thread, preferred ids.Organization, reason string) error {
	t, own, err := s.side(ctx, sc, id, preferred)
	if err != nil {
		return err
	}
	if bad := noted("reason", reason, true); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		r := reportRow{ID: ids.New[ids.Report](), ThreadID: t.ID, OrganizationID: own, PersonID: sc.Actor().Person, Reason: reason, At: at}
		fresh, err := insertReport(ctx, tx, &r)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict("matching.report.already")
		}
		team, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
		if err != nil {
			return err
		}
		for _, m := range team {
			tell(tx, m.Person, "report", reportPath(r.ID))
		}
		tx.Audit(entry("partner.reported", own))
		return nil
	})
}

// tell tells somebody of a report in the page and by mail, without a name.
func tell(tx *tenants.Tx, person ids.Person, what, path string) {
	tx.Announce(events.NotificationRequested{Person: person, Key: "matching.notify." + what, Path: path, Args: map[string]string{}})
	if what == "decided" {
		path = messagesPath // the outbox does not tell who has reported whom
	}
	tx.Announce(events.MailRequested{Kind: "matching.mail." + what, Person: person, Path: path, Args: map[string]string{}})
}

func reportPath(id ids.Report) string { return reportsPath + "/" + id.String() }

// noted is a note to somebody, checked.
func noted(field, note string, required bool) []fault.Field {
	switch n := utf8.RuneCountInString(note); {
	case required && strings.TrimSpace(note) == "":
		return []fault.Field{fault.At(field, "fault.required")}
	case n > maxReport:
		return []fault.Field{fault.AtWith(field, "fault.too_long", fault.Args{"Length": n, "Max": maxReport})}
	default:
		return nil
	}
}

// Reports lists what was reported: what waits for a decision first, then the latest. Coordinators may; of threads of organizations
// to which they belong themselves another one decides, and they see no report.
func (s *Service) Reports(ctx context.Context, sc tenants.Scope) ([]Report, error) {
	if err := s.policies.May(sc, policies.PartnerModerate, policies.On{}); err != nil {
		return nil, err
	}
	rows, err := reportsOf(ctx, sc.Read(), sc.Actor().OrganizationsAs())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var wanted []ids.Organization
	for i := range rows {
		wanted = append(wanted, rows[i].OrganizationID, rows[i].about())
	}
	slices.SortFunc(wanted, func(a, b ids.Organization) int { return strings.Compare(a.String(), b.String()) })
	known, err := s.around.Organizations.Organizations(ctx, sc, slices.Compact(wanted))
	all := make([]Report, len(rows))
	for i := range rows {
		r := &rows[i]
		all[i] = Report{ID: r.ID, Thread: r.ThreadID, By: known[r.OrganizationID], About: known[r.about()], Reason: r.Reason, At: r.At, Outcome: r.Outcome, Note: r.Note, Barred: r.Barred}
	}
	return all, err
}

// Waiting is how many of the reports that Reports lists wait for a decision. Coordinators may.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.PartnerModerate, policies.On{}); err != nil {
		return 0, err
	}
	return countReports(ctx, sc.Read(), sc.Actor().OrganizationsAs())
}

// Reported is a report with the thread that it is about, as it was then. Coordinators may; of other threads they read nothing.
// Fault: NotFound.
func (s *Service) Reported(ctx context.Context, sc tenants.Scope, id ids.Report) (Report, []Message, error) {
	all, err := s.Reports(ctx, sc)
	if err != nil {
		return Report{}, nil, err
	}
	at := slices.IndexFunc(all, func(r Report) bool { return r.ID == id })
	if at < 0 {
		return Report{}, nil, fault.NotFound()
	}
	said, err := messagesUntil(ctx, sc.Read(), all[at].Thread, all[at].At)
	return all[at], said, err
}

// Decide ends a report: nothing, a warning to the other side, or a bar, after which it may not write to anybody. The side that has
// reported is told that it is decided; the other one only when it is warned or barred, with the note. Coordinators may. Faults: Invalid
// by field (outcome, note), Conflict when somebody else has decided, NotFound.
func (s *Service) Decide(ctx context.Context, sc tenants.Scope, id ids.Report, outcome Outcome, note string) error {
	r, _, err := s.Reported(ctx, sc, id)
	if err != nil {
		return err
	}
	bad := noted("note", note, outcome == Warning || outcome == Bar)
	if !slices.Contains(Outcomes, outcome) {
		bad = append(bad, fault.At("outcome", "fault.choose"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		decided, err := decideReport(ctx, tx, id, outcome, note, at, sc.Actor().Person)
		if err != nil {
			return err
		}
		if !decided {
			return fault.Conflict("matching.report.decided")
		}
		if outcome == Bar {
			if err := bar(ctx, tx, r.About.ID, at, sc.Actor().Person); err != nil {
				return err
			}
		}
		members, err := tenants.MembersOf(ctx, tx, r.By.ID, r.About.ID)
		if err != nil {
			return err
		}
		for _, m := range members {
			switch {
			case m.Organization == r.By.ID:
				tell(tx, m.Person, "decided", threadPath(r.Thread))
			case outcome == Warning:
				s.reprimand(tx, m.Person, "warned", note, r.Thread)
			case outcome == Bar:
				s.reprimand(tx, m.Person, "barred", note, r.Thread)
			}
		}
		tx.Audit(audit.Entry{Action: "partner.decided", SubjectKind: "organization", SubjectID: r.About.ID.String(), Detail: map[string]any{"outcome": string(outcome)}})
		return nil
	})
}

// reprimand tells somebody of the side that was reported what the network has decided, and why.
func (*Service) reprimand(tx *tenants.Tx, person ids.Person, what, note string, thread ids.Thread) {
	tx.Announce(events.NotificationRequested{Person: person, Key: "matching.notify." + what, Path: threadPath(thread), Args: map[string]string{}})
	tx.Announce(events.MailRequested{Kind: "matching.mail." + what, Person: person, Path: messagesPath, Args: map[string]string{"Note": note}})
}

// Lift lets the side that was reported write to others again. Coordinators may. Fault: NotFound.
func (s *Service) Lift(ctx context.Context, sc tenants.Scope, id ids.Report) error {
	r, _, err := s.Reported(ctx, sc, id)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(entry("partner.lifted", r.About.ID))
		return lift(ctx, tx, r.About.ID)
	})
}
