package forms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

func TestPatternsThatDoNotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for pattern, works := range map[string]bool{
		"": true, "TR[0-9]{24}": true, "(?i)[a-zçğıöşü]+": true, "a|b": true,
		"(": false, "a)(b": false, `\Qa`: false, `(a)\1`: false, "(?=a)": false, "[0-9]{1001}": false,
		strings.Repeat("a", 200): true, strings.Repeat("a", 201): false, "((a{30}){30}){30}": false, `\pL{900}\pL{900}`: false,
	} {
		if got := forms.PatternWorks(pattern); got != works {
			t.Errorf("%q: works %t, want %t", pattern, got, works)
		}
		d := sample()
		question(t, d, "name").Pattern = pattern
		if problems := forms.Check(d); (len(problems) == 0) != works {
			t.Errorf("%q: %v", pattern, problems)
		}
	}
	d := sample()
	question(t, d, "founded").Pattern = "[0-9]+"
	if problems := forms.Check(d); len(problems) != 1 || problems[0].Key != "forms.check.pattern" {
		t.Errorf("a number with a pattern: %v", problems)
	}
}

func TestAPatternHoldsTheWholeAnswerAndSaysWhy(t *testing.T) {
	t.Parallel()
	words := i18n.Text{i18n.EN: "Two letters <b>", i18n.TR: "İki harf", i18n.DE: "Zwei Buchstaben"}
	q := &forms.Question{Key: "x", Type: forms.TypeShortText, Label: say("X"), Pattern: "[A-Z]{2}|none", PatternMessage: words}
	for answer, fits := range map[string]bool{"TR": true, "none": true, "TRX": false, "aTR": false, "TRnone": false, "tr": false} {
		raw, _ := json.Marshal(answer)
		bad := forms.ValidateAnswer(q, "x", raw, forms.Fill)
		if (len(bad) == 0) != fits {
			t.Errorf("%q: %v", answer, bad)
		}
		for _, l := range i18n.All {
			if len(bad) > 0 && localizer(t, l).With(bad[0].Key, bad[0].Args) != words[l] {
				t.Errorf("%s is told %q", l, localizer(t, l).With(bad[0].Key, bad[0].Args))
			}
		}
	}
	if bad := forms.ValidateAnswer(q, "x", json.RawMessage(`""`), forms.Submit); len(bad) > 0 {
		t.Errorf("no answer breaks no pattern: %v", bad)
	}
	for _, pattern := range []string{"TR[0-9]{24}", "[A-Z]{2}|none", `\d{2}-\d{3}( x)?`, "(ab+c){2}"} {
		q.Pattern = pattern
		if line, ok := q.Fitting(); !ok {
			t.Errorf("nothing fits %s: %q", pattern, line)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("(a{9}){9}|[^a]*", "aaa")
	f.Fuzz(func(t *testing.T, pattern, answer string) {
		q := &forms.Question{Key: "x", Type: forms.TypeShortText, Pattern: pattern}
		raw, err := json.Marshal(answer)
		if err != nil {
			return
		}
		forms.ValidateAnswer(q, "x", raw, forms.Submit)
		if line, ok := q.Fitting(); ok {
			fitting, _ := json.Marshal(line)
			if bad := forms.ValidateAnswer(q, "x", fitting, forms.Submit); len(bad) > 0 {
				t.Fatalf("%q does not fit %q: %v", line, pattern, bad)
			}
		}
	})
}
