package antivirus_test

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/antivirus"
	"kervan/modules/kernel/antivirus/antivirustest"
	"kervan/modules/kernel/files/filestest"
)

func scanner(t *testing.T, address string) *antivirus.ClamAV {
	t.Helper()
	c, err := antivirus.New(address)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatTheScannerSays(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"tcp":  antivirustest.Serve(t, "tcp", "127.0.0.1:0"),
		"unix": antivirustest.Serve(t, "unix", filepath.Join(t.TempDir(), "clamd.sock")),
	} {
		c := scanner(t, address)
		for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 1 << 20} {
			if found, err := c.Scan(t.Context(), bytes.NewReader(make([]byte, size))); err != nil || found != "" {
				t.Errorf("%s, %d bytes: %q, %v", name, size, found, err)
			}
		}
		hidden := append(bytes.Repeat([]byte("x"), 64<<10-20), filestest.Virus()...)
		if found, err := c.Scan(t.Context(), bytes.NewReader(hidden)); err != nil || found != "Eicar-Test-Signature" {
			t.Errorf("%s: a virus across two chunks: %q, %v", name, found, err)
		}
		if found, err := c.Scan(t.Context(), bytes.NewReader(make([]byte, antivirustest.Limit+1))); err == nil || found != "" || !strings.Contains(err.Error(), "size limit exceeded") && !strings.Contains(err.Error(), "send") {
			t.Errorf("%s: larger than it takes: %q, %v", name, found, err)
		}
	}
}

func TestAScannerThatDoesNotAnswerHasNotJudged(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "tcp://" + listener.Addr().String()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := scanner(t, address).Scan(ctx, strings.NewReader("x")); err == nil {
		t.Error("a silent scanner has judged")
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := scanner(t, address).Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Error("a scanner that is not there has judged")
	}
	for _, address := range []string{"", "localhost:3310", "http://localhost:3310", "tcp://localhost"} {
		if _, err := antivirus.New(address); err == nil {
			t.Errorf("%q is an address", address)
		}
	}
}
