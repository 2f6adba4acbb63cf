// Package uitest drives a real Chromium for tests: one browser per test process, one private context per visitor, with
// axe to find what shuts people out, and a record of every host that a page asked for anything.
package uitest

import (
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

type browser struct {
	rod      *rod.Browser
	launcher *launcher.Launcher
}

var shared = sync.OnceValues(func() (*browser, error) {
	path, found := launcher.LookPath()
	if !found {
		return nil, os.ErrNotExist
	}
	l := launcher.New().Bin(path).Leakless(false).Set("disable-background-networking").Set("disable-component-update").Set("disable-sync").
		Set("no-first-run").Set("disable-gpu").NoSandbox(os.Geteuid() == 0)
	address, err := l.Launch()
	if err != nil {
		return nil, err
	}
	b := rod.New().ControlURL(address)
	return &browser{rod: b, launcher: l}, b.Connect()
})

// Close ends the browser; a package's TestMain calls it.
func Close() {
	if b, err := shared(); err == nil {
		_ = b.rod.Close()
		b.launcher.Kill()
		b.launcher.Cleanup()
	}
}

// Visitor is one person at one screen.
type Visitor struct {
	t          testing.TB
	window     *rod.Browser // the private one, with its cookies
	look       Look
	page       *rod.Page
	mu         sync.Mutex
	hosts      map[string]bool
	complaints []string // scripts that threw, and what the content security policy refused
}

// Look is how the visitor sees: in which language, how wide, light or dark, and by which clocks: without a zone, by the
// machine's.
type Look struct {
	Language string
	Zone     string
	Phone    bool
	Dark     bool
}

// Visit opens a fresh private window.
func Visit(t testing.TB, look Look) *Visitor {
	t.Helper()
	b, err := shared()
	if err != nil {
		t.Fatalf("no Chromium for tests: %v", err)
	}
	private, err := b.rod.Incognito()
	if err != nil {
		t.Fatal(err)
	}
	return visit(t, private, look)
}

func visit(t testing.TB, private *rod.Browser, look Look) *Visitor {
	t.Helper()
	page, err := private.Page(proto.TargetCreateTarget{})
	if err != nil {
		t.Fatal(err)
	}
	v := &Visitor{t: t, window: private, look: look, page: page.Timeout(20 * time.Minute), hosts: map[string]bool{}}
	width, height := 1280, 900
	if look.Phone {
		width, height = 390, 844
	}
	v.must(page.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: look.Phone}))
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	v.must(proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}.Call(page))
	if look.Zone != "" {
		v.must(proto.EmulationSetTimezoneOverride{TimezoneID: look.Zone}.Call(page))
	}
	if look.Language != "" {
		v.must(page.SetUserAgent(&proto.NetworkSetUserAgentOverride{
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36", AcceptLanguage: look.Language,
		}))
	}
	go page.EachEvent(func(e *proto.NetworkRequestWillBeSent) {
		if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" {
			v.mu.Lock()
			v.hosts[u.Hostname()] = true
			v.mu.Unlock()
		}
	}, func(e *proto.RuntimeExceptionThrown) {
		what := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			what += ": " + e.ExceptionDetails.Exception.Description
		}
		v.complain(what)
	}, func(e *proto.LogEntryAdded) {
		if e.Entry.Source == proto.LogLogEntrySourceSecurity {
			v.complain(e.Entry.Text)
		}
	})()
	t.Cleanup(func() {
		_ = page.Close()
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, complaint := range v.complaints {
			t.Errorf("the browser complained: %s", complaint)
		}
	})
	return v
}

func (v *Visitor) complain(what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.complaints = append(v.complaints, what)
}

func (v *Visitor) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// Go opens an address and waits until it stands.
func (v *Visitor) Go(address string) {
	v.t.Helper()
	v.must(v.page.Navigate(address))
	v.stands()
}

// Carry gives the visitor a cookie of the address's host alone, such as a session that a test has begun.
func (v *Visitor) Carry(address, name, value string) {
	v.t.Helper()
	v.must(v.page.SetCookies([]*proto.NetworkCookieParam{{Name: "__Host-" + name, Value: value, URL: address, Path: "/", Secure: true, HTTPOnly: true, SameSite: proto.NetworkCookieSameSiteLax}}))
}

// Set gives a field a value that cannot be typed, such as a colour.
func (v *Visitor) Set(name, value string) {
	v.t.Helper()
	_, err := v.element(`[name="`+name+`"]`).Eval(`(value) => { this.value = value; this.dispatchEvent(new Event('input', { bubbles: true })) }`, value)
	v.must(err)
}

func (v *Visitor) element(selector string) *rod.Element {
	v.t.Helper()
	e, err := v.page.Timeout(patience).Element(selector)
	if err != nil {
		v.t.Fatalf("%s is not on:\n%s", selector, v.Text())
	}
	return e.CancelTimeout()
}

// Text is what the visitor reads.
func (v *Visitor) Text() string {
	v.t.Helper()
	return v.evaluate(`() => document.body.innerText`).Value.Str()
}

// Address is where the visitor is.
func (v *Visitor) Address() string {
	v.t.Helper()
	info, err := v.page.Info()
	v.must(err)
	return info.URL
}

// Sees fails the test unless all of the texts appear, now or within a short while.
func (v *Visitor) Sees(texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		seen := false
		for deadline := time.Now().Add(patience); !seen && time.Now().Before(deadline); {
			seen = v.evaluate(`async (text) => {
				for (let i = 0; i < 20; i++) {
					if (document.body.innerText.includes(text)) return true
					await new Promise((r) => setTimeout(r, 50))
				}
				return false
			}`, text).Value.Bool()
		}
		if !seen {
			v.t.Fatalf("%s does not show %q:\n%s", v.Address(), text, v.Text())
		}
	}
}

// Await opens an address again and again until the text is on its page: what a person does who waits for a mail.
func (v *Visitor) Await(address, text string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		v.Go(address)
		if strings.Contains(v.Text(), text) {
			return
		}
	}
	v.t.Fatalf("%s never showed %q:\n%s", address, text, v.Text())
}

// LinkIn is the first link that contains a part, in a card that shows the text; empty when there is none.
func (v *Visitor) LinkIn(text, part string) string {
	v.t.Helper()
	return v.evaluate(`(text, part) => {
		const cards = [...document.querySelectorAll('.k-card')].filter((c) => c.innerText.includes(text))
		return cards.flatMap((c) => [...c.querySelectorAll('a')]).find((a) => a.href.includes(part))?.href ?? ''
	}`, text, part).Value.Str()
}

// Accessible fails the test with what axe finds on the page (WCAG 2.2 A and AA, and best practices), and when the page
// is wider than the screen or one of its menus opens beside it. It cannot look into sandboxed frames. With KERVAN_SCREENSHOTS set, it leaves a picture there to be looked at.
func (v *Visitor) Accessible(name string) {
	v.t.Helper()
	source, err := os.ReadFile(filepath.Join(home(), "..", "node_modules", "axe-core", "axe.min.js"))
	v.must(err)
	var findings, beside string
	var wider int
	v.patiently(func(page *rod.Page) error {
		if _, err := (proto.RuntimeEvaluate{Expression: string(source)}).Call(page); err != nil {
			return err
		}
		result, err := page.Eval(`async () => {
			const found = await axe.run({ exclude: [['iframe[sandbox]']] }, { resultTypes: ['violations'] })
			return {
				findings: found.violations.map((f) => f.id + ': ' + f.help + '\n  ' + f.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '')).join('\n  ')).join('\n'),
				wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
				beside: [...document.querySelectorAll('details[data-menu]')].filter((menu) => {
					menu.open = true
					const box = menu.querySelector('.k-pop').getBoundingClientRect()
					menu.open = false
					return box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth || box.bottom > innerHeight)
				}).map((menu) => menu.innerText.trim()).join(', '),
			}
		}`)
		if err == nil {
			findings, wider, beside = result.Value.Get("findings").Str(), result.Value.Get("wider").Int(), result.Value.Get("beside").Str()
		}
		return err
	})
	if findings != "" {
		v.t.Errorf("axe on %s (%s):\n%s", name, v.Address(), findings)
	}
	if wider > 0 {
		v.t.Errorf("%s is %d pixels wider than the screen", name, wider)
	}
	if beside != "" {
		v.t.Errorf("of %s these menus open beside the screen: %s", name, beside)
	}
	v.picture(name)
}

func (v *Visitor) picture(name string) {
	v.t.Helper()
	folder := os.Getenv("KERVAN_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := v.page.Screenshot(true, nil)
	v.must(err)
	v.must(os.MkdirAll(folder, 0o750))                                       // #nosec G703 -- the folder is the tester's own
	v.must(os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)) // #nosec G703 -- the folder is the tester's own
}

func home() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// StayedOn fails the test when any page of this visitor asked another host for anything.
func (v *Visitor) StayedOn(hosts ...string) {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for host := range v.hosts {
		known := false
		for _, h := range hosts {
			known = known || h == host
		}
		if !known {
			v.t.Errorf("a page asked %s for something", host)
		}
	}
}

// Attach chooses files in the file field that the selector finds.
func (v *Visitor) Attach(selector string, paths ...string) {
	v.t.Helper()
	v.must(v.element(selector).SetFiles(paths))
}
