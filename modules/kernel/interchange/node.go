package interchange

import (
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Flaw is one thing that is wrong with a file: where it stands, on the way to what, and the key of the sentence that says
// what.
type Flaw struct {
	Line   int // from 1
	Column int // in characters, from 1
	Way    []Step
	Key    string
	Args   fault.Args
}

// Step is one step of the way to what a flaw is about: a name as it stands in the file, or a thing of a list by what it
// calls itself, else by its key, else by its number.
type Step struct {
	Field  string
	Name   i18n.Text
	Key    string
	Number int
}

// Node is where a value of a file begins, with what is in it. The nil Node is a value that is not there.
type Node struct {
	offset int
	parent *Node
	name   string
	number int // in a list, from 1
	text   string
	spoken bool // a text in one language
	fields map[string]*Node
	items  []*Node
}

// Field is the value of that name; nil when there is none.
func (n *Node) Field(name string) *Node {
	if n == nil {
		return nil
	}
	return n.fields[name]
}

// Item is a thing of a list, counted from 0; nil when there is none.
func (n *Node) Item(i int) *Node {
	if n == nil || i < 0 || i >= len(n.items) {
		return nil
	}
	return n.items[i]
}

// Items are all things of a list.
func (n *Node) Items() []*Node {
	if n == nil {
		return nil
	}
	return n.items
}

// Text is the value of a text.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// Below finds the first value, in the order of the file, of that name and text in what is in the node.
func (n *Node) Below(name, text string) *Node {
	if n == nil {
		return nil
	}
	if n.name == name && n.text == text {
		return n
	}
	for _, one := range n.children() {
		if found := one.Below(name, text); found != nil {
			return found
		}
	}
	return nil
}

// Count is how many values the node and what is in it are.
func (n *Node) Count() int {
	if n == nil {
		return 0
	}
	sum := 1
	for _, one := range n.fields {
		sum += one.Count()
	}
	for _, one := range n.items {
		sum += one.Count()
	}
	return sum
}

func (n *Node) children() []*Node {
	all := slices.Clone(n.items)
	for _, one := range n.fields {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *Node) int { return a.offset - b.offset })
	return all
}

// way is how the value is reached from the file's beginning.
func (n *Node) way() []Step {
	var steps []Step
	for at := n; at != nil && at.parent != nil; at = at.parent {
		if at.number == 0 {
			steps = append(steps, Step{Field: brief(at.name)})
		} else {
			steps = append(steps, at.step())
		}
	}
	slices.Reverse(steps)
	return steps
}

// namesOf are the names under which things call themselves, and keys by which they are known.
var (
	namesOf = []string{"label", "title", "name", "subject", "text"}
	keysOf  = []string{"key", "value"}
)

func (n *Node) step() Step {
	s := Step{Number: n.number}
	for _, field := range slices.Backward(keysOf) {
		if key := n.Field(field).Text(); key != "" {
			s.Key = brief(key)
		}
	}
	for _, field := range namesOf {
		named := n.Field(field)
		if named == nil || len(named.fields) == 0 {
			continue
		}
		s.Name = i18n.Text{}
		for code, one := range named.fields {
			if l, ok := i18n.ParseLocale(code); ok && strings.TrimSpace(one.text) != "" {
				s.Name[l] = brief(one.text)
			}
		}
		break
	}
	return s
}

// String is the step for people who read that language.
func (s Step) String(l i18n.Locale) string {
	switch {
	case s.Field != "":
		return s.Field
	case s.Name.String(l, i18n.All...) != "":
		return s.Name.String(l, i18n.All...)
	case s.Key != "":
		return s.Key
	default:
		return strconv.Itoa(s.Number)
	}
}

// brief is a text that somebody else wrote, cut to what fits into a sentence and cleared of what cannot be seen.
func brief(text string) string {
	const most = 60
	letters := []rune(text)
	if len(letters) > most {
		letters = append(letters[:most:most], '…')
	}
	for i, r := range letters {
		if _, ok := i18n.Clean(string(r)); !ok || r == '\n' || r == '\t' {
			letters[i] = '\uFFFD'
		}
	}
	return string(letters)
}
