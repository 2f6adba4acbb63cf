package ui

import (
	"maps"
	"net/url"
)

// List is a table of many rows with what finds, orders and exports them. Everything about it stands in the address.
type List struct {
	Path    string     // of the page
	Query   url.Values // as asked for
	Search  string     // the label of the search box; empty: no search
	Filters []Field    // selects; inputs where a type is given
	Keep    []string   // query values beside those, which searching keeps
	Columns []Column
	Empty   bool
	Next    string // the query value "after" of the next page; empty: none
	First   bool   // this is the first page
	Total   int
	TotalOf string // a message key that counts
	Exports bool
}

// Column is one column of a list. A column with a Sort may be ordered by.
type Column struct {
	Label   string
	Sort    string
	Numeric bool
}

// With is the address of the list with some values changed; an empty value is left away, and paging starts anew.
func (l List) With(pairs ...string) string {
	q := url.Values{}
	maps.Copy(q, l.Query)
	q.Del("after")
	q.Del("format")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

func (l List) sortHref(c Column) string {
	if l.Query.Get("sort") == c.Sort && l.Query.Get("desc") == "" {
		return l.With("sort", c.Sort, "desc", "1")
	}
	return l.With("sort", c.Sort, "desc", "")
}

func (l List) sorted(c Column) string {
	switch {
	case c.Sort == "" || l.Query.Get("sort") != c.Sort:
		return "none"
	case l.Query.Get("desc") == "":
		return "ascending"
	default:
		return "descending"
	}
}

func (l List) arrow(c Column) string {
	switch l.sorted(c) {
	case "ascending":
		return " ↑"
	case "descending":
		return " ↓"
	default:
		return " ↕"
	}
}

// fewFilters is up to how many filters stand open on a phone, too.
const fewFilters = 3

// filtered is how many filters are chosen.
func (l List) filtered() int {
	n := 0
	for _, f := range l.Filters {
		if l.Query.Get(f.Name) != "" {
			n++
		}
	}
	return n
}

// narrowed reports whether a search or a filter leaves rows away.
func (l List) narrowed() bool {
	return l.Query.Get("q") != "" || l.filtered() > 0
}

// whole is the address of the list without search and filters, in the same order.
func (l List) whole() string {
	pairs := []string{"q", ""}
	for _, f := range l.Filters {
		pairs = append(pairs, f.Name, "")
	}
	return l.With(pairs...)
}
