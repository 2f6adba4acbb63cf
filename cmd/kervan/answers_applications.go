package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/correspondence"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/tenants"
)

// surroundings let applications ask the other modules about calls, organizations, people, documents and reviewers.
type surroundings struct {
	organizations *organizations.Service
	accounts      *accounts.Service
}

func callFor(c programs.Call) applications.Call {
	keeps := map[forms.Class]int{}
	for _, class := range forms.Expiring {
		if months := c.Review.Kept(class); months > 0 {
			keeps[class] = months
		}
	}
	return applications.Call{
		ID: c.ID, Title: c.Title, Locales: c.Locales, Zone: c.Zone, OpensAt: c.OpensAt, ClosesAt: c.ClosesAt, Until: c.Until(),
		FormVersion: c.FormVersion, Composition: c.Composition.Spread(), Eligibility: c.Eligibility, PapersHours: c.Review.PapersHours, Keeps: keeps,
		Anonymous: c.Review.Anonymous, Hidden: c.Review.Hidden,
	}
}

// Calls satisfies applications.Calls.
func (surroundings) Calls(ctx context.Context, sc tenants.Scope, wanted []ids.Call) (map[ids.Call]applications.Call, error) {
	found := make(map[ids.Call]applications.Call, len(wanted))
	if len(wanted) == 0 {
		return found, nil
	}
	all, err := programs.Briefly(ctx, sc.Read(), wanted...)
	for _, c := range all {
		found[c.ID] = callFor(c)
	}
	return found, err
}

// Published satisfies applications.Calls.
func (surroundings) Published(ctx context.Context, sc tenants.Scope) ([]applications.Call, error) {
	all, err := programs.Briefly(ctx, sc.Read())
	calls := make([]applications.Call, len(all))
	for i, c := range all {
		calls[i] = callFor(c)
	}
	return calls, err
}

// Keeping satisfies applications.Calls.
func (surroundings) Keeping(ctx context.Context, sc tenants.Scope) ([]applications.Call, error) {
	all, err := programs.Keeping(ctx, sc.Read())
	calls := make([]applications.Call, len(all))
	for i, c := range all {
		calls[i] = callFor(c)
		if over := c.Over(); !over.IsZero() {
			calls[i].Over = over.AddDate(0, 0, 1)
		}
	}
	return calls, err
}

// Late satisfies applications.Calls.
func (surroundings) Late(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Call]map[ids.Organization]time.Time, error) {
	return programs.LateFor(ctx, sc.Read(), organizations)
}

// AskedLate satisfies applications.Calls.
func (surroundings) AskedLate(organizations []ids.Organization, late map[ids.Call]map[ids.Organization]time.Time) tenants.Question {
	return programs.AskingLate(organizations, func(call ids.Call, organization ids.Organization, until time.Time) {
		if late[call] == nil {
			late[call] = map[ids.Organization]time.Time{}
		}
		late[call][organization] = until
	})
}

// Held satisfies applications.Calls.
func (surroundings) Held(ctx context.Context, tx *tenants.Tx, id ids.Call) (applications.Call, error) {
	c, err := programs.Held(ctx, tx, id)
	if err != nil {
		return applications.Call{}, err
	}
	if c.State == programs.Draft {
		return applications.Call{}, fault.NotFound()
	}
	call := callFor(c)
	call.Notice, call.Letters = c.NoticeVersion(), make(map[string]blueprints.Letter, len(c.Letters))
	for _, l := range c.Letters {
		call.Letters[l.Key] = l
	}
	return call, nil
}

// Until satisfies applications.Calls.
func (surroundings) Until(ctx context.Context, tx *tenants.Tx, id ids.Call, organizations []ids.Organization) (time.Time, error) {
	return programs.Until(ctx, tx, id, organizations...)
}

func applicant(c organizations.Card) applications.Applicant {
	return applications.Applicant{ID: c.ID, Name: c.Name, City: c.City, Place: c.Place, Country: string(c.Country), Kind: string(c.Form)}
}

func (s surroundings) applicants(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	wanted = slices.DeleteFunc(slices.Clone(wanted), ids.Organization.IsZero)
	cards, err := s.organizations.Cards(ctx, db, wanted)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]applications.Applicant, len(cards))
	for id, c := range cards {
		found[id] = applicant(c)
	}
	return found, nil
}

// Applicants satisfies applications.Organizations.
func (s surroundings) Applicants(ctx context.Context, sc tenants.Scope, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	return s.applicants(ctx, sc.Read(), wanted)
}

// Asked satisfies applications.Organizations.
func (surroundings) Asked(wanted []ids.Organization, found map[ids.Organization]applications.Applicant) tenants.Question {
	return organizations.Asking(wanted, func(c organizations.Card) { found[c.ID] = applicant(c) })
}

// ApplicantsIn satisfies applications.Organizations.
func (s surroundings) ApplicantsIn(ctx context.Context, tx *tenants.Tx, wanted []ids.Organization) (map[ids.Organization]applications.Applicant, error) {
	return s.applicants(ctx, tx, wanted)
}

// Known satisfies applications.Organizations.
func (surroundings) Known(ctx context.Context, tx *tenants.Tx, id ids.Organization) (forms.Answers, error) {
	o, err := organizations.Profile(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	known := forms.Answers{}
	for key, value := range map[string]string{
		"org_name": o.Name, "org_name_english": o.NameEnglish, "legal_form": string(o.Form), "country": string(o.Country), "city": o.City,
		"registry_number": o.RegistryNumber, "fiscal_host": o.FiscalHost, "website": o.Website, "budget": o.Budget, "mission": o.About,
	} {
		if known[key], err = json.Marshal(value); err != nil {
			return nil, fmt.Errorf("take over the profile: %w", err)
		}
	}
	if known["fields"], err = json.Marshal(o.Fields); err != nil {
		return nil, fmt.Errorf("take over the profile: %w", err)
	}
	if o.Founded != 0 {
		known["founded"] = json.RawMessage(strconv.Itoa(o.Founded))
	}
	return known, nil
}

// KnownOf satisfies applications.Organizations.
func (surroundings) KnownOf(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]forms.Answers, error) {
	all, err := organizations.FactsOf(ctx, db, wanted...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]forms.Answers, len(all))
	for _, o := range all {
		registered := "no"
		if o.RegistryNumber != "" {
			registered = "yes"
		}
		facts := forms.Answers{}
		for key, value := range map[string]string{
			blueprints.FactCountry: string(o.Country), blueprints.FactKind: string(o.Form), blueprints.FactRegistered: registered, blueprints.FactBudget: o.Budget,
		} {
			if facts[key], err = json.Marshal(value); err != nil {
				return nil, fmt.Errorf("read facts: %w", err)
			}
		}
		if o.Founded != 0 {
			facts[blueprints.FactFounded] = json.RawMessage(strconv.Itoa(o.Founded))
		}
		found[o.ID] = facts
	}
	return found, nil
}

// ProfilesOf satisfies applications.Organizations.
func (surroundings) ProfilesOf(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]forms.Profile, error) {
	all, err := organizations.Profiles(ctx, db, wanted...)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Organization]forms.Profile, len(all))
	for _, o := range all {
		if found[o.ID], err = profileOf(o); err != nil {
			return nil, fmt.Errorf("take along a profile: %w", err)
		}
	}
	return found, nil
}

// profileOf is an organization's profile as forms take it along.
func profileOf(o organizations.Organization) (forms.Profile, error) {
	languages := make(forms.Languages, len(o.Languages))
	for i, code := range o.Languages {
		languages[i].Code = code
	}
	profile := forms.Profile{}
	for source, value := range map[forms.Source]any{
		forms.SourceName: o.Name, forms.SourceEnglishName: o.NameEnglish, forms.SourceKind: o.Form, forms.SourceCountry: o.Country, forms.SourceCity: o.City,
		forms.SourceRegistryNumber: o.RegistryNumber, forms.SourceFiscalHost: o.FiscalHost, forms.SourceWebsite: o.Website, forms.SourceAbout: o.About,
		forms.SourceFields: o.Fields, forms.SourceLanguages: languages, forms.SourceStaff: o.Staff, forms.SourceBudget: o.Budget, forms.SourceFounded: o.Founded,
	} {
		if source == forms.SourceFounded && o.Founded == 0 {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		profile[source] = raw
	}
	return profile, nil
}

// Alike satisfies applications.Organizations.
func (s surroundings) Alike(ctx context.Context, sc tenants.Scope, typed string) ([]forms.Candidate, error) {
	all, _, err := s.organizations.Directory(ctx, sc, organizations.Query{Search: typed, Limit: 6, Locale: sc.Actor().Locale})
	found := make([]forms.Candidate, len(all))
	for i, o := range all {
		found[i] = forms.Candidate{ID: o.ID, Name: o.Name, Place: o.City + ", " + o.Country.Name(sc.Actor().Locale)}
	}
	return found, err
}

// listing lets forms name the organizations that the directory shows: all of the network.
type listing struct{}

// Listed satisfies forms.Directory.
func (listing) Listed(ctx context.Context, tx *tenants.Tx, wanted []ids.Organization) (map[ids.Organization]string, error) {
	all, err := organizations.Profiles(ctx, tx, wanted...)
	names := make(map[ids.Organization]string, len(all))
	for _, o := range all {
		names[o.ID] = o.Name
	}
	return names, err
}

// All satisfies applications.Organizations.
func (s surroundings) All(ctx context.Context, sc tenants.Scope) ([]applications.Applicant, error) {
	cards, err := s.organizations.AllCards(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	all := make([]applications.Applicant, len(cards))
	for i, c := range cards {
		all[i] = applicant(c)
	}
	return all, nil
}

// Names satisfies applications.People.
func (s surroundings) Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	cards, err := s.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	names := make(map[ids.Person]string, len(cards))
	for id, c := range cards {
		names[id] = c.Name
	}
	return names, nil
}

// letters are the kinds of mail that tell applicants what was found and decided.
var letters = []string{
	"applications.mail.ineligible", "applications.mail.reconsidered",
	"selection.mail.selected", "selection.mail.waiting", "selection.mail.rejected", "selection.mail.place_offered",
}

// Letters satisfies applications.Letters.
func (surroundings) Letters(ctx context.Context, sc tenants.Scope, id ids.Application) ([]applications.Letter, error) {
	found, err := correspondence.Letters(ctx, sc.Read(), "application", id.String(), letters...)
	all := make([]applications.Letter, len(found))
	for i, l := range found {
		all[i] = applications.Letter(l)
	}
	return all, err
}
