package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

//go:embed content
var files embed.FS

// place is a country of the demonstration. Names are "own / English".
type place struct {
	Language   string            `toml:"language"` // in which its organizations write
	Speaks     []string          `toml:"speaks"`
	Phone      string            `toml:"phone"`
	Registry   string            `toml:"registry"`
	Cities     []string          `toml:"cities"`
	CitiesEN   []string          `toml:"cities_en"` // where the own script is another one
	First      []string          `toml:"first"`
	Kinds      map[string]string `toml:"kinds"`
	Towns      []string          `toml:"towns"`
	Authority  string            `toml:"authority"`
	She        []string          `toml:"she"`
	He         []string          `toml:"he"`
	Surname    []string          `toml:"surname"`
	SurnameShe []string          `toml:"surname_she"`
}

// field is what organizations of one field of work do.
type field struct {
	Name     []string `toml:"name"`
	Field    string   `toml:"field"`
	Work     []string `toml:"work"`
	Groups   []string `toml:"groups"`
	GroupDat []string `toml:"group_dat"`
	Mission  []string `toml:"mission"`
}

// need is what organizations write about one dimension of capacity: as what they lack (scene to goal), as what they can
// show others (offer), as what they look for (wish), and as what two of them do together (joint to after).
type need struct {
	Scene []string `toml:"scene"`
	Sign  []string `toml:"sign"`
	Cost  []string `toml:"cost"`
	Tried []string `toml:"tried"`
	Goal  []string `toml:"goal"`
	Offer []string `toml:"offer"`
	Wish  []string `toml:"wish"`
	Joint []string `toml:"joint"`
	By    []string `toml:"by"` // objective || how one notices
	Act   []string `toml:"act"`
	Model []string `toml:"model"`
	After []string `toml:"after"`
}

// common is what organizations of every field and need write.
type common struct {
	Months         []string `toml:"months"`
	Notice         []string `toml:"notice"`
	Closing        []string `toml:"closing"`
	Lesson         []string `toml:"lesson"`
	Seen           []string `toml:"seen"`
	Decide         []string `toml:"decide"`
	Work           []string `toml:"work"`
	Tell           []string `toml:"tell"`
	Motive         []string `toml:"motive"`
	Roles          []string `toml:"roles"`
	Access         []string `toml:"access"`
	Diet           []string `toml:"diet"`
	HostingHelp    []string `toml:"hosting_help"`
	HostingNot     []string `toml:"hosting_not"`
	WishClose      []string `toml:"wish_close"`
	WishedCountry  []string `toml:"wished_countries"`
	WishedAbroad   []string `toml:"wished_abroad"` // by those in Türkiye who write in English
	Met            []string `toml:"met"`
	CommonGround   []string `toml:"common_ground"`
	Differ         []string `toml:"differ"`
	CostsNote      []string `toml:"costs_note"`
	Inclusion      []string `toml:"inclusion"`
	Risks          []string `toml:"risks"` // risk || answer
	Places         []string `toml:"places"`
	When           []string `toml:"when"`
	Activities     []string `toml:"activities"` // in the order of a year: what || mode
	CostLines      []string `toml:"cost_lines"` // what for || kind
	VagueIssue     []string `toml:"vague_issue"`
	VagueTried     []string `toml:"vague_tried"`
	VagueChange    []string `toml:"vague_change"`
	ProjectIssue   []string `toml:"project_issue"`
	RegistryOffice string   `toml:"registry_office"`
	Foundations    string   `toml:"foundation_office"`
	TradeOffice    string   `toml:"trade_office"`
	NoFiscalHost   string   `toml:"fiscal_host_none"`
}

// band are a criterion's texts by how well an application does.
type band struct {
	High []string `toml:"high"`
	Mid  []string `toml:"mid"`
	Low  []string `toml:"low"`
}

// verdicts are what reviewers and officers write.
type verdicts struct {
	Need        band `toml:"need"`
	Commitment  band `toml:"commitment"`
	Learning    band `toml:"learning"`
	Partnership band `toml:"partnership"`
	Feasibility band `toml:"feasibility"`
	Inclusion   band `toml:"inclusion"`
	Conflict    struct {
		Reasons []string `toml:"reasons"` // kind || note
	} `toml:"conflict"`
	Panel struct {
		band

		Advice []string `toml:"advice"` // goes with a low score
	} `toml:"panel"`
	Officer struct {
		Papers    []string `toml:"papers"` // question || words
		Late      string   `toml:"late"`
		Extension string   `toml:"extension"`
		Closing   string   `toml:"closing"`
	} `toml:"officer"`
}

func (v *verdicts) bands() map[string]band {
	return map[string]band{
		"need": v.Need, "commitment": v.Commitment, "learning": v.Learning, "partnership": v.Partnership, "feasibility": v.Feasibility, "inclusion": v.Inclusion,
	}
}

// words are all texts of one language.
type words struct {
	Needs    map[string]need
	Fields   map[string]field
	Common   common
	Verdicts verdicts
	Papers   map[string]string
}

// content is everything that the demonstration is put together from.
type content struct {
	places map[geo.Country]place
	words  map[i18n.Locale]*words
}

func load() (*content, error) {
	c := &content{places: map[geo.Country]place{}, words: map[i18n.Locale]*words{}}
	if err := read("content/places.toml", &c.places); err != nil {
		return nil, err
	}
	for _, l := range i18n.Shipped {
		w := &words{Needs: map[string]need{}}
		c.words[l] = w
		names, err := fs.Glob(files, path.Join("content", string(l), "*.toml"))
		if err != nil {
			return nil, fmt.Errorf("demo: list texts: %w", err)
		}
		for _, name := range names {
			if err := w.read(name); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (w *words) read(name string) error {
	switch file := path.Base(name); {
	case strings.HasPrefix(file, "needs"):
		more := map[string]need{}
		if err := read(name, &more); err != nil {
			return err
		}
		maps.Copy(w.Needs, more)
		return nil
	case file == "fields.toml":
		return read(name, &w.Fields)
	case file == "common.toml":
		return read(name, &w.Common)
	case file == "reviews.toml":
		return read(name, &w.Verdicts)
	case file == "attachments.toml":
		return read(name, &w.Papers)
	default:
		return fmt.Errorf("demo: nobody reads %s", name)
	}
}

// read parses a file strictly: a text that nobody would use is an error.
func read(name string, into any) error {
	meta, err := toml.DecodeFS(files, name, into)
	if err != nil {
		return fmt.Errorf("demo: read %s: %w", name, err)
	}
	if unread := meta.Undecoded(); len(unread) > 0 {
		return fmt.Errorf("demo: %s: nobody reads %v", name, unread)
	}
	return nil
}

// either parts "own / English".
func either(names string) (own, english string) {
	own, english, found := strings.Cut(names, " / ")
	if !found {
		return own, own
	}
	return own, english
}
