package stories_test

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/stories"
)

// TestEveryStateAllowsExactlyItsVerbs is the table of a story's life.
func TestEveryStateAllowsExactlyItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[stories.State]map[stories.Verb]stories.State{
		stories.Draft:     {stories.Write: stories.Draft, stories.HandIn: stories.HandedIn, stories.Remove: stories.Draft},
		stories.Returned:  {stories.Write: stories.Returned, stories.HandIn: stories.HandedIn, stories.Remove: stories.Returned},
		stories.HandedIn:  {stories.Edit: stories.HandedIn, stories.Return: stories.Returned, stories.Propose: stories.Edited},
		stories.Edited:    {stories.Edit: stories.HandedIn, stories.Return: stories.Returned, stories.Agree: stories.Edited, stories.Object: stories.HandedIn},
		stories.Agreed:    {stories.Edit: stories.HandedIn, stories.Return: stories.Returned, stories.Object: stories.HandedIn, stories.Publish: stories.Published},
		stories.Published: {stories.Withdraw: stories.Withdrawn},
		stories.Withdrawn: {stories.Resume: stories.Draft},
	}
	for _, state := range stories.States {
		for _, v := range stories.Verbs {
			s := stories.Story{State: state}
			err := s.Do(v)
			to, allowed := want[state][v]
			if allowed != (err == nil) || allowed && s.State != to || !allowed && (s.State != state || !fault.Is(err, fault.KindConflict)) {
				t.Errorf("%s a %s story: now %s, %v", v, state, s.State, err)
			}
		}
	}
	once := stories.Story{State: stories.Draft, Slug: "once-read"}
	if once.May(stories.Remove) {
		t.Error("a story that was published can be removed, and its address says nothing")
	}
	for _, state := range stories.States {
		once.State = state
		if want := state == stories.Withdrawn || state == stories.Draft || state == stories.Returned; once.May(stories.Erase) != want {
			t.Errorf("a %s story that was published is erased: %v", state, !want)
		}
	}
}

func TestAPseudonymMakesAllNamesSecret(t *testing.T) {
	t.Parallel()
	p := stories.Partnership{Title: "Ihlamur + Lindenhof", Organizations: []stories.Organization{{ID: ids.New[ids.Organization](), Name: "Ihlamur Derneği"}}}
	if got := p.Secret(); len(got) != 0 {
		t.Errorf("without a pseudonym %q are secret", got)
	}
	p.Pseudonym, p.Organizations[0].NameEnglish = "Fener", "Linden Association"
	if got := p.Secret(); !slices.Equal(got, []string{"Ihlamur + Lindenhof", "Ihlamur Derneği", "Linden Association"}) {
		t.Errorf("%q are secret", got)
	}
}

func TestNamesAreFoundHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]bool{
		"Biz IHLAMUR DERNEĞİ olarak":       true,
		"ıhlamur   derneği'nin bahçesinde": true,
		"**Ihlamur** Derneği":              true,
		"(Ihlamur-Derneği)":                true,
		"Ihlamur ağaçları":                 false,
		"Dernek":                           false,
		"":                                 false,
		"Yeniihlamur Derneği":              false,
		"Ihlamur\nDerneği":                 true,
	} {
		if got := stories.Tells(words, "Ihlamur Derneği"); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
	if stories.Tells("anything", "") || stories.Tells("anything", "–") {
		t.Error("an empty name stands everywhere")
	}
}

func TestAddressesAreMadeOfTitles(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Gönüllüleri uğurlamak": "gonulluleri-ugurlamak", "  Straße & Café!  ": "strasse-cafe", "!!!": "story", "Привет": "story",
		strings.Repeat("long ", 30): "long-long-long-long-long-long-long-long-long-long-long-long",
	} {
		if got := stories.Proposed(title); got != want {
			t.Errorf("%q: %q", title, got)
		}
	}
}
