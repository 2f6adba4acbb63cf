// Package policies answers one question: may this actor do this, to this? Nothing else decides rights.
//
// The policy is static and lives in the binary: policy.csv lists role, resource, verb and condition; model.conf says
// how Casbin reads it. Roles come from the actor's memberships, which are read afresh on each request, so a revoked
// role is gone on the next one. What the condition needs to know of the thing at hand is passed in as On.
//
// Lists never ask per row: they put the same scope into SQL. testdata/matrix.golden.md is the whole policy as a table
// that a lawyer can read; a test keeps it true.
package policies
