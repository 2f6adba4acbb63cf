package i18n

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
)

// Int writes a whole number with the reader's grouping: 1.234 in Turkish and German, 1,234 in English.
func (l *Localizer) Int(n int) string { return l.messages.format.FmtNumber(float64(n), 0) }

// Decimal writes a number with that many digits after the reader's decimal sign. Money has its own type; see kernel/money.
func (l *Localizer) Decimal(x float64, digits int) string {
	return l.messages.format.FmtNumber(x, uint64(max(digits, 0)))
}

// Percent writes a share of one as a percentage: 0.25 is %25 in Turkish, 25 % in German, 25% in English.
func (l *Localizer) Percent(share float64, digits int) string {
	return l.messages.format.FmtPercent(share*100, uint64(max(digits, 0)))
}

// Separators are the reader's decimal and grouping signs.
func (l *Localizer) Separators() (decimal, group string) {
	return l.messages.decimal, l.messages.group
}

// Date writes the day of an instant in the reader's zone: 5 October 2026.
func (l *Localizer) Date(t time.Time) string { return l.messages.format.FmtDateLong(t.In(l.Zone)) }

// Day is a day of the calendar, as 2026-10-05. As an argument of a message it is written as its reader writes days.
type Day string

// DayOf is the day of an instant in a zone.
func DayOf(at time.Time, zone *time.Location) Day { return Day(at.In(zone).Format(time.DateOnly)) }

// EndOfDay is a minute before the midnight that ends the day of an instant, in its zone.
func EndOfDay(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 23, 59, 0, 0, at.Location())
}

// Day writes a day of the calendar in full; what is none stays as it is.
func (l *Localizer) Day(day Day) string {
	t, err := time.ParseInLocation(time.DateOnly, string(day), l.Zone)
	if err != nil {
		return string(day)
	}
	return l.Date(t)
}

// ShortDate writes the day of an instant for narrow places such as table cells: 5 Oct 2026.
func (l *Localizer) ShortDate(t time.Time) string {
	return l.messages.format.FmtDateMedium(t.In(l.Zone))
}

// Clock writes hours and minutes in the reader's zone on the 24-hour clock, which all three languages use in writing.
func (l *Localizer) Clock(t time.Time) string { return t.In(l.Zone).Format("15:04") }

// DateTime writes an instant in the reader's zone and names the zone: 12 October 2026, 23:59 (Europe/Istanbul).
func (l *Localizer) DateTime(t time.Time) string { return l.DateTimeIn(t, l.Zone) }

// ShortDateTime writes an instant in the reader's zone for narrow places, without the zone's name.
func (l *Localizer) ShortDateTime(t time.Time) string {
	return l.ShortDate(t) + ", " + l.Clock(t)
}

// DateTimeIn writes an instant in the zone in which it was stated, and names that zone.
func (l *Localizer) DateTimeIn(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	return l.messages.format.FmtDateLong(local) + ", " + local.Format("15:04") + " (" + zone.String() + ")"
}

// Weekday is the reader's name of the day of an instant in the reader's zone.
func (l *Localizer) Weekday(t time.Time) string {
	return l.messages.format.WeekdayWide(t.In(l.Zone).Weekday())
}

// ExtendedLatin reports whether the language is written with letters beyond those of Western Europe (Latin Extended-A, as
// Turkish is), which its names of months and weekdays tell.
func (l *Localizer) ExtendedLatin() bool { return l.messages.extendedLatin }

func extendedLatin(format locales.Translator) bool {
	names := strings.Join(format.MonthsWide(), "") + strings.Join(format.WeekdaysWide(), "")
	return strings.ContainsFunc(names, func(r rune) bool { return r >= 0x100 && r <= 0x17f && r != 'ı' && r != 'Œ' && r != 'œ' })
}

// Month is the reader's name of a month.
func (l *Localizer) Month(m time.Month) string { return l.messages.format.MonthWide(m) }

// Bytes writes a file size in units of 1,000: 2,5 MB.
func (l *Localizer) Bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x /= 1000
		i++
	}
	digits := 0
	if i > 1 && x < 100 {
		digits = 1
	}
	return l.Decimal(x, digits) + " " + units[i]
}

// ParseDecimal reads a number as people type it: a comma or a point as the decimal sign, and the reader's grouping sign
// or spaces between thousands. It returns the digits with a point, ready for exact arithmetic, and false for anything
// else. "1.234" is one thousand two hundred and thirty-four to a Turkish or German reader and one and a bit to an
// English one.
func (l *Localizer) ParseDecimal(typed string) (string, bool) {
	decimal, group := l.Separators()
	var out []byte
	points, digits := 0, 0
	for i, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
			digits++
		case (r == '-' || r == '+') && i == 0:
			if r == '-' {
				out = append(out, '-')
			}
		case string(r) == group && points == 0 && grouped(typed[i+1:], decimal):
		case r == ' ' || r == '\u00a0' || r == '\u202f':
		case string(r) == decimal || r == ',' || r == '.':
			points++
			out = append(out, '.')
		default:
			return "", false
		}
	}
	if points > 1 || digits == 0 {
		return "", false
	}
	if _, err := strconv.ParseFloat(string(out), 64); err != nil {
		return "", false
	}
	return string(out), true
}

// grouped reports whether exactly three digits follow before the next sign or the end, as after a grouping sign.
func grouped(rest, decimal string) bool {
	n := 0
	for _, r := range rest {
		if r < '0' || r > '9' {
			return n == 3 && (string(r) == decimal || r == '.' || r == ',')
		}
		n++
	}
	return n == 3
}
