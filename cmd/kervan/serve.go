package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"kervan/modules/kernel/objects"
	"kervan/tenants"
)

var errBehind = errors.New("some tenants' schemas are older than the program: run kervan migrate")

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Serve all sites and take jobs from the queue", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := readConfig()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), config, nil, nil)
		},
	}
}

// serve runs until the context ends, then lets requests and jobs finish. prepare, where given, is called when the address
// is ours and before anything is served; ready is called with the address when requests are taken.
func serve(ctx context.Context, config Config, prepare func() error, ready func(*App, net.Addr) error) error {
	app, err := newApp(ctx, config)
	if err != nil {
		return err
	}
	defer app.close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if prepare != nil {
		if err := prepare(); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	if err := app.blueprints.Stock(ctx); err != nil {
		return err
	}
	if err := app.worker.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- app.server.Listener(listener) }()
	if config.MetricsAddress != "" {
		go func() {
			if err := app.metrics.serve(ctx, config.MetricsAddress, app.ask()); err != nil {
				slog.Warn("metrics not served", "error", err)
			}
		}()
	}
	if err := app.welcome(ctx); err != nil {
		slog.Warn("networks' own domains may not upload yet", "error", err)
	}
	slog.Info("serving", "config", config)
	if ready != nil {
		if err := ready(app, listener.Addr()); err != nil {
			return err
		}
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, app.server.ShutdownWithTimeout(15*time.Second), stopWorker(app))
}

func stopWorker(app *App) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return app.worker.Stop(ctx)
}

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the roles, the shared tables, the queue, every tenant and the bucket up to date", Args: cobra.NoArgs,
		Long: "Safe to repeat, to interrupt and to run on several nodes. With DATABASE_ADMIN_URL the cluster's roles and revokes are prepared first.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := readConfig()
			if err != nil {
				return err
			}
			return migrate(cmd.Context(), config)
		},
	}
}

func migrate(ctx context.Context, config Config) error {
	if config.AdminURL != "" {
		if err := bootstrap(ctx, config.AdminURL); err != nil {
			return err
		}
	}
	t, err := config.tenants()
	if err != nil {
		return err
	}
	if err := tenants.Migrate(ctx, t); err != nil {
		return err
	}
	store, err := objects.Open(config.objects())
	if err != nil {
		return err
	}
	return store.Prepare(ctx, config.origins())
}
