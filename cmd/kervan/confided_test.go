package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/brands"
	"kervan/modules/documents"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/lending"
	"kervan/modules/matching"
	"kervan/modules/oversight"
	"kervan/modules/pages"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/modules/site/sitetest"
	"kervan/modules/stories"
	"kervan/tenants"
)

// confidence is something that somebody has told the network, and not everybody in it.
type confidence struct {
	words  string
	where  string   // the one column in which it stands, without the schema
	mailed string   // to whom it is mailed because that is what it is for; empty: to nobody
	read   []string // who of the team may read it, by their addresses up to the @
	theirs string   // a query for the organizations whose people may read it; empty: none
}

// What the queries of several confidences ask for.
const (
	inVeto        = `SELECT unnest(ARRAY[organization_id, vetoed_id]) FROM matching_vetoes`
	inPartnership = `SELECT organization_id FROM partnership_seats UNION SELECT unnest(ARRAY[leaving, coming]) FROM partnership_replacements`
	inPlace       = `SELECT p.organization_id FROM application_parts AS p JOIN place_departures AS g ON g.application_id = p.application_id UNION SELECT unnest(ARRAY[leaving, coming]) FROM place_replacements`
	inQuestion    = `SELECT p.organization_id FROM application_parts AS p JOIN clarifications AS c ON c.application_id = p.application_id`
	inPapers      = `SELECT p.organization_id FROM application_parts AS p JOIN applications AS a ON a.id = p.application_id WHERE a.papers = 'The statutes end in the middle.'`
	inReview      = `SELECT p.organization_id FROM application_parts AS p JOIN reviews AS r ON r.application_id = p.application_id WHERE r.comment = 'The budget is a guess.'`
)

var (
	toCoordinators = []string{"coordinator"}
	toOfficers     = []string{"coordinator", "officer"}
	toChair        = []string{"coordinator", "officer", "chair"}
)

// confided is what people confide while a network grows and lives, and in confides. Whoever adds something like it to the program adds
// it here.
var confided = []confidence{
	{words: "A quarrel.", where: "matching_vetoes.reason", theirs: `SELECT organization_id FROM matching_vetoes`},
	{words: "They are rude.", where: "matching_reports.reason", read: toCoordinators},
	{words: "Please be kind.", where: "matching_reports.note", mailed: "the organization that is warned", read: toOfficers},
	{words: "What about the bridge?", where: "matching_messages.body", read: toCoordinators, theirs: inVeto}, // coordinators, as it was reported
	{words: "Gladly.", where: "matching_answers.reason", read: toCoordinators},
	{words: "We would rather wait.", where: "matching_answers.reason", read: toCoordinators},
	{words: "They apply together.", where: "matching_proposals.noted", read: toCoordinators},

	{words: "We are related.", where: "conflicts.note", read: toOfficers},
	{words: "It was somebody else.", where: "conflicts.undone_reason", read: toOfficers},
	{words: "Only mornings.", where: "reviewer_profiles.note", read: []string{"coordinator", "officer", "spare"}},
	{words: "A full autumn.", where: "reviewer_invitations.note", read: toOfficers},
	{words: "else-0@confide.example", where: "reviewer_invitations.substitute_email", read: toOfficers},
	{words: "Not my field.", where: "reviews.handed_back_reason", read: toChair},
	{words: "The budget is a guess.", where: "reviews.comment", read: []string{"coordinator", "officer", "chair", "reviewer"}},
	{words: "It is written clearly.", where: "review_marks.feedback", mailed: "the applicants, in their letter", read: []string{"coordinator", "officer", "chair", "reviewer"}, theirs: inReview},
	{words: "A reason, 0", where: "calibration_marks.feedback", read: []string{"coordinator", "officer", "reviewer"}},
	{words: "What we read differs.", where: "review_messages.text", read: toChair},
	{words: "Two of us disagree.", where: "second_opinions.reason", read: toOfficers},
	{words: "Really not my field, 0", where: "second_opinions.reason", read: []string{"coordinator", "officer", "other"}},
	{words: "It is clear enough, 0", where: "second_opinions.answer", read: []string{"coordinator", "officer", "other"}},

	{words: "The clearest plan.", where: "panel_items.reason", read: toChair},
	{words: "Look at the second visit again.", where: "panel_notes.text", read: toChair},
	{words: "Both are wanted.", where: "decision_lists.quota_reason", read: toChair},
	{words: "They fell short together.", where: "decision_lists.quota_reason", read: toChair},
	{words: "Kararda imza yok", where: "place_conditions.returned", read: toChair, theirs: inPartnership},
	{words: "We merge with another.", where: "place_departures.reason", mailed: "those that stay", read: toOfficers, theirs: inPlace},
	{words: "They have a new board.", where: "place_replacements.reason", mailed: "whom it takes to agree", read: toOfficers, theirs: inPlace},
	{words: "Ask us first.", where: "place_replacement_answers.reason", read: toCoordinators},
	{words: "Why not we?", where: "clarifications.question", read: toOfficers, theirs: inQuestion},
	{words: "There were more good ones than places.", where: "clarifications.answer", read: toOfficers, theirs: inQuestion},

	{words: "The statutes end in the middle.", where: "applications.papers", mailed: "the applicants, who are to bring them", read: []string{"coordinator", "officer", "chair", "both-0"}, theirs: inPapers},
	{words: "Somebody was in hospital.", where: "late_permissions.reason", read: toChair},
	{words: "Nobody needs it.", where: "blueprint_proposals.reason", read: toOfficers},

	{words: "As we said.", where: "partnership_facilitations.reason", read: toCoordinators},
	{words: "Too far away.", where: "partnership_facilitations.ending_reason", read: toCoordinators},
	{words: "They move away.", where: "facilitation_runs.reason"}, // until the run is applied
	{words: "Only by train.", where: "facilitator_profiles.note", read: []string{"coordinator", "facilitator-0"}},
	{words: "They have closed.", where: "partnership_replacements.reason", mailed: "whom it takes to agree", read: toOfficers, theirs: inPartnership},
	{words: "We do not know them.", where: "partnership_replacement_answers.reason", read: toCoordinators},
	{words: "An illness.", where: "partnership_changes.reason", mailed: "the partnership's organizations", read: []string{"coordinator", "officer", "both-0"}, theirs: inPartnership},
	{words: "Who paid for the bus?", where: "stories.note", mailed: "who handed the story in", read: toOfficers, theirs: inPartnership},
}

// nightly are the jobs that every night does, but for those that ask name servers.
var nightly = []string{
	applications.RetainJob, selection.LookJob, reviewers.ForgetJob, lending.ForgetJob, documents.SweepJob, pages.SweepJob, stories.SweepJob, brands.SweepJob, oversight.RecountAllJob,
	blueprints.RecountJob, matching.SweepJob, partnerships.ShowJob, matching.ShareJob,
}

// TestWhatIsConfidedStandsInOnePlace lets people confide something wherever the program asks for it, and then lets a round be solved,
// letters leave, and two nights pass. Afterwards each confidence stands in one column of the whole database, and beside it only in the
// mail that it was meant for: in no notification, trail, run, job, figure, or log. Then everybody reads whatever they are led to, and
// finds nothing but what was meant for them.
func TestWhatIsConfidedStandsInOnePlace(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "confide")
	r.livens(t, in)
	r.confides(t, in)
	r.pairs(t, in)
	r.sendsLetters(t, in)
	for range 2 {
		must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do))
		for _, name := range nightly {
			must(t, r.app.tenants.Do(t.Context(), jobs.Envelope{Name: name, Payload: json.RawMessage("{}")}))
		}
	}
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do))

	stands := r.stands(t)
	for _, c := range confided {
		wanted := []string{c.where}
		if c.mailed != "" {
			wanted = append(wanted, "messages.body", "messages.html", "river_job.args") // the last is the mail on its way to the outbox
		}
		slices.Sort(wanted)
		if got := slices.Sorted(slices.Values(stands[c.words])); !slices.Equal(got, wanted) {
			t.Errorf("%q stands in %v, and should in %v", c.words, got, wanted)
		}
		if line, found := logged.line(c.words); found {
			t.Errorf("the log says %s", line)
		}
	}
	read := map[string]int{}
	for email, browser := range r.readers(t, in) {
		found, pages := r.reads(browser)
		if pages < 150 {
			t.Errorf("%s opens only %d pages: the walk is broken", email, pages)
		}
		for words, path := range found {
			i := slices.IndexFunc(confided, func(c confidence) bool { return c.words == words })
			read[words]++
			if name, _, _ := strings.Cut(email, "@"); !slices.Contains(confided[i].read, name) && !r.areTheirs(t, in, confided[i], email) {
				t.Errorf("%s reads at %s: %s", email, path, words)
			}
		}
	}
	for _, c := range confided {
		if read[c.words] == 0 && c.mailed == "" && len(c.read)+len(c.theirs) > 0 {
			t.Errorf("nobody reads %q, and so nobody would have found it elsewhere", c.words)
		}
	}
}

// acting is somebody of the network, with what they may.
func (r *running) acting(t *testing.T, in tenants.Tenant, email string) tenants.Scope {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var held []struct {
		Person       ids.Person
		Name         string
		Role         tenants.Role
		Organization ids.Organization
	}
	must(t, system.Read().NewRaw(`SELECT p.id AS person, p.name, m.role, m.organization_id AS organization FROM people AS p JOIN memberships AS m ON m.person_id = p.id WHERE p.email = ?`, email).Scan(t.Context(), &held))
	if len(held) == 0 {
		t.Fatalf("%s has no role", email)
	}
	actor := tenants.Actor{Person: held[0].Person, Name: held[0].Name, Email: email, Locale: i18n.EN}
	for _, one := range held {
		actor.Grants = append(actor.Grants, tenants.Grant{Role: one.Role, Organization: one.Organization})
	}
	return system.As(actor)
}

// confides has people say what the growth of a network leaves out.
func (r *running) confides(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	coordinator, officer := r.acting(t, in, "coordinator@confide.example"), r.acting(t, in, "officer@confide.example")

	var conflict ids.Change
	must(t, system.Read().NewRaw(`SELECT id FROM conflicts WHERE note = 'We are related.'`).Scan(ctx, &conflict))
	must(t, r.app.selection.Undo(ctx, coordinator, conflict, "It was somebody else."))

	var drafted struct {
		ID   ids.Review
		Call ids.Call
		By   string
	}
	must(t, system.Read().NewRaw(`SELECT r.id, r.call_id AS call, p.email AS by FROM reviews AS r JOIN people AS p ON p.id = r.person_id
		WHERE r.state = 'open' AND EXISTS (SELECT FROM review_marks AS m WHERE m.review_id = r.id) ORDER BY r.id LIMIT 1`).Scan(ctx, &drafted))
	reviewer := r.acting(t, in, drafted.By)
	call, _, err := r.app.programs.Look(ctx, reviewer, drafted.Call)
	must(t, err)
	var marked []string
	must(t, system.Read().NewRaw(`SELECT criterion FROM review_marks WHERE review_id = ?`, drafted.ID).Scan(ctx, &marked))
	typed := []selection.Typed{{Ref: "comment", Score: selection.NoScore, Feedback: "The budget is a guess."}}
	for _, k := range selection.Scored(call.Criteria) {
		if !slices.Contains(marked, k.Key) {
			typed = append(typed, selection.Typed{Ref: k.Key, Score: k.Scale(call.Review.ScoreMax).Nearest(0.5), Feedback: strings.Repeat("It is written clearly. ", 8)})
		}
	}
	if _, clashes, err := r.app.selection.SaveAll(ctx, reviewer, drafted.ID, typed); err != nil || len(clashes) > 0 {
		t.Fatal(clashes, err)
	}
	must(t, r.app.selection.Submit(ctx, reviewer, drafted.ID))
	var reviewed ids.Application
	must(t, system.Read().NewRaw(`SELECT application_id FROM reviews WHERE id = ?`, drafted.ID).Scan(ctx, &reviewed))
	must(t, r.app.selection.AskOpinion(ctx, officer, reviewed, "Two of us disagree."))

	var late struct {
		Call         ids.Call
		Organization ids.Organization
	}
	must(t, system.Read().NewRaw(`SELECT c.id AS call, o.id AS organization FROM calls AS c, organizations AS o WHERE c.state = 'published' AND c.closes_at > now()
		AND NOT EXISTS (SELECT FROM application_parts AS p WHERE p.organization_id = o.id) AND NOT EXISTS (SELECT FROM late_permissions AS l WHERE l.organization_id = o.id) ORDER BY o.id LIMIT 1`).Scan(ctx, &late))
	must(t, r.app.programs.PermitLate(ctx, officer, late.Call, programs.Late{Organization: late.Organization, Until: time.Now().AddDate(0, 2, 0), Reason: "Somebody was in hospital."}))

	var returned struct {
		ID    ids.Application
		Sheet ids.Sheet
	}
	must(t, system.Read().NewRaw(`SELECT a.id, p.sheet_id AS sheet FROM applications AS a JOIN application_parts AS p ON p.application_id = a.id WHERE a.papers <> '' ORDER BY a.id, p.id LIMIT 1`).Scan(ctx, &returned))
	r.exec(t, in, `UPDATE applications SET state = 'submitted', papers = '', papers_due = NULL WHERE id = ?`, returned.ID) // as if nobody had asked
	must(t, r.app.applications.AskForPapers(ctx, officer, returned.ID, 0, applications.Papers{
		Words: "The statutes end in the middle.", Questions: map[ids.Sheet][]string{returned.Sheet: {"registration_document"}},
	}))
}

// pairs solves a round in which somebody could be put together with whom they have ruled out: two more come, with whom they can be.
func (r *running) pairs(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	coordinator := r.acting(t, in, "coordinator@confide.example")
	var others []struct {
		Organization ids.Organization
		Email        string
	}
	must(t, system.Read().NewRaw(`SELECT DISTINCT ON (o.country) o.id AS organization, p.email FROM organizations AS o JOIN memberships AS m ON m.organization_id = o.id AND m.role = 'lead'
		JOIN people AS p ON p.id = m.person_id WHERE NOT EXISTS (SELECT FROM matching_cards AS c WHERE c.organization_id = o.id) ORDER BY o.country, o.id`).Scan(ctx, &others))
	for _, o := range others {
		lead := r.acting(t, in, o.Email)
		must(t, r.app.matching.Write(ctx, lead, matching.Card{
			Organization: o.Organization, Needs: matching.Topics[:2], Offers: matching.Topics[2:4], Languages: []string{"de", "en", "tr"}, Relation: matching.EitherRelation,
		}))
		must(t, r.app.matching.Join(ctx, lead, o.Organization, 1))
	}
	rules := matching.UsualRules()
	rules.Once, rules.Language = false, false
	round, err := r.app.matching.BeginRound(ctx, coordinator, matching.Round{Title: "Another round", Pool: matching.CardsPool, Rules: rules})
	must(t, err)
	id, err := r.app.matching.StartRun(ctx, coordinator, round)
	must(t, err)
	must(t, r.app.matching.Compute(ctx, system, matching.Computing{Run: id}))
	board, err := r.app.matching.Board(ctx, coordinator, round, id)
	must(t, err)
	var quarrel struct{ By, About ids.Organization }
	must(t, system.Read().NewRaw(`SELECT organization_id AS by, vetoed_id AS about FROM matching_vetoes`).Scan(ctx, &quarrel))
	var groups [][]ids.Organization
	for _, g := range board.Groups {
		var group []ids.Organization
		for _, at := range g.Members {
			group = append(group, board.Organizations[at])
		}
		if slices.Contains(group, quarrel.By) && slices.Contains(group, quarrel.About) {
			t.Error("a run puts two together of whom one has ruled the other out")
		}
		groups = append(groups, group)
	}
	if !slices.Contains(board.Organizations, quarrel.By) || !slices.Contains(board.Organizations, quarrel.About) || len(groups) < 2 {
		t.Fatalf("of %v, %v are put together: nobody could have been with whom they ruled out", board.Organizations, groups)
	}
	must(t, r.app.matching.Propose(ctx, coordinator, round, id, matching.Proposing{Groups: groups, Due: time.Now().AddDate(0, 0, 9), Note: "Talk to each other."}))
	var lead string
	must(t, system.Read().NewRaw(`SELECT p.email FROM memberships AS m JOIN people AS p ON p.id = m.person_id WHERE m.role = 'lead' AND m.organization_id = ? LIMIT 1`, quarrel.By).Scan(ctx, &lead))
	refusing := r.acting(t, in, lead)
	offers, err := r.app.matching.Offers(ctx, refusing)
	must(t, err)
	must(t, r.app.matching.Respond(ctx, refusing, offers[0].ID, false, "We would rather wait."))
}

// sendsLetters decides the call that is reviewed, and tells everybody.
func (r *running) sendsLetters(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	coordinator, chair := r.acting(t, in, "coordinator@confide.example"), r.acting(t, in, "chair@confide.example")
	var call ids.Call
	must(t, system.Read().NewRaw(`SELECT call_id FROM applications WHERE state = 'in_review' LIMIT 1`).Scan(ctx, &call))
	panel, err := r.app.selection.Panel(ctx, chair, call)
	must(t, err)
	var all []ids.Application
	for _, a := range panel.Ranked {
		all = append(all, a.ID)
	}
	closing := selection.Closing{ReplyBy: time.Now().AddDate(0, 0, 9), QuotaReason: "They fell short together."}
	for _, step := range []func(version int64) error{
		func(v int64) error { return r.app.selection.Decide(ctx, chair, call, v, events.OutcomeRejected, all) },
		func(v int64) error { return r.app.selection.Close(ctx, chair, call, v, closing) },
		func(v int64) error { return r.app.selection.Sign(ctx, coordinator, call, v) },
		func(v int64) error { return r.app.selection.Release(ctx, coordinator, call, v) },
	} {
		now, err := r.app.selection.Panel(ctx, chair, call)
		must(t, err)
		must(t, step(now.List.Version))
	}
}

// stands tells in which columns of the whole database each confidence stands, however it is spelt.
func (r *running) stands(t *testing.T) map[string][]string {
	t.Helper()
	ctx := t.Context()
	admin, err := pgx.Connect(ctx, r.admin)
	must(t, err)
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	rows, err := admin.Query(ctx, `SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
		AND c.data_type NOT IN ('uuid', 'boolean', 'smallint', 'integer', 'bigint', 'numeric', 'date', 'timestamp with time zone') ORDER BY 1, 2, 3`)
	must(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Schema, Table, Column, Type string }])
	must(t, err)
	var words []string
	for _, c := range confided {
		words = append(words, c.words)
	}
	found, schemas := map[string][]string{}, map[string]bool{}
	for _, c := range columns {
		schemas[c.Schema] = true
		text := pgx.Identifier{c.Column}.Sanitize() + "::text"
		if c.Type == "bytea" {
			text = "encode(" + pgx.Identifier{c.Column}.Sanitize() + ", 'escape')"
		}
		rows, err := admin.Query(ctx, fmt.Sprintf(`SELECT w FROM unnest($1::text[]) AS w WHERE EXISTS (SELECT FROM %s WHERE position(lower(w) IN lower(%s)) > 0)`, pgx.Identifier{c.Schema, c.Table}.Sanitize(), text), words)
		must(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, w := range all {
			found[w] = append(found[w], c.Table+"."+c.Column)
		}
	}
	if len(columns) < 600 || len(schemas) < 4 { // the network's, the core's, the platform's and the queue's
		t.Fatalf("only %d columns of %v are searched", len(columns), schemas)
	}
	return found
}

// readers are the team, who reviews, some who apply, and who has something to do with a confidence, each with a browser.
func (r *running) readers(t *testing.T, in tenants.Tenant) map[string]*sitetest.Browser {
	t.Helper()
	var all []string
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT DISTINCT p.email FROM people AS p JOIN memberships AS m ON m.person_id = p.id
		WHERE (m.organization_id IS NULL AND p.email NOT LIKE 'another-guide@%') OR m.organization_id IN (`+inVeto+` UNION `+inQuestion+` UNION `+inReview+`)`).Scan(t.Context(), &all))
	all = append(all, r.applicants(t, in)...)
	browsers := map[string]*sitetest.Browser{"visitor": sitetest.NewBrowser(t, in.Host, r.port)}
	for _, email := range all {
		if browsers[email] == nil {
			browsers[email] = r.enters(t, in, email)
		}
	}
	return browsers
}

// areTheirs reports whether somebody is of an organization that may read a confidence.
func (r *running) areTheirs(t *testing.T, in tenants.Tenant, c confidence, email string) bool {
	t.Helper()
	if c.theirs == "" {
		return false
	}
	n, err := r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewSelect().TableExpr("people AS p").Join("JOIN memberships AS m ON m.person_id = p.id").
		Where("p.email = ?", email).Where("m.organization_id IN (" + c.theirs + ")").Count(t.Context())
	must(t, err)
	return n > 0
}

// reads follows whatever somebody is led to, up to three pages of each kind, and tells where they read which confidence.
func (r *running) reads(browser *sitetest.Browser) (found map[string]string, opened int) {
	found = map[string]string{}
	queue, seen := []string{"/", "/desk", "/account", "/notifications"}, map[string]int{}
	var patterns []string
	for _, route := range r.app.site.Routes() {
		patterns = append(patterns, route.Path)
		if route.Method == http.MethodGet && !strings.Contains(route.Path, ":") {
			queue = append(queue, route.Path, route.Path+"?format=csv")
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		kind := shape(path, patterns)
		if seen[path] > 0 || seen[kind] > 2 || strings.Contains(path, "sort=") || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/sign-out") {
			continue
		}
		seen[path]++
		seen[kind]++
		opened++
		page := browser.Get(path)
		body := strings.ToLower(readable(page.Body))
		for _, c := range confided {
			if found[c.words] == "" && strings.Contains(body, strings.ToLower(c.words)) {
				found[c.words] = path
			}
		}
		queue = append(queue, page.Links()...)
	}
	return found, opened
}
