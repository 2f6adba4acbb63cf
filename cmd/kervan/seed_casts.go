package main

import (
	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// cast is a network of the demonstration: its team, its organizations, and what they play.
type cast struct {
	tenants.New

	seed   uint64
	team   []teammate
	mix    []demo.Mix
	play   func(s *stage, all []*demo.Organization)
	logins func(all []*demo.Organization) []login // beside those of the team
}

type teammate struct {
	name   string
	email  string
	locale i18n.Locale
	roles  []tenants.Role
}

const (
	istanbul = "Europe/Istanbul"
	berlin   = "Europe/Berlin"
	athens   = "Europe/Athens"
)

func roles(all ...tenants.Role) []tenants.Role { return all }

// casts are the core site and the four networks. Each network stands at another point of its cycle.
func casts() []cast {
	return []cast{core(), bosporus(), elbe(), olive(), townhalls()}
}

func core() cast {
	return cast{
		New: tenants.New{
			Slug: "core", Name: "Exchange Commons", Kind: tenants.KindCore, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Zone: istanbul,
			Brand: tenants.Brand{Primary: "#1f5f5b", Accent: "#c2703d", Typeface: "inter"},
		},
		team: []teammate{
			{"Defne Aksoylu", "defne@commons.example", i18n.TR, roles(tenants.RoleCoreTeam)},
			{"Jonas Lindwald", "jonas@commons.example", i18n.DE, roles(tenants.RoleCoreTeam)},
			{"Mara Petkova", "mara@commons.example", i18n.EN, roles(tenants.RoleOperator)},
		},
	}
}

// bosporus has the size of a real cycle: 122 organizations, 93 of them in Turkey, for eight places.
func bosporus() cast {
	return cast{
		New: tenants.New{
			Slug: "bosporus", Name: "Boğaziçi Komşuluk Ağı", Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.TR, i18n.EN, i18n.DE}, Zone: istanbul,
			Brand: tenants.Brand{Primary: "#8c2f39", Accent: "#d98e04", Typeface: "source-sans-3"},
		},
		seed: 2017,
		team: []teammate{
			{"Nazlıcan Şenöz", "nazlican@bogazici.example", i18n.TR, roles(tenants.RoleCoordinator)},
			{"Barış Güleryüz", "baris@bogazici.example", i18n.TR, roles(tenants.RoleOfficer)},
			{"Handan Mutlucan", "handan@bogazici.example", i18n.TR, roles(tenants.RoleFinance)},
			{"İlker Öztoprak", "ilker@kurul.example", i18n.TR, roles(tenants.RoleChair)},
			{"Melike Kırca", "melike@mentor.example", i18n.TR, roles(tenants.RoleFacilitator)},
			{"Stefan Aldenhoven", "stefan@fonds.example", i18n.DE, roles(tenants.RoleFunder)},
			{"Elif Kırağı", "elif@kirag-danisma.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Anneke Vos", "anneke@vos-advies.example", i18n.DE, roles(tenants.RoleReviewer)},
			{"Tarık Yalın", "tarik@universite-a.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Canan Ilgaz", "canan@universite-b.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Murat Özdal", "murat@arastirma.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Sibel Uçar", "sibel@kadin-arastirma.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Rüstem Akgöl", "rustem@akgol.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Gülbin Tamer", "gulbin@tamer.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Henrike Sommerfeld", "henrike@sommerfeld.example", i18n.DE, roles(tenants.RoleReviewer)},
			{"Dimitar Valkov", "dimitar@valkov.example", i18n.EN, roles(tenants.RoleReviewer)},
			{"Yeşim Karaca", "yesim@karaca.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Orhan Sezgin", "orhan@sezgin.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Deniz Aydoğan", "deniz@aydogan.example", i18n.TR, roles(tenants.RoleFacilitator)},
			{"Greta Hollmann", "greta@hollmann.example", i18n.DE, roles(tenants.RoleFacilitator)},
		},
		mix: []demo.Mix{
			{Country: "TR", N: 93},
			{Country: "DE", N: 10},
			{Country: "BG", N: 4},
			{Country: "FR", N: 3},
			{Country: "PL", N: 3},
			{Country: "CZ", N: 2},
			{Country: "GE", N: 1},
			{Country: "RO", N: 2},
			{Country: "ES", N: 1},
			{Country: "DK", N: 1},
			{Country: "GR", N: 2},
		},
		play: playBosporus, logins: bosporusLogins,
	}
}

// elbe is in the middle of its reviews.
func elbe() cast {
	return cast{
		New: tenants.New{
			Slug: "elbe", Name: "Netzwerk Elbbrücken", Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.DE, i18n.EN, i18n.TR}, Zone: berlin,
			Brand: tenants.Brand{Primary: "#24507a", Accent: "#e0a526", Typeface: "inter"},
		},
		seed: 1862,
		team: []teammate{
			{"Katharina Überwasser", "katharina@elbbruecken.example", i18n.DE, roles(tenants.RoleCoordinator)},
			{"Cem Dağlı", "cem@elbbruecken.example", i18n.TR, roles(tenants.RoleOfficer)},
			{"Renate Köhler", "renate@elbbruecken.example", i18n.DE, roles(tenants.RoleFinance)},
			{"Wolfram Strehlow", "wolfram@strehlow.example", i18n.DE, roles(tenants.RoleChair, tenants.RoleReviewer)},
			{"Friederike Strauß", "friederike@strauss.example", i18n.DE, roles(tenants.RoleReviewer)},
			{"Selin Aktaş", "selin@aktas.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Bogdan Ivaşcu", "bogdan@ivascu.example", i18n.EN, roles(tenants.RoleReviewer)},
			{"Maike Petersen", "maike@petersen.example", i18n.DE, roles(tenants.RoleFacilitator)},
		},
		mix:  []demo.Mix{{Country: "DE", N: 9}, {Country: "TR", N: 8}, {Country: "CZ", N: 2}, {Country: "PL", N: 1}},
		play: playElbe, logins: elbeLogins,
	}
}

// olive forms partnerships of three organizations from three countries; its call is open.
func olive() cast {
	return cast{
		New: tenants.New{
			Slug: "olive", Name: "Olive Triangle", Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Zone: athens,
			Brand: tenants.Brand{Primary: "#59682b", Accent: "#a4442e", Typeface: "bitter"},
		},
		seed: 330,
		team: []teammate{
			{"Eleni Marathou", "eleni@olive.example", i18n.EN, roles(tenants.RoleCoordinator)},
			{"Nihan Ersoy", "nihan@olive.example", i18n.TR, roles(tenants.RoleOfficer)},
			{"Ümit Çınar", "umit@cinar.example", i18n.TR, roles(tenants.RoleReviewer)},
			{"Paola Ferrante", "paola@ferrante.example", i18n.EN, roles(tenants.RoleFinance)},
		},
		mix:  []demo.Mix{{Country: "GR", N: 4}, {Country: "TR", N: 5}, {Country: "IT", N: 3}, {Country: "BG", N: 2}, {Country: "ES", N: 1}},
		play: playOlive, logins: oliveLogins,
	}
}

// townhalls forms partnerships of four: an organization and a local authority from each of two countries; its
// applications are being checked.
func townhalls() cast {
	return cast{
		New: tenants.New{
			Slug: "townhalls", Name: "Open Town Halls", Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.EN, i18n.DE, i18n.TR}, Zone: berlin,
			Brand: tenants.Brand{Primary: "#5b3f8c", Accent: "#0e8a7d", Typeface: "source-sans-3"},
		},
		seed: 4,
		team: []teammate{
			{"Piotr Wiśniowski", "piotr@townhalls.example", i18n.EN, roles(tenants.RoleCoordinator)},
			{"Annegret Lohse", "annegret@townhalls.example", i18n.DE, roles(tenants.RoleOfficer)},
			{"Şule Işık", "sule@townhalls.example", i18n.TR, roles(tenants.RoleFinance)},
			{"Hakan Tezel", "hakan@tezel.example", i18n.TR, roles(tenants.RoleReviewer, tenants.RoleChair)},
		},
		mix: []demo.Mix{
			{Country: "TR", Form: "association", N: 3},
			{Country: "TR", Form: "local_authority", N: 3},
			{Country: "DE", Form: "association", N: 2},
			{Country: "DE", Form: "local_authority", N: 2},
			{Country: "PL", Form: "foundation", N: 1},
			{Country: "PL", Form: "local_authority", N: 1},
		},
		play: playTownhalls, logins: townhallsLogins,
	}
}
