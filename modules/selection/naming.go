package selection

import (
	"context"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// namesReviewer reports whether a text for applicants has the name or the address of somebody of whom they must not learn: who
// reviews for the call, their application or another, or sits on its panel.
func (s *Service) namesReviewer(ctx context.Context, sc tenants.Scope, a Application, text string) (bool, error) {
	signs, err := s.signsOfReviewers(ctx, sc, a)
	return names(text, signs), err
}

// signsOfReviewers are the names and addresses of those who review for an application's call or sit on its panel, as they are
// searched for. Of the panel the actor is none, who may sign with their own name what they write.
func (s *Service) signsOfReviewers(ctx context.Context, sc tenants.Scope, a Application) ([]string, error) {
	all, err := reviewsOfCall(ctx, sc.Read(), a.Call)
	if err != nil {
		return nil, err
	}
	persons, err := panelOf(ctx, sc.Read(), a.Call)
	if err != nil {
		return nil, err
	}
	persons = slices.DeleteFunc(persons, func(p ids.Person) bool { return p == sc.Actor().Person })
	for _, r := range all {
		if !slices.Contains(persons, r.Person) {
			persons = append(persons, r.Person)
		}
	}
	if len(persons) == 0 {
		return nil, nil
	}
	known, err := s.People.Persons(ctx, sc, persons)
	var signs []string
	for _, person := range known {
		signs = append(signs, i18n.SearchKey(person.Name), i18n.SearchKey(person.Email))
	}
	return signs, err
}

// names reports whether a text has one of the signs as words of their own, be it in the genitive of English or German.
func names(text string, signs []string) bool {
	key := " " + i18n.SearchKey(text) + " "
	return slices.ContainsFunc(signs, func(sign string) bool {
		return sign != "" && (strings.Contains(key, " "+sign+" ") || strings.Contains(key, " "+sign+"s "))
	})
}

// knownSigns are the full names and the addresses by which a reviewer could name to applicants who reviews: their own, and those of the
// others whom they have been shown, once theirs was submitted before. What they do not know, an error must not tell them.
func (s *Service) knownSigns(ctx context.Context, sc tenants.Scope, r *Review) ([]string, error) {
	persons := []ids.Person{r.Person}
	w, err := waysOf(ctx, sc.Read(), r.Call)
	if err != nil {
		return nil, err
	}
	if w.Talk.On && w.Talk.Named {
		earlier, err := earlierTotals(ctx, sc.Read(), r.Application)
		if err != nil {
			return nil, err
		}
		all, err := reviewsOf(ctx, sc.Read(), r.Application)
		if err != nil {
			return nil, err
		}
		shown := slices.ContainsFunc(earlier, func(e Earlier) bool { return e.Review == r.ID })
		for i := range all {
			if shown && all[i].State == ReviewSubmitted {
				persons = append(persons, all[i].Person)
			}
		}
	}
	known, err := s.People.Persons(ctx, sc, persons)
	var signs []string
	for _, person := range known {
		signs = append(signs, i18n.SearchKey(person.Email))
		if name := i18n.SearchKey(person.Name); strings.Contains(name, " ") { // a single name is often a word, too
			signs = append(signs, name)
		}
	}
	return signs, err
}
