package accounts

import (
	"net/url"
	"strings"

	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

func languages(sc tenants.Scope) []ui.Option {
	options := make([]ui.Option, 0, len(sc.Tenant().Locales))
	for _, l := range sc.Tenant().Locales {
		options = append(options, ui.Option{Value: string(l), Label: l.Name()})
	}
	return options
}

func roles(p ui.Page, sc tenants.Scope) []ui.Option {
	all := offered(sc.Tenant().Kind)
	options := make([]ui.Option, 0, len(all))
	for _, r := range all {
		options = append(options, ui.Option{Value: string(r), Label: p.T("site.role." + string(r))})
	}
	return options
}

// colleagueRoles are those that an organization gives to its own people.
func colleagueRoles(p ui.Page) []ui.Option {
	var options []ui.Option
	for _, r := range []tenants.Role{tenants.RoleParticipant, tenants.RoleLead} {
		options = append(options, ui.Option{Value: string(r), Label: p.T("site.role." + string(r))})
	}
	return options
}

func teamList(p ui.Page, sc tenants.Scope, query url.Values, total int) ui.List {
	return ui.List{
		Path: "/people", Query: query, Search: p.T("accounts.people.search"), Filters: []ui.Field{{Name: "role", Label: p.T("accounts.people.role"), Options: roles(p, sc)}},
		Columns: []ui.Column{{Label: p.T("accounts.people.name"), Sort: "name"}, {Label: p.T("accounts.people.role")}, {Label: p.T("accounts.people.since"), Sort: "since"}},
		First:   true, Empty: total == 0, Total: total, TotalOf: "accounts.people.total", Exports: true,
	}
}

func roleNames(p ui.Page, held []tenants.Role) string {
	names := make([]string, len(held))
	for i, r := range held {
		names[i] = p.T("site.role." + string(r))
	}
	return strings.Join(names, ", ")
}

// teamSheet is the team and, below it, those who have not answered yet.
func teamSheet(p ui.Page, members []Member, pending []Pending) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("accounts.people.name"), p.T("accounts.email"), p.T("accounts.people.role"), p.T("accounts.people.since"), p.T("accounts.people.invited_until"),
	}}
	for _, m := range members {
		t.Rows = append(t.Rows, []any{m.Name, m.Email, roleNames(p, m.Roles), m.Since, nil})
	}
	for _, i := range pending {
		t.Rows = append(t.Rows, []any{i.Name, i.Email, p.T("site.role." + string(i.Role)), nil, i.Expires})
	}
	return t
}

// agentName makes "Firefox, Linux" of what a browser says of itself.
func agentName(p ui.Page, agent string) string {
	find := func(names ...string) string {
		for _, n := range names {
			if strings.Contains(agent, n) {
				return strings.TrimSuffix(n, "/")
			}
		}
		return ""
	}
	browser, system := find("Firefox/", "Edg/", "Chrome/", "Safari/"), find("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
	switch {
	case browser == "" && system == "":
		return p.T("accounts.sessions.unknown")
	case system == "":
		return browser
	default:
		return strings.TrimPrefix(strings.Replace(browser, "Edg", "Edge", 1)+", "+system, ", ")
	}
}

// withReturn is an address of this module that leads on to where somebody was going.
func withReturn(path, back string) string {
	if back == "" || back == "/desk" {
		return path
	}
	return path + "?return=" + url.QueryEscape(back)
}
