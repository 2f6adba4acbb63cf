package pdf_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
)

// streams are the contents of a file's pages.
func streams(t *testing.T, file []byte) []string {
	t.Helper()
	var all []string
	for _, part := range bytes.Split(file, []byte(">>\nstream\n"))[1:] {
		body, _, _ := bytes.Cut(part, []byte("\nendstream"))
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(r)
		if err == nil && bytes.Contains(content, []byte(" Tj ET")) {
			all = append(all, string(content))
		}
	}
	return all
}

var bar = regexp.MustCompile(`([\d.]+) ([\d.]+) m\n([\d.]+) ([\d.]+) l\n([\d.]+) ([\d.]+) l\n([\d.]+) ([\d.]+) l\nh`)

// TestAQRCodeLeadsToTheAddress reads the squares that were drawn, as a telephone does, and holds them against the code of the
// address.
func TestAQRCodeLeadsToTheAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://a.example/verify/7H2K-9QXM-0F3B-WT5A", "https://kapasite-gelistirme." + strings.Repeat("sehirler-arasi.", 9) + "example/verify/7H2K-9QXM-0F3B-WT5A"} {
		p := paper(t, i18n.TR, everything()...)
		p.VerifyURL = address
		file := write(t, p)
		if n := bytes.Count(file, []byte("/URI ("+address+")")); n < 3 {
			t.Errorf("%d links lead to the address, of the text on two pages and the code", n)
		}
		drawn := streams(t, file)
		if len(drawn) < 2 || bar.MatchString(drawn[1]) {
			t.Errorf("%d pages, or more than the first has a code", len(drawn))
		}
		want, err := qr.Encode(address, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		if got := squares(t, drawn[0], want.Size); got != board(want) {
			t.Errorf("another code was drawn:\n%s\nwant\n%s", got, board(want))
		}
	}
}

// squares reads what was drawn, of a code of that many squares a side.
func squares(t *testing.T, page string, size int) string {
	t.Helper()
	type box struct{ left, right, above, below float64 }
	var boxes []box
	left, above := 1e9, 0.0
	right := 0.0
	for _, m := range bar.FindAllStringSubmatch(page, -1) {
		var n [8]float64
		for i := range n {
			var err error
			if n[i], err = strconv.ParseFloat(m[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		boxes = append(boxes, box{n[0], n[2], n[1], n[5]})
		left, right, above = min(left, n[0]), max(right, n[2]), max(above, n[1])
	}
	side := (right - left) / float64(size)
	if side < 0.7 {
		t.Errorf("a square of the code is %.2f points wide: no telephone reads it", side)
	}
	var all strings.Builder
	for row := range size {
		for column := range size {
			x, y, sign := left+(float64(column)+0.5)*side, above-(float64(row)+0.5)*side, "."
			for _, b := range boxes {
				if b.left < x && x < b.right && b.below < y && y < b.above {
					sign = "#"
				}
			}
			all.WriteString(sign)
		}
		all.WriteString("\n")
	}
	return all.String()
}

func board(code *qr.Code) string {
	var all strings.Builder
	for row := range code.Size {
		for column := range code.Size {
			if code.Black(column, row) {
				all.WriteString("#")
			} else {
				all.WriteString(".")
			}
		}
		all.WriteString("\n")
	}
	return all.String()
}

func TestAWarningStandsOnEveryPage(t *testing.T) {
	t.Parallel()
	p := paper(t, i18n.TR, everything()...)
	const words = "Deneme: buradaki her şey uydurmadır."
	p.Warning = words
	all := pages(t, write(t, p))
	for i, page := range all {
		if !strings.Contains(page, words) {
			t.Errorf("page %d of %d does not warn", i+1, len(all))
		}
	}
	if p = p.Marked(pdf.Mark{}); p.Code+p.VerifyURL != "" || !p.Made.IsZero() {
		t.Errorf("a mark leaves something of the one before: %+v", p)
	}
}
