package applications

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Chosen tells what the sheets of applications answer to a question that chooses: the option, or the first of a ranking; each
// application has as many as its sheets answer, in their order. One query, however many there are. It is for other modules'
// use-cases, which have authorized.
func Chosen(ctx context.Context, sc tenants.Scope, all []Application, question string) (map[ids.Application][]string, error) {
	var sheets []ids.Sheet
	for i := range all {
		sheets = append(sheets, all[i].sheets()...)
	}
	found := map[ids.Application][]string{}
	if len(sheets) == 0 {
		return found, nil
	}
	asked, filled := forms.AskingSome(sheets, []string{question})
	if err := sc.Ask(ctx, asked); err != nil {
		return nil, fmt.Errorf("applications: read what was chosen: %w", err)
	}
	for i := range all {
		for _, sheet := range all[i].sheets() {
			if option := firstOf(filled[sheet].Answers[question]); option != "" {
				found[all[i].ID] = append(found[all[i].ID], option)
			}
		}
	}
	return found, nil
}

// firstOf is the option of an answer that chooses one, or the first of one that ranks; empty where it does neither.
func firstOf(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var ranked []string
	if json.Unmarshal(raw, &ranked) == nil && len(ranked) > 0 {
		return ranked[0]
	}
	return ""
}

// Rankings tells what the sheets of applications rank in a question that each form version names: the options of each sheet,
// the first one first, of a question that chooses one that one. One query, however many there are. It is for other modules'
// use-cases, which have authorized.
func Rankings(ctx context.Context, sc tenants.Scope, all []Application, questions map[ids.FormVersion]string) (map[ids.Application][][]string, error) {
	var sheets []ids.Sheet
	for i := range all {
		if questions[all[i].HandedVersion()] != "" {
			sheets = append(sheets, all[i].sheets()...)
		}
	}
	found := map[ids.Application][][]string{}
	if len(sheets) == 0 {
		return found, nil
	}
	asked, filled := forms.AskingSome(sheets, slices.Compact(slices.Sorted(maps.Values(questions))))
	if err := sc.Ask(ctx, asked); err != nil {
		return nil, fmt.Errorf("applications: read what was ranked: %w", err)
	}
	for i := range all {
		question := questions[all[i].HandedVersion()]
		for _, sheet := range all[i].sheets() {
			if ranked := rankedIn(filled[sheet].Answers[question]); len(ranked) > 0 {
				found[all[i].ID] = append(found[all[i].ID], ranked)
			}
		}
	}
	return found, nil
}

// rankedIn are the options of an answer that ranks, or the one of an answer that chooses.
func rankedIn(raw json.RawMessage) []string {
	var ranked []string
	if json.Unmarshal(raw, &ranked) == nil {
		return ranked
	}
	if one := firstOf(raw); one != "" {
		return []string{one}
	}
	return nil
}

// longEnough is from how many characters on an answer tells its language, and howMuch how many of them are looked at.
const (
	longEnough = 60
	howMuch    = 300
)

// WrittenIn tells in which of the site's languages the long answers of applications are written; one of which that cannot be
// told is left out. One query, however many there are. It is for other modules' use-cases, which have authorized.
func WrittenIn(ctx context.Context, sc tenants.Scope, all []Application) (map[ids.Application]i18n.Locale, error) {
	whose := map[ids.Sheet]ids.Application{}
	var sheets []ids.Sheet
	for i := range all {
		for _, sheet := range all[i].sheets() {
			whose[sheet] = all[i].ID
			sheets = append(sheets, sheet)
		}
	}
	counts := map[ids.Application]map[i18n.Locale]int{}
	err := sc.Ask(ctx, forms.AskingWords(sheets, longEnough, howMuch, func(sheet ids.Sheet, text string) {
		id := whose[sheet]
		if counts[id] == nil {
			counts[id] = map[i18n.Locale]int{}
		}
		countWords(counts[id], text)
	}))
	if err != nil {
		return nil, fmt.Errorf("applications: read words: %w", err)
	}
	found := map[ids.Application]i18n.Locale{}
	for id, count := range counts {
		if l, sure := mostOf(count); sure {
			found[id] = l
		}
	}
	return found, nil
}
