package markdown_test

import (
	"strconv"
	"strings"
	"testing"

	"kervan/modules/kernel/markdown"
)

func TestHTMLShowsText(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"## Nedir?\n\nFarklı **ülkeler** ve *Ğ*": "<h3>Nedir?</h3>\n<p>Farklı <strong>ülkeler</strong> ve <em>Ğ</em></p>\n",
		"- a\n- b":                          "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n",
		"[page](https://example.org/a?b=1)": `<p><a href="https://example.org/a?b=1" rel="nofollow noreferrer">page</a></p>` + "\n",
	} {
		if got := markdown.HTML(source); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func TestHTMLCarriesNothingElse(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![p](https://evil.example/p.png)", "[a](javascript:alert(1))",
		"[a](JaVaScRiPt:alert(1))", "[a](data:text/html;base64,PHNjcmlwdD4=)", "<a href='vbscript:x'>x</a>", "<p id=x class=y style='a:b' onclick=z>p</p>",
		"<svg/onload=alert(1)>", "[a](\x01javascript:alert(1))", "<iframe src=//evil.example>", "<a id=\"x\" href=\"//evil.example\">x</a>", "# T {#id onclick=x}",
	} {
		got := strings.ToLower(markdown.HTML(source))
		for _, bad := range []string{"<script", "<img", "javascript:", "vbscript:", "data:", "<svg", "<iframe", " id=", " style=", "onclick=\"", "onerror=\"", "href=\"//"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q lets %q through: %s", source, bad, got)
			}
		}
	}
}

// TestWhatIsKeptIsBounded: neither one long text nor many, nor texts that become long, fill the memory.
func TestWhatIsKeptIsBounded(t *testing.T) {
	t.Parallel()
	markdown.HTML("kept")
	if _, kept := markdown.Held("kept"); !kept {
		t.Error("a short text is not kept")
	}
	for _, long := range []string{strings.Repeat("a", 40<<10), strings.Repeat("&", 30<<10), strings.Repeat("https://example.org ", 1500)} {
		markdown.HTML(long)
		if _, kept := markdown.Held(long); kept {
			t.Errorf("%d bytes of %.5q are kept", len(long), long)
		}
	}
	for i := range 1000 {
		source := strconv.Itoa(i) + strings.Repeat("word ", 2000)
		for range 2 {
			markdown.HTML(source)
		}
		if n, kept := markdown.Held(source); n > markdown.Room || n <= 0 || !kept {
			t.Fatalf("after %d texts %d bytes are kept, this one among them: %v", i, n, kept)
		}
	}
}

func TestPlainReads(t *testing.T) {
	t.Parallel()
	source := "Dear Ayşe,\n\nthank *you*, **all**:\n\n1. one\n2. two\n\n- a\n- b\n\nSee [the page](https://example.org).\n\nWith kind regards\nİhlamur"
	want := "Dear Ayşe,\n\nthank you, all:\n\n1. one\n2. two\n\n- a\n- b\n\nSee the page (https://example.org).\n\nWith kind regards\nİhlamur"
	if got := markdown.Plain(source); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for source, want := range map[string]string{
		"Ihl**amur** Der&#110;e&#x11f;i":     "Ihlamur Derneği",
		"Tom &amp; Jerry &zzz; & so on; a&b": "Tom & Jerry &zzz; & so on; a&b",
		`\&amp; and ` + "`&amp;`":            "&amp; and &amp;",
		"a&shy;b":                            "a\u00adb",
	} {
		if got := markdown.Plain(source); got != want {
			t.Errorf("%q reads %q, not %q", source, got, want)
		}
	}
}

func FuzzEscapedValuesAreShownLiterally(f *testing.F) {
	for _, seed := range []string{"*a*", "[a](javascript:x)", "<b>", "# h", "1. x", "{person}", "a_b_c", "https://example.org", "&amp;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if value = strings.Join(strings.Fields(strings.ToValidUTF8(strings.Map(printable, value), "")), " "); value == "" {
			return
		}
		if got := markdown.Plain("x " + markdown.Escape(value) + " y"); got != "x "+value+" y" {
			t.Errorf("%q is shown as %q", value, got)
		}
	})
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}
