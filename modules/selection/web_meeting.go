package selection

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// watching is how often a stream looks whether a meeting has gone on. A change made on another node is seen as soon as one here.
const watching = 250 * time.Millisecond

func (w *Web) meeting() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	rank, decide, sign := policies.SelectionRank, policies.SelectionDecide, policies.SelectionSign
	return []site.Route{
		{Method: get, Path: "/selection/:id/panel", Action: rank, Handle: w.room},
		{Method: get, Path: "/selection/:id/panel/news", Action: rank, Handle: w.news},
		{Method: get, Path: "/selection/:id/panel/preparation", Action: decide, Handle: w.preparation},
		{Method: post, Path: "/selection/:id/panel/preparation", Action: decide, Handle: w.prepare},
		{Method: post, Path: "/selection/:id/panel/introducers", Action: decide, Handle: w.shareIntroducers},
		{Method: post, Path: "/selection/:id/panel/introducer", Action: decide, Handle: w.introduce},
		{Method: post, Path: "/selection/:id/panel/opening", Action: decide, Handle: w.begin},
		{Method: post, Path: "/selection/:id/panel/attendance", Action: rank, Handle: w.enter},
		{Method: post, Path: "/selection/:id/panel/chair", Action: decide, Handle: w.takeChair},
		{Method: post, Path: "/selection/:id/panel/table", Action: decide, Handle: w.table},
		{Method: post, Path: "/selection/:id/panel/voting", Action: decide, Handle: w.voting},
		{Method: post, Path: "/selection/:id/panel/votes", Action: rank, Handle: w.castVote},
		{Method: post, Path: "/selection/:id/panel/notes", Action: rank, Handle: w.writeNote},
		{Method: post, Path: "/selection/:id/panel/notes/removal", Action: rank, Handle: w.takeNote},
		{Method: post, Path: "/selection/:id/panel/decision", Action: decide, Handle: w.settle},
		{Method: post, Path: "/selection/:id/panel/lots", Action: decide, Handle: w.prepareLot},
		{Method: post, Path: "/selection/:id/panel/lots/drawing", Action: decide, Handle: w.drawLot},
		{Method: post, Path: "/selection/:id/panel/closing", Action: decide, Handle: w.finish},
		{Method: post, Path: "/selection/:id/panel/reopening", Action: decide, Handle: w.resumeMeeting},
		{Method: get, Path: "/selection/:id/panel/what-if", Action: rank, Handle: w.whatIf},
		{Method: post, Path: "/selection/:id/panel/what-if", Action: rank, Handle: w.suppose},
		{Method: get, Path: "/selection/:id/panel/minutes/:meeting", Action: rank, Handle: w.minutes},
		{Method: get, Path: "/selection/:id/panel/minutes/:meeting/paper.pdf", Action: rank, Handle: w.minutesPaper},
		{Method: post, Path: "/selection/:id/panel/signature", Action: sign, Handle: w.signMinutes},
	}
}

func (w *Web) room(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showRoom(c, sc, meetingInput{}, nil)
}

// showRoom shows the meeting, with what was typed and why it was refused.
func (w *Web) showRoom(c *fiber.Ctx, sc tenants.Scope, in meetingInput, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	seen, err := w.service.Tidings(c.UserContext(), sc, call) // before what it is about is read
	if err != nil {
		return err
	}
	r, err := w.service.Room(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.panel.title", r.Call)
	query := web.Query(c)
	v := roomView{Room: r, May: w.ways(sc), In: in, Seen: web.Seen(seen), Beside: query.Raw("beside"), Whole: query.Raw("agenda") == "whole", Search: query.Raw("q")}
	if v.Same = r.Table != nil && query.Raw("have") == v.about(); !v.Same {
		if v.Text, err = w.text(c, sc, &v, p); err != nil {
			return err
		}
	}
	if refused == nil {
		return w.site.Render(c, roomPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.In.Fault = f
		return roomPage(p, v)
	})
}

// news tells the meeting's screens when something has changed that their reader may see.
func (w *Web) news(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	return w.streams.Tidings(c, sc.Actor().Person.String(), watching,
		func(ctx context.Context) (string, error) { return w.service.Tidings(ctx, sc, call) },
		func(ctx context.Context) error { return w.service.Attend(ctx, sc, call) })
}

func (w *Web) preparation(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showPreparation(c, sc, nil, nil)
}

func (w *Web) showPreparation(c *fiber.Ctx, sc tenants.Scope, in *convening, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	r, err := w.service.Room(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.panel.prepare", r.Call)
	if in == nil {
		in = conveningOf(r, time.Now())
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return preparationPage(p, r, w.ways(sc), *in, f) })
}

func (w *Web) prepare(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	cmd, in, bad := readConvening(form, zone(found))
	done := "selection.panel.prepared"
	switch {
	case len(bad) > 0:
		err = fault.Invalid("fault.check_fields", bad...)
	case form.Raw("meeting") == "":
		err, done = w.service.Convene(c.UserContext(), sc, call, cmd), "selection.panel.convened"
	default:
		err = w.service.Rearrange(c.UserContext(), sc, call, cmd)
	}
	if err != nil {
		return w.showPreparation(c, sc, &in, err)
	}
	w.site.Say(c, "success", done)
	return web.SeeOther(c, roomAddress(call, ""))
}

func meetingForm(c *fiber.Ctx) (ids.Call, web.Form, error) {
	call, err := parseCall(c)
	if err != nil {
		return call, web.Form{}, err
	}
	form, err := web.ReadForm(c)
	return call, form, err
}

// done goes back into the room; it says why, where the meeting's state did not allow what was asked.
func (w *Web) done(c *fiber.Ctx, call ids.Call, err error, below string) error {
	switch {
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindTooLate):
		w.site.Say(c, "warning", fault.Of(err).Key)
	case err != nil:
		return err
	}
	return web.SeeOther(c, roomAddress(call, below))
}

// simply handles a step without input.
func (w *Web) simply(c *fiber.Ctx, sc tenants.Scope, step func(context.Context, tenants.Scope, ids.Call) error) error {
	call, _, err := meetingForm(c)
	if err != nil {
		return err
	}
	return w.done(c, call, step(c.UserContext(), sc, call), "")
}

func (w *Web) shareIntroducers(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.ShareIntroducers)
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.BeginMeeting)
}

func (w *Web) enter(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.EnterMeeting)
}

func (w *Web) takeChair(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.TakeChair)
}

func (w *Web) finish(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.FinishMeeting)
}

func (w *Web) resumeMeeting(c *fiber.Ctx, sc tenants.Scope) error {
	return w.simply(c, sc, w.service.ReopenMeeting)
}

// about handles a step about one application.
func (w *Web) about(c *fiber.Ctx, sc tenants.Scope, in meetingInput, step func(ctx context.Context, form web.Form, application ids.Application) error) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	application, err := ids.Parse[ids.Application](form.Raw("application"))
	if err != nil {
		return fault.NotFound()
	}
	err = step(c.UserContext(), form, application)
	if err != nil && (fault.Is(err, fault.KindInvalid) || in.keeps) {
		in.read(form)
		return w.showRoom(c, sc, in, err)
	}
	return w.done(c, call, err, "")
}

func (w *Web) introduce(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{}, func(ctx context.Context, form web.Form, application ids.Application) error {
		person, err := ids.Parse[ids.Person](form.Raw("introducer"))
		if err != nil {
			return fault.Invalid("fault.check_fields", fault.At("introducer", "fault.choose"))
		}
		return w.service.Introduce(ctx, sc, application, person)
	})
}

func (w *Web) table(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{}, func(ctx context.Context, form web.Form, application ids.Application) error {
		if form.Has("aside") {
			return w.service.ClearTable(ctx, sc, application)
		}
		return w.service.PutOnTable(ctx, sc, application)
	})
}

func (w *Web) voting(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{}, func(ctx context.Context, form web.Form, application ids.Application) error {
		if form.Raw("voting") == string(VotingClosed) {
			return w.service.CloseVote(ctx, sc, application)
		}
		return w.service.OpenVote(ctx, sc, application)
	})
}

func (w *Web) castVote(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{}, func(ctx context.Context, form web.Form, application ids.Application) error {
		return w.service.CastVote(ctx, sc, application, Choice(form.Raw("choice")))
	})
}

func (w *Web) writeNote(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{keeps: true}, func(ctx context.Context, form web.Form, application ids.Application) error {
		text, bad := form.Required("note", MaxMeetingNote)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		return w.service.WriteNote(ctx, sc, application, text, form.Raw("kind") == "minuted")
	})
}

func (w *Web) takeNote(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Note](form.Raw("note"))
	if err != nil {
		return fault.NotFound()
	}
	return w.done(c, call, w.service.TakeNote(c.UserContext(), sc, call, id), "")
}

func (w *Web) settle(c *fiber.Ctx, sc tenants.Scope) error {
	return w.about(c, sc, meetingInput{keeps: true}, func(ctx context.Context, form web.Form, application ids.Application) error {
		cmd, bad := readSettlement(form)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		return w.service.Settle(ctx, sc, application, cmd)
	})
}

func (w *Web) prepareLot(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	err = w.service.PrepareLot(c.UserContext(), sc, call, parseAll(form.All("application")))
	if fault.Is(err, fault.KindInvalid) {
		return w.showRoom(c, sc, meetingInput{Ticked: form.All("application")}, err)
	}
	return w.done(c, call, err, "#lots")
}

func (w *Web) drawLot(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Lot](form.Raw("lot"))
	if err != nil {
		return fault.NotFound()
	}
	act := w.service.DrawLot
	if form.Has("drop") {
		act = w.service.DropLot
	}
	return w.done(c, call, act(c.UserContext(), sc, call, id), "#lots")
}

func (w *Web) whatIf(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.whatif.title", panel.Call)
	return w.site.Render(c, whatIfPage(p, supposedOf(panel, web.Query(c).Values(), w.ways(sc))))
}

// suppose keeps nothing: it writes what was marked into the address, so that the page can be shared and gone back to.
func (w *Web) suppose(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return web.SeeOther(c, roomAddress(call, "/what-if"+marked(panel, form.Values())))
}

func (w *Web) signMinutes(c *fiber.Ctx, sc tenants.Scope) error {
	call, form, err := meetingForm(c)
	if err != nil {
		return err
	}
	meeting, err := ids.Parse[ids.Meeting](form.Raw("meeting"))
	if err != nil {
		return fault.NotFound()
	}
	err = w.service.SignMinutes(c.UserContext(), sc, call, form.Raw("fingerprint"))
	return w.said(c, err, "selection.minutes.signed", minutesAddress(call, meeting))
}

// text is what was handed in, where the reader wants to read it here.
func (w *Web) text(c *fiber.Ctx, sc tenants.Scope, v *roomView, p pageOf) (templ.Component, error) {
	if v.Table == nil || v.Beside != "text" {
		return nil, nil
	}
	return w.dossiers.Read(c.UserContext(), sc, p, v.Table.ID)
}

// outcomeTyped reads an outcome; "none" and nothing are none.
func outcomeTyped(name string) (events.Outcome, bool) {
	if name == "none" || name == "" {
		return "", true
	}
	return ParseOutcome(name)
}
