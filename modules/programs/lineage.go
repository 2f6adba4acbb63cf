package programs

import (
	"slices"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// carried reports whether a call holds pieces of that key as its own. What is not carried (the capacity assessment,
// checklists, rate tables) comes along with the version that the call comes from.
func carried(key string) bool {
	field, list, _ := strings.Cut(key, "/")
	if field == "order" {
		field, _, _ = strings.Cut(list, "/")
	}
	return slices.Contains([]string{"call", "review", "criteria", "compositions", "documents", "eligibility", "stages", "letters", "form"}, field)
}

// free reports whether a piece may still change when the call is published: its texts and its letters. What applications
// are made and measured by stays.
func free(key string) bool {
	return strings.HasPrefix(key, "call/") || strings.HasPrefix(key, "letters/")
}

// program is the call as a program, beside the version that it comes from: only what a call carries, with the one
// composition that it has. The files that its form offers are the network's own and not in it.
func (c *Call) program(asked *forms.Definition, from blueprints.Blueprint) (blueprints.Program, error) {
	b := blueprints.Blueprint{
		Call:   blueprints.Call{Title: c.Title, Summary: c.Summary, About: c.About, Conduct: c.Conduct, Notice: c.Notice},
		Review: c.Review, Criteria: c.Criteria, Compositions: []blueprints.Composition{c.Composition}, Eligibility: c.Eligibility,
		Letters: c.Letters, Stages: c.unplanned(from), Form: *asked.Bare(),
	}
	b.Form.Locales = from.Form.Locales // which languages a call speaks is said elsewhere
	for _, d := range c.Documents {
		if d.Wanted {
			b.Documents = append(b.Documents, d.Document)
		}
	}
	p, err := blueprints.Of(b)
	return p.Only(carried), err
}

// seenBy is a version as a call sees it: what calls carry, with the composition that the call has.
func (c *Call) seenBy(version blueprints.Program) blueprints.Program {
	return version.Only(func(key string) bool {
		return carried(key) && (!strings.HasPrefix(key, "compositions/") || key == "compositions/"+c.Composition.Key)
	})
}

// unplanned are the call's stages as a blueprint has them: in weeks and days from the opening.
func (c *Call) unplanned(from blueprints.Blueprint) []blueprints.Stage {
	const week = 7
	end := endOfCall(from)
	stages := make([]blueprints.Stage, len(c.Stages))
	for i, s := range c.Stages {
		start := s.Start
		if s.From == FromDeadline {
			start += week * end
		}
		day := (start%week + week) % week
		stages[i] = blueprints.Stage{
			Key: s.Key, Name: s.Name, About: s.About, Hidden: s.Hidden, StartWeek: (start - day) / week, StartDay: day, Weeks: s.Days / week, Days: s.Days % week,
		}
		if j := slices.IndexFunc(from.Stages, func(one blueprints.Stage) bool { return one.Key == s.Key }); j >= 0 {
			stages[i].Who = from.Stages[j].Who
		}
	}
	return stages
}

// become makes a program the call's own. Documents that it does not ask for stay known, so that they can be asked for again.
func (c *Call) become(b blueprints.Blueprint) {
	c.Title, c.Summary, c.About, c.Conduct, c.Notice = worded(b.Call.Title), worded(b.Call.Summary), worded(b.Call.About), worded(b.Call.Conduct), worded(b.Call.Notice)
	c.Review, c.Criteria, c.Eligibility, c.Letters, c.Stages = b.Review, b.Criteria, b.Eligibility, b.Letters, planned(b)
	if len(b.Compositions) > 0 {
		c.Composition = b.Compositions[0]
	}
	documents := []Asked{}
	for _, d := range b.Documents {
		documents = append(documents, Asked{Document: d, Wanted: true})
	}
	for _, d := range c.Documents {
		if !slices.ContainsFunc(documents, func(one Asked) bool { return one.Key == d.Key }) {
			documents = append(documents, Asked{Document: d.Document})
		}
	}
	c.Documents = documents
}

// worded is a text that can be written to; a piece that was taken out leaves none.
func worded(t i18n.Text) i18n.Text {
	if t == nil {
		return i18n.Text{}
	}
	return t
}

// Lineage is a call beside the version of the blueprint that it comes from, and beside the newest one.
type Lineage struct {
	Call   Call
	From   blueprints.Version
	Newest blueprints.Version
	Draft  int64 // of the form, for conflict detection

	base, mine, theirs blueprints.Program // as a call sees them
	offering           []string           // the questions for which the call offers a file, by their pieces
}

// Differences are what the call has changed of the version that it comes from.
func (l *Lineage) Differences() []blueprints.Difference { return blueprints.Compare(l.base, l.mine) }

// Behind reports whether there is a newer version than the one that the call comes from.
func (l *Lineage) Behind() bool { return l.Newest.Number > l.From.Number }

// upgrade compares the call with the newest version.
func (l *Lineage) upgrade() blueprints.Merged { return blueprints.Reconcile(l.base, l.mine, l.theirs) }

// takeable are the outcomes that the call may take as it is, and those that it may not any more.
func (l *Lineage) takeable() (may, mayNot []blueprints.Outcome) {
	for _, o := range l.upgrade().Offered() {
		if l.Call.State == Draft || free(o.Key) && o.Theirs.Body != nil && o.Mine.Body != nil {
			may = append(may, o)
		} else {
			mayNot = append(mayNot, o)
		}
	}
	return may, mayNot
}
