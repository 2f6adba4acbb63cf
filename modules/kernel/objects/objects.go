package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"kervan/modules/kernel/fault"
)

// Config says where the bucket is. Endpoints are addresses with their scheme.
type Config struct {
	Endpoint       string // for this program
	PublicEndpoint string // for browsers; empty: the same
	Region         string
	Bucket         string
	AccessKey      string
	SecretKey      string
}

// Store is one bucket.
type Store struct {
	bucket string
	inside *minio.Client
	public *minio.Client
	origin string
}

// Object is what the bucket knows of one object. Tag changes whenever the content does.
type Object struct {
	Key      string
	Size     int64
	Type     string
	Tag      string
	Modified time.Time
}

// ErrChanged tells that an object is no longer the one that was looked at.
var ErrChanged = errors.New("objects: the object has changed")

// How long one request may take that moves no content, and how often it is tried.
const (
	patience = 5 * time.Second
	tries    = 2
)

// Open prepares to speak to the bucket; it sends nothing.
func Open(c Config) (*Store, error) {
	if c.PublicEndpoint == "" {
		c.PublicEndpoint = c.Endpoint
	}
	if c.Bucket == "" || c.Region == "" {
		return nil, errors.New("objects: bucket and region must be named")
	}
	inside, err := client(c, c.Endpoint)
	if err != nil {
		return nil, err
	}
	public, err := client(c, c.PublicEndpoint)
	if err != nil {
		return nil, err
	}
	s := &Store{bucket: c.Bucket, inside: inside, public: public}
	example, err := public.PresignedGetObject(context.Background(), c.Bucket, "example", time.Second, nil)
	if err != nil {
		return nil, fmt.Errorf("objects: sign: %w", err)
	}
	s.origin = example.Scheme + "://" + example.Host
	return s, nil
}

func client(c Config, endpoint string) (*minio.Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("objects: endpoint %q must be like https://s3.example.org", endpoint)
	}
	transport, err := minio.DefaultTransport(u.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("objects: make transport: %w", err)
	}
	transport.DialContext = (&net.Dialer{Timeout: 2 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	transport.TLSHandshakeTimeout = 3 * time.Second
	transport.ResponseHeaderTimeout = 15 * time.Second
	made, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: u.Scheme == "https", Region: c.Region, Transport: transport, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("objects: make client: %w", err)
	}
	return made, nil
}

// Origin is the origin to which browsers post and from which they fetch, for the content security policy.
func (s *Store) Origin() string { return s.origin }

// Health reports whether the bucket answers and is ours. Fault: Unavailable.
func (s *Store) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	exists, err := s.inside.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = fmt.Errorf("the bucket %s does not exist", s.bucket)
	}
	return down("ask for the bucket", err)
}

// Find is the object of that key, if there is one. Fault: Unavailable.
func (s *Store) Find(ctx context.Context, key string) (Object, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	info, err := s.inside.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if missing(err) {
		return Object{}, false, nil
	}
	if err != nil {
		return Object{}, false, down("look at an object", err)
	}
	return object(info), true, nil
}

func object(info minio.ObjectInfo) Object {
	return Object{Key: info.Key, Size: info.Size, Type: info.ContentType, Tag: info.ETag, Modified: info.LastModified}
}

// Get reads an object as it was when it was found; the caller closes it. A part of it is read from an offset on, as many
// bytes as there are or fewer; a length of zero is everything. Faults: Unavailable, and ErrChanged.
func (s *Store) Get(ctx context.Context, o Object, offset, length int64) (io.ReadCloser, error) {
	var options minio.GetObjectOptions
	err := options.SetMatchETag(o.Tag)
	if err == nil && length > 0 {
		err = options.SetRange(offset, offset+length-1)
	}
	if err != nil {
		return nil, fmt.Errorf("objects: ask for a part: %w", err)
	}
	body, _, _, err := minio.Core{Client: s.inside}.GetObject(ctx, s.bucket, o.Key, options)
	if changed(err) {
		return nil, ErrChanged
	}
	if err != nil {
		return nil, down("read an object", err)
	}
	return body, nil
}

// Put writes an object of exactly that many bytes. Fault: Unavailable.
func (s *Store) Put(ctx context.Context, key, mediaType string, body io.Reader, size int64) error {
	_, err := s.inside.PutObject(ctx, s.bucket, key, body, size, minio.PutObjectOptions{ContentType: mediaType, DisableMultipart: true})
	return down("write an object", err)
}

// Copy gives an object a second key and a type, without its content leaving the store. The copy has exactly the content
// of the object that was found. Faults: Unavailable, and ErrChanged.
func (s *Store) Copy(ctx context.Context, o Object, key, mediaType string) error {
	_, err := s.inside.CopyObject(ctx,
		minio.CopyDestOptions{Bucket: s.bucket, Object: key, ReplaceMetadata: true, ContentType: mediaType},
		minio.CopySrcOptions{Bucket: s.bucket, Object: o.Key, MatchETag: o.Tag})
	if changed(err) {
		return ErrChanged
	}
	return down("copy an object", err)
}

// Delete erases objects with every version of them that a bucket with versions keeps. One that does not exist is no
// error. Fault: Unavailable.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.erase(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) erase(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	for info := range s.inside.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		if info.Err != nil {
			return down("list the versions of an object", info.Err)
		}
		if info.Key != key {
			continue
		}
		err := s.inside.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{VersionID: info.VersionID})
		if err != nil && !missing(err) {
			return down("erase an object", err)
		}
	}
	return nil
}

// List walks over the objects whose keys begin with the prefix, in the order of their keys; Type is not filled in. Fault:
// Unavailable, as the last one.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for info := range s.inside.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if info.Err != nil {
				yield(Object{}, down("list objects", info.Err))
				return
			}
			if !yield(object(info), nil) {
				return
			}
		}
	}
}

func missing(err error) bool {
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey, minio.NoSuchVersion:
		return true
	default:
		return false
	}
}

func changed(err error) bool {
	return err != nil && (minio.ToErrorResponse(err).StatusCode == http.StatusPreconditionFailed || missing(err))
}

// down says that the store did not do what was asked of it; the cause goes to the log.
func down(what string, err error) error {
	if err == nil {
		return nil
	}
	return fault.Unavailable("fault.objects", fmt.Errorf("objects: %s: %w", what, err))
}
