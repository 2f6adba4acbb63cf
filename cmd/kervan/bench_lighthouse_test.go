package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-rod/rod/lib/launcher"
)

// lighthouse has Google's Lighthouse look at what visitors see first, as on a phone. Its speed is what a slow phone would make
// of it by its own reckoning from what this machine does, so it is too low while others use the machine, too.
func (h *bench) lighthouse(b *testing.B) {
	b.Helper()
	folder := filepath.Join(root, "deploy", "tools", "lighthouse")
	chromium, found := launcher.LookPath()
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil || !found {
		remark("lighthouse is not there; make bench installs it")
		return
	}
	origin := "http://" + h.crowd.Host + ":" + h.port
	pages := map[string]string{origin + "/": "public-home", origin + "/calls/" + h.announced(b).String(): "public-page-of-a-call"}
	args := []string{"audit.mjs"}
	for url := range pages {
		args = append(args, url)
	}
	audit := exec.CommandContext(b.Context(), "node", args...)
	audit.Dir, audit.Env = folder, append(os.Environ(), "CHROME_PATH="+chromium)
	var said, complaints bytes.Buffer
	audit.Stdout, audit.Stderr = &said, &complaints
	if err := audit.Run(); err != nil {
		b.Fatalf("lighthouse: %v\n%s", err, complaints.String())
	}
	for line := range bytes.Lines(said.Bytes()) {
		var one struct {
			URL    string             `json:"url"`
			Scores map[string]float64 `json:"scores"`
		}
		must(b, json.Unmarshal(line, &one))
		least(pages[one.URL]+"-lighthouse-performance", one.Scores["performance"], "", 95)
		for _, category := range []string{"accessibility", "best-practices", "seo"} {
			least(pages[one.URL]+"-lighthouse-"+category, one.Scores[category], "", 100)
		}
	}
	if complaints.Len() > 0 {
		remark("%s", complaints.String())
	}
}
