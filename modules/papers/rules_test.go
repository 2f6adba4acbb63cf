package papers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kervan/modules/papers"
)

// TestCodesAreReadHoweverTheyAreTyped types codes at random as people do and mistake them.
func TestCodesAreReadHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(3, 50))
	mistaken := map[rune][]string{'1': {"1", "I", "i", "L", "l", "ı", "İ"}, '0': {"0", "O", "o"}}
	seen, letters := map[papers.Code]bool{}, map[rune]int{}
	for range 2000 {
		code := papers.NewCode()
		if seen[code] {
			t.Fatalf("%s was given twice", code)
		}
		seen[code] = true
		var typed strings.Builder
		for i, r := range string(code) {
			letters[r]++
			if i > 0 && dice.IntN(3) == 0 {
				typed.WriteString([]string{"-", " ", "–", "\u00a0", "\u2011"}[dice.IntN(5)])
			}
			switch others := mistaken[r]; {
			case others != nil:
				typed.WriteString(others[dice.IntN(len(others))])
			case dice.IntN(2) == 0:
				typed.WriteString(strings.ToLower(string(r)))
			default:
				typed.WriteRune(r)
			}
		}
		for _, text := range []string{typed.String(), code.String(), string(code)} {
			if got, ok := papers.ParseCode(text); !ok || got != code {
				t.Fatalf("%q is read as %q, %v, not as %q", text, got, ok, code)
			}
		}
	}
	if len(letters) != 32 || letters['I']+letters['L']+letters['O']+letters['U'] > 0 {
		t.Errorf("codes are made of %d letters: %v", len(letters), letters)
	}
	for r, n := range letters {
		if n < 700 || n > 1300 { // 1000 is expected, the deviation is 31
			t.Errorf("%c came %d times in 32,000", r, n)
		}
	}
}

func TestWhatIsNoCodeIsNone(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"", "-", "7H2K", "7H2K-9QXM-0F3B-WT5", "7H2K-9QXM-0F3B-WT5AA", "7H2K-9QXM-0F3B-WT5Ä", "7H2K_9QXM_0F3B_WT5A", "7H2K-9QXM-0F3B-WT5\x00", "../../../../../../etc", strings.Repeat("7", 5000)} {
		if code, ok := papers.ParseCode(typed); ok {
			t.Errorf("%.20q is the code %s", typed, code)
		}
	}
	if code, ok := papers.ParseCode("ABCD-IJKL-2345-67UN"); !ok || code != "ABCD1JK1234567UN" {
		t.Errorf("a code of former times is read as %q, %v", code, ok)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, seed := range []string{"7H2K-9QXM-0F3B-WT5A", "abcdıjkl234567un", "", "\x00", "7H2K 9QXM 0F3B WT5A–"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := papers.ParseCode(typed)
		if !ok {
			return
		}
		if again, ok := papers.ParseCode(code.String()); !ok || again != code || len(code) != 16 || strings.ContainsAny(string(code), "ILO") {
			t.Errorf("%q is read as %q, which is read as %q", typed, code, again)
		}
	})
}

// TestWhatAPaperIsWorth holds each kind of paper against everything that may have happened since.
func TestWhatAPaperIsWorth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 12, 0, 0, 123_000, time.UTC)
	before, after := at.Add(-time.Microsecond), at.Add(time.Microsecond)
	valid, replaced, void := papers.Valid, papers.Replaced, papers.Void
	for _, tt := range []struct {
		since          string
		subject        papers.Subject
		handed, letter papers.Standing
	}{
		{"nothing", papers.Subject{HandedIn: at, Written: at}, valid, valid},
		{"only what was before", papers.Subject{HandedIn: before, Written: before}, valid, valid},
		{"handed in anew", papers.Subject{HandedIn: after, Written: at}, replaced, valid},
		{"a later letter", papers.Subject{HandedIn: at, Written: after}, valid, replaced},
		{"no letter at all", papers.Subject{HandedIn: at}, valid, valid},
		{"taken back", papers.Subject{HandedIn: at, Written: at, Back: true}, void, void},
		{"taken back after it was handed in anew", papers.Subject{HandedIn: after, Written: after, Back: true}, void, void},
		{"the place was given up", papers.Subject{HandedIn: at, Written: at, Over: true}, valid, void},
	} {
		for _, kind := range papers.Kinds {
			want := tt.handed
			switch kind {
			case papers.Letter:
				want = tt.letter
			case papers.Minutes: // two have signed them: nothing that comes later changes them
				want = valid
			}
			p := papers.Paper{Draft: papers.Draft{Kind: kind, About: at}}
			if got := p.Standing(tt.subject); got != want {
				t.Errorf("%s, since then %s: %s, want %s", kind, tt.since, got, want)
			}
		}
	}
}

func TestSumsAreReadAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	want := sha256.Sum256([]byte("x"))
	text := hex.EncodeToString(want[:])
	for _, typed := range []string{text, strings.ToUpper(text), " " + text + "\n"} {
		if got, ok := papers.ParseSum(typed); !ok || got != want {
			t.Errorf("%q is read as %x, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", text[1:], text + "0", strings.Repeat("g", 64), text + " x.pdf"} {
		if _, ok := papers.ParseSum(typed); ok {
			t.Errorf("%q is a sum", typed)
		}
	}
}
