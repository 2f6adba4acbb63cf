package web

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
)

// streamed is for how long one answer of Tidings lasts: less than the server lets an answer take. A browser asks again by itself.
const streamed = 45 * time.Second

// breath is how often a stream says something when nothing happens, so that it notices that nobody listens any more.
const breath = 15 * time.Second

// MaxStreams is how many streams one person has at most. A page that was left is noticed with the second breath only, so that
// somebody who goes from page to page has more of them than they look at.
const MaxStreams = 12

// Streams counts who follows what. The zero value is ready.
type Streams struct {
	mu    sync.Mutex
	alive map[string]int
}

func (s *Streams) begin(who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alive[who] >= MaxStreams {
		return false
	}
	if s.alive == nil {
		s.alive = map[string]int{}
	}
	s.alive[who]++
	return true
}

func (s *Streams) end(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alive[who]--; s.alive[who] == 0 {
		delete(s.alive, who)
	}
}

// Tidings tells a browser whenever a state has changed, as server-sent events: the data of each is "changed", its id tells
// states apart. The state is asked for every so often until nobody listens; alive is asked at first and then with each breath.
// Both get a context of their own, as they outlive the request. Whoever does not ask for events is told the present state once.
// Fault: TooMany for who has MaxStreams streams.
func (s *Streams) Tidings(c *fiber.Ctx, who string, every time.Duration, state func(context.Context) (string, error), alive func(context.Context) error) error {
	now, err := state(c.UserContext())
	if err != nil {
		return err
	}
	seen := c.Get("Last-Event-ID", Query(c).Raw("seen"))
	follows := strings.Contains(c.Get(fiber.HeaderAccept), "text/event-stream")
	if follows && !s.begin(who) {
		return fault.TooMany("fault.streams")
	}
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set("X-Accel-Buffering", "no")
	if !follows {
		return c.SendString(tiding(now))
	}
	one := stream{every: every, state: state, alive: alive, seen: seen, closing: c.Context().Done(), request: RequestID(c), ended: func() { s.end(who) }}
	c.Context().SetBodyStreamWriter(one.write)
	return nil
}

func tiding(state string) string {
	return "id: " + Seen(state) + "\ndata: changed\n\n"
}

// Seen is what a page that shows a state hands to its stream, so that nothing is missed in between.
func Seen(state string) string {
	id := sha256.Sum256([]byte(state))
	return hex.EncodeToString(id[:10])
}

type stream struct {
	every   time.Duration
	state   func(context.Context) (string, error)
	alive   func(context.Context) error
	seen    string
	closing <-chan struct{}
	request string
	ended   func()
}

// write runs in a goroutine of its own, outside of what catches the panics of requests.
func (s *stream) write(w *bufio.Writer) {
	defer func() {
		s.ended()
		if broken := recover(); broken != nil {
			slog.Error("stream panicked", "request", s.request, "panic", broken, "stack", string(debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), streamed)
	defer cancel()
	look, breathe := time.NewTicker(s.every), time.NewTicker(breath)
	defer look.Stop()
	defer breathe.Stop()
	err := s.say(w, "retry: 500\n\n")
	if err == nil {
		err = s.alive(ctx)
	}
	for err == nil {
		if err = s.tell(ctx, w); err != nil {
			break
		}
		select {
		case <-look.C:
		case <-breathe.C:
			if err = s.say(w, ":\n\n"); err == nil {
				err = s.alive(ctx)
			}
		case <-s.closing:
			return
		case <-ctx.Done():
			return
		}
	}
	slog.Debug("stream ended", "request", s.request, "error", err)
}

func (s *stream) tell(ctx context.Context, w *bufio.Writer) error {
	now, err := s.state(ctx)
	if err != nil || Seen(now) == s.seen {
		return err
	}
	s.seen = Seen(now)
	return s.say(w, tiding(now))
}

func (s *stream) say(w *bufio.Writer, text string) error {
	if _, err := w.WriteString(text); err != nil {
		return err
	}
	return w.Flush()
}
