package correspondence

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Letter is what was written to somebody, without what the mail has around it.
type Letter struct {
	Person  ids.Person
	Kind    string
	To      string // the addressee's name
	Subject string
	Text    string // paragraphs parted by empty lines
	Locale  i18n.Locale
	At      time.Time // when it was released
}

// Letters gives the messages of some kinds about a thing that have left the outbox, the oldest first: what is still held
// or was cancelled is told to nobody. Whoever asks has made sure that the reader may know what its addressees know.
func Letters(ctx context.Context, db bun.IDB, aboutKind, aboutID string, kinds ...string) ([]Letter, error) {
	var rows []Message
	err := db.NewSelect().Model(&rows).Column("person_id", "kind", "name", "subject", "body", "locale", "released_at").
		Where("about_kind = ?", aboutKind).Where("about_id = ?", aboutID).Where("kind IN (?)", bun.List(kinds)).
		Where("status IN (?)", bun.List([]Status{StatusReleased, StatusSent, StatusFailed})).Where("NOT secret").
		OrderExpr("released_at, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("correspondence: letters about %s: %w", aboutKind, err)
	}
	letters := make([]Letter, len(rows))
	for i, m := range rows {
		letters[i] = Letter{Person: m.Person, Kind: m.Kind, To: m.Name, Subject: m.Subject, Text: inside(m.Body), Locale: m.Locale, At: m.ReleasedAt}
	}
	return letters, nil
}

// inside is a mail's text without its signature and the link above it.
func inside(body string) string {
	text, _, _ := strings.Cut(body, "\n\n-- \n")
	if i := strings.LastIndex(text, "\n\n"); i >= 0 {
		if _, link, found := strings.Cut(text[i:], ":\n"); found && (strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")) && !strings.ContainsAny(link, " \n") {
			text = text[:i]
		}
	}
	return strings.TrimSpace(text)
}
