package fault_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
)

var errCause = errors.New("connection refused")

func TestConstructors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault *fault.Fault
		kind  fault.Kind
		name  string
	}{
		{fault.Internal(errCause), fault.KindInternal, "internal"},
		{fault.Invalid("x"), fault.KindInvalid, "invalid"},
		{fault.Unauthenticated(), fault.KindUnauthenticated, "unauthenticated"},
		{fault.Forbidden(), fault.KindForbidden, "forbidden"},
		{fault.NotFound(), fault.KindNotFound, "not found"},
		{fault.Conflict("x"), fault.KindConflict, "conflict"},
		{fault.TooLate("x"), fault.KindTooLate, "too late"},
		{fault.TooMany("x"), fault.KindTooMany, "too many"},
		{fault.Unavailable("x", errCause), fault.KindUnavailable, "unavailable"},
	} {
		wrapped := fmt.Errorf("applications: submit: %w", errors.Join(tt.fault, errors.New("beside it")))
		if tt.fault.Kind != tt.kind || tt.kind.String() != tt.name || tt.fault.Key == "" {
			t.Errorf("%s: %+v", tt.name, tt.fault)
		}
		if !fault.Is(wrapped, tt.kind) || fault.Of(wrapped) != tt.fault {
			t.Errorf("%s is lost on its way: %v", tt.name, fault.Of(wrapped))
		}
		if fault.Is(wrapped, tt.kind+1) {
			t.Errorf("%s passes for %s", tt.name, tt.kind+1)
		}
	}
	if fault.Kind(99).String() != "unknown" {
		t.Error("a kind that is none has a name")
	}
}

func TestWhatIsNoFaultIsADefect(t *testing.T) {
	t.Parallel()
	if fault.Of(nil) != nil || fault.Is(nil, fault.KindInternal) {
		t.Error("no error is a fault")
	}
	f := fault.Of(fmt.Errorf("store: %w", context.DeadlineExceeded))
	if f.Kind != fault.KindInternal || f.Key != "fault.internal" || !errors.Is(f, context.DeadlineExceeded) {
		t.Errorf("got %+v", f)
	}
	if fault.Is(errCause, fault.KindInternal) {
		t.Error("an error that nobody has made a fault passes for one")
	}
}

// TestTheOutermostFaultSpeaks holds that a use-case may answer a fault of what it calls in words of its own.
func TestTheOutermostFaultSpeaks(t *testing.T) {
	t.Parallel()
	f := fault.Of(fault.Conflict("calls.not_open").Because(fault.NotFound()))
	if f.Key != "calls.not_open" || !fault.Is(f, fault.KindConflict) || fault.Is(f, fault.KindNotFound) {
		t.Errorf("got %v", f)
	}
}

func TestCopiesLeaveTheFirstAlone(t *testing.T) {
	t.Parallel()
	first := fault.TooMany("accounts.too_many").With("Wait", 30)
	second := first.With("Wait", 60).With("Address", "x").Because(errCause)
	if !reflect.DeepEqual(first.Args, fault.Args{"Wait": 30}) || first.Cause != nil {
		t.Errorf("the first became %+v", first)
	}
	if !reflect.DeepEqual(second.Args, fault.Args{"Wait": 60, "Address": "x"}) || !errors.Is(second, errCause) {
		t.Errorf("the second is %+v", second)
	}
}

func TestTheLogIsToldEverything(t *testing.T) {
	t.Parallel()
	f := fault.Invalid("fault.check_fields", fault.At("name", "fault.required"), fault.AtWith("about", "fault.too_long", fault.Args{"Max": 9})).Because(errCause)
	for _, part := range []string{"invalid", "fault.check_fields", "name: fault.required", "about: fault.too_long", "connection refused"} {
		if !strings.Contains(f.Error(), part) {
			t.Errorf("%q lacks %q", f.Error(), part)
		}
	}
	if got := fault.NotFound().Error(); got != "not found: fault.not_found" {
		t.Errorf("got %q", got)
	}
}
