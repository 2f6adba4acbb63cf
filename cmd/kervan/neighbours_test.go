package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// words are statements that write before every text that is not for all of a network whose it is: an application's, a
// review's, a person's. The network goes on as before.
var words = []string{
	`WITH of AS (SELECT sheet_id AS sheet, application_id AS id FROM application_parts UNION SELECT joint_sheet_id, id FROM applications
		UNION SELECT s.copy_id, u.application_id FROM submission_sheets AS s JOIN submissions AS u ON u.id = s.submission_id
		UNION SELECT copy_id, application_id FROM later_sendings)
		UPDATE answers AS a SET value = to_jsonb('WORD-application-' || of.id || ' ' || (a.value #>> '{}')) FROM of WHERE of.sheet = a.sheet_id AND jsonb_typeof(a.value) = 'string' AND length(a.value::text) > 24`,
	`WITH of AS (SELECT sheet_id AS sheet, application_id AS id FROM application_parts UNION SELECT joint_sheet_id, id FROM applications)
		UPDATE documents AS d SET name = 'WORD-application-' || of.id || ' ' || d.name FROM of WHERE of.sheet = d.sheet_id`,
	`UPDATE place_conditions SET words = 'WORD-condition-' || application_id || ' ' || words`,
	`UPDATE place_conditions SET answer = 'WORD-condition-' || application_id || ' ' || answer WHERE answer <> ''`,
	`UPDATE place_departures SET reason = 'WORD-departure-' || application_id || ' ' || reason`,
	`UPDATE place_replacements SET reason = 'WORD-replacement-' || id || ' ' || reason`,
	`UPDATE place_replacement_answers SET reason = 'WORD-refusal-' || replacement_id || ' ' || reason WHERE reason <> ''`,
	`UPDATE partnership_replacements SET reason = 'WORD-replacement-' || id || ' ' || reason`,
	`UPDATE partnership_replacement_answers SET reason = 'WORD-refusal-' || replacement_id || ' ' || reason WHERE reason <> ''`,
	`UPDATE documents AS d SET name = 'WORD-condition-' || k.application_id || ' ' || d.name FROM place_conditions AS k WHERE k.id = d.condition_id`,
	`UPDATE applications SET number = 'NUMBER-application-' || id WHERE number IS NOT NULL`,
	`UPDATE applications SET papers = 'WORD-application-' || id || ' ' || papers WHERE papers <> ''`,
	`UPDATE partner_invitations SET name = 'WORD-application-' || application_id || ' ' || name WHERE name <> ''`,
	`UPDATE partnerships SET title = 'WORD-application-' || application_id || ' ' || title, number = 'NUMBER-application-' || application_id`,
	`UPDATE partnership_changes AS c SET reason = 'WORD-application-' || p.application_id || ' ' || c.reason FROM partnerships AS p WHERE p.id = c.partnership_id AND c.reason <> ''`,
	`UPDATE reviews SET comment = 'WORD-review-' || id || ' ' || comment`,
	`UPDATE review_marks SET feedback = 'WORD-review-' || review_id || ' ' || feedback`,
	`UPDATE reviews SET handed_back_reason = 'WORD-review-' || id || ' ' || handed_back_reason WHERE handed_back_reason <> ''`,
	`UPDATE people SET name = 'WORD-reviewer-' || id || ' ' || name WHERE id IN (SELECT person_id FROM reviews UNION SELECT person_id FROM reviewer_profiles)`,
	`UPDATE reviewer_profiles SET note = 'WORD-person-' || person_id || ' ' || note`,
	`UPDATE review_messages SET text = 'WORD-review-' || id || ' ' || text`,
	`UPDATE panel_items SET reason = 'WORD-panel-' || application_id || ' ' || reason WHERE reason <> ''`,
	`UPDATE panel_notes SET text = 'WORD-panel-' || application_id || ' ' || text`,
	`UPDATE panel_meetings SET place = 'WORD-panel-' || id || ' ' || place`,
	`UPDATE conflicts SET note = 'WORD-person-' || person_id || ' ' || note`,
	`UPDATE messages SET subject = 'WORD-message-' || id || ' ' || subject, body = 'WORD-message-' || id || ' ' || body, html = 'WORD-message-' || id || ' ' || html, name = 'WORD-message-' || id`,
	`UPDATE notifications SET args = (SELECT coalesce(jsonb_object_agg(key, 'WORD-person-' || person_id || ' ' || value), '{}') FROM jsonb_each_text(args)) WHERE jsonb_typeof(args) = 'object'`,
	`UPDATE late_permissions SET reason = 'WORD-organization-' || organization_id || ' ' || reason`,
	`UPDATE tokens SET name = 'WORD-person-' || person_id || ' ' || name`,
	`UPDATE sessions SET agent = 'WORD-person-' || person_id || ' ' || agent`,
	`UPDATE invitations SET name = 'WORD-invitation-' || id || ' ' || name`,
	`UPDATE matching_messages SET body = 'WORD-thread-' || thread_id || ' ' || body`,
	`UPDATE matching_reports SET reason = 'WORD-report-' || id || ' ' || reason, note = 'WORD-report-' || id || ' ' || note`,
	`UPDATE matching_rounds SET title = 'WORD-round-' || id || ' ' || title`,
	`UPDATE matching_proposals SET note = 'WORD-match-' || id || ' ' || note, noted = 'WORD-round-' || round_id || ' ' || noted`,
	`UPDATE matching_answers SET reason = 'WORD-round-' || proposal_id || ' ' || reason`,
	`UPDATE matching_vetoes SET reason = 'WORD-veto-' || organization_id || ' ' || reason`,
}

// reach is what is somebody's own in a network, and what is everybody else's.
type reach struct {
	mine   map[string]bool     // words
	theirs map[string][]string // identifiers by table
}

// TestOrganizationsOfOneNetworkAreStrangers lets a network live and its organizations and reviewers try to see each other's:
// drafts, answers, documents, reviews, letters, replies, partnerships. A reviewer reads what is assigned and without a
// conflict of interest, and nothing else. What is not theirs is answered like what does not exist.
func TestOrganizationsOfOneNetworkAreStrangers(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "neighbours")
	r.livens(t, in)
	r.mailsKeepReviewersSecret(t, in)
	for _, statement := range words {
		r.plants(t, in, statement)
	}
	r.member(t, in, "Funder", "funder@neighbours.example", i18n.EN, tenants.Grant{Role: tenants.RoleFunder})
	r.member(t, in, "Stranger", "stranger@neighbours.example", i18n.EN)
	r.member(t, in, "Finance", "finance@neighbours.example", i18n.EN, tenants.Grant{Role: tenants.RoleFinance})
	r.member(t, in, "Facilitator", "facilitator@neighbours.example", i18n.EN, tenants.Grant{Role: tenants.RoleFacilitator})
	own := byIdentifier(r.rows(t, in))
	public := map[string]bool{"tenants": true, "calls": true, "organizations": true, "mailed confirm": true, "mailed reset": true, "mailed sign-in/link": true, "mailed invitations": true, "mailed reviewer-invitations": true, "calendar feeds": true}
	reviewers := []string{"reviewer@neighbours.example", "other@neighbours.example", "spare@neighbours.example"}
	people := append(slices.Clone(reviewers), "funder@neighbours.example", "stranger@neighbours.example")
	team := []string{"coordinator@neighbours.example", "officer@neighbours.example", "chair@neighbours.example", "finance@neighbours.example", "facilitator@neighbours.example"}
	browsers := map[string]*sitetest.Browser{} // all before anybody walks, who would be taken for somebody that guesses
	for _, email := range slices.Concat(people, team, r.applicants(t, in)) {
		browsers[email] = r.enters(t, in, email)
	}
	for email, browser := range browsers {
		reach := r.reach(t, in, email)
		w := &walker{
			t: t, r: r, browser: browser, who: email, own: own, theirs: reach.theirs, public: public, tried: map[string]bool{},
			mine: func(word string) bool { return reach.mine[word] },
		}
		switch {
		case slices.Contains(team, email): // who may see much, but nobody's vetoes
			w.theirs = nil
			w.mine = func(word string) bool { return !strings.HasPrefix(word, "WORD-veto-") }
		case !slices.Contains(reviewers, email):
			w.secrets = reviewing
		}
		if w.all(); w.answers < 150 {
			t.Errorf("only %d answers were looked at as %s: the walk is broken", w.answers, email)
		}
	}
	visitor := &walker{t: t, r: r, browser: sitetest.NewBrowser(t, in.Host, r.port), who: "visitor", own: own, secrets: reviewing, theirs: r.reach(t, in, "nobody").theirs, public: public, tried: map[string]bool{}, mine: func(string) bool { return false }}
	visitor.all()
}

// reviewing are the names of those who review in a network that has grown.
var reviewing = []string{"Rüya Ortanca", "Sarp Ortanca", "Peri Ortanca"}

// mailsKeepReviewersSecret reads everything that the network has written to anybody, under the bell or by mail, sent or waiting: a
// reviewer is named only to the team and to those who review.
func (r *running) mailsKeepReviewersSecret(t *testing.T, in tenants.Tenant) {
	t.Helper()
	var all []struct{ Kind, Text, Email string }
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`
		SELECT m.kind, concat_ws(' ', m.subject, m.body, m.html, m.name) AS text, m.address AS email FROM messages AS m
		UNION ALL SELECT n.key, n.args::text, pe.email FROM notifications AS n JOIN people AS pe ON pe.id = n.person_id`).Scan(t.Context(), &all))
	named := 0
	for _, one := range all {
		for _, name := range reviewing {
			if !strings.Contains(one.Text, name) {
				continue
			}
			if strings.HasSuffix(one.Email, "@"+in.Slug+".example") && !strings.Contains(one.Email, "-") {
				named++
			} else {
				t.Errorf("%s is told who reviews by %s: %s", one.Email, one.Kind, one.Text)
			}
		}
	}
	if named < 3 || len(all) < 100 {
		t.Errorf("of %d messages %d name a reviewer: nothing was searched", len(all), named)
	}
}

// plants changes what is there, and fails where there is nothing.
func (r *running) plants(t *testing.T, in tenants.Tenant, statement string) {
	t.Helper()
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		result, err := tx.NewRaw(statement).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("nothing is planted (%w) by %s", err, statement)
		}
		return nil
	}))
}

// applicants are a lead for each state in which an application of the network is, and a participant.
func (r *running) applicants(t *testing.T, in tenants.Tenant) []string {
	t.Helper()
	var emails []string
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT DISTINCT ON (CASE m.role WHEN 'lead' THEN a.state ELSE m.role END) pe.email FROM applications AS a
		JOIN application_parts AS p ON p.application_id = a.id JOIN memberships AS m ON m.organization_id = p.organization_id JOIN people AS pe ON pe.id = m.person_id
		ORDER BY CASE m.role WHEN 'lead' THEN a.state ELSE m.role END, a.id, p.id`).Scan(t.Context(), &emails))
	if slices.Sort(emails); len(slices.Compact(emails)) < 6 {
		t.Errorf("only %v apply", emails)
	}
	return slices.Compact(emails)
}

// reach asks the tables, not the program, what is whose.
func (r *running) reach(t *testing.T, in tenants.Tenant, email string) reach {
	t.Helper()
	db := r.app.tenants.Bind(in, tenants.SystemActor("test")).Read()
	list := func(statement string, args ...any) []string {
		var all []string
		must(t, db.NewRaw(statement, args...).Scan(t.Context(), &all))
		return all
	}
	person := ids.New[ids.Person]().String()
	if found := list(`SELECT id::text FROM people WHERE email = ?`, email); len(found) > 0 {
		person = found[0]
	}
	part := `SELECT p.application_id FROM application_parts AS p JOIN memberships AS m ON m.organization_id = p.organization_id WHERE m.person_id = '` + person + `'`
	read := part + ` UNION SELECT r.application_id FROM reviews AS r WHERE r.person_id = '` + person + `' AND r.state IN ('open', 'submitted')
		AND NOT EXISTS (SELECT FROM conflicts AS c WHERE c.application_id = r.application_id AND c.person_id = r.person_id AND c.undone_at IS NULL)`
	wished := `SELECT a.id FROM applications AS a JOIN selection_ways AS w ON w.call_id = a.call_id WHERE w.wished AND a.state IN ('eligible', 'in_review')
		AND EXISTS (SELECT FROM memberships AS m WHERE m.person_id = '` + person + `' AND m.role IN ('reviewer', 'chair'))
		AND NOT EXISTS (SELECT FROM conflicts AS c WHERE c.application_id = a.id AND c.person_id = '` + person + `' AND c.undone_at IS NULL)`
	known := read + ` UNION SELECT application_id FROM reviews WHERE state = 'assigned' AND person_id = '` + person + `' UNION ` + wished
	led := `SELECT organization_id FROM memberships WHERE organization_id IS NOT NULL AND person_id = '` + person + `'`
	sheets := `SELECT sheet_id FROM application_parts WHERE application_id NOT IN (` + read + `) UNION SELECT joint_sheet_id FROM applications WHERE id NOT IN (` + read + `)`
	// Whoever is asked reads why, and the organization that leaves; why somebody does not agree, the team alone.
	swapped := `SELECT r.id FROM partnership_replacements AS r WHERE r.leaving IN (` + led + `) OR r.coming IN (` + led + `)
		OR EXISTS (SELECT FROM partnership_seats AS s WHERE s.partnership_id = r.partnership_id AND s.organization_id IN (` + led + `))`
	found := reach{mine: map[string]bool{"WORD-person-" + person: true}, theirs: map[string][]string{
		"applications":             list(`SELECT id::text FROM applications WHERE id NOT IN (` + known + `) ORDER BY state <> 'submitted', id`),
		"sheets":                   list(sheets),
		"documents":                list(`SELECT id::text FROM documents WHERE sheet_id IN (` + sheets + `) OR condition_id IN (SELECT id FROM place_conditions WHERE application_id NOT IN (` + part + `))`),
		"place_conditions":         list(`SELECT id::text FROM place_conditions WHERE application_id NOT IN (` + part + `)`),
		"place_replacements":       list(`SELECT id::text FROM place_replacements WHERE NOT parties && ARRAY(` + led + `)`),
		"partnership_replacements": list(`SELECT id::text FROM partnership_replacements WHERE id NOT IN (` + swapped + `)`),
		"reviews":                  list(`SELECT id::text FROM reviews WHERE person_id <> ?`, person),
		"conflicts":                list(`SELECT id::text FROM conflicts`),
		"assignment_runs":          list(`SELECT id::text FROM assignment_runs`),
		"kept_agreements":          list(`SELECT id::text FROM kept_agreements`),
		"panel_meetings":           list(`SELECT id::text FROM panel_meetings`),
		"partnerships":             list(`SELECT id::text FROM partnerships WHERE application_id NOT IN (` + part + `)`),
		"partner_invitations":      list(`SELECT id::text FROM partner_invitations WHERE application_id NOT IN (` + part + `) AND (organization_id IS NULL OR organization_id NOT IN (` + led + `))`),
		"messages":                 list(`SELECT id::text FROM messages`),
		"people":                   list(`SELECT id::text FROM people WHERE id <> ? AND id NOT IN (SELECT person_id FROM memberships WHERE organization_id IN (`+led+`))`, person),
		"invitations":              list(`SELECT id::text FROM invitations WHERE organization_id IS NULL`),
		"tokens":                   list(`SELECT id::text FROM tokens WHERE person_id <> ?`, person),
		"matching_threads":         list(`SELECT id::text FROM matching_threads WHERE one_id NOT IN (` + led + `) AND other_id NOT IN (` + led + `)`),
		"matching_reports":         list(`SELECT id::text FROM matching_reports`),
		"matching_rounds":          list(`SELECT id::text FROM matching_rounds`),
		"matching_runs":            list(`SELECT id::text FROM matching_runs`),
		"matching_ties":            list(`SELECT id::text FROM matching_ties`),
		"matching_proposals":       list(`SELECT id::text FROM matching_proposals WHERE NOT organizations && ARRAY(` + led + `)`),
		"sessions":                 list(`SELECT id::text FROM sessions WHERE person_id <> ?`, person),
	}}
	// Who reviews something knows who else does, where the call lets them talk; nobody else knows any reviewer but oneself.
	found.mine["WORD-reviewer-"+person] = true
	if len(list(`SELECT id::text FROM reviews WHERE person_id = ?`, person)) > 0 {
		for _, id := range list(`SELECT person_id::text FROM reviews`) {
			found.mine["WORD-reviewer-"+id] = true
		}
	}
	for _, id := range list(`SELECT id::text FROM applications WHERE id IN (` + read + `)`) {
		found.mine["WORD-application-"+id], found.mine["NUMBER-application-"+id] = true, true
	}
	for _, id := range list(part) {
		found.mine["WORD-condition-"+id], found.mine["WORD-departure-"+id] = true, true
	}
	for _, id := range list(`SELECT id::text FROM place_replacements WHERE parties && ARRAY(` + led + `) OR leaving IN (` + led + `) UNION SELECT id::text FROM (` + swapped + `) AS r`) {
		found.mine["WORD-replacement-"+id] = true
	}
	for _, id := range list(`SELECT id::text FROM applications WHERE id IN (` + known + `)`) {
		found.mine["NUMBER-application-"+id] = true
	}
	for _, id := range list(`SELECT id::text FROM messages WHERE about_kind = 'application' AND about_id IN (SELECT o.application_id::text FROM (`+part+`) AS o)
		AND kind IN (?) AND status IN ('released', 'sent', 'failed')`, bun.List(letters)) { // what the network has told their own application
		found.mine["WORD-message-"+id] = true
	}
	for _, id := range list(`SELECT id::text FROM matching_threads WHERE one_id IN (` + led + `) OR other_id IN (` + led + `)`) {
		found.mine["WORD-thread-"+id] = true
	}
	for _, id := range list(`SELECT id::text FROM matching_proposals WHERE organizations && ARRAY(` + led + `)`) {
		found.mine["WORD-match-"+id] = true
	}
	for _, id := range list(`SELECT organization_id::text FROM (` + led + `) AS o`) {
		found.mine["WORD-veto-"+id] = true
	}
	for _, id := range list(`SELECT id::text FROM reviews WHERE person_id = ? AND state IN ('open', 'submitted')`, person) {
		found.mine["WORD-review-"+id] = true
	}
	return found
}
