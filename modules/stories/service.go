package stories

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/policies"
	"kervan/tenants"
)

// Partnerships tells of partnerships, those asked for all at once. The partnerships module satisfies it.
type Partnerships interface {
	// Partnerships are those that exist.
	Partnerships(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) (map[ids.Partnership]Partnership, error)
	// Bylines are of those that everybody may see at this moment.
	Bylines(ctx context.Context, sc tenants.Scope, wanted []ids.Partnership) (map[ids.Partnership]Byline, error)
}

// Service is what is done with stories.
type Service struct {
	policies     *policies.Authorizer
	partnerships Partnerships
	album        *pictures.Album
}

// New makes the service.
func New(p *policies.Authorizer, partnerships Partnerships, album *pictures.Album) *Service {
	return &Service{policies: p, partnerships: partnerships, album: album}
}

const subject = "story"

func entry(action string, id ids.Story) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: subject, SubjectID: id.String()}
}

// Whole is a story with its partnership, for its page.
type Whole struct {
	Story

	With    Partnership
	Changes []Difference // what the network has edited since the story was handed in
	Own     []ids.Organization
	Visible bool // visitors may read it at this moment
}

// partnership finds the partnership and asks whether the actor may do that to its stories. One that does not exist is refused
// like one of strangers.
func (s *Service) partnership(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Partnership) (Partnership, error) {
	if err := s.policies.Ever(sc, action); err != nil {
		return Partnership{}, err
	}
	found, err := s.partnerships.Partnerships(ctx, sc, []ids.Partnership{id})
	if err != nil {
		return Partnership{}, err
	}
	p, ok := found[id]
	if err := s.policies.May(sc, action, policies.On{Organizations: p.Seated()}); err != nil {
		return Partnership{}, err
	}
	if !ok {
		return p, fault.NotFound()
	}
	return p, nil
}

// permitted finds a story with its partnership and asks whether the actor may do that to it.
func (s *Service) permitted(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Story) (Story, Partnership, error) {
	if err := s.policies.Ever(sc, action); err != nil {
		return Story{}, Partnership{}, err
	}
	story, err := find(ctx, sc.Read(), id)
	if err != nil {
		return story, Partnership{}, err
	}
	p, err := s.partnership(ctx, sc, action, story.Partnership)
	return story, p, err
}

// Of lists the stories of a partnership, what was changed last first. The people of its organizations may, and the network's
// coordinators and officers. Fault: NotFound.
func (s *Service) Of(ctx context.Context, sc tenants.Scope, id ids.Partnership) (Partnership, []Story, error) {
	p, err := s.partnership(ctx, sc, policies.StoryRead, id)
	if err != nil {
		return p, nil, err
	}
	all, err := of(ctx, sc.Read(), id)
	return p, all, err
}

// Listed is a story with the title of its partnership.
type Listed struct {
	Story

	PartnershipTitle string
}

// List lists the stories of all partnerships in that state, or in all; what was changed last comes first. Coordinators and
// officers may.
func (s *Service) List(ctx context.Context, sc tenants.Scope, state State) ([]Listed, error) {
	if err := s.policies.May(sc, policies.StoryList, policies.On{}); err != nil {
		return nil, err
	}
	var states []State
	if state != "" {
		states = []State{state}
	}
	all, err := inStates(ctx, sc.Read(), states...)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, sc, all)
}

func (s *Service) listed(ctx context.Context, sc tenants.Scope, all []Story) ([]Listed, error) {
	with, err := s.partnerships.Partnerships(ctx, sc, partnershipsOf(all))
	if err != nil {
		return nil, err
	}
	listed := make([]Listed, len(all))
	for i := range all {
		listed[i] = Listed{Story: all[i], PartnershipTitle: with[all[i].Partnership].Title}
	}
	return listed, nil
}

func partnershipsOf(all []Story) []ids.Partnership {
	var wanted []ids.Partnership
	for i := range all {
		if !slices.Contains(wanted, all[i].Partnership) {
			wanted = append(wanted, all[i].Partnership)
		}
	}
	return wanted
}

// Story is a story with all that its page shows. The people of its partnership's organizations may, and the network's
// coordinators and officers. Fault: NotFound.
func (s *Service) Story(ctx context.Context, sc tenants.Scope, id ids.Story) (Whole, error) {
	story, p, err := s.permitted(ctx, sc, policies.StoryRead, id)
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Story: story, With: p, Own: ledBy(&p, sc.Actor())}
	if story.Handed != nil && story.State != Draft {
		w.Changes = story.Content.changed(story.Handed)
	}
	if story.State == Published {
		shown, err := s.partnerships.Bylines(ctx, sc, []ids.Partnership{p.ID})
		if err != nil {
			return w, err
		}
		line, ok := shown[p.ID]
		w.Visible = ok && readable(story.Content.searched(), line)
	}
	return w, nil
}

// readable reports whether visitors may read a story with these folded words under the byline.
func readable(folded string, line Byline) bool {
	return !slices.ContainsFunc(line.Secret, func(name string) bool { return stands(folded, name) })
}

// ledBy are the partnership's organizations that the actor leads.
func ledBy(p *Partnership, actor tenants.Actor) []ids.Organization {
	led := actor.OrganizationsAs(tenants.RoleLead)
	return slices.DeleteFunc(p.Seated(), func(o ids.Organization) bool { return !slices.Contains(led, o) })
}

// May reports whether the actor may do that with a story in its present state.
func (s *Service) May(sc tenants.Scope, w *Whole, v Verb) bool {
	return w.Story.May(v) && s.policies.May(sc, actionOf[v], policies.On{Organizations: w.With.Seated()}) == nil
}

// actionOf says what each verb takes.
var actionOf = map[Verb]policies.Action{
	Write: policies.StoryWrite, HandIn: policies.StoryWrite, Resume: policies.StoryWrite, Remove: policies.StoryWrite,
	Edit: policies.StoryEdit, Return: policies.StoryEdit, Propose: policies.StoryEdit,
	Agree: policies.StoryAgree, Object: policies.StoryAgree, Publish: policies.StoryPublish, Withdraw: policies.StoryWithdraw, Erase: policies.StoryWithdraw,
}

// Begin makes a story that only its partnership's people and the network see. The people of the organizations may. Faults:
// Invalid by field (kind, language, title), Conflict when the partnership has too many or is not so far, NotFound.
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, partnership ids.Partnership, kind Kind, language i18n.Locale, title string) (Story, error) {
	p, err := s.partnership(ctx, sc, policies.StoryWrite, partnership)
	if err != nil {
		return Story{}, err
	}
	story := Story{
		ID: ids.New[ids.Story](), Partnership: partnership, State: Draft, Version: 1, CreatedBy: sc.Actor().Person,
		Content: Content{Kind: kind, Language: language, Title: i18n.Text{language: title}},
	}
	bad := story.Content.check(sc.Tenant().Locales)
	for i := range bad {
		if bad[i].Name == "title_"+string(language) {
			bad[i].Name = "title"
		}
	}
	if title == "" {
		bad = append(bad, fault.At("title", "fault.required"))
	}
	if len(bad) > 0 {
		return Story{}, fault.Invalid("fault.check_fields", bad...)
	}
	if !p.Writes {
		return Story{}, fault.Conflict("stories.not_yet")
	}
	return story, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		n, err := countOf(ctx, tx, partnership)
		if err != nil {
			return err
		}
		if n >= mostStories {
			return fault.Conflict("stories.too_many")
		}
		if story.CreatedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		story.UpdatedAt = story.CreatedAt
		tx.Audit(entry("story.begun", story.ID))
		return insert(ctx, tx, &story)
	})
}

// change moves a story that is still as it was shown, in one transaction. It is the way of every verb.
func (s *Service) change(ctx context.Context, sc tenants.Scope, v Verb, id ids.Story, version int64, do func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error) error {
	story, p, err := s.permitted(ctx, sc, actionOf[v], id)
	if err != nil {
		return err
	}
	if story.Version != version {
		return fault.Conflict("fault.stale")
	}
	if err := story.Do(v); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		story := story // as often as it is tried
		if story.UpdatedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		if err := do(ctx, tx, &story, &p); err != nil {
			return err
		}
		tx.Audit(entry("story."+past[v], id))
		return save(ctx, tx, &story, sc.Actor().Person)
	})
}

// past is how the trail and the words to people call what was done.
var past = map[Verb]string{
	Write: "written", HandIn: "handed_in", Edit: "edited", Return: "returned", Propose: "proposed", Agree: "agreed", Object: "objected",
	Publish: "published", Withdraw: "withdrawn", Resume: "resumed", Erase: "erased",
}

// byState is who writes: the organizations' people, or from the handing in on the network.
func byState(state State) Verb {
	if slices.Contains(steps[Edit].from, state) {
		return Edit
	}
	return Write
}

// Write changes the texts, the kind and the topics of a story; its language and its pictures stay. Before it is handed in
// the people of the organizations may, afterwards coordinators and officers: then it must be agreed to anew. Faults: Invalid
// by field (title_en …), Conflict, NotFound.
func (s *Service) Write(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, c Content) error {
	now, _, err := s.permitted(ctx, sc, policies.StoryRead, id)
	if err != nil {
		return err
	}
	return s.change(ctx, sc, byState(now.State), id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, _ *Partnership) error {
		c.Language, c.Pictures = story.Content.Language, story.Content.Pictures
		if bad := c.check(sc.Tenant().Locales); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		story.Content = c
		return forget(ctx, tx, id)
	})
}

// Remove deletes a story that was never published, with its pictures. The people of the organizations may, before it is
// handed in or after it was returned. Faults: Conflict, NotFound.
func (s *Service) Remove(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	story, _, err := s.permitted(ctx, sc, policies.StoryWrite, id)
	if err != nil {
		return err
	}
	if story.Version != version {
		return fault.Conflict("fault.stale")
	}
	if !story.May(Remove) {
		return fault.Conflict("stories.not_now")
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(entry("story.removed", id))
		return remove(ctx, tx, &story)
	})
	if err == nil {
		s.sweep(ctx, sc)
	}
	return err
}

// Erase deletes a story that was published and is withdrawn; of it only its address is kept, which says that something was
// there. Nobody finds its pictures any more, nor what was written about it under bells and in mails that have not left: those
// are emptied at once, pictures younger than a day are deleted in the night after they have become so old. Leads of the organizations may, and coordinators; the others who work on it are told. Faults:
// Conflict, NotFound.
func (s *Service) Erase(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	story, p, err := s.permitted(ctx, sc, actionOf[Erase], id)
	if err != nil {
		return err
	}
	if story.Version != version {
		return fault.Conflict("fault.stale")
	}
	if !story.May(Erase) {
		return fault.Conflict("stories.not_now")
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := bury(ctx, tx, story.Slug); err != nil {
			return err
		}
		if err := s.tellAuthors(ctx, tx, Erase, &story, &p); err != nil {
			return err
		}
		if err := s.tellNetwork(ctx, tx, Erase, &story, &p); err != nil {
			return err
		}
		tx.Announce(events.MatterErased{AboutKind: subject, AboutID: id.String(), Path: deskOf(id)})
		tx.Audit(entry("story.erased", id))
		return remove(ctx, tx, &story)
	})
	if err == nil {
		s.sweep(ctx, sc)
	}
	return err
}

// Name is the title in the language of writing.
func (s *Story) Name() string { return s.Content.Title.String(s.Content.Language) }

// said is a note, checked.
func said(note string, required bool) []fault.Field {
	switch n := utf8.RuneCountInString(note); {
	case required && strings.TrimSpace(note) == "":
		return []fault.Field{fault.At("note", "fault.required")}
	case n > maxNote:
		return []fault.Field{fault.AtWith("note", "fault.too_long", fault.Args{"Length": n, "Max": maxNote})}
	default:
		return nil
	}
}

// now is the moment from which visitors read what was published.
func now(ctx context.Context, tx *tenants.Tx, story *Story) error {
	at, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if story.Changed = at; story.Published.IsZero() {
		story.Published = at
	}
	return nil
}
