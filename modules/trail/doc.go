// Package trail lets a network's coordinator (and the core team, on the core site) read the audit trail: who did what
// to what, and whether the trail is whole. Writing it is every use-case's own business; see kernel/audit.
package trail
