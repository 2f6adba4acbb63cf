package domains

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"
)

// Resolver asks name servers. A name without such a record has no records; an error means that nobody knows.
type Resolver interface {
	Records(ctx context.Context, name string) ([]string, error)
}

// DNS is the internet's resolver.
type DNS struct{}

// Records are the name's TXT records, within five seconds.
func (DNS) Records(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	records, err := net.DefaultResolver.LookupTXT(ctx, name+".")
	var missing *net.DNSError
	if errors.As(err, &missing) && missing.IsNotFound {
		return nil, nil
	}
	return records, err
}

// File is a resolver for development: a file with a record per line, name and text. Without the file there are none.
type File string

// Records are the texts of the name's lines.
func (f File) Records(_ context.Context, name string) ([]string, error) {
	file, err := os.Open(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var records []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if at, text, ok := strings.Cut(strings.TrimSpace(lines.Text()), " "); ok && strings.EqualFold(at, name) {
			records = append(records, strings.TrimSpace(text))
		}
	}
	return records, lines.Err()
}
