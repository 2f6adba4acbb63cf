package files

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// Inspect looks through a file that claims to be of the kind. The error is a *Refusal where the file is to blame.
func Inspect(ctx context.Context, kind Kind, f io.ReaderAt, size int64) error {
	head, err := part(f, 0, min(size, headLength))
	if err != nil {
		return err
	}
	switch kind {
	case PDF:
		return inspectPDF(f, size, head)
	case DOCX, XLSX, ODT, ODS:
		return inspectOffice(ctx, kind, f, size, head)
	case PNG, JPEG:
		_, err := inspectPicture(kind, f, size)
		return err
	default:
		return refuse(Mismatch, "no such kind: %q", kind)
	}
}

// headLength is how far into a file other programs look for the beginning of their own kind.
const headLength = 1024

func part(f io.ReaderAt, offset, length int64) ([]byte, error) {
	b := make([]byte, length)
	n, err := f.ReadAt(b, offset)
	if err != nil && (!errors.Is(err, io.EOF) || int64(n) != length) {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	return b, nil
}

// markup is how a page begins that a browser or a mail program would run.
var markup = [][]byte{[]byte("<script"), []byte("<html"), []byte("<!doctype"), []byte("<svg"), []byte("<?php"), []byte("<body"), []byte("<iframe")}

func holdsMarkup(head []byte) bool {
	lower := bytes.ToLower(head)
	for _, m := range markup {
		if bytes.Contains(lower, m) {
			return true
		}
	}
	return false
}

// tailLength is how far from its end a PDF must have ended; printers and portals append blank bytes.
const tailLength = 4096

func inspectPDF(f io.ReaderAt, size int64, head []byte) error {
	if len(head) < 8 || !bytes.HasPrefix(head, []byte("%PDF-")) || head[5] < '1' || head[5] > '2' {
		return refuse(Mismatch, "it begins with %.8q", head)
	}
	tail, err := part(f, max(0, size-tailLength), min(size, tailLength))
	if err != nil {
		return err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return refuse(Broken, "a PDF without an end")
	}
	if holdsMarkup(head) {
		return refuse(Mixed, "a PDF that is a page too")
	}
	if archive, err := zip.NewReader(f, size); err == nil && len(archive.File) > 0 {
		return refuse(Mixed, "a PDF that is an archive of %d files too", len(archive.File))
	}
	return nil
}
