package documents_test

import (
	"strings"
	"testing"

	"kervan/modules/documents"
	"kervan/modules/kernel/files"
)

func TestEachStateAndVerb(t *testing.T) {
	t.Parallel()
	possible := map[documents.State]map[documents.Verb]documents.State{
		documents.Granted:     {documents.Arrive: documents.Quarantined},
		documents.Quarantined: {documents.Check: documents.Checking},
		documents.Checking:    {documents.Postpone: documents.Quarantined, documents.Pass: documents.Clean, documents.Refuse: documents.Refused},
		documents.Clean:       {},
		documents.Refused:     {},
	}
	for _, s := range documents.States {
		for _, v := range []documents.Verb{documents.Arrive, documents.Check, documents.Postpone, documents.Pass, documents.Refuse, "invented"} {
			after, ok := s.After(v)
			want, may := possible[s][v]
			if ok != may || may && after != want || !may && after != s {
				t.Errorf("%s, %s: %s, %v", s, v, after, ok)
			}
		}
	}
}

func TestNamesAreMadeHarmless(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ş", 300)
	for name, want := range map[string]string{
		"Tüzük.pdf":                         "Tüzük.pdf",
		"İMZALI ŞARTNAME.PDF":               "İMZALI ŞARTNAME.pdf",
		"foto.JPEG":                         "foto.jpg",
		"Tu\u0308zu\u0308k.pdf":             "Tüzük.pdf",
		"/home/ayse/gizli/rapor.pdf":        "rapor.pdf",
		`C:\Users\Ayşe\rapor.pdf`:           "rapor.pdf",
		"../../etc/passwd.pdf":              "passwd.pdf",
		"rapor\u202Efdp.exe":                "",
		"rapor\u202Eexe.pdf":                "raporexe.pdf",
		"ra\x00por.pdf":                     "rapor.pdf",
		"ra\u200bpor\r\n.pdf":               "rapor.pdf",
		"Set-Cookie: a=b\r\n\r\n<html>.pdf": "Set-Cookie: a=b<html>.pdf",
		"rapor.exe.pdf":                     "rapor.exe.pdf",
		"rapor.pdf.exe":                     "",
		"rapor.docm":                        "",
		"logo.svg":                          "",
		"..pdf":                             "document.pdf",
		".pdf":                              "document.pdf",
		"  . .pdf":                          "document.pdf",
		"\xff\xfe.pdf":                      "document.pdf",
		"":                                  "",
		"pdf":                               "",
		long + ".odt":                       strings.Repeat("ş", 120) + ".odt",
	} {
		got, kind, ok := documents.CleanName(name)
		if got != want || ok != (want != "") || ok && !strings.HasSuffix(got, kind.Extension()) {
			t.Errorf("%q: %q, %s, %v; want %q", name, got, kind, ok, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"Tüzük.pdf", "a/b\\c.PDF", "\u202e.docx", "..", "\xff.jpg"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got, kind, ok := documents.CleanName(name)
		if !ok {
			return
		}
		again, same, ok := documents.CleanName(got)
		if again != got || same != kind || !ok || strings.ContainsAny(got, "/\\\r\n\x00") || len([]rune(got)) > 126 {
			t.Errorf("%q became %q and then %q", name, got, again)
		}
		if k, _ := files.KindOf(got); k != kind {
			t.Errorf("%q is %s, not %s", got, k, kind)
		}
	})
}
