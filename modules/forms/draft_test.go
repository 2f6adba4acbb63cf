package forms_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func (d *desk) draft(t *testing.T) forms.Draft {
	t.Helper()
	draft, err := d.forms.Draft(t.Context(), d.sc.Read(), d.version.Form)
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

func (d *desk) redraft(t *testing.T, base int64, edit func(d *forms.Definition)) (forms.Draft, error) {
	t.Helper()
	definition, saved := sample(), forms.Draft{}
	edit(&definition)
	err := d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		saved, err = d.forms.SaveDraft(ctx, tx, d.version.Form, base, definition, ids.Person{})
		return err
	})
	return saved, err
}

func retitle(title string) func(d *forms.Definition) {
	return func(d *forms.Definition) { d.Sections[0].Title = say(title) }
}

func TestADraftIsWhatWillBeAsked(t *testing.T) {
	t.Parallel()
	d := open(t)
	first := d.draft(t)
	if first.Version != 0 || first.Base != d.version.ID || !first.UpdatedAt.IsZero() || cmp.Diff(sample(), *first.Definition) != "" {
		t.Errorf("before any change: %+v", first)
	}
	saved, err := d.redraft(t, 0, retitle("Anew"))
	if err != nil || saved.Version != 1 || saved.Base != d.version.ID || saved.UpdatedAt.IsZero() {
		t.Fatalf("%+v, %v", saved, err)
	}
	if again, err := d.redraft(t, 1, retitle("Anew")); err != nil || again.Version != 1 {
		t.Errorf("the same again is a change: %+v, %v", again, err)
	}
	if got := d.draft(t); got.Definition.Sections[0].Title["en"] != "Anew" || got.Version != 1 {
		t.Errorf("%+v", got)
	}
	latest, err := d.forms.Latest(t.Context(), d.sc, d.version.Form)
	if err != nil || latest.ID != d.version.ID {
		t.Errorf("a draft published itself: %+v, %v", latest, err)
	}
}

func TestAStaleDraftIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, base := range []int64{1, -1} {
		if _, err := d.redraft(t, base, retitle("Anew")); !fault.Is(err, fault.KindConflict) {
			t.Errorf("base %d before any change: %v", base, err)
		}
	}
	if _, err := d.redraft(t, 0, retitle("First")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.redraft(t, 0, retitle("Second")); !fault.Is(err, fault.KindConflict) {
		t.Errorf("two drafts on one base: %v", err)
	}
	if got := d.draft(t).Definition.Sections[0].Title["en"]; got != "First" {
		t.Errorf("the draft says %q", got)
	}
}

func TestADraftMayHaveProblemsButNoEndlessSize(t *testing.T) {
	t.Parallel()
	d := open(t)
	broken := func(d *forms.Definition) {
		delete(d.Sections[0].Title, i18n.TR)
		d.Sections[0].Questions = nil
	}
	saved, err := d.redraft(t, 0, broken)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := d.forms.DraftProblems(t.Context(), d.sc.Read(), d.version.Form, ids.New[ids.Form]())
	if want := map[ids.Form]int{d.version.Form: len(forms.Check(*saved.Definition))}; err != nil || want[d.version.Form] < 2 || cmp.Diff(want, problems) != "" {
		t.Errorf("%v, %v", problems, err)
	}
	for name, text := range map[string]string{"too large": strings.Repeat("x", forms.MostDraftBytes), "with a NUL": "a\x00b"} {
		if _, err := d.redraft(t, 1, retitle(text)); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.redraft(t, 1, retitle(`a\u0000b`)); err != nil {
		t.Errorf("the letters of an escape: %v", err)
	}
}

func TestPublishingADraft(t *testing.T) {
	t.Parallel()
	d := open(t)
	publish := func() (v forms.Version, err error) {
		err = d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			v, err = d.forms.PublishDraft(ctx, tx, d.version.Form)
			return err
		})
		return v, err
	}
	if v, err := publish(); err != nil || v.ID != d.version.ID {
		t.Errorf("without a draft: %+v, %v", v, err)
	}
	if _, err := d.redraft(t, 0, func(d *forms.Definition) { d.Sections = nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := publish(); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("with problems: %v", err)
	}
	if _, err := d.redraft(t, 1, retitle("Anew")); err != nil {
		t.Fatal(err)
	}
	v, err := publish()
	if err != nil || v.Number != 2 || v.Definition.Sections[0].Title["en"] != "Anew" {
		t.Errorf("%+v, %v", v, err)
	}
	if got := d.draft(t); got.Version != 0 || got.Base != v.ID {
		t.Errorf("the draft is still there: %+v", got)
	}
}

func TestAKillWhilePublishingLeavesTheOldVersion(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.redraft(t, 0, retitle("Anew")); err != nil {
		t.Fatal(err)
	}
	reached := errors.New("not reached")
	err := d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, reached = d.forms.PublishDraft(ctx, tx, d.version.Form); reached != nil {
			return reached
		}
		_, err := tx.NewRaw("SELECT pg_terminate_backend(pg_backend_pid())").Exec(ctx)
		return err
	})
	if err == nil || reached != nil {
		t.Fatalf("the connection was not killed: %v, %v", err, reached)
	}
	latest, err := d.forms.Latest(t.Context(), d.sc, d.version.Form)
	if err != nil || latest.ID != d.version.ID {
		t.Errorf("%+v, %v", latest, err)
	}
	if got := d.draft(t); got.Version != 1 || got.Definition.Sections[0].Title["en"] != "Anew" {
		t.Errorf("the draft is lost: %+v", got)
	}
}

func TestOfManyEditorsOneSavesEachDraft(t *testing.T) {
	t.Parallel()
	d := open(t)
	const editors = 8
	results := make(chan error, editors)
	for range editors {
		go func() {
			_, err := d.redraft(t, 0, retitle(ids.New[ids.Person]().String()))
			results <- err
		}()
	}
	won := 0
	for range editors {
		switch err := <-results; {
		case err == nil:
			won++
		case !fault.Is(err, fault.KindConflict):
			t.Error(err)
		}
	}
	if won != 1 || d.draft(t).Version != 1 {
		t.Errorf("%d saved, version %d", won, d.draft(t).Version)
	}
}

func TestADraftOfAnotherTenantIsNotThere(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.redraft(t, 0, retitle("Anew")); err != nil {
		t.Fatal(err)
	}
	other := d.Tenants.Bind(d.Another(t), tenants.SystemActor("test"))
	if _, err := d.forms.Draft(t.Context(), other.Read(), d.version.Form); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("%v", err)
	}
	err := other.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := d.forms.SaveDraft(ctx, tx, d.version.Form, 0, sample(), ids.Person{})
		return err
	})
	if !fault.Is(err, fault.KindNotFound) {
		t.Errorf("%v", err)
	}
}
