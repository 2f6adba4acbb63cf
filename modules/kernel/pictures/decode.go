package pictures

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"kervan/modules/kernel/files"
)

// MaxBytes is how large a picture may be that somebody brings.
const MaxBytes = 6 << 20

// maxPixels is what is decoded: less than files allows, as several pictures are drawn from it.
const maxPixels = 24_000_000

// Reasons besides those of files for which a picture is refused.
const (
	Vector  files.Reason = "vector"  // an SVG, which is a program as much as a picture
	Foreign files.Reason = "foreign" // of no kind that is read here
	TooMuch files.Reason = "bytes"   // over MaxBytes
	Tiny    files.Reason = "tiny"    // under 16 pixels
)

func refuse(reason files.Reason, format string, args ...any) error {
	return &files.Refusal{Reason: reason, Cause: fmt.Errorf(format, args...)}
}

// Decode reads a PNG, a JPEG or a WebP by what it is, not by what it is called. The error is a *files.Refusal where the
// picture is to blame: its head is read before its pixels are, so that a small file with enormous dimensions costs
// nothing. The caller sees to it that few are decoded at once.
func Decode(ctx context.Context, b []byte) (*image.NRGBA, error) {
	if len(b) > MaxBytes {
		return nil, refuse(TooMuch, "%d bytes", len(b))
	}
	var config image.Config
	var err error
	var decode func() (image.Image, error)
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		config, err = png.DecodeConfig(bytes.NewReader(b))
		decode = func() (image.Image, error) { return files.Decode(ctx, files.PNG, bytes.NewReader(b), int64(len(b))) }
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		config, err = jpeg.DecodeConfig(bytes.NewReader(b))
		decode = func() (image.Image, error) { return files.Decode(ctx, files.JPEG, bytes.NewReader(b), int64(len(b))) }
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		config, err = webp.DecodeConfig(bytes.NewReader(b))
		decode = func() (image.Image, error) { return webp.Decode(bytes.NewReader(b)) }
	case looksLikeSVG(b):
		return nil, refuse(Vector, "an SVG")
	default:
		return nil, refuse(Foreign, "it begins with %.8q", b[:min(len(b), 8)])
	}
	if err != nil {
		return nil, refuse(files.Broken, "%w", err)
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, refuse(files.Pixels, "%d × %d pixels", config.Width, config.Height)
	}
	if config.Width < 16 || config.Height < 16 {
		return nil, refuse(Tiny, "%d × %d pixels", config.Width, config.Height)
	}
	picture, err := decode()
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("pictures: decode: %w", ctx.Err())
		}
		return nil, refuse(files.Broken, "%w", err)
	}
	return plain(picture), nil
}

func looksLikeSVG(b []byte) bool {
	head := bytes.ToLower(b[:min(len(b), 1024)])
	return bytes.Contains(head, []byte("<svg")) || bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml"))
}

// plain is the picture as nothing but its pixels, beginning at zero.
func plain(picture image.Image) *image.NRGBA {
	size := picture.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, size.Dx(), size.Dy()))
	draw.Draw(out, out.Bounds(), picture, size.Min, draw.Src)
	return out
}

// fit makes a picture smaller so that it fits into the box; one that fits is left as it is.
func fit(picture *image.NRGBA, width, height int) *image.NRGBA {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	if w <= width && h <= height {
		return picture
	}
	if w*height > h*width {
		height = max(1, h*width/w)
	} else {
		width = max(1, w*height/h)
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	xdraw.CatmullRom.Scale(out, out.Rect, picture, picture.Rect, xdraw.Src, nil)
	return out
}

// cover fills the box with the middle of a picture.
func cover(picture *image.NRGBA, width, height int) *image.NRGBA {
	from := picture.Rect
	if w, h := from.Dx(), from.Dy(); w*height > h*width {
		cut := w - h*width/height
		from.Min.X, from.Max.X = cut/2, w-(cut-cut/2)
	} else {
		cut := h - w*height/width
		from.Min.Y, from.Max.Y = cut/2, h-(cut-cut/2)
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	xdraw.CatmullRom.Scale(out, out.Rect, picture, from, xdraw.Src, nil)
	return out
}

func asPNG(picture image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("pictures: encode: %w", err)
	}
	return b.Bytes(), nil
}

func asJPEG(picture image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 84}); err != nil {
		return nil, fmt.Errorf("pictures: encode: %w", err)
	}
	return b.Bytes(), nil
}
