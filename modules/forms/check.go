package forms

import (
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Problem is one reason why a definition cannot be published: where it is ("section/question"), and the key of the
// sentence that says what.
type Problem struct {
	Where string
	Key   string
	Args  fault.Args
}

// String is for logs and tests.
func (p Problem) String() string {
	if len(p.Args) == 0 {
		return p.Where + ": " + p.Key
	}
	return fmt.Sprintf("%s: %s %v", p.Where, p.Key, p.Args)
}

var (
	keyForm     = regexp.MustCompile(KeyPattern)
	valueForm   = regexp.MustCompile(ValuePattern)
	decimalForm = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,4})?$`)
	moneyForm   = regexp.MustCompile(`^[A-Z]{3}$`)
)

// FileKinds are the kinds of document that a file question may take.
var FileKinds = []string{"pdf", "docx", "odt", "xlsx", "ods", "png", "jpeg"}

// Check finds everything that is wrong with a definition: keys that are taken twice or malformed, texts that lack a
// language, options that are missing, limits that contradict each other, conditions that look at nothing, at another
// scope or, in the end, at themselves. A definition without problems can be published.
func Check(d Definition) []Problem {
	all := d.places()
	c := checker{d: &d, places: all, units: newUnits(all), depths: map[*Question]int{}, keys: map[string]*Section{}, sections: map[string]bool{}}
	c.languages()
	for i := range d.Sections {
		c.section(&d.Sections[i])
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		c.asked = s.Questions
		c.condition(s.Key, s.Condition, s, true)
		for j := range s.Questions {
			c.asked = s.Questions[j : j+1]
			c.condition(s.Key+"/"+s.Questions[j].Key, s.Questions[j].Condition, s, false)
			c.calculation(s.Key+"/"+s.Questions[j].Key, &s.Questions[j], s)
			c.source(s.Key+"/"+s.Questions[j].Key, &s.Questions[j], s)
		}
	}
	c.cycles()
	c.later()
	return c.found
}

type checker struct {
	d        *Definition
	places   places
	units    *units
	depths   map[*Question]int
	keys     map[string]*Section
	sections map[string]bool
	asked    []Question // under the condition that is looked at
	found    []Problem
}

func (c *checker) report(where, key string, pairs ...any) {
	args := fault.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	if len(args) == 0 {
		args = nil
	}
	c.found = append(c.found, Problem{Where: where, Key: key, Args: args})
}

func (c *checker) languages() {
	if len(c.d.Locales) == 0 {
		c.report("", "forms.check.no_language")
	}
	for i, l := range c.d.Locales {
		if _, ok := i18n.ParseLocale(string(l)); !ok || slices.Contains(c.d.Locales[:i], l) {
			c.report("", "forms.check.language", "Language", string(l))
		}
	}
	if len(c.d.Sections) == 0 {
		c.report("", "forms.check.no_section")
	}
}

// text wants a text in every language; an optional one may be missing altogether, but not in part.
func (c *checker) text(where string, text i18n.Text, required bool) {
	missing := text.Missing(c.d.Locales)
	if len(missing) > 0 && (required || len(missing) < len(c.d.Locales)) {
		var names []string
		for _, l := range missing {
			names = append(names, l.Name())
		}
		c.report(where, "forms.check.translation", "Languages", strings.Join(names, ", "))
	}
	for _, l := range slices.Sorted(maps.Keys(text)) {
		if clean, ok := i18n.Clean(text[l]); !ok || clean != text[l] {
			c.report(where, "forms.check.text", "Language", l.Name())
		}
	}
}

func (c *checker) section(s *Section) {
	if !keyForm.MatchString(s.Key) || c.sections[s.Key] {
		c.report(s.Key, "forms.check.section_key", "Key", s.Key)
	}
	c.sections[s.Key] = true
	if s.Scope != ScopePart && s.Scope != ScopeJoint {
		c.report(s.Key, "forms.check.scope")
	}
	c.text(s.Key, s.Title, true)
	c.text(s.Key, s.Intro, false)
	if r := s.Repeat; r != nil {
		c.text(s.Key, r.Item, true)
		if r.Min < 0 || r.Max < max(r.Min, 1) || r.Max > maxItems {
			c.report(s.Key, "forms.check.limits")
		}
	}
	if !slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Type.Asks() }) {
		c.report(s.Key, "forms.check.empty_section")
	}
	for i := range s.Questions {
		q := &s.Questions[i]
		where := s.Key + "/" + q.Key
		if _, taken := c.keys[q.Key]; taken {
			c.report(where, "forms.check.key_twice", "Key", q.Key)
		}
		c.keys[q.Key] = s
		c.question(where, q)
		c.percents(s.Key, q)
	}
}

func (c *checker) question(where string, q *Question) {
	if !keyForm.MatchString(q.Key) {
		c.report(where, "forms.check.key", "Key", q.Key)
	}
	if !slices.Contains(Types, q.Type) {
		c.report(where, "forms.check.type", "Type", string(q.Type))
		return
	}
	c.text(where, q.Label, true)
	for _, text := range []i18n.Text{q.Help, q.Example, q.Why, q.Unit, q.Item} {
		c.text(where, text, false)
	}
	c.options(where, q)
	c.bounds(where, q)
	c.columns(where, q)
	c.pattern(where, q)
	c.budget(where, q)
	c.statements(where, q)
	c.spans(where, q)
	c.addresses(where, q)
	c.templates(where, q)
	c.visibility(where, q)
	c.days(where, q, strings.Count(where, "/") > 1)
	c.whom(where, q, strings.Count(where, "/") > 1)
	switch q.Type {
	case TypeMoney:
		if len(q.Currencies) == 0 || slices.ContainsFunc(q.Currencies, func(s string) bool { return !moneyForm.MatchString(s) }) {
			c.report(where, "forms.check.currencies")
		}
	case TypeFile:
		if q.Files == nil || len(q.Files.Kinds) == 0 || q.Files.MaxBytes < 1 || q.Files.MaxBytes > 50_000_000 ||
			slices.ContainsFunc(q.Files.Kinds, func(s string) bool { return !slices.Contains(FileKinds, s) }) {
			c.report(where, "forms.check.files")
		}
	case TypeConsent:
		if q.Required { // an explicit consent is never a condition
			c.report(where, "forms.check.forced_consent")
		}
	default:
	}
	if !slices.Contains(Classes, q.Class) {
		c.report(where, "forms.check.class")
	}
	lined := q.Format == FormatEmail || q.Format == FormatURL || q.Format == FormatPhone
	if q.Format != FormatNone && (!lined || q.Type != TypeShortText) && (q.Format != FormatYear || q.Type != TypeNumber) {
		c.report(where, "forms.check.format")
	}
}

func (c *checker) options(where string, q *Question) {
	switch q.Type {
	case TypeChoice, TypeMultiple, TypeRanking, TypeMatrix, TypeLikert:
		if len(q.Options) < 2 {
			c.report(where, "forms.check.few_options")
		}
	case TypeCountry:
		for _, o := range q.Options {
			if !IsCountry(o.Value) {
				c.report(where, "forms.check.option", "Option", o.Value)
			}
		}
	default:
		if len(q.Options) > 0 {
			c.report(where, "forms.check.options_unused")
		}
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		if !valueForm.MatchString(o.Value) || seen[o.Value] {
			c.report(where, "forms.check.option", "Option", o.Value)
		}
		seen[o.Value] = true
		c.text(where+"/"+o.Value, o.Label, q.Type != TypeCountry)
		c.text(where+"/"+o.Value, o.Hint, false)
	}
}

func (c *checker) bounds(where string, q *Question) {
	bad := q.Words < 0 || q.Chars < 0 || q.Least < 0 || q.Most < 0 || q.Most > maxItems && q.Type != TypeSpan || q.Decimals < 0 || q.Decimals > 6 ||
		q.Most > 0 && q.Least > q.Most ||
		(q.Type == TypeMultiple || q.Type == TypeRanking) && max(q.Least, q.Most) > len(q.Options)
	form := func(s string) bool { return s == "" || decimalForm.MatchString(s) }
	if q.Type.dated() {
		form = func(s string) bool { return s == "" || isDay(s) }
	}
	if !form(q.Min) || !form(q.Max) {
		c.report(where, "forms.check.limits")
		return
	}
	if q.Min != "" && q.Max != "" && !ordered(q.Type, q.Min, q.Max) {
		bad = true
	}
	if bad || q.Type == TypeOrganizations && (q.Most > MostOrganizations || q.Least > q.named()) {
		c.report(where, "forms.check.limits")
	}
}

func ordered(t Type, low, high string) bool {
	if t.dated() {
		from, _ := time.Parse(time.DateOnly, low)
		to, _ := time.Parse(time.DateOnly, high)
		return !to.Before(from)
	}
	a, aok := new(big.Rat).SetString(low)
	b, bok := new(big.Rat).SetString(high)
	return aok && bok && a.Cmp(b) <= 0
}

func (c *checker) columns(where string, q *Question) {
	if !q.Type.rows() {
		if len(q.Columns) > 0 || len(q.Replacement) > 0 {
			c.report(where, "forms.check.columns_unused")
		}
		return
	}
	if len(q.Columns) == 0 {
		c.report(where, "forms.check.no_columns")
	}
	seen := map[string]bool{replacementKey: true, "typed": true}
	for i := range q.Columns {
		column := &q.Columns[i]
		at := where + "/" + column.Key
		if seen[column.Key] {
			c.report(at, "forms.check.key_twice", "Key", column.Key)
		}
		seen[column.Key] = true
		if !column.Type.cell() || column.Condition != nil || len(column.Columns) > 0 {
			c.report(at, "forms.check.column", "Key", column.Key)
			continue
		}
		c.question(at, column)
	}
	if q.Type != TypePeople && len(q.Replacement) > 0 {
		c.report(where, "forms.check.columns_unused")
	}
	for _, key := range q.Replacement {
		if _, ok := q.Column(key); !ok {
			c.report(where, "forms.check.replacement", "Key", key)
		}
	}
}

// condition checks one condition of a section or of a question in it.
func (c *checker) condition(where string, on *Condition, in *Section, ofSection bool) {
	if on == nil {
		return
	}
	forms := 0
	for _, set := range []bool{len(on.All) > 0, len(on.Any) > 0, on.Not != nil, on.Question != ""} {
		if set {
			forms++
		}
	}
	if forms != 1 {
		c.report(where, "forms.check.condition")
	}
	for i := range on.All {
		c.condition(where, &on.All[i], in, ofSection)
	}
	for i := range on.Any {
		c.condition(where, &on.Any[i], in, ofSection)
	}
	c.condition(where, on.Not, in, ofSection)
	if on.Question != "" {
		c.look(where, on, in, ofSection)
	}
}

// look checks the one question that a condition looks at, and what it wants of the answer.
func (c *checker) look(where string, on *Condition, in *Section, ofSection bool) {
	target, section, _ := c.d.Question(Ref(on.Question, 0))
	switch {
	case target == nil:
		c.report(where, "forms.check.unknown", "Key", on.Question)
		return
	case section.Scope != in.Scope:
		c.report(where, "forms.check.other_scope", "Key", on.Question)
	case section.Repeat != nil && (section != in || ofSection):
		c.report(where, "forms.check.repeated", "Key", on.Question)
	case !target.Type.Asks():
		c.report(where, "forms.check.unknown", "Key", on.Question)
		return
	}
	c.tells(where, on, target)
	tests := 0
	for _, set := range []bool{on.Equals != "", len(on.In) > 0, on.Answered != nil, on.Above != "", on.Below != ""} {
		if set {
			tests++
		}
	}
	if tests != 1 {
		c.report(where, "forms.check.condition")
		return
	}
	for _, wanted := range append(slices.Clone(on.In), on.Equals) {
		if wanted == "" {
			continue
		}
		if target.Type == TypeAddress && (!target.Countried() || !IsCountry(wanted)) || len(target.Shape().Options) > 0 && !target.Shape().offers(wanted) {
			c.report(where, "forms.check.never", "Key", on.Question, "Option", wanted)
		}
	}
	for _, limit := range []string{on.Above, on.Below} {
		if limit == "" {
			continue
		}
		if day := target.Type == TypeDate; day && !isDay(limit) || !day && !decimalForm.MatchString(limit) {
			c.report(where, "forms.check.condition")
		}
	}
}

// cycles finds conditions and calculations that in the end look at their own question, and names the way round.
func (c *checker) cycles() {
	needs := map[string][]string{}
	for i := range c.d.Sections {
		s := &c.d.Sections[i]
		for j := range s.Questions {
			q := &s.Questions[j]
			needs[q.Key] = append(needs[q.Key], place{s, q}.needs()...)
		}
	}
	const fresh, open, closed = 0, 1, 2
	state := map[string]int{}
	var way []string
	var visit func(key string)
	visit = func(key string) {
		switch state[key] {
		case open:
			round := append(slices.Clone(way[slices.Index(way, key):]), key)
			c.report(round[0], "forms.check.cycle", "Way", strings.Join(round, " → "))
			return
		case closed:
			return
		case fresh:
		}
		state[key] = open
		way = append(way, key)
		for _, next := range needs[key] {
			visit(next)
		}
		way = way[:len(way)-1]
		state[key] = closed
	}
	for _, key := range slices.Sorted(maps.Keys(needs)) {
		visit(key)
	}
}
