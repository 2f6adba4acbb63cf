package builder_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
)

func localizer(t testing.TB, l i18n.Locale) *i18n.Localizer {
	t.Helper()
	catalog, err := i18n.Load(ui.Locales, site.Locales, forms.Locales, builder.Locales)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Localizer(l, time.UTC)
}

func say(s string) i18n.Text { return i18n.Text{i18n.EN: s, i18n.TR: s, i18n.DE: s} }

// plain is a form of two sections, in which "why" is asked depending on "kind", and "total" on "kind" too.
func plain() forms.Definition {
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{
		{Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "name", Type: forms.TypeShortText, Label: say("Name")},
			{Key: "kind", Type: forms.TypeChoice, Label: say("Kind"), Options: []forms.Option{{Value: "club", Label: say("Club")}, {Value: "firm", Label: say("Firm")}}},
			{Key: "why", Type: forms.TypeLongText, Label: say("Why"), Condition: &forms.Condition{Question: "kind", Equals: "club"}},
		}},
		{Key: "money", Title: say("Money"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "total", Type: forms.TypeNumber, Label: say("Total"), Condition: &forms.Condition{All: []forms.Condition{{Question: "kind", Equals: "firm"}, {Question: "name", Equals: "X"}}}},
			{Key: "people", Type: forms.TypePeople, Label: say("People"), Columns: []forms.Question{
				{Key: "first", Type: forms.TypeShortText, Label: say("First")}, {Key: "last", Type: forms.TypeShortText, Label: say("Last")},
			}, Replacement: []string{"first"}},
		}},
	}}
}

func order(d forms.Definition) string {
	var all []string
	for _, s := range d.Sections {
		var keys []string
		for _, q := range s.Questions {
			keys = append(keys, q.Key)
		}
		all = append(all, s.Key+":"+strings.Join(keys, ","))
	}
	return strings.Join(all, " ")
}

func TestKeysAreMadeFromWords(t *testing.T) {
	t.Parallel()
	taken := func(key string) bool { return key == "name" || key == "name_2" }
	for words, want := range map[string]string{
		"Name": "name_3", "İşçilerin yaşı": "iscilerin_yasi", "Größe der Straße": "grosse_der_strasse", "2027?": "question_2027", "…": "question", "Ωmega": "mega",
		"A very long question that goes on and on and on until the end": "a_very_long_question_that_goes_on_and_on",
	} {
		if got := builder.Key(words, "question", taken); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestQuestionsAndSectionsMove(t *testing.T) {
	t.Parallel()
	q := func(key string) builder.Place { return builder.Place{Question: key} }
	for _, c := range []struct {
		what string
		do   func(d *forms.Definition) error
		want string
	}{
		{"up", func(d *forms.Definition) error { return builder.Step(d, q("kind"), -1) }, "us:kind,name,why money:total,people"},
		{"down", func(d *forms.Definition) error { return builder.Step(d, q("kind"), 1) }, "us:name,why,kind money:total,people"},
		{"over the end of a section", func(d *forms.Definition) error { return builder.Step(d, q("why"), 1) }, "us:name,kind money:why,total,people"},
		{"over the beginning of a section", func(d *forms.Definition) error { return builder.Step(d, q("total"), -1) }, "us:name,kind,why,total money:people"},
		{"up at the top", func(d *forms.Definition) error { return builder.Step(d, q("name"), -1) }, "us:name,kind,why money:total,people"},
		{"down at the end", func(d *forms.Definition) error { return builder.Step(d, q("people"), 1) }, "us:name,kind,why money:total,people"},
		{"section down", func(d *forms.Definition) error { return builder.Step(d, builder.Place{Section: "us"}, 1) }, "money:total,people us:name,kind,why"},
		{"before another", func(d *forms.Definition) error { return builder.MoveQuestion(d, "people", "us", "kind") }, "us:name,people,kind,why money:total"},
		{"before one behind it", func(d *forms.Definition) error { return builder.MoveQuestion(d, "name", "us", "why") }, "us:kind,name,why money:total,people"},
		{"before itself", func(d *forms.Definition) error { return builder.MoveQuestion(d, "name", "us", "name") }, "us:name,kind,why money:total,people"},
		{"to an end", func(d *forms.Definition) error { return builder.MoveQuestion(d, "name", "money", "") }, "us:kind,why money:total,people,name"},
		{"section to the front", func(d *forms.Definition) error { return builder.MoveSection(d, "money", "us") }, "money:total,people us:name,kind,why"},
		{"section to the end", func(d *forms.Definition) error { return builder.MoveSection(d, "us", "") }, "money:total,people us:name,kind,why"},
	} {
		d := plain()
		if err := c.do(&d); err != nil || order(d) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.what, order(d), err, c.want)
		}
	}
	d := plain()
	for _, err := range []error{builder.Step(&d, q("nothing"), 1), builder.MoveQuestion(&d, "name", "nowhere", ""), builder.MoveSection(&d, "nowhere", ""), builder.Remove(&d, q("nothing"), true)} {
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("what is not there was moved: %v", err)
		}
	}
}

func TestWhatIsAddedCanBePublishedButForItsTranslation(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Locales = []i18n.Locale{i18n.EN}
	for _, kind := range forms.Types {
		at, err := builder.AddQuestion(&d, "us", "name", i18n.Text{i18n.EN: "New " + string(kind)}, kind)
		if err != nil {
			t.Fatal(kind, err)
		}
		for _, problem := range forms.Check(d) {
			where := strings.TrimPrefix(problem.Where, "us/")
			lacks := problem.Key == "forms.check.few_options" || problem.Key == "forms.check.no_columns" || problem.Key == "forms.check.statements" || problem.Key == "forms.check.calculation" // which nobody can guess
			if where == at.Question && !lacks {
				t.Errorf("a new %s: %s", kind, problem)
			}
		}
	}
	if d.Sections[0].Questions[1].Key != "new_"+string(forms.Types[len(forms.Types)-1]) {
		t.Errorf("not behind the one that was chosen: %s", order(d))
	}
	for _, err := range []error{
		second(builder.AddQuestion(&d, "us", "", i18n.Text{}, forms.TypeDate)), second(builder.AddQuestion(&d, "us", "", say("x"), "magic")), second(builder.AddSection(&d, i18n.Text{}, forms.ScopePart)),
		second(builder.AddColumn(&d, "people", say("x"), forms.TypeFile)),
	} {
		if !fault.Is(err, fault.KindInvalid) {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestACopyIsItsOwn(t *testing.T) {
	t.Parallel()
	d := plain()
	mark := func(t i18n.Text) i18n.Text { return i18n.Text{i18n.EN: t[i18n.EN] + " (copy)"} }
	at, err := builder.Copy(&d, builder.Place{Section: "us"}, mark)
	if err != nil || order(d) != "us:name,kind,why us_2:name_2,kind_2,why_2 money:total,people" {
		t.Fatalf("%+v, %s, %v", at, order(d), err)
	}
	if c := d.Sections[1].Questions[2].Condition; c.Question != "kind_2" || d.Sections[0].Questions[2].Condition.Question != "kind" {
		t.Errorf("the copy depends on %+v", c)
	}
	d.Sections[1].Questions[1].Options[0].Label[i18n.EN] = "Other"
	if d.Sections[0].Questions[1].Options[0].Label[i18n.EN] != "Club" {
		t.Error("both share their answers")
	}
	if at, err := builder.Copy(&d, builder.Place{Question: "people", Column: "first"}, mark); err != nil || at.Column != "first_2" {
		t.Errorf("%+v, %v", at, err)
	}
	if problems := forms.Check(d); len(problems) != 2 { // the copies' names, which speak English only
		t.Errorf("%v", problems)
	}
}

func TestWhatOthersDependOnIsNotJustDeleted(t *testing.T) {
	t.Parallel()
	d := plain()
	kind := builder.Place{Section: "us", Question: "kind"}
	want := []builder.Place{{Section: "us", Question: "why"}, {Section: "money", Question: "total"}}
	if diff := cmp.Diff(want, builder.Dependents(&d, kind)); diff != "" {
		t.Error(diff)
	}
	if err := builder.Remove(&d, kind, false); !fault.Is(err, fault.KindConflict) || order(d) != order(plain()) {
		t.Errorf("deleted under others: %v, %s", err, order(d))
	}
	if diff := cmp.Diff([]builder.Place{{Section: "money", Question: "total"}}, builder.Dependents(&d, builder.Place{Section: "us"})); diff != "" {
		t.Error(diff)
	}
	if err := builder.Remove(&d, kind, true); err != nil {
		t.Fatal(err)
	}
	if why := d.Sections[0].Questions[1]; why.Key != "why" || why.Condition != nil {
		t.Errorf("%+v", why)
	}
	if diff := cmp.Diff(&forms.Condition{Question: "name", Equals: "X"}, d.Sections[1].Questions[0].Condition); diff != "" {
		t.Error(diff)
	}
	if problems := forms.Check(d); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	if err := builder.Remove(&d, builder.Place{Question: "people", Column: "first"}, false); err != nil || len(d.Sections[1].Questions[1].Replacement) != 0 {
		t.Errorf("%v, %+v", err, d.Sections[1].Questions[1])
	}
}

func TestConditionsAsLines(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	leaf := forms.Condition{Question: "kind", Equals: "club"}
	for _, c := range []forms.Condition{
		leaf,
		{Question: "kind", In: []string{"club", "firm"}},
		{Question: "name", Answered: &yes},
		{Question: "name", Answered: &no},
		{Question: "total", Above: "3"},
		{Question: "total", Below: "3.5"},
		{Not: &leaf},
		{All: []forms.Condition{leaf, {Not: &leaf}}},
		{Any: []forms.Condition{leaf, {Question: "total", Above: "3"}}},
	} {
		lines, ok := builder.LinesOf(&c)
		if diff := cmp.Diff(&c, lines.Condition()); !ok || diff != "" {
			t.Errorf("%+v: %v %s", c, ok, diff)
		}
	}
	for _, c := range []forms.Condition{{All: []forms.Condition{{Any: []forms.Condition{leaf, leaf}}, leaf}}, {Not: &forms.Condition{Question: "name", Answered: &yes}}} {
		if _, ok := builder.LinesOf(&c); ok {
			t.Errorf("%+v became lines", c)
		}
	}
	d := plain()
	loc := localizer(t, i18n.EN)
	for want, c := range map[string]*forms.Condition{
		"": nil, "“Kind” is “Club”": &leaf, "“Kind” is “Firm” and “Name” is “X”": d.Sections[1].Questions[0].Condition,
		"“Kind” is one of: Club, Firm or “Total” is more than 3": {Any: []forms.Condition{{Question: "kind", In: []string{"club", "firm"}}, {Question: "total", Above: "3"}}},
		"… (not finished)": {Question: "gone", Equals: "x"}, "(“Kind” is “Club” or “Kind” is not “Club”) and “Kind” is “Club”": {All: []forms.Condition{{Any: []forms.Condition{leaf, {Not: &leaf}}}, leaf}},
	} {
		if got := builder.InWords(loc, &d, c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// typing saves what somebody typed about a place that was shown as in a definition.
func typing(t *testing.T, d, shown *forms.Definition, at builder.Place, pairs ...string) error {
	t.Helper()
	values := url.Values{"settings": {"yes"}}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	was := ""
	if shown != nil {
		s, _ := shown.Section(at.Section)
		was = builder.Was(s)
		if at.Question != "" {
			was = builder.Was(&s.Questions[slices.IndexFunc(s.Questions, func(q forms.Question) bool { return q.Key == at.Question })])
		}
	}
	return builder.Save(d, at, was, &builder.Reader{Loc: localizer(t, i18n.DE), In: i18n.DE, Form: web.NewForm(values)})
}

func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	d := plain()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(typing(t, &d, nil, builder.Place{Section: "us", Question: "name"}, "label", "  Wie heißen Sie?  ", "help", "", "required", "yes", "words", "12", "class", "personal", "format", "email"))
	want := forms.Question{Key: "name", Type: forms.TypeShortText, Label: i18n.Text{i18n.EN: "Name", i18n.TR: "Name", i18n.DE: "Wie heißen Sie?"}, Required: true, Words: 12, Class: forms.ClassPersonal, Format: forms.FormatEmail}
	if diff := cmp.Diff(want, d.Sections[0].Questions[0]); diff != "" {
		t.Error(diff)
	}
	must(typing(t, &d, nil, builder.Place{Section: "money", Question: "total"}, "min", "1.000,5", "max", "", "unit", "km", "decimals", "2", "when", "lines", "when.0.question", "kind", "when.0.test", "one_of", "when.0.value", "club", "when.0.value", "gone"))
	total := d.Sections[1].Questions[0]
	if total.Min != "1000.5" || total.Max != "" || total.Unit[i18n.DE] != "km" || total.Decimals != 2 {
		t.Errorf("%+v", total)
	}
	if diff := cmp.Diff(&forms.Condition{Question: "kind", In: []string{"club"}}, total.Condition); diff != "" {
		t.Error(diff)
	}
	must(typing(t, &d, nil, builder.Place{Section: "us", Question: "kind"}, "options", "yes", "option.0.value", "firm", "option.0.label", "Firma", "option.1.value", "club", "option.1.label", "Verein", "option.more", "Schule\n\nSchule\n", "do", "option.1.up"))
	var got []string
	for _, o := range d.Sections[0].Questions[1].Options {
		got = append(got, o.Value+"="+o.Label[i18n.DE]+"/"+o.Label[i18n.EN])
	}
	if diff := cmp.Diff([]string{"club=Verein/Club", "firm=Firma/Firm", "schule=Schule/", "schule_2=Schule/"}, got); diff != "" {
		t.Error(diff)
	}
	must(typing(t, &d, nil, builder.Place{Section: "us"}, "title", "Wir", "scope", "joint", "repeats", "yes", "repeat_min", "2", "repeat_max", "4", "item", "Besuch"))
	us := d.Sections[0]
	if us.Title[i18n.DE] != "Wir" || us.Scope != forms.ScopeJoint || us.Repeat == nil || us.Repeat.Min != 2 || us.Repeat.Max != 4 || us.Repeat.Item[i18n.DE] != "Besuch" || len(us.Questions) != 3 {
		t.Errorf("%+v", us)
	}
	must(typing(t, &d, nil, builder.Place{Section: "us", Question: "kind"}, "type", "ranking"))
	if q := d.Sections[0].Questions[1]; q.Type != forms.TypeRanking || len(q.Options) != 4 || q.Key != "kind" {
		t.Errorf("%+v", q)
	}
	for name, pairs := range map[string][]string{
		"a word for a number": {"words", "many"}, "a negative number": {"words", "-1"}, "no such class": {"class", "secret"}, "no such type": {"type", "magic"}, "a NUL": {"label", "a\x00b"},
		"a reversal of direction": {"help", "a\u202eb"}, "too long": {"label", strings.Repeat("x", 301)},
	} {
		before := plain()
		if err := typing(t, &before, nil, builder.Place{Section: "us", Question: "name"}, pairs...); !fault.Is(err, fault.KindInvalid) || cmp.Diff(plain(), before) != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTwoPeopleChangeOneQuestion(t *testing.T) {
	t.Parallel()
	shown, d := plain(), plain()
	at := builder.Place{Section: "us", Question: "name"}
	d.Sections[0].Questions[0].Label[i18n.EN] = "Your name"
	d.Sections[0].Questions[0].Required = true
	if err := typing(t, &d, &shown, at, "label", "Ihr Name", "class", "personal"); err != nil {
		t.Fatal(err)
	}
	q := d.Sections[0].Questions[0]
	if q.Label[i18n.EN] != "Your name" || q.Label[i18n.DE] != "Ihr Name" || !q.Required || q.Class != forms.ClassPersonal {
		t.Errorf("not both: %+v", q)
	}
	d.Sections[0].Questions[0].Label[i18n.DE] = "Name der Organisation"
	err := typing(t, &d, &shown, at, "label", "Wie heißen Sie?")
	clash, ok := errors.AsType[*builder.Clash](err)
	if !ok || !fault.Is(err, fault.KindConflict) {
		t.Fatalf("%v", err)
	}
	mine, _ := clash.Mine.(*forms.Question)
	theirs, _ := clash.Theirs.(*forms.Question)
	if diff := cmp.Diff([]string{"label.de"}, clash.Fields); diff != "" || mine.Label[i18n.DE] != "Wie heißen Sie?" || theirs.Label[i18n.DE] != "Name der Organisation" {
		t.Errorf("%s %+v %+v", diff, mine, theirs)
	}
	if d.Sections[0].Questions[0].Label[i18n.DE] != "Name der Organisation" {
		t.Error("a refused change was made")
	}
	if err := typing(t, &d, nil, at, "label", "x", "was", "{"); err != nil {
		t.Error(err)
	}
	if err := builder.Save(&d, at, "{", &builder.Reader{Loc: localizer(t, i18n.DE), In: i18n.DE}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("what no page showed: %v", err)
	}
}

func TestTextsBesideEachOther(t *testing.T) {
	t.Parallel()
	d := plain()
	delete(d.Sections[0].Title, i18n.TR)
	d.Sections[0].Questions[0].Help = i18n.Text{i18n.EN: "Help"}
	missing := builder.Missing(&d)
	want := map[i18n.Locale]int{i18n.TR: 2, i18n.DE: 1}
	if cmp.Diff(want, missing[""]) != "" || cmp.Diff(want, missing["us"]) != "" || len(missing["money"]) != 0 {
		t.Errorf("%v", missing)
	}
	clashes, err := builder.Translate(&d, "us", map[string]string{"text.tr.title": "Biz", "text.en.q.name.label": "Your name", "text.de.q.kind.option.club.label": "Verein", "text.de.q.nothing.label": "x", "text.fr.title": "Nous"},
		map[string]string{"text.en.q.name.label": "Another name", "text.de.q.kind.option.club.label": "Club"})
	if diff := cmp.Diff([]string{"text.en.q.name.label"}, clashes); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if us := d.Sections[0]; us.Title[i18n.TR] != "Biz" || us.Questions[0].Label[i18n.EN] != "Name" || us.Questions[1].Options[0].Label[i18n.DE] != "Verein" || len(us.Title) != 3 {
		t.Errorf("%+v", us)
	}
	if _, err := builder.Translate(&d, "nowhere", nil, nil); !fault.Is(err, fault.KindNotFound) {
		t.Error(err)
	}
	paths := map[string]bool{}
	full := blueprints.Default().Form
	for i := range full.Sections {
		for _, row := range builder.Rows(&full.Sections[i]) {
			if paths[row.Path] && strings.HasPrefix(row.Path, "q.") {
				t.Errorf("%s stands twice", row.Path)
			}
			paths[row.Path] = true
		}
	}
	if missing := builder.Missing(&full); len(missing[""]) != 0 || len(paths) < 100 {
		t.Errorf("of the blueprint's %d texts are missing: %v", len(paths), missing[""])
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   i18n.Locale
		text string
		want builder.Reading
	}{
		{i18n.EN, "Internationalisation considerations notwithstanding", builder.Reading{}},
		{i18n.EN, "Please tell us who you are. We want to know what you do each day and whom you work with.", builder.Reading{}},
		{i18n.EN, "Organisations participating in intercultural cooperation programmes substantiate their institutional capabilities through comprehensive documentation of previously implemented initiatives.", builder.Reading{Hard: true}},
		{i18n.DE, "Bitte schreiben Sie uns, wer Sie sind. Was machen Sie jeden Tag? Mit wem arbeiten Sie zusammen?", builder.Reading{}},
		{i18n.DE, "Antragstellende Organisationen dokumentieren zwischenstaatliche Kooperationserfahrungen einschließlich finanzwirtschaftlicher Nachhaltigkeitsüberlegungen unter Berücksichtigung institutioneller Rahmenbedingungen.", builder.Reading{Hard: true}},
		{i18n.TR, "Bize kim olduğunuzu yazın. Her gün ne yapıyorsunuz? Kiminle çalışıyorsunuz? Bunu kısaca anlatın.", builder.Reading{}},
		{i18n.TR, "Kurumsallaştırılmış uluslararasılaştırma faaliyetlerinizin sürdürülebilirliğinin değerlendirilmesine yönelik gerçekleştirdiğiniz çalışmalarınızın belgelendirilmesinde karşılaştığınız güçlüklerin üstesinden gelinmesine ilişkin deneyimlerinizi açıklayınız.", builder.Reading{Hard: true}},
		{i18n.EN, strings.Repeat("we go on ", 10) + "now.", builder.Reading{Longest: 31}},
	} {
		if got := builder.Read(c.in, c.text); got != c.want {
			t.Errorf("%s %.40q: %+v, want %+v", c.in, c.text, got, c.want)
		}
	}
}

func TestMergeTakesWhatOneOfTwoChanged(t *testing.T) {
	t.Parallel()
	type thing struct {
		Text i18n.Text `json:"text"`
		N    int       `json:"n"`
		List []string  `json:"list"`
	}
	base := thing{Text: i18n.Text{"en": "a", "de": "b"}, N: 1, List: []string{"x"}}
	mine := thing{Text: i18n.Text{"en": "a2", "de": "b"}, N: 2, List: []string{"x", "y"}}
	theirs := thing{Text: i18n.Text{"en": "a", "tr": "c"}, N: 2, List: []string{"z"}}
	merged, clashes, err := builder.Merge(base, mine, theirs)
	want := thing{Text: i18n.Text{"en": "a2", "tr": "c"}, N: 2, List: []string{"z"}}
	if cmp.Diff(want, merged) != "" || cmp.Diff([]string{"list"}, clashes) != "" || err != nil {
		t.Errorf("%+v, %v, %v", merged, clashes, err)
	}
}
