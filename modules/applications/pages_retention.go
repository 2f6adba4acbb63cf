package applications

import (
	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
)

func className(p ui.Page, class forms.Class) string {
	return p.T("applications.retention.class." + string(class))
}

func retentionTabs(p ui.Page, r Retention) []ui.Tab {
	var tabs []ui.Tab
	for _, c := range r.Calls {
		tabs = append(tabs, ui.Tab{Label: c.Name(p.Loc.Locale), Href: retentionAddress(c.ID), Current: c.ID == r.Call.ID})
	}
	return tabs
}
