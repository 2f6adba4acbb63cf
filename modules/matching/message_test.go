package matching_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// says sends a message from one side to another.
func (h *house) says(t testing.TB, from, to side, body string) (ids.Thread, error) {
	t.Helper()
	return h.service.Send(t.Context(), from.lead, from.id, to.id, ids.New[ids.Message](), body)
}

func (h *house) bodies(t *testing.T, s side, id ids.Thread) []string {
	t.Helper()
	c, err := h.service.Conversation(t.Context(), s.lead, id, s.id, ids.Message{})
	must(t, err)
	var all []string
	for _, m := range c.Messages {
		all = append(all, m.Body)
	}
	return all
}

// TestOrganizationsWriteToEachOther has a message answered; both sides read both, and are told once until they read.
func TestOrganizationsWriteToEachOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 3)
	one, two, three := all[0], all[1], all[2]
	id := ids.New[ids.Message]()
	var thread ids.Thread
	for range 2 { // a double click
		var err error
		thread, err = h.service.Send(ctx, one.lead, one.id, two.id, id, "Hello")
		must(t, err)
	}
	_, err := h.says(t, one, two, "Are you there?")
	must(t, err)
	h.Jobs(t)
	if len(h.mails) != 1 || len(h.news) != 1 || h.news[0].Person != two.lead.Actor().Person {
		t.Fatalf("told: %v %v", h.mails, h.news)
	}
	if m := h.mails[0]; len(m.Args) > 0 || strings.Contains(m.Path, thread.String()) {
		t.Errorf("the mail says more than that there is something: %+v", m)
	}
	if n, err := h.service.Unread(ctx, two.lead); err != nil || n != 1 {
		t.Errorf("%d unread: %v", n, err)
	}
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: two.id})
	must(t, h.service.See(ctx, two.lead, thread))
	if n, err := h.service.Unread(ctx, two.lead); err != nil || n != 0 {
		t.Errorf("%d unread after reading: %v", n, err)
	}
	must(t, h.service.Answer(ctx, participant, thread, two.id, ids.New[ids.Message](), "Yes"))
	for _, s := range []side{one, two} {
		if diff := cmp.Diff([]string{"Hello", "Are you there?", "Yes"}, h.bodies(t, s, thread)); diff != "" {
			t.Error(diff)
		}
	}
	listed, err := h.service.Threads(ctx, one.lead, one.id, ids.Thread{}, 10)
	if err != nil || len(listed) != 1 || !listed[0].Unread || listed[0].Last.Body != "Yes" || listed[0].Other.ID != two.id {
		t.Errorf("%+v %v", listed, err)
	}
	_, err = h.says(t, three, two, "Third")
	must(t, err)
	page, err := h.service.Threads(ctx, two.lead, two.id, ids.Thread{}, 1)
	must(t, err)
	rest, err := h.service.Threads(ctx, two.lead, two.id, page[0].ID, 1)
	if err != nil || len(rest) != 1 || rest[0].ID != thread {
		t.Errorf("the second page: %+v %v", rest, err)
	}
	for who, sc := range map[string]tenants.Scope{"a third": three.lead, "a coordinator": h.As(t, tenanttest.Role(tenants.RoleCoordinator)), "a visitor": h.Visitor()} {
		if _, err := h.service.Conversation(ctx, sc, thread, ids.Organization{}, ids.Message{}); err == nil {
			t.Errorf("%s reads along", who)
		}
		if h.service.Answer(ctx, sc, thread, one.id, ids.New[ids.Message](), "x") == nil || h.service.See(ctx, sc, thread) == nil {
			t.Errorf("%s takes part", who)
		}
	}
	must(t, h.service.Leave(ctx, one.lead, one.id, 2))
	must(t, h.service.Answer(ctx, two.lead, thread, two.id, ids.New[ids.Message](), "You left?"))
}

// TestWhatIsNotSent has a message for each refusal.
func TestWhatIsNotSent(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 2)
	out := h.side(t, "Out", "DE")
	for _, c := range []struct {
		from, to side
		body     string
		kind     fault.Kind
		field    string
	}{
		{all[0], all[1], " \n", fault.KindInvalid, "body"},
		{all[0], all[1], strings.Repeat("x", 4001), fault.KindInvalid, "body"},
		{all[0], out, "x", fault.KindNotFound, ""},
		{out, all[0], "x", fault.KindNotFound, ""},
		{all[0], all[0], "x", fault.KindConflict, ""},
		{side{all[1].id, all[0].lead}, all[0], "x", fault.KindNotFound, ""},
	} {
		_, err := h.says(t, c.from, c.to, c.body)
		wants(t, err, c.kind, c.field)
	}
}

// TestFifteenThreadsADay begins one more than may be begun; who was written to may still answer.
func TestFifteenThreadsADay(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 18)
	for i := range 15 {
		_, err := h.says(t, all[0], all[i+1], "Hello")
		must(t, err)
	}
	if _, err := h.says(t, all[0], all[16], "Hello"); !fault.Is(err, fault.KindTooMany) {
		t.Errorf("a sixteenth thread: %v", err)
	}
	_, err := h.says(t, all[0], all[1], "Hello again")
	must(t, err)
	_, err = h.says(t, all[17], all[0], "Hello")
	must(t, err)
	_, err = h.says(t, all[0], all[17], "Hello back")
	must(t, err)
}

// TestTwentyMessagesADay sends thirty at once: twenty arrive; the other side may still answer.
func TestTwentyMessagesADay(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 3)
	thread, err := h.says(t, all[0], all[1], "0")
	must(t, err)
	var wg sync.WaitGroup
	for n := range 30 {
		wg.Go(func() {
			if _, err := h.says(t, all[0], all[1], fmt.Sprint(n)); err != nil && !fault.Is(err, fault.KindTooMany) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.bodies(t, all[1], thread)); n != 20 {
		t.Errorf("%d messages", n)
	}
	_, err = h.says(t, all[1], all[0], "Enough!")
	must(t, err)
	_, err = h.says(t, all[0], all[2], "Another pair")
	must(t, err)
}

// TestABlockStopsBothSides blocks, is found out only by writing, and is taken back.
func TestABlockStopsBothSides(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	one, two := all[0], all[1]
	thread, err := h.says(t, one, two, "Hello")
	must(t, err)
	h.Jobs(t)
	told := len(h.mails) + len(h.news)
	must(t, h.service.Block(ctx, two.lead, thread, two.id))
	h.Jobs(t)
	if n := len(h.mails) + len(h.news); n != told {
		t.Errorf("the blocked one was told")
	}
	for key, s := range map[string]side{"matching.message.blocked": one, "matching.message.blocking": two} {
		if err := h.service.Answer(ctx, s.lead, thread, s.id, ids.New[ids.Message](), "x"); fault.Of(err).Key != key {
			t.Errorf("%v, not %s", err, key)
		}
	}
	must(t, h.service.Unblock(ctx, one.lead, thread, one.id)) // it has blocked nobody
	if len(h.bodies(t, one, thread)) != 1 {
		t.Error("something was sent")
	}
	if err := h.service.Answer(ctx, one.lead, thread, one.id, ids.New[ids.Message](), "x"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the blocked side has lifted the block: %v", err)
	}
	must(t, h.service.Unblock(ctx, two.lead, thread, two.id))
	must(t, h.service.Answer(ctx, one.lead, thread, one.id, ids.New[ids.Message](), "Again"))
}

// TestCoordinatorsReadWhatIsReported has two threads, of which one is reported: that one is read as it was then, and the other
// never; of two who decide, one does.
func TestCoordinatorsReadWhatIsReported(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	coordinator, officer := h.As(t, tenanttest.Role(tenants.RoleCoordinator)), h.As(t, tenanttest.Role(tenants.RoleOfficer))
	all := h.many(t, 3)
	one, two, three := all[0], all[1], all[2]
	thread, err := h.says(t, one, two, "Rude words")
	must(t, err)
	_, err = h.says(t, one, three, "canary-private")
	must(t, err)
	wants(t, h.service.Report(ctx, two.lead, thread, two.id, " "), fault.KindInvalid, "reason")
	must(t, h.service.Report(ctx, two.lead, thread, two.id, "They are rude."))
	wants(t, h.service.Report(ctx, two.lead, thread, two.id, "Still."), fault.KindConflict, "")
	_, err = h.says(t, one, two, "Later words")
	must(t, err)
	h.Jobs(t)
	if last := h.mails[len(h.mails)-1]; last.Kind != "matching.mail.report" && h.mails[len(h.mails)-2].Kind != "matching.mail.report" {
		t.Errorf("no coordinator is told: %+v", h.mails)
	}
	reports, err := h.service.Reports(ctx, coordinator)
	if err != nil || len(reports) != 1 || reports[0].By.ID != two.id || reports[0].About.ID != one.id {
		t.Fatalf("%+v %v", reports, err)
	}
	_, said, err := h.service.Reported(ctx, coordinator, reports[0].ID)
	if err != nil || len(said) != 1 || said[0].Body != "Rude words" {
		t.Errorf("%+v %v", said, err)
	}
	for _, sc := range []tenants.Scope{officer, one.lead, two.lead, h.Visitor()} {
		if _, _, err := h.service.Reported(ctx, sc, reports[0].ID); err == nil {
			t.Errorf("%v reads a report", sc.Actor().Grants)
		}
		if h.service.Decide(ctx, sc, reports[0].ID, matching.Nothing, "") == nil || h.service.Lift(ctx, sc, reports[0].ID) == nil {
			t.Errorf("%v decides", sc.Actor().Grants)
		}
	}
	partial := h.As(t, tenanttest.Role(tenants.RoleCoordinator), tenants.Grant{Role: tenants.RoleParticipant, Organization: two.id})
	if n, err := h.service.Waiting(ctx, partial); err != nil || n != 0 {
		t.Errorf("a coordinator of one of the two is asked to decide: %d %v", n, err)
	}
	wants(t, h.service.Decide(ctx, partial, reports[0].ID, matching.Nothing, ""), fault.KindNotFound, "")
	if n, err := h.service.Waiting(ctx, coordinator); err != nil || n != 1 {
		t.Errorf("%d wait: %v", n, err)
	}
	wants(t, h.service.Decide(ctx, coordinator, reports[0].ID, matching.Bar, ""), fault.KindInvalid, "note")
	wants(t, h.service.Decide(ctx, coordinator, reports[0].ID, "", ""), fault.KindInvalid, "outcome")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 4 {
		wg.Go(func() {
			err := h.service.Decide(ctx, coordinator, reports[0].ID, matching.Bar, "Please be kind.")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d have decided", won)
	}
	if _, err := h.says(t, one, three, "x"); fault.Of(err).Key != "matching.message.barred" {
		t.Errorf("the barred one writes: %v", err)
	}
	must(t, h.service.Lift(ctx, coordinator, reports[0].ID))
	_, err = h.says(t, one, three, "x")
	must(t, err)
	must(t, h.service.Report(ctx, two.lead, thread, two.id, "Again."))
}
