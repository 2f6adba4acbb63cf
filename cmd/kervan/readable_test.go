package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"io"
	"strings"
)

// readable is what a reader finds in an answer's body: of a PDF and of an archive, such as a workbook, also what is compressed in it.
func readable(body string) string {
	switch {
	case strings.HasPrefix(body, "%PDF-"):
		return body + inflated(body)
	case strings.HasPrefix(body, "PK\x03\x04"):
		return body + unpacked(body)
	default:
		return body
	}
}

func inflated(pdf string) string {
	var all strings.Builder
	for part := range strings.SplitSeq(pdf, "stream\n") {
		if r, err := zlib.NewReader(strings.NewReader(part)); err == nil {
			var text bytes.Buffer
			_, _ = io.Copy(&text, r) // what follows the stream is none
			all.WriteString(strings.ReplaceAll(text.String(), "\x00", ""))
		}
	}
	return all.String()
}

func unpacked(archive string) string {
	var all strings.Builder
	r, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		return ""
	}
	for _, f := range r.File {
		if content, err := f.Open(); err == nil {
			_, _ = io.Copy(&all, content)
			_ = content.Close()
			all.WriteByte('\n')
		}
	}
	return all.String()
}
