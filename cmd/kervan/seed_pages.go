package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/pages"
	"kervan/tenants"
)

// told is a piece of news of the demonstration, or a page: written by the coordinator in the network's first language and
// in one more, not always to the end, as it is in real life.
type told struct {
	kind   pages.Kind
	place  pages.Place
	day    int // before today
	slug   string
	title  i18n.Text
	lead   i18n.Text
	blocks []pages.Block
	scene  i18n.Text // what is seen on its picture; none: it has none
}

func prose(body i18n.Text) pages.Block {
	return pages.Block{Kind: pages.Prose, Texts: map[string]i18n.Text{"body": body}}
}

func item(plain map[string]string, texts map[string]i18n.Text) pages.Item {
	return pages.Item{Plain: plain, Texts: texts}
}

// sites are what the networks of the demonstration tell their visitors.
var sites = map[string][]told{
	"bosporus": {
		{
			kind: pages.KindPage, place: pages.PlaceMain, day: 60, slug: "questions",
			scene: i18n.Text{i18n.TR: "Güneşin altında tepeler: ilk buluşmanın yapıldığı yer", i18n.EN: "Hills under the sun, where the first meeting took place"},
			title: i18n.Text{i18n.TR: "Sık sorulanlar", i18n.EN: "Frequent questions"},
			lead:  i18n.Text{i18n.TR: "Başvurmadan önce en çok merak edilenler.", i18n.EN: "What people want to know before they apply."},
			blocks: []pages.Block{
				{Kind: pages.Facts, Texts: map[string]i18n.Text{"heading": {i18n.TR: "Bugüne kadar", i18n.EN: "So far"}}, Items: []pages.Item{
					item(map[string]string{"number": "122"}, map[string]i18n.Text{"label": {i18n.TR: "başvuran kuruluş", i18n.EN: "organizations applied"}}),
					item(map[string]string{"number": "8"}, map[string]i18n.Text{"label": {i18n.TR: "ortaklık", i18n.EN: "partnerships"}}),
					item(map[string]string{"number": "11"}, map[string]i18n.Text{"label": {i18n.TR: "ülke", i18n.EN: "countries"}}),
				}},
				{Kind: pages.FAQ, Texts: map[string]i18n.Text{"heading": {i18n.TR: "Başvuru", i18n.EN: "Applying"}}, Items: []pages.Item{
					item(nil, map[string]i18n.Text{
						"question": {i18n.TR: "Ortağımız yok, yine de başvurabilir miyiz?", i18n.EN: "We have no partner. May we still apply?"},
						"answer":   {i18n.TR: "Evet. Nasıl bir ortak aradığınızı yazarsınız; seçilen kuruluşlar **birlikte** eşleştirilir.", i18n.EN: "Yes. You describe the partner you look for; selected organizations are matched **together**."},
					}),
					item(nil, map[string]i18n.Text{
						"question": {i18n.TR: "Yol masrafları önceden ödenir mi?", i18n.EN: "Are travel costs paid in advance?"},
						"answer":   {i18n.TR: "İlk taksit, açılış buluşmasından önce hesabınıza geçer."},
					}),
				}},
				{Kind: pages.Quote, Texts: map[string]i18n.Text{
					"words": {i18n.TR: "Gönüllülerimizi nasıl uğurladığımızı Leipzig'de, bir mutfak masasında öğrendik.", i18n.EN: "How to say goodbye to volunteers we learned at a kitchen table in Leipzig."},
					"who":   {i18n.TR: "Bir mahalle derneğinden iki katılımcı", i18n.EN: "Two participants of a neighbourhood association"},
				}},
				{Kind: pages.Stories, Texts: map[string]i18n.Text{"heading": {i18n.TR: "Katılanlar anlatıyor", i18n.EN: "Those who took part tell"}}},
			},
		},
		{
			kind: pages.KindNews, day: 9, slug: "acilis-bulusmasi",
			title:  i18n.Text{i18n.TR: "Açılış buluşması Ayvalık'ta", i18n.EN: "The opening meeting is in Ayvalık"},
			lead:   i18n.Text{i18n.TR: "Sekiz ortaklık ilk kez bir araya geliyor.", i18n.EN: "Eight partnerships meet for the first time."},
			blocks: []pages.Block{prose(i18n.Text{i18n.TR: "Üç gün boyunca öğrenme planları yazılacak, ziyaret takvimleri çıkarılacak.\n\n- İlk gün: tanışma ve meseleler\n- İkinci gün: öğrenme planı\n- Üçüncü gün: takvim ve bütçe"})},
		},
		{
			kind: pages.KindNews, day: 31, slug: "degerlendirme",
			title:  i18n.Text{i18n.TR: "Değerlendirme nasıl işliyor?", i18n.EN: "How applications are reviewed"},
			lead:   i18n.Text{i18n.TR: "Her başvuruyu iki bağımsız değerlendirici okur.", i18n.EN: "Two independent reviewers read every application."},
			blocks: []pages.Block{prose(i18n.Text{i18n.TR: "Puanlar birbirinden çok uzaksa üçüncü bir kişi okur. Sonuçta herkes gerekçeli bir mektup alır.", i18n.EN: "Where their scores are far apart a third person reads. In the end everybody gets a letter with reasons."})},
		},
	},
	"elbe": {
		{
			kind: pages.KindNews, day: 12, slug: "jury",
			title:  i18n.Text{i18n.DE: "Die Jury liest", i18n.EN: "The jury is reading"},
			lead:   i18n.Text{i18n.DE: "Bis Ende des Monats stehen die Empfehlungen fest.", i18n.EN: "Recommendations will be ready by the end of the month."},
			blocks: []pages.Block{prose(i18n.Text{i18n.DE: "Zwanzig Organisationen haben sich beworben. Jede Bewerbung wird von zwei Personen gelesen, die einander nicht kennen."})},
		},
		{
			kind: pages.KindPage, place: pages.PlaceMain, day: 40, slug: "unterwegs",
			title:  i18n.Text{i18n.DE: "Mit dem Zug unterwegs", i18n.EN: "Going by train"},
			lead:   i18n.Text{i18n.DE: "Wer grün reist, bekommt mehr Tage.", i18n.EN: "Whoever travels green gets more days."},
			blocks: []pages.Block{prose(i18n.Text{i18n.DE: "Von Dresden nach Izmir dauert es drei Tage. **Vier zusätzliche Reisetage** werden gefördert, wenn mindestens die Hälfte des Weges mit Bahn, Bus oder Rad zurückgelegt wird.", i18n.EN: "From Dresden to Izmir it takes three days. **Four more days of travel** are funded when at least half of the way is by train, bus or bicycle."})},
		},
	},
	"olive": {
		{
			kind: pages.KindNews, day: 16, slug: "three-shores",
			title:  i18n.Text{i18n.EN: "Three shores, one call", i18n.TR: "Üç kıyı, tek çağrı"},
			lead:   i18n.Text{i18n.EN: "Our first round is open.", i18n.TR: "İlk turumuz açık."},
			blocks: []pages.Block{prose(i18n.Text{i18n.EN: "A trio visits each of its three homes once. Come to an **open hour** online, every Tuesday at 17:00 Athens time."})},
		},
	},
	"townhalls": {
		{
			kind: pages.KindNews, day: 20, slug: "four-seats",
			title:  i18n.Text{i18n.EN: "Why a partnership has four seats", i18n.DE: "Warum eine Partnerschaft vier Plätze hat"},
			lead:   i18n.Text{i18n.EN: "An organization and a local authority, on each side.", i18n.DE: "Eine Organisation und eine Kommune, auf jeder Seite."},
			blocks: []pages.Block{prose(i18n.Text{i18n.EN: "What is agreed between neighbours lasts longer when the town hall was at the table."})},
		},
	},
}

// tells writes what the network tells its visitors, each on its day.
func (s *stage) tells(slug string) {
	for _, one := range sites[slug] {
		s.at(s.day(-one.day, 10, 0), "publish "+one.slug, func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, s.one(tenants.RoleCoordinator))
			if err != nil {
				return err
			}
			p, err := s.app.pages.Begin(ctx, sc, one.kind, one.title[s.tenant.Locales[0]], one.slug)
			if err != nil {
				return err
			}
			place := one.place
			if place == "" {
				place = pages.PlaceNone
			}
			content := pages.Content{Title: one.title, Summary: one.lead, Blocks: one.blocks}
			if len(one.scene) > 0 {
				picture, err := s.scene(ctx, sc, one.scene)
				if err != nil {
					return err
				}
				content.Blocks = append([]pages.Block{picture}, one.blocks...)
			}
			if err := s.app.pages.Write(ctx, sc, p.ID, p.Version, content, place, true); err != nil {
				return err
			}
			return s.app.pages.Publish(ctx, sc, p.ID, p.Version+1)
		})
	}
}

// scene is a block with an invented picture.
func (s *stage) scene(ctx context.Context, sc tenants.Scope, seen i18n.Text) (pages.Block, error) {
	b, err := demo.Scene(2)
	if err != nil {
		return pages.Block{}, err
	}
	photo, err := s.app.pages.Bring(ctx, sc, "file", b)
	return pages.Block{Kind: pages.Picture, Picture: &photo, Texts: map[string]i18n.Text{"alt": seen}, Plain: map[string]string{"placement": "text"}}, err
}
