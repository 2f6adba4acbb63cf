package pages_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/pages"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// pictured opens the editor of a new page that has one block for a picture and tells the page's address for editing.
func (h *house) pictured(t *testing.T) (*sitetest.Browser, string) {
	t.Helper()
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/settings/pages")
	b.Submit("/settings/pages", "kind", "page", "title", "Our garden", "slug", "garden")
	edit := b.Page.Path
	b.Submit(edit, "act", "remove:0")
	b.Get(edit)
	b.Submit(edit, "kind", "picture", "act", "add")
	b.Want(http.StatusOK, "1. Picture")
	return b, strings.TrimSuffix(edit, "/")
}

func TestAPictureIsShownInWidthsWithWordsForWhoDoesNotSeeIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, edit := h.pictured(t)
	b.SubmitFile(edit, "b0_file", "x.svg", []byte("<svg onload=alert(1)/>"), "title_en", "Typed title")
	b.Want(http.StatusUnprocessableEntity, "SVG")
	if b.Page.Value("title_en") != "Typed title" {
		t.Error("what was typed is lost with a refused picture")
	}
	b.Get(edit)
	b.SubmitFile(edit, "b0_file", "garden.jpg", filestest.Photo(t, 1200, 800, 1))
	b.Want(http.StatusOK, "Saved.")
	b.Submit(edit + "/publication")
	b.Want(http.StatusUnprocessableEntity, "only decoration")
	nasty := `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	b.Get(edit)
	b.Submit(edit, "b0_alt_en", "A garden "+nasty, "b0_caption_en", "Caption "+nasty, "b0_credit", "Credit "+nasty, "b0_placement", "text")
	b.Want(http.StatusOK, "Saved.")
	visitor := h.Browser(t, h.Tenant)
	set := b.Page.Value("b0_set")
	if got := visitor.Get("/page-pictures/" + set + "-480.jpg"); got.Status != http.StatusNotFound {
		t.Errorf("a visitor sees a picture that is not published: %d", got.Status)
	}
	b.Submit(edit + "/publication")
	b.Want(http.StatusOK, "Visitors can read it now.")
	visitor.Get("/pages/garden")
	visitor.Want(http.StatusOK, "Caption", "Picture: Credit")
	for _, want := range []string{`width="1200" height="800"`, set + `-480.jpg 480w`, set + `-960.jpg 960w`, set + `-full.jpg 1200w`, `k-figure-text`, `alt="A garden &lt;script&gt;`} {
		if !strings.Contains(visitor.Page.Body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(visitor.Page.Body, "<script>alert") || strings.Contains(visitor.Page.Body, "<img src=x") {
		t.Error("the page carries what was typed as HTML")
	}
	if got := visitor.Get("/page-pictures/" + set + "-960.jpg"); got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/jpeg" || strings.Contains(got.Body, filestest.Place) {
		t.Errorf("the picture: %d, %s", got.Status, got.Header.Get("Content-Type"))
	}
	if got := h.Browser(t, h.Another(t)).Get("/page-pictures/" + set + "-960.jpg"); got.Status != http.StatusNotFound {
		t.Errorf("another network shows it: %d", got.Status)
	}
	visitor.SetCookie("language", "de")
	visitor.Get("/pages/garden")
	if !strings.Contains(visitor.Page.Body, `lang="en"`) || !strings.Contains(visitor.Page.Body, `alt="A garden`) {
		t.Error("a reader of another language does not hear what is seen")
	}
	b.Get(edit)
	b.Submit(edit, "b0_decorative", "yes")
	b.Submit(edit + "/publication")
	visitor.Get("/pages/garden")
	if !strings.Contains(visitor.Page.Body, `alt=""`) || strings.Contains(visitor.Page.Body, "A garden") {
		t.Error("decoration is read aloud")
	}
}

func TestAPictureOfNoPageGoesAfterADay(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, team := t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	kept, err := h.service.Bring(ctx, team, "file", filestest.PNG(t, 100, 80))
	must(t, err)
	lost, err := h.service.Bring(ctx, team, "file", filestest.PNG(t, 120, 80))
	must(t, err)
	p, err := h.service.Begin(ctx, team, pages.KindPage, "Garden", "")
	must(t, err)
	foreign := pages.Photo{Set: strings.Repeat("ab", 16), Width: 1, Height: 1}
	wrong := kept
	wrong.Width = 9999
	content := pages.Content{Title: i18n.Text{i18n.EN: "Garden"}, Summary: i18n.Text{}, Blocks: []pages.Block{{Kind: pages.Picture, Picture: &wrong}, {Kind: pages.Picture, Picture: &foreign}}}
	must(t, h.service.Write(ctx, team, p.ID, 1, content, pages.PlaceNone, true))
	if p, _, err = h.service.Page(ctx, team, p.ID); err != nil || *p.Content.Blocks[0].Picture != kept || p.Content.Blocks[1].Picture != nil {
		t.Errorf("pictures as a form says them: %+v, %v", p.Content.Blocks, err)
	}
	there := func(photo pages.Photo) bool {
		_, _, err := h.service.File(ctx, team, photo.Set+"-full.jpg")
		return err == nil
	}
	must(t, h.service.Sweep(ctx, h.System()))
	if !there(kept) || !there(lost) {
		t.Error("a picture went before a page could show it")
	}
	must(t, h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE page_pictures SET at = at - interval '2 days'").Exec(ctx)
		return err
	}))
	must(t, h.service.Sweep(ctx, h.System()))
	if !there(kept) || !there(lost) {
		t.Error("a picture went that somebody may be bringing just now")
	}
	h.ahead = 25 * time.Hour
	must(t, h.service.Sweep(ctx, h.System()))
	if !there(kept) || there(lost) {
		t.Errorf("kept %v, lost %v", there(kept), there(lost))
	}
	var brought []string
	must(t, h.System().Read().NewRaw(`SELECT subject_id FROM audit_entries WHERE action = 'page.picture_brought' AND subject_kind = 'page_picture' AND actor_person = ? ORDER BY seq`, team.Actor().Person).Scan(ctx, &brought))
	if diff := cmp.Diff([]string{kept.Set, lost.Set}, brought); diff != "" {
		t.Error("who brought which picture is not in the audit trail", diff)
	}
	for who, sc := range map[string]tenants.Scope{"an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)), "a visitor": h.Visitor()} {
		if _, err := h.service.Bring(ctx, sc, "file", filestest.PNG(t, 100, 80)); err == nil || fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s brought a picture: %v", who, err)
		}
	}
	if err := h.service.Write(ctx, team, ids.New[ids.Page](), 1, content, pages.PlaceNone, true); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("wrote on no page: %v", err)
	}
}
