// Package schemaorg says what a public page is about in the words of schema.org, for search engines. A value of it goes
// into a page's Head; it is written as JSON in which no letter can end the element around it.
package schemaorg

import (
	"strconv"
	"time"
)

const vocabulary = "https://schema.org"

// Organization is who runs a site.
type Organization struct {
	Context string `json:"@context,omitempty"`
	Type    string `json:"@type"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	Logo    string `json:"logo,omitempty"`
}

// NewOrganization is an organization as a page's own subject. Addresses are whole ones.
func NewOrganization(name, url, logo string) Organization {
	return Organization{Context: vocabulary, Type: "Organization", Name: name, URL: url, Logo: logo}
}

// within is the organization inside of something else.
func (o Organization) within() Organization {
	o.Context = ""
	return o
}

// Grant is money that one may apply for: a call.
type Grant struct {
	Context     string       `json:"@context"`
	Type        string       `json:"@type"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url"`
	InLanguage  string       `json:"inLanguage"`
	Funder      Organization `json:"funder"`
	Amount      *Amount      `json:"amount,omitempty"`
}

// Amount is a sum of money.
type Amount struct {
	Type     string `json:"@type"`
	Currency string `json:"currency"`
	Value    string `json:"value"`
}

// NewGrant is a call. The amount is in the currency's hundredth; none is left out.
func NewGrant(name, description, url, language string, funder Organization, minor int64, currency string) Grant {
	g := Grant{Context: vocabulary, Type: "MonetaryGrant", Name: name, Description: description, URL: url, InLanguage: language, Funder: funder.within()}
	if minor > 0 {
		cents := strconv.FormatInt(minor%100, 10)
		if len(cents) == 1 {
			cents = "0" + cents
		}
		g.Amount = &Amount{Type: "MonetaryAmount", Currency: currency, Value: strconv.FormatInt(minor/100, 10) + "." + cents}
	}
	return g
}

// Event is the time in which a call takes applications, over the network.
type Event struct {
	Context             string       `json:"@context"`
	Type                string       `json:"@type"`
	Name                string       `json:"name"`
	Description         string       `json:"description,omitempty"`
	URL                 string       `json:"url"`
	StartDate           string       `json:"startDate"`
	EndDate             string       `json:"endDate"`
	EventStatus         string       `json:"eventStatus"`
	EventAttendanceMode string       `json:"eventAttendanceMode"`
	Location            Place        `json:"location"`
	Organizer           Organization `json:"organizer"`
}

// Place is where something takes place: at an address of the web.
type Place struct {
	Type string `json:"@type"`
	URL  string `json:"url"`
}

// NewEvent is something that takes place at its own address between two instants.
func NewEvent(name, description, url string, organizer Organization, from, until time.Time) Event {
	return Event{
		Context: vocabulary, Type: "Event", Name: name, Description: description, URL: url, StartDate: from.Format(time.RFC3339), EndDate: until.Format(time.RFC3339),
		EventStatus: vocabulary + "/EventScheduled", EventAttendanceMode: vocabulary + "/OnlineEventAttendanceMode",
		Location: Place{Type: "VirtualLocation", URL: url}, Organizer: organizer.within(),
	}
}

// Article is a text with a date: news, or a story.
type Article struct {
	Context       string       `json:"@context"`
	Type          string       `json:"@type"`
	Headline      string       `json:"headline"`
	Description   string       `json:"description,omitempty"`
	URL           string       `json:"url"`
	InLanguage    string       `json:"inLanguage"`
	DatePublished string       `json:"datePublished"`
	DateModified  string       `json:"dateModified"`
	Image         string       `json:"image,omitempty"`
	Publisher     Organization `json:"publisher"`
}

// NewArticle is a text that was published and perhaps changed since.
func NewArticle(headline, description, url, language string, publisher Organization, published, modified time.Time) Article {
	return Article{
		Context: vocabulary, Type: "Article", Headline: headline, Description: description, URL: url, InLanguage: language,
		DatePublished: published.Format(time.RFC3339), DateModified: modified.Format(time.RFC3339), Publisher: publisher.within(),
	}
}

// FAQ is a page of questions with their answers.
type FAQ struct {
	Context    string     `json:"@context"`
	Type       string     `json:"@type"`
	MainEntity []Question `json:"mainEntity"`
}

// Question is one of them.
type Question struct {
	Type           string `json:"@type"`
	Name           string `json:"name"`
	AcceptedAnswer Answer `json:"acceptedAnswer"`
}

// Answer is a question's answer.
type Answer struct {
	Type string `json:"@type"`
	Text string `json:"text"`
}

// NewFAQ takes questions and their answers in pairs.
func NewFAQ(pairs ...[2]string) FAQ {
	f := FAQ{Context: vocabulary, Type: "FAQPage"}
	for _, p := range pairs {
		f.MainEntity = append(f.MainEntity, Question{Type: "Question", Name: p[0], AcceptedAnswer: Answer{Type: "Answer", Text: p[1]}})
	}
	return f
}
