package reviewers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestWhoIsAwayWhen(t *testing.T) {
	t.Parallel()
	p := reviewers.Profile{AwayFrom: "2027-03-10", AwayTo: "2027-03-20"}
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
	var never reviewers.Profile
	if never.Away("2027-03-10", "2027-03-20") || never.AwayThroughout("", "2027-03-20") {
		t.Error("who is never away is away")
	}
}

func TestAProfileIsKeptAndRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer, officer := h.role(t, "Rüya Okur", tenants.RoleReviewer), h.role(t, "Ofis", tenants.RoleOfficer)
	before, err := h.service.OwnProfile(t.Context(), reviewer)
	if diff := cmp.Diff(reviewers.Profile{Person: reviewer.Actor().Person}, before); diff != "" || err != nil {
		t.Error(diff, err)
	}
	many := make([]string, expertise.MostLanguages+1)
	copy(many, []string{"tr", "de", "en", "fr", "es", "it", "pl", "nl", "sv", "da", "fi"})
	for name, c := range map[string]struct {
		profile reviewers.Profile
		field   string
	}{
		"no such topic":       {reviewers.Profile{Topics: []string{"fundraising", "poetry"}}, "topic"},
		"no such language":    {reviewers.Profile{Languages: []string{"tr", "klingon"}}, "language"},
		"a language twice":    {reviewers.Profile{Languages: []string{"tr", "tr"}}, "language"},
		"too many languages":  {reviewers.Profile{Languages: many}, "language"},
		"no such country":     {reviewers.Profile{Countries: []string{"tr"}}, "country"},
		"half a holiday":      {reviewers.Profile{AwayFrom: "2027-03-10"}, "away_to"},
		"the other half":      {reviewers.Profile{AwayTo: "2027-03-10"}, "away_from"},
		"a day that is none":  {reviewers.Profile{AwayFrom: "2027-02-30", AwayTo: "2027-03-10"}, "away_from"},
		"back before leaving": {reviewers.Profile{AwayFrom: "2027-03-10", AwayTo: "2027-03-09"}, "away_to"},
		"less than none":      {reviewers.Profile{Most: -1}, "most"},
		"more than anybody":   {reviewers.Profile{Most: reviewers.MostReviews + 1}, "most"},
	} {
		err := h.service.SaveOwnProfile(t.Context(), reviewer, c.profile)
		if !fault.Is(err, fault.KindInvalid) || len(fault.Of(err).Fields) != 1 || fault.Of(err).Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := reviewers.Profile{
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
	lead := h.someone(t, "Lider", tenants.Grant{Role: tenants.RoleLead, Organization: ids.New[ids.Organization]()})
	for name, person := range map[string]ids.Person{"an applicant": lead.Actor().Person, "an officer": officer.Actor().Person, "nobody": ids.New[ids.Person]()} {
		if _, _, err := h.service.ReviewerProfile(t.Context(), officer, person); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.service.SaveReviewerProfile(t.Context(), officer, reviewers.Profile{Person: person}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, sc := range map[string]tenants.Scope{"an applicant": lead, "another reviewer": other} {
		if _, _, err := h.service.ReviewerProfile(t.Context(), sc, reviewer.Actor().Person); err == nil {
			t.Errorf("%s reads a profile", name)
		}
		if _, err := h.service.KnownReviewers(t.Context(), sc); err == nil {
			t.Errorf("%s reads all profiles", name)
		}
		if err := h.service.SaveReviewerProfile(t.Context(), sc, reviewers.Profile{Person: reviewer.Actor().Person}); err == nil {
			t.Errorf("%s writes a profile", name)
		}
	}
	if _, err := h.service.OwnProfile(t.Context(), lead); err == nil {
		t.Error("an applicant has a profile")
	}
}

func TestThePagesOfProfiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer, officer := h.role(t, "Rüya Okur", tenants.RoleReviewer), h.someone(t, "Ofis", tenanttest.Role(tenants.RoleOfficer))
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
		if err := h.service.SaveOwnProfile(t.Context(), r, reviewers.Profile{Topics: []string{"digital"}}); err != nil {
			t.Fatal(err)
		}
	}
	if many := count(); many != one {
		t.Errorf("%d queries for four, %d for one", many, one)
	}
}
