package accounts

import (
	"net/url"
	"slices"
	"strconv"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

type registerView struct {
	Name, Email, Return string
	Notice              bool
	Fault               *fault.Fault
}

func readRegister(form web.Form) (Register, []fault.Field) {
	name, bad := form.Text("name", maxName)
	return Register{
		Name: name, Email: form.Raw("email"), Password: form.Raw("password"), Notice: form.Ticked("notice"), Return: back(form),
	}, bad
}

type signInView struct {
	Email, Return string
	Fault         *fault.Fault
}

type addressView struct {
	Email, Action, Lead, Button, Return string
	Fault                               *fault.Fault
}

type offerView struct {
	Token string
	Offer Offer
	Name  string
	Fault *fault.Fault
}

func readAccept(form web.Form) (Accept, []fault.Field) {
	name, bad := form.Text("name", maxName)
	return Accept{Name: name, Password: form.Raw("password"), Notice: form.Ticked("notice")}, bad
}

type accountView struct {
	Account Account
	Name    string
	Fault   *fault.Fault
}

type teamView struct {
	List        ui.List
	Members     []Member
	Pending     []Pending
	MayInvite   bool
	Name, Email string
	Role        tenants.Role
	Return      string // where to go when somebody was invited
	Fault       *fault.Fault
}

func readInvite(form web.Form) (Invite, []fault.Field) {
	name, bad := form.Required("name", maxName)
	locale, ok := i18n.ParseLocale(form.Raw("locale"))
	if !ok {
		bad = append(bad, fault.At("locale", "fault.choose"))
	}
	return Invite{Name: name, Email: form.Raw("email"), Role: tenants.Role(form.Raw("role")), Locale: locale}, bad
}

func readTeamQuery(values url.Values) TeamQuery {
	q := TeamQuery{Search: values.Get("q"), Desc: values.Get("desc") != ""}
	if role := tenants.Role(values.Get("role")); slices.Contains(slices.Concat(tenants.NetworkRoles, tenants.CoreRoles), role) {
		q.Role = role
	}
	if values.Get("sort") == "since" {
		q.Sort = "since"
	}
	return q
}

type tokenView struct {
	ID         ids.Token
	Name, Days string
	Fault      *fault.Fault
}

func readToken(form web.Form) (NewToken, []fault.Field, error) {
	id, err := ids.Parse[ids.Token](form.Raw("id"))
	if err != nil {
		return NewToken{}, nil, fault.Invalid("fault.bad_request")
	}
	name, bad := form.Text("name", maxTokenName)
	cmd := NewToken{ID: id, Name: name, Password: form.Raw("present")}
	if days := form.Raw("days"); days != "" {
		if cmd.Days, err = strconv.Atoi(days); err != nil {
			bad = append(bad, fault.At("days", "fault.choose"))
		}
	}
	return cmd, bad, nil
}
