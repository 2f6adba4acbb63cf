// Package tenants owns the walls of the house. It says which tenant a host belongs to, who acts, and binds both into a
// Scope, the second argument of every use-case; and it holds the only road to a tenant's tables.
//
// Words: a Tenant is a network's (or the core's) own site and schema; an Actor is who acts, with the roles of their
// memberships; a Scope is both, bound to that tenant's tables; a Tx is one transaction in it, which carries away what
// it announces and writes its audit trail.
//
// Invariants: every statement runs as the tenant's own database role with only the tenant's schema in its search path,
// both set in the same message that begins the transaction; no setting outlives a transaction; the sign-in role has no
// right of its own; a zero Scope reaches nothing. The database enforces it, so a forgotten condition or an injected
// query ends at the wall.
package tenants
