package main

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// asked is a question about a call, by a visitor, and its answer; without one it waits.
type asked struct {
	in            i18n.Locale
	words, answer i18n.Text
}

// The questions that come up at every call, as the program's own conditions answer them.
var usualQuestions = []asked{
	{i18n.TR, i18n.Text{
		i18n.TR: "Tüzel kişiliğimiz yok, bir mahalle inisiyatifiyiz. Başvurabilir miyiz?",
		i18n.EN: "We are a neighbourhood initiative without legal personality. May we apply?",
		i18n.DE: "Wir sind eine Nachbarschaftsinitiative ohne Rechtsform. Dürfen wir uns bewerben?",
	}, i18n.Text{
		i18n.TR: "Evet. Hibeyi sizin adınıza **mali ev sahibi** olarak bir dernek, vakıf ya da kooperatif alır; onun kısa bir yazısını başvuruya eklersiniz.",
		i18n.EN: "Yes. An association, foundation or cooperative receives the grant for you as your **fiscal host**; you add a short letter of theirs to the application.",
		i18n.DE: "Ja. Ein Verein, eine Stiftung oder eine Genossenschaft nimmt die Förderung als **Träger** für Sie entgegen; ein kurzes Schreiben von ihr legen Sie der Bewerbung bei.",
	}},
	{i18n.DE, i18n.Text{
		i18n.TR: "Katılımcılarımız yalnızca Almanca konuşuyor. Çeviri masrafı hibeden karşılanır mı?",
		i18n.EN: "Our participants speak German only. Does the grant cover interpreting?",
		i18n.DE: "Unsere Teilnehmenden sprechen nur Deutsch. Deckt die Förderung das Dolmetschen?",
	}, i18n.Text{
		i18n.TR: "Evet, ziyaretler sırasındaki sözlü çeviri hibeden ödenebilir. Ortak dilinizi ve çeviri gereksiniminizi başvuruda yazın.",
		i18n.EN: "Yes, interpreting during visits may be paid from it. Please say in the application which language you share and where you need help.",
		i18n.DE: "Ja, Dolmetschen während der Besuche kann daraus bezahlt werden. Schreiben Sie in die Bewerbung, welche Sprache Sie teilen und wo Sie Hilfe brauchen.",
	}},
	{i18n.TR, i18n.Text{i18n.TR: "Başvuruyu gönderdikten sonra katılımcılardan birini değiştirebilir miyiz?"}, nil},
}

// questions are asked in the days before today and answered on the next, but for the last.
func (s *stage) questions(call ids.Call) {
	for i, q := range usualQuestions {
		at := s.day(-9+4*i, 11, 12+17*i)
		s.at(at, "ask about the call", func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, tenants.Visitor())
			if err != nil {
				return err
			}
			return s.app.programs.Ask(ctx, sc, call, q.words[q.in], q.in)
		})
		if q.answer == nil {
			continue
		}
		s.at(at.Add(23*time.Hour), "answer a question", func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, s.one(tenants.RoleOfficer))
			if err != nil {
				return err
			}
			_, all, err := s.app.programs.Questions(ctx, sc, call)
			if err != nil {
				return err
			}
			return s.app.programs.Answer(ctx, sc, call, all[0].ID, all[0].Version, q.words, q.answer) // the oldest that waits
		})
	}
}
