package stories

import (
	"context"
	"slices"
	"strings"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// HandIn gives a story to the network, which reads and edits it. The people of the organizations may. Faults: Invalid by field
// when something is missing or a protected name stands somewhere, Conflict, NotFound.
func (s *Service) HandIn(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	return s.change(ctx, sc, HandIn, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if err := complete(story, p); err != nil {
			return err
		}
		content := story.Content
		story.Handed, story.Note = &content, ""
		return s.tellNetwork(ctx, tx, HandIn, story, p)
	})
}

// complete finds what must not be so when others read the story.
func complete(story *Story, p *Partnership) error {
	if bad := story.Content.lacks(); len(bad) > 0 {
		return fault.Invalid("stories.lacks", bad...)
	}
	if bad := story.Content.tells(p.Secret()); len(bad) > 0 {
		return fault.Invalid("stories.tells", bad...)
	}
	return nil
}

// Return gives a story back to be written on, with a note of at most 1,000 characters. Coordinators and officers may. Faults:
// Invalid without a note, Conflict, NotFound.
func (s *Service) Return(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, note string) error {
	return s.change(ctx, sc, Return, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if bad := said(note, true); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		story.Note = note
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
		return s.tellAuthors(ctx, tx, Return, story, p)
	})
}

// Propose asks every organization to agree to the story as it is now, with a note where something is to be explained.
// Coordinators and officers may. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) Propose(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, note string) error {
	return s.change(ctx, sc, Propose, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if bad := said(note, false); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if err := complete(story, p); err != nil {
			return err
		}
		story.Note = note
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
		return s.tellAuthors(ctx, tx, Propose, story, p)
	})
}

// Agree says yes to the story as it is, for the organizations that the actor leads; when all have, it can be published. Faults:
// Conflict when it was edited since it was shown, NotFound.
func (s *Service) Agree(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	_, p, err := s.permitted(ctx, sc, policies.StoryAgree, id)
	if err != nil {
		return err
	}
	own := ledBy(&p, sc.Actor())
	if len(own) == 0 {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		story, err := held(ctx, tx, id) // whose version does not change with each yes: others have it before them
		if err != nil {
			return err
		}
		if story.Version != version {
			return fault.Conflict("fault.stale")
		}
		if err := story.Do(Agree); err != nil {
			return err
		}
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := consent(ctx, tx, id, sc.Actor().Person, at, own); err != nil {
			return err
		}
		for _, o := range own {
			story.Consents[o] = at
		}
		tx.Audit(entry("story.agreed", id))
		if len(story.Awaits(p.Seated())) > 0 {
			return nil
		}
		story.State, story.UpdatedAt = Agreed, at
		if err := s.tellNetwork(ctx, tx, Agree, &story, &p); err != nil {
			return err
		}
		return save(ctx, tx, &story, sc.Actor().Person)
	})
}

// Object asks the network to edit the story again, with a note of at most 1,000 characters; whatever was agreed to is open
// again. Leads of the organizations may. Faults: Invalid without a note, Conflict, NotFound.
func (s *Service) Object(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, note string) error {
	return s.change(ctx, sc, Object, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if bad := said(note, true); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		story.Note = note
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
		return s.tellNetwork(ctx, tx, Object, story, p)
	})
}

// Publish lets visitors read a story that every organization has agreed to, as soon as its partnership is shown to everybody.
// The first time it gets its address, and another one when its title has become another. How it was handed in is forgotten. Coordinators may. Faults: Conflict, also when the partnership does not want to be shown,
// Invalid when a protected name stands in it, NotFound.
func (s *Service) Publish(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	return s.change(ctx, sc, Publish, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if !p.Willing {
			return fault.Conflict("stories.not_shown")
		}
		if len(story.Awaits(p.Seated())) > 0 {
			return fault.Conflict("stories.not_agreed")
		}
		if err := complete(story, p); err != nil {
			return err
		}
		if err := now(ctx, tx, story); err != nil {
			return err
		}
		if err := settle(ctx, tx, story); err != nil {
			return err
		}
		story.Note, story.Handed = "", nil
		return s.tellAuthors(ctx, tx, Publish, story, p)
	})
}

// settle gives the story an address made of its title; an earlier one that says another title is kept as one where something was.
func settle(ctx context.Context, tx *tenants.Tx, story *Story) error {
	wanted := proposed(story.Name())
	if rest, same := strings.CutPrefix(story.Slug, wanted); same && strings.Trim(rest, "-0123456789") == "" {
		return nil
	}
	if story.Slug != "" {
		if err := bury(ctx, tx, story.Slug); err != nil {
			return err
		}
	}
	var err error
	story.Slug, err = address(ctx, tx, wanted)
	return err
}

// Withdraw lets nobody read a story any more, at once, with a reason of at most 1,000 characters where there is one to tell.
// Leads of the organizations may, and coordinators; the other side is told. Faults: Invalid, Conflict, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, note string) error {
	return s.change(ctx, sc, Withdraw, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, p *Partnership) error {
		if bad := said(note, false); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		story.Note, story.Changed = note, story.UpdatedAt
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
		if err := s.tellAuthors(ctx, tx, Withdraw, story, p); err != nil {
			return err
		}
		return s.tellNetwork(ctx, tx, Withdraw, story, p)
	})
}

// Resume lets the people of the organizations write on a withdrawn story. It keeps its address, which says that it is gone
// until it is published again. Faults: Conflict, NotFound.
func (s *Service) Resume(ctx context.Context, sc tenants.Scope, id ids.Story, version int64) error {
	return s.change(ctx, sc, Resume, id, version, func(_ context.Context, _ *tenants.Tx, story *Story, _ *Partnership) error {
		story.Note, story.Handed = "", nil
		return nil
	})
}

// tellNetwork writes to the coordinators what became of a story.
func (*Service) tellNetwork(ctx context.Context, tx *tenants.Tx, v Verb, story *Story, p *Partnership) error {
	holders, err := tenants.Holders(ctx, tx, tenants.RoleCoordinator)
	if err != nil {
		return err
	}
	tell(tx, v, "network.", story, p, holders)
	return nil
}

// tellAuthors writes to those who lead the organizations, and to whoever began the story while they are one of their people.
func (*Service) tellAuthors(ctx context.Context, tx *tenants.Tx, v Verb, story *Story, p *Partnership) error {
	members, err := tenants.MembersOf(ctx, tx, p.Seated()...)
	if err != nil {
		return err
	}
	members = slices.DeleteFunc(members, func(m tenants.Membership) bool { return m.Role != tenants.RoleLead && m.Person != story.CreatedBy })
	tell(tx, v, "authors.", story, p, members)
	return nil
}

// tell writes to each of them once, but not to whoever did it. Of a story that is deleted for good not even the title is told.
func tell(tx *tenants.Tx, v Verb, whom string, story *Story, p *Partnership, to []tenants.Membership) {
	told := map[ids.Person]bool{tx.Scope().Actor().Person: true}
	mail := events.MailRequested{
		Kind: "stories.mail." + whom + past[v], Path: deskOf(story.ID), AboutKind: subject, AboutID: story.ID.String(),
		Args: map[string]string{"Title": story.Name(), "Who": p.Title, "Note": story.Note},
	}
	news := events.NotificationRequested{Key: "stories.notify." + whom + past[v], Path: mail.Path, Args: map[string]string{"Title": story.Name()}}
	if v == Erase {
		mail.Path, mail.AboutKind, mail.AboutID, mail.Args = listOf(p.ID), "partnership", p.ID.String(), map[string]string{"Who": p.Title}
		news.Path, news.Args = mail.Path, nil
	}
	for _, m := range to {
		if told[m.Person] {
			continue
		}
		told[m.Person] = true
		mail.Person, news.Person = m.Person, m.Person
		tx.Announce(mail)
		tx.Announce(news)
	}
}

// Waiting are the stories with which the actor has something to do: those that the network has to read or to publish, those
// that were returned to the actor's organizations, and those to which an organization that the actor leads has not agreed.
func (s *Service) Waiting(ctx context.Context, sc tenants.Scope) ([]Whole, error) {
	edits, writes := s.policies.MayEver(sc.Actor(), policies.StoryEdit), s.policies.MayEver(sc.Actor(), policies.StoryWrite)
	if !edits && !writes {
		return nil, s.policies.Ever(sc, policies.StoryRead)
	}
	all, err := waiting(ctx, sc.Read())
	if err != nil || len(all) == 0 {
		return nil, err
	}
	with, err := s.partnerships.Partnerships(ctx, sc, partnershipsOf(all))
	if err != nil {
		return nil, err
	}
	var found []Whole
	for i := range all {
		w := Whole{Story: all[i], With: with[all[i].Partnership]}
		w.Own = ledBy(&w.With, sc.Actor())
		switch w.State {
		case HandedIn:
			if s.May(sc, &w, Propose) {
				found = append(found, w)
			}
		case Agreed:
			if s.May(sc, &w, Publish) {
				found = append(found, w)
			}
		case Returned:
			if s.May(sc, &w, HandIn) {
				found = append(found, w)
			}
		case Edited:
			if slices.ContainsFunc(w.Own, func(o ids.Organization) bool { return w.Consents[o].IsZero() }) {
				found = append(found, w)
			}
		case Draft, Published, Withdrawn:
		}
	}
	return found, nil
}
