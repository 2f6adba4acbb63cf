package brands_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/brands"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/pictures"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, objectstest.Close) }

type house struct {
	*sitetest.House

	store   *objects.Store
	ahead   time.Duration // of the shelf's clock
	service *brands.Service
}

func open(t *testing.T) *house {
	t.Helper()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: objectstest.Open(t)}
	h.service = brands.New(w.Tenants, authorizer, pictures.NewShelf(h.store).Clocked(func() time.Time { return time.Now().Add(h.ahead) }))
	h.House = sitetest.Open(t, []fs.FS{brands.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{brands.NewWeb(h.service, s).Module()}
	})
	return h
}

// coordinator is a browser with the page of the brand open.
func (h *house) coordinator(t *testing.T) *sitetest.Browser {
	t.Helper()
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/settings/brand")
	b.Want(http.StatusOK, "Main colour")
	return b
}

// swept lets the night pass.
func (h *house) swept(t *testing.T) {
	t.Helper()
	if err := h.service.Sweep(t.Context(), h.Tenants.Bind(must(t, h), tenants.SystemActor("test"))); err != nil {
		t.Fatal(err)
	}
}

func (h *house) keys(t *testing.T, in tenants.Tenant) []string {
	t.Helper()
	var all []string
	for o, err := range h.store.List(t.Context(), in.PicturePrefix()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.TrimPrefix(o.Key, in.PicturePrefix()))
	}
	return all
}

func (h *house) brand(t *testing.T) tenants.Brand {
	t.Helper()
	now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now.Brand
}

const page = "/settings/brand"

func TestALogoIsTriedThenSavedThenRemoved(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	visitor := h.Browser(t, h.Tenant)

	// Tried: only who may save it sees it.
	b.SubmitFile(page, "logo", "../../Logo.svg.png", filestest.PNG(t, 300, 200), "preview", "yes", "name", "Ihlamur", "logo_alt_en", "Two bridges")
	b.Want(http.StatusOK, "Nothing is saved yet")
	set := b.Page.Value("logo_set")
	if len(set) != 32 || b.Page.Value("logo_alt_en") != "Two bridges" || h.brand(t).Logo.Set != "" {
		t.Fatalf("set %q, saved %+v", set, h.brand(t).Logo)
	}
	tried := b.Page
	address := "/brand/pictures/" + set + "-logo.png"
	if got := visitor.Get(address); got.Status != http.StatusNotFound {
		t.Errorf("a visitor sees what is only tried: %d", got.Status)
	}
	if got := b.Get(address); got.Status != http.StatusOK || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", got.Status, got.Header.Get("Cache-Control"))
	}

	// Saved, without being chosen again.
	b.Page = tried
	b.Submit(page, "preview", "")
	b.Want(http.StatusOK, "The appearance is saved")
	saved := h.brand(t)
	if saved.Logo.Set != set || saved.Logo.Width != 300 || saved.Logo.Height != 200 || saved.Logo.Alt["en"] != "Two bridges" || saved.Drawn == "" {
		t.Errorf("%+v", saved)
	}
	front := visitor.Get("/no-such-page")
	for _, want := range []string{set + "-logo.png", set + "-logo-dark.png", `alt="Two bridges"`, saved.Drawn + "-icon-32.png", saved.Drawn + "-icon-180.png", `name="theme-color" content="#1f5f5b"`} {
		if !strings.Contains(front.Body, want) {
			t.Errorf("the frame has no %s", want)
		}
	}
	for name, size := range map[string]int{set + "-logo.png": 0, set + "-logo-dark.png": 0, set + "-logo-paper.png": 0, saved.Drawn + "-icon-32.png": 32, saved.Drawn + "-icon-512.png": 512, saved.Drawn + "-social.jpg": 1200} {
		got := visitor.Get("/brand/pictures/" + name)
		config, kind, err := image.DecodeConfig(bytes.NewReader([]byte(got.Body)))
		if err != nil || got.Header.Get("Content-Type") != "image/"+kind || got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || size > 0 && config.Width != size {
			t.Errorf("%s: %v %d %v", name, err, got.Status, got.Header)
		}
	}
	for _, name := range []string{set + "-source.png", set + "-../x", set, "-logo.png", saved.Drawn + "-logo.png", strings.ToUpper(set) + "-logo.png"} {
		if got := visitor.Get("/brand/pictures/" + name); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	if got := h.service.Letterhead(t.Context(), must(t, h)); len(got) == 0 {
		t.Error("no letterhead")
	}

	// Replaced: the old one is gone from the store once nobody can be bringing it just now.
	b.Get(page)
	b.SubmitFile(page, "logo", "new.png", filestest.PNG(t, 500, 120))
	b.Want(http.StatusOK, "The appearance is saved")
	h.swept(t)
	if !slices.ContainsFunc(h.keys(t, h.Tenant), func(key string) bool { return strings.HasPrefix(key, set) }) {
		t.Error("a picture went that somebody may have brought just now")
	}
	h.ahead = 25 * time.Hour
	h.swept(t)
	for _, key := range h.keys(t, h.Tenant) {
		if strings.HasPrefix(key, set) || strings.HasPrefix(key, saved.Drawn) {
			t.Errorf("%s is left", key)
		}
	}
	// Removed: nothing is left of it but the icons, with the initials on them.
	b.Submit(page, "remove_logo", "yes")
	b.Want(http.StatusOK, "The appearance is saved")
	last := h.brand(t)
	if last.Logo.Set != "" || last.Drawn == "" {
		t.Errorf("%+v", last)
	}
	h.swept(t)
	for _, key := range h.keys(t, h.Tenant) {
		if !strings.HasPrefix(key, last.Drawn) {
			t.Errorf("%s is left", key)
		}
	}
	if h.service.Letterhead(t.Context(), must(t, h)) != nil {
		t.Error("a letterhead is left")
	}
}

func must(t *testing.T, h *house) tenants.Tenant {
	t.Helper()
	now, err := h.Tenants.ByID(t.Context(), h.Tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestWhatIsWrongWithAPictureStandsAtItsField(t *testing.T) {
	t.Parallel()
	h := open(t)
	for want, content := range map[string][]byte{
		"Please save the picture as a PNG": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"24 million":                       filestest.HugePNG(t, 50_000, 50_000),
		"larger than 6 MB":                 append(filestest.PNG(t, 64, 64), make([]byte, pictures.MaxBytes)...),
		"not a picture":                    filestest.PDF("x"),
		"damaged":                          filestest.PNG(t, 64, 64)[:80],
	} {
		b := h.coordinator(t)
		for _, kind := range []string{"logo", "header"} {
			b.SubmitFile(page, kind, "picture.png", content, "name", "As it was typed", "primary", "#123456")
			b.Want(http.StatusUnprocessableEntity, want)
			if b.Page.Value("name") != "As it was typed" || b.Page.Value("primary") != "#123456" {
				t.Errorf("%s: what was typed is lost", want)
			}
		}
	}
	if left := h.keys(t, h.Tenant); len(left) > 0 || h.brand(t).Logo.Set != "" {
		t.Errorf("kept: %v", left)
	}
}

func TestAPictureStaysWithItsNetwork(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	b.SubmitFile(page, "header", "bridge.jpg", filestest.Photo(t, 600, 300, 1), "header_alt_en", "A bridge")
	b.Want(http.StatusOK, "The appearance is saved")
	theirs := h.brand(t)
	other := h.Another(t)
	for _, name := range []string{theirs.Header.Set + "-header.jpg", theirs.Drawn + "-social.jpg", theirs.Drawn + "-icon-32.png"} {
		if got := h.Browser(t, h.Tenant).Get("/brand/pictures/" + name); got.Status != http.StatusOK {
			t.Errorf("its own %s: %d", name, got.Status)
		}
		if got := h.Browser(t, other).Get("/brand/pictures/" + name); got.Status != http.StatusNotFound {
			t.Errorf("the other network shows %s: %d", name, got.Status)
		}
	}
	// Nor can another network take it by naming it.
	coordinator := h.Tenants.Bind(other, tenants.Actor{Person: h.As(t).Actor().Person, Identity: h.As(t).Actor().Identity, Grants: []tenants.Grant{{Role: tenants.RoleCoordinator}}})
	brand := tenants.Brand{Primary: "#1f5f5b", Accent: "#c2703d", Typeface: "inter", Header: tenants.Picture{Set: theirs.Header.Set}}
	err := h.service.Change(t.Context(), coordinator, tenants.Change{Name: other.Name, Locales: other.Locales, Zone: other.Zone, Brand: brand, Version: other.Version})
	if !fault.Is(err, fault.KindInvalid) {
		t.Errorf("taken: %v", err)
	}
	if _, err := h.service.Picture(t.Context(), coordinator, theirs.Header.Set+"-header.jpg"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("shown: %v", err)
	}
}

func TestABrandIsTypedValues(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	before := h.brand(t)
	for _, payload := range []string{`red;}body{display:none}`, `url(//evil.example/x)`, `</style><script>alert(1)</script>`, `#12345`, `#1234567`, `#12345g`, "#123456\n", `expression(alert(1))`, `var(--k-ink)`} {
		for _, field := range []string{"primary", "accent", "typeface", "logo_set", "header_set", "zone", "locale"} {
			b.Get(page)
			values := map[string]string{"name": "Ihlamur", field: payload}
			pairs := []string{}
			for k, v := range values {
				pairs = append(pairs, k, v)
			}
			// A field that the page does not have yet is sent all the same.
			got := b.Submit(page, pairs...)
			if got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s = %q: %d", field, payload, got.Status)
			}
		}
		css := b.Get("/brand/preview.css?primary=" + "%23123456" + "&accent=" + "red%3B%7D&typeface=evil").Body
		if strings.Contains(css, "red;") || strings.Contains(css, "evil") {
			t.Errorf("the tried style sheet: %s", css)
		}
	}
	if now := h.brand(t); now.Primary != before.Primary || now.Drawn != before.Drawn {
		t.Errorf("%+v", now)
	}
}

func TestOnlyCoordinatorsChangeTheBrand(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, role := range []tenants.Role{tenants.RoleOfficer, tenants.RoleReviewer} {
		sc := h.As(t, tenanttest.Role(role))
		if _, err := h.service.Upload(t.Context(), sc, brands.Logo, filestest.PNG(t, 64, 64)); err == nil {
			t.Errorf("%s uploads", role)
		}
		if err := h.service.Change(t.Context(), sc, tenants.Change{}); err == nil {
			t.Errorf("%s changes", role)
		}
	}
	if left := h.keys(t, h.Tenant); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
