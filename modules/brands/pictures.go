package brands

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Kind is which of a network's pictures one is; it is also the name of its field.
type Kind string

// The kinds.
const (
	Logo   Kind = "logo"
	Header Kind = "header"
)

// drawing changes whenever pictures are drawn differently from the same source.
const drawing = "1"

var setForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func setOf(parts ...string) string {
	sum := sha256.Sum256([]byte(drawing + "\x00" + strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Upload takes a picture, draws all that pages show of it, and keeps it so that it can be tried; it becomes the network's
// with Change. Coordinators may. Faults: Invalid at the kind's field, Unavailable when the store is down.
func (s *Service) Upload(ctx context.Context, sc tenants.Scope, kind Kind, b []byte) (tenants.Picture, error) {
	if err := s.policies.May(sc, policies.BrandEdit, policies.On{}); err != nil {
		return tenants.Picture{}, err
	}
	select {
	case s.brush <- struct{}{}:
	case <-ctx.Done():
		return tenants.Picture{}, fault.Unavailable("fault.objects", ctx.Err())
	}
	defer func() { <-s.brush }()
	picture, drawn, err := draw(ctx, kind, b)
	if refusal, ok := errors.AsType[*files.Refusal](err); ok {
		slog.Info("picture refused", "reason", string(refusal.Reason))
		return picture, fault.Invalid("fault.check_fields", fault.At(string(kind), reasonKey(refusal.Reason)))
	}
	if err != nil {
		return picture, err
	}
	return picture, s.shelf.Put(ctx, sc.Tenant().PicturePrefix(), picture.Set, drawn...)
}

func reasonKey(r files.Reason) string {
	if slices.Contains([]files.Reason{pictures.Vector, pictures.Foreign, pictures.TooMuch, pictures.Tiny, files.Pixels}, r) {
		return "brands.picture." + string(r)
	}
	return "brands.picture.broken"
}

func draw(ctx context.Context, kind Kind, b []byte) (tenants.Picture, []pictures.File, error) {
	decoded, err := pictures.Decode(ctx, b)
	if err != nil {
		return tenants.Picture{}, nil, err
	}
	if kind == Header {
		file, size, err := pictures.Header(decoded)
		return tenants.Picture{Set: setOf("header", string(file.Body)), Width: size.X, Height: size.Y}, []pictures.File{file}, err
	}
	drawn, err := pictures.Logo(decoded)
	if err != nil {
		return tenants.Picture{}, nil, err
	}
	size := decoded.Rect.Size()
	return tenants.Picture{Set: setOf("logo", string(drawn[0].Body)), Width: size.X, Height: size.Y}, drawn, nil
}

// chosen is a picture that was chosen for the brand, with its size, which nobody's form says.
func (s *Service) chosen(ctx context.Context, sc tenants.Scope, kind Kind, p tenants.Picture) (tenants.Picture, error) {
	if p.Set == "" {
		return tenants.Picture{}, nil
	}
	for _, now := range []tenants.Picture{sc.Tenant().Brand.Logo, sc.Tenant().Brand.Header} {
		if now.Set == p.Set {
			p.Width, p.Height = now.Width, now.Height
			return p, nil
		}
	}
	gone := fault.Invalid("fault.check_fields", fault.At(string(kind), "brands.picture.gone"))
	if !setForm.MatchString(p.Set) {
		return p, gone
	}
	name := pictures.Source
	if kind == Header {
		name = pictures.HeaderFile
	}
	b, err := s.shelf.Get(ctx, sc.Tenant().PicturePrefix(), p.Set, name)
	if fault.Is(err, fault.KindNotFound) {
		return p, gone
	}
	if err != nil {
		return p, err
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(b))
	p.Width, p.Height = config.Width, config.Height
	if err != nil {
		return p, fmt.Errorf("brands: read picture: %w", err)
	}
	return p, nil
}

// identity draws the icons and the social picture of a brand anew where it has changed. A store that is down keeps nobody
// from changing a colour: the icons are then drawn with the next change.
func (s *Service) identity(ctx context.Context, sc tenants.Scope, c tenants.Change) (string, error) {
	old := sc.Tenant().Brand
	b := ui.Brand{Name: c.Name, Primary: c.Brand.Primary}
	ground, _ := b.Button()
	set := setOf("identity", c.Name, ground, c.Brand.Accent, c.Brand.Logo.Set, c.Brand.Header.Set)
	if set == old.Drawn {
		return set, nil
	}
	i := pictures.Identity{Name: c.Name, Initials: b.Initials(), Ground: ground, Accent: c.Brand.Accent}
	var err error
	if i.Logo, err = s.kept(ctx, sc, c.Brand.Logo.Set, pictures.Source); err == nil {
		i.Header, err = s.kept(ctx, sc, c.Brand.Header.Set, pictures.HeaderFile)
	}
	var drawn []pictures.File
	if err == nil {
		drawn, err = i.Draw()
	}
	if err == nil {
		err = s.shelf.Put(ctx, sc.Tenant().PicturePrefix(), set, drawn...)
	}
	if fault.Is(err, fault.KindUnavailable) {
		slog.Warn("icons not drawn", "error", err)
		return old.Drawn, nil
	}
	return set, err
}

func (s *Service) kept(ctx context.Context, sc tenants.Scope, set, name string) (*image.NRGBA, error) {
	if set == "" {
		return nil, nil
	}
	b, err := s.shelf.Get(ctx, sc.Tenant().PicturePrefix(), set, name)
	if err != nil {
		return nil, err
	}
	return pictures.Decode(ctx, b)
}

// Shown is a picture as it is sent.
type Shown struct {
	Body  []byte
	Type  string
	Saved bool // anybody may see it, and keep it for ever: what lies at its address never changes
}

// Picture shows one of the network's pictures by the last part of its address. Anybody may see those of the brand that is
// saved; coordinators, those that are being tried. Faults: NotFound, Unavailable.
func (s *Service) Picture(ctx context.Context, sc tenants.Scope, address string) (Shown, error) {
	set, name, _ := strings.Cut(address, "-")
	if !setForm.MatchString(set) || !slices.Contains(pictures.Names, name) {
		return Shown{}, fault.NotFound()
	}
	saved := slices.Contains(sets(sc.Tenant().Brand), set)
	if !saved && s.policies.May(sc, policies.BrandEdit, policies.On{}) != nil {
		return Shown{}, fault.NotFound()
	}
	b, err := s.shelf.Get(ctx, sc.Tenant().PicturePrefix(), set, name)
	return Shown{Body: b, Type: pictures.MediaType(name), Saved: saved}, err
}

// Letterhead is the logo for papers and mails, a PNG; nil where there is none, and also when the store is down: a paper
// without a logo is better than none.
func (s *Service) Letterhead(ctx context.Context, t tenants.Tenant) []byte {
	if t.Brand.Logo.Set == "" {
		return nil
	}
	b, err := s.shelf.Get(ctx, t.PicturePrefix(), t.Brand.Logo.Set, pictures.LogoPaper)
	if err == nil {
		_, err = png.DecodeConfig(bytes.NewReader(b))
	}
	if err != nil {
		slog.Warn("no logo for a letterhead", "error", err)
		return nil
	}
	return b
}
