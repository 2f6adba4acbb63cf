package objects

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// Form lets a browser put one object into the bucket: it posts the fields, and after them the file, to the URL.
type Form struct {
	URL    string
	Fields map[string]string
}

// longest is how long a link may live: long enough to follow it at once, too short to be passed on.
const longest = time.Minute

// Form signs a form for exactly this key, media type and number of bytes, until the instant.
func (s *Store) Form(ctx context.Context, key, mediaType string, size int64, until time.Time) (Form, error) {
	policy := minio.NewPostPolicy()
	err := errors.Join(
		policy.SetBucket(s.bucket), policy.SetKey(key), policy.SetContentType(mediaType), policy.SetContentLengthRange(size, size), policy.SetExpires(until.UTC()),
	)
	if err != nil {
		return Form{}, fmt.Errorf("objects: write a form: %w", err)
	}
	u, fields, err := s.public.PresignedPostPolicy(ctx, policy)
	if err != nil {
		return Form{}, fmt.Errorf("objects: sign a form: %w", err)
	}
	return Form{URL: u.String(), Fields: fields}, nil
}

// Link signs the address of an object for one browser. The object comes with the media type and the disposition that are
// given here, whatever it was stored with; the disposition must be an attachment's, so that nothing ever opens on the
// store's origin. A life over a minute is a minute.
func (s *Store) Link(ctx context.Context, key, mediaType, disposition string, life time.Duration) (string, error) {
	if !strings.HasPrefix(disposition, "attachment") {
		return "", errors.New("objects: only attachments are linked")
	}
	u, err := s.public.PresignedGetObject(ctx, s.bucket, key, min(life, longest), url.Values{
		"response-content-type": {mediaType}, "response-content-disposition": {disposition}, "response-cache-control": {"private, no-store"},
	})
	if err != nil {
		return "", fmt.Errorf("objects: sign a link: %w", err)
	}
	return u.String(), nil
}
