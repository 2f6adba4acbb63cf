package solver

import (
	"encoding/json"

	"kervan/modules/solver/decimals"
)

// matrix is a table of numbers, row by row.
type matrix struct {
	rows, columns int
	numbers       []decimals.Decimal
	absent        []bool // where null stands instead
	exact         bool   // whether the integers that they were scaled to keep all digits
}

func (m matrix) at(row, column int) decimals.Decimal { return m.numbers[row*m.columns+column] }

// matrix reads a list of rows of equal length, with no more than so many numbers in all. Null is refused where it means
// nothing.
func (r *reader) matrix(most int, nullable bool) (matrix, error) {
	var m matrix
	err := r.array("rows", func(i int) error {
		width := 0
		if err := r.array("numbers", func(int) error {
			if width++; i > 0 && width > m.columns {
				return r.mistake("is one too many; row 0 has %d", m.columns)
			}
			if len(m.numbers) == most {
				return r.mistake("is too much: there may be %d numbers", most)
			}
			absent := nullable && r.null()
			m.absent = append(m.absent, absent)
			if absent {
				m.numbers = append(m.numbers, decimals.Decimal{})
				return nil
			}
			d, err := r.decimal()
			m.numbers = append(m.numbers, d)
			return err
		}); err != nil {
			return err
		}
		if i == 0 {
			m.columns = width
		}
		if m.rows++; m.rows > most {
			return r.mistake("is too much: there may be %d rows", most)
		}
		if width < m.columns {
			return r.mistake("has length %d; that of row 0 is %d", width, m.columns)
		}
		return nil
	})
	return m, err
}

// total adds numbers of a field up; a sum that no float64 holds is a Mistake there.
func total(field string, numbers []decimals.Decimal) (json.Number, error) {
	return fits(field)(decimals.Sum(numbers))
}

// written is what was computed from a field as JSON writes it; what no float64 holds is a Mistake there.
func written(field string, f float64) (json.Number, error) {
	return fits(field)(decimals.Float(f))
}

func fits(field string) func(json.Number, bool) (json.Number, error) {
	return func(n json.Number, ok bool) (json.Number, error) {
		if !ok {
			return "", &Mistake{field, "the numbers of the answer add up to more than 1.7976931348623157e308"}
		}
		return n, nil
	}
}
