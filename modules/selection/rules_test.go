package selection_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/selection"
	"kervan/modules/selection/figures"
)

func TestEachReviewStateAllowsItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[selection.ReviewVerb]string{
		selection.Assign:   "removed>assigned handed_back>assigned",
		selection.Clear:    "assigned>open",
		selection.Recuse:   "assigned>recused open>recused submitted>recused",
		selection.Write:    "open>open",
		selection.Submit:   "open>submitted",
		selection.Resume:   "submitted>open",
		selection.Remove:   "assigned>removed open>removed",
		selection.Restore:  "recused>assigned",
		selection.HandBack: "assigned>handed_back open>handed_back",
	}
	got := map[selection.ReviewVerb]string{}
	for _, v := range selection.ReviewVerbs {
		got[v] = row(selection.ReviewStates, func(s selection.ReviewState) (selection.ReviewState, bool) { return s.After(v) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachListStateAllowsItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[selection.ListVerb]string{
		selection.Decide:      "open>open",
		selection.CloseList:   "open>closed",
		selection.SignList:    "closed>signed",
		selection.ReopenList:  "closed>open signed>open",
		selection.ReleaseList: "signed>released",
	}
	got := map[selection.ListVerb]string{}
	for _, v := range selection.ListVerbs {
		got[v] = row(selection.ListStates, func(s selection.ListState) (selection.ListState, bool) { return s.After(v) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachDecisionStateAllowsItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[selection.DecisionVerb]string{
		selection.ReleaseSelected: "draft>offered",
		selection.ReleaseWaiting:  "draft>waiting",
		selection.ReleaseRejected: "draft>rejected",
		selection.OfferPlace:      "waiting>offered",
		selection.AcceptPlace:     "offered>accepted",
		selection.AcceptOnTerms:   "offered>conditional",
		selection.ConfirmPlace:    "conditional>accepted",
		selection.DeclinePlace:    "offered>declined conditional>declined",
		selection.LapsePlace:      "offered>lapsed conditional>lapsed",
		selection.WithdrawPlace:   "draft>withdrawn offered>withdrawn waiting>withdrawn conditional>withdrawn",
	}
	got := map[selection.DecisionVerb]string{}
	for _, v := range selection.DecisionVerbs {
		got[v] = row(selection.DecisionStates, func(s selection.DecisionState) (selection.DecisionState, bool) { return s.After(v) })
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// row lists the states from which a verb leads on, each with where to; it is refused in all others.
func row[S ~string](states []S, after func(S) (S, bool)) string {
	var steps []string
	for _, s := range states {
		if to, ok := after(s); ok {
			steps = append(steps, string(s)+">"+string(to))
		}
	}
	return strings.Join(steps, " ")
}

func criteria() []blueprints.Criterion { return blueprints.Default().Criteria }

func marks(scores ...int) map[string]selection.Mark {
	all := map[string]selection.Mark{}
	for i, k := range criteria() {
		if i < len(scores) {
			all[k.Key] = selection.Mark{Score: float64(scores[i]), Feedback: strings.Repeat("ö", 120)}
		}
	}
	return all
}

func TestTotalsAreWeightedAndExact(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		scores   []int
		most     int
		want     figures.Points
		complete bool
	}{
		"everything":        {[]int{10, 10, 10, 10, 10, 10}, 10, 10000, true},
		"nothing":           {[]int{0, 0, 0, 0, 0, 0}, 10, 0, true},
		"weights count":     {[]int{8, 7, 6, 9, 5, 3}, 10, 7050, true}, // 20 + 14 + 12 + 18 + 5 + 1.5
		"one is missing":    {[]int{8, 7, 6, 9, 5}, 10, 6900, false},
		"another scale":     {[]int{5, 5, 5, 5, 5, 5}, 5, 10000, true},
		"rounded half up":   {[]int{1, 0, 0, 0, 0, 0}, 7, 357, true}, // 25 ÷ 7 = 3.5714…
		"nothing scored":    {nil, 10, 0, false},
		"only the last one": {[]int{-1, -1, -1, -1, -1, 10}, 10, 500, false},
	} {
		got, complete := selection.Total(criteria(), tt.most, marks(tt.scores...))
		if got != tt.want || complete != tt.complete {
			t.Errorf("%s: %d (complete: %v), want %d", name, got, complete, tt.want)
		}
	}
}

func TestASubmittedReviewOwesWordsToApplicants(t *testing.T) {
	t.Parallel()
	whole := marks(8, 7, 6, 9, 5, 3)
	if bad := selection.Missing(criteria(), 10, whole); len(bad) != 0 {
		t.Errorf("a whole review lacks %v", bad)
	}
	for name, tt := range map[string]struct {
		score float64
		words string
		want  int
	}{
		"a good score, a sentence":         {5, strings.Repeat("ş", 30), 0},
		"a good score, too little":         {5, strings.Repeat("ş", 29), 1},
		"a low score, a sentence":          {4, strings.Repeat("ş", 99), 1},
		"a low score with reasons":         {4, strings.Repeat("ş", 100), 0},
		"no score and nothing written":     {selection.NoScore, "", 2},
		"no score but a sentence":          {selection.NoScore, strings.Repeat("ş", 30), 1},
		"nought of ten needs reasons, too": {0, "No.", 1},
	} {
		m := marks(8, 7, 6, 9, 5, 3)
		m["need"] = selection.Mark{Score: tt.score, Feedback: tt.words}
		if bad := selection.Missing(criteria(), 10, m); len(bad) != tt.want {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

func TestReviewsAndTheThird(t *testing.T) {
	t.Parallel()
	rule := blueprints.Review{Reviews: 2, ThirdReviewGap: 30}
	submitted := func(p ...figures.Points) []selection.Review {
		var all []selection.Review
		for _, one := range p {
			all = append(all, selection.Review{State: selection.ReviewSubmitted, Points: one})
		}
		return all
	}
	with := func(all []selection.Review, states ...selection.ReviewState) []selection.Review {
		for _, s := range states {
			all = append(all, selection.Review{State: s})
		}
		return all
	}
	for name, tt := range map[string]struct {
		reviews         []selection.Review
		wanted          int
		lacking         int
		third, complete bool
	}{
		"nobody":                              {nil, 0, 2, false, false},
		"one assigned":                        {with(nil, selection.ReviewAssigned), 0, 1, false, false},
		"one assigned, one recused":           {with(nil, selection.ReviewAssigned, selection.ReviewRecused), 0, 1, false, false},
		"one of two in":                       {with(submitted(7000), selection.ReviewOpen), 0, 0, false, false},
		"both in, close":                      {submitted(7000, 4001), 0, 0, false, true},
		"both in, thirty apart":               {submitted(7000, 4000), 0, 1, true, false},
		"thirty apart, the third is open":     {with(submitted(7130, 4130), selection.ReviewOpen), 0, 0, false, false},
		"the third is in":                     {submitted(7000, 4000, 9000), 0, 0, false, true},
		"the third stepped aside":             {with(submitted(7000, 4000), selection.ReviewRecused), 0, 1, true, false},
		"three close ones":                    {submitted(7000, 6900, 6800), 0, 0, false, true},
		"removed ones do not count":           {with(submitted(7000), selection.ReviewRemoved), 0, 1, false, false},
		"close, a second opinion":             {submitted(7000, 4001), 3, 1, true, false},
		"apart, a second opinion is the same": {submitted(7000, 4000), 3, 1, true, false},
		"the opinion is being written":        {with(submitted(7000, 4001), selection.ReviewOpen), 3, 0, false, false},
		"the opinion is in":                   {submitted(7000, 4001, 5000), 3, 0, false, true},
		"an opinion after the third":          {submitted(7000, 4000, 9000), 4, 1, true, false},
		"its writer stepped aside":            {with(submitted(7000, 4001), selection.ReviewRecused), 3, 1, true, false},
	} {
		p := selection.ProgressOf(rule, tt.reviews, tt.wanted)
		if p.Lacking() != tt.lacking || p.Third() != tt.third || p.Complete() != tt.complete {
			t.Errorf("%s: lacking %d, third %v, complete %v", name, p.Lacking(), p.Third(), p.Complete())
		}
	}
}

func TestConflictsAreSeen(t *testing.T) {
	t.Parallel()
	marmara, elbe, gmail := ids.New[ids.Organization](), ids.New[ids.Organization](), ids.New[ids.Organization]()
	a := selection.Application{ID: ids.New[ids.Application](), Organizations: []selection.Applicant{{ID: marmara}, {ID: elbe}}}
	b := selection.Application{ID: ids.New[ids.Application](), Organizations: []selection.Applicant{{ID: gmail}}}
	emails := map[ids.Organization][]string{marmara: {"ayse@marmara.example", "x@GMAIL.com"}, elbe: {"uta@post.elbe.edu.tr"}, gmail: {"ali@gmail.com", "z@example.org"}}
	person, own, guest := ids.New[ids.Person](), ids.New[ids.Organization](), ids.New[ids.Organization]()
	guests := map[ids.Application][]selection.Guest{a.ID: {{Organization: guest}, {Email: "Jo@Berlin.example"}, {}}}
	only := func(id ids.Application, kind selection.ConflictKind) map[ids.Application]selection.ConflictKind {
		return map[ids.Application]selection.ConflictKind{id: kind}
	}
	for name, tt := range map[string]struct {
		judge selection.Judge
		want  map[ids.Application]selection.ConflictKind
	}{
		"a stranger":                     {selection.Judge{Email: "mo@berlin.example", Reviews: true}, nil},
		"whoever was invited":            {selection.Judge{Email: "jo@BERLIN.example", Reviews: true}, only(a.ID, selection.ConflictInvitation)},
		"of an invited organization":     {selection.Judge{Organizations: []ids.Organization{own, guest}, Reviews: true}, only(a.ID, selection.ConflictInvitation)},
		"of a partner":                   {selection.Judge{Organizations: []ids.Organization{own}, Partners: []ids.Organization{gmail}, Reviews: true}, only(b.ID, selection.ConflictPartnership)},
		"who shares somebody":            {selection.Judge{Organizations: []ids.Organization{own}, Sharing: []ids.Organization{own, elbe}, Reviews: true}, only(a.ID, selection.ConflictPeople)},
		"an officer of a partner":        {selection.Judge{Organizations: []ids.Organization{own}, Partners: []ids.Organization{gmail}}, only(b.ID, selection.ConflictPartnership)},
		"an officer who shares somebody": {selection.Judge{Organizations: []ids.Organization{own}, Sharing: []ids.Organization{own, elbe}}, only(a.ID, selection.ConflictPeople)},
		"an officer who was invited":     {selection.Judge{Email: "jo@BERLIN.example"}, only(a.ID, selection.ConflictInvitation)},
		"an officer of an invited one":   {selection.Judge{Organizations: []ids.Organization{guest}}, only(a.ID, selection.ConflictInvitation)},
		"a member who is a partner":      {selection.Judge{Organizations: []ids.Organization{marmara}, Partners: []ids.Organization{elbe}, Reviews: true}, only(a.ID, selection.ConflictMembership)},
		"a colleague by domain":          {selection.Judge{Email: "mehmet@Marmara.EXAMPLE", Reviews: true}, map[ids.Application]selection.ConflictKind{a.ID: selection.ConflictDomain}},
		"a subdomain of a registered":    {selection.Judge{Email: "q@law.elbe.edu.tr", Reviews: true}, map[ids.Application]selection.ConflictKind{a.ID: selection.ConflictDomain}},
		"the same public suffix":         {selection.Judge{Email: "q@other.edu.tr", Reviews: true}, nil},
		"a mail provider":                {selection.Judge{Email: "jo@gmail.com", Reviews: true}, nil},
		"a domain of nobody":             {selection.Judge{Email: "jo@example.org", Reviews: true}, nil},
		"an officer's domain":            {selection.Judge{Email: "mehmet@marmara.example"}, nil},
		"a member":                       {selection.Judge{Email: "jo@gmail.com", Organizations: []ids.Organization{gmail}}, map[ids.Application]selection.ConflictKind{b.ID: selection.ConflictMembership}},
		"a member who writes from there": {selection.Judge{Email: "a@marmara.example", Reviews: true, Organizations: []ids.Organization{marmara}}, map[ids.Application]selection.ConflictKind{a.ID: selection.ConflictMembership}},
		"no address":                     {selection.Judge{Reviews: true}, nil},
		"a broken address":               {selection.Judge{Email: "@", Reviews: true}, nil},
	} {
		tt.judge.Person = person
		var got map[ids.Application]selection.ConflictKind
		for _, c := range selection.Detect([]selection.Judge{tt.judge}, []selection.Application{a, b}, selection.Traces{Emails: emails, Guests: guests}) {
			if got == nil {
				got = map[ids.Application]selection.ConflictKind{}
			}
			got[c.Application] = c.Kind
			if !c.Detected || c.Person != person {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestNoPlaceIsGivenTwice plays through many invented lists: whatever is declined, the held places stay different, and the
// waiting list moves up in its order.
func TestNoPlaceIsGivenTwice(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 5)) // #nosec G404 -- invented lists
	for range 200 {
		places := 1 + random.IntN(8)
		var all []selection.Decision
		for place := range places {
			all = append(all, selection.Decision{ID: ids.New[ids.Decision](), State: selection.DecisionOffered, Place: place + 1})
		}
		for i := range random.IntN(10) {
			all = append(all, selection.Decision{ID: ids.New[ids.Decision](), State: selection.DecisionWaiting, Waiting: i + 1})
		}
		last := 0
		for range 20 {
			if i := random.IntN(len(all)); all[i].State == selection.DecisionOffered {
				all[i].State, all[i].Place = selection.DecisionDeclined, 0
			}
			for _, next := range selection.Next(places, all, func(_, _ []selection.Decision, _ int) int { return 0 }) {
				i := slices.IndexFunc(all, func(d selection.Decision) bool { return d.ID == next.ID })
				if next.Waiting <= last {
					t.Fatalf("place %d of the waiting list after %d", next.Waiting, last)
				}
				last = next.Waiting
				all[i].State, all[i].Place = selection.DecisionOffered, next.Place
			}
			held := map[int]bool{}
			for _, d := range all {
				if d.State.Holds() && (held[d.Place] || d.Place < 1 || d.Place > places) {
					t.Fatalf("place %d of %d is held twice", d.Place, places)
				}
				held[d.Place] = d.State.Holds() || held[d.Place]
			}
		}
	}
}

func TestTheWaitingListMovesAroundWhatMustNotBeKnown(t *testing.T) {
	t.Parallel()
	a, b, hidden, c := ids.New[ids.Application](), ids.New[ids.Application](), ids.New[ids.Application](), ids.New[ids.Application]()
	known := func(id ids.Application) bool { return id != hidden }
	order := []ids.Application{a, b, hidden, c}
	for name, tt := range map[string]struct {
		one  ids.Application
		up   bool
		want []ids.Application
	}{
		"up by one":            {b, true, []ids.Application{b, a, hidden, c}},
		"the first":            {a, true, order},
		"the last":             {c, false, order},
		"up past a hidden one": {c, true, []ids.Application{a, c, b, hidden}},
		"down past it":         {b, false, []ids.Application{a, hidden, c, b}},
		"one that waits not":   {ids.New[ids.Application](), true, order},
	} {
		if diff := cmp.Diff(tt.want, selection.Moved(order, known, tt.one, tt.up)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnOfferLapsesByTheClock(t *testing.T) {
	t.Parallel()
	by := time.Date(2027, 3, 31, 20, 59, 0, 0, time.UTC)
	d := selection.Decision{State: selection.DecisionOffered, ReplyBy: by}
	if d.At(by.Add(-time.Nanosecond)) != selection.DecisionOffered || d.At(by) != selection.DecisionLapsed {
		t.Error("an offer holds until, and not at, its date")
	}
	d.State = selection.DecisionAccepted
	if d.At(by.Add(time.Hour)) != selection.DecisionAccepted {
		t.Error("an accepted place lapses")
	}
	istanbul, err := time.LoadLocation("Europe/Istanbul")
	if err != nil {
		t.Fatal(err)
	}
	due := selection.DueAt(time.Date(2027, 3, 24, 22, 30, 0, 0, time.UTC), 7, istanbul) // the 25th there already
	if want := time.Date(2027, 4, 1, 23, 59, 0, 0, istanbul); !due.Equal(want) {
		t.Errorf("due %v, want %v", due, want)
	}
}

func TestApplicantsAreToldWordsInPlaceOfScores(t *testing.T) {
	t.Parallel()
	for points, want := range map[int]string{0: "weak", 7: "weak", 8: "fair", 11: "fair", 12: "good", 15: "good", 16: "very_good", 20: "very_good"} {
		if got := selection.Verdict(points, 20); got != want {
			t.Errorf("%d of 20: %s, want %s", points, got, want)
		}
	}
}
