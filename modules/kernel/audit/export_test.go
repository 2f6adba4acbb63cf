package audit

// Sum is the hash that a row should have.
func Sum(r Row) []byte { return r.sum() }

// Written is how a detail stands in the trail.
func Written(detail map[string]any) (string, error) {
	b, err := Entry{Action: "a", SubjectKind: "k", SubjectID: "1", Detail: detail}.detail()
	return string(b), err
}
