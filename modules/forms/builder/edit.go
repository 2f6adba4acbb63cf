package builder

import (
	"encoding/json"
	"fmt"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// How much a form may hold, so that its pages stay quick.
const (
	mostSections  = 60
	mostQuestions = 400
	mostOptions   = 100
	mostColumns   = 30
)

// AddSection puts an empty section at the end. Faults: Invalid by field (title).
func AddSection(d *forms.Definition, title i18n.Text, scope forms.Scope) (Place, error) {
	if keyWords(d, title) == "" {
		return Place{}, fault.Invalid("fault.check_fields", fault.At("title", "fault.required"))
	}
	if len(d.Sections) >= mostSections {
		return Place{}, fault.Invalid("builder.too_many")
	}
	if scope != forms.ScopeJoint {
		scope = forms.ScopePart
	}
	s := forms.Section{Key: Key(keyWords(d, title), "section", takenSection(d)), Title: title, Scope: scope}
	d.Sections = append(d.Sections, s)
	return Place{Section: s.Key}, nil
}

// AddQuestion puts a question of the type behind another one of the section, or at its end. Faults: Invalid by field
// (label, type), NotFound.
func AddQuestion(d *forms.Definition, section, behind string, label i18n.Text, kind forms.Type) (Place, error) {
	s, ok := d.Section(section)
	if !ok {
		return Place{}, fault.NotFound()
	}
	var bad []fault.Field
	if keyWords(d, label) == "" {
		bad = append(bad, fault.At("label", "fault.required"))
	}
	if !slices.Contains(forms.Types, kind) {
		bad = append(bad, fault.At("type", "fault.choose"))
	}
	if len(bad) > 0 {
		return Place{}, fault.Invalid("fault.check_fields", bad...)
	}
	if count(d) >= mostQuestions {
		return Place{}, fault.Invalid("builder.too_many")
	}
	q := fresh(kind)
	q.Key, q.Label = Key(keyWords(d, label), "question", takenQuestion(d)), label
	at := len(s.Questions)
	if i := indexOf(s.Questions, behind); i >= 0 {
		at = i + 1
	}
	s.Questions = slices.Insert(s.Questions, at, q)
	return Place{Section: section, Question: q.Key}, nil
}

// AddColumn puts a column at the end of a table or of people. Faults: Invalid by field (column_label, column_type), NotFound.
func AddColumn(d *forms.Definition, question string, label i18n.Text, kind forms.Type) (Place, error) {
	q, s, ok := find(d, question)
	if !ok {
		return Place{}, fault.NotFound()
	}
	var bad []fault.Field
	if keyWords(d, label) == "" {
		bad = append(bad, fault.At("column_label", "fault.required"))
	}
	if !slices.Contains(forms.CellTypes(), kind) {
		bad = append(bad, fault.At("column_type", "fault.choose"))
	}
	if len(bad) > 0 {
		return Place{}, fault.Invalid("fault.check_fields", bad...)
	}
	if len(q.Columns) >= mostColumns {
		return Place{}, fault.Invalid("builder.too_many")
	}
	c := fresh(kind)
	c.Key, c.Label = Key(keyWords(d, label), "column", takenColumn(q)), label
	q.Columns = append(q.Columns, c)
	return Place{Section: s.Key, Question: question, Column: c.Key}, nil
}

func count(d *forms.Definition) int {
	n := 0
	for i := range d.Sections {
		n += len(d.Sections[i].Questions)
	}
	return n
}

// fresh is a question of the type with what it cannot do without.
func fresh(kind forms.Type) forms.Question {
	q := forms.Question{Type: kind}
	switch kind {
	case forms.TypeMoney:
		q.Currencies = []string{"EUR"}
	case forms.TypeFile:
		q.Files = &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 10 * megabyte}
	case forms.TypeCalculated:
		q.Calculation = &forms.Calculation{Operation: forms.OperationSum}
	case forms.TypeHidden:
		q.Takes = forms.Sources[0]
	case forms.TypeAddress:
		q.Address, q.Class = forms.WholeAddress(), forms.ClassPersonal
	case forms.TypeLikert:
		q.Options = forms.Scale()
	case forms.TypeBudget:
		q.Columns, q.Least, q.Most = forms.BudgetColumns(), 1, 20
	case forms.TypeLongText:
		q.Words = 200
	default:
	}
	return q
}

// Copy puts a copy of a section, question or column behind it. Faults: Invalid when there are too many, NotFound.
func Copy(d *forms.Definition, p Place, mark func(i18n.Text) i18n.Text) (Place, error) {
	if p.Question == "" {
		return copySection(d, p.Section, mark)
	}
	q, s, err := at(d, p)
	if err != nil {
		return Place{}, err
	}
	made, err := clone(*q)
	if err != nil {
		return Place{}, err
	}
	made.Label = mark(made.Label)
	if p.Column != "" {
		table, _, _ := find(d, p.Question)
		if len(table.Columns) >= mostColumns {
			return Place{}, fault.Invalid("builder.too_many")
		}
		made.Key = free(p.Column, takenColumn(table))
		table.Columns = slices.Insert(table.Columns, indexOf(table.Columns, p.Column)+1, made)
		return Place{Section: s.Key, Question: p.Question, Column: made.Key}, nil
	}
	if count(d) >= mostQuestions {
		return Place{}, fault.Invalid("builder.too_many")
	}
	made.Key = free(shorten(p.Question), takenQuestion(d))
	s.Questions = slices.Insert(s.Questions, indexOf(s.Questions, p.Question)+1, made)
	return Place{Section: s.Key, Question: made.Key}, nil
}

// copySection copies a section with its questions; conditions among them look at the copies.
func copySection(d *forms.Definition, key string, mark func(i18n.Text) i18n.Text) (Place, error) {
	i := slices.IndexFunc(d.Sections, func(s forms.Section) bool { return s.Key == key })
	if i < 0 {
		return Place{}, fault.NotFound()
	}
	if len(d.Sections) >= mostSections || count(d)+len(d.Sections[i].Questions) > mostQuestions {
		return Place{}, fault.Invalid("builder.too_many")
	}
	made, err := clone(d.Sections[i])
	if err != nil {
		return Place{}, err
	}
	made.Key, made.Title = free(shorten(key), takenSection(d)), mark(made.Title)
	renamed, given := map[string]string{}, map[string]bool{}
	for j := range made.Questions {
		old := made.Questions[j].Key
		renamed[old] = free(shorten(old), func(key string) bool { return given[key] || takenQuestion(d)(key) })
		given[renamed[old]] = true
		made.Questions[j].Key = renamed[old]
	}
	for j := range made.Questions {
		rename(made.Questions[j].Condition, renamed)
		renameTerms(made.Questions[j].Calculation, renamed)
	}
	d.Sections = slices.Insert(d.Sections, i+1, made)
	return Place{Section: made.Key}, nil
}

func shorten(key string) string { return key[:min(len(key), keyLength)] }

func rename(c *forms.Condition, keys map[string]string) {
	if c == nil {
		return
	}
	if to, ok := keys[c.Question]; ok {
		c.Question = to
	}
	for i := range c.All {
		rename(&c.All[i], keys)
	}
	for i := range c.Any {
		rename(&c.Any[i], keys)
	}
	rename(c.Not, keys)
}

func clone[T any](of T) (T, error) {
	var made T
	raw, err := json.Marshal(of)
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	if err != nil {
		return made, fmt.Errorf("builder: copy: %w", err)
	}
	return made, nil
}

// Step moves a section, question or column one place up (-1) or down (1). A question that stands first goes to the end of
// the section before, one that stands last to the beginning of the next. At the end of the form nothing happens. Fault:
// NotFound.
func Step(d *forms.Definition, p Place, way int) error {
	switch {
	case p.Column != "":
		table, _, ok := find(d, p.Question)
		if !ok || indexOf(table.Columns, p.Column) < 0 {
			return fault.NotFound()
		}
		swap(table.Columns, indexOf(table.Columns, p.Column), way)
		return nil
	case p.Question != "":
		return stepQuestion(d, p.Question, way)
	}
	i := slices.IndexFunc(d.Sections, func(s forms.Section) bool { return s.Key == p.Section })
	if i < 0 {
		return fault.NotFound()
	}
	swap(d.Sections, i, way)
	return nil
}

func stepQuestion(d *forms.Definition, key string, way int) error {
	for i := range d.Sections {
		s := &d.Sections[i]
		j := indexOf(s.Questions, key)
		if j < 0 {
			continue
		}
		if to := j + way; to >= 0 && to < len(s.Questions) {
			swap(s.Questions, j, way)
			return nil
		}
		next := i + way
		if next < 0 || next >= len(d.Sections) {
			return nil
		}
		before := ""
		if way > 0 && len(d.Sections[next].Questions) > 0 {
			before = d.Sections[next].Questions[0].Key
		}
		return MoveQuestion(d, key, d.Sections[next].Key, before)
	}
	return fault.NotFound()
}

func swap[T any](all []T, i, way int) {
	if to := i + way; to >= 0 && to < len(all) {
		all[i], all[to] = all[to], all[i]
	}
}

// MoveQuestion puts a question into a section, before another one, or at its end. Fault: NotFound.
func MoveQuestion(d *forms.Definition, key, section, before string) error {
	q, from, ok := find(d, key)
	to, known := d.Section(section)
	if !ok || !known {
		return fault.NotFound()
	}
	if key == before {
		return nil
	}
	moved := *q
	from.Questions = slices.Delete(slices.Clone(from.Questions), indexOf(from.Questions, key), indexOf(from.Questions, key)+1)
	place := len(to.Questions)
	if i := indexOf(to.Questions, before); i >= 0 {
		place = i
	}
	to.Questions = slices.Insert(slices.Clone(to.Questions), place, moved)
	return nil
}

// MoveSection puts a section before another one, or at the form's end. Fault: NotFound.
func MoveSection(d *forms.Definition, key, before string) error {
	i := slices.IndexFunc(d.Sections, func(s forms.Section) bool { return s.Key == key })
	if i < 0 {
		return fault.NotFound()
	}
	if key == before {
		return nil
	}
	moved := d.Sections[i]
	rest := slices.Delete(slices.Clone(d.Sections), i, i+1)
	place := len(rest)
	if j := slices.IndexFunc(rest, func(s forms.Section) bool { return s.Key == before }); j >= 0 {
		place = j
	}
	d.Sections = slices.Insert(rest, place, moved)
	return nil
}

// Remove takes a section with its questions, a question or a column out of the form. While conditions elsewhere look at
// what would go, or something is calculated from it, it goes only when they are taken out as well. Faults: Conflict
// (builder.depended) when something depends on it, NotFound.
func Remove(d *forms.Definition, p Place, conditionsToo bool) error {
	gone, err := leaving(d, p)
	if err != nil {
		return err
	}
	if len(dependents(d, gone)) > 0 {
		if !conditionsToo {
			return fault.Conflict("builder.depended")
		}
		unhook(d, gone)
	}
	switch {
	case p.Column != "":
		table, _, _ := find(d, p.Question)
		table.Columns = slices.DeleteFunc(table.Columns, func(c forms.Question) bool { return c.Key == p.Column })
		table.Replacement = slices.DeleteFunc(table.Replacement, func(key string) bool { return key == p.Column })
	case p.Question != "":
		_, s, _ := find(d, p.Question)
		s.Questions = slices.DeleteFunc(s.Questions, func(q forms.Question) bool { return q.Key == p.Question })
	default:
		d.Sections = slices.DeleteFunc(d.Sections, func(s forms.Section) bool { return s.Key == p.Section })
	}
	return nil
}

// leaving are the keys of the questions that go with a place; of a column, its name as a term of calculations.
func leaving(d *forms.Definition, p Place) (map[string]bool, error) {
	if p.Question != "" {
		if _, _, err := at(d, p); err != nil {
			return nil, err
		}
		if p.Column != "" {
			return map[string]bool{forms.Term(p.Question, p.Column): true}, nil
		}
		return map[string]bool{p.Question: true}, nil
	}
	s, ok := d.Section(p.Section)
	if !ok {
		return nil, fault.NotFound()
	}
	gone := map[string]bool{}
	for i := range s.Questions {
		gone[s.Questions[i].Key] = true
	}
	return gone, nil
}
