package programs

import (
	"strconv"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// typed is what somebody typed into one of the call's forms, and what is wrong with it.
type typed struct {
	values func(name string) string
	all    func(name string) []string
	has    func(name string) bool
	Fault  *fault.Fault
}

func typedIn(form web.Form) typed { return typed{values: form.Raw, all: form.All, has: form.Has} }

// or is what was typed, or the value as it is kept when nothing has been typed yet, or only into another form of the page.
func (t typed) or(name, kept string) string {
	if t.values == nil || !t.has(name) {
		return kept
	}
	return t.values(name)
}

// texts reads fields of text; each is cleaned and held to its limit.
func texts(form web.Form, limits map[string]int) (map[string]string, []fault.Field) {
	found := map[string]string{}
	var bad []fault.Field
	for name, limit := range limits {
		text, refused := form.Text(name, limit)
		bad = append(bad, refused...)
		found[name] = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return found, bad
}

// instant reads a date and a time of day in a zone; both empty is the zero time.
func instant(form web.Form, name string, zone *time.Location) (time.Time, []fault.Field) {
	date, clock := form.Raw(name+"_date"), form.Raw(name+"_time")
	if date == "" && clock == "" {
		return time.Time{}, nil
	}
	t, ok := ParseInstant(date, clock, zone)
	if !ok {
		return t, []fault.Field{fault.At(name+"_date", "programs.instant_wrong")}
	}
	return t, nil
}

func number(form web.Form, name string) (int, []fault.Field) {
	n, err := strconv.Atoi(strings.TrimSpace(form.Raw(name)))
	if err != nil {
		return 0, []fault.Field{fault.At(name, "programs.number_wrong")}
	}
	return n, nil
}

// readFrame reads dates, places and money; the grant is typed in whole units with the reader's decimal sign.
func readFrame(form web.Form, loc *i18n.Localizer) (Frame, []fault.Field) {
	f := Frame{Zone: form.Raw("zone"), GrantCurrency: form.Raw("currency")}
	zone := i18n.Zone(f.Zone)
	var bad, more []fault.Field
	f.OpensAt, more = instant(form, "opens", zone)
	bad = append(bad, more...)
	f.ClosesAt, more = instant(form, "closes", zone)
	bad = append(bad, more...)
	f.Places, more = number(form, "places")
	bad = append(bad, more...)
	f.ReplyDays, more = number(form, "reply_days")
	bad = append(bad, more...)
	f.PapersHours, more = number(form, "papers_hours")
	bad = append(bad, more...)
	minor, ok := parseMinor(loc, form.Raw("grant"))
	if !ok {
		bad = append(bad, fault.At("grant", "programs.grant_wrong"))
	}
	f.GrantMinor = minor
	for _, code := range form.All("locales") {
		if l, ok := i18n.ParseLocale(code); ok {
			f.Locales = append(f.Locales, l)
		}
	}
	return f, bad
}

// parseMinor reads an amount as the reader types it into hundredths.
func parseMinor(loc *i18n.Localizer, amount string) (int64, bool) {
	digits, ok := loc.ParseDecimal(strings.TrimSpace(amount))
	if !ok {
		return 0, false
	}
	whole, part, _ := strings.Cut(digits, ".")
	if len(part) > 2 || len(whole) > 12 {
		return 0, false
	}
	minor, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return minor, err == nil && minor >= 0
}

func readRules(form web.Form) (Rules, []fault.Field) {
	r := Rules{Documents: form.All("documents")}
	var bad, more []fault.Field
	r.Reviews, more = number(form, "reviews")
	bad = append(bad, more...)
	r.Gap, more = number(form, "gap")
	bad = append(bad, more...)
	if strings.TrimSpace(form.Raw("threshold")) != "" {
		r.Threshold, more = number(form, "threshold")
		bad = append(bad, more...)
	}
	return r, bad
}

func readLate(form web.Form, c *Call) (Late, []fault.Field) {
	organization, err := ids.Parse[ids.Organization](form.Raw("organization"))
	var bad []fault.Field
	if err != nil {
		bad = append(bad, fault.At("organization", "fault.choose"))
	}
	until, more := instant(form, "until", c.Location())
	bad = append(bad, more...)
	reason, more := form.Required("reason", 500)
	bad = append(bad, more...)
	if until.IsZero() && len(bad) == 0 {
		bad = append(bad, fault.At("until_date", "fault.required"))
	}
	return Late{Organization: organization, Until: until, Reason: reason}, bad
}
