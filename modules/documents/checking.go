package documents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/objects"
	"kervan/policies"
	"kervan/tenants"
)

// verdict is what a check found of a document that it let pass.
type verdict struct {
	size    int64
	sha256  []byte
	scanned bool
}

// refused is what a check found of one that it did not.
type refused struct{ reason string }

// Error is for logs.
func (r refused) Error() string { return "documents: refused: " + r.reason }

// How long somebody waits for a check before it goes on without them.
const waiting = 12 * time.Second

// checkNow checks a document that has arrived, while somebody waits. When the check cannot be ended in time, for no fault
// of the document, the job ends it later.
func (s *Service) checkNow(ctx context.Context, sc tenants.Scope, d Document) (Document, error) {
	if d.State != Quarantined {
		return d, nil
	}
	waited, cancel := context.WithTimeout(ctx, waiting)
	defer cancel()
	if err := s.check(waited, sc, d); err != nil {
		slog.Warn("check of a document put off", "document", d.ID, "error", err)
	}
	return find(ctx, sc.Read(), d.ID)
}

// check looks through a document and says what becomes of it. Whoever is second does nothing. An error means that the
// document has not been judged, and that it is nobody's to check now.
func (s *Service) check(ctx context.Context, sc tenants.Scope, d Document) error {
	var mine bool
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
		mine, err = take(ctx, tx, d.ID)
		return err
	})
	if err != nil || !mine {
		return err
	}
	v, err := s.judge(ctx, d)
	// What was found is written, and what was not is left to others, even when nobody waits any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	refusal, isRefused := errors.AsType[refused](err)
	err = errors.Join(unlessRefused(err), sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		switch {
		case isRefused:
			return s.refuseIn(ctx, tx, &d, refusal.reason)
		case err != nil:
			return postpone(ctx, tx, d.ID)
		default:
			return s.passIn(ctx, tx, &d, v)
		}
	}))
	if err != nil {
		return err
	}
	return s.Objects.Delete(ctx, d.quarantine)
}

func unlessRefused(err error) error {
	if _, ok := errors.AsType[refused](err); ok {
		return nil
	}
	return err
}

func (s *Service) passIn(ctx context.Context, tx *tenants.Tx, d *Document, v verdict) error {
	passed, err := pass(ctx, tx, d.ID, v)
	if err != nil || !passed {
		return err
	}
	return s.note(ctx, tx, "document.received", d, map[string]any{"kind": d.Kind, "size": v.size, "scanned": v.scanned})
}

func (s *Service) refuseIn(ctx context.Context, tx *tenants.Tx, d *Document, reason string) error {
	did, err := refuse(ctx, tx, d.ID, reason)
	if err != nil || !did {
		return err
	}
	if err := s.note(ctx, tx, "document.refused", d, map[string]any{"kind": d.Kind, "reason": reason}); err != nil {
		return err
	}
	// Whoever waits for the check is told by its answer; whoever does not is told by a line under the bell.
	if !d.GrantedBy.IsZero() && tx.Scope().Actor().System != "" {
		tx.Announce(events.NotificationRequested{Person: d.GrantedBy, Key: "documents.notify.refused", Path: "/desk", Args: map[string]string{"Document": d.Name}})
	}
	return nil
}

// judge fetches what arrived, looks through it and, when it is good, keeps it under the document's own key: a picture drawn
// anew, anything else copied within the store, if it is still what was looked at.
func (s *Service) judge(ctx context.Context, d Document) (verdict, error) {
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return verdict{}, fmt.Errorf("documents: wait for a check: %w", ctx.Err())
	}
	arrived, found, err := s.Objects.Find(ctx, d.quarantine)
	switch {
	case err != nil:
		return verdict{}, err
	case !found:
		return verdict{}, refused{reasonChanged}
	case arrived.Size != d.Size || arrived.Type != d.Kind.MediaType():
		return verdict{}, refused{string(files.Mismatch)}
	}
	file, sum, err := s.fetch(ctx, arrived)
	if err != nil {
		return verdict{}, err
	}
	defer discard(file)
	if err := files.Inspect(ctx, d.Kind, file, d.Size); err != nil {
		return verdict{}, blamed(err)
	}
	v := verdict{size: d.Size, sha256: sum}
	if v.scanned, err = s.scan(ctx, file, d.Size); err != nil {
		return v, err
	}
	if d.Kind.Picture() {
		return s.redraw(ctx, d, file, v)
	}
	return v, replaced(s.Objects.Copy(ctx, arrived, d.key, d.Kind.MediaType()))
}

func blamed(err error) error {
	if refusal, ok := errors.AsType[*files.Refusal](err); ok {
		slog.Info("document refused", "reason", refusal.Reason, "cause", refusal.Cause)
		return refused{string(refusal.Reason)}
	}
	return err
}

func replaced(err error) error {
	if errors.Is(err, objects.ErrChanged) {
		return refused{reasonChanged}
	}
	return err
}

// fetch puts an object into a file of this machine, and tells the sum of its content.
func (s *Service) fetch(ctx context.Context, o objects.Object) (*os.File, []byte, error) {
	body, err := s.Objects.Get(ctx, o, 0, 0)
	if err != nil {
		return nil, nil, replaced(err)
	}
	defer func() { _ = body.Close() }()
	file, err := os.CreateTemp("", "kervan-document-")
	if err != nil {
		return nil, nil, fmt.Errorf("documents: make room for a check: %w", err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, sum), io.LimitReader(body, o.Size+1))
	if err == nil && n != o.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		discard(file)
		return nil, nil, fmt.Errorf("documents: fetch: %w", err)
	}
	return file, sum.Sum(nil), nil
}

func discard(file *os.File) {
	_ = file.Close()
	_ = os.Remove(file.Name())
}

// scan asks the virus scanner, where one is connected, and reports whether it has looked.
func (s *Service) scan(ctx context.Context, file io.ReaderAt, size int64) (bool, error) {
	if s.Scanner == nil {
		return false, nil
	}
	name, err := s.Scanner.Scan(ctx, io.NewSectionReader(file, 0, size))
	if err != nil {
		return false, err
	}
	if name != "" {
		slog.Warn("virus found", "name", name)
		return true, refused{reasonVirus}
	}
	return true, nil
}

func (s *Service) redraw(ctx context.Context, d Document, file io.ReaderAt, v verdict) (verdict, error) {
	select {
	case s.brush <- struct{}{}:
		defer func() { <-s.brush }()
	case <-ctx.Done():
		return v, fmt.Errorf("documents: wait to draw: %w", ctx.Err())
	}
	var drawn bytes.Buffer
	if err := files.Redraw(ctx, d.Kind, file, d.Size, &drawn); err != nil {
		return v, blamed(err)
	}
	sum := sha256.Sum256(drawn.Bytes())
	v.size, v.sha256 = int64(drawn.Len()), sum[:]
	return v, s.Objects.Put(ctx, d.key, d.Kind.MediaType(), &drawn, v.size)
}

// one is a job about one document.
type one struct {
	Document ids.Document `json:"document"`
}

// The module's jobs.
const (
	checkJob  = "documents.check"
	settleJob = "documents.settle"
)

// RegisterJobs says who does the module's jobs.
func (s *Service) RegisterJobs(all *tenants.Tenants) {
	r := all.Registry()
	all.HandleEverywhere(sweepJob, s.Sweep)
	tenants.HandleJob(r, checkJob, func(ctx context.Context, sc tenants.Scope, args one) error {
		return s.CheckLater(ctx, sc, args.Document)
	})
	tenants.HandleJob(r, settleJob, func(ctx context.Context, sc tenants.Scope, args one) error { return s.Settle(ctx, sc, args.Document) })
}

// CheckLater ends the check of a document for which nobody has waited. Only the system may.
func (s *Service) CheckLater(ctx context.Context, sc tenants.Scope, id ids.Document) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	d, err := find(ctx, sc.Read(), id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil || d.State != Quarantined && d.State != Checking {
		return err
	}
	// A scanner may look at a large document for longer than other jobs take.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseLife-10*time.Second)
	defer cancel()
	if err := s.check(ctx, sc, d); err != nil {
		return err
	}
	if d, err = find(ctx, sc.Read(), id); err == nil && (d.State == Quarantined || d.State == Checking) {
		return errors.New("documents: somebody else is checking it")
	}
	return err
}

// Settle ends what a grant has begun, once nobody can send with it any more: a document that nobody finalized is forgotten,
// one that is not checked yet is checked, and what was sent in the place of a checked one is erased. Only the system may.
func (s *Service) Settle(ctx context.Context, sc tenants.Scope, id ids.Document) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	d, err := find(ctx, sc.Read(), id)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch d.State {
	case Quarantined, Checking:
		return s.CheckLater(ctx, sc, id)
	case Granted:
		return s.abandon(ctx, sc, d)
	default:
		return s.Objects.Delete(ctx, d.quarantine)
	}
}

// abandon forgets a document that was granted and never finalized. From then on nobody can finalize it, so what was sent
// may go.
func (s *Service) abandon(ctx context.Context, sc tenants.Scope, d Document) error {
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := held(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if now.State != Granted {
			return fault.NotFound()
		}
		return forget(ctx, tx, d.ID)
	})
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return errors.Join(err, s.Objects.Delete(ctx, d.quarantine))
}
