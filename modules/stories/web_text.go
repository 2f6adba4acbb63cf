package stories

import (
	"mime"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// written is a form of a story's content: as it is saved, or as it was typed.
type written struct {
	Whole

	Form      Content
	At        int64 // the version that the form changes
	Languages []i18n.Locale
	Fault     *fault.Fault
}

// editable finds the story of the address for whoever may write on it just now.
func (w *Web) editable(c *fiber.Ctx, sc tenants.Scope) (written, error) {
	whole, err := w.opened(c, sc)
	if err != nil {
		return written{}, err
	}
	return written{Whole: whole, Form: whole.Content, At: whole.Version, Languages: order(whole.Content.Language, sc.Tenant().Locales)}, nil
}

// order are the network's languages, the one of writing first.
func order(first i18n.Locale, languages []i18n.Locale) []i18n.Locale {
	all := []i18n.Locale{first}
	for _, l := range languages {
		if l != first {
			all = append(all, l)
		}
	}
	return all
}

// open shows a form of the content, or leads back when nobody writes on the story just now.
func (w *Web) open(c *fiber.Ctx, sc tenants.Scope, title string, form func(ui.Page, written) templ.Component) error {
	v, err := w.editable(c, sc)
	if err != nil {
		return err
	}
	if !w.service.May(sc, &v.Whole, byState(v.State)) {
		w.site.Say(c, "warning", "stories.not_now")
		return web.SeeOther(c, deskOf(v.ID))
	}
	return w.site.Render(c, form(w.site.Page(c, sc, title), v))
}

func (w *Web) textForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.open(c, sc, "stories.text.title", textPage)
}

func (w *Web) pictureForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.open(c, sc, "stories.pictures.title", picturesPage)
}

func (w *Web) write(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.editable(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if v.At, err = form.Version(); err != nil {
		return err
	}
	content, bad := readContent(form, v.Content.Language, sc.Tenant().Locales)
	content.Pictures, v.Form = v.Content.Pictures, content
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Write(c.UserContext(), sc, v.ID, v.At, content)
	}
	if err != nil {
		return w.refuse(c, sc, err, "stories.text.title", v, textPage)
	}
	w.site.Say(c, "success", "stories.saved")
	if form.Raw("then") == "stay" {
		return web.SeeOther(c, deskOf(v.ID)+"/text")
	}
	return web.SeeOther(c, deskOf(v.ID))
}

func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope, err error, title string, v written, form func(ui.Page, written) templ.Component) error {
	p := w.site.Page(c, sc, title)
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return form(p, v)
	})
}

// illustrate saves the words of the pictures and takes one more, if one was chosen.
func (w *Web) illustrate(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.editable(c, sc)
	if err != nil {
		return err
	}
	form, err := brought(c)
	if err != nil {
		return err
	}
	if v.At, err = form.Version(); err != nil {
		return err
	}
	kept, bad := readPictures(form.Form, sc.Tenant().Locales)
	var b []byte
	if form.File != nil {
		if b, err = web.Content(form.File, pictures.MaxBytes); err != nil {
			return err
		}
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Illustrate(c.UserContext(), sc, v.ID, v.At, kept, b)
	}
	if err != nil {
		v.Form.Pictures = known(v.Content.Pictures, kept)
		return w.refuse(c, sc, err, "stories.pictures.title", v, picturesPage)
	}
	w.site.Say(c, "success", "stories.saved")
	if form.File != nil {
		return web.SeeOther(c, deskOf(v.ID)+"/pictures#picture-"+strconv.Itoa(len(kept)))
	}
	return web.SeeOther(c, deskOf(v.ID)+"/pictures")
}

// brought is the form as it was posted, with a picture or without.
func brought(c *fiber.Ctx) (web.Upload, error) {
	if media, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); media == fiber.MIMEMultipartForm {
		return web.ReadUpload(c, "picture")
	}
	form, err := web.ReadForm(c)
	return web.Upload{Form: form}, err
}

// textLabels are the names of the text form's fields, for the summary of what is wrong.
func textLabels(p ui.Page, languages []i18n.Locale) []string {
	pairs := []string{"kind", p.T("stories.kind")}
	for _, one := range parts {
		for _, l := range languages {
			pairs = append(pairs, one.name+"_"+string(l), p.T("stories.part."+one.name)+" ("+l.Name()+")")
		}
	}
	return append(pairs, "topics", p.T("stories.topics"))
}

// pictureLabels are the names of the picture form's fields.
func pictureLabels(p ui.Page, n int, languages []i18n.Locale) []string {
	pairs := []string{"picture", p.T("stories.pictures.file")}
	for i := range n {
		number := p.T("stories.pictures.number", "Number", i+1) + ", "
		for _, l := range languages {
			pairs = append(pairs, altName(i, l), number+p.T("stories.pictures.alt")+" ("+l.Name()+")")
		}
		pairs = append(pairs, creditName(i), number+p.T("stories.pictures.credit"), agreedName(i), number+p.T("stories.pictures.agreed_short"))
	}
	return pairs
}
