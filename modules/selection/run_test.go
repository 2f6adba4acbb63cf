package selection_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/modules/solver"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestEachRunStateAllowsItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[selection.RunVerb]string{
		selection.BeginRun:  "queued>running running>running",
		selection.FinishRun: "running>done",
		selection.RefuseRun: "running>infeasible",
		selection.FailRun:   "running>failed",
		selection.CancelRun: "queued>cancelled running>cancelled done>cancelled",
		selection.ApplyRun:  "done>applied",
	}
	got := map[selection.RunVerb]string{}
	for _, v := range selection.RunVerbs {
		got[v] = row(selection.RunStates, func(s selection.RunState) (selection.RunState, bool) { return s.After(v) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// crowd is a call with applications about two topics and reviewers who each know one of them.
type crowd struct {
	*house
	coordinator tenants.Scope
	reviewers   []tenants.Scope
	all         []selection.Application
}

func gather(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{house: open(t)}
	c.coordinator = c.role(t, "Defne Koordinatör", tenants.RoleCoordinator)
	topics, languages := []string{"digital", "fundraising"}, []string{"de", "tr"}
	for i, name := range []string{"Aylin", "Bruno", "Ceren", "Doris"} {
		r := c.role(t, name, tenants.RoleReviewer)
		if err := c.pool.SaveOwnProfile(t.Context(), r, reviewers.Profile{Topics: topics[i%2 : i%2+1], Languages: languages[i%2 : i%2+1], Countries: []string{"TR"}}); err != nil {
			t.Fatal(err)
		}
		c.reviewers = append(c.reviewers, r)
	}
	for i, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, _ := c.apply(t, name)
		c.around.mu.Lock()
		for k := range c.applications {
			if c.applications[k].ID == a.ID {
				c.applications[k].Leaning = selection.Leaning{Topics: []selection.RankedTopic{{Key: topics[i%2], Rank: 1}}, Language: languages[i%2]}
			}
		}
		c.around.mu.Unlock()
		c.all = append(c.all, a)
	}
	return c
}

// grant gives somebody one more role.
func (c *crowd) grant(t *testing.T, person ids.Person, g tenants.Grant) {
	t.Helper()
	err := c.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error { return tx.GrantRole(ctx, person, g, person) })
	if err != nil {
		t.Fatal(err)
	}
}

// today is the day so many days on.
func today(days int) i18n.Day {
	return i18n.Day(time.Now().AddDate(0, 0, days).Format(time.DateOnly))
}

func (c *crowd) settings() selection.Settings {
	g := selection.Settings{Reviews: selection.Bounds{Min: 2, Max: 2}, Load: selection.Bounds{Max: 3}, Weights: selection.UsualWeights, Fair: true, Seed: 1, DueAt: c.due()}
	for _, r := range c.reviewers {
		g.Reviewers = append(g.Reviewers, r.Actor().Person)
	}
	return g
}

// begin starts a run and lets its job end.
func (c *crowd) begin(t *testing.T, sc tenants.Scope, g selection.Settings) selection.Plan {
	t.Helper()
	id, err := c.service.StartRun(t.Context(), sc, c.call.ID, g)
	if err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	return c.proposal(t, sc, id)
}

func (c *crowd) proposal(t *testing.T, sc tenants.Scope, id ids.Run) selection.Plan {
	t.Helper()
	p, err := c.service.Plan(t.Context(), sc, c.call.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// of are the names that a proposal gives an application.
func (c *crowd) of(p selection.Plan, a selection.Application) string {
	var names []string
	for _, r := range p.Rows {
		if r.Application.ID == a.ID {
			for _, one := range r.Reviewers {
				names = append(names, p.Names[one.Person])
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (c *crowd) assigned(t *testing.T) int {
	t.Helper()
	_, lines, err := c.service.Assigned(t.Context(), c.System(), c.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(lines)
}

func TestWhoSuitsIsProposedAndAssignedOnceItIsApplied(t *testing.T) {
	t.Parallel()
	c := gather(t)
	p := c.begin(t, c.coordinator, c.settings())
	if p.State != selection.RunDone || p.Total() != 8 {
		t.Fatalf("%s: %d new", p.State, p.Total())
	}
	for i, a := range c.all {
		if got, want := c.of(p, a), []string{"Aylin Ceren", "Bruno Doris"}[i%2]; got != want {
			t.Errorf("%s has %s, want %s", a.Number, got, want)
		}
	}
	if one := p.Rows[0].Reviewers[0]; one.Affinity != 925 || len(one.Reasons) != 3 { // 50 + 35 + 15 ÷ 2, of one of two countries
		t.Errorf("%+v", one)
	}
	if n := c.newsFor(c.coordinator.Actor().Person)["selection.run_notify.done"]; n != 1 {
		t.Errorf("the coordinator was told %d times", n)
	}
	if n := c.assigned(t); n != 0 {
		t.Fatalf("%d are assigned before it is applied", n)
	}
	if n, problems, err := c.service.ApplyRun(t.Context(), c.coordinator, c.call.ID, p.ID); n != 8 || len(problems) > 0 || err != nil {
		t.Fatal(n, problems, err)
	}
	if _, _, err := c.service.ApplyRun(t.Context(), c.coordinator, c.call.ID, p.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("twice: %v", err)
	}
	if err := c.service.CancelRun(t.Context(), c.coordinator, c.call.ID, p.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("cancelled after: %v", err)
	}
	c.Jobs(t)
	for _, r := range c.reviewers {
		if mails := c.mailsTo(r.Actor().Person); len(mails) != 1 || mails[0].Args["count"] != "2" {
			t.Errorf("mails: %+v", mails)
		}
	}
	for _, a := range c.all {
		if n := c.count("review_began", a.ID); n != 1 {
			t.Errorf("the review of one began %d times", n)
		}
	}
	if _, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("nothing is lacking any more: %v", err)
	}
}

func TestARunCanBeComputedAnewByAnybody(t *testing.T) {
	t.Parallel()
	c := gather(t)
	c.assign(t, c.all[0], c.reviewers[1])
	for _, fair := range []bool{true, false} {
		for _, seed := range []uint64{0, 1, 77} {
			for _, most := range []int{3, 1} { // which is not enough
				g := c.settings()
				g.Fair, g.Seed, g.Load.Max = fair, seed, most
				first, again := c.begin(t, c.coordinator, g), c.begin(t, c.coordinator, g)
				if diff := cmp.Diff(first.Answer, again.Answer); diff != "" {
					t.Errorf("fair %v, seed %d: the same is asked for, and another answer given: %s", fair, seed, diff)
				}
				instance, _, err := c.service.RunFile(t.Context(), c.coordinator, c.call.ID, first.ID)
				if err != nil {
					t.Fatal(err)
				}
				file, err := json.Marshal(instance)
				if err != nil {
					t.Fatal(err)
				}
				printed, err := solver.Solve(t.Context(), file)
				if err != nil {
					t.Fatalf("%v: %s", err, file)
				}
				kept, err := json.Marshal(first.Answer)
				if err != nil || string(kept) != string(printed) {
					t.Errorf("kept\n%s, and solve prints\n%s: %v", kept, printed, err)
				}
			}
		}
	}
}

func TestWhatExistsIsKept(t *testing.T) {
	t.Parallel()
	c := gather(t)
	c.assign(t, c.all[0], c.reviewers[1])
	back := c.assign(t, c.all[2], c.reviewers[0])[0]
	if err := c.service.HandBack(t.Context(), c.reviewers[0], back, "No."); err != nil {
		t.Fatal(err)
	}
	c.assign(t, c.all[3], c.reviewers[0], c.reviewers[2]) // nothing is lacking there
	g := c.settings()
	g.Reviewers = []ids.Person{c.reviewers[0].Actor().Person, c.reviewers[2].Actor().Person, c.reviewers[3].Actor().Person}
	p := c.begin(t, c.coordinator, g)
	if p.State != selection.RunDone || len(p.Rows) != 3 {
		t.Fatalf("%s: %d rows, %+v", p.State, len(p.Rows), p.Obstacles)
	}
	if got := c.of(p, c.all[0]); !strings.Contains(got, "Bruno") {
		t.Errorf("what Bruno has is not kept: %s", got)
	}
	for _, a := range c.all[1:3] {
		if got := c.of(p, a); strings.Contains(got, "Bruno") {
			t.Errorf("who takes no part gets %s: %s", a.Number, got)
		}
	}
	if got := c.of(p, c.all[2]); strings.Contains(got, "Aylin") {
		t.Errorf("what was given back comes again: %s", got)
	}
	for _, l := range p.Loads {
		others := 0
		if p.Names[l.Person] == "Aylin" || p.Names[l.Person] == "Ceren" {
			others = 1
		}
		if l.Kept+l.New+others > 3 {
			t.Errorf("%s gets %d, has %d and one elsewhere: more than three", p.Names[l.Person], l.New, l.Kept)
		}
	}
	// Handed out by hand in the meantime is no mistake: it stays.
	c.assign(t, c.all[1], c.reviewers[3])
	before := c.assigned(t)
	n, problems, err := c.service.ApplyRun(t.Context(), c.coordinator, c.call.ID, p.ID)
	if len(problems) > 0 || err != nil || c.assigned(t) != before+n {
		t.Errorf("%d new, %d before, %d now: %v, %v", n, before, c.assigned(t), problems, err)
	}
}

func TestAProposalThatIsNotPossibleAnyMoreWritesNothing(t *testing.T) {
	t.Parallel()
	c := gather(t)
	p := c.begin(t, c.coordinator, c.settings())
	member := c.reviewers[0].Actor().Person // of an applicant by now
	c.grant(t, member, tenants.Grant{Role: tenants.RoleParticipant, Organization: c.all[0].Organizations[0].ID})
	c.decided(c.all[1].ID)
	c.around.mu.Lock()
	c.withdrawn[c.all[2].ID] = true
	c.around.mu.Unlock()
	_, problems, err := c.service.ApplyRun(t.Context(), c.coordinator, c.call.ID, p.ID)
	if !fault.Is(err, fault.KindConflict) {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, one := range problems {
		got[strings.TrimPrefix(one.Key, "selection.problem.")]++
	}
	if diff := cmp.Diff(map[string]int{"conflict": 1, "decided": 2, "gone": 2}, got); diff != "" {
		t.Error(diff)
	}
	if n := c.assigned(t); n != 0 {
		t.Errorf("%d are assigned", n)
	}
	if after := c.proposal(t, c.coordinator, p.ID); after.State != selection.RunDone {
		t.Errorf("it is %s", after.State)
	}
	c.Jobs(t)
	for _, r := range c.reviewers {
		if mails := c.mailsTo(r.Actor().Person); len(mails) > 0 {
			t.Errorf("somebody is told: %+v", mails)
		}
	}
	b := c.SignedIn(t, c.coordinator.Actor())
	b.Get("/selection/" + c.call.ID.String() + "/automatic/" + p.ID.String())
	b.Submit("/selection/" + c.call.ID.String() + "/automatic/" + p.ID.String() + "/application")
	b.Want(409, "There is a conflict of interest.", "The application is decided already.", "The application was withdrawn.", "Nothing was assigned.")
}

func TestConflictsAndAbsencesStandInEveryRun(t *testing.T) {
	t.Parallel()
	c := gather(t)
	id := c.assign(t, c.all[0], c.reviewers[0])[0]
	if err := c.service.Declare(t.Context(), c.reviewers[0], id, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	c.grant(t, c.reviewers[2].Actor().Person, tenants.Grant{Role: tenants.RoleParticipant, Organization: c.all[2].Organizations[0].ID})
	p := c.begin(t, c.coordinator, c.settings())
	if got := c.of(p, c.all[0]); strings.Contains(got, "Aylin") {
		t.Errorf("who has declared a conflict is proposed: %s", got)
	}
	if got := c.of(p, c.all[2]); strings.Contains(got, "Ceren") {
		t.Errorf("who belongs to an applicant is proposed: %s", got)
	}
	own, err := c.pool.OwnProfile(t.Context(), c.reviewers[3])
	if err != nil {
		t.Fatal(err)
	}
	own.AwayFrom, own.AwayTo = today(-1), today(12)
	if err := c.pool.SaveOwnProfile(t.Context(), c.reviewers[3], own); err != nil {
		t.Fatal(err)
	}
	planning, err := c.service.Planning(t.Context(), c.coordinator, c.call.ID)
	if err != nil || slices.Contains(planning.Usual.Reviewers, c.reviewers[3].Actor().Person) || len(planning.Usual.Reviewers) != 3 || !planning.Away[c.reviewers[3].Actor().Person] {
		t.Errorf("who is away takes part: %+v, %v", planning.Usual, err)
	}
}

func TestARunIsHiddenFromWhoHasAConflict(t *testing.T) {
	t.Parallel()
	c := gather(t)
	officer := c.role(t, "Ofis", tenants.RoleOfficer)
	if err := c.service.DeclareConflict(t.Context(), officer, c.all[1].ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	whole := c.begin(t, c.coordinator, c.settings())
	call := c.call.ID
	if _, err := c.service.Plan(t.Context(), officer, call, whole.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is shown: %v", err)
	}
	if _, _, err := c.service.RunFile(t.Context(), officer, call, whole.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is downloaded: %v", err)
	}
	if err := c.service.CancelRun(t.Context(), officer, call, whole.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is cancelled: %v", err)
	}
	if _, _, err := c.service.ApplyRun(t.Context(), officer, call, whole.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is applied: %v", err)
	}
	planning, err := c.service.Planning(t.Context(), officer, call)
	if err != nil || len(planning.Runs) != 0 {
		t.Errorf("it is listed: %+v, %v", planning.Runs, err)
	}
	for sc, want := range map[*tenants.Scope][]ids.Run{&officer: {whole.ID}, &c.coordinator: nil} {
		if hidden, err := c.service.ConcealedRuns(t.Context(), *sc); err != nil || !slices.Equal(hidden, want) {
			t.Errorf("hidden from %v are %v, not %v: %v", sc.Actor().Person, hidden, want, err)
		}
	}
	var about string
	if err := c.System().Read().NewRaw("SELECT subject_id || detail::text FROM audit_entries WHERE action = 'assignment_run.started'").Scan(t.Context(), &about); err != nil || about != whole.ID.String()+"{}" {
		t.Errorf("the trail tells %s, %v", about, err)
	}
	own := c.begin(t, officer, c.settings())
	if len(own.Rows) != 3 || slices.Contains(own.Run.Applications, c.all[1].ID) {
		t.Errorf("the conflicted application is in it: %d rows", len(own.Rows))
	}
	file, err := json.Marshal(own)
	if err != nil || strings.Contains(string(file), c.all[1].ID.String()) || strings.Contains(string(file), "Çınar") {
		t.Errorf("something of it is shown: %v", err)
	}
	// Of another call's address it is not there either.
	if _, err := c.service.Plan(t.Context(), c.coordinator, ids.New[ids.Call](), whole.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("below another call: %v", err)
	}
	for name, sc := range map[string]tenants.Scope{"a reviewer": c.reviewers[0], "the chair": c.role(t, "Otto", tenants.RoleChair)} {
		if _, err := c.service.StartRun(t.Context(), sc, call, c.settings()); err == nil {
			t.Errorf("%s begins a run", name)
		}
		if _, err := c.service.Plan(t.Context(), sc, call, whole.ID); err == nil {
			t.Errorf("%s sees a run", name)
		}
		if _, _, err := c.service.ApplyRun(t.Context(), sc, call, whole.ID); err == nil {
			t.Errorf("%s applies a run", name)
		}
	}
}

func TestARunThatIsCancelledIsNotComputed(t *testing.T) {
	t.Parallel()
	c := gather(t)
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings())
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings()); twice != id || err != nil {
		t.Errorf("a second click begins another: %v", err)
	}
	for range 2 {
		if err := c.service.CancelRun(t.Context(), c.coordinator, c.call.ID, id); err != nil {
			t.Error(err)
		}
	}
	c.Jobs(t)
	if p := c.proposal(t, c.coordinator, id); p.State != selection.RunCancelled || len(p.Rows) != 0 {
		t.Errorf("it is %s with %d rows", p.State, len(p.Rows))
	}
	done := c.begin(t, c.coordinator, c.settings())
	if err := c.service.CancelRun(t.Context(), c.coordinator, c.call.ID, done.ID); err != nil {
		t.Error(err)
	}
	if _, _, err := c.service.ApplyRun(t.Context(), c.coordinator, c.call.ID, done.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("discarded, and applied: %v", err)
	}
	c.decide(t, c.coordinator, events.OutcomeSelected, c.all[0], c.all[1])
	c.decide(t, c.coordinator, events.OutcomeRejected, c.all[2], c.all[3])
	if err := c.service.Close(t.Context(), c.coordinator, c.call.ID, c.version(t, c.coordinator), closing()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("after the decisions: %v", err)
	}
}

// TestARunTellsHowFarItIs while it is computed, and nothing of it is noted once it is cancelled.
func TestARunTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	c := gather(t)
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings())
	must(t, err)
	b := c.SignedIn(t, c.coordinator.Actor())
	page := "/selection/" + c.call.ID.String() + "/automatic/" + id.String()
	b.Get(page)
	b.Want(200, "It waits for its turn")
	c.does(t, "UPDATE assignment_runs SET state = 'running'")
	if state, err := selection.Progressed(t.Context(), c.System(), id, 42); err != nil || state != selection.RunRunning {
		t.Errorf("%s, %v", state, err)
	}
	b.Get(page)
	b.Want(200, "The best proposal is looked for: 42%")
	if !strings.Contains(b.Page.Body, `max="100" value="42"`) {
		t.Error("the bar does not say so")
	}
	must(t, c.service.CancelRun(t.Context(), c.coordinator, c.call.ID, id))
	if state, err := selection.Progressed(t.Context(), c.System(), id, 60); err != nil || state != selection.RunCancelled {
		t.Errorf("%s, %v", state, err)
	}
	c.Jobs(t)
	progress := func(id ids.Run) (percent int) {
		must(t, c.System().Read().NewRaw("SELECT progress FROM assignment_runs WHERE id = ?", id).Scan(t.Context(), &percent))
		return percent
	}
	if got := progress(id); got != 42 {
		t.Errorf("when it was cancelled %d percent were computed", got)
	}
	total := c.settings()
	total.Fair = false
	if got := progress(c.begin(t, c.coordinator, total).ID); got != 100 {
		t.Errorf("of all applications %d percent have been served", got)
	}
}

func TestSettingsAreRefusedByField(t *testing.T) {
	t.Parallel()
	c := gather(t)
	for field, change := range map[string]func(*selection.Settings){
		"reviews_min":     func(g *selection.Settings) { g.Reviews.Min = 0 },
		"reviews_max":     func(g *selection.Settings) { g.Reviews.Max = 1 },
		"load_min":        func(g *selection.Settings) { g.Load.Min = -1 },
		"load_max":        func(g *selection.Settings) { g.Load.Max = 0 },
		"reviewer":        func(g *selection.Settings) { g.Reviewers = nil },
		"weight_topic":    func(g *selection.Settings) { g.Weights = selection.Weights{} },
		"weight_language": func(g *selection.Settings) { g.Weights.Language = 101 },
		"weight_country":  func(g *selection.Settings) { g.Weights.Country = -1 },
		"seed":            func(g *selection.Settings) { g.Seed = selection.MostSeed + 1 },
		"due":             func(g *selection.Settings) { g.DueAt = time.Now().Add(-time.Hour) },
	} {
		g := c.settings()
		change(&g)
		_, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, g)
		if !fault.Is(err, fault.KindInvalid) || len(fault.Of(err).Fields) != 1 || fault.Of(err).Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	g := c.settings()
	g.Reviewers = append(g.Reviewers, c.coordinator.Actor().Person)
	if _, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, g); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody who may not review: %v", err)
	}
}

func TestTheWayThroughThePagesOfARun(t *testing.T) {
	t.Parallel()
	c := gather(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	page := "/selection/" + c.call.ID.String() + "/automatic"
	b.Get(page)
	b.Want(200, "Nobody is served badly", "4 applications lack reviewers now")
	b.Submit(page, "reviews_min", "two", "most-"+c.reviewers[0].Actor().Person.String(), "0")
	b.Want(422, "Please write a whole number.", "A whole number from 1 to 500.")
	b.Submit(page, "reviews_min", "2", "most-"+c.reviewers[0].Actor().Person.String(), "1", "load_max", "1")
	b.Want(200, "It waits for its turn")
	c.Jobs(t)
	b.Get(b.Page.Path)
	b.Want(200, "No assignment keeps all of these bounds", "Raise the most for Aylin from 1 to 2", "Lower the least reviews per application from 2 to 1")
	b.Get(page + "?from=" + b.Page.Path[strings.LastIndex(b.Page.Path, "/")+1:])
	if got := b.Page.Value("load_max"); got != "1" {
		t.Errorf("the form is filled in with %q", got)
	}
	b.Submit(page, "load_max", "2", "most-"+c.reviewers[0].Actor().Person.String(), "")
	at := b.Page.Path
	c.Jobs(t)
	b.Get(at)
	b.Want(200, "8 new reviews", "knows Digital", "reads German", "suits by 93 of 100")
	if file := b.Get(at + "/instance"); !strings.HasPrefix(file.Body, `{"kind":"assignment","affinity":[[`) {
		t.Error(file.Body)
	}
	b.Get(at)
	b.Submit(at + "/application")
	b.Want(200, "The proposal is applied.")
	if n := c.assigned(t); n != 8 {
		t.Errorf("%d are assigned", n)
	}
}

func TestAssigningByFile(t *testing.T) {
	t.Parallel()
	c := gather(t)
	c.assign(t, c.all[3], c.reviewers[3])
	c.grant(t, c.reviewers[2].Actor().Person, tenants.Grant{Role: tenants.RoleParticipant, Organization: c.all[2].Organizations[0].ID})
	email := func(i int) string {
		c.around.mu.Lock()
		defer c.around.mu.Unlock()
		return c.people[c.reviewers[i].Actor().Person].Email
	}
	line := func(a, r int) string { return c.all[a].Number + ";" + email(r) + "\n" }
	b := c.SignedIn(t, c.coordinator.Actor())
	page := "/selection/" + c.call.ID.String() + "/file"
	b.Get(page)
	bad := "\ufeffNumber;E-mail\n" + line(0, 0) + line(0, 0) + "2027-999;" + email(0) + "\n" + c.all[1].Number + ";nobody@nowhere.example\n" + line(2, 2) + "alone\n"
	b.SubmitFile(page, "file", "who.csv", []byte(bad))
	b.Want(422, "Line 3", "This line was there already.", "Line 4 (2027-999", "There is no such application", "Line 5", "Nobody who reviews has this address.", "Line 7", "A line has two columns")
	conflict := line(0, 0) + line(2, 2)
	b.SubmitFile(page, "file", "who.csv", []byte(conflict))
	b.Want(422, "Line 2", "There is a conflict of interest.")
	if n := c.assigned(t); n != 1 {
		t.Fatalf("%d are assigned", n)
	}
	good := strings.ReplaceAll(line(0, 0)+line(0, 1)+line(1, 1)+line(3, 3), ";", ",")
	b.SubmitFile(page, "file", "who.csv", []byte(strings.ToUpper(good[:1])+good[1:]))
	b.Want(200, "Assigned. The reviewers get a mail.")
	if n := c.assigned(t); n != 4 {
		t.Errorf("%d are assigned", n)
	}
	c.Jobs(t)
	if mails := c.mailsTo(c.reviewers[1].Actor().Person); len(mails) != 1 || mails[0].Args["count"] != "2" {
		t.Errorf("mails: %+v", mails)
	}
	// What is taken along can be brought again.
	sheet := b.Get(page + "?format=csv")
	if n := strings.Count(sheet.Body, "@"); n != 4 {
		t.Errorf("%s", sheet.Body)
	}
	n, problems, err := c.service.AssignByFile(t.Context(), c.coordinator, c.call.ID, []byte(sheet.Body), c.due())
	if n != 0 || len(problems) > 0 || err != nil {
		t.Error(n, problems, err)
	}
}

func TestARunAsksAsOftenForManyAsForFew(t *testing.T) {
	t.Parallel()
	c := gather(t)
	g := c.settings()
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, g)
	if err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	count := func(id ids.Run) string {
		t.Helper()
		planning := c.queries.Least(func() { _, err = c.service.Planning(t.Context(), c.coordinator, c.call.ID) })
		shown := c.queries.Least(func() { _, err = c.service.Plan(t.Context(), c.coordinator, c.call.ID, id) })
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(planning, shown)
	}
	few := count(id)
	for i := range 6 {
		c.apply(t, fmt.Sprintf("Söğüt %d", i))
		g.Reviewers = append(g.Reviewers, c.someone(t, fmt.Sprintf("Okur %d", i), tenanttest.Role(tenants.RoleReviewer)).Actor().Person)
	}
	if many := count(c.begin(t, c.coordinator, g).ID); many != few {
		t.Errorf("%s queries for ten, %s for four", many, few)
	}
}

// TestACoordinatorAssignsAutomatically goes the way in a real browser, on a phone and in German, until a reviewer has it.
func TestACoordinatorAssignsAutomatically(t *testing.T) {
	t.Parallel()
	c := gather(t)
	v, b := c.visit(t, uitest.Look{Language: "de", Phone: true}, c.coordinator)
	page := "/selection/" + c.call.ID.String()
	v.Go(b.Address(page))
	v.Press("Automatisch zuteilen")
	v.Accessible("selection-automatic-de")
	v.Press("Vorschlagen")
	v.Sees("Wartet, bis es an der Reihe ist")
	v.Accessible("selection-run-waiting-de")
	c.Jobs(t)
	v.Sees("8 neue Gutachten", "liest Deutsch") // the page asks again by itself
	v.Accessible("selection-proposal-de")
	v.Press("Zuteilen und benachrichtigen")
	v.Sees("Der Vorschlag ist übernommen.")
	c.Jobs(t)
	reader, at := c.visit(t, uitest.Look{Language: "tr", Dark: true}, c.reviewers[0])
	reader.Go(at.Address("/reviews"))
	reader.Sees(c.all[0].Number, c.all[2].Number)
	reader.Press("Değerlendirici profiliniz")
	reader.Accessible("selection-profile-tr")
	v.Go(b.Address(page + "/file"))
	v.Accessible("selection-file-de")
	v.Go(b.Address("/selection/reviewers"))
	v.Accessible("selection-known-de")
}
