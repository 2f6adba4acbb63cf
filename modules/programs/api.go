package programs

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) operations() []site.Operation {
	return []site.Operation{
		site.Get("/calls", policies.CallBrowse, "programs.api.calls", callsExample, w.apiCalls),
		site.Get("/calls/{id}", policies.CallBrowse, "programs.api.call", callExample, w.apiCall),
	}
}

type callsAsked struct {
	Phase Phase `query:"phase" enum:"announced,open,closed"`
}

type callAsked struct {
	ID string `path:"id" format:"uuid"`
}

// CallItem is a call as a list shows it.
type CallItem struct {
	ID        ids.Call   `json:"id" format:"uuid"`
	Cycle     string     `json:"cycle"`
	Phase     Phase      `json:"phase" enum:"announced,open,closed"`
	Title     site.Words `json:"title"`
	Summary   site.Words `json:"summary"`
	OpensAt   time.Time  `json:"opens_at"`
	ClosesAt  time.Time  `json:"closes_at" doc:"Applications are accepted before this instant, by the database's clock"`
	ClosedAt  time.Time  `json:"closed_at,omitzero" doc:"When it was closed by hand, before its deadline"`
	Zone      string     `json:"zone" doc:"The time zone in which the instants were stated (IANA)"`
	Places    int        `json:"places" doc:"How many partnerships get a place"`
	Grant     site.Money `json:"grant" doc:"For each partnership"`
	Seats     int        `json:"seats" doc:"How many organizations make a partnership at most"`
	Published time.Time  `json:"published_at"`
}

type callsBody struct {
	Items []CallItem `json:"items" nullable:"false"`
}

type callBody struct {
	CallItem

	About             site.Words          `json:"about" doc:"Markdown, like conduct and notice"`
	Conduct           site.Words          `json:"conduct"`
	Notice            site.Words          `json:"notice"`
	FirstClosesAt     time.Time           `json:"first_closes_at" doc:"The deadline before any extension"`
	DistinctCountries bool                `json:"distinct_countries" doc:"Whether no two seats may be of one country"`
	SeatRules         []seatRuleBody      `json:"seat_rules" nullable:"false"`
	Criteria          []criterionBody     `json:"criteria" nullable:"false"`
	Documents         []askedDocumentBody `json:"documents" nullable:"false" doc:"The documents that the call asks for"`
	Changes           []changeBody        `json:"changes" nullable:"false" doc:"What was changed in public, the oldest first"`
}

type seatRuleBody struct {
	Key       string     `json:"key"`
	Name      site.Words `json:"name"`
	Forms     []string   `json:"legal_forms" nullable:"false" doc:"Empty: any"`
	Countries []string   `json:"countries" nullable:"false" doc:"ISO 3166-1 alpha-2. Empty: any"`
	Not       []string   `json:"not_countries" nullable:"false"`
	Least     int        `json:"least" doc:"How many organizations take it at least. 0: it may stay empty"`
	Most      int        `json:"most"`
}

type criterionBody struct {
	Key    string     `json:"key"`
	Name   site.Words `json:"name"`
	Weight int        `json:"weight" doc:"Of 100"`
	Lowest int        `json:"lowest" doc:"The lowest score"`
	Most   int        `json:"highest" doc:"The highest score"`
	Step   float64    `json:"step" enum:"0.5,1" doc:"Between two scores"`
	Least  float64    `json:"threshold,omitempty" doc:"The mean score below which an application is marked"`
}

type askedDocumentBody struct {
	Key   string     `json:"key"`
	Name  site.Words `json:"name"`
	Later bool       `json:"after_acceptance" doc:"Whether only accepted applicants are asked for it"`
}

type changeBody struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind" enum:"opened,extended,texts,closed,calendar,form,criteria,anonymity,retention"`
	Before time.Time `json:"before,omitzero" doc:"Of an extension: the deadline before"`
	After  time.Time `json:"after,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

func (w *Web) apiCalls(ctx context.Context, sc tenants.Scope, asked callsAsked) (callsBody, error) {
	calls, err := w.service.Browse(ctx, sc)
	if err != nil {
		return callsBody{}, err
	}
	body, now := callsBody{Items: []CallItem{}}, time.Now()
	for i := range calls {
		if asked.Phase == "" || calls[i].Phase(now) == asked.Phase {
			body.Items = append(body.Items, itemOf(&calls[i], now))
		}
	}
	return body, nil
}

func (w *Web) apiCall(ctx context.Context, sc tenants.Scope, asked callAsked) (callBody, error) {
	id, err := ids.Parse[ids.Call](asked.ID)
	if err != nil {
		return callBody{}, fault.NotFound()
	}
	c, log, err := w.service.Look(ctx, sc, id)
	if err != nil {
		return callBody{}, err
	}
	if c.State == Draft {
		return callBody{}, fault.NotFound()
	}
	whole, err := w.service.Definition(ctx, sc, c)
	if err != nil {
		return callBody{}, err
	}
	return bodyOf(&c, whole, log, time.Now()), nil
}

func itemOf(c *Call, now time.Time) CallItem {
	_, most := c.Composition.Size()
	return CallItem{
		ID: c.ID, Cycle: c.Cycle, Phase: c.Phase(now), Title: site.WordsOf(c.Title), Summary: site.WordsOf(c.Summary), OpensAt: c.OpensAt.UTC(),
		ClosesAt: c.ClosesAt.UTC(), ClosedAt: c.ClosedAt.UTC(), Zone: c.Zone, Places: c.Places, Grant: site.Money{Minor: c.GrantMinor, Currency: c.GrantCurrency},
		Seats: most, Published: c.PublishedAt.UTC(),
	}
}

func bodyOf(c *Call, asked *forms.Definition, log []Change, now time.Time) callBody {
	body := callBody{
		CallItem: itemOf(c, now), About: site.WordsOf(c.About), Conduct: site.WordsOf(c.Conduct), Notice: site.WordsOf(c.Notice),
		FirstClosesAt: c.FirstClosesAt.UTC(), DistinctCountries: c.Composition.DistinctCountries,
		SeatRules: []seatRuleBody{}, Criteria: []criterionBody{}, Documents: []askedDocumentBody{}, Changes: []changeBody{},
	}
	for _, s := range c.Composition.Seats {
		body.SeatRules = append(body.SeatRules, seatOf(s))
	}
	for _, k := range c.Criteria {
		body.Criteria = append(body.Criteria, criterionOf(c, &k))
	}
	for _, d := range c.Documents {
		if d.Wanted {
			body.Documents = append(body.Documents, askedDocumentBody{Key: d.Key, Name: site.WordsOf(d.Name), Later: asked.IsLater(d.Question)})
		}
	}
	for _, change := range log {
		one := changeBody{At: change.At.UTC(), Kind: change.Kind, Reason: change.Reason}
		if change.Kind == "extended" {
			one.Before, one.After = Instant(change.Before).UTC(), Instant(change.After).UTC()
		}
		body.Changes = append(body.Changes, one)
	}
	return body
}

func criterionOf(c *Call, k *blueprints.Criterion) criterionBody {
	scale := k.Scale(c.Review.ScoreMax)
	body := criterionBody{Key: k.Key, Name: site.WordsOf(k.Name), Weight: k.Weight, Lowest: scale.Lowest, Most: scale.Highest, Step: 1, Least: k.Threshold}
	if scale.Halves {
		body.Step = 0.5
	}
	return body
}

func seatOf(s blueprints.Seat) seatRuleBody {
	least, most := s.Range()
	return seatRuleBody{Key: s.Key, Name: site.WordsOf(s.Name), Forms: orEmpty(s.Kinds), Countries: orEmpty(s.Countries), Not: orEmpty(s.Not), Least: least, Most: most}
}

func orEmpty(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

var callsExample = callsBody{Items: []CallItem{itemExample}}

var itemExample = CallItem{
	ID: site.ExampleID[ids.Call](4), Cycle: "2027", Phase: PhaseOpen,
	Title:    site.Words{EN: "Open call 2027", TR: "Açık çağrı 2027", DE: "Ausschreibung 2027"},
	Summary:  site.Words{EN: "Two organizations, one issue, eight months.", TR: "İki kuruluş, bir mesele, sekiz ay.", DE: "Zwei Organisationen, ein Thema, acht Monate."},
	OpensAt:  time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC),
	ClosesAt: time.Date(2027, 3, 8, 20, 59, 0, 0, time.UTC), Zone: "Europe/Istanbul", Places: 8,
	Grant: site.Money{Minor: 350_000, Currency: "EUR"}, Seats: 2, Published: time.Date(2027, 1, 25, 9, 30, 0, 0, time.UTC),
}

var callExample = callBody{
	CallItem: itemExample,
	About:    site.Words{EN: "## What it is about", TR: "## Ne hakkında?", DE: "## Worum es geht"},
	Conduct:  site.Words{EN: "We meet as equals.", TR: "Eşit olarak bir araya geliriz.", DE: "Wir begegnen uns auf Augenhöhe."},
	Notice:   site.Words{EN: "What happens with your data.", TR: "Verilerinize ne olur?", DE: "Was mit Ihren Daten geschieht."}, FirstClosesAt: time.Date(2027, 3, 1, 20, 59, 0, 0, time.UTC),
	DistinctCountries: true,
	SeatRules: []seatRuleBody{{
		Key: "tr", Name: site.Words{EN: "An organization from Türkiye", TR: "Türkiye'den bir kuruluş", DE: "Eine Organisation aus der Türkei"},
		Forms: []string{}, Countries: []string{"TR"}, Not: []string{}, Least: 1, Most: 1,
	}},
	Criteria:  []criterionBody{{Key: "need", Name: site.Words{EN: "Need and relevance", TR: "İhtiyaç ve uygunluk", DE: "Bedarf und Relevanz"}, Weight: 25, Most: 10, Step: 1, Least: 4.5}},
	Documents: []askedDocumentBody{{Key: "registration", Name: site.Words{EN: "Proof of registration", TR: "Kayıt belgesi", DE: "Registernachweis"}}},
	Changes: []changeBody{{
		At: time.Date(2027, 2, 26, 8, 0, 0, 0, time.UTC), Kind: "extended", Before: time.Date(2027, 3, 1, 20, 59, 0, 0, time.UTC),
		After: time.Date(2027, 3, 8, 20, 59, 0, 0, time.UTC), Reason: "Many asked for it.",
	}},
}
