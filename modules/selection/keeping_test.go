package selection_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/modules/solver"
	"kervan/tenants"
)

// kept are the agreements of the call that somebody is shown, by why they were kept, the newest first.
func (h *house) kept(t *testing.T, sc tenants.Scope) []selection.KeptLine {
	t.Helper()
	a, err := h.service.Agreement(t.Context(), sc, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a.Kept
}

func whys(all []selection.KeptLine) []selection.Keeping {
	var found []selection.Keeping
	for _, k := range all {
		found = append(found, k.Why)
	}
	return found
}

func ratings(t *testing.T, instance []byte) [][]*float64 {
	t.Helper()
	var in struct {
		Kind    string       `json:"kind"`
		Ratings [][]*float64 `json:"ratings"`
	}
	if err := json.Unmarshal(instance, &in); err != nil || in.Kind != "agreement" {
		t.Fatalf("%s, %v", instance, err)
	}
	return in.Ratings
}

func TestAnAgreementIsKeptAsItWas(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, r := t.Context(), h.reviewed(t)
	before, err := h.service.Instance(ctx, r.coordinator, h.call.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	criterion := h.call.Criteria[0].Key
	scores, err := h.service.Instance(ctx, r.coordinator, h.call.ID, criterion)
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.service.KeepAgreement(ctx, r.coordinator, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	third := h.role(t, "NAME-third", tenants.RoleReviewer)
	h.review(t, r.all[0], map[*tenants.Scope]int{&third: 10})
	if now, err := h.service.Instance(ctx, r.coordinator, h.call.ID, ""); err != nil || string(now) == string(before) {
		t.Fatalf("a third review changes nothing: %s, %v", now, err)
	}
	for key, want := range map[string][]byte{"": before, criterion: scores} {
		got, err := h.service.KeptInstance(ctx, r.coordinator, h.call.ID, id, key)
		if err != nil || string(got) != string(want) {
			t.Errorf("%q: kept is %s, not %s: %v", key, got, want, err)
		}
		answer, err := h.service.KeptAnswer(ctx, r.coordinator, h.call.ID, id, key)
		solved, wrong := solver.Solve(ctx, want)
		if err != nil || wrong != nil || string(answer) != string(solved) {
			t.Errorf("%q: the answer is %s, not %s: %v, %v", key, answer, solved, err, wrong)
		}
	}
	k, err := h.service.KeptAgreement(ctx, r.coordinator, h.call.ID, id)
	if err != nil || k.Compared != 3 || len(k.Rows) != 2 || len(k.Columns) != 3 || len(k.Adjustment.Habits) != 2 {
		t.Fatalf("%+v, %v", k, err)
	}
	rows := ratings(t, scores)
	strict := slices.Index(k.Rows, r.one.Actor().Person)
	for u, a := range r.all {
		if k.Columns[u].ID != a.ID || k.Columns[u].Number != a.Number || rows[strict][u] == nil || *rows[strict][u] != float64(3+u) {
			t.Errorf("column %d is %+v with %v", u, k.Columns[u], rows[strict][u])
		}
	}
	if _, err := h.service.KeptInstance(ctx, r.coordinator, h.call.ID, id, "nothing"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := h.service.KeptAgreement(ctx, r.coordinator, h.call.ID, ids.New[ids.Run]()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := h.service.KeptAgreement(ctx, r.coordinator, ids.New[ids.Call](), id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("of another call: %v", err)
	}
	for _, run := range []func() error{
		func() error { _, err := h.service.KeepAgreement(ctx, r.one, h.call.ID); return err },
		func() error { _, err := h.service.KeptAgreement(ctx, r.one, h.call.ID, id); return err },
		func() error { _, err := h.service.KeptAnswer(ctx, r.one, h.call.ID, id, ""); return err },
	} {
		if err := run(); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a reviewer: %v", err)
		}
	}
	if n := h.audited(t, "agreement.kept"); n != 1 {
		t.Errorf("%d entries in the trail", n)
	}
}

func TestAgreementsAreKeptWhenListsCloseAndMeetingsEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), h.call.ID
	m := h.meets(t)
	if got := h.kept(t, m.lead); len(got) > 0 {
		t.Fatalf("kept before anything: %v", whys(got))
	}
	done(t, h.service.FinishMeeting(ctx, m.lead, call))
	if got := whys(h.kept(t, m.lead)); !slices.Equal(got, []selection.Keeping{selection.KeptMeeting}) {
		t.Fatalf("after the meeting: %v", got)
	}
	h.decide(t, m.lead, events.OutcomeRejected, m.all...)
	done(t, h.service.Close(ctx, m.lead, call, h.version(t, m.lead), closing()))
	all := h.kept(t, m.lead)
	if got := whys(all); !slices.Equal(got, []selection.Keeping{selection.KeptClosed, selection.KeptMeeting}) {
		t.Fatalf("after the closing: %v", got)
	}
	if all[0].By != m.lead.Actor().Person || all[0].Compared != len(m.all) {
		t.Errorf("%+v", all[0])
	}
}

func TestNothingIsKeptWhereTooFewAreCompared(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, w := t.Context(), h.closable(t)
	if _, err := h.service.KeepAgreement(ctx, w.coordinator, h.call.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("by hand: %v", err)
	}
	done(t, h.service.Close(ctx, w.coordinator, h.call.ID, h.version(t, w.coordinator), closing()))
	if got := h.kept(t, w.coordinator); len(got) > 0 {
		t.Errorf("kept: %v", whys(got))
	}
}

// TestWhoHasAConflictReadsAKeptAgreementWithoutIt holds for everything that can be read of one, and for who owes a review.
func TestWhoHasAConflictReadsAKeptAgreementWithoutIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, r := t.Context(), h.reviewed(t)
	officer, chair := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Otto", tenants.RoleChair)
	lone := h.role(t, "NAME-lone", tenants.RoleReviewer)
	fourth, _ := h.apply(t, "HIDDEN")
	h.review(t, fourth, map[*tenants.Scope]int{&r.one: 9, &lone: 1})
	id, err := h.service.KeepAgreement(ctx, officer, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	own := h.assign(t, fourth, chair)[0]
	conflict := func(a selection.Application) {
		t.Helper()
		done(t, h.service.DeclareConflict(ctx, officer, a.ID, selection.Declaration{Kind: selection.ConflictWork}))
	}
	conflict(fourth)
	path := "/selection/" + h.call.ID.String() + "/agreement"
	for who, sc := range map[string]tenants.Scope{"with a conflict": officer, "who owes a review": chair} {
		instance, err := h.service.KeptInstance(ctx, sc, h.call.ID, id, "")
		if err != nil {
			t.Fatal(who, err)
		}
		if rows := ratings(t, instance); len(rows) != 2 || len(rows[0]) != 3 {
			t.Errorf("%s: %s", who, instance)
		}
		if line := h.kept(t, sc)[0]; line.Compared != 3 {
			t.Errorf("%s: %+v", who, line)
		}
		browser := h.SignedIn(t, sc.Actor())
		for _, below := range []string{"", "/kept/" + id.String(), "/kept/" + id.String() + "?format=csv", "/kept/" + id.String() + "/check", "/kept/" + id.String() + "/check?format=csv"} {
			page := browser.Get(path + below)
			browser.Want(http.StatusOK, "NAME-strict")
			for _, secret := range []string{"HIDDEN", "NAME-lone", fourth.Number, fourth.ID.String()} {
				if strings.Contains(page.Body, secret) {
					t.Errorf("%s: %s stands in %q", who, secret, below)
				}
			}
		}
	}
	h.write(t, chair, own, 5, "TEXT")
	done(t, h.service.Submit(ctx, chair, own))
	if k, err := h.service.KeptAgreement(ctx, chair, h.call.ID, id); err != nil || len(k.Columns) != 4 || len(k.Rows) != 3 {
		t.Errorf("after the own review: %+v, %v", k, err)
	}
	// With another conflict there are two left: that it was kept would tell that there are more.
	conflict(r.all[0])
	if got := h.kept(t, officer); len(got) > 0 {
		t.Errorf("listed: %+v", got)
	}
	browser := h.SignedIn(t, officer.Actor())
	for _, below := range []string{"", "/check", "/instance", "/answer"} {
		browser.Get(path + "/kept/" + id.String() + below)
		browser.Want(http.StatusNotFound)
	}
	if _, err := h.service.KeepAgreement(ctx, officer, h.call.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("keeping of two: %v", err)
	}
	var among []string
	if err := h.System().Read().NewRaw("SELECT jsonb_array_elements_text(detail -> 'among') FROM audit_entries WHERE action = 'agreement.kept'").Scan(ctx, &among); err != nil || !slices.Contains(among, fourth.ID.String()) || len(among) != 4 {
		t.Errorf("the trail says it was among %v, %v", among, err)
	}
}

func TestThePageOfAKeptAgreement(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	path := "/selection/" + h.call.ID.String() + "/agreement"
	browser := h.SignedIn(t, r.coordinator.Actor())
	browser.Get(path)
	browser.Want(http.StatusOK, "Nothing has been kept yet.")
	browser.Submit(path + "/kept")
	browser.Want(http.StatusOK, "Kept.", "By hand", "How far reviewers agreed on", "NAME-strict", "Alpha, interval scale")
	at := path + "/kept/" + h.kept(t, r.coordinator)[0].ID.String()
	browser.Get(path)
	browser.Want(http.StatusOK, "3 applications compared", "Defne")
	for query, text := range map[string]string{"?format=csv": "NAME-generous", "?of=measures&format=csv": "ICC(2)"} {
		browser.Get(at + query)
		browser.Want(http.StatusOK, text)
	}
	page := browser.Get(at + "/check")
	browser.Want(http.StatusOK, "kervan solve agreement.json | diff - answer-agreement.json", "Rows: reviewers", "Columns: applications", r.all[0].Number+" · Ihlamur")
	rows := []string{"NAME-strict", "NAME-generous"}
	if r.one.Actor().Person.String() > r.two.Actor().Person.String() {
		slices.Reverse(rows)
	}
	if text := page.Text(); strings.Index(text, rows[0]) > strings.Index(text, rows[1]) {
		t.Error("the rows are in another order than those of the instance")
	}
	legend := browser.Get(at + "/check?format=csv").Body
	for _, line := range []string{"Rows: reviewers,0," + rows[0], "Rows: reviewers,1," + rows[1], "Columns: applications,2," + r.all[2].Number} {
		if !strings.Contains(legend, line) {
			t.Errorf("%q is not in %s", line, legend)
		}
	}
	for what, of := range map[string]string{"/instance": `{"kind":"agreement","ratings":[[`, "/answer": `"alpha":{`} {
		for _, query := range []string{"", "?of=" + h.call.Criteria[0].Key} {
			if page := browser.Get(at + what + query); page.Status != http.StatusOK || !strings.Contains(page.Body, of) || !strings.HasSuffix(page.Body, "}\n") {
				t.Errorf("%s%s: %d, %s", what, query, page.Status, page.Body)
			}
		}
	}
	// Who was forgotten since stays in it without a name.
	h.around.mu.Lock()
	delete(h.people, r.one.Actor().Person)
	h.around.mu.Unlock()
	for _, below := range []string{"", "?format=csv", "/check"} {
		if text := browser.Get(at + below).Text(); !strings.Contains(text, "Somebody who is not here any more") || strings.Contains(text, "NAME-strict") {
			t.Errorf("%q: who was forgotten is named, or missing", below)
		}
	}
	// Whoever withdraws since stays in what was kept, and is named no more.
	h.around.mu.Lock()
	h.withdrawn[r.all[0].ID] = true
	h.around.mu.Unlock()
	text := browser.Get(at + "/check").Text()
	if !strings.Contains(text, "Withdrawn since") || strings.Contains(text, "Ihlamur") || strings.Contains(text, r.all[0].Number) {
		t.Error("an application that was withdrawn is named")
	}
}

// rescored gives one submitted review other points.
func (h *house) rescored(t *testing.T, points int) {
	t.Helper()
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE reviews SET points = ? WHERE id = (SELECT id FROM reviews WHERE state = 'submitted' ORDER BY id LIMIT 1)", points).Exec(ctx)
		return err
	}))
}

// TestWhatHasNotChangedIsKeptOnce presses twice, and again after a score was changed.
func TestWhatHasNotChangedIsKeptOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	keep := func() ids.Run {
		t.Helper()
		id, err := h.service.KeepAgreement(t.Context(), r.coordinator, h.call.ID)
		must(t, err)
		return id
	}
	first := keep()
	if second := keep(); second != first || len(h.kept(t, r.coordinator)) != 1 {
		t.Error("what has not changed is kept twice")
	}
	h.rescored(t, 4321)
	if third := keep(); third == first || len(h.kept(t, r.coordinator)) != 2 {
		t.Error("what has changed is not kept")
	}
}

func TestOnlySoMuchIsKeptByHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	for n := range selection.MostKept {
		h.rescored(t, 1000+n)
		if _, err := h.service.KeepAgreement(t.Context(), r.coordinator, h.call.ID); err != nil {
			t.Fatal(err)
		}
	}
	browser := h.SignedIn(t, r.coordinator.Actor())
	path := "/selection/" + h.call.ID.String() + "/agreement"
	h.rescored(t, 4321)
	browser.Get(path)
	browser.Submit(path + "/kept")
	browser.Want(http.StatusOK, "So much has been kept by hand already")
	if n := len(h.kept(t, r.coordinator)); n != selection.MostKept {
		t.Errorf("%d are kept", n)
	}
}

func TestThePageOfAgreementAsksAsOftenWhateverIsKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	browser := h.SignedIn(t, r.coordinator.Actor())
	path := "/selection/" + h.call.ID.String() + "/agreement"
	ask := func() int64 { return h.queries.Least(func() { browser.Get(path) }) }
	keep := func(n int) {
		t.Helper()
		for m := range n {
			h.rescored(t, 1000+10*n+m)
			if _, err := h.service.KeepAgreement(t.Context(), r.coordinator, h.call.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	keep(1)
	one := ask()
	keep(2)
	if three := ask(); three != one || one > 12 {
		t.Errorf("%d queries, then %d", one, three)
	}
}
