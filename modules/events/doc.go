// Package events lists every fact that a module announces, in the past tense, and the requests that any module may
// make of correspondence. An event is inserted as jobs in the transaction that made it true, one per reaction; each is
// delivered at least once, so reactions are safe to repeat. Which reaction listens to which event stands in
// cmd/kervan/subscriptions.go.
package events
