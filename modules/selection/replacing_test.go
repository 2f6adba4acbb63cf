package selection_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// dropping is a place that was accepted on two conditions, of which the second organization drops out.
type dropping struct {
	conditional

	id              ids.Application
	stays, leaves   ids.Organization
	staying, leaver tenants.Scope
	comes           selection.Applicant
	coming          tenants.Scope
}

func (h *house) dropping(t *testing.T) dropping {
	t.Helper()
	return h.droppingOf(t, h.conditional(t))
}

func (h *house) droppingOf(t *testing.T, w conditional) dropping {
	t.Helper()
	a := w.all[0]
	d := dropping{conditional: w, id: a.ID, stays: a.Organizations[0].ID, leaves: a.Organizations[1].ID, staying: w.leads[0][0], leaver: w.leads[0][1]}
	d.comes, d.coming = h.newcomer(t, "Neuland", "FR", "eu")
	for _, all := range w.all {
		h.decided(all.ID)
	}
	return d
}

func (d *dropping) cmd() selection.Replacing {
	return selection.Replacing{Leaving: d.leaves, Coming: d.comes.ID, Reason: "Faaliyetini durdurdu.", Until: time.Now().AddDate(0, 0, 14)}
}

func (h *house) asked(t *testing.T, d dropping) selection.Replacement {
	t.Helper()
	if err := h.service.Replace(t.Context(), d.coordinator, d.id, d.cmd()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	all := h.place(t, d).Replacements
	return all[len(all)-1]
}

func (h *house) place(t *testing.T, d dropping) selection.Place {
	t.Helper()
	p, err := h.service.Place(t.Context(), d.coordinator, d.id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) agree(t *testing.T, d dropping, r selection.Replacement, who ...tenants.Scope) {
	t.Helper()
	for _, sc := range who {
		if err := h.service.Consent(t.Context(), sc, d.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
}

func (h *house) kinds(person ids.Person) []string {
	var all []string
	for _, m := range h.mailsTo(person) {
		all = append(all, strings.TrimPrefix(m.Kind, "selection.mail."))
	}
	return all
}

func TestAPartnerThatDropsOutDoesNotSinkTheOthers(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	reply := "/applications/" + d.id.String() + "/reply"

	b := h.SignedIn(t, d.leaver.Actor())
	b.Get(reply + "/refusal")
	b.Want(http.StatusOK, "Only our organization drops out")
	b.Get(reply + "/departure")
	b.Submit(reply+"/departure", "reason", " ")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(reply + "/departure")
	b.Submit(reply+"/departure", "reason", "Bütçemiz kesildi.")
	h.Jobs(t)
	b.Get(reply)
	b.Want(http.StatusOK, "Your organization has dropped out")
	for what, err := range map[string]error{
		"declines for all":      h.service.Decline(ctx, d.leaver, d.id),
		"answers a condition":   h.service.AnswerCondition(ctx, d.leaver, d.id, d.terms[0], "Mektup.", ids.Document{}),
		"drops out once more":   h.service.Depart(ctx, d.leaver, d.id, "Yine."),
		"takes all others with": h.service.Depart(ctx, d.staying, d.id, "Biz de."),
	} {
		if !fault.Is(err, fault.KindConflict) {
			t.Errorf("who dropped out %s: %v", what, err)
		}
	}
	if duties, err := h.service.Duties(ctx, d.leaver); err != nil || len(duties) != 0 {
		t.Errorf("who dropped out has duties: %+v, %v", duties, err)
	}
	if !slices.Contains(h.kinds(d.staying.Actor().Person), "left_place") || slices.Contains(h.kinds(d.leaver.Actor().Person), "left_place") {
		t.Error("those that stay were not told, or the one that leaves was")
	}
	if h.newsFor(d.coordinator.Actor().Person)["selection.notify.departed"] != 1 {
		t.Errorf("the coordinator's bell: %v", h.newsFor(d.coordinator.Actor().Person))
	}
	duties, err := h.service.Duties(ctx, d.coordinator)
	if err != nil || !slices.ContainsFunc(duties, func(one selection.Duty) bool { return one.Kind == selection.DutyVacancy && one.Application == d.id }) {
		t.Errorf("the coordinator's duties: %+v, %v", duties, err)
	}
	// Those that stay go on with the conditions, but the last one waits for the seat.
	for _, c := range d.terms {
		if err := h.service.AnswerCondition(ctx, d.staying, d.id, c, "Mektup imzalandı.", ids.Document{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.service.MeetCondition(ctx, d.coordinator, d.id, d.terms[0], ids.Document{}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.MeetCondition(ctx, d.coordinator, d.id, d.terms[1], ids.Document{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the place was confirmed with an empty seat: %v", err)
	}
	r := h.asked(t, d)
	if duties, err := h.service.Duties(ctx, d.coordinator); err != nil || slices.ContainsFunc(duties, func(one selection.Duty) bool { return one.Kind == selection.DutyVacancy }) {
		t.Errorf("still to be found while somebody is asked: %+v, %v", duties, err)
	}
	h.agree(t, d, r, d.coming, d.staying)
	if err := h.service.MeetCondition(ctx, d.coordinator, d.id, d.terms[1], ids.Document{}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.count("place_confirmed", d.id) != 1 {
		t.Error("the place was not confirmed")
	}
	seats, err := selection.Reseated(ctx, h.System().Read(), d.id)
	if err != nil || len(seats) != 1 || seats["eu"] != d.comes.ID {
		t.Errorf("seats: %v, %v", seats, err)
	}
}

func TestASeatOfAPlaceChangesHandsWhenAllAgree(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	team := h.SignedIn(t, d.coordinator.Actor())
	below := "/selection/applications/" + d.id.String() + "/place"
	team.Get("/selection/" + h.call.ID.String() + "/decisions")
	team.Want(http.StatusOK, "Who holds the place")
	team.Get(below)
	team.Want(http.StatusOK, "Ihlamur Derneği", "Replace")
	form := below + "/" + d.leaves.String()
	team.Get(form)
	team.Want(http.StatusOK, "Neuland")
	if strings.Contains(team.Page.Body, "Consent and ask the organizations") || strings.Contains(team.Page.Body, "Çınar e. V.") {
		t.Error("somebody can be asked before it was shown what would follow, or one that has a place")
	}
	team.Get(form + "?coming=" + d.comes.ID.String())
	team.Want(http.StatusOK, "The call has no quotas", "Nobody who reviews or decides")
	team.Submit(form+"/replacement", "reason", "", "until", "2020-01-01")
	team.Want(http.StatusUnprocessableEntity)
	team.Get(form + "?coming=" + d.comes.ID.String())
	team.Submit(form+"/replacement", "reason", "Faaliyetini durdurdu.")
	h.Jobs(t)
	if err := h.service.Replace(ctx, d.coordinator, d.id, d.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("asked twice: %v", err)
	}
	r := h.place(t, d).Replacements[0]
	for who, want := range map[*tenants.Scope]bool{&d.coming: true, &d.staying: true, &d.leaver: false} {
		if got := slices.Contains(h.kinds(who.Actor().Person), "replacement_asked"); got != want {
			t.Errorf("%s was asked: %v", who.Actor().Name, got)
		}
	}
	page := "/applications/" + d.id.String() + "/replacements/" + r.ID.String()
	newcomer := h.SignedIn(t, d.coming.Actor())
	newcomer.Get("/desk")
	newcomer.Want(http.StatusOK, "An organization is to be replaced")
	newcomer.Get("/applications/" + d.id.String() + "/reply")
	newcomer.Want(http.StatusNotFound)
	newcomer.Get(page)
	newcomer.Want(http.StatusOK, "Faaliyetini durdurdu.", "Bir destek mektubu.", "We agree")
	newcomer.Submit(page + "/consent")
	if err := h.service.Consent(ctx, d.coming, d.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("answered twice: %v", err)
	}
	if len(h.place(t, d).Application.Left) != 0 {
		t.Error("the seat changed hands before all have agreed")
	}
	h.agree(t, d, r, d.staying)
	p := h.place(t, d)
	if p.State != selection.DecisionConditional || p.Application.Name() != "Ihlamur Derneği + Neuland" || !slices.Equal(p.Application.Left, []ids.Organization{d.leaves}) {
		t.Errorf("afterwards: %s, %s, %v", p.State, p.Application.Name(), p.Application.Left)
	}
	if !slices.Contains(h.kinds(d.leaver.Actor().Person), "seat_left") || !slices.Contains(h.kinds(d.coming.Actor().Person), "seat_given") {
		t.Error("those concerned were not told")
	}
	// What is theirs goes over.
	newcomer.Get("/applications/" + d.id.String() + "/reply")
	newcomer.Want(http.StatusOK, "Neuland")
	if strings.Contains(newcomer.Page.Body, `href="/applications/`+d.id.String()+`"`) {
		t.Error("a link to an application that the newcomer must not read")
	}
	if err := h.service.AnswerCondition(ctx, d.coming, d.id, d.terms[0], "Mektup ekte.", ids.Document{}); err != nil {
		t.Errorf("the newcomer cannot answer a condition: %v", err)
	}
	if _, err := h.service.Offer(ctx, d.leaver, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("who has left still has the place: %v", err)
	}
	if duties, err := h.service.Duties(ctx, d.coming); err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyTerms {
		t.Errorf("the newcomer's duties: %+v, %v", duties, err)
	}
	if duties, err := h.service.Duties(ctx, d.leaver); err != nil || len(duties) != 0 {
		t.Errorf("who has left has duties: %+v, %v", duties, err)
	}
	// What was judged stays what it was; who holds the place by now stands beside.
	team.Get("/selection/" + h.call.ID.String() + "/decisions")
	team.Want(http.StatusOK, "Ihlamur Derneği + Ihlamur e. V.", "Now: Ihlamur Derneği + Neuland")
}

func TestAnOfferGoesOnAndIsTakenByConsent(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.won(t)
	d := h.droppingOf(t, conditional{won: w})
	// The one that drops out had accepted before.
	if err := h.service.Accept(ctx, d.leaver, d.id); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Depart(ctx, d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Accept(ctx, d.leaver, d.id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("accepted after dropping out: %v", err)
	}
	if err := h.service.Accept(ctx, d.staying, d.id); err != nil {
		t.Fatal(err)
	}
	if p := h.place(t, d); p.State != selection.DecisionOffered {
		t.Fatalf("taken though one has dropped out: %s", p.State)
	}
	cmd := d.cmd()
	cmd.Until = time.Now().AddDate(0, 0, 30)
	if err := h.service.Replace(ctx, d.coordinator, d.id, cmd); err != nil {
		t.Fatal(err)
	}
	p := h.place(t, d)
	if !p.Decision.ReplyBy.Equal(cmd.Until.Truncate(time.Microsecond)) {
		t.Errorf("the offer ends on %s, and organizations are asked until %s", p.Decision.ReplyBy, cmd.Until)
	}
	h.agree(t, d, p.Replacements[0], d.staying, d.coming)
	if p := h.place(t, d); p.State != selection.DecisionAccepted || h.count("place_accepted", d.id) != 1 {
		t.Errorf("afterwards: %s, %v", p.State, h.facts)
	}
}

func TestOneNoEndsAReplacementInAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	r := h.asked(t, d)
	page := "/applications/" + d.id.String() + "/replacements/" + r.ID.String()
	b := h.SignedIn(t, d.staying.Actor())
	b.Get(page)
	b.Submit(page+"/refusal", "reason", " ")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(page)
	b.Submit(page+"/refusal", "reason", "Onları tanımıyoruz.")
	h.Jobs(t)
	if got := h.place(t, d).Replacements[0].State; got != selection.ReplacementDeclined {
		t.Errorf("afterwards: %s", got)
	}
	other := h.SignedIn(t, d.coming.Actor())
	other.Get(page)
	other.Want(http.StatusOK, "Declined")
	if strings.Contains(other.Page.Body, "Onları tanımıyoruz.") {
		t.Error("the organization that would have come reads why it is not wanted")
	}
	team := h.SignedIn(t, d.coordinator.Actor())
	team.Get(page)
	team.Want(http.StatusOK, "Onları tanımıyoruz.")
	for _, m := range h.mailsTo(d.coming.Actor().Person) {
		if strings.Contains(everything(t, m), "tanımıyoruz") {
			t.Error("a mail tells why it is not wanted")
		}
	}
	if err := h.service.Consent(ctx, d.coming, d.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed after a no: %v", err)
	}
	h.asked(t, d) // another can be asked for
}

func TestAReplacementInAPlaceIsTakenBackLapsesOrIsOvertaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	r := h.asked(t, d)
	if err := h.service.WithdrawReplacement(ctx, d.coordinator, d.id, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Consent(ctx, d.coming, d.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed to what was taken back: %v", err)
	}
	r = h.asked(t, d)
	lapse := func() {
		t.Helper()
		if err := h.service.LapseReplacement(ctx, h.System(), selection.AskedReplacement{Replacement: r.ID, Call: r.Call}); err != nil {
			t.Fatal(err)
		}
	}
	last := func() selection.ReplacementState {
		all := h.place(t, d).Replacements
		return all[len(all)-1].State
	}
	if lapse(); last() != selection.ReplacementAsked {
		t.Error("it lapsed before its day")
	}
	late := func() {
		t.Helper()
		err := h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("UPDATE place_replacements SET until = now() - interval '1 minute' WHERE id = ?", r.ID).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	late()
	if err := h.service.Consent(ctx, d.coming, d.id, r.ID, true, ""); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("agreed too late: %v", err)
	}
	lapse()
	if lapse(); last() != selection.ReplacementLapsed {
		t.Error("it did not lapse")
	}
	// One that has lapsed and was not noted keeps nobody from asking anew.
	r = h.asked(t, d)
	late()
	r = h.asked(t, d)
	if err := h.service.Decline(ctx, d.staying, d.id); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if last() != selection.ReplacementOvertaken || !slices.Contains(h.kinds(d.coming.Actor().Person), "replacement_overtaken") {
		t.Errorf("the place is given back, and the replacement %s", last())
	}
	if err := h.service.Replace(ctx, d.coordinator, d.id, d.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("asked about a place that was given back: %v", err)
	}
}

func TestWhatIsAskedAboutARevokedPlaceEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.dropping(t)
	r := h.asked(t, d)
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE place_conditions SET due_at = now() - interval '1 minute' WHERE application_id = ?", d.id).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.RevokePlace(t.Context(), d.coordinator, d.id, "Süre doldu."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Consent(t.Context(), d.coming, d.id, r.ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed about a place that was taken back: %v", err)
	}
	if got := h.place(t, d).Replacements[0].State; got != selection.ReplacementOvertaken {
		t.Errorf("afterwards: %s", got)
	}
}

func TestWhoCanTakeASeatOfAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	headless := selection.Applicant{ID: ids.New[ids.Organization](), Name: "Headless", Country: "FR", Seat: "eu"}
	h.around.mu.Lock()
	h.newcomers = append(h.newcomers, headless)
	h.around.mu.Unlock()
	unfit, _ := h.newcomer(t, "Unfit", "TR", "tr")
	busy, _ := h.newcomer(t, "Busy", "FR", "eu")
	h.around.mu.Lock()
	h.seated = map[ids.Organization]bool{busy.ID: true}
	h.around.mu.Unlock()
	v, err := h.service.Vacancy(ctx, d.coordinator, d.id, d.leaves, ids.Organization{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range v.Candidates {
		names = append(names, c.Name)
	}
	// Meşe was rejected, so it is free; Zeytin waits, Çınar holds a place.
	if !slices.Equal(names, []string{"Meşe e. V.", "Neuland"}) {
		t.Errorf("candidates: %v", names)
	}
	for name, tt := range map[string]struct {
		change func(*selection.Replacing)
		kind   fault.Kind
	}{
		"one that the call does not admit":  {func(r *selection.Replacing) { r.Coming = unfit.ID }, fault.KindInvalid},
		"one that nobody leads":             {func(r *selection.Replacing) { r.Coming = headless.ID }, fault.KindInvalid},
		"one that sits in a partnership":    {func(r *selection.Replacing) { r.Coming = busy.ID }, fault.KindInvalid},
		"one that waits for a place":        {func(r *selection.Replacing) { r.Coming = d.all[2].Organizations[1].ID }, fault.KindInvalid},
		"one that holds a place":            {func(r *selection.Replacing) { r.Coming = d.all[1].Organizations[1].ID }, fault.KindInvalid},
		"the one that sits there":           {func(r *selection.Replacing) { r.Coming = d.leaves }, fault.KindInvalid},
		"without a reason":                  {func(r *selection.Replacing) { r.Reason = "  " }, fault.KindInvalid},
		"with yesterday":                    {func(r *selection.Replacing) { r.Until = time.Now().AddDate(0, 0, -1) }, fault.KindInvalid},
		"in a year":                         {func(r *selection.Replacing) { r.Until = time.Now().AddDate(1, 0, 0) }, fault.KindInvalid},
		"of one that is not in the place":   {func(r *selection.Replacing) { r.Leaving = busy.ID }, fault.KindNotFound},
		"of one that is in no place at all": {func(r *selection.Replacing) { r.Leaving = ids.New[ids.Organization]() }, fault.KindNotFound},
	} {
		cmd := d.cmd()
		tt.change(&cmd)
		if err := h.service.Replace(ctx, d.coordinator, d.id, cmd); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i, name := range map[int]string{2: "that waits", 3: "that was rejected"} {
		if _, err := h.service.Vacancy(ctx, d.coordinator, d.all[i].ID, d.all[i].Organizations[1].ID, ids.Organization{}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("of an application %s: %v", name, err)
		}
	}
	// Whoever has left or dropped out does not come back.
	r := h.asked(t, d)
	h.agree(t, d, r, d.coming, d.staying)
	v, err = h.service.Vacancy(ctx, d.coordinator, d.id, d.comes.ID, ids.Organization{})
	if err != nil || slices.ContainsFunc(v.Candidates, func(c selection.Applicant) bool { return c.ID == d.leaves || c.ID == d.comes.ID }) {
		t.Errorf("candidates afterwards: %v, %v", v.Candidates, err)
	}
}

func TestWhatWouldFollowIsShownBeforeConsent(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.around.mu.Lock()
	h.calls[0].Quotas = []blueprints.Quota{
		{Country: "DE", Most: 2},
		{Most: 5},
		{Kind: "association", Least: 0, Most: 9},
		{First: true, Most: 1},
		{Regions: []geo.Region{"TR.34"}, Most: 3},
		{Regions: []geo.Region{"TR.34"}, Outside: true, Most: 3},
	}
	h.around.mu.Unlock()
	d := h.dropping(t)
	h.around.mu.Lock()
	for i := range h.applications {
		if a := &h.applications[i]; a.ID == d.id {
			a.Organizations[0].Region = "TR.68"
		}
	}
	h.around.mu.Unlock()
	tied := h.someone(t, "Tamara Tied", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: d.comes.ID})
	v, err := h.service.Vacancy(ctx, d.coordinator, d.id, d.leaves, d.comes.ID)
	if err != nil {
		t.Fatal(err)
	}
	shifts := map[string][2]int{}
	for _, s := range v.Effect.Quotas {
		name := s.After.Country + s.After.Kind
		switch {
		case s.After.First:
			name = "first"
		case s.After.Outside:
			name = "outside"
		case len(s.After.Regions) > 0:
			name = "in"
		}
		shifts[name] = [2]int{s.Before.Count, s.After.Count}
	}
	if want := [2]int{2, 1}; shifts["DE"] != want {
		t.Errorf("Germany: %v, want %v", shifts["DE"], want)
	}
	if want := [2]int{0, 1}; shifts["FR"] != want || shifts["first"] != want {
		t.Errorf("France %v and first-timers %v, want %v", shifts["FR"], shifts["first"], want)
	}
	if want := [2]int{1, 1}; shifts["outside"] != want || shifts["in"] != [2]int{} {
		t.Errorf("outside of Istanbul %v, want %v, and in it %v", shifts["outside"], want, shifts["in"])
	}
	if len(v.Effect.Ties) != 1 || v.Effect.Ties[0].Person != tied.Actor().Person || v.Effect.Tied {
		t.Errorf("ties: %+v", v.Effect.Ties)
	}
	b := h.SignedIn(t, d.coordinator.Actor())
	b.Get("/selection/applications/" + d.id.String() + "/place/" + d.leaves.String() + "?coming=" + d.comes.ID.String())
	b.Want(http.StatusOK, "Tamara Tied", "Before: 2", "Changed, and met")
	// A coordinator who is tied to the one that comes asks nobody.
	partial := h.someone(t, "Perihan", tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: d.comes.ID})
	if err := h.service.Replace(ctx, partial, d.id, d.cmd()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked by somebody who is tied to it: %v", err)
	}
	r := h.asked(t, d)
	if hidden, err := h.service.Conflicted(ctx, tied); err != nil || slices.Contains(hidden, d.id) {
		t.Errorf("hidden before it came: %v, %v", hidden, err)
	}
	h.agree(t, d, r, d.coming, d.staying)
	for _, sc := range []tenants.Scope{tied, partial} {
		if hidden, err := h.service.Conflicted(ctx, sc); err != nil || !slices.Contains(hidden, d.id) {
			t.Errorf("not hidden from %s once it came: %v, %v", sc.Actor().Name, hidden, err)
		}
	}
	if n := h.newsFor(partial.Actor().Person)["selection.notify.replaced"]; n != 0 {
		t.Errorf("whoever has become tied is told of it %d times", n)
	}
	p, err := h.service.Panel(ctx, d.coordinator, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range p.Usage() {
		if u.Country == "DE" && u.Count != 1 {
			t.Errorf("the quota counts %d afterwards", u.Count)
		}
	}
	// Of an organization of the newcomer's there is a role only now.
	late := h.someone(t, "Lale", tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: d.comes.ID})
	if _, err := h.service.Place(ctx, late, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody of an organization that holds the place reads it as the team does: %v", err)
	}
}

func TestWhoMayNotTouchAReplacementInAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	r := h.asked(t, d)
	conflicted := h.someone(t, "Kemal", tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: d.stays})
	for name, sc := range map[string]tenants.Scope{
		"a stranger": d.leads[1][0], "a participant": h.someone(t, "Pınar", tenants.Grant{Role: tenants.RoleParticipant, Organization: d.comes.ID}),
		"who leaves": d.leaver, "a visitor": h.Visitor(), "who is tied to it": conflicted, "an officer": h.role(t, "Olcay", tenants.RoleOfficer),
		"a reviewer": h.role(t, "Rana", tenants.RoleReviewer), "the chair": d.chair,
	} {
		_, read := h.service.Consultation(ctx, sc, d.id, r.ID)
		_, place := h.service.Place(ctx, sc, d.id)
		_, looks := h.service.Vacancy(ctx, sc, d.id, d.leaves, d.comes.ID)
		for verb, err := range map[string]error{
			"reads": read, "sees who holds it": place, "looks": looks,
			"agrees": h.service.Consent(ctx, sc, d.id, r.ID, true, ""),
			"asks":   h.service.Replace(ctx, sc, d.id, d.cmd()),
			"takes":  h.service.WithdrawReplacement(ctx, sc, d.id, r.ID),
		} {
			if !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindUnauthenticated) {
				t.Errorf("%s %s: %v", name, verb, err)
			}
		}
	}
	if n := h.newsFor(conflicted.Actor().Person); len(n) != 0 {
		t.Errorf("whoever is tied to the application hears of it: %v", n)
	}
	if duties, err := h.service.Duties(ctx, conflicted); err != nil || slices.ContainsFunc(duties, func(one selection.Duty) bool { return one.Application == d.id }) {
		t.Errorf("whoever is tied to it has duties: %+v, %v", duties, err)
	}
	if err := h.service.Consent(ctx, d.coordinator, d.id, r.ID, true, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the coordinator agrees for others: %v", err)
	}
	if _, err := h.service.Consultation(ctx, d.coordinator, d.all[1].ID, r.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("read below another application: %v", err)
	}
}

func TestTwoAtOnceAskOrAgree(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	second := h.role(t, "Nazlıcan", tenants.RoleCoordinator)
	race := func(acts ...func() error) (done int) {
		t.Helper()
		results := make([]error, len(acts))
		var all sync.WaitGroup
		for i, act := range acts {
			all.Go(func() { results[i] = act() })
		}
		all.Wait()
		for _, err := range results {
			if err == nil {
				done++
			} else if !fault.Is(err, fault.KindConflict) {
				t.Errorf("told: %v", err)
			}
		}
		return done
	}
	ask := func(sc tenants.Scope) func() error {
		return func() error { return h.service.Replace(ctx, sc, d.id, d.cmd()) }
	}
	if n := race(ask(d.coordinator), ask(second), ask(d.coordinator), ask(second)); n != 1 {
		t.Errorf("%d replacements were asked for", n)
	}
	h.Jobs(t)
	r := h.place(t, d).Replacements[0]
	agree := func(sc tenants.Scope) func() error {
		return func() error { return h.service.Consent(ctx, sc, d.id, r.ID, true, "") }
	}
	if n := race(agree(d.coming), agree(d.staying), agree(d.coming), agree(d.staying)); n != 2 {
		t.Errorf("%d have agreed", n)
	}
	p := h.place(t, d)
	if got := p.Application.Name(); got != "Ihlamur Derneği + Neuland" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestOneOrganizationDoesNotGetTwoPlaces(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	// The same organization is asked for two places of the call.
	r := h.asked(t, d)
	other := d.cmd()
	other.Leaving = d.all[1].Organizations[1].ID
	if err := h.service.Replace(ctx, d.coordinator, d.all[1].ID, other); err != nil {
		t.Fatal(err)
	}
	p, err := h.service.Place(ctx, d.coordinator, d.all[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	h.agree(t, d, r, d.coming, d.staying)
	if err := h.service.Consent(ctx, d.coming, d.all[1].ID, p.Replacements[0].ID, true, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed to a second place: %v", err)
	}
	if err := h.service.Consent(ctx, d.coming, d.all[1].ID, p.Replacements[0].ID, false, "Yerimiz var."); err != nil {
		t.Errorf("cannot say no either: %v", err)
	}
}

// TestWhoCameToAPlaceMayLeaveItButNotEndTheApplication: what was applied with is not theirs, but they are told when it is withdrawn.
func TestWhoCameToAPlaceMayLeaveItButNotEndTheApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	departed := func() []ids.Organization {
		t.Helper()
		all, err := selection.Departed(ctx, h.System().Read(), d.id)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := departed(); len(all) != 0 {
		t.Errorf("departed at first: %v", all)
	}
	h.agree(t, d, h.asked(t, d), d.coming, d.staying)
	if all := departed(); !slices.Equal(all, []ids.Organization{d.leaves}) {
		t.Errorf("departed after the replacement: %v", all)
	}
	if err := h.service.Depart(ctx, d.coming, d.id, "Yapamadık."); err != nil {
		t.Fatal(err)
	}
	if all := departed(); len(all) != 2 || !slices.Contains(all, d.comes.ID) {
		t.Errorf("departed at last: %v", all)
	}
	h.withdraw(t, d.all[0])
	if !slices.Contains(h.kinds(d.coming.Actor().Person), "place_withdrawn") {
		t.Error("who came was not told that the application is withdrawn")
	}
	for _, sc := range []tenants.Scope{d.staying, d.leaver} {
		if slices.Contains(h.kinds(sc.Actor().Person), "place_withdrawn") {
			t.Error("who applied is told twice, or who has left")
		}
	}
}

// TestWhoOccupiesAPlace is what partnerships of the call go by: the team is told as far as it may know, a transaction of everybody.
func TestWhoOccupiesAPlace(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	occupies := func(o ids.Organization) []ids.Application {
		t.Helper()
		var found []ids.Application
		err := h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
			found, _, err = h.service.Occupying(ctx, tx, h.call.ID, o)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	seen := func(sc tenants.Scope) map[ids.Application][]ids.Organization {
		t.Helper()
		found, err := h.service.Occupied(ctx, sc, h.call.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := occupies(d.leaves); !slices.Equal(got, []ids.Application{d.id}) || len(occupies(d.comes.ID)) != 0 {
		t.Errorf("at first: %v", got)
	}
	h.agree(t, d, h.asked(t, d), d.coming, d.staying)
	if got := occupies(d.comes.ID); !slices.Equal(got, []ids.Application{d.id}) || len(occupies(d.leaves)) != 0 {
		t.Errorf("after the seat has changed hands: %v", got)
	}
	if got := seen(d.coordinator)[d.id]; !slices.Equal(got, []ids.Organization{d.stays, d.comes.ID}) {
		t.Errorf("the coordinator sees %v", got)
	}
	h.conflict(t, d.coordinator, d.all[0])
	if got, there := seen(d.coordinator)[d.id]; there {
		t.Errorf("the coordinator sees of what is hidden %v", got)
	}
	if len(occupies(d.comes.ID)) != 1 {
		t.Error("what is hidden is not seen by a transaction")
	}
	h.withdraw(t, d.all[0])
	if got := occupies(d.comes.ID); len(got) != 0 {
		t.Errorf("of what was withdrawn: %v", got)
	}
	if _, err := h.service.Occupied(ctx, d.coming, h.call.ID); err == nil {
		t.Error("an applicant asks who holds places")
	}
}

// TestWhoWonAPlaceAloneIsFreeForAPartnership and tells by which application, so that it can bring that along.
func TestWhoWonAPlaceAloneIsFreeForAPartnership(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.won(t)
	h.around.mu.Lock()
	for i := range h.applications {
		if h.applications[i].ID == w.all[0].ID {
			h.applications[i].Organizations = w.all[0].Organizations[:1]
		}
	}
	h.around.mu.Unlock()
	occupying := func() (held, alone []ids.Application) {
		t.Helper()
		err := h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
			held, alone, err = h.service.Occupying(ctx, tx, h.call.ID, w.all[0].Organizations[0].ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return held, alone
	}
	if held, alone := occupying(); len(held) != 1 || len(alone) != 0 {
		t.Errorf("while it is offered: %v and alone %v", held, alone)
	}
	if err := h.service.Accept(ctx, w.leads[0][0], w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	if held, alone := occupying(); len(held) != 0 || !slices.Equal(alone, []ids.Application{w.all[0].ID}) {
		t.Errorf("once it is taken: %v and alone %v", held, alone)
	}
	seen, err := h.service.Occupied(ctx, w.coordinator, h.call.ID)
	if _, there := seen[w.all[0].ID]; there || len(seen) != 2 || err != nil {
		t.Errorf("the coordinator sees %v, %v", seen, err)
	}
	h.around.mu.Lock()
	h.around.content = []ids.Application{w.all[0].ID}
	h.around.mu.Unlock()
	if held, alone := occupying(); !slices.Equal(held, []ids.Application{w.all[0].ID}) || len(alone) != 0 {
		t.Errorf("that looks for nobody: %v and alone %v", held, alone)
	}
	if seen, err = h.service.Occupied(ctx, w.coordinator, h.call.ID); len(seen) != 3 || err != nil {
		t.Errorf("of one that looks for nobody the coordinator sees %v, %v", seen, err)
	}
}
