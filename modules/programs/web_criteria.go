package programs

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

func (w *Web) criteriaForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	j, err := w.service.Judged(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, criteriaPage(w.site.Page(c, sc, "programs.criteria.title"), j, rowsOf(&j.Call), false, typed{}))
}

// arrangeCriteria saves the list, or only arranges it on the page: rows are moved and taken out by buttons of the same form,
// or dragged, so that nothing typed is lost and the shares can be brought to their sum before anything changes.
func (w *Web) arrangeCriteria(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	j, err := w.service.Judged(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	rows := readRows(form, &j.Call)
	j.Call.Version = shown
	if act := form.Raw("do"); act != "save" {
		return w.site.Render(c, criteriaPage(w.site.Page(c, sc, "programs.criteria.title"), j, arrangeRows(rows, act), true, typedIn(form)))
	}
	a, bad := readArrangement(form, rows)
	if err = checked(bad); err == nil {
		err = w.service.Arrange(c.UserContext(), sc, id, shown, a)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.criteria.title", func(p ui.Page, t typed) templ.Component { return criteriaPage(p, j, rows, true, t) })
	}
	w.site.Say(c, "success", "programs.saved")
	return web.SeeOther(c, address(id, "criteria"))
}

// criterionRow is a row of the list: a criterion, and its weight as it was typed.
type criterionRow struct {
	blueprints.Criterion

	Typed string
}

func rowsOf(c *Call) []criterionRow {
	rows := make([]criterionRow, len(c.Criteria))
	for i, k := range c.Criteria {
		rows[i] = criterionRow{k, strconv.Itoa(k.Weight)}
	}
	return rows
}

// readRows reads which criteria stand on the page, in its order; those that the call does not have any more are left out.
func readRows(form web.Form, c *Call) []criterionRow {
	var rows []criterionRow
	for _, key := range form.All("key") {
		i := slices.IndexFunc(c.Criteria, func(k blueprints.Criterion) bool { return k.Key == key })
		if i < 0 || slices.ContainsFunc(rows, func(r criterionRow) bool { return r.Key == key }) {
			continue
		}
		rows = append(rows, criterionRow{c.Criteria[i], form.Raw("weight_" + key)})
	}
	return rows
}

func readArrangement(form web.Form, rows []criterionRow) (Arrangement, []fault.Field) {
	a := Arrangement{WeightsOpen: form.Ticked("weights_open")}
	var bad []fault.Field
	for _, r := range rows {
		weight, wrong := number(form, "weight_"+r.Key)
		bad = append(bad, wrong...)
		a.Shares = append(a.Shares, Share{r.Key, weight})
	}
	reason, wrong := form.Text("reason", 500)
	a.Reason = reason
	return a, append(bad, wrong...)
}

// arrangeRows does what a button of the page says, or a drag: it moves a criterion, takes it out, or makes all weigh alike.
func arrangeRows(rows []criterionRow, act string) []criterionRow {
	verb, what, _ := strings.Cut(act, ":")
	at, to, _ := strings.Cut(what, ":")
	n, err := strconv.Atoi(at)
	if err != nil {
		n = -1
	}
	switch verb {
	case "up":
		return move(rows, n, n-1)
	case "down":
		return move(rows, n, n+1)
	case "move":
		target, err := strconv.Atoi(to)
		if err != nil {
			target = -1
		}
		return move(rows, n, target)
	case "remove":
		if n < 0 || n >= len(rows) || len(rows) == 1 {
			return rows
		}
		return reshared(slices.Delete(slices.Clone(rows), n, n+1))
	case "even":
		even := slices.Clone(rows)
		for i := range even {
			even[i].Typed = "0"
		}
		return reshared(even)
	default:
		return rows
	}
}

// reshared brings the typed weights to 100, each in proportion, where all of them are numbers.
func reshared(rows []criterionRow) []criterionRow {
	weights := make([]int, len(rows))
	for i, r := range rows {
		n, err := strconv.Atoi(strings.TrimSpace(r.Typed))
		if err != nil || n < 0 || n > 100 {
			return rows
		}
		weights[i] = n
	}
	for i, weight := range blueprints.Spread(weights, 100) {
		rows[i].Typed = strconv.Itoa(weight)
	}
	return rows
}

// sumOf adds up the typed weights that are numbers.
func sumOf(rows []criterionRow) int {
	sum := 0
	for _, r := range rows {
		if n, err := strconv.Atoi(strings.TrimSpace(r.Typed)); err == nil && n >= 0 && n <= 100 {
			sum += n
		}
	}
	return sum
}

// editing finds the criterion that a page is about; without a key it is about a new one.
func (w *Web) editing(c *fiber.Ctx, sc tenants.Scope, id ids.Call) (Judged, blueprints.Criterion, error) {
	j, err := w.service.Judged(c.UserContext(), sc, id)
	if err != nil {
		return j, blueprints.Criterion{}, err
	}
	key := web.Query(c).Raw("criterion")
	if key == "" {
		return j, blueprints.Criterion{Name: i18n.Text{}, Guidance: i18n.Text{}}, nil
	}
	i := slices.IndexFunc(j.Call.Criteria, func(k blueprints.Criterion) bool { return k.Key == key })
	if i < 0 {
		return j, blueprints.Criterion{}, fault.NotFound()
	}
	return j, j.Call.Criteria[i], nil
}

func (w *Web) criterionForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	j, k, err := w.editing(c, sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, criterionPage(w.site.Page(c, sc, criterionTitle(k)), j, k, k.Scale(j.Call.Review.ScoreMax), typed{}))
}

func criterionTitle(k blueprints.Criterion) string {
	if k.Key == "" {
		return "programs.criteria.add"
	}
	return "programs.criteria.edit"
}

func (w *Web) setCriterion(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	j, kept, err := w.editing(c, sc, id)
	if err != nil {
		return err
	}
	k, reason, bad := readCriterion(form, &j.Call, kept, w.site.Localizer(c, sc))
	j.Call.Version = shown
	scale := k.Scale(j.Call.Review.ScoreMax)
	if scale.Lowest < 0 || scale.Highest > blueprints.HighestScore || scale.Lowest >= scale.Highest {
		scale = kept.Scale(j.Call.Review.ScoreMax)
	}
	if form.Raw("do") != "save" {
		return w.site.Render(c, criterionPage(w.site.Page(c, sc, criterionTitle(kept)), j, kept, scale, typedIn(form)))
	}
	if err = checked(bad); err == nil && kept.Key == "" {
		err = w.service.AddCriterion(c.UserContext(), sc, id, shown, k, reason)
	} else if err == nil {
		err = w.service.SetCriterion(c.UserContext(), sc, id, shown, k, reason)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, criterionTitle(kept), func(p ui.Page, t typed) templ.Component { return criterionPage(p, j, kept, scale, t) })
	}
	w.site.Say(c, "success", "programs.saved")
	return web.SeeOther(c, address(id, "criteria"))
}

// readCriterion reads the page of one criterion. What its fields do not show, languages that the call does not speak, stays.
func readCriterion(form web.Form, c *Call, kept blueprints.Criterion, loc *i18n.Localizer) (blueprints.Criterion, string, []fault.Field) {
	k := blueprints.Criterion{Key: kept.Key, Weight: kept.Weight, Halves: form.Raw("step") == "half", CommentOptional: form.Raw("comment") == "optional"}
	var bad []fault.Field
	words := func(name string, before i18n.Text, most int) i18n.Text {
		text := i18n.Text{}
		maps.Copy(text, before)
		for _, l := range c.Locales {
			typed, refused := form.Text(name+"_"+string(l), most)
			bad = append(bad, refused...)
			delete(text, l)
			if typed != "" {
				text[l] = typed
			}
		}
		return text
	}
	whole := func(name string) int {
		n, refused := number(form, name)
		bad = append(bad, refused...)
		return n
	}
	k.Name, k.Guidance = words("name", kept.Name, blueprints.CriterionName), words("guidance", kept.Guidance, blueprints.GuidanceChars)
	k.Lowest, k.Highest = whole("lowest"), whole("highest")
	if k.Highest == c.Review.ScoreMax && kept.Highest == 0 {
		k.Highest = 0 // it goes on following the call's
	}
	if kept.Key == "" {
		k.Weight = whole("weight")
	}
	if text := strings.TrimSpace(form.Raw("threshold")); text != "" {
		plain, ok := loc.ParseDecimal(text)
		least, err := strconv.ParseFloat(plain, 64)
		if !ok || err != nil || !(least > 0) {
			bad = append(bad, fault.At("threshold", "programs.criteria.number"))
		}
		k.Threshold = least
	}
	for _, score := range scoresOf(k.Scale(c.Review.ScoreMax)) {
		value := blueprints.ScoreText(score)
		if label := words("point_"+value, kept.Meaning(score), blueprints.MeaningChars); len(label) > 0 {
			k.Points = append(k.Points, blueprints.Meaning{Value: value, Label: label})
		}
	}
	reason, refused := form.Text("reason", 500)
	return k, reason, append(bad, refused...)
}

func criteriaLabels(p ui.Page, c *Call, rows []criterionRow) []string {
	labels := []string{"weights", p.T("programs.criteria.shares"), "weights_open", p.T("programs.criteria.weights_open"), "reason", p.T("programs.reason")}
	for _, r := range rows {
		labels = append(labels, "weight_"+r.Key, r.Name.String(p.Loc.Locale, c.Locales...))
	}
	return labels
}

func criterionLabels(p ui.Page, c *Call, scale blueprints.Scale) []string {
	labels := []string{
		"lowest", p.T("programs.criteria.lowest"), "highest", p.T("programs.criteria.highest"), "step", p.T("programs.criteria.step"), "weight", p.T("programs.criteria.weight"),
		"threshold", p.T("programs.criteria.threshold"), "points", p.T("programs.criteria.points"), "reason", p.T("programs.reason"),
	}
	for _, l := range c.Locales {
		labels = append(labels, "name_"+string(l), p.T("programs.criteria.name")+" ("+l.Name()+")", "guidance_"+string(l), p.T("programs.criteria.guidance")+" ("+l.Name()+")")
		for _, score := range scale.Scores() {
			labels = append(labels, "point_"+blueprints.ScoreText(score)+"_"+string(l), scoreIn(p, score)+" ("+l.Name()+")")
		}
	}
	return labels
}

// scoreIn writes a score as the reader does.
func scoreIn(p ui.Page, score float64) string {
	if score == float64(int(score)) {
		return p.Loc.Int(int(score))
	}
	return p.Loc.Decimal(score, 1)
}

// scaleText says on what a criterion is scored, in one line.
func scaleText(p ui.Page, c *Call, k *blueprints.Criterion) string {
	s := k.Scale(c.Review.ScoreMax)
	text := p.T("programs.criteria.scale_whole", "Low", p.Loc.Int(s.Lowest), "High", p.Loc.Int(s.Highest))
	if s.Halves {
		text = p.T("programs.criteria.scale_halves", "Low", p.Loc.Int(s.Lowest), "High", p.Loc.Int(s.Highest))
	}
	if k.Threshold > 0 {
		text += " · " + p.T("programs.criteria.threshold_text", "Least", p.Loc.Decimal(k.Threshold, 1))
	}
	return text
}

// meanings are the points of a scale that somebody has described.
func meanings(p ui.Page, c *Call, k *blueprints.Criterion) []ui.Stat {
	var all []ui.Stat
	for _, score := range k.Scale(c.Review.ScoreMax).Scores() {
		if words := k.Meaning(score).String(p.Loc.Locale, c.Locales...); words != "" {
			all = append(all, ui.Stat{Value: scoreIn(p, score), Label: words})
		}
	}
	return all
}

// scoresOf are the points of a scale that was typed; of one that is none there are none.
func scoresOf(s blueprints.Scale) []float64 {
	if s.Lowest < 0 || s.Highest > blueprints.HighestScore {
		return nil
	}
	return s.Scores()
}
