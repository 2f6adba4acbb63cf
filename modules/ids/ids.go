// Package ids gives every noun its own identifier type, so that an organization's id cannot be passed where an
// application's is meant. Identifiers are UUIDs of version 7: they sort by creation and cannot be guessed.
package ids

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// ID is an identifier of the noun K. The zero ID means "none" and is stored as NULL where a column allows it.
type ID[K any] [16]byte

type identifier[I any] interface {
	fresh() I
	parse(text string) (I, error)
}

// New makes a fresh identifier: ids.New[ids.Application]().
func New[I identifier[I]]() I {
	var zero I
	return zero.fresh()
}

// Parse reads the canonical text form (36 lower-case characters with hyphens). Anything else is an error, also the text of
// the zero ID, which is no identifier; callers at the edge answer it like an id that does not exist.
func Parse[I identifier[I]](text string) (I, error) {
	var zero I
	return zero.parse(text)
}

func (ID[K]) fresh() ID[K] { return ID[K](uuid.Must(uuid.NewV7())) }

func (ID[K]) parse(text string) (ID[K], error) {
	u, err := uuid.Parse(text)
	if err != nil || u.String() != text || u == uuid.Nil {
		return ID[K]{}, fmt.Errorf("ids: %q is not an identifier", text)
	}
	return ID[K](u), nil
}

// String is the canonical text form, as used in URLs and JSON.
func (id ID[K]) String() string { return uuid.UUID(id).String() }

// IsZero reports whether this is no identifier at all.
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// MarshalText writes the canonical text form; the zero ID is the empty text.
func (id ID[K]) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return []byte{}, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads the canonical text form; the empty text is the zero ID.
func (id *ID[K]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[K]{}
		return nil
	}
	parsed, err := id.parse(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Value stores the identifier as a uuid; the zero ID is NULL.
func (id ID[K]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan reads a uuid column; NULL becomes the zero ID.
func (id *ID[K]) Scan(src any) error {
	if src == nil {
		*id = ID[K]{}
		return nil
	}
	var u uuid.UUID
	if err := u.Scan(src); err != nil {
		return fmt.Errorf("ids: scan: %w", err)
	}
	*id = ID[K](u)
	return nil
}
