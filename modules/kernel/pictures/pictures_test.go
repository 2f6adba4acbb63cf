package pictures_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png"
	"strings"
	"testing"

	"kervan/modules/kernel/files"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/pictures"
)

// shape is a disc's worth of paint in the middle of a picture.
func shape(width, height int, paint, around color.Color) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.Draw(p, p.Rect, image.NewUniform(around), image.Point{}, draw.Src)
	draw.Draw(p, image.Rect(width/4, height/4, 3*width/4, 3*height/4), image.NewUniform(paint), image.Point{}, draw.Src)
	return p
}

func TestWhatIsNoHonestPictureIsRefused(t *testing.T) {
	t.Parallel()
	honest := filestest.PNG(t, 64, 64)
	cut := honest[:len(honest)/2]
	for name, tt := range map[string]struct {
		b    []byte
		want files.Reason
	}{
		"an SVG":                 {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), pictures.Vector},
		"an SVG with a prologue": {[]byte("\n<?xml version=\"1.0\"?><!DOCTYPE svg><svg/>"), pictures.Vector},
		"a page":                 {[]byte("<html><body>x</body></html>"), pictures.Foreign},
		"a PDF":                  {filestest.PDF("x"), pictures.Foreign},
		"a GIF":                  {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), pictures.Foreign},
		"nothing":                {nil, pictures.Foreign},
		"half a PNG":             {cut, files.Broken},
		"a WebP that is none":    {append([]byte("RIFF\x10\x00\x00\x00WEBPVP8 "), make([]byte, 40)...), files.Broken},
		"50,000 × 50,000":        {filestest.HugePNG(t, 50_000, 50_000), files.Pixels},
		"5,000 × 5,000":          {filestest.HugePNG(t, 5_000, 5_000), files.Pixels},
		"a line":                 {filestest.PNG(t, 400, 3), pictures.Tiny},
		"too many bytes":         {append(bytes.Clone(honest), make([]byte, pictures.MaxBytes)...), pictures.TooMuch},
	} {
		_, err := pictures.Decode(t.Context(), tt.b)
		refusal, ok := errors.AsType[*files.Refusal](err)
		if !ok || refusal.Reason != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestOnlyPixelsAreKept(t *testing.T) {
	t.Parallel()
	secret := "<script>alert(1)</script>PK\x03\x04 41.0082N 28.9784E"
	polyglot := append(filestest.PNG(t, 120, 60), secret...)
	photo := filestest.Photo(t, 90, 40, 6)
	for name, b := range map[string][]byte{"png": polyglot, "jpeg": append(photo, secret...)} {
		decoded, err := pictures.Decode(t.Context(), b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		drawn, err := pictures.Logo(decoded)
		if err != nil {
			t.Fatal(err)
		}
		header, _, err := pictures.Header(decoded)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append(drawn, header) {
			if bytes.Contains(f.Body, []byte("alert")) || bytes.Contains(f.Body, []byte("41.0082")) || bytes.Contains(f.Body, []byte("Exif")) {
				t.Errorf("%s of %s keeps more than pixels", f.Name, name)
			}
			if !strings.HasPrefix(pictures.MediaType(f.Name), "image/") {
				t.Errorf("%s is %s", f.Name, pictures.MediaType(f.Name))
			}
		}
	}
	// A camera that was held on its side: the picture stands upright.
	if upright, err := pictures.Decode(t.Context(), photo); err != nil || upright.Rect.Dx() != 40 || upright.Rect.Dy() != 90 {
		t.Errorf("%v, %v", upright.Rect, err)
	}
}

func decode(t *testing.T, all []pictures.File, name string) image.Image {
	t.Helper()
	for _, f := range all {
		if f.Name != name {
			continue
		}
		picture, _, err := image.Decode(bytes.NewReader(f.Body))
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	t.Fatalf("no %s", name)
	return nil
}

func TestALogoIsSeenOnBothGrounds(t *testing.T) {
	t.Parallel()
	nothing := color.NRGBA{}
	black, white, green := color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{0x1f, 0x8f, 0x7b, 255}
	for name, tt := range map[string]struct {
		logo        *image.NRGBA
		light, dark bool // whether it needs a plate there
	}{
		"black":           {shape(200, 100, black, nothing), false, true},
		"white":           {shape(200, 100, white, nothing), true, false},
		"green":           {shape(200, 100, green, nothing), false, false},
		"black on white":  {shape(200, 100, black, white), false, false},
		"white on a card": {shape(200, 100, white, black), false, false},
	} {
		drawn, err := pictures.Logo(tt.logo)
		if err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]bool{pictures.LogoLight: tt.light, pictures.LogoDark: tt.dark, pictures.LogoPaper: tt.light} {
			picture := decode(t, drawn, file)
			if plate := picture.Bounds().Dx() > 200; plate != want {
				t.Errorf("%s, %s: plate %v", name, file, plate)
			}
		}
	}
}

func TestAnIdentityIsDrawnFromWhateverThereIs(t *testing.T) {
	t.Parallel()
	square, long := shape(300, 300, color.NRGBA{200, 30, 30, 255}, color.NRGBA{}), shape(900, 100, color.NRGBA{200, 30, 30, 255}, color.NRGBA{})
	photo := shape(1600, 700, color.NRGBA{40, 90, 160, 255}, color.NRGBA{200, 220, 240, 255})
	base := pictures.Identity{Name: "Boğaziçi Sivil Toplum Ağı", Initials: "BA", Ground: "#1f5f5b", Accent: "#c2703d"}
	for name, change := range map[string]func(*pictures.Identity){
		"a name alone": func(*pictures.Identity) {},
		"a logo":       func(i *pictures.Identity) { i.Logo = square },
		"a long logo":  func(i *pictures.Identity) { i.Logo = long },
		"a photo":      func(i *pictures.Identity) { i.Header = photo },
		"all":          func(i *pictures.Identity) { i.Logo, i.Header = square, photo },
		"a very long name": func(i *pictures.Identity) {
			i.Name, i.Logo, i.Header = strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 9), square, photo
		},
		"no letters": func(i *pictures.Identity) { i.Name, i.Initials = "協力", "協" },
		"nothing":    func(i *pictures.Identity) { *i = pictures.Identity{} },
	} {
		i := base
		change(&i)
		drawn, err := i.Draw()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for file, size := range map[string]image.Point{pictures.Icon32: {X: 32, Y: 32}, pictures.Icon180: {X: 180, Y: 180}, pictures.Icon512: {X: 512, Y: 512}, pictures.SocialFile: {X: 1200, Y: 630}} {
			if got := decode(t, drawn, file).Bounds().Size(); got != size {
				t.Errorf("%s: %s is %v", name, file, got)
			}
		}
		for _, f := range drawn {
			if len(f.Body) > 200<<10 {
				t.Errorf("%s: %s has %d bytes", name, f.Name, len(f.Body))
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 20)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f"))
	f.Add([]byte("<svg/>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		picture, err := pictures.Decode(t.Context(), b)
		if _, refused := errors.AsType[*files.Refusal](err); err != nil && !refused {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		if err == nil && picture.Rect.Dx()*picture.Rect.Dy() > 24_000_000 {
			t.Fatalf("%v", picture.Rect)
		}
	})
}
