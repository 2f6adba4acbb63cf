package documents

import (
	"context"
	"errors"
	"io"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Taking is what a condition takes of the actor just now.
type Taking struct {
	Application  ids.Application  // whose place the condition is of
	Organization ids.Organization // for which they give it
	Files        forms.Files
}

// Terms tells of the conditions of places for which a document is due. The selection module satisfies it.
type Terms interface {
	// Takes holds the transaction's actor to a condition for which they may give a document just now. Faults: NotFound, Conflict.
	Takes(ctx context.Context, tx *tenants.Tx, condition ids.Condition) (Taking, error)
	// Shown tells which of the documents the actor may read, given for which condition each came.
	Shown(ctx context.Context, sc tenants.Scope, came map[ids.Document]ids.Condition) (map[ids.Document]bool, error)
	// Handed tells which of the documents were handed in, and were not erased since.
	Handed(ctx context.Context, db reader, documents []ids.Document) (map[ids.Document]bool, error)
}

// ReceiveFor takes a document for a condition through the program and checks it. It is not handed in by that: what is not within a
// week goes with the sweep. A refused one comes back refused. The people may who answer the condition just now. Faults: Invalid for a
// wrong kind or size, Conflict when there is no room or the condition takes nothing, TooMany, NotFound, and Unavailable when the store
// is down.
func (s *Service) ReceiveFor(ctx context.Context, sc tenants.Scope, condition ids.Condition, want forms.Asked, content io.Reader) (Document, error) {
	if err := s.Policies.Ever(sc, policies.DocumentUpload); err != nil {
		return Document{}, err
	}
	if err := s.Objects.Health(ctx); err != nil {
		return Document{}, err
	}
	var d Document
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		taking, err := s.takes(ctx, sc, tx, condition)
		if err != nil {
			return err
		}
		name, kind, err := fitting(&taking.Files, want)
		if err != nil {
			return err
		}
		d = Document{Condition: condition, Application: taking.Application, Organization: taking.Organization, Name: name, Kind: kind, Size: want.Size}
		return s.begin(ctx, tx, &d)
	})
	if err != nil {
		return Document{}, err
	}
	if err := s.Objects.Put(ctx, d.quarantine, d.Kind.MediaType(), content, d.Size); err != nil {
		return d, errors.Join(err, s.abandon(context.WithoutCancel(ctx), sc, d))
	}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := s.takes(ctx, sc, tx, condition); err != nil {
			return err
		}
		if d, err = held(ctx, tx, d.ID); err != nil {
			return err
		}
		return s.arrived(ctx, tx, &d)
	})
	if err != nil {
		return d, err
	}
	return s.checkNow(ctx, sc, d)
}

func (s *Service) takes(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, condition ids.Condition) (Taking, error) {
	taking, err := s.Terms.Takes(ctx, tx, condition)
	if err != nil {
		return taking, err
	}
	return taking, s.Policies.May(sc, policies.DocumentUpload, policies.On{Organizations: []ids.Organization{taking.Organization}})
}

// readableTerms are those of the documents that came for conditions and that the actor may read.
func (s *Service) readableTerms(ctx context.Context, sc tenants.Scope, all []Document) (map[ids.Document]Document, error) {
	found, came := make(map[ids.Document]Document, len(all)), map[ids.Document]ids.Condition{}
	for i := range all {
		if !all[i].Condition.IsZero() {
			came[all[i].ID] = all[i].Condition
		}
	}
	if len(came) == 0 {
		return found, nil
	}
	shown, err := s.Terms.Shown(ctx, sc, came)
	if fault.Is(err, fault.KindNotFound) {
		return found, nil
	}
	for _, d := range all {
		if shown[d.ID] {
			found[d.ID] = d
		}
	}
	return found, err
}

// Arrived reports whether a document came for the condition and was not refused; if so, it is not removed until the transaction ends. It is
// for other modules' use-cases, which have authorized.
func Arrived(ctx context.Context, tx *tenants.Tx, condition ids.Condition, id ids.Document) (bool, error) {
	d, err := held(ctx, tx, id)
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil && d.Condition == condition && d.State != Granted && d.State != Refused, err
}
