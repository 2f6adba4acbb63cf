package correspondence_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/correspondence"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func together(batch, subject, body string) events.MailRequested {
	return events.MailRequested{
		Kind: "test.letter", Person: ids.New[ids.Person](), Subject: i18n.Text{i18n.EN: subject}, Body: i18n.Text{i18n.EN: body}, Hold: true, Batch: batch,
		AboutKind: "application", AboutID: subject,
	}
}

func (h *house) statuses(t *testing.T) map[string]correspondence.Status {
	t.Helper()
	rows, _, err := h.service.List(t.Context(), h.System(), correspondence.Query{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]correspondence.Status{}
	for _, m := range rows {
		found[m.Subject] = m.Status
	}
	return found
}

func (h *house) tell(t *testing.T, e tenants.Event) {
	t.Helper()
	err := h.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

func TestLettersOfABatchGoTogetherAndNotBefore(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, together("one", "early", "x"), together("one", "gap", "Dear {nobody}"), together("two", "other", "x"), letter("alone"))
	rows, _, err := h.service.List(t.Context(), h.System(), correspondence.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var all []ids.Message
	for _, m := range rows {
		all = append(all, m.ID)
		if m.Bound != (m.Subject != "alone") {
			t.Errorf("%s is bound: %v", m.Subject, m.Bound)
		}
	}
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	if n, err := h.service.Release(t.Context(), coordinator, all); err != nil || n != 1 {
		t.Errorf("%d letters were released by hand, %v", n, err)
	}
	for range 2 {
		h.tell(t, events.DecisionsReleased{Batch: "one"})
	}
	h.announce(t, together("one", "late", "x"))
	h.tell(t, events.DecisionsReopened{Batch: "two"})
	h.announce(t, together("two", "too late", "x"))
	want := map[string]correspondence.Status{"early": "sent", "gap": "held", "other": "cancelled", "alone": "sent", "late": "sent", "too late": "cancelled"}
	for subject, status := range want {
		if got := h.statuses(t)[subject]; got != status {
			t.Errorf("%s is %s, want %s", subject, got, status)
		}
	}
	if len(h.post.taken) != 3 {
		t.Errorf("%d mails were sent", len(h.post.taken))
	}
}

func TestLettersAboutAWithdrawnApplicationNeverGo(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[ids.Application]()
	mine := together("one", "mine", "x")
	mine.AboutID = id.String()
	h.announce(t, mine, together("one", "theirs", "x"))
	h.tell(t, events.ApplicationWithdrawn{Application: id})
	h.tell(t, events.DecisionsReleased{Batch: "one"})
	if got := h.statuses(t); got["mine"] != correspondence.StatusCancelled || got["theirs"] != correspondence.StatusSent {
		t.Errorf("statuses: %v", got)
	}
}

// TestABatchGoesWithoutWhatIsLeftOut: letters about it are cancelled, whether they are written in time or not, and of no other batch.
func TestABatchGoesWithoutWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, other := ids.New[ids.Application](), ids.New[ids.Application]()
	about := func(id ids.Application, batch, subject, body string) events.MailRequested {
		m := together(batch, subject, body)
		m.AboutID = id.String()
		return m
	}
	h.announce(t, about(id, "one", "waits", "x"), about(id, "one", "gap", "{nobody}"), about(other, "one", "theirs", "x"), about(id, "two", "elsewhere", "x"))
	for range 2 {
		h.tell(t, events.DecisionsReleased{Batch: "one", Without: []ids.Application{id}})
	}
	h.announce(t, about(id, "one", "late", "x"), about(other, "one", "theirs, late", "x"))
	got := h.statuses(t)
	for subject, want := range map[string]correspondence.Status{
		"waits": "cancelled", "gap": "cancelled", "theirs": "sent", "elsewhere": "held", "late": "cancelled", "theirs, late": "sent",
	} {
		if got[subject] != want {
			t.Errorf("%s is %s, want %s", subject, got[subject], want)
		}
	}
}

func TestLettersAboutWhatMustNotBeKnownDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.announce(t, together("", "secret", "x"), together("", "open", "x"))
	h.concealed = []string{"secret"}
	officer := h.As(t, tenanttest.Role(tenants.RoleOfficer))
	rows, n, err := h.service.List(t.Context(), h.System(), correspondence.Query{})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if seen, n, err := h.service.List(t.Context(), officer, correspondence.Query{}); err != nil || n != 1 || len(seen) != 1 || seen[0].Subject != "open" {
		t.Errorf("an officer with a conflict of interest sees %d of %d, %v", len(seen), n, err)
	}
	if counts, err := h.service.Waiting(t.Context(), officer); err != nil || counts[correspondence.StatusHeld] != 1 {
		t.Errorf("and counts %v, %v", counts, err)
	}
	for _, m := range rows {
		if _, err := h.service.Message(t.Context(), officer, m.ID); (m.Subject == "secret") != fault.Is(err, fault.KindNotFound) {
			t.Errorf("and reads %s: %v", m.Subject, err)
		}
	}
	b := h.SignedIn(t, officer.Actor())
	for _, path := range []string{"/outbox", "/outbox?q=secret", "/outbox?status=held", "/outbox?format=csv"} {
		if page := b.Get(path); strings.Contains(strings.ReplaceAll(page.Body, "q=secret", ""), ">secret<") {
			t.Errorf("%s shows it", path)
		}
	}
	h.concealed = []string{"open"} // the newer one
	for _, m := range rows {
		if m.Subject == "open" {
			if seen, _, err := h.service.List(t.Context(), officer, correspondence.Query{After: m.ID.String()}); err != nil || len(seen) > 0 {
				t.Errorf("a page begins where it stands: %+v, %v", seen, err)
			}
		}
	}
}

// TestTheTrailOfAMessageIsAboutWhatTheMessageIs looks at what the trail keeps when messages are released and cancelled, one by one and in
// a batch: whoever must not know of an application must not read of its letters, nor how many a batch had.
func TestTheTrailOfAMessageIsAboutWhatTheMessageIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := letter("by-hand")
	one.AboutKind, one.AboutID, one.Hold = "application", "by-hand", true
	two := one
	two.Subject, two.AboutID = i18n.Text{i18n.EN: "no"}, "no"
	revoked := one
	revoked.Kind, revoked.AboutID = "test.revoked", "revoked"
	left := ids.New[ids.Application]()
	without := together("batch", left.String(), "x")
	h.announce(t, one, two, revoked, without, together("batch", "goes", "x"))
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	rows, _, err := h.service.List(t.Context(), h.System(), correspondence.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range rows {
		switch m.AboutID {
		case "by-hand":
			_, err = h.service.Release(t.Context(), coordinator, []ids.Message{m.ID})
		case "no":
			_, err = h.service.Cancel(t.Context(), coordinator, []ids.Message{m.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	h.tell(t, events.MailRevoked{Kind: "test.revoked", AboutKind: "application", AboutID: "revoked", Before: time.Now().Add(time.Hour)})
	h.tell(t, events.DecisionsReleased{Batch: "batch", Without: []ids.Application{left}})
	h.announce(t, together("erased", "erased", "x"))
	h.tell(t, events.MatterErased{AboutKind: "application", AboutID: "erased"})

	var found []string
	err = h.System().Read().NewRaw(`SELECT action || ' ' || detail::text FROM audit_entries WHERE subject_kind IN ('message', 'batch') ORDER BY 1`).Scan(t.Context(), &found)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"message.batch_released {}"}
	for _, about := range []string{left.String(), "no", "revoked", "erased"} {
		want = append(want, `message.cancelled {"among": ["`+about+`"]}`)
	}
	want = append(want, `message.released {"among": ["by-hand"]}`)
	slices.Sort(want)
	slices.Sort(found)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}
