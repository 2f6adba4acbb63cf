package matching

import (
	"cmp"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

const introductionsPath = "/partners/introductions"

func introductionPath(id ids.Match) string { return introductionsPath + "/" + id.String() }

// introducing are the routes of what the core proposes to a network's organizations.
func (w *Web) introducing() []site.Route {
	get, post, network := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork
	return []site.Route{
		{Method: get, Path: introductionsPath, Action: policies.ProposalRead, Handle: w.introductions(), Only: network},
		{Method: get, Path: introductionsPath + "/:match", Action: policies.ProposalRead, Handle: w.introduction, Only: network},
		{Method: post, Path: introductionsPath + "/:match/answer", Action: policies.ProposalAnswer, Handle: w.reply, Only: network},
		{Method: post, Path: introductionsPath + "/:match/contact/removal", Action: policies.ProposalAnswer, Handle: w.takeContactBack, Only: network},
	}
}

func (w *Web) introductions() site.Handler {
	return listing(w, w.answering, w.service.Introductions, introductionsPage, "matching.introductions.title")
}

// greeting is an introduction's page for one of its organizations, with what was typed and refused.
type greeting struct {
	Introduced

	Calls   []Call // of the reader's network to which organizations can apply together now
	Reason  string
	Contact string
	Email   bool
	Address string // of the reader
	Fault   *fault.Fault
}

// mayTake reports whether the reader may take back what the others see.
func (v *greeting) mayTake() bool {
	return slices.ContainsFunc(v.Named, func(n Named) bool { return n.MayTake })
}

func (w *Web) meetingOf(c *fiber.Ctx, sc tenants.Scope) (greeting, error) {
	id, err := ids.Parse[ids.Match](web.Param(c, "match"))
	if err != nil {
		return greeting{}, fault.NotFound()
	}
	found, err := w.service.Introduction(c.UserContext(), sc, id)
	if err != nil {
		return greeting{}, err
	}
	v := greeting{Introduced: found, Contact: sc.Actor().Name, Address: sc.Actor().Email}
	v.Calls, err = w.service.TogetherCalls(c.UserContext(), sc, &found)
	return v, err
}

func (w *Web) introduction(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.meetingOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, introductionPage(w.site.Page(c, sc, "matching.introduction.title"), v))
}

func (w *Web) reply(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v, err := w.meetingOf(c, sc)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", maxNote)
	contact, refused := form.Text("contact", maxContact)
	r := Reply{Accepts: form.Raw("answer") == "yes", Reason: reason, Contact: strings.Join(strings.Fields(contact), " "), Email: form.Ticked("email")}
	if bad = append(bad, refused...); len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Reply(c.UserContext(), sc, v.ID, r)
	}
	if err == nil {
		said := "matching.proposal.you_declined"
		if r.Accepts {
			said = "matching.proposal.you_accepted"
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, introductionPath(v.ID))
	}
	if now, failed := w.meetingOf(c, sc); failed == nil {
		v = now // as it stands by now, perhaps by somebody else
	}
	v.Reason, v.Contact, v.Email = form.Raw("reason"), form.Raw("contact"), form.Ticked("email")
	p := w.site.Page(c, sc, "matching.introduction.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return introductionPage(p, v)
	})
}

func (w *Web) takeContactBack(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := ids.Parse[ids.Match](web.Param(c, "match"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.TakeContactBack(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "matching.introduction.contact_taken")
	return web.SeeOther(c, introductionPath(id))
}

// title says with whom an introduction is.
func (v *Introduced) title(p ui.Page) string {
	names := make([]string, len(v.Others))
	for i := range v.Others {
		names[i] = v.Others[i].Name
	}
	return withWhom(p, names)
}

// withWhom says with whom somebody is proposed, also where one of them has taken its card back.
func withWhom(p ui.Page, names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = cmp.Or(name, p.T("matching.introduction.nameless"))
	}
	return p.T("matching.proposal.with", "Names", joined(all))
}

// where are the networks of those whom the reader meets.
func (v *Introduced) where() string {
	names := make([]string, len(v.Others))
	for i := range v.Others {
		names[i] = v.Others[i].Network
	}
	return joined(names)
}

// ended says what has become of an introduction that is none; who wanted it not, or takes part no more, is not told.
func (v *Introduced) ended(p ui.Page) string {
	if v.State == ProposalLapsed {
		return p.T("matching.offer.lapsed")
	}
	return p.T("matching.introduction.ended")
}

// stateAbroad is by what word a state is told to organizations and networks.
func stateAbroad(p ui.Page, s ProposalState) string {
	switch s {
	case ProposalSent, ProposalAccepted, ProposalLapsed:
		return p.T("matching.proposal_state." + string(s))
	case ProposalDeclined, ProposalWithdrawn, ProposalLeft:
	}
	return p.T("matching.introduction.over")
}
