package matching_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/matching"
	"kervan/modules/solver"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestARunIsCheckedFromItsPage takes along what is offered of runs of each kind, computes it anew, and reads who is which number.
func TestARunIsCheckedFromItsPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	h.findable(t, "Ada", "TR", one, other)
	h.findable(t, "Bora", "DE", other, one)
	cem, dora := h.findable(t, "Cem", "TR", one, other), h.findable(t, "Dora", "DE", other, one)
	emre, fatma := h.findable(t, "Emre", "TR", one, other), h.findable(t, "Fatma", "DE", other, one)
	must(t, h.service.RuleOut(ctx, dora.lead, dora.id, cem.id, "canary-quarrel"))
	team := h.coordinator(t)
	page := h.enters(t, team)
	seat := func(c geo.Country) matching.Seat { return matching.Seat{Countries: []geo.Country{c}} }
	for name, c := range map[string]struct {
		kind   string
		change func(r *matching.Round)
		tied   bool
		lists  []string
	}{
		"in one pool":                      {"matching", nil, false, []string{"Organizations"}},
		"with some that are kept together": {"matching", nil, true, []string{"Organizations"}},
		"on two sides": {"bipartite", func(r *matching.Round) {
			r.Rules.Seats, r.Rules.Most = []matching.Seat{seat("DE"), seat("TR")}, true
		}, false, []string{"Rows: organizations of the first seat", "Columns: organizations of the second seat"}},
		"by rankings": {"roommates", func(r *matching.Round) { r.Rules.Rankings = true }, false, []string{"Organizations"}},
		"for three seats": {"seats", func(r *matching.Round) {
			r.Rules.Seats = []matching.Seat{seat("DE"), seat("TR"), {}}
		}, false, []string{"Organizations"}},
	} {
		round := h.begin(t, team, c.change)
		if c.tied {
			must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{emre.id, fatma.id}))
		}
		b := h.solve(t, team, round)
		at := "/rounds/" + round.String() + "/runs/" + b.ID.String()
		page.Get(at)
		page.Want(http.StatusOK, "Check this run")
		shown := page.Get(at + "/check")
		file := "round-run-" + strconv.Itoa(b.Number) + ".json"
		page.Want(http.StatusOK, "kervan solve "+file+" | diff - answer-"+file)
		if got := strings.Contains(shown.Body, "1 match was kept together by the team"); got != c.tied {
			t.Errorf("%s: some are kept together: %v", name, got)
		}
		for _, secret := range []string{"canary", "ruled out", "veto"} {
			if strings.Contains(shown.Body, secret) {
				t.Errorf("%s: the page says %q", name, secret)
			}
		}
		instance, answer := page.Get(at+"/instance").Body, page.Get(at+"/answer").Body
		solved, err := solver.Solve(ctx, []byte(instance))
		if err != nil || string(solved)+"\n" != answer || !strings.Contains(instance, `"kind":"`+c.kind+`"`) {
			t.Errorf("%s: the solver says %s, %v, not %s", name, solved, err, answer)
		}
		if offered := strings.Contains(shown.Body, "Seed: "); offered == (c.kind == "bipartite") {
			t.Errorf("%s: a seed is shown: %v", name, offered)
		}
		// By the legend, the answer's numbers are the groups of the board.
		legend := map[string][]string{}
		for line := range strings.Lines(page.Get(at + "/check?format=csv").Body) {
			if list, rest, ok := strings.Cut(strings.TrimSpace(line), ","); ok && slices.Contains(c.lists, list) {
				number, name, _ := strings.Cut(rest, ",")
				if number != strconv.Itoa(len(legend[list])) {
					t.Errorf("%s: %q is not in order", name, line)
				}
				legend[list] = append(legend[list], name)
			}
		}
		var said struct {
			Pairs  [][2]int `json:"pairs"`
			Groups [][]int  `json:"groups"`
		}
		must(t, json.Unmarshal([]byte(answer), &said))
		var found []string
		for _, pair := range said.Pairs {
			names := []string{legend[c.lists[0]][pair[0]], legend[c.lists[len(c.lists)-1]][pair[1]]}
			slices.Sort(names)
			found = append(found, strings.Join(names, "+"))
		}
		for _, g := range said.Groups {
			var names []string
			for _, n := range g {
				names = append(names, legend[c.lists[0]][n])
			}
			slices.Sort(names)
			found = append(found, strings.Join(names, "+"))
		}
		want := slices.DeleteFunc(groups(&b), func(g string) bool { return c.tied && g == "Emre+Fatma" })
		slices.Sort(found)
		if c.kind == "roommates" { // who is ranked last stands in the answer, and is no match
			found = slices.DeleteFunc(found, func(g string) bool { return !slices.Contains(want, g) })
		}
		if len(want) == 0 || !slices.Equal(found, want) {
			t.Errorf("%s: by the legend %v are together, not %v: %s", name, found, want, answer)
		}
	}
}

func TestARunThatWasChangedByHandIsCheckedAsItWasSolved(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	var all []side
	for i, name := range []string{"Ada", "Bora", "Cem", "Dora"} {
		all = append(all, h.findable(t, name, []geo.Country{"TR", "DE"}[i%2], [][]matching.Topic{one, other}[i%2], [][]matching.Topic{other, one}[i%2]))
	}
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	pair := b.Groups[0].Members
	other0 := b.Groups[1].Members[0]
	made, err := h.service.Swap(ctx, team, round, b.ID, b.Version(), b.Organizations[pair[0]], b.Organizations[other0])
	must(t, err)
	page := h.enters(t, team)
	at := "/rounds/" + round.String() + "/runs/"
	page.Get(at + made.String() + "/check")
	page.Want(http.StatusOK, "This run was changed by hand.")
	if a, b := page.Get(at+made.String()+"/answer").Body, page.Get(at+b.ID.String()+"/answer").Body; a != b || a == "" {
		t.Errorf("the answer of the run that was changed is %s, not %s", a, b)
	}
	for who, sc := range map[string]tenants.Scope{"a lead": all[0].lead, "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)), "a visitor": h.Visitor()} {
		if _, _, err := h.service.RunAnswer(ctx, sc, round, b.ID); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindUnauthenticated) {
			t.Errorf("%s: %v", who, err)
		}
	}
	id, err := h.service.StartRun(ctx, team, round)
	must(t, err)
	must(t, h.service.CancelRun(ctx, team, round, id))
	page.Get(at + id.String() + "/check")
	page.Want(http.StatusOK, "There is no answer to compare with.")
	page.Get(at + id.String() + "/answer")
	page.Want(http.StatusNotFound)
}
