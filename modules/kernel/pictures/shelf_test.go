package pictures_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/pictures"
)

func TestMain(m *testing.M) {
	code := m.Run()
	objectstest.Close()
	os.Exit(code)
}

// TestASweepSparesWhatIsYoung: a picture that nothing uses yet may be on its way to being used.
func TestASweepSparesWhatIsYoung(t *testing.T) {
	t.Parallel()
	store, prefix, stored := objectstest.Open(t), "t/young/", time.Time{}
	now := func() time.Time { return stored }
	shelf := pictures.NewShelf(store).Clocked(func() time.Time { return now() })
	for _, set := range []string{"used", "left"} {
		if err := shelf.Put(t.Context(), prefix, set, pictures.File{Name: "full.jpg", Body: []byte(set)}); err != nil {
			t.Fatal(err)
		}
		if _, err := shelf.Get(t.Context(), prefix, set, "full.jpg"); err != nil {
			t.Fatal(err)
		}
	}
	for o, err := range store.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		stored = o.Modified
	}
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "left used"}, {23 * time.Hour, "left used"}, {25 * time.Hour, "used"}, {1000 * time.Hour, "used"}} {
		now = func() time.Time { return stored.Add(c.after) }
		if err := shelf.Sweep(t.Context(), prefix, []string{"used"}); err != nil {
			t.Fatal(err)
		}
		var there []string
		for _, set := range []string{"left", "used"} {
			if _, err := shelf.Get(t.Context(), prefix, set, "full.jpg"); err == nil {
				there = append(there, set)
			}
		}
		if got := strings.Join(slices.Sorted(slices.Values(there)), " "); got != c.want {
			t.Errorf("after %s there are %s, want %s", c.after, got, c.want)
		}
	}
}
