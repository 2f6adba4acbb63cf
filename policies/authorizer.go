package policies

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// The two roles that nobody is given: everyone is a visitor, everyone signed in is a person.
const (
	Visitor tenants.Role = "visitor"
	Person  tenants.Role = "person"
)

// Condition is what must hold of the thing for a line of the policy to count.
type Condition string

// The conditions of policy.csv.
const (
	Any          Condition = "any"
	Own          Condition = "own"
	Self         Condition = "self"
	Assigned     Condition = "assigned"
	Unconflicted Condition = "unconflicted"
)

// On is what a decision needs to know of the thing at hand. The zero On is right for things that belong to nobody in
// particular (a list, a new call).
type On struct {
	Organizations []ids.Organization // the organizations whose thing it is
	Person        ids.Person         // the person whose thing it is
	Assigned      bool               // the actor was given it to work on
	Conflicted    bool               // the actor has a conflict of interest in it
}

// Authorizer decides. Its policy is immutable; it is safe for concurrent use.
type Authorizer struct {
	enforcer *casbin.Enforcer
	ever     map[tenants.Role]map[Action]bool
	decided  sync.Map // question → bool: what was decided once stays decided, as the policy is in the program
}

// question is all that a decision depends on.
type question struct {
	role   tenants.Role
	action Action
	met    uint8 // a bit for each of conditions
}

var conditions = []Condition{Any, Own, Self, Assigned, Unconflicted}

// New reads the embedded policy. It fails on a line that is short, names an unknown condition or repeats another.
func New() (*Authorizer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("policies: read model: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policyText))
	if err != nil {
		return nil, fmt.Errorf("policies: read policy: %w", err)
	}
	enforcer.AddFunction("holds", holds)
	a := &Authorizer{enforcer: enforcer, ever: map[tenants.Role]map[Action]bool{}}
	lines, err := enforcer.GetPolicy()
	if err != nil {
		return nil, fmt.Errorf("policies: list policy: %w", err)
	}
	for _, line := range lines {
		if err := a.index(line); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Authorizer) index(line []string) error {
	if len(line) != 4 || !strings.HasPrefix(line[0], "r:") {
		return fmt.Errorf("policies: line %q is not role, resource, verb, condition", line)
	}
	if !slices.Contains(conditions, Condition(line[3])) {
		return fmt.Errorf("policies: line %q has an unknown condition", line)
	}
	role, action := tenants.Role(strings.TrimPrefix(line[0], "r:")), Action(line[1]+"."+line[2])
	if a.ever[role] == nil {
		a.ever[role] = map[Action]bool{}
	}
	if a.ever[role][action] {
		return fmt.Errorf("policies: %s may %s twice", role, action)
	}
	a.ever[role][action] = true
	return nil
}

// holds is the matcher's function: does the policy's condition stand among those that the actor meets?
func holds(args ...any) (any, error) {
	condition, ok := args[0].(string)
	if !ok {
		return false, fmt.Errorf("policies: condition is a %T", args[0])
	}
	met, ok := args[1].([]Condition)
	if !ok {
		return false, fmt.Errorf("policies: conditions are a %T", args[1])
	}
	return slices.Contains(met, Condition(condition)), nil
}

// MayEver reports whether some role of the actor may do the action to at least something. It is the first, coarse
// question of a route and of a link in the navigation; May decides.
func (a *Authorizer) MayEver(actor tenants.Actor, action Action) bool {
	for _, g := range grants(actor) {
		if a.ever[g.Role][action] {
			return true
		}
	}
	return false
}

// May decides whether the scope's actor may do the action to that. It returns nil, or the fault to show: a visitor is
// asked to sign in; to anybody else the thing does not exist, because existence itself may be a secret. The system's
// own actors (jobs, reactions) may do everything; they are named and reach use-cases only through jobs.
func (a *Authorizer) May(sc tenants.Scope, action Action, on On) error {
	actor := sc.Actor()
	if actor.System != "" {
		return nil
	}
	for _, g := range grants(actor) {
		if !a.ever[g.Role][action] {
			continue
		}
		allowed, err := a.decide(g.Role, action, met(actor, g, on))
		if err != nil {
			return fault.Internal(fmt.Errorf("policies: decide %s: %w", action, err))
		}
		if allowed {
			return nil
		}
	}
	if !actor.Signed() {
		return fault.Unauthenticated()
	}
	return fault.NotFound()
}

// Ever refuses whoever may do the action to nothing at all. It is the first question of a use-case that must look at the
// thing before it can ask May.
func (a *Authorizer) Ever(sc tenants.Scope, action Action) error {
	if a.MayEver(sc.Actor(), action) {
		return nil
	}
	return OnlySystem(sc)
}

// OnlySystem refuses everybody but the system's own actors: for reactions and jobs, which no person calls.
func OnlySystem(sc tenants.Scope) error {
	switch {
	case sc.Actor().System != "":
		return nil
	case sc.Actor().Signed():
		return fault.NotFound()
	default:
		return fault.Unauthenticated()
	}
}

// decide asks the policy once for each role, action and set of conditions; there are few thousands of them.
func (a *Authorizer) decide(role tenants.Role, action Action, met []Condition) (bool, error) {
	q := question{role: role, action: action}
	for _, c := range met {
		q.met |= 1 << slices.Index(conditions, c)
	}
	if known, ok := a.decided.Load(q); ok {
		allowed, _ := known.(bool)
		return allowed, nil
	}
	resource, verb := action.Split()
	allowed, err := a.enforcer.Enforce("r:"+string(role), resource, verb, met)
	if err == nil {
		a.decided.Store(q, allowed)
	}
	return allowed, err
}

func met(actor tenants.Actor, g tenants.Grant, on On) []Condition {
	conditions := []Condition{Any}
	if !g.Organization.IsZero() && slices.Contains(on.Organizations, g.Organization) {
		conditions = append(conditions, Own)
	}
	if !on.Person.IsZero() && on.Person == actor.Person {
		conditions = append(conditions, Self)
	}
	if !on.Conflicted {
		conditions = append(conditions, Unconflicted)
		if on.Assigned {
			conditions = append(conditions, Assigned)
		}
	}
	return conditions
}

func grants(actor tenants.Actor) []tenants.Grant {
	all := make([]tenants.Grant, 0, len(actor.Grants)+2)
	if actor.Signed() {
		all = append(append(all, actor.Grants...), tenants.Grant{Role: Person})
	}
	return append(all, tenants.Grant{Role: Visitor})
}
