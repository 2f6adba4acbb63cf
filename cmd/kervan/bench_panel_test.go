package main

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// meeting measures a meeting about 400 applications: what its screen takes, and how long a decision takes until another screen
// shows it, from the decider's click to the page that has it.
func (h *bench) meeting(b *testing.B) {
	b.Helper()
	ctx := b.Context()
	system := h.app.tenants.Bind(h.crowd, tenants.SystemActor("bench"))
	as := func(name, email string, role tenants.Role) tenants.Scope {
		card, err := h.app.accounts.Ensure(ctx, system, name, email, h.hash, i18n.TR, tenants.Grant{Role: role})
		must(b, err)
		return system.As(tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale, Grants: []tenants.Grant{{Role: role}}})
	}
	lead, officer := as("Ceyda Ortanca", "coordinator@crowd.example", tenants.RoleCoordinator), as("Ozan Ortanca", "officer@crowd.example", tenants.RoleOfficer)
	summaries, err := h.app.selection.Summaries(ctx, lead)
	must(b, err)
	call := slices.MaxFunc(summaries, func(x, y selection.Summary) int { return x.Applications - y.Applications }).Call.ID
	must(b, h.app.selection.Convene(ctx, lead, call, selection.Convening{At: time.Now(), Members: []ids.Person{lead.Actor().Person, officer.Actor().Person}}))
	must(b, h.app.selection.ShareIntroducers(ctx, lead, call))
	must(b, h.app.selection.BeginMeeting(ctx, lead, call))
	room, err := h.app.selection.Room(ctx, lead, call)
	must(b, err)
	id := room.Ranked[0].ID
	must(b, h.app.selection.PutOnTable(ctx, lead, id))
	remark("panel: %d applications", len(room.Ranked))

	path := "/selection/" + call.String() + "/panel"
	most("panel-screen-with-400-applications", h.load(b, visitor{h.crowd.Host, h.session(b, h.crowd, "coordinator@crowd.example", 3), path}), "ms", 20)
	most("decision-reaches-another-screen", h.reaches(b, lead, visitor{h.crowd.Host, h.session(b, h.crowd, "officer@crowd.example", 4), path}, id), "ms", 1000)
}

// reaches is how long a decision takes at most, of twenty, until the visitor's screen has heard of it and shows it.
func (h *bench) reaches(b *testing.B, lead tenants.Scope, v visitor, id ids.Application) float64 {
	b.Helper()
	client := &http.Client{Timeout: 40 * time.Second}
	get := func(path, accept string) *http.Response {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://127.0.0.1:"+h.port+path, http.NoBody)
		must(b, err)
		request.Host = v.host + ":" + h.port
		request.Header.Set("Cookie", "__Host-session="+v.cookie)
		request.Header.Set("Accept", accept)
		response, err := client.Do(request)
		must(b, err)
		return response
	}
	news := get(v.path+"/news", "text/event-stream")
	defer func() { _ = news.Body.Close() }()
	heard := make(chan struct{}, 100)
	go func() {
		for lines := bufio.NewScanner(news.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "data: ") {
				heard <- struct{}{}
			}
		}
		close(heard)
	}()
	<-heard // how it stands
	browser := sitetest.NewBrowser(b, v.host, h.port)
	browser.SetCookie("session", v.cookie)
	slowest := time.Duration(0)
	for i := range 20 {
		reason := "REASON-" + ids.New[ids.Note]().String()
		began := time.Now()
		must(b, h.app.selection.Settle(b.Context(), lead, id, selection.Settlement{Outcome: []events.Outcome{events.OutcomeSelected, events.OutcomeWaiting}[i%2], Reason: reason, Decided: int64(i)}))
		for shown := false; !shown; {
			if _, open := <-heard; !open {
				b.Fatal("the stream ended")
			}
			shown = strings.Contains(browser.Get(v.path).Body, reason)
		}
		slowest = max(slowest, time.Since(began))
	}
	return milliseconds(slowest, 1)
}
