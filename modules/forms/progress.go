package forms

// Standing is how far a section is.
type Standing string

// A section that nobody touched is not started; one without anything missing or wrong is done.
const (
	NotStarted Standing = "not_started"
	Started    Standing = "started"
	Done       Standing = "done"
)

// Progress is how far one section of a sheet is, for a task list.
type Progress struct {
	Section  *Section
	Standing Standing
	Answered int // questions with an answer
	Left     int // inputs that are missing or wrong
}

// Complete tells how far each section of the scope is. Sections that a condition hides are left out.
func Complete(d *Definition, scope Scope, answers Answers) []Progress {
	return complete(See(d, scope, answers), d.Scoped(scope))
}

func complete(sight *Sight, sections []*Section) []Progress {
	var all []Progress
	for _, section := range sections {
		if !sight.Section(section) {
			continue
		}
		p := Progress{Section: section, Left: len(ValidateSection(sight, section, Submit))}
		for _, item := range sight.Items(section) {
			for i := range section.Questions {
				ref := Ref(section.Questions[i].Key, item)
				if section.Questions[i].Type.Typed() && !none(sight.answers[ref]) && sight.Question(ref) {
					p.Answered++
				}
			}
		}
		switch {
		case p.Left == 0:
			p.Standing = Done
		case p.Answered > 0:
			p.Standing = Started
		default:
			p.Standing = NotStarted
		}
		all = append(all, p)
	}
	return all
}

// Visible keeps of the answers those that a condition does not hide: what is submitted, exported and shown.
func Visible(d *Definition, scope Scope, answers Answers) Answers {
	sight := See(d, scope, answers)
	kept := Answers{}
	for ref, raw := range answers {
		if sight.Question(ref) {
			kept[ref] = raw
		}
	}
	for _, section := range d.Scoped(scope) {
		if raw, ok := answers[itemsRef(section.Key)]; ok && section.Repeat != nil && sight.Section(section) {
			kept[itemsRef(section.Key)] = raw
		}
	}
	return kept
}
