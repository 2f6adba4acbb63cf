package tenants

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/seal"
)

// A job whose arguments are confidential, such as a mail with a link that signs in, waits in the queue sealed: the queue
// keeps failed jobs for months, and whoever looks after it must not be able to sign in as somebody. A job that was sealed
// with another secret is given up.

type sealed struct {
	Sealed []byte `json:"sealed"`
}

func newSealer(secret []byte) (*seal.Box, error) {
	if len(secret) == 0 {
		return nil, nil
	}
	return seal.New(secret, "queue")
}

// seal hides the payload of the job of that name in that room; it can be opened as nothing else.
func (t *Tenants) seal(name, room string, payload json.RawMessage) (json.RawMessage, error) {
	if t.sealer == nil {
		return payload, nil
	}
	return json.Marshal(sealed{t.sealer.Seal(payload, name+"\x00"+room)})
}

func (t *Tenants) unseal(e jobs.Envelope) (json.RawMessage, error) {
	if !bytes.HasPrefix(e.Payload, []byte(`{"sealed":`)) {
		return e.Payload, nil
	}
	var s sealed
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return nil, fmt.Errorf("tenants: job %s: read seal: %w: %w", e.Name, err, jobs.ErrGiveUp)
	}
	if t.sealer == nil {
		return nil, fmt.Errorf("tenants: job %s: %w: %w", e.Name, errSealed, jobs.ErrGiveUp)
	}
	payload, err := t.sealer.Open(s.Sealed, e.Name+"\x00"+e.Room)
	if err != nil {
		return nil, fmt.Errorf("tenants: job %s: %w: %w", e.Name, errSealed, jobs.ErrGiveUp)
	}
	return payload, nil
}

var errSealed = errors.New("it was sealed with another secret")
