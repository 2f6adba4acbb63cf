package database_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kervan/modules/kernel/database"
	"kervan/modules/kernel/database/databasetest"
)

func TestJSONArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	db := databasetest.Pool(t, "postgres")
	for _, text := range []string{
		"", "plain", "it's", `a"b`, `\`, `\\`, `\'`, `\u0000`, `\\u0000`, `\u0000'; DROP TABLE x; --`, "line\nbreak\ttab", "İstanbul ıŞ", "<&>", "\u2028",
	} {
		raw, err := json.Marshal(map[string]string{"k": text})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		literal := string(database.NewDialect().AppendJSON(nil, raw))
		if err := db.QueryRow(t.Context(), "SELECT "+literal+"::jsonb->>'k'").Scan(&got); err != nil || got != text {
			t.Errorf("%q became %q: %v", text, got, err)
		}
	}
	literal := string(database.NewDialect().AppendJSON(nil, []byte("{\"k\":\"a\\u0000b\x00\"}")))
	var got string
	if err := db.QueryRow(t.Context(), "SELECT "+literal+"::jsonb->>'k'").Scan(&got); err != nil || got != `a\u0000b` || strings.ContainsRune(literal, 0) {
		t.Errorf("a NUL became %q: %v", got, err)
	}
}
