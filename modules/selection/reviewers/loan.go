package reviewers

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
)

// Lent is what a lending network says of a reviewer: what they know, and what their organizations there are recognized by.
type Lent struct {
	Topics    []string `json:"topics"`
	Languages []string `json:"languages"`
	Countries []string `json:"countries"`
	Own       []string `json:"own"`      // prints of the signs of their organizations
	Partners  []string `json:"partners"` // and of those that are or were partners of these
}

// Home is what a lent reviewer's organizations at home are recognized by: prints, of which nobody can read whose they are before
// the same organization applies here.
type Home struct {
	Loan          ids.Loan
	Own, Partners []string
}

// fingerprint is a sign of an organization as it is kept for one loan: SHA-256 of both, so that prints of two loans tell nothing of
// each other.
func fingerprint(loan ids.Loan, sign string) string {
	sum := sha256.Sum256(slices.Concat(loan[:], []byte(sign)))
	return hex.EncodeToString(sum[:16])
}

// Knows reports whether one of the prints is that of one of the signs.
func (h *Home) Knows(prints, signs []string) bool {
	return slices.ContainsFunc(signs, func(sign string) bool { return slices.Contains(prints, fingerprint(h.Loan, sign)) })
}

func printsOf(loan ids.Loan, all []events.Affiliation) []string {
	prints := []string{}
	for _, a := range all {
		for _, sign := range SignsOf(a) {
			if p := fingerprint(loan, sign); !slices.Contains(prints, p) {
				prints = append(prints, p)
			}
		}
	}
	return prints
}

// SignsOf are what an organization is recognized by: its number in a country's register, its names without marks and case, and
// the domains of its people at which not anybody gets an address.
func SignsOf(a events.Affiliation) []string {
	var signs []string
	registry := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, a.Registry)
	if registry != "" {
		signs = append(signs, "registry "+a.Country+" "+registry)
	}
	for _, name := range a.Names {
		if key := strings.Join(strings.Fields(i18n.SearchKey(name)), " "); key != "" {
			signs = append(signs, "name "+key)
		}
	}
	for _, host := range a.Domains {
		if d := mail.Belonging("@" + host); d != "" {
			signs = append(signs, SignOfDomain(d))
		}
	}
	return signs
}

// SignOfDomain is what an organization is recognized by that writes from a domain.
func SignOfDomain(domain string) string { return "domain " + domain }

// LoanState is where the loan of a reviewer to this network stands.
type LoanState string

// The states of a loan. It is withdrawn when they are not asked any more, or were asked already by this network itself, and ended
// when they stop after they had begun.
const (
	LoanAsked     LoanState = "asked"
	LoanAccepted  LoanState = "accepted"
	LoanDeclined  LoanState = "declined"
	LoanLapsed    LoanState = "lapsed"
	LoanWithdrawn LoanState = "withdrawn"
	LoanEnded     LoanState = "ended"
)

// loanStates are the states of a loan by those of its invitation.
var loanStates = map[InvitationState]LoanState{
	InvitationSent: LoanAsked, InvitationAccepted: LoanAccepted, InvitationDeclined: LoanDeclined, InvitationWithdrawn: LoanWithdrawn, InvitationLapsed: LoanLapsed,
}
