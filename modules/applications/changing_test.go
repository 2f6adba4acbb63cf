package applications_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func in(text string) i18n.Text { return i18n.Text{i18n.EN: text, i18n.TR: text, i18n.DE: text} }

// reforms publishes another version of the call's form, as its coordinator does, and lets everybody hear of it.
func (h *house) reforms(t *testing.T, call ids.Call, change func(d *forms.Definition)) {
	t.Helper()
	sc := h.System()
	var e events.FormChanged
	write(t, sc, func(ctx context.Context, tx *tenants.Tx) error {
		var form ids.Form
		h.moves(call, func(c *applications.Call) { e = events.FormChanged{Call: call, From: c.FormVersion} })
		if err := tx.NewRaw("SELECT form_id FROM form_versions WHERE id = ?", e.From).Scan(ctx, &form); err != nil {
			return err
		}
		before, err := h.forms.VersionIn(ctx, tx, e.From)
		if err != nil {
			return err
		}
		raw, err := json.Marshal(before.Definition)
		if err != nil {
			return err
		}
		d, err := forms.Read(raw)
		if err != nil {
			return err
		}
		change(&d)
		after, err := h.forms.Publish(ctx, tx, form, d)
		if err != nil {
			return err
		}
		e.To = after.ID
		h.moves(call, func(c *applications.Call) { c.FormVersion = after.ID })
		tx.Announce(e)
		return nil
	})
}

func question(t *testing.T, d *forms.Definition, key string) *forms.Question {
	t.Helper()
	q, _, _ := d.Question(key)
	if q == nil {
		t.Fatalf("no question %s", key)
	}
	return q
}

func TestAFormThatChangesWhileItIsFilled(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	a := h.find(t, id)
	sheet := a.Parts[0].Sheet
	kept, _ := h.answer(t, sheet, "mission")
	h.reforms(t, call, func(d *forms.Definition) {
		question(t, d, "mission").Words = 7
		s, _ := d.Section("need")
		s.Questions = append(s.Questions, forms.Question{Key: "brand_new", Type: forms.TypeShortText, Label: in("What is new?"), Required: true})
	})
	h.Jobs(t)
	after := h.find(t, id)
	if after.FormVersion == a.FormVersion || after.Parts[0].NewsSince != a.FormVersion || after.Parts[1].NewsSince != a.FormVersion || after.Parts[0].Confirmed() || after.Parts[1].Confirmed() {
		t.Errorf("the application is %+v", after)
	}
	if now, _ := h.answer(t, sheet, "mission"); now != kept {
		t.Errorf("an answer became %s", now)
	}
	if _, err := h.service.Submit(t.Context(), one.lead, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("handed in without the new answer: %v", err)
	}
	mails := 0
	for _, m := range h.mails {
		if m.Kind != "applications.mail.form_changed" {
			continue
		}
		if mails++; !strings.Contains(m.Texts["Questions"][i18n.EN], "What is new?") || !strings.Contains(m.Texts["Questions"][i18n.EN], question(t, definition(t, h, after), "mission").Label[i18n.EN]) {
			t.Errorf("the mail names %q", m.Texts["Questions"])
		}
	}
	if mails != 2 {
		t.Errorf("%d leads were told", mails)
	}
	// A page that was open all the time goes on saving on the same sheet.
	if err := h.save(t, one.lead, sheet, "brand_new", "This.", 0); err != nil {
		t.Error(err)
	}
	b := h.SignedIn(t, h.Member(t, one.lead, one.id))
	b.Get("/applications/" + id.String())
	b.Want(200, "The form has changed", "What is new?", "new")
	b.Submit("/applications/" + id.String() + "/news/removal")
	b.Want(200)
	if strings.Contains(b.Page.Text(), "The form has changed") {
		t.Error("the news stay after they were seen")
	}
	h.fill(t, &after, a.Parts[1].Sheet, nil)
	h.fill(t, &after, sheet, forms.Answers{"mission": json.RawMessage(`"Seven words are enough for this one."`)})
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	stranger := h.side(t, "Erguvan", "TR")
	wants(t, "a stranger has seen it", h.service.HaveSeen(t.Context(), stranger.lead, id, after.FormVersion), fault.KindNotFound)
}

func definition(t *testing.T, h *house, a applications.Application) *forms.Definition {
	t.Helper()
	v, err := h.forms.Version(t.Context(), h.System(), a.FormVersion)
	if err != nil {
		t.Fatal(err)
	}
	return v.Definition
}

func TestWhatWasHandedInStaysWithItsForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	h.submits(t, id, one)
	before := h.find(t, id)
	label := question(t, definition(t, h, before), "mission").Label[i18n.EN]
	h.reforms(t, call, func(d *forms.Definition) {
		question(t, d, "mission").Label = in("Another question altogether")
	})
	h.Jobs(t)
	after := h.find(t, id)
	if after.State != applications.Submitted || after.HandedVersion() != before.FormVersion || after.FormVersion == before.FormVersion || !after.Parts[0].Confirmed() {
		t.Errorf("the application is %+v", after)
	}
	d, err := h.service.Dossier(t.Context(), h.officer(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := question(t, d.Definition, "mission").Label[i18n.EN]; got != label {
		t.Errorf("the dossier asks %q", got)
	}
	record, err := h.service.Record(t.Context(), h.officer(t), id, true)
	if err != nil || record.HandedVersion() != before.FormVersion {
		t.Errorf("%s, %v", record.HandedVersion(), err)
	}
	h.reforms(t, call, func(d *forms.Definition) { question(t, d, "mission").Label = in("A third one") })
	h.Jobs(t)
	if third := h.find(t, id); third.Parts[0].NewsSince != before.FormVersion {
		t.Error("the news of two changes begin with the second")
	}
}

func TestADeclarationInOtherWordsIsGivenAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, _, _ := h.pair(t)
	a := h.find(t, id)
	var declared string
	for _, s := range definition(t, h, a).Scoped(forms.ScopePart) {
		for _, q := range s.Questions {
			if q.Type == forms.TypeDeclaration {
				declared = q.Key
			}
		}
	}
	given, version := h.answer(t, a.Parts[0].Sheet, declared)
	h.reforms(t, call, func(d *forms.Definition) { question(t, d, declared).Label = in("We declare something else.") })
	h.Jobs(t)
	now, next := h.answer(t, a.Parts[0].Sheet, declared)
	if given == "null" || now != "null" || next != version+1 {
		t.Errorf("%s (%d) became %s (%d)", given, version, now, next)
	}
	var statements int
	if err := h.System().Read().NewRaw("SELECT count(*) FROM statements WHERE sheet_id = ? AND question = ? AND value = 'null'", a.Parts[0].Sheet, declared).Scan(t.Context(), &statements); err != nil || statements != 1 {
		t.Errorf("%d statements say that it was taken back: %v", statements, err)
	}
}

// Each organization sees for itself what is new, up to the version that its page told of.
func TestWhatIsSeenIsWhatWasShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	first := h.find(t, id).FormVersion
	change := func(key, label string) ids.FormVersion {
		t.Helper()
		h.reforms(t, call, func(d *forms.Definition) { question(t, d, key).Label = in(label) })
		h.Jobs(t)
		return h.find(t, id).FormVersion
	}
	told := func(s side) string {
		t.Helper()
		hall, err := h.service.Hall(t.Context(), s.lead, id)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, c := range hall.News.Changes {
			keys = append(keys, c.Question)
		}
		return strings.Join(keys, " ")
	}
	seen := func(s side, shown ids.FormVersion) {
		t.Helper()
		if err := h.service.HaveSeen(t.Context(), s.lead, id, shown); err != nil {
			t.Fatal(err)
		}
	}
	second := change("mission", "For what do you work?")
	third := change("city", "Where exactly?")
	both := told(one)
	if strings.Count(both, " ") != 1 || told(two) != both {
		t.Fatalf("told %q and %q", both, told(two))
	}
	seen(one, second) // its page was made before the third
	if got := told(one); got != "city" {
		t.Errorf("after the second was seen, %q is new", got)
	}
	seen(one, first) // a page that is older still
	seen(one, ids.New[ids.FormVersion]())
	if got := told(one); got != "city" {
		t.Errorf("an old page and an invented version left %q", got)
	}
	seen(one, third)
	if got := told(one); got != "" {
		t.Errorf("after all was seen, %q is new", got)
	}
	if got := told(two); got != both {
		t.Errorf("the other organization is told %q", got)
	}
}

// The bell speaks of the call in the language of whoever hears it.
func TestTheBellNamesTheCallInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, _, _, _ := h.pair(t)
	h.moves(call, func(c *applications.Call) { c.Title = i18n.Text{i18n.EN: "Exchange", i18n.TR: "Değişim"} })
	h.reforms(t, call, func(d *forms.Definition) { question(t, d, "mission").Label = in("Another") })
	h.Jobs(t)
	rung := 0
	for _, n := range h.news {
		if n.Key == "applications.notify.form_changed" {
			if rung++; n.Texts["Call"][i18n.TR] != "Değişim" {
				t.Errorf("the bell says %v", n.Texts)
			}
		}
	}
	if rung == 0 {
		t.Error("no bell rang")
	}
}

// Whatever comes first, an answer that was acknowledged is there afterwards, and every sheet asks the version that its
// application does.
func TestAFormThatChangesWhileManyWrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	if err := h.service.Reopen(t.Context(), one.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Reopen(t.Context(), two.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	type writer struct {
		side  side
		sheet ids.Sheet
		ref   string
		base  int64
		last  string
	}
	var writers []*writer
	a := h.find(t, id)
	for i, s := range []side{one, two} {
		for _, ref := range []string{"mission", "city"} {
			w := &writer{side: s, sheet: a.Parts[i].Sheet, ref: ref}
			_, w.base = h.answer(t, w.sheet, ref)
			writers = append(writers, w)
		}
	}
	start := make(chan struct{})
	var wait sync.WaitGroup
	for _, w := range writers {
		wait.Go(func() {
			<-start
			for i := range 12 {
				text := strings.Repeat("word ", i+1) + strconv.Itoa(i)
				if err := h.save(t, w.side.lead, w.sheet, w.ref, text, w.base+int64(i)); err != nil {
					t.Errorf("the page could not save: %v", err)
					return
				}
				w.last = text
			}
		})
	}
	wait.Go(func() {
		<-start
		for i := range 3 {
			h.reforms(t, call, func(d *forms.Definition) { question(t, d, "city").Help = in(strings.Repeat("Where?", i+1)) })
			h.Jobs(t)
		}
	})
	close(start)
	wait.Wait()
	for _, w := range writers {
		if now, _ := h.answer(t, w.sheet, w.ref); now != `"`+w.last+`"` {
			t.Errorf("%s was acknowledged, %s is there", w.last, now)
		}
	}
	a = h.find(t, id)
	for _, s := range []ids.Sheet{a.Joint, a.Parts[0].Sheet, a.Parts[1].Sheet} {
		if got, err := h.forms.Sheet(t.Context(), h.System(), s); err != nil || got.Version != a.FormVersion {
			t.Errorf("a sheet asks %s, its application %s: %v", got.Version, a.FormVersion, err)
		}
	}
}

// TestWhetherAnApplicationWasEverHandedIn holds what a call promises to whoever has handed in: withdrawing does not undo it.
func TestWhetherAnApplicationWasEverHandedIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	other, _, _, _ := h.pair(t)
	call, id, one, _ := h.pair(t)
	ever := func(when string, call ids.Call, want bool) {
		t.Helper()
		if got, err := applications.EverHandedIn(t.Context(), h.System().Read(), call); err != nil || got != want {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	ever("a draft", call, false)
	h.submits(t, id, one)
	ever("handed in", call, true)
	ever("to another call", other, false)
	if err := h.service.Withdraw(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	ever("withdrawn", call, true)
	ever("no call", ids.New[ids.Call](), false)
}
