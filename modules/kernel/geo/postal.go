package geo

import (
	"regexp"
	"strings"
	"sync"
)

// posts are the postal codes of the countries as the Universal Postal Union describes them: an example, and what all of them
// look like. Countries that have none, or none that everybody uses, are not here.
var posts = map[Country][2]string{
	"AD": {"AD500", `AD ?\d{3}`}, "AL": {"1001", `\d{4}`}, "AM": {"0010", `\d{4}(\d{2})?`}, "AT": {"1010", `\d{4}`}, "AZ": {"AZ1000", `(AZ ?)?\d{4}`},
	"BA": {"71000", `\d{5}`}, "BE": {"1000", `\d{4}`}, "BG": {"1000", `\d{4}`}, "BY": {"220030", `\d{6}`}, "CH": {"3000", `\d{4}`}, "CY": {"1010", `\d{4,5}`},
	"CZ": {"110 00", `\d{3} ?\d{2}`}, "DE": {"10115", `\d{5}`}, "DK": {"1050", `\d{4}`}, "DZ": {"16000", `\d{5}`}, "EE": {"10111", `\d{5}`}, "EG": {"11511", `\d{5}(\d{2})?`},
	"ES": {"28001", `\d{5}`}, "FI": {"00100", `\d{5}`}, "FR": {"75001", `\d{5}`}, "GB": {"SW1A 1AA", `([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|GIR ?0AA)`},
	"GE": {"0100", `\d{4}`}, "GR": {"105 57", `\d{3} ?\d{2}`}, "HR": {"10000", `\d{5}`}, "HU": {"1011", `\d{4}`},
	"IE": {"D02 AF30", `([AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4}`}, "IL": {"9100000", `\d{5}(\d{2})?`}, "IS": {"101", `\d{3}`}, "IT": {"00118", `\d{5}`},
	"JO": {"11110", `\d{5}`}, "LB": {"1107 2020", `\d{4}( ?\d{4})?`}, "LI": {"9490", `\d{4}`}, "LT": {"LT-01100", `(LT-?)?\d{5}`}, "LU": {"1111", `(L-?)?\d{4}`},
	"LV": {"LV-1010", `(LV-?)?\d{4}`}, "MA": {"10000", `\d{5}`}, "MC": {"98000", `980\d{2}`}, "MD": {"MD-2000", `(MD-?)?\d{4}`}, "ME": {"81000", `\d{5}`},
	"MK": {"1000", `\d{4}`}, "MT": {"VLT 1117", `[A-Z]{3} ?\d{4}`}, "NL": {"1011 AB", `\d{4} ?[A-Z]{2}`}, "NO": {"0150", `\d{4}`}, "PL": {"00-001", `\d{2}-?\d{3}`},
	"PT": {"1000-001", `\d{4}(-\d{3})?`}, "RO": {"010011", `\d{6}`}, "RS": {"11000", `\d{5,6}`}, "RU": {"101000", `\d{6}`}, "SE": {"111 20", `\d{3} ?\d{2}`},
	"SI": {"1000", `\d{4}`}, "SK": {"811 01", `\d{3} ?\d{2}`}, "SM": {"47890", `4789\d`}, "TN": {"1000", `\d{4}`}, "TR": {"06420", `\d{5}`}, "UA": {"01001", `\d{5}`},
	"VA": {"00120", `00120`}, "XK": {"10000", `\d{5}`},
}

var postForms = sync.OnceValue(func() map[Country]*regexp.Regexp {
	all := make(map[Country]*regexp.Regexp, len(posts))
	for c, post := range posts {
		all[c] = regexp.MustCompile(`^` + post[1] + `$`)
	}
	return all
})

// PostalCode writes a postal code of the country as its post does: in capitals, without the sign of the country that some put
// before it ("D-10115"). False where the country has no such codes; then it is as it was typed. Of a country that is not known
// every code will do.
func PostalCode(country Country, typed string) (string, bool) {
	form, known := postForms()[country]
	if !known {
		return typed, true
	}
	code := strings.ToUpper(strings.Join(strings.Fields(typed), " "))
	if form.MatchString(code) {
		return code, true
	}
	if sign, rest, ok := strings.Cut(code, "-"); ok && len(sign) <= 3 && strings.Trim(sign, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && form.MatchString(strings.TrimSpace(rest)) {
		return strings.TrimSpace(rest), true
	}
	return typed, false
}

// PostalExample is a postal code of the country; empty where none is known.
func PostalExample(country Country) string { return posts[country][0] }
