package forms_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
)

func answered(t *testing.T, blocks []pdf.Block) map[string]pdf.Answer {
	t.Helper()
	all := map[string]pdf.Answer{}
	for _, b := range blocks {
		if a, ok := b.(pdf.Answer); ok {
			all[a.Question] = a
		}
	}
	p := pdf.Paper{Brand: ui.Brand{Name: "Ağ"}, Loc: localizer(t, i18n.DE), Title: "Form", Made: time.Unix(1, 0), Blocks: blocks}
	if _, err := p.Write(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnEmptyFormLeavesSpaceToWrite(t *testing.T) {
	t.Parallel()
	d := sample()
	loc := localizer(t, i18n.DE)
	got := answered(t, forms.Paper(loc, forms.Outline(loc, &d, forms.ScopePart)))
	if a := got["Name"]; a.Space != 1 || a.Note == "" || a.Empty != "" {
		t.Errorf("a short text: %+v", a)
	}
	if a := got["Why z"]; a.Space != 2 {
		t.Errorf("a text of five words: %+v", a)
	}
	if diff := cmp.Diff([]string{"association", "initiative"}, got["Status"].Choices); diff != "" || got["Status"].Space != 0 {
		t.Error(diff)
	}
	if len(got["All of it is true"].Choices) != 1 {
		t.Error("a declaration has no box to tick")
	}
	table, ok := got["People"].Inside[0].(pdf.Table)
	if !ok || len(table.Rows) != 2 || cmp.Diff([]string{"Name", "Languages", "Diet"}, table.Head) != "" {
		t.Errorf("people: %+v", got["People"])
	}
}

func TestStatementsHaveABoxForEachAnswerOnPaper(t *testing.T) {
	t.Parallel()
	d, q := likert()
	loc := localizer(t, i18n.DE)
	empty := func() pdf.Answer {
		return answered(t, forms.Paper(loc, forms.Outline(loc, &d, forms.ScopePart)))["Do you agree?"]
	}
	table, ok := empty().Inside[0].(pdf.Table)
	if !ok || table.Ticks != 6 || len(table.Rows) != 2 || table.Rows[1][0] != "decide" || table.Head[6] != loc.T("forms.not_applicable") || len(empty().Choices) != 0 || empty().Space != 0 {
		t.Errorf("%+v", empty())
	}
	q.Options = append(q.Options, options("more", "most")...)
	if own, ok := empty().Inside[1].(pdf.Answer); !ok || own.Question != "decide" || len(own.Choices) != 8 {
		t.Errorf("many answers: %+v", empty())
	}
}

func TestAFilledFormIsOnPaperAsOnThePage(t *testing.T) {
	t.Parallel()
	d := sample()
	loc := localizer(t, i18n.DE)
	a := with(whole(t), "budget", `{"minor":123456700,"currency":"TRY"}`)
	got := answered(t, forms.Paper(loc, forms.Lay(loc, &d, forms.ScopePart, a, forms.Look{})))
	if got["Budget"].Empty != loc.T("forms.masked") || len(got["Budget"].Value) != 0 {
		t.Errorf("a financial answer is shown: %+v", got["Budget"])
	}
	if got["Since"].Empty != loc.T("forms.no_answer") {
		t.Errorf("no answer: %+v", got["Since"])
	}
	if head, ok := got["People"].Inside[0].(pdf.Heading); !ok || head.Level != 3 {
		t.Errorf("people: %+v", got["People"])
	}
	if costs := answered(t, forms.Paper(loc, forms.Lay(loc, &d, forms.ScopeJoint, answers(t, "costs", `[{"what":"Train","amount":{"minor":12050,"currency":"EUR"}}]`), forms.Look{}))); len(costs["Costs"].Inside) != 1 {
		t.Errorf("a table: %+v", costs["Costs"])
	}
}
