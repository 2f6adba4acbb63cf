package forms

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

// The values of a question that names organizations.
type (
	// Organizations answers organizations.
	Organizations []Organization
	// Organization is one of the network, called as it was when it was named; or one that the network does not list, as
	// somebody typed it, without ID.
	Organization struct {
		ID   ids.Organization `json:"id,omitzero"`
		Name string           `json:"name"`
	}
)

// Empty reports whether none was named.
func (v Organizations) Empty() bool { return len(v) == 0 }

// MostOrganizations is how many organizations an answer may name.
const MostOrganizations = 10

// Directory tells what the organizations are called that whoever fills a form may name, all in one query. One that is not
// listed is not there. The organizations module satisfies it.
type Directory interface {
	Listed(ctx context.Context, tx *tenants.Tx, organizations []ids.Organization) (map[ids.Organization]string, error)
}

// NewKnowing makes a service whose forms may name the organizations of a directory.
func NewKnowing(d Directory) *Service {
	s := New()
	s.directory = d
	return s
}

// Candidate is an organization that somebody may have meant by what they typed.
type Candidate struct {
	ID    ids.Organization
	Name  string
	Place string
}

// named is how many organizations the question takes.
func (q *Question) named() int { return min(max(q.Most, 1), MostOrganizations) }

// unlisted is the choice that none of the organizations that are called alike is meant.
const unlisted = "unlisted"

// organizations reads the lines of a question that names organizations. A choice among those that are called alike is an ID
// without a name: the name comes from the directory.
func (r *reader) organizations(q *Question, name string) json.RawMessage {
	var all Organizations
	for i := range q.named() {
		at := indexed(name, i)
		one := Organization{Name: strings.Join(strings.Fields(r.clean(member(at, "name"), r.values.Get(member(at, "name")), maxOrganization)), " ")}
		if one.Name == "" {
			continue
		}
		id, choice := r.values.Get(member(at, "id")), r.values.Get(member(at, "choice"))
		if choice != "" {
			id = choice
		}
		if id != "" && id != unlisted {
			found, err := ids.Parse[ids.Organization](id)
			switch {
			case err != nil: // the name stays as it was typed
				r.complain(member(at, "name"), "forms.error.organization")
			case choice != "":
				one = Organization{ID: found}
			default:
				one.ID = found
			}
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nothing
	}
	return encode(all)
}

// maxOrganization is how many characters the name of an organization may have.
const maxOrganization = 200

// parseOrganizations reads names, of which each is there.
func parseOrganizations(raw json.RawMessage) (Value, error) {
	value, err := parse[Organizations](raw)
	if all, ok := value.(Organizations); err != nil || !ok || slices.ContainsFunc(all, func(o Organization) bool { return o.Name == "" }) {
		return nil, errShape
	}
	return value, nil
}

// organizationsIn are the organizations of an answer, with names or without; none where it cannot be read.
func organizationsIn(raw json.RawMessage) Organizations {
	var all Organizations
	if none(raw) || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// named gives the organizations of an answer the names that the directory has for them. Those that stood there already stay as
// they were; one that is called otherwise by now than somebody typed is as it was typed. Fault: Invalid, at the line, for one
// that the directory does not list.
func (s *Service) named(ctx context.Context, tx *tenants.Tx, q *Question, e Edit) (json.RawMessage, error) {
	all := organizationsIn(e.Value)
	if q.Type != TypeOrganizations || len(all) == 0 {
		return e.Value, nil
	}
	there, err := answerOf(ctx, tx, e.Sheet, e.Ref)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	before := organizationsIn(there.Value)
	var wanted []ids.Organization
	for _, o := range all {
		if !o.ID.IsZero() && !slices.Contains(before, o) {
			wanted = append(wanted, o.ID)
		}
	}
	listed := map[ids.Organization]string{}
	if len(wanted) > 0 && s.directory != nil {
		if listed, err = s.directory.Listed(ctx, tx, wanted); err != nil {
			return nil, err
		}
	}
	for i := range all {
		o := &all[i]
		if o.ID.IsZero() || slices.Contains(before, *o) {
			continue
		}
		name, ok := listed[o.ID]
		switch {
		case !ok:
			return nil, fault.Invalid("fault.check_fields", fault.At(member(indexed(FieldName(e.Ref), i), "name"), "forms.error.organization"))
		case o.Name == "" || i18n.SearchKey(o.Name) == i18n.SearchKey(name):
			o.Name = name
		default:
			o.ID = ids.Organization{}
		}
	}
	return encode(all), nil
}

func (v *validator) organizations(q *Question, name string, all Organizations) {
	for i, o := range all {
		if slices.ContainsFunc(all[:i], func(other Organization) bool {
			return o.ID == other.ID && (!o.ID.IsZero() || i18n.SearchKey(o.Name) == i18n.SearchKey(other.Name))
		}) {
			v.complain(member(indexed(name, i), "name"), "forms.error.organization_twice", nil)
		}
	}
	if len(all) > q.named() {
		v.complain(name, "forms.error.most", fault.Args{"Count": q.named()})
	}
	v.length(q, name, len(all))
}

func (w writer) organizations(name string, all Organizations) {
	for i, o := range all {
		w.values.Set(member(indexed(name, i), "name"), o.Name)
		if !o.ID.IsZero() {
			w.values.Set(member(indexed(name, i), "id"), o.ID.String())
		}
	}
}

// organizationLines are the names, with a word about those that the network does not list.
func (l layout) organizationLines(all Organizations) []string {
	lines := make([]string, len(all))
	for i, o := range all {
		lines[i] = o.Name
		if o.ID.IsZero() {
			lines[i] = l.loc.T("forms.organization.unlisted", "Name", o.Name)
		}
	}
	return lines
}

// organization is one line of the question on the page.
func (f field) organization(i int) ui.Field {
	name := member(indexed(f.name, i), "name")
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.organization.name"), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name),
		Required: true, Disabled: f.closed,
	}
	if f.q.named() > 1 {
		b.Label += " " + itoa(i+1)
	}
	return b
}

func (f field) known(i int) ui.LookUp {
	name := member(indexed(f.name, i), "id")
	return ui.LookUp{From: f.e.Addresses.Directory, Name: name, Chosen: f.values.Get(name)}
}

// alike are the organizations that may be meant by a line in which none was chosen, for a page without a script.
func (f field) alike(i int) (ui.Field, bool) {
	at := indexed(f.name, i)
	found := f.e.Candidates[f.values.Get(member(at, "name"))]
	if f.closed || len(found) == 0 || f.values.Get(member(at, "id")) != "" {
		return ui.Field{}, false
	}
	b := ui.Field{Name: member(at, "choice"), Label: f.ui.T("forms.organization.which"), Value: f.values.Get(member(at, "choice")), Required: true}
	for _, c := range found {
		b.Options = append(b.Options, ui.Option{Value: c.ID.String(), Label: c.Name, Hint: c.Place})
	}
	b.Options = append(b.Options, ui.Option{Value: unlisted, Label: f.ui.T("forms.organization.none")})
	return b, true
}

// TypedOrganizations are the names on a section's page with which no organization was chosen: as posted where something was
// posted, else as kept. Whoever shows the page looks for those that are called alike.
func (e *Editing) TypedOrganizations(loc *i18n.Localizer) []string {
	values := e.inputs(loc)
	var typed []string
	for _, item := range Items(e.Section, e.Filled.Answers) {
		for i := range e.Section.Questions {
			q := &e.Section.Questions[i]
			if q.Type != TypeOrganizations {
				continue
			}
			for n := range q.named() {
				at := indexed(FieldName(Ref(q.Key, item)), n)
				if name := values.Get(member(at, "name")); name != "" && values.Get(member(at, "id")) == "" && !slices.Contains(typed, name) {
					typed = append(typed, name)
				}
			}
		}
	}
	return typed
}
