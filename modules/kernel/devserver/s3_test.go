package devserver_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"kervan/modules/kernel/devserver"
)

func TestS3ComesBackWhereItWasAfterAKill(t *testing.T) {
	t.Parallel()
	o := devserver.S3Options{Dir: t.TempDir()}
	s, err := devserver.StartS3(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	secret, first := s.SecretKey(), s.Address()
	s.Kill()
	o.Address = first
	if s, err = devserver.StartS3(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if s.SecretKey() != secret || s.Address() != first {
		t.Errorf("it came back at %s, not %s, or with another secret", s.Address(), first)
	}
	// Somebody else at the wanted address is no reason not to start.
	o.Dir = t.TempDir()
	other, err := devserver.StartS3(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if other.Address() == first {
		t.Error("two servers at one address")
	}
	for _, one := range []*devserver.S3{s, other} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, one.Endpoint()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("an unsigned request gets %d", response.StatusCode)
		}
		if err := one.Stop(); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Stat(filepath.Join(o.Dir, "secret")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret: %v, %v", info, err)
	}
}
