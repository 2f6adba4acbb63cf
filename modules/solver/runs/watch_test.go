package runs

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestARunStopsWhenItsPeopleEndIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []struct {
			state State
			err   error
		}{{Running, nil}, {"", errors.New("the database is away")}, {Queued, nil}, {Cancelled, nil}}
		asked := 0
		ctx, stop := Watch(t.Context(), func(context.Context) (State, error) {
			asked++
			return answers[asked-1].state, answers[asked-1].err
		})
		began := time.Now()
		<-ctx.Done()
		if took := time.Since(began); took != 4*time.Second || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("it stopped after %v by %v", took, ctx.Err())
		}
		stop()
		<-time.After(time.Minute)
		if asked != len(answers) {
			t.Errorf("it was asked %d times", asked)
		}
	})
}

func TestARunHasItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := Watch(t.Context(), func(context.Context) (State, error) { return Running, nil })
		defer stop()
		began := time.Now()
		<-ctx.Done()
		if took := time.Since(began); took != Most || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("it stopped after %v by %v", took, ctx.Err())
		}
	})
}

func TestAWatchEndsWithItsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		ctx, stop := Watch(t.Context(), func(context.Context) (State, error) { asked++; return Running, nil })
		<-time.After(2500 * time.Millisecond)
		stop()
		<-time.After(time.Minute)
		if ctx.Err() == nil || asked != 2 {
			t.Errorf("asked %d times, and the context is %v", asked, ctx.Err())
		}
	})
}
