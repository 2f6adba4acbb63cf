package builder_test

import (
	"testing"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
)

// TestALongTimeIsAConditionInWords: a range of dates is compared by its days.
func TestALongTimeIsAConditionInWords(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "stay", Type: forms.TypeSpan, Label: say("Stay")})
	for l, want := range map[i18n.Locale]string{i18n.EN: "“Stay” is longer than 7 days", i18n.TR: "“Stay” yanıtı 7 günden uzunsa", i18n.DE: "„Stay“ länger als 7 Tage ist"} {
		if got := builder.InWords(localizer(t, l), &d, &forms.Condition{Question: "stay", Above: "7"}); got != want {
			t.Errorf("%s: %q", l, got)
		}
	}
	if got := builder.InWords(localizer(t, i18n.EN), &d, &forms.Condition{Question: "stay", Below: "2"}); got != "“Stay” is shorter than 2 days" {
		t.Error(got)
	}
}

// TestADayBecomesARange keeps the first and the last day that are possible.
func TestADayBecomesARange(t *testing.T) {
	t.Parallel()
	d := plain()
	d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "day", Type: forms.TypeDate, Label: say("Day"), Min: "2027-05-01", Max: "2027-05-31"})
	at := builder.Place{Section: "us", Question: "day"}
	if err := typing(t, &d, &d, at, "settings", "yes", "type", "date_range"); err != nil {
		t.Fatal(err)
	}
	if err := typing(t, &d, &d, at, "settings", "yes", "least_days", "3", "most_days", "400"); err != nil {
		t.Fatal(err)
	}
	q, _, _ := d.Question("day")
	if q.Type != forms.TypeSpan || q.Min != "2027-05-01" || q.Max != "2027-05-31" || q.Least != 3 || q.Most != 400 {
		t.Errorf("%+v", q)
	}
	if err := typing(t, &d, &d, at, "settings", "yes", "most_days", "4000"); err == nil {
		t.Error("more days than are counted")
	}
}
