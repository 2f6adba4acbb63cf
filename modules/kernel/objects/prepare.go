package objects

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/cors"
)

// Prepare makes the bucket where it is missing, keeps versions in it, and lets pages of the origins post to it; an origin
// may hold one asterisk. It is safe to repeat. Where the key may not change a bucket's settings, or the store has none,
// that is logged and the bucket used as it is. Fault: Unavailable.
func (s *Store) Prepare(ctx context.Context, origins ...string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	exists, err := s.inside.BucketExists(ctx, s.bucket)
	if err != nil {
		return down("ask for the bucket", err)
	}
	if !exists {
		// Several nodes may prepare at once; whoever comes second finds it made.
		if err := s.inside.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{}); err != nil && minio.ToErrorResponse(err).Code != minio.BucketAlreadyOwnedByYou {
			return down("make the bucket", err)
		}
	}
	if err := settled("versions", s.inside.EnableVersioning(ctx, s.bucket)); err != nil {
		return err
	}
	return s.Welcome(ctx, origins...)
}

// Welcome lets browsers post from pages of these origins, and of no others.
func (s *Store) Welcome(ctx context.Context, origins ...string) error {
	return settled("cross-origin posts", s.inside.SetBucketCors(ctx, s.bucket, cors.NewConfig([]cors.Rule{{
		AllowedOrigin: origins, AllowedMethod: []string{http.MethodPost}, AllowedHeader: []string{"*"}, MaxAgeSeconds: 600,
	}})))
}

func settled(what string, err error) error {
	switch minio.ToErrorResponse(err).StatusCode {
	case http.StatusForbidden, http.StatusNotImplemented, http.StatusMethodNotAllowed:
		slog.Warn("the bucket keeps its own setting", "setting", what, "error", err)
		return nil
	}
	return down("set up the bucket", err)
}
