package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"kervan/modules/accounts"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/tenants"
)

// The demonstration is invented: its networks, people and organizations exist nowhere.
const demoPassword = "slow-caravan-green-lantern"

type demoTenant struct {
	tenants.New

	people        []demoPerson
	organizations int // how many of the invented ones are registered
}

type demoPerson struct {
	name   string
	email  string
	locale i18n.Locale
	role   tenants.Role
}

type login struct{ role, email string }

func demo() []demoTenant {
	const istanbul, berlin = "Europe/Istanbul", "Europe/Berlin"
	return []demoTenant{
		{New: tenants.New{Slug: "core", Name: "Exchange Commons", Kind: tenants.KindCore, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Zone: istanbul, Brand: tenants.Brand{Primary: "#1f5f5b", Accent: "#c2703d", Typeface: "inter"}}, people: []demoPerson{
			{"Defne Aksoylu", "defne@commons.example", i18n.TR, tenants.RoleCoreTeam}, {"Jonas Lindwald", "jonas@commons.example", i18n.DE, tenants.RoleCoreTeam}, {"Mara Petkova", "mara@commons.example", i18n.EN, tenants.RoleOperator},
		}},
		{New: tenants.New{Slug: "bosporus", Name: "Boğaziçi Komşuluk Ağı", Locales: []i18n.Locale{i18n.TR, i18n.EN, i18n.DE}, Zone: istanbul, Brand: tenants.Brand{Primary: "#8c2f39", Accent: "#d98e04", Typeface: "source-sans-3"}}, people: []demoPerson{
			{"Nazlıcan Şenöz", "nazlican@bogazici.example", i18n.TR, tenants.RoleCoordinator}, {"Barış Güleryüz", "baris@bogazici.example", i18n.TR, tenants.RoleOfficer}, {"Elif Kırağı", "elif@bogazici.example", i18n.TR, tenants.RoleReviewer}, {"Anneke Vos", "anneke@bogazici.example", i18n.DE, tenants.RoleReviewer}, {"İlker Öztoprak", "ilker@bogazici.example", i18n.TR, tenants.RoleChair},
		}, organizations: 122},
		{New: tenants.New{Slug: "elbe", Name: "Netzwerk Elbbrücken", Locales: []i18n.Locale{i18n.DE, i18n.EN, i18n.TR}, Zone: berlin, Brand: tenants.Brand{Primary: "#24507a", Accent: "#e0a526", Typeface: "inter"}}, people: []demoPerson{
			{"Katharina Überwasser", "katharina@elbbruecken.example", i18n.DE, tenants.RoleCoordinator}, {"Cem Dağlı", "cem@elbbruecken.example", i18n.TR, tenants.RoleOfficer}, {"Friederike Strauß", "friederike@elbbruecken.example", i18n.DE, tenants.RoleReviewer},
		}, organizations: 12},
		{New: tenants.New{Slug: "olive", Name: "Olive Triangle", Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Zone: "Europe/Athens", Brand: tenants.Brand{Primary: "#59682b", Accent: "#a4442e", Typeface: "bitter"}}, people: []demoPerson{
			{"Eleni Marathou", "eleni@olive.example", i18n.EN, tenants.RoleCoordinator}, {"Ümit Çınar", "umit@olive.example", i18n.TR, tenants.RoleReviewer},
		}, organizations: 7},
		{New: tenants.New{Slug: "townhalls", Name: "Open Town Halls", Locales: []i18n.Locale{i18n.EN, i18n.DE, i18n.TR}, Zone: berlin, Brand: tenants.Brand{Primary: "#5b3f8c", Accent: "#0e8a7d", Typeface: "source-sans-3"}}, people: []demoPerson{
			{"Piotr Wiśniowski", "piotr@townhalls.example", i18n.EN, tenants.RoleCoordinator}, {"Şule Işık", "sule@townhalls.example", i18n.TR, tenants.RoleFinance},
		}},
	}
}

func demoLogins(slug string) []login {
	var logins []login
	for _, d := range demo() {
		if d.Slug != slug {
			continue
		}
		for _, p := range d.people {
			logins = append(logins, login{string(p.role), p.email})
		}
		for i := range min(d.organizations, 2) {
			logins = append(logins, login{string(tenants.RoleLead), demoLeadEmail(slug, i+1)})
		}
	}
	return logins
}

func seedCommand() *cobra.Command {
	return &cobra.Command{
		Use: "seed", Short: "Fill in the demonstration, unless it is there already", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := readConfig()
			if err != nil {
				return err
			}
			app, err := newApp(cmd.Context(), config)
			if err != nil {
				return err
			}
			defer app.close()
			return seed(cmd.Context(), app)
		},
	}
}

// seed makes the demonstration through the use-cases. What is there already stays as it is.
func seed(ctx context.Context, app *App) error {
	hash, err := accounts.HashPassword(demoPassword)
	if err != nil {
		return err
	}
	for _, d := range demo() {
		if _, found, err := app.tenants.ByHost(ctx, app.config.hosts(d.Slug)[0]); err != nil || found {
			if err != nil {
				return err
			}
			continue
		}
		if err := seedTenant(ctx, app, d, hash); err != nil {
			return fmt.Errorf("demonstration of %s: %w", d.Slug, err)
		}
	}
	return nil
}

func seedTenant(ctx context.Context, app *App, d demoTenant, hash string) error {
	n := d.New
	n.Hosts = app.config.hosts(n.Slug)
	if n.Kind == "" {
		n.Kind = tenants.KindNetwork
	}
	tenant, err := app.tenants.Create(ctx, n)
	if err != nil {
		return err
	}
	if err := app.tenants.Provision(ctx, tenant.ID); err != nil {
		return err
	}
	if tenant, err = app.tenants.ByID(ctx, tenant.ID); err != nil {
		return err
	}
	sc := app.tenants.Bind(tenant, tenants.SystemActor("demo"))
	for _, p := range d.people {
		if _, err := app.accounts.Ensure(ctx, sc, p.name, p.email, hash, p.locale, tenants.Grant{Role: p.role}); err != nil {
			return err
		}
	}
	if err := seedOrganizations(ctx, app, tenant, hash, d.organizations); err != nil {
		return err
	}
	if tenant.Kind == tenants.KindNetwork {
		if err := app.tenants.GoLive(ctx, tenant.ID); err != nil {
			return err
		}
	}
	return jobs.Drain(ctx, app.workerPool, app.tenants.Do, tenant.ID.String())
}
