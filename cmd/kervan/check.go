package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"kervan/migrations"
	"kervan/modules/applications"
	"kervan/modules/kernel/database"
	"kervan/modules/organizations"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/tenants"
)

func bootstrap(ctx context.Context, adminURL string) error {
	return database.Bootstrap(ctx, adminURL, migrations.Files, "cluster")
}

// checks are what each module knows must never be.
func (a *App) checks() []tenants.Check {
	return []tenants.Check{a.accounts.Check, a.correspondence.Check, a.documents.Check, organizations.Check, programs.Check, applications.Check, partnerships.Check, a.matching.Check}
}

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Verify the invariants of all tenants", Args: cobra.NoArgs,
		Long: "Verifies that schemas are current and alike, that the database keeps tenants apart, that every audit trail is whole, that states and their histories are legal, and that nothing points to what is not there. Prints each finding on a line and fails when there is one.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := readConfig()
			if err != nil {
				return err
			}
			app, err := newApp(cmd.Context(), config)
			if err != nil {
				return err
			}
			defer app.close()
			return app.check(cmd.Context(), cmd.OutOrStdout())
		},
	}
}

// check prints each finding on a line and fails when there is one.
func (a *App) check(ctx context.Context, out io.Writer) error {
	findings, err := a.tenants.Invariants(ctx, a.checks()...)
	if err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(out, f)
	}
	if len(findings) > 0 {
		return fmt.Errorf("%d findings", len(findings))
	}
	fmt.Fprintln(out, "all invariants hold")
	return nil
}
