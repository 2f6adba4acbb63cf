// Package atom writes what is new as a feed that readers of news subscribe to (Atom, RFC 4287). Its texts are plain: what
// anybody wrote arrives as letters, never as HTML.
package atom

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"
)

// Feed is what a reader of news shows under one name. Self, Site and every Link are whole addresses.
type Feed struct {
	Title    string
	Author   string
	Language string
	Self     string
	Site     string
	Entries  []Entry // the newest first
}

// Entry is one thing that is new. ID names it for good, wherever it stands and in whichever language: a URN.
type Entry struct {
	ID        string
	Title     string
	Summary   string
	Link      string
	Published time.Time
	Updated   time.Time
}

type document struct {
	XMLName  xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Language string   `xml:"xml:lang,attr"`
	Title    string   `xml:"title"`
	ID       string   `xml:"id"`
	Updated  string   `xml:"updated"`
	Author   string   `xml:"author>name"`
	Links    []link   `xml:"link"`
	Entries  []entry  `xml:"entry"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	Title     string `xml:"title"`
	ID        string `xml:"id"`
	Updated   string `xml:"updated"`
	Published string `xml:"published"`
	Link      link   `xml:"link"`
	Summary   string `xml:"summary"`
}

// Write makes the feed. A feed without entries was last new at the beginning of time, as the standard wants an instant.
func Write(f Feed) ([]byte, error) {
	d := document{Language: f.Language, Title: f.Title, ID: f.Self, Author: f.Author, Links: []link{
		{Rel: "self", Type: MediaType, Href: f.Self}, {Rel: "alternate", Type: "text/html", Href: f.Site},
	}}
	last := time.Unix(0, 0)
	for _, e := range f.Entries {
		if e.Updated.After(last) {
			last = e.Updated
		}
		d.Entries = append(d.Entries, entry{
			Title: e.Title, ID: e.ID, Updated: stamp(e.Updated), Published: stamp(e.Published), Summary: e.Summary,
			Link: link{Rel: "alternate", Type: "text/html", Href: e.Link},
		})
	}
	d.Updated = stamp(last)
	var out bytes.Buffer
	out.WriteString(xml.Header)
	if err := xml.NewEncoder(&out).Encode(d); err != nil {
		return nil, fmt.Errorf("atom: write feed: %w", err)
	}
	return out.Bytes(), nil
}

// MediaType is that of a feed.
const MediaType = "application/atom+xml"

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
