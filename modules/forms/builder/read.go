package builder

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// Reader reads what somebody typed about a place, in one of the form's languages.
type Reader struct {
	Loc  *i18n.Localizer
	In   i18n.Locale
	Form web.Form
	bad  []fault.Field
}

func (r *Reader) refuse(name, key string) { r.bad = append(r.bad, fault.At(name, key)) }

// text reads one language of a text; what was refused leaves it as it was.
func (r *Reader) text(name string, most int, into *i18n.Text) {
	if !r.Form.Has(name) {
		return
	}
	clean, bad := r.Form.Text(name, most)
	r.bad = append(r.bad, bad...)
	if len(bad) == 0 {
		set(into, r.In, clean)
	}
}

// Question reads the settings of a question or column. The fields name what was refused.
func (r *Reader) Question(q *forms.Question) []fault.Field {
	if kind := forms.Type(r.Form.Raw("type")); r.Form.Has("type") && kind != q.Type {
		if slices.Contains(forms.Types, kind) {
			retype(q, kind)
		} else {
			r.refuse("type", "fault.choose")
		}
	}
	for i := range Settings {
		if s := &Settings[i]; s.fits(q) {
			r.setting(s, q)
		}
	}
	if r.Form.Has("options") {
		r.options(entries{"option", &q.Options, q.Type})
	}
	if r.Form.Has("statements") && q.Type.Grades() {
		r.options(entries{"statement", &q.Statements, q.Type})
	}
	if r.Form.Has("terms") && q.Type == forms.TypeCalculated {
		r.terms(q)
	}
	if r.Form.Has("when") {
		q.Condition = r.condition(q.Condition)
	}
	return r.bad
}

func (r *Reader) setting(s *Setting, q *forms.Question) {
	switch {
	case s.Text != nil:
		r.text(s.Name, s.Most, s.Text(q))
	case s.Tick != nil:
		if r.Form.Has("settings") {
			*s.Tick(q) = r.Form.Ticked(s.Name)
		}
	case s.Choose != nil:
		if r.Form.Has("settings") {
			s.Choose(q, r.Form.All(s.Name))
		}
	case r.Form.Has(s.Name):
		if key := s.Set(r.Loc, q, r.Form.Raw(s.Name)); key != "" {
			r.refuse(s.Name, key)
		}
	}
}

// entries are one of a question's lists of words: the offered answers, or the statements of a matrix.
type entries struct {
	name string // of its inputs
	of   *[]forms.Option
	kind forms.Type
}

func (l entries) taken(value string) bool {
	return slices.ContainsFunc(*l.of, func(o forms.Option) bool { return o.Value == value })
}

// options reads a list in the order in which it stands on the page. What is new is given a value made from its words; what
// was there keeps its own, whatever it is called now.
func (r *Reader) options(l entries) {
	was := *l.of
	*l.of = nil
	for i := 0; i < mostOptions && r.Form.Has(l.name+"."+strconv.Itoa(i)+".value"); i++ {
		at := l.name + "." + strconv.Itoa(i)
		value := r.Form.Raw(at + ".value")
		j := slices.IndexFunc(was, func(o forms.Option) bool { return o.Value == value })
		if j < 0 {
			continue
		}
		o := was[j]
		o.Label, o.Hint = copyText(o.Label), copyText(o.Hint)
		r.text(at+".label", 200, &o.Label)
		r.text(at+".hint", 300, &o.Hint)
		r.percent(at+".percent", &o)
		if len(o.Label) == 0 { // as the engine writes it
			o.Label = nil
		}
		*l.of = append(*l.of, o)
	}
	r.moreOptions(l)
	r.turnOptions(l)
}

// percent reads how much of a budget the lines of an offered answer may come to; nothing typed sets no limit.
func (r *Reader) percent(name string, o *forms.Option) {
	if !r.Form.Has(name) {
		return
	}
	typed := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(r.Form.Raw(name)), "%"))
	n, err := strconv.Atoi(typed)
	switch {
	case typed == "":
		o.Percent = 0
	case err != nil || n < 1 || n > 100:
		r.refuse(name, "builder.percent_wrong")
	default:
		o.Percent = n
	}
}

func copyText(t i18n.Text) i18n.Text {
	made := i18n.Text{}
	maps.Copy(made, t)
	return made
}

// moreOptions adds those that were typed one per line.
func (r *Reader) moreOptions(l entries) {
	for line := range strings.SplitSeq(r.Form.Raw(l.name+".more"), "\n") {
		clean, ok := i18n.Clean(line)
		switch {
		case !ok:
			r.refuse(l.name+".more", "fault.invalid_text")
			return
		case clean == "":
			continue
		case len([]rune(clean)) > 200:
			r.bad = append(r.bad, fault.AtWith(l.name+".more", "fault.too_long", fault.Args{"Max": 200, "Length": len([]rune(clean))}))
			return
		case len(*l.of) >= mostOptions:
			r.refuse(l.name+".more", "builder.too_many")
			return
		}
		o := forms.Option{Label: i18n.Text{r.In: clean}}
		if l.kind == forms.TypeCountry {
			if o.Value = strings.ToUpper(clean); !forms.IsCountry(o.Value) {
				r.refuse(l.name+".more", "builder.country_wrong")
				return
			}
			o.Label = nil
			if l.taken(o.Value) {
				continue
			}
		} else {
			o.Value = Key(clean, "answer", l.taken)
		}
		*l.of = append(*l.of, o)
	}
}

// turnOptions does what the button of an offered answer says: "option.2.up".
func (r *Reader) turnOptions(l entries) {
	i, what, ok := button(r.Form, l.name)
	if !ok || i >= len(*l.of) {
		return
	}
	switch what {
	case "up":
		swap(*l.of, i, -1)
	case "down":
		swap(*l.of, i, 1)
	case "remove":
		*l.of = slices.Delete(*l.of, i, i+1)
	}
}

// button takes the pressed button of a list apart.
func button(form web.Form, list string) (i int, what string, ok bool) {
	parts := strings.Split(form.Raw("do"), ".")
	if len(parts) != 3 || parts[0] != list {
		return 0, "", false
	}
	i, err := strconv.Atoi(parts[1])
	return i, parts[2], err == nil && i >= 0
}

// condition reads the lines of a condition; one that lines cannot say stays, unless it is taken out.
func (r *Reader) condition(was *forms.Condition) *forms.Condition {
	if r.Form.Raw("when") == "kept" && r.Form.Raw("do") != "when.clear" {
		return was
	}
	lines := Lines{Any: r.Form.Raw("when.join") == "any"}
	for i := 0; i < 20 && r.Form.Has("when."+strconv.Itoa(i)+".question"); i++ {
		at := "when." + strconv.Itoa(i)
		line := Line{Question: r.Form.Raw(at + ".question"), Test: Test(r.Form.Raw(at + ".test"))}
		for _, v := range r.Form.All(at + ".value") {
			clean, ok := i18n.Clean(v)
			if !ok || len([]rune(clean)) > 200 {
				r.refuse(at+".value", "fault.invalid_text")
				continue
			}
			if clean != "" {
				line.Values = append(line.Values, clean)
			}
		}
		if len(line.Question) > 60 {
			line.Question = ""
		}
		lines.Lines = append(lines.Lines, line)
	}
	if i, what, ok := button(r.Form, "when"); ok && what == "remove" && i < len(lines.Lines) {
		lines.Lines = slices.Delete(lines.Lines, i, i+1)
	}
	if r.Form.Raw("do") == "when.add" {
		lines.Lines = append(lines.Lines, Line{Test: Is})
	}
	if r.Form.Raw("do") == "when.clear" {
		return nil
	}
	return lines.Condition()
}

// suit makes the lines' tests and values such as their questions know, and numbers such as the engine writes.
func (r *Reader) suit(d *forms.Definition, c *forms.Condition) *forms.Condition {
	lines, ok := LinesOf(c)
	if !ok {
		return c
	}
	for i := range lines.Lines {
		line := &lines.Lines[i]
		q, _, known := find(d, line.Question)
		if !known {
			*line = Line{Test: Is}
			continue
		}
		q = q.Shape()
		if fitting := tests(q); !slices.Contains(fitting, line.Test) {
			line.Test, line.Values = fitting[0], nil
		}
		if len(q.Options) > 0 {
			line.Values = slices.DeleteFunc(slices.Clone(line.Values), func(v string) bool { return !takenOption(q)(v) })
		}
		if q.Type != forms.TypeDate && ordered(q.Type) || sized(q.Type) {
			for j, v := range line.Values {
				if digits, ok := r.Loc.ParseDecimal(v); ok {
					line.Values[j] = digits
				}
			}
		}
	}
	return lines.Condition()
}

// Section reads the settings of a section.
func (r *Reader) Section(s *forms.Section) []fault.Field {
	r.text("title", 300, &s.Title)
	r.text("intro", 3000, &s.Intro)
	if r.Form.Has("scope") {
		if scope := forms.Scope(r.Form.Raw("scope")); scope == forms.ScopePart || scope == forms.ScopeJoint {
			s.Scope = scope
		} else {
			r.refuse("scope", "fault.choose")
		}
	}
	if r.Form.Has("settings") {
		r.repeat(s)
	}
	if r.Form.Has("when") {
		s.Condition = r.condition(s.Condition)
	}
	return r.bad
}

func (r *Reader) repeat(s *forms.Section) {
	if !r.Form.Ticked("repeats") {
		s.Repeat = nil
		return
	}
	made := forms.Repeat{Min: 1, Max: 5}
	if s.Repeat != nil {
		made = *s.Repeat
		made.Item = copyText(made.Item)
	}
	r.text("item", 80, &made.Item)
	for name, into := range map[string]*int{"repeat_min": &made.Min, "repeat_max": &made.Max} {
		if !r.Form.Has(name) {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(r.Form.Raw(name)))
		if err != nil || n < 0 || n > 50 {
			r.refuse(name, "builder.number_wrong")
			continue
		}
		*into = n
	}
	s.Repeat = &made
}
