package selection

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// conflictsView is a call's conflicts of interest, found, ordered and cut to a page.
type conflictsView struct {
	Call  Call
	May   ways
	Actor ids.Person
	Any   bool // there is one, found or not
	List  ui.List
	Rows  []Listed
}

func listConflicts(p ui.Page, call Call, all []Listed, values url.Values, may ways, actor ids.Person) conflictsView {
	v := conflictsView{Call: call, May: may, Actor: actor, Any: len(all) > 0}
	for _, c := range all {
		if c.matches(values) {
			v.Rows = append(v.Rows, c)
		}
	}
	switch values.Get("sort") {
	case "name":
		i18n.Sort(p.Loc.Locale, v.Rows, func(c Listed) string { return c.Name })
	case "number":
		slices.SortStableFunc(v.Rows, func(a, b Listed) int { return cmp.Compare(a.Application.Number, b.Application.Number) })
	case "when":
		slices.SortStableFunc(v.Rows, func(a, b Listed) int { return a.At.Compare(b.At) })
	}
	if values.Get("desc") != "" {
		slices.Reverse(v.Rows)
	}
	v.List = ui.List{
		Path: address(call.ID, "conflicts"), Query: values, Search: p.T("selection.conflicts.search"), Total: len(v.Rows), TotalOf: "selection.conflicts.total",
		Filters: []ui.Field{
			{Name: "kind", Label: p.T("selection.conflicts.kind"), Options: occurringKinds(p, all)},
			{Name: "known", Label: p.T("selection.conflicts.known"), Options: []ui.Option{{Value: "declared", Label: p.T("selection.conflicts.declared")}, {Value: "detected", Label: p.T("selection.conflicts.detected")}}},
			{Name: "state", Label: p.T("selection.conflicts.state"), Options: []ui.Option{{Value: "stands", Label: p.T("selection.conflicts.stands")}, {Value: "undone", Label: p.T("selection.conflicts.undone")}}},
		},
		Columns: []ui.Column{
			{Label: p.T("selection.reviewers.name"), Sort: "name"},
			{Label: p.T("selection.application"), Sort: "number"},
			{Label: p.T("selection.conflicts.kind")},
			{Label: p.T("selection.conflicts.when"), Sort: "when"},
			{Label: p.T("selection.conflicts.state")},
		},
		Empty: len(v.Rows) == 0, Exports: true,
	}
	return v
}

// paged cuts the list to the page that the address asks for; a file has all of it.
func (v conflictsView) paged() conflictsView {
	v.Rows, v.List.First, v.List.Next = cut(v.Rows, v.List.Query.Get("after"), func(c Listed) ids.Change { return c.ID })
	return v
}

// matches reports whether a search for people and applications and the filters leave the conflict in the list.
func (c *Listed) matches(values url.Values) bool {
	key := i18n.SearchKey(c.Name + " " + c.Application.Number + " " + c.Application.Name())
	for word := range strings.FieldsSeq(i18n.SearchKey(values.Get("q"))) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	kind := values.Get("kind")
	return (kind == "" || string(c.Kind) == kind) && either(values.Get("known"), "detected", "declared", c.Detected) && either(values.Get("state"), "stands", "undone", c.Stands())
}

// occurringKinds are the kinds of conflict that occur, in the order of the house.
func occurringKinds(p ui.Page, all []Listed) []ui.Option {
	var found []ui.Option
	for _, k := range conflictKinds {
		if slices.ContainsFunc(all, func(c Listed) bool { return c.Kind == k }) {
			found = append(found, ui.Option{Value: string(k), Label: p.T("selection.conflict_kind." + string(k))})
		}
	}
	return found
}

// conflictsTable is the list as a file: the same rows in the same order.
func conflictsTable(p ui.Page, v conflictsView) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("selection.reviewers.name"), p.T("selection.number"), p.T("selection.organizations"), p.T("selection.conflicts.kind"), p.T("selection.conflicts.note"),
		p.T("selection.conflicts.when"), p.T("selection.conflicts.known"), p.T("selection.conflicts.state"), p.T("selection.conflicts.undone_by"), p.T("selection.conflicts.undone_at"), p.T("selection.undo.reason"),
	}}
	for i := range v.Rows {
		c := &v.Rows[i]
		row := []any{c.Name, c.Application.Number, c.Application.Name(), p.T("selection.conflict_kind." + string(c.Kind)), c.Note, c.At, knownText(p, c), p.T("selection.conflicts.stands"), nil, nil, nil}
		if !c.Stands() {
			row[7], row[8], row[9], row[10] = p.T("selection.conflicts.undone"), c.By, c.UndoneAt, c.UndoneReason
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func knownText(p ui.Page, c *Listed) string {
	if c.Detected {
		return p.T("selection.conflicts.detected")
	}
	return p.T("selection.conflicts.declared")
}
