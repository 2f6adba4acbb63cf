package documents

import (
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// stateKey is the message key of a document's state.
func stateKey(d *Document) string { return "documents.state." + d.Standing() }

// reasonKey is the message key of why a document was refused.
func reasonKey(reason string) string { return "documents.reason." + reason }

// Why is the message key of why the document was refused.
func (d *Document) Why() string { return reasonKey(d.Reason) }

func tone(d *Document) string {
	switch d.Standing() {
	case "clean":
		return "success"
	case "not_scanned":
		return "neutral"
	case "refused":
		return "danger"
	default:
		return "info"
	}
}

// Shown is the document as a form shows it.
func (d *Document) Shown() forms.Document {
	shown := forms.Document{Name: d.Name, State: stateKey(d), Tone: tone(d)}
	if d.Readable() {
		shown.Href = Href(d.ID)
	}
	return shown
}

func label(p ui.Page, d *Desk) string { return text(p, d, d.Question.Label) }

func text(p ui.Page, d *Desk, t i18n.Text) string {
	return t.String(p.Loc.Locale, d.Definition.Locales...)
}

// accept lists the endings that a question takes, for the browser's dialog.
func accept(rules *forms.Files) string {
	var all []string
	for _, kind := range rules.Kinds {
		all = append(all, files.Kind(kind).Extension())
		if files.Kind(kind) == files.JPEG {
			all = append(all, ".jpeg")
		}
	}
	return strings.Join(all, ",")
}

func more(d *Desk) bool { return max(d.Question.Most, 1) > 1 }
