package matching

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

// own is a card's page for the organization's people: the card as it is kept, and the form as it was typed.
type own struct {
	acting

	Kept Card
	Form typedCard
	May  bool // the reader writes it

	Sharing  Sharing
	MayShare bool // the reader decides about showing it to other networks
}

func (w *Web) opened(c *fiber.Ctx, sc tenants.Scope, a acting) (own, error) {
	card, _, err := w.service.Card(c.UserContext(), sc, a.Own.ID)
	if err != nil {
		return own{}, err
	}
	sharing, err := w.service.Sharing(c.UserContext(), sc, a.Own.ID)
	return own{acting: a, Kept: card, Form: typedOf(card), May: w.service.MayEdit(sc, a.Own.ID), Sharing: sharing, MayShare: w.service.MayShare(sc, a.Own.ID)}, err
}

func (w *Web) card(c *fiber.Ctx, sc tenants.Scope) error {
	a, err := w.answering(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	v, err := w.opened(c, sc, a)
	if err != nil {
		return err
	}
	return w.site.Render(c, cardPage(w.site.Page(c, sc, "matching.card.title"), v))
}

func (w *Web) write(c *fiber.Ctx, sc tenants.Scope) error {
	form, a, err := w.posted(c, sc)
	if err != nil {
		return err
	}
	v, err := w.opened(c, sc, a)
	if err != nil {
		return err
	}
	typed, bad, err := readCard(form, a.Own.ID)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Write(c.UserContext(), sc, typed.Card)
	}
	if err != nil {
		v.Form = typed
		return w.refuse(c, sc, err, v)
	}
	w.site.Say(c, "success", "matching.card.saved")
	return web.SeeOther(c, a.at(cardPath))
}

func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope, err error, v own) error {
	p := w.site.Page(c, sc, "matching.card.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Form.Fault = f
		return cardPage(p, v)
	})
}

// pool lets others find the organization, or does not any more.
func (w *Web) pool(join bool) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, a, err := w.posted(c, sc)
		if err != nil {
			return err
		}
		version, err := form.Version()
		if err != nil {
			return err
		}
		said := "matching.pool.left"
		if join {
			said, err = "matching.pool.joined", w.service.Join(c.UserContext(), sc, a.Own.ID, version)
		} else {
			err = w.service.Leave(c.UserContext(), sc, a.Own.ID, version)
		}
		if err != nil {
			v, failed := w.opened(c, sc, a)
			if failed != nil {
				return failed
			}
			return w.refuse(c, sc, err, v)
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, a.at(cardPath))
	}
}

// cardLabels are the names of the card's fields, for the summary of what is wrong.
func cardLabels(p ui.Page) []string {
	var pairs []string
	for i := range MostNeeds {
		pairs = append(pairs, ranked("need", i), p.T("matching.card.need", "Number", i+1))
	}
	for i := range MostOffers {
		pairs = append(pairs, ranked("offer", i), p.T("matching.card.offer", "Number", i+1))
	}
	for _, name := range []string{"languages", "about", "from", "until", "hosts", "countries", "kinds", "sizes", "relation", "green", "wished"} {
		pairs = append(pairs, name, p.T("matching.card."+name))
	}
	return pairs
}
