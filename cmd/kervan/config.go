package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/uptrace/bun"

	"kervan/modules/domains"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// Config is everything that the program is told from outside. It never prints its secrets.
type Config struct {
	Address        string   `env:"KERVAN_ADDRESS" envDefault:"127.0.0.1:8080"`
	MetricsAddress string   `env:"KERVAN_METRICS_ADDRESS" envDefault:"127.0.0.1:9464"`
	PublicURL      string   `env:"KERVAN_PUBLIC_URL" envDefault:"http://localhost:8080"`
	Secret         string   `env:"KERVAN_SECRET"`
	TrustedProxies []string `env:"KERVAN_TRUSTED_PROXIES"`
	Isolation      string   `env:"KERVAN_TENANT_ISOLATION"`

	DatabaseURL string `env:"DATABASE_URL"`
	MigratorURL string `env:"DATABASE_MIGRATOR_URL"`
	WorkerURL   string `env:"DATABASE_WORKER_URL"`
	AdminURL    string `env:"DATABASE_ADMIN_URL"`

	S3Endpoint       string `env:"S3_ENDPOINT"`
	S3PublicEndpoint string `env:"S3_PUBLIC_ENDPOINT"`
	S3Region         string `env:"S3_REGION" envDefault:"us-east-1"`
	S3Bucket         string `env:"S3_BUCKET" envDefault:"kervan"`
	S3AccessKey      string `env:"S3_ACCESS_KEY"`
	S3SecretKey      string `env:"S3_SECRET_KEY"`

	ClamAVAddress string `env:"CLAMAV_ADDRESS"`

	SMTPURL string `env:"SMTP_URL"`

	// MailSPF is what a network's own domain must have in its SPF record, so that the mail server may send in its name, such as
	// include:_spf.example.org; empty: an include of the domain of SMTP_URL's sender.
	MailSPF string `env:"MAIL_SPF"`

	// Languages is a folder of further interface languages, a file each; empty: none but those that are built in.
	Languages string `env:"KERVAN_LANGUAGES"`

	// DNSFile is for development: a file of TXT records to be asked instead of the internet.
	DNSFile string `env:"KERVAN_DNS_FILE"`

	public  *url.URL
	from    string // the platform's address
	spf     domains.Mechanism
	secret  []byte
	proxies web.Proxies
	hooks   []bun.QueryHook  // of tests that watch every statement
	dns     domains.Resolver // of tests; nil: the internet, or the file
}

// LogValue keeps passwords and keys out of the log.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("address", c.Address), slog.String("public", c.PublicURL), slog.String("objects", c.S3Endpoint), slog.Bool("smtp", c.SMTPURL != ""))
}

func readConfig() (Config, error) {
	var c Config
	if err := env.Parse(&c); err != nil {
		return c, fmt.Errorf("read environment: %w", err)
	}
	if err := c.complete(); err != nil {
		return c, err
	}
	if c.Languages == "" {
		return c, nil
	}
	return c, i18n.Add(os.DirFS(c.Languages))
}

func (c *Config) complete() error {
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Hostname() == "" || public.Path != "" || public.Scheme != "http" && public.Scheme != "https" {
		return errors.New("KERVAN_PUBLIC_URL must be like https://example.org: the networks' hosts are made from it")
	}
	c.public = public
	if c.secret, err = hex.DecodeString(c.Secret); err != nil || len(c.secret) < 32 {
		return errors.New("KERVAN_SECRET must be at least 64 hexadecimal digits, the same on every node (openssl rand -hex 32)")
	}
	if c.proxies, err = web.ParseProxies(c.TrustedProxies); err != nil {
		return fmt.Errorf("KERVAN_TRUSTED_PROXIES: %w", err)
	}
	if c.DatabaseURL == "" || c.MigratorURL == "" || c.WorkerURL == "" {
		return errors.New("DATABASE_URL, DATABASE_MIGRATOR_URL and DATABASE_WORKER_URL must say how app_login, app_migrator and app_worker sign in")
	}
	if c.SMTPURL == "" && !local(public.Hostname()) {
		return errors.New("SMTP_URL must say which server takes mails: without one they are shown to everybody at /dev/mail, with the links in them, and only a site on localhost may")
	}
	if err := c.post(); err != nil {
		return err
	}
	if c.S3Endpoint == "" || c.S3AccessKey == "" || c.S3SecretKey == "" {
		return errors.New("S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY must say where documents are kept")
	}
	return nil
}

// post says from which address mails go out and what lets them. Without a mail server none goes out.
func (c *Config) post() error {
	c.from = "post@localhost"
	if c.SMTPURL != "" {
		server, err := mail.NewSMTP(c.SMTPURL)
		if err != nil {
			return fmt.Errorf("SMTP_URL: %w", err)
		}
		c.from = server.From()
	}
	if c.MailSPF == "" {
		c.MailSPF = "include:" + c.from[strings.LastIndexByte(c.from, '@')+1:]
	}
	var ok bool
	if c.spf, ok = domains.ParseMechanism(strings.ToLower(c.MailSPF)); !ok {
		return errors.New("MAIL_SPF must be what lets the mail server send, such as include:_spf.example.org or ip4:192.0.2.1")
	}
	return nil
}

// local reports whether a host is this machine's alone.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// objects says where documents are kept.
func (c Config) objects() objects.Config {
	return objects.Config{
		Endpoint: c.S3Endpoint, PublicEndpoint: c.S3PublicEndpoint, Region: c.S3Region, Bucket: c.S3Bucket, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey,
	}
}

// origins are those of all networks' sites, as a store of objects knows them.
func (c Config) origins() string { return c.public.Scheme + "://*." + c.public.Host }

func (c Config) tenants() (tenants.Config, error) {
	isolation, err := tenants.ParseIsolation(c.Isolation)
	return tenants.Config{AppURL: c.DatabaseURL, MigratorURL: c.MigratorURL, Isolation: isolation, Secret: c.secret, Hooks: c.hooks}, err
}

// resolver asks name servers.
func (c Config) resolver() domains.Resolver {
	switch {
	case c.dns != nil:
		return c.dns
	case c.DNSFile != "":
		return domains.File(c.DNSFile)
	default:
		return domains.DNS{}
	}
}

func (c Config) secure() bool { return c.public.Scheme == "https" }

// hosts are those under which a network of the slug is served.
func (c Config) hosts(slug string) []string { return []string{slug + "." + c.public.Hostname()} }

// origin is the address of a tenant's site.
func (c Config) origin(t tenants.Tenant) string {
	host := t.Host
	if port := c.public.Port(); port != "" {
		host += ":" + port
	}
	return c.public.Scheme + "://" + strings.TrimSpace(host)
}
