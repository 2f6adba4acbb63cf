package applications

import (
	"context"
	"encoding/hex"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) operations() []site.Operation {
	return []site.Operation{
		site.Get("/applications", policies.ApplicationRead, "applications.api.applications", applicationsExample, w.apiApplications),
		site.Get("/applications/{id}", policies.ApplicationRead, "applications.api.application", applicationExample, w.apiApplication),
	}
}

type applicationsAsked struct {
	Call           string    `query:"call" format:"uuid"`
	State          State     `query:"state" enum:"draft,submitted,returned,eligible,ineligible,in_review,reviewed,shortlisted,selected,waiting,rejected,accepted,declined,lapsed,withdrawn"`
	Search         string    `query:"q" maxLength:"200"`
	SubmittedAfter time.Time `query:"submitted_after"`
	Own            bool      `query:"own"`
	Sort           string    `query:"sort" enum:"number,-number,submitted,-submitted" default:"number"`
	Limit          int       `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After          string    `query:"after" maxLength:"400"`
}

type applicationAsked struct {
	ID      string `path:"id" format:"uuid"`
	Answers bool   `query:"answers"`
}

// ApplicationItem is an application as a list shows it.
type ApplicationItem struct {
	ID          ids.Application `json:"id" format:"uuid"`
	Call        ids.Call        `json:"call" format:"uuid"`
	Number      string          `json:"number,omitempty" doc:"Given when it is handed in for the first time"`
	State       State           `json:"state" doc:"As the reader may know it: to its own people what happens between the check and the release of decisions is in_review"`
	CreatedAt   time.Time       `json:"created_at"`
	SubmittedAt time.Time       `json:"submitted_at,omitzero" doc:"The last time"`
	Seats       []seatBody      `json:"seats" nullable:"false" doc:"In the order of the call's seat rules"`
	Decision    *decisionBody   `json:"decision,omitempty" doc:"Once it is released"`
}

type applicationsBody struct {
	site.Paged

	Items []ApplicationItem `json:"items" nullable:"false"`
}

type applicationBody struct {
	ApplicationItem

	Papers    *papersBody    `json:"missing_papers,omitempty" doc:"What was asked for after it was handed in"`
	Documents []documentBody `json:"documents" nullable:"false" doc:"Of what was handed in; of a draft, those of one's own part and of the joint part"`
	Answers   []answerBody   `json:"answers,omitempty" nullable:"false" doc:"Of what was handed in, when asked for with answers=true"`
}

type seatBody struct {
	Key          string            `json:"key"`
	Organization *organizationBody `json:"organization,omitempty" doc:"Absent while the seat is empty, and to reviewers of a call who do not learn who applies"`
	ConfirmedAt  time.Time         `json:"confirmed_at,omitzero" doc:"When the organization stood by its part"`
}

type organizationBody struct {
	ID      ids.Organization `json:"id" format:"uuid"`
	Name    string           `json:"name"`
	City    string           `json:"city"`
	Country string           `json:"country" doc:"ISO 3166-1 alpha-2"`
	Form    string           `json:"legal_form"`
}

type decisionBody struct {
	Outcome State     `json:"outcome" enum:"selected,waiting,rejected,accepted,declined,lapsed"`
	ReplyBy time.Time `json:"reply_by,omitzero" doc:"Until when the offered place may be accepted"`
	Waiting int       `json:"waiting_place,omitempty" doc:"The place on the waiting list, from 1"`
}

type papersBody struct {
	What string    `json:"what"`
	Due  time.Time `json:"due"`
}

type documentBody struct {
	ID       ids.Document `json:"id" format:"uuid"`
	Seat     string       `json:"seat,omitempty" doc:"Whose part it is in; absent for the joint part"`
	Question string       `json:"question"`
	Name     string       `json:"name"`
	Type     string       `json:"media_type"`
	Size     int64        `json:"size" doc:"In bytes"`
	SHA256   string       `json:"sha256,omitempty" doc:"Of a checked one, in hexadecimal digits"`
	State    string       `json:"state" enum:"clean,not_scanned,checking,refused"`
	Link     string       `json:"link,omitempty" format:"uri-reference" doc:"Where somebody who has signed in opens it in a browser"`
}

type answerBody struct {
	Seat     string     `json:"seat,omitempty" doc:"Whose part it is in; absent for the joint part"`
	Section  string     `json:"section"`
	Question string     `json:"question"`
	Type     forms.Type `json:"type"`
	Label    site.Words `json:"label"`
	Value    any        `json:"value,omitempty" doc:"In the shape of its type; absent where the reader may not see it"`
	Masked   bool       `json:"masked,omitempty" doc:"Something of it is withheld: health, access, diet, or money"`
}

func (w *Web) apiApplications(ctx context.Context, sc tenants.Scope, asked applicationsAsked) (applicationsBody, error) {
	q := RecordQuery{
		Query:          Query{Search: asked.Search, State: asked.State, Limit: int64(asked.Limit) + 1},
		SubmittedAfter: asked.SubmittedAfter, Whose: Whose(asked.Own),
	}
	q.Sort, q.Desc = asked.Sort, false
	if asked.Sort[0] == '-' {
		q.Sort, q.Desc = asked.Sort[1:], true
	}
	if asked.Call != "" {
		var err error
		if q.Call, err = ids.Parse[ids.Call](asked.Call); err != nil {
			return applicationsBody{}, fault.Invalid("site.api.parameters", fault.At("call", "site.api.identifier"))
		}
	}
	if asked.After != "" {
		from, ok := ParseCursor(asked.After)
		if !ok || from.Sort != q.Sort || from.Desc != q.Desc {
			return applicationsBody{}, site.BadCursor()
		}
		q.From = from
	}
	found, err := w.service.Records(ctx, sc, q)
	if err != nil {
		return applicationsBody{}, err
	}
	body := applicationsBody{Items: []ApplicationItem{}}
	if len(found) > asked.Limit {
		found = found[:asked.Limit]
		body.Next = cursorAt(&found[asked.Limit-1], q.Sort, q.Desc).String()
	}
	for i := range found {
		body.Items = append(body.Items, itemOf(&found[i]))
	}
	return body, nil
}

func (w *Web) apiApplication(ctx context.Context, sc tenants.Scope, asked applicationAsked) (applicationBody, error) {
	id, err := ids.Parse[ids.Application](asked.ID)
	if err != nil {
		return applicationBody{}, fault.NotFound()
	}
	r, err := w.service.Record(ctx, sc, id, asked.Answers)
	if err != nil {
		return applicationBody{}, err
	}
	return bodyOf(&r), nil
}

func itemOf(r *Record) ApplicationItem {
	item := ApplicationItem{
		ID: r.ID, Call: r.Call, Number: r.Number, State: r.Shown, CreatedAt: r.CreatedAt.UTC(), SubmittedAt: r.SubmittedAt.UTC(), Seats: make([]seatBody, len(r.Parts)),
	}
	for i, p := range r.Parts {
		item.Seats[i] = seatBody{Key: p.Seat, ConfirmedAt: p.ConfirmedAt.UTC()}
		if o, ok := r.Organizations[p.Organization]; ok {
			o = p.Of(o)
			item.Seats[i].Organization = &organizationBody{ID: o.ID, Name: o.Name, City: o.City, Country: o.Country, Form: o.Kind}
		}
	}
	switch r.Shown {
	case Selected, Waiting, Rejected, Accepted, Declined, Lapsed:
		item.Decision = &decisionBody{Outcome: r.Shown, ReplyBy: r.ReplyBy.UTC(), Waiting: r.Waiting}
	}
	return item
}

func bodyOf(r *Record) applicationBody {
	body := applicationBody{ApplicationItem: itemOf(r), Documents: []documentBody{}}
	if r.State == Returned {
		body.Papers = &papersBody{What: r.Papers, Due: r.PapersDue.UTC()}
	}
	seats := map[ids.Sheet]string{}
	for _, p := range r.Parts {
		seats[p.Sheet], seats[r.copies[p.Sheet]] = p.Seat, p.Seat
	}
	for _, g := range r.Given {
		d, ok := r.Documents[g.Document]
		if !ok {
			continue
		}
		body.Documents = append(body.Documents, documentBody{
			ID: d.ID, Seat: seats[g.Sheet], Question: g.Ref, Name: d.Name, Type: d.MediaType, Size: d.Size, SHA256: hex.EncodeToString(d.SHA256), State: d.Standing, Link: d.Href,
		})
	}
	for _, one := range r.Answers {
		for _, d := range one.Data {
			answer := answerBody{Seat: seats[one.Sheet], Section: d.Section, Question: d.Ref, Type: d.Type, Label: site.WordsOf(d.Label), Masked: d.Masked}
			if d.Value != nil {
				answer.Value = d.Value
			}
			body.Answers = append(body.Answers, answer)
		}
	}
	return body
}

var itemExample = ApplicationItem{
	ID: site.ExampleID[ids.Application](0x77), Call: site.ExampleID[ids.Call](4), Number: "2027-014", State: Selected,
	CreatedAt: time.Date(2027, 2, 3, 10, 0, 0, 0, time.UTC), SubmittedAt: time.Date(2027, 3, 8, 18, 22, 41, 0, time.UTC),
	Seats: []seatBody{
		{Key: "tr", Organization: &organizationBody{ID: site.ExampleID[ids.Organization](3), Name: "Ihlamur Derneği", City: "Muğla", Country: "TR", Form: "association"}, ConfirmedAt: time.Date(2027, 3, 8, 18, 20, 0, 0, time.UTC)},
		{Key: "europe", Organization: &organizationBody{ID: site.ExampleID[ids.Organization](5), Name: "Lindenhof e. V.", City: "Leipzig", Country: "DE", Form: "association"}, ConfirmedAt: time.Date(2027, 3, 8, 17, 5, 0, 0, time.UTC)},
	},
	Decision: &decisionBody{Outcome: Selected, ReplyBy: time.Date(2027, 5, 3, 20, 59, 0, 0, time.UTC)},
}

var applicationsExample = applicationsBody{
	Paged: site.Paged{Next: "/api/v1/applications?after=" + Cursor{Sort: "number", Key: itemExample.Number, ID: itemExample.ID}.String()},
	Items: []ApplicationItem{itemExample},
}

var applicationExample = applicationBody{
	ApplicationItem: itemExample,
	Documents: []documentBody{{
		ID: site.ExampleID[ids.Document](6), Seat: "tr", Question: "registration", Name: "tuzuk.pdf", Type: "application/pdf", Size: 284_113,
		SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", State: "clean", Link: "/documents/" + site.ExampleID[ids.Document](6).String(),
	}},
	Answers: []answerBody{{
		Seat: "tr", Section: "issue", Question: "tried", Type: forms.TypeLongText,
		Label: site.Words{EN: "What have you tried?", TR: "Neler denediniz?", DE: "Was haben Sie versucht?"}, Value: "Two workshops a year.",
	}},
}
