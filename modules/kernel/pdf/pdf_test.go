package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/modules/kernel/ui"
)

func localizer(t testing.TB, l i18n.Locale) *i18n.Localizer {
	t.Helper()
	c, err := i18n.Load(ui.Locales)
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(l, i18n.Zone("Europe/Berlin"))
}

func paper(t testing.TB, l i18n.Locale, blocks ...pdf.Block) pdf.Paper {
	t.Helper()
	return pdf.Paper{
		Brand: ui.Brand{Name: "Bosporus Dayanışma Ağı", Primary: "#8a3b6f"}, Loc: localizer(t, l),
		Title: "Ortak başvuru: Şehirde İklim Eğitimi", Subtitle: "KRV-2026-0042", Made: time.Date(2026, 11, 24, 14, 4, 0, 0, time.UTC),
		Code: "7H2K-9QXM", VerifyURL: "https://bosporus.example/verify/7H2K-9QXM", Blocks: blocks,
	}
}

func write(t testing.TB, p pdf.Paper) []byte {
	t.Helper()
	b, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var shown = regexp.MustCompile(`(?s)Td \((.*?)\) Tj ET`)

// pages reads the text of each page, a line for each piece that was set.
func pages(t testing.TB, file []byte) []string {
	t.Helper()
	var all []string
	for rest := file; ; {
		_, after, ok := bytes.Cut(rest, []byte(">>\nstream\n"))
		if !ok {
			return all
		}
		body, next, _ := bytes.Cut(after, []byte("\nendstream"))
		rest = next
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil || !bytes.Contains(content, []byte(" Tj ET")) {
			continue
		}
		var page strings.Builder
		for _, m := range shown.FindAllSubmatch(content, -1) {
			raw := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(m[1]))
			var units []uint16
			for i := 0; i+1 < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			page.WriteString(string(utf16.Decode(units)))
		}
		all = append(all, page.String())
	}
}

const long = "Kuruluşumuz 2011 yılından beri gençlerle iklim, katılım ve komşuluk üzerine çalışıyor; ğ, ş, ı, İ, ö, ü, ç ve ß, €, ₺ kâğıtta da doğru görünmeli. "

func everything() []pdf.Block {
	return []pdf.Block{
		pdf.Heading{Level: 1, Text: "A. Kuruluş"},
		pdf.Facts{{"Ad", "İhlamur Derneği"}, {"Rechtsform", "eingetragener Verein – Straße der Ähren 3"}, {"Болгария", "Ελλάδα и България, Đặng"}},
		pdf.Heading{Level: 2, Text: "Hakkında"},
		pdf.Paragraph{Text: strings.Repeat(long, 4)},
		pdf.Paragraph{Text: "Bu bölüm yalnızca bilgi içindir.", Muted: true},
		pdf.List{Items: []string{"Atölyeler", strings.Repeat("ziyaretler ", 20), "bir model"}},
		pdf.List{Numbered: true, Items: []string{"Eins", "Zwei"}},
		pdf.Table{
			Head: []string{"Kalem", "Açıklama", "Tutar"}, Right: []int{2},
			Rows:  [][]string{{"Yol", "İstanbul–Berlin, iki kişi, trenle ve geri dönüşte uçakla", "1.240,00 €"}, {"Konaklama", "Dört gece", "860,50 €"}},
			Total: []string{"Toplam", "", "2.100,50 €"},
		},
		pdf.Heading{Level: 1, Text: "B. Sorular"},
		pdf.Answer{Question: "Hangi kurumsal meseleyi birlikte ele almak istiyorsunuz?", Help: "Somut bir örnek verin.", Note: "En fazla 250 sözcük · zorunlu", Value: []string{strings.Repeat(long, 3), "İkinci paragraf."}},
		pdf.Answer{Question: "Konuk ağırlayabilir misiniz?", Empty: "Yanıt verilmedi"},
		pdf.Answer{Question: "Çalışma diliniz?", Note: "Bir seçenek", Choices: []string{"Türkçe", "Deutsch", "English"}},
		pdf.Answer{Question: "Beklentiniz nedir?", Help: "El yazısıyla doldurulabilir.", Space: 6},
		pdf.Answer{Question: "Bütçe", Inside: []pdf.Block{pdf.Table{Head: []string{"Yıl", "Bütçe"}, Rows: [][]string{{"2025", "40.000 €"}}}}},
		pdf.Signatures{{"Ayşe Yıldız", "İhlamur Derneği", "Yer, tarih, imza"}, {"Jörg Weiß", "Verein Lindenhof e. V.", "Ort, Datum, Unterschrift"}},
	}
}

func TestPaperCarriesItsTextInEveryScript(t *testing.T) {
	t.Parallel()
	b := write(t, paper(t, i18n.DE, everything()...))
	text := strings.Join(pages(t, b), "\n")
	for _, want := range []string{
		"Bosporus Dayanışma Ağı", "Ortak başvuru: Şehirde İklim Eğitimi", "İhlamur Derneği", "Straße der Ähren", "Болгария", "Ελλάδα и България", "Đặng",
		"ğ, ş, ı, İ, ö, ü, ç ve ß, €,", "2.100,50 €", "Ort, Datum, Unterschrift", "Seite 1 von 2", "24. November 2026, 15:04 (Europe/Berlin)", "7H2K-9QXM",
		"Dieses Dokument prüfen: https://bosporus.example/verify/7H2K-9QXM",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper lacks %q", want)
		}
	}
	if strings.ContainsRune(text, '\ufffd') {
		t.Error("a letter was replaced")
	}
	if path := os.Getenv("KERVAN_PAPER"); path != "" {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPropertiesNameTheTitleAndLanguageOnly(t *testing.T) {
	t.Parallel()
	b := write(t, paper(t, i18n.TR))
	for _, want := range []string{"/Lang (tr)", "/Title (", "/CreationDate (D:20261124140400"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}
	for _, bad := range []string{"/Author", "/Creator (", "/Keywords", "/Subject", "FPDF", "fpdf"} {
		if bytes.Contains(b, []byte(bad)) {
			t.Errorf("the file has %s", bad)
		}
	}
}

func TestEqualPapersAreEqualBytes(t *testing.T) {
	t.Parallel()
	p := paper(t, i18n.TR, everything()...)
	first := write(t, p)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if b, err := p.Write(); err != nil || !bytes.Equal(b, first) {
				t.Errorf("a second writing differs (%v)", err)
			}
		})
	}
	wg.Wait()
}

func TestLongWordsWrapAndStrangeLettersStand(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("Donaudampfschifffahrtsgesellschaft", 20)
	all := pages(t, write(t, paper(t, i18n.EN, pdf.Paragraph{Text: word}, pdf.Paragraph{Text: "ქართული 🙂 a\x00b\u202ec \xff"},
		pdf.Table{Head: []string{"A", "B"}, Rows: [][]string{{word, word}}})))
	text := strings.Join(all, "")
	if strings.Count(text, "Donau") < 50 {
		t.Error("parts of the word are lost")
	}
	if !strings.Contains(text, "abc") {
		t.Errorf("control characters were set: %q", text)
	}
}

func TestHeadingsKeepWithWhatTheyHead(t *testing.T) {
	t.Parallel()
	for fill := 30; fill < 60; fill++ {
		var blocks []pdf.Block
		for range fill {
			blocks = append(blocks, pdf.Paragraph{Text: "x"})
		}
		blocks = append(blocks, pdf.Heading{Level: 1, Text: "Here it begins"}, pdf.Answer{Question: "The question", Help: "The help", Value: []string{"The answer"}})
		for _, page := range pages(t, write(t, paper(t, i18n.EN, blocks...))) {
			if strings.Contains(page, "Here it begins") != strings.Contains(page, "The answer") {
				t.Fatalf("with %d lines before it a heading stands without its text", fill)
			}
		}
	}
}

func TestTablesRepeatTheirHead(t *testing.T) {
	t.Parallel()
	table := pdf.Table{Head: []string{"Number", "Name"}}
	for i := range 120 {
		table.Rows = append(table.Rows, []string{fmt.Sprint(i), "Organization " + fmt.Sprint(i)})
	}
	all := pages(t, write(t, paper(t, i18n.EN, table)))
	if len(all) < 3 {
		t.Fatalf("%d pages", len(all))
	}
	for i, page := range all {
		if !strings.Contains(page, "NumberName") || !strings.Contains(page, fmt.Sprintf("Page %d of %d", i+1, len(all))) {
			t.Errorf("page %d lacks the head or its count", i+1)
		}
	}
}

func TestAnAnswerLongerThanPagesIsWhole(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("line-%d;", i))
	}
	text := strings.Join(pages(t, write(t, paper(t, i18n.EN, pdf.Answer{Question: "Q", Value: []string{strings.Join(lines, "\n")}},
		pdf.Table{Head: []string{"A"}, Rows: [][]string{{strings.Join(lines, "\n")}}}))), "")
	for _, line := range lines {
		if strings.Count(text, line) != 2 {
			t.Fatalf("%s is %d times on the paper", line, strings.Count(text, line))
		}
	}
}

func BenchmarkTwoHundredPages(b *testing.B) {
	p := paper(b, i18n.TR)
	for range 100 {
		p.Blocks = append(p.Blocks, everything()...)
	}
	for b.Loop() {
		file := write(b, p)
		b.ReportMetric(float64(bytes.Count(file, []byte("/Type /Page\n"))), "pages")
	}
}
