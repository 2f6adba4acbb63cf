package lending_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/lending"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// world are three networks: one asks, one lends, and one has nothing to do with it.
type world struct {
	*tenanttest.World

	service              *lending.Service
	asker, lender, third tenants.Scope // their coordinators
	mu                   sync.Mutex
	open                 bool
	people               []lending.Reviewer
	progress             map[ids.Loan]lending.Progress
	lent                 []events.ReviewersLent
	ended                []events.LoanEnded
	mails                map[ids.Tenant][]events.MailRequested
	news                 map[ids.Tenant][]events.NotificationRequested
	call                 ids.Call
	unwilling            ids.Person     // who takes it back at the last moment
	reading              func(ids.Loan) // while progress is read
}

func (w *world) Call(_ context.Context, _ tenants.Scope, id ids.Call) (lending.Call, error) {
	if id != w.call {
		return lending.Call{}, fault.NotFound()
	}
	return lending.Call{ID: id, Title: i18n.Text{i18n.EN: "Exchange"}, Zone: "Europe/Berlin", Open: w.open}, nil
}

func (w *world) Lendable(context.Context, tenants.Scope) ([]lending.Reviewer, error) {
	return slices.Clone(w.people), nil
}

func (w *world) Still(_ context.Context, _ *tenants.Tx, persons []ids.Person) ([]ids.Person, error) {
	return slices.DeleteFunc(slices.Clone(persons), func(p ids.Person) bool { return p == w.unwilling }), nil
}

func (w *world) Progress(_ context.Context, _ tenants.Scope, loan ids.Loan) (lending.Progress, error) {
	w.mu.Lock()
	p, then := w.progress[loan], w.reading
	w.mu.Unlock()
	if then != nil {
		then(loan)
	}
	return p, nil
}

func (w *world) Homes(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]lending.Home, error) {
	homes := map[ids.Person]lending.Home{}
	for _, p := range persons {
		homes[p] = lending.Home{Own: []events.Affiliation{{Country: "GR", Registry: "1", Names: []string{"Home of " + p.String()}}}}
	}
	return homes, nil
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{
		World: tenanttest.Open(t, func(c *tenants.Config) { c.Secret = []byte("a secret of at least thirty-two bytes, for seals") }), open: true, progress: map[ids.Loan]lending.Progress{}, call: ids.New[ids.Call](),
		mails: map[ids.Tenant][]events.MailRequested{}, news: map[ids.Tenant][]events.NotificationRequested{},
	}
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	w.service = lending.New(w.Tenants, authorizer, w, w, blueprints.Default().Dimensions)
	r := w.Tenants.Registry()
	w.service.Reactions(r)
	tenants.React(r, "test.lent", func(_ context.Context, _ tenants.Scope, e events.ReviewersLent) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.lent = append(w.lent, e)
		return nil
	})
	tenants.React(r, "test.ended", func(_ context.Context, _ tenants.Scope, e events.LoanEnded) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended = append(w.ended, e)
		return nil
	})
	tenants.React(r, "test.mail", func(_ context.Context, sc tenants.Scope, e events.MailRequested) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.mails[sc.Tenant().ID] = append(w.mails[sc.Tenant().ID], e)
		return nil
	})
	tenants.React(r, "test.news", func(_ context.Context, sc tenants.Scope, e events.NotificationRequested) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.news[sc.Tenant().ID] = append(w.news[sc.Tenant().ID], e)
		return nil
	})
	w.asker = w.As(t, tenanttest.Role(tenants.RoleCoordinator))
	w.lender, w.third = w.coordinator(t, w.Another(t)), w.coordinator(t, w.Another(t))
	for _, name := range []string{"Ümit Çınar", "Paola Ferrante", "Eleni Marathou"} {
		w.people = append(w.people, lending.Reviewer{
			Person: ids.New[ids.Person](), Name: name, Email: i18n.SearchKey(name[:2]) + "@home.example", Locale: i18n.TR, Topics: []string{blueprints.Default().Dimensions[0].Value},
			Languages: []string{"tr"}, Countries: []string{"GR"},
		})
	}
	if err := w.service.Allow(t.Context(), w.lender, true); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) coordinator(t *testing.T, in tenants.Tenant) tenants.Scope {
	t.Helper()
	sc := w.Tenants.Bind(in, tenants.SystemActor("test"))
	person := ids.New[ids.Person]()
	if err := sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		return tx.GrantRole(ctx, person, tenanttest.Role(tenants.RoleCoordinator), ids.Person{})
	}); err != nil {
		t.Fatal(err)
	}
	return sc.As(tenants.Actor{Person: person, Name: "Coordinator", Grants: []tenants.Grant{tenanttest.Role(tenants.RoleCoordinator)}})
}

// works does what the queue has for the three networks.
func (w *world) works(t *testing.T) {
	t.Helper()
	err := jobs.Drain(t.Context(), w.Cluster.Worker, w.Tenants.Do, w.asker.Tenant().ID.String(), w.lender.Tenant().ID.String(), w.third.Tenant().ID.String())
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) asking() lending.Asking {
	return lending.Asking{
		Lender: w.lender.Tenant().ID, Wanted: 2, Topics: []string{blueprints.Default().Dimensions[0].Value}, Languages: []string{"tr"}, Reviews: 6,
		Due: time.Now().AddDate(0, 0, 20), Message: "We are short of people who read Turkish.",
	}
}

// asks is a request that waits.
func (w *world) asks(t *testing.T) lending.Request {
	t.Helper()
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); err != nil {
		t.Fatal(err)
	}
	return w.newest(t)
}

func (w *world) newest(t *testing.T) lending.Request {
	t.Helper()
	sent, err := w.service.Sent(t.Context(), w.asker, w.call)
	if err != nil || len(sent.Requests) == 0 {
		t.Fatal(sent, err)
	}
	return sent.Requests[0]
}

func (w *world) loans(t *testing.T, id ids.LoanRequest) []lending.Loan {
	t.Helper()
	v, err := w.service.Received(t.Context(), w.lender, id)
	if err != nil {
		t.Fatal(err)
	}
	return v.Loans
}

func TestEveryStateOfARequestTakesItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[lending.State]map[lending.Verb]lending.State{
		lending.Waiting: {lending.Agree: lending.Agreed, lending.Refuse: lending.Refused, lending.Withdraw: lending.Withdrawn},
	}
	for _, state := range []lending.State{lending.Waiting, lending.Agreed, lending.Refused, lending.Withdrawn, lending.Lapsed} {
		for _, verb := range []lending.Verb{lending.Agree, lending.Refuse, lending.Withdraw} {
			after, ok := state.After(verb)
			if expected, may := want[state][verb]; may != ok || ok && after != expected || !ok && after != state {
				t.Errorf("%s after %s: %s, %v", state, verb, after, ok)
			}
		}
	}
	q := lending.Request{State: lending.Waiting, Due: time.Now()}
	if q.At(q.Due) != lending.Lapsed || q.At(q.Due.Add(-time.Second)) != lending.Waiting {
		t.Error("a request does not lapse with its date")
	}
}

func TestAskingIsRefusedAtItsFields(t *testing.T) {
	t.Parallel()
	w := open(t)
	for name, one := range map[string]struct {
		change func(*lending.Asking)
		field  string
	}{
		"nobody":              {func(a *lending.Asking) { a.Lender = ids.Tenant{} }, "lender"},
		"itself":              {func(a *lending.Asking) { a.Lender = w.asker.Tenant().ID }, "lender"},
		"who does not say so": {func(a *lending.Asking) { a.Lender = w.third.Tenant().ID }, "lender"},
		"none":                {func(a *lending.Asking) { a.Wanted = 0 }, "wanted"},
		"too many":            {func(a *lending.Asking) { a.Wanted = lending.MostWanted + 1 }, "wanted"},
		"an unknown topic":    {func(a *lending.Asking) { a.Topics = []string{"x"} }, "topic"},
		"an unknown language": {func(a *lending.Asking) { a.Languages = []string{"xx"} }, "language"},
		"a language twice":    {func(a *lending.Asking) { a.Languages = []string{"tr", "tr"} }, "language"},
		"no reviews":          {func(a *lending.Asking) { a.Reviews = 0 }, "reviews"},
		"yesterday":           {func(a *lending.Asking) { a.Due = time.Now().AddDate(0, 0, -1) }, "due"},
		"in two years":        {func(a *lending.Asking) { a.Due = time.Now().AddDate(2, 0, 0) }, "due"},
	} {
		a := w.asking()
		one.change(&a)
		err := w.service.Ask(t.Context(), w.asker, w.call, a)
		if !fault.Is(err, fault.KindInvalid) || !slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return f.Name == one.field }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.open = false
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("after the decisions: %v", err)
	}
	sent, err := w.service.Sent(t.Context(), w.asker, w.call)
	if err != nil || len(sent.Requests) > 0 {
		t.Errorf("%+v, %v", sent.Requests, err)
	}
	for who, want := range map[ids.Tenant]bool{w.lender.Tenant().ID: true, w.third.Tenant().ID: false, w.asker.Tenant().ID: false} {
		if slices.ContainsFunc(sent.Askable, func(t tenants.Tenant) bool { return t.ID == who }) != want {
			t.Errorf("%s can be asked: %v", who, !want)
		}
	}
}

// TestReviewersAreLent goes the whole way: asked once, agreed to with fewer, reported, ended, and nothing of it told twice or to others.
func TestReviewersAreLent(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked twice: %v", err)
	}
	w.works(t)
	if m := w.mails[w.lender.Tenant().ID]; len(m) != 1 || m[0].Kind != "lending.mail.asked" || m[0].Args["Other"] != w.asker.Tenant().Name {
		t.Fatalf("the lender's mails: %+v", m)
	}
	if n, err := w.service.Waiting(t.Context(), w.lender); err != nil || n != 1 {
		t.Errorf("%d wait, %v", n, err)
	}
	// A third network finds nothing, and neither side does what is the other's.
	for who, sc := range map[string]tenants.Scope{"a third network": w.third, "the asking network": w.asker} {
		if _, err := w.service.Received(t.Context(), sc, q.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s reads it: %v", who, err)
		}
		if err := w.service.Agree(t.Context(), sc, q.ID, []ids.Person{w.people[0].Person}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s agrees: %v", who, err)
		}
		if err := w.service.Refuse(t.Context(), sc, q.ID, "No."); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s refuses: %v", who, err)
		}
	}
	if err := w.service.Withdraw(t.Context(), w.third, w.call, q.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a third network withdraws: %v", err)
	}
	if sent, err := w.service.Sent(t.Context(), w.third, w.call); err != nil || len(sent.Requests) > 0 {
		t.Errorf("a third network with the same call sees %+v, %v", sent.Requests, err)
	}

	one := w.people[0].Person
	for name, persons := range map[string][]ids.Person{
		"nobody": nil, "too many": {w.people[0].Person, w.people[1].Person, w.people[2].Person}, "a stranger": {ids.New[ids.Person]()}, "one twice": {one, one},
	} {
		if err := w.service.Agree(t.Context(), w.lender, q.ID, persons); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.unwilling = one
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{one}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("who has just taken it back: %v", err)
	}
	w.unwilling = ids.Person{}
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{one}); err != nil {
		t.Fatal(err)
	}
	if err := w.service.Refuse(t.Context(), w.lender, q.ID, "After all."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("refused after all: %v", err)
	}
	if err := w.service.Withdraw(t.Context(), w.asker, w.call, q.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("withdrawn after the answer: %v", err)
	}
	w.works(t)
	if len(w.lent) != 1 || len(w.lent[0].People) != 1 || w.lent[0].People[0].Email != w.people[0].Email || w.lent[0].By != w.asker.Actor().Person ||
		w.lent[0].Lender != w.lender.Tenant().Name || len(w.lent[0].People[0].Own) != 1 {
		t.Fatalf("what went over: %+v", w.lent)
	}
	loan := w.lent[0].People[0].Loan
	sent, err := w.service.Sent(t.Context(), w.asker, w.call)
	if err != nil || sent.Requests[0].State != lending.Agreed || sent.Loans[q.ID][0].Name != w.people[0].Name {
		t.Fatalf("%+v, %v", sent, err)
	}
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); err != nil {
		t.Errorf("asked again after the answer: %v", err)
	}

	report := func(sc tenants.Scope, p lending.Progress) {
		t.Helper()
		w.progress[loan] = p
		if err := w.service.Report(t.Context(), sc.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loan}); err != nil {
			t.Fatal(err)
		}
		w.works(t)
	}
	report(w.third, lending.Progress{Stage: lending.Declined})
	if l := w.loans(t, q.ID)[0]; l.Stage != lending.Asked {
		t.Errorf("a third network reports: %+v", l)
	}
	report(w.asker, lending.Progress{Stage: lending.Accepted, Done: 1, Given: 4})
	report(w.asker, lending.Progress{Stage: lending.Accepted, Done: 4, Given: 4})
	if l := w.loans(t, q.ID)[0]; l.Stage != lending.Accepted || !l.Finished() {
		t.Errorf("%+v", l)
	}
	accepted := 0
	for _, n := range w.news[w.lender.Tenant().ID] {
		if n.Key == "lending.notify.accepted" {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("told %d times that somebody has accepted", accepted)
	}
	if err := w.service.End(t.Context(), w.third, q.ID, loan); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a third network ends it: %v", err)
	}
	if err := w.service.End(t.Context(), w.lender, q.ID, loan); err != nil {
		t.Fatal(err)
	}
	if err := w.service.End(t.Context(), w.lender, q.ID, loan); !fault.Is(err, fault.KindConflict) {
		t.Errorf("ended twice: %v", err)
	}
	w.works(t)
	if len(w.ended) != 1 || w.ended[0].Loan != loan {
		t.Errorf("%+v", w.ended)
	}
	report(w.asker, lending.Progress{Stage: lending.Accepted, Done: 4, Given: 4}) // one that was late
	if l := w.loans(t, q.ID)[0]; l.Stage != lending.Ended {
		t.Errorf("a late report revives it: %+v", l)
	}
	lines, _, err := w.service.Lines(t.Context(), w.asker.As(tenants.SystemActor("test")))
	if i := slices.IndexFunc(lines, func(l lending.Line) bool { return l.Asker == w.asker.Tenant().ID }); err != nil || i < 0 || lines[i].Requests != 2 || lines[i].Waiting != 1 || lines[i].Lent != 1 || lines[i].Finished != 4 {
		t.Errorf("%+v, %v", lines, err)
	}
}

// TestNothingIsLostWhenTheProgramDies kills it after each thing that somebody does, and runs each job of the queue twice: the outcome is
// that of a program that lived.
func TestNothingIsLostWhenTheProgramDies(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.service.Dies(true)
	twice := func(ctx context.Context, e jobs.Envelope) error {
		if err := w.Tenants.Do(ctx, e); err != nil {
			return err
		}
		return w.Tenants.Do(ctx, e)
	}
	works := func() {
		t.Helper()
		if err := jobs.Drain(t.Context(), w.Cluster.Worker, twice, w.asker.Tenant().ID.String(), w.lender.Tenant().ID.String()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); err != nil {
		t.Fatal(err)
	}
	if sent, err := w.service.Sent(t.Context(), w.asker, w.call); err != nil || len(sent.Requests) != 0 {
		t.Fatalf("it has not died: %+v, %v", sent.Requests, err)
	}
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked twice: %v", err)
	}
	works()
	q := w.newest(t)
	unique := map[ids.Message]bool{}
	for _, m := range w.mails[w.lender.Tenant().ID] {
		unique[m.ID] = true
	}
	if len(unique) != 1 {
		t.Errorf("%d mails to the lender", len(unique))
	}
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person, w.people[1].Person}); err != nil {
		t.Fatal(err)
	}
	if w.newest(t).State != lending.Waiting {
		t.Error("it has not died")
	}
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[2].Person}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("another answer: %v", err)
	}
	works()
	if loans := w.loans(t, q.ID); len(loans) != 2 || w.newest(t).State != lending.Agreed {
		t.Errorf("%+v", loans)
	}
	named := map[ids.Loan]bool{}
	for _, e := range w.lent {
		for _, p := range e.People {
			named[p.Loan] = true
		}
	}
	if len(named) != 2 {
		t.Errorf("%d went over", len(named))
	}
	loan := w.loans(t, q.ID)[0].ID
	if err := w.service.End(t.Context(), w.lender, q.ID, loan); err != nil {
		t.Fatal(err)
	}
	works()
	if l := w.loans(t, q.ID)[0]; l.Stage != lending.Ended || len(w.ended) == 0 {
		t.Errorf("%+v, %d", l, len(w.ended))
	}
}

// TestWhoIsQuickerDecides lets the asking network take back what the lending one answers at the same time.
func TestWhoIsQuickerDecides(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	w.service.Dies(true) // the lender has answered, but nobody knows yet
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person}); err != nil {
		t.Fatal(err)
	}
	w.service.Dies(false)
	if err := w.service.Withdraw(t.Context(), w.asker, w.call, q.ID); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	if got := w.newest(t); got.State != lending.Withdrawn || len(w.lent) > 0 || len(w.loans(t, q.ID)) > 0 {
		t.Errorf("%s, %d went over", got.State, len(w.lent))
	}
	again := w.asks(t)
	if err := w.service.Refuse(t.Context(), w.lender, again.ID, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.service.Refuse(t.Context(), w.lender, again.ID, "Our own call is open."); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	if got := w.newest(t); got.State != lending.Refused || got.Reason != "Our own call is open." {
		t.Errorf("%+v", got)
	}
	if m := w.mails[w.asker.Tenant().ID]; len(m) != 1 || m[0].Args["Reason"] != "Our own call is open." {
		t.Errorf("%+v", m)
	}
	w.asks(t)
}

// TestWhoIsNotOpenNeitherAsksNorIsAsked suspends first the lender, then the asker.
func TestWhoIsNotOpenNeitherAsksNorIsAsked(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	again := func(sc *tenants.Scope) {
		t.Helper()
		now, err := w.Tenants.ByID(t.Context(), sc.Tenant().ID)
		if err != nil {
			t.Fatal(err)
		}
		*sc = w.Tenants.Bind(now, sc.Actor())
	}
	if err := w.Tenants.Suspend(t.Context(), w.lender.Tenant().ID); err != nil {
		t.Fatal(err)
	}
	if err := w.service.Withdraw(t.Context(), w.asker, w.call, q.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a suspended network is asked: %v", err)
	}
	w.works(t)
	if len(w.mails[w.lender.Tenant().ID]) > 0 {
		t.Error("a suspended network is written to")
	}
	if err := w.Tenants.Reopen(t.Context(), w.lender.Tenant().ID); err != nil {
		t.Fatal(err)
	}
	again(&w.lender)
	q = w.asks(t)
	if err := w.Tenants.Suspend(t.Context(), w.asker.Tenant().ID); err != nil {
		t.Fatal(err)
	}
	again(&w.asker)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("somebody is lent to a suspended network: %v", err)
	}
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a suspended network asks: %v", err)
	}
	if err := w.service.Allow(t.Context(), w.lender, false); err != nil {
		t.Fatal(err)
	}
	w.works(t) // what the queue still has of an earlier day changes nothing
	if d, err := w.service.Desk(t.Context(), w.lender); err != nil || d.Allowed || len(d.Received) != 2 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestTheQueueHoldsNoWordOfIt reads what stands in the queue while somebody is lent.
func TestTheQueueHoldsNoWordOfIt(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.service.Dies(true)
	if err := w.service.Ask(t.Context(), w.asker, w.call, w.asking()); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	if err := w.service.Agree(t.Context(), w.lender, w.newest(t).ID, []ids.Person{w.people[0].Person}); err != nil {
		t.Fatal(err)
	}
	rows, err := w.Cluster.Worker.Query(t.Context(), "SELECT args FROM river.river_job WHERE args->>'room' = ANY($1)",
		[]string{w.asker.Tenant().ID.String(), w.lender.Tenant().ID.String()})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var args json.RawMessage
		if err := rows.Scan(&args); err != nil {
			t.Fatal(err)
		}
		n++
		for _, word := range []string{"Çınar", "home.example", "Home of", "short of people"} {
			if bytes.Contains(args, []byte(word)) {
				t.Errorf("the queue says %q: %s", word, args)
			}
		}
	}
	if rows.Err() != nil || n < 3 {
		t.Errorf("%d jobs, %v", n, rows.Err())
	}
}

// TestTheLaterOfTwoReportsIsKept has one read while another is written, which holds nothing meanwhile.
func TestTheLaterOfTwoReportsIsKept(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person}); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	loan := w.loans(t, q.ID)[0].ID
	report := func() {
		t.Helper()
		if err := w.service.Report(t.Context(), w.asker.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loan}); err != nil {
			t.Error(err)
		}
	}
	w.progress[loan] = lending.Progress{Stage: lending.Accepted, Done: 1, Given: 4}
	w.reading = func(id ids.Loan) {
		w.mu.Lock()
		w.reading, w.progress[id] = nil, lending.Progress{Stage: lending.Accepted, Done: 2, Given: 4}
		w.mu.Unlock()
		err := w.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("SELECT 1 FROM lending_loans WHERE id = ? FOR UPDATE NOWAIT", id).Exec(ctx)
			return err
		})
		if err != nil {
			t.Errorf("the loan is locked while the other network is read: %v", err)
			return
		}
		report()
	}
	report()
	if l := w.loans(t, q.ID)[0]; l.Done != 2 {
		t.Errorf("the earlier one is kept: %+v", l)
	}
}

// TestWhoHasNotAnsweredInTimeIsTakenBack ends a loan that has lapsed, which could be asked for again otherwise, and none that is over.
func TestWhoHasNotAnsweredInTimeIsTakenBack(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.asks(t)
	if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person, w.people[1].Person}); err != nil {
		t.Fatal(err)
	}
	w.works(t)
	loans := w.loans(t, q.ID)
	for i, stage := range []lending.Stage{lending.Late, lending.Declined} {
		w.progress[loans[i].ID] = lending.Progress{Stage: stage}
		if err := w.service.Report(t.Context(), w.asker.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loans[i].ID}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.service.End(t.Context(), w.lender, q.ID, loans[0].ID); err != nil {
		t.Fatalf("not answered in time: %v", err)
	}
	w.works(t)
	if l := w.loans(t, q.ID)[0]; l.Stage != lending.Ended || len(w.ended) != 1 {
		t.Errorf("%+v, %+v", l, w.ended)
	}
	if err := w.service.End(t.Context(), w.lender, q.ID, loans[1].ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("declined: %v", err)
	}
}
