package main

import (
	"context"
	"slices"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// notes are what some reviewers tell the team, in their language.
var notes = map[i18n.Locale]string{
	i18n.TR: "Hafta içi akşamları okuyabiliyorum.",
	i18n.DE: "Ich lese am liebsten am Wochenende.",
	i18n.EN: "I read on weekends. Please no more than two at a time.",
}

// tellOfThemselves lets every reviewer say what they know, unless they have.
func (s *stage) tellOfThemselves(ctx context.Context, at time.Time) error {
	topics := expertise.Topics()
	for i, reviewer := range s.members[tenants.RoleReviewer] {
		sc, err := s.as(at, reviewer)
		if err != nil {
			return err
		}
		p, err := s.app.reviewers.OwnProfile(ctx, sc)
		if err != nil {
			return err
		}
		if p.Version > 0 || i%6 == 5 { // somebody never does
			continue
		}
		for k := range 2 + i%2 {
			p.Topics = append(p.Topics, topics[(5*i+3*k)%len(topics)].Value)
		}
		slices.Sort(p.Topics)
		p.Topics = slices.Compact(p.Topics)
		p.Languages, p.Countries = []string{string(reviewer.Locale)}, [][]string{{"TR"}, {"TR", "DE"}, {"DE", "NL"}, {"BG", "RO"}}[i%4]
		if reviewer.Locale != i18n.EN {
			p.Languages = append(p.Languages, "en")
		}
		if i%3 == 0 {
			p.Most, p.Note = 20+i, notes[reviewer.Locale]
		}
		if i == 4 {
			first := s.day(20, 9, 0)
			p.AwayFrom, p.AwayTo = i18n.Day(first.Format(time.DateOnly)), i18n.Day(first.AddDate(0, 0, 12).Format(time.DateOnly))
		}
		if err := s.app.reviewers.SaveOwnProfile(ctx, sc, p); err != nil {
			return err
		}
	}
	return nil
}

// scales are what reviewers of the demonstration read before they begin.
var scales = i18n.Text{
	i18n.TR: "## Ne arıyoruz?\n\nEn parlak metni değil, **gerçek bir kurumsal ihtiyacı** ve iki tarafın birbirinden öğrenme isteğini. Küçük ve yeni kuruluşların dili sade olabilir; bu bir eksik değil.\n\n## Ölçek\n\n- **Üst basamaklar** nadirdir: metinde kanıtı olan, başka kuruluşların da öğrenebileceği bir öneri.\n- **Orta**: sağlam, ama bir iki sorusu açık.\n- **Alt**: metin bunu göstermiyor. Nedenini yazın.\n\n## Geri bildirim\n\nBaşvuranların çoğu yalnızca sizin cümlelerinizi okuyacak. Kişiye değil metne yazın; neyi gördüğünüzü, neyi bulamadığınızı söyleyin.\n\n## Çıkar çatışması\n\nKuşkudaysanız bildirin. Bunun için kimse sizi sorgulamaz.",
	i18n.DE: "## Was wir suchen\n\nNicht den glänzendsten Text, sondern **einen echten Bedarf der Organisation** und den Willen beider Seiten, voneinander zu lernen. Kleine und neue Organisationen schreiben oft schlicht; das ist kein Mangel.\n\n## Die Skala\n\n- **Oben** ist selten: im Text belegt, und andere könnten davon lernen.\n- **Mitte**: solide, ein, zwei Fragen bleiben offen.\n- **Unten**: Der Text zeigt es nicht. Schreiben Sie, warum.\n\n## Rückmeldungen\n\nDie meisten Bewerbenden lesen nur Ihre Sätze. Schreiben Sie über den Text, nicht über Personen: was Sie gesehen und was Sie nicht gefunden haben.\n\n## Interessenkonflikte\n\nIm Zweifel erklären Sie einen. Niemand fragt deswegen nach.",
	i18n.EN: "## What we look for\n\nNot the brightest text but **a real need of the organization**, and the will of both sides to learn from each other. Small and new organizations often write plainly; that is no flaw.\n\n## The scale\n\n- **The top** is rare: the text shows it, and others could learn from it.\n- **The middle**: sound, with a question or two left open.\n- **The bottom**: the text does not show it. Write why.\n\n## Feedback\n\nMost applicants only ever read your sentences. Write about the text, not about people: what you saw and what you could not find.\n\n## Conflicts of interest\n\nWhen in doubt, declare one. Nobody will question you for it.",
}

// instruct has the reviewers of a call read something before they begin; those who are reviewers by then do so.
func (s *stage) instruct(at time.Time, call ids.Call) {
	s.at(at, "instruct reviewers", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		if err := s.app.reviewers.Instruct(ctx, sc, call, reviewers.Training{Body: scales, Required: true}); err != nil {
			return err
		}
		for i, reviewer := range s.members[tenants.RoleReviewer] {
			if i%4 == 3 { // somebody has not yet
				continue
			}
			if err := s.app.reviewers.ReadTraining(ctx, sc.As(reviewer), call, 1); err != nil {
				return err
			}
		}
		return nil
	})
}

// stateTogether lets a reviewer propose one text for each criterion, to which the other has not agreed yet: what the one said
// who was first.
func (s *stage) stateTogether(ctx context.Context, sc tenants.Scope, id ids.Review) error {
	t, err := s.app.selection.Statement(ctx, sc, id)
	if err != nil {
		return err
	}
	texts := map[string]string{}
	for _, k := range t.Call.Criteria {
		texts[k.Key] = t.Voices[0].Review.Mark(k.Key).Feedback
	}
	return s.app.selection.State(ctx, sc, id, t.Statement.Content, texts)
}

// wish lets reviewers say, before anybody is assigned, what they would like to review and what they would rather not.
func (j *judged) wish(ctx context.Context, at time.Time) error {
	s := j.stage
	if err := s.tellOfThemselves(ctx, at); err != nil {
		return err
	}
	coordinator, err := s.as(at, s.one(tenants.RoleCoordinator))
	if err != nil {
		return err
	}
	if err := s.app.selection.AskForWishes(ctx, coordinator, j.call, true); err != nil {
		return err
	}
	for i, reviewer := range s.members[tenants.RoleReviewer] {
		if i%4 == 3 { // somebody says nothing
			continue
		}
		sc := coordinator.As(reviewer)
		v, err := s.app.selection.Wishing(ctx, sc, j.call)
		if err != nil {
			return err
		}
		wishes := map[ids.Application]selection.Wish{}
		for k, a := range v.Applications {
			switch {
			case (i+k)%5 == 0 && len(wishes) < 4:
				wishes[a.ID] = selection.WishLike
			case (i+k)%11 == 6:
				wishes[a.ID] = selection.WishAvoid
			}
		}
		if err := s.app.selection.Wish(ctx, sc, j.call, wishes); err != nil {
			return err
		}
	}
	return nil
}
