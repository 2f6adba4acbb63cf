package seal_test

import (
	"bytes"
	"errors"
	"testing"

	"kervan/modules/kernel/seal"
)

func box(t *testing.T, secret byte, purpose string) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{secret}, 32), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestASealOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	own, plain := box(t, 1, "keys"), []byte("what nobody may read")
	sealed := own.Seal(plain, "row 1")
	if got, err := own.Open(sealed, "row 1"); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%q, %v", got, err)
	}
	if bytes.Contains(sealed, plain[:8]) || bytes.Equal(sealed, own.Seal(plain, "row 1")) {
		t.Error("a sealed secret can be read, or be told apart from another")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"in another place":      func() ([]byte, error) { return own.Open(sealed, "row 2") },
		"for another purpose":   func() ([]byte, error) { return box(t, 1, "other").Open(sealed, "row 1") },
		"with another secret":   func() ([]byte, error) { return box(t, 2, "keys").Open(sealed, "row 1") },
		"after a change":        func() ([]byte, error) { return own.Open(changed, "row 1") },
		"when it is cut off":    func() ([]byte, error) { return own.Open(sealed[:10], "row 1") },
		"when nothing is there": func() ([]byte, error) { return own.Open(nil, "row 1") },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrClosed) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := seal.New([]byte("short"), "keys"); err == nil {
		t.Error("a short secret is good enough")
	}
}
