package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// OpenWith is New with little patience.
func OpenWith(config Config, read, handle time.Duration) *fiber.App {
	return open(config, patience{read: read, handle: handle})
}

// The readers, without the request around them.
var (
	ParseForm      = parseForm
	DecodeStrictly = decodeStrictly
)

// MaxFields and MaxDepth are the limits of forms and of JSON.
const (
	MaxFields = maxFields
	MaxDepth  = maxDepth
)
