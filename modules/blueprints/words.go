package blueprints

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// word is what something is called, or its name with spaces where no language has a word for it.
func word(p ui.Page, prefix, name string) string {
	if p.Loc.Has(prefix + name) {
		return p.T(prefix + name)
	}
	return strings.ReplaceAll(name, "_", " ")
}

// KindName is what a piece is, in words: "Question".
func KindName(p ui.Page, key string) string { return word(p, "blueprints.kind.", Kind(key)) }

// PieceName is what a piece is called, in the reader's language: its own name, or what it is.
func PieceName(p ui.Page, piece Piece) string {
	if field, ok := strings.CutPrefix(piece.Key, fieldCall+"/"); ok {
		return word(p, "blueprints.text.", field)
	}
	if list, ok := strings.CutPrefix(piece.Key, orderPrefix+"/"); ok {
		if section, ok := strings.CutPrefix(list, fieldForm+"/"); ok {
			return section
		}
		return GroupName(p, list)
	}
	if name := piece.Name(); len(name) > 0 {
		return name.String(p.Loc.Locale)
	}
	if strings.Contains(piece.Key, "/") {
		return last(piece.Key)
	}
	return GroupName(p, piece.Key)
}

// FullName is a piece's name with what it is: "Question: …".
func FullName(p ui.Page, piece Piece) string {
	kind, name := KindName(p, piece.Key), PieceName(p, piece)
	if !strings.Contains(piece.Key, "/") {
		return name
	}
	return kind + ": " + name
}

// GroupName is what a list of pieces is called: "Criteria".
func GroupName(p ui.Page, field string) string { return word(p, "blueprints.group.", field) }

// fieldName is how the way to a line reads: "Options, Volunteers, Label".
func fieldName(p ui.Page, way []Step) string {
	var parts []string
	for i, s := range way {
		name := word(p, "blueprints.field.", s.Field)
		if i > 0 && way[0].Field == "seats" && p.Loc.Has("blueprints.seat."+s.Field) {
			name = p.T("blueprints.seat." + s.Field)
		}
		switch {
		case s.Key == "":
			if s.Field == "name" || s.Field == "label" || s.Field == "title" {
				if i > 0 && way[i-1].Key != "" && len(way[i-1].Name) > 0 {
					continue // the thing is named by it already
				}
			}
			parts = append(parts, name)
		case len(s.Name) > 0:
			parts = append(parts, p.T("blueprints.named", "What", name, "Name", s.Name.String(p.Loc.Locale)))
		default:
			parts = append(parts, p.T("blueprints.named", "What", name, "Name", s.Key))
		}
	}
	return strings.Join(parts, ", ")
}

// codes are where a field's codes have their words.
var codes = map[string]string{
	"type": "blueprints.value.", "scope": "blueprints.value.", "who": "blueprints.value.", "class": "blueprints.value.", "format": "blueprints.value.",
	"visible_to": "blueprints.value.", "operation": "builder.operation.", "takes": "forms.source.", "asked": "forms.asked.",
}

// valueText is a line's text for the reader: codes that have a word are said in words, days as the reader writes them.
func valueText(p ui.Page, way []Step, text string) string {
	if text == "true" || text == "false" {
		return p.T("blueprints.value." + text)
	}
	if len(way) == 0 || text == "" {
		return text
	}
	field := way[len(way)-1].Field
	if slices.Contains(conditionFields, field) {
		return conditionText(p.Loc, text)
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, p.Loc.Zone); err == nil {
		return p.Loc.Date(day)
	}
	prefix, coded := codes[field]
	words := strings.Split(text, ", ")
	if way[0].Field == "seats" {
		for i, one := range words {
			words[i] = seatWord(p, field, one)
		}
		return strings.Join(words, ", ")
	}
	if !coded {
		return text
	}
	for i, one := range words {
		words[i] = word(p, prefix, one)
	}
	return strings.Join(words, ", ")
}

// seatWord is a code of a seat for the reader: a country or a legal form by its name.
func seatWord(p ui.Page, field, code string) string {
	switch field {
	case "countries", "not":
		return forms.CountryName(p.Loc.Locale, code)
	case "kinds":
		return LegalForm(p.Loc.Locale, code)
	}
	return code
}

func langOf(p ui.Page, l i18n.Locale) string {
	if l == "" || l == p.Loc.Locale {
		return ""
	}
	return string(l)
}

// DifferenceTone is the colour in which a kind of difference is told.
func DifferenceTone(k DifferenceKind) string {
	switch k {
	case Added:
		return "success"
	case Removed:
		return "danger"
	default:
		return "info"
	}
}

func proposalTone(s ProposalState) string {
	switch s {
	case ProposalWaiting:
		return "warning"
	case ProposalAccepted:
		return "success"
	default:
		return "neutral"
	}
}

// grouped are pieces under the field that they belong to, in the order of reading.
type grouped struct {
	field  string
	pieces []Piece
}

func groups(program Program) []grouped {
	var all []grouped
	for _, piece := range program.Pieces() {
		field, _, _ := strings.Cut(piece.Key, "/")
		if len(all) == 0 || all[len(all)-1].field != field {
			all = append(all, grouped{field: field})
		}
		at := &all[len(all)-1]
		at.pieces = append(at.pieces, piece)
	}
	return all
}
