package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// sourceFile is one Go file of the house with what it imports.
type sourceFile struct {
	path    string // from the top, with slashes
	imports []string
}

func (f sourceFile) folder() string { return path.Dir(f.path) }

func (f sourceFile) base() string { return path.Base(f.path) }

func (f sourceFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && file != root && (name == "node_modules" || name == "dist" || strings.HasPrefix(name, ".") && name != "..") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		f := sourceFile{path: filepath.ToSlash(relative)}
		for _, i := range parsed.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found only %d Go files: the walk is broken", len(files))
	}
	return files
}

// Rooms by height; a room may import rooms below it only. Rooms of one height do not see each other, but for the kernel,
// whose packages build on one another.
const (
	ground = iota
	heightOfTenants
	heightOfPolicies
	heightOfFrame
	heightOfFeatures
	heightOfProgram
)

func height(folder string) int {
	room := strings.TrimPrefix(folder, "kervan/")
	switch {
	case strings.HasPrefix(room, "modules/kernel/"), room == "modules/ids", room == "migrations", room == "modules/events",
		room == "modules/solver", strings.HasPrefix(room, "modules/solver/"):
		return ground
	case room == "tenants" || strings.HasPrefix(room, "tenants/"):
		return heightOfTenants
	case room == "policies":
		return heightOfPolicies
	case room == "modules/forms", strings.HasPrefix(room, "modules/forms/"), room == "modules/site", strings.HasPrefix(room, "modules/site/"), room == "modules/blueprints":
		return heightOfFrame
	case strings.HasPrefix(room, "modules/"):
		return heightOfFeatures
	default:
		return heightOfProgram
	}
}

func feature(folder string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(folder, "kervan/"), "modules/"), "/")
	return name
}

func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if f.isTest() && strings.HasPrefix(f.path, "cmd/") {
			continue
		}
		for _, imported := range f.imports {
			if !strings.HasPrefix(imported, "kervan/") {
				continue
			}
			from, to := height(f.folder()), height(imported)
			switch {
			case to > from:
				t.Errorf("%s imports %s, which stands above it", f.path, imported)
			case from == heightOfFeatures && to == heightOfFeatures && feature(f.folder()) != feature(imported):
				t.Errorf("%s imports %s: features never import each other", f.path, imported)
			}
		}
	}
}

// TestSolversArePure holds what computes runs anew to the standard library and to itself.
func TestSolversArePure(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if !strings.HasPrefix(f.path, "modules/solver/") {
			continue
		}
		for _, imported := range f.imports {
			first, _, _ := strings.Cut(imported, "/")
			if strings.Contains(first, ".") || first == "kervan" && !strings.HasPrefix(imported, "kervan/modules/solver/") || strings.HasPrefix(imported, "net") || imported == "database/sql" {
				t.Errorf("%s may not import %s", f.path, imported)
			}
		}
	}
}

// TestFiguresArePure holds what totals come to to the standard library and to identifiers, without requests or databases.
func TestFiguresArePure(t *testing.T) {
	t.Parallel()
	found := false
	for _, f := range sourceFiles(t) {
		if f.folder() != "modules/selection/figures" || f.isTest() {
			continue
		}
		found = true
		for _, imported := range f.imports {
			if !slices.Contains([]string{"cmp", "math", "slices", "strings", "kervan/modules/ids"}, imported) {
				t.Errorf("%s may not import %s", f.path, imported)
			}
		}
	}
	if !found {
		t.Error("there are no figures: the room has moved")
	}
}

// TestThirdPartiesStayInTheirRooms holds each library to the rooms that may know of it.
func TestThirdPartiesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	edge := func(f sourceFile) bool {
		return strings.HasPrefix(f.path, "modules/kernel/web/") || strings.HasPrefix(f.path, "modules/site/") ||
			strings.HasPrefix(f.path, "cmd/") || strings.HasPrefix(f.base(), "web") || strings.HasPrefix(f.base(), "forms") ||
			strings.HasPrefix(f.base(), "api")
	}
	data := func(f sourceFile) bool {
		return strings.HasPrefix(f.path, "tenants/") || strings.HasPrefix(f.path, "modules/kernel/database/") ||
			strings.HasPrefix(f.path, "modules/kernel/audit/") || strings.Contains(f.base(), "store") ||
			strings.HasPrefix(f.path, "cmd/")
	}
	queue := func(f sourceFile) bool {
		return strings.HasPrefix(f.path, "modules/kernel/jobs/") || strings.HasPrefix(f.path, "tenants/") ||
			strings.HasPrefix(f.base(), "jobs")
	}
	in := func(folders ...string) func(sourceFile) bool {
		return func(f sourceFile) bool {
			return slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(f.path, folder) })
		}
	}
	rules := map[string]func(sourceFile) bool{
		"github.com/gofiber/": edge,
		"github.com/danielgtaylor/": func(f sourceFile) bool {
			return strings.HasPrefix(f.path, "modules/kernel/web/") || strings.HasPrefix(f.path, "modules/site/") || strings.HasPrefix(f.base(), "api")
		},
		"github.com/riverqueue/":    queue,
		"github.com/casbin/":        in("policies/"),
		"github.com/stripe/":        in("modules/kernel/payments/"),
		"github.com/minio/":         in("modules/kernel/objects/", "modules/kernel/devserver/"),
		"github.com/xuri/excelize/": in("modules/kernel/sheets/"),
		"codeberg.org/go-pdf/":      in("modules/kernel/pdf/"),
		"rsc.io/qr":                 in("modules/kernel/pdf/"),
		"github.com/wneessen/":      in("modules/kernel/mail/"),
		"github.com/emersion/":      in("modules/kernel/mail/"),
		"github.com/jackc/pgx/":     in("tenants/", "modules/kernel/database/", "modules/kernel/jobs/", "modules/kernel/devserver/", "cmd/"),
		"github.com/uptrace/bun/d":  in("tenants/", "modules/kernel/database/"),
		"github.com/alexedwards/":   in("modules/accounts/"),
		"github.com/BurntSushi/":    in("modules/kernel/i18n/", "modules/blueprints/", "cmd/kervan/internal/demo/"),
		"github.com/microcosm-cc/":  in("modules/kernel/"),
		"github.com/yuin/goldmark":  in("modules/kernel/"),
		"github.com/prometheus/":    in("cmd/", "modules/kernel/"),
		"github.com/hashicorp/":     in("modules/kernel/markdown/", "modules/programs/store", "modules/forms/store"),
	}
	for _, f := range sourceFiles(t) {
		if f.isTest() {
			continue
		}
		for _, imported := range f.imports {
			for prefix, allowed := range rules {
				if strings.HasPrefix(imported, prefix) && !allowed(f) {
					t.Errorf("%s may not import %s", f.path, imported)
				}
			}
			if imported == "github.com/uptrace/bun" && !data(f) {
				t.Errorf("%s may not import bun: SQL stands in store files", f.path)
			}
		}
	}
}

func TestFilesStayReadable(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if strings.HasSuffix(f.path, "_templ.go") || f.isTest() {
			continue
		}
		if n := lines(t, filepath.Join(root, f.path)); n > 600 {
			t.Errorf("%s has %d lines; split the noun", f.path, n)
		}
	}
}

// TestOnlyTheSeedActsOnAnotherDay holds that nothing a request can reach chooses what is now: the seed does, and the job
// that fills a rehearsal.
func TestOnlyTheSeedActsOnAnotherDay(t *testing.T) {
	t.Parallel()
	found := 0
	for _, f := range sourceFiles(t) {
		b, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), ".AsOf(") && !strings.Contains(string(b), "DoAsOf(") {
			continue
		}
		found++
		if !f.isTest() && f.path != "tenants/rehearsal.go" && !strings.HasPrefix(f.path, "cmd/kervan/seed") && f.path != "cmd/kervan/answers_rehearsal.go" {
			t.Errorf("%s acts on another day", f.path)
		}
	}
	if found == 0 {
		t.Error("the search is broken")
	}
}
