package applications

import (
	"encoding/json"
	"testing"
)

func TestTheFirstOfAnAnswerIsItsTopic(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`"people"`: "people", `["digital","people"]`: "digital", `[]`: "", `null`: "", ``: "", `{"given":true}`: "", `7`: ""} {
		if got := firstOf(json.RawMessage(raw)); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}
