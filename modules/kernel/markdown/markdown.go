// Package markdown shows what people write in Markdown: as HTML that carries nothing but text, lists, emphasis and links,
// and as plain text. Pictures, identifiers, raw HTML and links to anything but web pages and mail addresses are dropped,
// because a remote picture tells its owner who reads a page, and when.
package markdown

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/a-h/templ"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var reader = goldmark.New(
	goldmark.WithExtensions(extension.Linkify),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lowerHeadings{}, 100))),
)

var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "hr", "code")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,4}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}()

// lowerHeadings keeps the outline of the page around a text whole: its headings begin at the third level.
type lowerHeadings struct{}

// Transform satisfies goldmark's parser.ASTTransformer.
func (lowerHeadings) Transform(node *ast.Document, _ text.Reader, _ parser.Context) {
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			h.Level = min(max(h.Level+1, 3), 4)
		}
		return ast.WalkContinue, nil
	})
}

// shown are the texts that were asked for last, as HTML: what it is made into depends on the text alone, and a public page
// shows the same ones to everybody. Together, with what they were made into, they take at most room; one that is longer than
// longest, or becomes so, is made anew each time.
var (
	shown = func() *lru.Cache[string, string] {
		cache, err := lru.NewWithEvict(1024, func(source, made string) { held.Add(-int64(len(source) + len(made))) })
		if err != nil {
			panic(err) // of a size below one only
		}
		return cache
	}()
	held atomic.Int64
)

const (
	longest = 32 << 10
	room    = 8 << 20
)

// HTML is the text as safe HTML.
func HTML(source string) string {
	if len(source) > longest {
		return html(source)
	}
	made, found := shown.Get(source)
	if !found {
		made = html(source)
		keep(source, made)
	}
	return made
}

func keep(source, made string) {
	if len(made) > longest {
		return
	}
	held.Add(int64(len(source) + len(made)))
	if there, _ := shown.ContainsOrAdd(strings.Clone(source), made); there {
		held.Add(-int64(len(source) + len(made)))
	}
	for held.Load() > room {
		if _, _, ok := shown.RemoveOldest(); !ok {
			return
		}
	}
}

func html(source string) string {
	var out bytes.Buffer
	if err := reader.Convert([]byte(source), &out); err != nil {
		return policy.Sanitize(source)
	}
	return string(policy.SanitizeBytes(out.Bytes()))
}

// Show puts the text on a page.
func Show(source string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, HTML(source))
		return err
	})
}

// Escape makes a value into Markdown that shows it literally, for a value that is put into a text of somebody else.
func Escape(value string) string {
	var b strings.Builder
	for _, r := range value {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|~.:@/&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Plain is the text without its signs: paragraphs parted by empty lines, list items with a hyphen or number, links with
// their address behind them.
func Plain(source string) string {
	raw := []byte(source)
	var b strings.Builder
	_ = ast.Walk(reader.Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		return plain(&b, raw, n, entering), nil
	})
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "\n\n\n", "\n\n"))
}

func plain(b *strings.Builder, raw []byte, n ast.Node, entering bool) ast.WalkStatus {
	switch node := n.(type) {
	case *ast.Text:
		if entering {
			if _, code := node.Parent().(*ast.CodeSpan); code {
				b.Write(node.Segment.Value(raw))
			} else {
				b.Write(read(node.Segment.Value(raw)))
			}
			if node.SoftLineBreak() || node.HardLineBreak() {
				b.WriteByte('\n')
			}
		}
	case *ast.AutoLink:
		if entering {
			b.Write(node.URL(raw))
		}
	case *ast.Link:
		if !entering && !strings.Contains(string(node.Destination), string(node.Text(raw))) { //nolint:staticcheck // the only way to a link's own text
			b.WriteString(" (" + string(node.Destination) + ")")
		}
	case *ast.RawHTML, *ast.HTMLBlock, *ast.Image:
		return ast.WalkSkipChildren
	case *ast.ListItem:
		if entering {
			b.WriteString(bullet(node))
		} else {
			b.WriteByte('\n')
		}
	case *ast.Paragraph, *ast.Heading, *ast.List, *ast.Blockquote:
		if !entering {
			b.WriteString("\n\n")
		}
	}
	return ast.WalkContinue
}

// longestReference is how long a name or number between & and ; can be.
const longestReference = 32

// read is a text as a page shows it: escaped punctuation as itself, and what is written by name or number (&amp;, &#8203;) as
// the sign that it stands for.
func read(raw []byte) []byte {
	var b []byte
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '\\' && i+1 < len(raw) && util.IsPunct(raw[i+1]):
			i++
		case raw[i] == '&':
			if end := bytes.IndexByte(raw[i:min(len(raw), i+longestReference)], ';'); end > 0 {
				reference := raw[i : i+end+1]
				if sign := util.ResolveEntityNames(util.ResolveNumericReferences(reference)); !bytes.Equal(sign, reference) {
					b = append(b, sign...)
					i += end
					continue
				}
			}
		}
		b = append(b, raw[i])
	}
	return b
}

func bullet(item *ast.ListItem) string {
	list, ok := item.Parent().(*ast.List)
	if !ok || !list.IsOrdered() {
		return "- "
	}
	n := list.Start
	for previous := item.PreviousSibling(); previous != nil; previous = previous.PreviousSibling() {
		n++
	}
	return strconv.Itoa(n) + ". "
}
