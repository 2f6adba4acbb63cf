package accounts

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Invite offers a role to an address. An organization is given exactly for the roles of an organization.
type Invite struct {
	Email        string
	Name         string
	Role         tenants.Role
	Organization ids.Organization
	Locale       i18n.Locale
}

// Invite mails an invitation that holds for 14 days. Roles of the network's team are offered by a coordinator (in the
// core, by the core team); roles of an organization by its lead or a coordinator. Faults: Invalid, NotFound.
func (s *Service) Invite(ctx context.Context, sc tenants.Scope, cmd Invite) error {
	return s.invite(ctx, sc, cmd, sc.Actor().Name)
}

// invite sends an invitation in the name of whoever is said to have sent it.
func (s *Service) invite(ctx context.Context, sc tenants.Scope, cmd Invite, by string) error {
	if err := s.mayInvite(sc, cmd.Role, cmd.Organization); err != nil {
		return err
	}
	email, bad := s.invitee(sc, cmd)
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	token, hash := newToken()
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		row := invitationRow{
			ID: ids.New[ids.Invitation](), TokenHash: hash, Email: email, EmailKey: emailKey(email), Name: cmd.Name, Role: cmd.Role,
			Organization: cmd.Organization, Locale: cmd.Locale, InvitedBy: sc.Actor().Person, ExpiresAt: now.Add(invitationLife),
		}
		if err := replaceInvitation(ctx, tx, row); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "person.invited", SubjectKind: "invitation", SubjectID: row.ID.String(), Detail: map[string]any{"role": string(cmd.Role)}})
		tx.Announce(events.MailRequested{
			Kind: "accounts.mail.invitation", Address: email, Name: cmd.Name, Locale: cmd.Locale, Path: "/invitations/" + token, Secret: true,
			Args: map[string]string{"Name": cmd.Name, "Network": sc.Tenant().Name, "By": by},
		})
		return nil
	})
}

// invitee is the address that an invitation goes to, and everything that keeps the invitation from being sent.
func (s *Service) invitee(sc tenants.Scope, cmd Invite) (string, []fault.Field) {
	email, bad := parseEmail("email", cmd.Email)
	if cmd.Name == "" {
		bad = append(bad, fault.At("name", "fault.required"))
	}
	if !slices.Contains(s.offers(sc, cmd.Organization), cmd.Role) {
		bad = append(bad, fault.At("role", "fault.choose"))
	}
	return email, bad
}

func (s *Service) mayInvite(sc tenants.Scope, role tenants.Role, organization ids.Organization) error {
	if organization.IsZero() {
		return s.policies.May(sc, policies.PersonInvite, policies.On{})
	}
	if role.Staff() {
		return fault.NotFound()
	}
	return s.policies.May(sc, policies.OrganizationPeople, policies.On{Organizations: []ids.Organization{organization}})
}

func (s *Service) offers(sc tenants.Scope, organization ids.Organization) []tenants.Role {
	if !organization.IsZero() {
		return tenants.OrganizationRoles
	}
	return offered(sc.Tenant().Kind)
}

// Offer is an invitation as the invited person sees it.
type Offer struct {
	Name  string
	Email string
	Role  tenants.Role
	Known bool // the actor is signed in with the invited address
}

// Offer shows what a link offers. Whoever has the link may see it. Faults: NotFound for one that is used, revoked or
// expired.
func (s *Service) Offer(ctx context.Context, sc tenants.Scope, token string) (Offer, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Offer{}, err
	}
	row, found, err := findInvitation(ctx, sc.Read(), token)
	if err != nil || !found {
		return Offer{}, orNotFound(err)
	}
	return Offer{Name: row.Name, Email: row.Email, Role: row.Role, Known: emailKey(sc.Actor().Email) == row.EmailKey}, nil
}

// Accept is the answer to an invitation.
type Accept struct {
	Token    string
	Name     string
	Password string // for an address without a login; ignored by others
	Notice   bool
	Locale   i18n.Locale
	Agent    string
}

// Accept takes up an invitation. The link itself proves the address: a new person gets an account with the password
// typed; a known one keeps theirs and, unless signed in with that address already, must sign in. Faults: Invalid,
// NotFound.
func (s *Service) Accept(ctx context.Context, sc tenants.Scope, cmd Accept) (Confirmed, error) {
	offer, err := s.Offer(ctx, sc, cmd.Token)
	if err != nil {
		return Confirmed{}, err
	}
	known, found, err := findIdentity(ctx, s.tenants.Platform().Read(), emailKey(offer.Email))
	if err != nil {
		return Confirmed{}, err
	}
	hash := known.PasswordHash
	if !found {
		if hash, err = s.newcomer(sc, cmd, offer); err != nil {
			return Confirmed{}, err
		}
	}
	identity, err := s.identity(ctx, sc, offer.Email, hash)
	if err != nil {
		return Confirmed{}, err
	}
	done := Confirmed{Known: found, Return: "/desk"}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		name := cmd.Name
		if name == "" {
			name = offer.Name
		}
		person, err := ensurePerson(ctx, tx, identity, name, cmd.Locale)
		if err != nil {
			return err
		}
		row, used, err := useInvitation(ctx, tx, cmd.Token, person.ID)
		if err != nil || !used {
			return orNotFound(err)
		}
		done.Cookie, err = s.join(ctx, tx, person, found, Joining{Grant: tenants.Grant{Role: row.Role, Organization: row.Organization}, By: row.InvitedBy, Agent: cmd.Agent})
		return err
	})
	return done, err
}

func (s *Service) newcomer(sc tenants.Scope, cmd Accept, offer Offer) (string, error) {
	var bad []fault.Field
	if cmd.Name == "" {
		bad = append(bad, fault.At("name", "fault.required"))
	}
	password, weak := checkPassword(cmd.Password, cmd.Name, offer.Email, sc.Tenant().Name)
	bad = append(bad, weak...)
	if !cmd.Notice {
		bad = append(bad, fault.At("notice", "accounts.notice_needed"))
	}
	if len(bad) > 0 {
		return "", fault.Invalid("fault.check_fields", bad...)
	}
	return hashPassword(password)
}

// Revoke takes back an invitation that was not accepted yet; its link is dead at once.
func (s *Service) Revoke(ctx context.Context, sc tenants.Scope, id ids.Invitation) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		row, found, err := revokeInvitation(ctx, tx, id)
		if err != nil || !found {
			return orNotFound(err)
		}
		if err := s.mayInvite(sc, row.Role, row.Organization); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "invitation.revoked", SubjectKind: "invitation", SubjectID: id.String()})
		return nil
	})
}

// SeedFirst invites a new network's first coordinator, in the name of the core that opened it. It is a tenants.Seed; only the system may.
func (s *Service) SeedFirst(ctx context.Context, sc tenants.Scope, first tenants.Contact) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	if first.Email == "" {
		return nil
	}
	everybody, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	by := sc.Tenant().Name
	if i := slices.IndexFunc(everybody, func(t tenants.Tenant) bool { return t.Kind == tenants.KindCore }); i >= 0 {
		by = everybody[i].Name
	}
	return s.invite(ctx, sc, Invite{Email: first.Email, Name: first.Name, Role: tenants.RoleCoordinator, Locale: first.Locale}, by)
}
