// Package oversight is the core team's view over all networks: who is there, how they stand, how many take part. It
// opens, suspends and reopens networks, and it sees no text and no person of any of them: only the catalogue and counts.
package oversight
