// Package filestest makes files for tests: honest ones of every kind, and dishonest ones.
package filestest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// PDF is a document of one page that says the text.
func PDF(text string) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>")
	content := "BT /F 14 Tf 72 770 Td (" + strings.NewReplacer("(", "", ")", "", "\\", "").Replace(text) + ") Tj ET"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return b.Bytes()
}

// Part is one entry of an archive.
type Part struct {
	Name    string
	Content string
	Stored  bool // not compressed
}

// Archive packs the parts.
func Archive(t testing.TB, parts ...Part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		header := &zip.FileHeader{Name: p.Name, Method: zip.Deflate}
		if p.Stored {
			header.Method = zip.Store
		}
		entry, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write([]byte(p.Content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	rels    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
)

// Relation is a relationship to something outside of the document.
func Relation(kind, target string) string {
	return xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rels + "/" + kind + `" Target="` + target + `" TargetMode="External"/></Relationships>`
}

// DOCX is a text document with further parts.
func DOCX(t testing.TB, more ...Part) []byte {
	t.Helper()
	return Archive(t, append([]Part{
		{Name: "[Content_Types].xml", Content: xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{Name: "_rels/.rels", Content: xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rels + `/officeDocument" Target="word/document.xml"/></Relationships>`},
		{Name: "word/document.xml", Content: xmlHead + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Tüzük</w:t></w:r></w:p></w:body></w:document>`},
		{Name: "word/_rels/document.xml.rels", Content: Relation("hyperlink", "https://dernek.example/")},
	}, more...)...)
}

// XLSX is a spreadsheet with further parts.
func XLSX(t testing.TB, more ...Part) []byte {
	t.Helper()
	return Archive(t, append([]Part{
		{Name: "[Content_Types].xml", Content: xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{Name: "xl/workbook.xml", Content: xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>`},
		{Name: "xl/printerSettings/printerSettings1.bin", Content: "printer"},
	}, more...)...)
}

// ODT is a text document of the other family, with that content and further parts.
func ODT(t testing.TB, body string, more ...Part) []byte {
	t.Helper()
	return opendocument(t, "text", body, more)
}

// ODS is a spreadsheet of the other family.
func ODS(t testing.TB, body string, more ...Part) []byte {
	t.Helper()
	return opendocument(t, "spreadsheet", body, more)
}

func opendocument(t testing.TB, family, body string, more []Part) []byte {
	t.Helper()
	return Archive(t, append([]Part{
		{Name: "mimetype", Content: "application/vnd.oasis.opendocument." + family, Stored: true},
		{Name: "META-INF/manifest.xml", Content: xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`},
		{Name: "content.xml", Content: xmlHead + `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"><office:scripts/><office:body>` + body + `</office:body></office:document-content>`},
		{Name: "Configurations2/", Content: ""},
	}, more...)...)
}

func picture(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), 90, 255})
		}
	}
	// The upper left corner is red, so that one sees which way it is up.
	for y := range height / 4 {
		for x := range width / 4 {
			m.Set(x, y, color.RGBA{255, 0, 0, 255})
		}
	}
	return m
}

// PNG is a picture.
func PNG(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(width, height)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Place is what the EXIF block of Photo says of where it was taken; no cleaned picture may hold it.
const Place = "SECRET-PLACE-39.9208N-32.8541E"

// Photo is a JPEG as a telephone takes it: with an EXIF block that tells the place and how the telephone was held.
func Photo(t testing.TB, width, height, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(width, height), &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x02")
	tiff = append(tiff, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0)
	tiff = append(tiff, 0x01, 0x0e, 0, 2, 0, 0, 0, byte(len(Place)), 0, 0, 0, 38)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(tiff, Place...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	out = append(out, segment...)
	return append(out, b.Bytes()[2:]...)
}

// HugePNG claims to have so many pixels, and is small.
func HugePNG(t testing.TB, width, height uint32) []byte {
	t.Helper()
	b := PNG(t, 8, 8)
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// Virus is the harmless file that every virus scanner knows.
func Virus() []byte {
	return []byte("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
}
