package correspondence

import "testing"

func TestStatusTransitions(t *testing.T) {
	t.Parallel()
	verbs := map[string]func(Status) (Status, bool){
		"release": Status.Release, "cancel": Status.Cancel, "sent": Status.Sent, "failed": Status.Failed,
	}
	allowed := map[string]Status{
		"held release": StatusReleased, "failed release": StatusReleased, "held cancel": StatusCancelled, "failed cancel": StatusCancelled,
		"released sent": StatusSent, "released failed": StatusFailed,
	}
	for _, from := range Statuses {
		for verb, move := range verbs {
			to, ok := move(from)
			want, may := allowed[string(from)+" "+verb]
			if ok != may || ok && to != want {
				t.Errorf("%s %s: got %s %v, want %s %v", from, verb, to, ok, want, may)
			}
		}
	}
}
