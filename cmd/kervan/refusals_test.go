package main

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// open lists the use-cases that anybody may call, each with the reason.
var open = map[string]string{
	"accounts.Register": "whoever has no account", "accounts.Confirm": "whoever holds the link", "accounts.SignIn": "whoever has not signed in",
	"accounts.RequestSignIn": "whoever has not signed in", "accounts.RequestReset": "whoever has not signed in", "accounts.SignInByLink": "whoever holds the link",
	"accounts.Reset": "whoever holds the link", "accounts.Invitation": "whoever holds the link", "accounts.AcceptAsNew": "whoever holds the link", "accounts.Accept": "whoever holds the link",
	"accounts.Actor":        "the frame, which asks whose session it is",
	"accounts.Bearer":       "the frame, which asks whose token it is",
	"accounts.Subscriber":   "the frame, which asks whose calendar it is",
	"correspondence.Unread": "the frame; a visitor has none", "partnerships.Unaccompanied": "the desk; to whoever has no part in it there are none", "partnerships.Public": "all organizations of these have agreed to it", "partnerships.News": "the desk; whoever has no part in partnerships hears nothing",
	"programs.Browse": "published calls are public", "programs.Look": "a published call is public",
	"pages.Public": "what is published is public", "pages.Menu": "the navigation of visitors", "pages.News": "news are public", "pages.Search": "what is published is public",
	"partnerships.ShownOf": "all organizations of these have agreed to it", "stories.Public": "what is published is public", "stories.Look": "what is published is public", "stories.Search": "what is published is public", "stories.By": "what is published is public",
	"programs.Ask":       "whoever has a question",
	"papers.Check":       "a paper's code is checked by anybody who has it",
	"accounts.Identify":  "other modules, which have seen a link that was mailed to the address",
	"accounts.Guess":     "other modules, which count who tries their secrets",
	"selection.Outcomes": "what is published is public", "selection.Results": "what is published is public", "selection.Announcements": "what is published is public", "selection.Standings": "other modules, which ask how the actor stands to applications; most stand in no way", "selection.Conflicted": "other modules, likewise",
	"matching.Concealed": "other modules, which ask of what the actor must not know", "selection.ConcealedRuns": "likewise", "selection.ConcealedOpinions": "likewise", "selection.ConcealedReviews": "likewise", "partnerships.ConcealedRuns": "likewise", "matching.ConcealedIntroductions": "likewise",
	"selection.Duties": "the desk; whoever has no part in a selection has no duty",
}

// personal lists what everybody who has signed in may do, whatever their role: it concerns only themselves.
var personal = map[string]bool{
	"accounts.ChangeProfile": true, "accounts.EndSession": true, "accounts.Own": true, "accounts.Prefer": true, "accounts.SignOut": true, "accounts.SignOutEverywhere": true,
	"accounts.Self": true, "accounts.MakeToken": true, "accounts.EndToken": true, "accounts.MakeFeed": true, "accounts.EndFeed": true,
	"correspondence.MarkRead": true, "correspondence.Notifications": true, "correspondence.Latest": true, "organizations.Mine": true, "organizations.Register": true, "applications.Invitations": true,
}

// TestEveryUseCaseRefuses calls each method of each service that takes a Scope as a visitor and as somebody who has
// signed in but holds no role here, which is also what a member of another network is. None may answer, unless it is
// listed with its reason.
func TestEveryUseCaseRefuses(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "refusals")
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	stranger, err := r.app.accounts.Ensure(t.Context(), system, "Stranger", "stranger@refusals.example", "", "en")
	if err != nil {
		t.Fatal(err)
	}
	actors := map[string]tenants.Actor{
		"a visitor":  tenants.Visitor(),
		"a stranger": {Person: stranger.ID, Identity: ids.New[ids.Identity](), Name: stranger.Name, Email: stranger.Email, Locale: stranger.Locale},
	}
	tried := 0
	app := reflect.ValueOf(r.app).Elem()
	for i := range app.NumField() {
		service := app.Field(i)
		if service.Kind() != reflect.Pointer || service.Type().Elem().Name() != "Service" {
			continue
		}
		service = reflect.NewAt(service.Type(), service.Addr().UnsafePointer()).Elem()
		for m := range service.NumMethod() {
			name := app.Type().Field(i).Name + "." + service.Type().Method(m).Name
			method := service.Method(m)
			if method.Type().NumIn() < 2 || method.Type().In(1) != reflect.TypeFor[tenants.Scope]() || open[name] != "" {
				continue
			}
			for who, actor := range actors {
				if personal[name] && actor.Signed() {
					continue
				}
				tried++
				if err := refused(t.Context(), method, system.As(actor)); err != nil {
					t.Errorf("%s: %s %v", name, who, err)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d calls were tried", tried)
	}
}

// refused calls the method with nothing but the scope and tells when it did not refuse.
func refused(ctx context.Context, method reflect.Value, sc tenants.Scope) (problem error) {
	defer func() {
		if p := recover(); p != nil {
			problem = fmt.Errorf("got as far as a panic: %v", p)
		}
	}()
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(sc)}
	for i := 2; i < method.Type().NumIn(); i++ {
		arg := reflect.Zero(method.Type().In(i))
		if arg.Kind() == reflect.Pointer {
			arg = reflect.New(arg.Type().Elem())
		}
		args = append(args, arg)
	}
	var results []reflect.Value
	if method.Type().IsVariadic() {
		results = method.CallSlice(args)
	} else {
		results = method.Call(args)
	}
	last := results[len(results)-1]
	switch {
	case last.Kind() == reflect.Bool:
		if last.Bool() {
			return fmt.Errorf("was told yes")
		}
	case last.IsNil():
		return fmt.Errorf("got an answer")
	default:
		err, _ := reflect.TypeAssert[error](last)
		if !fault.Is(err, fault.KindUnauthenticated) && !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
			return fmt.Errorf("got %w", err)
		}
	}
	return nil
}
