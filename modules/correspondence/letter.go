package correspondence

import (
	"cmp"
	"maps"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/markdown"
	"kervan/tenants"
)

// values are what a message tells, by name, in the addressee's language. The network and the addressee are always
// known, in the spelling of message keys and of letters.
func values(e events.MailRequested, to Recipient, tenant tenants.Tenant, loc *i18n.Localizer) map[string]string {
	found := map[string]string{"Name": to.Name, "person": to.Name, "Network": tenant.Name, "network": tenant.Name}
	maps.Copy(found, e.Args)
	for name, text := range e.Texts {
		found[name] = text.String(loc.Locale, tenant.Locales...)
	}
	for name, t := range e.Times {
		found[name] = loc.DateTimeIn(t, i18n.Zone(cmp.Or(e.Zone, tenant.Zone)))
	}
	return found
}

// merge puts the values into a composed letter and reports whether one is missing. In the body a value shows as it is
// typed and never as Markdown of its own.
func merge(subject, body string, values map[string]string, lists map[string][]i18n.Text, locale i18n.Locale) (string, string, bool) {
	plain, gaps := blueprints.Merge(subject, values)
	literal := make(map[string]string, len(values)+len(lists))
	for name, value := range values {
		literal[name] = markdown.Escape(value)
	}
	for name, items := range lists {
		var lines []string
		for _, item := range items {
			lines = append(lines, "- "+markdown.Escape(strings.Join(strings.Fields(item.String(locale)), " ")))
		}
		literal[name] = "\n\n" + strings.Join(lines, "\n") + "\n\n"
	}
	letter, more := blueprints.Merge(body, literal)
	return plain, letter, len(gaps)+len(more) > 0
}
