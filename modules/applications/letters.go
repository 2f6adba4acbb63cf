package applications

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Letter is what the network has written about an application to a lead of one of its organizations.
type Letter struct {
	Person  ids.Person
	Kind    string
	To      string
	Subject string
	Text    string
	Locale  i18n.Locale
	At      time.Time
}

// lettersFor keeps one letter of each kind, the newest first. Every lead has got each with their own salutation and in
// their own language, and their colleagues read one of them: the one that went nearest to the reader, and of several such
// the latest. Near is how near somebody is: the reader themselves above their organization's people, these above others.
func lettersFor(near map[ids.Person]int, all []Letter) []Letter {
	var kept []Letter
	for _, letter := range slices.Backward(all) {
		at := slices.IndexFunc(kept, func(k Letter) bool { return k.Kind == letter.Kind })
		switch {
		case at < 0:
			kept = append(kept, letter)
		case near[letter.Person] > near[kept[at].Person]:
			kept[at] = letter
		}
	}
	return kept
}

// near tells who stands near to the actor: themselves, and the people of their organizations.
func near(ctx context.Context, sc tenants.Scope) (map[ids.Person]int, error) {
	members, err := tenants.MembersOf(ctx, sc.Read(), sc.Actor().OrganizationsAs()...)
	if err != nil {
		return nil, err
	}
	near := map[ids.Person]int{}
	for _, m := range members {
		near[m.Person] = 1
	}
	near[sc.Actor().Person] = 2
	return near, nil
}

// written is what the network wrote about the application, as the actor reads it, the newest first.
func (s *Service) written(ctx context.Context, sc tenants.Scope, a *Application) ([]Letter, error) {
	if a.State == Draft || a.State == Submitted {
		return nil, nil
	}
	letters, err := s.Letters.Letters(ctx, sc, a.ID)
	if err != nil {
		return nil, err
	}
	nearest, err := near(ctx, sc)
	if err != nil {
		return nil, err
	}
	return lettersFor(nearest, letters), nil
}

// Letter is what the network wrote about an application to its own people, by the name of its kind. Fault: NotFound.
func (s *Service) Letter(ctx context.Context, sc tenants.Scope, id ids.Application, name string) (Overview, Letter, error) {
	o, err := s.Overview(ctx, sc, id)
	if err != nil {
		return o, Letter{}, err
	}
	all, err := s.written(ctx, sc, &o.Application)
	if err != nil {
		return o, Letter{}, err
	}
	for _, l := range all {
		if l.name() == name {
			return o, l, nil
		}
	}
	return o, Letter{}, fault.NotFound()
}

// name is that of the letter's kind, for its address.
func (l *Letter) name() string { return l.Kind[strings.LastIndexByte(l.Kind, '.')+1:] }

// block is a paragraph of a letter, or a list.
type block struct {
	Lines []string
	List  bool
}

// blocks part a letter's text as it was written: paragraphs, and lists of lines that begin with a hyphen.
func blocks(text string) []block {
	var all []block
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		b := block{List: true}
		for line := range strings.SplitSeq(strings.TrimSpace(paragraph), "\n") {
			b.Lines = append(b.Lines, line)
			b.List = b.List && strings.HasPrefix(line, "- ")
		}
		if b.List {
			for i := range b.Lines {
				b.Lines[i] = b.Lines[i][len("- "):]
			}
		}
		all = append(all, b)
	}
	return all
}

func letterID(i int) string { return "letter-" + strconv.Itoa(i+1) }

// left is what a section that was begun still lacks. One that nobody has begun lacks everything, which need not be said.
func (d *Desk) left() []fault.Field {
	if !d.Writable || d.Open != nil {
		return nil
	}
	complete := forms.Complete
	if d.Later {
		complete = forms.CompleteLater
	}
	for _, p := range complete(d.Definition, d.Section.Scope, d.Filled.Answers) {
		if p.Section.Key == d.Section.Key && p.Standing == forms.Started {
			return forms.ValidateSection(forms.See(d.Definition, d.Section.Scope, d.Filled.Answers), d.Section, forms.Submit)
		}
	}
	return nil
}

// plainly reports that a question was just not answered, which its name alone says.
func plainly(key string) bool {
	return slices.Contains([]string{"fault.required", "fault.choose", "forms.error.declare", "forms.error.file_missing", "forms.error.row_missing"}, key)
}
