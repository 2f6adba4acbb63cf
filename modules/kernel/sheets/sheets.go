// Package sheets writes tables for spreadsheet programs, as CSV and as XLSX, and lets no cell become a formula there.
package sheets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"kervan/modules/kernel/i18n"
)

// Table is what is to be written. A cell is a string, an int, a float64, a bool or a time.Time; nil is an empty cell.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// Format is a kind of file.
type Format string

// The formats that every list can be exported to.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ParseFormat accepts exactly the formats above.
func ParseFormat(s string) (Format, bool) {
	f := Format(s)
	return f, f == CSV || f == XLSX
}

// MediaType is what browsers are told.
func (f Format) MediaType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Write makes the file. CSV follows RFC 4180, with a semicolon and a byte order mark where the reader's spreadsheet
// program expects decimal commas; instants are shown in the reader's zone.
func (t Table) Write(f Format, loc *i18n.Localizer) ([]byte, error) {
	if f == XLSX {
		return t.xlsx(loc)
	}
	return t.csv(loc)
}

func (t Table) csv(loc *i18n.Localizer) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if decimal, _ := loc.Separators(); decimal == "," {
		w.Comma = ';'
		out.WriteString("\ufeff")
	}
	if err := w.Write(t.Columns); err != nil {
		return nil, fmt.Errorf("sheets: write head: %w", err)
	}
	record := make([]string, 0, len(t.Columns))
	for _, row := range t.Rows {
		record = record[:0]
		for _, cell := range row {
			record = append(record, text(cell, loc))
		}
		if err := w.Write(record); err != nil {
			return nil, fmt.Errorf("sheets: write row: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("sheets: write: %w", err)
	}
	return out.Bytes(), nil
}

func text(cell any, loc *i18n.Localizer) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return Harmless(v)
	case float64:
		decimal, _ := loc.Separators()
		return strings.Replace(fmt.Sprint(v), ".", decimal, 1)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(loc.Zone).Format("2006-01-02 15:04")
	default:
		return fmt.Sprint(v)
	}
}

// Harmless puts an apostrophe before a text that a spreadsheet program would take for a formula: one that begins, after
// quotes and spaces of any kind, with = + - @ or one of their full-width forms, or with a tab or a line break
// (OWASP, CSV injection).
func Harmless(s string) string {
	for i, r := range s {
		switch {
		case strings.ContainsRune("=+-@＝＋－＠", r), i == 0 && strings.ContainsRune("\t\r\n", r):
			return "'" + s
		case unicode.IsSpace(r), strings.ContainsRune("\"'“”„‘’`", r):
			continue
		default:
			return s
		}
	}
	return s
}

// sheetName is the table's name as a spreadsheet program takes it: at most 31 characters, none of []:*?/\ and no
// apostrophe at its ends.
func (t Table) sheetName() string {
	name := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, t.Name))
	return strings.Trim(string(name[:min(len(name), 31)]), "' ")
}

func (t Table) xlsx(loc *i18n.Localizer) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	if name := t.sheetName(); name != "" {
		if err := f.SetSheetName(sheet, name); err != nil {
			return nil, fmt.Errorf("sheets: name: %w", err)
		}
		sheet = name
	}
	stream, err := f.NewStreamWriter(sheet)
	if err != nil {
		return nil, fmt.Errorf("sheets: begin: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("sheets: make style: %w", err)
	}
	instant := "yyyy-mm-dd hh:mm"
	when, err := f.NewStyle(&excelize.Style{CustomNumFmt: &instant})
	if err != nil {
		return nil, fmt.Errorf("sheets: make style: %w", err)
	}
	row := make([]any, 0, len(t.Columns))
	for _, c := range t.Columns {
		row = append(row, excelize.Cell{StyleID: head, Value: c})
	}
	for i := -1; i < len(t.Rows); i++ {
		if i >= 0 {
			row = row[:0]
			for _, cell := range t.Rows[i] {
				if at, ok := cell.(time.Time); ok {
					if at.IsZero() {
						row = append(row, nil)
						continue
					}
					// Spreadsheets know no zones: the reader's wall clock is written.
					local := at.In(loc.Zone)
					_, offset := local.Zone()
					row = append(row, excelize.Cell{StyleID: when, Value: local.UTC().Add(time.Duration(offset) * time.Second)})
					continue
				}
				row = append(row, cell) // strings are typed as strings, never as formulas
			}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return nil, fmt.Errorf("sheets: write row: %w", err)
		}
	}
	if err := stream.Flush(); err != nil {
		return nil, fmt.Errorf("sheets: write: %w", err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("sheets: write: %w", err)
	}
	return out.Bytes(), nil
}
