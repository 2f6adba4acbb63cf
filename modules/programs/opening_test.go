package programs_test

import (
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/tenants"
)

// TestNothingOpensUnsigned holds that a network's first call needs two signatures and every later one the network's.
func TestNothingOpensUnsigned(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, ctx := h.coordinator(t), t.Context()
	c := h.drafted(t)
	for _, by := range []signs{{}, {core: true}, {network: true}} {
		h.signs = by
		if err := h.service.Publish(ctx, sc, c.ID, c.Version); !fault.Is(err, fault.KindConflict) {
			t.Fatalf("with %+v the first call opens: %v", by, err)
		}
	}
	o, err := h.service.Overview(ctx, sc, c.ID)
	must(t, err)
	needs := map[string]bool{}
	for _, n := range o.Needs {
		needs[n.Key] = n.Met
	}
	if signed, said := needs["signed"]; !said || !signed {
		t.Errorf("the network's signature: said %v, met %v", said, signed)
	}
	if core, said := needs["core"]; !said || core {
		t.Errorf("the core team's signature: said %v, met %v", said, core)
	}
	h.signs = signs{network: true, core: true}
	must(t, h.service.Publish(ctx, sc, c.ID, c.Version))

	second := h.drafted(t)
	h.signs = signs{}
	if err := h.service.Publish(ctx, sc, second.ID, second.Version); !fault.Is(err, fault.KindConflict) {
		t.Fatalf("the second call opens unsigned: %v", err)
	}
	h.signs = signs{network: true}
	must(t, h.service.Publish(ctx, sc, second.ID, second.Version))
}

// TestWhatIsSignedIsTheWholeCall holds that whatever changes in what a call opens with needs a new signature, and nothing
// else does.
func TestWhatIsSignedIsTheWholeCall(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, ctx := h.coordinator(t), t.Context()
	c := h.drafted(t)
	content := func() string {
		t.Helper()
		o, err := h.service.Opening(ctx, sc, c.ID)
		must(t, err)
		return o.Content
	}
	version := func() int64 {
		t.Helper()
		now, err := h.service.Call(ctx, sc, c.ID)
		must(t, err)
		return now.Version
	}
	at := content()
	changes := map[string]func() error{
		"a text": func() error {
			return h.service.Reword(ctx, sc, c.ID, version(), programs.Texts{Locale: i18n.TR, Title: "Başka", Summary: "a", About: "b", Conduct: "c", Notice: "d"})
		},
		"a date": func() error {
			frame := h.frame()
			frame.Places++
			return h.service.Reframe(ctx, sc, c.ID, version(), frame)
		},
		"a question": func() error {
			return h.service.Redesign(ctx, sc, c.ID, false, func(d *forms.Definition) error {
				d.Sections[0].Questions[0].Label[i18n.EN] = "Another question"
				return nil
			})
		},
		"a letter": func() error {
			letter := c.Letters[0]
			return h.service.Letter(ctx, sc, c.ID, version(), letter.Key, i18n.DE, "Betreff", "Text")
		},
	}
	for what, change := range changes {
		must(t, change())
		after := content()
		if after == at {
			t.Errorf("%s changes, and what was signed is the same", what)
		}
		at = after
	}
	if again := content(); again != at {
		t.Error("reading it again is another content")
	}
	frame := h.frame()
	frame.Places++
	now, err := h.service.Call(ctx, sc, c.ID)
	must(t, err)
	frame.OpensAt, frame.ClosesAt = now.OpensAt, now.ClosesAt
	must(t, h.service.Reframe(ctx, sc, c.ID, version(), frame))
	if content() != at {
		t.Error("saving without a change asks for a new signature")
	}
	if _, err := h.service.Opening(ctx, sc, ids.New[ids.Call]()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a call that is none: %v", err)
	}
	if _, err := h.service.Opening(ctx, h.As(t, tenants.Grant{Role: tenants.RoleReviewer}), c.ID); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
		t.Errorf("a reviewer reads it: %v", err)
	}
}
