package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kervan/modules/solver"
)

// solves runs the command.
func solves(ctx context.Context, input io.Reader, args ...string) (string, error) {
	cmd := solveCommand()
	var out bytes.Buffer
	cmd.SetIn(input)
	cmd.SetOut(&out)
	cmd.SetArgs(append([]string{}, args...))
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err := cmd.ExecuteContext(ctx)
	return out.String(), err
}

func TestSolveRefusesWithTwo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "instance.json")
	must(t, os.WriteFile(file, []byte(`{"kind":`), 0o600))
	for _, args := range [][]string{{}, {"-"}, {file}, {file + ".no"}, {filepath.Dir(file)}, {file, file}, {"--foo"}, {"-x"}} {
		out, err := solves(t.Context(), strings.NewReader(`{"kind":"sudoku"}`), args...)
		if err == nil || exitCode(err) != 2 || out != "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: error %v with code %d, printed %q", args, err, exitCode(err), out)
		}
	}
	if code := exitCode(errors.New("the disk is full")); code != 1 {
		t.Errorf("another error has code %d", code)
	}
}

func TestSolveEndsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	never, _ := io.Pipe()
	if out, err := solves(ctx, never); !errors.Is(err, context.Canceled) || exitCode(err) != 1 || out != "" {
		t.Errorf("error %v, printed %q", err, out)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	if out, err := solves(ctx, nil, pipe); !errors.Is(err, context.Canceled) || out != "" {
		t.Errorf("a pipe that nobody fills: error %v, printed %q", err, out)
	}
}

func TestSolveHelpHasEveryKind(t *testing.T) {
	t.Parallel()
	out, err := solves(t.Context(), nil, "--help")
	if err != nil || !strings.Contains(out, solver.Help()) {
		t.Errorf("the help is %q, %v", out, err)
	}
}
