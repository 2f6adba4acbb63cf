package pdf_test

import (
	"bytes"
	"testing"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
)

func TestALogoStandsInTheLetterhead(t *testing.T) {
	t.Parallel()
	p := paper(t, i18n.TR)
	if bytes.Contains(write(t, p), []byte("/Subtype /Image")) {
		t.Error("a paper without a logo shows one")
	}
	for _, size := range [][2]int{{32, 32}, {600, 60}, {60, 600}, {1200, 1200}} {
		p.Logo = filestest.PNG(t, size[0], size[1])
		file := write(t, p)
		if !bytes.Contains(file, []byte("/Subtype /Image")) {
			t.Errorf("%v: no logo", size)
		}
		if again := write(t, p); !bytes.Equal(file, again) {
			t.Errorf("%v: another file from the same paper", size)
		}
	}
	p.Logo = []byte("no picture")
	if _, err := p.Write(); err == nil {
		t.Error("what is no picture was drawn")
	}
}
