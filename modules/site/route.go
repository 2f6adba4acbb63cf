package site

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Handler answers one request for one tenant on behalf of one actor.
type Handler func(c *fiber.Ctx, sc tenants.Scope) error

// Route is one line of a module's route table. The action is asked of the actor's roles before the handler runs; the
// use-case asks again, of the very thing.
type Route struct {
	Method string
	Path   string
	Action policies.Action
	Handle Handler
	// Large says that a post brings a file through the server, which its handler reads with web.ReadUpload.
	Large bool
	// Only restricts the route to one kind of site; the zero Kind means both. Elsewhere it does not exist.
	Only tenants.Kind

	bearer bool // a personal token is taken in place of a session
}

// Entry is a line of the navigation, shown to those who may ever do its action. With a message of the key and ".lead" the
// desk leads there, too, and says by it what the page is for.
type Entry struct {
	Key    string // the message key of its label
	Href   string
	Within string // the beginning of further addresses that belong to it; empty: none
	Icon   string
	Action policies.Action
	Only   tenants.Kind
	Group  Group
	Order  int // within the group
	// Hidden, where set, keeps the entry from actors for whom it would be an empty room.
	Hidden func(tenants.Actor) bool
}

// Group is where an entry stands in a long navigation. The zero value stands above all groups.
type Group string

// The groups, in the order in which they stand.
const (
	GroupProgram  Group = "program"  // what a program goes through, from the call to its stories
	GroupPeople   Group = "people"   // who takes part in it
	GroupSettings Group = "settings" // how it appears, and what was done
)

var groups = []Group{"", GroupProgram, GroupPeople, GroupSettings}

// Task is something that the actor must do now, or has just been told.
type Task struct {
	Title string // already in the reader's language
	Hint  string
	Href  string
	Due   time.Time // zero: no date
	Done  bool
	Tone  string // one of the tones of ui.Badge; empty: by the date
}

// Tasks lists what the actor must do, in the reader's language. It is asked on every visit of the desk: one query.
type Tasks func(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]Task, error)

// Module is what a feature gives to the site.
type Module struct {
	Name    string
	Routes  []Route
	Entries []Entry
	// Foot are lines below every page that visitors see, after those that the network has put there.
	Foot  []Entry
	Tasks []Tasks
	API   []Operation
	// News is what happened lately that concerns the actor, the newest first; the hint says when.
	News []Tasks
	// Dates are for the actor's calendar program, beside the tasks that have a date.
	Dates []Dates
	// Feeds are what anybody may subscribe to.
	Feeds []Feed
	// Addresses are the public pages, for search engines.
	Addresses []Addresses
}

// Sessions knows whose session a browser carries. The accounts module satisfies it.
type Sessions interface {
	// Actor finds the actor of a session cookie. A token of another host finds nobody.
	Actor(ctx context.Context, sc tenants.Scope, token string) (tenants.Actor, bool, error)
	// Bearer finds the actor of a personal token that came from the network address. A token of another host finds
	// nobody.
	Bearer(ctx context.Context, sc tenants.Scope, token, address string) (tenants.Actor, bool, error)
	// Subscriber finds whose dates the secret address of a calendar shows. One of another host finds nobody.
	Subscriber(ctx context.Context, sc tenants.Scope, secret, address string) (tenants.Actor, bool, error)
	// Prefer keeps the actor's choice of language.
	Prefer(ctx context.Context, sc tenants.Scope, locale i18n.Locale) error
}

// Unread counts the actor's unread notifications, for the bell. The correspondence module satisfies it.
type Unread func(ctx context.Context, sc tenants.Scope) (int, error)
