package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// child is a server process that ends when this process ends.
type child struct {
	cmd    *exec.Cmd
	done   chan struct{}
	mu     sync.Mutex
	exited error
}

var errExited = errors.New("devserver: the server exited")

// nobody is the user id that a child sees when it must not see zero.
const nobody = 1000

// attributes make a child end with its parent and ignore the terminal's Ctrl-C (the parent ends it in order).
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
}

// unprivileged are the attributes of a server that refuses to run as root, as PostgreSQL does: for root it runs in a
// user namespace in which root has another number, and so needs no other user and no change of owners.
func unprivileged() *syscall.SysProcAttr {
	a := attributes()
	if os.Geteuid() == 0 {
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: 0, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: 0, Size: 1}}
	}
	return a
}

// start runs the command. The thread that starts it is kept for as long as it runs, because the kernel ends the child
// with the thread, not with the process.
func start(cmd *exec.Cmd) (*child, error) {
	c := &child{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		c.mu.Lock()
		c.exited = err
		c.mu.Unlock()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("devserver: start %s: %w", cmd.Path, err)
	}
	return c, nil
}

// stop asks the child to end and, when it has not within the grace, ends it.
func (c *child) stop(signal syscall.Signal, grace time.Duration) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("devserver: signal %s: %w", c.cmd.Path, err)
	}
	select {
	case <-c.done:
		return nil
	case <-time.After(grace):
		_ = c.cmd.Process.Kill()
		<-c.done
		return nil
	}
}

// until tries again and again, a few milliseconds apart, until try succeeds, the child has exited or the context ends.
func (c *child) until(ctx context.Context, try func() error) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-c.done:
			c.mu.Lock()
			defer c.mu.Unlock()
			return fmt.Errorf("%w: %s: %w", errExited, c.cmd.Path, c.exited)
		case <-ctx.Done():
			return fmt.Errorf("devserver: %s is not ready: %w", c.cmd.Path, err)
		case <-ticker.C:
		}
	}
}
