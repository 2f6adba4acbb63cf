package forms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Locales are the words of the form engine.
//
//go:embed locales
var Locales embed.FS

// Version is one published version of a form. Its definition is shared by everybody who asked for it: it is read only.
type Version struct {
	ID          ids.FormVersion
	Form        ids.Form
	Number      int
	Definition  *Definition // what everybody who applies is asked
	Whole       *Definition // and what only accepted applicants are asked beside it
	PublishedAt time.Time
}

// Sheet is one filled form: which version it answers and in which scope. The scope never changes; the version only moves on
// (Move).
type Sheet struct {
	ID      ids.Sheet
	Version ids.FormVersion
	Scope   Scope
}

// Filled is what stands on a sheet.
type Filled struct {
	Answers   Answers
	Versions  map[string]int64 // of each answer, for conflict detection
	UpdatedAt time.Time        // of the latest answer; zero when there is none
	UpdatedBy ids.Person
}

// Edit is one answer to keep. Base is the version of the answer that its author saw, 0 for none.
type Edit struct {
	Sheet ids.Sheet
	Ref   string
	Type  Type
	Value json.RawMessage // canonical
	Base  int64
	By    ids.Person
}

// Saved says as what an answer was kept.
type Saved struct {
	Version int64
	At      time.Time
}

// Clash is the refusal of an edit whose author had not seen the newest answer. It carries both, so that a person can
// choose; it is a fault of kind conflict.
type Clash struct {
	Ref     string
	Yours   json.RawMessage
	Theirs  json.RawMessage
	Version int64 // of theirs; an edit on this base is accepted
	By      ids.Person
	At      time.Time
}

// Error is for logs; it holds no answer.
func (c *Clash) Error() string { return "forms: conflicting answers to " + c.Ref }

// Unwrap gives the fault that the edge shows.
func (c *Clash) Unwrap() error { return fault.Conflict("forms.clash") }

// Service keeps forms, sheets and answers. It has no policy: features authorize before they call it.
type Service struct {
	versions  known
	directory Directory // nil: no organization is listed
}

// New makes the service.
func New() *Service {
	return &Service{versions: newKnown()}
}

// Create makes a form without versions. The name is for the team.
func (s *Service) Create(ctx context.Context, tx *tenants.Tx, name string) (ids.Form, error) {
	row := formRow{ID: ids.New[ids.Form](), Name: name}
	return row.ID, insertForm(ctx, tx, row)
}

// Publish makes the next version of a form. A definition with problems is refused as invalid (Check lists them); one
// that is the same as the latest version gives that version again.
func (s *Service) Publish(ctx context.Context, tx *tenants.Tx, form ids.Form, d Definition) (Version, error) {
	if problems := Check(d); len(problems) > 0 {
		return Version{}, fault.Invalid("forms.unpublishable").With("Count", len(problems)).
			Because(fmt.Errorf("forms: definition: %v", problems))
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return Version{}, fmt.Errorf("forms: write definition: %w", err)
	}
	hash := sha256.Sum256(raw)
	latest, found, err := latestVersion(ctx, tx, form)
	if err != nil {
		return Version{}, err
	}
	if found && bytes.Equal(latest.Hash, hash[:]) {
		return latest.version()
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return Version{}, err
	}
	row := versionRow{ID: ids.New[ids.FormVersion](), FormID: form, Number: latest.Number + 1, Definition: raw, Hash: hash[:], PublishedAt: now}
	if err := insertVersion(ctx, tx, row); err != nil {
		return Version{}, err
	}
	return row.version()
}

// Version finds a published version.
func (s *Service) Version(ctx context.Context, sc tenants.Scope, id ids.FormVersion) (Version, error) {
	return s.versions.version(ctx, sc.Tenant().ID, sc.Read(), id)
}

// VersionIn is Version inside a write, which sees what that write has just published.
func (s *Service) VersionIn(ctx context.Context, tx *tenants.Tx, id ids.FormVersion) (Version, error) {
	return s.versions.version(ctx, tx.Scope().Tenant().ID, tx, id)
}

// Latest finds the newest version of a form.
func (s *Service) Latest(ctx context.Context, sc tenants.Scope, form ids.Form) (Version, error) {
	row, found, err := latestVersion(ctx, sc.Read(), form)
	if err != nil {
		return Version{}, err
	}
	if !found {
		return Version{}, fault.NotFound()
	}
	return row.version()
}

// NewSheet lays an empty sheet of a version.
func (s *Service) NewSheet(ctx context.Context, tx *tenants.Tx, version ids.FormVersion, scope Scope) (Sheet, error) {
	row := sheetRow{ID: ids.New[ids.Sheet](), FormVersionID: version, Scope: scope}
	return Sheet{ID: row.ID, Version: version, Scope: scope}, insertSheet(ctx, tx, row)
}

// Sheet finds a sheet.
func (s *Service) Sheet(ctx context.Context, sc tenants.Scope, id ids.Sheet) (Sheet, error) {
	return sheetByID(ctx, sc.Read(), id)
}

// SheetIn is Sheet inside a write.
func (s *Service) SheetIn(ctx context.Context, tx *tenants.Tx, id ids.Sheet) (Sheet, error) {
	return sheetByID(ctx, tx, id)
}

// Copy makes a sheet with the same answers, which later edits of the first do not touch: what was submitted, while its
// authors go on writing.
func (s *Service) Copy(ctx context.Context, tx *tenants.Tx, from ids.Sheet) (Sheet, error) {
	original, err := s.SheetIn(ctx, tx, from)
	if err != nil {
		return Sheet{}, err
	}
	made, err := s.NewSheet(ctx, tx, original.Version, original.Scope)
	if err != nil {
		return Sheet{}, err
	}
	_, err = copyAnswers(ctx, tx, from, made.ID, nil)
	return made, err
}

// Reuse fills a sheet with the answers of an older one, as far as its form still asks the same: the same key and type,
// and no file, consent or declaration, which are given anew each time. Answers that are there already stay. It returns how
// many were taken over.
func (s *Service) Reuse(ctx context.Context, tx *tenants.Tx, from, to ids.Sheet) (int, error) {
	source, err := s.SheetIn(ctx, tx, from)
	if err != nil {
		return 0, err
	}
	target, err := s.SheetIn(ctx, tx, to)
	if err != nil {
		return 0, err
	}
	before, err := s.VersionIn(ctx, tx, source.Version)
	if err != nil {
		return 0, err
	}
	after, err := s.VersionIn(ctx, tx, target.Version)
	if err != nil || source.Scope != target.Scope {
		return 0, err
	}
	same := []string{}
	for _, section := range after.Definition.Scoped(target.Scope) {
		for i := range section.Questions {
			q := &section.Questions[i]
			was, _, ok := before.Definition.Question(q.Key)
			if ok && section.Repeat == nil && was.Type == q.Type && q.Type.Typed() && q.Type != TypeFile && !q.Type.statement() {
				same = append(same, q.Key)
			}
		}
	}
	taken, err := copyAnswers(ctx, tx, from, to, same)
	if err != nil {
		return taken, err
	}
	return taken, s.recalculate(ctx, tx, target, after.Definition, tx.Scope().Actor().Person)
}

// Suggest fills a sheet with what is known from elsewhere, by the keys of questions, as far as its form asks for it and it
// is such an answer; no file, consent or declaration. Answers that are there already stay.
func (s *Service) Suggest(ctx context.Context, tx *tenants.Tx, into ids.Sheet, known Answers) error {
	sheet, err := s.SheetIn(ctx, tx, into)
	if err != nil {
		return err
	}
	version, err := s.VersionIn(ctx, tx, sheet.Version)
	if err != nil {
		return err
	}
	fitting := Answers{}
	for _, section := range version.Definition.Scoped(sheet.Scope) {
		for i := range section.Questions {
			q := &section.Questions[i]
			raw := known[q.Key]
			if section.Repeat == nil && !none(raw) && q.Type.Typed() && q.Type != TypeFile && !q.Type.statement() && len(ValidateAnswer(q, q.Key, raw, Fill)) == 0 {
				fitting[q.Key] = raw
			}
		}
	}
	if err := suggest(ctx, tx, into, fitting); err != nil {
		return err
	}
	return s.recalculate(ctx, tx, sheet, version.Definition, tx.Scope().Actor().Person)
}

// Save keeps one canonical answer. A newer answer than the edit's base is a Clash; the same answer again is no change.
// Consents and declarations are also kept as statements, with who and when; what is calculated from the answer is worked out
// anew, but for what accepted applicants are asked (see Since).
func (s *Service) Save(ctx context.Context, tx *tenants.Tx, e Edit) (Saved, error) {
	saved, err := s.keep(ctx, tx, e)
	if err != nil {
		return Saved{}, err
	}
	sheet, version, err := s.open(ctx, tx, e.Sheet)
	if err != nil {
		return Saved{}, err
	}
	return saved, s.recalculate(ctx, tx, sheet, version.Definition, e.By)
}

// keep is Save without what is calculated.
func (s *Service) keep(ctx context.Context, tx *tenants.Tx, e Edit) (Saved, error) {
	if len(e.Value) == 0 {
		e.Value = nothing
	}
	saved, ok, err := upsert(ctx, tx, e)
	if err != nil {
		return Saved{}, err
	}
	if !ok {
		theirs, err := answerOf(ctx, tx, e.Sheet, e.Ref)
		if err != nil {
			return Saved{}, err
		}
		return Saved{}, &Clash{Ref: e.Ref, Yours: e.Value, Theirs: theirs.Value, Version: theirs.Version, By: theirs.UpdatedBy, At: theirs.UpdatedAt}
	}
	if e.Type.statement() {
		return saved, insertStatement(ctx, tx, e, saved)
	}
	return saved, nil
}

// SaveTyped keeps what the page's script sent for one question of a sheet (see FromSaved), in the reader's notation. The
// fields name what is wrong with an answer that was kept all the same. An answer that must not be kept is refused as
// invalid, and so is a change of one that is frozen on the day; a ref that the sheet does not have as not found, and a newer
// answer as a Clash.
func (s *Service) SaveTyped(ctx context.Context, tx *tenants.Tx, loc *i18n.Localizer, id ids.Sheet, day i18n.Day, ref string, sent Sent, by ids.Person) (Saved, []fault.Field, error) {
	sheet, version, err := s.open(ctx, tx, id)
	if err != nil {
		return Saved{}, nil, err
	}
	d := version.asking(ref)
	raw, bad, err := FromSaved(loc.Speaking(sent.Language), d, sheet.Scope, ref, sent.Value)
	if err != nil {
		return Saved{}, nil, err
	}
	if frozen, ok := FrozenField(d, ref, day); ok {
		saved, same, err := unchanged(ctx, tx, id, ref, raw)
		if err == nil && !same {
			err = fault.Invalid("fault.check_fields", frozen)
		}
		return saved, nil, err
	}
	e := Edit{Sheet: id, Ref: ref, Value: raw, Base: sent.Base, By: by}
	if q, _, ok := d.Question(ref); ok {
		e.Type = q.Type
		if e.Value, err = s.named(ctx, tx, q, e); err != nil {
			return Saved{}, nil, err
		}
	}
	saved, err := s.keep(ctx, tx, e)
	if err != nil {
		return Saved{}, nil, err
	}
	return saved, bad, s.recalculate(ctx, tx, sheet, version.Definition, by)
}

// SavePosted keeps a whole section as a page without a script posted it: the answers that differ from what is there.
// Clashes are collected, not fatal, and so is what would change an answer that is frozen on the day; everything else of the
// section is kept.
func (s *Service) SavePosted(ctx context.Context, tx *tenants.Tx, loc *i18n.Localizer, id ids.Sheet, day i18n.Day, key string, values url.Values, by ids.Person) (Posted, []*Clash, error) {
	sheet, version, err := s.open(ctx, tx, id)
	if err != nil {
		return Posted{}, nil, err
	}
	section, ok := version.Whole.Section(key)
	if !ok || section.Scope != sheet.Scope {
		return Posted{}, nil, fault.NotFound()
	}
	posted := FromPost(loc, section, values)
	filled, err := s.Filled(ctx, tx, id)
	if err != nil {
		return posted, nil, err
	}
	var clashes []*Clash
	for _, ref := range sortedRefs(posted.Answers) {
		raw, there := posted.Answers[ref], filled[id].Answers[ref]
		if none(raw) && none(there) || equal(raw, there) {
			continue
		}
		if frozen, ok := FrozenField(version.Whole, ref, day); ok {
			posted.Bad = append(slices.DeleteFunc(posted.Bad, func(f fault.Field) bool { return f.Name == frozen.Name }), frozen)
			continue
		}
		e := Edit{Sheet: id, Ref: ref, Value: raw, Base: posted.Base[ref], By: by}
		if q, ok := section.question(ref); ok {
			e.Type = q.Type
			if e.Value, err = s.named(ctx, tx, q, e); fault.Is(err, fault.KindInvalid) {
				posted.Bad = append(posted.Bad, fault.Of(err).Fields...)
				continue
			}
			if err != nil {
				return posted, nil, err
			}
		}
		_, err := s.keep(ctx, tx, e)
		if clash, ok := errors.AsType[*Clash](err); ok {
			clashes = append(clashes, clash)
			continue
		}
		if err != nil {
			return posted, nil, err
		}
		posted.Changed++
	}
	return posted, clashes, s.recalculate(ctx, tx, sheet, version.Definition, by)
}

func (s *Service) open(ctx context.Context, tx *tenants.Tx, id ids.Sheet) (Sheet, Version, error) {
	sheet, err := s.SheetIn(ctx, tx, id)
	if err != nil {
		return Sheet{}, Version{}, err
	}
	version, err := s.VersionIn(ctx, tx, sheet.Version)
	return sheet, version, err
}

func sortedRefs(answers Answers) []string {
	refs := make([]string, 0, len(answers))
	for ref := range answers {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return refs
}
