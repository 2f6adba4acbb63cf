package main

// subscribe says who reacts to what, and who does which job.
func (a *App) subscribe() {
	r := a.tenants.Registry()
	a.tenants.HandleProvisioning(a.accounts.SeedFirst)
	a.accounts.RegisterJobs(r)
	a.correspondence.Reactions(r)
	a.applications.Reactions(r)
	a.reviewers.Reactions(r)
	a.selection.Reactions(r)
	a.documents.RegisterJobs(a.tenants)
	a.applications.RegisterJobs(a.tenants)
	a.reviewers.RegisterJobs(a.tenants)
	a.selection.RegisterJobs(a.tenants)
	a.partnerships.Reactions(r)
	a.partnerships.RegisterJobs(a.tenants)
	a.matching.Reactions(r)
	a.lending.Reactions(r)
	a.matching.RegisterJobs(a.tenants)
	a.domains.RegisterJobs(r)
	a.oversight.Reactions(r)
	a.blueprints.Reactions(a.tenants)
	a.pages.RegisterJobs(a.tenants)
	a.stories.RegisterJobs(a.tenants)
	a.brands.RegisterJobs()
	a.rehearsal.RegisterJobs(r)
	a.openings.RegisterJobs(r)
}
