package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// crowded is a network of many: so many organizations apply that a list has many pages, all of it is checked and given to
// reviewers, and others write drafts for the next call.
func crowded(turkish, other, drafts int) cast {
	team := []teammate{
		{"Ceyda Ortanca", "coordinator@crowd.example", i18n.TR, roles(tenants.RoleCoordinator)},
		{"Ozan Ortanca", "officer@crowd.example", i18n.TR, roles(tenants.RoleOfficer)},
	}
	for i := range 8 {
		team = append(team, teammate{"Rüya Ortanca", "reviewer-" + strconv.Itoa(i) + "@crowd.example", i18n.TR, roles(tenants.RoleReviewer)})
	}
	return cast{
		New:  tenants.New{Slug: "crowd", Name: "Kalabalık Ağ", Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.TR, i18n.EN, i18n.DE}, Zone: istanbul},
		seed: 400, team: team, mix: []demo.Mix{{Country: "TR", N: turkish}, {Country: "DE", N: other}},
		play: func(s *stage, all []*demo.Organization) { playCrowd(s, all, drafts) },
	}
}

func playCrowd(s *stage, all []*demo.Organization, drafts int) {
	for _, o := range all {
		s.register(s.during(-90, -70), o)
	}
	title := i18n.Text{i18n.TR: "Kalabalık çağrı", i18n.EN: "The crowded call", i18n.DE: "Der volle Aufruf"}
	opens, closes := s.day(-66, 9, 0), s.day(-24, 18, 0)
	pairs, alone := bosporusRoles(all)
	one := announced{cycle: "1", composition: "pair", places: 8, grant: bosporusGrant, reviews: 2, drafted: s.day(-78, 10, 0), opens: opens, closes: closes, title: title, summary: title}
	s.call(one, func(id ids.Call) {
		var bids []*bid
		for _, p := range pairs {
			bids = append(bids, s.pairBid(id, bosporusGrant, p[:]...))
		}
		for _, o := range alone {
			bids = append(bids, s.pairBid(id, bosporusGrant, o))
		}
		for _, b := range bids {
			s.whole(b, opens, closes)
		}
		j := &judged{stage: s, call: id, bids: s.eligibility(bids, closes), due: s.day(9, 23, 59)}
		s.at(closes.AddDate(0, 0, 8), "assign reviewers", func(ctx context.Context, at time.Time) error {
			return j.assign(ctx, at, func(_, place int) (reading, time.Time) {
				if place > 1 {
					return untouched, at
				}
				return drafted, s.during(-13, -2)
			})
		})
	})
	two := one
	two.cycle, two.drafted, two.opens, two.closes = "2", s.day(-44, 14, 0), s.day(-30, 10, 0), s.day(21, 23, 59)
	s.call(two, func(id ids.Call) {
		for _, o := range alone[:drafts] {
			s.draft(s.pairBid(id, bosporusGrant, o), halfDone)
		}
	})
}

// pages measures what those who work in the crowded network look at most.
func (h *bench) pages(b *testing.B) {
	b.Helper()
	coordinator := visitor{h.crowd.Host, h.session(b, h.crowd, "coordinator@crowd.example", 1), "/applications"}
	most("list-of-400-applications-50-a-page", h.load(b, coordinator), "ms", 6)
	reviewer := visitor{h.crowd.Host, h.session(b, h.crowd, "reviewer-2@crowd.example", 2), "/reviews/" + h.drafted(b, "reviewer-2@crowd.example").String()}
	most("form-of-a-reviewer", h.load(b, reviewer), "ms", 6)
	most("builder-of-a-form-of-150-questions", h.load(b, visitor{h.crowd.Host, coordinator.cookie, h.designed(b)}), "ms", 300)
	home := visitor{host: h.crowd.Host, path: "/"}
	most("public-home", h.load(b, home), "ms", 1.5)
	call := visitor{host: h.crowd.Host, path: "/calls/" + h.announced(b).String()}
	most("public-page-of-a-call", h.load(b, call), "ms", 1.5)
	for name, page := range map[string]visitor{"public-home-compressed": home, "public-page-of-a-call-compressed": call} {
		most(name, h.weighs(b, page), "kB", 100)
	}
}

// announced is a call of the crowded network that anybody may read.
func (h *bench) announced(b *testing.B) ids.Call {
	b.Helper()
	calls, err := h.app.programs.Browse(b.Context(), h.app.tenants.Bind(h.crowd, tenants.Visitor()))
	must(b, err)
	return calls[0].ID
}

// weighs is what a first visit loads, compressed as a proxy does, without pictures: the page, its styles, scripts and typefaces.
func (h *bench) weighs(b *testing.B, v visitor) float64 {
	b.Helper()
	browser := sitetest.NewBrowser(b, v.host, h.port)
	page := browser.Get(v.path)
	browser.Want(http.StatusOK)
	var small bytes.Buffer
	compress := gzip.NewWriter(&small)
	_, err := io.WriteString(compress, page.Body)
	must(b, err)
	must(b, compress.Close())
	total, loaded := small.Len(), map[string]bool{}
	for _, match := range regexp.MustCompile(`(?:src|href)="(/(?:assets/[^"]+|brand\.css[^"]*))"`).FindAllStringSubmatch(page.Body, -1) {
		total += h.transfers(b, v, html.UnescapeString(match[1]), loaded)
	}
	return float64(total) / 1000
}

// transfers is how many bytes an asset takes with all that its style sheet names for the page's letters.
func (h *bench) transfers(b *testing.B, v visitor, path string, loaded map[string]bool) int {
	b.Helper()
	if loaded[path] {
		return 0
	}
	loaded[path] = true
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://127.0.0.1:"+h.port+path, http.NoBody)
	must(b, err)
	request.Host = v.host + ":" + h.port
	request.Header.Set("Accept-Encoding", "br, gzip")
	response, err := http.DefaultClient.Do(request)
	must(b, err)
	body, err := io.ReadAll(response.Body)
	must(b, err)
	must(b, response.Body.Close())
	total := len(body)
	plain := sitetest.NewBrowser(b, v.host, h.port).Get(path)
	for _, match := range regexp.MustCompile(`url\("?(/assets/[^")]+\.woff2)"?\)`).FindAllStringSubmatch(plain.Body, -1) {
		total += h.transfers(b, v, match[1], loaded)
	}
	return total
}

// drafted is a review that the reviewer has begun to write.
func (h *bench) drafted(b *testing.B, email string) ids.Review {
	b.Helper()
	system := h.app.tenants.Bind(h.crowd, tenants.SystemActor("bench"))
	card, err := h.app.accounts.Ensure(b.Context(), system, "Rüya Ortanca", email, h.hash, i18n.TR, tenants.Grant{Role: tenants.RoleReviewer})
	must(b, err)
	actor := tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}}
	queue, err := h.app.selection.Queue(b.Context(), system.As(actor))
	must(b, err)
	for _, q := range queue {
		if q.State == selection.ReviewOpen {
			return q.Review.ID
		}
	}
	b.Fatalf("%s has begun none of %d reviews", email, len(queue))
	return ids.Review{}
}

// idle builds the program, lets it make the demonstration and serve it, as make run does, looks at pages of every network
// and reads how much memory the program holds when nobody has asked for anything for a while.
func (h *bench) idle(b *testing.B) {
	b.Helper()
	dir := b.TempDir()
	binary := filepath.Join(dir, "kervan")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".") // #nosec G204 -- this very program
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	must(b, h.listener.Close())                                                                  // the program itself listens there
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), binary, "dev", "--data", dir) // #nosec G204 -- this very program
	cmd.Env, cmd.Stderr = h.environment(), os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(b, cmd.Start())
	h.comesUp(b, 5*time.Minute)
	most("idle-with-the-demonstration-just-made", h.resident(b, cmd.Process.Pid), "MB", 150)
	h.ends(b, cmd)

	cmd = exec.CommandContext(context.WithoutCancel(b.Context()), binary, "serve") // #nosec G204 -- this very program
	cmd.Env, cmd.Stderr = h.environment(), os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(b, cmd.Start())
	h.comesUp(b, time.Minute)
	h.look(b)
	most("idle-with-the-demonstration-looked-at", h.resident(b, cmd.Process.Pid), "MB", 150)
	h.ends(b, cmd)
	h.listen(b, h.config.Address)
}

// look shows the desk and every list to a member of each network's team.
func (h *bench) look(b *testing.B) {
	b.Helper()
	for _, c := range casts() {
		browser := sitetest.NewBrowser(b, c.Slug+"."+h.host, h.port)
		browser.Get("/sign-in")
		browser.Submit("/sign-in", "email", c.team[0].email, "password", demoPassword)
		browser.Want(http.StatusOK)
		for _, link := range browser.Page.Links() {
			browser.Get(link)
		}
	}
}

// resident is the memory, in megabytes, that the process holds after it was left alone for twenty seconds.
func (h *bench) resident(b *testing.B, pid int) float64 {
	b.Helper()
	<-time.After(20 * time.Second)
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	must(b, err)
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(after)
	kilobytes, err := strconv.Atoi(fields[0])
	must(b, err)
	return float64(kilobytes) / 1000
}

func (h *bench) comesUp(b *testing.B, within time.Duration) {
	b.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(within); time.Now().Before(deadline); <-tick.C {
		response, err := client.Get("http://127.0.0.1:" + h.port + "/readyz")
		if err != nil {
			continue
		}
		must(b, response.Body.Close())
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	b.Fatal("the program does not come up")
}

func (h *bench) ends(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	must(b, cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		b.Fatal(err)
	}
}
