// Package antivirus asks a virus scanner about a file. The scanner is ClamAV's daemon, spoken to with INSTREAM, so that it
// needs no access to our files.
package antivirus

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// ClamAV is the daemon at one address.
type ClamAV struct {
	network string
	address string
}

// New reads the daemon's address: tcp://host:port, or unix:/path of its socket. It sends nothing.
func New(address string) (*ClamAV, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		path = "/" + strings.TrimLeft(path, "/")
		return &ClamAV{"unix", path}, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "tcp" || u.Port() == "" {
		return nil, fmt.Errorf("antivirus: %q is neither tcp://host:port nor unix:/path", address)
	}
	return &ClamAV{"tcp", u.Host}, nil
}

const (
	chunk    = 64 << 10
	patience = 30 * time.Second // without a sign of the daemon
)

// Scan sends the file and returns the name of what was found; empty for nothing. The error is the scanner's: the file has
// not been judged.
func (c *ClamAV) Scan(ctx context.Context, file io.Reader) (string, error) {
	conn, err := (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("antivirus: %w", err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := stream(conn, file); err != nil {
		// The daemon says why it closed the connection, such as that the file is larger than it takes.
		if answer, failed := reply(conn); failed == nil && answer != "" {
			return "", fmt.Errorf("antivirus: %s", answer)
		}
		return "", fmt.Errorf("antivirus: send: %w", err)
	}
	answer, err := reply(conn)
	if err != nil {
		return "", fmt.Errorf("antivirus: read the answer: %w", err)
	}
	return judge(answer)
}

func stream(conn net.Conn, file io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	buffer := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(file, buffer[4:])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("read the file: %w", err)
		}
		binary.BigEndian.PutUint32(buffer, uint32(n))
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if _, err := conn.Write(buffer[:4+n]); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

func reply(conn net.Conn) (string, error) {
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	if err != nil && (!errors.Is(err, io.EOF) || answer == "") {
		return "", err
	}
	return strings.TrimSuffix(answer, "\x00"), nil
}

func judge(answer string) (string, error) {
	said, ok := strings.CutPrefix(answer, "stream: ")
	switch {
	case ok && said == "OK":
		return "", nil
	case ok && strings.HasSuffix(said, " FOUND"):
		return strings.TrimSuffix(said, " FOUND"), nil
	default:
		return "", fmt.Errorf("antivirus: the scanner says %q", answer)
	}
}
