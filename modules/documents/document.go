package documents

import (
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/ids"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/i18n"
)

// State is where a document stands.
type State string

// The states, in the order of a document's life.
const (
	Granted     State = "granted"
	Quarantined State = "quarantined"
	Checking    State = "checking"
	Clean       State = "clean"
	Refused     State = "refused"
)

// States lists all of them.
var States = []State{Granted, Quarantined, Checking, Clean, Refused}

// Verb is what happens to a document.
type Verb string

// The verbs of a document's life.
const (
	Arrive   Verb = "arrive"
	Check    Verb = "check"
	Postpone Verb = "postpone" // the check could not be ended, for no fault of the document
	Pass     Verb = "pass"
	Refuse   Verb = "refuse"
)

var transitions = map[Verb]struct{ from, to State }{
	Arrive:   {Granted, Quarantined},
	Check:    {Quarantined, Checking},
	Postpone: {Checking, Quarantined},
	Pass:     {Checking, Clean},
	Refuse:   {Checking, Refused},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s State) After(v Verb) (State, bool) {
	t, known := transitions[v]
	if !known || t.from != s {
		return s, false
	}
	return t.to, true
}

// Document is one file given as an answer, or for a condition of a place, or on the way to be that.
type Document struct {
	ID           ids.Document
	Sheet        ids.Sheet // with Question; zero: it is for a condition
	Question     string
	Condition    ids.Condition   // zero: it is an answer
	Application  ids.Application // whose place the condition is of; zero: it is an answer
	Organization ids.Organization
	Name         string
	Kind         files.Kind
	Size         int64
	State        State
	Scanned      bool
	Reason       string // why it was refused: one of kernel/files' reasons, or one of this package's
	SHA256       []byte // of a clean one
	GrantedAt    time.Time
	GrantedBy    ids.Person
	CheckedAt    time.Time

	quarantine string
	key        string
	leaving    bool // its content is being erased
}

// Neutral is how the file is called for who is not to know whose it is.
func (d *Document) Neutral() string { return "document-" + d.ID.String()[24:] + d.Kind.Extension() }

// Reasons beside those of kernel/files.
const (
	reasonVirus   = "virus"
	reasonChanged = "changed" // something else was sent in its place while it was checked
)

// Standing is the state as people and scripts are told it: clean, not_scanned, checking or refused.
func (d *Document) Standing() string {
	switch d.State {
	case Refused:
		return "refused"
	case Clean:
		if d.Scanned {
			return "clean"
		}
		return "not_scanned"
	default:
		return "checking"
	}
}

// Readable reports whether there is something to be read.
func (d *Document) Readable() bool { return d.State == Clean }

const maxName = 120 // characters, without the ending

// CleanName makes a file's name harmless: the last part of a path, composed, without characters that nobody sees, and with
// the ending of its kind. It is false for a name whose ending is none of a known kind.
func CleanName(name string) (string, files.Kind, bool) {
	name = strings.ToValidUTF8(name, "")
	name = strings.Map(func(r rune) rune {
		if _, honest := i18n.Clean(string(r)); !honest || r < ' ' {
			return -1
		}
		return r
	}, name)
	name, _ = i18n.Clean(name)
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	kind, known := files.KindOf(name)
	if !known {
		return "", "", false
	}
	base := strings.Trim(strings.TrimSuffix(name, path.Ext(name)), ". ")
	if utf8.RuneCountInString(base) > maxName {
		base = strings.TrimSpace(string([]rune(base)[:maxName]))
	}
	if base == "" {
		base = "document"
	}
	return base + kind.Extension(), kind, true
}

// accepts reports whether a question takes documents of the kind.
func accepts(kinds []string, kind files.Kind) bool { return slices.Contains(kinds, string(kind)) }

// Limits are how much room documents may take, in bytes.
type Limits struct {
	Organization int64
	Network      int64
}

// DefaultLimits are those of a network that says nothing else.
var DefaultLimits = Limits{Organization: 500 << 20, Network: 50 << 30}

// Lives of things, each with its reason.
const (
	formLife   = 5 * time.Minute     // to begin sending: what longer forms allow, a stolen one allows too
	leaseLife  = 2 * time.Minute     // one check; more than it takes
	settleLife = time.Hour           // until whoever is still sending has given up
	unusedLife = 7 * 24 * time.Hour  // to bring back an answer that was removed by mistake
	refusedFor = 30 * 24 * time.Hour // to read why
	linkLife   = time.Minute
)
