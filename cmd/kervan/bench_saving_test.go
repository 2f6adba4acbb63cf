package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// editor is somebody who writes in a draft of their own.
type editor struct {
	visitor

	csrf string
	base int64 // the version of the answer that they have seen
}

// answer is what they write in: the one in which most is written.
const answer = "tried"

// saving lets two hundred people write in two hundred drafts at once, each of them saving once a second for a while. How
// long a save takes counts from the moment at which it was due, so that a server that stands still does not hide it.
func (h *bench) saving(b *testing.B) {
	b.Helper()
	editors := h.editors(b)
	const seconds = 15
	client := &fasthttp.HostClient{Addr: "127.0.0.1:" + h.port, MaxConns: len(editors)}
	took := make([][]time.Duration, len(editors))
	var failed atomic.Int64
	var wait sync.WaitGroup
	ownBefore, databaseBefore := h.cpus(b)
	begin := time.Now().Add(time.Second / 10)
	for i := range editors {
		wait.Go(func() {
			request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			for n := range seconds {
				due := begin.Add(time.Duration(n)*time.Second + time.Second*time.Duration(i)/time.Duration(len(editors)))
				<-time.After(time.Until(due))
				if err := editors[i].save(client, request, response, h.port, n); err != nil {
					failed.Add(1)
					b.Error(err)
				}
				took[i] = append(took[i], time.Since(due))
			}
		})
	}
	wait.Wait()
	ownAfter, databaseAfter := h.cpus(b)
	var all []time.Duration
	for _, some := range took {
		all = append(all, some...)
	}
	most("autosave-200-editors-a-save-a-second-errors", float64(failed.Load()), "n", 0)
	most("autosave-200-editors-a-save-a-second-p99", milliseconds(percentile(all, 99), 1), "ms", 100)
	remark("a save: p50 %v p99 %v most %v; %.2f ms the program, %.2f ms the database", percentile(all, 50), percentile(all, 99), percentile(all, 100),
		milliseconds(ownAfter-ownBefore, len(all)), milliseconds(databaseAfter-databaseBefore, len(all)))
}

// save writes some words more.
func (e *editor) save(client *fasthttp.HostClient, request *fasthttp.Request, response *fasthttp.Response, port string, n int) error {
	text := fmt.Sprintf("%d. ", n)
	for len(text) < 600+10*n {
		text += "Mahallede her ay toplanıyor, kararları birlikte alıyoruz. "
	}
	body, err := json.Marshal(map[string]any{"value": map[string][]string{forms.FieldName(answer): {text}}, "base": e.base, "language": "tr"})
	if err != nil {
		return err
	}
	request.Reset()
	e.ask(request, port)
	request.Header.SetMethod(fasthttp.MethodPut)
	request.Header.SetContentType("application/json")
	for name, value := range map[string]string{"Accept": "application/json", "Origin": "http://" + e.host + ":" + port, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": e.csrf} {
		request.Header.Set(name, value)
	}
	request.SetBody(body)
	if err := client.Do(request, response); err != nil {
		return err
	}
	var kept forms.Kept
	if response.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("%s: %d %s", e.path, response.StatusCode(), response.Body())
	}
	err = json.Unmarshal(response.Body(), &kept)
	e.base = kept.Version
	return err
}

// editors are the leads of the organizations that write drafts in the crowded network, each with the page open.
func (h *bench) editors(b *testing.B) []editor {
	b.Helper()
	var drafts []struct {
		Application ids.Application
		Sheet       ids.Sheet
		Email       string
		Version     int64
	}
	err := h.app.tenants.Bind(h.crowd, tenants.SystemActor("bench")).Read().NewRaw(`SELECT a.id AS application, p.sheet_id AS sheet, l.email, coalesce(w.version, 0) AS version
		FROM applications a JOIN application_parts p ON p.application_id = a.id AND p.organization_id = a.organization_id
		JOIN memberships m ON m.organization_id = a.organization_id AND m.role = 'lead' JOIN people l ON l.id = m.person_id
		LEFT JOIN answers w ON w.sheet_id = p.sheet_id AND w.question = ? WHERE a.state = 'draft'`, answer).Scan(b.Context(), &drafts)
	must(b, err)
	editors := make([]editor, len(drafts))
	for i, d := range drafts {
		editors[i] = editor{visitor: visitor{h.crowd.Host, h.session(b, h.crowd, d.Email, 10+i), "/sheets/" + d.Sheet.String() + "/answers/" + answer}, base: d.Version}
		browser := sitetest.NewBrowser(b, h.crowd.Host, h.port)
		browser.SetCookie("session", editors[i].cookie)
		page := browser.Get("/applications/" + d.Application.String() + "/sections/need")
		if editors[i].csrf = page.Value("_csrf"); editors[i].csrf == "" {
			b.Fatalf("%s cannot write: %d", d.Email, page.Status)
		}
	}
	return editors
}
