package applications_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
)

func TestWhatTheSheetsChooseIsToldOfEachApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, _, _ := h.pair(t)
	a := h.find(t, id)
	for i, ranked := range []string{`["people","digital"]`, `["digital"]`} {
		h.fill(t, &a, a.Parts[i].Sheet, forms.Answers{"topics": json.RawMessage(ranked)})
	}
	found, err := applications.Chosen(t.Context(), h.System(), []applications.Application{a}, "topics")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[ids.Application][]string{id: {"people", "digital"}}, found); diff != "" {
		t.Error(diff)
	}
	if found, err := applications.Chosen(t.Context(), h.System(), nil, "topics"); err != nil || len(found) != 0 {
		t.Errorf("of no application: %v, %v", found, err)
	}
}
