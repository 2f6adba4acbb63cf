package ui

import "github.com/a-h/templ"

// LookUp says where a Combobox finds its suggestions. From answers GET with what is typed (q) and the language (lang) as
// Suggestions. Name is that of the hidden input that carries the value of the suggestion that was chosen, and Chosen what stands
// in it; it is emptied as soon as somebody types on. The server must look up what it gets there: it comes from a browser.
type LookUp struct{ From, Name, Chosen string }

// Suggestions are what an address of a LookUp answers. Said is how many there are, in the reader's language, for those who
// cannot see the list.
type Suggestions struct {
	Items []Suggestion `json:"items"`
	Said  string       `json:"said"`
}

// Suggestion is one of them: what is written into the line, what the list says beside it, and what it fills in elsewhere.
type Suggestion struct {
	Value string            `json:"value"`
	Text  string            `json:"text"`
	Note  string            `json:"note,omitempty"`
	Fills map[string]string `json:"fills,omitempty"`
}

// suggesting are the attributes of a combobox's line. Its role is given by the script, without which it is none.
func (f Field) suggesting(l LookUp) templ.Attributes {
	all := f.attributes()
	all["data-suggest"] = l.From
	if f.Autocomplete == "" {
		all["autocomplete"] = "off"
	}
	return all
}
