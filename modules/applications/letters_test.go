package applications

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
)

func TestLettersForKeepsOneOfEachKindAndPrefersTheReadersOwn(t *testing.T) {
	t.Parallel()
	reader, colleague, partner := ids.New[ids.Person](), ids.New[ids.Person](), ids.New[ids.Person]()
	mail := func(kind string, to ids.Person, subject string) Letter {
		return Letter{Kind: kind, Person: to, Subject: subject}
	}
	for name, c := range map[string]struct {
		all  []Letter
		want []string
	}{
		"none":                           {nil, nil},
		"only a partner's":               {[]Letter{mail("rejected", partner, "a")}, []string{"a"}},
		"a colleague's, not a partner's": {[]Letter{mail("rejected", colleague, "ours"), mail("rejected", partner, "theirs")}, []string{"ours"}},
		"the own, not a colleague's":     {[]Letter{mail("rejected", reader, "mine"), mail("rejected", colleague, "ours")}, []string{"mine"}},
		"the reader's own, sent first":   {[]Letter{mail("rejected", reader, "mine"), mail("rejected", partner, "theirs")}, []string{"mine"}},
		"the reader's own, sent last":    {[]Letter{mail("rejected", partner, "theirs"), mail("rejected", reader, "mine")}, []string{"mine"}},
		"the latest of several":          {[]Letter{mail("ineligible", reader, "first"), mail("ineligible", reader, "second")}, []string{"second"}},
		"the newest kind on top": {
			[]Letter{mail("waiting", reader, "wait"), mail("waiting", partner, "their wait"), mail("offered", partner, "their offer"), mail("offered", reader, "offer")},
			[]string{"offer", "wait"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, l := range lettersFor(map[ids.Person]int{reader: 2, colleague: 1}, c.all) {
				got = append(got, l.Subject)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBlocksPartAText(t *testing.T) {
	t.Parallel()
	got := blocks("Dear Ada,\n\nthe reviewers say:\n\n- Need: good. Clear / convincing\n- Plan: fair. - dates are missing\n\nKind regards\nThe network\n\n- one\nand no list")
	want := []block{
		{Lines: []string{"Dear Ada,"}},
		{Lines: []string{"the reviewers say:"}},
		{Lines: []string{"Need: good. Clear / convincing", "Plan: fair. - dates are missing"}, List: true},
		{Lines: []string{"Kind regards", "The network"}},
		{Lines: []string{"- one", "and no list"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
