package selection_test

import (
	"context"
	"io"
	"net/http"
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

// Bring stands in for the module that keeps documents: it takes whatever ends as a PDF, finds a virus in what is named so,
// and is away, or busy, for what is named so.
func (*around) Bring(ctx context.Context, sc tenants.Scope, condition ids.Condition, name string, size int64, content io.Reader) (selection.Paper, error) {
	p := selection.Paper{ID: ids.New[ids.Document](), Name: name, Size: size, State: "selection.condition_state.answered", Tone: "info"}
	switch {
	case !strings.HasSuffix(name, ".pdf"):
		return p, fault.Invalid("fault.check_fields", fault.At("file", "selection.file.unreadable"))
	case name == "away.pdf":
		return p, fault.Unavailable("fault.objects", io.ErrUnexpectedEOF)
	case name == "busy.pdf":
		return p, fault.TooMany("fault.unavailable")
	case name == "virus.pdf":
		p.Refused = "selection.file.wrong"
		return p, nil
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return p, err
	}
	return p, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		organization := sc.Actor().OrganizationsAs()[0]
		if _, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, 'Ihlamur', ?, 'association', 'TR', 'Muğla') ON CONFLICT DO NOTHING`, organization, organization.String()).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO documents (id, condition_id, application_id, question, organization_id, name, kind, size, state, sha256, quarantine_key, key, granted_at)
			VALUES (?0, ?1, (SELECT application_id FROM place_conditions WHERE id = ?1), '', ?2, ?3, 'pdf', ?4, 'clean', '\x00', 'q' || ?0::text, 'k' || ?0::text, now())`, p.ID, condition, organization, name, max(size, 1)).Exec(ctx)
		return err
	})
}

// Papers stands in for the same module.
func (*around) Papers(ctx context.Context, sc tenants.Scope, wanted []ids.Document) (map[ids.Document]selection.Paper, error) {
	found := map[ids.Document]selection.Paper{}
	for _, id := range wanted {
		var name, state string
		if err := sc.Read().NewRaw(`SELECT name, state FROM documents WHERE id = ?`, id).Scan(ctx, &name, &state); err != nil {
			return nil, err
		}
		p := selection.Paper{ID: id, Name: name, Size: 1200, State: "selection.condition_state.answered", Tone: "info"}
		switch state {
		case "clean":
			p.Href = "/documents/" + id.String()
		case "refused":
			p.Refused = "selection.file.wrong"
		}
		found[id] = p
	}
	return found, nil
}

// Arrived stands in for the same module.
func (*around) Arrived(ctx context.Context, tx *tenants.Tx, condition ids.Condition, document ids.Document) (there bool, err error) {
	err = tx.NewRaw(`SELECT EXISTS (SELECT FROM documents WHERE id = ? AND condition_id = ?)`, document, condition).Scan(ctx, &there)
	return there, err
}

// documented is a place on two conditions, for the first of which a document is due.
func (h *house) documented(t *testing.T) conditional {
	t.Helper()
	w := h.conditional(t)
	h.set(t, `UPDATE place_conditions SET document = 'İmzalı karar', kinds = '{pdf}' WHERE id = ?`, w.terms[0])
	return w
}

func (h *house) brings(t *testing.T, w conditional, condition ids.Condition) ids.Document {
	t.Helper()
	p, err := h.service.BringPaper(t.Context(), w.leads[0][0], w.all[0].ID, condition, "karar.pdf", 3, strings.NewReader("pdf"))
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func TestAConditionAsksForADocument(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	reviewer := h.role(t, "Rana Yılmaz", tenants.RoleReviewer)
	a, leads := h.apply(t, "Bir")
	h.assign(t, a, reviewer)
	h.decide(t, coordinator, events.OutcomeSelected, a)
	set := func(wanted selection.Wanted) error {
		return h.service.SetCondition(ctx, coordinator, a.ID, h.version(t, coordinator), wanted)
	}
	for name, wanted := range map[string]selection.Wanted{
		"without a kind":          {Words: "Karar", Days: 5, Document: "Karar"},
		"of a kind that is none":  {Words: "Karar", Days: 5, Document: "Karar", Kinds: []string{"exe"}},
		"that names the reviewer": {Words: "Karar", Days: 5, Document: "Rana Yılmaz istedi", Kinds: []string{"pdf"}},
	} {
		if err := set(wanted); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 20 {
		err := set(selection.Wanted{Words: "Rana Yılmaz istedi", Days: 5, Document: "Rana Yılmaz istedi", Kinds: []string{"pdf"}})
		if f := fault.Of(err).Fields; len(f) != 2 || f[0].Name != "words" || f[1].Name != "document" {
			t.Fatalf("not in the form's order: %v", err)
		}
	}
	b := h.SignedIn(t, coordinator.Actor())
	page := "/selection/applications/" + a.ID.String() + "/conditions"
	b.Get(page)
	b.Submit(page, "words", "Kararınız.", "days", "20", "document", "İmzalı karar", "kinds", "exe")
	b.Want(http.StatusUnprocessableEntity, "Kararınız.")
	if !strings.Contains(b.Page.Body, `value="İmzalı karar"`) {
		t.Error("the name of the document is lost")
	}
	b.Submit(page, "words", "Kararınız.", "days", "20", "document", "İmzalı karar", "kinds", "pdf")
	b.Want(http.StatusOK, "Document: İmzalı karar")
	h.release(t, coordinator, chair)
	for _, m := range h.mailsTo(leads[0].Actor().Person) {
		if m.Kind == "selection.mail.selected" && (len(m.Lists["conditions"]) != 1 || !strings.Contains(m.Lists["conditions"][0][i18n.DE], "Hochzuladen: İmzalı karar (PDF)")) {
			t.Errorf("the letter does not name the document: %v", m.Lists["conditions"])
		}
	}
}

func TestADocumentIsHandedInLookedAtAndReplaced(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.documented(t)
	id, officer := w.all[0].ID, h.role(t, "Olcay", tenants.RoleOfficer)
	b, team := h.SignedIn(t, w.leads[0][0].Actor()), h.SignedIn(t, officer.Actor())
	page := "/applications/" + id.String() + "/reply/conditions/" + w.terms[0].String()
	below := "/selection/applications/" + id.String() + "/conditions/" + w.terms[0].String()

	b.Get(page)
	b.Want(http.StatusOK, "Nothing has come yet.", "İmzalı karar", "PDF; up to 10")
	b.SubmitFile(page, "file", "", nil, "answer", "Yolda.")
	b.Want(http.StatusUnprocessableEntity, "Please choose the document", "Yolda.")
	b.SubmitFile(page, "file", "karar.exe", []byte("MZ"), "answer", "Ekte.")
	b.Want(http.StatusUnprocessableEntity, "Ekte.")
	b.SubmitFile(page, "file", "virus.pdf", []byte("x"), "answer", "Ekte.")
	b.Want(http.StatusUnprocessableEntity, "Ekte.")
	if v := h.held(t, w); len(v.Handed) != 0 || v.Conditions[0].State() != selection.ConditionOpen {
		t.Fatalf("handed in: %v", v.Handed)
	}
	// The words are too long: the file that came with them need not be chosen again.
	b.SubmitFile(page, "file", "taslak.pdf", []byte("x"), "answer", strings.Repeat("a", selection.MaxConditionSaid+1))
	b.Want(http.StatusUnprocessableEntity, "“taslak.pdf” has arrived")
	b.SubmitFile(page, "file", "", nil, "answer", "")
	b.Want(http.StatusOK, "Your answer is sent.")

	team.Get(below)
	team.Want(http.StatusOK, "taslak.pdf", "1 kB")
	stale := h.SignedIn(t, officer.Actor())
	stale.Get(below)
	team.Submit(below+"/return", "reason", "İmza yok.")
	b.Get(page)
	b.Want(http.StatusOK, "İmza yok.", "the last one counts")
	b.SubmitFile(page, "file", "imzali.pdf", []byte("x"), "answer", "İmzalı.")
	b.Want(http.StatusOK, "Your answer is sent.")
	stale.Submit(below + "/fulfilment")
	stale.Want(http.StatusOK, "Another version of the document has come meanwhile.", "imzali.pdf", "1 earlier version", "taslak.pdf")
	if c := h.held(t, w).Conditions[0]; c.State() != selection.ConditionAnswered {
		t.Errorf("what nobody has seen is %s", c.State())
	}
	stale.Submit(below + "/fulfilment")
	if c := h.held(t, w).Conditions[0]; c.State() != selection.ConditionMet {
		t.Errorf("the condition is %s", c.State())
	}
}

func TestOnlyADocumentOfTheConditionIsHandedIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.documented(t)
	id, lead := w.all[0].ID, w.leads[0][0]
	own, foreign := h.brings(t, w, w.terms[0]), h.brings(t, w, w.terms[1])
	answer := func(condition ids.Condition, text string, document ids.Document) error {
		return h.service.AnswerCondition(ctx, lead, id, condition, text, document)
	}
	for name, tt := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"none":                           {answer(w.terms[0], "Yolda.", ids.Document{}), fault.KindInvalid},
		"one of another condition":       {answer(w.terms[0], "Ekte.", foreign), fault.KindInvalid},
		"one that is not there":          {answer(w.terms[0], "Ekte.", ids.New[ids.Document]()), fault.KindInvalid},
		"one for what asks for none":     {answer(w.terms[1], "Ekte.", foreign), fault.KindNotFound},
		"nothing for what asks for none": {answer(w.terms[1], "", ids.Document{}), fault.KindInvalid},
	} {
		if !fault.Is(tt.err, tt.kind) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	if err := answer(w.terms[0], "", own); err != nil {
		t.Fatal(err)
	}
	answered := h.held(t, w).Conditions[0].AnsweredAt
	if err := answer(w.terms[0], "", own); err != nil || !h.held(t, w).Conditions[0].AnsweredAt.Equal(answered) {
		t.Errorf("clicked twice: %v", err)
	}
	if err := answer(w.terms[0], "", ids.Document{}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("nothing new: %v", err)
	}
	if err := answer(w.terms[0], "Açıklama.", ids.Document{}); err != nil {
		t.Errorf("words to the document that counts: %v", err)
	}
	if all := h.held(t, w).Handed[w.terms[0]]; len(all) != 1 || all[0].Document != own || all[0].By != lead.Actor().Person {
		t.Errorf("handed in: %+v", all)
	}
	if err := h.service.ReturnCondition(ctx, w.coordinator, id, w.terms[0], own, "İmza yok."); err != nil {
		t.Fatal(err)
	}
	if err := answer(w.terms[0], "", own); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("what was not enough, once more: %v", err)
	}
	if err := answer(w.terms[0], "", h.brings(t, w, w.terms[0])); err != nil {
		t.Fatal(err)
	}
	if err := answer(w.terms[0], "Eskisi.", own); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("an earlier version: %v", err)
	}
}

func TestWhatWasTypedForAConditionStaysWhenItsFileCannotCome(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.documented(t)
	b := h.SignedIn(t, w.leads[0][0].Actor())
	page := "/applications/" + w.all[0].ID.String() + "/reply/conditions/" + w.terms[0].String()
	b.Get(page)
	for file, status := range map[string]int{"away.pdf": http.StatusServiceUnavailable, "busy.pdf": http.StatusTooManyRequests} {
		b.SubmitFile(page, "file", file, []byte("x"), "answer", "Dört bin harf.")
		b.Want(status, "Dört bin harf.", "lease try again")
	}
	b.SubmitFile(page, "file", "taslak.pdf", []byte("x"), "answer", strings.Repeat("a", selection.MaxConditionSaid+1))
	b.Want(http.StatusUnprocessableEntity, "“taslak.pdf” has arrived")
	for file, status := range map[string]int{"away.pdf": http.StatusServiceUnavailable, "virus.pdf": http.StatusUnprocessableEntity, "karar.exe": http.StatusUnprocessableEntity} {
		b.SubmitFile(page, "file", file, []byte("x"), "answer", "Ekte.")
		b.Want(status, "Ekte.", "“taslak.pdf” has arrived")
	}
	h.set(t, `UPDATE documents SET state = 'refused', reason = 'virus', sha256 = NULL WHERE name = 'taslak.pdf'`)
	for _, file := range []string{"karar.exe", ""} {
		b.SubmitFile(page, "file", file, nil, "answer", "Ekte.")
		b.Want(http.StatusUnprocessableEntity, "Ekte.")
		if strings.Contains(b.Page.Body, "has arrived") {
			t.Errorf("%q: what was refused goes with the answer", file)
		}
	}
}

func TestAConditionTakesTenVersions(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.documented(t)
	id, lead := w.all[0].ID, w.leads[0][0]
	answer := func(document ids.Document) error {
		return h.service.AnswerCondition(ctx, lead, id, w.terms[0], "Ekte.", document)
	}
	var last ids.Document
	spare := h.brings(t, w, w.terms[0])
	for range 10 {
		last = h.brings(t, w, w.terms[0])
		if err := answer(last); err != nil {
			t.Fatal(err)
		}
	}
	if err := answer(spare); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("an eleventh: %v", err)
	}
	if err := answer(last); err != nil {
		t.Errorf("the tenth once more: %v", err)
	}
	failed := lead.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := h.service.Takes(ctx, lead, tx, w.terms[0])
		return err
	})
	if !fault.Is(failed, fault.KindConflict) {
		t.Errorf("before it is sent: %v", failed)
	}
	b := h.SignedIn(t, lead.Actor())
	page := "/applications/" + id.String() + "/reply/conditions/" + w.terms[0].String()
	b.Get(page)
	b.Want(http.StatusOK, "as many versions as can be")
	b.Submit(page, "answer", "Yalnızca söz.")
	b.Want(http.StatusOK, "Your answer is sent.")
}

func TestWhoeverSaysItIsMetIsToldThatNobodyCouldOpenTheDocument(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.documented(t)
	id := w.all[0].ID
	given := h.brings(t, w, w.terms[0])
	if err := h.service.AnswerCondition(t.Context(), w.leads[0][0], id, w.terms[0], "", given); err != nil {
		t.Fatal(err)
	}
	const warning = "The last version cannot be opened here"
	b := h.SignedIn(t, w.coordinator.Actor())
	page := "/selection/applications/" + id.String() + "/conditions/" + w.terms[0].String()
	if b.Get(page); strings.Contains(b.Page.Text(), warning) {
		t.Error("warned of what can be opened")
	}
	h.set(t, `UPDATE documents SET state = 'quarantined', sha256 = NULL WHERE id = ?`, given)
	b.Get(page)
	b.Want(http.StatusOK, warning)
	h.set(t, `UPDATE documents SET state = 'refused', reason = 'virus' WHERE id = ?`, given)
	b.Get(page)
	b.Want(http.StatusOK, warning)
}

func TestWhoReadsADocumentOfACondition(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.documented(t)
	id := w.all[0].ID
	handed, waiting := h.brings(t, w, w.terms[0]), h.brings(t, w, w.terms[0])
	if err := h.service.AnswerCondition(ctx, w.leads[0][0], id, w.terms[0], "", handed); err != nil {
		t.Fatal(err)
	}
	conflicted := h.role(t, "Kemal", tenants.RoleCoordinator)
	if err := h.service.DeclareConflict(ctx, conflicted, id, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	came := map[ids.Document]ids.Condition{handed: w.terms[0], waiting: w.terms[0]}
	for name, tt := range map[string]struct {
		sc   tenants.Scope
		want []ids.Document
	}{
		"a lead":                   {w.leads[0][0], []ids.Document{handed, waiting}},
		"the partner's lead":       {w.leads[0][1], []ids.Document{handed, waiting}},
		"another's lead":           {w.leads[1][0], nil},
		"an officer":               {h.role(t, "Olcay", tenants.RoleOfficer), []ids.Document{handed}},
		"the chair":                {w.chair, []ids.Document{handed}},
		"a conflicted coordinator": {conflicted, nil},
		"a reviewer":               {h.role(t, "Rana", tenants.RoleReviewer), nil},
		"finance":                  {h.role(t, "Figen", tenants.RoleFinance), nil},
		"a visitor":                {h.Visitor(), nil},
	} {
		shown, err := h.service.Shown(ctx, tt.sc, came)
		if err != nil && !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
		for document := range came {
			if shown[document] != slices.Contains(tt.want, document) {
				t.Errorf("%s: %t for the one that is handed in: %t", name, shown[document], document == handed)
			}
		}
	}
}

func TestWhoGivesADocumentForACondition(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.documented(t)
	takes := func(sc tenants.Scope, condition ids.Condition) (selection.Taking, error) {
		var taking selection.Taking
		var err error
		if failed := sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			taking, err = h.service.Takes(ctx, sc, tx, condition)
			return nil
		}); failed != nil {
			t.Fatal(failed)
		}
		return taking, err
	}
	if got, err := takes(w.leads[0][1], w.terms[0]); err != nil || got.Application != w.all[0].ID || got.Organization != w.all[0].Organizations[1].ID || !slices.Equal(got.Files.Kinds, []string{"pdf"}) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, sc := range map[string]tenants.Scope{"another's lead": w.leads[1][0], "the coordinator": w.coordinator} {
		if _, err := takes(sc, w.terms[0]); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := takes(w.leads[0][0], w.terms[1]); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("for a condition that asks for none: %v", err)
	}
	if err := h.service.MeetCondition(t.Context(), w.coordinator, w.all[0].ID, w.terms[0], ids.Document{}); err != nil {
		t.Fatal(err)
	}
	if _, err := takes(w.leads[0][0], w.terms[0]); !fault.Is(err, fault.KindConflict) {
		t.Errorf("after it was met: %v", err)
	}
}

func TestDocumentsOfConditionsGoWithTheAnswers(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.documented(t)
	id, given := w.all[0].ID, h.brings(t, w, w.terms[0])
	if err := h.service.AnswerCondition(ctx, w.leads[0][0], id, w.terms[0], "", given); err != nil {
		t.Fatal(err)
	}
	if err := h.service.ForgetPapers(ctx, w.coordinator, events.AnswersErased{Application: id}); err == nil {
		t.Error("a coordinator erased them")
	}
	kept := func() bool {
		t.Helper()
		handed, err := selection.HandedIn(ctx, h.System().Read(), []ids.Document{given})
		if err != nil {
			t.Fatal(err)
		}
		return handed[given]
	}
	erased := func(of ids.Application) {
		t.Helper()
		if err := h.System().Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.AnswersErased{Application: of})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	if erased(w.all[1].ID); !kept() {
		t.Error("erased with another application's answers")
	}
	if erased(id); kept() {
		t.Error("it stays when the answers were erased")
	}
	b := h.SignedIn(t, w.coordinator.Actor())
	b.Get("/selection/applications/" + id.String() + "/conditions/" + w.terms[0].String())
	b.Want(http.StatusOK, "The document was erased")
}
