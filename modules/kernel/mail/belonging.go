package mail

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

//go:embed freemail.txt
var freemailText string

var freemail = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(freemailText) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			all[name] = true
		}
	}
	return all
})

// Belonging is the registered domain of an address that tells where somebody belongs, in lower case; empty for addresses of
// mail providers, at which anybody gets one.
func Belonging(address string) string {
	_, host, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	if !ok {
		return ""
	}
	registered, err := publicsuffix.EffectiveTLDPlusOne(strings.Trim(host, "."))
	if err != nil || freemail()[registered] || freemail()[host] {
		return ""
	}
	return registered
}
