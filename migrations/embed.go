// Package migrations holds the database's history as plain SQL: cluster/ (roles and revokes, by an administrator, safe
// to repeat), platform/ (shared tables) and tenant/ (the tables of one tenant, in that tenant's schema).
//
// Files of tenant/ run on clusters that shard by schema: a primary key on every table; no triggers, row security,
// procedures, inheritance or updatable views; no reference out of the schema.
package migrations

import "embed"

// Files holds cluster/*.sql, platform/*.sql and tenant/*.sql.
//
//go:embed cluster/*.sql platform/*.sql tenant/*.sql
var Files embed.FS
