// Package devserver starts private servers for development and tests: a PostgreSQL from the machine's binaries and an
// S3 server, as children of this process, on loopback and a unix socket only. Production has its own servers and never
// comes here.
//
// A child dies with its parent, however the parent dies. What was stored stays in the folder, and the next start
// recovers by itself.
package devserver
