package trail

import (
	"embed"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/seal"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

const pageSize = 100

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
	ends    *seal.Box
}

// NewWeb makes the module's pages. In the box lies where a page ends: a bare number would count what is left out for the reader.
func NewWeb(service *Service, s *site.Site, ends *seal.Box) *Web {
	return &Web{service: service, site: s, ends: ends}
}

// Module is what the site shows of the trail.
func (w *Web) Module() site.Module {
	return site.Module{
		Name: "trail",
		Routes: []site.Route{
			{Method: fiber.MethodGet, Path: "/trail", Action: policies.AuditRead, Handle: w.list},
			{Method: fiber.MethodPost, Path: "/trail/verification", Action: policies.AuditRead, Handle: w.verify},
		},
		Entries: []site.Entry{{Key: "trail.title", Href: "/trail", Icon: "history", Action: policies.AuditRead, Group: site.GroupSettings, Order: 90}},
	}
}

// kinds are the kinds of things that the trail is about.
var kinds = []string{"person", "organization", "invitation", "message", "network", "call", "application", "partnership"}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	values := web.Query(c).Values()
	f := audit.Filter{Limit: pageSize + 1}
	if slices.Contains(kinds, values.Get("kind")) {
		f.SubjectKind = values.Get("kind")
	}
	p := w.site.Page(c, sc, "trail.title")
	if format, ok := sheets.ParseFormat(values.Get("format")); ok {
		f.Limit = 100_000
		return w.export(c, sc, p, f, format)
	}
	f.Before = w.before(sc, values.Get("after"))
	entries, err := w.service.List(c.UserContext(), sc, f)
	if err != nil {
		return err
	}
	l := ui.List{Path: "/trail", Query: values, First: f.Before == 0, Empty: len(entries) == 0, TotalOf: "trail.shown", Exports: true}
	if len(entries) > pageSize {
		entries = entries[:pageSize]
		l.Next = w.end(sc, entries[pageSize-1].Seq)
	}
	l.Total = len(entries)
	return w.site.Render(c, listPage(p, filled(p, l), entries))
}

// end names a row as the last of a page, which opens for this reader alone.
func (w *Web) end(sc tenants.Scope, seq int64) string {
	return base64.RawURLEncoding.EncodeToString(w.ends.Seal(binary.BigEndian.AppendUint64(nil, uint64(seq)), reader(sc))) // #nosec G115 -- rows count from 1
}

// before is the row that an address names so, and 0 where it names none.
func (w *Web) before(sc tenants.Scope, end string) int64 {
	sealed, err := base64.RawURLEncoding.DecodeString(end)
	if err != nil {
		return 0
	}
	plain, err := w.ends.Open(sealed, reader(sc))
	if err != nil || len(plain) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(plain)) // #nosec G115 -- it was one when it was sealed
}

func reader(sc tenants.Scope) string { return sc.Tenant().ID.String() + sc.Actor().Person.String() }

func filled(p ui.Page, l ui.List) ui.List {
	var options []ui.Option
	for _, k := range kinds {
		options = append(options, ui.Option{Value: k, Label: p.T("trail.kind." + k)})
	}
	l.Filters = []ui.Field{{Name: "kind", Label: p.T("trail.about"), Options: options}}
	l.Columns = []ui.Column{{Label: p.T("trail.when")}, {Label: p.T("trail.who")}, {Label: p.T("trail.what")}, {Label: p.T("trail.about")}}
	return l
}

func who(p ui.Page, e Entry) string {
	switch {
	case e.Who != "":
		return e.Who
	case e.ActorSystem != "":
		return p.T("trail.system")
	case e.ActorPerson.IsZero():
		return p.T("trail.visitor")
	default:
		return p.T("trail.gone")
	}
}

func (w *Web) export(c *fiber.Ctx, sc tenants.Scope, p ui.Page, f audit.Filter, format sheets.Format) error {
	entries, err := w.service.List(c.UserContext(), sc, f)
	if err != nil {
		return err
	}
	t := sheets.Table{Name: p.Title, Columns: []string{"#", p.T("trail.when"), p.T("trail.who"), p.T("trail.what"), p.T("trail.about"), p.T("trail.name"), "ID", p.T("trail.detail"), "SHA-256"}}
	for _, e := range entries {
		var number any = e.Seq
		hash := hexOf(e.Hash)
		if e.Alone {
			number, hash = "", ""
		}
		t.Rows = append(t.Rows, []any{
			number, e.At, who(p, e), p.T("trail.action." + e.Action), p.T("trail.kind." + e.SubjectKind), e.About, e.SubjectID, string(e.Detail), hash,
		})
	}
	return w.site.Sheet(c, p, t, format)
}

func (w *Web) verify(c *fiber.Ctx, sc tenants.Scope) error {
	broken, err := w.service.Verify(c.UserContext(), sc)
	if err != nil {
		return err
	}
	if broken != nil {
		w.site.Say(c, "danger", "trail.broken")
	} else {
		w.site.Say(c, "success", "trail.whole")
	}
	return web.SeeOther(c, "/trail")
}
