package ids_test

import (
	"database/sql/driver"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"kervan/modules/ids"
)

const (
	text = "0198c2d4-5f3a-7c1e-9b2d-3e4f5a6b7c8d"
	zero = "00000000-0000-0000-0000-000000000000"
)

func TestOnlyTheCanonicalFormReads(t *testing.T) {
	t.Parallel()
	id, err := ids.Parse[ids.Call](text)
	if err != nil || id.String() != text || id.IsZero() {
		t.Fatalf("got %s, %v", id, err)
	}
	for _, other := range []string{
		"", " ", zero, strings.ToUpper(text), "{" + text + "}", "urn:uuid:" + text, strings.ReplaceAll(text, "-", ""), text + " ", " " + text, text + "\n", text + "\x00",
		text[:35], text + "0", strings.Replace(text, "0", "o", 1), "' OR 1=1 --", "../" + text, strings.Replace(text, "a", "а", 1), "%30" + text[1:],
	} {
		if got, err := ids.Parse[ids.Call](other); err == nil || !got.IsZero() {
			t.Errorf("%q reads as %s", other, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{text, strings.ToUpper(text), zero, "", "urn:uuid:" + text, text + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ids.Parse[ids.Person](s)
		if (err == nil) != (id.String() == s && s != zero) {
			t.Errorf("%q reads as %s, %v", s, id, err)
		}
	})
}

// TestFreshOnesComeAfter holds that identifiers sort by creation, in memory, as text and so in the database.
func TestFreshOnesComeAfter(t *testing.T) {
	t.Parallel()
	before := ids.New[ids.Message]()
	for range 10_000 {
		after := ids.New[ids.Message]()
		if strings.Compare(before.String(), after.String()) >= 0 || slices.Compare(before[:], after[:]) >= 0 {
			t.Fatalf("%s was made before %s", before, after)
		}
		before = after
	}
	if u := uuid.UUID(before); u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		t.Errorf("%s is of version %d", u, u.Version())
	}
	made := time.UnixMilli(int64(before[0])<<40 | int64(before[1])<<32 | int64(before[2])<<24 | int64(before[3])<<16 | int64(before[4])<<8 | int64(before[5]))
	if age := time.Since(made); age < -time.Minute || age > time.Minute {
		t.Errorf("%s says that it is %s old", before, age)
	}
}

func TestNoTwoAreTheSame(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[ids.Session]bool{}
	tails := map[string]bool{} // the part that nobody can guess
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 2000 {
				id := ids.New[ids.Session]()
				mu.Lock()
				seen[id], tails[string(id[9:])] = true, true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if len(seen) != 16_000 || len(tails) != 16_000 {
		t.Errorf("%d of 16,000 are different, %d in their random part", len(seen), len(tails))
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type thing struct {
		ID    ids.Call         `json:"id"`
		None  ids.Person       `json:"none"`
		Left  ids.Person       `json:"left,omitzero"`
		Maybe *ids.Call        `json:"maybe"`
		By    map[ids.Call]int `json:"by"`
		All   []ids.Call       `json:"all"`
	}
	id, err := ids.Parse[ids.Call](text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(thing{ID: id, By: map[ids.Call]int{id: 1}, All: []ids.Call{id, {}}})
	want := `{"id":"` + text + `","none":"","maybe":null,"by":{"` + text + `":1},"all":["` + text + `",""]}`
	if err != nil || string(b) != want {
		t.Fatalf("got %s, %v", b, err)
	}
	var back thing
	if err := json.Unmarshal(b, &back); err != nil || back.ID != id || !back.None.IsZero() || back.By[id] != 1 || len(back.All) != 2 || !back.All[1].IsZero() {
		t.Errorf("got %+v, %v", back, err)
	}
	for _, bad := range []string{`{"id":1}`, `{"id":"x"}`, `{"id":["` + text + `"]}`, `{"id":"` + strings.ToUpper(text) + `"}`, `{"id":"` + zero + `"}`, `{"by":{"x":1}}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"id":null}`), &back); err != nil || back.ID != id {
		t.Errorf("null: %v, %v", back.ID, err) // as with every other type of JSON, null changes nothing
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	id, err := ids.Parse[ids.Call](text)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		id   ids.Call
		want driver.Value
	}{{id, text}, {ids.Call{}, nil}} {
		if got, err := tt.id.Value(); err != nil || got != tt.want {
			t.Errorf("%s is stored as %v, %v", tt.id, got, err)
		}
	}
	for _, src := range []any{text, []byte(text), id[:]} {
		var got ids.Call
		if err := got.Scan(src); err != nil || got != id {
			t.Errorf("%v: got %s, %v", src, got, err)
		}
	}
	got := id
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("NULL: got %s, %v", got, err)
	}
	for _, src := range []any{"x", 7, true, []byte{1}} {
		got := id
		if err := got.Scan(src); err == nil {
			t.Errorf("%v was read as %s", src, got)
		}
	}
}
