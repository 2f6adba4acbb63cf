// Package solver recomputes runs from their instances: one JSON object in, one JSON object out, as `kervan solve` prints it,
// so that anybody with a doubt, and any other program, can check what the house decided.
//
// Words: an instance is everything that a run was computed from, and says its Kind; an answer is what is computed from it;
// a Mistake is what is wrong with an instance, and where.
//
// Invariants: an instance has one answer, whatever the day, the machine and the order of maps; an instance with anything
// wrong about it has none; numbers are decimals as they are written, not the nearest binary fractions, as far as package
// decimals carries.
//
// Each kind is a file of this package that reads it and says in the help what it looks like, and a package below that
// computes and knows nothing of JSON. None of them knows tenants, the database or time; they use each other and the
// standard library only. To add a kind: write the pure package; write a file here with a variable of type kind (see
// matching.go) whose solve reads the fields with a reader and returns a struct with JSON names; add its line to kinds. Its
// examples in the help are run by a test.
package solver
