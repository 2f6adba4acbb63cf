package accounts

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) operations() []site.Operation {
	return []site.Operation{
		site.Get("/me", policies.AccountSelf, "accounts.api.me", meExample, w.apiMe),
	}
}

type meBody struct {
	ID       ids.Person  `json:"id" format:"uuid"`
	Name     string      `json:"name"`
	Email    string      `json:"email" format:"email"`
	Language i18n.Locale `json:"language" enum:"en,tr,de"`
	Network  networkBody `json:"network"`
	Roles    []roleBody  `json:"roles" nullable:"false" doc:"What the person is in this network right now"`
	Token    bool        `json:"token" doc:"Whether this request showed a personal token; false with a session"`
}

type networkBody struct {
	ID   ids.Tenant `json:"id" format:"uuid"`
	Name string     `json:"name"`
	Zone string     `json:"zone" doc:"The time zone in which the network states its times (IANA)"`
}

type roleBody struct {
	Role         tenants.Role     `json:"role"`
	Organization ids.Organization `json:"organization,omitzero" format:"uuid" doc:"For which organization; absent for roles of the network's own team"`
}

var meExample = meBody{
	ID: site.ExampleID[ids.Person](1), Name: "Şule Işık", Email: "sule@ihlamur.example", Language: i18n.TR,
	Network: networkBody{ID: site.ExampleID[ids.Tenant](2), Name: "Kıyıdan Kıyıya", Zone: "Europe/Istanbul"},
	Roles:   []roleBody{{Role: tenants.RoleLead, Organization: site.ExampleID[ids.Organization](3)}},
	Token:   true,
}

func (w *Web) apiMe(_ context.Context, sc tenants.Scope, _ struct{}) (meBody, error) {
	actor, err := w.service.Self(sc)
	if err != nil {
		return meBody{}, err
	}
	tenant := sc.Tenant()
	body := meBody{
		ID: actor.Person, Name: actor.Name, Email: actor.Email, Language: actor.Locale, Token: !actor.Token.IsZero(),
		Network: networkBody{ID: tenant.ID, Name: tenant.Name, Zone: tenant.Zone}, Roles: []roleBody{},
	}
	for _, g := range actor.Grants {
		body.Roles = append(body.Roles, roleBody{Role: g.Role, Organization: g.Organization})
	}
	return body, nil
}
