package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
	"kervan/tenants"
)

// The invented organizations of the demonstration are put together from these words, by a fixed seed. The mix of
// countries and the numbers are those of a real cycle; no name is anybody's.
var demoWords = map[geo.Country]struct {
	cities, first, second, kinds []string
	surname, given               []string
	language                     string
}{
	"TR": {
		cities: []string{"İstanbul", "Ankara", "İzmir", "Diyarbakır", "Muğla", "Trabzon", "Eskişehir", "Gaziantep", "Çanakkale", "Van", "Şanlıurfa", "Iğdır"},
		first:  []string{"Kırlangıç", "Ihlamur", "Çınaraltı", "Gökkuşağı", "İncir", "Yağmur", "Köprü", "Şafak", "Üzüm", "Öykü", "Pusula", "Değirmen", "Ilgın", "Sarmaşık"},
		second: []string{"Kadın Dayanışması", "Gençlik Çalışmaları", "Komşuluk", "Çocuk Hakları", "Ekoloji", "Kültür ve Sanat", "Yerel Katılım", "Erişilebilirlik", "Göç ve Bir Arada Yaşam"},
		kinds:  []string{"Derneği", "Vakfı", "İnisiyatifi", "Kooperatifi"},
		given:  []string{"Zeynep", "Emre", "Elif", "Ömer", "Gülşen", "Çağla", "İpek", "Ilgaz", "Rojda", "Barış"}, surname: []string{"Yıldız", "Çelik", "Işık", "Öztürk", "Şahin", "Aydın", "Güneş", "Ağırbaş"},
		language: "tr",
	},
	"DE": {
		cities: []string{"Berlin", "Leipzig", "Köln", "Hamburg", "Görlitz", "Nürnberg"},
		first:  []string{"Lindenhof", "Brückenschlag", "Schwalbennest", "Wegwarte", "Hafenlicht", "Spätsommer"},
		second: []string{"für Nachbarschaft", "für Jugendbildung", "für Beteiligung", "für Barrierefreiheit", "für Frauenbildung"},
		kinds:  []string{"Verein", "Stiftung", "Initiative", "Genossenschaft"},
		given:  []string{"Jürgen", "Käthe", "Lena", "Mehmet", "Sören"}, surname: []string{"Weiß", "Müller-Lüdenscheid", "Groß", "Kılıç"},
		language: "de",
	},
	"BG": {cities: []string{"Plovdiv", "Varna"}, first: []string{"Blue Heron", "Rose Valley", "Open Gate"}, second: []string{"for Youth", "for Participation"}, kinds: []string{"Association", "Foundation", "Initiative", "Cooperative"}, given: []string{"Iva", "Georgi"}, surname: []string{"Stoyanova", "Petrov"}, language: "bg"},
	"FR": {cities: []string{"Marseille", "Lille"}, first: []string{"Les Passerelles", "Grand Large"}, second: []string{"solidaires", "citoyennes"}, kinds: []string{"Association", "Fondation", "Collectif", "Coopérative"}, given: []string{"Amélie", "Noé"}, surname: []string{"Lefèvre", "Garçon"}, language: "fr"},
	"PL": {cities: []string{"Łódź", "Gdańsk"}, first: []string{"Żuraw", "Źródło"}, second: []string{"Sąsiedzkie", "Obywatelskie"}, kinds: []string{"Stowarzyszenie", "Fundacja", "Inicjatywa", "Spółdzielnia"}, given: []string{"Łucja", "Paweł"}, surname: []string{"Wójcik", "Dąbrowska"}, language: "pl"},
	"GR": {cities: []string{"Thessaloniki", "Volos"}, first: []string{"Olive Branch", "Harbour"}, second: []string{"for Culture", "for Inclusion"}, kinds: []string{"Association", "Foundation", "Initiative", "Cooperative"}, given: []string{"Eleni", "Nikos"}, surname: []string{"Papas", "Marathou"}, language: "el"},
	"RO": {cities: []string{"Cluj-Napoca", "Iași"}, first: []string{"Podul", "Izvorul"}, second: []string{"Comunității", "Tinerilor"}, kinds: []string{"Asociația", "Fundația", "Inițiativa", "Cooperativa"}, given: []string{"Ștefan", "Ioana"}, surname: []string{"Țăranu", "Ionescu"}, language: "ro"},
}

var demoForms = []organizations.Form{organizations.Association, organizations.Foundation, organizations.Initiative, organizations.Cooperative}

var demoAbout = map[string]string{
	"tr": "%s şehrinde on yılı aşkın süredir mahalle ölçeğinde çalışıyoruz. Haftalık atölyeler, danışmanlık ve yılda bir buluşma düzenliyoruz; gönüllülerimizin çoğu mahallede yaşıyor. Şu sıralar tek bir fona bağımlı olmadan sürdürülebilir kalmanın yollarını arıyoruz.",
	"de": "Seit mehr als zehn Jahren arbeiten wir in %s im Stadtteil: wöchentliche Werkstätten, Beratung und ein Treffen im Jahr. Die meisten unserer Freiwilligen wohnen hier. Zurzeit suchen wir Wege, nicht von einer einzigen Förderung abzuhängen.",
	"en": "For more than ten years we have worked in %s at the scale of a neighbourhood: weekly workshops, advice and one gathering a year. Most of our volunteers live here. At the moment we are looking for ways not to depend on a single grant.",
}

// demoCountries is the mix of a real cycle of 122 organizations, 93 of them in Turkey.
func demoCountries() []geo.Country {
	var all []geo.Country
	for _, mix := range []struct {
		country geo.Country
		n       int
	}{{"TR", 93}, {"DE", 12}, {"BG", 5}, {"FR", 4}, {"PL", 3}, {"GR", 3}, {"RO", 2}} {
		for range mix.n {
			all = append(all, mix.country)
		}
	}
	return all
}

// seedOrganizations registers the first n organizations of the mix, each by its own lead, who is one of few people
// with a login to try.
func seedOrganizations(ctx context.Context, app *App, tenant tenants.Tenant, hash string, n int) error {
	random := rand.New(rand.NewPCG(2017, 93)) // #nosec G404 -- the demonstration is the same every time
	countries := demoCountries()
	random.Shuffle(len(countries), func(i, j int) { countries[i], countries[j] = countries[j], countries[i] })
	system := app.tenants.Bind(tenant, tenants.SystemActor("demo"))
	taken := map[string]bool{}
	for i := 0; i < len(countries) && len(taken) < n; i++ {
		o := demoOrganization(random, countries[i])
		if taken[o.Name] {
			countries = append(countries, countries[i])
			continue
		}
		taken[o.Name] = true
		lead, err := demoLead(ctx, app, system, random, countries[i], demoLeadEmail(tenant.Slug, len(taken)), hash)
		if err != nil {
			return err
		}
		if _, err := app.organizations.Register(ctx, system.As(lead), o, true); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
	}
	return nil
}

func demoOrganization(random *rand.Rand, country geo.Country) organizations.Organization {
	w := demoWords[country]
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	kind := random.IntN(len(w.kinds))
	city := pick(w.cities)
	o := organizations.Organization{
		Name: strings.Join([]string{pick(w.first), pick(w.second), w.kinds[kind]}, " "), Form: demoForms[kind], Country: country, City: city,
		Founded: 1988 + random.IntN(36), Fields: some(random, organizations.Fields, 2), Languages: []string{w.language, "en"},
		Staff: pick(organizations.StaffBands), Budget: pick(organizations.BudgetBands),
	}
	if country == "DE" {
		o.Name = w.kinds[kind] + " " + pick(w.first) + " " + pick(w.second)
	}
	about := demoAbout[w.language]
	if about == "" {
		about = demoAbout["en"]
	}
	o.About = fmt.Sprintf(about, city)
	switch {
	case o.Form == organizations.Initiative:
		o.FiscalHost = pick(w.first) + " " + w.kinds[0]
	case country == "TR":
		o.Registry, o.RegistryNumber = "TR-MOI", fmt.Sprintf("%02d-%03d-%03d", 1+random.IntN(81), 1+random.IntN(999), 1+random.IntN(999))
	default:
		o.Registry, o.RegistryNumber = "XX", fmt.Sprintf("%s %06d", country, random.IntN(1_000_000))
	}
	return o
}

func some(random *rand.Rand, from []string, n int) []string {
	order := random.Perm(len(from))
	out := make([]string, n)
	for i := range out {
		out[i] = from[order[i]]
	}
	return out
}

func demoLead(ctx context.Context, app *App, system tenants.Scope, random *rand.Rand, country geo.Country, email, hash string) (tenants.Actor, error) {
	w := demoWords[country]
	locale, ok := i18n.ParseLocale(w.language)
	if !ok {
		locale = i18n.EN
	}
	name := w.given[random.IntN(len(w.given))] + " " + w.surname[random.IntN(len(w.surname))]
	card, err := app.accounts.Ensure(ctx, system, name, email, hash, locale)
	return tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale}, err
}

func demoLeadEmail(slug string, n int) string { return fmt.Sprintf("lead%d@%s.example", n, slug) }
