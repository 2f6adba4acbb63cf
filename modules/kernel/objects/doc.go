// Package objects keeps files in an S3 bucket: it is the only place that speaks S3.
//
// The program and the browser may reach the bucket under different addresses, so there are two clients: one works at the
// internal endpoint, the other only signs for the public one. A browser gets into the bucket by a Form (one POST of one
// key, type and length, for minutes) and out of it by a Link (one GET as an attachment, for at most a minute); it never
// sees a key of ours that lasts.
//
// Keys are the caller's business. So is what an object means: the package knows no tenant and no document.
package objects
