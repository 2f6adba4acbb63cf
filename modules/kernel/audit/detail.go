package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

const longestMark = 200

// detail checks the entry and writes its detail.
func (e Entry) detail() (json.RawMessage, error) {
	for _, text := range []string{e.Action, e.SubjectKind, e.SubjectID} {
		if text == "" || !mark(text) {
			return nil, fmt.Errorf("%q is no mark", text)
		}
	}
	if e.Detail == nil {
		return json.RawMessage("{}"), nil
	}
	b, err := json.Marshal(e.Detail)
	if err != nil {
		return nil, err
	}
	v, err := decode(b)
	if err != nil {
		return nil, err
	}
	if text, found := prose(v); found {
		return nil, fmt.Errorf("the detail holds a text, %q: what people write does not belong into the trail", text)
	}
	return json.Marshal(v)
}

// mark reports whether a text can be an identifier, a key, a state or an instant, and nothing that people write.
func mark(text string) bool {
	return len(text) <= longestMark && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// prose finds a text that is no mark.
func prose(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, !mark(v)
	case []any:
		for _, one := range v {
			if text, found := prose(one); found {
				return text, true
			}
		}
	case map[string]any:
		for name, one := range v {
			if !mark(name) {
				return name, true
			}
			if text, found := prose(one); found {
				return text, true
			}
		}
	}
	return "", false
}

// canonical writes a detail so that the same detail always has the same bytes, also after jsonb has kept it its own way:
// names sorted, no white space, numbers in full.
func canonical(detail json.RawMessage) (json.RawMessage, error) {
	v, err := decode(detail)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func decode(b []byte) (any, error) {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	return inFull(v), nil
}

// inFull writes every number without an exponent and without zeros that say nothing.
func inFull(v any) any {
	switch v := v.(type) {
	case json.Number:
		return plain(v)
	case []any:
		for i := range v {
			v[i] = inFull(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = inFull(v[name])
		}
	}
	return v
}

func plain(n json.Number) json.Number {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return n
	}
	digits, _ := r.FloatPrec() // exact: whatever was written in decimals ends
	return json.Number(r.FloatString(digits))
}
