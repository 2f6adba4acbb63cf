package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"kervan/modules/accounts"
	"kervan/tenants"
)

// The demonstration is invented: its networks, people and organizations exist nowhere.
const demoPassword = "slow-caravan-green-lantern"

func seedCommand() *cobra.Command {
	return &cobra.Command{
		Use: "seed", Short: "Fill in the demonstration, unless it is there already", Args: cobra.NoArgs,
		Long: "Makes the core site and four invented networks through the program's own use-cases. A network that is complete is left alone; one that a killed run left half made is made anew.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := readConfig()
			if err != nil {
				return err
			}
			return seedAlone(cmd.Context(), config, cmd.OutOrStdout())
		},
	}
}

// seedAlone seeds in a program of its own, whose worker does not run: a job belongs to the day of the act that it follows
// from, and the worker knows only today.
//
// Its commits are not waited for: what a power cut loses is the end of the last network, which is then not live and made
// anew.
func seedAlone(ctx context.Context, config Config, out io.Writer) error {
	config, err := hurried(config)
	if err != nil {
		return err
	}
	app, err := newApp(ctx, config)
	if err != nil {
		return err
	}
	defer app.close()
	return seed(ctx, app, out)
}

// hurried is the configuration of a program that does not wait for the disk at its commits.
func hurried(config Config) (Config, error) {
	for _, address := range []*string{&config.DatabaseURL, &config.MigratorURL, &config.WorkerURL} {
		u, err := url.Parse(*address)
		if err != nil {
			return config, fmt.Errorf("parse the database's address: %w", err)
		}
		q := u.Query()
		q.Set("synchronous_commit", "off")
		u.RawQuery = q.Encode()
		*address = u.String()
	}
	return config, nil
}

// seed makes what the demonstration lacks: the core, whose team signs first calls, and then all networks at once. A network goes live when it is
// complete; one that is there and not live was left by a run that was killed, and begins anew.
func seed(ctx context.Context, app *App, out io.Writer) error {
	hash := sync.OnceValues(func() (string, error) { return accounts.HashPassword(demoPassword) })
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	if err := seedCore(ctx, app, hash, out); err != nil {
		return err
	}
	all := slices.DeleteFunc(casts(), func(c cast) bool { return c.Kind == tenants.KindCore })
	failed := make([]error, len(all))
	for i, c := range all {
		wg.Go(func() {
			if failed[i] = seedCast(ctx, app, c, hash, out); failed[i] != nil {
				failed[i] = fmt.Errorf("demonstration of %s: %w", c.Slug, failed[i])
				stop()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return seedBetween(ctx, app)
}

// seedCore makes the core, without which no network opens its first call.
func seedCore(ctx context.Context, app *App, hash func() (string, error), out io.Writer) error {
	for _, c := range casts() {
		if c.Kind != tenants.KindCore {
			continue
		}
		if err := seedCast(ctx, app, c, hash, out); err != nil {
			return fmt.Errorf("demonstration of %s: %w", c.Slug, err)
		}
	}
	return nil
}

func seedCast(ctx context.Context, app *App, c cast, hash func() (string, error), out io.Writer) error {
	tenant, found, err := app.tenants.ByHost(ctx, app.config.hosts(c.Slug)[0])
	if err != nil {
		return err
	}
	if found && c.Kind == tenants.KindCore {
		out = io.Discard // its team is made again, quickly, in case that broke off
	}
	if found && c.Kind == tenants.KindNetwork {
		if tenant.Status != tenants.StatusOnboarding || tenant.Name != c.Name {
			return nil
		}
		if err := discard(ctx, app, tenant); err != nil {
			return err
		}
	}
	began := time.Now()
	fmt.Fprintf(out, "demonstration: %s …\n", c.Name)
	if tenant, err = enterNetwork(ctx, app, c); err != nil {
		return err
	}
	s, err := newStage(ctx, app, c, tenant, hash)
	if err != nil {
		return err
	}
	if c.play != nil {
		c.play(s, s.world.Organizations(c.mix...))
		s.brands(s.day(-339, 10, 0), c.seed)
		s.tells(c.Slug)
		if err := s.run(ctx); err != nil {
			return err
		}
	}
	if c.Kind == tenants.KindNetwork {
		if err := app.tenants.GoLive(ctx, tenant.ID); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "demonstration: %s is there after %s\n", c.Name, time.Since(began).Round(time.Second/10))
	return nil
}

// enterNetwork makes a network, or finds it.
func enterNetwork(ctx context.Context, app *App, c cast) (tenants.Tenant, error) {
	n := c.New
	n.Hosts = app.config.hosts(n.Slug)
	tenant, found, err := app.tenants.ByHost(ctx, n.Hosts[0])
	if err != nil {
		return tenant, err
	}
	if !found {
		if tenant, err = app.tenants.Create(ctx, n); err != nil {
			return tenant, err
		}
	}
	if err := app.tenants.Provision(ctx, tenant.ID); err != nil {
		return tenant, err
	}
	return app.tenants.ByID(ctx, tenant.ID)
}

// discard removes a network that a killed run left half made, its jobs and its documents.
func discard(ctx context.Context, app *App, tenant tenants.Tenant) error {
	if err := app.documents.EraseAll(ctx, tenant); err != nil {
		return err
	}
	_, err := app.workerPool.Exec(ctx, `DELETE FROM river.river_job WHERE args->>'room' = $1`, tenant.ID.String())
	if err != nil {
		return fmt.Errorf("remove jobs of %s: %w", tenant.Slug, err)
	}
	return app.tenants.Discard(ctx, tenant.ID)
}
