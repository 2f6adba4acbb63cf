package main

import (
	"strings"
	"testing"
)

// TestMailsAreShownOnThisMachineOnly holds that a site which others can reach does not start without a mail server: it
// would show everybody's mails, and the links in them, to everybody.
func TestMailsAreShownOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for public, want := range map[string]bool{
		"http://localhost:8080": true, "http://kervan.localhost": true, "http://127.0.0.1:8080": true, "http://[::1]:8080": true,
		"https://kervan.example": false, "http://kervan.example": false, "http://localhost.example": false, "http://10.0.0.7:8080": false, "http://notlocalhost": false,
	} {
		for _, smtp := range []string{"", "smtp://127.0.0.1:25?from=network@example.org"} {
			c := Config{PublicURL: public, Secret: strings.Repeat("0", 64), DatabaseURL: "x", MigratorURL: "x", WorkerURL: "x", S3Endpoint: "http://127.0.0.1", S3AccessKey: "x", S3SecretKey: "x", SMTPURL: smtp}
			if err := c.complete(); (err == nil) != (want || smtp != "") {
				t.Errorf("%s with the mail server %q: %v", public, smtp, err)
			}
		}
	}
}
