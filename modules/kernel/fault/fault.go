// Package fault is the one error type that a use-case returns to a person.
//
// A Fault has two halves. The half for the person is a message key (and, for a form, one key per field) which the
// edge translates into the reader's language. The half for the log is the wrapped cause. Only the first half is ever
// shown. Use-cases return faults; stores and kernel packages return plain errors, wrapped once with what was attempted.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Kind says what a failure means to the caller; the edge maps it to a status code and a page.
type Kind uint8

const (
	KindInternal        Kind = iota // a defect or a broken part; the person can only try again
	KindInvalid                     // what was typed cannot be accepted; Fields says where
	KindUnauthenticated             // nobody is signed in and somebody must be
	KindForbidden                   // the actor may not; shown as not found where existence is a secret
	KindNotFound                    // no such thing, or none that this actor may know of
	KindConflict                    // somebody else was faster, or the state does not allow it
	KindTooLate                     // a deadline has passed by the database's clock
	KindTooMany                     // throttled; Args may carry "Wait"
	KindUnavailable                 // a part that is needed (documents, mail) is down; nothing was lost
)

// Args are the named values that a translated message may use.
type Args map[string]any

// Field is one refused form field: its name as posted and the key of the sentence to show beside it.
type Field struct {
	Name string
	Key  string
	Args Args
}

// Fault is a failure with words for a person. Build one with the constructors, not as a literal.
type Fault struct {
	Kind   Kind
	Key    string
	Args   Args
	Fields []Field
	Cause  error
}

// Error is for logs: kind, key, fields and cause. It is never shown to a person.
func (f *Fault) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Key)
	for _, field := range f.Fields {
		fmt.Fprintf(&b, " [%s: %s]", field.Name, field.Key)
	}
	if f.Cause != nil {
		fmt.Fprintf(&b, ": %v", f.Cause)
	}
	return b.String()
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (f *Fault) Unwrap() error { return f.Cause }

// With returns a copy of f that carries one more argument for its message.
func (f *Fault) With(name string, value any) *Fault {
	c := *f
	c.Args = Args{}
	maps.Copy(c.Args, f.Args)
	c.Args[name] = value
	return &c
}

// Because returns a copy of f with the cause that goes to the log.
func (f *Fault) Because(err error) *Fault {
	c := *f
	c.Cause = err
	return &c
}

// Invalid refuses input. With no fields the key is the whole message; with fields it heads the error summary.
func Invalid(key string, fields ...Field) *Fault {
	return &Fault{Kind: KindInvalid, Key: key, Fields: fields}
}

// At is one refused field for Invalid.
func At(name, key string) Field { return Field{Name: name, Key: key} }

// AtWith is one refused field whose sentence uses arguments.
func AtWith(name, key string, args Args) Field { return Field{Name: name, Key: key, Args: args} }

// Unauthenticated asks the person to sign in.
func Unauthenticated() *Fault { return &Fault{Kind: KindUnauthenticated, Key: "fault.unauthenticated"} }

// Forbidden refuses an act on something whose existence the actor already knows.
func Forbidden() *Fault { return &Fault{Kind: KindForbidden, Key: "fault.forbidden"} }

// NotFound says that there is nothing here for this actor. Every missing, foreign and hidden thing reads the same.
func NotFound() *Fault { return &Fault{Kind: KindNotFound, Key: "fault.not_found"} }

// Conflict refuses because of the thing's present state or version.
func Conflict(key string) *Fault { return &Fault{Kind: KindConflict, Key: key} }

// TooLate refuses because a deadline has passed.
func TooLate(key string) *Fault { return &Fault{Kind: KindTooLate, Key: key} }

// TooMany refuses because of a throttle.
func TooMany(key string) *Fault { return &Fault{Kind: KindTooMany, Key: key} }

// Unavailable reports a part that is down, with the cause for the log.
func Unavailable(key string, cause error) *Fault {
	return &Fault{Kind: KindUnavailable, Key: key, Cause: cause}
}

// Internal wraps a defect, with the cause for the log.
func Internal(cause error) *Fault {
	return &Fault{Kind: KindInternal, Key: "fault.internal", Cause: cause}
}

// Of finds the Fault in err's chain; any other error becomes an internal one. Of(nil) is nil.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return Internal(err)
}

// Is reports whether err carries a Fault of the kind.
func Is(err error, kind Kind) bool {
	f, ok := errors.AsType[*Fault](err)
	return ok && f.Kind == kind
}

// String names the kind for logs.
func (k Kind) String() string {
	names := [...]string{
		"internal", "invalid", "unauthenticated", "forbidden", "not found", "conflict", "too late", "too many", "unavailable",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}
