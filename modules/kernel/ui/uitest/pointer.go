package uitest

import (
	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"
)

// Drag takes what the selector finds with the mouse, carries it over the lower half of what the other finds and drops it there.
// It reports whether something was dragged: a page that draws the element anew in that moment leaves nothing in the hand.
func (v *Visitor) Drag(what, onto string) bool {
	v.t.Helper()
	v.element(what)
	v.evaluate(`(what) => { document.querySelector(what).scrollIntoView({ block: 'center' }); window.kvTaken = new Promise((taken) => { document.addEventListener('dragstart', () => taken(true), { once: true }); setTimeout(() => taken(false), 3000) }) }`, what)
	from, to := v.place(what, 0.5), v.place(onto, 0.75)
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

// place is a point of what the selector finds, in the middle of its width and that far down its height. It is asked for in one
// go, as the page may draw the element anew at any moment.
func (v *Visitor) place(selector string, down float64) proto.Point {
	v.t.Helper()
	v.element(selector)
	at := v.evaluate(`(selector, down) => { const r = document.querySelector(selector).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height * down] }`, selector, down).Value.Arr()
	return proto.NewPoint(at[0].Num(), at[1].Num())
}

// Shortcut presses keys together while the element has the focus, the last of them after the others.
func (v *Visitor) Shortcut(selector string, keys ...input.Key) {
	v.t.Helper()
	v.focus(selector)
	for _, held := range keys[:len(keys)-1] {
		v.must(v.page.Keyboard.Press(held))
	}
	v.must(v.page.Keyboard.Type(keys[len(keys)-1]))
	for _, held := range keys[:len(keys)-1] {
		v.must(v.page.Keyboard.Release(held))
	}
}

// focus goes to the element, and to the one that has taken its place where the page draws it anew meanwhile.
func (v *Visitor) focus(selector string) {
	v.t.Helper()
	v.element(selector)
	v.patiently(func(page *rod.Page) error {
		e, err := page.Element(selector)
		if err != nil {
			return err
		}
		return e.Focus()
	})
}
