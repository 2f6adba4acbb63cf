package blueprints_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/i18n"
)

func TestAScaleHasItsPoints(t *testing.T) {
	t.Parallel()
	whole, halves := blueprints.Scale{Lowest: 1, Highest: 4}, blueprints.Scale{Lowest: 0, Highest: 2, Halves: true}
	if diff := cmp.Diff([]float64{1, 2, 3, 4}, whole.Scores()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{0, 0.5, 1, 1.5, 2}, halves.Scores()); diff != "" {
		t.Error(diff)
	}
	for score, in := range map[float64]bool{0: false, 1: true, 2.5: false, 4: true, 4.5: false} {
		if whole.Has(score) != in {
			t.Errorf("%v of 1 to 4: %v", score, !in)
		}
	}
	for score, in := range map[float64]bool{-0.5: false, 0.5: true, 0.25: false, 2: true, 2.5: false} {
		if halves.Has(score) != in {
			t.Errorf("%v of 0 to 2 in halves: %v", score, !in)
		}
	}
	if !whole.Low(2) || whole.Low(2.5) || whole.Low(3) {
		t.Error("the middle of 1 to 4 is 2.5")
	}
	if got := []float64{whole.Nearest(0), whole.Nearest(0.5), whole.Nearest(1), halves.Nearest(0.3)}; !cmp.Equal(got, []float64{1, 3, 4, 0.5}) {
		t.Errorf("nearest points: %v", got)
	}
}

func TestACriterionHoldsTogether(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		k    blueprints.Criterion
		want string
	}{
		"as it always was":          {blueprints.Criterion{}, ""},
		"its own scale":             {blueprints.Criterion{Lowest: 1, Highest: 5, Halves: true, Threshold: 2.5, Points: []blueprints.Meaning{{Value: "1"}, {Value: "4.5"}}}, ""},
		"below nought":              {blueprints.Criterion{Lowest: -1}, "lowest"},
		"beyond any scale":          {blueprints.Criterion{Highest: 11}, "highest"},
		"upside down":               {blueprints.Criterion{Lowest: 5, Highest: 5}, "highest"},
		"lowest above the call's":   {blueprints.Criterion{Lowest: 9}, "highest"},
		"a threshold that all pass": {blueprints.Criterion{Lowest: 1, Highest: 5, Threshold: 1}, "threshold"},
		"one that nobody passes":    {blueprints.Criterion{Highest: 5, Threshold: 5.1}, "threshold"},
		"one too fine":              {blueprints.Criterion{Highest: 5, Threshold: 2.55}, "threshold"},
		"half a point of none":      {blueprints.Criterion{Points: []blueprints.Meaning{{Value: "1.5"}}}, "points"},
		"a point twice":             {blueprints.Criterion{Points: []blueprints.Meaning{{Value: "1"}, {Value: "1"}}}, "points"},
		"a point beyond":            {blueprints.Criterion{Points: []blueprints.Meaning{{Value: "9"}}}, "points"},
		"a point written oddly":     {blueprints.Criterion{Points: []blueprints.Meaning{{Value: "1.0"}}}, "points"},
		"no point":                  {blueprints.Criterion{Points: []blueprints.Meaning{{Value: "good"}}}, "points"},
		"too many words":            {blueprints.Criterion{Guidance: i18n.Text{i18n.TR: strings.Repeat("ğ", 2001)}}, "guidance"},
	} {
		var fields []string
		for _, f := range tt.k.Flaws(8) {
			fields = append(fields, f.Field)
		}
		if got := strings.Join(fields, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestWeightsAreSpread(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		weights []int
		sum     int
		want    []int
	}{
		"one leaves":    {[]int{25, 25, 30}, 100, []int{31, 31, 38}},
		"one comes":     {[]int{50, 30, 20}, 80, []int{40, 24, 16}},
		"all of nought": {[]int{0, 0, 0}, 100, []int{34, 33, 33}},
		"nobody":        {nil, 100, []int{}},
	} {
		if got := blueprints.Spread(tt.weights, tt.sum); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAScaleOfAProgramIsLookedAt(t *testing.T) {
	t.Parallel()
	b := blueprints.Default()
	b.Criteria[1].Lowest, b.Criteria[1].Highest = 4, 2
	p, err := blueprints.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	found := blueprints.Problems(p)
	if len(found) != 1 || found[0].Piece != "criteria/commitment" || found[0].Key != "blueprints.criterion.upside_down" {
		t.Errorf("problems: %v", found)
	}
	b.Criteria[1] = blueprints.Criterion{Key: "commitment", Weight: 20, Lowest: 1, Highest: 5, Halves: true, Threshold: 2.5, CommentOptional: true, Points: []blueprints.Meaning{{Value: "5", Label: i18n.Text{i18n.EN: "All of it"}}}}
	whole, err := blueprints.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	piece, _ := whole.Piece("criteria/commitment")
	var said blueprints.Criterion
	if err := json.Unmarshal(piece.Body, &said); err != nil || !cmp.Equal(said, b.Criteria[1]) {
		t.Errorf("%v: %+v", err, said)
	}
}
