package selection

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/selection/figures"
	"kervan/modules/site"
	"kervan/tenants"
)

const pageSize = 50

// tasks are what reviewers, officers, the panel and leads must do now.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	duties, err := w.service.Duties(ctx, sc)
	if err != nil {
		return nil, err
	}
	tasks := make([]site.Task, len(duties))
	for i, d := range duties {
		tasks[i] = site.Task{
			Title: loc.N("selection.task."+string(d.Kind), d.Count, "Call", d.Call.Name(loc.Locale)), Hint: loc.T("selection.task_hint." + string(d.Kind)),
			Href: dutyAddress(d), Due: d.Due,
		}
		if d.Kind == DutyThird {
			tasks[i].Tone = "warning"
		}
	}
	return tasks, nil
}

func dutyAddress(d Duty) string {
	switch d.Kind {
	case DutyImpartial:
		return impartialAddress(d.Call.ID)
	case DutyCalibrate:
		return calibratingAddress(d.Calibration, "")
	case DutyDeclare, DutyReview:
		return "/reviews"
	case DutyAssign:
		return address(d.Call.ID, "") + "?need=lacking"
	case DutyThird:
		return address(d.Call.ID, "") + "?need=third"
	case DutyOpinion:
		return address(d.Call.ID, "thirds")
	case DutyReply:
		return offerAddress(d.Application)
	case DutyTerms:
		return offerAddress(d.Application)
	case DutyConsent:
		return consultationAddress(&Replacement{ID: d.Replacement, Application: d.Application})
	case DutyVacancy:
		return placeAddress(d.Application)
	case DutyConditions:
		return address(d.Call.ID, "decisions")
	case DutyClarify:
		return address(d.Call.ID, "clarifications")
	case DutyDecide:
		return address(d.Call.ID, "ranking")
	case DutySign, DutyRelease:
		return address(d.Call.ID, "decisions")
	}
	return "/desk"
}

// views are the pages of a call's selection in the order of the work: the words of a group, and its pages, of which the first is
// what the group opens.
var views = []struct {
	group string
	pages []string
}{
	{"reviewing", []string{"", "automatic", "invitations", "training", "calibration", "reviewers", "conflicts"}},
	{"comparing", []string{"ranking", "agreement", "fairness"}},
	{"deciding", []string{"panel", "decisions", "clarifications"}},
}

// managed are the pages for whoever assigns reviewers.
var managed = []string{"", "automatic", "invitations", "training", "calibration", "reviewers", "conflicts", "clarifications"}

// tabs lead through the pages of a call's selection: the groups, and the pages of the group that one is in.
func tabs(p ui.Page, call ids.Call, may ways) (groups, pages []ui.Tab) {
	for _, view := range views {
		var group []ui.Tab
		in := false
		for _, below := range view.pages {
			if !may.Manage && slices.Contains(managed, below) {
				continue
			}
			key := below
			if key == "" {
				key = "board"
			}
			here := address(call, below)
			current := p.Path == here || below != "" && strings.HasPrefix(p.Path, here+"/")
			in = in || current
			group = append(group, ui.Tab{Label: p.T("selection." + key + ".title"), Href: here, Current: current})
		}
		if len(group) == 0 {
			continue
		}
		groups = append(groups, ui.Tab{Label: p.T("selection.views." + view.group), Href: group[0].Href, Within: in})
		if in {
			pages = group
		}
	}
	return groups, pages
}

func home(p ui.Page, call Call, last string) []ui.Crumb {
	return homeOf(p, call.ID, call.Name(p.Loc.Locale), last)
}

func homeOf(p ui.Page, call ids.Call, name, last string) []ui.Crumb {
	return []ui.Crumb{{Label: p.T("selection.calls.title"), Href: "/selection"}, {Label: name, Href: address(call, "ranking")}, {Label: last}}
}

// boardView is who reviews what, found, ordered and cut to a page.
type boardView struct {
	Board
	May  ways
	List ui.List
	Rows []Row
	In   assigning
}

// Assigning reports whether reviewers can still be given applications: not after the decisions were closed.
func (v *boardView) Assigning() bool { return v.Board.List.May(Decide) }

func boardOf(p ui.Page, b Board, values url.Values, may ways) boardView {
	v := boardView{Board: b, May: may}
	of := values.Get("of")
	for _, row := range b.Rows {
		if matches(&row.Application, values) && needs(row, values.Get("need")) && (of == "" || reviewedBy(row, of)) {
			v.Rows = append(v.Rows, row)
		}
	}
	if values.Get("sort") == "reviews" {
		slices.SortStableFunc(v.Rows, func(a, b Row) int { return a.Progress.Submitted - b.Progress.Submitted })
	}
	if values.Get("desc") != "" {
		slices.Reverse(v.Rows)
	}
	v.List = ui.List{
		Path: address(b.Call.ID, ""), Query: values, Search: p.T("selection.search"), Total: len(v.Rows), TotalOf: "selection.total",
		Filters: []ui.Field{{Name: "need", Label: p.T("selection.board.need"), Options: needOptions(p)}, {Name: "of", Label: p.T("selection.board.reviewer"), Options: reviewerOptions(b)}},
		Columns: []ui.Column{
			{Label: p.T("selection.application"), Sort: "number"},
			{Label: p.T("selection.board.reviewers")},
			{Label: p.T("selection.board.progress"), Sort: "reviews"},
		},
		Empty: len(v.Rows) == 0,
	}
	if v.Assigning() {
		v.List.Columns = slices.Insert(v.List.Columns, 0, ui.Column{Label: p.T("selection.choose")})
	}
	v.Rows, v.List.First, v.List.Next = cut(v.Rows, values.Get("after"), func(r Row) ids.Application { return r.ID })
	return v
}

// cut gives the page of rows that follows the one with the cursor.
func cut[R any, I fmt.Stringer](rows []R, after string, id func(R) I) (page []R, first bool, next string) {
	first = true
	if i := slices.IndexFunc(rows, func(r R) bool { return id(r).String() == after }); i >= 0 {
		rows, first = rows[i+1:], false
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		next = id(rows[pageSize-1]).String()
	}
	return rows, first, next
}

func matches(a *Application, values url.Values) bool {
	key := i18n.SearchKey(a.Number + " " + a.Name())
	for word := range strings.FieldsSeq(i18n.SearchKey(values.Get("q"))) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	country := values.Get("country")
	return country == "" || slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return o.Country == country })
}

func needs(r Row, need string) bool {
	switch need {
	case "lacking":
		return r.Progress.Lacking() > 0
	case "third":
		return r.Progress.Third()
	case "opinion":
		return r.Progress.Opinion
	case "open":
		return r.Progress.Lacking() == 0 && !r.Progress.Complete()
	case "complete":
		return r.Progress.Complete()
	default:
		return true
	}
}

func needOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for _, need := range []string{"lacking", "third", "opinion", "open", "complete"} {
		all = append(all, ui.Option{Value: need, Label: p.T("selection.need." + need)})
	}
	return all
}

func reviewedBy(r Row, person string) bool {
	return slices.ContainsFunc(r.Reviews, func(one Review) bool { return one.State.Active() && one.Person.String() == person })
}

func reviewerOptions(b Board) []ui.Option {
	all := make([]ui.Option, len(b.Reviewers))
	for i, r := range b.Reviewers {
		all[i] = ui.Option{Value: r.ID.String(), Label: r.Name}
	}
	return all
}

// assignable are the reviewers to choose from, with what each has to do already.
func assignable(p ui.Page, b Board, chosen []string) []ui.Option {
	var all []ui.Option
	for _, r := range b.Reviewers {
		if !r.May && r.Knows {
			continue
		}
		all = append(all, ui.Option{Value: r.ID.String(), Label: r.Name, Hint: p.N("selection.reviewers.load", r.Assigned), Selected: slices.Contains(chosen, r.ID.String())})
	}
	return all
}

// knowingNames are those who may review nothing in an anonymous call, as they see who applies.
func knowingNames(b Board) string {
	var names []string
	for _, r := range b.Reviewers {
		if r.Knows {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}

// defaultDue is the day that stands in the form: the one of the reviews that are assigned, else in two weeks.
func defaultDue(b Board, now time.Time) string {
	if b.LatestDue.After(now) {
		return string(i18n.DayOf(b.LatestDue, zone(b.Call)))
	}
	return DueAt(now, 14, zone(b.Call)).Format(time.DateOnly)
}

func progressText(p ui.Page, g Progress) (text, tone string) {
	switch {
	case g.Apart && g.Lacking() > 0:
		return p.T("selection.progress.third"), "danger"
	case g.Opinion:
		return p.T("selection.progress.opinion"), "warning"
	case g.Lacking() > 0:
		return p.N("selection.progress.lacking", g.Lacking()), "warning"
	case g.Complete():
		return p.T("selection.progress.complete"), "success"
	default:
		return p.T("selection.progress.running", "Submitted", g.Submitted, "Required", g.Required), "info"
	}
}

func stateTone(r Review, now time.Time) string {
	switch {
	case r.State == ReviewSubmitted:
		return "success"
	case r.State == ReviewRecused:
		return "danger"
	case r.State.Owed() && r.DueAt.Before(now):
		return "warning"
	case r.State == ReviewOpen:
		return "info"
	default:
		return "neutral"
	}
}

func reviewState(p ui.Page, s ReviewState) string { return p.T("selection.review_state." + string(s)) }

func countries(p ui.Page, a *Application) string {
	var names []string
	for _, o := range a.Organizations {
		names = append(names, forms.CountryName(p.Loc.Locale, o.Country))
	}
	return strings.Join(names, ", ")
}

// place is where an organization is.
func place(p ui.Page, o Applicant) string {
	return o.City + ", " + forms.CountryName(p.Loc.Locale, o.Country)
}

func refusedText(p ui.Page, b Board, r Refusal) string {
	number := ""
	for _, row := range b.Rows {
		if row.ID == r.Application {
			number = row.Number + " " + row.Name()
		}
	}
	who, _ := b.Reviewer(r.Person)
	return p.T("selection.assign.pair", "Application", number, "Reviewer", who.Name, "Kind", p.T("selection.conflict_kind."+string(r.Kind)))
}

func kindOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(Declarable))
	for i, k := range Declarable {
		all[i] = ui.Option{Value: string(k), Label: p.T("selection.conflict_kind." + string(k))}
	}
	return all
}

// points writes a total with one digit after the sign.
func points(p ui.Page, x float64) string { return p.Loc.Decimal(x, 1) }

// criterionField is one criterion of the form, with what is kept or was just typed.
type criterionField struct {
	Key      string
	Name     string
	Guidance string
	Lang     string // when the words are not in the page's language
	Weight   int
	Score    float64
	Feedback string
	Version  int64
	Scale    blueprints.Scale
	Optional bool   // the words
	Words    string // what they are; empty: what the applicants read
	Meanings []meaning
	Clash    *Clash
	Fault    *fault.Fault
	Disabled bool
}

func fieldsOf(p ui.Page, d Desk, in writing, f *fault.Fault) []criterionField {
	all := make([]criterionField, len(d.Call.Criteria))
	for i, k := range d.Call.Criteria {
		all[i] = fieldOf(p, d, k, in)
		all[i].Fault = f
	}
	return all
}

func fieldOf(p ui.Page, d Desk, k blueprints.Criterion, in writing) criterionField {
	m := d.Mark(k.Key)
	c := criterionField{
		Key: k.Key, Guidance: k.Guidance.String(p.Loc.Locale, d.Call.Locales...), Weight: k.Weight, Score: m.Score, Feedback: m.Feedback, Version: m.Version,
		Scale: k.Scale(d.Call.Review.ScoreMax), Optional: k.CommentOptional, Meanings: meaningsOf(p, d.Call, &k), Clash: in.clash(k.Key), Disabled: !d.Writable(),
	}
	var lang i18n.Locale
	if c.Name, lang = k.Name.In(p.Loc.Locale, d.Call.Locales...); lang != p.Loc.Locale {
		c.Lang = string(lang)
	}
	if typed, ok := in.typed(k.Key); ok {
		c.Score, c.Feedback = typed.Score, typed.Feedback
	}
	return c
}

// labels name the fields of the review form for the error summary.
func labels(p ui.Page, d Desk) []string {
	all := []string{inputName(commentRef, feedbackPrefix), p.T("selection.review.comment")}
	for _, k := range d.Call.Criteria {
		name := k.Name.String(p.Loc.Locale, d.Call.Locales...)
		all = append(all, inputName(k.Key, scorePrefix), p.T("selection.mark.score_of", "Criterion", name), inputName(k.Key, feedbackPrefix), name)
	}
	return all
}

func autosave(p ui.Page, d Desk) templ.Attributes {
	if !d.Writable() {
		return nil
	}
	return forms.Autosave(p, d.ID.String(), forms.Addresses{Save: reviewAddress(d.ID, "marks"), SignIn: "/sign-in"})
}

func least(p ui.Page) string {
	return p.T("selection.mark.hint", "Least", LeastFeedback, "Reasons", LeastReasons)
}

// meaning is what one point of a scale means, as a reviewer reads it.
type meaning struct{ Score, Words string }

func meaningsOf(p ui.Page, call Call, k *blueprints.Criterion) []meaning {
	var all []meaning
	for _, score := range k.Scale(call.Review.ScoreMax).Scores() {
		if words := k.Meaning(score).String(p.Loc.Locale, call.Locales...); words != "" {
			all = append(all, meaning{scoreIn(p.Loc, score), words})
		}
	}
	return all
}

// scoreIn writes a score as the reader does: whole points without a digit after the sign.
func scoreIn(loc *i18n.Localizer, score float64) string {
	if score == math.Trunc(score) {
		return loc.Int(int(score))
	}
	return loc.Decimal(score, 1)
}

func dots(totals []figures.Points) string {
	var b strings.Builder
	for _, x := range totals {
		fmt.Fprintf(&b, "%.1f ", x.Float())
	}
	return strings.TrimSpace(b.String())
}
