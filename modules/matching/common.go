package matching

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
)

// sharedCard is what an organization shows to other networks: its name, country and size, and what stands on its card. It is kept as
// JSON; a field that is added here is one that people have not agreed to show.
type sharedCard struct {
	Name      string        `json:"name"`
	Country   geo.Country   `json:"country"`
	Size      Size          `json:"size,omitempty"`
	Needs     []Topic       `json:"needs"`
	Offers    []Topic       `json:"offers"`
	Languages []string      `json:"languages"`
	About     string        `json:"about,omitempty"`
	From      string        `json:"from,omitempty"` // a day
	Until     string        `json:"until,omitempty"`
	Hosts     int           `json:"hosts,omitempty"`
	Countries []geo.Country `json:"countries,omitempty"`
	Kinds     []string      `json:"kinds,omitempty"`
	Sizes     []Size        `json:"sizes,omitempty"`
	Relation  Relation      `json:"relation"`
	Green     bool          `json:"green,omitempty"`
	Wished    string        `json:"wished,omitempty"`
}

// shareOf is what an organization with that card would show.
func shareOf(o *Organization, c *Card) sharedCard {
	return sharedCard{
		Name: o.Name, Country: o.Country, Size: o.Size, Needs: c.Needs, Offers: c.Offers, Languages: c.Languages, About: c.About,
		From: dayOf(c.From), Until: dayOf(c.Until), Hosts: c.Hosts, Countries: c.Countries, Kinds: c.Kinds, Sizes: c.Sizes, Relation: c.Relation, Green: c.Green, Wished: c.Wished,
	}
}

// sealed is the content as it is kept, with its tag: the SHA-256 of it.
func (s *sharedCard) sealed() (content json.RawMessage, tag string, err error) {
	if content, err = json.Marshal(s); err != nil {
		return nil, "", fmt.Errorf("matching: write what is shared: %w", err)
	}
	sum := sha256.Sum256(content)
	return content, hex.EncodeToString(sum[:]), nil
}

// Copy is what other networks see of an organization.
type Copy struct {
	ID        ids.CommonCard
	Network   ids.Tenant
	Slug      string // the network's
	Of        string // the network's name
	Tag       string // the hash of what they see, in hexadecimal digits
	Version   int64  // how often that has changed since the organization shares, from 1
	ChangedAt time.Time

	content sharedCard
}

// Listed is the organization as it is listed among those of several networks, where it goes by the name of its copy.
func (c *Copy) Listed() Listed {
	s := &c.content
	from, _ := parseDay(s.From)
	until, _ := parseDay(s.Until)
	id := ids.Organization(c.ID)
	return Listed{
		Organization: Organization{ID: id, Name: s.Name, Country: s.Country, Size: s.Size},
		Network:      c.Of,
		Card: Card{
			Organization: id, Needs: s.Needs, Offers: s.Offers, Languages: s.Languages, About: s.About, From: from, Until: until, Hosts: s.Hosts, Countries: s.Countries, Kinds: s.Kinds,
			Sizes: s.Sizes, Relation: s.Relation, Green: s.Green, Wished: s.Wished,
		},
	}
}

// Participation is whether a network lets its organizations show their cards to other networks.
type Participation struct {
	Since  time.Time // zero: it does not
	By     string    // who said so; empty: the system
	Shared int       // how many of its organizations do
}

// On reports whether the network takes part.
func (p *Participation) On() bool { return !p.Since.IsZero() }

// Sharing is how an organization stands to the common pool.
type Sharing struct {
	Open    bool      // its network takes part
	Since   time.Time // it shows its card since then; zero: it does not
	Copy    *Copy     // what others see; nil: nothing
	Current bool      // that is what card and profile say now
}

// Partaking is a network that takes part, as the core team sees it.
type Partaking struct {
	Network ids.Tenant
	Slug    string
	Name    string
	Since   time.Time
	Cards   int
}

// CommonPool is a page of the common pool, with the networks that take part, by name.
type CommonPool struct {
	Found

	Networks []Partaking
	Cards    int // of all of them, whatever is looked for
}
