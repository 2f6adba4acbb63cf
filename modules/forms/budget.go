package forms

import (
	"encoding/json"
	"math/big"
	"slices"

	"github.com/a-h/templ"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// The columns that a budget cannot do without. Whatever else stands in a line is the designer's.
const (
	QuantityColumn = "quantity"
	PriceColumn    = "price"
)

// Budget answers budget: its lines, and what they come to. A line comes to its quantity times its price, rounded half away
// from nought to the minor unit; the total is the sum of the lines as rounded, so that it can be added up on paper.
type Budget struct {
	Lines Rows
	Total Money
	Over  bool // beyond what an amount can be; Total is then as high as it can
}

// Empty reports whether every line is empty.
func (v Budget) Empty() bool { return v.Lines.Empty() }

// mostMinor is the highest amount of a line or a budget, in minor units.
const mostMinor = 1_000_000_000_000_000

// BudgetColumns are the columns with which a budget begins.
func BudgetColumns() []Question {
	return []Question{
		{Key: "item", Type: TypeShortText, Label: i18n.Text{i18n.EN: "What for", i18n.TR: "Ne için", i18n.DE: "Wofür"}, Required: true, Chars: 200},
		{Key: QuantityColumn, Type: TypeNumber, Label: i18n.Text{i18n.EN: "Quantity", i18n.TR: "Miktar", i18n.DE: "Menge"}, Required: true, Min: "0", Decimals: 2},
		{Key: "unit", Type: TypeShortText, Label: i18n.Text{i18n.EN: "Unit", i18n.TR: "Birim", i18n.DE: "Einheit"}, Chars: 40},
		{Key: PriceColumn, Type: TypeMoney, Label: i18n.Text{i18n.EN: "Price per unit", i18n.TR: "Birim fiyatı", i18n.DE: "Preis je Einheit"}, Required: true, Min: "0", Currencies: []string{"EUR"}},
	}
}

// priced is a budget's column of prices, or nil.
func (q *Question) priced() *Question {
	c, ok := q.Column(PriceColumn)
	if !ok || len(c.Currencies) == 0 {
		return nil
	}
	return c
}

func parseBudget(q *Question, raw json.RawMessage) (Value, error) {
	value, err := parse[Rows](raw)
	rows, ok := value.(Rows)
	if err != nil || !ok {
		return nil, errShape
	}
	return sumUp(q, rows), nil
}

func sumUp(q *Question, rows Rows) Budget {
	b := Budget{Lines: rows}
	if c := q.priced(); c != nil {
		b.Total.Currency = c.Currencies[0]
	}
	for _, row := range rows {
		minor, _, over := lineMinor(q, row)
		b.Total.Minor += minor
		if over || b.Total.Minor > mostMinor || b.Total.Minor < -mostMinor {
			b.Over, b.Total.Minor = true, mostMinor
			return b
		}
	}
	return b
}

// lineMinor is what a line comes to, in minor units; it is not known of a line without a quantity or a price.
func lineMinor(q *Question, row Row) (minor int64, known, over bool) {
	c, hasQuantity := q.Column(QuantityColumn)
	p := q.priced()
	if !hasQuantity || p == nil {
		return 0, false, false
	}
	n, err := ParseValue(c, row.Cells[QuantityColumn])
	m, failed := ParseValue(p, row.Cells[PriceColumn])
	quantity, isNumber := n.(Number)
	price, isMoney := m.(Money)
	if err != nil || failed != nil || !isNumber || !isMoney {
		return 0, false, false
	}
	exact := new(big.Rat).Mul(quantity.rat(), new(big.Rat).SetInt64(price.Minor))
	twice := new(big.Int).Mul(exact.Num(), big.NewInt(2))
	half := exact.Denom()
	if exact.Sign() < 0 {
		half = new(big.Int).Neg(half)
	}
	rounded := new(big.Int).Quo(twice.Add(twice, half), new(big.Int).Mul(exact.Denom(), big.NewInt(2)))
	if rounded.CmpAbs(big.NewInt(mostMinor)) > 0 {
		return 0, true, true
	}
	return rounded.Int64(), true, false
}

// linesOf are the rows of an answer that has rows.
func linesOf(value Value) (Rows, bool) {
	switch v := value.(type) {
	case Rows:
		return v, true
	case Budget:
		return v.Lines, true
	default:
		return nil, false
	}
}

func (v *validator) budget(q *Question, name string, b Budget) {
	v.rows(q, name, b.Lines)
	for i, row := range b.Lines {
		if minor, known, _ := lineMinor(q, row); known && minor < 0 {
			v.complain(member(indexed(name, i), PriceColumn), "forms.error.min", fault.Args{"Limit": "0"})
		}
	}
	if b.Over {
		v.complain(name, "forms.error.budget_large", nil)
		return
	}
	v.between(q, name, b)
	if v.mode == Submit {
		v.shares(q, name, b)
	}
}

// shares holds the lines of each kind to their part of the total: what an offered answer of a column allows, in per cent.
func (v *validator) shares(q *Question, name string, b Budget) {
	for i := range q.Columns {
		c := &q.Columns[i]
		for _, o := range c.Options {
			if o.Percent == 0 {
				continue
			}
			var of int64
			var lines []int
			for j, row := range b.Lines {
				value, _ := ParseValue(c, row.Cells[c.Key])
				if minor, known, _ := lineMinor(q, row); known && value == Choice(o.Value) {
					of += minor
					lines = append(lines, j)
				}
			}
			if of*100 > b.Total.Minor*int64(o.Percent) {
				for _, j := range lines {
					v.complain(member(indexed(name, j), c.Key), "forms.error.share", fault.Args{"Percent": o.Percent})
				}
			}
		}
	}
}

// budget checks that a budget has what it is added up from, and that parts of the total are said of budgets alone.
func (c *checker) budget(where string, q *Question) {
	if q.Type != TypeBudget {
		for i := range q.Columns {
			c.percents(where, &q.Columns[i])
		}
		return
	}
	quantity, counted := q.Column(QuantityColumn)
	price, priced := q.Column(PriceColumn)
	if !counted || quantity.Type != TypeNumber || !priced || price.Type != TypeMoney || len(price.Currencies) != 1 {
		c.report(where, "forms.check.budget")
	}
	for i := range q.Columns {
		column := &q.Columns[i]
		if column.Type != TypeChoice || slices.ContainsFunc(column.Options, func(o Option) bool { return o.Percent < 0 || o.Percent > 100 }) {
			c.percents(where, column)
		}
	}
}

func (c *checker) percents(where string, q *Question) {
	if slices.ContainsFunc(q.Options, func(o Option) bool { return o.Percent != 0 }) {
		c.report(where+"/"+q.Key, "forms.check.percent")
	}
}

// budget lays out the lines with what each comes to, and the total.
func (l layout) budget(q *Question, b Budget) *PrintTable {
	t := l.table(q, b.Lines)
	quantity, _ := q.Column(QuantityColumn)
	price := q.priced()
	if quantity == nil || price == nil || l.look.masks(quantity) || l.look.masks(price) {
		return t
	}
	t.Head = append(t.Head, l.loc.T("forms.budget.line"))
	n := 0
	for _, row := range b.Lines {
		if row.Empty() {
			continue
		}
		sum := ""
		if minor, known, over := lineMinor(q, row); known && !over {
			sum = MoneyText(l.loc, Money{Minor: minor, Currency: b.Total.Currency})
		}
		t.Rows[n] = append(t.Rows[n], sum)
		n++
	}
	t.Total = make([]string, len(t.Head))
	t.Total[0] = l.loc.T("forms.total")
	if !b.Over {
		t.Total[len(t.Total)-1] = MoneyText(l.loc, b.Total)
	}
	return t
}

// sums reads what was typed into a budget's lines as far as it can be read: the text of each line's sum, and of the total.
// Nothing else has any.
func (f field) sums() (lines []string, total string) {
	if f.q.Type != TypeBudget {
		return nil, ""
	}
	r := reader{loc: f.ui.Loc, values: f.values}
	rows := Rows{}
	for i := range f.shown() {
		rows = append(rows, Row{Cells: r.cells(f.q.Columns, indexed(f.name, i), nil)})
	}
	b := sumUp(f.q, rows)
	for _, row := range rows {
		text := ""
		if minor, known, over := lineMinor(f.q, row); known && !over {
			text = MoneyText(f.ui.Loc, Money{Minor: minor, Currency: b.Total.Currency})
		}
		lines = append(lines, text)
	}
	if b.Over || b.Total.Currency == "" {
		return lines, ""
	}
	return lines, MoneyText(f.ui.Loc, b.Total)
}

func at(sums []string, i int) string {
	if i < len(sums) {
		return sums[i]
	}
	return ""
}

// unit is the currency of a budget, and how many digits its minor unit has.
func (f field) unit() (currency string, places int) {
	if c := f.q.priced(); c != nil {
		return c.Currencies[0], exponent(c.Currencies[0])
	}
	return "", 0
}

// budgetAttributes are what the page's script needs to add up.
func (f field) budgetAttributes() templ.Attributes {
	if f.q.Type != TypeBudget {
		return templ.Attributes{}
	}
	currency, places := f.unit()
	return templ.Attributes{"data-budget": currency, "data-places": itoa(places)}
}
