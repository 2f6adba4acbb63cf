package forms_test

import (
	"encoding/json"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

func TestTruth(t *testing.T) {
	t.Parallel()
	d := &forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{
		{Key: "own", Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "kind", Type: forms.TypeChoice, Options: []forms.Option{{Value: "a"}, {Value: "b"}}},
			{Key: "since", Type: forms.TypeNumber, Condition: &forms.Condition{Question: "kind", Equals: "a"}},
		}},
		{Key: "together", Scope: forms.ScopeJoint, Questions: []forms.Question{{Key: "topic", Type: forms.TypeShortText}}},
	}}
	yes := true
	kind, since, topic := forms.Condition{Question: "kind", Equals: "a"}, forms.Condition{Question: "since", Below: "2020"}, forms.Condition{Question: "topic", Answered: &yes}
	for name, tt := range map[string]struct {
		on      forms.Condition
		answers forms.Answers
		want    forms.Truth
	}{
		"nothing answered":                 {kind, forms.Answers{}, forms.Open},
		"not of the unanswered":            {forms.Condition{Not: &kind}, forms.Answers{}, forms.Open},
		"answered so":                      {kind, forms.Answers{"kind": json.RawMessage(`"a"`)}, forms.Holds},
		"answered otherwise":               {kind, forms.Answers{"kind": json.RawMessage(`"b"`)}, forms.Fails},
		"hidden is not answered":           {since, forms.Answers{"kind": json.RawMessage(`"b"`), "since": json.RawMessage(`"2000"`)}, forms.Fails},
		"asked now":                        {since, forms.Answers{"kind": json.RawMessage(`"a"`)}, forms.Open},
		"of the other scope":               {topic, forms.Answers{"topic": json.RawMessage(`"x"`)}, forms.Holds},
		"one of several fails":             {forms.Condition{All: []forms.Condition{kind, topic}}, forms.Answers{"kind": json.RawMessage(`"b"`)}, forms.Fails},
		"one of several is open":           {forms.Condition{All: []forms.Condition{kind, topic}}, forms.Answers{"kind": json.RawMessage(`"a"`)}, forms.Open},
		"one of several is enough":         {forms.Condition{Any: []forms.Condition{kind, topic}}, forms.Answers{"kind": json.RawMessage(`"a"`)}, forms.Holds},
		"any may still come":               {forms.Condition{Any: []forms.Condition{kind, topic}}, forms.Answers{"kind": json.RawMessage(`"b"`)}, forms.Open},
		"a question that is not there":     {forms.Condition{Question: "gone", Equals: "x"}, forms.Answers{}, forms.Fails},
		"not of what is answered other so": {forms.Condition{Not: &kind}, forms.Answers{"kind": json.RawMessage(`"b"`)}, forms.Holds},
	} {
		if got := forms.See(forms.Whole(d), forms.ScopePart, tt.answers).Truth(&tt.on); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if d.Sections[1].Scope != forms.ScopeJoint {
		t.Error("looking at the whole has changed the form")
	}
	for name, tt := range map[string]struct {
		on  forms.Condition
		bad int
	}{
		"fits": {kind, 0}, "across scopes": {forms.Condition{All: []forms.Condition{kind, topic}}, 0}, "gone": {forms.Condition{Question: "gone", Equals: "x"}, 1},
		"an answer that is not offered": {forms.Condition{Question: "kind", Equals: "c"}, 1}, "nothing compared": {forms.Condition{Question: "kind"}, 1},
	} {
		if got := forms.CheckCondition(forms.Whole(d), &tt.on); len(got) != tt.bad {
			t.Errorf("%s: %v", name, got)
		}
	}
}
