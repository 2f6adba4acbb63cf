package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kervan/migrations"
	"kervan/modules/kernel/database"
)

func bootstrap(ctx context.Context, adminURL string) error {
	return database.Bootstrap(ctx, adminURL, migrations.Files, "cluster")
}

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Verify the invariants of all tenants", Args: cobra.NoArgs,
		Long: "Verifies that schemas are current, that the database keeps tenants apart, and that every audit trail is whole. Prints each finding on a line and fails when there is one.",
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
			findings, err := app.tenants.Invariants(cmd.Context())
			if err != nil {
				return err
			}
			for _, f := range findings {
				fmt.Fprintln(cmd.OutOrStdout(), f)
			}
			if len(findings) > 0 {
				return fmt.Errorf("%d findings", len(findings))
			}
			fmt.Fprintln(cmd.OutOrStdout(), "all invariants hold")
			return nil
		},
	}
}
