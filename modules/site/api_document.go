package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

const problemType = "application/problem+json"

// document begins the OpenAPI document: what holds for all operations.
func document(words *i18n.Localizer, product string) *huma.OpenAPI {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	problem := registry.Schema(reflect.TypeFor[Problem](), true, "")
	responses := map[string]*huma.Response{}
	for _, status := range refusals {
		responses[responseName(status)] = &huma.Response{
			Description: words.T("site.api.status." + fmt.Sprint(status)),
			Content:     map[string]*huma.MediaType{problemType: {Schema: problem}},
		}
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: product, Version: "1", Description: words.T("site.api.lead")},
		Servers: []*huma.Server{{URL: apiRoot}},
		Components: &huma.Components{
			Schemas: registry, Responses: responses,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: words.T("site.api.by_token")},
				"session": {Type: "apiKey", In: "cookie", Name: "__Host-" + SessionCookie, Description: words.T("site.api.by_session")},
			},
		},
	}
}

// schemaName is what the document calls a type: callBody is Call.
func schemaName(t reflect.Type, hint string) string {
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "Body")
}

// refusals are the statuses with which any operation may refuse.
var refusals = []int{
	http.StatusUnauthorized, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable,
}

func responseName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// describe is an operation as the document shows it.
func describe(module string, o Operation, words *i18n.Localizer) huma.Operation {
	_, name, _ := strings.Cut(o.Words, ".api.")
	responses := map[string]*huma.Response{
		"200": {Description: words.T("site.api.status.200"), Content: map[string]*huma.MediaType{fiber.MIMEApplicationJSON: {Example: o.example}}},
	}
	for _, status := range refusals {
		responses[fmt.Sprint(status)] = &huma.Response{Ref: "#/components/responses/" + responseName(status)}
	}
	return huma.Operation{
		Method: http.MethodGet, Path: o.Path, OperationID: name, Tags: []string{module}, Summary: words.T(o.Words + ".title"),
		Description: words.T(o.Words + ".text"), Responses: responses,
	}
}

// parameterText says what a parameter is for: in the operation's own words, else in those of all operations.
func parameterText(words *i18n.Localizer, o Operation, name string) string {
	if key := o.Words + "." + name; words.Has(key) {
		return words.T(key)
	}
	return words.T("site.api.parameter." + name)
}

// finish writes the document once all operations are known. An operation that visitors may call needs no sign-in.
func (s *Site) finish() ([]byte, error) {
	doc := s.api.huma.OpenAPI()
	for i := range s.api.paths {
		o := &s.api.paths[i]
		o.doc.Security = []map[string][]string{{"token": {}}, {"session": {}}}
		if s.Authorizer.MayEver(tenants.Visitor(), o.Action) {
			o.doc.Security = append(o.doc.Security, map[string][]string{})
		}
	}
	schemas := doc.Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the library's own errors never leave the house
	delete(schemas, "ErrorDetail")
	for _, schema := range schemas {
		schema.AdditionalProperties = nil // answers may get new fields
	}
	written, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("site: write OpenAPI document: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, written, "", "  "); err != nil {
		return nil, fmt.Errorf("site: write OpenAPI document: %w", err)
	}
	return b.Bytes(), nil
}

// openAPI serves the document: it is the same on every host.
func (s *Site) openAPI(c *fiber.Ctx, _ tenants.Scope) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(s.document)
}
