package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

const telltale = "CANARY"

// TestReviewersOfAnAnonymousCallNeverLearnWhoApplies puts a word into the names of organizations, people and files and into all
// answers that tell, and follows every link that a reviewer has, up to the files and to what programs read. In a call that is not
// anonymous, the same reviewer finds the word.
func TestReviewersOfAnAnonymousCallNeverLearnWhoApplies(t *testing.T) {
	t.Parallel()
	r := run(t)
	for name, anonymous := range map[string]bool{"unseen": true, "seen": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := r.network(t, name)
			m := r.ready(t, network, 2)
			for _, a := range m.all {
				if in, status, err := m.submit(t.Context(), r, a.ID); !in || err != nil {
					t.Fatalf("not handed in: %d %v", status, err)
				}
			}
			hidden := r.namesEverything(t, network, &m)
			r.exec(t, network, `UPDATE applications SET state = 'eligible'`)
			r.exec(t, network, `UPDATE calls SET review = review || ?::jsonb`, mustJSON(t, map[string]any{"anonymous": anonymous, "hidden_answers": hidden}))

			email := "reviewer@elsewhere-" + network.Slug + ".example" // at the domain of no applicant
			b := r.signedIn(t, network, email, tenants.Grant{Role: tenants.RoleReviewer})
			system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
			var person ids.Person
			must(t, system.Read().NewRaw(`SELECT id FROM people WHERE email = ?`, email).Scan(t.Context(), &person))
			reviewer := system.As(tenants.Actor{Person: person, Email: email, Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}})
			all := []ids.Application{m.all[0].ID, m.all[1].ID}
			_, err := r.app.selection.Assign(t.Context(), system, m.call.ID, selection.Assignment{Applications: all, Reviewers: []ids.Person{person}, DueAt: time.Now().AddDate(0, 0, 9)})
			must(t, err)
			if anonymous {
				b.Get("/reviews/impartiality/" + m.call.ID.String())
				b.Want(http.StatusOK, telltale+" 0", telltale+" 1") // of everybody, and of no application
				if strings.Contains(b.Page.Body, m.all[0].ID.String()) {
					t.Error("the list of who applies names an application")
				}
				b.Submit("/reviews/impartiality/" + m.call.ID.String())
				b.Want(http.StatusOK, "Thank you.")
			}
			queue, err := r.app.selection.Queue(t.Context(), reviewer)
			if err != nil || len(queue) != 2 {
				t.Fatal(len(queue), err)
			}
			must(t, r.app.selection.Declare(t.Context(), reviewer, queue[0].ID, selection.Declaration{}))
			must(t, stopWorker(r.app))
			found := r.follows(t, b, queue[0].Application.ID)
			found = append(found, r.hears(t, network, person)...)
			documents := map[string]int{}
			var given []ids.Document
			must(t, system.Read().NewRaw(`SELECT id FROM documents`).Scan(t.Context(), &given))
			readable, err := r.app.documents.Documents(t.Context(), reviewer, given)
			must(t, err)
			for _, d := range readable {
				documents[d.Question]++
				if strings.Contains(d.Name, telltale) {
					found = append(found, "the file "+d.Name)
				}
			}
			switch {
			case anonymous && len(found) > 0:
				t.Errorf("who applies is told by %s", strings.Join(found, "\n"))
			case anonymous && (documents["registration_document"] != 1 || documents["fiscal_host_letter"] != 0):
				t.Errorf("the documents that may be read are %v", documents)
			case !anonymous:
				for _, wanted := range []string{"/reviews ", "/reviews/", "/applications/", "dossier.pdf", "/api/v1/applications/", "the file "} {
					if !strings.Contains(strings.Join(found, "\n")+"\n", wanted) {
						t.Errorf("where reviewers know who applies, %s does not say so: %v", wanted, found)
					}
				}
			}
		})
	}
}

// TestWhatHappensToOneApplicationTellsNoReviewerWhoseItIs goes through a call in which one application changes at a time, so that what
// a reviewer is told then is told of it.
func TestWhatHappensToOneApplicationTellsNoReviewerWhoseItIs(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "alone")
	m := r.ready(t, network, 3)
	for i, a := range m.all {
		if in, status, err := m.submit(t.Context(), r, a.ID); !in || err != nil {
			t.Fatalf("not handed in: %d %v", status, err)
		}
		r.exec(t, network, `UPDATE organizations SET name = ? WHERE id = ?`, fmt.Sprintf("%s %d", telltale, i), a.Organization)
	}
	late, tied := m.all[2], m.all[1]
	r.exec(t, network, `UPDATE applications SET state = 'eligible' WHERE id <> ?`, late.ID)
	r.exec(t, network, `UPDATE calls SET review = review || '{"anonymous": true}'::jsonb`)
	email := "reviewer@elsewhere-" + network.Slug + ".example"
	b := r.signedIn(t, network, email, tenants.Grant{Role: tenants.RoleReviewer})
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	var person ids.Person
	must(t, system.Read().NewRaw(`SELECT id FROM people WHERE email = ?`, email).Scan(t.Context(), &person))
	assign := func(those ...ids.Application) {
		t.Helper()
		_, err := r.app.selection.Assign(t.Context(), system, m.call.ID, selection.Assignment{Applications: those, Reviewers: []ids.Person{person}, DueAt: time.Now().AddDate(0, 0, 9)})
		must(t, err)
	}
	assign(m.all[0].ID, tied.ID)
	coordinator := system.As(tenants.Actor{Person: ids.New[ids.Person](), Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleCoordinator}}})

	now, err := r.app.programs.Call(t.Context(), coordinator, m.call.ID)
	must(t, err)
	r.exec(t, network, `UPDATE calls SET review = review - 'anonymous'`)
	if err := r.app.programs.Conceal(t.Context(), coordinator, m.call.ID, now.Version, programs.Anonymity{On: true, Reason: "Because."}); !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "programs.anonymity.met" {
		t.Errorf("names are hidden that a reviewer has read: %v", err)
	}
	r.exec(t, network, `UPDATE calls SET review = review || '{"anonymous": true}'::jsonb`)

	list := "/reviews/impartiality/" + m.call.ID.String()
	b.Get(list)
	b.Want(http.StatusOK, telltale+" 0", telltale+" 1", telltale+" 2") // who has not passed the check, too
	b.Submit(list, "tied", tied.Organization.String(), "kind", "work", "note", "We were neighbours.")
	b.Want(http.StatusOK, "Thank you.")

	r.exec(t, network, `UPDATE applications SET state = 'eligible' WHERE id = ?`, late.ID)
	assign(late.ID)
	if b.Get("/reviews"); strings.Contains(b.Page.Text(), "first say to whom you are impartial") {
		t.Error("the one who passed the check alone is asked about alone")
	}
	b.Get(list)
	b.Want(http.StatusOK, "You have said it of everybody")
	b.Get(list + "/addition")
	b.Want(http.StatusOK, telltale+" 0", telltale+" 2") // as before, whatever became of them

	_, conflicts, err := r.app.selection.Conflicts(t.Context(), system, m.call.ID)
	must(t, err)
	if len(conflicts) != 1 || conflicts[0].Application.ID != tied.ID {
		t.Fatalf("%+v", conflicts)
	}
	must(t, r.app.selection.Undo(t.Context(), coordinator, conflicts[0].Conflict.ID, "A mistake."))
	must(t, stopWorker(r.app))
	queue, err := r.app.selection.Queue(t.Context(), system.As(tenants.Actor{Person: person, Email: email, Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}}))
	must(t, err)
	for _, q := range queue {
		if q.Application.ID == tied.ID {
			t.Error("the application that comes back alone is the one that was ticked")
		}
	}
	if len(queue) != 2 {
		t.Fatalf("%d reviews are listed", len(queue))
	}
	must(t, r.app.selection.Unassign(t.Context(), system, queue[0].ID))
	var told []string
	must(t, system.Read().NewRaw(`SELECT row_to_json(n)::text FROM notifications AS n WHERE n.person_id = ?`, person).Scan(t.Context(), &told))
	for _, row := range told {
		if strings.Contains(row, "restored") || strings.Contains(row, queue[0].Application.Number) {
			t.Errorf("a notification says which application it is: %s", row)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return string(b)
}

// namesEverything puts the word wherever a name can stand, and gives the answers that the coordinator hides beside those that always
// are: all but the registration document, of which the file's name must not be told either.
func (r *running) namesEverything(t *testing.T, network tenants.Tenant, m *ready) (hidden []string) {
	t.Helper()
	version, err := r.app.forms.Version(t.Context(), r.app.tenants.Bind(network, tenants.SystemActor("test")), m.all[0].FormVersion)
	must(t, err)
	for _, key := range blueprints.Telling(version.Definition) {
		if key != "registration_document" {
			hidden = append(hidden, key)
		}
	}
	veiled := (&blueprints.Review{Anonymous: true, Hidden: hidden}).Veil(version.Definition)
	n := 0
	for i := range veiled.Sections {
		for j := range veiled.Sections[i].Questions {
			q := &veiled.Sections[i].Questions[j]
			switch {
			case !q.Unseen:
			case q.Type == forms.TypeShortText || q.Type == forms.TypeLongText:
				n++
				r.exec(t, network, `UPDATE answers SET value = to_jsonb(?::text) WHERE question = ?`, telltale+" "+q.Key, q.Key)
			case q.Type == forms.TypePeople:
				n++
				for _, c := range q.Columns {
					if c.Type == forms.TypeShortText || c.Type == forms.TypeLongText {
						r.exec(t, network, `UPDATE answers SET value = regexp_replace(value::text, ?, ?, 'g')::jsonb WHERE question = ?`, fmt.Sprintf(`"%s": "[^"]*"`, c.Key), fmt.Sprintf(`"%s": "%s %s"`, c.Key, telltale, c.Key), q.Key)
					}
				}
			}
		}
	}
	if n < 8 {
		t.Fatalf("only %d answers tell who applies", n)
	}
	for i, a := range m.all {
		r.exec(t, network, `UPDATE organizations SET name = ?, name_english = ? WHERE id = ?`, fmt.Sprintf("%s %d", telltale, i), telltale+" in English", a.Organization)
	}
	r.exec(t, network, `UPDATE people SET name = ?`, telltale+" person")
	r.exec(t, network, `UPDATE documents SET name = ?`, telltale+".pdf")
	return hidden
}

// follows opens whatever a reviewer is led to from their pages, and what somebody would try who knows the application's identifier;
// it gives where the word stood.
func (r *running) follows(t *testing.T, b *sitetest.Browser, application ids.Application) (found []string) {
	t.Helper()
	id := application.String()
	queue := []string{
		"/desk", "/reviews", "/notifications", "/applications/" + id, "/applications/" + id + "/dossier", "/applications/" + id + "/dossier.pdf", "/selection/applications/" + id + "/conflict",
		"/api/v1/applications/" + id + "?answers=true", "/api/v1/applications", "/applications?q=" + telltale, "/organizations?q=" + telltale, "/selection", "/results",
	}
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < 400 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/sign-out") || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/account") {
			continue
		}
		seen[path] = true
		page := b.Get(path)
		text := page.Body
		if strings.HasSuffix(path, ".pdf") {
			text = readable(page.Body)
		}
		for name, values := range page.Header {
			text += name + strings.Join(values, " ")
		}
		if page.Status >= http.StatusInternalServerError && !strings.HasPrefix(path, "/documents/") { // which have no content here
			t.Errorf("%s: %d", path, page.Status)
		}
		if i := strings.Index(text, telltale); i >= 0 && !strings.Contains(path, "q="+telltale) {
			found = append(found, path+" … "+strings.ToValidUTF8(text[max(0, i-80):min(len(text), i+80)], "?"))
		}
		queue = append(queue, page.Links()...)
	}
	if len(seen) < 15 {
		t.Errorf("only %d pages were opened", len(seen))
	}
	return found
}

// hears are the mails and notifications to somebody in which the word stands.
func (r *running) hears(t *testing.T, network tenants.Tenant, person ids.Person) (found []string) {
	t.Helper()
	for _, table := range []string{"messages", "notifications"} {
		var rows []string
		must(t, r.app.tenants.Bind(network, tenants.SystemActor("test")).Read().NewRaw(`SELECT row_to_json(x)::text FROM `+table+` AS x WHERE x.person_id = ?`, person).Scan(t.Context(), &rows))
		for _, row := range rows {
			if strings.Contains(strings.ReplaceAll(row, telltale+" person", ""), telltale) {
				found = append(found, table+" "+row)
			}
		}
	}
	return found
}
