package forms_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// edits changes the draft as it is.
func (d *desk) edits(t *testing.T, by ids.Person, edit func(d *forms.Definition)) {
	t.Helper()
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := d.forms.EditDraft(ctx, tx, d.version.Form, by, func(d *forms.Definition) error {
			edit(d)
			return nil
		})
		return err
	})
}

func (d *desk) turn(t *testing.T, way func(*forms.Service, context.Context, *tenants.Tx, ids.Form, ids.Person) (forms.Draft, error)) error {
	t.Helper()
	return d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := way(d.forms, ctx, tx, d.version.Form, ids.Person{})
		return err
	})
}

func (d *desk) steps(t *testing.T) (undo, redo string) {
	t.Helper()
	u, r, err := d.forms.DraftSteps(t.Context(), d.sc.Read(), d.draft(t))
	if err != nil {
		t.Fatal(err)
	}
	loc := localizer(t, i18n.EN)
	if u != nil {
		undo = u.Describe(loc)
	}
	if r != nil {
		redo = r.Describe(loc)
	}
	return undo, redo
}

func TestEveryChangeIsUndoneAndDoneAgain(t *testing.T) {
	t.Parallel()
	d := open(t)
	last := len(sample().Sections) - 1
	for _, c := range []struct {
		name string
		edit func(d *forms.Definition)
	}{
		{"Section “Anew” changed", func(d *forms.Definition) { d.Sections[0].Title = say("Anew") }},
		{"Question “Another” changed", func(d *forms.Definition) { d.Sections[0].Questions[0].Label = say("Another") }},
		{"Question “Another” deleted", func(d *forms.Definition) { d.Sections[0].Questions = d.Sections[0].Questions[1:] }},
		{"Question “More” added", func(d *forms.Definition) {
			d.Sections[0].Questions = slices.Insert(d.Sections[0].Questions, 1, forms.Question{Key: "more", Type: forms.TypeDate, Label: say("More")})
		}},
		{"Order changed", func(d *forms.Definition) { slices.Reverse(d.Sections[0].Questions) }},
		{"Order changed", func(d *forms.Definition) {
			d.Sections[1].Questions = append(d.Sections[1].Questions, d.Sections[0].Questions[0])
			d.Sections[0].Questions = d.Sections[0].Questions[1:]
		}},
		{"Section “Last” added", func(d *forms.Definition) {
			d.Sections = append(d.Sections, forms.Section{Key: "last", Title: say("Last"), Scope: forms.ScopeJoint, Questions: []forms.Question{{Key: "of_it", Type: forms.TypeDate, Label: say("Day")}}})
		}},
		{"Section “Last” deleted", func(d *forms.Definition) { d.Sections = d.Sections[:last+1] }},
		{"2 changes", func(d *forms.Definition) { d.Sections[0].Title, d.Sections[1].Title = say("A"), say("B") }},
	} {
		before := d.draft(t)
		d.edits(t, ids.Person{}, c.edit)
		after := d.draft(t)
		if undo, _ := d.steps(t); undo != c.name {
			t.Errorf("the step is called %q, want %q", undo, c.name)
		}
		if err := d.turn(t, (*forms.Service).UndoDraft); err != nil {
			t.Fatal(err)
		}
		if got := d.draft(t); cmp.Diff(before.Definition, got.Definition) != "" || got.Version <= after.Version {
			t.Errorf("%s: undone it is version %d, and differs: %s", c.name, got.Version, cmp.Diff(before.Definition, got.Definition))
		}
		if err := d.turn(t, (*forms.Service).RedoDraft); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(after.Definition, d.draft(t).Definition); diff != "" {
			t.Errorf("%s: done again it differs: %s", c.name, diff)
		}
	}
	if err := d.turn(t, (*forms.Service).RedoDraft); !fault.Is(err, fault.KindConflict) {
		t.Errorf("there is more to do again: %v", err)
	}
	for range 9 {
		if err := d.turn(t, (*forms.Service).UndoDraft); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(sample(), *d.draft(t).Definition); diff != "" {
		t.Errorf("all undone: %s", diff)
	}
	if err := d.turn(t, (*forms.Service).UndoDraft); !fault.Is(err, fault.KindConflict) {
		t.Errorf("there is more to undo: %v", err)
	}
}

func TestANewChangeForgetsWhatWasUndone(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.edits(t, ids.Person{}, retitle("First"))
	if err := d.turn(t, (*forms.Service).UndoDraft); err != nil {
		t.Fatal(err)
	}
	if undo, redo := d.steps(t); undo != "" || redo != "Section “First” changed" {
		t.Errorf("%q, %q", undo, redo)
	}
	d.edits(t, ids.Person{}, retitle("Second"))
	if undo, redo := d.steps(t); undo != "Section “Second” changed" || redo != "" {
		t.Errorf("%q, %q", undo, redo)
	}
}

func TestTypingIsOneStep(t *testing.T) {
	t.Parallel()
	d := open(t)
	ada, ben := ids.New[ids.Person](), ids.New[ids.Person]()
	d.edits(t, ada, retitle("S"))
	d.edits(t, ada, retitle("Se"))
	d.edits(t, ada, retitle("Sea"))
	d.edits(t, ben, retitle("Seas"))
	d.edits(t, ben, func(d *forms.Definition) { d.Sections[0].Intro = say("Waves") })
	for _, want := range []string{"Seas", "Sea", sample().Sections[0].Title[i18n.EN]} {
		if err := d.turn(t, (*forms.Service).UndoDraft); err != nil {
			t.Fatal(err)
		}
		if got := d.draft(t).Definition.Sections[0].Title[i18n.EN]; got != want {
			t.Errorf("undone it says %q, want %q", got, want)
		}
	}
}

func TestStepsAreBounded(t *testing.T) {
	t.Parallel()
	d := open(t)
	for n := range forms.MostSteps + 5 {
		d.edits(t, ids.Person{}, retitle(string(rune('a'+n%26))+"!"))
	}
	var n int
	if err := d.sc.Read().NewRaw(`SELECT count(*) FROM form_draft_steps`).Scan(t.Context(), &n); err != nil || n != forms.MostSteps {
		t.Errorf("%d steps are kept, %v", n, err)
	}
}

func TestADraftWithTakenKeysIsUndoneToo(t *testing.T) {
	t.Parallel()
	d := open(t)
	before := d.draft(t)
	d.edits(t, ids.Person{}, func(d *forms.Definition) {
		d.Sections[0].Questions = append(d.Sections[0].Questions, d.Sections[0].Questions[0])
	})
	if err := d.turn(t, (*forms.Service).UndoDraft); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before.Definition, d.draft(t).Definition); diff != "" {
		t.Error(diff)
	}
}

func TestWhoElseIsAtADraft(t *testing.T) {
	t.Parallel()
	d := open(t)
	ada, ben := ids.New[ids.Person](), ids.New[ids.Person]()
	var others map[ids.Person]string
	at := func(who ids.Person, place string) {
		d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
			var err error
			others, err = d.forms.Present(ctx, tx, d.version.Form, who, place)
			return err
		})
	}
	at(ada, "name")
	if len(others) != 0 {
		t.Errorf("alone with %v", others)
	}
	at(ben, "about")
	if diff := cmp.Diff(map[ids.Person]string{ada: "name"}, others); diff != "" {
		t.Error(diff)
	}
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE form_draft_presences SET seen_at = now() - interval '1 minute'`).Exec(ctx)
		return err
	})
	at(ben, "about")
	if len(others) != 0 {
		t.Errorf("who left a minute ago is still there: %v", others)
	}
}
