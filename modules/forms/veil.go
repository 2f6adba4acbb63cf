package forms

import "slices"

// namingFormats are those of what leads to somebody.
var namingFormats = []Format{FormatEmail, FormatURL, FormatPhone}

// namingSources are what of a profile says whose it is.
var namingSources = []Source{SourceName, SourceEnglishName, SourceRegistryNumber, SourceFiscalHost, SourceWebsite, SourceAbout}

// Names reports whether the answer says by its kind who gives it, whatever is typed: people, organizations and addresses, what is
// personal, ways to reach somebody, and what a profile says of its name.
func (q *Question) Names() bool {
	switch q.Type {
	case TypePeople, TypeOrganizations, TypeAddress:
		return true
	case TypeHidden:
		return q.Class == ClassPersonal || slices.Contains(namingSources, q.Takes)
	default:
		return q.Class == ClassPersonal || slices.Contains(namingFormats, q.Format)
	}
}

// Veiled is the definition for a call whose reviewers do not know who applies: the answers that name somebody by their kind, and
// those to the questions with the keys, are not for them. See Look.Blind.
func (d *Definition) Veiled(keys []string) *Definition {
	veiled := *d
	veiled.Sections = slices.Clone(d.Sections)
	for i := range veiled.Sections {
		s := &veiled.Sections[i]
		s.Questions = slices.Clone(s.Questions)
		for j := range s.Questions {
			q := &s.Questions[j]
			q.Unseen = q.Type.Asks() && (q.Names() || slices.Contains(keys, q.Key))
			q.Columns = slices.Clone(q.Columns)
			for k := range q.Columns {
				q.Columns[k].Unseen = q.Columns[k].Names()
			}
		}
	}
	return &veiled
}
