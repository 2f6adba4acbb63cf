package applications

import (
	"encoding/json"
	"slices"
	"testing"

	"kervan/modules/kernel/i18n"
)

func TestInWhichLanguageATextIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]i18n.Locale{
		"Volunteers come with enthusiasm and leave within four months. The two of us spend our weekends filling gaps.":              i18n.EN,
		"Freiwillige kommen begeistert und gehen nach vier Monaten. Wir zwei füllen am Wochenende die Lücken, und das ist zu viel.": i18n.DE,
		"Gönüllüler hevesle geliyor ve dört ay içinde ayrılıyor. Nedenini soran olmuyor; bu bizim için büyük bir sorun.":            i18n.TR,
		"Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.":                                           "",
		"The volunteers and the board. Die Freiwilligen und der Vorstand.":                                                          "",
		"": "",
	} {
		counts := map[i18n.Locale]int{}
		countWords(counts, text)
		if got, sure := mostOf(counts); got != want || sure != (want != "") {
			t.Errorf("%q: %q, %v", text, got, counts)
		}
	}
}

func TestWhatAnAnswerRanks(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{`"people"`: {"people"}, `["digital","people"]`: {"digital", "people"}, `[]`: {}, `null`: nil, ``: nil, `7`: nil} {
		if got := rankedIn(json.RawMessage(raw)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}
