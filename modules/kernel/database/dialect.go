package database

import (
	"bytes"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// Dialect is bun's for PostgreSQL, but for JSON: bun takes every \u0000 in it for an escaped NUL, also where the backslash is
// itself escaped because somebody has typed those six characters, and so writes JSON that PostgreSQL refuses.
type Dialect struct{ *pgdialect.Dialect }

// NewDialect makes one. It is shared by all databases of a program, as it remembers the shape of their tables.
func NewDialect() *Dialect { return &Dialect{pgdialect.New()} }

var escapedNUL = []byte(`u0000`)

// AppendJSON writes JSON as a literal of SQL. An escaped NUL, which jsonb cannot hold, becomes the six characters that spell
// it.
func (*Dialect) AppendJSON(b, json []byte) []byte {
	b = append(b, '\'')
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case c == '\'':
			b = append(b, '\'', '\'')
		case c == 0: // no JSON has it, and no literal can
		case c == '\\' && bytes.HasPrefix(json[i+1:], escapedNUL):
			b = append(b, `\\`...)
		case c == '\\' && i+1 < len(json) && json[i+1] == '\\':
			b = append(b, `\\`...)
			i++
		default:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}
