package domains

import (
	"slices"
	"strings"
	"unicode"
)

// tags reads a record of tags, as those of DKIM (RFC 6376, section 3.2) and DMARC are: "a=b; c=d". Names are lower case;
// false where it is none, or a name stands twice.
func tags(record string) (map[string]string, bool) {
	all := map[string]string{}
	for part := range strings.SplitSeq(record, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := all[name]; !ok || name == "" || twice {
			return nil, false
		}
		all[name] = strings.TrimSpace(value)
	}
	return all, len(all) > 0
}

// judgeProof looks for the proof among the records.
func judgeProof(records []string, proof string) Finding {
	f := Finding{Thing: Proof, Verdict: Right, Say: "right", Found: shownRecords(records)}
	if !slices.ContainsFunc(records, func(r string) bool { return strings.TrimSpace(r) == proof }) {
		f.Verdict, f.Say = Missing, "missing"
		if len(records) > 0 {
			f.Verdict, f.Say = Wrong, "other"
		}
	}
	return f
}

// judgeKey says whether the records publish the key (RFC 6376, section 3.6.1), so that receivers can use it.
func judgeKey(of Thing, records []string, public string) Finding {
	f := Finding{Thing: of, Verdict: Wrong, Found: shownRecords(records)}
	switch len(records) {
	case 0:
		f.Verdict, f.Say = Missing, "missing"
		return f
	case 1:
	default:
		f.Say = "several" // receivers may take any of them
		return f
	}
	t, ok := tags(records[0])
	published := strings.Join(strings.Fields(t["p"]), "")
	version, kind, hashes, services := t["v"], t["k"], t["h"], t["s"]
	switch {
	case !ok, version != "" && version != "DKIM1", kind != "" && kind != "rsa", hashes != "" && !among("sha256", hashes), services != "" && !among("*", services) && !among("email", services):
		f.Say = "tags"
	case published == "":
		f.Say = "revoked"
	case published != public:
		f.Say = "other"
	case among("y", t["t"]):
		f.Say = "testing"
	default:
		f.Verdict, f.Say = Right, "right"
	}
	return f
}

// among reports whether the word is one of a list that is parted by colons.
func among(word, list string) bool {
	for one := range strings.SplitSeq(list, ":") {
		if strings.TrimSpace(one) == word {
			return true
		}
	}
	return false
}

// policies of DMARC, of which one must be stated.
var dmarcPolicies = []string{"none", "quarantine", "reject"}

// dmarcRecords are those of the records that say something of DMARC.
func dmarcRecords(records []string) []string {
	return slices.DeleteFunc(slices.Clone(records), func(r string) bool {
		name, value, _ := strings.Cut(strings.SplitN(r, ";", 2)[0], "=")
		return strings.TrimSpace(name) != "v" || strings.TrimSpace(value) != "DMARC1"
	})
}

// judgeDMARC says what receivers do with mails of the host that cannot show where they are from (RFC 7489, section 6.3).
// The records are those of DMARC at the host or, where it has none, at the domain that was bought; then they are
// inherited. Alignment needs no look: signature, envelope and From line all name the host itself, which is aligned in its
// strict sense, too.
func judgeDMARC(records []string, inherited bool) Finding {
	f := Finding{Thing: DMARC, Verdict: Wrong, Found: shownRecords(records)}
	switch len(records) {
	case 0:
		f.Verdict, f.Say = Missing, "missing"
		return f
	case 1:
	default:
		f.Say = "several"
		return f
	}
	t, ok := tags(records[0])
	policy := strings.ToLower(t["p"])
	if sub := strings.ToLower(t["sp"]); ok && inherited && sub != "" {
		policy = sub
	}
	if !ok || !slices.Contains(dmarcPolicies, policy) || !slices.Contains(dmarcPolicies, strings.ToLower(t["p"])) {
		f.Say = "broken"
		return f
	}
	f.Verdict, f.Say = Right, policy
	return f
}

// How much of foreign records is kept and shown.
const (
	recordsShown = 4
	recordChars  = 2000
)

// shownRecords are records as a page can show them: few, not endless, and of signs that can be seen.
func shownRecords(records []string) []string {
	var all []string
	for _, r := range records[:min(len(records), recordsShown)] {
		r = strings.Map(func(r rune) rune {
			if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
				return -1
			}
			return r
		}, strings.ToValidUTF8(r, ""))
		if runes := []rune(r); len(runes) > recordChars {
			r = string(runes[:recordChars])
		}
		all = append(all, r)
	}
	return all
}
