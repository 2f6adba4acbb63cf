package programs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/interchange"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (h *house) file(t *testing.T, sc tenants.Scope, c programs.Call) (programs.File, []byte) {
	t.Helper()
	f, err := h.service.File(t.Context(), sc, c.ID)
	must(t, err)
	raw, err := interchange.Write(f)
	must(t, err)
	return f, raw
}

func TestAProgramSurvivesItsFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	for _, b := range blueprints.BuiltIn() {
		c, err := h.service.BeginFrom(t.Context(), sc, b.Key, b.Version, "2027", b.Compositions[0].Key)
		must(t, err)
		must(t, h.service.Limit(t.Context(), sc, c.ID, c.Version, []blueprints.Quota{{Country: "DE", Most: 3}}, ""))
		before, raw := h.file(t, sc, c)
		again, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2028")
		if err != nil || len(flaws) > 0 {
			t.Fatalf("%s: %v %v", b.Key, err, flaws)
		}
		after, _ := h.file(t, sc, again)
		before.Cycle = "2028"
		if len(after.Quotas) != 1 {
			t.Errorf("%s: %v", b.Key, after.Quotas)
		}
		if diff := cmp.Diff(before, after); diff != "" || again.ID == c.ID || again.State != programs.Draft {
			t.Errorf("%s: %s", b.Key, diff)
		}
		l, err := h.service.Lineage(t.Context(), sc, again.ID)
		if must(t, err); l.From.Blueprint != b.Key || len(l.Differences()) > 0 {
			t.Errorf("%s differs from its version: %v", b.Key, l.Differences())
		}
	}
}

func TestAProgramsFileSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	_, good := h.file(t, sc, c)
	before, err := h.service.Calls(t.Context(), sc)
	must(t, err)
	for name, one := range map[string]struct {
		change func(f *programs.File)
		want   []string
	}{
		"no such version":     {func(f *programs.File) { f.BlueprintVersion = 99 }, []string{"programs.import.blueprint"}},
		"weights":             {func(f *programs.File) { f.Criteria[0].Weight++ }, []string{"blueprints.problem.weights"}},
		"a weight":            {func(f *programs.File) { f.Criteria[0].Weight = 101 }, []string{"interchange.between"}},
		"a criterion twice":   {func(f *programs.File) { f.Criteria[1].Key = f.Criteria[0].Key }, []string{"programs.import.key_twice"}},
		"a letter":            {func(f *programs.File) { f.Letters[0].Key = "birthday" }, []string{"programs.import.letter_missing", "programs.import.letter_unknown"}},
		"a field of a letter": {func(f *programs.File) { f.Letters[0].Body["en"] = "{password}" }, []string{"programs.letter.unknown_field"}},
		"no seats":            {func(f *programs.File) { f.Composition.Seats = nil }, []string{"programs.seats.none"}},
		"a seat's kind":       {func(f *programs.File) { f.Composition.Seats[0].Kinds = []string{"army"} }, []string{"fault.choose"}},
		"a document":          {func(f *programs.File) { f.Documents[0].Question = "nowhere" }, []string{"blueprints.problem.question"}},
		"the form":            {func(f *programs.File) { f.Form.Sections[0].Questions[0].Type = "magic" }, []string{"interchange.not_one"}},
		"no cycle":            {func(f *programs.File) { f.Cycle = "" }, []string{"fault.required"}},
		"a quota":             {func(f *programs.File) { f.Quotas = []blueprints.Quota{{Country: "QQ", Most: 3}} }, []string{"fault.choose"}},
		"money":               {func(f *programs.File) { f.GrantCurrency = "XXX" }, []string{"interchange.not_one"}},
		"a stage":             {func(f *programs.File) { f.Stages[0].From = "never" }, []string{"interchange.not_one"}},
		"a long title":        {func(f *programs.File) { f.Call.Title["en"] = strings.Repeat("a", 151) }, []string{"interchange.too_long"}},
	} {
		var f programs.File
		must(t, json.Unmarshal(good, &f))
		one.change(&f)
		raw, err := interchange.Write(f)
		must(t, err)
		_, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "")
		must(t, err)
		var got []string
		for _, flaw := range flaws {
			got = append(got, flaw.Key)
			if flaw.Line < 2 || len(flaw.Way) == 0 {
				t.Errorf("%s: %+v stands nowhere", name, flaw)
			}
		}
		if diff := cmp.Diff(one.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	after, err := h.service.Calls(t.Context(), sc)
	if must(t, err); len(after) != len(before) {
		t.Errorf("%d calls were made", len(after)-len(before))
	}
	if _, _, err := h.service.BeginFromFile(t.Context(), h.As(t, tenanttest.Role(tenants.RoleReviewer)), good, ""); fault.Of(err) == nil || fault.Is(err, fault.KindInternal) {
		t.Errorf("a reviewer: %v", err)
	}
}

func TestAProgramIsBroughtInOnAPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	b := h.SignedIn(t, sc.Actor())
	b.Get("/program/calls/" + c.ID.String())
	b.Want(http.StatusOK, "The whole program as a file (JSON)")
	file := b.Get("/program/calls/" + c.ID.String() + "/file.json")
	b.Get("/program/calls")
	b.Want(http.StatusOK, "Bring in a program from a file")
	b.Get("/program/import")
	b.SubmitFile("/program/import", "file", "", nil)
	b.Want(http.StatusUnprocessableEntity, "Please choose a file.")
	b.SubmitFile("/program/import", "file", "p.json", []byte(strings.Replace(file.Body, `"weight"`, `"wieght"`, 1)), "cycle", "Spring")
	b.Want(http.StatusUnprocessableEntity, "2 things are wrong", "Do you mean “weight”?", "“weight” is missing here.")
	if !strings.Contains(b.Page.Body, `value="Spring"`) {
		t.Error("what was typed is lost")
	}
	b.SubmitFile("/program/import", "file", "p.json", []byte(file.Body), "cycle", "Spring 2028")
	b.Want(http.StatusOK, "The draft from the file is here.", "Spring 2028")
	visitor := h.Browser(t, h.Tenant)
	for _, one := range []string{"form", "program"} {
		page := visitor.Get(fmt.Sprintf("/schemas/%s.json", one))
		if !json.Valid([]byte(page.Body)) || page.Status != http.StatusOK {
			t.Errorf("%s: %d", one, page.Status)
		}
	}
}

// TestAFileCarriesTheWholeCall holds that whoever gives calls a new field says whether files carry it.
func TestAFileCarriesTheWholeCall(t *testing.T) {
	t.Parallel()
	left := []string{
		"ID", "State", "Version", "FormVersion", "AdoptedAt", "PublishedAt", "ChangedAt", // of this very call
		"OpensAt", "ClosesAt", "FirstClosesAt", "ClosedAt", "Zone", // of when it opens, which the next one has for itself
	}
	carried := map[string]bool{"FromVersion": true} // as BlueprintVersion
	for _, of := range []reflect.Type{reflect.TypeFor[programs.File](), reflect.TypeFor[blueprints.Call]()} {
		for field := range of.Fields() {
			carried[field.Name] = true
		}
	}
	for field := range reflect.TypeFor[programs.Call]().Fields() {
		if slices.Contains(left, field.Name) == carried[field.Name] {
			t.Errorf("%s: carried %v, and left out on purpose %v", field.Name, carried[field.Name], !carried[field.Name])
		}
	}
}
