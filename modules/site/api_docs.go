package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// docsView is what the page about the API shows beside its fixed words.
type docsView struct {
	Root       string // the API's address on this host
	Problem    string // an answer that refuses, as JSON
	Operations []operationView
}

type operationView struct {
	Name       string
	Path       string
	Title      string
	Text       string
	Who        string
	Parameters []parameterView
	Request    string
	Answer     string
}

type parameterView struct {
	Name string
	Kind string
	Text string
}

// docs is the page about the API in the reader's language: what it gives, how a program signs in, each operation with an
// example.
func (s *Site) docs(c *fiber.Ctx, sc tenants.Scope) error {
	p := s.Page(c, sc, "site.api.docs")
	root := web.Origin(c, s.Secure) + apiRoot
	problem := Problem{
		Type: "about:blank", Title: p.T("site.error.refused"), Status: fiber.StatusUnprocessableEntity, Detail: p.T("site.api.parameters"),
		Instance: "urn:uuid:2f4e8a6c-5b1d-4d8e-9a37-6c0f1e2d3b4a",
		Fields:   []ProblemField{{Name: "limit", Detail: p.T("site.api.whole_number", "Low", 1, "High", 100)}},
	}
	view := docsView{Root: root}
	var err error
	if view.Problem, err = pretty(problem); err != nil {
		return err
	}
	for i := range s.api.paths {
		one, err := s.operationView(p.Loc, root, &s.api.paths[i], sc.Tenant().Kind)
		if err != nil {
			return err
		}
		view.Operations = append(view.Operations, one)
	}
	return s.Render(c, docsPage(p, view))
}

func (s *Site) operationView(loc *i18n.Localizer, root string, o *operation, kind tenants.Kind) (operationView, error) {
	view := operationView{
		Name: o.doc.OperationID, Path: o.Path, Title: loc.T(o.Words + ".title"), Text: loc.T(o.Words + ".text"), Who: s.who(loc, o, kind),
	}
	path, query := o.Path, ""
	for _, p := range o.doc.Parameters {
		view.Parameters = append(view.Parameters, parameterView{Name: p.Name, Kind: kindOf(loc, p), Text: parameterText(loc, o.Operation, p.Name)})
		switch {
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", "0199f2a4-7c1e-7b60-9d2c-3a5e8f104b77")
		case p.Name == "limit":
			query = "?limit=20"
		}
	}
	view.Request = fmt.Sprintf("curl -H \"Authorization: Bearer $TOKEN\" '%s%s%s'", root, path, query)
	var err error
	view.Answer, err = pretty(o.example)
	return view, err
}

// who lists the roles that may call an operation at all.
func (s *Site) who(loc *i18n.Localizer, o *operation, kind tenants.Kind) string {
	if s.Authorizer.MayEver(tenants.Visitor(), o.Action) {
		return loc.T("site.api.everybody")
	}
	somebody := tenants.Actor{Person: ids.New[ids.Person]()}
	if s.Authorizer.MayEver(somebody, o.Action) {
		return loc.T("site.api.everybody_signed_in")
	}
	roles := slices.Concat(tenants.NetworkRoles, tenants.OrganizationRoles)
	if kind == tenants.KindCore {
		roles = append(roles, tenants.CoreRoles...)
	}
	var names []string
	for _, r := range roles {
		somebody.Grants = []tenants.Grant{{Role: r}}
		if s.Authorizer.MayEver(somebody, o.Action) {
			names = append(names, loc.T("site.role."+string(r)))
		}
	}
	return strings.Join(names, ", ")
}

// kindOf says what a parameter may be, in words.
func kindOf(loc *i18n.Localizer, p *huma.Param) string {
	field := wrong(p)
	text := loc.With(field.Key, field.Args)
	if p.Schema.Default != nil {
		text += " " + loc.T("site.api.default", "Value", fmt.Sprint(p.Schema.Default))
	}
	return text
}

func pretty(v any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return "", fmt.Errorf("site: write example: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

// conventions are the rules that hold for every answer, in the order of the page.
func conventions(p ui.Page) []ui.Term {
	var terms []ui.Term
	for _, name := range []string{"times", "money", "words", "identifiers", "pages", "refusals", "strict"} {
		terms = append(terms, ui.Term{Label: p.T("site.api.rule." + name + ".title"), Text: p.T("site.api.rule." + name + ".text")})
	}
	return terms
}
