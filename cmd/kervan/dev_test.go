package main

import (
	"strings"
	"testing"
)

func TestTwoNeverRunFromOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := alone(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alone(dir); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("the second is told %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := alone(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
