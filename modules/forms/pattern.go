package forms

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// The most that a pattern may be: characters as written, and steps when its repetitions are written out. What is larger is
// never compiled.
const (
	maxPattern      = 200
	maxPatternSteps = 1000
)

// compilePattern makes an expression of RE2 that the whole answer must match; false for one that cannot be read or is too
// large.
func compilePattern(pattern string) (*regexp.Regexp, *syntax.Regexp, bool) {
	if n, ok := short(pattern, maxPattern); !ok || n == 0 {
		return nil, nil, false
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || patternSteps(tree) > maxPatternSteps {
		return nil, nil, false
	}
	whole, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	return whole, tree, err == nil
}

// patternSteps is how large an expression is with its repetitions written out; past the limit it stops counting.
func patternSteps(tree *syntax.Regexp) int {
	steps := 1
	if tree.Op == syntax.OpLiteral {
		steps = len(tree.Rune)
	}
	for _, inner := range tree.Sub {
		steps = min(steps+patternSteps(inner), maxPatternSteps+1)
	}
	if tree.Op == syntax.OpRepeat {
		steps = min(steps*max(tree.Min, tree.Max, 1), maxPatternSteps+1)
	}
	return steps
}

// PatternWorks reports whether the expression can be a question's pattern: RE2, of at most 200 characters, and small when
// its repetitions are written out. No pattern works as well.
func PatternWorks(pattern string) bool {
	if pattern == "" {
		return true
	}
	_, _, ok := compilePattern(pattern)
	return ok
}

// pattern checks the pattern of a definition.
func (c *checker) pattern(where string, q *Question) {
	c.text(where, q.PatternMessage, false)
	if q.Pattern == "" && len(q.PatternMessage) == 0 {
		return
	}
	if q.Type != TypeShortText || q.Pattern == "" || !PatternWorks(q.Pattern) {
		c.report(where, "forms.check.pattern")
	}
}

// pattern holds a line against the question's pattern; what is wrong is said in the designer's own words.
func (v *validator) pattern(q *Question, name, text string) {
	if q.Pattern == "" || q.Type != TypeShortText {
		return
	}
	whole, _, ok := compilePattern(q.Pattern)
	switch {
	case !ok || whole.MatchString(text): // a form with a pattern that does not work is not published
	case len(q.PatternMessage) > 0:
		v.complain(name, "forms.error.pattern", fault.Args{"Message": q.PatternMessage})
	default:
		v.complain(name, "forms.error.pattern_plain", nil)
	}
}

// patternFact is the designer's sentence about the pattern, in the reader's language.
func patternFact(loc *i18n.Localizer, q *Question) string {
	if q.Pattern == "" {
		return ""
	}
	return q.PatternMessage.String(loc.Locale)
}

// Fitting is a line that the question's pattern takes, for tests and invented answers; false where there is no pattern, or
// none can be found by taking the shortest way through it.
func (q *Question) Fitting() (string, bool) {
	if q.Pattern == "" {
		return "", false
	}
	whole, tree, ok := compilePattern(q.Pattern)
	if !ok {
		return "", false
	}
	var b strings.Builder
	writeFitting(&b, tree)
	line := strings.Join(strings.Fields(b.String()), " ")
	return line, line != "" && whole.MatchString(line)
}

func writeFitting(b *strings.Builder, tree *syntax.Regexp) {
	times := 1
	switch tree.Op {
	case syntax.OpLiteral:
		b.WriteString(string(tree.Rune))
		return
	case syntax.OpCharClass:
		b.WriteRune(plainest(tree.Rune))
		return
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
		return
	case syntax.OpAlternate:
		writeFitting(b, tree.Sub[0])
		return
	case syntax.OpRepeat:
		times = tree.Min
	case syntax.OpStar, syntax.OpQuest:
		times = 0
	default:
	}
	for range times {
		for _, inner := range tree.Sub {
			writeFitting(b, inner)
		}
	}
}

// plainest is a letter or digit of a class, else its first character.
func plainest(ranges []rune) rune {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], ranges[i]+200); r++ {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
		}
	}
	if len(ranges) == 0 {
		return 'a'
	}
	return ranges[0]
}
