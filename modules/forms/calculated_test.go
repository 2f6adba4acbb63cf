package forms_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

// reckoned is a form with amounts, and the calculated answer "out" of them.
func reckoned(o forms.Operation, of ...string) forms.Definition {
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{
		{Key: "a", Title: say("A"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "grant", Type: forms.TypeMoney, Label: say("Grant"), Currencies: []string{"EUR"}},
			{Key: "own", Type: forms.TypeMoney, Label: say("Own"), Currencies: []string{"EUR"}, Condition: &forms.Condition{Question: "n", Above: "0"}},
			{Key: "lira", Type: forms.TypeMoney, Label: say("Lira"), Currencies: []string{"TRY"}},
			{Key: "any", Type: forms.TypeMoney, Label: say("Any"), Currencies: []string{"EUR", "TRY"}},
			{Key: "n", Type: forms.TypeNumber, Label: say("N"), Decimals: 2},
			{Key: "m", Type: forms.TypeNumber, Label: say("M"), Decimals: 2},
			{Key: "secret", Type: forms.TypeNumber, Label: say("Secret"), Class: forms.ClassFinancial},
			{Key: "word", Type: forms.TypeShortText, Label: say("Word")},
		}},
		{Key: "b", Title: say("B"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "lines", Type: forms.TypeBudget, Label: say("Lines"), Columns: forms.BudgetColumns()},
			{Key: "costs", Type: forms.TypeTable, Label: say("Costs"), Columns: []forms.Question{
				{Key: "what", Type: forms.TypeShortText, Label: say("What")}, {Key: "cost", Type: forms.TypeMoney, Label: say("Cost"), Currencies: []string{"EUR"}},
			}},
			{Key: "out", Type: forms.TypeCalculated, Label: say("Out"), Decimals: 2, Calculation: &forms.Calculation{Operation: o, Of: of}},
			{Key: "half", Type: forms.TypeCalculated, Label: say("Half"), Calculation: &forms.Calculation{Operation: forms.OperationProduct, Of: []string{"out", "m"}}},
			{Key: "why", Type: forms.TypeLongText, Label: say("Why"), Condition: &forms.Condition{Question: "out", Above: "100"}},
		}},
		{Key: "j", Title: say("J"), Scope: forms.ScopeJoint, Questions: []forms.Question{{Key: "joint", Type: forms.TypeNumber, Label: say("Joint")}}},
		{Key: "r", Title: say("R"), Scope: forms.ScopePart, Repeat: &forms.Repeat{Min: 1, Max: 3, Item: say("Visit")}, Questions: []forms.Question{
			{Key: "nights", Type: forms.TypeNumber, Label: say("Nights")},
			{Key: "price", Type: forms.TypeMoney, Label: say("Price"), Currencies: []string{"EUR"}},
			{Key: "stay", Type: forms.TypeCalculated, Label: say("Stay"), Calculation: &forms.Calculation{Operation: forms.OperationProduct, Of: []string{"nights", "price"}}},
		}},
	}}
}

const (
	eur5000  = `{"minor":500000,"currency":"EUR"}`
	twoLines = `[{"quantity":3,"price":{"minor":3333,"currency":"EUR"}},{"quantity":2,"price":{"minor":5000,"currency":"EUR"}}]`
	costs    = `[{"what":"Bus","cost":{"minor":1050,"currency":"EUR"}},{"cost":{"minor":-50,"currency":"EUR"}},{"what":"Gift"},{}]`
)

func TestCalculations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o     forms.Operation
		of    []string
		given []string
		want  string
	}{
		"sum":                       {forms.OperationSum, []string{"grant", "lines", "costs/cost"}, []string{"grant", eur5000, "lines", twoLines, "costs", costs}, `{"minor":520999,"currency":"EUR"}`},
		"sum without some":          {forms.OperationSum, []string{"grant", "lines"}, []string{"grant", eur5000}, eur5000},
		"sum of nothing":            {forms.OperationSum, []string{"grant", "lines"}, nil, "null"},
		"what is hidden":            {forms.OperationSum, []string{"grant", "own"}, []string{"grant", eur5000, "own", eur5000}, eur5000},
		"what is shown":             {forms.OperationSum, []string{"grant", "own"}, []string{"grant", eur5000, "own", eur5000, "n", "1"}, `{"minor":1000000,"currency":"EUR"}`},
		"another currency of old":   {forms.OperationSum, []string{"grant"}, []string{"grant", `{"minor":1,"currency":"USD"}`}, "null"},
		"what cannot be read":       {forms.OperationSum, []string{"n", "m"}, []string{"n", `{"typed":"many"}`, "m", "2"}, "2"},
		"difference":                {forms.OperationDifference, []string{"n", "m"}, []string{"n", "0.1", "m", "0.3"}, "-0.2"},
		"difference without others": {forms.OperationDifference, []string{"n", "m"}, []string{"n", "7"}, "7"},
		"difference from nothing":   {forms.OperationDifference, []string{"n", "m"}, []string{"m", "7"}, "null"},
		"product":                   {forms.OperationProduct, []string{"grant", "n"}, []string{"grant", `{"minor":5,"currency":"EUR"}`, "n", "0.5"}, `{"minor":3,"currency":"EUR"}`},
		"product below nought":      {forms.OperationProduct, []string{"n", "m"}, []string{"n", "-0.01", "m", "0.5"}, "-0.01"},
		"product of too much":       {forms.OperationProduct, []string{"n", "m"}, []string{"n", "999999999999", "m", "999999999999"}, "null"},
		"quotient":                  {forms.OperationQuotient, []string{"grant", "n"}, []string{"grant", eur5000, "n", "3"}, `{"minor":166667,"currency":"EUR"}`},
		"quotient by nought":        {forms.OperationQuotient, []string{"n", "m"}, []string{"n", "1", "m", "0"}, "null"},
		"share":                     {forms.OperationShare, []string{"grant", "lines"}, []string{"grant", `{"minor":5000,"currency":"EUR"}`, "lines", twoLines}, "25"},
		"share of nothing":          {forms.OperationShare, []string{"n", "m"}, []string{"n", "1"}, "null"},
		"rows":                      {forms.OperationRows, []string{"costs", "lines"}, []string{"costs", costs, "lines", twoLines}, "5"},
	} {
		d := reckoned(c.o, c.of...)
		got := forms.Calculate(&d, forms.ScopePart, answers(t, c.given...))["out"]
		if string(got) != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestCalculationsStandUponEachOther works out one from another that stands behind it, and for each item of its own.
func TestCalculationsStandUponEachOther(t *testing.T) {
	t.Parallel()
	d := reckoned(forms.OperationSum, "n", "m")
	behind := d.Sections[1].Questions
	behind[2], behind[3] = behind[3], behind[2]
	got := forms.Calculate(&d, forms.ScopePart, answers(t, "n", "60", "m", "50", "r.items", "[1,3]", "nights.1", "2", "price.1", eur5000, "nights.3", "3", "price.3", eur5000))
	for ref, want := range map[string]string{"out": "110", "half": "5500", "stay.1": `{"minor":1000000,"currency":"EUR"}`, "stay.3": `{"minor":1500000,"currency":"EUR"}`} {
		if string(got[ref]) != want {
			t.Errorf("%s: %s, want %s", ref, got[ref], want)
		}
	}
	sight := forms.See(&d, forms.ScopePart, got)
	if !sight.Question("why") {
		t.Error("a condition does not see the result")
	}
	if got := forms.Calculate(&d, forms.ScopeJoint, nil); got != nil {
		t.Errorf("%v is calculated of those who have nothing to", got)
	}
}

func TestACalculationIsChecked(t *testing.T) {
	t.Parallel()
	sound := reckoned(forms.OperationSum, "grant", "lines", "costs/cost")
	sound.Sections[1].Questions[3].Calculation.Of = []string{"out", "m"}
	if problems := forms.Check(sound); len(problems) > 0 {
		t.Fatalf("a sound form has problems: %v", problems)
	}
	for name, c := range map[string]struct {
		o    forms.Operation
		of   []string
		want string
	}{
		"nothing":               {forms.OperationSum, nil, "forms.check.calculation"},
		"no operation":          {"sqrt", []string{"n"}, "forms.check.operation"},
		"half a share":          {forms.OperationShare, []string{"n"}, "forms.check.calculation"},
		"too many parts":        {forms.OperationQuotient, []string{"n", "m", "n"}, "forms.check.calculation"},
		"currencies":            {forms.OperationSum, []string{"grant", "lira"}, "forms.check.calculation_units"},
		"money and a number":    {forms.OperationDifference, []string{"grant", "n"}, "forms.check.calculation_units"},
		"money times money":     {forms.OperationProduct, []string{"grant", "own"}, "forms.check.calculation_units"},
		"a number by money":     {forms.OperationQuotient, []string{"n", "grant"}, "forms.check.calculation_units"},
		"several currencies":    {forms.OperationSum, []string{"any"}, "forms.check.term_currencies"},
		"a word":                {forms.OperationSum, []string{"word"}, "forms.check.term"},
		"a column of words":     {forms.OperationSum, []string{"costs/what"}, "forms.check.term"},
		"what is gone":          {forms.OperationSum, []string{"gone"}, "forms.check.term"},
		"a column that is gone": {forms.OperationSum, []string{"costs/gone"}, "forms.check.term"},
		"a table":               {forms.OperationSum, []string{"costs"}, "forms.check.term"},
		"rows of a number":      {forms.OperationRows, []string{"n"}, "forms.check.term"},
		"what others fill":      {forms.OperationSum, []string{"joint"}, "forms.check.term_scope"},
		"what repeats":          {forms.OperationSum, []string{"nights"}, "forms.check.term_repeated"},
		"what is delicate":      {forms.OperationSum, []string{"secret"}, "forms.check.term_class"},
		"a term twice":          {forms.OperationSum, []string{"n", "m", "n"}, "forms.check.term_twice"},
		"a column twice":        {forms.OperationSum, []string{"costs/cost", "costs/cost"}, "forms.check.term_twice"},
		"itself":                {forms.OperationSum, []string{"out"}, "forms.check.cycle"},
		"in a circle":           {forms.OperationSum, []string{"half"}, "forms.check.cycle"},
	} {
		d := reckoned(c.o, c.of...)
		found := forms.Check(d)
		if !slices.ContainsFunc(found, func(p forms.Problem) bool { return p.Key == c.want }) {
			t.Errorf("%s is not found: %v", name, found)
		}
		forms.Calculate(&d, forms.ScopePart, answers(t, "n", "1", "m", "2")) // whatever stands there, it ends
	}
	d := reckoned(forms.OperationSum, "half")
	for _, p := range forms.Check(d) {
		if p.Key == "forms.check.cycle" && p.Args["Way"] != "half → out → half" {
			t.Errorf("the way round is told as %v", p.Args["Way"])
		}
	}
	d = reckoned(forms.OperationSum, "n")
	d.Sections[0].Questions[4].Calculation = &forms.Calculation{Operation: forms.OperationSum, Of: []string{"m"}}
	if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == "forms.check.calculation_unused" }) {
		t.Error("a number that is calculated is not found")
	}
}

// TestNobodyTypesWhatIsCalculated: neither a page nor its script may, and nobody is called upon to.
func TestNobodyTypesWhatIsCalculated(t *testing.T) {
	t.Parallel()
	d := reckoned(forms.OperationSum, "n", "m")
	q := question(t, d, "out")
	q.Required = true
	if bad := forms.ValidateAnswer(q, "x", nil, forms.Submit); len(bad) > 0 {
		t.Errorf("it is called missing: %v", bad)
	}
	loc := localizer(t, i18n.EN)
	values := url.Values{"base[out]": {"0"}, "answers[out]": {"7"}}
	if p := forms.FromPost(loc, &d.Sections[1], values); len(p.Answers) > 0 {
		t.Errorf("a page wrote %v", p.Answers)
	}
	if _, _, err := forms.FromSaved(loc, &d, forms.ScopePart, "out", json.RawMessage(`{"answers[out]":["7"]}`)); err == nil {
		t.Error("a script wrote a calculated answer")
	}
	if news := forms.News(reckoned(forms.OperationSum, "n"), d); len(news) > 0 {
		t.Errorf("applicants are told of %v", news)
	}
}

func TestACalculationInWords(t *testing.T) {
	t.Parallel()
	for l, want := range map[i18n.Locale]string{i18n.EN: "EUR\u00a05,209.99", i18n.TR: "5.209,99\u00a0EUR", i18n.DE: "5.209,99\u00a0EUR"} {
		d := reckoned(forms.OperationSum, "grant")
		if got := forms.Plain(localizer(t, l), &d, question(t, d, "out"), json.RawMessage(`{"minor":520999,"currency":"EUR"}`)); cmp.Diff([]string{want}, got) != "" {
			t.Errorf("%s: %q", l, got)
		}
	}
	d := reckoned(forms.OperationShare, "grant", "costs/cost")
	q := question(t, d, "out")
	if got := forms.Plain(localizer(t, i18n.DE), &d, q, json.RawMessage(`12.5`)); cmp.Diff([]string{"12,5\u00a0%"}, got) != "" {
		t.Error(got)
	}
	if got := forms.Formula(localizer(t, i18n.EN), &d, q); got != "Grant in per cent of Costs: Cost" {
		t.Error(got)
	}
	if got := forms.Terms(&d, &d.Sections[1], q); cmp.Diff([]string{"grant", "own", "lira", "any", "n", "m", "secret", "lines", "lines/quantity", "lines/price", "costs/cost", "half"}, got) != "" {
		t.Error(got)
	}
	var page bytes.Buffer
	given := answers(t, "out", "12.5", "grant", eur5000)
	e := forms.Editing{Definition: &d, Section: &d.Sections[1], Filled: forms.Filled{Answers: given}, Addresses: forms.Addresses{Save: "/s"}}
	if err := forms.Fields(ui.Page{Loc: localizer(t, i18n.EN)}, e).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	html := page.String()
	for _, want := range []string{`data-result="12.5"`, "12.5%", "Grant in per cent of Costs: Cost", `&#34;fixed&#34;:&#34;5000&#34;`, `&#34;column&#34;:&#34;cost&#34;`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(html, `name="answers[out]`) || strings.Contains(html, `name="base[out]`) {
		t.Error("the page has an input for what is calculated")
	}
}

// TestWhatIsCalculatedIsKept: each way of writing answers works it out anew, and so does another version.
func TestWhatIsCalculatedIsKept(t *testing.T) {
	t.Parallel()
	desk := open(t)
	ctx := t.Context()
	var sheet forms.Sheet
	var form ids.Form
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if form, err = desk.forms.Create(ctx, tx, "Calculated"); err != nil {
			return err
		}
		d := reckoned(forms.OperationSum, "n", "m")
		v, err := desk.forms.Publish(ctx, tx, form, d)
		if err != nil {
			return err
		}
		sheet, err = desk.forms.NewSheet(ctx, tx, v.ID, forms.ScopePart)
		return err
	})
	holds := func(ref, want string) {
		t.Helper()
		filled, err := desk.forms.Filled(ctx, desk.sc.Read(), sheet.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(filled[sheet.ID].Answers[ref]); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := desk.forms.Save(ctx, tx, forms.Edit{Sheet: sheet.ID, Ref: "n", Type: forms.TypeNumber, Value: json.RawMessage("4")})
		return err
	})
	holds("out", "4")
	holds("half", "")
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		_, _, err := desk.forms.SaveTyped(ctx, tx, localizer(t, i18n.EN), sheet.ID, "", "m", forms.Sent{Value: json.RawMessage(`{"answers[m]":["2.5"]}`), Language: i18n.EN}, ids.Person{})
		return err
	})
	holds("out", "6.5")
	holds("half", "16")
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		_, _, err := desk.forms.SavePosted(ctx, tx, localizer(t, i18n.EN), sheet.ID, "", "a", url.Values{"base[n]": {"1"}, "answers[n]": {"2"}}, ids.Person{})
		return err
	})
	holds("out", "4.5")
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		v, err := desk.forms.Publish(ctx, tx, form, reckoned(forms.OperationProduct, "m", "n"))
		if err != nil {
			return err
		}
		return desk.forms.Move(ctx, tx, v.ID, sheet.ID)
	})
	holds("out", "5")
	var copied forms.Sheet
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		copied, err = desk.forms.Copy(ctx, tx, sheet.ID)
		return err
	})
	filled, err := desk.forms.Filled(ctx, desk.sc.Read(), copied.ID)
	if err != nil || string(filled[copied.ID].Answers["out"]) != "5" {
		t.Errorf("the copy: %v %v", filled[copied.ID].Answers, err)
	}
}

// TestTwoPeopleCalculateTogether: what one writes while the other's answer is not kept yet counts in the end.
func TestTwoPeopleCalculateTogether(t *testing.T) {
	t.Parallel()
	desk := open(t)
	var sheet forms.Sheet
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := desk.forms.Create(ctx, tx, "Calculated")
		if err != nil {
			return err
		}
		v, err := desk.forms.Publish(ctx, tx, form, reckoned(forms.OperationSum, "n", "m"))
		if err != nil {
			return err
		}
		sheet, err = desk.forms.NewSheet(ctx, tx, v.ID, forms.ScopePart)
		return err
	})
	save := func(ctx context.Context, tx *tenants.Tx, ref, value string) error {
		_, err := desk.forms.Save(ctx, tx, forms.Edit{Sheet: sheet.ID, Ref: ref, Type: forms.TypeNumber, Value: json.RawMessage(value)})
		return err
	}
	other := make(chan error, 1)
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		if err := save(ctx, tx, "n", "4"); err != nil {
			return err
		}
		go func() {
			other <- desk.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error { return save(ctx, tx, "m", "2") })
		}()
		for waiting := 0; waiting == 0; { // until the other has written and waits for its turn
			if err := tx.NewRaw(`SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))`).Scan(ctx, &waiting); err != nil {
				return err
			}
		}
		return nil
	})
	if err := <-other; err != nil {
		t.Fatal(err)
	}
	filled, err := desk.forms.Filled(t.Context(), desk.sc.Read(), sheet.ID)
	if err != nil || string(filled[sheet.ID].Answers["out"]) != "6" {
		t.Errorf("together they come to %s (%v)", filled[sheet.ID].Answers["out"], err)
	}
}

// TestAResultIsReadByThoseWhoReadItsTerms: nobody learns from a sum what only others may read.
func TestAResultIsReadByThoseWhoReadItsTerms(t *testing.T) {
	t.Parallel()
	coordinator, finance := []forms.Reader{forms.ReaderCoordinator}, []forms.Reader{forms.ReaderCoordinator, forms.ReaderFinance}
	refused := func(d forms.Definition) bool {
		return slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == "forms.check.term_class" && p.Where == "b/out" })
	}
	for name, c := range map[string]struct {
		term, result []forms.Reader
		refused      bool
	}{
		"all and all":             {nil, nil, false},
		"some and all":            {finance, nil, true},
		"some and the same":       {finance, finance, false},
		"some and fewer":          {finance, coordinator, false},
		"some and more":           {coordinator, finance, true},
		"all and some":            {nil, coordinator, false},
		"some and as many others": {coordinator, []forms.Reader{forms.ReaderReviewer}, true},
	} {
		for _, of := range []struct {
			o    forms.Operation
			term string
		}{{forms.OperationSum, "n"}, {forms.OperationRows, "costs"}, {forms.OperationSum, "costs/cost"}} {
			d := reckoned(of.o, of.term)
			key, column := forms.SplitTerm(of.term)
			term := question(t, d, key)
			if column != "" {
				term, _ = term.Column(column)
			}
			term.VisibleTo = c.term
			out := question(t, d, "out")
			out.VisibleTo = c.result
			question(t, d, "half").VisibleTo = c.result
			if got := refused(d); got != c.refused {
				t.Errorf("%s, %s of %s: refused is %v", name, of.o, of.term, got)
			}
		}
	}
	d := reckoned(forms.OperationSum, "n")
	question(t, d, "n").VisibleTo, question(t, d, "out").VisibleTo = finance, finance
	given := answers(t, "n", "4711", "out", "4711")
	for reader, sees := range map[forms.Reader]bool{forms.ReaderFinance: true, forms.ReaderReviewer: false} {
		raw, err := json.Marshal(forms.Data(&d, forms.ScopePart, given, forms.Look{As: []forms.Reader{reader}}))
		if err != nil || strings.Contains(string(raw), "4711") != sees {
			t.Errorf("%s reads %s %v", reader, raw, err)
		}
	}
}
