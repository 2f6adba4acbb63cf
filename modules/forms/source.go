package forms

import (
	"encoding/json"
	"slices"

	"kervan/modules/kernel/i18n"
)

// Source is what of an organization's profile a hidden question takes along. In a part that is the organization whose part it
// is, in the joint part the one that began the application.
type Source string

// The sources. Their answers have the shape of the question that Shape gives.
const (
	SourceName           Source = "name"
	SourceEnglishName    Source = "name_english"
	SourceKind           Source = "legal_form"
	SourceCountry        Source = "country"
	SourceCity           Source = "city"
	SourceFounded        Source = "founded" // a year
	SourceRegistryNumber Source = "registry_number"
	SourceFiscalHost     Source = "fiscal_host"
	SourceWebsite        Source = "website"
	SourceAbout          Source = "about"
	SourceFields         Source = "fields"
	SourceLanguages      Source = "languages"
	SourceStaff          Source = "staff"
	SourceBudget         Source = "budget"
)

// Sources are all there are, in the order in which a designer offers them. The slice is shared; do not change it.
var Sources = []Source{
	SourceName, SourceEnglishName, SourceKind, SourceCountry, SourceCity, SourceFounded, SourceRegistryNumber, SourceFiscalHost, SourceWebsite,
	SourceAbout, SourceFields, SourceLanguages, SourceStaff, SourceBudget,
}

// guarded are the sources that a network's directory does not show to other organizations: what partners fill together, and
// read together, takes none of them along.
var guarded = []Source{SourceRegistryNumber, SourceFiscalHost, SourceStaff, SourceBudget}

// Profile is what is known of an organization: canonical answers by source. What is not told is not there, or null.
type Profile map[Source]json.RawMessage

// hidden reports whether the answer is taken from a profile and never typed.
func (t Type) hidden() bool { return t == TypeHidden }

// Shape is the question as which its answer is read, compared and shown: itself, or of a hidden question one of the type that
// its source has, with the same words.
func (q *Question) Shape() *Question {
	if !q.Type.hidden() {
		return q
	}
	shaped := Question{Key: q.Key, Label: q.Label, Help: q.Help, Class: q.Class, VisibleTo: q.VisibleTo, Type: TypeShortText}
	switch q.Takes {
	case SourceKind:
		shaped.Type, shaped.Options = TypeChoice, kinds
	case SourceCountry:
		shaped.Type = TypeCountry
	case SourceFounded:
		shaped.Type, shaped.Format = TypeNumber, FormatYear
	case SourceAbout:
		shaped.Type = TypeLongText
	case SourceFields:
		shaped.Type, shaped.Options = TypeMultiple, workFields
	case SourceLanguages:
		shaped.Type = TypeLanguages
	case SourceStaff:
		shaped.Type, shaped.Options = TypeChoice, staffBands
	case SourceBudget:
		shaped.Type, shaped.Options = TypeChoice, budgetBands
	default:
	}
	return &shaped
}

// Takes reports whether sheets of the scope take something along from a profile.
func (d *Definition) Takes(scope Scope) bool {
	return slices.ContainsFunc(d.Scoped(scope), func(s *Section) bool { return s.takes() })
}

func (s *Section) takes() bool {
	return slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Type.hidden() })
}

// taken are what the sheets of the scope take along from a profile, by ref; what the profile does not tell, or tells in
// another shape, is null.
func (d *Definition) taken(scope Scope, from Profile) Answers {
	all := Answers{}
	for _, s := range d.Scoped(scope) {
		for i := range s.Questions {
			q := &s.Questions[i]
			if !q.Type.hidden() || s.Repeat != nil {
				continue
			}
			all[q.Key] = nothing
			if value, err := ParseValue(q, from[q.Takes]); err == nil && value != nil && !value.Empty() {
				all[q.Key] = from[q.Takes]
			}
		}
	}
	return all
}

// source checks what a hidden question takes along. It is there once, for everybody: without condition, in no section that
// repeats, and in the joint part only what other organizations may know.
func (c *checker) source(where string, q *Question, in *Section) {
	switch {
	case !q.Type.hidden():
		if q.Takes != "" {
			c.report(where, "forms.check.source_unused")
		}
	case !slices.Contains(Sources, q.Takes):
		c.report(where, "forms.check.source")
	case q.Condition != nil:
		c.report(where, "forms.check.hidden_condition")
	case in.Repeat != nil:
		c.report(where, "forms.check.hidden_repeated")
	case in.Scope == ScopeJoint && slices.Contains(guarded, q.Takes):
		c.report(where, "forms.check.hidden_joint")
	}
}

func offers(value, en, tr, de string) Option {
	return Option{Value: value, Label: i18n.Text{i18n.EN: en, i18n.TR: tr, i18n.DE: de}}
}

// The answers that profiles offer, as profiles call them.
var (
	kinds = []Option{
		offers("association", "Association", "Dernek", "Verein"),
		offers("foundation", "Foundation", "Vakıf", "Stiftung"),
		offers("initiative", "Initiative without legal personality", "Tüzel kişiliği olmayan inisiyatif", "Initiative ohne Rechtspersönlichkeit"),
		offers("cooperative", "Cooperative", "Kooperatif", "Genossenschaft"),
		offers("social_enterprise", "Social enterprise", "Sosyal girişim", "Sozialunternehmen"),
		offers("union", "Union or professional chamber", "Sendika veya meslek odası", "Gewerkschaft oder Kammer"),
		offers("local_authority", "Local authority", "Yerel yönetim", "Kommune"),
		offers("other", "Other", "Diğer", "Andere"),
	}
	workFields = []Option{
		offers("culture", "Culture and arts", "Kültür ve sanat", "Kultur und Kunst"),
		offers("democracy", "Democracy and participation", "Demokrasi ve katılım", "Demokratie und Beteiligung"),
		offers("disability", "Disability", "Engellilik", "Behinderung"),
		offers("education", "Education", "Eğitim", "Bildung"),
		offers("environment", "Environment and climate", "Çevre ve iklim", "Umwelt und Klima"),
		offers("gender", "Gender equality", "Toplumsal cinsiyet eşitliği", "Gleichstellung der Geschlechter"),
		offers("health", "Health", "Sağlık", "Gesundheit"),
		offers("human_rights", "Human rights", "İnsan hakları", "Menschenrechte"),
		offers("media", "Media", "Medya", "Medien"),
		offers("migration", "Migration", "Göç", "Migration"),
		offers("social", "Social services", "Sosyal hizmetler", "Soziale Dienste"),
		offers("youth", "Children and youth", "Çocuk ve gençlik", "Kinder und Jugend"),
	}
	staffBands = []Option{
		offers("0", "None", "Yok", "Keine"),
		offers("1-5", "1 to 5", "1–5", "1 bis 5"),
		offers("6-20", "6 to 20", "6–20", "6 bis 20"),
		offers("21-50", "21 to 50", "21–50", "21 bis 50"),
		offers("51+", "More than 50", "50’den fazla", "Mehr als 50"),
	}
	budgetBands = []Option{
		offers("0-10k", "Up to EUR 10,000", "10.000 EUR’ya kadar", "Bis 10.000 EUR"),
		offers("10k-50k", "EUR 10,000 to 50,000", "10.000–50.000 EUR", "10.000 bis 50.000 EUR"),
		offers("50k-200k", "EUR 50,000 to 200,000", "50.000–200.000 EUR", "50.000 bis 200.000 EUR"),
		offers("200k-1m", "EUR 200,000 to 1 million", "200.000 EUR–1 milyon EUR", "200.000 bis 1 Million EUR"),
		offers("1m+", "More than EUR 1 million", "1 milyon EUR’dan fazla", "Mehr als 1 Million EUR"),
	}
)
