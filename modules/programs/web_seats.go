package programs

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) seatsForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, seatsPage(w.site.Page(c, sc, "programs.seats.title"), call, false, typed{}))
}

// compose saves the seats, or only arranges them on the page: rows are added, moved and removed by buttons of the same
// form, so that nothing typed is lost and no script is needed.
func (w *Web) compose(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	seats, bad := readSeats(form, call.Locales)
	stored := call.Composition
	call.Composition = seats
	if act := form.Raw("do"); act != "save" {
		call.Version, call.Composition = shown, arrange(seats, act)
		if act == "add" || strings.HasPrefix(act, "remove:") {
			forget(call.Composition.Name, stored.Name)
		}
		return w.site.Render(c, seatsPage(w.site.Page(c, sc, "programs.seats.title"), call, true, typed{}))
	}
	err = checked(bad)
	if err == nil {
		err = w.service.Compose(c.UserContext(), sc, id, shown, seats)
	}
	if err != nil {
		call.Version = shown
		return w.refuse(c, sc, err, form, "programs.seats.title", func(p ui.Page, t typed) templ.Component { return seatsPage(p, call, true, t) })
	}
	w.site.Say(c, "success", "programs.saved")
	return web.SeeOther(c, address(id, "rules"))
}

// forget takes out the sentences that nobody has rewritten: they speak of other seats than there are now.
func forget(shown, stored i18n.Text) {
	known := []i18n.Text{stored}
	for _, b := range blueprints.Default().Compositions {
		known = append(known, b.Name)
	}
	for l, sentence := range shown {
		if slices.ContainsFunc(known, func(t i18n.Text) bool { return t[l] == sentence }) {
			delete(shown, l)
		}
	}
}

// arrange does what a button of the page says: it adds, moves or removes a seat, or begins with a pattern.
func arrange(c blueprints.Composition, act string) blueprints.Composition {
	verb, what, _ := strings.Cut(act, ":")
	n, err := strconv.Atoi(what)
	if err != nil {
		n = -1
	}
	switch verb {
	case "pattern":
		if pattern, ok := blueprints.Default().Composition(what); ok {
			return pattern
		}
	case "add":
		if len(c.Seats) < blueprints.MostSeats {
			addSeat(&c)
		}
	case "up":
		c.Seats = move(c.Seats, n, n-1)
	case "down":
		c.Seats = move(c.Seats, n, n+1)
	case "remove":
		if n >= 0 && n < len(c.Seats) {
			c.Seats = slices.Delete(c.Seats, n, n+1)
		}
	default:
	}
	return c
}

// readSeats reads the page's rows; what does not fit stays as it was typed and is named.
func readSeats(form web.Form, locales []i18n.Locale) (blueprints.Composition, []fault.Field) {
	c := blueprints.Composition{Key: "own", Name: i18n.Text{}, DistinctCountries: form.Ticked("distinct")}
	var bad []fault.Field
	words := func(into i18n.Text, name string, limit int) {
		for _, l := range locales {
			field := name + "_" + string(l)
			text, refused := form.Text(field, limit)
			bad = append(bad, refused...)
			if text != "" {
				into[l] = text
			}
		}
	}
	words(c.Name, "sentence", sentenceChars)
	rows, err := strconv.Atoi(form.Raw("rows"))
	if err != nil || rows < 0 || rows > blueprints.MostSeats {
		return c, append(bad, fault.At("seats", "fault.bad_request"))
	}
	for i := range rows {
		at := strconv.Itoa(i)
		s := blueprints.Seat{Key: form.Raw("key_" + at), Name: i18n.Text{}, Kinds: form.All("kinds_" + at)}
		if !seatKey.MatchString(s.Key) {
			bad = append(bad, fault.At("seats", "fault.bad_request"))
		}
		for _, l := range locales {
			field := "name_" + string(l) + "_" + at
			text, refused := form.Text(field, seatChars)
			bad = append(bad, refused...)
			if text != "" {
				s.Name[l] = text
			}
		}
		reach, named := Reach(form.Raw("reach_"+at)), form.All("countries_"+at)
		if !slices.Contains(Reaches, reach) || (reach == ReachOnly || reach == ReachExcept) && len(named) == 0 && form.Raw("do") == "save" {
			bad = append(bad, fault.At("reach_"+at, "programs.seats.name_countries"))
		}
		limit(&s, reach, named)
		least, few := number(form, "least_"+at)
		most, many := number(form, "most_"+at)
		bad = append(bad, slices.Concat(few, many)...)
		if most < max(least, 1) {
			bad = append(bad, fault.At("most_"+at, "programs.seats.most_wrong"))
		}
		seatNumbers(&s, least, most)
		c.Seats = append(c.Seats, s)
	}
	return c, bad
}

func seatLabels(p ui.Page, c Call) []string {
	labels := []string{"seats", p.T("programs.seats")}
	for i := range c.Composition.Seats {
		at, seat := strconv.Itoa(i), p.T("programs.seats.seat", "Number", i+1)+": "
		for _, l := range c.Locales {
			labels = append(labels, "name_"+string(l)+"_"+at, seat+p.T("programs.seats.name"))
		}
		labels = append(labels, "reach_"+at, seat+p.T("programs.seats.reach"), "countries_"+at, seat+p.T("programs.seats.countries"),
			"kinds_"+at, seat+p.T("programs.seats.kinds"), "least_"+at, seat+p.T("programs.seats.least"), "most_"+at, seat+p.T("programs.seats.most"))
	}
	return labels
}

func reachOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for _, r := range Reaches {
		all = append(all, ui.Option{Value: string(r), Label: p.T("programs.seats.reach." + string(r))})
	}
	return all
}

func countryOptions(p ui.Page, chosen []string) []ui.Option {
	var all []ui.Option
	for _, c := range geo.Countries(p.Loc.Locale) {
		all = append(all, ui.Option{Value: string(c.Code), Label: c.Name, Selected: slices.Contains(chosen, string(c.Code))})
	}
	return all
}

func kindOptions(p ui.Page, chosen []string) []ui.Option {
	var all []ui.Option
	for _, k := range blueprints.Kinds() {
		all = append(all, ui.Option{Value: k.Value, Label: k.Label.String(p.Loc.Locale), Selected: slices.Contains(chosen, k.Value)})
	}
	return all
}

// seatRule is what a seat asks for, in words.
func seatRule(p ui.Page, s blueprints.Seat) string {
	var parts, named []string
	for _, k := range blueprints.Kinds() {
		if slices.Contains(s.Kinds, k.Value) {
			parts = append(parts, k.Label.String(p.Loc.Locale))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, p.T("programs.seats.any_form"))
	}
	rule := strings.Join(parts, ", ")
	reach, codes := reachOf(s)
	for _, code := range codes {
		named = append(named, geo.Country(code).Name(p.Loc.Locale))
	}
	list := strings.Join(named, ", ")
	switch reach {
	case ReachOnly:
		rule += " · " + list
	case ReachExcept:
		rule += " · " + p.T("programs.seats.all_but", "Countries", list)
	default:
		rule += " · " + p.T("programs.seats.reach."+string(reach))
	}
	return rule
}

// seatNumber says how many organizations take the seat; nothing where it is one.
func seatNumber(p ui.Page, s blueprints.Seat) string {
	switch least, most := s.Range(); {
	case least == 1 && most == 1:
		return ""
	case least == 0 && most == 1:
		return p.T("programs.seats.optional")
	case least == 0:
		return p.T("programs.seats.up_to", "High", most)
	case least == most:
		return p.T("programs.seats.exactly", "Count", most)
	default:
		return p.T("programs.seats.between", "Low", least, "High", most)
	}
}
