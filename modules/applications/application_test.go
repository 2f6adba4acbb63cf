package applications_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
)

func TestEveryVerbInEveryState(t *testing.T) {
	t.Parallel()
	type S = applications.State
	leads := map[applications.Verb]map[S]S{
		applications.Submit:   {applications.Draft: applications.Submitted, applications.Submitted: applications.Submitted, applications.Returned: applications.Submitted},
		applications.TakeBack: {applications.Submitted: applications.Draft},
		applications.Return:   {applications.Submitted: applications.Returned, applications.Returned: applications.Returned},
		applications.FindFit:  {applications.Submitted: applications.Eligible, applications.Returned: applications.Eligible, applications.Ineligible: applications.Eligible},
		applications.FindUnfit: {
			applications.Submitted: applications.Ineligible, applications.Returned: applications.Ineligible, applications.Eligible: applications.Ineligible,
			applications.Ineligible: applications.Ineligible,
		},
		applications.BeginView:  {applications.Eligible: applications.InReview},
		applications.EndView:    {applications.Eligible: applications.Reviewed, applications.InReview: applications.Reviewed},
		applications.Select:     decided(applications.Selected),
		applications.PutWaiting: decided(applications.Waiting),
		applications.Reject:     decided(applications.Rejected),
		applications.Offer:      {applications.Waiting: applications.Selected},
		applications.Accept:     {applications.Selected: applications.Accepted},
		applications.Decline:    {applications.Selected: applications.Declined},
		applications.Lapse:      {applications.Selected: applications.Lapsed},
		applications.GiveBack:   {applications.Accepted: applications.Declined},
		applications.Revoke:     {applications.Accepted: applications.Lapsed},
		applications.Withdraw: {
			applications.Draft: applications.Withdrawn, applications.Submitted: applications.Withdrawn, applications.Returned: applications.Withdrawn,
			applications.Eligible: applications.Withdrawn, applications.Ineligible: applications.Withdrawn, applications.InReview: applications.Withdrawn, applications.Reviewed: applications.Withdrawn,
			applications.Shortlisted: applications.Withdrawn, applications.Selected: applications.Withdrawn, applications.Waiting: applications.Withdrawn,
		},
	}
	if len(leads) != len(applications.Verbs) {
		t.Fatalf("%d verbs are tried, there are %d", len(leads), len(applications.Verbs))
	}
	for _, state := range applications.States {
		for _, verb := range applications.Verbs {
			want, possible := leads[verb][state]
			if !possible {
				want = state
			}
			if got, ok := state.After(verb); ok != possible || got != want {
				t.Errorf("%s of %s: %s %v, want %s %v", verb, state, got, ok, want, possible)
			}
		}
		if _, ok := state.After("vanish"); ok {
			t.Errorf("%s can vanish", state)
		}
	}
}

func decided(to applications.State) map[applications.State]applications.State {
	all := map[applications.State]applications.State{}
	for _, from := range []applications.State{applications.Eligible, applications.InReview, applications.Reviewed, applications.Shortlisted} {
		all[from] = to
	}
	return all
}

func TestApplicantsKnowWhatHasBeenTold(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, state := range applications.States {
		for _, told := range []time.Time{{}, now} {
			want := state
			switch {
			case state == applications.Reviewed || state == applications.Shortlisted:
				want = applications.InReview
			case state == applications.Ineligible && told.IsZero():
				want = applications.Submitted
			}
			a := applications.Application{State: state, ToldAt: told}
			if got := a.ForApplicants(); got != want {
				t.Errorf("%s (told %v) is %s to its applicants, want %s", state, !told.IsZero(), got, want)
			}
		}
	}
}

func TestWhenSomethingMayHappen(t *testing.T) {
	t.Parallel()
	until := time.Date(2027, 10, 12, 21, 59, 0, 0, time.UTC)
	due := until.Add(72 * time.Hour)
	for _, state := range applications.States {
		a := applications.Application{State: state, PapersDue: due}
		for _, now := range []time.Time{until.Add(-time.Nanosecond), until, due.Add(-time.Nanosecond), due} {
			before, inTime := now.Before(until), now.Before(due)
			drafting := state == applications.Draft || state == applications.Submitted
			write := drafting && before || state == applications.Returned && inTime
			checks := (state == applications.Submitted || state == applications.Returned || state == applications.Ineligible) && !before
			if got := a.Writable(now, until); got != write {
				t.Errorf("%s at %s: writable %v", state, now, got)
			}
			if got := a.Seatable(now, until); got != (drafting && before) {
				t.Errorf("%s at %s: seatable %v", state, now, got)
			}
			if got := a.Checkable(now, until); got != checks {
				t.Errorf("%s at %s: checkable %v", state, now, got)
			}
		}
		if want := map[bool]time.Time{true: due, false: until}[state == applications.Returned]; !a.Due(until).Equal(want) {
			t.Errorf("%s is due %s", state, a.Due(until))
		}
	}
}

func TestParseStateAcceptsTheStatesOnly(t *testing.T) {
	t.Parallel()
	for _, s := range applications.States {
		if got, ok := applications.ParseState(string(s)); !ok || got != s {
			t.Errorf("%s is refused", s)
		}
	}
	for _, s := range []string{"", "Draft", "gone", "draft "} {
		if _, ok := applications.ParseState(s); ok {
			t.Errorf("%q is a state", s)
		}
	}
}

func TestSeatsFollowTheCompositionRule(t *testing.T) {
	t.Parallel()
	b := blueprints.Default()
	of := func(kind, country string) applications.Applicant {
		return applications.Applicant{ID: ids.New[ids.Organization](), Kind: kind, Country: country}
	}
	turkish, german, greek, town, stadt := of("association", "TR"), of("initiative", "DE"), of("foundation", "GR"), of("local_authority", "TR"), of("local_authority", "DE")
	for name, tt := range map[string]struct {
		rule  string
		taken map[string]applications.Applicant
		who   applications.Applicant
		want  []string
	}{
		"of two: one from Türkiye":            {"pair", nil, turkish, []string{"tr"}},
		"of two: one from elsewhere":          {"pair", nil, german, []string{"eu"}},
		"of two: the other side":              {"pair", map[string]applications.Applicant{"tr": turkish}, german, []string{"eu"}},
		"of two: a second from Türkiye":       {"pair", map[string]applications.Applicant{"tr": turkish}, town, nil},
		"of two: both seats are taken":        {"pair", map[string]applications.Applicant{"tr": turkish, "eu": german}, greek, nil},
		"of two: the same once more":          {"pair", map[string]applications.Applicant{"eu": german}, german, nil},
		"of three: the first one":             {"trio", nil, german, []string{"first", "second", "third"}},
		"of three: another country":           {"trio", map[string]applications.Applicant{"second": german}, turkish, []string{"first", "third"}},
		"of three: the same country":          {"trio", map[string]applications.Applicant{"second": german}, stadt, nil},
		"of three: the third":                 {"trio", map[string]applications.Applicant{"first": turkish, "second": german}, greek, []string{"third"}},
		"of four: an association":             {"quartet", nil, turkish, []string{"cso_tr"}},
		"of four: a town":                     {"quartet", map[string]applications.Applicant{"cso_tr": turkish}, town, []string{"authority_tr"}},
		"of four: a town elsewhere":           {"quartet", map[string]applications.Applicant{"cso_tr": turkish, "authority_tr": town, "cso_eu": german}, stadt, []string{"authority_eu"}},
		"of four: a second association there": {"quartet", map[string]applications.Applicant{"cso_eu": german}, greek, nil},
	} {
		rule, ok := b.Composition(tt.rule)
		if !ok {
			t.Fatalf("no composition %s", tt.rule)
		}
		var got []string
		for _, s := range applications.OpenSeats(rule, tt.taken, tt.who) {
			got = append(got, s.Key)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatKeepsAnApplicationBack(t *testing.T) {
	t.Parallel()
	now := time.Now()
	one, two := ids.New[ids.Organization](), ids.New[ids.Organization]()
	names := map[ids.Organization]applications.Applicant{one: {Name: "One"}, two: {Name: "Two"}}
	ready := applications.PartProgress{Part: applications.Part{Seat: "tr", Organization: one, ConfirmedAt: now}}
	partner := applications.PartProgress{Part: applications.Part{Seat: "eu", Organization: two, ConfirmedAt: now}}
	empty := applications.PartProgress{Part: applications.Part{Seat: "eu"}}
	late := partner
	late.Left, late.ConfirmedAt = 3, time.Time{}
	silent := partner
	silent.ConfirmedAt = time.Time{}
	missing := []forms.Progress{{Left: 1}}
	pair, _ := blueprints.Default().Composition("pair")
	leisurely := blueprints.Composition{Seats: []blueprints.Seat{{Key: "tr"}, {Key: "eu", Optional: true}}}
	several := blueprints.Composition{Seats: []blueprints.Seat{{Key: "tr"}, {Key: "eu", Max: 3}}}.Spread()
	for name, tt := range map[string]struct {
		parts []applications.PartProgress
		joint []forms.Progress
		state string
		want  []string
		rule  blueprints.Composition
	}{
		"both ready":                    {[]applications.PartProgress{ready, partner}, nil, `"found"`, nil, pair},
		"an empty seat":                 {[]applications.PartProgress{ready, empty}, nil, `"found"`, []string{"seat eu"}, pair},
		"an empty seat, nothing said":   {[]applications.PartProgress{ready, empty}, missing, ``, []string{"seat eu", "joint "}, pair},
		"an empty seat, partner sought": {[]applications.PartProgress{ready, empty}, nil, `"looking"`, nil, pair},
		"full, but still seeking":       {[]applications.PartProgress{ready, partner}, nil, `"looking"`, []string{"sought "}, pair},
		"the partner is not done":       {[]applications.PartProgress{ready, late}, nil, `"found"`, []string{"part Two"}, pair},
		"the partner has not confirmed": {[]applications.PartProgress{ready, silent}, nil, `"found"`, []string{"unconfirmed Two"}, pair},
		"an optional seat is empty":     {[]applications.PartProgress{ready, empty}, nil, `"found"`, nil, leisurely},
		"one of several is missing":     {[]applications.PartProgress{ready, empty}, nil, `"found"`, []string{"seat eu"}, several},
		"an optional partner is late":   {[]applications.PartProgress{ready, late}, nil, `"found"`, []string{"part Two"}, leisurely},
		"the joint part":                {[]applications.PartProgress{ready, partner}, missing, `"found"`, []string{"joint "}, pair},
		"an answer of another shape":    {[]applications.PartProgress{ready, empty}, nil, `{"typed": "looking"}`, []string{"seat eu"}, pair},
	} {
		a := applications.Application{}
		for _, p := range tt.parts {
			a.Parts = append(a.Parts, p.Part)
		}
		joint := forms.Answers{}
		if tt.state != "" {
			joint["partner_state"] = json.RawMessage(tt.state)
		}
		var got []string
		for _, b := range applications.Blockers(tt.rule, &a, applications.Progress{Parts: tt.parts, Joint: tt.joint}, names, joint) {
			got = append(got, b.Key[len("applications.blocker."):]+" "+b.Name)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOnlyWhatWasAskedForOpensAgain(t *testing.T) {
	t.Parallel()
	form := blueprints.Default().Form
	before := forms.Answers{"legal_form": json.RawMessage(`"association"`), "city": json.RawMessage(`"Muğla"`), "registry": json.RawMessage(`"X"`), "mission": json.RawMessage(`null`)}
	now := forms.Answers{"legal_form": json.RawMessage(`"initiative"`), "city": json.RawMessage(`"Muğla"`), "fiscal_host": json.RawMessage(`"Kept"`)}
	open := applications.Reopened(&form, forms.ScopePart, []string{"legal_form", "registration_document"}, before, now)
	for ref, want := range map[string]bool{
		"legal_form": true, "registration_document": true, "city": false,
		"mission":     true,  // was not right when it was handed in
		"fiscal_host": true,  // the new legal form has brought it up, and it may still be corrected once it is written
		"registry":    false, // hidden by the new legal form
		"partner_why": false, "nothing": false, "city.2": false,
	} {
		if got := open(ref); got != want {
			t.Errorf("%s is open: %v", ref, got)
		}
	}
}

// TestSeatsHoldWhateverTheRule lets organizations take seats at random, under rules made at random: none sits twice, none
// where it does not fit, and the application is complete exactly when every obligatory seat is taken.
func TestSeatsHoldWhateverTheRule(t *testing.T) {
	t.Parallel()
	countries, kinds := []string{"TR", "DE", "GR", "PL"}, []string{"association", "local_authority"}
	dice := rand.New(rand.NewPCG(11, 7))
	pick := func(from []string) []string {
		var some []string
		for _, one := range from {
			if dice.IntN(3) == 0 {
				some = append(some, one)
			}
		}
		return some
	}
	complete := 0
	for range 3000 {
		rule := blueprints.Composition{DistinctCountries: dice.IntN(2) == 0}
		for n := range 1 + dice.IntN(3) {
			rule.Seats = append(rule.Seats, blueprints.Seat{
				Key: fmt.Sprintf("seat%d", n), Kinds: pick(kinds), Countries: pick(countries), Not: pick(countries), Optional: dice.IntN(3) == 0, Max: dice.IntN(3),
			})
		}
		spread := rule.Spread()
		taken := map[string]applications.Applicant{}
		crowd := make([]applications.Applicant, 6)
		for i := range crowd {
			crowd[i] = applications.Applicant{ID: ids.New[ids.Organization](), Country: countries[dice.IntN(4)], Kind: kinds[dice.IntN(2)]}
		}
		for range 12 {
			who := crowd[dice.IntN(len(crowd))]
			if open := applications.OpenSeats(spread, taken, who); len(open) > 0 {
				taken[open[dice.IntN(len(open))].Key] = who
			}
		}
		sits, from := map[ids.Organization]bool{}, map[string]bool{}
		a, whole := applications.Application{}, true
		var progress applications.Progress
		for _, seat := range spread.Seats {
			who, there := taken[seat.Key]
			part := applications.PartProgress{Part: applications.Part{Seat: seat.Key}}
			if there {
				if sits[who.ID] || !seat.Fits(who.Kind, who.Country) || rule.DistinctCountries && from[who.Country] {
					t.Fatalf("%+v may not sit in %+v of %+v", who, seat, taken)
				}
				sits[who.ID], from[who.Country] = true, true
				part.Organization, part.ConfirmedAt = who.ID, time.Now()
			} else if !seat.Optional {
				whole = false
			}
			a.Parts, progress.Parts = append(a.Parts, part.Part), append(progress.Parts, part)
		}
		if got := len(applications.Blockers(spread, &a, progress, nil, nil)) == 0; got != whole {
			t.Fatalf("complete: %v, want %v: %+v %+v", got, whole, rule, taken)
		}
		if whole {
			complete++
		}
	}
	if complete < 300 {
		t.Errorf("only %d were ever complete: the test sees too little", complete)
	}
}
