package partnerships_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/partnerships"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (c *stranded) email(i int) string {
	return "guide@" + c.guides[i].Actor().Person.String() + ".example"
}

// given is who accompanies each of the three.
func (c *stranded) given(t *testing.T) []ids.Person {
	t.Helper()
	var found []ids.Person
	for _, id := range c.all {
		g, err := c.service.Guidance(t.Context(), c.coordinator, id)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, g.Facilitator)
	}
	return found
}

func TestAFileSaysWhoAccompaniesWhat(t *testing.T) {
	t.Parallel()
	c := open(t).stranded(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	b.Get("/facilitators")
	b.Want(http.StatusOK, "Accompany by file")
	b.Get("/facilitation/file?format=csv")
	for _, number := range []string{"KRV-Bir,", "KRV-İki,", "KRV-Üç,"} {
		if !strings.Contains(b.Page.Body, number) {
			t.Errorf("the file lacks %s: %s", number, b.Page.Body)
		}
	}
	send := func(reason string, lines ...string) {
		t.Helper()
		b.Get("/facilitation/file")
		b.SubmitFile("/facilitation/file", "file", "who.csv", []byte(strings.Join(lines, "\n")), "reason", reason)
	}
	b.Get("/facilitation/file")
	b.SubmitFile("/facilitation/file", "another", "who.csv", nil)
	b.Want(http.StatusUnprocessableEntity, "Please choose a file.")
	send("", "KRV-Bir,")
	b.Want(http.StatusUnprocessableEntity, "The file has no line with a number and an address.")
	// One line is right, and nothing is given for the others.
	send("A REASON", "Number,E-mail", "KRV-İki,"+c.email(1), "KRV-Bir,"+c.email(0), "KRV-0,"+c.email(1), "KRV-Üç,nobody@x.example", "KRV-İki,"+c.email(2), "KRV-Üç")
	b.Want(http.StatusUnprocessableEntity, "A REASON", "Nothing was given out",
		"Line 3 (KRV-Bir, "+c.email(0)+"): There is a conflict of interest.", "Line 4 (KRV-0, "+c.email(1)+"): No partnership that goes on has this number.",
		"Line 5 (KRV-Üç, nobody@x.example): Nobody who accompanies has this address.", "Line 6 (KRV-İki, "+c.email(2)+"): This number was there already.")
	if got := c.given(t); slices.ContainsFunc(got, func(p ids.Person) bool { return !p.IsZero() }) {
		t.Fatalf("something is given by a file with wrong lines: %v", got)
	}
	one, two := c.guides[1].Actor().Person, c.guides[2].Actor().Person
	send("", "KRV-İki;"+strings.ToUpper(c.email(1)), "KRV-Bir;"+c.email(1), "KRV-Üç;")
	b.Want(http.StatusOK, "Given out. All are told by mail.")
	if got := c.given(t); !slices.Equal(got, []ids.Person{one, one, {}}) {
		t.Errorf("given: %v", got)
	}
	c.Jobs(t)
	c.mu.Lock()
	told := slices.DeleteFunc(slices.Clone(c.mails), func(m events.MailRequested) bool { return m.Person != one })
	c.mu.Unlock()
	if len(told) != 1 {
		t.Errorf("who gets two at once is told %d times", len(told))
	}
	send("", "KRV-Bir;"+c.email(1))
	b.Want(http.StatusOK, "All of it is so already.")
	send("", "KRV-Bir;"+c.email(2))
	b.Want(http.StatusUnprocessableEntity, "Reason")
	if got := c.given(t); got[0] != one {
		t.Error("somebody is replaced without a reason")
	}
	send("Less to do", "KRV-Bir;"+c.email(2))
	b.Want(http.StatusOK, "Given out.")
	if got := c.given(t); got[0] != two {
		t.Errorf("not replaced: %v", got)
	}
	lines, err := c.service.Accompanied(t.Context(), c.coordinator)
	want := []sheets.Line{{What: "KRV-Bir", Email: c.email(2)}, {What: "KRV-İki", Email: c.email(1)}, {What: "KRV-Üç"}}
	if err != nil || !slices.Equal(lines, want) {
		t.Errorf("taken along: %v, %v", lines, err)
	}
}

// TestAFileComesBackAsItWent although somebody who accompanies is no facilitator any more; a quote that is never closed swallows nothing.
func TestAFileComesBackAsItWent(t *testing.T) {
	t.Parallel()
	c := open(t).stranded(t)
	give := func(reason string, lines ...string) ([]partnerships.LineProblem, error) {
		_, problems, err := c.service.AccompanyByFile(t.Context(), c.coordinator, []byte(strings.Join(lines, "\n")), reason)
		return problems, err
	}
	if problems, err := give("", "KRV-Bir,"+c.email(1)); err != nil {
		t.Fatal(problems, err)
	}
	former := c.guides[1].Actor().Person
	err := c.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, former, tenants.Grant{Role: tenants.RoleFacilitator})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if problems, err := give("", "KRV-Bir,"+c.email(1), "KRV-İki,"+c.email(2), "KRV-Üç,"); err != nil {
		t.Errorf("%v, %v", problems, err)
	}
	if got := c.given(t); got[0] != former || got[1] != c.guides[2].Actor().Person {
		t.Errorf("given: %v", got)
	}
	if problems, err := give("", "KRV-Üç,"+c.email(1)); len(problems) != 1 || problems[0].Key != "partnerships.file.no_guide" {
		t.Errorf("who is no facilitator any more is given a further one: %v, %v", problems, err)
	}
	before := c.given(t)
	problems, err := give("A reason", "KRV-Bir,"+c.email(2), `KRV-İki,"`+c.email(0), "KRV-Üç,"+c.email(0))
	if len(problems) != 1 || problems[0].Key != "partnerships.file.unreadable" || !slices.Equal(before, c.given(t)) {
		t.Errorf("a quote that is never closed: %v, %v", problems, err)
	}
}

// TestAFileKnowsNothingOfPartnershipsInWhichOneHasAConflict takes them out for whoever may not know of their applications.
func TestAFileKnowsNothingOfPartnershipsInWhichOneHasAConflict(t *testing.T) {
	t.Parallel()
	c := open(t).stranded(t)
	conflicted := c.As(t, tenanttest.Role(tenants.RoleCoordinator))
	g, err := c.service.Guidance(t.Context(), c.coordinator, c.all[0])
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.barred = map[ids.Application][]ids.Person{g.Application: {conflicted.Actor().Person}}
	c.mu.Unlock()
	lines, err := c.service.Accompanied(t.Context(), conflicted)
	if err != nil || len(lines) != 2 || slices.ContainsFunc(lines, func(l sheets.Line) bool { return l.What == "KRV-Bir" }) {
		t.Errorf("%v, %v", lines, err)
	}
	var said []string
	for _, number := range []string{"KRV-Bir", "KRV-0"} {
		_, problems, err := c.service.AccompanyByFile(t.Context(), conflicted, []byte(number+","+c.email(1)), "")
		if !fault.Is(err, fault.KindInvalid) || len(problems) != 1 {
			t.Fatalf("%s: %v, %v", number, problems, err)
		}
		said = append(said, problems[0].Key)
	}
	if said[0] != said[1] {
		t.Errorf("one with a conflict of interest and one that does not exist differ: %v", said)
	}
	for _, role := range tenants.NetworkRoles {
		sc := c.As(t, tenanttest.Role(role))
		_, _, err := c.service.AccompanyByFile(t.Context(), sc, []byte("KRV-İki,"+c.email(1)), "A reason")
		if _, read := c.service.Accompanied(t.Context(), sc); (role == tenants.RoleCoordinator) != (err == nil) || (err == nil) != (read == nil) {
			t.Errorf("%s: %v, %v", role, err, read)
		}
	}
}
