package selection

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// assigning is what stands in the form that assigns reviewers.
type assigning struct {
	Applications []string
	Reviewers    []string
	Due          string
	Refused      []Refusal
	Fault        *fault.Fault
}

// readDay reads a day; it ends a minute before midnight in the call's zone.
func readDay(form web.Form, name string, zone *time.Location) (time.Time, []fault.Field) {
	return form.EndOfDay(name, zone, "selection.day_wrong")
}

func readAssigning(form web.Form, zone *time.Location) (Assignment, assigning, []fault.Field) {
	in := assigning{Applications: form.All("application"), Reviewers: form.All("reviewer"), Due: form.Raw("due")}
	due, bad := readDay(form, "due", zone)
	cmd := Assignment{DueAt: due, Skip: form.Has("skip"), Applications: parseAll(in.Applications)}
	for _, text := range in.Reviewers {
		if id, err := ids.Parse[ids.Person](text); err == nil && !slices.Contains(cmd.Reviewers, id) {
			cmd.Reviewers = append(cmd.Reviewers, id)
		}
	}
	if len(cmd.Applications) == 0 {
		bad = append(bad, fault.At("application", "selection.assign.no_application"))
	}
	if len(cmd.Reviewers) == 0 {
		bad = append(bad, fault.At("reviewer", "selection.assign.no_reviewer"))
	}
	return cmd, in, bad
}

// parseAll reads application identifiers, each once; what is none is left out.
func parseAll(texts []string) []ids.Application {
	var all []ids.Application
	for _, text := range texts {
		if id, err := ids.Parse[ids.Application](text); err == nil && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// writing is what stands in the forms of a reviewer.
type writing struct {
	Conflict string // of the declaration: yes or no
	Kind     string
	Note     string
	Typed    []Typed
	Clashes  []*Clash
}

// typed is what was typed under a ref, if it was posted.
func (w *writing) typed(ref string) (Typed, bool) {
	i := slices.IndexFunc(w.Typed, func(t Typed) bool { return t.Ref == ref })
	if i < 0 {
		return Typed{}, false
	}
	return w.Typed[i], true
}

func (w *writing) clash(ref string) *Clash {
	i := slices.IndexFunc(w.Clashes, func(c *Clash) bool { return c.Ref == ref })
	if i < 0 {
		return nil
	}
	return w.Clashes[i]
}

func readDeclaration(form web.Form) (Declaration, writing, []fault.Field) {
	in := writing{Conflict: form.Raw("conflict"), Kind: form.Raw("kind"), Note: form.Raw("note")}
	note, bad := form.Text("note", MaxNote)
	if form.Has("conflict") && in.Conflict != "yes" && in.Conflict != "no" {
		bad = append(bad, fault.At("conflict", "fault.choose"))
	}
	return Declaration{Conflict: in.Conflict != "no", Kind: ConflictKind(in.Kind), Note: note}, in, bad
}

// readWriting reads the criteria whose version was posted. A page's script leaves the versions of those away that are
// saved already.
func readWriting(form web.Form) writing {
	in := writing{}
	for name := range form.Values() {
		ref, ok := strings.CutPrefix(name, "base[")
		if !ok {
			continue
		}
		ref = strings.TrimSuffix(ref, "]")
		base, err := strconv.ParseInt(form.Raw(name), 10, 64)
		if err != nil {
			base = -1
		}
		in.Typed = append(in.Typed, Typed{Ref: ref, Base: base, Score: readScore(form.Raw(inputName(ref, scorePrefix))), Feedback: form.Raw(inputName(ref, feedbackPrefix))})
	}
	slices.SortFunc(in.Typed, func(a, b Typed) int { return strings.Compare(a.Ref, b.Ref) })
	return in
}

// readScore reads a score; what is no number is refused by the use-case, as it is out of every scale.
func readScore(text string) float64 {
	if text == "" {
		return NoScore
	}
	score, err := strconv.ParseFloat(text, 64)
	if err != nil || !(score >= 0 && score <= blueprints.HighestScore) {
		return 1 << 20
	}
	return score
}

// readSent reads what the page's script sends for one criterion.
func readSent(ref string, sent forms.Sent) (Typed, error) {
	var inputs map[string][]string
	if err := json.Unmarshal(sent.Value, &inputs); err != nil {
		return Typed{}, fault.Invalid("fault.bad_request").Because(err)
	}
	first := func(part string) string {
		if values := inputs[inputName(ref, part)]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	return Typed{Ref: ref, Base: sent.Base, Score: readScore(first(scorePrefix)), Feedback: first(feedbackPrefix)}, nil
}

// clashed puts a clash into the reader's words for the page's script.
func clashed(loc *i18n.Localizer, c *Clash, name string) forms.Clashed {
	lines := func(m Mark) []string {
		if m.Score == NoScore {
			return []string{m.Feedback}
		}
		return []string{loc.T("selection.mark.score_is", "Score", scoreIn(loc, m.Score)), m.Feedback}
	}
	inputs := map[string][]string{inputName(c.Ref, feedbackPrefix): {c.Theirs.Feedback}}
	if c.Theirs.Score != NoScore {
		inputs[inputName(c.Ref, scorePrefix)] = []string{blueprints.ScoreText(c.Theirs.Score)}
	}
	return forms.Clashed{Yours: lines(c.Yours), Theirs: lines(c.Theirs), Inputs: inputs, Version: c.Theirs.Version, By: name}
}

// closing is what stands in the form that closes the decision list.
type closing struct {
	Version      int64
	ReplyBy      string
	WaitingUntil string
	ClarifyUntil string
	QuotaReason  string
	LeavePlaces  bool
	Fault        *fault.Fault
}

func readClosing(form web.Form, zone *time.Location) (Closing, closing, []fault.Field) {
	in := closing{ReplyBy: form.Raw("reply_by"), WaitingUntil: form.Raw("waiting_until"), ClarifyUntil: form.Raw("clarify_until")}
	reply, bad := readDay(form, "reply_by", zone)
	cmd := Closing{ReplyBy: reply}
	if in.WaitingUntil != "" {
		until, wrong := readDay(form, "waiting_until", zone)
		cmd.WaitingUntil, bad = until, append(bad, wrong...)
	}
	if in.ClarifyUntil != "" {
		until, wrong := readDay(form, "clarify_until", zone)
		cmd.ClarifyUntil, bad = until, append(bad, wrong...)
	}
	reason, wrong := form.Text("quota_reason", reasonChars)
	cmd.QuotaReason, in.QuotaReason, bad = reason, form.Raw("quota_reason"), append(bad, wrong...)
	cmd.LeavePlaces = form.Has("leave_places")
	in.LeavePlaces = cmd.LeavePlaces
	return cmd, in, bad
}

// reasonChars is how long a reason for going beyond quotas is at most.
const reasonChars = 1000
