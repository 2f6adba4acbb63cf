package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func lines(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

var quoted = regexp.MustCompile(`"([a-z_]+(?:\.[a-z0-9_]+)+\.?)"`)

// spoken collects every string of the source that looks like a message key, and the prefixes ("accounts.role.") to
// which something is appended.
func spoken(t *testing.T) (keys map[string]string, prefixes map[string]bool) {
	t.Helper()
	keys, prefixes = map[string]string{}, map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (name == "node_modules" || name == "dist" || strings.HasPrefix(name, ".") && name != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") ||
			filepath.Ext(name) != ".go" && filepath.Ext(name) != ".templ" {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range quoted.FindAllSubmatch(b, -1) {
			key := string(m[1])
			if strings.HasSuffix(key, ".") {
				prefixes[key] = true
			} else {
				keys[key] = path
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, prefixes
}

func TestEveryWordIsTranslated(t *testing.T) {
	t.Parallel()
	c, err := loadCatalog() // refuses a key that one language lacks
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	rooms := map[string]bool{}
	for _, key := range c.Keys() {
		known[key] = true
		room, _, _ := strings.Cut(key, ".")
		rooms[room] = true
	}
	keys, prefixes := spoken(t)
	acts, jobs := audited(t), written(t, job)
	for key, path := range keys {
		if strings.HasSuffix(path, "/policies/actions.go") || acts[key] || jobs[key] {
			continue // actions and jobs are named like keys
		}
		room, _, _ := strings.Cut(key, ".")
		if rooms[room] && !known[key] && !isPrefix(key, known) {
			t.Errorf("%s speaks %q, which no language has", path, key)
		}
	}
	for action := range acts {
		if !known["trail.action."+action] {
			t.Errorf("the trail has no words for %q", action)
		}
	}
	for key := range known {
		if keys[key] == "" && !spokenByPrefix(key, keys, prefixes) {
			t.Errorf("nobody speaks %q", key)
		}
	}
}

// isPrefix reports whether the string is the beginning of keys, as the kind of a mail is.
func isPrefix(key string, known map[string]bool) bool {
	for k := range known {
		if strings.HasPrefix(k, key+".") || strings.HasPrefix(k, key+"_") {
			return true
		}
	}
	return false
}

func spokenByPrefix(key string, keys map[string]string, prefixes map[string]bool) bool {
	for i, r := range key {
		if r == '.' && (prefixes[key[:i+1]] || keys[key[:i]] != "") {
			return true
		}
	}
	return false
}

var job = regexp.MustCompile(`(?:React\(r, |Job += )"([a-z_]+\.[a-z_]+)"`)

var entry = regexp.MustCompile(`(?:Action: |entry\(|, action (?:=|:=) \w+, |note\(ctx, sc, |messages, )"([a-z_]+\.[a-z_]+)"`)

// audited collects what the source writes into the trail.
func audited(t *testing.T) map[string]bool {
	t.Helper()
	found := written(t, entry)
	if len(found) < 15 {
		t.Fatalf("found only %d entries of the trail", len(found))
	}
	return found
}

// written collects what a pattern's group finds in the source.
func written(t *testing.T, pattern *regexp.Regexp) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, f := range sourceFiles(t) {
		if f.isTest() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllSubmatch(b, -1) {
			found[string(m[1])] = true
		}
	}
	return found
}
