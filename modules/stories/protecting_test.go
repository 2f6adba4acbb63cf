package stories_test

import (
	"context"
	"testing"

	"kervan/modules/events"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestAProtectedNameIsFoundHoweverItIsWritten: as Markdown shows it, not only as it is typed.
func TestAProtectedNameIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	h.veil(p.id)
	id, version := h.written(t, p, "A tree"), int64(2)
	for words, told := range map[string]bool{
		"We of Bah**çe**": true, "We of Bah&#231;e": true, "We of Bah&shy;çe": true, "We of Bah*çelievler*": true,
		"We of the lime tree": false,
	} {
		w, err := h.service.Story(ctx, p.one, id)
		must(t, err)
		w.Content.Body = i18n.Text{i18n.EN: words}
		must(t, h.service.Write(ctx, p.one, id, version, w.Content))
		version++
		err = h.service.HandIn(ctx, p.one, id, version)
		if f := fault.Of(err); told && (f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "body_en") {
			t.Errorf("%q was handed in: %v", words, err)
		}
		if told {
			continue
		}
		must(t, err)
		must(t, h.service.Return(ctx, h.coordinator(t), id, version+1, "Once more."))
		version += 2
	}
}

// TestWhatWasEditedOutIsForgotten once visitors read the story.
func TestWhatWasEditedOutIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	id := h.published(t, p, "A tree")
	handed := func() (kept bool) {
		t.Helper()
		must(t, h.System().Read().NewRaw(`SELECT handed IS NOT NULL FROM stories WHERE id = ?`, id).Scan(ctx, &kept))
		return kept
	}
	if handed() {
		t.Error("how it was handed in is kept beside what is published")
	}
	w, err := h.service.Story(ctx, p.one, id)
	must(t, err)
	must(t, h.service.Withdraw(ctx, p.one, id, w.Version, ""))
	must(t, h.service.Resume(ctx, p.one, id, w.Version+1))
	must(t, h.service.HandIn(ctx, p.one, id, w.Version+2))
	if !handed() {
		t.Error("nothing to compare what the network edits with")
	}
}

// TestAWithdrawnStoryIsErased with its pictures; only its address is kept.
func TestAWithdrawnStoryIsErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	id := h.published(t, p, "A tree")
	w, err := h.service.Story(ctx, p.one, id)
	must(t, err)
	at := w.Version
	if err := h.service.Erase(ctx, p.one, id, at); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a story was erased while visitors read it: %v", err)
	}
	must(t, h.service.Withdraw(ctx, p.one, id, at, "We have moved."))
	at++
	for who, sc := range map[string]tenants.Scope{
		"a participant": h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: p.both[0]}), "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)),
		"another partnership's lead": h.pair(t, "Sokak").one,
	} {
		if err := h.service.Erase(ctx, sc, id, at); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
			t.Errorf("%s erased it: %v", who, err)
		}
	}
	if err := h.service.Erase(ctx, p.one, id, at-1); !fault.Is(err, fault.KindConflict) {
		t.Errorf("erased by a page of before: %v", err)
	}
	h.Jobs(t)
	before := len(h.mails)
	must(t, h.service.Erase(ctx, p.two, id, at))
	if _, err := h.service.Story(ctx, p.one, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if _, gone, err := h.service.Look(ctx, h.Visitor(), "a-tree"); err != nil || !gone {
		t.Errorf("its address does not say that it is gone: %v, %v", gone, err)
	}
	h.Jobs(t)
	told := map[string]int{}
	for _, m := range h.mails[before:] {
		told[m.Kind]++
		if m.Path != "/partnerships/"+p.id.String()+"/stories" || m.Args["Note"]+m.Args["Title"] != "" || m.AboutID == id.String() {
			t.Errorf("the mail leads to %s, is about %s and says %v", m.Path, m.AboutKind, m.Args)
		}
	}
	for _, n := range h.news[before:] {
		if n.Args["Title"] != "" {
			t.Errorf("a line under bells says %v", n.Args)
		}
	}
	if want := (events.MatterErased{AboutKind: "story", AboutID: id.String(), Path: "/story-desk/" + id.String()}); len(h.erased) != 1 || h.erased[0] != want {
		t.Errorf("others hear %+v", h.erased)
	}
	if told["stories.mail.authors.erased"] != 1 || told["stories.mail.network.erased"] == 0 {
		t.Errorf("told by mail: %v", told)
	}
	h.published(t, p, "A tree")
	if _, gone, err := h.service.Look(ctx, h.Visitor(), "a-tree-2"); err != nil || gone {
		t.Errorf("another story has no address of its own: %v, %v", gone, err)
	}
}

// TestAnotherTitleHasAnotherAddress: the earlier one may say what the title says no more.
func TestAnotherTitleHasAnotherAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, ctx := h.pair(t, "Bahçe"), t.Context()
	id := h.published(t, p, "At the Bahçe")
	team := h.coordinator(t)
	again := func(title string) {
		t.Helper()
		w, err := h.service.Story(ctx, p.one, id)
		must(t, err)
		v := w.Version
		must(t, h.service.Withdraw(ctx, p.one, id, v, ""))
		must(t, h.service.Resume(ctx, p.one, id, v+1))
		w.Content.Title = i18n.Text{i18n.EN: title}
		must(t, h.service.Write(ctx, p.one, id, v+2, w.Content))
		must(t, h.service.HandIn(ctx, p.one, id, v+3))
		must(t, h.service.Propose(ctx, team, id, v+4, ""))
		must(t, h.service.Agree(ctx, p.one, id, v+5))
		must(t, h.service.Agree(ctx, p.two, id, v+5))
		must(t, h.service.Publish(ctx, team, id, v+6))
	}
	looks := func(slug string, wantGone bool) {
		t.Helper()
		if _, gone, err := h.service.Look(ctx, h.Visitor(), slug); err != nil || gone != wantGone {
			t.Errorf("%s: gone %v, %v", slug, gone, err)
		}
	}
	again("At the Bahçe!")
	looks("at-the-bahce", false)
	again("At the tree")
	looks("at-the-bahce", true)
	looks("at-the-tree", false)
	if err := h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE stories SET state = 'returned', handed = NULL WHERE id = ?`, id).Exec(ctx)
		return err
	}); err == nil {
		t.Error("a story waits for its authors and nobody knows how it was handed in")
	}
}
