package uitest

import "github.com/go-rod/rod/lib/proto"

// Drag takes what the selector finds with the mouse, carries it over the lower half of what the other finds and drops it there.
// It reports whether something was dragged: a page that draws the element anew in that moment leaves nothing in the hand.
func (v *Visitor) Drag(what, onto string) bool {
	v.t.Helper()
	v.Shows(what)
	v.Shows(onto)
	at := v.evaluate(`(what, onto) => {
		const from = document.querySelector(what)
		from.scrollIntoView({ block: 'center' })
		window.kvTaken = new Promise((taken) => {
			document.addEventListener('dragstart', () => taken(true), { once: true })
			setTimeout(() => taken(false), 3000)
		})
		return [[from, 0.5], [document.querySelector(onto), 0.75]].flatMap(([e, down]) => {
			const r = e.getBoundingClientRect()
			return [r.x + r.width / 2, r.y + r.height * down]
		})
	}`, what, onto).Value.Arr()
	from, to := proto.NewPoint(at[0].Num(), at[1].Num()), proto.NewPoint(at[2].Num(), at[3].Num())
	mouse := v.page.Mouse
	v.must(mouse.MoveTo(from))
	v.must(mouse.Down(proto.InputMouseButtonLeft, 1))
	v.must(mouse.MoveLinear(proto.NewPoint(from.X+4, from.Y+8), 4))
	taken := v.evaluate(`() => window.kvTaken`).Value.Bool()
	if taken {
		v.must(mouse.MoveLinear(to, 12))
		v.must(mouse.MoveLinear(proto.NewPoint(to.X+2, to.Y+2), 3))
	}
	v.must(mouse.Up(proto.InputMouseButtonLeft, 1))
	return taken
}
