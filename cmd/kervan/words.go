package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"kervan/modules/kernel/i18n"
)

func wordsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "words language", Short: "Write the file of an interface language", Args: cobra.ExactArgs(1),
		Long: "Writes the file that makes an interface language, such as fr: what is translated already, and every other message in English as a comment. Says at the end how many are not translated yet. The file belongs to modules/kernel/i18n/languages, or to the folder that KERVAN_LANGUAGES names.",
		RunE: func(cmd *cobra.Command, args []string) error {
			catalog, err := loadCatalog()
			if err != nil {
				return err
			}
			l := i18n.Locale(args[0])
			if _, err := fmt.Fprint(cmd.OutOrStdout(), catalog.Skeleton(l)); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d messages are not translated\n", len(catalog.Missing(l)), len(catalog.Keys()))
			return err
		},
	}
}
