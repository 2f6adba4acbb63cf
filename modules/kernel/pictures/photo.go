package pictures

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
)

// photoWidths are the widths below its own in which a photograph is drawn, for small screens.
var photoWidths = []int{480, 960}

// photoMost is how wide and how high a photograph is at most.
const photoMost = 1600

// photoFull is the name of the largest of a photograph's files.
const photoFull = "full.jpg"

func photoName(width int) string { return fmt.Sprintf("%d.jpg", width) }

// Photo draws a photograph for pages: in its own size, of at most 1600 pixels each way, and in the smaller widths; white
// where it is transparent. It tells the size of the largest.
func Photo(picture *image.NRGBA) ([]File, image.Point, error) {
	full := fit(picture, photoMost, photoMost)
	size := full.Rect.Size()
	drawn := map[string]*image.NRGBA{photoFull: full}
	for _, w := range photoWidths {
		if w < size.X {
			drawn[photoName(w)] = fit(full, w, photoMost)
		}
	}
	var all []File
	for _, name := range PhotoNames(size.X) {
		opaque := image.NewRGBA(drawn[name].Rect)
		draw.Draw(opaque, opaque.Rect, image.NewUniform(white), image.Point{}, draw.Src)
		draw.Draw(opaque, opaque.Rect, drawn[name], image.Point{}, draw.Over)
		b, err := asJPEG(opaque)
		if err != nil {
			return nil, size, err
		}
		all = append(all, File{name, b})
	}
	return all, size, nil
}

// PhotoNames are the names of a photograph's files, the smallest first; width is that of the largest.
func PhotoNames(width int) []string {
	var names []string
	for _, w := range photoWidths {
		if w < width {
			names = append(names, photoName(w))
		}
	}
	return append(names, photoFull)
}

// Sources are where a page finds a photograph: the address for whoever takes one only, and the list of all with their
// widths. The files lie at root, then the set's name, a hyphen and the file's name.
func Sources(root, set string, width int) (src, srcset string) {
	names := PhotoNames(width)
	parts := make([]string, len(names))
	for i, name := range names {
		wide := width
		if i < len(names)-1 {
			wide = photoWidths[i]
		}
		parts[i] = fmt.Sprintf("%s%s-%s %dw", root, set, name, wide)
	}
	return root + set + "-" + photoFull, strings.Join(parts, ", ")
}

var photoSet = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ParsePhoto reads the last part of a photograph's address.
func ParsePhoto(address string) (set, name string, ok bool) {
	set, name, _ = strings.Cut(address, "-")
	return set, name, photoSet.MatchString(set) && slices.Contains(PhotoNames(photoMost+1), name)
}

// Taken is a photograph that was drawn and kept.
type Taken struct {
	Set           string
	Width, Height int
}

// Album keeps photographs that people bring. It is safe for concurrent use.
type Album struct {
	shelf *Shelf
	brush chan struct{} // how many are drawn at once
}

// NewAlbum makes an album on the shelf.
func NewAlbum(shelf *Shelf) *Album { return &Album{shelf: shelf, brush: make(chan struct{}, 1)} }

// Take draws a photograph anew from its pixels, without whatever else was in the file, and keeps it below the prefix. Faults:
// Invalid at the field, Unavailable when the store is down or too many wait.
func (a *Album) Take(ctx context.Context, prefix, field string, b []byte) (Taken, error) {
	select {
	case a.brush <- struct{}{}:
	case <-ctx.Done():
		return Taken{}, fault.Unavailable("fault.objects", ctx.Err())
	}
	defer func() { <-a.brush }()
	decoded, err := Decode(ctx, b)
	if refusal, ok := errors.AsType[*files.Refusal](err); ok {
		slog.Info("picture refused", "reason", string(refusal.Reason))
		return Taken{}, fault.Invalid("fault.check_fields", fault.At(field, reasonKey(refusal.Reason)))
	}
	if err != nil {
		return Taken{}, err
	}
	drawn, size, err := Photo(decoded)
	if err != nil {
		return Taken{}, err
	}
	sum := sha256.Sum256(append([]byte("photo 1\x00"), drawn[len(drawn)-1].Body...))
	t := Taken{Set: hex.EncodeToString(sum[:16]), Width: size.X, Height: size.Y}
	return t, a.shelf.Put(ctx, prefix, t.Set, drawn...)
}

func reasonKey(r files.Reason) string {
	if slices.Contains([]files.Reason{Vector, Foreign, TooMuch, Tiny, files.Pixels}, r) {
		return "fault.picture." + string(r)
	}
	return "fault.picture.broken"
}

// Get is one file of a photograph. Faults: NotFound, Unavailable.
func (a *Album) Get(ctx context.Context, prefix, set, name string) ([]byte, error) {
	return a.shelf.Get(ctx, prefix, set, name)
}

// Sweep forgets photographs below the prefix that are not in use, once they are a day old. What is left over when the store is
// down goes with the next sweep.
func (a *Album) Sweep(ctx context.Context, prefix string, used []string) {
	if err := a.shelf.Sweep(ctx, prefix, used); err != nil {
		slog.Warn("pictures not swept", "error", err)
	}
}
