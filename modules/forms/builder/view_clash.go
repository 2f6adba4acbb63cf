package builder

import (
	"encoding/json"
	"strings"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// differences puts what both changed side by side, in words.
func (d *Desk) differences(p ui.Page) []difference {
	if d.Clash == nil {
		return nil
	}
	mine, theirs := flat(d.Clash.Mine), flat(d.Clash.Theirs)
	var all []difference
	for _, field := range d.Clash.Fields {
		head, language, _ := strings.Cut(field, ".")
		key := "builder.setting." + head
		if !p.Loc.Has(key) {
			key = "builder.text." + head
		}
		if !p.Loc.Has(key) {
			key = "builder.other_setting"
		}
		what := p.T(key)
		if l, ok := i18n.ParseLocale(language); ok {
			what += " (" + l.Name() + ")"
		}
		all = append(all, difference{what, mine[field], theirs[field]})
	}
	return all
}

type difference struct{ What, Mine, Theirs string }

// flat lists what stands in an object, by the paths that Merge names.
func flat(of any) map[string]string {
	found := map[string]string{}
	raw, err := json.Marshal(of)
	if err != nil {
		return found
	}
	var walk func(at string, raw json.RawMessage)
	walk = func(at string, raw json.RawMessage) {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			found[at] = text
			return
		}
		found[at] = listing(raw)
		for name, inner := range members(raw) {
			if at != "" {
				name = at + "." + name
			}
			walk(name, inner)
		}
	}
	walk("", raw)
	return found
}

// listing are the words in a list, such as those of offered answers, else what stands there as it is written.
func listing(raw json.RawMessage) string {
	var options []struct{ Label i18n.Text }
	if json.Unmarshal(raw, &options) == nil {
		var names []string
		for _, o := range options {
			names = append(names, o.Label.String(i18n.EN))
		}
		return strings.Join(names, " / ")
	}
	return string(raw)
}

// sectionsFor are those to which a question may be moved.
