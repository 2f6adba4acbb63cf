package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/openings"
	"kervan/modules/programs"
	"kervan/tenants"
)

// announced is what a network of the demonstration says of a call.
type announced struct {
	cycle       string
	composition string
	title       i18n.Text
	summary     i18n.Text
	places      int
	grant       int // in euros
	reviews     int
	drafted     time.Time
	opens       time.Time
	closes      time.Time
	quotas      []blueprints.Quota
	asks        []blueprints.Reason // what must be met beside what the blueprint has
	topic       string              // the question that says the topic, for the quotas of topics
	scaled      bool                // its first criterion has a scale of its own
	anonymous   bool                // its reviewers do not learn who applies
	later       bool                // asks more of accepted applicants
}

// call drafts, words and publishes a call, and lets then go on with it.
func (s *stage) call(a announced, then func(id ids.Call)) {
	var id ids.Call
	s.at(a.drafted, "begin the call "+a.cycle, func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		c, err := s.app.programs.Begin(ctx, sc, a.cycle, a.composition)
		if err != nil {
			return err
		}
		id = c.ID
		return s.frame(ctx, sc, c, a)
	})
	s.at(a.drafted.Add(26*time.Hour), "word the call "+a.cycle, func(ctx context.Context, at time.Time) error {
		for _, l := range s.tenant.Locales {
			if err := s.reword(ctx, at, id, l, a); err != nil {
				return err
			}
		}
		return nil
	})
	s.at(a.opens.Add(-54*time.Hour), "sign the call "+a.cycle, func(ctx context.Context, at time.Time) error { return s.sign(ctx, at, id) })
	s.at(a.opens.Add(-52*time.Hour), "let the core team sign the call "+a.cycle, func(ctx context.Context, _ time.Time) error { return s.countersign(ctx, id) })
	s.at(a.opens.Add(-50*time.Hour), "publish the call "+a.cycle, func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		c, err := s.app.programs.Call(ctx, sc, id)
		if err != nil {
			return err
		}
		if err := s.app.programs.Publish(ctx, sc, id, c.Version); err != nil {
			return err
		}
		then(id)
		return nil
	})
}

// reassurance is what coordinators of the demonstration say with their signature.
var reassurance = i18n.Text{
	i18n.EN: "We went through the questions with two of our organizations on paper instead of a rehearsal here. The pages for visitors follow in the first week.",
	i18n.TR: "Burada prova yapmak yerine soruları iki kuruluşumuzla kâğıt üzerinde denedik. Ziyaretçi sayfaları ilk hafta içinde tamamlanacak.",
	i18n.DE: "Statt hier zu proben, sind wir die Fragen mit zwei unserer Organisationen auf Papier durchgegangen. Die Seiten für Gäste folgen in der ersten Woche.",
}

var errNoCore = errors.New("there is no core team to sign a first call")

// sign signs a call's checklist for the network, with what its coordinator says of what is not there yet.
func (s *stage) sign(ctx context.Context, at time.Time, id ids.Call) error {
	coordinator := s.one(tenants.RoleCoordinator)
	sc, err := s.as(at, coordinator)
	if err != nil {
		return err
	}
	l, err := s.app.openings.Checklist(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.app.openings.Sign(ctx, sc, id, l.Case.Content, true, reassurance.String(coordinator.Locale, i18n.All...))
}

// countersign lets somebody of the core team sign what waits for them of this network: its first call.
func (s *stage) countersign(ctx context.Context, id ids.Call) error {
	everybody, err := s.app.tenants.All(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(everybody, func(t tenants.Tenant) bool { return t.Kind == tenants.KindCore })
	if i < 0 {
		return errNoCore
	}
	core := everybody[i]
	system := s.app.tenants.Bind(core, tenants.SystemActor("demo"))
	team, err := s.app.accounts.Holders(ctx, system.Read(), tenants.RoleCoreTeam)
	if err != nil {
		return err
	}
	waiting, err := s.app.openings.Requests(ctx, system)
	if err != nil {
		return err
	}
	for _, q := range waiting {
		if q.Call != id || q.State != openings.Waiting || len(team) == 0 {
			continue
		}
		names, err := s.app.names(ctx, system, team[:1])
		if err != nil {
			return err
		}
		sc := system.As(tenants.Actor{Person: team[0], Name: names[team[0]], Grants: []tenants.Grant{{Role: tenants.RoleCoreTeam}}})
		if err := s.app.openings.Countersign(ctx, sc, q.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// frame sets dates, places, money and rules.
func (s *stage) frame(ctx context.Context, sc tenants.Scope, c programs.Call, a announced) error {
	err := s.app.programs.Reframe(ctx, sc, c.ID, c.Version, programs.Frame{
		OpensAt: a.opens, ClosesAt: a.closes, Zone: s.tenant.Zone, Places: a.places, GrantMinor: int64(a.grant) * 100, GrantCurrency: "EUR",
		ReplyDays: 7, PapersHours: 72, Locales: s.tenant.Locales,
	})
	if err != nil {
		return err
	}
	rules := programs.Rules{Reviews: a.reviews, Gap: c.Review.ThirdReviewGap, Threshold: 45}
	for _, d := range c.Documents {
		rules.Documents = append(rules.Documents, d.Key)
	}
	if err := s.app.programs.Rule(ctx, sc, c.ID, c.Version+1, rules); err != nil {
		return err
	}
	if err := s.app.programs.Limit(ctx, sc, c.ID, c.Version+2, a.quotas, a.topic); err != nil {
		return err
	}
	for i, r := range a.asks {
		if err := s.app.programs.Qualify(ctx, sc, c.ID, c.Version+3+int64(i), r); err != nil {
			return err
		}
	}
	if a.scaled {
		if err := s.scaled(ctx, sc, c, c.Version+3+int64(len(a.asks))); err != nil {
			return err
		}
	}
	if a.anonymous {
		if err := s.conceal(ctx, sc, c.ID); err != nil {
			return err
		}
	}
	if a.later {
		if err := s.app.programs.Redesign(ctx, sc, c.ID, true, func(d *forms.Definition) error { asksLater(d); return nil }); err != nil {
			return err
		}
	}
	return s.attribute(ctx, sc, c.ID, a)
}

// lastDays is how long before a deadline it is settled who looks for a partner, so that the network can bring them together.
const lastDays = 4

// attribute lets a call that is still open ask more of its applicants than its blueprint does: whether they look
// for a partner is settled some days before the deadline, and where they do, they then say in which countries, which
// only the team reads; it adds up who works with them, takes from their profiles what these say already, asks where they meet,
// and offers the letter of a partnership to be filled in.
func (s *stage) attribute(ctx context.Context, sc tenants.Scope, id ids.Call, a announced) error {
	settled := a.closes.AddDate(0, 0, -lastDays)
	if settled.Before(s.now.AddDate(0, 0, 1)) {
		return nil
	}
	day := string(i18n.DayOf(settled, i18n.Zone(s.tenant.Zone)))
	err := s.app.programs.Redesign(ctx, sc, id, false, func(d *forms.Definition) error {
		if q, _, _ := d.Question("partner_state"); q != nil {
			q.FrozenFrom = day
		}
		if q, _, _ := d.Question("wished_countries"); q != nil && !q.Required {
			q.RequiredFrom, q.VisibleTo = day, []forms.Reader{forms.ReaderCoordinator, forms.ReaderOfficer}
		}
		counted(d)
		familiar(d)
		return nil
	})
	if err != nil {
		return err
	}
	return s.lends(ctx, sc, id, a.drafted)
}

// familiar lets a form take along what an organization's profile says of its working languages and its budget, which only the
// team and its finance people read.
func familiar(d *forms.Definition) {
	for i := range d.Sections {
		s := &d.Sections[i]
		if !slices.ContainsFunc(s.Questions, func(q forms.Question) bool { return q.Key == "volunteers" }) {
			continue
		}
		s.Questions = append(s.Questions, forms.Question{
			Key: "profile_languages", Type: forms.TypeHidden, Takes: forms.SourceLanguages,
			Label: i18n.Text{i18n.TR: "Çalışma dilleri", i18n.EN: "Working languages", i18n.DE: "Arbeitssprachen"},
			Why: i18n.Text{
				i18n.TR: "Eşleştirirken ortak dili olan kuruluşları bir araya getiririz.", i18n.EN: "We bring organizations together that share a language.",
				i18n.DE: "Wir bringen Organisationen zusammen, die eine Sprache gemeinsam haben.",
			},
		}, forms.Question{
			Key: "profile_budget", Type: forms.TypeHidden, Takes: forms.SourceBudget, Class: forms.ClassFinancial,
			Label:     i18n.Text{i18n.TR: "Yıllık bütçe", i18n.EN: "Yearly budget", i18n.DE: "Jahresbudget"},
			VisibleTo: []forms.Reader{forms.ReaderCoordinator, forms.ReaderOfficer, forms.ReaderFinance},
		})
	}
}

// counted lets a form add up who works with an organization, with pay and without, and ask where they meet.
func counted(d *forms.Definition) {
	for i := range d.Sections {
		s := &d.Sections[i]
		at := slices.IndexFunc(s.Questions, func(q forms.Question) bool { return q.Key == "volunteers" })
		if at < 0 || !slices.ContainsFunc(s.Questions, func(q forms.Question) bool { return q.Key == "staff" }) {
			continue
		}
		s.Questions = slices.Insert(s.Questions, at+1, forms.Question{
			Key: "people_in_all", Type: forms.TypeCalculated, Decimals: s.Questions[at].Decimals,
			Label:       i18n.Text{i18n.TR: "Birlikte çalışan kişi sayısı", i18n.EN: "People who work with you in all", i18n.DE: "Mitwirkende insgesamt"},
			Calculation: &forms.Calculation{Operation: forms.OperationSum, Of: []string{"staff", "volunteers"}},
		}, forms.Question{
			Key: "meeting_place", Type: forms.TypeAddress, Address: forms.WholeAddress(), Class: forms.ClassPersonal,
			Label: i18n.Text{i18n.TR: "Nerede buluşuyorsunuz?", i18n.EN: "Where do you meet?", i18n.DE: "Wo treffen Sie sich?"},
			Help: i18n.Text{
				i18n.TR: "Yalnızca yer ve ülke de yeter. Birçok küçük derneğin bürosu yoktur.", i18n.EN: "The place and the country will do. Many small associations have no office.",
				i18n.DE: "Ort und Land genügen. Viele kleine Vereine haben kein Büro.",
			},
		})
	}
}

func (s *stage) reword(ctx context.Context, at time.Time, id ids.Call, l i18n.Locale, a announced) error {
	sc, err := s.as(at, s.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	c, err := s.app.programs.Call(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.app.programs.Reword(ctx, sc, id, c.Version, programs.Texts{
		Locale: l, Title: a.title[l], Summary: a.summary[l], About: c.About[l], Conduct: c.Conduct[l], Notice: c.Notice[l],
	})
}

// extend moves a call's deadline for everybody.
func (s *stage) extend(at time.Time, id ids.Call, until time.Time) {
	s.at(at, "extend the deadline", func(ctx context.Context, at time.Time) error {
		coordinator := s.one(tenants.RoleCoordinator)
		sc, err := s.as(at, coordinator)
		if err != nil {
			return err
		}
		c, err := s.app.programs.Call(ctx, sc, id)
		if err != nil {
			return err
		}
		return s.app.programs.Extend(ctx, sc, id, c.Version, until, s.world.Extension(coordinator.Locale))
	})
}
