package sheets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"kervan/modules/kernel/i18n"
)

// MostBytes is how long a file may be whose lines are read, and mostLines how many of them are.
const (
	MostBytes = 1 << 20
	mostLines = 20_000
)

// Line is one line of a file that gives things to people.
type Line struct {
	At    int    // its number in the file, from 1
	What  string // the number of the thing
	Email string // of the person
}

// Misread is why something in a file is no such line.
type Misread string

// The ways in which a file is misread.
const (
	Unreadable Misread = "unreadable"  // from here on
	TwoColumns Misread = "two_columns" // a line has others
	NoAddress  Misread = "no_address"  // a line says of something that it is nobody's
	TooLong    Misread = "too_long"    // the file has too many lines
)

// BadLine is what is no line, and why.
type BadLine struct {
	Line

	Why Misread
}

// ReadLines reads a file that gives things to people: the number of a thing and an e-mail address, with a semicolon, a comma or a
// tab between them. A first line that has neither the number of a known thing nor an address names the columns. What cannot be read as
// such a line is given back beside.
func ReadLines(content []byte, known func(what string) bool) ([]Line, []BadLine) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	text, ok := i18n.Clean(string(content))
	if !ok {
		return nil, []BadLine{{Line{At: 1}, Unreadable}}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = separator(text), -1, true
	var lines []Line
	var bad []BadLine
	for first := true; len(lines) <= mostLines; first = false {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, bad
		}
		if err != nil { // what follows may be inside of a quote that is never closed
			at := len(lines) + len(bad) + 1
			if one, broken := errors.AsType[*csv.ParseError](err); broken {
				at = one.StartLine
			}
			return lines, append(bad, BadLine{Line{At: at}, Unreadable})
		}
		at, _ := r.FieldPos(0)
		one := Line{At: at}
		if len(fields) > 0 {
			one.What = strings.TrimSpace(fields[0])
		}
		if len(fields) > 1 {
			one.Email = strings.TrimSpace(fields[1])
		}
		switch {
		case first && !strings.Contains(one.Email, "@") && !known(one.What): // the names of the columns
		case one.What != "" && strings.Join(fields[1:], "") == "":
			bad = append(bad, BadLine{one, NoAddress})
		case one.What == "" || one.Email == "" || len(fields) > 2 && strings.Join(fields[2:], "") != "":
			bad = append(bad, BadLine{one, TwoColumns})
		default:
			lines = append(lines, one)
		}
	}
	return nil, append(bad, BadLine{Line{At: mostLines}, TooLong})
}

// separator is what stands between the columns of the first line.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	for _, r := range []rune{';', '\t'} {
		if strings.ContainsRune(line, r) {
			return r
		}
	}
	return ','
}
