package lending_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
	"kervan/modules/lending"
	"kervan/tenants"
)

// ages moves all that both networks see into the past.
func (w *world) ages(t *testing.T, by string) {
	t.Helper()
	if err := w.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		for _, statement := range []string{
			`UPDATE lending_loans SET moved_at = moved_at - ?0::interval WHERE request_id IN (SELECT id FROM lending_requests WHERE asker_id = ?1)`,
			`UPDATE lending_requests SET asked_at = asked_at - ?0::interval, due = due - ?0::interval, answered_at = answered_at - ?0::interval WHERE asker_id = ?1`,
		} {
			if _, err := tx.NewRaw(statement, by, w.asker.Tenant().ID).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// said is all that the database says of what the networks have to do with each other.
func (w *world) said(t *testing.T) string {
	t.Helper()
	asker, shared := w.asker.Tenant().ID, w.Tenants.Platform().Read()
	var all []string
	for _, q := range []*bun.RawQuery{
		shared.NewRaw("SELECT q::text FROM lending_requests AS q WHERE asker_id = ? ORDER BY id", asker),
		shared.NewRaw("SELECT l::text FROM lending_loans AS l JOIN lending_requests AS q ON q.id = l.request_id WHERE asker_id = ? ORDER BY l.id", asker),
		w.lender.Read().NewRaw("SELECT l::text FROM loans AS l ORDER BY id"),
		w.asker.Read().NewRaw("SELECT o::text FROM loan_requests AS o ORDER BY id"),
	} {
		var rows []string
		if err := q.Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	return strings.Join(all, "\n")
}

func (w *world) forgets(t *testing.T) {
	t.Helper()
	for range 2 {
		if err := w.Tenants.Do(t.Context(), jobs.Envelope{Name: lending.ForgetJob, Payload: json.RawMessage("{}")}); err != nil {
			t.Fatal(err)
		}
		w.works(t)
	}
}

// TestWhoWasLentIsForgotten lends three people, of whom one goes on, asks twice more in vain, and reads the database before and after six
// months.
func TestWhoWasLentIsForgotten(t *testing.T) {
	t.Parallel()
	w := open(t)
	erased := map[ids.Tenant][]events.MatterErased{}
	tenants.React(w.Tenants.Registry(), "test.erased", func(_ context.Context, sc tenants.Scope, e events.MatterErased) error {
		erased[sc.Tenant().ID] = append(erased[sc.Tenant().ID], e)
		return nil
	})
	refused := w.asks(t)
	if err := w.service.Refuse(t.Context(), w.lender, refused.ID, "Canary is on leave."); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	q := w.asks(t)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person, w.people[1].Person}); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	report := func(loan ids.Loan, p lending.Progress) {
		t.Helper()
		w.progress[loan] = p
		if err := w.service.Report(t.Context(), w.asker.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loan}); err != nil {
			t.Fatal(err)
		}
		w.works(t)
	}
	loans := w.loans(t, q.ID)
	gone, goes := loans[0], loans[1]
	report(gone.ID, lending.Progress{Stage: lending.Late})
	report(goes.ID, lending.Progress{Stage: lending.Accepted, Done: 2, Given: 3})

	w.ages(t, "5 months 25 days")
	w.forgets(t)
	for _, word := range []string{gone.Name, goes.Name, "Canary is on leave", "short of people"} {
		if !strings.Contains(w.said(t), word) {
			t.Errorf("%q is forgotten too early", word)
		}
	}
	w.ages(t, "10 days")
	w.forgets(t)
	said := w.said(t)
	if strings.Contains(said, gone.Name) || strings.Contains(said, "Canary") || !strings.Contains(said, goes.Name) || !strings.Contains(said, "short of people") {
		t.Errorf("after six months the database says\n%s", said)
	}
	if err := w.service.End(t.Context(), w.lender, q.ID, gone.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("who is forgotten is taken back: %v", err)
	}
	news := len(w.news[w.lender.Tenant().ID])
	report(gone.ID, lending.Progress{Stage: lending.Accepted, Done: 1, Given: 1}) // one that was late
	if l := w.loans(t, q.ID)[0]; !l.Forgotten() || l.Stage != lending.Late || l.Done != 0 || len(w.news[w.lender.Tenant().ID]) != news {
		t.Errorf("a late report: %+v", l)
	}

	if err := w.service.End(t.Context(), w.lender, q.ID, goes.ID); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	w.ages(t, "6 months 1 day")
	w.forgets(t)
	said = w.said(t)
	for _, word := range []string{gone.Name, goes.Name, "Canary", "short of people", w.people[0].Person.String(), w.people[1].Person.String()} {
		if strings.Contains(said, word) {
			t.Errorf("the database says %q:\n%s", word, said)
		}
	}
	for _, l := range w.loans(t, q.ID) {
		if l.MovedAt.IsZero() || len(l.Topics)+len(l.Languages)+len(l.Countries) > 0 || l.ID == goes.ID && (l.Stage != lending.Ended || l.Done != 2 || l.Given != 3) {
			t.Errorf("what stays: %+v", l)
		}
	}
	sent, err := w.service.Sent(t.Context(), w.asker, w.call)
	if err != nil || len(sent.Requests) != 2 || slices.ContainsFunc(sent.Requests, func(q lending.Request) bool { return !q.Forgotten() || q.AnsweredAt.IsZero() || q.Wanted != 2 }) {
		t.Errorf("%+v, %v", sent.Requests, err)
	}
	about := func(network tenants.Scope, kind, path string) int {
		n := 0
		for _, e := range erased[network.Tenant().ID] {
			if e.AboutKind == kind && e.Path == path && e.Left {
				n++
			}
		}
		return n
	}
	at := "/lending/" + q.ID.String()
	if about(w.lender, "loan", at) != 2 || about(w.lender, "loan_request", at) != 1 || about(w.asker, "loan_request", "/selection/"+w.call.String()+"/lending") != 2 {
		t.Errorf("mails and bells: %+v", erased)
	}
	if trail := w.trail(t, w.lender); strings.Count(trail, "loan.forgotten") != 2 || strings.Contains(trail, "Çınar") || strings.Contains(trail, "Ferrante") || strings.Contains(trail, "home.example") {
		t.Errorf("the trail says\n%s", trail)
	}
}

// trail is all that stands in a network's trail.
func (w *world) trail(t *testing.T, sc tenants.Scope) string {
	t.Helper()
	var rows []string
	if err := sc.Read().NewRaw("SELECT a::text FROM audit_entries AS a ORDER BY 1").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// TestARequestThatNobodyAnsweredIsForgotten, too, and a loan of which nobody was ever invited.
func TestARequestThatNobodyAnsweredIsForgotten(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.asks(t)
	w.ages(t, "6 months 21 days")
	w.forgets(t)
	if said := w.said(t); strings.Contains(said, "short of people") {
		t.Errorf("the database says\n%s", said)
	}
	if err := w.asker.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE loan_requests SET due = due - interval '6 months 21 days'").Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	q := w.asks(t)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person}); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	w.ages(t, "6 months 10 days")
	w.forgets(t)
	if l := w.loans(t, q.ID)[0]; l.Forgotten() {
		t.Error("the date has not passed six months ago")
	}
	w.ages(t, "12 days")
	w.forgets(t)
	if l := w.loans(t, q.ID)[0]; !l.Forgotten() || strings.Contains(w.said(t), w.people[0].Name) {
		t.Errorf("%+v", l)
	}
}

// TestALoanToANetworkThatIsGoneIsForgotten leaves one open that nobody ends.
func TestALoanToANetworkThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person}); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	loan := w.loans(t, q.ID)[0].ID
	w.progress[loan] = lending.Progress{Stage: lending.Accepted}
	if err := w.service.Report(t.Context(), w.asker.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loan}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		w.ages(t, []string{"17 months 25 days", "10 days"}[i])
		w.forgets(t)
		if l := w.loans(t, q.ID)[0]; l.Forgotten() != want {
			t.Errorf("%+v", l)
		}
	}
}
