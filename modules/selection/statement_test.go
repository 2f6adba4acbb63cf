package selection_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// sayings are texts of every criterion.
func (h *house) sayings(mark string) map[string]string {
	texts := map[string]string{}
	for _, k := range h.call.Criteria {
		texts[k.Key] = words(mark + " " + k.Key)
	}
	return texts
}

// statement is what a reviewer sees of it.
func (h *house) statement(t *testing.T, sc tenants.Scope, id ids.Review) *selection.Together {
	t.Helper()
	found, err := h.service.Statement(t.Context(), sc, id)
	if err != nil {
		t.Fatal(err)
	}
	return &found
}

func TestReviewersAgreeToExactlyOneText(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true})
	state := func(sc tenants.Scope, n int, base, mark string) error {
		return h.service.State(t.Context(), sc, w.reviews[n], base, h.sayings(mark))
	}
	// Who owes a review, decides, or applies, neither reads nor writes it.
	for name, sc := range map[string]tenants.Scope{"one who owes a review": w.late, "the coordinator": w.coordinator, "an applicant": w.leads[0]} {
		if err := state(sc, 2, "", "X"); err == nil {
			t.Errorf("%s writes it", name)
		}
		if _, err := h.service.Statement(t.Context(), sc, w.reviews[0]); err == nil {
			t.Errorf("%s reads it", name)
		}
	}
	if draft := h.statement(t, w.one, w.reviews[0]).Draft("need"); !strings.Contains(draft, "WORDS-one need") || !strings.Contains(draft, "WORDS-two need") {
		t.Errorf("it begins with %q", draft)
	}
	for name, change := range map[string]func(map[string]string){
		"a criterion left out": func(texts map[string]string) { texts["need"] = " " },
		"too long":             func(texts map[string]string) { texts["need"] = strings.Repeat("x", selection.MaxFeedback+1) },
		"a reviewer's name":    func(texts map[string]string) { texts["need"] = words("As name-TWO says") },
		"no text":              func(texts map[string]string) { texts["need"] = "a\x00" + words("b") },
	} {
		texts := h.sayings("BAD")
		change(texts)
		err := h.service.State(t.Context(), w.one, w.reviews[0], "", texts)
		if !fault.Is(err, fault.KindInvalid) || !slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return f.Name == "text-need" }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := state(w.one, 0, "", "FIRST"); err != nil {
		t.Fatal(err)
	}
	first := h.statement(t, w.two, w.reviews[1])
	if first.Holds() || !first.Statement.AgreedBy(w.one.Actor().Person) {
		t.Errorf("%+v", first.Statement)
	}
	// Two write at once: one of them sees what the other wrote.
	if err := state(w.two, 1, first.Statement.Content, "SECOND"); err != nil {
		t.Fatal(err)
	}
	if err := state(w.one, 0, first.Statement.Content, "THIRD"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("over somebody else's: %v", err)
	}
	second := h.statement(t, w.one, w.reviews[0])
	if second.Statement.AgreedBy(w.one.Actor().Person) || !second.Statement.AgreedBy(w.two.Actor().Person) {
		t.Error("an agreement outlives the words that it was about")
	}
	if err := h.service.Agree(t.Context(), w.one, w.reviews[0], first.Statement.Content); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed to what stands there no more: %v", err)
	}
	if err := h.service.Agree(t.Context(), w.one, w.reviews[0], second.Statement.Content); err != nil {
		t.Fatal(err)
	}
	if !h.statement(t, w.one, w.reviews[0]).Holds() {
		t.Error("both agree and it does not hold")
	}
	// One who reviews later must agree, too.
	if err := h.service.Submit(t.Context(), w.late, w.reviews[2]); err != nil {
		t.Fatal(err)
	}
	if h.statement(t, w.late, w.reviews[2]).Holds() {
		t.Error("it holds without the third")
	}
	if err := h.service.Agree(t.Context(), w.late, w.reviews[2], second.Statement.Content); err != nil {
		t.Fatal(err)
	}
	if !h.statement(t, w.one, w.reviews[0]).Holds() {
		t.Error("all three agree and it does not hold")
	}
	// Whoever has a conflict of interest after all is out of it.
	if err := h.service.DeclareConflict(t.Context(), w.two, w.application.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Agree(t.Context(), w.two, w.reviews[1], second.Statement.Content); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("with a conflict of interest: %v", err)
	}
	h.Jobs(t)
	if n := h.newsFor(w.one.Actor().Person)["selection.notify.statement"]; n != 1 {
		t.Errorf("the other was told %d times", n)
	}
	if err := h.service.Talk(t.Context(), w.coordinator, h.call.ID, selection.Talk{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Statement(t.Context(), w.one, w.reviews[0]); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("where reviewers do not talk: %v", err)
	}
}

// TestLettersSayWhatReviewersAgreeTo holds that the one text reaches applicants when all agree, and each one's own else.
func TestLettersSayWhatReviewersAgreeTo(t *testing.T) {
	t.Parallel()
	for name, agree := range map[string]bool{"all agree": true, "one has not agreed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
			one, two := h.role(t, "NAME-one", tenants.RoleReviewer), h.role(t, "NAME-two", tenants.RoleReviewer)
			a, leads := h.apply(t, "Ihlamur")
			all := h.assign(t, a, one, two)
			for i, sc := range []tenants.Scope{one, two} {
				h.write(t, sc, all[i], 8, "OWN")
				if err := h.service.Submit(t.Context(), sc, all[i]); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.service.Talk(t.Context(), coordinator, h.call.ID, selection.Talk{On: true}); err != nil {
				t.Fatal(err)
			}
			if err := h.service.State(t.Context(), one, all[0], "", h.sayings("TOGETHER")); err != nil {
				t.Fatal(err)
			}
			if agree {
				if err := h.service.Agree(t.Context(), two, all[1], h.statement(t, two, all[1]).Statement.Content); err != nil {
					t.Fatal(err)
				}
			}
			if f, err := h.service.Folder(t.Context(), coordinator, a.ID); err != nil || f.Statement.Holds(f.Reviews) != agree {
				t.Errorf("the folder: %+v, %v", f.Statement, err)
			}
			h.Jobs(t)
			for _, m := range h.mails {
				if strings.Contains(everything(t, m), "TOGETHER") {
					t.Error("a mail before the decision says it")
				}
			}
			h.decide(t, coordinator, events.OutcomeSelected, a)
			h.release(t, coordinator, chair)
			mails := h.mailsTo(leads[0].Actor().Person)
			i := slices.IndexFunc(mails, func(m events.MailRequested) bool { return len(m.Lists["feedback"]) > 0 })
			if i < 0 {
				t.Fatal("no letter")
			}
			line := mails[i].Lists["feedback"][0][i18n.EN]
			if strings.Contains(line, "TOGETHER") != agree || strings.Contains(line, "OWN") == agree || strings.Contains(everything(t, mails), "NAME-") {
				t.Error(line)
			}
			if err := h.service.State(t.Context(), one, all[0], "", h.sayings("LATE")); err == nil {
				t.Error("written after the decision")
			}
		})
	}
}

func TestThePagesOfAStatement(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.talked(t, selection.Talk{On: true})
	path := "/reviews/" + w.reviews[0].String() + "/statement"
	one, two := h.SignedIn(t, w.one.Actor()), h.SignedIn(t, w.two.Actor())
	one.Get(discussion(w.reviews[0]))
	one.Want(200, "Write one text together")
	one.Get(path)
	one.Want(200, "WORDS-one need", "WORDS-two need", "Nothing is written yet")
	if strings.Contains(one.Page.Body, "NAME-two") {
		t.Error("reviewers are named to each other")
	}
	one.Submit(path, "text-need", "", "text-commitment", words("KEPT"))
	one.Want(422, "KEPT")
	one.Get(path)
	one.Submit(path, "text-need", words("ONE"))
	one.Want(200, "You agree to it", "Not all agree yet")
	other := "/reviews/" + w.reviews[1].String() + "/statement"
	two.Get(other)
	two.Want(200, "ONE", "has not agreed to these words")
	one.Get(path)
	one.Submit(path, "text-need", words("NEWER"))
	two.Submit(other + "/agreement")
	two.Want(200, "Somebody has written something else in the meantime", "NEWER")
	two.Submit(other + "/agreement")
	two.Want(200, "You agree to it.", "All agree: applicants read this")
	c := h.SignedIn(t, w.coordinator.Actor())
	c.Get("/selection/applications/" + w.application.ID.String())
	c.Want(200, "NEWER", "NAME-two")
	for _, look := range looks {
		v, at := h.visit(t, look, w.one)
		v.Go(at.Address(path))
		v.Accessible("selection-statement-" + look.Language)
	}
}
