package selection

import (
	"net/url"
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// fewQueued is up to how many reviews are seen at a glance, without a search.
const fewQueued = 5

// queueView is what somebody has to review, with what stands before it.
type queueView struct {
	Docket

	First  prior
	Wishes []Call
	Done   int // submitted, of all reviews
	List   ui.List
	Rows   []Queued // those that were searched for
}

func queueOf(p ui.Page, d Docket, first prior, wishes []Call, values url.Values) queueView {
	v := queueView{Docket: d, First: first, Wishes: wishes}
	for i := range d.Reviews {
		q := &d.Reviews[i]
		if q.State == ReviewSubmitted {
			v.Done++
		}
		if q.matches(values) {
			v.Rows = append(v.Rows, *q)
		}
	}
	v.List = ui.List{
		Path: "/reviews", Query: values, Search: p.T("selection.search"), Empty: len(v.Rows) == 0,
		Filters: []ui.Field{{Name: "state", Label: p.T("selection.queue.state"), Options: []ui.Option{
			{Value: "owed", Label: p.T("selection.queue.owed")}, {Value: "done", Label: p.T("selection.queue.done")},
		}}},
	}
	if calls := queuedCalls(p, d.Reviews); len(calls) > 1 {
		v.List.Filters = append(v.List.Filters, ui.Field{Name: "call", Label: p.T("selection.queue.call"), Options: calls})
	}
	return v
}

// matches reports whether a search for what the reviewer may know and the filters leave the review in the queue.
func (q *Queued) matches(values url.Values) bool {
	key := i18n.SearchKey(q.Application.Heading())
	for word := range strings.FieldsSeq(i18n.SearchKey(values.Get("q"))) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	call := values.Get("call")
	return either(values.Get("state"), "owed", "done", q.State.Owed()) && (call == "" || q.Call.ID.String() == call)
}

// either reports whether a filter between two values leaves something in a list, of which one is true; whatever else the address says
// filters nothing.
func either(chosen, yes, no string, is bool) bool {
	switch chosen {
	case yes:
		return is
	case no:
		return !is
	default:
		return true
	}
}

// queuedCalls are the calls of a queue, by name.
func queuedCalls(p ui.Page, queue []Queued) []ui.Option {
	var calls []ui.Option
	for i := range queue {
		c := &queue[i].Call
		if !slices.ContainsFunc(calls, func(o ui.Option) bool { return o.Value == c.ID.String() }) {
			calls = append(calls, ui.Option{Value: c.ID.String(), Label: c.Name(p.Loc.Locale)})
		}
	}
	i18n.Sort(p.Loc.Locale, calls, func(o ui.Option) string { return o.Label })
	return calls
}
