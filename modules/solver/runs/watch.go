package runs

import (
	"context"
	"time"
)

// Most is how long a run may take; a job of its queue is ended soon after.
const Most = 25 * time.Second

// Watch is the context in which a run is computed: its deadline is Most from now, and it is cancelled as soon as look, which is asked
// about once a second, tells a state that is not pending. An error of look is no reason to stop. Whoever calls it calls the function
// that it returns once all is computed; look is not asked any more when that returns.
func Watch(ctx context.Context, look func(context.Context) (State, error)) (context.Context, func()) {
	limited, cancel := context.WithTimeout(ctx, Most)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-limited.Done():
				return
			case <-ticker.C:
				if state, err := look(limited); err == nil && !state.Pending() {
					cancel()
					return
				}
			}
		}
	}()
	return limited, func() {
		cancel()
		<-ended
	}
}
