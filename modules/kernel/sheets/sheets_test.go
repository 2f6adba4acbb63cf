package sheets_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
)

func localizer(t testing.TB, l i18n.Locale) *i18n.Localizer {
	t.Helper()
	c, err := i18n.Load(fstest.MapFS{"locales/en.toml": {}, "locales/tr.toml": {}, "locales/de.toml": {}})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Istanbul")
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(l, zone)
}

var attacks = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\"=1", "'=1", "＝1", "＋1", "“=1+1”", "=HYPERLINK(\"//evil\")", "\u00a0=1",
}

func TestNoCellBecomesAFormula(t *testing.T) {
	t.Parallel()
	table := sheets.Table{Columns: []string{"a"}}
	for _, a := range attacks {
		table.Rows = append(table.Rows, []any{a})
	}
	b, err := table.Write(sheets.CSV, localizer(t, i18n.EN))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range attacks {
		if got := records[i+1][0]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q was written as %q", a, got)
		}
	}
	b, err = table.Write(sheets.XLSX, localizer(t, i18n.EN))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for i := range attacks {
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			t.Fatal(err)
		}
		if formula, err := f.GetCellFormula(f.GetSheetName(0), cell); err != nil || formula != "" {
			t.Errorf("%s holds the formula %q, %v", cell, formula, err)
		}
	}
}

func TestCSVForTheReadersSpreadsheet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 12, 20, 59, 0, 0, time.UTC)
	table := sheets.Table{Columns: []string{"Ad", "Puan", "Tarih"}, Rows: [][]any{{`Işık; "Şule"`, 7.25, at}, {"çok\nsatır", 3, time.Time{}}, {nil, nil, nil}}}
	for locale, want := range map[i18n.Locale]string{
		i18n.EN: "Ad,Puan,Tarih\r\n\"Işık; \"\"Şule\"\"\",7.25,2026-10-12 23:59\r\n\"çok\r\nsatır\",3,\r\n,,\r\n",
		i18n.TR: "\ufeffAd;Puan;Tarih\r\n\"Işık; \"\"Şule\"\"\";7,25;2026-10-12 23:59\r\n\"çok\r\nsatır\";3;\r\n;;\r\n",
	} {
		b, err := table.Write(sheets.CSV, localizer(t, locale))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(b)); diff != "" {
			t.Errorf("%s: %s", locale, diff)
		}
	}
}

func FuzzHarmless(f *testing.F) {
	for _, a := range attacks {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := sheets.Harmless(s)
		if got != s && got != "'"+s {
			t.Errorf("%q became %q", s, got)
		}
		if strings.HasPrefix(strings.TrimLeft(got, " \u00a0\"“„`"), "=") {
			t.Errorf("%q is still a formula", got)
		}
	})
}
