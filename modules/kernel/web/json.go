package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
)

// maxDepth is how deep objects and lists of a JSON body may stand in each other.
const maxDepth = 16

// ReadJSON reads exactly one JSON value of the media type application/json into v. Refused are unknown fields, names
// that stand twice in one object (or differ by case only, which the decoder takes for the same), more than 16 levels,
// and what is not UTF-8. Texts are as sent; whoever keeps one cleans it (i18n.Clean).
func ReadJSON(c *fiber.Ctx, v any) error {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEApplicationJSON {
		return fiber.NewError(fiber.StatusUnsupportedMediaType)
	}
	if err := decodeStrictly(c.Body(), v); err != nil {
		return fault.Invalid("fault.bad_request").Because(err)
	}
	return nil
}

func decodeStrictly(body []byte, v any) error {
	if !utf8.Valid(body) {
		return errors.New("web: JSON that is not UTF-8")
	}
	tokens := json.NewDecoder(bytes.NewReader(body))
	if err := inspect(tokens, 0); err != nil {
		return err
	}
	if _, err := tokens.Token(); !errors.Is(err, io.EOF) {
		return errors.New("web: more than one JSON value")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

// inspect reads one value and refuses what the decoder would let pass.
func inspect(tokens *json.Decoder, depth int) error {
	token, err := tokens.Token()
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return errors.New("web: JSON nested too deep")
	}
	opening, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for tokens.More() {
		if opening == '{' {
			if err := inspectName(tokens, seen); err != nil {
				return err
			}
		}
		if err := inspect(tokens, depth+1); err != nil {
			return err
		}
	}
	_, err = tokens.Token() // the closing bracket
	return err
}

func inspectName(tokens *json.Decoder, seen map[string]bool) error {
	token, err := tokens.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	name = strings.Map(folded, name)
	if seen[name] {
		return errors.New("web: a name twice in a JSON object")
	}
	seen[name] = true
	return nil
}

// folded is one letter for all that differ by case only, as the decoder compares names.
func folded(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
