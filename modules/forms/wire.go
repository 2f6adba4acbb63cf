package forms

import (
	"encoding/json"
	"net/url"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Sent is the body of PUT <save address>/<ref>: the inputs of one question by name, and the version that was seen.
type Sent struct {
	Value    json.RawMessage `json:"value"`
	Base     int64           `json:"base"`
	Language i18n.Locale     `json:"language"` // of the page that was written in: "1.250" is read as it writes numbers
}

// Kept is the answer to an accepted Sent.
type Kept struct {
	Version  int64     `json:"version"`
	SavedAt  time.Time `json:"saved_at"`
	Problems []Told    `json:"problems"` // what is wrong with the answer, which was kept all the same
}

// Told is a sentence about one input, in the reader's language.
type Told struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Tell translates refused fields for the page's script.
func Tell(loc *i18n.Localizer, fields []fault.Field) []Told {
	told := make([]Told, 0, len(fields))
	for _, f := range fields {
		told = append(told, Told{Name: f.Name, Text: loc.With(f.Key, f.Args)})
	}
	return told
}

// Clashed is the answer (409) to a Sent that somebody else was faster than. The texts are as the reader would read them;
// Inputs are theirs as inputs by name, to take over.
type Clashed struct {
	Yours   []string   `json:"yours"`
	Theirs  []string   `json:"theirs"`
	Inputs  url.Values `json:"inputs"`
	Version int64      `json:"version"`
	By      string     `json:"by"`
}

// Describe puts a clash into the reader's words; by is the other person's name.
func (c *Clash) Describe(loc *i18n.Localizer, d *Definition, by string) Clashed {
	out := Clashed{Version: c.Version, By: by, Inputs: url.Values{}}
	q, _, ok := d.Question(c.Ref)
	if !ok {
		return out
	}
	out.Yours, out.Theirs = Plain(loc, d, q, c.Yours), Plain(loc, d, q, c.Theirs)
	out.Inputs = ToTyped(loc, q, c.Ref, c.Theirs)
	return out
}

// Here is the body of POST <presence address>, every ten seconds: the question that the writer is in, or none.
type Here struct {
	Question string `json:"question"`
}

// Presence is the answer: who else is writing, and in which question.
type Presence struct {
	Others []Other `json:"others"`
}

// Other is somebody else who is writing just now.
type Other struct {
	Person   string `json:"person"`
	Question string `json:"question"`
}

// Asked is the body of POST <upload address>: a document that somebody wants to upload for a question.
type Asked struct {
	Question string `json:"question"`
	Name     string `json:"name"`
	Size     int64  `json:"size"`
	Type     string `json:"type"`
}

// Granted is the answer: where the browser posts the document, with which fields before it. When that is done, the
// browser posts to <upload address>/<document>/finalization and gets a Received.
type Granted struct {
	URL      string            `json:"url"`
	Fields   map[string]string `json:"fields"`
	Document string            `json:"document"`
}

// Received is what became of an uploaded document. State is one of clean, not_scanned, checking and refused; Text says
// it in the reader's language.
type Received struct {
	State string `json:"state"`
	Text  string `json:"text"`
}
