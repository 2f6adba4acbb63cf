package site

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// apiRoot is where the API of this version stands on every host.
const apiRoot = "/api/v1"

// Operation is one line of a module's API. It becomes a route like any other, with the same questions asked before it,
// and is described in the OpenAPI document. There are only reads. Get makes one.
type Operation struct {
	Path   string          // below /api/v1, parameters in braces: "/calls/{id}"
	Action policies.Action // as with a route
	Words  string          // before ".title", ".text" and "."+parameter; its part after ".api." names it in the document
	Only   tenants.Kind

	example  any
	register func(a *api, o huma.Operation)
}

// Get makes an operation of a use-case's handler. The fields of I are the parameters, tagged path or query, with what
// they may be; O is the answer, of which the documentation shows the example. An answer that embeds Paged has a next
// page when its Next, a cursor, is not empty.
func Get[I, O any](path string, action policies.Action, words string, example O, handle func(ctx context.Context, sc tenants.Scope, in I) (O, error)) Operation {
	o := Operation{Path: path, Action: action, Words: words, example: example}
	o.register = func(a *api, described huma.Operation) {
		huma.Register(a.huma, described, func(ctx context.Context, in *I) (*answer[O], error) {
			x, ok := ctx.Value(exchangeKey).(*exchange)
			if !ok {
				return nil, huma.Error500InternalServerError("")
			}
			var body O
			if body, x.err = handle(x.c.UserContext(), x.scope, *in); x.err != nil {
				return nil, x.err
			}
			if p, ok := any(&body).(interface{ turn(c *fiber.Ctx) }); ok {
				p.turn(x.c)
			}
			return &answer[O]{Body: body}, nil
		})
	}
	return o
}

type answer[O any] struct{ Body O }

// exchange is one request on its way through the library that reads parameters and writes answers.
type exchange struct {
	c     *fiber.Ctx
	scope tenants.Scope
	err   error
}

const exchangeKey localsKey = "exchange"

// api is the library's view of all operations.
type api struct {
	huma    huma.API
	landing *landing
	paths   []operation // in the order of the modules
}

// operation is one that is served.
type operation struct {
	Operation

	module  string
	doc     *huma.Operation
	handler fiber.Handler
}

// landing is where humafiber puts its handlers. It mounts nothing: the site's own routes call them.
type landing struct {
	fiber.Router

	handler fiber.Handler
}

// Add keeps the handler.
func (l *landing) Add(_, _ string, handlers ...fiber.Handler) fiber.Router {
	l.handler = handlers[0]
	return l
}

func newAPI(words *i18n.Localizer, product string) *api {
	a := &api{landing: &landing{}}
	config := huma.Config{
		OpenAPI:       document(words, product),
		Formats:       huma.DefaultFormats,
		DefaultFormat: fiber.MIMEApplicationJSON,
		Transformers:  []huma.Transformer{refusal},
	}
	a.huma = humafiber.NewWithGroup(nil, a.landing, config)
	return a
}

// add makes an operation known to the library and the document, described in the words of the localizer.
func (a *api) add(module string, o Operation, words *i18n.Localizer) {
	o.register(a, describe(module, o, words))
	served := operation{Operation: o, module: module, doc: a.huma.OpenAPI().Paths[o.Path].Get, handler: a.landing.handler}
	for _, p := range served.doc.Parameters {
		p.Description = parameterText(words, o, p.Name)
	}
	a.paths = append(a.paths, served)
}

func (o *operation) route() Route {
	path := strings.NewReplacer("{", ":", "}", "").Replace(apiRoot + o.Path)
	return Route{Method: fiber.MethodGet, Path: path, Action: o.Action, Only: o.Only, Handle: o.serve, bearer: true}
}

// serve lets the library read the parameters, call the use-case and write the answer. What it or the use-case refuses
// goes the way of every error.
func (o *operation) serve(c *fiber.Ctx, sc tenants.Scope) error {
	if err := o.strict(c); err != nil {
		return err
	}
	x := &exchange{c: c, scope: sc}
	c.Locals(exchangeKey, x)
	if err := o.handler(c); err != nil {
		return err
	}
	if x.err == nil && c.Response().StatusCode() != http.StatusOK {
		x.err = o.refused(c)
	}
	if x.err != nil {
		c.Response().ResetBody()
	}
	return x.err
}

const refusalKey localsKey = "refusal"

// refusal keeps what the library does not like of the parameters, for refused.
func refusal(ctx huma.Context, _ string, v any) (any, error) {
	if model, ok := v.(*huma.ErrorModel); ok {
		humafiber.Unwrap(ctx).Locals(refusalKey, model)
	}
	return v, nil
}
