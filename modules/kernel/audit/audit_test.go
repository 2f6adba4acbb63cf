package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"kervan/migrations"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

// empty is a trail in which nothing has happened yet.
func empty(t *testing.T) *bun.DB {
	t.Helper()
	scripts, err := database.Scripts(migrations.Files, "tenant")
	if err != nil {
		t.Fatal(err)
	}
	return databasetest.Schema(t, scripts[0].SQL)
}

var noon = time.Date(2026, 10, 12, 12, 0, 0, 123456789, time.FixedZone("", 5*3600+45*60))

func add(ctx context.Context, db *bun.DB, entries ...audit.Entry) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return audit.Append(ctx, tx, "test", ids.Person{}, "test", noon, entries)
	})
}

func moved(n int) audit.Entry {
	return audit.Entry{Action: "application.moved", SubjectKind: "application", SubjectID: fmt.Sprint(n), Detail: map[string]any{"to": "reviewed", "n": n}}
}

func whole(t *testing.T, db bun.IDB, rows int64) {
	t.Helper()
	if broken, err := audit.Verify(t.Context(), db); err != nil || broken != nil {
		t.Fatalf("an honest trail: %+v, %v", broken, err)
	}
	last, err := audit.List(t.Context(), db, audit.Filter{Limit: 1})
	if err != nil || rows > 0 && (len(last) != 1 || last[0].Seq != rows) {
		t.Fatalf("the trail ends with %+v, want row %d, %v", last, rows, err)
	}
}

func TestAnEmptyTrailIsWhole(t *testing.T) {
	t.Parallel()
	db := empty(t)
	whole(t, db, 0)
	if err := add(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	whole(t, db, 0)
	if last, err := audit.Last(t.Context(), db); err != nil || !last.IsZero() {
		t.Errorf("something happened at %v, %v", last, err)
	}
}

// TestTheTrailNamesTheRow tampers with a trail as somebody can who owns the database, in every column and place.
func TestTheTrailNamesTheRow(t *testing.T) {
	t.Parallel()
	db := empty(t)
	person := ids.New[ids.Person]()
	for n := range 6 {
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return audit.Append(ctx, tx, "test", person, "", noon.Add(time.Duration(n)*time.Second), []audit.Entry{moved(n)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	whole(t, db, 6)
	for name, tt := range map[string]struct {
		tamper string
		seq    int64
	}{
		"another instant":             {`UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE seq = 4`, 4},
		"another person":              {`UPDATE audit_entries SET actor_person = gen_random_uuid() WHERE seq = 1`, 1},
		"no person":                   {`UPDATE audit_entries SET actor_person = NULL WHERE seq = 2`, 2},
		"a system instead":            {`UPDATE audit_entries SET actor_system = 'test' WHERE seq = 2`, 2},
		"another act":                 {`UPDATE audit_entries SET action = 'application.seen' WHERE seq = 6`, 6},
		"another kind":                {`UPDATE audit_entries SET subject_kind = 'call' WHERE seq = 3`, 3},
		"another subject":             {`UPDATE audit_entries SET subject_id = '8' WHERE seq = 3`, 3},
		"a letter moved":              {`UPDATE audit_entries SET subject_kind = 'applicatio', subject_id = 'n' || subject_id WHERE seq = 3`, 3},
		"another detail":              {`UPDATE audit_entries SET detail = detail || '{"to": "selected"}' WHERE seq = 3`, 3},
		"more detail":                 {`UPDATE audit_entries SET detail = detail || '{"by": "x"}' WHERE seq = 3`, 3},
		"less detail":                 {`UPDATE audit_entries SET detail = detail - 'to' WHERE seq = 5`, 5},
		"a detail of another type":    {`UPDATE audit_entries SET detail = '{"n": "2", "to": "reviewed"}' WHERE seq = 3`, 3},
		"a list for a detail":         {`UPDATE audit_entries SET detail = '[]' WHERE seq = 3`, 3},
		"another hash":                {`UPDATE audit_entries SET hash = sha256(hash) WHERE seq = 3`, 3},
		"another chain":               {`UPDATE audit_entries SET prev_hash = sha256(prev_hash) WHERE seq = 3`, 3},
		"the first row removed":       {`DELETE FROM audit_entries WHERE seq = 1`, 1},
		"a row removed":               {`DELETE FROM audit_entries WHERE seq = 4`, 4},
		"rows removed":                {`DELETE FROM audit_entries WHERE seq IN (2, 3, 5)`, 2},
		"a row removed and closed up": {`DELETE FROM audit_entries WHERE seq = 4; UPDATE audit_entries SET seq = -seq WHERE seq > 4; UPDATE audit_entries SET seq = -seq - 1 WHERE seq < 0`, 4},
		"a row put in between":        {`UPDATE audit_entries SET seq = -seq WHERE seq > 3; UPDATE audit_entries SET seq = 1 - seq WHERE seq < 0; INSERT INTO audit_entries SELECT 4, at, actor_person, actor_system, action, subject_kind, subject_id, detail, prev_hash, hash FROM audit_entries WHERE seq = 3`, 4},
		"a row put before":            {`INSERT INTO audit_entries SELECT 0, at, actor_person, actor_system, action, subject_kind, subject_id, detail, prev_hash, hash FROM audit_entries WHERE seq = 1`, 0},
		"a row put at the end":        {`INSERT INTO audit_entries SELECT 7, at, actor_person, actor_system, action, subject_kind, subject_id, detail, prev_hash, hash FROM audit_entries WHERE seq = 6`, 7},
		"two rows in another order":   {`UPDATE audit_entries SET seq = -seq WHERE seq IN (3, 4); UPDATE audit_entries SET seq = 7 + seq WHERE seq < 0`, 3},
	} {
		undone := errors.New("undone")
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			for one := range strings.SplitSeq(tt.tamper, "; ") {
				if _, err := tx.ExecContext(ctx, one); err != nil {
					return err
				}
			}
			broken, err := audit.Verify(ctx, tx)
			if err != nil || broken == nil || broken.Seq != tt.seq || broken.Why == "" {
				t.Errorf("%s: %+v, %v, want row %d", name, broken, err, tt.seq)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole(t, db, 6)
}

func TestALongTrailIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	db := empty(t)
	const rows = 2001
	entries := make([]audit.Entry, rows)
	for n := range entries {
		entries[n] = moved(n)
	}
	if err := add(t.Context(), db, entries...); err != nil {
		t.Fatal(err)
	}
	whole(t, db, rows)
	for _, seq := range []int64{2001, 2000, 1001, 1000, 1} {
		if _, err := db.ExecContext(t.Context(), "UPDATE audit_entries SET action = 'x' WHERE seq = ?", seq); err != nil {
			t.Fatal(err)
		}
		if broken, err := audit.Verify(t.Context(), db); err != nil || broken == nil || broken.Seq != seq {
			t.Errorf("row %d: %+v, %v", seq, broken, err)
		}
	}
}

// TestWhoeverIsFirst appends from many sides at once, and some of it is undone: the trail has no gap and no fork.
func TestWhoeverIsFirst(t *testing.T) {
	t.Parallel()
	db := empty(t)
	var wait sync.WaitGroup
	undone := errors.New("undone")
	for side := range 8 {
		wait.Go(func() {
			for n := range 12 {
				err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
					if err := audit.Append(ctx, tx, "test", ids.Person{}, "test", noon, []audit.Entry{moved(side), moved(n)}); err != nil || n%4 != 3 {
						return err
					}
					return undone
				})
				if err != nil && !errors.Is(err, undone) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	whole(t, db, 8*9*2)
}

func TestADetailStaysTheSame(t *testing.T) {
	t.Parallel()
	db := empty(t)
	details := []map[string]any{
		nil,
		{},
		{"a": nil},
		{"a": true, "b": false},
		{"b": 1, "a": 2},
		{"z": map[string]any{"b": []any{1, "x", nil}, "a": 1}},
		{"n": 0},
		{"n": -1},
		{"n": 1.5},
		{"n": 1.50},
		{"n": 100.0},
		{"n": math.Copysign(0, -1)},
		{"n": 1e21},
		{"n": 1e300},
		{"n": 1e-7},
		{"n": -2.5e-300},
		{"n": int64(math.MaxInt64)},
		{"n": uint64(math.MaxUint64)},
		{"n": 0.1 + 0.2},
		{"n": math.SmallestNonzeroFloat64},
		{"at": noon, "by": ids.New[ids.Person](), "how": "<&>'\"", "keys": []string{"b", "a"}},
	}
	for _, detail := range details {
		if err := add(t.Context(), db, audit.Entry{Action: "a", SubjectKind: "k", SubjectID: "1", Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	whole(t, db, int64(len(details)))
	for want, detail := range map[string]map[string]any{
		`{}`: nil, `{"a":2,"b":1}`: {"b": 1, "a": 2}, `{"n":1000000000000000000000}`: {"n": 1e21}, `{"n":0.0000001}`: {"n": 1e-7}, `{"n":0}`: {"n": math.Copysign(0, -1)}, `{"n":1.5}`: {"n": 1.50},
	} {
		if got, err := audit.Written(detail); err != nil || got != want {
			t.Errorf("%v is written as %s, %v, want %s", detail, got, err, want)
		}
	}
}

// TestNobodysWordsEnterTheTrail holds that what people write and are called stays out, so that a person can be forgotten
// and the trail still verifies.
func TestNobodysWordsEnterTheTrail(t *testing.T) {
	t.Parallel()
	db := empty(t)
	for name, e := range map[string]audit.Entry{
		"a reason":            {Detail: map[string]any{"reason": "she left the organization"}},
		"a name":              {Detail: map[string]any{"name": "Çınar"}},
		"deep inside":         {Detail: map[string]any{"a": []any{map[string]any{"b": "two words"}}}},
		"as a key":            {Detail: map[string]any{"two words": 1}},
		"a line":              {Detail: map[string]any{"a": "b\n"}},
		"a zero byte":         {Detail: map[string]any{"a": "b\x00"}},
		"a long one":          {Detail: map[string]any{"a": strings.Repeat("x", 201)}},
		"what is no JSON":     {Detail: map[string]any{"a": math.NaN()}},
		"a subject of words":  {SubjectID: "the call"},
		"a subject with NUL":  {SubjectID: "1\x00"},
		"no subject":          {SubjectID: " "},
		"an action of words":  {Action: "was moved"},
		"a kind of two words": {SubjectKind: "some thing"},
	} {
		for _, field := range []*string{&e.Action, &e.SubjectKind, &e.SubjectID} {
			if *field == "" {
				*field = "x"
			}
		}
		if err := add(t.Context(), db, moved(1), e); err == nil || !strings.HasPrefix(err.Error(), "audit: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := add(t.Context(), db, audit.Entry{Action: "a", SubjectKind: "k"}); err == nil {
		t.Error("an entry about nothing was taken")
	}
	whole(t, db, 0)
}

// TestNoTwoRowsHashTheSame moves letters between neighbouring parts, in ways that a naive joining would not tell apart.
func TestNoTwoRowsHashTheSame(t *testing.T) {
	t.Parallel()
	base := audit.Row{Seq: 11, At: noon, Action: "ab", SubjectKind: "cd", SubjectID: "ef", Detail: []byte("{}"), PrevHash: make([]byte, 32)}
	rows := []audit.Row{base}
	change := func(with func(r *audit.Row)) {
		r := base
		with(&r)
		rows = append(rows, r)
	}
	change(func(r *audit.Row) { r.Action, r.SubjectKind = "a", "bcd" })
	change(func(r *audit.Row) { r.Action, r.SubjectKind = "abcd", "" })
	change(func(r *audit.Row) { r.Action, r.SubjectKind = "", "abcd" })
	change(func(r *audit.Row) { r.SubjectKind, r.SubjectID = "cd2:ef", "" })
	change(func(r *audit.Row) { r.SubjectKind, r.SubjectID = "", "cd2:ef" })
	change(func(r *audit.Row) { r.Action = "ab2:cd" })
	change(func(r *audit.Row) { r.ActorSystem = "2:ab" })
	change(func(r *audit.Row) { r.ActorSystem, r.Action = "ab", "" })
	change(func(r *audit.Row) { r.SubjectID, r.Detail = "ef{}", nil })
	change(func(r *audit.Row) { r.SubjectID, r.Detail = "ef2:{}", nil })
	change(func(r *audit.Row) { r.Seq = 1 })
	change(func(r *audit.Row) { r.Seq = 111 })
	change(func(r *audit.Row) { r.At = noon.Add(time.Nanosecond) })
	change(func(r *audit.Row) { r.ActorPerson = ids.New[ids.Person]() })
	change(func(r *audit.Row) { r.Detail, r.PrevHash = []byte("{"), append([]byte("}"), make([]byte, 32)...) })
	change(func(r *audit.Row) { r.PrevHash = make([]byte, 33) })
	for i, a := range rows {
		for j, b := range rows {
			if same := bytes.Equal(audit.Sum(a), audit.Sum(b)); same != (i == j) {
				t.Errorf("%+v\n%+v\nhash the same", a, b)
			}
		}
	}
	elsewhere := base
	elsewhere.At, elsewhere.Hash = noon.UTC(), []byte("x")
	if !bytes.Equal(audit.Sum(base), audit.Sum(elsewhere)) {
		t.Error("the same instant in another zone hashes differently")
	}
}

func TestTheTrailIsListedFromItsEnd(t *testing.T) {
	t.Parallel()
	db := empty(t)
	if err := add(t.Context(), db, moved(1), moved(2), audit.Entry{Action: "call.opened", SubjectKind: "call", SubjectID: "1"}, moved(1)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		filter audit.Filter
		want   []int64
	}{
		"all":             {audit.Filter{Limit: 9}, []int64{4, 3, 2, 1}},
		"some":            {audit.Filter{Limit: 2}, []int64{4, 3}},
		"the next":        {audit.Filter{Limit: 2, Before: 3}, []int64{2, 1}},
		"past the end":    {audit.Filter{Limit: 2, Before: 1}, nil},
		"of a kind":       {audit.Filter{Limit: 9, SubjectKind: "application"}, []int64{4, 2, 1}},
		"of one thing":    {audit.Filter{Limit: 9, SubjectKind: "application", SubjectID: "1"}, []int64{4, 1}},
		"of another kind": {audit.Filter{Limit: 9, SubjectKind: "call", SubjectID: "1"}, []int64{3}},
		"of nothing":      {audit.Filter{Limit: 9, SubjectKind: "person"}, nil},
	} {
		rows, err := audit.List(t.Context(), db, tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range rows {
			got = append(got, r.Seq)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	if last, err := audit.Last(t.Context(), db); err != nil || !last.Equal(noon.Truncate(time.Microsecond)) {
		t.Errorf("the last was written at %v, %v", last, err)
	}
}
