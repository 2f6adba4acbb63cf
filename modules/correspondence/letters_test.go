package correspondence_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/correspondence"
	"kervan/modules/events"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestLettersAreToldOnlyWhenTheyHaveLeft holds that what waits in the outbox or was cancelled is read by nobody, and that
// of what has left the letter itself is read, without the mail's link and signature.
func TestLettersAreToldOnlyWhenTheyHaveLeft(t *testing.T) {
	t.Parallel()
	h := open(t)
	about := func(subject, kind, id string, hold bool) events.MailRequested {
		e := letter(subject)
		e.Kind, e.Hold, e.Path, e.AboutKind, e.AboutID = kind, hold, "/applications/1", "application", id
		e.Body = i18n.Text{i18n.EN: "Sayın Şule Işık,\n\n- bir\n- iki: https://example.org\n\nmetin"}
		return e
	}
	secret := about("gizli", "rejected", "1", false)
	secret.Secret = true
	h.announce(
		t, about("çıktı", "rejected", "1", false), about("bekliyor", "waiting", "1", true), about("başkası", "rejected", "2", false),
		about("başka tür", "reminder", "1", false), secret,
	)
	read := func() []string {
		letters, err := correspondence.Letters(t.Context(), h.System().Read(), "application", "1", "rejected", "waiting")
		if err != nil {
			t.Fatal(err)
		}
		var subjects []string
		for _, l := range letters {
			subjects = append(subjects, l.Subject)
			if want := "Sayın Şule Işık,\n\n- bir\n- iki: https://example.org\n\nmetin"; l.Text != want || l.To != "Şule Işık" || l.At.IsZero() {
				t.Errorf("read %+v", l)
			}
		}
		return subjects
	}
	if diff := cmp.Diff([]string{"çıktı"}, read()); diff != "" {
		t.Errorf("before the release (-want +got):\n%s", diff)
	}
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/outbox?status=held")
	coordinator.Post("/outbox/release", url.Values{"_csrf": {coordinator.Page.Value("_csrf")}, "message": coordinator.Page.Values("message")})
	if diff := cmp.Diff([]string{"çıktı", "bekliyor"}, read()); diff != "" {
		t.Errorf("after the release (-want +got):\n%s", diff)
	}
}
