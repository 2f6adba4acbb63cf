package programs

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Applicant is an organization of the network, as a late permission needs it.
type Applicant struct {
	Name  string
	Leads []ids.Person
}

// Organizations tells which organizations there are. The organizations module satisfies it.
type Organizations interface {
	// Applicants finds organizations; without ids it lists all of the network.
	Applicants(ctx context.Context, sc tenants.Scope, organizations ...ids.Organization) (map[ids.Organization]Applicant, error)
}

// Applications tells whom a change of an open call concerns. The applications module satisfies it.
type Applications interface {
	// Applying are the people who are writing applications to the call.
	Applying(ctx context.Context, sc tenants.Scope, call ids.Call) ([]ids.Person, error)
	// Writing counts the applications to the call that can still be changed: drafts, and those handed in.
	Writing(ctx context.Context, sc tenants.Scope, call ids.Call) (drafts, handedIn int, err error)
	// HandedIn reports whether an application to the call was ever handed in, whatever became of it.
	HandedIn(ctx context.Context, sc tenants.Scope, call ids.Call) (bool, error)
	// HandedInBy is HandedIn as it stands in a transaction that holds the call.
	HandedInBy(ctx context.Context, tx *tenants.Tx, call ids.Call) (bool, error)
	// Accepted reports whether the actor is of an application to the call that was accepted.
	Accepted(ctx context.Context, sc tenants.Scope, call ids.Call) (bool, error)
}

// Service is what is done with calls, in the order in which one lives.
type Service struct {
	policies      *policies.Authorizer
	forms         *forms.Service
	organizations Organizations
	applications  Applications
	library       *blueprints.Service

	// People names those who design a form together.
	People People

	// Reviews tells how far the reviewing of calls is, and holds it while criteria change.
	Reviews Reviews

	// Templates keeps the files that forms offer.
	Templates Templates

	// Signatures tells who has signed what a call opens with; without it no call opens.
	Signatures Signatures

	seen memory
}

// New makes the service.
func New(p *policies.Authorizer, f *forms.Service, o Organizations, a Applications, library *blueprints.Service) *Service {
	return &Service{policies: p, forms: f, organizations: o, applications: a, library: library, seen: newMemory()}
}

// Proposed is the blueprint from which a call begins unless somebody chooses another.
const Proposed = "exchange"

// Begin makes a draft of a call from the newest version of the proposed blueprint; see BeginFrom.
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, cycle, composition string) (Call, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return Call{}, err
	}
	newest, err := s.library.NewestNumber(ctx, Proposed)
	if err != nil {
		return Call{}, err
	}
	return s.BeginFrom(ctx, sc, Proposed, newest, cycle, composition)
}

// BeginFrom makes a draft of a call from a version of a blueprint, in a cycle of that name, with one of the version's
// compositions. Coordinators and officers may. Faults: Invalid by field, NotFound.
func (s *Service) BeginFrom(ctx context.Context, sc tenants.Scope, blueprint string, number int, cycle, composition string) (Call, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return Call{}, err
	}
	b, err := s.model(ctx, blueprint, number)
	if err != nil {
		return Call{}, err
	}
	seats, ok := b.Composition(composition)
	var bad []fault.Field
	if !ok {
		bad = append(bad, fault.At("composition", "fault.choose"))
	}
	if cycle == "" {
		bad = append(bad, fault.At("cycle", "fault.required"))
	}
	if len(bad) > 0 {
		return Call{}, fault.Invalid("fault.check_fields", bad...)
	}
	c := Call{
		ID: ids.New[ids.Call](), Cycle: cycle, State: Draft, Title: b.Call.Title, Summary: b.Call.Summary, About: b.Call.About,
		Conduct: b.Call.Conduct, Notice: b.Call.Notice, Locales: slices.Clone(sc.Tenant().Locales), Zone: sc.Tenant().Zone, GrantCurrency: "EUR",
		Composition: seats, Criteria: b.Criteria, Eligibility: b.Eligibility, Letters: b.Letters, Review: b.Review, Stages: planned(b), Version: 1,
		Blueprint: blueprint, FromVersion: number,
	}
	for _, d := range b.Documents {
		c.Documents = append(c.Documents, Asked{Document: d, Wanted: true})
	}
	return c, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		program, err := programOf(ctx, tx, b)
		if err != nil {
			return err
		}
		in, err := cycleOf(ctx, tx, program, cycle)
		if err != nil {
			return err
		}
		if c.Form, err = s.forms.Create(ctx, tx, cycle); err != nil {
			return err
		}
		version, err := s.forms.Publish(ctx, tx, c.Form, speaking(b.Form, c.Locales))
		if err != nil {
			return err
		}
		c.FormVersion = version.ID
		if err := s.redraft(ctx, tx, &c, func(*forms.Definition) {}); err != nil {
			return err
		}
		if err := insert(ctx, tx, &c, in, sc.Actor().Person); err != nil {
			return err
		}
		tx.Audit(entry("call.begun", c.ID))
		tx.Announce(events.LineageMoved{Call: c.ID})
		return nil
	})
}

func entry(action string, call ids.Call) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "call", SubjectID: call.String()}
}

// Calls lists all calls, drafts too, the newest first. Officers may, and the panel's chair.
func (s *Service) Calls(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.CallList, policies.On{}); err != nil {
		return nil, err
	}
	return All(ctx, sc.Read(), true)
}

// Call is a call for those who prepare and run it. Fault: NotFound.
func (s *Service) Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error) {
	if err := s.policies.May(sc, policies.CallRead, policies.On{}); err != nil {
		return Call{}, err
	}
	return Find(ctx, sc.Read(), id)
}

// MayEdit reports whether the actor may change calls, MayOpen whether they may publish and extend them.
func (s *Service) MayEdit(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.CallEdit, policies.On{}) == nil
}

// MayOpen reports whether the actor may publish, extend and close calls.
func (s *Service) MayOpen(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.CallOpen, policies.On{}) == nil
}

// Browse lists the published calls for anybody, the latest deadline first, as cards of them show them: without their long
// texts, criteria, documents, letters and stages.
func (s *Service) Browse(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return nil, err
	}
	return published(ctx, sc)
}

// scheduled are the published calls with their stages, for anybody's calendar.
func (s *Service) scheduled(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return nil, err
	}
	return All(ctx, sc.Read(), false)
}

// Look is a published call for anybody, or a draft for those who may read drafts. Fault: NotFound.
func (s *Service) Look(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, []Change, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return Call{}, nil, err
	}
	c, err := Find(ctx, sc.Read(), id)
	if err != nil {
		return c, nil, err
	}
	if c.State == Draft && s.policies.May(sc, policies.CallRead, policies.On{}) != nil {
		return Call{}, nil, fault.NotFound()
	}
	log, err := changes(ctx, sc.Read(), id)
	return c, log, err
}

// change loads a call under lock, holds it to the version that was shown, lets edit change it and saves it.
func (s *Service) change(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Call, version int64, edit func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error) error {
	if err := s.policies.May(sc, action, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return fault.Conflict("fault.stale")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := edit(ctx, tx, &c, now); err != nil {
			return err
		}
		return save(ctx, tx, &c)
	})
}

// Texts are a call's texts in one language.
type Texts struct {
	Locale                                 i18n.Locale
	Title, Summary, About, Conduct, Notice string
}

// Reword changes the texts in one language. Coordinators and officers may, at any time; on a published call it is
// logged for everybody, and no text may become empty. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Reword(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, t Texts) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if !slices.Contains(c.Locales, t.Locale) {
			return fault.NotFound()
		}
		texts := c.texts()
		typed := map[string]string{"title": t.Title, "summary": t.Summary, "about": t.About, "conduct": t.Conduct, "notice": t.Notice}
		var bad []fault.Field
		for _, name := range textNames {
			if typed[name] == "" && (c.State != Draft || name == "title") {
				bad = append(bad, fault.At(name, "fault.required"))
			}
			texts[name][t.Locale] = typed[name]
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		tx.Audit(entry("call.reworded", id))
		if c.State == Draft {
			return nil
		}
		return logChange(ctx, tx, id, Change{Kind: "texts", Before: string(t.Locale)})
	})
}

// Frame are a call's dates, places and money.
type Frame struct {
	OpensAt, ClosesAt time.Time
	Zone              string
	Places            int
	GrantMinor        int64
	GrantCurrency     string
	ReplyDays         int
	PapersHours       int
	Locales           []i18n.Locale
}

// Reframe changes dates, places and money of a draft. Coordinators and officers may. Faults: Invalid by field, Conflict
// when it is published or has been changed, NotFound.
func (s *Service) Reframe(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, f Frame) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		if bad := f.check(); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.OpensAt, c.ClosesAt, c.FirstClosesAt, c.Zone = f.OpensAt, f.ClosesAt, f.ClosesAt, f.Zone
		c.Places, c.GrantMinor, c.GrantCurrency, c.Locales = f.Places, f.GrantMinor, f.GrantCurrency, inOrder(f.Locales, sc.Tenant().Locales)
		c.Review.ReplyDays, c.Review.PapersHours = f.ReplyDays, f.PapersHours
		tx.Audit(entry("call.reframed", id))
		return s.redraft(ctx, tx, c, func(*forms.Definition) {})
	})
}

func (f *Frame) check() []fault.Field {
	var bad []fault.Field
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			bad = append(bad, fault.AtWith(name, "programs.between", fault.Args{"Low": low, "High": high}))
		}
	}
	if !f.OpensAt.IsZero() && !f.ClosesAt.IsZero() && !f.OpensAt.Before(f.ClosesAt) {
		bad = append(bad, fault.At("closes_date", "programs.closes_before"))
	}
	if !slices.Contains(i18n.Zones, f.Zone) {
		bad = append(bad, fault.At("zone", "fault.choose"))
	}
	if !slices.Contains(Currencies, f.GrantCurrency) {
		bad = append(bad, fault.At("currency", "fault.choose"))
	}
	if f.GrantMinor < 0 || f.GrantMinor > 100_000_000_00 {
		bad = append(bad, fault.At("grant", "programs.grant_wrong"))
	}
	if len(f.Locales) == 0 {
		bad = append(bad, fault.At("locales", "fault.choose"))
	}
	within("places", f.Places, 1, 1000)
	within("reply_days", f.ReplyDays, 1, 60)
	within("papers_hours", f.PapersHours, 24, 336)
	return bad
}

// Currencies are those in which a grant is stated.
var Currencies = []string{"EUR", "TRY", "USD", "GBP", "CHF"}

// Rules are by what a call's applications are made and measured.
type Rules struct {
	Reviews   int
	Gap       int      // of 100 points, from which a third review is called
	Threshold int      // of the mean of the totals, of 100; 0: none
	Documents []string // keys of those that are asked for
}

// Rule changes how often applications of a draft are reviewed, and its documents. Coordinators and officers may. The question for a
// document that is not asked for leaves the form's draft, and comes back when it is. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Rule(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, r Rules) error {
	return s.change(ctx, sc, policies.CallEdit, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		b, err := s.model(ctx, c.Blueprint, c.FromVersion)
		if err != nil {
			return err
		}
		if bad := r.check(); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		c.Review.Reviews, c.Review.ThirdReviewGap, c.Review.TotalThreshold = r.Reviews, r.Gap, r.Threshold
		for i := range c.Documents {
			c.Documents[i].Wanted = slices.Contains(r.Documents, c.Documents[i].Key)
		}
		tx.Audit(entry("call.ruled", id))
		return s.redraft(ctx, tx, c, func(d *forms.Definition) { askFor(d, b.Form, c.Documents) })
	})
}

func (r *Rules) check() []fault.Field {
	var bad []fault.Field
	if r.Reviews < 1 || r.Reviews > 5 {
		bad = append(bad, fault.AtWith("reviews", "programs.between", fault.Args{"Low": 1, "High": 5}))
	}
	if r.Gap < 5 || r.Gap > 100 {
		bad = append(bad, fault.AtWith("gap", "programs.between", fault.Args{"Low": 5, "High": 100}))
	}
	if r.Threshold < 0 || r.Threshold > 100 {
		bad = append(bad, fault.AtWith("threshold", "programs.between", fault.Args{"Low": 0, "High": 100}))
	}
	return bad
}

// Letter changes the words of a letter in one language. Coordinators and officers may. A field that the letter does not
// know is refused. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Letter(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, key string, locale i18n.Locale, subject, body string) error {
	return s.change(ctx, sc, policies.TemplateEdit, id, version, func(_ context.Context, tx *tenants.Tx, c *Call, _ time.Time) error {
		letter, ok := c.Letter(key)
		if !ok || !slices.Contains(c.Locales, locale) {
			return fault.NotFound()
		}
		var bad []fault.Field
		for name, text := range map[string]string{"subject": subject, "body": body} {
			if text == "" {
				bad = append(bad, fault.At(name, "fault.required"))
			}
			for _, field := range blueprints.MergeFields(text) {
				if !slices.Contains(letter.Fields, field) {
					bad = append(bad, fault.AtWith(name, "programs.letter.unknown_field", fault.Args{"Field": "{" + field + "}"}))
				}
			}
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		letter.Subject[locale], letter.Body[locale] = subject, body
		tx.Audit(audit.Entry{Action: "call.letter_reworded", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"letter": key, "language": string(locale)}})
		return nil
	})
}
