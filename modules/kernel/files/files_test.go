package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"kervan/modules/kernel/files"
	"kervan/modules/kernel/files/filestest"
)

func inspect(t *testing.T, kind files.Kind, content []byte) (files.Reason, error) {
	t.Helper()
	err := files.Inspect(t.Context(), kind, bytes.NewReader(content), int64(len(content)))
	if refusal, ok := errors.AsType[*files.Refusal](err); ok {
		return refusal.Reason, err
	}
	if err != nil {
		t.Errorf("the file is not to blame: %v", err)
	}
	return "", err
}

func TestHonestFilesPass(t *testing.T) {
	t.Parallel()
	part := func(name, content string) filestest.Part { return filestest.Part{Name: name, Content: content} }
	for name, tt := range map[string]struct {
		kind    files.Kind
		content []byte
	}{
		"a PDF":                        {files.PDF, filestest.PDF("Tuzuk")},
		"a PDF with blanks behind":     {files.PDF, append(filestest.PDF("Tuzuk"), make([]byte, 3000)...)},
		"a text":                       {files.DOCX, filestest.DOCX(t)},
		"a text with a link":           {files.DOCX, filestest.DOCX(t, part("word/_rels/footnotes.xml.rels", filestest.Relation("hyperlink", "https://dernek.example/")))},
		"a text of a template at home": {files.DOCX, filestest.DOCX(t, part("word/_rels/settings.xml.rels", filestest.Relation("attachedTemplate", `file:///C:\Users\Ay%C5%9Fe\Antetli.dotx`)))},
		"a text with a drawing":        {files.DOCX, filestest.DOCX(t, part("word/media/logo.svg", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ""><svg/>`))},
		"a text with a chart":          {files.DOCX, filestest.DOCX(t, part("word/embeddings/Microsoft_Excel_Worksheet.xlsx", "PK"))},
		"a spreadsheet":                {files.XLSX, filestest.XLSX(t)},
		"a spreadsheet beside another": {files.XLSX, filestest.XLSX(t, part("xl/externalLinks/_rels/externalLink1.xml.rels", filestest.Relation("externalLinkPath", "Butce%202026.xlsx")))},
		"a large honest sheet":         {files.XLSX, filestest.XLSX(t, part("xl/worksheets/sheet1.xml", "<worksheet>"+strings.Repeat("<c r=\"A1\"><v>1</v></c>", 100_000)+"</worksheet>"))},
		"an open text":                 {files.ODT, filestest.ODT(t, `<text:a xlink:href="https://dernek.example/">x</text:a><draw:image xlink:href="Pictures/1.png"/>`)},
		"an open text without macros":  {files.ODT, filestest.ODT(t, "", part("Basic/script-lc.xml", "<x/>"), part("Basic/Standard/script-lb.xml", "<x/>"))},
		"an open spreadsheet":          {files.ODS, filestest.ODS(t, "")},
		"a picture":                    {files.PNG, filestest.PNG(t, 40, 30)},
		"a photo":                      {files.JPEG, filestest.Photo(t, 40, 30, 6)},
		"a photo that a phone adds to": {files.JPEG, append(filestest.Photo(t, 40, 30, 1), "ftypmp42 a moving picture"...)},
	} {
		if reason, err := inspect(t, tt.kind, tt.content); err != nil {
			t.Errorf("%s is refused as %s: %v", name, reason, err)
		}
	}
}

func TestDishonestFilesAreRefused(t *testing.T) {
	t.Parallel()
	part := func(name, content string) filestest.Part { return filestest.Part{Name: name, Content: content} }
	join := func(all ...[]byte) []byte { return bytes.Join(all, nil) }
	pdf, docx, jpg := filestest.PDF("Tuzuk"), filestest.DOCX(t), filestest.Photo(t, 40, 30, 1)
	archive := filestest.Archive(t, part("a.class", "x"))
	zeros := strings.Repeat("0", 9<<20)
	many := make([]filestest.Part, 5_001)
	for i := range many {
		many[i] = part("word/"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+strings.Repeat("y", i/182), "")
	}
	damaged := bytes.Clone(docx)
	damaged[bytes.Index(damaged, []byte("word/document.xml"))+30] ^= 0xff
	encrypted := bytes.Clone(docx)
	binary.LittleEndian.PutUint16(encrypted[bytes.LastIndex(encrypted, []byte("PK\x01\x02"))+8:], 1)
	for name, tt := range map[string]struct {
		kind    files.Kind
		content []byte
		want    files.Reason
	}{
		"nothing":                          {files.PDF, nil, files.Mismatch},
		"one byte":                         {files.DOCX, []byte("P"), files.Mismatch},
		"a program as PDF":                 {files.PDF, []byte("MZ\x90\x00 This program cannot be run in DOS mode"), files.Mismatch},
		"a page as PDF":                    {files.PDF, []byte("<html><script>alert(1)</script>%PDF-1.7 %%EOF"), files.Mismatch},
		"an SVG as PNG":                    {files.PNG, []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), files.Mismatch},
		"a PDF as JPEG":                    {files.JPEG, pdf, files.Mismatch},
		"a photo as PDF":                   {files.PDF, jpg, files.Mismatch},
		"a PNG as JPEG":                    {files.JPEG, filestest.PNG(t, 4, 4), files.Mismatch},
		"a spreadsheet as text":            {files.DOCX, filestest.XLSX(t), files.Mismatch},
		"an open text as open spreadsheet": {files.ODS, filestest.ODT(t, ""), files.Mismatch},
		"an open text as text":             {files.DOCX, filestest.ODT(t, ""), files.Mismatch},
		"any archive as text":              {files.DOCX, archive, files.Mismatch},
		"a PDF that ends early":            {files.PDF, pdf[:len(pdf)-10], files.Broken},
		"a text that ends early":           {files.DOCX, docx[:len(docx)-30], files.Broken},
		"a text with a wrong sum":          {files.DOCX, damaged, files.Broken},
		"a text with two of a part":        {files.DOCX, filestest.DOCX(t, part("word/Document.xml", "")), files.Broken},
		"a text that climbs":               {files.DOCX, filestest.DOCX(t, part("../../etc/passwd", "")), files.Broken},
		"half a photo":                     {files.JPEG, jpg[:80], files.Broken},
		"a PDF and an archive":             {files.PDF, join(pdf, archive), files.Mixed},
		"a PDF and a page":                 {files.PDF, join([]byte("%PDF-1.7\n<html><script>alert(1)</script></html>\n"), pdf), files.Mixed},
		"a text and a PDF":                 {files.DOCX, join(docx[:4], []byte("%PDF-1.7"), docx[12:]), files.Mixed},
		"a text with a tail":               {files.DOCX, join(docx, []byte("<script>alert(1)</script>")), files.Mixed},
		"a text behind an archive":         {files.DOCX, join(archive[:bytes.Index(archive, []byte("PK\x01\x02"))], docx), files.Mixed},
		"a text with macros":               {files.DOCX, filestest.DOCX(t, part("word/vbaProject.bin", "x")), files.Active},
		"a text that admits macros":        {files.DOCX, filestest.Archive(t, part("[Content_Types].xml", `<Types x="application/vnd.ms-word.document.macroEnabled.main+xml"/>`), part("word/document.xml", "<x/>")), files.Active},
		"a text with controls":             {files.DOCX, filestest.DOCX(t, part("word/activeX/activeX1.xml", "<x/>")), files.Active},
		"a text with an old object":        {files.DOCX, filestest.DOCX(t, part("word/embeddings/oleObject1.bin", "x")), files.Active},
		"a sheet with old macros":          {files.XLSX, filestest.XLSX(t, part("xl/macrosheets/sheet1.xml", "<x/>")), files.Active},
		"an open text with macros":         {files.ODT, filestest.ODT(t, "", part("Basic/Standard/Module1.xml", "<x/>")), files.Active},
		"an open text with scripts":        {files.ODT, filestest.ODT(t, "", part("Scripts/python/a.py", "x")), files.Active},
		"an open text that starts one":     {files.ODT, filestest.ODT(t, `<script:event-listener xlink:href="vnd.sun.star.script:x"/>`), files.Active},
		"a billion laughs":                 {files.DOCX, filestest.DOCX(t, part("word/styles.xml", `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>`)), files.Active},
		"an entity from a file":            {files.ODT, filestest.ODT(t, "", part("styles.xml", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`)), files.Active},
		"a hidden encoding":                {files.DOCX, filestest.DOCX(t, part("word/styles.xml", "\xff\xfe<\x00!\x00D\x00")), files.Active},
		"a template from elsewhere":        {files.DOCX, filestest.DOCX(t, part("word/_rels/settings.xml.rels", filestest.Relation("attachedTemplate", "https://evil.example/t.dotm"))), files.External},
		"a template from a share":          {files.DOCX, filestest.DOCX(t, part("word/_rels/settings.xml.rels", filestest.Relation("attachedTemplate", `\\evil.example\t.dotm`))), files.External},
		"a template from a file share":     {files.DOCX, filestest.DOCX(t, part("word/_rels/settings.xml.rels", filestest.Relation("attachedTemplate", `file://evil.example/t.dotm`))), files.External},
		"a picture from elsewhere":         {files.DOCX, filestest.DOCX(t, part("word/_rels/header1.xml.rels", filestest.Relation("image", "http://tracker.example/pixel.gif"))), files.External},
		"a handler of Windows":             {files.DOCX, filestest.DOCX(t, part("word/_rels/header1.xml.rels", filestest.Relation("oleObject", "mhtml:ms-msdt:/id"))), files.External},
		"an open picture from elsewhere":   {files.ODT, filestest.ODT(t, `<draw:image xmlns:z="http://www.w3.org/1999/xlink" z:href="https://tracker.example/pixel.gif"/>`), files.External},
		"a locked text":                    {files.DOCX, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), files.Locked},
		"a locked part":                    {files.DOCX, encrypted, files.Locked},
		"a locked open text":               {files.ODT, filestest.Archive(t, filestest.Part{Name: "mimetype", Content: files.ODT.MediaType(), Stored: true}, part("META-INF/manifest.xml", `<manifest:encryption-data xmlns:manifest="m"/>`), part("content.xml", "x")), files.Locked},
		"a bomb":                           {files.DOCX, filestest.DOCX(t, part("word/media/image1.png", zeros)), files.Enormous},
		"a bomb of many":                   {files.DOCX, filestest.DOCX(t, many...), files.Enormous},
		"50,000 × 50,000 pixels":           {files.PNG, filestest.HugePNG(t, 50_000, 50_000), files.Pixels},
		"a very long picture":              {files.PNG, filestest.HugePNG(t, 1<<20, 1), files.Pixels},
	} {
		if reason, err := inspect(t, tt.kind, tt.content); reason != tt.want {
			t.Errorf("%s: refused as %q, want %q: %v", name, reason, tt.want, err)
		}
	}
}

func TestAPhotoLosesEverythingButItsPixels(t *testing.T) {
	t.Parallel()
	for orientation := 1; orientation <= 8; orientation++ {
		content := append(filestest.Photo(t, 80, 40, orientation), filestest.Archive(t, filestest.Part{Name: "hidden.txt", Content: "hidden"})...)
		if !bytes.Contains(content, []byte(filestest.Place)) {
			t.Fatal("the photo tells no place to begin with")
		}
		var out bytes.Buffer
		if err := files.Redraw(t.Context(), files.JPEG, bytes.NewReader(content), int64(len(content)), &out); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out.Bytes(), []byte("Exif")) || bytes.Contains(out.Bytes(), []byte("SECRET")) || bytes.Contains(out.Bytes(), []byte("hidden")) || bytes.Contains(out.Bytes(), []byte("PK\x05\x06")) {
			t.Errorf("orientation %d: the new picture still tells something", orientation)
		}
		m, err := jpeg.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		// The red corner is upper left in the pixels as they are stored; where it is seen is what the orientation says.
		want := map[int]image.Point{1: {2, 2}, 2: {77, 2}, 3: {77, 37}, 4: {2, 37}, 5: {2, 2}, 6: {37, 2}, 7: {37, 77}, 8: {2, 77}}[orientation]
		size := image.Pt(80, 40)
		if orientation >= 5 {
			size = image.Pt(40, 80)
		}
		if m.Bounds().Size() != size || !red(m.At(want.X, want.Y)) {
			t.Errorf("orientation %d: %v, at %v is %v", orientation, m.Bounds(), want, m.At(want.X, want.Y))
		}
	}
}

func red(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r > 0xc000 && g < 0x6000 && b < 0x6000
}

func TestAPictureIsDrawnAnew(t *testing.T) {
	t.Parallel()
	content := filestest.PNG(t, 30, 20)
	comment := []byte("\x00\x00\x00\x0ctEXtComment\x00SECR")
	content = append(append(bytes.Clone(content[:33]), append(comment, 0, 0, 0, 0)...), content[33:]...)
	var out bytes.Buffer
	err := files.Redraw(t.Context(), files.PNG, bytes.NewReader(content), int64(len(content)), &out)
	if refusal, ok := errors.AsType[*files.Refusal](err); !ok || refusal.Reason != files.Broken {
		t.Errorf("a chunk with a wrong sum: %v", err)
	}
	content = append(filestest.PNG(t, 30, 20), "SECRET"...)
	out.Reset()
	if err := files.Redraw(t.Context(), files.PNG, bytes.NewReader(content), int64(len(content)), &out); err != nil {
		t.Fatal(err)
	}
	if m, err := png.Decode(bytes.NewReader(out.Bytes())); err != nil || m.Bounds().Dx() != 30 || !red(m.At(1, 1)) || bytes.Contains(out.Bytes(), []byte("SECRET")) {
		t.Errorf("%v", err)
	}
	half := filestest.PNG(t, 300, 200)[:400]
	err = files.Redraw(t.Context(), files.PNG, bytes.NewReader(half), int64(len(half)), &out)
	if refusal, ok := errors.AsType[*files.Refusal](err); !ok || refusal.Reason != files.Broken {
		t.Errorf("half a picture: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := files.Redraw(ctx, files.PNG, bytes.NewReader(content), int64(len(content)), &out); !errors.Is(err, context.Canceled) {
		t.Errorf("in a context that has ended: %v", err)
	}
}

func TestKindsByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]files.Kind{
		"a.pdf": files.PDF, "A.PDF": files.PDF, "İMZALI TÜZÜK.PDF": files.PDF, "foto.JPG": files.JPEG, "foto.jpeg": files.JPEG, "b.docx": files.DOCX, "tablo.ods": files.ODS,
		"rapor.pdf.exe": "", "rapor.exe": "", "pdf": "", ".pdf": files.PDF, "rapor.pdf ": "", "rapor.pdf.": "", "x.PDİF": "", "x.svg": "", "x.docm": "", "x.html": "", "x.zip": "", "": "",
	} {
		kind, known := files.KindOf(name)
		if known != (want != "") || known && kind != want {
			t.Errorf("%q: %q, %v", name, kind, known)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, content := range [][]byte{filestest.PDF("x"), filestest.DOCX(f), filestest.XLSX(f), filestest.ODT(f, ""), filestest.ODS(f, ""), filestest.PNG(f, 4, 4), filestest.Photo(f, 8, 8, 3), nil} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, kind := range []files.Kind{files.PDF, files.DOCX, files.XLSX, files.ODT, files.ODS, files.PNG, files.JPEG} {
			err := files.Inspect(t.Context(), kind, bytes.NewReader(content), int64(len(content)))
			if err == nil && kind.Picture() && len(content) < 1<<16 {
				err = files.Redraw(t.Context(), kind, bytes.NewReader(content), int64(len(content)), &bytes.Buffer{})
			}
			if _, ok := errors.AsType[*files.Refusal](err); err != nil && !ok {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}
