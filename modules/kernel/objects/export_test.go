package objects

import (
	"testing"

	"github.com/minio/minio-go/v7"
)

// Versions lists the keys of every version and every mark of a deletion in the bucket.
func (s *Store) Versions(t *testing.T) []string {
	t.Helper()
	var keys []string
	for info := range s.inside.ListObjectsIter(t.Context(), s.bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		if info.Err != nil {
			t.Fatal(info.Err)
		}
		keys = append(keys, info.Key)
	}
	return keys
}
