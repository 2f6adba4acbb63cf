package solver

// kinds are what can be solved, one a line.
var kinds = map[string]kind{
	"agreement":  agreementKind,
	"assignment": assignmentKind,
	"bipartite":  bipartiteKind,
	"matching":   matchingKind,
	"roommates":  roommatesKind,
	"seats":      seatsKind,
}
