package papers

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pdf"
	"kervan/policies"
	"kervan/tenants"
)

// Subjects tells of the applications that papers are about, and nothing that names anybody. The applications module and its
// neighbours satisfy it.
type Subjects interface {
	// Subject is one that was handed in once. Fault: NotFound.
	Subject(ctx context.Context, sc tenants.Scope, id ids.Application) (Subject, error)
	// SubjectOfCall is a published call. Fault: NotFound.
	SubjectOfCall(ctx context.Context, sc tenants.Scope, id ids.Call) (Subject, error)
}

// Throttle counts guesses. The accounts module satisfies it.
type Throttle interface {
	// Guess counts one from a network address. Fault: TooMany.
	Guess(ctx context.Context, sc tenants.Scope, what, address string) error
}

// Service answers what papers are worth.
type Service struct {
	policies *policies.Authorizer
	subjects Subjects
	throttle Throttle
}

// New makes the service.
func New(p *policies.Authorizer, subjects Subjects, throttle Throttle) *Service {
	return &Service{policies: p, subjects: subjects, throttle: throttle}
}

// Verified is a paper that was issued, with what it is about.
type Verified struct {
	Paper
	Subject

	Worth Standing
}

// Check finds the paper of a code for anybody who asks from that network address. Every question counts, answered or not, so
// that codes cannot be tried. Faults: NotFound, TooMany.
func (s *Service) Check(ctx context.Context, sc tenants.Scope, code Code, address string) (Verified, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return Verified{}, err
	}
	if err := s.throttle.Guess(ctx, sc, "paper", address); err != nil {
		if fault.Is(err, fault.KindTooMany) {
			err = fault.TooMany("papers.too_many")
		}
		return Verified{}, err
	}
	paper, found, err := byCode(ctx, sc.Read(), code)
	if err != nil {
		return Verified{}, err
	}
	if !found {
		return Verified{}, fault.NotFound()
	}
	v := Verified{Paper: paper}
	if paper.Kind == Minutes {
		v.Subject, err = s.subjects.SubjectOfCall(ctx, sc, paper.Call)
	} else {
		v.Subject, err = s.subjects.Subject(ctx, sc, paper.Application)
	}
	if err != nil {
		return Verified{}, err
	}
	v.Worth = paper.Standing(v.Subject)
	return v, nil
}

// Issue makes a paper's file, on which its code leads to the site of that origin, and keeps that it was issued. A paper that
// says the same and looks the same was issued already: then that is given again. Draw is asked more than once and makes equal
// bytes of equal marks. Whoever calls has made sure that the actor may read what is drawn.
func Issue(ctx context.Context, sc tenants.Scope, origin string, d Draft, draw func(pdf.Mark) ([]byte, error)) ([]byte, error) {
	blank, err := draw(mark(origin, Code(alphabet[:codeLength]), time.Unix(0, 0)))
	if err != nil {
		return nil, err
	}
	content := contentOf(d, blank)
	paper, found, err := byContent(ctx, sc.Read(), d, content)
	if err != nil {
		return nil, err
	}
	if !found {
		paper, err = keep(ctx, sc, origin, d, content, draw)
	}
	if err != nil {
		return nil, err
	}
	return draw(mark(origin, paper.Code, paper.Issued))
}

func keep(ctx context.Context, sc tenants.Scope, origin string, d Draft, content [sha256.Size]byte, draw func(pdf.Mark) ([]byte, error)) (Paper, error) {
	paper := Paper{Draft: d, Code: NewCode()}
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
		paper.Issued, err = tx.Now(ctx)
		return err
	})
	if err != nil {
		return paper, err
	}
	file, err := draw(mark(origin, paper.Code, paper.Issued)) // no transaction waits for it
	if err != nil {
		return paper, err
	}
	sum := sha256.Sum256(file)
	paper.file = sum[:]
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		first, err := insert(ctx, tx, paper, content)
		if err != nil {
			return err
		}
		if !first { // somebody has just fetched the same
			paper, _, err = byContent(ctx, tx, d, content)
			return err
		}
		issued := audit.Entry{Action: "paper.issued", SubjectKind: "application", SubjectID: d.Application.String(), Detail: map[string]any{"kind": d.Kind}}
		if d.Kind == Minutes {
			issued.SubjectKind, issued.SubjectID = "call", d.Call.String()
		}
		tx.Audit(issued)
		return nil
	})
	return paper, err
}

// contentOf tells papers apart by what they look like and by the instant of which they tell, which is printed to the minute only.
func contentOf(d Draft, blank []byte) [sha256.Size]byte {
	return sha256.Sum256(append(slices.Clip(blank), strconv.FormatInt(d.About.UnixMicro(), 10)...))
}

func mark(origin string, code Code, at time.Time) pdf.Mark {
	return pdf.Mark{Made: at, Code: code.String(), VerifyURL: code.Address(origin)}
}
