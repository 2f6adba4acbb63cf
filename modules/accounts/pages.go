package accounts

import (
	"strings"

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
