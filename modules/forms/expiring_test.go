package forms_test

import (
	"context"
	"encoding/json"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// expiring asks one thing of each class, and a table with a column of each.
func expiring(withDiet bool) forms.Definition {
	text := func(s string) i18n.Text { return i18n.Text{i18n.EN: s} }
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{
		Key: "all", Title: text("All"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "issue", Type: forms.TypeShortText, Label: text("Issue")},
			{Key: "contact", Type: forms.TypeShortText, Label: text("Contact"), Class: forms.ClassPersonal},
			{Key: "account", Type: forms.TypeShortText, Label: text("Account"), Class: forms.ClassFinancial},
			{Key: "agreed", Type: forms.TypeConsent, Label: text("Agreed"), Class: forms.ClassSpecial},
			{Key: "age", Type: forms.TypeNumber, Label: text("Age"), Class: forms.ClassPersonal},
			{Key: "twice", Type: forms.TypeCalculated, Label: text("Twice"), Calculation: &forms.Calculation{Operation: forms.OperationSum, Of: []string{"thrice"}}},
			{Key: "thrice", Type: forms.TypeCalculated, Label: text("Thrice"), Calculation: &forms.Calculation{Operation: forms.OperationSum, Of: []string{"age"}}},
			{Key: "heads", Type: forms.TypeCalculated, Label: text("Heads"), Calculation: &forms.Calculation{Operation: forms.OperationRows, Of: []string{"team"}}},
			{Key: "team", Type: forms.TypeTable, Label: text("Team"), Columns: []forms.Question{
				{Key: "role", Type: forms.TypeShortText, Label: text("Role")},
				{Key: "name", Type: forms.TypeShortText, Label: text("Name"), Class: forms.ClassPersonal},
				{Key: "needs", Type: forms.TypeShortText, Label: text("Needs"), Class: forms.ClassSpecial},
			}},
		},
	}}}
	if withDiet {
		d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "diet", Type: forms.TypeShortText, Label: text("Diet"), Class: forms.ClassSpecial})
	}
	return d
}

// TestAnswersExpireByTheirClass and by nothing else: also what an earlier version asked, and single columns.
func TestAnswersExpireByTheirClass(t *testing.T) {
	t.Parallel()
	d := open(t)
	var sheet, other forms.Sheet
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := d.forms.Create(ctx, tx, "Expiring")
		if err != nil {
			return err
		}
		first, err := d.forms.Publish(ctx, tx, form, expiring(true))
		if err != nil {
			return err
		}
		if sheet, err = d.forms.NewSheet(ctx, tx, first.ID, forms.ScopePart); err != nil {
			return err
		}
		if other, err = d.forms.NewSheet(ctx, tx, first.ID, forms.ScopePart); err != nil {
			return err
		}
		for _, s := range []forms.Sheet{sheet, other} {
			for question, value := range map[string]string{
				"issue": `"Nobody stays"`, "contact": `"Ayşe"`, "account": `"TR33"`, "agreed": `true`, "diet": `"none"`,
				"age": `37`, "twice": `37`, "thrice": `37`, "heads": `2`,
				"team": `[{"role": "lead", "name": "Ayşe", "needs": "a lift"}, {"role": "guest", "replacement": {"name": "Mehmet", "needs": "a ramp"}}]`,
			} {
				if _, err := tx.NewRaw(`INSERT INTO answers (sheet_id, question, value, version, updated_at) VALUES (?, ?, ?::jsonb, 1, now())`, s.ID, question, value).Exec(ctx); err != nil {
					return err
				}
			}
		}
		second, err := d.forms.Publish(ctx, tx, form, expiring(false))
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE sheets SET form_version_id = ? WHERE id = ?`, second.ID, sheet.ID).Exec(ctx)
		return err
	})
	expire := func(class forms.Class, want int) {
		t.Helper()
		d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
			n, err := d.forms.Expire(ctx, tx, []ids.Sheet{sheet.ID}, class)
			if err == nil && n != want {
				t.Errorf("%d answers of class %s went, want %d", n, class, want)
			}
			return err
		})
	}
	wants := func(s forms.Sheet, want map[string]string) {
		t.Helper()
		all, err := d.forms.Filled(t.Context(), d.sc.Read(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		got := all[s.ID].Answers
		if len(got) != len(want) {
			t.Errorf("%d answers are left, want %d: %s", len(got), len(want), got)
		}
		for question, value := range want {
			var g, w any
			if json.Unmarshal(got[question], &g) != nil || json.Unmarshal([]byte(value), &w) != nil || asText(t, g) != asText(t, w) {
				t.Errorf("%s: %s is left, want %s", question, got[question], value)
			}
		}
	}
	expire(forms.ClassSpecial, 2)
	expire(forms.ClassSpecial, 0)
	wants(sheet, map[string]string{
		"issue": `"Nobody stays"`, "contact": `"Ayşe"`, "account": `"TR33"`, "agreed": `true`, "age": `37`, "twice": `37`, "thrice": `37`, "heads": `2`,
		"team": `[{"role": "lead", "name": "Ayşe"}, {"role": "guest", "replacement": {"name": "Mehmet"}}]`,
	})
	expire(forms.ClassPersonal, 5)
	expire(forms.ClassFinancial, 1)
	wants(sheet, map[string]string{"issue": `"Nobody stays"`, "agreed": `true`, "heads": `2`, "team": `[{"role": "lead"}, {"role": "guest", "replacement": {}}]`})
	wants(other, map[string]string{
		"issue": `"Nobody stays"`, "contact": `"Ayşe"`, "account": `"TR33"`, "agreed": `true`, "diet": `"none"`, "age": `37`, "twice": `37`, "thrice": `37`, "heads": `2`,
		"team": `[{"role": "lead", "name": "Ayşe", "needs": "a lift"}, {"role": "guest", "replacement": {"name": "Mehmet", "needs": "a ramp"}}]`,
	})
}

func asText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
