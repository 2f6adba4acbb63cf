package sheets_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/sheets"
)

func TestLinesAreRead(t *testing.T) {
	t.Parallel()
	line := func(at int, what, email string) sheets.Line { return sheets.Line{At: at, What: what, Email: email} }
	known := func(what string) bool { return strings.HasPrefix(what, "2027-") }
	both := []sheets.Line{line(1, "2027-001", "a@x.example"), line(2, "2027-002", "b@x.example")}
	for name, tt := range map[string]struct {
		content string
		lines   []sheets.Line
		bad     []sheets.BadLine
	}{
		"commas":            {"2027-001,a@x.example\n2027-002,b@x.example\n", both, nil},
		"semicolons":        {"2027-001;a@x.example\r\n2027-002; b@x.example", both, nil},
		"tabs":              {"2027-001\ta@x.example\n2027-002\tb@x.example", both, nil},
		"a byte order mark": {"\ufeff2027-001,a@x.example\n2027-002,b@x.example", both, nil},
		"empty columns":     {"2027-001,a@x.example,,\n2027-002,b@x.example,", both, nil},
		"a heading":         {"Number;E-mail\n2027-001;a@x.example", []sheets.Line{line(2, "2027-001", "a@x.example")}, nil},
		"quoted":            {"\"A, B + C\",a@x.example", []sheets.Line{line(1, "A, B + C", "a@x.example")}, nil},
		"no address":        {"2027-001,a@x.example\n2027-002,", both[:1], []sheets.BadLine{{Line: line(2, "2027-002", ""), Why: sheets.NoAddress}}},
		"one column":        {"2027-001,a@x.example\n2027-002", both[:1], []sheets.BadLine{{Line: line(2, "2027-002", ""), Why: sheets.NoAddress}}},
		"a late address":    {"2027-001,a@x.example\n2027-002,,b@x.example", both[:1], []sheets.BadLine{{Line: line(2, "2027-002", ""), Why: sheets.TwoColumns}}},
		"a typo at first":   {"2027-002,b.x.example\n2027-001,a@x.example", []sheets.Line{line(1, "2027-002", "b.x.example"), line(2, "2027-001", "a@x.example")}, nil},
		"a quote inside":    {"2027-001,a@x.example\n2027-002,b\"@x.example\n2027-003,c@x.example", both[:1], []sheets.BadLine{{Line: line(2, "", ""), Why: sheets.Unreadable}}},
		"an open address":   {"2027-001,a@x.example\n2027-002,\"b@x.example\n2027-003,c@x.example", both[:1], []sheets.BadLine{{Line: line(2, "", ""), Why: sheets.Unreadable}}},
		"three columns":     {"2027-001,a@x.example\n2027-002,b@x.example,c", both[:1], []sheets.BadLine{{Line: line(2, "2027-002", "b@x.example"), Why: sheets.TwoColumns}}},
		"no text":           {"a\x00b", nil, []sheets.BadLine{{Line: line(1, "", ""), Why: sheets.Unreadable}}},
		"an open quote":     {"2027-001,a@x.example\n\"2027", both[:1], []sheets.BadLine{{Line: line(2, "", ""), Why: sheets.Unreadable}}},
		"nothing":           {"", nil, nil},
	} {
		lines, bad := sheets.ReadLines([]byte(tt.content), known)
		if diff := cmp.Diff(tt.lines, lines) + cmp.Diff(tt.bad, bad); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	lines, bad := sheets.ReadLines([]byte(strings.Repeat("2027-001,a@x.example\n", 20_001)), known)
	if len(lines) > 0 || len(bad) != 1 || bad[0].Why != sheets.TooLong {
		t.Errorf("a long file: %d lines, %v", len(lines), bad)
	}
}
