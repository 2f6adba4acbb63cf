package tenants

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Kind tells the core site from the networks.
type Kind string

// The kinds of tenant. There is one core. A rehearsal is a room of its own in which a network tries a call with invented
// applications, until it is discarded with all that is in it.
const (
	KindCore      Kind = "core"
	KindNetwork   Kind = "network"
	KindRehearsal Kind = "rehearsal"
)

// Site is the kind of site that the tenant has: a rehearsal looks and works like a network's.
func (k Kind) Site() Kind {
	if k == KindRehearsal {
		return KindNetwork
	}
	return k
}

// Status is where a network stands in its life.
type Status string

// The states of a network: applicant → selected → onboarding → dry run → live → (read-only | suspended) → archived →
// erased.
const (
	StatusApplicant  Status = "applicant"
	StatusSelected   Status = "selected"
	StatusOnboarding Status = "onboarding"
	StatusDryRun     Status = "dry_run"
	StatusLive       Status = "live"
	StatusReadOnly   Status = "read_only"
	StatusSuspended  Status = "suspended"
	StatusArchived   Status = "archived"
	StatusErased     Status = "erased"
)

// Statuses lists all states in the order of a network's life.
var Statuses = []Status{
	StatusApplicant, StatusSelected, StatusOnboarding, StatusDryRun, StatusLive, StatusReadOnly, StatusSuspended,
	StatusArchived, StatusErased,
}

// ParseStatus accepts exactly the states above.
func ParseStatus(s string) (Status, error) {
	if slices.Contains(Statuses, Status(s)) {
		return Status(s), nil
	}
	return "", fmt.Errorf("tenants: %q is no status", s)
}

// Readable reports whether the network's site answers at all.
func (s Status) Readable() bool {
	return slices.Contains([]Status{StatusOnboarding, StatusDryRun, StatusLive, StatusReadOnly, StatusArchived}, s)
}

// Writable reports whether anything may be changed on the network's site.
func (s Status) Writable() bool {
	return slices.Contains([]Status{StatusOnboarding, StatusDryRun, StatusLive}, s)
}

// Suspend is allowed of every network that answers.
func (s Status) Suspend() (Status, bool) { return StatusSuspended, s.Readable() }

// Reopen returns a suspended network to where it was.
func (s Status) Reopen(before Status) (Status, bool) {
	return before, s == StatusSuspended && before.Readable()
}

// GoLive is allowed from onboarding and from the dry run.
func (s Status) GoLive() (Status, bool) {
	return StatusLive, s == StatusOnboarding || s == StatusDryRun
}

// Brand is how a network looks and speaks as a sender: typed tokens only, never style sheets of its own.
type Brand struct {
	Primary    string  `json:"primary,omitempty"` // #rrggbb, contrast checked when it was chosen
	Accent     string  `json:"accent,omitempty"`
	Typeface   string  `json:"typeface,omitempty"` // one of ui's typefaces
	Logo       Picture `json:"logo,omitzero"`
	Header     Picture `json:"header,omitzero"`
	Drawn      string  `json:"drawn,omitempty"` // the set of icons and the social picture that are drawn from all this
	SenderName string  `json:"sender_name,omitempty"`

	Words i18n.Own `json:"words,omitempty"` // for the terms for which the network has its own
}

// Picture is a raster that was drawn anew and lies in the object store under the network's prefix. The zero one is none.
type Picture struct {
	Set    string    `json:"set,omitempty"` // the hash of what it was drawn from, under which all that is drawn of it lies
	Width  int       `json:"width,omitempty"`
	Height int       `json:"height,omitempty"`
	Alt    i18n.Text `json:"alt,omitempty"` // what it shows, for who does not see it
}

// PicturePrefix begins the keys of a network's pictures in the object store.
func (t Tenant) PicturePrefix() string { return "t/" + t.ID.String() + "/brand/" }

// PhotoPrefix begins the keys of the photographs that a module keeps for the network, such as those of its stories.
func (t Tenant) PhotoPrefix(of string) string { return "t/" + t.ID.String() + "/photos/" + of + "/" }

// Tenant is one network, or the core.
type Tenant struct {
	ID            ids.Tenant
	Slug          string
	Name          string
	Kind          Kind
	Status        Status
	StatusBefore  Status // where a suspended network was
	Schema        string // opaque: t_ and the id's 26 base-32 letters, never the slug
	Locales       []i18n.Locale
	Zone          string // IANA
	Brand         Brand
	Wording       *i18n.Wording // of the brand's own words, made when the catalogue was read; nil: the standard ones
	Host          string        // the canonical host, for links in mails
	Network       ids.Tenant    // of a rehearsal: whose it is
	Call          ids.Call      // of a rehearsal: the network's call that is tried
	SchemaVersion int64
	Version       int64
	CreatedAt     time.Time
}

// Locale is the network's first language, to which its texts fall back.
func (t Tenant) Locale() i18n.Locale {
	if len(t.Locales) == 0 {
		return i18n.EN
	}
	return t.Locales[0]
}

var schemaForm = regexp.MustCompile(`^t_[0-9a-z]{26}$`)

const base32 = "0123456789abcdefghjkmnpqrstvwxyz"

// schemaOf derives the schema's name from the tenant's id: its 128 bits in Crockford's base 32.
func schemaOf(id ids.Tenant) string {
	out := make([]byte, 0, 28)
	out = append(out, "t_"...)
	var bits, have uint
	bits, have = 0, 2 // two leading zero bits make 130, a multiple of five
	for _, b := range id {
		bits, have = bits<<8|uint(b), have+8
		for have >= 5 {
			have -= 5
			out = append(out, base32[bits>>have&31])
		}
	}
	return string(out)
}
