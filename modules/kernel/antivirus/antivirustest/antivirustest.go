// Package antivirustest serves ClamAV's protocol on machines without ClamAV: it finds the one file that every scanner
// knows, and nothing else.
package antivirustest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"

	"kervan/modules/kernel/files/filestest"
)

// Limit is how much the scanner takes.
const Limit = 60 << 20

// Serve listens until the test ends and returns the scanner's address as antivirus.New reads it.
func Serve(t testing.TB, network, at string) string {
	t.Helper()
	address, stop := Start(t, network, at)
	t.Cleanup(stop)
	return address
}

// Start is Serve for a scanner that goes away before the test ends.
func Start(t testing.TB, network, at string) (address string, stop func()) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), network, at)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	address = "tcp://" + listener.Addr().String()
	if network == "unix" {
		address = "unix:" + at
	}
	return address, func() { _ = listener.Close() }
}

func answer(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	command, err := in.ReadString(0)
	if err != nil || command != "zINSTREAM\x00" {
		_, _ = io.WriteString(conn, "UNKNOWN COMMAND\x00")
		return
	}
	var content bytes.Buffer
	for {
		var length [4]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return
		}
		n := int64(binary.BigEndian.Uint32(length[:]))
		if n == 0 {
			break
		}
		if int64(content.Len())+n > Limit {
			_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
			return
		}
		if _, err := io.CopyN(&content, in, n); err != nil {
			return
		}
	}
	said := "stream: OK\x00"
	if bytes.Contains(content.Bytes(), filestest.Virus()) {
		said = "stream: Eicar-Test-Signature FOUND\x00"
	}
	_, _ = io.WriteString(conn, said)
}
