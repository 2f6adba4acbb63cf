package sitetest

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// PostJSON sends a value as a page's script does, with the token of the page that is open, and asks for JSON. The page
// stays open.
func (b *Browser) PostJSON(path string, value any) Page {
	b.t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Headers["Accept"], b.Headers["X-CSRF-Token"] = "application/json", b.Page.token()
	defer func() {
		delete(b.Headers, "Accept")
		delete(b.Headers, "X-CSRF-Token")
	}()
	return b.sendBody(http.MethodPost, path, "application/json", bytes.NewReader(content))
}

// SubmitFile is Submit for a form with a file in it; without a name, none was chosen.
func (b *Browser) SubmitFile(action, field, name string, content []byte, pairs ...string) Page {
	b.t.Helper()
	values, ok := b.Page.form(action)
	if !ok {
		b.t.Fatalf("%s has no form that posts to %s:\n%s", b.Page.Path, action, b.Page.Text())
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	values.Del(field)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, all := range values {
		for _, value := range all {
			b.must(w.WriteField(key, value))
		}
	}
	part, err := w.CreateFormFile(field, name)
	b.must(err)
	_, err = part.Write(content)
	b.must(err)
	b.must(w.Close())
	b.Page = b.sendBody(http.MethodPost, action, w.FormDataContentType(), &body)
	if location := b.Page.Header.Get("Location"); b.Page.Status == http.StatusSeeOther && strings.HasPrefix(location, "/") {
		return b.Get(location)
	}
	return b.Page
}

func (b *Browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// token is what a page's script sends so that its requests are known as its own.
func (p Page) token() string {
	token := p.Value("_csrf")
	walk(p.doc, func(n *html.Node) bool {
		if n.Type == html.ElementNode && n.Data == "meta" && attribute(n, "name") == "csrf" {
			token = attribute(n, "content")
		}
		return true
	})
	return token
}

// Form is a form of a page.
type Form struct {
	Method string // GET or POST
	Action string
	Values url.Values // as it stands there
	Offers url.Values // what its boxes and lists offer beside
}

// Forms are all forms of the page that send to its site.
func (p Page) Forms() []Form {
	var all []Form
	walk(p.doc, func(n *html.Node) bool {
		if action := attribute(n, "action"); n.Type == html.ElementNode && n.Data == "form" && strings.HasPrefix(action, "/") {
			all = append(all, Form{Method: strings.ToUpper(attribute(n, "method")), Action: action, Values: inputs(n), Offers: offers(n)})
		}
		return true
	})
	return all
}

func offers(form *html.Node) url.Values {
	values := url.Values{}
	list := ""
	walk(form, func(n *html.Node) bool {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "select":
			list = attribute(n, "name")
		case n.Data == "option":
			values.Add(list, attribute(n, "value"))
		case n.Data == "input" && (attribute(n, "type") == "checkbox" || attribute(n, "type") == "radio"):
			values.Add(attribute(n, "name"), attribute(n, "value"))
		}
		return true
	})
	return values
}
