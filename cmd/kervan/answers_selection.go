package main

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// jury lets selection ask the other modules about calls, applications and people.
type jury struct {
	organizations *organizations.Service
	accounts      *accounts.Service
	forms         *forms.Service
}

// reviewed lets programs ask how far the reviewing of a call is.
type reviewed struct{}

// Reviewed satisfies programs.Reviews.
func (reviewed) Reviewed(ctx context.Context, sc tenants.Scope, call ids.Call) (programs.Reviewing, error) {
	r, err := selection.Reviewed(ctx, sc, call)
	return programs.Reviewing(r), err
}

// Freeze satisfies programs.Reviews.
func (reviewed) Freeze(ctx context.Context, tx *tenants.Tx, call ids.Call) (programs.Reviewing, error) {
	r, err := selection.Freeze(ctx, tx, call)
	return programs.Reviewing(r), err
}

// Reweigh satisfies programs.Reviews.
func (reviewed) Reweigh(ctx context.Context, tx *tenants.Tx, call ids.Call, criteria []blueprints.Criterion, scoreMax int) error {
	return selection.Reweigh(ctx, tx, call, criteria, scoreMax)
}

func selectionCall(c programs.Call) selection.Call {
	return selection.Call{
		ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, Places: c.Places, Grant: forms.Money{Minor: c.GrantMinor, Currency: c.GrantCurrency}, Quotas: c.Quotas, Criteria: selection.Scored(c.Criteria), Review: c.Review,
	}
}

// Call satisfies selection.Calls.
func (jury) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (selection.Call, error) {
	c, err := programs.Judging(ctx, sc, id)
	return selectionCall(c), err
}

// Within satisfies selection.Calls.
func (jury) Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (selection.Call, error) {
	c, err := programs.JudgingWithin(ctx, tx, id)
	return selectionCall(c), err
}

// Letters satisfies selection.Calls.
func (jury) Letters(ctx context.Context, tx *tenants.Tx, id ids.Call) (map[string]blueprints.Letter, error) {
	return programs.LettersOf(ctx, tx, id)
}

// Published satisfies selection.Calls.
func (jury) Published(ctx context.Context, sc tenants.Scope) ([]selection.Call, error) {
	all, err := programs.All(ctx, sc.Read(), false)
	calls := make([]selection.Call, len(all))
	for i, c := range all {
		calls[i] = selectionCall(c)
	}
	return calls, err
}

// InSelection satisfies selection.Applications.
func (j jury) InSelection(ctx context.Context, sc tenants.Scope, call selection.Call) ([]selection.Application, error) {
	all, err := applications.InSelection(ctx, sc, call.ID)
	if err != nil {
		return nil, err
	}
	found, err := j.named(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	if len(blueprints.By(blueprints.SideRegion, call.Quotas)) > 0 {
		markRegions(found)
	}
	if len(blueprints.By(blueprints.SideFirst, call.Quotas)) > 0 {
		if err := markFirstTimers(ctx, sc, all, found); err != nil {
			return nil, err
		}
	}
	if call.Review.Topic == "" {
		return found, nil
	}
	topics, err := applications.Chosen(ctx, sc, all, call.Review.Topic)
	for i := range found {
		found[i].Topics = topics[found[i].ID]
	}
	return found, err
}

// markRegions says of the organizations of applications where they sat when these were handed in.
func markRegions(found []selection.Application) {
	for i := range found {
		for j := range found[i].Organizations {
			o := &found[i].Organizations[j]
			o.Region = geo.RegionOf(geo.Country(o.Country), o.City, o.Place)
		}
	}
}

// markFirstTimers says of the organizations of applications which are first-timers.
func markFirstTimers(ctx context.Context, sc tenants.Scope, all []applications.Application, found []selection.Application) error {
	var wanted []ids.Organization
	for i := range all {
		wanted = append(wanted, all[i].Organizations()...)
	}
	sat, err := partnerships.FirstSeats(ctx, sc.Read(), wanted)
	for i := range found {
		for j := range found[i].Organizations {
			o := &found[i].Organizations[j]
			o.First = err == nil && firstTimer(sat, o.ID, all[i])
		}
	}
	return err
}

// HandedIn satisfies selection.Applications.
func (j jury) HandedIn(ctx context.Context, sc tenants.Scope, call ids.Call) ([]selection.Application, error) {
	all, err := applications.HandedIn(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	return j.named(ctx, sc, all)
}

// Leanings satisfies selection.Applications.
func (j jury) Leanings(ctx context.Context, sc tenants.Scope, call ids.Call) (map[ids.Application]selection.Leaning, error) {
	all, err := applications.InSelection(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	c, err := programs.Judging(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	ranked, err := j.ranked(ctx, sc, all, c.Review.Topic)
	if err != nil {
		return nil, err
	}
	written, err := applications.WrittenIn(ctx, sc, all)
	found := make(map[ids.Application]selection.Leaning, len(all))
	for i := range all {
		leaning := selection.Leaning{Language: string(written[all[i].ID])}
		for _, list := range ranked[all[i].ID] {
			for n, key := range list {
				leaning.Topics = append(leaning.Topics, selection.RankedTopic{Key: key, Rank: n + 1})
			}
		}
		found[all[i].ID] = leaning
	}
	return found, err
}

// ranked is what the organizations of applications want to become stronger in, a list for each, the first first. A form whose
// question of that key asks for topics is read by it, any other by its first one that does.
func (j jury) ranked(ctx context.Context, sc tenants.Scope, all []applications.Application, preferred string) (map[ids.Application][][]string, error) {
	questions := map[ids.FormVersion]string{}
	for i := range all {
		id := all[i].HandedVersion()
		if _, known := questions[id]; known {
			continue
		}
		v, err := j.forms.Version(ctx, sc, id)
		if err != nil {
			return nil, err
		}
		questions[id] = topicsIn(v.Definition, preferred)
	}
	return applications.Rankings(ctx, sc, all, questions)
}

// topicsIn is the question of a form that asks for topics of capacity: the one that says the topic for quotas, else the first
// that offers some of them.
func topicsIn(d *forms.Definition, preferred string) string {
	topics := expertise.Topics()
	first := ""
	for _, q := range blueprints.TopicQuestions(d) {
		offered := 0
		for _, o := range q.Options {
			if slices.ContainsFunc(topics, func(t forms.Option) bool { return t.Value == o.Value }) {
				offered++
			}
		}
		switch {
		case offered < 2:
		case q.Key == preferred:
			return q.Key
		case first == "":
			first = q.Key
		}
	}
	return first
}

// Those satisfies selection.Applications.
func (j jury) Those(ctx context.Context, sc tenants.Scope, wanted []ids.Application) (map[ids.Application]selection.Application, error) {
	all, err := applications.Several(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	named, err := j.named(ctx, sc, all)
	found := make(map[ids.Application]selection.Application, len(named))
	for _, a := range named {
		found[a.ID] = a
	}
	return found, err
}

// Applicants satisfies selection.Applications.
func (j jury) Applicants(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]selection.Applicant, error) {
	cards, err := j.organizations.Cards(ctx, sc.Read(), wanted)
	found := make(map[ids.Organization]selection.Applicant, len(cards))
	for id, c := range cards {
		found[id] = applicantOf(c)
	}
	return found, err
}

// named tells of applications whose they are, by the names of today and the towns in which they sat when they were handed in.
func (j jury) named(ctx context.Context, sc tenants.Scope, all []applications.Application) ([]selection.Application, error) {
	var wanted []ids.Organization
	for i := range all {
		wanted = append(wanted, all[i].Organizations()...)
	}
	cards := make(map[ids.Organization]organizations.Card, len(wanted))
	if len(wanted) > 0 {
		if err := sc.Ask(ctx, organizations.Asking(wanted, func(c organizations.Card) { cards[c.ID] = c })); err != nil {
			return nil, err
		}
	}
	named := make([]selection.Application, len(all))
	for i, a := range all {
		named[i] = selection.Application{ID: a.ID, Call: a.Call, Number: a.Number, Undecided: a.State.Undecided()}
		for _, p := range a.Parts {
			if c, ok := cards[p.Organization]; ok {
				named[i].Organizations = append(named[i].Organizations, seatedAt(p.Seat, settledIn(p.Town, applicantOf(c))))
			}
		}
	}
	return named, nil
}

// Unanswered satisfies selection.Applications.
func (j jury) Unanswered(ctx context.Context, sc tenants.Scope, some ...ids.Application) ([]selection.Application, error) {
	all, err := applications.Unanswered(ctx, sc.Read(), some...)
	if err != nil {
		return nil, err
	}
	return j.named(ctx, sc, all)
}

// Ever satisfies selection.Applications.
func (j jury) Ever(ctx context.Context, sc tenants.Scope, wanted []ids.Application) ([]selection.Application, error) {
	all, err := applications.Ever(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	return j.named(ctx, sc, all)
}

// Undecided satisfies selection.Applications.
func (jury) Undecided(ctx context.Context, sc tenants.Scope) ([]selection.Application, error) {
	all, err := applications.Undecided(ctx, sc.Read())
	found := make([]selection.Application, len(all))
	for i, a := range all {
		found[i] = selection.Application{ID: a.ID, Call: a.Call, Number: a.Number, Undecided: true}
	}
	return found, err
}

// Of satisfies selection.Applications.
func (jury) Of(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) ([]ids.Application, error) {
	return applications.Seated(ctx, sc.Read(), wanted)
}

// Persons satisfies selection.People and reviewers.People.
func (j jury) Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]selection.Person, error) {
	cards, err := j.accounts.Cards(ctx, sc.Read(), persons)
	found := make(map[ids.Person]selection.Person, len(cards))
	for id, c := range cards {
		found[id] = selection.Person{Name: c.Name, Email: c.Email}
	}
	return found, err
}

// Together satisfies selection.Ties.
func (jury) Together(ctx context.Context, sc tenants.Scope, among []ids.Organization) ([][2]ids.Organization, error) {
	return partnerships.Together(ctx, sc.Read(), among)
}

// Guests satisfies selection.Ties.
func (jury) Guests(ctx context.Context, sc tenants.Scope, wanted []ids.Application) (map[ids.Application][]selection.Guest, error) {
	all, err := applications.Guests(ctx, sc.Read(), wanted)
	found := map[ids.Application][]selection.Guest{}
	for _, g := range all {
		found[g.Application] = append(found[g.Application], selection.Guest{Organization: g.Organization, Email: g.Email})
	}
	return found, err
}

// standings lets applications ask selection how the actor stands to them.
type standings struct{ selection *selection.Service }

// Standings satisfies applications.Standings.
func (s standings) Standings(ctx context.Context, sc tenants.Scope, wanted []ids.Application) (map[ids.Application]applications.Standing, error) {
	all, err := s.selection.Standings(ctx, sc, wanted)
	found := make(map[ids.Application]applications.Standing, len(all))
	for id, one := range all {
		found[id] = applications.Standing{Assigned: one.Assigned, Conflicted: one.Conflicted}
	}
	return found, err
}

// WaitingUntil satisfies applications.Standings.
func (standings) WaitingUntil(ctx context.Context, db bun.IDB, calls ...ids.Call) (map[ids.Call]time.Time, error) {
	return selection.WaitingUntil(ctx, db, calls...)
}

// Barred satisfies applications.Standings.
func (standings) Barred(ctx context.Context, db bun.IDB, wanted ...ids.Application) (map[ids.Application][]ids.Person, error) {
	return selection.Barred(ctx, db, wanted...)
}

// Departed satisfies applications.Standings.
func (standings) Departed(ctx context.Context, db bun.IDB, application ids.Application) ([]ids.Organization, error) {
	return selection.Departed(ctx, db, application)
}

// Conflicted satisfies applications.Standings.
func (s standings) Conflicted(ctx context.Context, sc tenants.Scope) ([]ids.Application, error) {
	return s.selection.Conflicted(ctx, sc)
}

// concealed lets the trail and correspondence ask of what the actor must not know: applications, rounds of partner finding, introductions
// to other networks, automatic assignments, mails about the reviews of a call in which there is one of those applications, and second opinions on what they still review.
func (a *App) concealed(ctx context.Context, sc tenants.Scope) ([]string, error) {
	found, err := a.selection.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	rounds, err := a.matching.Concealed(ctx, sc)
	if err != nil {
		return nil, err
	}
	reviewing, err := a.selection.ConcealedRuns(ctx, sc)
	if err != nil {
		return nil, err
	}
	accompanying, err := a.partnerships.ConcealedRuns(ctx, sc)
	if err != nil {
		return nil, err
	}
	abroad, err := a.matching.ConcealedIntroductions(ctx, sc)
	if err != nil {
		return nil, err
	}
	doubted, err := a.selection.ConcealedOpinions(ctx, sc)
	if err != nil {
		return nil, err
	}
	hidden, err := a.selection.ConcealedReviews(ctx, sc)
	for _, id := range doubted {
		hidden = append(hidden, id.String())
	}
	for _, id := range found {
		hidden = append(hidden, id.String())
	}
	for _, id := range rounds {
		hidden = append(hidden, id.String())
	}
	for _, id := range abroad {
		hidden = append(hidden, id.String())
	}
	for _, id := range slices.Concat(reviewing, accompanying) {
		hidden = append(hidden, id.String())
	}
	return hidden, err
}
