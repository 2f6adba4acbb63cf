package applications

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// DocumentFacts are what programs are told of a document.
type DocumentFacts struct {
	ID        ids.Document
	Name      string
	MediaType string
	Size      int64
	SHA256    []byte // of a checked one
	Standing  string // clean, not_scanned, checking or refused
	Href      string // where somebody who has signed in opens it; empty: not yet
}

// Facts tells of documents of an application whose documents the actor may read, all in one query. The documents module
// satisfies it.
type Facts interface {
	// A veiled one is not called as its file is.
	Facts(ctx context.Context, sc tenants.Scope, documents []ids.Document, veiled bool) (map[ids.Document]DocumentFacts, error)
}

// Record is an application as programs read it.
type Record struct {
	Application
	Shown         State // as its reader may know it
	Own           bool  // read by its own people
	Organizations map[ids.Organization]Applicant
	Given         []forms.Given // in what was handed in; before that, in the draft, as far as the reader fills it
	Documents     map[ids.Document]DocumentFacts
	Answers       []Answered // where they were asked for, of what was handed in
	Veiled        bool       // its reader is not to know who applies: there are no organizations in it

	copies map[ids.Sheet]ids.Sheet // what was handed in, by the sheet that goes on being written
}

// Answered are the answers of one sheet.
type Answered struct {
	Sheet ids.Sheet
	Data  []forms.Datum
}

// Whose says what a list of records is of.
type Whose bool

// All that the actor may list, or those of their own organizations.
const (
	Network Whose = false
	Own     Whose = true
)

// RecordQuery is what a program's list asks for.
type RecordQuery struct {
	Query

	Whose          Whose
	SubmittedAfter time.Time // or at that instant
	From           Cursor

	organizations []ids.Organization // with Own
}

// Records lists applications for programs. Officers and the chair get what their list shows: all that were handed in,
// less those in which they have a conflict of interest. An organization's people get their own, drafts too; so does
// anybody who asks for their own. What the filters and the order see is what the reader sees.
func (s *Service) Records(ctx context.Context, sc tenants.Scope, q RecordQuery) ([]Record, error) {
	if err := s.whose(ctx, sc, &q); err != nil {
		return nil, err
	}
	found, err := records(ctx, sc.Read(), q)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var organizations []ids.Organization
	for i := range found {
		organizations = append(organizations, found[i].Application.Organizations()...)
	}
	applicants, err := s.Organizations.Applicants(ctx, sc, organizations)
	for i := range found {
		found[i].Organizations = applicants
		s.view(sc, &found[i])
	}
	return found, err
}

// whose authorizes a list and narrows it to what the actor may see.
func (s *Service) whose(ctx context.Context, sc tenants.Scope, q *RecordQuery) error {
	listing := s.policies.May(sc, policies.ApplicationList, policies.On{})
	if listing != nil {
		q.Whose = Own
	}
	if q.Whose == Own {
		if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
			return err
		}
		q.organizations = sc.Actor().OrganizationsAs()
		return nil
	}
	var err error
	q.without, err = s.Standings.Conflicted(ctx, sc)
	return err
}

// view settles what the actor may know of a record.
func (s *Service) view(sc tenants.Scope, r *Record) {
	r.Own = len(mineOf(sc, &r.Application)) > 0
	r.Shown = r.State
	if r.Own {
		r.Shown = r.ForApplicants()
	}
}

// Record is one application for programs: to its own people, to officers, finance and the chair without a conflict of
// interest once it was handed in, and to its reviewers. Answers come with it when they are asked for, as the dossier
// shows them. Fault: NotFound.
func (s *Service) Record(ctx context.Context, sc tenants.Scope, id ids.Application, answers bool) (Record, error) {
	if !s.policies.MayEver(sc.Actor(), policies.ApplicationRead) {
		return Record{}, fault.NotFound()
	}
	r, found, err := record(ctx, sc, id)
	if err != nil {
		return Record{}, err
	}
	if !found {
		return Record{}, fault.NotFound()
	}
	s.view(sc, &r)
	on := policies.On{Organizations: r.Application.Organizations()}
	if !r.Own {
		if on, err = s.standing(ctx, sc, &r.Application); err != nil {
			return Record{}, err
		}
	}
	if err := s.policies.May(sc, policies.ApplicationRead, on); err != nil {
		return Record{}, err
	}
	if !r.Own {
		if len(r.copies) == 0 || r.State == Draft {
			return Record{}, fault.NotFound()
		}
		r.Parts = slices.DeleteFunc(r.Parts, func(p Part) bool { _, handedIn := r.copies[p.Sheet]; return !handedIn })
	}
	look := lookOf(sc, r.Own, s.policies.May(sc, policies.ApplicationCheck, on) == nil)
	veils, err := s.veils(ctx, sc, []Application{r.Application}, map[ids.Application]Standing{r.ID: {Assigned: on.Assigned}})
	if err != nil {
		return Record{}, err
	}
	call, veiled := veils[r.ID]
	r.Veiled, look.Blind = veiled, veiled
	return r, s.give(ctx, sc, &r, look, s.policies.May(sc, policies.DocumentRead, on) == nil, answers, call.veiled)
}

// give adds organizations and documents, and the answers where they are asked for.
func (s *Service) give(ctx context.Context, sc tenants.Scope, r *Record, look forms.Look, documents, answers bool, veil func(*forms.Definition) *forms.Definition) error {
	version, err := s.forms.Version(ctx, sc, r.HandedVersion())
	if err != nil {
		return err
	}
	definition := veil(version.Definition)
	sheets := readable(sc, r)
	r.Organizations = map[ids.Organization]Applicant{}
	who := s.Organizations.Asked(r.Application.Organizations(), r.Organizations)
	what, given := forms.Attached(definition, look, sheets)
	if err := sc.Ask(ctx, who, what); err != nil {
		return fmt.Errorf("applications: read what belongs to a record: %w", err)
	}
	if r.Veiled {
		r.Organizations = map[ids.Organization]Applicant{}
	}
	if r.Given = given(); len(r.Given) > 0 && documents {
		named := make([]ids.Document, len(r.Given))
		for i, g := range r.Given {
			named[i] = g.Document
		}
		if r.Documents, err = s.Facts.Facts(ctx, sc, named, r.Veiled); err != nil {
			return err
		}
	}
	if !answers || len(r.copies) == 0 {
		return nil
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), slices.Collect(maps.Keys(sheets))...)
	if err != nil {
		return err
	}
	add := func(sheet ids.Sheet, scope forms.Scope) {
		data := forms.Data(definition, scope, filled[r.copies[sheet]].Answers, look)
		r.Answers = append(r.Answers, Answered{Sheet: sheet, Data: data})
	}
	for _, p := range r.Parts {
		if !p.Organization.IsZero() {
			add(p.Sheet, forms.ScopePart)
		}
	}
	add(r.Joint, forms.ScopeJoint)
	return nil
}

// readable are the sheets of which the actor may know the documents: of what was handed in all; of a draft the own part
// and the joint one.
func readable(sc tenants.Scope, r *Record) map[ids.Sheet]forms.Scope {
	sheets := map[ids.Sheet]forms.Scope{}
	if len(r.copies) > 0 {
		for _, p := range r.Parts {
			if copied, ok := r.copies[p.Sheet]; ok {
				sheets[copied] = forms.ScopePart
			}
		}
		if copied, ok := r.copies[r.Joint]; ok {
			sheets[copied] = forms.ScopeJoint
		}
		return sheets
	}
	sheets[r.Joint] = forms.ScopeJoint
	for _, mine := range mineOf(sc, &r.Application) {
		sheets[mine.Sheet] = forms.ScopePart
	}
	return sheets
}

// Cursor is a place in an ordered list: after the application with that key in that order. It says nothing that its
// reader has not just read, and leads nowhere but within what its reader may list.
type Cursor struct {
	Sort string          `json:"s"`
	Desc bool            `json:"d,omitempty"`
	Key  string          `json:"k"` // the number, or the instant (RFC 3339) of the submission
	ID   ids.Application `json:"i"`
}

// String is the cursor as it stands in an address.
func (c Cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads exactly what String wrote.
func ParseCursor(text string) (Cursor, bool) {
	var c Cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) > 300 || json.Unmarshal(b, &c) != nil {
		return Cursor{}, false
	}
	clean, honest := i18n.Clean(c.Key)
	if c.Sort != "number" && c.Sort != "submitted" || c.ID.IsZero() || c.String() != text || !honest || clean != c.Key {
		return Cursor{}, false
	}
	if c.Sort == "submitted" {
		if t, err := time.Parse(time.RFC3339Nano, c.Key); err != nil || t.Format(time.RFC3339Nano) != c.Key || t.Location() != time.UTC {
			return Cursor{}, false
		}
	}
	return c, true
}

// cursorAt is the place after a record.
func cursorAt(r *Record, sort string, desc bool) Cursor {
	c := Cursor{Sort: sort, Desc: desc, Key: r.Number, ID: r.ID}
	if sort == "submitted" {
		c.Key = unsubmitted.UTC().Format(time.RFC3339Nano)
		if !r.SubmittedAt.IsZero() {
			c.Key = r.SubmittedAt.UTC().Format(time.RFC3339Nano)
		}
	}
	return c
}

// unsubmitted stands for the submission of what was not handed in yet, where that is ordered.
var unsubmitted = time.Unix(0, 0)
