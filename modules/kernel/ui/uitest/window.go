package uitest

import (
	"testing"

	"github.com/go-rod/rod/lib/proto"
)

// Tab opens another tab of the same window: the same person, with the same cookies and the same store.
func (v *Visitor) Tab(t testing.TB) *Visitor {
	t.Helper()
	return visit(t, v.window, v.look)
}

// Return brings the tab to the front again, as somebody does who has been at another one.
func (v *Visitor) Return() {
	v.t.Helper()
	_, err := v.page.Activate()
	v.must(err)
	_, err = v.page.Eval(`() => window.dispatchEvent(new Event('focus'))`)
	v.must(err)
}

// Back goes back to the page before.
func (v *Visitor) Back() {
	v.t.Helper()
	v.leaving("there is no page to go back to", v.page.NavigateBack)
}

// Offline cuts the tab's connection, or gives it back.
func (v *Visitor) Offline(cut bool) {
	v.t.Helper()
	v.must(proto.NetworkEmulateNetworkConditions{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1}.Call(v.page))
}

// Value is what stands in the field of that name.
func (v *Visitor) Value(name string) string {
	v.t.Helper()
	value, err := v.element(`[name="` + name + `"]`).Property("value")
	v.must(err)
	return value.Str()
}

// Kind is the type of the first field of that name: text, textarea, select-one, radio, …
func (v *Visitor) Kind(name string) string {
	v.t.Helper()
	kind, err := v.element(`[name="` + name + `"]`).Property("type")
	v.must(err)
	return kind.Str()
}

// Shows waits until the page has what the selector finds.
func (v *Visitor) Shows(selector string) {
	v.t.Helper()
	v.element(selector)
}

// Has reports whether the page has, as it stands, what the selector finds.
func (v *Visitor) Has(selector string) bool {
	v.t.Helper()
	return v.evaluate(`s => document.querySelector(s) !== null`, selector).Value.Bool()
}
