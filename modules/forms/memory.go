package forms

import (
	"sync"

	"kervan/modules/ids"
)

// memory keeps things that never change, by tenant and identifier. When it is full it forgets everything: it fills again
// within a request or two.
type memory[K comparable, V any] struct {
	lock *sync.Mutex
	most int
	kept map[memoryKey[K]]V
}

type memoryKey[K comparable] struct {
	tenant ids.Tenant
	id     K
}

func newMemory[K comparable, V any](most int) memory[K, V] {
	return memory[K, V]{lock: &sync.Mutex{}, most: most, kept: map[memoryKey[K]]V{}}
}

func (m memory[K, V]) get(tenant ids.Tenant, id K, find func() (V, error)) (V, error) {
	key := memoryKey[K]{tenant, id}
	m.lock.Lock()
	known, ok := m.kept[key]
	m.lock.Unlock()
	if ok {
		return known, nil
	}
	found, err := find()
	if err != nil {
		return found, err
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if len(m.kept) >= m.most {
		clear(m.kept)
	}
	m.kept[key] = found
	return found, nil
}
