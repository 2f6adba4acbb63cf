package files

import (
	"fmt"
	"path"
	"strings"
)

// Kind is what a file is.
type Kind string

// The kinds.
const (
	PDF  Kind = "pdf"
	DOCX Kind = "docx"
	ODT  Kind = "odt"
	XLSX Kind = "xlsx"
	ODS  Kind = "ods"
	PNG  Kind = "png"
	JPEG Kind = "jpeg"
)

var mediaTypes = map[Kind]string{
	PDF:  "application/pdf",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	ODT:  "application/vnd.oasis.opendocument.text",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	ODS:  "application/vnd.oasis.opendocument.spreadsheet",
	PNG:  "image/png",
	JPEG: "image/jpeg",
}

// KindOf is the kind that a file's name claims, by its last extension. Extensions are compared letter by letter of
// ASCII: no language's dotted or dotless i is another's.
func KindOf(name string) (Kind, bool) {
	extension := strings.TrimPrefix(asciiLower(path.Ext(name)), ".")
	if extension == "jpg" {
		return JPEG, true
	}
	_, known := mediaTypes[Kind(extension)]
	return Kind(extension), known
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// MediaType is the kind's, as it is stored and sent.
func (k Kind) MediaType() string { return mediaTypes[k] }

// Extension is the ending of the kind's names, with its dot.
func (k Kind) Extension() string {
	if k == JPEG {
		return ".jpg"
	}
	return "." + string(k)
}

// Picture reports whether the kind is drawn anew by Redraw.
func (k Kind) Picture() bool { return k == PNG || k == JPEG }

// Reason is why a file is refused.
type Reason string

// The reasons.
const (
	Mismatch Reason = "mismatch" // it is not of the kind that its name claims
	Broken   Reason = "broken"   // it is of the kind, but damaged
	Mixed    Reason = "mixed"    // it is a second kind at the same time
	Active   Reason = "active"   // it holds a macro or another part that runs
	External Reason = "external" // it loads something from elsewhere
	Locked   Reason = "locked"   // it is encrypted, or of an older kind of the same program
	Enormous Reason = "enormous" // unpacked, it is far larger than it looks
	Pixels   Reason = "pixels"   // the picture has more pixels than can be drawn
)

// Refusal tells that a file is refused; Cause is for the log.
type Refusal struct {
	Reason Reason
	Cause  error
}

// Error is for logs.
func (r *Refusal) Error() string {
	if r.Cause == nil {
		return "files: refused: " + string(r.Reason)
	}
	return fmt.Sprintf("files: refused: %s: %v", r.Reason, r.Cause)
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

func refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Cause: fmt.Errorf(format, args...)}
}
