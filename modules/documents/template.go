package documents

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// Template is a file that a form offers to be filled in and given as an answer.
type Template struct {
	ID        ids.Template
	Name      string
	Kind      files.Kind
	Size      int64 // in bytes
	Scanned   bool
	SHA256    []byte // of one that was found good
	BroughtAt time.Time
	BroughtBy ids.Person

	quarantine string
	key        string
	leaving    bool // its content is being erased
}

// good reports whether it was checked.
func (t *Template) good() bool { return len(t.SHA256) > 0 }

// asDocument is the template as checks look at files.
func (t *Template) asDocument() Document {
	return Document{Name: t.Name, Kind: t.Kind, Size: t.Size, quarantine: t.quarantine, key: t.key}
}

// Offers tells who may have a template. The programs module satisfies it.
type Offers interface {
	// Offered holds the actor to the templates of what they may read. Fault: NotFound.
	Offered(ctx context.Context, sc tenants.Scope, id ids.Template) error
}

const templateSubject = "template"

// templates is where the content of templates lies below a network's prefix.
const templates = "templates/"

// templateRules are what may be offered.
var templateRules = &forms.Files{Kinds: forms.TemplateKinds, MaxBytes: forms.MostTemplateBytes}

// BringTemplate takes a file that a form is to offer, through the program, checks it like any document, and keeps it. The
// form must name it within a week, or it goes. Coordinators and officers may. Faults: Invalid at "file" for a wrong kind or
// size and for one that the check refuses, Conflict when there is no room, Unavailable when it could not be checked now.
func (s *Service) BringTemplate(ctx context.Context, sc tenants.Scope, name string, size int64, content io.Reader) (Template, error) {
	if err := s.Policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return Template{}, err
	}
	if err := s.Objects.Health(ctx); err != nil {
		return Template{}, err
	}
	t, err := s.expect(ctx, sc, name, size)
	if err != nil {
		return t, err
	}
	v, err := s.look(ctx, &t, content)
	// What was found is written even when nobody waits any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err != nil {
		return t, errors.Join(s.turnedAway(ctx, sc, &t, err), s.Objects.Delete(ctx, t.quarantine, t.key))
	}
	t.Size, t.SHA256, t.Scanned = v.size, v.sha256, v.scanned
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(templateEntry("template.received", &t, map[string]any{"kind": t.Kind, "size": t.Size, "scanned": t.Scanned}))
		return passTemplate(ctx, tx, &t)
	})
	if err != nil {
		return t, err
	}
	if err := s.Objects.Delete(ctx, t.quarantine); err != nil {
		slog.Warn("a checked template is left in quarantine", "template", t.ID, "error", err)
	}
	return t, nil
}

// expect notes that a template is on its way, so that whatever becomes of it, its content is not forgotten.
func (s *Service) expect(ctx context.Context, sc tenants.Scope, name string, size int64) (Template, error) {
	name, kind, err := fitting(templateRules, forms.Asked{Name: name, Size: size})
	if err != nil {
		return Template{}, err
	}
	prefix := prefixOf(sc.Tenant())
	t := Template{
		ID: ids.New[ids.Template](), Name: name, Kind: kind, Size: size, BroughtBy: sc.Actor().Person,
		quarantine: prefix + arrivals + rand.Text(), key: prefix + templates + rand.Text(),
	}
	return t, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		taken, err := room(ctx, tx, ids.Organization{}, t.BroughtBy)
		if err != nil {
			return err
		}
		if taken.Network+size > s.Limits.Network {
			return fault.Conflict("documents.network_full")
		}
		if t.BroughtAt, err = tx.Now(ctx); err != nil {
			return err
		}
		return insertTemplate(ctx, tx, &t)
	})
}

// look puts what was brought into quarantine, looks through it and keeps it under its own key.
func (s *Service) look(ctx context.Context, t *Template, content io.Reader) (verdict, error) {
	if err := s.Objects.Put(ctx, t.quarantine, t.Kind.MediaType(), content, t.Size); err != nil {
		return verdict{}, err
	}
	waited, cancel := context.WithTimeout(ctx, 2*waiting)
	defer cancel()
	return s.judge(waited, t.asDocument())
}

// turnedAway forgets a template that did not pass and says why.
func (s *Service) turnedAway(ctx context.Context, sc tenants.Scope, t *Template, why error) error {
	no, isRefused := errors.AsType[refused](why)
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if isRefused {
			tx.Audit(templateEntry("template.refused", t, map[string]any{"kind": t.Kind, "reason": no.reason}))
		}
		return forgetTemplate(ctx, tx, t.ID)
	})
	switch {
	case err != nil:
		return err
	case isRefused:
		return refusal(reasonKey(no.reason))
	default:
		return fault.Unavailable("documents.template.unchecked", why)
	}
}

// TemplateLink is the address from which the actor's browser fetches a template, as an attachment, within a minute. Whoever
// may read a form that offers it may. Faults: NotFound, and Unavailable.
func (s *Service) TemplateLink(ctx context.Context, sc tenants.Scope, id ids.Template) (string, error) {
	if err := s.Policies.Ever(sc, policies.CallBrowse); err != nil {
		return "", err
	}
	t, err := findTemplate(ctx, sc.Read(), id)
	if err != nil {
		return "", err
	}
	if err := s.Offers.Offered(ctx, sc, id); err != nil {
		return "", err
	}
	switch _, kept, err := s.Objects.Find(ctx, t.key); {
	case err != nil:
		return "", err
	case !kept:
		return "", fault.Internal(errGone)
	}
	return s.Objects.Link(ctx, t.key, t.Kind.MediaType(), web.Attachment(t.Name), linkLife)
}

// CopyTemplates gives another tenant templates of this one, under the same ids, so that a definition that was copied there
// offers them; what is there already stays. Only the system may. Fault: Unavailable.
func (s *Service) CopyTemplates(ctx context.Context, from, into tenants.Scope, wanted []ids.Template) error {
	for _, sc := range []tenants.Scope{from, into} {
		if err := policies.OnlySystem(sc); err != nil {
			return err
		}
	}
	all, err := findTemplates(ctx, from.Read(), wanted)
	if err != nil {
		return err
	}
	there, err := findTemplates(ctx, into.Read(), wanted)
	if err != nil {
		return err
	}
	prefix := prefixOf(into.Tenant())
	for _, t := range all {
		if slices.ContainsFunc(there, func(one Template) bool { return one.ID == t.ID }) {
			continue
		}
		source, kept, err := s.Objects.Find(ctx, t.key)
		switch {
		case err != nil:
			return err
		case !kept:
			return fmt.Errorf("documents: copy template %s: %w", t.ID, errGone)
		}
		t.quarantine, t.key = prefix+arrivals+rand.Text(), prefix+templates+rand.Text()
		if err := s.Objects.Copy(ctx, source, t.key, t.Kind.MediaType()); err != nil {
			return err
		}
		if err := into.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return insertTemplate(ctx, tx, &t) }); err != nil {
			return err
		}
	}
	return nil
}

func templateEntry(action string, t *Template, detail map[string]any) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: templateSubject, SubjectID: t.ID.String(), Detail: detail}
}
