package main

import (
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// TestJourneyOfAPage: a coordinator composes a page of blocks in two languages, looks at it, publishes it and writes news;
// visitors with a phone and with a desk find both by the navigation and by the search.
func TestJourneyOfAPage(t *testing.T) {
	t.Parallel()
	r := run(t)
	in := r.network(t, "journeypages")
	r.member(t, in, "Nergis Ortanca", "nergis@journeypages.example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})

	nergis := uitest.Visit(t, uitest.Look{Language: "en"})
	nergis.Go(r.address(in.Slug, "/settings/pages"))
	nergis.Fill("email", "nergis@journeypages.example")
	nergis.Fill("password", password)
	nergis.Press("Sign in")
	nergis.Sees("Pages and news", "About the program", "Published")
	nergis.Accessible("pages-list")
	nergis.Fill("title", "Our alumni")
	nergis.Press("Begin")
	nergis.Sees("Draft", "Preview on a phone")
	nergis.Fill("title_tr", "Mezunlarımız")
	nergis.Fill("summary_en", "Who took part, and what became of it.")
	nergis.Fill("b0_heading_en", "Seventeen partnerships")
	nergis.Fill("b0_body_en", "They **still** meet.")
	nergis.Choose("place", "main")
	nergis.Choose("kind", "faq")
	nergis.Press("Add")
	nergis.Sees("2. Questions and answers")
	nergis.Fill("b1_0_question_en", "May we visit them?")
	nergis.Fill("b1_0_answer_en", "Please *do*.")
	nergis.Fill("b1_0_question_tr", "Onları ziyaret edebilir miyiz?")
	nergis.Press("Save")
	nergis.Sees("Saved.", "Missing in this language")
	nergis.Accessible("pages-editor")
	nergis.Press("Publish")
	nergis.Sees("Visitors can read it now.")

	phone := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true})
	phone.Go(r.address(in.Slug, "/"))
	phone.Accessible("public-home-tr-phone-dark")
	phone.Follow("Mezunlarımız")
	phone.Sees("Seventeen partnerships", "henüz çevrilmedi", "Onları ziyaret edebilir miyiz?")
	phone.Accessible("public-page-tr-phone-dark")

	desk := uitest.Visit(t, uitest.Look{Language: "en"})
	desk.Go(r.address(in.Slug, "/search?q=SEVENTEEN"))
	desk.Sees("1 page found", "Our alumni")
	desk.Accessible("public-search")
	desk.Press("Our alumni")
	desk.Sees("Seventeen partnerships", "May we visit them?")
	desk.Accessible("public-page")

	nergis.Go(r.address(in.Slug, "/settings/pages"))
	nergis.Tick("kind", "news")
	nergis.Fill("title", "We have moved")
	nergis.Press("Begin")
	nergis.Fill("b0_body_en", "To the harbour.")
	nergis.Press("Save")
	nergis.Press("Publish")
	nergis.Sees("Visitors can read it now.")
	phone.Go(r.address(in.Slug, "/news"))
	phone.Sees("We have moved")
	phone.Accessible("public-news-tr-phone-dark")
}
