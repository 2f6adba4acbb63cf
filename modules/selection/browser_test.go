package selection_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// visit opens the house in a real browser as somebody who has signed in.
func (h *house) visit(t *testing.T, look uitest.Look, sc tenants.Scope) (*uitest.Visitor, *sitetest.Browser) {
	t.Helper()
	b, v := h.SignedIn(t, sc.Actor()), uitest.Visit(t, look)
	v.Carry(b.Address("/"), site.SessionCookie, b.Cookie(site.SessionCookie))
	v.Carry(b.Address("/"), "language", look.Language)
	return v, b
}

var looks = []uitest.Look{{Language: "en"}, {Language: "tr", Phone: true}, {Language: "de", Dark: true}}

// world is a call in the middle of its selection, with everything that its pages can show.
type world struct {
	coordinator, officer, chair, reader tenants.Scope
	all                                 []selection.Application
	leads                               [][]tenants.Scope
	open, fresh, done                   ids.Review
}

func (h *house) world(t *testing.T) world {
	t.Helper()
	w := world{
		coordinator: h.role(t, "Defne Karaağaç", tenants.RoleCoordinator), officer: h.role(t, "Jürgen Weiß", tenants.RoleOfficer),
		chair: h.role(t, "Ottilie von der Heyden-Rynsch", tenants.RoleChair), reader: h.role(t, "Nergis Üçışık", tenants.RoleReviewer),
	}
	second, third := h.role(t, "Bogdan Wiśniewski", tenants.RoleReviewer), h.role(t, "Ketevan Çiçek", tenants.RoleReviewer)
	for _, name := range []string{"Ihlamur Komşuluk", "Çınaraltı", "Gençlik ve Değişim", "Zeytin", "Meşe Kadın", "Kızılçam Doğa ve Kültür Araştırmaları"} {
		a, leads := h.apply(t, name)
		w.all, w.leads = append(w.all, a), append(w.leads, leads)
	}
	h.review(t, w.all[0], map[*tenants.Scope]int{&second: 9, &third: 8})
	h.review(t, w.all[1], map[*tenants.Scope]int{&second: 8, &third: 8})
	h.review(t, w.all[2], map[*tenants.Scope]int{&second: 9, &third: 4})
	h.review(t, w.all[3], map[*tenants.Scope]int{&second: 3, &w.reader: 5})
	w.done = h.reviewOf(t, w.reader, w.all[3].ID)
	w.fresh = h.assign(t, w.all[4], w.reader)[0]
	w.open = h.assign(t, w.all[5], w.reader)[0]
	if err := h.service.Declare(t.Context(), w.reader, w.open, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	h.assign(t, w.all[4], third)
	if err := h.service.DeclareConflict(t.Context(), third, w.all[4].ID, selection.Declaration{Kind: selection.ConflictCooperation, Note: "Gemeinsames Projekt im letzten Jahr."}); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.world(t)
	c := "/selection/" + h.call.ID.String()
	for _, look := range looks {
		staff, at := h.visit(t, look, w.coordinator)
		for name, path := range map[string]string{
			"desk": "/desk", "calls": "/selection", "board": c, "board-none": c + "?q=nothing", "reviewers": c + "/reviewers", "conflicts": c + "/conflicts", "ranking": c + "/ranking", "agreement": c + "/agreement", "thirds": c + "/thirds",
			"decisions": c + "/decisions", "closing": c + "/decisions/closing", "folder": "/selection/applications/" + w.all[2].ID.String(),
			"folder-lacking": "/selection/applications/" + w.all[4].ID.String(), "conflict": "/selection/applications/" + w.all[0].ID.String() + "/conflict",
		} {
			staff.Go(at.Address(path))
			staff.Accessible("selection-" + name + "-" + look.Language)
		}
		reader, at := h.visit(t, look, w.reader)
		for name, path := range map[string]string{
			"reader-desk": "/desk", "queue": "/reviews", "declare": "/reviews/" + w.fresh.String(), "review": "/reviews/" + w.open.String(), "submitted": "/reviews/" + w.done.String(),
			"missing": "/reviews/" + w.open.String() + "/submission",
		} {
			reader.Go(at.Address(path))
			reader.Accessible("selection-" + name + "-" + look.Language)
		}
	}
}

func TestPagesOfADecisionAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.world(t)
	c := "/selection/" + h.call.ID.String()
	steps := []struct {
		name string
		do   func() error
		sc   tenants.Scope
		path string
	}{
		{"decided", func() error {
			h.decide(t, w.coordinator, events.OutcomeSelected, w.all[0], w.all[2])
			h.decide(t, w.coordinator, events.OutcomeWaiting, w.all[1], w.all[3], w.all[4])
			h.decide(t, w.coordinator, events.OutcomeRejected, w.all[5])
			return nil
		}, w.coordinator, c + "/decisions"},
		{"ranking-decided", nil, w.coordinator, c + "/ranking"},
		{"closed", func() error {
			return h.service.Close(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator), closing())
		}, w.coordinator, c + "/decisions"},
		{"signature", nil, w.chair, c + "/decisions/signature"},
		{"signature-own", nil, w.coordinator, c + "/decisions/signature"},
		{"signed", func() error { return h.service.Sign(t.Context(), w.chair, h.call.ID, h.version(t, w.chair)) }, w.coordinator, c + "/decisions"},
		{"release", nil, w.coordinator, c + "/decisions/release"},
		{"released", func() error {
			err := h.service.Release(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator))
			h.Jobs(t)
			return err
		}, w.coordinator, c + "/decisions"},
		{"offer", nil, w.leads[0][0], "/applications/" + w.all[0].ID.String() + "/reply"},
		{"refusal", nil, w.leads[0][0], "/applications/" + w.all[0].ID.String() + "/reply/refusal"},
		{"offer-half", func() error { return h.service.Accept(t.Context(), w.leads[0][0], w.all[0].ID) }, w.leads[0][0], "/applications/" + w.all[0].ID.String() + "/reply"},
		{"offer-taken", func() error { return h.service.Accept(t.Context(), w.leads[0][1], w.all[0].ID) }, w.leads[0][1], "/applications/" + w.all[0].ID.String() + "/reply"},
		{"offer-declined", func() error { return h.service.Decline(t.Context(), w.leads[2][1], w.all[2].ID) }, w.leads[2][0], "/applications/" + w.all[2].ID.String() + "/reply"},
		{"answered", nil, w.chair, c + "/decisions"},
	}
	type at struct {
		look   uitest.Look
		person ids.Person
	}
	open := map[at]*uitest.Visitor{}
	for _, step := range steps {
		if step.do != nil {
			if err := step.do(); err != nil {
				t.Fatal(step.name, err)
			}
		}
		for _, look := range looks {
			key := at{look, step.sc.Actor().Person}
			b := h.SignedIn(t, step.sc.Actor())
			if open[key] == nil {
				open[key], _ = h.visit(t, look, step.sc)
			}
			open[key].Go(b.Address(step.path))
			open[key].Accessible("selection-" + step.name + "-" + look.Language)
		}
	}
}

// TestPagesOfAPlaceThatChangesHandsAreAccessible goes from an organization that drops out to another that has its seat.
func TestPagesOfAPlaceThatChangesHandsAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.around.mu.Lock()
	h.calls[0].Quotas = []blueprints.Quota{{Country: "DE", Most: 2}, {Most: 5}, {First: true, Most: 2}}
	h.around.mu.Unlock()
	d := h.dropping(t)
	h.someone(t, "Tamara Lindenhof-Öztürk", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: d.comes.ID})
	reply, place := "/applications/"+d.id.String()+"/reply", "/selection/applications/"+d.id.String()+"/place"
	var asked selection.Replacement
	for _, step := range []struct {
		name string
		do   func()
		sc   tenants.Scope
		path func() string
	}{
		{"departure", func() {}, d.leaver, func() string { return reply + "/departure" }},
		{"departed", func() {
			if err := h.service.Depart(t.Context(), d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
				t.Fatal(err)
			}
		}, d.staying, func() string { return reply }},
		{"place", func() {}, d.coordinator, func() string { return place }},
		{"vacancy", func() {}, d.coordinator, func() string { return place + "/" + d.leaves.String() }},
		{"vacancy-effect", func() {}, d.coordinator, func() string { return place + "/" + d.leaves.String() + "?coming=" + d.comes.ID.String() }},
		{"consultation", func() { asked = h.asked(t, d) }, d.coming, func() string { return "/applications/" + d.id.String() + "/replacements/" + asked.ID.String() }},
		{"consultation-team", func() {}, d.coordinator, func() string { return "/applications/" + d.id.String() + "/replacements/" + asked.ID.String() }},
		{"place-asked", func() {}, d.coordinator, func() string { return place }},
		{"seat-given", func() { h.agree(t, d, asked, d.coming, d.staying) }, d.coming, func() string { return reply }},
		{"decisions-reseated", func() {}, d.coordinator, func() string { return "/selection/" + h.call.ID.String() + "/decisions" }},
	} {
		step.do()
		for _, look := range looks {
			v, b := h.visit(t, look, step.sc)
			v.Go(b.Address(step.path()))
			v.Accessible("selection-" + step.name + "-" + look.Language)
		}
	}
}

// TestAReviewerScoresByKeyboardAndNothingIsLost goes the way of a reviewer in a real browser: declares, scores with
// digits, sees the total grow, reloads without having saved, and submits.
func TestAReviewerScoresByKeyboardAndNothingIsLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	reader := h.role(t, "Nergis Üçışık", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur Komşuluk")
	id := h.assign(t, a, reader)[0]
	v, b := h.visit(t, uitest.Look{Language: "tr"}, reader)
	v.Go(b.Address("/reviews"))
	v.Press(a.Number + " · " + a.Name())
	v.Sees("Çıkar çatışması var mı?")
	v.Press("Çatışma yok – başvuruyu aç")
	v.Sees("ANSWERS", "Toplam 0,0")
	v.Hit(`[name="answers[need][score]"]`, input.Digit7)
	v.Sees("Toplam 17,5")
	v.Hit(`[name="answers[need][score]"]`, input.Digit1, input.Digit0)
	v.Sees("Toplam 25,0", "Kaydedildi")
	v.Fill("answers[need][text]", words("Somut"))
	v.Hit(`[name="answers[commitment][score]"]`, input.Digit8)
	v.Fill("answers[comment][text]", "Kurula not")
	v.Sees("Kaydedildi")
	v.Go(b.Address("/reviews/" + id.String()))
	v.Sees("Toplam 41,0")
	d, err := h.service.Desk(t.Context(), reader, id)
	for deadline := time.Now().Add(10 * time.Second); err == nil && (d.Mark("commitment").Score != 8 || d.Comment != "Kurula not") && time.Now().Before(deadline); {
		d, err = h.service.Desk(t.Context(), reader, id) // what was typed last arrives after its page was left
	}
	if err != nil || d.Mark("need").Score != 10 || d.Mark("commitment").Score != 8 || d.Comment != "Kurula not" {
		t.Fatalf("kept: %+v, %q, %v", d.Marks, d.Comment, err)
	}
	v.Press("Gözden geçir ve gönder")
	v.Sees("Hâlâ eksikler var")
	for i, k := range h.call.Criteria {
		v.Fill("answers["+k.Key+"][text]", words("Neden "+k.Key))
		v.Hit(fmt.Sprintf(`[name="answers[%s][score]"]`, k.Key), []input.Key{input.Digit5, input.Digit6, input.Digit7}[i%3])
	}
	v.Press("Gözden geçir ve gönder")
	v.Sees("Değerlendirmeyi gönder", "Toplam 58,0")
	v.Accessible("selection-submission-tr")
	v.Press("Gönder")
	v.Sees("Değerlendirmeniz gönderildi", "58,0")
	v.StayedOn(h.Tenant.Host)
}
