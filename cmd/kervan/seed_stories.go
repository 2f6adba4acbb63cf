package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/partnerships"
	"kervan/modules/stories"
	"kervan/tenants"
)

// telling is a story of the demonstration and how far it is.
type telling struct {
	of      int // which partnership's it is, the oldest first
	content stories.Content
	alt     i18n.Text // of its picture
	credit  string
	lead    i18n.Text // as the network edits it; none: as it was handed in
	note    string
	far     stories.State
}

// tellings are what partnerships of the demonstration tell: of one that is shown under its own name, of one under another,
// and of others that are on their way.
var tellings = []telling{
	{
		of: 0, far: stories.Published, credit: "İki katılımcı",
		alt: i18n.Text{i18n.TR: "Akşam ışığında tepeler; son ziyaretin yürüyüşünden", i18n.EN: "Hills in the evening light, from the walk on the last visit", i18n.DE: "Hügel im Abendlicht, vom Spaziergang beim letzten Besuch"},
		content: stories.Content{
			Kind: stories.KindStory, Language: i18n.TR, Topics: []stories.Topic{"volunteering", "neighbourhood"},
			Title: i18n.Text{i18n.TR: "Mutfak masasında gönüllü görüşmesi", i18n.EN: "A talk with volunteers at the kitchen table", i18n.DE: "Ein Gespräch mit Freiwilligen am Küchentisch"},
			Lead: i18n.Text{
				i18n.TR: "İlk görüşmeyi formla değil, çayla yapmaya başladık. Üç ay sonra gönüllülerimizin yarısı hâlâ bizimle.",
				i18n.EN: "We began the first talk with tea instead of a form. Three months later half of our volunteers are still with us.",
				i18n.DE: "Das erste Gespräch beginnen wir mit Tee statt mit einem Formular. Nach drei Monaten ist die Hälfte der Freiwilligen noch da.",
			},
			Body: i18n.Text{
				i18n.TR: "Ortağımızın yanında geçirdiğimiz ilk hafta bir mutfakta başladı. Yeni gelen gönüllüye *ne yapabilirsin* diye sormadılar; **neden geldin** diye sordular.\n\n## Dönünce ne yaptık?\n\nDört soruluk formu kaldırdık. Yerine yarım saatlik bir sohbet koyduk:\n\n- iki kişi dinliyor, biri not alıyor\n- görev konuşması ikinci buluşmaya kalıyor\n- herkes evine bir telefon numarasıyla dönüyor\n\nİlk ay yavaşladık. İkinci ay, gelenlerin adını herkes biliyordu.",
				i18n.EN: "Our first week with our partner began in a kitchen. They did not ask a new volunteer *what can you do*; they asked **why did you come**.\n\n## What we did at home\n\nWe dropped the form with four questions, and put a talk of half an hour in its place:\n\n- two listen, one takes notes\n- tasks wait for the second meeting\n- everybody goes home with a telephone number\n\nIn the first month we were slower. In the second everybody knew each other's name.",
			},
			Learned: i18n.Text{
				i18n.TR: "Yavaş bir başlangıç, sonradan tanışmaktan daha ucuz. Formu bir daha kullanmazdık; ama notları daha baştan ortak bir deftere yazardık.",
				i18n.EN: "A slow beginning is cheaper than getting to know each other later. We would not use the form again, but keep the notes in one book from the start.",
			},
		},
	},
	{
		of: 1, far: stories.Published, credit: "Katılımcılardan biri",
		alt: i18n.Text{i18n.TR: "Sabah sisinde tepeler", i18n.EN: "Hills in the morning mist", i18n.DE: "Hügel im Morgennebel"},
		content: stories.Content{
			Kind: stories.KindPractice, Language: i18n.TR, Topics: []stories.Topic{"rights", "inclusion"},
			Title: i18n.Text{i18n.TR: "Randevusuz danışma saati", i18n.EN: "An open hour without an appointment", i18n.DE: "Offene Sprechstunde ohne Termin"},
			Lead: i18n.Text{
				i18n.TR: "Haftada iki saat, mahalledeki kütüphanede: soru sormak için randevu gerekmiyor.", i18n.EN: "Two hours a week in the local library: nobody needs an appointment to ask.",
				i18n.DE: "Zwei Stunden in der Woche in der Stadtteilbücherei: Zum Fragen braucht niemand einen Termin.",
			},
			Body: i18n.Text{
				i18n.TR: "Büromuz üçüncü kattaydı ve insanlar kapının önünden dönüyordu. Ortağımız danışmayı insanların zaten gittiği bir yere taşımıştı. Biz de öyle yaptık.\n\nBir avukat, bir çevirmen, iki sandalye. Kimliğini kimse söylemek zorunda değil.",
				i18n.EN: "Our office was on the third floor, and people turned back at the door. Our partner had taken advice to where people are anyway. So did we.\n\nA lawyer, an interpreter, two chairs. Nobody has to say who they are.",
			},
			Steps: i18n.Text{
				i18n.TR: "İnsanların zaten gittiği bir yer bulun ve oradakilere sorun.\nHer hafta aynı gün, aynı saatte orada olun.\nBir çevirmenle gidin; ad sormayın.\nSoruları konusuna göre sayın, kişiye göre değil.\nAyda bir, birlikte bakın: hangi soru yeniden geldi?",
				i18n.EN: "Find a place where people are anyway, and ask those who run it.\nBe there on the same day and at the same hour each week.\nBring an interpreter, and ask for no names.\nCount questions by subject, not by person.\nLook together once a month: which question came again?",
			},
			Learned: i18n.Text{i18n.TR: "İlk üç hafta kimse gelmedi. Dördüncü hafta kütüphaneci birini getirdi."},
		},
	},
	{
		of: 2, far: stories.Edited, credit: "Atölyeden", note: "Girişi kısalttık; sayıları metne taşıdık. Uygun mu?",
		alt:  i18n.Text{i18n.TR: "Atölyenin yapıldığı köyün tepeleri"},
		lead: i18n.Text{i18n.TR: "Altı küçük dernek, bir bütçeyi birlikte okudu ve ilk kez belediyeye soru sordu.", i18n.EN: "Six small associations read a budget together, and asked their town hall a question for the first time."},
		content: stories.Content{
			Kind: stories.KindPractice, Language: i18n.TR, Topics: []stories.Topic{"organizing", "method"},
			Title: i18n.Text{i18n.TR: "Bütçe okuma atölyesi", i18n.EN: "A workshop for reading budgets"},
			Lead:  i18n.Text{i18n.TR: "Toplam altı tane küçük dernek ile bir araya gelerek bir belediye bütçesini birlikte okuduk ve sonunda ilk kez belediyeye soru sorduk."},
			Body:  i18n.Text{i18n.TR: "Kimse muhasebeci değildi. Bu yüzden iyi gitti: herkes *bu satır ne demek* diye sorabildi.\n\n1. Herkes tek bir sayfa seçti.\n2. Anlamadığı satırı renkli kalemle işaretledi.\n3. İşaretler yan yana konunca sorular ortaya çıktı."},
			Steps: i18n.Text{i18n.TR: "Kısa bir bütçe seçin.\nHerkese bir sayfa verin.\nAnlaşılmayan satırları işaretleyin.\nEn çok işaretlenen üç satırı belediyeye sorun."},
		},
	},
	{
		of: 5, far: stories.HandedIn,
		content: stories.Content{
			Kind: stories.KindStory, Language: i18n.EN, Topics: []stories.Topic{"youth"},
			Title: i18n.Text{i18n.EN: "What happened when we let them chair"},
			Lead:  i18n.Text{i18n.EN: "For one evening the town's youth council was chaired by its youngest member."},
			Body:  i18n.Text{i18n.EN: "She was fourteen. She asked for shorter sentences and for a break. Both have stayed.\n\nWe had seen it with our partner, where the chair goes around the table each month."},
		},
	},
	{
		of: 0, far: stories.Draft,
		content: stories.Content{Kind: stories.KindPractice, Language: i18n.TR, Title: i18n.Text{i18n.TR: "Uğurlama defteri"}, Lead: i18n.Text{i18n.TR: "Ayrılan gönüllülerle son sohbet."}},
	},
}

// tellStories lets partnerships tell of their work.
func (s *stage) tellStories(at time.Time) {
	s.at(at, "tell stories", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		all, _, err := s.app.partnerships.List(ctx, sc, partnerships.Query{Limit: 50})
		if err != nil {
			return err
		}
		for _, t := range tellings {
			if t.of >= len(all) {
				continue
			}
			p := all[len(all)-1-t.of]
			if err := s.story(ctx, sc, p.ID, p.Organizations(), t); err != nil {
				return err
			}
		}
		return nil
	})
}

// story lets the first organization write a story, and everybody take it as far as it goes.
func (s *stage) story(ctx context.Context, team tenants.Scope, id ids.Partnership, organizations []ids.Organization, t telling) error {
	author := team.As(s.lead(organizations[0]))
	begun, err := s.app.stories.Begin(ctx, author, id, t.content.Kind, t.content.Language, t.content.Title[t.content.Language])
	if err != nil {
		return err
	}
	g := going{stage: s, team: team, author: author, story: begun.ID}
	acts := []func(ctx context.Context, version int64) error{func(ctx context.Context, v int64) error {
		return s.app.stories.Write(ctx, author, begun.ID, v, t.content)
	}}
	if len(t.alt) > 0 {
		acts = append(acts, g.picture, func(ctx context.Context, v int64) error { return g.describe(ctx, v, t) })
	}
	if t.far != stories.Draft {
		acts = append(acts, func(ctx context.Context, v int64) error { return s.app.stories.HandIn(ctx, author, begun.ID, v) })
	}
	if len(t.lead) > 0 {
		edited := t.content
		edited.Lead = t.lead
		acts = append(acts, func(ctx context.Context, v int64) error { return s.app.stories.Write(ctx, team, begun.ID, v, edited) })
	}
	switch t.far {
	case stories.Returned:
		acts = append(acts, func(ctx context.Context, v int64) error { return s.app.stories.Return(ctx, team, begun.ID, v, t.note) })
	case stories.Edited, stories.Published:
		acts = append(acts, func(ctx context.Context, v int64) error { return s.app.stories.Propose(ctx, team, begun.ID, v, t.note) })
	}
	version := begun.Version
	for _, act := range acts {
		if err := act(ctx, version); err != nil {
			return err
		}
		version++
	}
	if t.far != stories.Published {
		return nil
	}
	for _, o := range organizations {
		if err := s.app.stories.Agree(ctx, team.As(s.lead(o)), begun.ID, version); err != nil {
			return err
		}
	}
	return s.app.stories.Publish(ctx, team, begun.ID, version+1)
}

// going is a story on its way.
type going struct {
	*stage

	team, author tenants.Scope
	story        ids.Story
}

func (g going) picture(ctx context.Context, version int64) error {
	b, err := demo.Scene(uint64(g.story[15]))
	if err != nil {
		return err
	}
	return g.app.stories.Illustrate(ctx, g.author, g.story, version, nil, b)
}

func (g going) describe(ctx context.Context, version int64, t telling) error {
	w, err := g.app.stories.Story(ctx, g.author, g.story)
	if err != nil {
		return err
	}
	p := w.Content.Pictures[0]
	p.Alt, p.Credit, p.Agreed = t.alt, t.credit, true
	return g.app.stories.Illustrate(ctx, g.author, g.story, version, []stories.Picture{p}, nil)
}
