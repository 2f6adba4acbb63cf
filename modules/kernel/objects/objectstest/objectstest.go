// Package objectstest gives a test a bucket of its own on a real S3 server: one private server per test process.
package objectstest

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"kervan/modules/kernel/devserver"
	"kervan/modules/kernel/objects"
)

type server struct {
	s3  *devserver.S3
	dir string
}

var (
	shared = sync.OnceValues(func() (*server, error) {
		used.Store(true)
		return newServer()
	})
	used atomic.Bool
)

func newServer() (*server, error) {
	dir, err := os.MkdirTemp("", "kervan-s3-")
	if err != nil {
		return nil, err
	}
	s3, err := devserver.StartS3(context.Background(), devserver.S3Options{Dir: dir})
	return &server{s3, dir}, err
}

// Close ends the server and forgets its objects; a package's TestMain calls it.
func Close() {
	if !used.Load() {
		return
	}
	if s, err := shared(); err == nil {
		s.end()
	}
}

func (s *server) end() {
	_ = s.s3.Stop()
	_ = os.RemoveAll(s.dir)
}

// Config is a new bucket on the process's server, not made yet.
func Config(t testing.TB) objects.Config {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("no S3 for tests: %v", err)
	}
	return s.config()
}

func (s *server) config() objects.Config {
	return objects.Config{
		Endpoint: s.s3.Endpoint(), Region: devserver.S3Region, Bucket: "test-" + strings.ToLower(uuid.NewString()),
		AccessKey: devserver.S3AccessKey, SecretKey: s.s3.SecretKey(),
	}
}

// Open makes a bucket that nobody else uses, into which pages of the origins may post.
func Open(t testing.TB, origins ...string) *objects.Store {
	t.Helper()
	return Prepared(t, Config(t), origins...)
}

// Prepared opens the bucket and makes it.
func Prepared(t testing.TB, c objects.Config, origins ...string) *objects.Store {
	t.Helper()
	store, err := objects.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(origins) == 0 {
		origins = []string{"http://*.localhost"}
	}
	if err := store.Prepare(t.Context(), origins...); err != nil {
		t.Fatal(err)
	}
	return store
}

// Outage is a server of a test's own, which can be down.
type Outage struct {
	t  testing.TB
	at *server
}

// Own starts a server that no other test uses.
func Own(t testing.TB) *Outage {
	t.Helper()
	s, err := newServer()
	if err != nil {
		t.Fatalf("no S3 for tests: %v", err)
	}
	o := &Outage{t, s}
	t.Cleanup(func() { o.at.end() })
	return o
}

// Config is a new bucket on this server.
func (o *Outage) Config() objects.Config { return o.at.config() }

// Begin ends the server as a power failure would.
func (o *Outage) Begin() { o.at.s3.Kill() }

// End starts it again where it was, with what it had stored.
func (o *Outage) End() {
	o.t.Helper()
	again, err := devserver.StartS3(o.t.Context(), devserver.S3Options{Dir: o.at.dir, Address: o.at.s3.Address()})
	if err != nil {
		o.t.Fatal(err)
	}
	if again.Address() != o.at.s3.Address() {
		o.t.Fatalf("the server came back at %s, not %s", again.Address(), o.at.s3.Address())
	}
	o.at.s3 = again
}
