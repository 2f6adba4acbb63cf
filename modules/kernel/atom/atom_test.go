package atom_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/atom"
)

// TestWhatIsWrittenIsLetters writes what would be markup, and reads the feed back as a reader of news does.
func TestWhatIsWrittenIsLetters(t *testing.T) {
	t.Parallel()
	hostile := `</title><script>alert(1)</script>&"'<![CDATA[ ]]> çağrı`
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("", 3*3600))
	b, err := atom.Write(atom.Feed{
		Title: hostile, Author: hostile, Language: "tr", Self: "https://a.example/feeds/calls.atom?lang=tr", Site: "https://a.example/calls",
		Entries: []atom.Entry{{ID: "urn:uuid:1", Title: hostile, Summary: hostile, Link: "https://a.example/calls/1?a=1&b=2", Published: at, Updated: at.Add(time.Hour)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "<script") {
		t.Errorf("markup came through:\n%s", b)
	}
	var read struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string   `xml:"lang,attr"`
		Title   string   `xml:"title"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			Title   string `xml:"title"`
			Summary string `xml:"summary"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	got := []string{read.Lang, read.Title, read.ID, read.Updated, read.Author, read.Links[0].Rel, read.Links[0].Href, read.Entries[0].Title, read.Entries[0].Summary, read.Entries[0].Updated}
	want := []string{"tr", hostile, "https://a.example/feeds/calls.atom?lang=tr", "2026-03-01T07:00:00Z", hostile, "self", "https://a.example/feeds/calls.atom?lang=tr", hostile, hostile, "2026-03-01T07:00:00Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAnEmptyFeedIsAFeed: the standard wants an instant of every feed, also where nothing ever happened.
func TestAnEmptyFeedIsAFeed(t *testing.T) {
	t.Parallel()
	b, err := atom.Write(atom.Feed{Title: "News", Author: "A network", Language: "en", Self: "https://a.example/f", Site: "https://a.example/"})
	if err != nil || !strings.Contains(string(b), "<updated>1970-01-01T00:00:00Z</updated>") {
		t.Fatal(err, string(b))
	}
}
