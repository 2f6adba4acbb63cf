package blueprints_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// library is a library in a cluster of its own: what is in it is everybody's.
type library struct {
	*tenanttest.World

	service *blueprints.Service
	core    tenants.Scope
	network tenants.Scope
	other   tenants.Scope
}

func openLibrary(t *testing.T) *library {
	t.Helper()
	own := tenanttest.Own(t)
	w := tenanttest.Open(t, func(c *tenants.Config) { *c = own.Config })
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	l := &library{World: w, service: blueprints.New(w.Tenants, authorizer)}
	l.service.Reactions(w.Tenants)
	l.network = w.As(t, tenanttest.Role(tenants.RoleCoordinator))
	l.core = w.As(t, tenanttest.Role(tenants.RoleCoreTeam))
	l.other = w.Tenants.Bind(w.Another(t), tenants.Actor{Person: l.network.Actor().Person, Grants: []tenants.Grant{tenanttest.Role(tenants.RoleCoordinator)}})
	return l
}

func must[T any](t *testing.T) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// criterion is a proposal to change the name of a criterion of the exchange program.
func criterion(t *testing.T, key, name string, named bool) blueprints.Proposal {
	t.Helper()
	for _, c := range blueprints.Default().Criteria {
		if c.Key == key {
			c.Name = i18n.Text{i18n.EN: name, i18n.TR: name, i18n.DE: name}
			raw, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			return blueprints.Proposal{Blueprint: "exchange", Number: 1, Piece: "criteria/" + key, Content: raw, Reason: "It was misread.", Named: named}
		}
	}
	t.Fatal(key)
	return blueprints.Proposal{}
}

var threeNotes = i18n.Text{i18n.EN: "Clearer.", i18n.TR: "Daha açık.", i18n.DE: "Klarer."}

func TestWhatShipsIsPutInOnce(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	for range 2 {
		again := blueprints.New(l.Tenants, nil)
		if err := again.Stock(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all := must[[]blueprints.Edition](t)(l.service.Library(t.Context(), l.network))
	var got []string
	for _, e := range all {
		got = append(got, e.Blueprint)
		if e.Number != 1 || !e.BuiltIn || len(e.Name) != 3 || len(e.Notes) != 3 {
			t.Errorf("%+v", e)
		}
	}
	if diff := cmp.Diff([]string{"exchange", "multiplier"}, got); diff != "" {
		t.Error(diff)
	}
	v := must[blueprints.Version](t)(l.service.Read(t.Context(), l.network, "exchange", 1))
	want := blueprints.Default()
	want.Notes = nil
	if diff := cmp.Diff(want, v.Whole); diff != "" {
		t.Error(diff)
	}
	if _, err := l.service.Read(t.Context(), l.network, "exchange", 2); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a version that is not there: %v", err)
	}
}

// TestAVersionNeverChanges: not even a program that has gone wrong can change what was published.
func TestAVersionNeverChanges(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	if err := l.service.Stock(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"UPDATE platform.blueprint_versions SET notes = '{}'", "DELETE FROM platform.blueprint_versions"} {
		err := l.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw(statement).Exec(ctx)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestFromAProposalToAVersion(t *testing.T) {
	t.Parallel()
	l, ctx := openLibrary(t), t.Context()
	p := must[blueprints.Proposal](t)(l.service.Propose(ctx, l.network, criterion(t, "need", "Need, and why now", true)))
	unnamed := must[blueprints.Proposal](t)(l.service.Propose(ctx, l.other, criterion(t, "commitment", "Who stands behind it", false)))
	if _, err := l.service.Propose(ctx, l.network, criterion(t, "need", "Again", true)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a second proposal of the piece: %v", err)
	}
	for _, one := range []blueprints.Proposal{p, unnamed} {
		if err := l.service.Accept(ctx, l.core, one.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := l.service.Accept(ctx, l.core, one.ID, ""); !fault.Is(err, fault.KindConflict) {
			t.Errorf("accepted twice: %v", err)
		}
	}
	n := must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	if diff := cmp.Diff([]string{"changed criteria/need", "changed criteria/commitment"}, keys(n.Differences())); diff != "" {
		t.Fatal(diff)
	}
	if _, err := l.service.Publish(ctx, l.core, "exchange", n.Draft, n.Notes); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("published without notes: %v", err)
	}
	if err := l.service.Annotate(ctx, l.core, "exchange", n.Draft, threeNotes); err != nil {
		t.Fatal(err)
	}
	if _, err := l.service.Publish(ctx, l.core, "exchange", n.Draft, n.Notes); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published what was not seen: %v", err)
	}
	n = must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	typed := i18n.Text{i18n.EN: "Typed beside the button.", i18n.TR: "Düğmenin yanında yazıldı.", i18n.DE: "Klarer."}
	if number := must[int](t)(l.service.Publish(ctx, l.core, "exchange", n.Draft, typed)); number != 2 {
		t.Fatalf("version %d", number)
	}
	v := must[blueprints.Version](t)(l.service.Newest(ctx, "exchange"))
	if v.Notes[i18n.EN] != typed[i18n.EN] {
		t.Errorf("what was typed beside the button is lost: %v", v.Notes)
	}
	if v.Number != 2 || v.Whole.Criteria[0].Name[i18n.EN] != "Need, and why now" || v.BuiltIn || !slices.Equal(v.Credits, []string{l.Tenant.Name}) || v.Notes[i18n.DE] != "Klarer." {
		t.Errorf("%+v", v.Edition)
	}
	first := must[blueprints.Version](t)(l.service.Version(ctx, "exchange", 1))
	if first.Whole.Criteria[0].Name[i18n.EN] == "Need, and why now" {
		t.Error("the first version has changed")
	}
	settled, _, _, err := l.service.Proposal(ctx, l.network, p.ID)
	if err != nil || settled.Into != 2 || settled.State != blueprints.ProposalAccepted {
		t.Errorf("%+v %v", settled, err)
	}
	n = must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	if n.Draft != 0 || len(n.Differences()) != 0 {
		t.Errorf("gathered after publication: %v", keys(n.Differences()))
	}
	if _, err := l.service.Publish(ctx, l.core, "exchange", 0, nil); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("published nothing: %v", err)
	}
}

func TestAProposalIsItsNetworksOwn(t *testing.T) {
	t.Parallel()
	l, ctx := openLibrary(t), t.Context()
	p := must[blueprints.Proposal](t)(l.service.Propose(ctx, l.network, criterion(t, "need", "A secret of ours", true)))
	if _, _, _, err := l.service.Proposal(ctx, l.other, p.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another network reads it: %v", err)
	}
	if err := l.service.Withdraw(ctx, l.other, p.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another network withdraws it: %v", err)
	}
	if all := must[[]blueprints.Proposal](t)(l.service.Proposals(ctx, l.other)); len(all) != 0 {
		t.Errorf("another network lists %v", all)
	}
	for name, act := range map[string]func() error{
		"accepts":   func() error { return l.service.Accept(ctx, l.other, p.ID, "") },
		"publishes": func() error { _, err := l.service.Publish(ctx, l.other, "exchange", 0, nil); return err },
		"sees the next version": func() error {
			_, err := l.service.Next(ctx, l.network, "exchange")
			return err
		},
		"sees the family": func() error { _, _, err := l.service.Family(ctx, l.network, "exchange"); return err },
	} {
		if err := act(); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a network %s: %v", name, err)
		}
	}
	if err := l.service.Withdraw(ctx, l.network, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := l.service.Proposal(ctx, l.core, p.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the core reads what was withdrawn: %v", err)
	}
	if err := l.service.Accept(ctx, l.core, p.ID, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the core accepts what was withdrawn: %v", err)
	}
}

func TestDecliningNeedsAReasonAndIsTold(t *testing.T) {
	t.Parallel()
	l, ctx := openLibrary(t), t.Context()
	p := must[blueprints.Proposal](t)(l.service.Propose(ctx, l.network, criterion(t, "need", "Other", true)))
	if err := l.service.Decline(ctx, l.core, p.ID, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("declined without a word: %v", err)
	}
	if err := l.service.Decline(ctx, l.core, p.ID, "Others read it well."); err != nil {
		t.Fatal(err)
	}
	told, _, _, err := l.service.Proposal(ctx, l.network, p.ID)
	if err != nil || told.Answer != "Others read it well." || told.State != blueprints.ProposalDeclined {
		t.Errorf("%+v %v", told, err)
	}
	if n := must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange")); n.Draft != 0 {
		t.Error("what was declined is gathered")
	}
}

func TestWhatIsNoProposalIsRefused(t *testing.T) {
	t.Parallel()
	l, ctx := openLibrary(t), t.Context()
	unchanged := criterion(t, "need", "x", true)
	piece, _ := parse(t, blueprints.Default()).Piece("criteria/need")
	unchanged.Content = piece.Body
	silent := criterion(t, "need", "x", true)
	silent.Reason = ""
	disguised := criterion(t, "need", "x", true)
	disguised.Piece = "criteria/other"
	absent := criterion(t, "need", "x", true)
	absent.Number = 7
	for name, p := range map[string]blueprints.Proposal{"unchanged": unchanged, "silent": silent, "disguised": disguised, "absent": absent} {
		if _, err := l.service.Propose(ctx, l.network, p); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheNextVersionIsGathered: new pieces find their place, are moved and left out again.
func TestTheNextVersionIsGathered(t *testing.T) {
	t.Parallel()
	l, ctx := openLibrary(t), t.Context()
	fresh := criterion(t, "need", "Courage", false)
	var c blueprints.Criterion
	if err := json.Unmarshal(fresh.Content, &c); err != nil {
		t.Fatal(err)
	}
	c.Key, c.Weight = "courage", 0
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	fresh.Piece, fresh.Content, fresh.Follows = "criteria/courage", raw, "criteria/learning"
	p := must[blueprints.Proposal](t)(l.service.Propose(ctx, l.network, fresh))
	if err := l.service.Accept(ctx, l.core, p.ID, "Good."); err != nil {
		t.Fatal(err)
	}
	n := must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	if before := n.Program.Before("criteria/courage"); before != "criteria/learning" {
		t.Errorf("it stands after %s", before)
	}
	if err := l.service.MoveUp(ctx, l.core, "exchange", n.Draft, "criteria/courage"); err != nil {
		t.Fatal(err)
	}
	if err := l.service.MoveUp(ctx, l.core, "exchange", n.Draft, "criteria/courage"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("moved what was not seen: %v", err)
	}
	n = must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	if before := n.Program.Before("criteria/courage"); before != "criteria/commitment" {
		t.Errorf("it stands after %s", before)
	}
	if err := l.service.LeaveOut(ctx, l.core, "exchange", n.Draft, "criteria/courage"); err != nil {
		t.Fatal(err)
	}
	n = must[blueprints.Next](t)(l.service.Next(ctx, l.core, "exchange"))
	if found := n.Differences(); len(found) != 0 {
		t.Errorf("still there: %v", keys(found))
	}
}
