package lending

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
)

// askForm is what stands in the form that asks another network.
type askForm struct {
	Lender, Wanted, Reviews, Due, Message string
	Topics, Languages                     []string
	Fault                                 *fault.Fault
}

func readAsking(form web.Form, zone *time.Location, topics []forms.Option) (Asking, askForm, []fault.Field) {
	in := askForm{
		Lender: form.Raw("lender"), Wanted: form.Raw("wanted"), Reviews: form.Raw("reviews"), Due: form.Raw("due"), Message: form.Raw("message"), Topics: form.All("topic"),
	}
	for i := range MostLanguages {
		if code := form.Raw(line(i)); code != "" && !slices.Contains(in.Languages, code) {
			in.Languages = append(in.Languages, code)
		}
	}
	message, bad := form.Text("message", maxMessage)
	cmd := Asking{Topics: in.Topics, Languages: in.Languages, Message: message, Wanted: number(in.Wanted), Reviews: number(in.Reviews)}
	if id, err := ids.Parse[ids.Tenant](in.Lender); err == nil {
		cmd.Lender = id
	} else {
		bad = append(bad, fault.At("lender", "fault.choose"))
	}
	due, wrong := form.EndOfDay("due", zone, "lending.due_wrong")
	cmd.Due, bad = due, append(bad, wrong...)
	if len(bad) > 0 {
		bad = append(bad, cmd.check(time.Now(), topics)...)
	}
	return cmd, in, bad
}

// line is the name of the input of a language.
func line(i int) string {
	if i == 0 {
		return "language"
	}
	return "language-" + strconv.Itoa(i+1)
}

// number is what was typed, and one that is always refused where that is none.
func number(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

func readPersons(typed []string) ([]ids.Person, []fault.Field) {
	var all []ids.Person
	for _, text := range typed {
		id, err := ids.Parse[ids.Person](text)
		if err != nil {
			return nil, []fault.Field{fault.At("person", "lending.not_lendable")}
		}
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all, nil
}
