package pdf

import (
	"bytes"
	"fmt"
	"image/png"

	"codeberg.org/go-pdf/fpdf"
)

// extent is how large a picture is on paper, in points.
type extent struct{ width, height float64 }

// The room for a logo in the letterhead.
const (
	logoWidth  = 150.0
	logoHeight = 40.0
)

// measure fits a logo into its room; one that is smaller keeps a size at which a point is a pixel.
func measure(logo []byte) (extent, error) {
	if len(logo) == 0 {
		return extent{}, nil
	}
	config, err := png.DecodeConfig(bytes.NewReader(logo))
	if err != nil {
		return extent{}, fmt.Errorf("pdf: read logo: %w", err)
	}
	w, h := float64(config.Width), float64(config.Height)
	scale := min(logoWidth/w, logoHeight/h, 1)
	return extent{w * scale, h * scale}, nil
}

func (c *canvas) picture(b []byte, x, y float64, size extent) {
	options := fpdf.ImageOptions{ImageType: "PNG"}
	c.doc.RegisterImageOptionsReader("logo", options, bytes.NewReader(b))
	c.doc.ImageOptions("logo", x, y, size.width, size.height, false, options, 0, "")
}
