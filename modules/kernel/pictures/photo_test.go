package pictures_test

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/pictures"
)

func TestAPhotographIsDrawnInWidthsBelowItsOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		width, height int
		want          []string
		size          image.Point
	}{
		"large":    {2400, 1200, []string{"480.jpg", "960.jpg", "full.jpg"}, image.Pt(1600, 800)},
		"tall":     {600, 3200, []string{"full.jpg"}, image.Pt(300, 1600)},
		"middling": {800, 600, []string{"480.jpg", "full.jpg"}, image.Pt(800, 600)},
		"small":    {300, 200, []string{"full.jpg"}, image.Pt(300, 200)},
	} {
		drawn, size, err := pictures.Photo(shape(c.width, c.height, color.Black, color.White))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range drawn {
			names = append(names, f.Name)
			config, format, err := image.DecodeConfig(bytes.NewReader(f.Body))
			if err != nil || format != "jpeg" || config.Width > size.X {
				t.Errorf("%s, %s: %v, %d × %d %s", name, f.Name, err, config.Width, config.Height, format)
			}
		}
		if diff := cmp.Diff(c.want, names); diff != "" || size != c.size {
			t.Errorf("%s is %v: %s", name, size, diff)
		}
	}
	src, srcset := pictures.Sources("/p/", "aa", 800)
	if src != "/p/aa-full.jpg" || srcset != "/p/aa-480.jpg 480w, /p/aa-full.jpg 800w" {
		t.Errorf("%s, %s", src, srcset)
	}
}

func TestAPhotographKeepsNothingButItsPixels(t *testing.T) {
	t.Parallel()
	decoded, err := pictures.Decode(t.Context(), append(filestest.Photo(t, 500, 200, 6), "<script>alert(1)</script>"...))
	if err != nil {
		t.Fatal(err)
	}
	drawn, size, err := pictures.Photo(decoded)
	if err != nil || size != image.Pt(200, 500) { // it was held upright
		t.Fatal(size, err)
	}
	for _, f := range drawn {
		if bytes.Contains(f.Body, []byte(filestest.Place)) || bytes.Contains(f.Body, []byte("script")) {
			t.Errorf("%s keeps more than pixels", f.Name)
		}
	}
}

func TestAPhotographsAddressIsRead(t *testing.T) {
	t.Parallel()
	set := strings.Repeat("0a", 16)
	for address, want := range map[string]bool{
		set + "-full.jpg": true, set + "-480.jpg": true, set + "-960.jpg": true, set + "-1600.jpg": false, set: false, set + "-": false,
		set[1:] + "-full.jpg": false, strings.ToUpper(set) + "-full.jpg": false, "../" + set + "-full.jpg": false, set + "-../full.jpg": false, "": false,
	} {
		if _, _, ok := pictures.ParsePhoto(address); ok != want {
			t.Errorf("%q: %v", address, ok)
		}
	}
}
