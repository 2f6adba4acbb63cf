package files

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// What an office document may unpack into.
const (
	maxEntries  = 5_000
	maxUnpacked = 256 << 20
	maxMarkup   = 64 << 20 // of one part that is read as XML
	suspicious  = 8 << 20  // from this size on a part's ratio counts
	maxRatio    = 200
)

var (
	localHeader = []byte("PK\x03\x04")
	directory   = []byte("PK\x05\x06")
	compound    = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // the container of encrypted and of older documents
)

// inspectOffice looks through the archive that an office document is. Nothing may stand before or behind it, every part
// is unpacked once to hold it to what it declares, and parts in XML are read for what they would run or load.
func inspectOffice(ctx context.Context, kind Kind, f io.ReaderAt, size int64, head []byte) error {
	if bytes.HasPrefix(head, compound) {
		return refuse(Locked, "a compound file")
	}
	if !bytes.HasPrefix(head, localHeader) {
		return refuse(Mismatch, "it begins with %.8q", head)
	}
	if bytes.Contains(head, []byte("%PDF-")) || holdsMarkup(head) {
		return refuse(Mixed, "an archive that is a PDF or a page too")
	}
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return refuse(Broken, "%w", err)
	}
	if err := bounded(f, size, archive); err != nil {
		return err
	}
	look := parts{kind: kind, names: map[string]bool{}}
	for _, entry := range archive.File {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("files: inspect: %w", err)
		}
		if err := look.at(entry); err != nil {
			return err
		}
	}
	return look.whole(archive)
}

// bounded refuses an archive that is not the whole file, or that would unpack into too much.
func bounded(f io.ReaderAt, size int64, archive *zip.Reader) error {
	end, err := part(f, max(0, size-22), min(size, 22))
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(end, directory) || len(archive.File) == 0 {
		return refuse(Mixed, "something stands behind the archive")
	}
	first, err := part(f, 0, min(size, headLength))
	if err != nil {
		return err
	}
	name := first[30:min(len(first), 30+int(binary.LittleEndian.Uint16(first[26:])))]
	begins, total := false, uint64(0)
	for _, entry := range archive.File {
		offset, err := entry.DataOffset()
		if err != nil {
			return refuse(Broken, "%w", err)
		}
		if entry.Name == string(name) && offset < headLength {
			begins = true
		}
		packed, unpacked := entry.CompressedSize64, entry.UncompressedSize64
		total += unpacked
		if unpacked > suspicious && unpacked > maxRatio*max(packed, 1) || total > maxUnpacked {
			return refuse(Enormous, "%s: %d bytes from %d, %d so far", entry.Name, unpacked, packed, total)
		}
	}
	if !begins {
		return refuse(Mixed, "something stands before the archive")
	}
	if len(archive.File) > maxEntries {
		return refuse(Enormous, "%d parts", len(archive.File))
	}
	return nil
}

// parts remembers what has been seen of a document.
type parts struct {
	kind  Kind
	names map[string]bool
}

func (p *parts) opendocument() bool { return p.kind == ODT || p.kind == ODS }

func (p *parts) at(entry *zip.File) error {
	name := strings.ToLower(entry.Name)
	switch {
	case entry.Flags&1 != 0:
		return refuse(Locked, "%s is encrypted", entry.Name)
	case p.names[name], strings.Contains(name, "\\"), strings.HasPrefix(name, "/"), strings.Contains("/"+name+"/", "/../"):
		return refuse(Broken, "%s is no name, or is there twice", entry.Name)
	case runs(name):
		return refuse(Active, "%s", entry.Name)
	}
	p.names[name] = true
	content, err := entry.Open()
	if err != nil {
		return refuse(Broken, "%w", err)
	}
	defer func() { _ = content.Close() }()
	extension := path.Ext(name)
	if extension != ".xml" && extension != ".rels" {
		if _, err := io.Copy(io.Discard, content); err != nil { // #nosec G110 -- the reader refuses more than was declared, and bounded what was
			return refuse(Broken, "%s: %w", entry.Name, err)
		}
		return nil
	}
	if entry.UncompressedSize64 > maxMarkup {
		return refuse(Enormous, "%s: %d bytes of XML", entry.Name, entry.UncompressedSize64)
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return refuse(Broken, "%s: %w", entry.Name, err)
	}
	return p.read(name, text)
}

// running are names of parts that hold programs: macros, controls, foreign objects.
var running = regexp.MustCompile(`(^|/)(vbaproject\.bin|vbaprojectsignature.*|vbadata\.xml)$|(^|/)(activex|macrosheets|dialogsheets)/|/embeddings/.*\.(bin|exe|vbs|js|docm|xlsm|pptm)$|^(basic|scripts)/.+[^/]$`)

// indexes are the lists of an OpenDocument's macros, which are there when it has none as well.
var indexes = regexp.MustCompile(`^basic/(.+/)?(script|dialog)-l[cb]\.xml$`)

func runs(name string) bool { return running.MatchString(name) && !indexes.MatchString(name) }

func (p *parts) read(name string, text []byte) error {
	if bytes.Contains(text, []byte("<!DOCTYPE")) || bytes.Contains(text, []byte("<!ENTITY")) || bytes.IndexByte(text, 0) >= 0 {
		return refuse(Active, "%s declares its own entities, or is in an encoding that hides them", name)
	}
	switch {
	case name == "[content_types].xml":
		if bytes.Contains(text, []byte("macroEnabled")) || bytes.Contains(text, []byte("vbaProject")) {
			return refuse(Active, "it says that it has macros")
		}
	case strings.HasSuffix(name, ".rels"):
		return relations(name, text)
	case p.opendocument() && name == "meta-inf/manifest.xml":
		if bytes.Contains(text, []byte("encryption-data")) {
			return refuse(Locked, "its parts are encrypted")
		}
	case p.opendocument():
		return references(name, text)
	}
	return nil
}

// relations refuses a part of the Open Packaging Conventions that points to something which is fetched when the document
// is opened. A hyperlink is followed by hand only, and a template on its author's own disk is just not there.
func relations(name string, text []byte) error {
	return elements(name, text, func(e xml.StartElement) error {
		var target, mode, kind string
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "Target":
				target = a.Value
			case "TargetMode":
				mode = a.Value
			case "Type":
				kind = a.Value
			}
		}
		if strings.EqualFold(mode, "External") && !strings.HasSuffix(kind, "/hyperlink") && remote(target) {
			return refuse(External, "%s: %s from %s", name, path.Base(kind), target)
		}
		return nil
	})
}

const xlink = "http://www.w3.org/1999/xlink"

// references is the same for a part of an OpenDocument, and refuses what starts a macro of the reader's own program.
func references(name string, text []byte) error {
	return elements(name, text, func(e xml.StartElement) error {
		if e.Name.Local == "event-listener" {
			return refuse(Active, "%s: %s", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if a.Name.Local == "href" && a.Name.Space == xlink && e.Name.Local != "a" && remote(a.Value) {
				return refuse(External, "%s: %s from %s", name, e.Name.Local, a.Value)
			}
		}
		return nil
	})
}

func elements(name string, text []byte, visit func(xml.StartElement) error) error {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse(Broken, "%s: %w", name, err)
		}
		if element, ok := token.(xml.StartElement); ok {
			if err := visit(element); err != nil {
				return err
			}
		}
	}
}

var scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]+:`)

// remote reports whether opening the target would leave the reader's own machine: an address with a host, or a share.
func remote(target string) bool {
	target = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(target)), `\`, "/")
	if rest, ok := strings.CutPrefix(target, "file:"); ok {
		// file:///C:/x is on this disk; file://server/x and file:////server/x are not.
		slashes := len(rest) - len(strings.TrimLeft(rest, "/"))
		return slashes == 2 || slashes > 3
	}
	return strings.HasPrefix(target, "//") || scheme.MatchString(target)
}

// whole holds the document to what its kind must have.
func (p *parts) whole(archive *zip.Reader) error {
	need := map[Kind][]string{
		DOCX: {"[content_types].xml", "word/document.xml"}, XLSX: {"[content_types].xml", "xl/workbook.xml"},
		ODT: {"meta-inf/manifest.xml", "content.xml"}, ODS: {"meta-inf/manifest.xml", "content.xml"},
	}[p.kind]
	for _, name := range need {
		if !p.names[name] {
			return refuse(Mismatch, "it has no %s", name)
		}
	}
	if !p.opendocument() {
		return nil
	}
	first := archive.File[0]
	if first.Name != "mimetype" || first.Method != zip.Store {
		return refuse(Mismatch, "it does not begin with its type")
	}
	content, err := first.Open()
	if err != nil {
		return refuse(Broken, "%w", err)
	}
	defer func() { _ = content.Close() }()
	said, err := io.ReadAll(io.LimitReader(content, 200))
	if err != nil {
		return refuse(Broken, "%w", err)
	}
	if strings.TrimSpace(string(said)) != p.kind.MediaType() {
		return refuse(Mismatch, "it says that it is %q", said)
	}
	return nil
}
