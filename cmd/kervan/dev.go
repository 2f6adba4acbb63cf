package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"kervan/modules/kernel/devserver"
)

// devS3Address is where the private S3 server listens, if nobody else does.
const devS3Address = "127.0.0.1:8090"

func devCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "dev", Short: "Serve with private servers and the demonstration, for development", Args: cobra.NoArgs,
		Long: "Without DATABASE_URL it starts a private PostgreSQL in the data folder, without S3_ENDPOINT a private S3 server, migrates, fills in the demonstration once, and serves. A second start keeps the data.",
		RunE: func(cmd *cobra.Command, _ []string) error { return dev(cmd.Context(), dir, cmd.OutOrStdout()) },
	}
	cmd.PersistentFlags().StringVar(&dir, "data", ".data", "the folder of the private servers' data")
	cmd.AddCommand(&cobra.Command{
		Use: "env", Short: "Print the environment of the running development servers", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := os.ReadFile(filepath.Join(dir, "env"))
			if errors.Is(err, os.ErrNotExist) {
				return errors.New("no development servers are running; make run starts them")
			}
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(b)
			return err
		},
	})
	return cmd
}

func dev(ctx context.Context, dir string, out io.Writer) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	lock, err := alone(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := devSecret(dir); err != nil {
		return err
	}
	if os.Getenv("DATABASE_URL") == "" {
		postgres, err := devPostgres(ctx, dir)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, postgres.Stop()) }()
	}
	if os.Getenv("S3_ENDPOINT") == "" {
		s3, err := devS3(ctx, dir)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s3.Stop()) }()
	}
	config, err := readConfig()
	if err != nil {
		return err
	}
	envFile := filepath.Join(dir, "env")
	if err := os.WriteFile(envFile, environment(), 0o600); err != nil {
		return fmt.Errorf("write environment: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(envFile)) }()
	if err := migrate(ctx, config); err != nil {
		return err
	}
	return serve(
		ctx, config,
		func() error { return seedAlone(ctx, config, out) },
		func(app *App, _ net.Addr) error { return greet(ctx, app, out) },
	)
}

// alone makes sure that nobody else runs from the data folder: a second start would take the first one's servers for
// left-overs and end them. The lock goes with the process, however it ends.
func alone(dir string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another kervan dev runs from %s already: end it with Ctrl-C first", dir), lock.Close())
	}
	return lock, nil
}

func devPostgres(ctx context.Context, dir string) (*devserver.Postgres, error) {
	p, err := devserver.StartPostgres(ctx, devserver.PostgresOptions{Dir: filepath.Join(dir, "postgres"), Durable: true, Database: "kervan"})
	if err != nil {
		return nil, err
	}
	return p, setenv(map[string]string{
		"DATABASE_URL": p.URL("app_login"), "DATABASE_MIGRATOR_URL": p.URL("app_migrator"), "DATABASE_WORKER_URL": p.URL("app_worker"),
		"DATABASE_ADMIN_URL": p.URL("postgres"),
	})
}

func devS3(ctx context.Context, dir string) (*devserver.S3, error) {
	s, err := devserver.StartS3(ctx, devserver.S3Options{Dir: filepath.Join(dir, "s3"), Address: devS3Address})
	if err != nil {
		return nil, err
	}
	return s, setenv(map[string]string{
		"S3_ENDPOINT": s.Endpoint(), "S3_PUBLIC_ENDPOINT": s.Endpoint(), "S3_REGION": devserver.S3Region, "S3_BUCKET": "kervan",
		"S3_ACCESS_KEY": devserver.S3AccessKey, "S3_SECRET_KEY": s.SecretKey(),
	})
}

func setenv(variables map[string]string) error {
	for name, value := range variables {
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// devSecret keeps one secret in the data folder, so that sessions outlive a restart.
func devSecret(dir string) error {
	if os.Getenv("KERVAN_SECRET") != "" {
		return nil
	}
	path := filepath.Join(dir, "secret")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		var fresh [32]byte
		_, _ = rand.Read(fresh[:]) // never fails: crypto/rand crashes the program instead
		b = []byte(hex.EncodeToString(fresh[:]))
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep secret: %w", err)
	}
	return os.Setenv("KERVAN_SECRET", strings.TrimSpace(string(b)))
}

func environment() []byte {
	var b strings.Builder
	for _, name := range []string{
		"KERVAN_SECRET", "KERVAN_PUBLIC_URL", "DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL",
		"S3_ENDPOINT", "S3_PUBLIC_ENDPOINT", "S3_REGION", "S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY", "CLAMAV_ADDRESS", "SMTP_URL",
	} {
		if value := os.Getenv(name); value != "" {
			fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
	}
	return []byte(b.String())
}

// greet prints where everything is and who may sign in.
func greet(ctx context.Context, app *App, out io.Writer) error {
	all, err := app.tenants.All(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nKervan is running. Every demo login has the password: %s\n\n", demoPassword)
	for _, t := range all {
		fmt.Fprintf(out, "  %s\n    %s\n", t.Name, app.config.origin(t))
		logins, err := demoLogins(ctx, app, t)
		if err != nil {
			return err
		}
		for _, login := range logins {
			fmt.Fprintf(out, "    %-26s %s\n", login.who, login.email)
		}
	}
	fmt.Fprintf(out, "\n  Mails end at /dev/mail on each site. Metrics: http://%s/metrics. Ctrl-C ends everything.\n\n", app.config.MetricsAddress)
	return nil
}
