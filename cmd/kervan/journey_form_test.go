package main

import (
	"slices"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// order is how the questions of a section stand in the draft, by their keys.
func order(d *forms.Definition, section string) []string {
	for i := range d.Sections {
		if d.Sections[i].Key != section {
			continue
		}
		var keys []string
		for j := range d.Sections[i].Questions {
			keys = append(keys, d.Sections[i].Questions[j].Key)
		}
		return keys
	}
	return nil
}

// stands waits until the questions of the section stand like that.
func (p *preparing) stands(t *testing.T, section string, keys ...string) {
	t.Helper()
	p.becomes(t, func(d *forms.Definition) bool { return slices.Equal(order(d, section), keys) })
}

// builds opens the form builder and waits until it does more than plain forms.
func (p *preparing) builds(v *uitest.Visitor) {
	v.Go(p.at + "/form/edit?language=en")
	v.Shows(`[data-builder][data-ready]`)
}

func line(key string) string { return `#fb-outline .fb-line[data-key="` + key + `"]` }

// TestJourneyOfAForm: questions are moved by mouse and by keys, what was done is taken back and done again, what others stand on
// is not deleted unasked, and two who design at once see each other and lose nothing.
func TestJourneyOfAForm(t *testing.T) {
	t.Parallel()
	r := run(t)
	r.core(t, "defne@"+r.host+".example")
	p := &preparing{running: r, network: r.coordinated(t, "ihlamurlar", "ipek@ihlamurlar.example"), ipek: uitest.Visit(t, uitest.Look{Language: "en"})}
	p.adopts(t)
	p.drags(t)
	p.moves(t)
	p.keeps(t)
	p.shares(t)
	p.ipek.StayedOn("ihlamurlar." + r.host)
}

// drags moves questions with the mouse, within a section and into another, and takes both back.
func (p *preparing) drags(t *testing.T) {
	t.Helper()
	v := p.ipek
	p.builds(v)
	first, second := p.asks(t).Sections[0], p.asks(t).Sections[1]
	was, next := order(p.asks(t), first.Key), order(p.asks(t), second.Key)

	p.drops(t, was[0], was[1], func(d *forms.Definition) bool {
		return slices.Equal(order(d, first.Key), append([]string{was[1], was[0]}, was[2:]...))
	})
	v.Sees("Moved")

	v.Hit(`#fb-outline [data-key="`+second.Key+`"] > .fb-line a`, input.Enter)
	v.Shows(`#fb-form input[name="section"][value="` + second.Key + `"]`)
	last := was[len(was)-1]
	p.drops(t, last, next[0], func(d *forms.Definition) bool {
		return slices.Contains(order(d, second.Key), last) && !slices.Contains(order(d, first.Key), last)
	})

	v.Shortcut(`#fb-outline [data-key="`+second.Key+`"] > .fb-line a`, input.ControlLeft, input.KeyZ)
	p.stands(t, second.Key, next...)
	v.Hit(`form[action$="/renewal"] button:not([disabled])`, input.Enter)
	p.becomes(t, func(d *forms.Definition) bool { return slices.Contains(order(d, second.Key), last) })
	v.Hit(`form[action$="/reversal"] button:not([disabled])`, input.Enter)
	p.stands(t, second.Key, next...)
	v.Hit(`form[action$="/reversal"] button:not([disabled])`, input.Enter)
	p.stands(t, first.Key, was...)
	v.Accessible("builder-arranged")
}

// drops drags one question onto another, once more where the page drew itself anew in between.
func (p *preparing) drops(t *testing.T, what, onto string, wanted func(d *forms.Definition) bool) {
	t.Helper()
	for range 4 {
		if p.ipek.Drag(line(what)+` [data-grip]`, line(onto)) && p.soon(t, wanted) {
			return
		}
	}
	t.Fatalf("%s could not be dragged onto %s", what, onto)
}

// moves does the same by keys alone.
func (p *preparing) moves(t *testing.T) {
	t.Helper()
	v := p.ipek
	first := p.asks(t).Sections[0].Key
	was := order(p.asks(t), first)
	v.Shortcut(line(was[0])+` a`, input.AltLeft, input.ArrowDown)
	p.stands(t, first, append([]string{was[1], was[0]}, was[2:]...)...)
	v.Shows(line(was[0]) + ` a:focus`)
	v.Shortcut(line(was[0])+` a`, input.AltLeft, input.ArrowUp)
	p.stands(t, first, was...)
}

// keeps does not delete what another question stands on before it has said so.
func (p *preparing) keeps(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Hit(line("legal_form")+` a`, input.Enter)
	v.Shows(`#fb-form input[name="question"][value="legal_form"]`)
	p.adds("Which register?", "which_register", "short_text")
	v.Hit(line("legal_form")+` a`, input.Enter)
	v.Shows(`#fb-form input[name="question"][value="legal_form"]`)
	v.PressHere("Delete")
	v.Sees("Which register?", "Delete it and these conditions")
	v.Shows(`.fb-state[data-state=""]`)
	v.Accessible("builder-depended")
	p.becomes(t, func(d *forms.Definition) bool {
		q, _, _ := d.Question("legal_form")
		return q != nil
	})
	v.Hit(`#fb-notes a.btn`, input.Enter)
	v.Shows(`#fb-notes:not(:has(.k-alert))`)
}

// shares lets somebody else design at the same time, in German on a phone.
func (p *preparing) shares(t *testing.T) {
	t.Helper()
	v := p.ipek
	p.member(t, p.network, "Jürgen Weiß", "juergen@ihlamurlar.example", i18n.DE, tenants.Grant{Role: tenants.RoleCoordinator})
	two := uitest.Visit(t, uitest.Look{Language: "de", Phone: true, Dark: true})
	two.Go(p.at + "/form/edit?language=en&section=" + p.asks(t).Sections[0].Key)
	two.Fill("email", "juergen@ihlamurlar.example")
	two.Fill("password", password)
	two.Press("Anmelden")
	two.Shows(`[data-builder][data-ready]`)
	key := p.asks(t).Sections[0].Questions[0].Key
	for _, one := range []*uitest.Visitor{v, two} {
		one.Hit(line(key)+` a`, input.Enter)
		one.Shows(`#fb-form input[name="question"][value="` + key + `"]`)
	}
	two.Sees("İpek Ağırbaş")
	v.Sees("Jürgen Weiß")
	two.Accessible("builder-shared-de-phone-dark")

	// İpek's connection is lost for a moment; what she writes meanwhile is written by Jürgen, too.
	v.Offline(true)
	v.Write(`#fb-form [name="label"]`, "What are you called?")
	v.Shows(`.fb-state[data-state="offline"]`)
	two.Write(`#fb-form [name="label"]`, "Your name, please?")
	two.Shows(`.fb-state[data-state="saved"]`)
	v.Offline(false)
	v.Sees("Somebody else has changed this meanwhile", "What are you called?", "Your name, please?")
	v.Accessible("builder-clash")
	v.PressHere("Keep mine")
	p.becomes(t, func(d *forms.Definition) bool {
		q, _, _ := d.Question(key)
		return q != nil && q.Label[i18n.EN] == "What are you called?"
	})
	two.Sees("What are you called?")
}
