package selection

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
)

type pageOf = ui.Page

// roomAddress is the meeting's page, or something below it.
func roomAddress(call ids.Call, below string) string { return address(call, "panel") + below }

func minutesAddress(call ids.Call, m ids.Meeting) string {
	return roomAddress(call, "/minutes/"+m.String())
}

// meetingInput is what was typed into the room.
type meetingInput struct {
	Application string
	Reason      string
	Outcome     string
	Note        string
	Kind        string
	Ticked      []string
	Fault       *fault.Fault

	keeps bool // also where the meeting's state did not allow it, the page comes back with what was typed
}

func (in *meetingInput) read(form web.Form) {
	in.Application, in.Reason, in.Outcome, in.Note, in.Kind = form.Raw("application"), form.Raw("reason"), form.Raw("outcome"), form.Raw("note"), form.Raw("kind")
}

// roomView is a meeting as its page shows it.
type roomView struct {
	Room
	May    ways
	In     meetingInput
	Seen   string
	Beside string // what stands beside the table: the reviews, or the text
	Text   templ.Component
	Same   bool // the reader's screen has what stands beside the table already
	Whole  bool // the whole agenda
	Search string
}

// about tells what stands beside the table apart.
func (v *roomView) about() string {
	if v.Table == nil {
		return "-"
	}
	return v.Table.ID.String() + "/" + v.Beside
}

// here is the address from which the page is kept up to date.
func (v *roomView) here() string {
	values := url.Values{}
	for name, value := range map[string]string{"beside": v.Beside, "q": v.Search} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if v.Whole {
		values.Set("agenda", "whole")
	}
	if len(values) == 0 {
		return roomAddress(v.Call.ID, "")
	}
	return roomAddress(v.Call.ID, "?"+values.Encode())
}

// deciding reports whether the reader can decide about what is on the table.
func (v *roomView) deciding() bool {
	return v.Table != nil && v.May.Decide && v.Panel.List.May(Decide) && v.Table.Undecided
}

// agendaLength is how much of the agenda stands on the page, unless the whole is wanted.
const agendaLength = 25

// agenda is the part of the agenda that is shown: what is searched, the whole, or a few before what is on the table, or
// before the first that is not decided, and those after it.
func (v *roomView) agenda() []Ranked {
	if v.Search != "" {
		var found []Ranked
		for _, r := range v.Ranked {
			if matches(&r.Application, url.Values{"q": {v.Search}}) {
				found = append(found, r)
			}
		}
		return found[:min(len(found), agendaLength)]
	}
	if v.Whole || len(v.Ranked) <= agendaLength {
		return v.Ranked
	}
	at := slices.IndexFunc(v.Ranked, func(r Ranked) bool {
		return v.Table != nil && r.ID == v.Table.ID || v.Table == nil && r.Decision == nil && r.Undecided
	})
	from := max(0, min(at-5, len(v.Ranked)-agendaLength))
	return v.Ranked[from : from+agendaLength]
}

// spoken counts how many of the agenda have been on the table.
func (v *roomView) spoken() int {
	n := 0
	for _, it := range v.Items {
		if !it.CalledAt.IsZero() {
			n++
		}
	}
	return n
}

// says tells in one sentence what is on the table, for those who listen.
func (v *roomView) says(p ui.Page) string {
	switch {
	case v.Away:
		return p.T("selection.panel.away")
	case v.Table == nil:
		return p.T("selection.panel.nothing")
	case v.Table.Decision != nil:
		return p.T("selection.panel.says_decided", "Number", v.Table.Number, "Outcome", outcomeName(p, v.Table.Outcome()))
	case v.Table.Item.Voting == VotingOpen:
		return p.T("selection.panel.says_vote", "Number", v.Table.Number)
	default:
		return p.T("selection.panel.says", "Number", v.Table.Number)
	}
}

func introducerOptions(v roomView) []ui.Option {
	var all []ui.Option
	for _, m := range v.Members {
		if !v.conflicted(v.Table.ID, m.Person) {
			all = append(all, ui.Option{Value: m.Person.String(), Label: m.Name})
		}
	}
	return all
}

func choiceName(p ui.Page, c Choice) string { return p.T("selection.choice." + string(c)) }

func meetingTone(s MeetingState) string {
	return map[MeetingState]string{MeetingConvened: "neutral", MeetingOpen: "success", MeetingEnded: "warning", MeetingSigned: "warning", MeetingSealed: "info"}[s]
}

// voteNames are those who voted for a choice, where that is seen.
func (v *roomView) voteNames(c Choice) string {
	var names []string
	for _, one := range v.Table.Votes {
		if one.Choice == c {
			names = append(names, v.Name(one.Person))
		}
	}
	return strings.Join(names, ", ")
}

func memberNames(all []Member) string {
	names := make([]string, len(all))
	for i, m := range all {
		names[i] = m.Name
	}
	return strings.Join(names, ", ")
}

// grantText is how much of the call's money the selected take; nothing where places bring no money.
func grantText(p ui.Page, panel Panel) string {
	g := panel.Call.Grant
	if g.Minor == 0 {
		return ""
	}
	n := panel.Tally.Selected
	if panel.List.State == ListReleased {
		n = panel.Tally.Held
	}
	all := func(n int) string {
		return forms.MoneyText(p.Loc, forms.Money{Minor: g.Minor * int64(n), Currency: g.Currency})
	}
	return p.T("selection.panel.money_of", "Spent", all(n), "All", all(panel.Call.Places))
}

// convening is what stands in the form that prepares a meeting.
type convening struct {
	Meeting string
	Day     string
	Clock   string
	Place   string
	Members []string
	Open    bool
	Begun   bool
}

func conveningOf(r Room, now time.Time) *convening {
	in := convening{Begun: r.Meeting.State == MeetingOpen}
	at := now.In(zone(r.Call)).AddDate(0, 0, 7)
	in.Day, in.Clock = at.Format(time.DateOnly), "10:00"
	for _, m := range r.Eligible {
		in.Members = append(in.Members, m.Person.String())
	}
	if r.Meeting.ID.IsZero() || r.Meeting.State == MeetingSealed {
		return &in
	}
	at = r.Meeting.At.In(zone(r.Call))
	in.Meeting, in.Day, in.Clock, in.Place, in.Open = r.Meeting.ID.String(), at.Format(time.DateOnly), at.Format("15:04"), r.Meeting.Place, r.Meeting.OpenVotes
	in.Members = nil
	for _, m := range r.Members {
		in.Members = append(in.Members, m.Person.String())
	}
	return &in
}

func readConvening(form web.Form, zone *time.Location) (Convening, convening, []fault.Field) {
	in := convening{Meeting: form.Raw("meeting"), Day: form.Raw("day"), Clock: form.Raw("clock"), Place: form.Raw("place"), Members: form.All("member"), Open: form.Raw("votes") == "open"}
	cmd := Convening{OpenVotes: in.Open}
	_, bad := readDay(form, "day", zone)
	at, err := time.ParseInLocation("2006-01-02 15:04", in.Day+" "+in.Clock, zone)
	if len(bad) == 0 && err != nil {
		bad = append(bad, fault.At("clock", "selection.panel.clock_wrong"))
	}
	cmd.At = at
	place, wrong := form.Text("place", MaxPlace)
	cmd.Place, bad = place, append(bad, wrong...)
	for _, text := range in.Members {
		if id, err := ids.Parse[ids.Person](text); err == nil && !slices.Contains(cmd.Members, id) {
			cmd.Members = append(cmd.Members, id)
		}
	}
	if len(cmd.Members) < 2 {
		bad = append(bad, fault.At("member", "selection.meeting.two"))
	}
	return cmd, in, bad
}

func memberOptions(r Room, in convening) []ui.Option {
	all := make([]ui.Option, len(r.Eligible))
	for i, m := range r.Eligible {
		all[i] = ui.Option{Value: m.Person.String(), Label: m.Name, Selected: slices.Contains(in.Members, m.Person.String())}
	}
	return all
}

func readSettlement(form web.Form) (Settlement, []fault.Field) {
	var bad []fault.Field
	outcome, ok := outcomeTyped(form.Raw("outcome"))
	if !ok || form.Raw("outcome") == "" {
		bad = append(bad, fault.At("outcome", "fault.choose"))
	}
	reason, wrong := form.Text("reason", MaxMeetingReason)
	if outcome != "" && reason == "" && len(wrong) == 0 {
		wrong = append(wrong, fault.At("reason", "fault.required"))
	}
	decided, err := strconv.ParseInt(form.Raw("decided"), 10, 64)
	if err != nil {
		decided = -1
	}
	return Settlement{Outcome: outcome, Reason: reason, Decided: decided}, append(bad, wrong...)
}

// supposed is a panel with what somebody tries out.
type supposed struct {
	Before, After Panel
	May           ways
	Marked        map[ids.Application]string // outcome, or none for what is taken back
}

// marks are the letters of outcomes in addresses.
var marks = map[string]string{"s": string(events.OutcomeSelected), "w": string(events.OutcomeWaiting), "r": string(events.OutcomeRejected), "n": "none"}

// marked writes what was marked into an address, by the numbers of applications.
func marked(panel Panel, values url.Values) string {
	query := url.Values{}
	for letter, outcome := range marks {
		var numbers []string
		for _, r := range panel.Ranked {
			if values.Get("as-"+r.ID.String()) == outcome {
				numbers = append(numbers, r.Number)
			}
		}
		if len(numbers) > 0 {
			query.Set(letter, strings.Join(numbers, " "))
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

func supposedOf(panel Panel, values url.Values, may ways) supposed {
	v := supposed{Before: panel, May: may, Marked: map[ids.Application]string{}}
	outcomes := map[ids.Application]events.Outcome{}
	for letter, name := range marks {
		numbers := strings.Fields(values.Get(letter))
		for _, r := range panel.Ranked {
			if r.Undecided && slices.Contains(numbers, r.Number) {
				outcome, _ := outcomeTyped(name)
				v.Marked[r.ID], outcomes[r.ID] = name, outcome
			}
		}
	}
	v.After = panel.Suppose(outcomes)
	return v
}

func markOptions(p ui.Page, marked string) []ui.Option {
	var all []ui.Option
	for _, o := range Outcomes {
		all = append(all, ui.Option{Value: string(o), Label: outcomeName(p, o), Selected: marked == string(o)})
	}
	return append(all, ui.Option{Value: "none", Label: outcomeName(p, ""), Selected: marked == "none"})
}

// orderOf are the applications of a lot that was drawn, in its order, as numbers.
func orderOf(l ShownLot, numbers map[ids.Application]string) []string {
	var all []string
	for _, id := range l.Applications {
		if number := numbers[id]; number != "" {
			all = append(all, number)
		}
	}
	if l.Drawn() {
		return DrawnOrder(l.Seed, all)
	}
	slices.SortFunc(all, cmp.Compare[string])
	return all
}

func (v *roomView) numbers() map[ids.Application]string {
	all := map[ids.Application]string{}
	for _, r := range v.Ranked {
		all[r.ID] = r.Number
	}
	return all
}

// when is an instant of a meeting, in its call's zone.
func when(p ui.Page, c Call, t time.Time) string { return p.Loc.At(zone(c)).ShortDateTime(t) }

func numbersOf(all []Ranked) string {
	numbers := make([]string, len(all))
	for i, r := range all {
		numbers[i] = r.Number
	}
	return joined(numbers)
}

func joined(all []string) string { return strings.Join(all, ", ") }
