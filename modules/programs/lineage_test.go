package programs_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/programs"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// lineageHouse is a house in a cluster of its own, as all houses of a cluster share its library.
type lineageHouse struct {
	*tenanttest.World

	own     *tenanttest.Cluster
	service *programs.Service
	library *blueprints.Service
	core    tenants.Scope
	sc      tenants.Scope
}

func openLineage(t *testing.T) *lineageHouse {
	t.Helper()
	own := tenanttest.Own(t)
	w := tenanttest.Open(t, func(c *tenants.Config) { *c = own.Config })
	authorizer, err := policies.New()
	must(t, err)
	a := &around{lead: ids.New[ids.Person](), writer: ids.New[ids.Person](), organization: ids.New[ids.Organization]()}
	h := &lineageHouse{World: w, own: own, library: blueprints.New(w.Tenants, authorizer)}
	h.service = programs.New(authorizer, forms.New(), a, a, h.library)
	h.service.Signatures = &signs{network: true, core: true}
	h.library.Counting(h.service)
	h.library.Reactions(w.Tenants)
	h.sc, h.core = w.As(t, tenanttest.Role(tenants.RoleCoordinator)), w.As(t, tenanttest.Role(tenants.RoleCoreTeam))
	return h
}

// publishes makes the next version of the exchange program: the given change of the newest one, piece by piece.
func (h *lineageHouse) publishes(t *testing.T, change func(b *blueprints.Blueprint)) {
	t.Helper()
	ctx := t.Context()
	newest, err := h.library.Newest(ctx, programs.Proposed)
	must(t, err)
	raw, err := newest.Program.JSON()
	must(t, err)
	var b blueprints.Blueprint
	must(t, json.Unmarshal(raw, &b))
	change(&b)
	changed, err := blueprints.Of(b)
	must(t, err)
	for _, d := range blueprints.Compare(newest.Program, changed) {
		p, err := h.library.Propose(ctx, h.sc, blueprints.Proposal{
			Blueprint: programs.Proposed, Number: newest.Number, Piece: d.Key, Content: d.After.Body, Follows: changed.Before(d.Key), Reason: "It is better.",
		})
		must(t, err)
		must(t, h.library.Accept(ctx, h.core, p.ID, ""))
	}
	n, err := h.library.Next(ctx, h.core, programs.Proposed)
	must(t, err)
	_, err = h.library.Publish(ctx, h.core, programs.Proposed, n.Draft, i18n.Text{i18n.EN: "New.", i18n.TR: "Yeni.", i18n.DE: "Neu."})
	must(t, err)
}

func (h *lineageHouse) begun(t *testing.T) programs.Call {
	t.Helper()
	c, err := h.service.Begin(t.Context(), h.sc, "2027", "pair")
	must(t, err)
	return c
}

func (h *lineageHouse) lineage(t *testing.T, id ids.Call) programs.Lineage {
	t.Helper()
	l, err := h.service.Lineage(t.Context(), h.sc, id)
	must(t, err)
	return l
}

func seen(l programs.Lineage) programs.Seen {
	return programs.Seen{Call: l.Call.Version, Draft: l.Draft, Newest: l.Newest.Number}
}

func names(l programs.Lineage) string {
	var all []string
	for _, d := range l.Differences() {
		all = append(all, string(d.Kind)+" "+d.Key)
	}
	return strings.Join(all, ", ")
}

func (h *lineageHouse) retitles(t *testing.T, c programs.Call, title string) {
	t.Helper()
	must(t, h.service.Reword(t.Context(), h.sc, c.ID, c.Version, programs.Texts{
		Locale: i18n.EN, Title: title, Summary: c.Summary[i18n.EN], About: c.About[i18n.EN], Conduct: c.Conduct[i18n.EN], Notice: c.Notice[i18n.EN],
	}))
}

// TestACallBeginsAsItsBlueprintIs for each blueprint and each composition.
func TestACallBeginsAsItsBlueprintIs(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	for _, b := range blueprints.BuiltIn() {
		for _, composition := range b.Compositions {
			c, err := h.service.BeginFrom(t.Context(), h.sc, b.Key, 1, "2027", composition.Key)
			must(t, err)
			l := h.lineage(t, c.ID)
			if found := names(l); found != "" || l.Call.Blueprint != b.Key || l.Call.FromVersion != 1 || l.Behind() {
				t.Errorf("%s, %s: %s, %+v", b.Key, composition.Key, found, l.Call)
			}
			again, err := h.service.BeginAgain(t.Context(), h.sc, c.ID, "2028", l.Call.OpensAt)
			must(t, err)
			if next := h.lineage(t, again.ID); next.Call.Blueprint != b.Key || next.Call.FromVersion != 1 || names(next) != "" {
				t.Errorf("%s again: %s, %+v", b.Key, names(next), next.Call)
			}
		}
	}
	if _, err := h.service.BeginFrom(t.Context(), h.sc, "exchange", 9, "2027", "pair"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a version that is not there: %v", err)
	}
}

func TestHalfAnUpgradeIsTaken(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	ctx, c := t.Context(), h.begun(t)
	h.retitles(t, c, "Our own title")
	h.publishes(t, func(b *blueprints.Blueprint) {
		b.Call.Title[i18n.EN] = "A title of the model"
		b.Call.Summary[i18n.EN] = "A summary of the model."
		b.Criteria[0].Guidance[i18n.EN] = "Look closely."
		b.Stages[3].Weeks++
	})
	l := h.lineage(t, c.ID)
	if names(l) != "changed call/title" || !l.Behind() {
		t.Fatalf("before: %s", names(l))
	}
	stale := seen(l)
	stale.Call--
	if err := h.service.Upgrade(ctx, h.sc, c.ID, stale, nil); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a call that has changed: %v", err)
	}
	if err := h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{"letters/receipt"}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what is not offered: %v", err)
	}
	must(t, h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{"call/summary", "stages/" + blueprints.Default().Stages[3].Key}))
	l = h.lineage(t, c.ID)
	if names(l) != "changed call/title, changed criteria/need" || l.Behind() || l.Call.FromVersion != 2 {
		t.Errorf("after: %s, version %d", names(l), l.Call.FromVersion)
	}
	if l.Call.Title[i18n.EN] != "Our own title" || l.Call.Summary[i18n.EN] != "A summary of the model." {
		t.Errorf("%v %v", l.Call.Title, l.Call.Summary)
	}
}

// TestAnUpgradeOfTheFormHoldsTogether: a question that looks at another one cannot be taken without it.
func TestAnUpgradeOfTheFormHoldsTogether(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	ctx, c := t.Context(), h.begun(t)
	h.publishes(t, func(b *blueprints.Blueprint) {
		section, _ := b.Form.Section("need")
		first := section.Questions[1]
		first.Key = "fresh"
		second := first
		answered := true
		second.Key, second.Condition = "dependent", &forms.Condition{Question: "fresh", Answered: &answered}
		section.Questions = append(section.Questions, first, second)
	})
	l := h.lineage(t, c.ID)
	err := h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{"form/need/dependent"})
	if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Kind != fault.KindInvalid || len(f.Fields) == 0 || f.Fields[0].Name != "piece:form/need/dependent" {
		t.Fatalf("half of two: %v", err)
	}
	must(t, h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{"form/need/dependent", "form/need/fresh"}))
	l = h.lineage(t, c.ID)
	d, err := h.service.Definition(ctx, h.sc, l.Call)
	must(t, err)
	if _, _, ok := d.Question("dependent"); !ok || names(l) != "" {
		t.Errorf("the draft of the form does not ask it: %s", names(l))
	}
}

// TestAPublishedCallTakesWordsOnly: what applications are measured by stays.
func TestAPublishedCallTakesWordsOnly(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	ctx, c := t.Context(), h.begun(t)
	frame := (&house{}).frame()
	must(t, h.service.Reframe(ctx, h.sc, c.ID, 1, frame))
	must(t, h.service.Publish(ctx, h.sc, c.ID, 2))
	h.publishes(t, func(b *blueprints.Blueprint) {
		b.Criteria[0].Name[i18n.EN] = "Another criterion"
		b.Letters[0].Subject[i18n.EN] = "Another subject {number}"
		b.Call.About[i18n.DE] = "Anders."
	})
	l := h.lineage(t, c.ID)
	if err := h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{"criteria/need"}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a criterion of an open call: %v", err)
	}
	letter := "letters/" + l.Call.Letters[0].Key
	must(t, h.service.Upgrade(ctx, h.sc, c.ID, seen(l), []string{letter, "call/about"}))
	_, log, err := h.service.Look(ctx, h.Visitor(), c.ID)
	must(t, err)
	if !slices.ContainsFunc(log, func(one programs.Change) bool { return one.Kind == "texts" && one.Before == "de" }) {
		t.Errorf("the public log says nothing: %v", log)
	}
	l = h.lineage(t, c.ID)
	if l.Call.Letters[0].Subject[i18n.EN] != "Another subject {number}" || l.Call.Criteria[0].Name[i18n.EN] == "Another criterion" || l.Call.FromVersion != 2 {
		t.Errorf("%v %v", l.Call.Letters[0].Subject, l.Call.Criteria[0].Name)
	}
}

// TestOnlyTheChangedPieceIsSent: the core reads what was proposed, and nothing else of the call.
func TestOnlyTheChangedPieceIsSent(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	ctx, c := t.Context(), h.begun(t)
	h.retitles(t, c, "A title worth sharing")
	if _, err := h.service.Propose(ctx, h.sc, c.ID, 2, "call/summary", "Better.", true); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an unchanged piece: %v", err)
	}
	if _, err := h.service.Propose(ctx, h.sc, c.ID, 1, "call/title", "Better.", true); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a call that has changed: %v", err)
	}
	sent, err := h.service.Propose(ctx, h.sc, c.ID, 2, "call/title", "Better.", true)
	must(t, err)
	got, _, _, err := h.library.Proposal(ctx, h.core, sent.ID)
	must(t, err)
	if !strings.Contains(string(got.Content), "A title worth sharing") || got.Piece != "call/title" || got.Reason != "Better." {
		t.Errorf("%+v", got)
	}
	var stored string
	must(t, h.Tenants.Platform().Read().NewRaw(`SELECT p::text FROM platform.blueprint_proposals AS p WHERE id = ?`, sent.ID).Scan(ctx, &stored))
	if strings.Contains(stored, c.Summary[i18n.EN]) {
		t.Error("more than the piece was sent")
	}
}

// TestUsesAreCountsAndNames: what leaves the network for the family tree holds no word of it.
func TestUsesAreCountsAndNames(t *testing.T) {
	t.Parallel()
	h := openLineage(t)
	ctx, c := t.Context(), h.begun(t)
	h.retitles(t, c, "A secret title")
	h.begun(t)
	h.jobs(t)
	_, uses, err := h.library.Family(ctx, h.core, programs.Proposed)
	must(t, err)
	if len(uses) != 1 || uses[0].Calls != 2 || !slices.Equal(uses[0].Changed, []string{"call/title"}) || uses[0].Network != h.Tenant.Name {
		t.Errorf("%+v", uses)
	}
	var stored string
	must(t, h.Tenants.Platform().Read().NewRaw(`SELECT string_agg(u::text, '') FROM platform.blueprint_uses AS u`).Scan(ctx, &stored))
	if strings.Contains(stored, "secret") {
		t.Error(stored)
	}
}

// jobs runs what the network's events have set going.
func (h *lineageHouse) jobs(t *testing.T) {
	t.Helper()
	must(t, jobs.Drain(t.Context(), h.own.Worker, h.Tenants.Do, h.Tenant.ID.String()))
}
