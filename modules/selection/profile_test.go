package selection_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestWhoIsAwayWhen(t *testing.T) {
	t.Parallel()
	p := selection.Profile{AwayFrom: "2027-03-10", AwayTo: "2027-03-20"}
	for _, c := range []struct {
		first, last         i18n.Day
		sometime, whollyOut bool
	}{
		{"2027-03-01", "2027-03-09", false, false},
		{"2027-03-01", "2027-03-10", true, false},
		{"2027-03-12", "2027-03-13", true, true},
		{"2027-03-10", "2027-03-20", true, true},
		{"2027-03-20", "2027-03-21", true, false},
		{"2027-03-21", "2027-03-30", false, false},
	} {
		if got := p.Away(c.first, c.last); got != c.sometime {
			t.Errorf("%s to %s: away %v", c.first, c.last, got)
		}
		if got := p.AwayThroughout(c.first, c.last); got != c.whollyOut {
			t.Errorf("%s to %s: away throughout %v", c.first, c.last, got)
		}
	}
	var never selection.Profile
	if never.Away("2027-03-10", "2027-03-20") || never.AwayThroughout("", "2027-03-20") {
		t.Error("who is never away is away")
	}
}

func TestAProfileIsKeptAndRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer, officer := h.role(t, "Rüya Okur", tenants.RoleReviewer), h.role(t, "Ofis", tenants.RoleOfficer)
	before, err := h.service.OwnProfile(t.Context(), reviewer)
	if diff := cmp.Diff(selection.Profile{Person: reviewer.Actor().Person}, before); diff != "" || err != nil {
		t.Error(diff, err)
	}
	many := make([]string, expertise.MostLanguages+1)
	copy(many, []string{"tr", "de", "en", "fr", "es", "it", "pl", "nl", "sv", "da", "fi"})
	for name, c := range map[string]struct {
		profile selection.Profile
		field   string
	}{
		"no such topic":       {selection.Profile{Topics: []string{"fundraising", "poetry"}}, "topic"},
		"no such language":    {selection.Profile{Languages: []string{"tr", "klingon"}}, "language"},
		"a language twice":    {selection.Profile{Languages: []string{"tr", "tr"}}, "language"},
		"too many languages":  {selection.Profile{Languages: many}, "language"},
		"no such country":     {selection.Profile{Countries: []string{"tr"}}, "country"},
		"half a holiday":      {selection.Profile{AwayFrom: "2027-03-10"}, "away_to"},
		"the other half":      {selection.Profile{AwayTo: "2027-03-10"}, "away_from"},
		"a day that is none":  {selection.Profile{AwayFrom: "2027-02-30", AwayTo: "2027-03-10"}, "away_from"},
		"back before leaving": {selection.Profile{AwayFrom: "2027-03-10", AwayTo: "2027-03-09"}, "away_to"},
		"less than none":      {selection.Profile{Most: -1}, "most"},
		"more than anybody":   {selection.Profile{Most: selection.MostReviews + 1}, "most"},
	} {
		err := h.service.SaveOwnProfile(t.Context(), reviewer, c.profile)
		if !fault.Is(err, fault.KindInvalid) || len(fault.Of(err).Fields) != 1 || fault.Of(err).Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := selection.Profile{
		Topics: []string{"fundraising", "digital"}, Languages: []string{"tr", "de"}, Countries: []string{"TR", "BG"}, AwayFrom: "2027-03-10", AwayTo: "2027-03-20", Most: 12, Note: "Only mornings.",
	}
	if err := h.service.SaveOwnProfile(t.Context(), reviewer, whole); err != nil {
		t.Fatal(err)
	}
	whole.Person, whole.Version = reviewer.Actor().Person, 1
	who, got, err := h.service.ReviewerProfile(t.Context(), officer, reviewer.Actor().Person)
	if diff := cmp.Diff(whole, got); diff != "" || err != nil || who.Name != "Rüya Okur" {
		t.Error(who, diff, err)
	}
	// Of two who write on the same version, the second is told.
	officers := whole
	officers.Note = "Mornings and Fridays."
	if err := h.service.SaveReviewerProfile(t.Context(), officer, officers); err != nil {
		t.Fatal(err)
	}
	for _, stale := range []int64{1, 0} {
		whole.Version = stale
		if err := h.service.SaveOwnProfile(t.Context(), reviewer, whole); !fault.Is(err, fault.KindConflict) {
			t.Errorf("version %d: %v", stale, err)
		}
	}
	got, err = h.service.OwnProfile(t.Context(), reviewer)
	if got.Note != "Mornings and Fridays." || got.Version != 2 || err != nil {
		t.Error(got, err)
	}
}

func TestNobodyElseHasOrSeesAProfile(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, reviewer, other := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Öteki", tenants.RoleReviewer)
	_, leads := h.apply(t, "Ihlamur")
	for name, person := range map[string]ids.Person{"an applicant": leads[0].Actor().Person, "an officer": officer.Actor().Person, "nobody": ids.New[ids.Person]()} {
		if _, _, err := h.service.ReviewerProfile(t.Context(), officer, person); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.service.SaveReviewerProfile(t.Context(), officer, selection.Profile{Person: person}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, sc := range map[string]tenants.Scope{"an applicant": leads[0], "another reviewer": other} {
		if _, _, err := h.service.ReviewerProfile(t.Context(), sc, reviewer.Actor().Person); err == nil {
			t.Errorf("%s reads a profile", name)
		}
		if _, err := h.service.KnownReviewers(t.Context(), sc); err == nil {
			t.Errorf("%s reads all profiles", name)
		}
		if err := h.service.SaveReviewerProfile(t.Context(), sc, selection.Profile{Person: reviewer.Actor().Person}); err == nil {
			t.Errorf("%s writes a profile", name)
		}
	}
	if _, err := h.service.OwnProfile(t.Context(), leads[0]); err == nil {
		t.Error("an applicant has a profile")
	}
}

func TestTheWorkOfReviewersIsCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Bir Okur", tenants.RoleReviewer), h.role(t, "İki Okur", tenants.RoleReviewer)
	var all []selection.Application
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, _ := h.apply(t, name)
		all = append(all, a)
	}
	h.review(t, all[0], map[*tenants.Scope]int{&one: 7})
	h.assign(t, all[1], one)
	conflicted := h.assign(t, all[2], one)[0]
	if err := h.service.Declare(t.Context(), one, conflicted, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	back := h.assign(t, all[3], one)[0]
	if err := h.service.HandBack(t.Context(), one, back, "No time."); err != nil {
		t.Fatal(err)
	}
	known := func(sc tenants.Scope, person ids.Person) selection.Known {
		t.Helper()
		found, err := h.service.KnownReviewers(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(found, func(k selection.Known) bool { return k.Profile.Person == person })
		return found[i]
	}
	got := known(officer, one.Actor().Person)
	if got.MedianDays <= 0 || got.MedianDays > 1 {
		t.Errorf("median of %v days", got.MedianDays)
	}
	got.MedianDays = 0
	want := selection.Work{Owed: 1, Assigned: 4, Submitted: 1, InTime: 1, Recused: 1, HandedBack: 1}
	if diff := cmp.Diff(want, got.Work); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(selection.Work{}, known(officer, two.Actor().Person).Work); diff != "" {
		t.Error(diff)
	}
	// Who must not know of an application does not find its review in a number either.
	if err := h.service.DeclareConflict(t.Context(), officer, all[1].ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	if got := known(officer, one.Actor().Person); got.Owed != 0 || got.Assigned != 3 {
		t.Errorf("to the conflicted: %+v", got.Work)
	}
}

func TestAReviewIsGivenBackAndAssignedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, reviewer, other := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Öteki", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	id := h.assign(t, a, reviewer)[0]
	if err := h.service.HandBack(t.Context(), reviewer, id, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	for name, sc := range map[string]tenants.Scope{"another reviewer": other, "an officer": officer, "an applicant": leads[0]} {
		if err := h.service.HandBack(t.Context(), sc, id, "For them."); err == nil {
			t.Errorf("%s gives it back", name)
		}
	}
	h.write(t, reviewer, id, 7, "HALF")
	if err := h.service.HandBack(t.Context(), reviewer, id, "Not my field."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.HandBack(t.Context(), reviewer, id, "Once more."); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("twice: %v", err)
	}
	h.Jobs(t)
	if n := h.newsFor(officer.Actor().Person)["selection.notify.handed_back"]; n != 1 {
		t.Errorf("the officer was told %d times", n)
	}
	if _, err := h.service.Desk(t.Context(), reviewer, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is still on the desk: %v", err)
	}
	duties, err := h.service.Duties(t.Context(), officer)
	if err != nil || !slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyAssign && d.Count == 2 }) {
		t.Errorf("duties: %+v, %v", duties, err)
	}
	browser := h.SignedIn(t, officer.Actor())
	browser.Get("/selection/" + h.call.ID.String())
	browser.Want(200, "Given back", "Not my field.")
	// What was written is there again when it is assigned again.
	if again := h.assign(t, a, reviewer)[0]; again != id {
		t.Error("another review came of it")
	}
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	d, err := h.service.Desk(t.Context(), reviewer, id)
	if err != nil || !strings.Contains(d.Comment, "HALF") {
		t.Error(d.Comment, err)
	}
	if err := h.service.Submit(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	if err := h.service.HandBack(t.Context(), reviewer, id, "After all."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("submitted: %v", err)
	}
	_ = b
}

func TestThePagesOfProfiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer, officer := h.role(t, "Rüya Okur", tenants.RoleReviewer), h.someone(t, "Ofis", tenanttest.Role(tenants.RoleOfficer))
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	b := h.SignedIn(t, reviewer.Actor())
	b.Get("/reviews/profile")
	b.Submit("/reviews/profile", "topic", "fundraising", "language", "tr", "language-2", "klingon", "country-3", "BG", "most", "many", "away_from", "2027-03-10", "note", "Only mornings.")
	b.Want(422, "Only mornings.", "A whole number from 1 to 500")
	b.Submit("/reviews/profile", "topic", "fundraising", "language", "tr", "language-2", "de", "country-3", "BG", "most", "12", "away_from", "2027-03-10", "away_to", "2027-03-20", "note", "Only mornings.")
	b.Want(200, "The profile is saved.")
	o := h.SignedIn(t, officer.Actor())
	o.Get("/selection/reviewers")
	o.Want(200, "Rüya Okur", "Fundraising", "Turkish", "German", "Bulgaria", "at most 12 per call", "Only mornings.", "10 Mar 2027")
	o.Get("/selection/reviewers?topic=digital")
	o.Want(200, "Nobody found")
	o.Get("/selection/reviewers?q=ruya&topic=fundraising&away=no&sort=owed")
	o.Want(200, "Rüya Okur")
	sheet := o.Get("/selection/reviewers?format=csv")
	if !strings.Contains(sheet.Body, "Rüya Okur") || !strings.Contains(sheet.Body, "2027-03-10") || !strings.Contains(sheet.Body, "Only mornings.") {
		t.Error(sheet.Body)
	}
	o.Get("/selection/reviewers/" + reviewer.Actor().Person.String())
	o.Submit("/selection/reviewers/"+reviewer.Actor().Person.String(), "version", "7", "most", "9")
	o.Want(409, "Somebody else has changed this profile")
	b.Get("/reviews/" + id.String() + "/return")
	b.Submit("/reviews/"+id.String()+"/return", "reason", "")
	b.Want(422, "Your reason")
	b.Submit("/reviews/"+id.String()+"/return", "reason", "Ill.")
	b.Want(200, "Thank you for saying so in time.")
}

func TestReviewersAreListedInAsManyQueriesForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	count := func() int64 {
		t.Helper()
		return h.queries.Least(func() {
			if _, err := h.service.KnownReviewers(t.Context(), officer); err != nil {
				t.Error(err)
			}
		})
	}
	h.role(t, "Bir", tenants.RoleReviewer)
	one := count()
	for _, name := range []string{"İki", "Üç", "Dört"} {
		r := h.role(t, name, tenants.RoleReviewer)
		if err := h.service.SaveOwnProfile(t.Context(), r, selection.Profile{Topics: []string{"digital"}}); err != nil {
			t.Fatal(err)
		}
	}
	if many := count(); many != one {
		t.Errorf("%d queries for four, %d for one", many, one)
	}
}
