package reviewers

import (
	"strconv"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
)

// readVersion reads the version on which a change follows; zero of what was not written yet.
func readVersion(form web.Form) (int64, error) {
	version, err := strconv.ParseInt(form.Raw("version"), 10, 64)
	if err != nil || version < 0 {
		return 0, fault.Invalid("fault.bad_request")
	}
	return version, nil
}
