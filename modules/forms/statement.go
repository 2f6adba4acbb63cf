package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"kervan/modules/kernel/i18n"
)

// StatementVersion names the text of a consent or declaration: twelve digits of a hash over all its words in all
// languages. It is kept with the answer, so that it is always known what somebody agreed to.
func (q *Question) StatementVersion() string {
	words, err := json.Marshal([]i18n.Text{q.Label, q.Help})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(words)
	return hex.EncodeToString(sum[:6])
}
