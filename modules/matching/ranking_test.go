package matching_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/modules/site/sitetest"
	"kervan/modules/solver"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// founded makes sides a partnership of a call, whose seats others could take.
func (h *house) founded(t *testing.T, sides []side, admits ...side) matching.Team {
	t.Helper()
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	team := matching.Team{ID: ids.New[ids.Partnership](), Title: "Those", Call: call.ID}
	for n, s := range sides {
		seat := matching.TeamSeat{Key: string(rune('a' + n)), Title: i18n.Text{i18n.EN: "Seat " + string(rune('A'+n))}, Organization: s.id}
		for _, one := range admits {
			seat.Admits = append(seat.Admits, one.id)
		}
		team.Seats = append(team.Seats, seat)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls, h.team = []matching.Call{call}, team
	return team
}

// ranked are the names of those that could take an opening, in their order.
func ranked(r *matching.Ranking, opening int) []string {
	var all []string
	for _, c := range r.Openings[opening].Ranked {
		all = append(all, r.Board.Name(c.At))
	}
	return all
}

// TestTheBestReplacementComesFirst has for each rule one that it leaves out, and two that could come.
func TestTheBestReplacementComesFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	stays, leaves := h.findable(t, "Stays", "TR", one, other), h.findable(t, "Leaves", "DE", other, one)
	fits, half := h.findable(t, "Fits", "DE", other, one), h.findable(t, "Half", "DE", one, one)
	vetoed, mute := h.findable(t, "Vetoed", "DE", other, one), h.findable(t, "Mute", "DE", other, one)
	going, busy, hidden := h.findable(t, "Going", "DE", other, one), h.findable(t, "Busy", "DE", other, one), h.side(t, "Hidden", "DE")
	next, partner := h.side(t, "Next", "DE"), h.findable(t, "Partner", "TR", other, one)
	team := h.founded(t, []side{stays, leaves}, fits, half, vetoed, mute, going, busy, hidden, next)
	must(t, h.service.RuleOut(ctx, vetoed.lead, vetoed.id, stays.id, "canary-quarrel"))
	must(t, h.service.Wish(ctx, stays.lead, stays.id, half.id))
	card, _, err := h.service.Card(ctx, mute.lead, mute.id)
	must(t, err)
	card.Languages = []string{"el"}
	must(t, h.service.Write(ctx, mute.lead, card))
	h.mu.Lock()
	h.going[going.id] = true
	h.waiting = []matching.Applicant{{Organization: next.id, Application: ids.New[ids.Application]()}}
	h.mu.Unlock()
	coordinator := h.coordinator(t)
	round := h.begin(t, coordinator, nil)
	must(t, h.service.Tie(ctx, coordinator, round, true, []ids.Organization{busy.id, partner.id}))
	b := h.solve(t, coordinator, round)
	at := slices.IndexFunc(b.Groups, func(g matching.Group) bool { return g.Kept })
	must(t, h.service.Propose(ctx, coordinator, round, b.ID, matching.Proposing{Groups: allGroups(&b)[at : at+1], Due: inTwoWeeks()}))

	r, err := h.service.Ranking(ctx, coordinator, team.ID, []string{"b"})
	must(t, err)
	if diff := cmp.Diff([]string{"Fits", "Half", "Next"}, ranked(&r, 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[matching.Why]int{matching.Absent: 1, matching.Partnered: 1, matching.Matched: 1, matching.Apart: 2}, r.Out); diff != "" {
		t.Error(diff)
	}
	best, wished := r.Openings[0].Ranked[0], r.Openings[0].Ranked[1]
	if best.From != matching.CardsPool || r.Openings[0].Ranked[2].From != matching.WaitingPool {
		t.Errorf("found in %s and %s", best.From, r.Openings[0].Ranked[2].From)
	}
	if diff := cmp.Diff([]matching.Trade{{For: 0, With: wished.At, Rank: 1, Cost: best.Total - wished.Total}}, r.Traded(&r.Openings[0])); diff != "" {
		t.Error(diff)
	}
	if r.By.ID != round {
		t.Errorf("by the rules of %v", r.By.ID)
	}

	file, err := h.service.RankingFile(ctx, coordinator, team.ID, []string{"b"})
	must(t, err)
	answer, err := solver.Solve(ctx, file)
	must(t, err)
	var solved struct {
		Pairs [][2]int `json:"pairs"`
		Cost  int      `json:"cost"`
	}
	must(t, json.Unmarshal(answer, &solved))
	if len(solved.Pairs) != 1 || solved.Pairs[0][1] != 0 || solved.Cost != best.Total {
		t.Errorf("the command solve finds %s, the page %d", answer, best.Total)
	}

	page := h.enters(t, coordinator)
	page.Get("/rounds/replacements/" + team.ID.String())
	page.Want(http.StatusOK, "Organizations that leave", "Stays", "Leaves")
	page.Get("/rounds/replacements/" + team.ID.String() + "?seat=b")
	page.Want(http.StatusOK, "1. Fits", "2. Half", "Fits offers what Stays needs: Digital work", "Stays wished for Half as number 1.", "less in total than with Fits", "2 cannot be put together with who stays.", "On the waiting list")
	has(t, page, "/partnerships/"+team.ID.String()+"/seats/b/replacement?coming="+fits.id.String())
	for _, secret := range []string{"canary-quarrel", "Vetoed", "Mute", "ruled out"} {
		if strings.Contains(page.Page.Body, secret) {
			t.Errorf("the page says %q", secret)
		}
	}
	if got := page.Get(page.Page.Link("What it was computed from (JSON)")); got.Body != string(file) {
		t.Errorf("downloaded: %s", got.Body)
	}
	page.Get("/rounds/replacements/" + team.ID.String() + "?seat=a&seat=b")
	page.Want(http.StatusUnprocessableEntity, "One organization at least has to stay.")
	page.Get("/rounds/replacements/" + team.ID.String() + "?seat=z")
	page.Want(http.StatusNotFound)
	page.Get("/rounds/replacements/" + ids.New[ids.Partnership]().String() + "?seat=b")
	page.Want(http.StatusNotFound)
}

// TestNobodyCouldCome says which rule leaves nobody, and what would help.
func TestNobodyCouldCome(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	stays, leaves, hidden := h.findable(t, "Stays", "TR", topics, topics), h.findable(t, "Leaves", "DE", topics, topics), h.side(t, "Hidden", "DE")
	coordinator := h.coordinator(t)
	page := h.enters(t, coordinator)
	team := h.founded(t, []side{stays, leaves}, hidden)
	path := "/rounds/replacements/" + team.ID.String() + "?seat=b"
	page.Get(path)
	page.Want(http.StatusOK, "Nobody can take this seat", "1 is neither in the pool of cards nor has applied to the call alone.", "Ask them to let others find their card.")
	if _, err := h.service.RankingFile(t.Context(), coordinator, team.ID, []string{"b"}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a file of nobody: %v", err)
	}
	h.mu.Lock()
	h.team.Seats[1].Admits = nil
	h.mu.Unlock()
	page.Get(path)
	page.Want(http.StatusOK, "More countries or legal forms in the call would help.")
}

// TestTwoThatLeaveAreReplacedTogether compares the choice for two seats of three with that of all pairs.
func TestTwoThatLeaveAreReplacedTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	stays := h.findable(t, "Stays", "TR", one, other)
	var comes []side
	for n, country := range []geo.Country{"DE", "DE", "GR", "GR", "TR"} {
		needs, offers := one, other
		if n%2 == 0 {
			needs, offers = other, one
		}
		comes = append(comes, h.findable(t, "Comes "+string(rune('0'+n)), country, needs, offers))
	}
	team := h.founded(t, []side{stays, h.side(t, "First", "DE"), h.side(t, "Second", "GR")}, comes...)
	h.mu.Lock()
	h.team.Seats[2].Admits = h.team.Seats[2].Admits[1:]
	h.mu.Unlock()
	must(t, h.service.RuleOut(ctx, comes[0].lead, comes[0].id, comes[2].id, ""))
	must(t, h.service.Wish(ctx, comes[0].lead, comes[0].id, comes[4].id))
	coordinator := h.coordinator(t)
	r, err := h.service.Ranking(ctx, coordinator, team.ID, []string{"b", "c"})
	must(t, err)
	if r.Together == nil {
		t.Fatal("nothing for both seats together")
	}
	points := func(i, j int) int { return r.Board.Basis.Points(&r.Board.Rules.Weights, i, j) }
	best := 0
	for _, x := range r.Openings[0].Ranked {
		for _, y := range r.Openings[1].Ranked {
			pair := []ids.Organization{r.Board.Organizations[x.At], r.Board.Organizations[y.At]}
			if x.At == y.At || slices.Contains(pair, comes[0].id) && slices.Contains(pair, comes[2].id) {
				continue
			}
			best = max(best, points(0, x.At)+points(0, y.At)+points(x.At, y.At))
		}
	}
	if !r.Together.Exact || r.Together.Total != best || len(r.Together.Chosen) != 2 {
		t.Errorf("%+v, the best is %d", r.Together, best)
	}
	if slices.ContainsFunc(r.Openings[1].Ranked, func(c matching.Ranked) bool { return r.Board.Organizations[c.At] == comes[0].id }) {
		t.Error("ranked for a seat to which the call does not admit it")
	}
	file, err := h.service.RankingFile(ctx, coordinator, team.ID, []string{"b", "c"})
	must(t, err)
	answer, err := solver.Solve(ctx, file)
	must(t, err)
	var solved struct {
		Size  int `json:"size"`
		Score int `json:"score"`
	}
	must(t, json.Unmarshal(answer, &solved))
	if solved.Size != 1 || solved.Score != best {
		t.Errorf("the command solve finds %s, not %d", answer, best)
	}
	page := h.enters(t, coordinator)
	path, seats := "/rounds/replacements/"+team.ID.String(), "?seat=b&seat=c"
	page.Get(path + seats)
	page.Want(http.StatusOK, "The best choice for all seats together", "There is no better solution.")
	has(t, page, path+"/answer?seat=b&amp;seat=c", path+"/legend?seat=b&amp;seat=c")
	if got := page.Get(path + "/answer" + seats); got.Body != string(answer) {
		t.Errorf("the answer is %s, not %s", got.Body, answer)
	}
	h.legible(t, page, path+"/legend"+seats, answer, func(i int) string { return r.Board.Name(r.Together.Chosen[i]) })
	// Of one seat, too.
	file, err = h.service.RankingFile(ctx, coordinator, team.ID, []string{"b"})
	must(t, err)
	answer, err = solver.Solve(ctx, file)
	must(t, err)
	if got := page.Get(path + "/answer?seat=b"); got.Body != string(answer) {
		t.Errorf("the answer is %s, not %s", got.Body, answer)
	}
	page.Get(path + "/legend?seat=b")
	single, err := h.service.Ranking(ctx, coordinator, team.ID, []string{"b"})
	must(t, err)
	var legend matching.Legend
	must(t, json.Unmarshal([]byte(page.Page.Body), &legend))
	if len(legend.Seats) != 1 || len(legend.Organizations) != len(single.Openings[0].Ranked) || legend.Organizations[0] != single.Board.Name(single.Openings[0].Ranked[0].At) {
		t.Errorf("%+v", legend)
	}
}

// legible holds a legend against the group that was chosen, of which the last ones are known.
func (*house) legible(t *testing.T, page *sitetest.Browser, path string, answer json.RawMessage, name func(i int) string) {
	t.Helper()
	var solved struct {
		Groups [][]int `json:"groups"`
	}
	must(t, json.Unmarshal(answer, &solved))
	var legend matching.Legend
	must(t, json.Unmarshal([]byte(page.Get(path).Body), &legend))
	if len(legend.Seats) != len(solved.Groups[0]) {
		t.Fatalf("%+v for %v", legend, solved.Groups)
	}
	for i, at := range solved.Groups[0][1:] {
		if legend.Organizations[at] != name(i) {
			t.Errorf("%d is %s, not %s", at, legend.Organizations[at], name(i))
		}
	}
}

// TestMoreThanTheSolverTakes still ranks for each seat where there are more seats, or more groups, than can be compared.
func TestMoreThanTheSolverTakes(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	coordinator := h.coordinator(t)
	page := h.enters(t, coordinator)
	sides, comes := h.many(t, 5), h.many(t, 3)
	team := h.founded(t, sides, comes...)
	path := "/rounds/replacements/" + team.ID.String()
	page.Get(path + "?seat=b&seat=c")
	page.Want(http.StatusOK, "For all seats together no best choice was found")
	if strings.Contains(page.Page.Body, path+"/instance") {
		t.Error("a file is offered that the solver does not take")
	}
	_, err := h.service.RankingFile(ctx, coordinator, team.ID, []string{"b", "c"})
	wants(t, err, fault.KindNotFound, "")
	file, err := h.service.RankingFile(ctx, coordinator, team.ID, []string{"b"})
	must(t, err)
	_, err = solver.Solve(ctx, file)
	must(t, err)

	var many []side
	h.mu.Lock()
	for range 285 {
		o := matching.Organization{ID: ids.New[ids.Organization](), Name: "O", Country: "DE", Form: "association", Languages: []string{"en"}}
		h.known[o.ID] = o
		h.waiting = append(h.waiting, matching.Applicant{Organization: o.ID, Application: ids.New[ids.Application]()})
		many = append(many, side{id: o.ID})
	}
	h.mu.Unlock()
	team = h.founded(t, sides[:4], many...)
	r, err := h.service.Ranking(ctx, coordinator, team.ID, []string{"b", "c", "d"})
	must(t, err)
	if r.Together != nil || len(r.Openings) != 3 || len(r.Openings[0].Ranked) != len(many) {
		t.Errorf("%d are ranked for %d seats, together %v", len(r.Openings[0].Ranked), len(r.Openings), r.Together)
	}
	// A file is written without anything being computed.
	free := h.service.Busy()
	defer free()
	_, err = h.service.RankingFile(ctx, coordinator, team.ID, []string{"b", "c", "d"})
	must(t, err)
	_, err = h.service.RankingAnswer(ctx, coordinator, team.ID, []string{"b"})
	wants(t, err, fault.KindTooMany, "")
}

// TestWhoIsNotImpartialSeesNoReplacement keeps a ranking from whoever is concerned, in each way.
func TestWhoIsNotImpartialSeesNoReplacement(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	topics := []matching.Topic{"digital"}
	stays, leaves := h.side(t, "Stays", "TR"), h.side(t, "Leaves", "DE")
	comes := h.findable(t, "Comes", "DE", topics, topics)
	team := h.founded(t, []side{stays, leaves}, comes)
	sits := h.coordinator(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: stays.id})
	findable := h.coordinator(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: comes.id})
	conflicted, against := h.coordinator(t), h.coordinator(t)
	h.mu.Lock()
	h.partial[conflicted.Actor().Person] = map[ids.Call]bool{team.Call: true}
	h.against = map[ids.Person][]ids.Organization{against.Actor().Person: {leaves.id}}
	h.mu.Unlock()
	for who, sc := range map[string]tenants.Scope{"sits in it": sits, "could come": findable, "a conflict in the call": conflicted, "a conflict with one": against} {
		_, err := h.service.Ranking(ctx, sc, team.ID, []string{"b"})
		if !fault.Is(err, fault.KindForbidden) || fault.Of(err).Key != "matching.round.partial" {
			t.Errorf("%s: %v", who, err)
		}
		_, err = h.service.RankingFile(ctx, sc, team.ID, []string{"b"})
		wants(t, err, fault.KindForbidden, "")
		_, err = h.service.RankingAnswer(ctx, sc, team.ID, []string{"b"})
		wants(t, err, fault.KindForbidden, "")
		_, err = h.service.RankingLegend(ctx, sc, team.ID, []string{"b"})
		wants(t, err, fault.KindForbidden, "")
	}
	page := h.enters(t, conflicted)
	page.Get("/rounds/replacements/" + team.ID.String() + "?seat=b")
	page.Want(http.StatusForbidden)
	if strings.Contains(page.Page.Body, "Comes") {
		t.Error("the refusal names one that could come")
	}
	for who, sc := range map[string]tenants.Scope{"a lead": stays.lead, "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)), "a visitor": h.Visitor()} {
		if _, err := h.service.Ranking(ctx, sc, team.ID, []string{"b"}); err == nil {
			t.Errorf("%s sees it", who)
		}
	}
	coordinator := h.coordinator(t)
	if _, err := h.service.Ranking(ctx, coordinator, team.ID, []string{"b"}); err != nil {
		t.Error(err)
	}
	round := h.begin(t, coordinator, func(r *matching.Round) { r.Pool, r.Call = matching.AcceptedPool, team.Call })
	free := h.enters(t, coordinator)
	free.Get("/rounds/" + round.String())
	free.Want(http.StatusOK, "If one drops out")
	has(t, free, "/rounds/replacements/"+team.ID.String(), `href="/partners" aria-current="page"`)
}

// TestARankingAsksAsOftenForManyAsForFew counts the statements behind the page.
func TestARankingAsksAsOftenForManyAsForFew(t *testing.T) {
	t.Parallel()
	h := open(t)
	sides, first := h.many(t, 2), h.many(t, 1)
	page := h.enters(t, h.coordinator(t))
	count := func(admits []side) int64 {
		team := h.founded(t, sides, admits...)
		return h.queries.Least(func() {
			page.Get("/rounds/replacements/" + team.ID.String() + "?seat=b")
			page.Want(http.StatusOK)
		})
	}
	few := count(first)
	if many := count(append(h.many(t, 11), first...)); many != few {
		t.Errorf("%d queries for many, %d for few", many, few)
	}
	page.Want(http.StatusOK, "2 more")
}
