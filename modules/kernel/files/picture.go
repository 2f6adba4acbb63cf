package files

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// What may be drawn: an A4 page at 600 dots per inch, within the memory that this takes.
const (
	maxPixels  = 40_000_000
	maxDrawing = 256 << 20 // bytes while decoding
)

// drawing is what must be known of a picture before it is decoded.
type drawing struct {
	orientation int // as in EXIF: 1 is upright
}

func inspectPicture(kind Kind, f io.ReaderAt, size int64) (drawing, error) {
	d := drawing{orientation: 1}
	var perPixel int64
	var config image.Config
	var err error
	if kind == PNG {
		config, err = png.DecodeConfig(io.NewSectionReader(f, 0, size))
		perPixel = 4
		if config.ColorModel == color.NRGBA64Model || config.ColorModel == color.RGBA64Model || config.ColorModel == color.Gray16Model {
			perPixel = 8
		}
	} else {
		config, err = jpeg.DecodeConfig(io.NewSectionReader(f, 0, size))
		perPixel = 4
		if err == nil {
			var progressive bool
			d.orientation, progressive = markers(io.NewSectionReader(f, 0, size))
			if progressive {
				perPixel = 16 // all coefficients are kept until the last scan
			}
		}
	}
	if err != nil {
		return d, unreadable(kind, f, size, err)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels <= 0 || config.Width > 1<<16 || config.Height > 1<<16 || pixels > maxPixels || pixels*perPixel > maxDrawing {
		return d, refuse(Pixels, "%d × %d pixels", config.Width, config.Height)
	}
	return d, nil
}

// unreadable says whether a picture that cannot be decoded is damaged or none of its kind at all.
func unreadable(kind Kind, f io.ReaderAt, size int64, err error) error {
	magic := map[Kind][]byte{PNG: []byte("\x89PNG\r\n\x1a\n"), JPEG: {0xff, 0xd8, 0xff}}[kind]
	head, failed := part(f, 0, min(size, int64(len(magic))))
	if failed != nil {
		return failed
	}
	if !bytes.Equal(head, magic) {
		return refuse(Mismatch, "%w", err)
	}
	return refuse(Broken, "%w", err)
}

// Redraw decodes a picture and writes it anew, upright, with nothing but its pixels. The error is a *Refusal where the
// picture is to blame. It takes up to a few hundred megabytes: the caller sees to it that few do at once.
func Redraw(ctx context.Context, kind Kind, f io.ReaderAt, size int64, w io.Writer) error {
	picture, err := Decode(ctx, kind, f, size)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if kind == PNG {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(out, picture)
	} else {
		err = jpeg.Encode(out, picture, &jpeg.Options{Quality: 90})
	}
	return errors.Join(err, out.Flush())
}

// Decode reads a PNG's or a JPEG's pixels, upright, once its head has said that they are not too many. The error is a
// *Refusal where the picture is to blame. What it takes is said at Redraw.
func Decode(ctx context.Context, kind Kind, f io.ReaderAt, size int64) (image.Image, error) {
	d, err := inspectPicture(kind, f, size)
	if err != nil {
		return nil, err
	}
	from := bufio.NewReaderSize(interruptible{ctx, io.NewSectionReader(f, 0, size)}, 64<<10)
	if kind == PNG {
		picture, err := png.Decode(from)
		if err != nil {
			return nil, redrawn(ctx, err)
		}
		return picture, nil
	}
	picture, err := jpeg.Decode(from)
	if err != nil {
		return nil, redrawn(ctx, err)
	}
	return upright(picture, d.orientation), nil
}

func redrawn(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("files: draw: %w", ctx.Err())
	}
	return refuse(Broken, "%w", err)
}

// interruptible ends a decoder's reading with its context.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

// Read reads while the context lives.
func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// turned shows a picture turned and mirrored as its orientation says, without a second copy of its pixels.
type turned struct {
	image.Image

	orientation int
}

func upright(picture image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return picture
	}
	return turned{picture, orientation}
}

// Bounds begin at zero; a quarter turn swaps the sides.
func (t turned) Bounds() image.Rectangle {
	size := t.Image.Bounds().Size()
	if t.orientation >= 5 {
		size.X, size.Y = size.Y, size.X
	}
	return image.Rectangle{Max: size}
}

// At is the pixel that is seen there once the picture stands upright.
func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, bottom := b.Dx()-1, b.Dy()-1
	switch t.orientation {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, bottom-y
	case 4:
		y = bottom - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, bottom-x
	case 7:
		x, y = right-y, bottom-x
	case 8:
		x, y = right-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}

// markers walks over a JPEG's segments up to its first frame: how the camera was held, and whether it is progressive.
func markers(r io.Reader) (orientation int, progressive bool) {
	orientation = 1
	in := bufio.NewReader(r)
	if _, err := in.Discard(2); err != nil {
		return orientation, false
	}
	for {
		var head [4]byte
		if _, err := io.ReadFull(in, head[:]); err != nil || head[0] != 0xff {
			return orientation, false
		}
		length := int(binary.BigEndian.Uint16(head[2:])) - 2
		if length < 0 {
			return orientation, false
		}
		switch head[1] {
		case 0xc2:
			return orientation, true
		case 0xc0, 0xc1, 0xda:
			return orientation, false
		}
		segment := make([]byte, length)
		if _, err := io.ReadFull(in, segment); err != nil {
			return orientation, false
		}
		if head[1] == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			orientation = exifOrientation(segment[6:], orientation)
		}
	}
}

// exifOrientation reads tag 0x0112 of the first directory of an EXIF block (TIFF 6.0).
func exifOrientation(b []byte, otherwise int) int {
	if len(b) < 8 {
		return otherwise
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return otherwise
	}
	entries := int64(order.Uint16(b[at:]))
	for i := range entries {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(b)) {
			return otherwise
		}
		if order.Uint16(b[entry:]) == 0x0112 {
			return int(order.Uint16(b[entry+8:]))
		}
	}
	return otherwise
}
