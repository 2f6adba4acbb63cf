package site

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
)

// Words are a text in the languages in which there is one, as the API shows it.
type Words struct {
	EN string `json:"en,omitempty" doc:"English"`
	TR string `json:"tr,omitempty" doc:"Turkish"`
	DE string `json:"de,omitempty" doc:"German"`
}

// WordsOf shows a text in all its languages.
func WordsOf(t i18n.Text) Words { return Words{EN: t[i18n.EN], TR: t[i18n.TR], DE: t[i18n.DE]} }

// Money is an amount as the API shows it.
type Money struct {
	Minor    int64  `json:"minor" doc:"In the currency's smallest unit: 350000 is 3,500.00 euros"`
	Currency string `json:"currency" doc:"ISO 4217"`
}

// Paged is a page of a list. A use-case's handler sets Next to the cursor after the last item when there is more; the
// reader gets the address of the next page.
type Paged struct {
	Next string `json:"next,omitempty" format:"uri-reference" doc:"The address of the next page; absent on the last one"`
}

func (p *Paged) turn(c *fiber.Ctx) {
	if p.Next == "" {
		return
	}
	query := url.Values{}
	for name, value := range c.Request().URI().QueryArgs().All() {
		query.Set(string(name), string(value))
	}
	query.Set("after", p.Next)
	p.Next = c.Path() + "?" + query.Encode()
}

// ExampleID is an identifier for the documentation's examples, a different one for each n.
func ExampleID[I ~[16]byte](n byte) I {
	return I{0x01, 0x99, 0xf2, 0xa4, 0x7c, 0x1e, 0x7b, 0x60, 0x9d, 0x2c, 0x3a, 0x5e, 0x8f, 0x10, 0x4b, n}
}

// Problem is an error as the API shows it (RFC 9457).
type Problem struct {
	Type     string         `json:"type" doc:"Always about:blank: the status says what kind of problem it is"`
	Title    string         `json:"title" doc:"In the reader's language, like everything that is written for people"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance" format:"uri" doc:"The id of this request. Quote it when you ask for help."`
	Fields   []ProblemField `json:"fields,omitempty" nullable:"false" doc:"The parameters that were refused"`
}

// ProblemField is one parameter that was refused.
type ProblemField struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}
