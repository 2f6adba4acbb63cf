package main

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/brands"
	"kervan/modules/correspondence"
	"kervan/modules/documents"
	"kervan/modules/domains"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/forms/expertise"
	"kervan/modules/kernel/antivirus"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/mail"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/seal"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/lending"
	"kervan/modules/matching"
	"kervan/modules/openings"
	"kervan/modules/organizations"
	"kervan/modules/oversight"
	"kervan/modules/pages"
	"kervan/modules/papers"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/rehearsal"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/modules/site"
	"kervan/modules/stories"
	"kervan/modules/trail"
	"kervan/policies"
	"kervan/tenants"
)

// App is the whole program, put together. Read newApp to know the system.
type App struct {
	config         Config
	tenants        *tenants.Tenants
	authorizer     *policies.Authorizer
	catalog        *i18n.Catalog
	site           *site.Site
	objects        *objects.Store
	server         *fiber.App
	workerPool     *pgxpool.Pool
	worker         *jobs.Worker
	accounts       *accounts.Service
	correspondence *correspondence.Service
	organizations  *organizations.Service
	forms          *forms.Service
	blueprints     *blueprints.Service
	programs       *programs.Service
	openings       *openings.Service
	pages          *pages.Service
	applications   *applications.Service
	brands         *brands.Service
	documents      *documents.Service
	reviewers      *reviewers.Service
	selection      *selection.Service
	partnerships   *partnerships.Service
	stories        *stories.Service
	matching       *matching.Service
	lending        *lending.Service
	papers         *papers.Service
	oversight      *oversight.Service
	domains        *domains.Service
	rehearsal      *rehearsal.Service
	metrics        *metrics
}

// locales lists every module's words.
func locales() []fs.FS {
	return []fs.FS{ui.Locales, site.Locales, accounts.Locales, applications.Locales, blueprints.Locales, brands.Locales, builder.Locales, correspondence.Locales, documents.Locales, domains.Locales, forms.Locales, lending.Locales, matching.Locales, openings.Locales, organizations.Locales, oversight.Locales, pages.Locales, papers.Locales, partnerships.Locales, programs.Locales, rehearsal.Locales, reviewers.Locales, selection.Locales, stories.Locales, trail.Locales}
}

func loadCatalog() (*i18n.Catalog, error) { return i18n.Load(locales()...) }

// newApp builds every module once, in the order in which they need each other.
func newApp(ctx context.Context, config Config) (*App, error) {
	a := &App{config: config, metrics: newMetrics()}
	var err error
	if err = ui.Built(); err != nil {
		return nil, err
	}
	if a.catalog, err = loadCatalog(); err != nil {
		return nil, err
	}
	if a.authorizer, err = policies.New(); err != nil {
		return nil, err
	}
	tenantsConfig, err := config.tenants()
	if err != nil {
		return nil, err
	}
	if a.tenants, err = tenants.Open(ctx, tenantsConfig); err != nil {
		return nil, err
	}
	if a.objects, err = objects.Open(config.objects()); err != nil {
		return nil, err
	}
	if a.workerPool, err = database.Open(ctx, config.WorkerURL, 6); err != nil {
		return nil, err
	}
	sender, err := newSender(config)
	if err != nil {
		return nil, err
	}
	keys, err := seal.New(config.secret, "signing keys")
	if err != nil {
		return nil, err
	}
	ends, err := seal.New(config.secret, "ends of pages")
	if err != nil {
		return nil, err
	}

	shelf := pictures.NewShelf(a.objects)
	album := pictures.NewAlbum(shelf)
	a.brands = brands.New(a.tenants, a.authorizer, shelf)
	a.accounts = accounts.New(a.tenants, a.authorizer, config.secret)
	a.domains = domains.New(domains.Config{
		Tenants: a.tenants, Policies: a.authorizer, Resolver: config.resolver(), Coordinators: coordinators{a.accounts}, Platform: config.public.Hostname(),
		First: func(slug string) string { return config.hosts(slug)[0] }, Changed: a.welcome, From: config.from, SPF: config.spf, Box: keys,
	})
	a.correspondence = correspondence.New(correspondence.Config{
		Policies: a.authorizer, Catalog: a.catalog, People: recipients{a.accounts}, Sender: sender, Origin: config.origin, Colours: colours, Logo: a.brands.Letterhead, Own: a.domains.Outgoing, Concealed: a.concealed,
		Opens: func(actor tenants.Actor, path string) bool { return a.site.Opens(actor, path) },
	})
	a.organizations = organizations.New(a.authorizer, members{a.accounts})
	a.forms = forms.NewKnowing(listing{})
	a.blueprints = blueprints.New(a.tenants, a.authorizer)
	a.programs = programs.New(a.authorizer, a.forms, applicants{a.organizations}, writers{}, a.blueprints)
	a.blueprints.Counting(a.programs)
	a.openings = openings.New(a.tenants, a.authorizer, opening{a}, opening{a})
	a.programs.Signatures = a.openings
	scanner, err := newScanner(config)
	if err != nil {
		return nil, err
	}
	panel := jury{a.organizations, a.accounts, a.forms}
	a.programs.Reviews = reviewed{}
	a.reviewers = reviewers.New(a.authorizer, a.catalog, reviewers.Around{Calls: recruiting{panel}, People: panel, Newcomers: recruiting{panel}})
	a.selection = selection.New(a.authorizer, a.catalog, selection.Around{Calls: panel, Applications: panel, People: panel, Reviewers: a.reviewers, Ties: panel, Seats: panel})
	a.reviewers.Selection = a.selection
	asked, given := surroundings{a.organizations, a.accounts}, &attached{}
	a.programs.People = asked
	a.applications = applications.New(a.authorizer, a.forms, applications.Around{Calls: asked, Organizations: asked, People: asked, Standings: standings{a.selection}, Documents: given, Facts: given, Letters: asked, Partnerships: asked})
	a.selection.Samples = samples{a.forms, a.applications}
	a.documents = documents.New(documents.Config{Policies: a.authorizer, Forms: a.forms, Objects: a.objects, Sheets: sheets{a.applications}, Terms: terms{a.selection}, Offers: a.programs, Scanner: scanner})
	a.programs.Templates = blanks{a.documents}
	given.documents = a.documents
	a.selection.Papers = &conditional{a.documents}
	won := winners{a.programs, a.organizations, a.accounts}
	a.partnerships = partnerships.New(a.tenants, a.authorizer, won, won, won, won)
	a.partnerships.Needs, a.partnerships.Places = guiding{panel}, a.selection
	a.stories = stories.New(a.authorizer, tellers{a.partnerships, a.organizations}, album)
	found := finders{a.names, a.selection, a.applications, a.partnerships, asked}
	a.matching = matching.New(a.tenants, a.authorizer, matching.Around{People: found, Organizations: found, Partnerships: found, Applications: found})
	a.lending = lending.New(a.tenants, a.authorizer, lenders{a}, lenders{a}, expertise.Topics())
	a.papers = papers.New(a.authorizer, issued{}, a.accounts)
	queue := jobs.NewQueue(a.workerPool)
	a.metrics.registry.MustRegister(queueGauges{queue})
	a.oversight = oversight.New(oversight.Config{Tenants: a.tenants, Policies: a.authorizer, Sources: countings{a.selection}, Names: a.names, Queue: queue, Hosts: config.hosts})
	a.rehearsal = rehearsal.New(a.tenants, a.authorizer, a.catalog, a.stage(queue))

	if a.pages, err = pages.New(a.authorizer, album); err != nil {
		return nil, err
	}
	a.site = site.New(site.Config{
		Tenants: a.tenants, Authorizer: a.authorizer, Catalog: a.catalog, Sessions: a.accounts, Unread: a.correspondence.Unread, Menu: a.pages.Navigation(), Logo: a.brands.Letterhead,
		Secret: config.secret, Secure: config.secure(), Product: "Kervan",
	})
	together, telling := partnerships.NewWeb(a.partnerships, a.site, config.origin), stories.NewWeb(a.stories, a.site)
	together.Telling(telling)
	calls, handedIn := programs.NewWeb(a.programs, a.site), applications.NewWeb(a.applications, a.site, press{config.origin})
	chosen := selection.NewWeb(a.selection, a.site, handedIn, record{config.origin})
	handedIn.Following(chosen.Aftermath)
	a.site.Use(
		pages.NewWeb(a.pages, a.site, a.tenants, config.origin, calls, together, telling, chosen).Module(),
		brands.NewWeb(a.brands, a.site).Module(),
		accounts.NewWeb(a.accounts, a.site).Module(),
		correspondence.NewWeb(a.correspondence, a.site).Module(),
		organizations.NewWeb(a.organizations, a.site).Module(),
		blueprints.NewWeb(a.blueprints, a.site).Module(),
		calls.Module(),
		openings.NewWeb(a.openings, a.site).Module(),
		handedIn.Module(),
		papers.NewWeb(a.papers, a.site).Module(),
		rehearsal.NewWeb(a.rehearsal, a.site).Module(),
		reviewers.NewWeb(a.reviewers, a.site, chosen).Module(),
		chosen.Module(),
		documents.NewWeb(a.documents, a.site).Module(),
		together.Module(),
		telling.Module(),
		matching.NewWeb(a.matching, a.site).Module(),
		lending.NewWeb(a.lending, a.site, config.origin).Module(),
		domains.NewWeb(a.domains, a.site).Module(),
		trail.NewWeb(trail.New(a.authorizer, a.names, a.things, a.concealed), a.site, ends).Module(),
		oversight.NewWeb(a.oversight, a.site, config.origin).Leading(chosen.Figures).Module(),
	)
	a.subscribe()

	a.server = web.New(web.Config{
		Secure: config.secure(), TrustedProxies: config.proxies, UploadOrigin: a.objects.Origin(), Large: a.site.Large,
		Fail: a.site.Fail, Observe: a.metrics.observe,
	})
	a.health()
	if err := a.site.Mount(a.server); err != nil {
		return nil, err
	}
	a.worker, err = jobs.NewWorker(a.workerPool, 4, a.tenants.Do, jobs.Daily{Name: oversight.RecountAllJob, Hour: 3}, jobs.Daily{Name: applications.RetainJob, Hour: 1}, jobs.Daily{Name: selection.LookJob, Hour: 1}, jobs.Daily{Name: reviewers.ForgetJob, Hour: 1}, jobs.Daily{Name: lending.ForgetJob, Hour: 1},
		jobs.Daily{Name: documents.SweepJob, Hour: 2}, jobs.Daily{Name: pages.SweepJob, Hour: 2}, jobs.Daily{Name: stories.SweepJob, Hour: 2}, jobs.Daily{Name: brands.SweepJob, Hour: 2},
		jobs.Daily{Name: domains.RecheckJob, Hour: 4}, jobs.Daily{Name: domains.RecheckSendersJob, Hour: 4},
		jobs.Daily{Name: blueprints.RecountJob, Hour: 4}, jobs.Daily{Name: partnerships.ShowJob, Hour: 5},
		jobs.Daily{Name: matching.SweepJob, Hour: 4}, jobs.Daily{Name: matching.ShareJob, Hour: 5})
	return a, err
}

func (a *App) close() {
	a.workerPool.Close()
	a.tenants.Close()
}

// newSender is nil where no mail server is configured: then mails end in the development mailbox.
func newSender(config Config) (mail.Sender, error) {
	if config.SMTPURL == "" {
		return nil, nil
	}
	sender, err := mail.NewSMTP(config.SMTPURL)
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return sender, nil
}

// newScanner is nil where no virus scanner is configured: then documents are shown as not scanned.
func newScanner(config Config) (documents.Scanner, error) {
	if config.ClamAVAddress == "" {
		return nil, nil
	}
	scanner, err := antivirus.New(config.ClamAVAddress)
	if err != nil {
		return nil, fmt.Errorf("CLAMAV_ADDRESS: %w", err)
	}
	return scanner, nil
}

func colours(t tenants.Tenant) (ground, text string) { return site.BrandOf(t).Button() }
