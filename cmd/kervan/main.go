// Command kervan serves networks of civil society organizations that run their own exchange programs. Each command is
// one file; app.go puts the house together.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	root := &cobra.Command{
		Use: "kervan", Short: "Programs of exchange for networks of civil society organizations", SilenceUsage: true, SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), migrateCommand(), checkCommand(), seedCommand(), devCommand(), wordsCommand(), solveCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "kervan:", err)
		stop()
		os.Exit(exitCode(err))
	}
}
