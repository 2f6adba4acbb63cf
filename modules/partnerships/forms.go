package partnerships

import (
	"net/url"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
)

// typed is what stands in the form that steers a partnership.
type typed struct {
	Version int64
	Reason  string
	Fault   *fault.Fault
}

func readSteering(form web.Form) (typed, []fault.Field, error) {
	version, err := form.Version()
	if err != nil {
		return typed{}, nil, err
	}
	reason, bad := form.Text("reason", maxReason)
	if len(bad) > 0 {
		reason = form.Raw("reason")
	}
	return typed{Version: version, Reason: reason}, bad, nil
}

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), After: values.Get("after"), Sort: values.Get("sort"), Desc: values.Get("desc") != ""}
	if s, ok := ParseState(values.Get("state")); ok {
		q.State = s
	}
	q.Unaccompanied = values.Get("accompanied") == "no"
	return q
}
