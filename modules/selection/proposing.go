package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Proposal is who could review an application whose totals are too far apart or on which a second opinion is wanted.
type Proposal struct {
	Row

	Suit     Suit
	Reviewer Reviewer // with what they have to do if the proposals before are taken; without an ID: nobody is free
}

// Free reports whether somebody was found.
func (p *Proposal) Free() bool { return !p.Reviewer.ID.IsZero() }

// Suit is how well a reviewer suits an application.
type Suit struct {
	Reads    bool // they have said that they read the language in which it is written
	Affinity int  // from 0 to MostAffinity
	Reasons  []Reason
}

// Gap is how far the totals of the reviews are apart.
func (p *Proposal) Gap() float64 { return scoresOf(p.ID, p.Reviews).Rank().Spread() }

// Propose finds for each application that needs a third review somebody of those who may be assigned, never had to do with the
// application and have no conflict of interest: who reads its language before who does not, of these whoever has the fewest active
// reviews in the call, of these whoever suits it best, and of several the first by name, as the board lists them. Who is proposed once
// has one review more from then on.
func Propose(b Board, may func(ids.Application, ids.Person) bool, suits func(ids.Application, ids.Person) Suit) []Proposal {
	var all []Proposal
	load := make([]int, len(b.Reviewers))
	for i, r := range b.Reviewers {
		load[i] = r.Assigned
	}
	for _, row := range b.Rows {
		if !row.Progress.Third() || !row.Undecided {
			continue
		}
		p, best := Proposal{Row: row}, -1
		for i, r := range b.Reviewers {
			if !may(row.ID, r.ID) || row.knows(r.ID) {
				continue
			}
			suit := suits(row.ID, r.ID)
			if best < 0 || better(suit, p.Suit, load[i], load[best]) {
				best, p.Suit = i, suit
			}
		}
		if best >= 0 {
			p.Reviewer = b.Reviewers[best]
			p.Reviewer.Assigned = load[best]
			load[best]++
		}
		all = append(all, p)
	}
	return all
}

// better reports whether somebody is proposed before somebody else who comes before them by name.
func better(one, other Suit, load, others int) bool {
	switch {
	case one.Reads != other.Reads:
		return one.Reads
	case load != others:
		return load < others
	default:
		return one.Affinity > other.Affinity
	}
}

// knows reports whether somebody reviews the application, did so, or must not.
func (r *Row) knows(person ids.Person) bool {
	return slices.ContainsFunc(r.Reviews, func(one Review) bool { return one.Person == person }) ||
		slices.ContainsFunc(r.Conflicts, func(c Conflict) bool { return c.Person == person })
}

// Proposals are who could write the third reviews of a call, and the second opinions for which reviewers ask.
type Proposals struct {
	Board

	Each  []Proposal
	Asked []Requested
}

// Proposals lists the applications of a call that need a third review, each with whoever could write it, and the second opinions for
// which reviewers ask. Coordinators and officers may; applications in which they have a conflict of interest are left out. Fault:
// NotFound.
func (s *Service) Proposals(ctx context.Context, sc tenants.Scope, call ids.Call) (Proposals, error) {
	b, err := s.Board(ctx, sc, call)
	if err != nil {
		return Proposals{}, err
	}
	found := Proposals{Board: b, Asked: b.askedFor(sc.Actor().Person)}
	found.Each, err = s.proposed(ctx, sc, b)
	return found, err
}

func (s *Service) proposed(ctx context.Context, sc tenants.Scope, b Board) ([]Proposal, error) {
	all := make([]Application, len(b.Rows))
	for i, row := range b.Rows {
		all[i] = row.Application
	}
	found, err := s.detect(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	var ticked []Tie
	if b.Call.Review.Anonymous {
		if ticked, err = tickedIn(ctx, sc.Read(), b.Call.ID); err != nil {
			return nil, err
		}
	}
	barred := func(row *Row, person ids.Person) bool {
		return slices.ContainsFunc(ticked, func(t Tie) bool { return t.Person == person && row.applies(t.Organization) })
	}
	suits, err := s.suits(ctx, sc, b)
	if err != nil {
		return nil, err
	}
	return Propose(b, func(a ids.Application, person ids.Person) bool {
		who, _ := b.Reviewer(person)
		at := slices.IndexFunc(b.Rows, func(r Row) bool { return r.ID == a })
		return who.May && !barred(&b.Rows[at], person) &&
			!slices.ContainsFunc(found, func(c Conflict) bool { return c.Application == a && c.Person == person })
	}, suits), nil
}

// suits tells how well reviewers suit the applications of a board, by what they have said of themselves.
func (s *Service) suits(ctx context.Context, sc tenants.Scope, b Board) (func(ids.Application, ids.Person) Suit, error) {
	leanings, err := s.Applications.Leanings(ctx, sc, b.Call.ID)
	if err != nil {
		return nil, err
	}
	for i := range b.Rows {
		l := leanings[b.Rows[i].ID]
		l.Countries = b.Rows[i].countries()
		leanings[b.Rows[i].ID] = l
	}
	profiles, err := reviewers.AllProfiles(ctx, sc.Read())
	return func(a ids.Application, person ids.Person) Suit {
		leaning, profile := leanings[a], profiles[person]
		suit := Suit{Reads: leaning.Language != "" && slices.Contains(profile.Languages, leaning.Language)}
		suit.Affinity, suit.Reasons = Affinity(UsualWeights, &leaning, &Expertise{Topics: profile.Topics, Languages: profile.Languages, Countries: profile.Countries})
		return suit
	}, err
}

// Requested is a second opinion for which a reviewer asks.
type Requested struct {
	Opinion

	About Application
	Name  string // who asks
}

// askedFor are those of a board, the oldest first, but for applications of which the actor owes a review.
func (b *Board) askedFor(actor ids.Person) []Requested {
	var found []Requested
	for _, o := range b.opinions {
		i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.ID == o.Application })
		if o.State != OpinionAsked || i < 0 || !b.Rows[i].Undecided || owes(b.Rows[i].Reviews, actor) {
			continue
		}
		who, _ := b.Reviewer(o.AskedBy)
		found = append(found, Requested{Opinion: o, About: b.Rows[i].Application, Name: who.Name})
	}
	return found
}

// Pair is an application with whoever is to review it.
type Pair struct {
	Application ids.Application
	Reviewer    ids.Person
}

// AssignThirds gives applications that still need a third review to the reviewers, as Assign does, and tells how many it gave.
// A pair that cannot be assigned any more is left out. Coordinators and officers may. Faults: Invalid by field, Conflict when the
// decisions are closed, NotFound.
func (s *Service) AssignThirds(ctx context.Context, sc tenants.Scope, call ids.Call, pairs []Pair, due time.Time) (int, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return 0, err
	}
	if len(pairs) == 0 {
		return 0, fault.Invalid("fault.check_fields", fault.At("pair", "selection.thirds.tick"))
	}
	done := 0
	for _, pair := range pairs {
		b, err := s.Board(ctx, sc, call)
		if err != nil {
			return done, err
		}
		i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.ID == pair.Application })
		if i < 0 {
			return done, fault.NotFound()
		}
		if !b.Rows[i].Progress.Third() || b.Rows[i].knows(pair.Reviewer) {
			continue
		}
		refused, err := s.Assign(ctx, sc, call, Assignment{Applications: []ids.Application{pair.Application}, Reviewers: []ids.Person{pair.Reviewer}, DueAt: due, Skip: true})
		if err != nil {
			return done, err
		}
		if len(refused) == 0 {
			done++
		}
	}
	return done, nil
}
