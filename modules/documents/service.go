package documents

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/web"
	"kervan/policies"
	"kervan/tenants"
)

// Filling is a question that the actor may answer just now.
type Filling struct {
	Organization ids.Organization // for which they do
	Page         string           // the address of the section in which it stands
}

// Sheets tells of the filled forms to which documents belong. The applications module satisfies it.
type Sheets interface {
	// Fillable holds the actor to the questions that they may answer just now. Faults: NotFound, TooLate, Conflict.
	Fillable(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string) (Filling, error)
	// Change is Fillable for whoever changes the answer in this very transaction: what others had confirmed of it has to be
	// confirmed again.
	Change(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string) (Filling, error)
	// Readers is how the actor may read each sheet, in as many queries for many sheets as for one. A sheet that belongs to
	// nothing is left out.
	Readers(ctx context.Context, sc tenants.Scope, sheets []ids.Sheet) (map[ids.Sheet]Reading, error)
	// Of is the application to which the sheet belongs; false for a sheet that belongs to nothing.
	Of(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet) (ids.Application, bool, error)
}

// Reading is what policies must know of who may read a sheet, which of its answers are not for the actor all the same, and
// which documents given for the others are not for them yet; nil: none.
type Reading struct {
	On       policies.On
	Hides    func(question string) bool
	Withheld func(question string, document ids.Document) bool
	Veiled   bool // the actor is not to know how the file is called
}

// keeps reports whether the document is not for the actor, whatever policies say.
func (r *Reading) keeps(d *Document) bool {
	return r.Hides != nil && r.Hides(d.Question) || r.Withheld != nil && r.Withheld(d.Question, d.ID)
}

// Scanner looks for known viruses.
type Scanner interface {
	// Scan names what it found in the file; empty for nothing.
	Scan(ctx context.Context, file io.Reader) (string, error)
}

// Config is what the service works with.
type Config struct {
	Policies *policies.Authorizer
	Forms    *forms.Service
	Objects  *objects.Store
	Sheets   Sheets
	Terms    Terms
	Offers   Offers
	Scanner  Scanner // nil: none is connected
	Limits   Limits  // zero: DefaultLimits
}

// Service is what is done with documents, in the order in which one lives.
type Service struct {
	Config

	checks chan struct{} // how many files are looked through at once
	brush  chan struct{} // how many pictures are drawn at once
}

// New makes the service.
func New(c Config) *Service {
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits
	}
	return &Service{Config: c, checks: make(chan struct{}, 3), brush: make(chan struct{}, 1)}
}

const (
	subject    = "document"
	openGrants = 40 // of one person at a time
)

// asked is a question of a sheet that takes documents.
type asked struct {
	question   *forms.Question
	section    *forms.Section
	definition *forms.Definition
}

func (s *Service) asked(ctx context.Context, tx *tenants.Tx, id ids.Sheet, ref string) (asked, error) {
	sheet, err := s.Forms.SheetIn(ctx, tx, id)
	if err != nil {
		return asked{}, err
	}
	version, err := s.Forms.VersionIn(ctx, tx, sheet.Version)
	if err != nil {
		return asked{}, err
	}
	q, section, found := version.Whole.Question(ref)
	if !found || q.Type != forms.TypeFile || q.Files == nil || section.Scope != sheet.Scope {
		return asked{}, fault.NotFound()
	}
	return asked{q, section, version.Whole}, nil
}

// later is when somebody looks after what may have been left: so long after the work began, counted from this node's clock
// too, as who acts on a day gone by (tenants.Scope.AsOf) is still at work.
func later(began time.Time, life time.Duration) time.Time {
	if now := time.Now(); now.After(began) {
		began = now
	}
	return began.Add(life)
}

// Grant lets a browser send one document of exactly that size for a question: the answer is a form that it posts to the
// store within minutes. The people who may write in the sheet may. Faults: Invalid for a wrong kind or size, Conflict when
// there is no room, TooMany, TooLate, NotFound, and Unavailable when the store is down.
func (s *Service) Grant(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, want forms.Asked) (forms.Granted, error) {
	if err := s.Policies.Ever(sc, policies.DocumentUpload); err != nil {
		return forms.Granted{}, err
	}
	d, err := s.grant(ctx, sc, sheet, want)
	if err != nil {
		return forms.Granted{}, err
	}
	form, err := s.Objects.Form(ctx, d.quarantine, d.Kind.MediaType(), d.Size, time.Now().Add(formLife))
	return forms.Granted{URL: form.URL, Fields: form.Fields, Document: d.ID.String()}, err
}

func (s *Service) grant(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, want forms.Asked) (Document, error) {
	// Better to say so now than to let somebody send for minutes.
	if err := s.Objects.Health(ctx); err != nil {
		return Document{}, err
	}
	var d Document
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		filling, err := s.fillable(ctx, sc, tx, sheet, want.Question)
		if err != nil {
			return err
		}
		a, err := s.asked(ctx, tx, sheet, want.Question)
		if err != nil {
			return err
		}
		name, kind, err := fitting(a.question.Files, want)
		if err != nil {
			return err
		}
		d = Document{Sheet: sheet, Question: want.Question, Organization: filling.Organization, Name: name, Kind: kind, Size: want.Size}
		return s.begin(ctx, tx, &d)
	})
	return d, err
}

// begin notes that a document may come, if there is room for it, and where it is to arrive.
func (s *Service) begin(ctx context.Context, tx *tenants.Tx, d *Document) error {
	if err := s.fits(ctx, tx, d.Organization, d.Size); err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	prefix := prefixOf(tx.Scope().Tenant())
	d.ID, d.State, d.GrantedAt, d.GrantedBy = ids.New[ids.Document](), Granted, now, tx.Scope().Actor().Person
	d.quarantine, d.key = prefix+arrivals+rand.Text(), prefix+keeping+rand.Text()
	tx.EnqueueAt(settleJob, one{d.ID}, later(now, settleLife))
	return insert(ctx, tx, d)
}

func (s *Service) fillable(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, sheet ids.Sheet, question string) (Filling, error) {
	filling, err := s.Sheets.Fillable(ctx, tx, sheet, question)
	if err != nil {
		return filling, err
	}
	return filling, s.Policies.May(sc, policies.DocumentUpload, policies.On{Organizations: []ids.Organization{filling.Organization}})
}

// Where objects lie below a network's prefix: what browsers send, and what is read.
const (
	arrivals = "quarantine/"
	keeping  = "documents/"
)

// prefixOf begins the keys of all objects of a network.
func prefixOf(t tenants.Tenant) string { return "t/" + t.ID.String() + "/" }

func fitting(rules *forms.Files, want forms.Asked) (string, files.Kind, error) {
	name, kind, known := CleanName(want.Name)
	switch {
	case !known || !accepts(rules.Kinds, kind):
		return "", "", refusal("documents.wrong_kind")
	case want.Size < 1:
		return "", "", refusal("documents.empty")
	case want.Size > rules.MaxBytes:
		return "", "", refusal("documents.too_large")
	}
	return name, kind, nil
}

func refusal(key string) error { return fault.Invalid("fault.check_fields", fault.At("file", key)) }

// fits holds the room until the transaction ends and refuses what it has no place for.
func (s *Service) fits(ctx context.Context, tx *tenants.Tx, organization ids.Organization, size int64) error {
	t, err := room(ctx, tx, organization, tx.Scope().Actor().Person)
	switch {
	case err != nil:
		return err
	case t.Open >= openGrants:
		return fault.TooMany("documents.too_many")
	case t.Organization+size > s.Limits.Organization:
		return fault.Conflict("documents.full")
	case t.Network+size > s.Limits.Network:
		return fault.Conflict("documents.network_full")
	}
	return nil
}

// Finalize tells that a granted document has arrived, and checks it. Called again it changes nothing and gives the same
// answer. A check that takes longer than somebody waits goes on afterwards: the document is then checking. The people who
// may write in the sheet may. Faults: Conflict when nothing has arrived, TooLate, NotFound, Unavailable.
func (s *Service) Finalize(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, id ids.Document) (Document, error) {
	if err := s.Policies.Ever(sc, policies.DocumentUpload); err != nil {
		return Document{}, err
	}
	d, err := find(ctx, sc.Read(), id)
	if err != nil {
		return d, err
	}
	arrived := d.State != Granted
	if !arrived {
		if _, arrived, err = s.Objects.Find(ctx, d.quarantine); err != nil {
			return d, err
		}
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if d, err = held(ctx, tx, id); err != nil {
			return err
		}
		if d.Sheet != sheet {
			return fault.NotFound()
		}
		filling, err := s.fillable(ctx, sc, tx, sheet, d.Question)
		if err != nil {
			return err
		}
		if d.Organization != filling.Organization {
			return fault.NotFound()
		}
		if !arrived {
			return fault.Conflict("documents.not_arrived")
		}
		return s.arrived(ctx, tx, &d)
	})
	if err != nil {
		return d, err
	}
	return s.checkNow(ctx, sc, d)
}

// arrived puts a granted document into quarantine, with a job that checks it should this program not come to it.
func (s *Service) arrived(ctx context.Context, tx *tenants.Tx, d *Document) error {
	first, err := arrive(ctx, tx, d.ID)
	if err != nil || !first {
		return err
	}
	d.State = Quarantined
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	tx.EnqueueAt(checkJob, one{d.ID}, later(now, leaseLife))
	return nil
}

// Documents tells of those of the documents that the actor may read, or may know of because they are being checked or were
// refused. It takes as many queries for many as for one.
func (s *Service) Documents(ctx context.Context, sc tenants.Scope, wanted []ids.Document) (map[ids.Document]Document, error) {
	if err := s.Policies.Ever(sc, policies.DocumentRead); err != nil {
		return nil, err
	}
	all, err := findAll(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	return s.readable(ctx, sc, all)
}

func (s *Service) readable(ctx context.Context, sc tenants.Scope, all []Document) (map[ids.Document]Document, error) {
	found, err := s.readableTerms(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	var sheets []ids.Sheet
	for i := range all {
		if all[i].Condition.IsZero() {
			sheets = append(sheets, all[i].Sheet)
		}
	}
	if len(sheets) == 0 {
		return found, nil
	}
	readers, err := s.Sheets.Readers(ctx, sc, sheets)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		reading, known := readers[d.Sheet]
		if !known || !d.Condition.IsZero() || reading.keeps(&d) {
			continue
		}
		if s.Policies.May(sc, policies.DocumentRead, reading.On) == nil {
			if reading.Veiled {
				d.Name = d.Neutral()
			}
			found[d.ID] = d
		}
	}
	return found, nil
}

// Link is the address from which the actor's browser fetches a document, as an attachment, within a minute. Who may read
// the sheet that it was given in, or the condition that it was handed in for, may; that somebody did who does not belong to its organization goes into the trail.
// Faults: NotFound, also for a document that is not clean, and Unavailable.
func (s *Service) Link(ctx context.Context, sc tenants.Scope, id ids.Document) (string, error) {
	if err := s.Policies.Ever(sc, policies.DocumentRead); err != nil {
		return "", err
	}
	found, err := s.Documents(ctx, sc, []ids.Document{id})
	if err != nil {
		return "", err
	}
	d, ok := found[id]
	if !ok || !d.Readable() {
		return "", fault.NotFound()
	}
	// A browser that is sent to a store that is down shows nothing that helps.
	switch _, kept, err := s.Objects.Find(ctx, d.key); {
	case err != nil:
		return "", err
	case !kept:
		return "", fault.Internal(errGone)
	}
	link, err := s.Objects.Link(ctx, d.key, d.Kind.MediaType(), web.Attachment(d.Name), linkLife)
	if err != nil || s.insider(sc, &d) {
		return link, err
	}
	return link, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return s.note(ctx, tx, "document.opened", &d, nil)
	})
}

func (s *Service) insider(sc tenants.Scope, d *Document) bool {
	return sc.Actor().System != "" || slices.Contains(sc.Actor().OrganizationsAs(), d.Organization)
}

// note adds to the trail. What is told of a document is told of the application for which it was given, too: it stays from whoever may
// learn nothing of that.
func (s *Service) note(ctx context.Context, tx *tenants.Tx, action string, d *Document, detail map[string]any) error {
	about, known := d.Application, true
	if about.IsZero() {
		var err error
		if about, known, err = s.Sheets.Of(ctx, tx, d.Sheet); err != nil {
			return err
		}
	}
	e := audit.Entry{Action: action, SubjectKind: subject, SubjectID: d.ID.String(), Detail: maps.Clone(detail)}
	if known {
		if e.Detail == nil {
			e.Detail = map[string]any{}
		}
		e.Detail[audit.Among] = []string{about.String()}
	}
	tx.Audit(e)
	return nil
}

var errGone = errors.New("documents: the content is not where it should be")
