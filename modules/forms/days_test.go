package forms_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// datedForm asks for a name, which is required from March on and frozen from April on, and for a motto, frozen from February.
func datedForm() forms.Definition {
	say := func(s string) i18n.Text { return i18n.Text{i18n.EN: s} }
	return forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{
		Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "name", Type: forms.TypeShortText, Label: say("Name"), RequiredFrom: "2027-03-01", FrozenFrom: "2027-04-01"},
			{Key: "motto", Type: forms.TypeLongText, Label: say("Motto"), FrozenFrom: "2027-02-01"},
			{Key: "free", Type: forms.TypeShortText, Label: say("Free")},
		},
	}}}
}

func TestAnAnswerIsRequiredFromItsDayOn(t *testing.T) {
	t.Parallel()
	d := datedForm()
	for day, want := range map[i18n.Day]string{"": "", "2027-02-28": "", "2027-03-01": "fault.required", "2028-01-01": "fault.required"} {
		if got := keys(forms.Validate(d.On(day), forms.ScopePart, nil, forms.Submit)); got != want {
			t.Errorf("on %q: %q, want %q", day, got, want)
		}
		left := 0
		for _, p := range forms.Complete(d.On(day), forms.ScopePart, nil) {
			left += p.Left
		}
		if (left > 0) != (want != "") {
			t.Errorf("on %q: %d left", day, left)
		}
	}
	if diff := cmp.Diff(datedForm(), d); diff != "" {
		t.Error("a day has changed the form itself", diff)
	}
}

func TestDaysMustMakeSense(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(q *forms.Question)
		want   string
	}{
		"sensible":                        {func(*forms.Question) {}, ""},
		"frozen before required":          {func(q *forms.Question) { q.FrozenFrom = "2027-02-01" }, "forms.check.frozen_first"},
		"frozen on the day":               {func(q *forms.Question) { q.FrozenFrom = q.RequiredFrom }, "forms.check.frozen_first"},
		"required anyway":                 {func(q *forms.Question) { q.Required = true }, "forms.check.required_already"},
		"no day":                          {func(q *forms.Question) { q.RequiredFrom = "2027-02-30" }, "forms.check.days"},
		"a consent that is forced":        {func(q *forms.Question) { q.Type, q.FrozenFrom = forms.TypeConsent, "" }, "forms.check.forced_consent"},
		"a consent that cannot be undone": {func(q *forms.Question) { q.Type, q.RequiredFrom = forms.TypeConsent, "" }, "forms.check.frozen_statement"},
		"a declaration that is so anyway": {func(q *forms.Question) { q.Type, q.FrozenFrom = forms.TypeDeclaration, "" }, "forms.check.required_already"},
		"a heading":                       {func(q *forms.Question) { q.Type = forms.TypeHeading }, "forms.check.days"},
		"a column": {func(q *forms.Question) {
			column := *q
			column.RequiredFrom = ""
			*q = forms.Question{Key: "table", Type: forms.TypeTable, Label: q.Label, Columns: []forms.Question{column}}
		}, "forms.check.days"},
	} {
		d := datedForm()
		c.change(&d.Sections[0].Questions[0])
		got := ""
		for _, p := range forms.Check(d) {
			got += p.Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDaysMoveWithTheCycle(t *testing.T) {
	t.Parallel()
	d := datedForm()
	moved := d.Shifted(365)
	if q := moved.Sections[0].Questions[0]; q.RequiredFrom != "2028-02-29" || q.FrozenFrom != "2028-03-31" {
		t.Errorf("moved to %s and %s", q.RequiredFrom, q.FrozenFrom)
	}
	if moved.Sections[0].Questions[2].FrozenFrom != "" || d.Sections[0].Questions[0].FrozenFrom != "2027-04-01" {
		t.Error("what has no day was given one, or the form itself was changed")
	}
}

// dated is a desk with the dated form.
func dated(t *testing.T) *desk {
	t.Helper()
	d := open(t)
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := d.forms.Create(ctx, tx, "Dated")
		if err != nil {
			return err
		}
		if d.version, err = d.forms.Publish(ctx, tx, form, datedForm()); err != nil {
			return err
		}
		d.sheet, err = d.forms.NewSheet(ctx, tx, d.version.ID, forms.ScopePart)
		return err
	})
	return d
}

func TestAFrozenAnswerStaysAsItIs(t *testing.T) {
	t.Parallel()
	d := dated(t)
	loc := localizer(t, i18n.TR)
	post := func(day i18n.Day, pairs ...string) (forms.Posted, []*forms.Clash) {
		t.Helper()
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Set("base["+pairs[i]+"]", "0")
			values.Set(forms.FieldName(pairs[i]), pairs[i+1])
		}
		var posted forms.Posted
		var clashes []*forms.Clash
		d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
			var err error
			posted, clashes, err = d.forms.SavePosted(ctx, tx, loc, d.sheet.ID, day, "us", values, ids.Person{})
			return err
		})
		return posted, clashes
	}
	send := func(day i18n.Day, ref, text string) error {
		return d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			raw, err := json.Marshal(map[string][]string{forms.FieldName(ref): {text}})
			if err != nil {
				return err
			}
			_, _, err = d.forms.SaveTyped(ctx, tx, loc, d.sheet.ID, day, ref, forms.Sent{Value: raw, Base: d.filled(t).Versions[ref]}, ids.Person{})
			return err
		})
	}
	if posted, _ := post("2027-01-31", "name", "Umut", "motto", "Erken"); posted.Changed != 2 || len(posted.Bad) > 0 {
		t.Fatalf("before its day: %+v", posted)
	}
	posted, clashes := post("2027-02-01", "motto", "Geç", "free", "kept")
	if keys(posted.Bad) != "forms.error.frozen" || posted.Bad[0].Name != forms.FieldName("motto") || len(clashes) > 0 {
		t.Errorf("on its day: %v, %v", posted.Bad, clashes)
	}
	if f := d.filled(t).Answers; string(f["motto"]) != `"Erken"` || string(f["free"]) != `"kept"` {
		t.Errorf("kept %s", f)
	}
	if posted.Typed.Get(forms.FieldName("motto")) != "Geç" {
		t.Error("what was typed is lost")
	}
	if told := forms.Tell(loc, posted.Bad)[0].Text; !strings.Contains(told, "1 Şubat 2027") {
		t.Errorf("told %q", told)
	}
	if posted, _ = post("2027-02-01", "motto", "Erken"); len(posted.Bad) > 0 || posted.Changed > 0 {
		t.Errorf("the same again: %+v", posted)
	}
	if err := send("2027-02-01", "motto", "Erken"); err != nil {
		t.Error("the same again, by the script:", err)
	}
	if err := send("2027-02-01", "motto", "Geç"); !fault.Is(err, fault.KindInvalid) || keys(fault.Of(err).Fields) != "forms.error.frozen" {
		t.Errorf("by the script: %v", err)
	}
	if err := send("2027-04-01", "name", ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("taken away: %v", err)
	}
	if err := send("2027-03-31", "name", "Umut Evi"); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	if f := d.filled(t).Answers; string(f["motto"]) != `"Erken"` || string(f["name"]) != `"Umut Evi"` {
		t.Errorf("in the end %s", f)
	}
}

func TestNothingIsTakenAwayWithAnItem(t *testing.T) {
	t.Parallel()
	d := datedForm()
	s := &d.Sections[0]
	s.Repeat = &forms.Repeat{Max: 4, Item: i18n.Text{i18n.EN: "Visit"}}
	for day, want := range map[i18n.Day]bool{"2027-01-31": false, "2027-02-01": true} {
		if _, frozen := forms.FrozenField(&d, "us.items", day); frozen != want {
			t.Errorf("on %s the items are frozen: %v", day, frozen)
		}
		page := text(render(t, i18n.EN, forms.Editing{Definition: &d, Section: s, Day: day}))
		if strings.Contains(page, "Add: Visit") == want || !strings.Contains(page, "Name") {
			t.Errorf("on %s the page offers to add an item: %v", day, !want)
		}
	}
}

func TestAFrozenQuestionIsShownWithItsReason(t *testing.T) {
	t.Parallel()
	d := datedForm()
	filled := forms.Filled{Answers: forms.Answers{"motto": json.RawMessage(`"Early"`)}, Versions: map[string]int64{"motto": 1}}
	open := func(ref string) bool { return ref == "motto" }
	for _, c := range []struct {
		name   string
		e      forms.Editing
		says   string
		base   bool // posts the motto
		silent string
	}{
		{"before", forms.Editing{Day: "2027-01-31"}, "From 1 February 2027 on", true, "Since"},
		{"since", forms.Editing{Day: "2027-02-01"}, "Since 1 February 2027", false, "From 1 February"},
		{"asked for again", forms.Editing{Day: "2027-02-01", Open: open}, "Motto", true, "Since 1 February"},
		{"required later", forms.Editing{Day: "2027-02-01"}, "required from 1 March 2027 on", false, "nothing"},
	} {
		c.e.Definition, c.e.Filled = d.On(c.e.Day), filled
		c.e.Section = &c.e.Definition.Sections[0]
		page := render(t, i18n.EN, c.e)
		if body := text(page); !strings.Contains(body, c.says) || strings.Contains(body, c.silent) || !strings.Contains(body, "Early") {
			t.Errorf("%s: the page says %q", c.name, body)
		}
		if posted(page).Has("base[motto]") != c.base {
			t.Errorf("%s: the motto is posted: %v", c.name, !c.base)
		}
	}
}

// text is what somebody reads of a page.
func text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && !within(n, "template") {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}
