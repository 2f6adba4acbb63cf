package applications_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (*around) Facts(_ context.Context, _ tenants.Scope, wanted []ids.Document, _ bool) (map[ids.Document]applications.DocumentFacts, error) {
	found := map[ids.Document]applications.DocumentFacts{}
	for _, id := range wanted {
		found[id] = applications.DocumentFacts{ID: id, Name: "Tüzük.pdf", MediaType: "application/pdf", Size: 7, SHA256: []byte{0xab}, Standing: "clean", Href: "/documents/" + id.String()}
	}
	return found, nil
}

// listed and shown are the parts of the API's answers that tests look at.
type listed struct {
	Next  string
	Items []shown
}

type shown struct {
	ID, Call, Number, State string
	Seats                   []struct {
		Key          string
		Organization *struct{ ID, Name, City, Country string }
	}
	Decision  *struct{ Outcome string }
	Documents []struct{ ID, Seat, Question, Name, State, SHA256 string }
	Answers   []struct {
		Seat, Section, Question, Type string
		Value                         json.RawMessage
		Masked                        bool
	}
}

func read[T any](t *testing.T, b *sitetest.Browser, path string) T {
	t.Helper()
	b.Get(path)
	b.Want(200)
	var v T
	if err := json.Unmarshal([]byte(b.Page.Body), &v); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, b.Page.Body)
	}
	return v
}

func numbers(l listed) string {
	all := make([]string, len(l.Items))
	for i, item := range l.Items {
		all[i] = item.Number
	}
	return strings.Join(all, " ")
}

// handedIn makes n applications of one organization each to a call, all handed in.
func (h *house) handedIn(t *testing.T, call ids.Call, n int) []side {
	t.Helper()
	var all []side
	for i := range n {
		s := h.side(t, fmt.Sprintf("Çınar %d", i+1), "TR")
		id := h.begun(t, call, s, "tr")
		h.fills(t, id)
		h.confirms(t, id, s)
		h.submits(t, id, s)
		all = append(all, s)
	}
	return all
}

func TestProgramsListWhatTheirOwnersMay(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, other := h.call(t, "pair"), h.call(t, "pair")
	all := h.handedIn(t, call, 5)
	draft := h.begun(t, other, all[0], "tr")
	officer := h.SignedIn(t, h.officer(t).Actor())
	lead := h.SignedIn(t, all[0].lead.Actor())
	year := time.Now().Year()
	number := func(n int) string { return fmt.Sprintf("%d-%03d", year, n) }

	if got, want := numbers(read[listed](t, officer, "/api/v1/applications")), fmt.Sprint(number(1), " ", number(2), " ", number(3), " ", number(4), " ", number(5)); got != want {
		t.Errorf("officer lists %q, want %q", got, want)
	}
	mine := read[listed](t, lead, "/api/v1/applications")
	if len(mine.Items) != 2 || mine.Items[0].ID != draft.String() || mine.Items[0].State != "draft" || mine.Items[1].Number != number(1) {
		t.Errorf("a lead lists %+v", mine.Items)
	}
	for query, want := range map[string]string{
		"sort=-number&limit=2":                 number(5) + " " + number(4),
		"sort=submitted&limit=1":               number(1),
		"sort=-submitted&limit=1":              number(5),
		"q=ÇINAR+3":                            number(3),
		"q=cinar+3":                            number(3),
		"q=%25":                                number(1) + " " + number(2) + " " + number(3) + " " + number(4) + " " + number(5),
		"q=nobody":                             "",
		"call=" + other.String():               "",
		"call=" + ids.New[ids.Call]().String(): "",
		"state=submitted&limit=1":              number(1),
		"state=draft":                          "",
		"submitted_after=2100-01-01T00:00:00Z": "",
		"submitted_after=2020-01-01T00:00:00%2B02:00&limit=1": number(1),
	} {
		if got := numbers(read[listed](t, officer, "/api/v1/applications?"+query)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=101": "limit", "limit=x": "limit", "limit=1.5": "limit", "state=nothing": "state", "sort=name": "sort", "call=x": "call",
		"submitted_after=yesterday": "submitted_after", "own=maybe": "own", "q=" + strings.Repeat("a", 201): "q", "q=a%00b": "q", "q=%ff": "q", "q=%E2%80%AE": "q",
		"limit=1&limit=2": "limit", "after=x": "after", "order=1": "order",
	} {
		officer.Get("/api/v1/applications?" + query)
		officer.Want(422)
		if !strings.Contains(officer.Page.Body, `"name":"`+field+`"`) {
			t.Errorf("%s: %s", query, officer.Page.Body)
		}
	}
	for who, b := range map[string]*sitetest.Browser{"a reviewer": h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor()), "a stranger": h.SignedIn(t, h.As(t).Actor())} {
		b.Get("/api/v1/applications")
		if b.Page.Status != 404 {
			t.Errorf("%s lists: %d %s", who, b.Page.Status, b.Page.Body)
		}
	}
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/api/v1/applications")
	visitor.Want(401)
}

func TestPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.handedIn(t, h.call(t, "pair"), 7)
	officer := h.SignedIn(t, h.officer(t).Actor())
	for _, sort := range []string{"number", "-number", "submitted", "-submitted"} {
		whole := read[listed](t, officer, "/api/v1/applications?sort="+sort)
		var paged []shown
		path, pages := "/api/v1/applications?limit=3&q=cinar&sort="+sort, 0
		for ; path != "" && pages < 9; pages++ {
			page := read[listed](t, officer, path)
			paged = append(paged, page.Items...)
			path = page.Next
		}
		if diff := cmp.Diff(whole.Items, paged); diff != "" || pages != 3 {
			t.Errorf("%s: %d pages; %s", sort, pages, diff)
		}
		next := read[listed](t, officer, "/api/v1/applications?limit=3&sort="+sort).Next
		u, err := url.Parse(next)
		if err != nil {
			t.Fatal(err)
		}
		for _, elsewhere := range []string{"number", "-number", "submitted", "-submitted"} {
			officer.Get("/api/v1/applications?sort=" + elsewhere + "&after=" + u.Query().Get("after"))
			if want := map[bool]int{true: 200, false: 422}[elsewhere == sort]; officer.Page.Status != want {
				t.Errorf("the cursor of %s in %s: %d", sort, elsewhere, officer.Page.Status)
			}
		}
	}
}

func TestProgramsAskAsOftenForThreeAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	officer := h.SignedIn(t, h.officer(t).Actor())
	count := func(b *sitetest.Browser, path string, want int) int64 {
		return h.queries.Least(func() {
			if got := len(read[listed](t, b, path).Items); got != want {
				t.Errorf("%d items, want %d", got, want)
			}
		})
	}
	one := h.handedIn(t, call, 1)[0]
	lead := h.SignedIn(t, one.lead.Actor())
	before := [2]int64{count(officer, "/api/v1/applications", 1), count(lead, "/api/v1/applications", 1)}
	for range 2 {
		h.begun(t, h.call(t, "pair"), one, "tr")
	}
	h.handedIn(t, call, 2)
	if after := [2]int64{count(officer, "/api/v1/applications", 3), count(lead, "/api/v1/applications", 3)}; after != before {
		t.Errorf("queries for one: %v, for three: %v", before, after)
	}
}

func TestAnApplicationIsReadByThoseWhoMay(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	path := "/api/v1/applications/" + id.String()
	officer := h.SignedIn(t, h.officer(t).Actor())
	officer.Get(path)
	officer.Want(404) // a draft
	draft := read[shown](t, h.SignedIn(t, one.lead.Actor()), path+"?answers=true")
	if draft.State != "draft" || draft.Answers != nil {
		t.Errorf("a draft: %+v", draft)
	}
	for _, d := range draft.Documents {
		if d.Seat == "eu" {
			t.Errorf("the partner's draft shows its document %+v", d)
		}
	}
	h.submits(t, id, one)

	reviewer := h.As(t, tenanttest.Role(tenants.RoleReviewer))
	chair, finance := h.As(t, tenanttest.Role(tenants.RoleChair)), h.As(t, tenanttest.Role(tenants.RoleFinance))
	stranger := h.side(t, "Başka", "TR")
	for who, sc := range map[string]tenants.Scope{"its lead": one.lead, "the partner's": two.lead, "an officer": h.officer(t), "the chair": chair, "finance": finance} {
		got := read[shown](t, h.SignedIn(t, sc.Actor()), path)
		if got.ID != id.String() || got.State != "submitted" || len(got.Seats) != 2 || got.Seats[0].Organization.Name != "Ihlamur Komşuluk Derneği" || got.Decision != nil || got.Answers != nil {
			t.Errorf("%s reads %+v", who, got)
		}
		if len(got.Documents) == 0 || got.Documents[0].SHA256 != "ab" || got.Documents[0].Name != "Tüzük.pdf" || got.Documents[0].State != "clean" {
			t.Errorf("%s reads documents %+v", who, got.Documents)
		}
	}
	asReviewer := h.SignedIn(t, reviewer.Actor())
	for who, b := range map[string]*sitetest.Browser{"another lead": h.SignedIn(t, stranger.lead.Actor()), "a reviewer": asReviewer, "nobody in particular": h.SignedIn(t, h.As(t).Actor())} {
		b.Get(path)
		if b.Page.Status != 404 {
			t.Errorf("%s: %d", who, b.Page.Status)
		}
	}
	h.mu.Lock()
	h.assigned = []ids.Application{id}
	h.mu.Unlock()
	if got := read[shown](t, asReviewer, path+"?answers=true"); len(got.Answers) < 20 {
		t.Errorf("an assigned reviewer reads %d answers", len(got.Answers))
	}
	h.mu.Lock()
	h.conflicted = []ids.Application{id}
	h.mu.Unlock()
	for who, b := range map[string]*sitetest.Browser{"a conflicted officer": officer, "a conflicted reviewer": asReviewer, "a conflicted chair": h.SignedIn(t, chair.Actor())} {
		b.Get(path)
		if b.Page.Status != 404 {
			t.Errorf("%s: %d", who, b.Page.Status)
		}
	}
	if got := read[listed](t, officer, "/api/v1/applications"); len(got.Items) != 0 {
		t.Errorf("a conflicted officer lists %+v", got.Items)
	}
	visitor := h.Browser(t, h.Tenant)
	visitor.Get(path)
	visitor.Want(401)
}

func TestDelicateAnswersAreForThoseWhoCheck(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, _ := h.pair(t)
	h.submits(t, id, one)
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE answers SET value = jsonb_set(value, '{0,access}', '"basamaksız"') WHERE question = 'participants'`).Exec(ctx)
		return err
	})
	h.mu.Lock()
	h.assigned = []ids.Application{id}
	h.mu.Unlock()
	path := "/api/v1/applications/" + id.String() + "?answers=true"
	people := func(sc tenants.Scope) (value string, masked bool) {
		got := read[shown](t, h.SignedIn(t, sc.Actor()), path)
		for _, a := range got.Answers {
			if a.Question == "participants" {
				return string(a.Value), a.Masked
			}
		}
		t.Fatal("the form asks for no participants")
		return "", false
	}
	own, masked := people(one.lead)
	if masked || !strings.Contains(own, `"access"`) {
		t.Fatalf("own people read %v %s", masked, own)
	}
	if officers, masked := people(h.officer(t)); masked || officers != own {
		t.Errorf("those who check read %v %s", masked, officers)
	}
	for _, role := range []tenants.Role{tenants.RoleReviewer, tenants.RoleFinance, tenants.RoleChair} {
		if value, masked := people(h.As(t, tenanttest.Role(role))); !masked || strings.Contains(value, `"access"`) || !strings.Contains(value, `"name"`) {
			t.Errorf("%s reads %v %s", role, masked, value)
		}
	}
}

// TestProgramsKnowWhatHasBeenTold holds what an application is to its own people, and by which states they find it, to
// what they have been told, whatever the network knows.
func TestProgramsKnowWhatHasBeenTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, _ := h.pair(t)
	h.submits(t, id, one)
	lead, officer := h.SignedIn(t, one.lead.Actor()), h.SignedIn(t, h.officer(t).Actor())
	for _, state := range applications.States {
		for _, told := range []bool{false, true} {
			at := "NULL"
			if told {
				at = "now()"
			}
			write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
				_, err := tx.NewRaw("UPDATE applications SET state = ?, told_at = "+at+" WHERE id = ?", state, id).Exec(ctx)
				return err
			})
			a := h.find(t, id)
			want := a.ForApplicants()
			got := read[shown](t, lead, "/api/v1/applications/"+id.String())
			decided := slices.Contains([]applications.State{applications.Selected, applications.Waiting, applications.Rejected, applications.Accepted, applications.Declined, applications.Lapsed}, state)
			if got.State != string(want) || (got.Decision != nil) != decided {
				t.Errorf("%s, told %v: its people read %s, %+v", state, told, got.State, got.Decision)
			}
			for _, asked := range applications.States {
				n := len(read[listed](t, lead, "/api/v1/applications?state="+string(asked)).Items)
				if (n == 1) != (asked == want) {
					t.Errorf("%s, told %v: its people find %d as %s", state, told, n, asked)
				}
			}
			if state == applications.Draft {
				continue
			}
			if got := read[shown](t, officer, "/api/v1/applications/"+id.String()); got.State != string(state) {
				t.Errorf("%s: an officer reads %s", state, got.State)
			}
		}
	}
}

func TestAnotherNetworksApplicationIsNone(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, theirs, one, _ := h.pair(t)
	h.submits(t, theirs, one)
	elsewhere := h.Another(t)
	officer := h.SignedIn(t, h.officer(t).Actor())
	b := h.Browser(t, elsewhere)
	b.SetCookie("session", officer.Cookie("session")) // as if the same person were an officer there
	answer := func(id string) string {
		b.Get("/api/v1/applications/" + id)
		return fmt.Sprint(b.Page.Status, b.Page.Header.Get("Content-Type"), sitetest.Stripped(b.Page.Body, id))
	}
	if foreign, random := answer(theirs.String()), answer(ids.New[ids.Application]().String()); foreign != random || !strings.HasPrefix(foreign, "404") {
		t.Errorf("a foreign one: %s\na random one: %s", foreign, random)
	}
	if malformed, random := answer("x"), answer(ids.New[ids.Application]().String()); malformed != random {
		t.Errorf("a malformed one: %s\na random one: %s", malformed, random)
	}
	if got := read[listed](t, b, "/api/v1/applications"); len(got.Items) != 0 {
		t.Errorf("lists %+v", got.Items)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(applications.Cursor{Sort: "number", Key: "2027-001", ID: ids.New[ids.Application]()}.String())
	f.Add(applications.Cursor{Sort: "submitted", Desc: true, Key: "2027-01-01T00:00:00Z", ID: ids.New[ids.Application]()}.String())
	f.Add("eyJzIjoibnVtYmVyIiwiayI6IiIsImkiOiIifQ")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := applications.ParseCursor(text)
		if ok && (c.String() != text || c.ID.IsZero()) {
			t.Errorf("%q is read as %+v", text, c)
		}
	})
}

func TestCursorsOfStrangers(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.handedIn(t, h.call(t, "pair"), 1)
	officer := h.SignedIn(t, h.officer(t).Actor())
	id := ids.New[ids.Application]()
	for name, tt := range map[string]struct {
		cursor applications.Cursor
		status int
	}{
		"beyond all":         {applications.Cursor{Sort: "number", Key: "zzz", ID: id}, 200},
		"quotes":             {applications.Cursor{Sort: "number", Key: `'; DROP TABLE applications; --`, ID: id}, 200},
		"a question mark":    {applications.Cursor{Sort: "number", Key: `?::uuid \`, ID: id}, 200},
		"NUL":                {applications.Cursor{Sort: "number", Key: "a\x00b", ID: id}, 422},
		"no identifier":      {applications.Cursor{Sort: "number", Key: "2027-001"}, 422},
		"another order":      {applications.Cursor{Sort: "state", Key: "2027-001", ID: id}, 422},
		"no instant":         {applications.Cursor{Sort: "submitted", Key: "2027-001", ID: id}, 422},
		"an instant far off": {applications.Cursor{Sort: "submitted", Key: "9999-12-31T23:59:59Z", ID: id}, 200},
	} {
		officer.Get("/api/v1/applications?sort=" + map[bool]string{true: "submitted", false: "number"}[tt.cursor.Sort == "submitted"] + "&after=" + tt.cursor.String())
		if officer.Page.Status != tt.status {
			t.Errorf("%s: %d %s", name, officer.Page.Status, officer.Page.Body)
		}
	}
}
