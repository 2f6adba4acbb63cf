package blueprints_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
)

func TestQuotasCountApplicationsAndNotOrganizations(t *testing.T) {
	t.Parallel()
	chosen := []blueprints.Counted{
		{Countries: []string{"TR", "DE"}, Topics: []string{"people", "people"}},
		{Countries: []string{"TR", "TR"}, Topics: []string{"people", "digital"}},
		{Countries: []string{"TR", "FR"}, Topics: []string{"people"}},
		{Countries: []string{"DE", "DE"}},
	}
	for name, c := range map[string]struct {
		quotas []blueprints.Quota
		want   []blueprints.Taken
	}{
		"none":             {nil, nil},
		"one country":      {[]blueprints.Quota{{Country: "TR", Most: 3}}, []blueprints.Taken{{Country: "TR", Count: 3, Most: 3}}},
		"one that is over": {[]blueprints.Quota{{Country: "DE", Most: 1}}, []blueprints.Taken{{Country: "DE", Count: 2, Most: 1}}},
		"each other": {
			[]blueprints.Quota{{Most: 1}, {Country: "TR", Most: 8}},
			[]blueprints.Taken{{Country: "TR", Count: 3, Most: 8}, {Country: "DE", Count: 2, Most: 1}, {Country: "FR", Count: 1, Most: 1}},
		},
		"topics after countries": {
			[]blueprints.Quota{{Topic: "people", Most: 2}, {Topic: "digital", Least: 2}, {Country: "FR", Most: 1}},
			[]blueprints.Taken{{Country: "FR", Count: 1, Most: 1}, {Topic: "people", Count: 3, Most: 2}, {Topic: "digital", Count: 1, Least: 2}},
		},
		"one that nobody uses": {[]blueprints.Quota{{Country: "PL", Most: 2}}, []blueprints.Taken{{Country: "PL", Most: 2}}},
	} {
		if diff := cmp.Diff(c.want, blueprints.Take(c.quotas, chosen)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	missed := blueprints.Missed(blueprints.Take([]blueprints.Quota{{Topic: "people", Least: 3, Most: 3}, {Topic: "digital", Least: 2}, {Topic: "finance", Most: 1}}, chosen))
	if diff := cmp.Diff([]blueprints.Taken{{Topic: "digital", Count: 1, Least: 2}}, missed); diff != "" {
		t.Error(diff)
	}
	over := blueprints.Beyond(blueprints.Take([]blueprints.Quota{{Most: 1}, {Country: "TR", Most: 3}}, chosen))
	if diff := cmp.Diff([]blueprints.Taken{{Country: "DE", Count: 2, Most: 1}}, over); diff != "" {
		t.Error(diff)
	}
}

func TestTheTopicIsAQuestionOfAllForAll(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	has := func() bool {
		return slices.ContainsFunc(blueprints.TopicQuestions(&d), func(q *forms.Question) bool { return q.Key == "topics" })
	}
	if !has() {
		t.Fatal("a ranking of topics that everybody is asked does not say the topic")
	}
	q, _, _ := d.Question("topics")
	kept := *q
	for name, change := range map[string]func(){
		"some do not read it":      func() { q.VisibleTo = []forms.Reader{forms.ReaderCoordinator} },
		"health":                   func() { q.Class = forms.ClassSpecial },
		"money":                    func() { q.Class = forms.ClassFinancial },
		"some are not asked":       func() { q.Condition = &forms.Condition{} },
		"few are asked":            func() { q.Asked = forms.WhomAccepted },
		"it has no options":        func() { q.Options = nil },
		"it is words of theirs":    func() { q.Type = forms.TypeLongText },
		"several without an order": func() { q.Type = forms.TypeMultiple },
	} {
		change()
		if has() {
			t.Errorf("%s, and it says the topic", name)
		}
		*q = kept
	}
	quotas := []blueprints.Quota{{Topic: "digital", Most: 1}, {Country: "TR", Most: 1}}
	for name, tt := range map[string]struct {
		question string
		quotas   []blueprints.Quota
		want     string
	}{
		"no topics":             {"", quotas[1:], ""},
		"as it should be":       {"topics", quotas, ""},
		"no question":           {"", quotas, "blueprints.topic.question"},
		"a question of words":   {"issue", nil, "blueprints.topic.question"},
		"an option that is not": {"topics", []blueprints.Quota{{Topic: "poetry", Most: 1}}, "blueprints.topic.option"},
	} {
		var got string
		for _, p := range blueprints.TopicFlaws(tt.question, tt.quotas, &d) {
			got += p.Key
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for _, guard := range []func(){func() { q.Class = forms.ClassSpecial }, func() { q.VisibleTo = []forms.Reader{forms.ReaderChair} }} {
		guard()
		if found := blueprints.TopicFlaws("topics", quotas, &d); len(found) != 1 || found[0].Key != "blueprints.topic.guarded" || !blueprints.TopicGuarded("topics", &d) {
			t.Errorf("a topic that not all may read: %v", found)
		}
		*q = kept
	}
	b := blueprints.Default()
	b.Review.Topic = "poetry"
	p, err := blueprints.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	if found := blueprints.Problems(p); len(found) != 1 || found[0].Piece != "review" {
		t.Errorf("a topic that no question says: %v", found)
	}
}
