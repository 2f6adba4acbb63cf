package forms_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// desk is a published sample with one sheet on it.
type desk struct {
	*tenanttest.World
	forms   *forms.Service
	sc      tenants.Scope
	version forms.Version
	sheet   forms.Sheet
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{World: tenanttest.Open(t), forms: forms.New()}
	d.sc = d.System()
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := d.forms.Create(ctx, tx, "Application")
		if err != nil {
			return err
		}
		if d.version, err = d.forms.Publish(ctx, tx, form, sample()); err != nil {
			return err
		}
		d.sheet, err = d.forms.NewSheet(ctx, tx, d.version.ID, forms.ScopePart)
		return err
	})
	return d
}

func (d *desk) write(t *testing.T, fn func(ctx context.Context, tx *tenants.Tx) error) {
	t.Helper()
	if err := d.sc.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) save(t *testing.T, e forms.Edit) (forms.Saved, error) {
	t.Helper()
	var saved forms.Saved
	err := d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		saved, err = d.forms.Save(ctx, tx, e)
		return err
	})
	return saved, err
}

func (d *desk) filled(t *testing.T) forms.Filled {
	t.Helper()
	all, err := d.forms.Filled(t.Context(), d.sc.Read(), d.sheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	return all[d.sheet.ID]
}

func TestPublish(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		same, err := d.forms.Publish(ctx, tx, d.version.Form, sample())
		if err != nil || same.ID != d.version.ID {
			t.Errorf("the same definition made version %d: %v", same.Number, err)
		}
		changed := sample()
		changed.Sections[0].Title = say("Who are you?")
		next, err := d.forms.Publish(ctx, tx, d.version.Form, changed)
		if err != nil || next.Number != 2 {
			t.Errorf("got version %d: %v", next.Number, err)
		}
		broken := sample()
		broken.Sections[0].Questions[1].Label = nil
		if _, err := d.forms.Publish(ctx, tx, d.version.Form, broken); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("a broken definition: %v", err)
		}
		return nil
	})
	found, err := d.forms.Version(t.Context(), d.sc, d.version.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), *found.Definition); diff != "" {
		t.Error(diff)
	}
	latest, err := d.forms.Latest(t.Context(), d.sc, d.version.Form)
	if err != nil || latest.Number != 2 {
		t.Errorf("latest is %d: %v", latest.Number, err)
	}
	if _, err := d.forms.Version(t.Context(), d.sc, ids.New[ids.FormVersion]()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an unknown version: %v", err)
	}
}

func TestAnotherTenantFindsNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.forms.Version(t.Context(), d.sc, d.version.ID); err != nil { // now it is remembered
		t.Fatal(err)
	}
	other := d.Tenants.Bind(d.Another(t), tenants.SystemActor("test"))
	if _, err := d.forms.Version(t.Context(), other, d.version.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("version: %v", err)
	}
	if _, err := d.forms.Sheet(t.Context(), other, d.sheet.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("sheet: %v", err)
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	d := open(t)
	ayse, ben := ids.New[ids.Person](), ids.New[ids.Person]()
	e := forms.Edit{Sheet: d.sheet.ID, Ref: "name", Type: forms.TypeShortText, Value: json.RawMessage(`"Işık"`), By: ayse}
	first, err := d.save(t, e)
	if err != nil || first.Version != 1 || first.At.IsZero() {
		t.Fatalf("first: %+v %v", first, err)
	}
	again, err := d.save(t, e)
	if err != nil || again != first {
		t.Errorf("the same once more: %+v %v, want %+v", again, err, first)
	}
	e.Base, e.Value = 1, json.RawMessage(`"Işık Derneği"`)
	second, err := d.save(t, e)
	if err != nil || second.Version != 2 {
		t.Errorf("second: %+v %v", second, err)
	}
	_, err = d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "name", Value: json.RawMessage(`"Light"`), Base: 1, By: ben})
	clash, ok := errors.AsType[*forms.Clash](err)
	if !ok || !fault.Is(err, fault.KindConflict) {
		t.Fatalf("a stale edit: %v", err)
	}
	got := fmt.Sprintf("%s %s %d %v", clash.Yours, clash.Theirs, clash.Version, clash.By == ayse)
	if want := `"Light" "Işık Derneği" 2 true`; got != want {
		t.Errorf("clash %s, want %s", got, want)
	}
	described := clash.Describe(localizer(t, i18n.TR), d.version.Definition, "Ayşe")
	if described.Theirs[0] != "Işık Derneği" || described.Inputs.Get("answers[name]") != "Işık Derneği" {
		t.Errorf("described %+v", described)
	}
	f := d.filled(t)
	if string(f.Answers["name"]) != `"Işık Derneği"` || f.Versions["name"] != 2 || f.UpdatedBy != ayse {
		t.Errorf("filled %+v", f)
	}
}

func TestOfManyEditorsOneWinsEachVersion(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "name", Value: json.RawMessage(`"start"`)}); err != nil {
		t.Fatal(err)
	}
	var won, clashed int
	var lock sync.Mutex
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			_, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "name", Value: json.RawMessage(fmt.Sprintf(`"editor %d"`, i)), Base: 1})
			lock.Lock()
			defer lock.Unlock()
			if _, ok := errors.AsType[*forms.Clash](err); ok {
				clashed++
			} else if err == nil {
				won++
			} else {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won != 1 || clashed != 19 {
		t.Errorf("%d won, %d clashed", won, clashed)
	}
}

func TestSaveTyped(t *testing.T) {
	t.Parallel()
	d := open(t)
	loc := localizer(t, i18n.TR)
	type outcome struct {
		kept string
		told string
		kind string
	}
	for _, tt := range []struct {
		name, ref, value string
		want             outcome
	}{
		{"an amount", "budget", `{"answers[budget]":["1.250,5"]}`, outcome{kept: `{"minor": 125050, "currency": "EUR"}`}},
		{"not an amount", "since", `{"answers[since]":["bald"]}`, outcome{kept: `{"typed": "bald"}`, told: "forms.error.date"}},
		{"too many words", "why_z", `{"answers[why_z]":["a b c d e f"]}`, outcome{kept: `"a b c d e f"`, told: "forms.error.words"}},
		{"NUL", "name", `{"answers[name]":["a\u0000b"]}`, outcome{kind: "invalid"}},
		{"another's scope", "costs", `{}`, outcome{kind: "not found"}},
		{"no question", "gone", `{}`, outcome{kind: "not found"}},
		{"a heading", "intro", `{}`, outcome{kind: "not found"}},
		{"no inputs", "name", `[1]`, outcome{kind: "invalid"}},
	} {
		var got outcome
		err := d.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, bad, err := d.forms.SaveTyped(ctx, tx, loc, d.sheet.ID, "", tt.ref, forms.Sent{Value: json.RawMessage(tt.value)}, ids.Person{})
			got.told = keys(bad)
			return err
		})
		if err != nil {
			got.kind = fault.Of(err).Kind.String()
		} else {
			got.kept = string(d.filled(t).Answers[tt.ref])
		}
		if got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSavePosted(t *testing.T) {
	t.Parallel()
	d := open(t)
	loc := localizer(t, i18n.EN)
	post := func(body string) (forms.Posted, []*forms.Clash) {
		t.Helper()
		values, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		var posted forms.Posted
		var clashes []*forms.Clash
		d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
			var err error
			posted, clashes, err = d.forms.SavePosted(ctx, tx, loc, d.sheet.ID, "", "who", values, ids.Person{})
			return err
		})
		return posted, clashes
	}
	_, clashes := post("base[name]=0&answers[name]=Umut&base[status]=0&answers[status]=initiative&base[people]=0&answers[people][0][name]=x&answers[mail]=no@base.example.org")
	f := d.filled(t)
	if len(clashes) != 0 || len(f.Answers) != 2 || string(f.Answers["name"]) != `"Umut"` {
		t.Errorf("kept %v, clashes %v", f.Answers, clashes)
	}
	if _, clashes = post("base[name]=1&answers[name]=Umut&base[status]=1&answers[status]=initiative"); len(clashes) != 0 || d.filled(t).Versions["name"] != 1 {
		t.Error("posting the same again changed something")
	}
	if _, clashes = post("base[name]=1&answers[name]=Umut Evi"); len(clashes) != 0 {
		t.Error("a current post clashed")
	}
	_, clashes = post("base[name]=1&answers[name]=Hope&base[status]=1&answers[status]=association")
	f = d.filled(t)
	if len(clashes) != 1 || string(f.Answers["name"]) != `"Umut Evi"` || string(f.Answers["status"]) != `"association"` {
		t.Errorf("kept %v, clashes %v", f.Answers, clashes)
	}
	if posted, _ := post("base[founded]=0&answers[founded]=old"); keys(posted.Bad) != "forms.error.number" {
		t.Errorf("bad %v", posted.Bad)
	}
}

func TestButtonsOfAPageWithoutScript(t *testing.T) {
	t.Parallel()
	d := sample()
	loc := localizer(t, i18n.EN)
	for _, tt := range []struct{ section, body, ref, want string }{
		{"plan", "base[costs]=0&answers[costs][0][what]=Train&row=add:answers[costs]", "costs", `[{"what":"Train"},{}]`},
		{"plan", "base[costs]=0&answers[costs][0][what]=Train&answers[costs][1][what]=Bus&row=remove:answers[costs][0]", "costs", `[{"what":"Bus"}]`},
		{"plan", "base[costs]=0&answers[costs][0][what]=Train&row=remove:answers[costs][9]", "costs", `[{"what":"Train"}]`},
		{"visits", "base[visits.items]=0&answers[visits.items][]=1&row=add:answers[visits.items]", "visits.items", `[1,2]`},
		{"visits", "base[visits.items]=0&answers[visits.items][]=1&answers[visits.items][]=4&row=remove:answers[visits.items][1]", "visits.items", `[4]`},
		{"visits", "base[visits.items]=0&answers[visits.items][]=1&answers[visits.items][]=2&answers[visits.items][]=3&row=add:answers[visits.items]", "visits.items", `[1,2,3]`},
	} {
		values, err := url.ParseQuery(tt.body)
		if err != nil {
			t.Fatal(err)
		}
		section, _ := d.Section(tt.section)
		posted := forms.FromPost(loc, section, values)
		if got := string(posted.Answers[tt.ref]); got != tt.want || !posted.Stay {
			t.Errorf("%s: got %s (stay %v), want %s", tt.body, got, posted.Stay, tt.want)
		}
	}
}

func TestStatementsAreRemembered(t *testing.T) {
	t.Parallel()
	d := open(t)
	version := question(t, sample(), "news").StatementVersion()
	given := fmt.Sprintf(`{"given":true,"version":%q,"locale":"de"}`, version)
	for base, value := range []string{given, `null`} {
		if _, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "news", Type: forms.TypeConsent, Value: json.RawMessage(value), Base: int64(base)}); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := d.sc.Read().NewRaw("SELECT count(*) FROM statements WHERE question = 'news' AND stated_at IS NOT NULL").Scan(t.Context(), &n); err != nil || n != 2 {
		t.Errorf("%d statements: %v", n, err)
	}
}

func TestCopyAndReuse(t *testing.T) {
	t.Parallel()
	d := open(t)
	for ref, value := range map[string]string{"name": `"Umut"`, "news": `{"given":true}`, "since": `"2026-01-01"`} {
		if _, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: ref, Type: question(t, sample(), ref).Type, Value: json.RawMessage(value)}); err != nil {
			t.Fatal(err)
		}
	}
	changed := sample()
	*question(t, changed, "since") = forms.Question{Key: "since", Type: forms.TypeShortText, Label: say("Since")}
	var copied, next forms.Sheet
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		version, err := d.forms.Publish(ctx, tx, d.version.Form, changed)
		if err != nil {
			return err
		}
		if copied, err = d.forms.Copy(ctx, tx, d.sheet.ID); err != nil {
			return err
		}
		if next, err = d.forms.NewSheet(ctx, tx, version.ID, forms.ScopePart); err != nil {
			return err
		}
		n, err := d.forms.Reuse(ctx, tx, d.sheet.ID, next.ID)
		if n != 1 {
			t.Errorf("%d answers reused", n)
		}
		return err
	})
	if _, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "name", Value: json.RawMessage(`"Later"`), Base: 1}); err != nil {
		t.Fatal(err)
	}
	all, err := d.forms.Filled(t.Context(), d.sc.Read(), copied.ID, next.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(all[copied.ID].Answers["name"]); got != `"Umut"` || len(all[copied.ID].Answers) != 3 {
		t.Errorf("the copy has %v", all[copied.ID].Answers)
	}
	if got := all[next.ID].Answers; len(got) != 1 || string(got["name"]) != `"Umut"` {
		t.Errorf("reused %v", got)
	}
}

func TestSuggestFillsOnlyWhatIsEmptyAskedForAndFits(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.save(t, forms.Edit{Sheet: d.sheet.ID, Ref: "name", Value: json.RawMessage(`"Umut"`)}); err != nil {
		t.Fatal(err)
	}
	d.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		return d.forms.Suggest(ctx, tx, d.sheet.ID, forms.Answers{
			"name": json.RawMessage(`"Another"`), "since": json.RawMessage(`"2005-10-05"`), "news": json.RawMessage(`true`),
			"unknown": json.RawMessage(`"x"`), "budget": json.RawMessage(`"no money"`), "goal": nil,
		})
	})
	all, err := d.forms.Filled(t.Context(), d.sc.Read(), d.sheet.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := all[d.sheet.ID]
	if len(got.Answers) != 2 || string(got.Answers["name"]) != `"Umut"` || string(got.Answers["since"]) != `"2005-10-05"` || got.Versions["since"] != 1 {
		t.Errorf("filled %v", got)
	}
}
