package domains

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
)

// State is how far a network has got with a domain.
type State string

// The states of a domain.
const (
	Claimed  State = "claimed"
	Active   State = "active"
	Released State = "released"
)

// How long things take.
const (
	grace      = 3 * 24 * time.Hour  // without the proof, until the domain is released
	quarantine = 30 * 24 * time.Hour // of a released domain
	claimLife  = 14 * 24 * time.Hour // of a claim that is never proved
	pause      = 10 * time.Second    // between two looks at a name server
)

// Domain is a domain that a network wants, has or had.
type Domain struct {
	ID        ids.Domain
	Tenant    ids.Tenant
	Host      string
	Proof     string
	State     State
	ClaimedAt time.Time
	ProvedAt  time.Time
	CheckedAt time.Time
	LostAt    time.Time // the zero time: the proof is there
	Main      bool      // links lead there
}

// Record is the name of the record on the domain's name server.
func (d Domain) Record() string { return "_kervan." + d.Host }

// Ends is when an active domain is released unless its proof comes back; the zero time where it is there.
func (d Domain) Ends() time.Time {
	if d.LostAt.IsZero() {
		return time.Time{}
	}
	return d.LostAt.Add(grace)
}

// proved reports whether one of the records is the domain's proof.
func (d Domain) proved(records []string) bool {
	return slices.ContainsFunc(records, func(r string) bool { return strings.TrimSpace(r) == d.Proof })
}

// looked is what becomes of an active domain when its name server has answered at the moment.
func (d Domain) looked(records []string, now time.Time) Domain {
	d.CheckedAt = now
	switch {
	case d.proved(records):
		d.LostAt = time.Time{}
	case d.LostAt.IsZero():
		d.LostAt = now
	case !now.Before(d.Ends()):
		d.State = Released
	}
	return d
}

// taken are the hosts that somebody has: the platform's own domain, and those under which other networks are served or send.
type taken struct {
	platform string
	others   []string
	slugs    []string // by which other networks are known below the platform's domain
}

// check says by a message key why a network may not have the host; empty: it may.
func (t taken) check(host string) string {
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case slices.Contains(special, last):
		return "domains.special"
	case below(host, t.platform) || below(t.platform, host):
		return "domains.platform"
	case mixed(host):
		return "domains.mixed"
	case skeleton(registered(host)) == skeleton(registered(t.platform)):
		return "domains.alike"
	case slices.ContainsFunc(t.slugs, func(slug string) bool { return skeleton(registered(host)) == skeleton(slug) }):
		return "domains.alike"
	}
	for _, other := range t.others {
		if below(other, t.platform) {
			continue // part of the platform's own, which is looked at already
		}
		if below(host, other) || below(other, host) {
			return "domains.taken"
		}
		if alike(host, other) {
			return "domains.alike"
		}
	}
	return ""
}
