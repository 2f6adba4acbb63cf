package ui

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

var manifest = sync.OnceValues(func() (map[string]string, error) {
	b, err := dist.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("ui: the assets are not built; run make assets")
	}
	if err != nil {
		return nil, fmt.Errorf("ui: read manifest: %w", err)
	}
	names := map[string]string{}
	if err := json.Unmarshal(b, &names); err != nil {
		return nil, fmt.Errorf("ui: read manifest: %w", err)
	}
	return names, nil
})

// Built reports whether the assets were built into this program.
func Built() error {
	_, err := manifest()
	return err
}

// Asset is the address of an asset by the name it has in the source.
func Asset(name string) string {
	names, err := manifest()
	if err != nil {
		return "/assets/" + name
	}
	return "/assets/" + names[name]
}

// File is an asset as it is sent.
type File struct {
	Body     []byte
	Type     string
	Encoding string // br, gzip or empty
}

// Read finds an asset by the last part of its address, in the best encoding that the browser accepts. It reports false
// for a name that is not in the manifest.
func Read(name, acceptEncoding string) (File, bool) {
	if path.Base(name) != name || strings.HasSuffix(name, ".json") {
		return File{}, false
	}
	f := File{Type: mediaType(name)}
	for _, encoding := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !strings.Contains(acceptEncoding, encoding.name) {
			continue
		}
		if b, err := dist.ReadFile("dist/" + name + encoding.suffix); err == nil {
			f.Body, f.Encoding = b, encoding.name
			return f, true
		}
	}
	b, err := dist.ReadFile("dist/" + name)
	if err != nil {
		return File{}, false
	}
	f.Body = b
	return f, true
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}
