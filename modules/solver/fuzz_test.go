package solver

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// FuzzSolve holds that every text has an answer that is one JSON object on one line, or a mistake, within a time.
func FuzzSolve(f *testing.F) {
	for _, k := range kinds {
		for _, e := range k.examples {
			f.Add(e.instance)
		}
	}
	for _, seed := range []string{
		``, `{`, `null`, `"kind"`, `{"kind":"matching"}`, `{"kind":"matching","nodes":3,"edges":[[0,1,1e-400],[1,2,-0.0]]}`, `{"kind":"roommates","preferences":[[]]}`,
		`{"kind":"matching","nodes":3,"edges":[[0,1,[]],{}],"seed":9007199254740992}`, "{\"kind\":\"\\ud800\xff\",\"\\u0000\":[{}]}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, instance string) {
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
		defer stop()
		answer, err := Solve(ctx, []byte(instance))
		if mistake, ok := errors.AsType[*Mistake](err); ok {
			if answer != nil || mistake.What == "" || strings.ContainsAny(mistake.Error(), "\n\r") {
				t.Errorf("mistake %q, answer %s", mistake.Error(), answer)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(answer) || answer[0] != '{' || strings.ContainsAny(string(answer), "\n\r") {
			t.Errorf("answer %s", answer)
		}
		if again, err := Solve(ctx, []byte(instance)); err != nil || string(again) != string(answer) {
			t.Errorf("answer %s, then %s %v", answer, again, err)
		}
	})
}
