package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"kervan/modules/solver"
)

func solveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "solve [file]", Short: "Compute a run anew from its instance",
		Long: "Reads an instance, one JSON object, from a file or from standard input (no file, or -), and prints its answer, one JSON " +
			"object. When something is wrong with the instance, one line on standard error says what and where, and the exit code is 2. " +
			"The same instance always has the same answer.\n" + solver.Help(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &solver.Mistake{What: "solve reads one file"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			instance, err := instance(cmd, args)
			if err != nil {
				return err
			}
			answer, err := solver.Solve(cmd.Context(), instance)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(append(answer, '\n'))
			return err
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &solver.Mistake{What: err.Error()} })
	return cmd
}

// instance is what stands in the file or comes from standard input, no more of it than one may have.
func instance(cmd *cobra.Command, args []string) ([]byte, error) {
	if len(args) == 0 || args[0] == "-" {
		return patient(cmd.Context(), func() (io.ReadCloser, error) { return io.NopCloser(cmd.InOrStdin()), nil })
	}
	return patient(cmd.Context(), func() (io.ReadCloser, error) {
		file, err := os.Open(args[0])
		if err != nil {
			return nil, &solver.Mistake{What: err.Error()}
		}
		return file, nil
	})
}

// patient opens and reads until the context ends, too where nothing comes: a terminal, or a pipe that nobody fills or closes.
func patient(ctx context.Context, open func() (io.ReadCloser, error)) ([]byte, error) {
	type read struct {
		all []byte
		err error
	}
	done := make(chan read, 1)
	go func() {
		from, err := open()
		if err != nil {
			done <- read{nil, err}
			return
		}
		defer func() { _ = from.Close() }()
		all, err := io.ReadAll(io.LimitReader(from, solver.MaxBytes+1))
		if err != nil {
			err = &solver.Mistake{What: err.Error()}
		}
		done <- read{all, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.all, r.err
	}
}

// exitCode is 2 where what was given is wrong, 1 where anything else is.
func exitCode(err error) int {
	if _, wrong := errors.AsType[*solver.Mistake](err); wrong {
		return 2
	}
	return 1
}
