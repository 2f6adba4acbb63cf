package programs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// State is what people decided about a call; what it is for applicants follows from the clock as well (Phase).
type State string

// The states of a call.
const (
	Draft     State = "draft"
	Published State = "published"
	Closed    State = "closed" // before its deadline, by hand
)

// Phase is what a call is at a moment.
type Phase string

// The phases of a call.
const (
	PhaseDraft     Phase = "draft"
	PhaseAnnounced Phase = "announced"
	PhaseOpen      Phase = "open"
	PhaseClosed    Phase = "closed"
)

// Phases lists all of them, in their order.
var Phases = []Phase{PhaseDraft, PhaseAnnounced, PhaseOpen, PhaseClosed}

// Call is what opens for applications.
type Call struct {
	ID            ids.Call
	Cycle         string
	State         State
	Title         i18n.Text
	Summary       i18n.Text
	About         i18n.Text // Markdown, like Conduct and Notice
	Conduct       i18n.Text
	Notice        i18n.Text
	Locales       []i18n.Locale // the first is what others fall back to
	OpensAt       time.Time
	ClosesAt      time.Time
	FirstClosesAt time.Time          // before any extension
	ClosedAt      time.Time          // by hand, before the deadline
	Zone          string             // in which the instants are stated
	Places        int                // for partnerships
	Quotas        []blueprints.Quota // of those that are selected
	GrantMinor    int64              // per partnership, in the currency's smallest unit
	GrantCurrency string
	Composition   blueprints.Composition
	Criteria      []blueprints.Criterion
	Documents     []Asked
	Eligibility   []blueprints.Reason
	Letters       []blueprints.Letter
	Stages        []PlannedStage
	Review        blueprints.Review
	Form          ids.Form
	FormVersion   ids.FormVersion
	Blueprint     string // from which it comes …
	FromVersion   int    // … in which version …
	AdoptedAt     time.Time
	Version       int64
	PublishedAt   time.Time
	ChangedAt     time.Time // in public; only what visitors read has it
}

// Asked is a document of the blueprint, and whether this call asks for it.
type Asked struct {
	blueprints.Document
	Wanted bool `json:"wanted"`
}

// Location is the zone in which the call's instants are stated.
func (c *Call) Location() *time.Location { return i18n.Zone(c.Zone) }

// Until is the instant until which everybody may hand in: the deadline, or the moment when the call was closed by hand.
func (c *Call) Until() time.Time {
	if c.State == Closed {
		return c.ClosedAt
	}
	return c.ClosesAt
}

// NoticeVersion names the text of the data notice: twelve digits of a hash over it in all languages.
func (c *Call) NoticeVersion() string {
	words, err := json.Marshal(c.Notice)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(words)
	return hex.EncodeToString(sum[:6])
}

// Phase is what the call is at the moment.
func (c *Call) Phase(now time.Time) Phase {
	switch {
	case c.State == Draft:
		return PhaseDraft
	case c.State == Closed || !now.Before(c.ClosesAt):
		return PhaseClosed
	case now.Before(c.OpensAt):
		return PhaseAnnounced
	default:
		return PhaseOpen
	}
}

// Letter finds the words for an occasion.
func (c *Call) Letter(key string) (blueprints.Letter, bool) {
	i := slices.IndexFunc(c.Letters, func(l blueprints.Letter) bool { return l.Key == key })
	if i < 0 {
		return blueprints.Letter{}, false
	}
	return c.Letters[i], true
}

// texts are the call's texts by the name of their field.
func (c *Call) texts() map[string]i18n.Text {
	return map[string]i18n.Text{"title": c.Title, "summary": c.Summary, "about": c.About, "conduct": c.Conduct, "notice": c.Notice}
}

// The names of a call's texts, in the order of the page, and how many characters each holds at most.
var textNames = []string{"title", "summary", "about", "conduct", "notice"}

var textLimits = map[string]int{"title": 150, "summary": 400, "about": 12_000, "conduct": 8_000, "notice": 12_000}

// Need is one line of the readiness check; Place is the page on which it is put right.
type Need struct {
	Key   string
	Place string
	Met   bool
	Args  map[string]any
}

// Readiness lists what a call must have before it may be published, met or not; problems is how many its form still has.
func (c *Call) Readiness(now time.Time, problems int) []Need {
	var missing []string
	for _, l := range c.Locales {
		for _, name := range textNames {
			if c.texts()[name][l] == "" {
				missing = append(missing, string(l))
				break
			}
		}
	}
	weights := 0
	for _, k := range c.Criteria {
		weights += k.Weight
	}
	return []Need{
		{Key: "texts", Place: "texts", Met: len(missing) == 0, Args: map[string]any{"Languages": languageNames(missing)}},
		{Key: "dates", Place: "dates", Met: !c.OpensAt.IsZero() && c.OpensAt.Before(c.ClosesAt)},
		{Key: "future", Place: "dates", Met: c.ClosesAt.After(now.Add(24 * time.Hour))},
		{Key: "places", Place: "dates", Met: c.Places > 0},
		{Key: "grant", Place: "dates", Met: c.GrantMinor > 0},
		{Key: "seats", Place: "rules", Met: len(c.Composition.Seats) > 0},
		{Key: "weights", Place: "criteria", Met: weights == 100, Args: map[string]any{"Sum": weights}},
		{Key: "form", Place: "form/edit", Met: problems == 0, Args: map[string]any{"Count": problems}},
		{Key: "letters", Place: "letters", Met: len(c.incompleteLetters()) == 0},
	}
}

func languageNames(codes []string) string {
	names := make([]string, 0, len(codes))
	for _, c := range codes {
		names = append(names, i18n.Locale(c).Name())
	}
	return strings.Join(names, ", ")
}

// incompleteLetters are the keys of letters without words in one of the call's languages.
func (c *Call) incompleteLetters() []string {
	var keys []string
	for _, l := range c.Letters {
		for _, locale := range c.Locales {
			if l.Subject[locale] == "" || l.Body[locale] == "" {
				keys = append(keys, l.Key)
				break
			}
		}
	}
	return keys
}

// Ready reports whether nothing is missing.
func Ready(needs []Need) bool {
	return !slices.ContainsFunc(needs, func(n Need) bool { return !n.Met })
}

// ParseInstant reads a date and a clock time as they are stated in a zone. A time that the zone's change to summer time
// leaves out does not exist and is refused.
func ParseInstant(date, clock string, zone *time.Location) (time.Time, bool) {
	const layout = "2006-01-02 15:04"
	typed := date + " " + clock
	t, err := time.ParseInLocation(layout, typed, zone)
	if err != nil || t.Format(layout) != typed || t.Year() < 2000 || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t, true
}

// extension checks a new deadline. Only an open or announced call is extended, and only to a later instant.
func (c *Call) extension(until, now time.Time, reason string) error {
	if phase := c.Phase(now); phase != PhaseOpen && phase != PhaseAnnounced {
		return fault.Conflict("programs.not_open")
	}
	var bad []fault.Field
	if !until.After(c.ClosesAt) || !until.After(now) {
		bad = append(bad, fault.At("closes_date", "programs.extension.later"))
	}
	if reason == "" {
		bad = append(bad, fault.At("reason", "fault.required"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return nil
}

// Change is a line of a call's public log.
type Change struct {
	At     time.Time
	By     ids.Person
	Kind   string // opened, extended, texts, calendar, form or closed
	Before string // of an extension: the old deadline (RFC 3339); of texts: the language
	After  string
	Reason string
}

// Instant reads the instant of an extension's side; the zero time where there is none.
func Instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Late is one organization's permission to hand in until a later instant.
type Late struct {
	Organization ids.Organization
	Until        time.Time
	Reason       string
	GivenAt      time.Time
}
