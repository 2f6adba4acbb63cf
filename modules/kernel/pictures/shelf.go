package pictures

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/objects"
)

// Shelf keeps drawn pictures in the object store, and those that were asked for lately in memory. What lies under a key
// never changes: the key holds the hash of what the picture was drawn from.
type Shelf struct {
	objects *objects.Store
	now     func() time.Time

	mu   sync.Mutex
	kept map[string][]byte
	size int
}

// room is how many bytes of pictures are kept in memory.
const room = 24 << 20

// NewShelf makes an empty shelf over the bucket.
func NewShelf(o *objects.Store) *Shelf {
	return &Shelf{objects: o, now: time.Now, kept: map[string][]byte{}}
}

// Clocked is the shelf with another clock, by which it tells how old a picture is.
func (s *Shelf) Clocked(now func() time.Time) *Shelf {
	s.now = now
	return s
}

// Put stores the pictures of a set. Fault: Unavailable.
func (s *Shelf) Put(ctx context.Context, prefix, set string, all ...File) error {
	for _, f := range all {
		if err := s.objects.Put(ctx, Key(prefix, set, f.Name), MediaType(f.Name), bytes.NewReader(f.Body), int64(len(f.Body))); err != nil {
			return err
		}
	}
	return nil
}

// Get is a picture of a set. Faults: NotFound, Unavailable.
func (s *Shelf) Get(ctx context.Context, prefix, set, name string) ([]byte, error) {
	key := Key(prefix, set, name)
	s.mu.Lock()
	b, ok := s.kept[key]
	s.mu.Unlock()
	if ok {
		return b, nil
	}
	o, found, err := s.objects.Find(ctx, key)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.NotFound()
	}
	from, err := s.objects.Get(ctx, o, 0, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	if b, err = io.ReadAll(io.LimitReader(from, room)); err != nil {
		return nil, fault.Unavailable("fault.objects", fmt.Errorf("pictures: read: %w", err))
	}
	s.keep(key, b)
	return b, nil
}

func (s *Shelf) keep(key string, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.kept[key]; known || len(b) > room/8 {
		return
	}
	for other, old := range s.kept {
		if s.size+len(b) <= room {
			break
		}
		delete(s.kept, other)
		s.size -= len(old)
	}
	s.kept[key] = b
	s.size += len(b)
}

// settling is how long a picture stays although nothing uses it: somebody may be trying it, or bringing it just now, and will
// say only once it is stored that it is used.
const settling = 24 * time.Hour

// Sweep erases the pictures below the prefix whose sets are not in use, once they are a day old. It is safe to repeat. Fault:
// Unavailable.
func (s *Shelf) Sweep(ctx context.Context, prefix string, used []string) error {
	var gone []string
	for o, err := range s.objects.List(ctx, prefix) {
		if err != nil {
			return err
		}
		set, _, _ := strings.Cut(strings.TrimPrefix(o.Key, prefix), "/")
		if s.now().Sub(o.Modified) > settling && !slices.Contains(used, set) {
			gone = append(gone, o.Key)
		}
	}
	s.mu.Lock()
	for _, key := range gone {
		s.size -= len(s.kept[key])
		delete(s.kept, key)
	}
	s.mu.Unlock()
	return s.objects.Delete(ctx, gone...)
}

// MediaType is the type of a drawn picture, by its name.
func MediaType(name string) string {
	if strings.HasSuffix(name, ".jpg") {
		return "image/jpeg"
	}
	return "image/png"
}
