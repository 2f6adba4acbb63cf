package main

import (
	"context"
	"time"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/tenants"
)

// Courses satisfies selection.Courses.
func (j jury) Courses(ctx context.Context, sc tenants.Scope, call ids.Call) ([]selection.Course, error) {
	all, err := applications.Courses(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	var wanted []ids.Organization
	for i := range all {
		wanted = append(wanted, all[i].Organizations()...)
	}
	cards, err := j.organizations.Cards(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	sat, err := partnerships.FirstSeats(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	handed := make([]applications.Application, len(all))
	for i := range all {
		handed[i] = all[i].Application
	}
	written, err := applications.WrittenIn(ctx, sc, handed)
	if err != nil {
		return nil, err
	}
	courses := make([]selection.Course, len(all))
	for i, a := range all {
		came := a.Came
		courses[i] = selection.Course{
			Application: a.ID, Started: a.CreatedAt, Submitted: came.First(applications.Submitted), Checked: came.First(applications.Eligible, applications.Ineligible),
			Eligible: came.First(applications.Eligible), Reviewed: came.First(applications.Reviewed),
			Decided: came.First(applications.Selected, applications.Waiting, applications.Rejected), Offered: came.First(applications.Selected),
			Answered: came.First(applications.Accepted, applications.Declined, applications.Lapsed), Accepted: came.First(applications.Accepted),
			Withdrawn: a.State == applications.Withdrawn, Language: string(written[a.ID]),
		}
		for _, p := range a.Parts {
			if p.Organization.IsZero() {
				continue
			}
			o := settledIn(p.Town, applicantOf(cards[p.Organization]))
			courses[i].Organizations = append(courses[i].Organizations, selection.Contender{
				Country: o.Country, Region: geo.RegionOf(geo.Country(o.Country), o.City, o.Place), Kind: o.Kind, First: firstTimer(sat, p.Organization, a.Application),
			})
		}
	}
	return courses, nil
}

// firstTimer reports whether an organization was in no partnership of the network before an application was handed in, of those
// that sat in one since a time.
func firstTimer(sat map[ids.Organization]time.Time, o ids.Organization, a applications.Application) bool {
	since, before := sat[o]
	return !before || !since.Before(a.SubmittedAt)
}
