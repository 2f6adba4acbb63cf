package programs

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/interchange"
	"kervan/policies"
	"kervan/tenants"
)

// fileVersion is the version of the file's own shape.
const fileVersion = 1

// File is a whole program as it stands in a file: all that a call begins with, but for its dates.
type File struct {
	Schema int `json:"schema"`
	// Blueprint and BlueprintVersion are where it comes from; without them it is compared with the newest version of the
	// proposed blueprint.
	Blueprint        string                 `json:"blueprint,omitempty"`
	BlueprintVersion int                    `json:"blueprint_version,omitempty"`
	Cycle            string                 `json:"cycle"`
	Locales          []i18n.Locale          `json:"locales"`
	Places           int                    `json:"places,omitempty"`
	GrantMinor       int64                  `json:"grant_minor,omitempty"` // per partnership, in the currency's smallest unit
	GrantCurrency    grantCurrency          `json:"grant_currency,omitempty"`
	Quotas           []blueprints.Quota     `json:"quotas,omitempty"`
	Call             blueprints.Call        `json:"call"`
	Composition      blueprints.Composition `json:"composition"`
	Eligibility      []blueprints.Reason    `json:"eligibility"`
	Documents        []Asked                `json:"documents"`
	Form             forms.Definition       `json:"form"`
	Criteria         []blueprints.Criterion `json:"criteria"`
	Review           blueprints.Review      `json:"review"`
	Stages           []PlannedStage         `json:"stages"`
	Letters          []blueprints.Letter    `json:"letters"`
}

const (
	mostDocuments = 60
	mostStages    = 60
	mostDays      = 3660 // of a stage, and from its anchor
	cycleChars    = 80
)

// grantCurrency is one of Currencies in a file; nothing where it says none.
type grantCurrency string

func currencies() []grantCurrency {
	all := make([]grantCurrency, len(Currencies))
	for i, one := range Currencies {
		all[i] = grantCurrency(one)
	}
	return all
}

var scorePoint = regexp.MustCompile(`^([0-9]|10)(\.5)?$`)

var fileKey = regexp.MustCompile(forms.KeyPattern)

// fileShape is what a program's file looks like: its form as a form's own file, the rest within what the pages allow.
var fileShape = sync.OnceValue(func() *interchange.Shape[File] {
	rules := append(builder.FileRules(),
		interchange.Between[File]("schema", fileVersion, fileVersion), interchange.Most[File]("cycle", cycleChars),
		interchange.Between[File]("places", 0, 1000), interchange.Between[File]("grant_minor", 0, 100_000_000_00), interchange.Known(currencies()...),
		interchange.Pattern[blueprints.Composition]("key", fileKey), interchange.Pattern[blueprints.Seat]("key", seatKey), interchange.Most[blueprints.Seat]("name", seatChars),
		interchange.Between[blueprints.Seat]("min", 0, blueprints.MostSeats), interchange.Between[blueprints.Seat]("max", 0, blueprints.MostSeats),
		interchange.Pattern[blueprints.Reason]("key", reasonKey), interchange.Most[blueprints.Reason]("name", reasonNameChars), interchange.Most[blueprints.Reason]("reason", reasonChars),
		interchange.Pattern[Asked]("key", fileKey), interchange.Pattern[Asked]("question", fileKey),
		interchange.Pattern[blueprints.Criterion]("key", fileKey), interchange.Between[blueprints.Criterion]("weight", 0, 100),
		interchange.Between[blueprints.Criterion]("lowest", 0, blueprints.HighestScore), interchange.Between[blueprints.Criterion]("highest", 0, blueprints.HighestScore), interchange.Pattern[blueprints.Meaning]("value", scorePoint),
		interchange.Between[blueprints.Review]("score_max", 1, 10), interchange.Between[blueprints.Review]("reviews", 1, 5),
		interchange.Between[blueprints.Review]("third_review_gap", 5, 100), interchange.Between[blueprints.Review]("total_threshold", 0, 100), interchange.Between[blueprints.Review]("reply_days", 1, 60),
		interchange.Between[blueprints.Review]("papers_hours", 24, 336),
		interchange.Between[blueprints.Review]("keep_personal", 0, blueprints.MostKept), interchange.Between[blueprints.Review]("keep_special", 0, blueprints.MostKept),
		interchange.Between[blueprints.Review]("keep_financial", 0, blueprints.MostKept),
		interchange.Known(FromOpening, FromDeadline), interchange.Pattern[PlannedStage]("key", fileKey),
		interchange.Between[PlannedStage]("start", -mostDays, mostDays), interchange.Between[PlannedStage]("days", 1, mostDays),
		interchange.Pattern[blueprints.Letter]("key", fileKey), interchange.Most[blueprints.Letter]("body", textLimits["about"]),
	)
	for name, most := range textLimits {
		rules = append(rules, interchange.Most[blueprints.Call](name, most))
	}
	return interchange.For[File]("Program", rules...)
})

// FileSchema is the JSON Schema of a program's file; id is the address at which it is published.
func FileSchema(id string) ([]byte, error) { return fileShape().Schema(id) }

// File is a call with everything that makes it, to be written to a file; no application or person is in it. Coordinators
// and officers may. Fault: NotFound.
func (s *Service) File(ctx context.Context, sc tenants.Scope, id ids.Call) (File, error) {
	c, err := s.forEdit(ctx, sc, id)
	if err != nil {
		return File{}, err
	}
	asked, err := s.Definition(ctx, sc, c)
	if err != nil {
		return File{}, err
	}
	return File{
		Schema: fileVersion, Blueprint: c.Blueprint, BlueprintVersion: c.FromVersion, Cycle: c.Cycle, Locales: c.Locales, Places: c.Places,
		GrantMinor: c.GrantMinor, GrantCurrency: grantCurrency(c.GrantCurrency), Quotas: c.Quotas, Composition: c.Composition, Eligibility: c.Eligibility, Documents: c.Documents, Form: *asked,
		Call:     blueprints.Call{Title: c.Title, Summary: c.Summary, About: c.About, Conduct: c.Conduct, Notice: c.Notice},
		Criteria: c.Criteria, Review: c.Review, Stages: c.Stages, Letters: c.Letters,
	}, nil
}

// BeginFromFile makes a draft of a call from a file, in the cycle of that name, or of the file's without one. It speaks those
// of the file's languages that the network speaks. Without a call the flaws are what is wrong with the file; with one they are
// what does not come with a file, templates, and has to be uploaded again. Coordinators and officers may. Fault: those
// of a form that grows too large.
func (s *Service) BeginFromFile(ctx context.Context, sc tenants.Scope, raw []byte, cycle string) (Call, []interchange.Flaw, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return Call{}, nil, err
	}
	f, file := fileShape().Read(raw)
	if len(file.Flaws()) > 0 {
		return Call{}, file.Flaws(), nil
	}
	model, err := s.modelOf(ctx, &f, file)
	if err != nil {
		return Call{}, nil, err
	}
	builder.LeaveTemplates(file, file.Root.Field("form"), &f.Form)
	f.check(file, model)
	if flaws := file.Flaws(); len(flaws) > 0 {
		return Call{}, flaws, nil
	}
	if cycle != "" {
		f.Cycle = cycle
	}
	c, err := s.beginWith(ctx, sc, &f, model)
	return c, file.Remarks(), err
}

// modelOf is the version that a file says it comes from.
func (s *Service) modelOf(ctx context.Context, f *File, file *interchange.File) (blueprints.Blueprint, error) {
	if f.Blueprint == "" {
		newest, err := s.library.NewestNumber(ctx, Proposed)
		if err != nil {
			return blueprints.Blueprint{}, err
		}
		f.Blueprint, f.BlueprintVersion = Proposed, newest
	}
	model, err := s.model(ctx, f.Blueprint, f.BlueprintVersion)
	if fault.Is(err, fault.KindNotFound) {
		file.Refuse(file.Root.Field("blueprint"), "programs.import.blueprint", "Name", f.Blueprint, "Version", f.BlueprintVersion)
		return s.model(ctx, Proposed, 1)
	}
	return model, err
}

// call is the draft that a file becomes for a network.
func (f *File) call(of tenants.Tenant) Call {
	c := Call{
		ID: ids.New[ids.Call](), Cycle: f.Cycle, State: Draft, Zone: of.Zone, Version: 1, Places: f.Places, GrantMinor: f.GrantMinor, GrantCurrency: string(f.GrantCurrency),
		Title: worded(f.Call.Title), Summary: worded(f.Call.Summary), About: worded(f.Call.About), Conduct: worded(f.Call.Conduct), Notice: worded(f.Call.Notice),
		Quotas: f.Quotas, Composition: f.Composition, Criteria: f.Criteria, Eligibility: f.Eligibility, Documents: f.Documents, Letters: f.Letters, Review: f.Review, Stages: f.Stages,
		Blueprint: f.Blueprint, FromVersion: f.BlueprintVersion,
	}
	for _, l := range f.Locales {
		if slices.Contains(of.Locales, l) && !slices.Contains(c.Locales, l) {
			c.Locales = append(c.Locales, l)
		}
	}
	if len(c.Locales) == 0 {
		c.Locales = slices.Clone(of.Locales)
	}
	if c.GrantCurrency == "" {
		c.GrantCurrency = Currencies[0]
	}
	for i := range c.Letters {
		c.Letters[i].Subject, c.Letters[i].Body = worded(c.Letters[i].Subject), worded(c.Letters[i].Body)
	}
	return c
}

func (s *Service) beginWith(ctx context.Context, sc tenants.Scope, f *File, model blueprints.Blueprint) (Call, error) {
	c := f.call(sc.Tenant())
	return c, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		program, err := programOf(ctx, tx, model)
		if err != nil {
			return err
		}
		in, err := cycleOf(ctx, tx, program, c.Cycle)
		if err != nil {
			return err
		}
		if c.Form, err = s.forms.Create(ctx, tx, c.Cycle); err != nil {
			return err
		}
		version, err := s.forms.Publish(ctx, tx, c.Form, speaking(model.Form, c.Locales))
		if err != nil {
			return err
		}
		c.FormVersion = version.ID
		if err := s.redraft(ctx, tx, &c, func(d *forms.Definition) { *d = f.Form }); err != nil {
			return err
		}
		if err := insert(ctx, tx, &c, in, sc.Actor().Person); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "call.begun_from_file", SubjectKind: "call", SubjectID: c.ID.String(), Detail: map[string]any{"blueprint": f.Blueprint, "version": f.BlueprintVersion}})
		tx.Announce(events.LineageMoved{Call: c.ID})
		return nil
	})
}

// check notes what of a file that was read without flaws does not hold together, or is no program here.
func (f *File) check(file *interchange.File, model blueprints.Blueprint) {
	root := file.Root
	builder.CheckFile(file, root.Field("form"), &f.Form)
	f.checkLists(file)
	if f.Cycle == "" {
		file.Refuse(root.Field("cycle"), "fault.required")
	}
	if len(f.Form.Sections) > 0 && len(file.Flaws()) == 0 {
		f.checkRules(file)
		f.checkPieces(file)
	}
	f.checkLetters(file, model)
	seats := root.Field("composition").Field("seats")
	first := i18n.EN
	if len(f.Locales) > 0 {
		first = f.Locales[0]
	}
	for _, bad := range checkSeats(f.Composition, first) {
		at := seats
		if i, err := strconv.Atoi(bad.Name[strings.LastIndexByte(bad.Name, '_')+1:]); err == nil {
			at = seats.Item(i)
		}
		refuse(file, at, bad.Key, bad.Args)
	}
	for _, bad := range checkAll(f.Quotas, f.Review.Topic, &f.Form, f.Places) {
		refuse(file, root.Field("quotas"), bad.Key, bad.Args)
	}
}

func refuse(file *interchange.File, at *interchange.Node, key string, args fault.Args) {
	var pairs []any
	for name, value := range args {
		pairs = append(pairs, name, value)
	}
	file.Refuse(at, key, pairs...)
}

// checkLists holds lists to how long they may be, and to keys that are there once.
func (f *File) checkLists(file *interchange.File) {
	for name, most := range map[string]int{"criteria": blueprints.MostCriteria, "documents": mostDocuments, "stages": mostStages, "eligibility": MostReasons, "letters": mostDocuments} {
		list, seen := file.Root.Field(name), map[string]bool{}
		if len(list.Items()) > most {
			file.Refuse(list, "interchange.many", "Most", most)
		}
		for _, one := range list.Items() {
			key := one.Field("key")
			if seen[key.Text()] {
				file.Refuse(key, "programs.import.key_twice", "Key", key.Text())
			}
			seen[key.Text()] = true
		}
	}
	if len(f.Criteria) == 0 {
		file.Refuse(file.Root.Field("criteria"), "programs.import.no_criteria")
	}
}

// checkRules holds the rules of the eligibility check to what the form asks.
func (f *File) checkRules(file *interchange.File) {
	for i, r := range f.Eligibility {
		when := file.Root.Field("eligibility").Item(i).Field("when")
		if when.Count() > mostDays {
			file.Refuse(when, "builder.import.condition")
			continue
		}
		for _, p := range forms.CheckCondition(blueprints.Ground(&f.Form), r.When) {
			at := when
			if key, ok := p.Args["Key"].(string); ok {
				if named := when.Below("question", key); named != nil {
					at = named
				}
			}
			refuse(file, at, p.Key, p.Args)
		}
	}
}

// checkPieces notes what the pieces of a program say of each other, where each stands in the file. What a form or a rule says
// is noted already.
func (f *File) checkPieces(file *interchange.File) {
	program, err := blueprints.Of(f)
	if err != nil {
		file.Refuse(nil, "programs.import.pieces")
		return
	}
	for _, p := range blueprints.Problems(program) {
		field, key, _ := strings.Cut(p.Piece, "/")
		at := file.Root.Field(field)
		if j := slices.IndexFunc(f.Criteria, func(k blueprints.Criterion) bool { return k.Key == key }); field == "criteria" && j >= 0 {
			at = at.Item(j)
		}
		i := slices.IndexFunc(f.Documents, func(d Asked) bool { return d.Key == key })
		switch {
		case field == "form" || field == "eligibility" || field == "documents" && i >= 0 && !f.Documents[i].Wanted:
			continue
		case field == "documents" && i >= 0:
			at = at.Item(i).Field("question")
		}
		refuse(file, at, p.Key, p.Args)
	}
}

// checkLetters wants the letters that the version has, with the fields that there are values for.
func (f *File) checkLetters(file *interchange.File, model blueprints.Blueprint) {
	list := file.Root.Field("letters")
	for _, wanted := range model.Letters {
		i := slices.IndexFunc(f.Letters, func(l blueprints.Letter) bool { return l.Key == wanted.Key })
		if i < 0 {
			file.Refuse(list, "programs.import.letter_missing", "Key", wanted.Key)
			continue
		}
		for name, text := range map[string]i18n.Text{"subject": f.Letters[i].Subject, "body": f.Letters[i].Body} {
			for l, words := range text {
				for _, field := range blueprints.MergeFields(words) {
					if !slices.Contains(wanted.Fields, field) {
						file.Refuse(list.Item(i).Field(name).Field(string(l)), "programs.letter.unknown_field", "Field", "{"+field+"}")
					}
				}
			}
		}
		f.Letters[i].Fields = wanted.Fields
	}
	for i, l := range f.Letters {
		if _, known := model.Letter(l.Key); !known {
			file.Refuse(list.Item(i).Field("key"), "programs.import.letter_unknown", "Key", l.Key)
		}
	}
}
