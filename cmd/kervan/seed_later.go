package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// asksLater lets a form ask each accepted organization where its share of the grant goes, and what its people eat.
func asksLater(d *forms.Definition) {
	d.Sections = append(d.Sections, forms.Section{
		Key: "taking_part", Scope: forms.ScopePart,
		Title: i18n.Text{i18n.TR: "Katılım için gerekenler", i18n.EN: "What we need for taking part", i18n.DE: "Was wir für die Teilnahme brauchen"},
		Questions: []forms.Question{{
			Key: "account", Type: forms.TypeShortText, Chars: 60, Required: true, Class: forms.ClassFinancial, Asked: forms.WhomAccepted,
			Label: i18n.Text{i18n.TR: "Hibenin yatırılacağı hesap (IBAN)", i18n.EN: "The account to which the grant goes (IBAN)", i18n.DE: "Das Konto, auf das der Zuschuss geht (IBAN)"},
			Why: i18n.Text{
				i18n.TR: "İlk ödemeyi ziyaretlerden önce yapıyoruz.", i18n.EN: "We make the first payment before the visits.",
				i18n.DE: "Die erste Zahlung leisten wir vor den Besuchen.",
			},
		}, {
			Key: "food", Type: forms.TypeLongText, Words: 80, Class: forms.ClassSpecial, Asked: forms.WhomAccepted,
			Label: i18n.Text{i18n.TR: "Yemek ve erişilebilirlik için bilmemiz gerekenler", i18n.EN: "What we should know about food and access", i18n.DE: "Was wir zu Essen und Zugänglichkeit wissen sollten"},
		}},
	})
}

// laterFood is what organizations of the demonstration answer, each in the language of its lead.
var laterFood = []i18n.Text{
	{i18n.TR: "Bir kişi vegan, bir kişi glüten yemiyor.", i18n.EN: "One of us is vegan, one does not eat gluten.", i18n.DE: "Eine Person lebt vegan, eine isst kein Gluten."},
	{i18n.TR: "Hepimiz her şeyi yeriz. Birimiz merdiven çıkamıyor.", i18n.EN: "We eat everything. One of us cannot climb stairs.", i18n.DE: "Wir essen alles. Eine Person kann keine Treppen steigen."},
	{i18n.TR: "Helal yemek rica ederiz.", i18n.EN: "Halal food, please.", i18n.DE: "Bitte halal."},
}

// laterAnswers lets most accepted organizations of a call send what only they are asked; of four, one has not sent what it
// began, and one has not begun.
func (s *stage) laterAnswers(at time.Time, call ids.Call) {
	s.at(at, "answer after acceptance", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		l, err := s.app.applications.LaterList(ctx, sc, call)
		if err != nil {
			return err
		}
		for i := range l.Rows {
			row := &l.Rows[i]
			m := s.memberOf(row.Part.Organization)
			if m == nil || i%4 == 3 {
				continue
			}
			if err := s.answerLater(ctx, at, m, row.Overview.ID, row.Sheet, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *stage) memberOf(id ids.Organization) *member {
	for _, m := range s.orgs {
		if m.id == id {
			return m
		}
	}
	return nil
}

func (s *stage) answerLater(ctx context.Context, at time.Time, m *member, id ids.Application, sheet ids.Sheet, n int) error {
	sc, err := s.as(at, m.actor)
	if err != nil {
		return err
	}
	l := m.actor.Locale
	if !slices.Contains(i18n.Shipped, l) {
		l = i18n.EN
	}
	posted, clashes, err := s.app.applications.SavePosted(ctx, sc, s.loc(l), sheet, "taking_part", url.Values{
		"base[account]": {"0"}, forms.FieldName("account"): {fmt.Sprintf("%s00 0000 0000 0000 %04d", m.Profile.Country, n+1)},
		"base[food]": {"0"}, forms.FieldName("food"): {laterFood[n%len(laterFood)][l]},
	})
	if err != nil || len(posted.Bad)+len(clashes) > 0 {
		return fmt.Errorf("later answers of %s: %v %v: %w", m.Profile.Name, posted.Bad, clashes, err)
	}
	if n%4 == 2 {
		return nil
	}
	return s.app.applications.Send(ctx, sc, id, sheet)
}
