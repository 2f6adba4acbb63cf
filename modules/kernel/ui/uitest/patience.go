package uitest

import (
	"errors"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

// patience is how long somebody waits for what has to come by itself, on the slowest of machines.
const patience = 30 * time.Second

// leaving does what leads to another page and waits until that stands; it fails the test when none comes.
func (v *Visitor) leaving(otherwise string, act func() error) {
	v.t.Helper()
	page := v.page.Timeout(patience)
	defer page.CancelTimeout()
	wait := page.WaitNavigation(proto.PageLifecycleEventNameDOMContentLoaded)
	v.must(act())
	wait()
	if page.GetContext().Err() != nil {
		v.t.Fatalf("%s:\n%s", otherwise, v.Text())
	}
	v.stands()
}

// stands waits until the page is loaded.
func (v *Visitor) stands() {
	v.t.Helper()
	v.patiently(func(page *rod.Page) error { return page.WaitLoad() })
}

// patiently looks at the page, and once more where the page went on to another by itself meanwhile, as one does that
// waits for something and then loads itself anew. A question that the page refuses is refused for good.
func (v *Visitor) patiently(look func(page *rod.Page) error) {
	v.t.Helper()
	page := v.page.Timeout(patience)
	defer page.CancelTimeout()
	err := look(page)
	for wentOn(err) && page.GetContext().Err() == nil {
		if err = page.WaitLoad(); err == nil {
			err = look(page)
		}
	}
	v.must(err)
}

// wentOn reports whether Chromium could not answer as the page that was asked is no longer there.
func wentOn(err error) bool {
	var refused *cdp.Error
	return errors.As(err, &refused) && (refused.Message == "Inspected target navigated or closed" || refused.Message == "Node is detached from document" ||
		errors.Is(refused, cdp.ErrCtxDestroyed) || errors.Is(refused, cdp.ErrCtxNotFound) || errors.Is(refused, cdp.ErrObjNotFound))
}

// evaluate is what the function gives on the page.
func (v *Visitor) evaluate(function string, args ...any) (result *proto.RuntimeRemoteObject) {
	v.t.Helper()
	v.patiently(func(page *rod.Page) (err error) {
		result, err = page.Eval(function, args...)
		return err
	})
	return result
}
