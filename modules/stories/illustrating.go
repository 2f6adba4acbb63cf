package stories

import (
	"context"
	"log/slog"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/policies"
	"kervan/tenants"
)

// Illustrate changes the pictures of a story: their words, and which of them stay; b, where it is given, is one more. Who may
// is as with Write. Faults: Invalid by field (picture, alt_0_en, credit_0 …), Conflict, NotFound, Unavailable.
func (s *Service) Illustrate(ctx context.Context, sc tenants.Scope, id ids.Story, version int64, kept []Picture, b []byte) error {
	now, _, err := s.permitted(ctx, sc, policies.StoryRead, id)
	if err != nil {
		return err
	}
	v := byState(now.State)
	if _, _, err := s.permitted(ctx, sc, actionOf[v], id); err != nil {
		return err
	}
	if !now.May(v) {
		return fault.Conflict("stories.not_now")
	}
	var added []Picture
	if len(b) > 0 {
		if len(kept) >= mostPics {
			return fault.Invalid("fault.check_fields", fault.AtWith("picture", "stories.too_many_pictures", fault.Args{"Max": mostPics}))
		}
		taken, err := s.album.Take(ctx, s.prefix(sc), "picture", b)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(kept, func(p Picture) bool { return p.Set == taken.Set }) {
			added = []Picture{{Set: taken.Set, Width: taken.Width, Height: taken.Height, Alt: i18n.Text{}}}
		}
	}
	err = s.change(ctx, sc, v, id, version, func(ctx context.Context, tx *tenants.Tx, story *Story, _ *Partnership) error {
		story.Content.Pictures = append(known(story.Content.Pictures, kept), added...)
		if bad := story.Content.check(sc.Tenant().Locales); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if err := illustrate(ctx, tx, id, story.Content.Pictures); err != nil {
			return err
		}
		return forget(ctx, tx, id)
	})
	if err == nil {
		s.sweep(ctx, sc)
	}
	return err
}

// known are those of the wanted pictures that the story has, with their size, which nobody's form says.
func known(there, wanted []Picture) []Picture {
	var all []Picture
	for _, w := range wanted {
		i := slices.IndexFunc(there, func(p Picture) bool { return p.Set == w.Set })
		if i >= 0 && !slices.ContainsFunc(all, func(p Picture) bool { return p.Set == w.Set }) {
			w.Width, w.Height = there[i].Width, there[i].Height
			all = append(all, w)
		}
	}
	return all
}

func (*Service) prefix(sc tenants.Scope) string { return sc.Tenant().PhotoPrefix("stories") }

// SweepJob is the name of the job that forgets, every night, the pictures that stand in no story.
const SweepJob = "stories.sweep_pictures"

// RegisterJobs registers what the queue does in every tenant.
func (s *Service) RegisterJobs(t *tenants.Tenants) { t.HandleEverywhere(SweepJob, s.Sweep) }

// Sweep forgets the pictures that stand in no story any more, once they are a day old; until then nobody finds them. Only the
// system may.
func (s *Service) Sweep(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	s.sweep(ctx, sc)
	return nil
}

// sweep is Sweep. What is left over goes in the night.
func (s *Service) sweep(ctx context.Context, sc tenants.Scope) {
	used, err := usedPictures(ctx, sc.Read())
	if err != nil {
		slog.Warn("pictures not swept", "error", err)
		return
	}
	s.album.Sweep(ctx, s.prefix(sc), used)
}

// Picture is a file of a picture, by the last part of its address. Anybody may see those of stories that visitors read; who
// may read a story, its pictures. Faults: NotFound, Unavailable.
func (s *Service) Picture(ctx context.Context, sc tenants.Scope, address string) (b []byte, public bool, err error) {
	set, name, ok := pictures.ParsePhoto(address)
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil || !ok {
		return nil, false, notFound(err)
	}
	in, err := picturing(ctx, sc.Read(), set)
	if err != nil || len(in) == 0 {
		return nil, false, notFound(err)
	}
	shown, err := s.partnerships.Bylines(ctx, sc, partnershipsOf(in))
	if err != nil {
		return nil, false, err
	}
	for i := range in {
		line, ok := shown[in[i].Partnership]
		public = public || ok && in[i].State == Published && readable(in[i].Content.searched(), line)
	}
	if !public && !s.sees(ctx, sc, in) {
		return nil, false, fault.NotFound()
	}
	b, err = s.album.Get(ctx, s.prefix(sc), set, name)
	return b, public, err
}

func notFound(err error) error {
	if err != nil {
		return err
	}
	return fault.NotFound()
}

// sees reports whether the actor may read one of the stories.
func (s *Service) sees(ctx context.Context, sc tenants.Scope, all []Story) bool {
	return slices.ContainsFunc(partnershipsOf(all), func(id ids.Partnership) bool {
		_, err := s.partnership(ctx, sc, policies.StoryRead, id)
		return err == nil
	})
}
