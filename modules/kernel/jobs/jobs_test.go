package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"kervan/modules/kernel/database"
	"kervan/modules/kernel/database/databasetest"
	"kervan/modules/kernel/jobs"
)

// doomed is the variable by which a test tells its own program to be a worker that will be killed.
const doomed = "KERVAN_TEST_DOOMED_WORKER"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(heard, nil)))
	if url := os.Getenv(doomed); url != "" {
		beDoomed(url)
	}
	databasetest.Main(m)
}

// log keeps what is said, so that tests can look for it.
type log struct {
	mu   sync.Mutex
	said []string
}

var heard = &log{}

// Write keeps one line.
func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, string(b))
	return len(b), nil
}

func (l *log) says(parts ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.said, func(line string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) })
	})
}

// queue is a queue of its own.
type queue struct {
	t    testing.TB
	url  func(role string) string
	pool *pgxpool.Pool
}

func open(t testing.TB) *queue {
	t.Helper()
	q := &queue{t: t, url: databasetest.Database(t)}
	owner, err := pgxpool.ParseConfig(q.url("app_migrator"))
	if err != nil {
		t.Fatal(err)
	}
	owner.ConnConfig.RuntimeParams["role"] = "app_owner"
	pool, err := pgxpool.NewWithConfig(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := jobs.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	if q.pool, err = database.Open(t.Context(), q.url("app_worker"), 8); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.pool.Close)
	return q
}

func job(name string, tries int) jobs.Job {
	return jobs.Job{Envelope: jobs.Envelope{Name: name, Payload: json.RawMessage(`{"secret": "s3cret"}`)}, Tries: tries}
}

// add puts jobs into the queue in one transaction, which is undone when it is told to fail.
func (q *queue) add(fails error, all ...jobs.Job) {
	q.t.Helper()
	inserter, err := jobs.NewInserter()
	if err != nil {
		q.t.Fatal(err)
	}
	db := stdlib.OpenDBFromPool(q.pool)
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(q.t.Context(), nil)
	if err != nil {
		q.t.Fatal(err)
	}
	if err := inserter.Insert(q.t.Context(), tx, all); err != nil {
		q.t.Fatal(err)
	}
	end := tx.Commit
	if fails != nil {
		end = tx.Rollback
	}
	if err := end(); err != nil {
		q.t.Fatal(err)
	}
}

// work lets a worker take jobs until the test ends.
func (q *queue) work(do jobs.Do) {
	q.t.Helper()
	w, err := jobs.Hasty(q.pool, 1, do, 500*time.Millisecond, time.Minute, 300*time.Millisecond)
	if err != nil {
		q.t.Fatal(err)
	}
	if err := w.Start(context.WithoutCancel(q.t.Context())); err != nil {
		q.t.Fatal(err)
	}
	q.t.Cleanup(func() { _ = w.Stop(context.Background()) })
}

// state is where the job of that name stands, and how often it was tried.
func (q *queue) state(name string) (state string, tries int) {
	q.t.Helper()
	if err := q.pool.QueryRow(q.t.Context(), "SELECT state, attempt FROM river.river_job WHERE args->>'name' = $1", name).Scan(&state, &tries); err != nil {
		q.t.Fatal(err)
	}
	return state, tries
}

// await waits until it is so.
func (q *queue) await(what string, so func() bool) {
	q.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(60 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-late:
			q.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// receive waits for what a job tells.
func receive[T any](t testing.TB, what string, from <-chan T) (told T) {
	t.Helper()
	select {
	case told = <-from:
	case <-time.After(60 * time.Second):
		t.Fatalf("waited in vain: %s", what)
	}
	return told
}

// now makes every job that waits for another try due.
func (q *queue) now() {
	q.t.Helper()
	if _, err := q.pool.Exec(q.t.Context(), "UPDATE river.river_job SET state = 'available', scheduled_at = now() WHERE state IN ('available', 'retryable', 'scheduled')"); err != nil {
		q.t.Fatal(err)
	}
}

var errDown = errors.New("the mail server is down")

func TestJobsExistWhenTheirTransactionDoes(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(errDown, job("undone", 0))
	later := job("later", 0)
	later.At = time.Now().Add(time.Hour)
	q.add(nil, job("done", 0), later)
	counts, err := jobs.NewQueue(q.pool).Counts(t.Context())
	if err != nil || counts != (jobs.Counts{Waiting: 2}) {
		t.Fatalf("got %+v, %v", counts, err)
	}
	ran := make(chan string, 9)
	q.work(func(_ context.Context, e jobs.Envelope) error { ran <- e.Name + string(e.Payload); return nil })
	if got := receive(t, "the job", ran); got != `done{"secret": "s3cret"}` {
		t.Errorf("ran %s", got)
	}
	q.await("the job's end", func() bool { state, _ := q.state("done"); return state == "completed" })
	if state, tries := q.state("later"); state != "scheduled" || tries != 0 || len(ran) > 0 {
		t.Errorf("the later one is %s after %d tries", state, tries)
	}
}

func TestNodesMigrateTheQueueTogether(t *testing.T) {
	t.Parallel()
	url := databasetest.Database(t)
	owner, err := pgxpool.ParseConfig(url("app_migrator"))
	if err != nil {
		t.Fatal(err)
	}
	owner.ConnConfig.RuntimeParams["role"] = "app_owner"
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			pool, err := pgxpool.NewWithConfig(t.Context(), owner.Copy())
			if err != nil {
				t.Error(err)
				return
			}
			defer pool.Close()
			if err := jobs.Migrate(t.Context(), pool); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

// TestAFailingJobIsTriedAgainAndSetAsideAtLast holds that tries are spaced, that the last one ends in sight of the
// operator, and that nothing of what the job was about is told.
func TestAFailingJobIsTriedAgainAndSetAsideAtLast(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(nil, job("fails", 3))
	tried := make(chan bool, 9)
	q.work(func(context.Context, jobs.Envelope) error { tried <- true; return errDown })
	var wait time.Duration
	for try := 1; try <= 2; try++ {
		receive(t, "a try", tried)
		q.await("the next try's time", func() bool {
			err := q.pool.QueryRow(t.Context(), "SELECT (extract(epoch FROM scheduled_at - finished) * 1000000000)::bigint FROM (SELECT scheduled_at, (errors[$1]->>'at')::timestamptz AS finished FROM river.river_job WHERE cardinality(errors) = $1) j", try).Scan(&wait)
			return err == nil
		})
		q.now()
	}
	if wait < 10*time.Second {
		t.Errorf("the third try comes %s after the second", wait)
	}
	receive(t, "a try", tried)
	q.await("that it is set aside", func() bool { state, _ := q.state("fails"); return state == "discarded" })
	keeper := jobs.NewQueue(q.pool)
	set, err := keeper.Failures(t.Context(), 10)
	if err != nil || len(set) != 1 || set[0].Name != "fails" || set[0].Tries != 3 || time.Since(set[0].At) > time.Minute {
		t.Fatalf("set aside are %+v, %v", set, err)
	}
	if counts, err := keeper.Counts(t.Context()); err != nil || counts != (jobs.Counts{SetAside: 1}) {
		t.Errorf("got %+v, %v", counts, err)
	}
	about := fmt.Sprintf(`"id":%d,"job":"fails"`, set[0].ID)
	if !heard.says("WARN", "job failed and will be tried again", about, `"try":1`, "the mail server is down") || !heard.says("ERROR", "job set aside", about, `"try":3`) {
		t.Error("the log does not tell of it")
	}
	if heard.says("s3cret") {
		t.Error("the log tells what jobs are about")
	}
	if there, err := keeper.Retry(t.Context(), set[0].ID); err != nil || !there {
		t.Fatalf("tried again: %v, %v", there, err)
	}
	receive(t, "a try", tried)
	if there, err := keeper.Retry(t.Context(), 1<<40); err != nil || there {
		t.Errorf("a job that is none was tried again: %v", err)
	}
}

func TestWhatCannotBeSavedIsSetAsideAtOnce(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(nil, job("lost", 0))
	q.work(func(context.Context, jobs.Envelope) error { return fmt.Errorf("nobody does it: %w", jobs.ErrGiveUp) })
	q.await("that it is set aside", func() bool { state, _ := q.state("lost"); return state == "cancelled" })
	set, err := jobs.NewQueue(q.pool).Failures(t.Context(), 10)
	if err != nil || len(set) != 1 || set[0].Tries != 1 || !heard.says("ERROR", "job set aside", `"job":"lost"`, "nobody does it") {
		t.Errorf("set aside are %+v, %v", set, err)
	}
}

// TestWhatIsPutOffIsNotTried holds that a job whose time has not come may wait for ever without using up its tries.
func TestWhatIsPutOffIsNotTried(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(nil, job("off", 2))
	asked := make(chan int, 9)
	times := 0
	q.work(func(context.Context, jobs.Envelope) error {
		times++
		asked <- times
		if times == 5 {
			return nil
		}
		return fmt.Errorf("suspended: %w", jobs.ErrNotNow)
	})
	for range 4 {
		receive(t, "that it is asked", asked)
		q.await("that it is put off", func() bool {
			var left float64
			err := q.pool.QueryRow(t.Context(), "SELECT extract(epoch FROM scheduled_at - now()) FROM river.river_job WHERE state = 'scheduled' AND attempt = 0").Scan(&left)
			return err == nil && left > 60 && left <= 300
		})
		q.now()
	}
	receive(t, "that it is asked", asked)
	q.await("its end", func() bool { state, tries := q.state("off"); return state == "completed" && tries == 1 })
}

// TestPoisonDoesNotBlockTheQueue puts jobs before a good one that no code can read, that panic and that never end by
// themselves. A worker with one hand reaches the good one all the same.
func TestPoisonDoesNotBlockTheQueue(t *testing.T) {
	t.Parallel()
	q := open(t)
	for _, args := range []string{`[]`, `"x"`, `{"name": 7}`, `{"name": {"deep": []}}`, `{"room": ["x"]}`} {
		if _, err := q.pool.Exec(t.Context(), "INSERT INTO river.river_job (kind, args, max_attempts, queue) VALUES ('kervan', $1::jsonb, 1, 'default')", args); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := q.pool.Exec(t.Context(), "INSERT INTO river.river_job (kind, args, max_attempts, queue) VALUES ('stranger', '{}', 1, 'default')"); err != nil {
		t.Fatal(err)
	}
	q.add(nil, job("panics", 1), job("hangs", 1), job("good", 1))
	done := make(chan bool, 1)
	q.work(func(ctx context.Context, e jobs.Envelope) error {
		switch e.Name {
		case "panics":
			panic("at the disco")
		case "hangs":
			<-ctx.Done()
			return ctx.Err()
		case "good":
			done <- true
		}
		return nil
	})
	receive(t, "the good job", done)
	keeper := jobs.NewQueue(q.pool)
	q.await("that all others are set aside", func() bool {
		set, err := keeper.Failures(t.Context(), 20)
		if err != nil {
			t.Fatal(err)
		}
		return len(set) == 8
	})
	if !heard.says("ERROR", "job set aside", `"job":"panics"`, "panic: at the disco", "jobs_test.go") {
		t.Error("the log does not say where it panicked")
	}
}

// beDoomed takes one job, says so, and does not end.
func beDoomed(url string) {
	ctx := context.Background()
	pool, err := database.Open(ctx, url, 4)
	if err != nil {
		panic(err)
	}
	w, err := jobs.NewWorker(pool, 1, func(context.Context, jobs.Envelope) error {
		_, _ = os.Stdout.WriteString("begun\n")
		select {}
	})
	if err != nil {
		panic(err)
	}
	if err := w.Start(ctx); err != nil {
		panic(err)
	}
	select {}
}

// TestTheJobOfAKilledWorkerIsTakenUpAgain kills a process in the middle of a job.
func TestTheJobOfAKilledWorkerIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(nil, job("orphan", 0))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), doomed+"="+q.url("app_worker"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "begun\n" {
		t.Fatalf("the worker said %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if state, _ := q.state("orphan"); state != "running" {
		t.Fatalf("the orphan is %s", state)
	}
	// It led the queue; a new leader is found when its term is over, or when it is forgotten as here.
	for _, statement := range []string{"DELETE FROM river.river_leader", "UPDATE river.river_job SET attempted_at = attempted_at - interval '5 minutes'"} {
		if _, err := q.pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ran := make(chan bool, 1)
	q.work(func(context.Context, jobs.Envelope) error { ran <- true; return nil })
	receive(t, "the orphan", ran)
	q.await("its end", func() bool { state, tries := q.state("orphan"); return state == "completed" && tries == 2 })
}

// TestAWorkerThatStopsLetsJobsFinish holds that what runs has the time of a farewell before it is told to end, and that
// what waits is left for another worker. That the job is told to end is how it knows that the stopping has begun.
func TestAWorkerThatStopsLetsJobsFinish(t *testing.T) {
	t.Parallel()
	const farewell = 300 * time.Millisecond
	q := open(t)
	q.add(nil, job("first", 0), job("second", 0))
	begun, told := make(chan string, 2), make(chan time.Time, 2)
	w, err := jobs.Hasty(q.pool, 1, func(ctx context.Context, e jobs.Envelope) error {
		begun <- e.Name
		<-ctx.Done()
		told <- time.Now()
		return nil
	}, time.Minute, 2*time.Minute, farewell)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if name := receive(t, "a job", begun); name != "first" {
		t.Fatalf("%s came first", name)
	}
	asked := time.Now()
	if err := w.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if left := receive(t, "that it is told", told).Sub(asked); left < farewell {
		t.Errorf("what ran had %s to finish", left)
	}
	if state, _ := q.state("first"); state != "completed" {
		t.Errorf("what ran is %s", state)
	}
	if state, tries := q.state("second"); state != "available" || tries != 0 || len(begun) > 0 {
		t.Errorf("what waited is %s after %d tries", state, tries)
	}
}

func TestAJobThatDoesNotFinishIsToldToEnd(t *testing.T) {
	t.Parallel()
	q := open(t)
	q.add(nil, job("long", 0))
	begun := make(chan bool, 1)
	w, err := jobs.Hasty(q.pool, 1, func(ctx context.Context, _ jobs.Envelope) error {
		begun <- true
		<-ctx.Done()
		return ctx.Err()
	}, time.Minute, 2*time.Minute, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	receive(t, "the job", begun)
	started := time.Now()
	if err := w.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if state, tries := q.state("long"); state != "retryable" && state != "available" || tries != 1 {
		t.Errorf("it is %s after %d tries", state, tries)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	if jobs.Timeout != 30*time.Second || jobs.Rescue != 5*time.Minute || jobs.Kept < 30*24*time.Hour {
		t.Errorf("a job may take %s, is rescued after %s and kept for %s", jobs.Timeout, jobs.Rescue, jobs.Kept)
	}
	hour := jobs.Daily{Name: "tidy", Hour: 3}
	for from, want := range map[string]string{
		"2026-10-12T02:59:59Z": "2026-10-12T03:00:00Z", "2026-10-12T03:00:00Z": "2026-10-13T03:00:00Z", "2026-12-31T23:00:00Z": "2027-01-01T03:00:00Z",
		"2026-10-12T04:00:00+03:00": "2026-10-12T03:00:00Z", "2026-03-29T03:30:00+02:00": "2026-03-29T03:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, from)
		if err != nil {
			t.Fatal(err)
		}
		if got := hour.Next(at).Format(time.RFC3339); got != want {
			t.Errorf("after %s comes %s, want %s", from, got, want)
		}
	}
}

func TestDrainDoesWhatAWorkerWould(t *testing.T) {
	t.Parallel()
	q := open(t)
	in := func(room, name string) jobs.Job {
		j := job(name, 0)
		j.Room = room
		return j
	}
	q.add(nil, in("a", "mine"), in("b", "other"), in("a", "off"))
	var ran []string
	do := func(_ context.Context, e jobs.Envelope) error {
		ran = append(ran, e.Name)
		switch e.Name {
		case "off":
			return jobs.ErrNotNow
		case "mine":
			q.add(nil, in("a", "next"))
		case "fails":
			return errDown
		}
		return nil
	}
	if err := jobs.Drain(t.Context(), q.pool, do, "a"); err != nil || fmt.Sprint(ran) != "[mine off next]" {
		t.Fatalf("ran %v, %v", ran, err)
	}
	if state, tries := q.state("off"); state != "scheduled" || tries != 0 {
		t.Errorf("what was put off is %s after %d tries", state, tries)
	}
	if err := jobs.Drain(t.Context(), q.pool, do); err != nil || ran[len(ran)-1] != "other" {
		t.Fatalf("ran %v, %v", ran, err)
	}
	q.add(nil, job("fails", 0), job("after", 0))
	if err := jobs.Drain(t.Context(), q.pool, do); !errors.Is(err, errDown) {
		t.Errorf("got %v", err)
	}
	if state, _ := q.state("fails"); state != "discarded" {
		t.Errorf("what failed is %s", state)
	}
}
