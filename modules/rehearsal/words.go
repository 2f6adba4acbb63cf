package rehearsal

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"kervan/modules/kernel/i18n"
)

//go:embed content
var content embed.FS

// words are what invented organizations and people are called and write.
type words struct {
	First     []string `json:"first"`
	Second    []string `json:"second"`
	People    []string `json:"people"`
	Sentences []string `json:"sentences"`
}

var lexicon = sync.OnceValue(func() map[i18n.Locale]words {
	all := map[i18n.Locale]words{}
	for _, l := range i18n.All {
		raw, err := content.ReadFile("content/" + string(l) + ".json")
		if err != nil {
			continue // a language without invented words borrows those of another
		}
		var w words
		if err := json.Unmarshal(raw, &w); err != nil {
			panic(fmt.Errorf("rehearsal: read words: %w", err))
		}
		all[l] = w
	}
	return all
})

func wordsOf(l i18n.Locale) words {
	if w, ok := lexicon()[l]; ok {
		return w
	}
	return lexicon()[i18n.EN]
}
