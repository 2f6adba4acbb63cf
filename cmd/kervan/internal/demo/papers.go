package demo

import (
	"strings"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
	"kervan/modules/organizations"
)

// Paper is a document that an organization hands in.
type Paper struct {
	Question string // of the default form
	Name     string // of the file
	Write    func() ([]byte, error)
}

// press sets papers in the languages of the demonstration.
type press struct {
	catalog *i18n.Catalog
	made    time.Time
}

// Papers are the documents of an organization's own part, dated some weeks before the instant. Each is marked as a
// specimen.
func (o *Organization) Papers(catalog *i18n.Catalog, at time.Time) []Paper {
	p := press{catalog: catalog, made: at.AddDate(0, 0, -9-o.Volunteers%40)}
	stem := strings.ReplaceAll(plain(o.Profile.Name), "-", "_")
	if stem == "" || len(stem) < 6 {
		stem = strings.ReplaceAll(o.stem, "-", "_")
	}
	stem = stem[:min(len(stem), 40)]
	if o.Profile.Form == organizations.Initiative {
		if o.Profile.FiscalHost == "" || o.Volunteers%3 == 0 {
			return nil // it may follow
		}
		return []Paper{{Question: "fiscal_host_letter", Name: stem + "_fiscal_host.pdf", Write: func() ([]byte, error) { return p.host(o) }}}
	}
	papers := []Paper{{Question: "registration_document", Name: registrationName(o, stem), Write: func() ([]byte, error) { return p.registration(o) }}}
	if o.Volunteers%4 == 0 {
		papers = append(papers, Paper{Question: "registration_document", Name: stem + "_2.pdf", Write: func() ([]byte, error) { return p.statutes(o) }})
	}
	return papers
}

// Again is the paper of a question once more, as somebody hands it in who was asked for it.
func (o *Organization) Again(catalog *i18n.Catalog, question string, at time.Time) Paper {
	p := press{catalog: catalog, made: at.AddDate(0, 0, -1)}
	if question == "fiscal_host_letter" {
		return Paper{Question: question, Name: "fiscal_host_signed.pdf", Write: func() ([]byte, error) { return p.host(o) }}
	}
	return Paper{Question: question, Name: o.stem + "_2.pdf", Write: func() ([]byte, error) { return p.registration(o) }}
}

func registrationName(o *Organization, stem string) string {
	switch o.Locale {
	case i18n.TR:
		return []string{"kutuk_belgesi_" + stem + ".pdf", stem + " tescil.pdf", "Tescil Belgesi (imzalı).pdf"}[o.Volunteers%3]
	case i18n.DE:
		return []string{"Registerauszug_" + stem + ".pdf", "VR-Auszug.pdf"}[o.Volunteers%2]
	default:
		return []string{stem + "_registration.pdf", "registration document.pdf"}[o.Volunteers%2]
	}
}

// Letter is the signed letter of a partnership.
func (j *Joint) Letter(catalog *i18n.Catalog, at time.Time) Paper {
	p := press{catalog: catalog, made: at.AddDate(0, 0, -3)}
	name := map[i18n.Locale]string{i18n.TR: "ortaklik_mektubu_imzali.pdf", i18n.DE: "Partnerschaftsschreiben.pdf", i18n.EN: "letter_of_partnership_signed.pdf"}[j.Locale]
	return Paper{Question: "partner_letter", Name: name, Write: func() ([]byte, error) { return p.letter(j) }}
}

// BlankLetter is the letter of a partnership as a network hands it out, to be filled in and signed by both.
func (w *World) BlankLetter(catalog *i18n.Catalog, network string, l i18n.Locale, at time.Time) Paper {
	p, t := press{catalog: catalog, made: at}, w.content.words[l].Papers
	name := map[i18n.Locale]string{i18n.TR: "ortaklik_mektubu.pdf", i18n.DE: "Partnerschaftsschreiben.pdf", i18n.EN: "letter_of_partnership.pdf"}[l]
	const room = "\n\u00a0"
	var lines pdf.Facts
	for range 2 {
		lines = append(lines, pdf.Fact{Term: t["name"], Value: room}, pdf.Fact{Term: t["seat"], Value: room})
	}
	return Paper{Question: "partner_letter", Name: name, Write: func() ([]byte, error) {
		return p.paper(l, network, t["letter"], "", lines, pdf.Paragraph{Text: t["letter_text"]}, pdf.Signatures{{Under: t["signed"]}, {Under: t["signed"]}})
	}}
}

func (p press) paper(locale i18n.Locale, from, title, subtitle string, blocks ...pdf.Block) ([]byte, error) {
	return pdf.Paper{
		Brand: ui.Brand{Name: from, Primary: "#4a5560"}, Loc: p.catalog.Localizer(locale, nil), Title: title, Subtitle: subtitle, Made: p.made, Blocks: blocks,
	}.Write()
}

func (p press) registration(o *Organization) ([]byte, error) {
	t := o.words.Papers
	title, from := t["registration"], o.pen.fill(o.words.Common.RegistryOffice)
	switch o.Profile.Form {
	case organizations.Foundation:
		title, from = t["registration_foundation"], o.pen.fill(o.words.Common.Foundations)
	case organizations.Cooperative, organizations.SocialEnterprise:
		title, from = t["registration_company"], o.pen.fill(o.words.Common.TradeOffice)
	case organizations.LocalAuthority:
		from = o.Profile.Name
	}
	loc := p.catalog.Localizer(o.Locale, nil)
	return p.paper(
		o.Locale, from, title, t["registration_sub"],
		pdf.Facts{
			{Term: t["name"], Value: o.Profile.Name},
			{Term: t["form"], Value: loc.T("organizations.form." + string(o.Profile.Form))},
			{Term: t["seat"], Value: o.Profile.City},
			{Term: t["number"], Value: o.Profile.RegistryNumber},
			{Term: t["founded"], Value: o.pen.fill("{founded}")},
			{Term: t["organ"], Value: o.Lead().Name},
			{Term: t["issued"], Value: loc.Date(p.made)},
		},
		pdf.Paragraph{Text: t["registration_text"]},
		pdf.Signatures{{Name: from, Under: t["signed"]}},
	)
}

func (p press) statutes(o *Organization) ([]byte, error) {
	return p.paper(o.Locale, o.Profile.Name, o.words.Papers["annex"], o.words.Papers["registration_sub"], pdf.Paragraph{Text: o.pen.fill(o.words.Papers["annex_text"])})
}

// Resolution is what an organization's board or assembly resolved about the visits. It answers no question of a form.
func (o *Organization) Resolution(catalog *i18n.Catalog, at time.Time, signed bool) Paper {
	p := press{catalog: catalog, made: at.AddDate(0, 0, -2)}
	name := map[i18n.Locale]string{i18n.TR: "karar", i18n.DE: "Beschluss", i18n.EN: "resolution"}[o.Locale]
	if signed {
		name += map[i18n.Locale]string{i18n.TR: "_imzali", i18n.DE: "_unterschrieben", i18n.EN: "_signed"}[o.Locale]
	}
	return Paper{Name: name + ".pdf", Write: func() ([]byte, error) { return p.resolution(o, signed) }}
}

func (p press) resolution(o *Organization, signed bool) ([]byte, error) {
	t := o.words.Papers
	blocks := []pdf.Block{pdf.Paragraph{Text: strings.ReplaceAll(t["resolution_text"], "{organization}", o.Profile.Name)}}
	if signed {
		blocks = append(blocks, pdf.Signatures{{Name: o.Lead().Name, Role: o.Profile.Name, Under: t["signed"]}})
	}
	return p.paper(o.Locale, o.Profile.Name, t["resolution"], t["registration_sub"], blocks...)
}

func (p press) host(o *Organization) ([]byte, error) {
	t := o.words.Papers
	text := strings.ReplaceAll(t["host_text"], "{organization}", o.Profile.Name)
	return p.paper(o.Locale, o.Profile.FiscalHost, t["host"], t["registration_sub"], pdf.Paragraph{Text: text}, pdf.Signatures{{Name: o.Profile.FiscalHost, Under: t["signed"]}})
}

func (p press) letter(j *Joint) ([]byte, error) {
	t := j.words.Papers
	var signed pdf.Signatures
	var names []string
	for _, o := range j.Organizations {
		names = append(names, o.Profile.Name)
		signed = append(signed, pdf.Signature{Name: o.Lead().Name, Role: o.Profile.Name, Under: t["signed"]})
	}
	return p.paper(j.Locale, names[0], t["letter"], strings.Join(names, " · "), pdf.Paragraph{Text: t["letter_text"]}, signed)
}
