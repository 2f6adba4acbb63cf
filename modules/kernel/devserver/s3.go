package devserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// S3Options say where a private S3 server keeps its objects and where it listens.
type S3Options struct {
	Dir string // made when absent
	// Address is where it listens if it can; empty, or when somebody else is there, a free port of the loopback.
	Address string
	Log     *os.File // nil: Dir/s3.log
}

// S3 is a running private S3 server on the loopback. It is a real one (versitygw): it verifies signatures, policies and
// times.
type S3 struct {
	child   *child
	address string
	secret  string
}

// How the private server is signed in to. The secret is made once per folder.
const (
	S3AccessKey = "kervan"
	S3Region    = "us-east-1"
)

// StartS3 starts an S3 server and returns when it answers, which takes a fraction of a second. The first time in a
// source tree the server itself is built.
func StartS3(ctx context.Context, o S3Options) (*S3, error) {
	bin, err := s3Binary(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devserver: %w", err)
	}
	for _, folder := range []string{"objects", "versions"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return nil, fmt.Errorf("devserver: make folder: %w", err)
		}
	}
	secret, err := s3Secret(dir)
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		if log, err = os.OpenFile(filepath.Join(dir, "s3.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			return nil, fmt.Errorf("devserver: open log: %w", err)
		}
		defer func() { _ = log.Close() }()
	}
	for tries := 0; ; tries++ {
		address, err := freeAddress(ctx, o.Address)
		if err != nil {
			return nil, err
		}
		s, err := serveS3(ctx, bin, dir, address, secret, log)
		// Between our look and its own somebody else may have taken the port.
		if err == nil || !errors.Is(err, errExited) || tries == 5 {
			return s, err
		}
	}
}

func serveS3(ctx context.Context, bin, dir, address, secret string, log *os.File) (*S3, error) {
	// The server outlives the context in which it is started; Stop ends it.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), bin, // #nosec G204 -- built from this source tree, or the machine's own
		"--port", address, "--region", S3Region, "--quiet", "--keep-alive", "--health", "/health",
		"posix", "--dir-perms", "0700", "--file-perms", "0600", "--versioning-dir", filepath.Join(dir, "versions"), filepath.Join(dir, "objects"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+S3AccessKey, "ROOT_SECRET_ACCESS_KEY="+secret)
	cmd.SysProcAttr = attributes()
	cmd.Stdout, cmd.Stderr = log, log
	c, err := start(cmd)
	if err != nil {
		return nil, err
	}
	s := &S3{child: c, address: address, secret: secret}
	if err := s.await(ctx); err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *S3) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return s.child.until(ctx, func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint()+"/health", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("devserver: health is %s", response.Status)
		}
		return nil
	})
}

// Endpoint is the server's address, for programs and browsers of this machine alike.
func (s *S3) Endpoint() string { return "http://" + s.address }

// Address is the host and port.
func (s *S3) Address() string { return s.address }

// SecretKey belongs to S3AccessKey.
func (s *S3) SecretKey() string { return s.secret }

// Kill ends the server as a power failure would, for tests of recovery.
func (s *S3) Kill() {
	_ = s.child.cmd.Process.Kill()
	<-s.child.done
}

// Stop ends the server in order.
func (s *S3) Stop() error { return s.child.stop(syscall.SIGTERM, 5*time.Second) }

func s3Secret(dir string) (string, error) {
	path := filepath.Join(dir, "secret")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		var fresh [20]byte
		_, _ = rand.Read(fresh[:]) // never fails: crypto/rand crashes the program instead
		b = []byte(hex.EncodeToString(fresh[:]))
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("devserver: keep secret: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// freeAddress is the wanted address when nobody listens there, else a free port of the loopback.
func freeAddress(ctx context.Context, wanted string) (string, error) {
	var config net.ListenConfig
	if wanted != "" {
		if l, err := config.Listen(ctx, "tcp", wanted); err == nil {
			return wanted, l.Close()
		}
	}
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("devserver: find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// s3Binary finds the server beside this program, on the machine, or in the source tree that this process runs in, where
// it is built on the first use and kept in Go's own cache.
func s3Binary(ctx context.Context) (string, error) {
	const name = "versitygw"
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	root, err := sourceTree()
	if err != nil {
		return "", err
	}
	built := filepath.Join(root, "bin", name)
	if _, err := os.Stat(built); err == nil {
		return built, nil
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "-modfile=deploy/tools/go.mod", "-n", name)
	cmd.Dir = root
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("devserver: build %s: %w: %s", name, err, strings.TrimSpace(complaints.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

func sourceTree() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("devserver: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "deploy", "tools", "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("devserver: no S3 server on this machine; install versitygw or set S3_ENDPOINT")
		}
		dir = above
	}
}
