package forms

import "slices"

// KeyPattern is what the keys of sections, questions and columns look like.
const KeyPattern = `^[a-z][a-z0-9_]{0,48}$`

// ValuePattern is what the values of offered answers look like.
const ValuePattern = `^[A-Za-z0-9][A-Za-z0-9_+-]{0,48}$`

// Scopes, Classes and Formats are all there are. The slices are shared; do not change them.
var (
	Scopes  = []Scope{ScopePart, ScopeJoint}
	Classes = []Class{ClassNone, ClassPersonal, ClassSpecial, ClassFinancial}
	Formats = []Format{FormatNone, FormatEmail, FormatURL, FormatPhone, FormatYear}
)

// CellTypes are the types that may stand in a column, in the order in which a designer offers them.
func CellTypes() []Type {
	return slices.DeleteFunc(slices.Clone(Types), func(t Type) bool { return !t.cell() })
}

// Rows reports whether the answer is a list of rows of columns.
func (t Type) Rows() bool { return t.rows() }

// Offers reports whether a question of the type offers answers; a country may do without.
func (t Type) Offers() bool {
	return t == TypeChoice || t == TypeMultiple || t == TypeRanking || t == TypeCountry || t.grid()
}

// Grades reports whether a question of the type has statements, each of which gets one of the offered answers.
func (t Type) Grades() bool { return t.grid() }
